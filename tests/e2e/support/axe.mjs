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
    // What is still fading in has colours of its own.
    const passing = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, impact, nodes }) => {
      const where = nodes.map(({ target }) => target.join(" "));
      return `${id} (${impact}): ${where.join(", ")}`;
    });
  });
}
