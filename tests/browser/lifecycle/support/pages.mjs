/** What the tests of this folder do in a page again and again. Each of these runs there. */

/** A client that stays. `changes` are its states as they come. With a `user` it is told by name who that is. */
export const openClient = async ({ url, timeouts, user }) => {
  let asked = 0;
  window.user = user;
  const userToken = () => {
    asked += 1;
    return window.user ? tools.jwt({ iss: "https://id.example", sub: window.user, asked }) : `canary-subject-${asked}`;
  };
  window.client = tools.open({ baseUrl: url, userToken, timeouts, retries: 2 });
  window.changes = [];
  client.auth.onChange(({ status }) => changes.push(status));
};

/** Uses it until it is known who the user is. */
export const signIn = async () => {
  await client.threads.list();
  await tools.until("the news", () => changes.at(-1) === "identified");
};

/** How a call ends. */
export const listThreads = () => tools.codeOf(client.threads.list().then(({ items }) => items.length));
