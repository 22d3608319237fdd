// @ts-check
// Exports: pictures of the chart, its spans as CSV, a link, paper.
//
// Takes the chart and the state of now, saves files. Only pictures need Plotly: they wait for it, and fail where it
// does not come.

import { picture } from "#page/chart/picture.js";
import { copy } from "#page/sections/clipboard.js";
import { stretchOf } from "#page/sections/part.js";
import { save } from "#page/sections/saving.js";
import { csv } from "#page/trace/csv.js";
import { foldersOf } from "#page/trace/sides.js";
import { link } from "#page/view/address.js";
import { shortSpans } from "#page/view/attributes.js";
import { canvas } from "#page/view/elements.js";
import { state } from "#page/view/state.js";

/**
 * @typedef {object} Sources
 * @property {import("#page/trace/data.js").Trace} trace with its rows
 * @property {import("#page/chart/chart.js").Chart} chart
 * @property {() => import("#page/view/look.js").Look} look
 * @property {() => import("#page/view/emphasis.js").Emphasis} emphasis
 * @property {Promise<typeof import("plotly.js")>} plotly
 *
 * @typedef {"png" | "svg" | "csv" | "link" | "print"} Kind
 */

/**
 * @param {Kind} kind
 * @param {Sources} sources
 * @returns {Promise<string>} what to say of it
 */
export async function exported(kind, { trace, chart, look, emphasis, plotly }) {
  const name = document.title;
  if (kind === "print") window.print();
  else if (kind === "link")
    return (await copy(link(trace))) ? "link copied" : "the browser refused: copy the address by hand";
  else if (kind === "csv") {
    const text = spansShown(emphasis());
    const columns = await trace.attributes.columns().catch(reportError);
    save(new Blob(text(columns ?? []), { type: "text/csv" }), name, "csv");
    if (!columns) return "saved without attributes, which could not be read: the file is incomplete";
    const { leftOut } = trace.attributes;
    if (leftOut > 0) return `saved without the attributes of ${shortSpans(leftOut)}, which are not on this page`;
  } else {
    const loaded = await plotly;
    const [under, over] = [document.createElement("canvas"), document.createElement("canvas")];
    const drawn = chart.picture({ under, over });
    save(await picture(loaded, drawn, { under, over, overview: canvas("busy") }, look(), kind), name, kind);
  }
  return "";
}

/**
 * What writes the spans of the selection, else of the time in view, that are switched on, not folded, and match the
 * search. They are those of now, whenever their attributes are there.
 * @param {import("#page/view/emphasis.js").Emphasis} emphasis
 * @returns {(columns: import("#page/trace/attributes.js").Column[]) => string[]}
 */
function spansShown({ shownKeys, match, trace }) {
  const { selected, scope, window, rows, folded } = state();
  const of = scope === "selection" && selected ? scope : "view";
  const stretch = stretchOf({ ...state(), scope: of }, trace.wall);
  const isIn = (/** @type {number} */ lane) => rows === "tasks" || !foldersOf(trace, trace.lanes[lane].process).some((process) => folded.has(process));
  const keep = (/** @type {number} */ lane, /** @type {number} */ key) =>
    isIn(lane) && shownKeys[key] === 1 && match?.maskOf(lane)[key] !== 0;
  return (columns) => csv(trace, stretch ?? window, keep, columns);
}
