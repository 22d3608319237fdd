// @ts-check
// Pointing: the tooltip shows what lies under the pointer.
//
// Takes places from the chart, decides which tooltip belongs there. Knows no pixel of what is drawn.

import { bandContent, concurrencyContent, counterContent, extend, hide, sectionContent, show, spanContent, summaryContent } from "#page/chart/tooltip.js";

/**
 * @param {HTMLElement} section of the chart
 * @param {HTMLElement} tooltip
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {() => import("#page/trace/data.js").Trace} trace of now
 * @param {() => import("#page/view/look.js").Look} look of now
 * @param {() => Uint8Array} shownKeys of now
 */
export function listenToPointing(section, tooltip, chart, trace, look, shownKeys) {
  let shownHit = /** @type {import("#page/chart/places.js").Hit | null} */ (null);
  section.addEventListener("pointermove", (event) => {
    const box = section.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const isBusy = section.matches(".dragging, .selecting");
    const hit = isBusy ? null : chart.hitAt(x, y);
    section.classList.toggle("over", hit !== null);
    const content = isBusy ? null : contentAt(chart, hit, trace(), look(), shownKeys(), x, y);
    if (content) show(tooltip, content, event.clientX, event.clientY);
    else hide(tooltip);
    shownHit = hit;
    if (hit && trace().attributes.known() === null) fillLater(hit);
  });

  /** Attributes are decoded when the first span is looked at. @param {import("#page/chart/places.js").Hit} hit */
  const fillLater = (hit) =>
    trace()
      .attributes.columns()
      .then(
        () => {
          if (shownHit === hit && !tooltip.hidden) extend(tooltip, contentOf(chart, hit, trace(), look()));
        },
        () => {}, // the drawer says so
      );
  section.addEventListener("pointerleave", () => hide(tooltip));
}

/**
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {import("#page/chart/places.js").Hit | null} hit what is at the place
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/view/look.js").Look} look
 * @param {Uint8Array} shownKeys
 * @param {number} x
 * @param {number} y
 */
function contentAt(chart, hit, trace, { paint, lines, zone }, shownKeys, x, y) {
  if (hit) return contentOf(chart, hit, trace, { paint, zone });
  const summary = chart.summaryAt(x, y);
  if (summary) return summaryContent(trace, summary, paint.fill[summary.key], chart.perPixel(), zone);
  const label = chart.labelAt(x, y);
  if (label) return label.isProcess ? sectionContent(trace, label.band) : bandContent(trace, label.band);
  const counter = chart.counterAt(x, y);
  if (counter) return counterContent(trace, counter, lines, chart.perPixel(), zone);
  const concurrency = chart.concurrencyAt(x, y);
  return concurrency && concurrencyContent(trace, concurrency, shownKeys, chart.perPixel(), zone);
}

/**
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {import("#page/chart/places.js").Hit} hit
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Pick<import("#page/view/look.js").Look, "paint" | "zone">} look
 */
function contentOf(chart, hit, trace, { paint, zone }) {
  return spanContent(trace, hit, paint.fill[hit.key], chart.perPixel(), zone);
}
