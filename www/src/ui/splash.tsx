import { AuthStatus } from "./auth-status";
import { Logo } from "./parts/logo";

/** While it is being found out whether somebody is signed in. */
export function Splash() {
  return (
    <main className="centred">
      <Logo size={48} />
      <p className="soft">One moment…</p>
      <AuthStatus />
    </main>
  );
}
