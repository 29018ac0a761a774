/** What a tool gets of what the model has written, and what the model gets of the tool. */
import assert from "node:assert/strict";
import * as z from "zod";
import { inNode, table } from "./support/everywhere.mjs";
import { asking, call, resultsOf, rounds, saying } from "./support/tools.mjs";

/** One round of one call of the tool `t`, which answers with what it got. */
async function callIt({ open }, { url, tool, how }) {
  let got = "nothing";
  let aborted;
  const makers = {
    echo: (args) => JSON.stringify(args),
    text: () => "as it is",
    object: () => ({ t: 21 }),
    nothing: () => undefined,
    null: () => null,
    circular() {
      const circle = {};
      return (circle.circle = circle);
    },
    throw() {
      throw new TypeError("no such place");
    },
    reject: () => Promise.reject("just a text"),
    shapeless() {
      throw Object.create(null);
    },
    wordless: () => () => {},
    never: (_, { signal }) =>
      new Promise(() => signal.addEventListener("abort", () => (aborted = String(signal.reason.message)))),
    late: (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("something else")))),
    own(args) {
      return `${this.description} ${args.n}`;
    },
  };
  const execute = function (args, context) {
    got = args;
    return makers[how ?? "echo"].call(this, args, context);
  };
  const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
  const { outcome } = await runs
    .stream(null, "hello", { tools: { t: { description: "d", ...tool, execute } } })
    .result();
  return { got, outcome, aborted };
}

const serveCall = (args, name = "t") => rounds((nth) => (nth === 1 ? asking(1, call(name, args)) : saying(2)));

const result = (server) => {
  const [{ content, isError }] = resultsOf(server.apiCalls().at(-1));
  return { text: content[0].text, isError };
};

const place = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const object = (properties, more) => ({ type: "object", properties, ...more });

table(
  "arguments are what the tool's own schema says",
  {
    rows: [
      ["as they are", object({ a: { type: "number" } }), { a: 1 }, { a: 1 }],
      ["none", object({}), "", {}],
      ["an optional null", object({ a: { type: "string" } }), { a: null }, {}],
      ["an optional null with a default", object({ a: { type: "string", default: "x" } }), { a: null }, { a: "x" }],
      ["a null that is allowed", object({ a: { type: ["string", "null"] } }), { a: null }, { a: null }],
      [
        "a null among alternatives",
        object({ a: { anyOf: [{ type: "string" }, { type: "null" }] } }),
        { a: null },
        { a: null },
      ],
      ["a null in an enumeration", object({ a: { enum: ["x", null] } }), { a: null }, { a: null }],
      ["a null of any type", object({ a: {} }), { a: null }, { a: null }],
      ["an unknown member", object({ a: {} }), { a: 1, b: 2 }, { a: 1 }],
      ["members for display", object({ a: {} }), { a: 1, _tambo_statusMessage: "Looking" }, { a: 1 }],
      [
        ...["any other members", object({ a: {} }, { additionalProperties: true })],
        ...[
          { a: 1, b: 2, _tambo_statusMessage: "Looking" },
          { a: 1, b: 2 },
        ],
      ],
      [
        "nulls further in",
        object({ at: place, b: object({ c: { type: "number" } }) }),
        { at: { city: "Paris", x: 1 }, b: { c: null } },
        { at: { city: "Paris" }, b: {} },
      ],
      [
        "nulls in a list",
        object({ l: { type: "array", items: object({ c: { type: "number" } }) } }),
        { l: [{ c: null }, { c: 1 }] },
        { l: [{}, { c: 1 }] },
      ],
      [
        "nulls in an alternative",
        object({
          a: {
            anyOf: [
              object({ k: { const: 1 } }, { required: ["k"] }),
              object({ k: { const: 2 }, o: { type: "string" } }, { required: ["k"] }),
            ],
          },
        }),
        { a: { k: 2, o: null } },
        { a: { k: 2 } },
      ],
      ["an object as its text", object({ at: place }), { at: '{"city":"Paris"}' }, { at: { city: "Paris" } }],
      ["all of it as its text", place, JSON.stringify(JSON.stringify({ city: "Paris" })), { city: "Paris" }],
      [
        "by reference",
        { ...object({ at: { $ref: "#/$defs/place" } }), $defs: { place } },
        { at: { city: "Paris", x: 1 } },
        { at: { city: "Paris" } },
      ],
      [
        "a tree",
        { $ref: "#/$defs/n", $defs: { n: object({ n: { $ref: "#/$defs/n" }, v: { type: "number" } }) } },
        { n: { n: null, v: 1 } },
        { n: { v: 1 } },
      ],
      ["a circle", { anyOf: [{ $ref: "#" }, { allOf: [{ $ref: "#" }] }] }, { a: 1 }, { a: 1 }],
      ["a name of JavaScript's own", object({ a: {} }), '{"a":1,"__proto__":{"b":1},"constructor":1}', { a: 1 }],
    ].map(([name, parameters, args, expected]) => ({
      ...{ name, expected, given: { tool: { parameters } } },
      serve: serveCall(args),
    })),
  },
  callIt,
  ({ expected }, { got }, server) => {
    assert.deepEqual(result(server), { text: JSON.stringify(expected), isError: undefined });
    assert.deepEqual(got, expected);
  },
);

const wrong = [
  [place, "{", "not JSON"],
  [place, {}, "city is missing"],
  [place, { city: null }, "city should be of type string"],
  [place, [], "the arguments should be of type object"],
  [place, "7", "the arguments should be of type object"],
  [object({ a: { type: "integer" } }), { a: 1.5 }, "a should be of type integer"],
  [object({ a: { type: ["string", "number"] } }), { a: true }, "a should be of type string or number"],
  [object({ a: { enum: ["x", "y"] } }), { a: "z" }, 'a should be one of ["x","y"]'],
  [object({ a: { const: { b: [1] } } }), { a: { b: [2] } }, 'a should be {"b":[1]}'],
  [object({ a: { minimum: 2 } }), { a: 1 }, "a should be at least 2"],
  [object({ a: { maximum: 2 } }), { a: 3 }, "a should be at most 2"],
  [object({ a: { exclusiveMinimum: 2 } }), { a: 2 }, "a should be more than 2"],
  [object({ a: { exclusiveMaximum: 2 } }), { a: 2 }, "a should be less than 2"],
  [object({ a: { minLength: 2 } }), { a: "🚀" }, "a should be at least 2 characters"],
  [object({ a: { maxLength: 2 } }), { a: "abc" }, "a should be at most 2 characters"],
  [object({ a: { pattern: "^[a-z]+$" } }), { a: "A" }, "a should match ^[a-z]+$"],
  [object({ a: { minItems: 1 } }), { a: [] }, "a should be at least 1 items"],
  [object({ a: { maxItems: 1 } }), { a: [1, 2] }, "a should be at most 1 items"],
  [object({ a: { items: { type: "string" } } }), { a: ["x", 1] }, "a.1 should be of type string"],
  [object({ a: { prefixItems: [{ type: "string" }], items: false } }), { a: ["x", 1] }, "a.1 should not be there"],
  [object({ a: place }), { a: { city: 7 } }, "a.city should be of type string"],
  [
    object({ a: { type: "object", additionalProperties: { type: "number" } } }),
    { a: { b: "x" } },
    "a.b should be of type number",
  ],
  [object({ a: { anyOf: [{ type: "string" }, { type: "number" }] } }), { a: true }, "a fits none of the alternatives"],
  [object({ a: { oneOf: [{ type: "number" }, { minimum: 0 }] } }), { a: 1 }, "a fits more than one alternative"],
  [object({ a: { allOf: [{ minimum: 2 }, { maximum: 4 }] } }), { a: 5 }, "a should be at most 4"],
  [{ ...object({ at: { $ref: "#/$defs/place" } }), $defs: { place } }, { at: {} }, "at.city is missing"],
  [object({ a: { type: "string" }, b: { type: "string" } }), { a: 1, b: 2 }, "a should be of type string; b should be"],
];

table(
  "arguments that do not fit are told to the model",
  {
    rows: wrong.map(([parameters, args, words]) => ({
      ...{ name: words, words, given: { tool: { parameters } } },
      serve: serveCall(args),
    })),
  },
  callIt,
  ({ words }, { got, outcome }, server) => {
    assert.deepEqual([got, outcome], ["nothing", "finished"]);
    const { text, isError } = result(server);
    assert.ok(isError && text.includes(words), text);
  },
);

table(
  "whatever becomes of a tool is a result",
  {
    rows: [
      ["text", { text: "as it is" }],
      ["object", { text: '{"t":21}' }],
      ["nothing", { text: "null" }],
      ["null", { text: "null" }],
      ["wordless", { text: "null" }],
      ["own", { text: "d 1" }],
      ["throw", { text: "no such place", isError: true }],
      ["reject", { text: "just a text", isError: true }],
      ["shapeless", { text: "t has failed", isError: true }],
      ["circular", { text: /circular/i, isError: true }],
      ["never", { text: "t gave no result within 50 ms", isError: true }, { timeoutMs: 50 }],
      ["late", { text: "t gave no result within 50 ms", isError: true }, { timeoutMs: 50 }],
      ["unknown", { text: "there is no tool other", isError: true }, {}, "other"],
    ].map(([how, expected, more, name]) => ({
      ...{ name: how, expected, given: { how, tool: { parameters: { type: "object" }, ...more } } },
      serve: serveCall({ n: 1 }, name),
    })),
  },
  callIt,
  ({ name, expected }, { outcome, aborted }, server) => {
    const { text, isError } = result(server);
    assert.deepEqual([isError, outcome], [expected.isError, "finished"]);
    if (expected.text instanceof RegExp) assert.match(text, expected.text);
    else assert.equal(text, expected.text);
    if (name === "never") assert.equal(aborted, text);
  },
);

/** Schemas of the libraries that people use; they cannot be taken into a page here. */
inNode("a Standard Schema says what is sent and what fits", {}, async ({ serve, run }) => {
  const parameters = z.object({
    city: z.string().describe("Where."),
    days: z.number().int().max(7).default(1),
    unit: z.enum(["celsius", "fahrenheit"]).optional(),
    when: z.string().nullable(),
    from: z.string().transform((text) => text.length),
  });
  const calls = [
    { city: "Paris", days: null, unit: null, when: null, from: "abc" },
    { city: "Paris", days: 9, when: null, from: "abc" },
  ];
  const server = await serve(rounds((nth) => (calls[nth - 1] ? asking(nth, call("t", calls[nth - 1])) : saying(nth))));
  const got = await run(
    async ({ open }, { url }) => {
      const got = [];
      const tools = { t: { description: "d", parameters, execute: (args) => void got.push(args) } };
      await open({ baseUrl: url, userToken: () => "x" })
        .runs.stream(null, "hello", { tools })
        .result();
      return got;
    },
    { url: server.url },
  );
  assert.deepEqual(got, [{ city: "Paris", days: 1, when: null, from: 3 }]);
  const [first, , third] = server.apiCalls();
  const [{ inputSchema }] = JSON.parse(first.body).tools;
  assert.deepEqual(inputSchema.required, ["city", "when", "from"]);
  assert.equal(inputSchema.properties.city.description, "Where.");
  assert.match(resultsOf(third)[0].content[0].text, /^invalid arguments: days: /);
});

inNode("a Standard Schema that does not know its JSON Schema gets it beside it", {}, async ({ serve, run }) => {
  const parameters = {
    "~standard": {
      version: 1,
      vendor: "own",
      validate: async ({ a, deep }) =>
        a === 1
          ? { value: { a: "one", deep } }
          : { issues: [{ message: "no one", path: ["a", { key: "b" }, 0] }, { message: "sorry" }] },
    },
  };
  const inputSchema = { type: "object", properties: { a: { type: "number" }, deep: { type: "string" } } };
  const calls = [{ a: 1, deep: null }, { a: 2 }];
  const server = await serve(rounds((nth) => (calls[nth - 1] ? asking(nth, call("t", calls[nth - 1])) : saying(nth))));
  const got = await run(
    async ({ open }, { url }) => {
      const got = [];
      const tools = { t: { description: "d", parameters, inputSchema, execute: (args) => void got.push(args) } };
      await open({ baseUrl: url, userToken: () => "x" })
        .runs.stream(null, "hello", { tools })
        .result();
      return got;
    },
    { url: server.url },
  );
  assert.deepEqual(got, [{ a: "one" }]);
  const [first, , third] = server.apiCalls();
  assert.deepEqual(JSON.parse(first.body).tools, [{ name: "t", description: "d", inputSchema }]);
  assert.equal(resultsOf(third)[0].content[0].text, "invalid arguments: a.b.0: no one; sorry");
});
