import { Logo } from "./parts/logo";

/** When the page cannot start at all. */
export function Failure({ error }: { error: unknown }) {
  return (
    <main className="centred">
      <Logo size={48} />
      <h1>The demo could not start</h1>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <button className="button main" onClick={() => location.reload()}>
        Try again
      </button>
    </main>
  );
}
