// @ts-check
// The attributes of the pinned span in the drawer: a few in its line, all when it is grown.
//
// Where the page has no room for them, it says so and shows the command that prints them. Names and values enter by
// `textContent`.

import { copy } from "#page/sections/clipboard.js";
import { count } from "#page/trace/units.js";
import { allOf, commandFor, fewOf, grouped, mayLack } from "#page/view/attributes.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Place} Place
 *
 * @typedef {object} Parts
 * @property {HTMLElement} about in the line
 * @property {HTMLElement} attributes when the drawer is grown
 */

/**
 * @param {Parts} parts
 * @param {Trace} trace
 * @param {Place} place
 * @param {string} failure why the attributes cannot be read; empty while they may come
 * @param {(text: string) => void} say how an action went
 */
export function showAttributes({ about, attributes }, trace, place, failure, say) {
  const all = allOf(trace, place);
  const isLacking = all?.length === 0 && mayLack(trace, place);
  about.replaceChildren(...lineOf(trace, place, failure, isLacking));
  attributes.replaceChildren(...(isLacking ? lacking(trace, place, say) : listOf(all, failure)));
  attributes.hidden = attributes.childElementCount === 0;
}

/**
 * @param {Trace} trace
 * @param {Place} place
 * @param {string} failure
 * @param {boolean} isLacking
 */
function lineOf(trace, place, failure, isLacking) {
  const known = fewOf(trace, place, grouped);
  if (known === null) return [element("small", failure || "reading attributes")];
  if (isLacking) return [element("small", "attributes are not on this page: all (I) shows how to print them")];
  const few = known.few.map(([name, value]) => {
    const field = element("span", "");
    field.append(element("bdi", name, "name"), "=", element("bdi", value));
    return field;
  });
  return known.more > 0 ? [...few, element("small", `+${count(known.more)}`)] : few;
}

/**
 * @param {[string, string][] | null} all
 * @param {string} failure
 */
function listOf(all, failure) {
  if (all?.length === 0) return [];
  const heading = element("h3", "Attributes");
  if (all === null) return [heading, element("p", failure || "reading attributes")];
  const list = element("dl", "");
  for (const [name, value] of all) {
    const field = element("div", "");
    const [term, description] = [element("dt", name), element("dd", value)];
    term.dir = description.dir = "auto";
    field.append(term, description);
    list.append(field);
  }
  return [heading, list];
}

/**
 * @param {Trace} trace
 * @param {Place} place
 * @param {(text: string) => void} say
 */
function lacking(trace, place, say) {
  const { leftOut } = trace.attributes;
  const spans = leftOut === 1 ? "1 short span" : `${count(leftOut)} short spans`;
  const text = `If this span has attributes, they are not on this page, which has no room for those of ${spans}. To print them:`;
  const command = commandFor(trace, place);
  const button = element("button", "copy command");
  button.type = "button";
  button.addEventListener("click", () =>
    void copy(command).then((copied) => say(copied ? "command copied" : "the browser refused to copy")),
  );
  const line = element("p", "");
  line.append(element("code", command), " ", button);
  return [element("h3", "Attributes"), element("p", text), line];
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} text
 * @param {string} [className]
 */
function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
