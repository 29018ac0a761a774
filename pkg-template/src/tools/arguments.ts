/** From what the model has written to what the tool gets. */
import { type Schema, deepest, isObject, problems, resolve, typesOf } from "./schema.js";

/** What Tambo adds to the arguments for display. */
const display = /^_tambo_/;

/**
 * Undoes what the backend has done to the schema: it makes every member required, and those that were optional nullable. So a
 * null that the tool's own schema does not know is an absent member, or its default. What the schema does not name is
 * dropped, unless it says what else there may be. Some models write an object as its JSON text.
 */
export function tidy(value: unknown, given: unknown, root: Schema, depth = 0): unknown {
  const schema = resolve(given, root);
  if (depth < deepest) {
    const fitting = alternative(value, schema, root, depth + 1);
    if (fitting) return fitting.value;
  }
  const types = typesOf(schema);
  if (typeof value === "string" && types.includes("object") && !types.includes("string")) {
    const read = parsed(value);
    return isObject(read) ? tidy(read, schema, root) : value;
  }
  if (Array.isArray(value)) return value.map((item) => tidy(item, schema.items, root));
  const { properties, additionalProperties, patternProperties, required } = schema;
  if (!isObject(value) || !isObject(properties)) return value;
  const open = Boolean(additionalProperties ?? patternProperties);
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (!Object.hasOwn(properties, name)) return open && !display.test(name) ? [[name, member]] : [];
    const of = properties[name];
    const optional = !(Array.isArray(required) && required.includes(name));
    if (member === null && optional && problems(of, null, root).length) {
      const { default: otherwise } = resolve(of, root);
      return otherwise === undefined ? [] : [[name, otherwise]];
    }
    return [[name, tidy(member, of, root)]];
  });
  return Object.fromEntries(members);
}

/** A value as the first alternative wants it that it fits. */
function alternative(value: unknown, schema: Record<string, unknown>, root: Schema, depth: number) {
  const { anyOf, oneOf, ...beside } = schema;
  const branches = anyOf ?? oneOf;
  if (!Array.isArray(branches)) return undefined;
  for (const branch of branches) {
    const tidied = tidy(value, { ...beside, ...resolve(branch, root) }, root, depth);
    if (!problems(branch, tidied, root).length) return { value: tidied };
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
