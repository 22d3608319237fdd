// @ts-check
// Widths of texts as the browser would draw them.
//
// Takes a font, gives a function from text to px that measures each text once.

const MOST_KNOWN = 20_000;

/**
 * @param {string} font as of CSS
 * @returns {(text: string) => number}
 */
export function textMeasure(font) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) throw new Error("this browser has no 2d canvas");
  context.font = font;
  /** @type {Map<string, number>} */
  const known = new Map();
  return (text) => {
    const width = known.get(text) ?? context.measureText(text).width;
    if (known.size > MOST_KNOWN) known.clear();
    known.set(text, width);
    return width;
  };
}
