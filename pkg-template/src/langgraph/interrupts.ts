/** What a run waits for: LangGraph's interrupts, as AG-UI has them. */
import { type Loose, isObject, objectsIn, textIn } from "./read.js";

/** The interrupts that a state or an update carries; undefined if it says nothing about them. */
export function interruptsIn(data: unknown): readonly Loose[] | undefined {
  if (!isObject(data) || !Array.isArray(data.__interrupt__)) return undefined;
  return objectsIn(data.__interrupt__);
}

/** `metadata.value` is what the graph has interrupted with. */
export function agUi(interrupts: readonly Loose[]): readonly Loose[] {
  return interrupts.map((interrupt, index) => {
    const { id, interrupt_id: olderId, value, response_schema: responseSchema } = interrupt;
    const question = textIn(value);
    return {
      id: textIn(id) ?? textIn(olderId) ?? `interrupt-${index}`,
      reason: "input_required",
      ...(question !== undefined && { message: question }),
      ...(isObject(responseSchema) && { responseSchema }),
      metadata: { value: value ?? null },
    };
  });
}

/** Where `interrupt_before` or `interrupt_after` of the run has made the graph stop: before these nodes. */
export function breakpointsOf(state: unknown): readonly Loose[] {
  const tasks = isObject(state) ? objectsIn(state.tasks) : [];
  return tasks.map(({ id, name }, index) => ({
    ...{ id: textIn(id) ?? `breakpoint-${index}`, reason: "breakpoint", metadata: { node: name ?? null } },
  }));
}

/** The interrupts that a thread's state waits with. */
export function interruptsOfState(state: unknown): readonly Loose[] {
  if (!isObject(state)) return [];
  const own = objectsIn(state.interrupts);
  return own.length ? own : objectsIn(state.tasks).flatMap((task) => objectsIn(task.interrupts));
}
