// @ts-check
// Globs: patterns of a query, as in the report's own options.
//
// A glob has the wildcards `*` and `?` and no others, so a plain text matches itself, brackets included.
// `tests/data/globs.txt` tests these globs, the report's and the recorder's. The work is at most the product of the
// two lengths, whatever the pattern. Pure.

/**
 * Whether the whole text matches.
 * @param {string} pattern
 * @param {string} text
 */
export function matchesGlob(pattern, text) {
  let [at, own] = [0, 0];
  let [star, from] = [-1, 0]; // the last star, and where in the text what follows it was tried
  while (at < text.length) {
    if (pattern[own] === "*") [star, from, own] = [own, at, own + 1];
    else if (pattern[own] === "?") [at, own] = [at + lengthAt(text, at), own + 1];
    else if (pattern[own] === text[at]) [at, own] = [at + 1, own + 1];
    else if (star < 0) return false;
    else {
      from += lengthAt(text, from);
      [at, own] = [from, star + 1];
    }
  }
  while (pattern[own] === "*") own += 1;
  return own === pattern.length;
}

/**
 * Of the character that begins there, in code units.
 * @param {string} text
 * @param {number} at
 */
function lengthAt(text, at) {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
