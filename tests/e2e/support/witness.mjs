/** Watches every change of a page for what only one person may be shown. */

/**
 * Looks at the page after each change, before it is painted, in all tabs and through all reloads. Who is here is what the
 * header says.
 *
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} owner whose the marks are
 * @param {string[]} marks what only the owner may see
 */
export async function witness(context, owner, marks) {
  const seen = { byOwner: 0, /** @type {string[]} */ byOthers: [] };
  await context.exposeFunction("reportMark", (who, mark) => {
    if (who === owner) seen.byOwner += 1;
    else seen.byOthers.push(`${who} saw ${mark}`);
  });
  await context.addInitScript((marks) => {
    let before = "";
    const look = () => {
      const who = document.querySelector('[data-testid="user-name"]')?.textContent ?? "nobody";
      const drafts = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
      const shown = [document.body?.textContent ?? "", ...drafts].join("\n");
      for (const mark of marks) {
        const now = `${who}\n${mark}\n${shown}`;
        if (!shown.includes(mark) || now === before) continue;
        before = now;
        window.reportMark(who, mark);
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  }, marks);
  return seen;
}
