// @ts-check
// The room for the chart on the page and on paper.
//
// The chart is as wide as the page and about as high as the browser's window leaves it. Paper is light and has a
// width of its own; it is drawn sharper than a screen.

import { element } from "#page/view/elements.js";
import { isPrinting } from "#page/view/look.js";

const BELOW = 44; // px of the browser's window under the chart: a line of hints, and the drawer of the pinned span over it
const PRINTED = { width: 960, height: 500 }; // px of the chart on paper: with the figures on one page, A4 or letter
const PRINT = 3; // px of a canvas on paper to one of the page

/** px of a canvas to one of the page. */
export function sharpness() {
  return isPrinting() ? PRINT : window.devicePixelRatio || 1;
}

/** @param {HTMLElement} section of the chart */
export function room(section) {
  if (isPrinting()) return PRINTED;
  const top = Math.ceil(topOf(section));
  section.style.marginTop = `${top - topOf(section)}px`; // canvases and texts are sharp on whole px only
  return {
    width: section.clientWidth,
    height: document.documentElement.clientHeight - top - BELOW,
  };
}

/**
 * px from the page's top to where the chart would be without its margin.
 * @param {HTMLElement} section
 */
function topOf(section) {
  return section.getBoundingClientRect().top + window.scrollY - parseFloat(section.style.marginTop || "0");
}

/**
 * @param {HTMLElement} section of the chart
 * @param {() => void} tell that the room is another
 */
export function followSize(section, tell) {
  const size = () => {
    const { width, height } = room(section);
    return `${width} x ${height}`;
  };
  let known = size();
  const check = () => {
    if (known === size()) return;
    known = size();
    tell();
  };
  const observer = new ResizeObserver(check);
  for (const id of ["chart", "legend", "head"]) observer.observe(element(id));
  window.addEventListener("resize", check);
}

/** Scrolls the page to the chart where less than half of it is in view. @param {HTMLElement} section */
export function reveal(section) {
  const { top, bottom } = section.getBoundingClientRect();
  const seen = Math.min(bottom, document.documentElement.clientHeight) - Math.max(top, 0);
  if (seen < (bottom - top) / 2) section.scrollIntoView({ block: "start" });
}

/** @param {() => void} tell that it begins or ends, before the browser makes the sheets */
export function followPrinter(tell) {
  window.addEventListener("beforeprint", () => {
    document.documentElement.dataset.printing = "";
    tell();
  });
  window.addEventListener("afterprint", () => {
    delete document.documentElement.dataset.printing;
    tell();
  });
}
