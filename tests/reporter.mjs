/** Tells `cargo xtask` which tests there were: a line of JSON for each that stands in no other one, but perhaps in a suite. */
export default async function* report(source) {
  /** What a suite holds is told before the suite. */
  let inside = [];
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const isSuite = data.details.type === "suite";
    const told = tell(type, data);
    if (data.nesting > 0) {
      if (data.nesting === 1 && !isSuite) inside.push(told);
      continue;
    }
    if (isSuite) for (const { name, ...rest } of inside) yield line({ name: `${data.name}: ${name}`, ...rest });
    // What a suite does before and after its tests can fail, too.
    if (!isSuite || (told.error && data.details.error.failureType !== "subtestsFailed")) yield line(told);
    inside = [];
  }
}

const line = (told) => `${JSON.stringify(told)}\n`;

function tell(type, { name, todo, skip, details }) {
  // One that is to do may fail, and one that was skipped has shown nothing.
  const passed = type === "test:pass" && todo === undefined && skip === undefined;
  const error = type === "test:fail" && todo === undefined ? causeOf(details.error) : null;
  return { name, passed, error };
}

/** What was thrown in the test; Node wraps it. */
function causeOf(error) {
  const { cause = error } = error;
  return String(cause?.stack ?? cause);
}
