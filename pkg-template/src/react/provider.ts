import {
  type ReactElement,
  type ReactNode,
  createElement,
  useEffect,
  useInsertionEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { ThreadpassProviderProps } from "../../react/index.js";
import type { Backend, Client } from "../../index.js";
import { createClient } from "../index.js";
import { ClientContext, EraContext, generationOf } from "./contexts.js";
import { type Options, Owned, isSameCredential, lastingIn } from "./owned.js";

/** A server has no layout, and React 18 warns of the effect there. */
const useBeforePaint = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** Clients by number, for keys. */
const numbers = new WeakMap<object, number>();
let count = 0;

function numberOf(client: object): number {
  const known = numbers.get(client) ?? ++count;
  numbers.set(client, known);
  return known;
}

export function ThreadpassProvider({ children, client, ...options }: ThreadpassProviderProps): ReactElement {
  return client ? createElement(Eras, { client }, children) : createElement(OwnClient, { options }, children);
}

/** Makes a client of the options, follows them, and disposes of it when it leaves the page. */
function OwnClient({ options, children }: { options: Options; children?: ReactNode }): ReactElement {
  const [held, setHeld] = useState(() => make(options));
  let { owned, applied } = held;
  if (owned.lasting !== lastingIn(options)) {
    const next = make(options);
    ({ owned, applied } = next);
    setHeld(next);
  }
  const isDue = !isSameCredential(applied, options);
  const last = useRef<ReactNode>(null);

  useInsertionEffect(() => {
    owned.follow(options);
    if (!isDue) last.current = children;
  });
  useBeforePaint(() => {
    if (!isDue) return;
    owned.applyCredential();
    setHeld({ owned, applied: options });
  });
  useEffect(() => {
    // A hidden <Activity> had let it go.
    if (owned.isDisposed) return setHeld(make(options));
    return owned.keep();
  }, [owned]);

  // What comes with a new credential is rendered once the client has it: before that it would show the last user's data.
  return createElement(Eras, { client: owned.client }, isDue ? last.current : children);
}

const make = (options: Options) => ({ owned: new Owned(createClient, options), applied: options });

/** Hands the client down, and tells when another person's era begins: one commit for everything below. */
function Eras({ client, children }: { client: Client<Backend>; children?: ReactNode }): ReactElement {
  const { subscribe, getSnapshot, getServerSnapshot } = client.auth;
  const generation = useSyncExternalStore(
    subscribe,
    () => generationOf(getSnapshot()),
    () => generationOf(getServerSnapshot()),
  );
  const isIdentified = useSyncExternalStore(
    subscribe,
    () => getSnapshot().status === "identified",
    () => getServerSnapshot().status === "identified",
  );
  const key = generation === null ? null : `${numberOf(client)}.${generation}`;
  const [known, setKnown] = useState<string | null>(null);
  if (isIdentified && known !== key) setKnown(key);
  const isKnown = isIdentified || (key !== null && known === key);
  const era = useMemo(() => ({ key, known: isKnown }), [key, isKnown]);
  const below = createElement(EraContext.Provider, { value: era }, children);
  return createElement(ClientContext.Provider, { value: client }, below);
}
