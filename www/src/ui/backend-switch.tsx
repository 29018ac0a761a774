import { useEffect, useId, useRef } from "react";
import { backends } from "../backends/names";
import { useSite, useStore } from "./context";

/** Which backend is tried, where there is a choice. Another one is tried at once, as the same person. */
export function BackendSwitch() {
  const site = useSite();
  const { demo, isSwitched } = useStore(site);
  const group = useId();
  const chosen = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!isSwitched) return;
    // The one that was pressed has left the page with everything of its backend's.
    if (document.activeElement === document.body) chosen.current?.focus();
    site.arrived();
  }, [site, isSwitched]);
  if (site.backends.length < 2) return null;
  return (
    <fieldset className="backend-switch" data-testid="backend-switch">
      <legend className="visually-hidden">Chat backend</legend>
      {site.backends.map((name) => {
        const isChosen = name === demo.backend.name;
        return (
          <label key={name}>
            <input
              ref={isChosen ? chosen : undefined}
              className="visually-hidden"
              type="radio"
              name={group}
              checked={isChosen}
              onChange={() => site.choose(name)}
            />
            <span>{backends[name]}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
