import type { RunEvent } from "../index.js";

/** Members that Tambo adds for display while it builds a component: none of its props, and not stored with it. */
const display = /^\/?_tambo_/;

/** Takes them out of what a component event says. `raw` keeps them. */
export function tidyComponent(event: RunEvent): void {
  if (event.type !== "CUSTOM" || !String(event.name).startsWith("tambo.component.")) return;
  const { value } = event;
  if (!(value instanceof Object)) return;
  const tidy: Record<string, unknown> = { ...value };
  for (const [name, said] of Object.entries(value)) {
    if (Array.isArray(said)) tidy[name] = said.filter((operation) => !display.test(operation?.path));
    else if (said instanceof Object)
      tidy[name] = Object.fromEntries(Object.entries(said).filter(([prop]) => !display.test(prop)));
  }
  (event as { value: unknown }).value = tidy;
}
