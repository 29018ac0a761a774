/** An identity nobody signed in for: a random `userKey`, kept until sign-out where the app wants it kept. */

import type { TokenFn } from "../index.js";
import { type Place, attempt, storageOf } from "./storage.js";

const ours = /^anon_[0-9a-f]{32}$/;

export interface Anonymous {
  /** Whether other tabs have the same identity. */
  readonly shared: boolean;
  /** The key: remembered, stored, or made now; undefined where the platform has no source of randomness. */
  key(): string | undefined;
  /** Drops the remembered key: another tab has removed the stored one. */
  drop(): void;
  /** Forgets it everywhere. */
  forget(): void;
  /** Where the backend tells who it is: asks for a token of it. */
  token?: TokenFn;
}

/** `project` tells projects apart. */
export function anonymous(place: Place = "session", project: string): Anonymous {
  const name = `threadpass:anonymous:${project}`;
  const make = () => {
    const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(16));
    return bytes && `anon_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  };
  let known: string | undefined;
  return {
    shared: place === "local",
    key() {
      if (known) return known;
      const found = attempt(() => storageOf(place)?.getItem(name));
      // Anybody can write to a page's storage; what is not one of our keys is replaced.
      if (found && ours.test(found)) return (known = found);
      const made = (known = make());
      if (made) attempt(() => storageOf(place)?.setItem(name, made));
      return made;
    },
    drop: () => (known = undefined),
    forget() {
      known = undefined;
      attempt(() => storageOf(place)?.removeItem(name));
    },
  };
}
