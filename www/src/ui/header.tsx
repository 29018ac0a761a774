import type { SomebodyHere } from "../session/sentences";
import { AuthStatus } from "./auth-status";
import { useDemo } from "./context";
import { BusyButton } from "./parts/busy-button";
import { Icon } from "./parts/icon";
import { Logo } from "./parts/logo";

interface Props {
  readonly state: SomebodyHere;
  readonly inspectorOpen: boolean;
  readonly onInspector: () => void;
  /** Opens the chats where they are not beside the chat. */
  readonly onThreads: (() => void) | null;
}

export function Header({ state, inspectorOpen, onInspector, onThreads }: Props) {
  const demo = useDemo();
  const { user } = state;
  const isVisitor = demo.isVisitor(state);
  const name = user && !isVisitor ? demo.nameOf(user) : "Visitor";
  return (
    <header className="header">
      {onThreads && (
        <button className="icon-button" aria-label="Chats" aria-haspopup="dialog" onClick={onThreads}>
          <Icon name="menu" />
        </button>
      )}
      <p className="brand">
        <Logo size={30} />
        <span>Threadpass</span>
      </p>
      <div className="who">
        <AuthStatus />
        <span className="user-name" data-testid="user-name">
          {name}
        </span>
      </div>
      {!isVisitor ? (
        <>
          <BusyButton className="button quiet" title="Switch user" act={() => demo.signIn(true)}>
            <Icon name="swap" />
            <span className="wide-only">Switch user</span>
          </BusyButton>
          <BusyButton className="button quiet" data-testid="sign-out" title="Sign out" act={() => demo.signOut()}>
            <Icon name="door" />
            <span className="wide-only">Sign out</span>
          </BusyButton>
        </>
      ) : (
        <>
          {demo.canSignIn && (
            <BusyButton className="button quiet" data-testid="start-sign-in" title="Sign in" act={() => demo.signIn()}>
              <Icon name="person" />
              <span className="wide-only">Sign in</span>
            </BusyButton>
          )}
          <BusyButton className="button quiet" data-testid="sign-out" title="Forget me" act={() => demo.signOut()}>
            <Icon name="door" />
            <span className="wide-only">Forget me</span>
          </BusyButton>
        </>
      )}
      <button
        className="button quiet"
        data-testid="inspector-toggle"
        aria-expanded={inspectorOpen}
        onClick={onInspector}
      >
        <Icon name="gauge" />
        <span className="wide-only">Inspector</span>
      </button>
    </header>
  );
}
