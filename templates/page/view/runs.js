// @ts-check
// The runs of a page that has several: which one is shown, and how to switch.
//
// The page opens with one run; the parts of the others are in templates. If the address selects another run, its
// parts replace those of the first before anything reads them: the rest of the page knows only one run. A change of
// run reloads the page.

import { viewOf } from "#page/view/address.js";
import { runIn, toHash } from "#page/view/hash.js";
import { onChange, state } from "#page/view/state.js";

/** What of a view means the same in another run. */
const KEPT = /** @type {const} */ (["hidden", "query", "task", "rows", "color", "time", "sort"]);

/** Puts the parts of the run that the address chooses into the page; where the page has no such run it stays as it is. */
export async function chooseRun() {
  const chosen = runIn(location.hash);
  if (chosen === null) return;
  await parsed();
  const template = document.querySelector(`template[data-run="${chosen}"]`);
  if (!(template instanceof HTMLTemplateElement)) return;
  document.querySelectorAll(".rows, .samples").forEach((chunk) => chunk.remove()); // it may have fewer
  for (const part of [...template.content.children]) {
    const place = document.getElementById(part.id);
    if (place) place.replaceWith(part);
    else document.body.append(part);
  }
  document.title = document.getElementById("title")?.textContent ?? "";
}

/**
 * Says which run is shown, and keeps the links to the others such that they keep of the view what means the same there.
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function linkRuns(trace) {
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
    const kept = Object.fromEntries(KEPT.map((name) => [name, state()[name]]));
    const view = { ...state(), ...viewOf("", trace), ...kept };
    for (const [index, run] of runs.entries())
      links[index].setAttribute("href", `#${toHash(view, { ...trace, run })}`);
  };
  place();
  onChange((changed) => {
    if (KEPT.some((name) => name in changed)) place();
  });
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
