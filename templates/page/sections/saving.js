// @ts-check
// Files for the reader: a Blob and a name become a download.
//
// The name may come from anywhere: only letters, digits, dots, dashes and underscores are kept.

/**
 * @param {Blob} blob
 * @param {string} name
 * @param {string} ending
 */
export function save(blob, name, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName(name, ending);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href)); // not before the click has been seen to
}

/**
 * @param {string} name
 * @param {string} ending
 */
export function fileName(name, ending) {
  const kept = name.replace(/[^\p{Letter}\p{Number}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "");
  return `${kept.slice(0, 80) || "waterfall"}.${ending}`;
}
