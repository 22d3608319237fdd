// @ts-check
// Globs: patterns of a query, as in the report's own options.
//
// A glob has the wildcards `*` and `?` and no others, so a plain text matches itself, brackets included.
// `tests/data/globs.txt` tests these globs, the report's and the recorder's. The work is at most the product of the
// two lengths, whatever the pattern. Pure.

const [STAR, ANY] = ["*", "?"].map((wildcard) => wildcard.charCodeAt(0));

/**
 * Whether the whole text matches.
 * @param {string} pattern
 * @param {string} text
 */
export function matchesGlob(pattern, text) {
  let [at, own] = [0, 0];
  let [star, from] = [-1, 0]; // the last star, and where in the text what follows it was tried
  while (at < text.length) {
    const next = pattern.charCodeAt(own);
    if (next === STAR) [star, from, own] = [own, at, own + 1];
    else if (next === ANY) [at, own] = [at + lengthAt(text, at), own + 1];
    else if (next === text.charCodeAt(at)) [at, own] = [at + 1, own + 1];
    else {
      if (star >= 0) from = nextFor(pattern[star + 1], text, from + lengthAt(text, from));
      if (star < 0 || from < 0) return false;
      [at, own] = [from, star + 1];
    }
  }
  while (pattern.charCodeAt(own) === STAR) own += 1;
  return own === pattern.length;
}

/**
 * What tells whether a whole text matches; for a look at many texts.
 * @param {string} pattern
 * @returns {(text: string) => boolean}
 */
export function globOf(pattern) {
  if (pattern.includes("?")) return (text) => matchesGlob(pattern, text);
  const [first, ...parts] = pattern.split("*");
  const last = parts.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of parts) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/**
 * Where what follows a star may begin, or -1.
 * @param {string | undefined} first of what follows
 * @param {string} text
 * @param {number} from
 */
function nextFor(first, text, from) {
  if (first === undefined) return text.length;
  return first === "?" || first === "*" ? from : text.indexOf(first, from);
}

/**
 * Of the character that begins there, in code units.
 * @param {string} text
 * @param {number} at
 */
function lengthAt(text, at) {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
