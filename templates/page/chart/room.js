// @ts-check
// The room for the chart on the page and on paper.
//
// The chart is as wide as the page and about as high as the browser's window leaves it. Paper is light and has a
// width of its own; it is drawn sharper than a screen.

import { element } from "#page/view/elements.js";
import { isPrinting } from "#page/view/look.js";

const BELOW = 44; // px of the browser's window under the chart: a line of hints, and the drawer of the pinned span over it
const PRINTED = { width: 1046, height: 700 }; // px of a sheet: A4 on its side; browsers make the page smaller for letter
const SHEET = 718; // px of its height
const LEAST_PRINTED = 360; // px; with less room the chart has a sheet of its own
const PRINT = 4; // px of a canvas on paper to one of the page: Chromium prints those of others smaller, thirds by 1.6 %

/** px of a canvas to one of the page. */
export function sharpness() {
  return isPrinting() ? PRINT : window.devicePixelRatio || 1;
}

/** @typedef {ReturnType<typeof createRoom>} Room */

/**
 * The room as it was measured last: to measure it makes the browser lay out the page.
 * @param {HTMLElement} section of the chart
 */
export function createRoom(section) {
  let known = measured(section);
  return {
    now: () => known,
    /** Whether it is another than before. */
    measure() {
      const before = known;
      known = measured(section);
      return known.width !== before.width || known.height !== before.height;
    },
  };
}

/** @param {HTMLElement} section of the chart */
function measured(section) {
  if (isPrinting()) return roomOnPaper(section);
  const top = Math.ceil(topOf(section));
  section.style.marginTop = `${top - topOf(section)}px`; // canvases and texts are sharp on whole px only
  return {
    width: section.clientWidth,
    height: document.documentElement.clientHeight - top - BELOW,
  };
}

/**
 * What the header leaves of the first sheet, where that is enough.
 * @param {HTMLElement} section
 */
function roomOnPaper(section) {
  const below = Math.floor(SHEET - topOf(section));
  return { ...PRINTED, height: below < LEAST_PRINTED ? PRINTED.height : below };
}

/**
 * px from the page's top to where the chart would be without its margin.
 * @param {HTMLElement} section
 */
function topOf(section) {
  return section.getBoundingClientRect().top + window.scrollY - parseFloat(section.style.marginTop || "0");
}

/**
 * Measures the room again when the window or anything above the chart has another size.
 * @param {Room} room
 * @param {() => void} tell that it is another
 */
export function followSize(room, tell) {
  const check = () => {
    if (room.measure()) tell();
  };
  const observer = new ResizeObserver(check);
  for (const id of ["head", "answer", "toolbar", "legend", "chart"]) observer.observe(element(id));
  window.addEventListener("resize", check);
}

/** Scrolls the page to the chart where less than half of it is in view. @param {HTMLElement} section */
export function reveal(section) {
  const { top, bottom } = section.getBoundingClientRect();
  const seen = Math.min(bottom, document.documentElement.clientHeight) - Math.max(top, 0);
  if (seen < (bottom - top) / 2) section.scrollIntoView({ block: "start" });
}

/**
 * @param {Room} room
 * @param {() => void} tell that printing begins or ends, before the browser makes the sheets
 */
export function followPrinter(room, tell) {
  const turn = () => {
    room.measure();
    tell();
  };
  window.addEventListener("beforeprint", () => {
    document.documentElement.dataset.printing = "";
    turn();
  });
  window.addEventListener("afterprint", () => {
    delete document.documentElement.dataset.printing;
    turn();
  });
}
