import { type ComponentProps, useEffect, useState } from "react";

/**
 * A button whose deed takes a while, or leads away from the page, from where one may come back. It keeps the focus meanwhile,
 * which a disabled one would lose.
 */
export function BusyButton({ act, ...rest }: { act: () => Promise<void> } & ComponentProps<"button">) {
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const back = () => setBusy(false);
    addEventListener("pageshow", back);
    return () => removeEventListener("pageshow", back);
  }, []);
  const run = () => {
    if (busy) return;
    setBusy(true);
    void act().finally(() => setBusy(false));
  };
  return <button {...rest} aria-disabled={busy || undefined} onClick={run} />;
}
