/** Measures how well text stands out from its ground, by the formula of WCAG 2. */

/**
 * The texts on a page whose contrast is below what WCAG 2 AA asks of them: 4.5, or 3 for large text. Only plain colours
 * are known as grounds.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export function faintTexts(page) {
  return page.evaluate(() => {
    const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const paint = (colours) => {
      pixel.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        pixel.fillStyle = colour;
        pixel.fillRect(0, 0, 1, 1);
      }
      return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (colour) => {
      const [red, green, blue] = colour.map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (element) => {
      const grounds = [];
      for (let behind = element; behind; behind = behind.parentElement)
        grounds.unshift(getComputedStyle(behind).backgroundColor);
      const ground = luminance(paint(["white", ...grounds]));
      const ink = luminance(paint(["white", ...grounds, getComputedStyle(element).color]));
      return (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    };
    const isRead = (element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.getBoundingClientRect().width > 1 &&
      !element.closest(":disabled, [aria-disabled='true']");
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const isLarge = (element) => parseFloat(getComputedStyle(element).fontSize) >= 24;
    return [...document.body.querySelectorAll("*")]
      .filter((element) => hasText(element) && isRead(element))
      .map((element) => ({
        text: element.textContent.trim(),
        has: contrast(element),
        needs: isLarge(element) ? 3 : 4.5,
      }))
      .filter(({ has, needs }) => has < needs)
      .map(({ text, has }) => `${has.toFixed(2)}: ${text}`);
  });
}
