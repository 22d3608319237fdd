// @ts-check
// The runs of a page that has several: which one is shown, and how to switch.
//
// The page opens with one run; the parts of the others are in templates. If the address selects another run, its
// parts replace those of the first before anything reads them: the rest of the page knows only one run. A change of
// run reloads the page.

import { fromHash, runIn, toHash, toHashOf } from "#page/view/hash.js";
import { change, state } from "#page/view/state.js";

/** Before a link is looked at or followed: to keep them up to date all the time is work for every frame of a drag. */
const NEARING = ["pointerover", "focusin", "click"];

/** Puts the parts of the run that the address chooses into the page; where the page has no such run it stays as it is. */
export async function chooseRun() {
  const chosen = runIn(location.hash);
  if (chosen === null) return;
  await parsed();
  const template = document.querySelector(`template[data-run="${chosen}"]`);
  if (!(template instanceof HTMLTemplateElement)) return;
  document.querySelectorAll(".rows, .samples, .attributes").forEach((chunk) => chunk.remove()); // it may have fewer
  for (const part of [...template.content.children]) {
    const place = document.getElementById(part.id);
    if (place) place.replaceWith(part);
    else document.body.append(part);
  }
  document.title = document.getElementById("title")?.textContent ?? "";
}

/**
 * Says which run is shown. The links to the others keep of the view what means the same there.
 * @param {import("#page/trace/data.js").Trace} outline
 * @returns {(trace: import("#page/trace/data.js").Trace) => void} to be called when the rows are there: pins the span
 *   that the address gives by its task
 */
export function linkRuns(outline) {
  let trace = outline;
  const wanted = location.hash;
  const links = [...document.querySelectorAll("#runs a[data-run]")];
  const runs = links.map((link) => {
    const run = runIn(link.getAttribute("href") ?? "");
    if (run === trace.run) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    return run;
  });
  const current = links.find((link) => link.hasAttribute("aria-current"))?.getAttribute("data-run");
  for (const dot of document.querySelectorAll("#repeats circle"))
    dot.classList.toggle("current", dot.getAttribute("data-run") === current);
  const place = () => {
    for (const [index, run] of runs.entries()) {
      const hash = run === trace.run ? toHash(state(), trace) : toHashOf(run, state(), trace);
      links[index].setAttribute("href", `#${hash}`);
    }
  };
  for (const kind of NEARING) document.getElementById("runs")?.addEventListener(kind, place);
  place();
  return (complete) => {
    trace = complete;
    // In any case: what does not exist in this run leaves the address.
    if (runs.length > 0) change({ pinned: state().pinned ?? fromHash(wanted, trace).pinned ?? null });
    place();
  };
}

/** Lets go of the runs that are not shown: they may be most of the page. */
export async function forgetRuns() {
  await parsed();
  for (const template of document.querySelectorAll("template"))
    if (template.dataset.run) template.content.replaceChildren();
}

/** Until the browser has read the whole page. */
function parsed() {
  return new Promise((resolve) => {
    if (document.readyState !== "loading") resolve(undefined);
    else document.addEventListener("DOMContentLoaded", resolve, { once: true });
  });
}
