// @ts-check
// The runs of a page that has several: which of them are drawn, one or two, and how to choose others.
//
// The page opens with some of its runs; the parts of all but the first are in templates. Of the runs that the address
// chooses, the first has its parts in the page itself before anything reads them, and the parts of the second are
// found where they are. A comparison draws one run of each side. A change of run reloads the page.

import { fromHash, runIn, toHash, toHashOf } from "#page/view/hash.js";
import { change, state } from "#page/view/state.js";

/**
 * @typedef {(id: string) => Element | null} Find finds a part of a run by its id
 *
 * @typedef {object} Drawn one of the runs that are drawn
 * @property {string} label what it is called beside the other: `run 2`, or the side of a comparison
 * @property {string} about which run of its side it is: `run 3 of 5`; may be empty
 * @property {Find} find
 *
 * @typedef {{run: string | null, drawn: Drawn[], isComparison: boolean}} Chosen `run` chooses them in an address; null
 *   where the page opens with them
 */

/** Before a link is looked at or followed: to keep them up to date all the time is work for every frame of a drag. */
const NEARING = ["pointerover", "focusin", "click"];
/** Elements of a run that are large: a page that draws another run lets go of them. */
const CHUNKS = ".rows, .samples, .attributes";

/** @type {Find} */
const inPage = (id) => document.getElementById(id);

/**
 * Puts the parts of the first run that the address chooses into the page. Runs that the page does not have are no
 * choice: then it stays as it is.
 * @returns {Promise<Chosen>}
 */
export async function chooseRuns() {
  const nav = document.getElementById("runs");
  if (!nav) return { run: null, drawn: [{ label: "", about: "", find: inPage }], isComparison: false };
  const opened = (nav.dataset.shown ?? "").split(",");
  const isComparison = sideChoices().length > 0;
  const keys = wanted(nav, isComparison) ?? opened;
  const run = keys.join() === opened.join() ? null : keys.join();
  if (run !== null) await parsed();
  const own = run !== null && keys.indexOf(opened[0]) > 0 ? setAside() : null;
  if (keys[0] !== opened[0]) replaceParts(keys[0]);
  const drawn = keys.map((key, index) => ({ ...named(key), find: index === 0 ? inPage : (own ?? inTemplates(key)) }));
  return { run, drawn, isComparison };
}

/**
 * The runs that the address chooses, in the order of the page; null where it chooses none that can be drawn.
 * @param {HTMLElement} nav
 * @param {boolean} isComparison
 */
function wanted(nav, isComparison) {
  const asked = runIn(location.hash)?.split(",");
  if (!asked) return null;
  const known = isComparison ? sideChoices().map(keysOf) : [keysOf(/** @type {HTMLSelectElement} */ (nav.querySelector("#together")))];
  const keys = known.flat().filter((key) => asked.includes(key));
  const isWhole = keys.length === asked.length && (!isComparison || known.every((own) => own.some((key) => keys.includes(key)) || own.length === 0));
  return isWhole ? keys : null;
}

/** The choices of a comparison, one a side. */
function sideChoices() {
  return /** @type {HTMLSelectElement[]} */ ([...document.querySelectorAll("#runs select[data-side]")]);
}

/** @param {HTMLSelectElement} choice */
function keysOf(choice) {
  return [...choice.options].map(({ value }) => value).filter((key) => key !== "");
}

/** What a run is called beside another. @param {string} key */
function named(key) {
  const side = sideChoices().find((choice) => keysOf(choice).includes(key));
  if (!side) return { label: `run ${key}`, about: "" };
  const all = keysOf(side);
  const about = all.length > 1 ? `run ${all.indexOf(key) + 1} of ${all.length}` : "";
  return { label: side.labels[0]?.querySelector("bdi")?.textContent ?? "", about };
}

/** @param {string} key @returns {Find} */
function inTemplates(key) {
  return (id) => {
    for (const kind of ["run", "rows"]) {
      const template = document.querySelector(`template[data-${kind}="${key}"]`);
      const found = template instanceof HTMLTemplateElement ? template.content.getElementById(id) : null;
      if (found) return found;
    }
    return null;
  };
}

/** Takes the parts of the run that stands in the page out of the way of another: it is to be drawn below that. @returns {Find} */
function setAside() {
  const aside = document.createDocumentFragment();
  const template = document.querySelector("template[data-run]");
  const parts = template instanceof HTMLTemplateElement ? [...template.content.children] : [];
  for (const { id } of parts) {
    const part = id === "" ? null : document.getElementById(id);
    if (part) aside.append(part.cloneNode(true));
  }
  aside.append(...document.querySelectorAll(CHUNKS));
  return (id) => aside.getElementById(id);
}

/** @param {string} key */
function replaceParts(key) {
  document.querySelectorAll(CHUNKS).forEach((chunk) => chunk.remove()); // it may have fewer
  for (const kind of ["run", "rows"]) {
    const template = document.querySelector(`template[data-${kind}="${key}"]`);
    if (!(template instanceof HTMLTemplateElement)) continue;
    for (const part of [...template.content.children]) {
      if (part.id === "") continue;
      const place = document.getElementById(part.id);
      if (place) place.replaceWith(part);
      else document.body.append(part);
    }
  }
  document.title = document.getElementById("title")?.textContent ?? "";
}

/**
 * Says which runs are drawn. What chooses others keeps of the view what means the same there.
 * @param {import("#page/trace/data.js").Trace} outline
 * @returns {(trace: import("#page/trace/data.js").Trace) => void} to be called when the rows are there: pins the span
 *   that the address gives by its task
 */
export function linkRuns(outline) {
  const nav = document.getElementById("runs");
  if (!nav) return () => {};
  let trace = outline;
  const wanted = location.hash;
  const opened = nav.dataset.shown ?? "";
  const current = (trace.run ?? opened).split(",");
  const links = [...document.querySelectorAll("#runs a[data-run]")];
  const runs = links.map((link) => runIn(link.getAttribute("href") ?? ""));
  for (const link of links) {
    if (current.includes(link.getAttribute("data-run") ?? "")) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const dot of document.querySelectorAll("#repeats circle, #compared circle"))
    dot.classList.toggle("current", current.includes(dot.getAttribute("data-run") ?? ""));
  const hashOf = (/** @type {string | null} */ run) => (run === trace.run ? toHash(state(), trace) : toHashOf(run, state(), trace));
  const place = () => links.forEach((link, index) => link.setAttribute("href", `#${hashOf(runs[index])}`));
  const go = (/** @type {string[]} */ keys) => {
    const run = keys.join();
    location.hash = hashOf(run === opened ? null : run);
  };
  followChoices(current, go);
  for (const kind of NEARING) nav.addEventListener(kind, place);
  place();
  return (complete) => {
    trace = complete;
    // In any case: what does not exist in these runs leaves the address.
    change({ pinned: state().pinned ?? fromHash(wanted, trace).pinned ?? null });
    place();
  };
}

/**
 * The choice of a second run beside the one that is drawn, or of one run a side.
 * @param {string[]} current
 * @param {(keys: string[]) => void} go
 */
function followChoices(current, go) {
  const sides = sideChoices();
  for (const choice of sides) {
    choice.value = current.find((key) => keysOf(choice).includes(key)) ?? "";
    choice.addEventListener("change", () => go(sides.map(({ value }) => value).filter((key) => key !== "")));
  }
  const together = document.getElementById("together");
  if (!(together instanceof HTMLSelectElement)) return;
  const all = keysOf(together);
  const [first, second] = current;
  for (const option of together.options) option.disabled = option.value === first;
  together.value = second ?? "";
  together.addEventListener("change", () => go(all.filter((key) => key === first || key === together.value)));
}

/**
 * Lets go of the runs that are not drawn: they may be most of the page. Those that are keep their attributes, which are
 * read later.
 * @param {string | null} run that is chosen
 */
export async function forgetRuns(run) {
  await parsed();
  const current = (run ?? document.getElementById("runs")?.dataset.shown ?? "").split(",");
  for (const template of document.querySelectorAll("template")) {
    const key = template.dataset.run ?? template.dataset.rows;
    if (!key) continue;
    const kept = current.includes(key) ? template.content.querySelectorAll(".attributes, hr") : [];
    template.content.replaceChildren(...kept);
  }
}

/** Until the browser has read the whole page. */
function parsed() {
  return new Promise((resolve) => {
    if (document.readyState !== "loading") resolve(undefined);
    else document.addEventListener("DOMContentLoaded", resolve, { once: true });
  });
}
