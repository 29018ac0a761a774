/** Getting about without a mouse. */
import assert from "node:assert/strict";

/**
 * Tabs until something of this name has the focus. Every stop on the way has a name and shows that it is the one.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name what its name begins with
 */
export async function tabTo(page, name) {
  const most = 60;
  for (let stop = 0; stop < most; stop += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { outlineStyle, outlineWidth, opacity } = getComputedStyle(element);
      const label = element.labels?.[0]?.textContent;
      return {
        name: (element.ariaLabel ?? label ?? element.innerText).trim(),
        isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && opacity !== "0",
      };
    });
    // Past the last stop is the browser's own frame.
    if (!focus) continue;
    assert.ok(focus.name, "a stop without a name");
    assert.ok(focus.isSeen, `the focus on ${focus.name} does not show`);
    if (focus.name.startsWith(name)) return;
  }
  assert.fail(`${name} cannot be reached with Tab`);
}
