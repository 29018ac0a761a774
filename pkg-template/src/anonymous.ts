/** An identity nobody signed in for: a random `userKey`, kept until sign-out where the app wants it kept. */

const ours = /^anon_[0-9a-f]{32}$/;

interface Anonymous {
  /** Whether other tabs have the same identity. */
  readonly shared: boolean;
  /** The key: remembered, stored, or made now; undefined where the platform has no source of randomness. */
  key(): string | undefined;
  /** Drops the remembered key: another tab has removed the stored one. */
  drop(): void;
  /** Forgets it everywhere. */
  forget(): void;
}

/** `project` tells projects apart. */
export function anonymous(persist: string | undefined, project: string): Anonymous {
  const name = `threadpass:anonymous:${project}`;
  const place = persist ?? "session";
  /** A storage that is missing, full or forbidden is normal: the key then lives as long as the page. */
  const stored = (use: (storage: Storage) => string | null | void) => {
    try {
      const storage = (globalThis as unknown as Record<string, Storage | undefined>)[`${place}Storage`];
      return storage && use(storage);
    } catch {
      return undefined;
    }
  };
  const make = () => {
    const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(16));
    return bytes && `anon_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  };
  let known: string | undefined;
  return {
    shared: place === "local",
    key() {
      if (known) return known;
      const found = stored((storage) => storage.getItem(name));
      // Anybody can write to a page's storage; what is not one of our keys is replaced.
      if (found && ours.test(found)) return (known = found);
      const made = (known = make());
      if (made) stored((storage) => storage.setItem(name, made));
      return made;
    },
    drop: () => (known = undefined),
    forget() {
      known = undefined;
      stored((storage) => storage.removeItem(name));
    },
  };
}
