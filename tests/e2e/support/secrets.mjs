/** Looks for tokens where a page could leave them. */

/**
 * Where a page has a token or one of the keys, by name. What the provider's client keeps for itself does not count.
 *
 * @param {import("playwright-core").Page} page
 * @param {string[]} keys
 * @returns {Promise<string[]>}
 */
export function secretsIn(page, keys) {
  return page.evaluate((keys) => {
    const isSecret = (text) => keys.some((key) => text.includes(key)) || /eyJ[\w-]{8,}\.[\w-]{8,}/.test(text);
    const places = [
      ["the URL", location.href],
      ["the page", document.documentElement.outerHTML],
      ["cookies", document.cookie],
      ["window.name", window.name],
      ["the history's state", JSON.stringify(history.state) ?? ""],
    ];
    for (const store of [localStorage, sessionStorage])
      for (const [key, value] of Object.entries(store)) if (!key.startsWith("oidc.")) places.push([key, value]);
    return places.filter(([, text]) => isSecret(text)).map(([name]) => name);
  }, keys);
}
