/**
 * A small check of JSON Schema (draft 2020-12) for the arguments of tools: types, enumerations, bounds, objects, arrays,
 * combinations and references within the schema. What else a schema says is between its author and the model.
 */

export type Schema = boolean | { readonly [keyword: string]: unknown };

type Members = Record<string, unknown>;

/** How often a schema may say more of the same value: references can lead in a circle. */
export const deepest = 8;

export const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A schema with its references followed. */
export function resolve(schema: unknown, root: Schema): Members {
  let found = schema;
  for (let step = 0; step < deepest && isObject(found) && typeof found.$ref === "string"; step++) {
    const { $ref, ...beside } = found;
    const path = ($ref as string).split("/").slice(1);
    const target = path.reduce<unknown>(
      (at, part) => (at as Members | undefined)?.[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")],
      root,
    );
    found = isObject(target) ? { ...target, ...beside } : target;
  }
  return isObject(found) ? found : {};
}

/** The types that a schema names; none is any. */
export const typesOf = ({ type }: Members): readonly unknown[] => (Array.isArray(type) ? type : type ? [type] : []);

const is: Record<string, (value: unknown) => boolean> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  array: Array.isArray,
  object: isObject,
};

/** Whether two JSON values are the same. */
function same(a: unknown, b: unknown): boolean {
  if (a === b || typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b;
  const [left, right] = [a as Members, b as Members];
  const names = Object.keys(left);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]))
  );
}

/** Whether a text matches; it does where the pattern is none. Many are written without the flag that the standard wants. */
function matches(pattern: string, text: string): boolean {
  for (const flags of ["u", ""])
    try {
      return new RegExp(pattern, flags).test(text);
    } catch {
      // The other reading, then.
    }
  return true;
}

/** Bounds: keyword, what they are of, and what is wrong beyond them. */
const bounds: [string, (value: unknown) => number | undefined, (size: number, bound: number) => boolean, string][] = [];
for (const [keywords, size, of] of [
  [["minimum", "maximum"], (value: unknown) => (typeof value === "number" ? value : undefined), ""],
  [
    ["minLength", "maxLength"],
    (value: unknown) => (typeof value === "string" ? [...value].length : undefined),
    "characters",
  ],
  [["minItems", "maxItems"], (value: unknown) => (Array.isArray(value) ? value.length : undefined), "items"],
] as const) {
  bounds.push([keywords[0], size, (size, bound) => size < bound, `should be at least # ${of}`.trim()]);
  bounds.push([keywords[1], size, (size, bound) => size > bound, `should be at most # ${of}`.trim()]);
}
const number = bounds[0]![1];
bounds.push(["exclusiveMinimum", number, (size, bound) => size <= bound, "should be more than #"]);
bounds.push(["exclusiveMaximum", number, (size, bound) => size >= bound, "should be less than #"]);

/** What is wrong with a value, each with its place; nothing if it fits. */
export function problems(given: unknown, value: unknown, root: Schema, path = "", depth = 0): string[] {
  const found: string[] = [];
  const wrong = (what: string, at = path) => void found.push(`${at || "the arguments"} ${what}`);
  if (given === false) wrong("should not be there");
  if (depth > deepest) return found;
  const schema = resolve(given, root);
  const inner = (schema: unknown, value: unknown, at = path) =>
    problems(schema, value, root, at, at === path ? depth + 1 : 0);
  const below = (name: string | number) => (path ? `${path}.${name}` : `${name}`);

  const types = typesOf(schema);
  if (types.length && !types.some((type) => is[type as string]?.(value))) {
    wrong(`should be of type ${types.join(" or ")}`);
    return found;
  }
  if ("const" in schema && !same(schema.const, value)) wrong(`should be ${JSON.stringify(schema.const)}`);
  if (Array.isArray(schema.enum) && !schema.enum.some((one) => same(one, value)))
    wrong(`should be one of ${JSON.stringify(schema.enum)}`);
  for (const [keyword, sizeOf, beyond, says] of bounds) {
    const [bound, size] = [schema[keyword], sizeOf(value)];
    if (typeof bound === "number" && size !== undefined && beyond(size, bound)) wrong(says.replace("#", `${bound}`));
  }
  if (typeof schema.pattern === "string" && typeof value === "string" && !matches(schema.pattern, value))
    wrong(`should match ${schema.pattern}`);

  if (Array.isArray(value)) {
    const first = list(schema.prefixItems);
    value.forEach((item, index) => {
      const of = index < first.length ? first[index] : schema.items;
      if (of !== undefined) found.push(...inner(of, item, below(index)));
    });
  }
  if (isObject(value)) {
    for (const name of list(schema.required))
      if (!Object.hasOwn(value, name as string)) wrong("is missing", below(name as string));
    const properties = isObject(schema.properties) ? schema.properties : {};
    for (const [name, member] of Object.entries(value)) {
      const of = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
      if (of !== undefined) found.push(...inner(of, member, below(name)));
    }
  }

  for (const one of list(schema.allOf)) found.push(...inner(one, value));
  for (const keyword of ["anyOf", "oneOf"]) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    const fitting = branches.filter((branch) => !inner(branch, value).length).length;
    if (!fitting) wrong("fits none of the alternatives");
    else if (keyword === "oneOf" && fitting > 1) wrong("fits more than one alternative");
  }
  return found;
}
