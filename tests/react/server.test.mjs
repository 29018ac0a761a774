/** What a server has rendered is taken over as it is. */
import assert from "node:assert/strict";
import { people, threadsOf, tokenOf } from "./support/people.mjs";
import { renderShell, withReact } from "./support/versions.mjs";

const apiKey = "tambo_canary-api-key";

for (const [name, token, html, text] of [
  ["somebody", tokenOf("alice"), "<p>one moment</p>", "alice 2alice 1"],
  ["nobody", null, "<p>no-credential</p>", "no-credential"],
])
  withReact(
    `server rendering, then hydration gives no warning: ${name}`,
    {},
    async ({ serve, run, version, printed }) => {
      const server = await serve(people((name) => threadsOf(name, 2)));
      const options = { backend: "tambo", apiKey, baseUrl: server.url, userToken: token };
      const { html: rendered, errors } = await renderShell(version, options);
      assert.deepEqual([rendered, errors], [html, []], "the server's side");
      assert.deepEqual(server.calls, [], "a server asks nobody");
      for (const strict of [false, true]) {
        const seen = await run(
          async ({ until }, { options, html, text, strict }) => {
            const { mount, Shell, h } = await import("/react.js");
            const app = mount(() => h(Shell, options), { html, strict });
            const first = app.text();
            await until("what the page shows", () => app.commits.length && app.text() === text);
            app.unmount();
            return { first, recovered: app.recovered };
          },
          { options, html: rendered, text, strict },
        );
        assert.deepEqual(seen, { first: html.replaceAll(/<[^>]+>/g, ""), recovered: [] });
      }
      assert.deepEqual(
        printed.filter((line) => !line.includes("React DevTools")),
        [],
      );
    },
  );
