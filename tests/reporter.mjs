/** Tells `cargo xtask` which tests there were: a line of JSON for each that stands in no other one. */
export default async function* report(source) {
  for await (const { type, data } of source) {
    if ((type !== "test:pass" && type !== "test:fail") || data.nesting > 0) continue;
    const { name, todo, skip, details } = data;
    // One that is to do may fail, and one that was skipped has shown nothing.
    const passed = type === "test:pass" && todo === undefined && skip === undefined;
    const error = type === "test:fail" && todo === undefined ? causeOf(details.error) : null;
    yield `${JSON.stringify({ name, passed, error })}\n`;
  }
}

/** What was thrown in the test; Node wraps it. */
function causeOf(error) {
  const { cause = error } = error;
  return String(cause?.stack ?? cause);
}
