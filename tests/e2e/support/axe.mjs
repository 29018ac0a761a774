/** What axe-core finds wrong. */
import axe from "axe-core";

/**
 * The rules that a page breaks, with the elements that break them.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function brokenRules(page) {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, impact, nodes }) => {
      const where = nodes.map(({ target }) => target.join(" "));
      return `${id} (${impact}): ${where.join(", ")}`;
    });
  });
}
