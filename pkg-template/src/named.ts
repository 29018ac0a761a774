/** Where a call of the face is another one of the core's table, or less than the core answers. */

const names: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  "threads.state": ([, query]) =>
    `threads.state${(query as { checkpoint?: unknown } | undefined)?.checkpoint ? "At" : ""}`,
};

const answers: Readonly<Record<string, (answer: never) => unknown>> = {
  "components.setState": ({ state }: { state: unknown }) => state,
  "components.patchState": ({ state }: { state: unknown }) => state,
  "suggestions.create": ({ items }: { items: unknown }) => items,
  "mcp.createToken": (token: { token: string | null }) => (token.token ? token : null),
};

export const nameOf = (name: string, args: readonly unknown[]): string => names[name]?.(args) ?? name;

export const answerOf = (name: string, answer: unknown): unknown =>
  (answers[name] ?? ((all: unknown) => all))(answer as never);
