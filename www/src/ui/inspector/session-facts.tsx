import type { ReactNode } from "react";
import type { ThreadpassError } from "threadpass";
import type { SomebodyHere } from "../../session/sentences";
import { timeOfDay } from "../../session/time";
import { Section } from "./section";

/** The state of the sign-in as an app sees it. */
export function SessionFacts({ state }: { state: SomebodyHere }) {
  const { user } = state;
  return (
    <Section title="Auth state">
      <dl className="facts">
        <Fact name="status">
          <span className="pill" data-status={state.status}>
            {state.status}
          </span>
        </Fact>
        {state.status === "identified" && <Fact name="source">{state.source}</Fact>}
        {state.status === "exchanging" && <Fact name="attempt">{state.attempt}</Fact>}
        <Fact name="user">{user ? user.id : "none (anonymous)"}</Fact>
        {user?.email && <Fact name="email">{user.email}</Fact>}
        <Fact name="generation">{state.generation}</Fact>
        {state.status === "identified" && <ErrorFact name="refreshError" error={state.refreshError} />}
        {state.status === "error" && <ErrorFact name="error" error={state.error} />}
        {state.status === "error" && state.retryAtMs !== null && (
          <Fact name="retryAtMs">{timeOfDay(state.retryAtMs)}</Fact>
        )}
      </dl>
    </Section>
  );
}

function ErrorFact({ name, error }: { name: string; error: ThreadpassError | null }) {
  return (
    <Fact name={name}>
      {error ? (
        <>
          <code>{error.code}</code> {error.message}
        </>
      ) : (
        "none"
      )}
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
