import { type ReactNode, useId } from "react";
import { useDemo, useStore } from "../context";
import { BusyButton } from "../parts/busy-button";
import { Icon, type IconName } from "../parts/icon";
import { Asleep } from "./asleep";
import { Section } from "./section";

/** What one can do to the session. Each says what it really does. */
export function ExperimentList({ generation }: { generation: number }) {
  const demo = useDemo();
  const { client, experiments, network } = demo;
  const { report, wake } = useStore(experiments);
  const { offline } = useStore(network);
  // The countdown beside it makes this true again twice a second.
  const hasToken = client.inspect().deadlineMs !== null;
  return (
    <Section title="Try it">
      <ul className="experiments">
        <Experiment
          icon="clock"
          name="Expire now"
          about="Sets this page’s clock to the end of the session token, then asks for the chats."
          unable={hasToken ? null : "There is no session token that could end."}
          act={() => experiments.expire()}
        />
        {experiments.canRevoke && (
          <Experiment
            icon="shield"
            name="Revoke"
            about="Has the backend refuse every session token issued so far, then asks for the chats."
            unable={hasToken ? null : "There is no session token to revoke."}
            act={() => experiments.revoke()}
          />
        )}
        <Experiment
          icon="offline"
          name="Offline"
          about="Cuts the client’s connections and fails its new requests, until you switch it off again."
          pressed={offline}
          act={async () => experiments.setOffline(!offline)}
        />
        <Experiment
          icon="moon"
          name="Sleep"
          about="For 5 seconds no timer runs and nothing comes in. Then a quarter of an hour or more has passed."
          act={() => experiments.sleep()}
        />
        <Experiment
          icon="swap"
          name="Be somebody else"
          about={
            demo.canSignIn
              ? "Another name at the provider, or another nameless visitor. Nothing of yours stays here."
              : "Another nameless visitor. Nothing of yours stays here."
          }
          act={() => demo.switchUser()}
        />
      </ul>
      <p className="report" role="status" data-testid="report">
        {report?.generation === generation ? report.text : ""}
      </p>
      {wake && <Asleep onWake={wake} />}
    </Section>
  );
}

interface Props {
  readonly icon: IconName;
  readonly name: string;
  readonly about: ReactNode;
  /** Why it cannot be done at the moment. */
  readonly unable?: string | null;
  /** Of what can be on or off. */
  readonly pressed?: boolean;
  readonly act: () => Promise<void>;
}

function Experiment({ icon, name, about, unable = null, pressed, act }: Props) {
  const id = useId();
  const button = (
    <>
      <Icon name={icon} />
      {name}
    </>
  );
  return (
    <li>
      {unable === null ? (
        <BusyButton className="button small" aria-describedby={id} aria-pressed={pressed} act={act}>
          {button}
        </BusyButton>
      ) : (
        <button className="button small" aria-describedby={id} disabled>
          {button}
        </button>
      )}
      <p id={id} className="hint">
        {unable ?? about}
      </p>
    </li>
  );
}
