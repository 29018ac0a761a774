import { useId } from "react";
import { useDemo, useStore } from "../context";
import { BusyButton } from "../parts/busy-button";
import { Icon, type IconName } from "../parts/icon";
import { Asleep } from "./asleep";
import { Section } from "./section";

interface Experiment {
  readonly icon: IconName;
  readonly name: string;
  /** What it really does. */
  readonly about: string;
  /** Whether it is done to a session token, which a visitor has none of. */
  readonly needsToken?: boolean;
  /** Of what can be on or off. */
  readonly pressed?: boolean;
  readonly act: () => Promise<void>;
}

/** What one can do to the session, and what came of it. */
export function ExperimentList({ generation }: { generation: number }) {
  const id = useId();
  const demo = useDemo();
  const { report, wake } = useStore(demo.experiments);
  const list = useExperiments();
  // The state, which changes whenever a first token comes or the last one goes, has this drawn again.
  const hasToken = demo.client.inspect().deadlineMs !== null;
  return (
    <Section title="Try it">
      <div className="experiments">
        {list.map(({ icon, name, needsToken = false, pressed, act }) => {
          const props = {
            className: "button small",
            "aria-describedby": id + name,
            "aria-pressed": pressed,
          };
          const label = (
            <>
              <Icon name={icon} />
              {name}
            </>
          );
          return needsToken && !hasToken ? (
            <button key={name} {...props} disabled>
              {label}
            </button>
          ) : (
            <BusyButton key={name} {...props} act={act}>
              {label}
            </BusyButton>
          );
        })}
      </div>
      {!hasToken && <p className="hint">There is no session token at the moment that could end.</p>}
      <p className="report" role="status" data-testid="report">
        {report?.generation === generation ? report.text : ""}
      </p>
      <details>
        <summary>What these do</summary>
        <dl>
          {list.map(({ name, about }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd id={id + name}>{about}</dd>
            </div>
          ))}
        </dl>
      </details>
      {wake && <Asleep onWake={wake} />}
    </Section>
  );
}

function useExperiments(): Experiment[] {
  const demo = useDemo();
  const { experiments } = demo;
  const { offline } = useStore(demo.network);
  const revoke: Experiment = {
    icon: "shield",
    name: "Revoke",
    about: "Has the backend refuse every session token that it has issued so far, then asks for the chats.",
    needsToken: true,
    act: () => experiments.revoke(),
  };
  return [
    {
      icon: "clock",
      name: "Expire now",
      about: "Sets this page’s clock to the end of the session token, then asks for the chats.",
      needsToken: true,
      act: () => experiments.expire(),
    },
    ...(experiments.canRevoke ? [revoke] : []),
    {
      icon: "offline",
      name: "Offline",
      about: "Cuts the client’s connections and has its new requests fail, until it is pressed again.",
      pressed: offline,
      act: async () => experiments.setOffline(!offline),
    },
    {
      icon: "moon",
      name: "Sleep",
      about:
        "For 5 seconds no timer of this page runs and nothing comes in. Then its connections are gone, and its clock says " +
        "that a quarter of an hour has passed, or as long as the session token still had.",
      act: () => experiments.sleep(),
    },
    {
      icon: "swap",
      name: "Be somebody else",
      about: demo.canSignIn
        ? "Whoever has signed in is another name at the provider next, and a visitor another visitor."
        : "Makes you another nameless visitor. The chats of this one are deleted.",
      act: () => demo.switchUser(),
    },
  ];
}
