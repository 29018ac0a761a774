/** How an app is tested in a browser: the page as it is, and a backend that lives in the test. */
import { createFakeBackend } from "threadpass/testing";

/** @param {import("playwright-core").Page} page @param {string} app the app's address */
export async function walk(page, app) {
  const backend = createFakeBackend({ reply: ({ text, userId }) => `${text}, ${userId}` });
  backend.addThread("ada", { name: "Engines" });
  await page.route(`${backend.options.baseUrl}/**`, backend.route);

  await page.goto(app);
  await page.getByText("Engines").waitFor();
  await page.getByRole("button", { name: "Say hello" }).click();
  await page.locator("output").filter({ hasText: "Hello, ada" }).waitFor();
  await page.getByText("New chat").waitFor();

  backend.failNext("DELETE", `/v1/threads/${backend.threadsOf("ada").at(-1)?.id}`, 403);
  await page.getByRole("listitem").filter({ hasText: "Engines" }).getByRole("button").click();
  await page.getByRole("alert").filter({ hasText: "api/forbidden" }).waitFor();
  await page.getByText("Engines").waitFor();
  return backend;
}
