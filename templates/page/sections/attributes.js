// @ts-check
// The attributes of the pinned span in the drawer: a few in its line, all when it is grown.
//
// Where the page may lack some, it says so and shows the command that prints them. Names and values enter by
// `textContent`.

import { copy } from "#page/sections/clipboard.js";
import { count } from "#page/trace/units.js";
import { allOf, fewOf, grouped, lackOf } from "#page/view/attributes.js";

/** UTF-16 units of a name and a value that are never cut: others give way where the line is full. */
const SHORT = 20;
const END = 10; // characters of a longer value that are never cut
const ASCII = /^[ -~…]*$/;

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
  const lack = lackOf(trace, place);
  about.replaceChildren(...lineOf(trace, place, failure, lack !== null));
  const parts = [...listOf(all, failure), ...(lack ? lacking(lack, say) : [])];
  attributes.replaceChildren(...(parts.length > 0 ? [element("h3", "Attributes"), ...parts] : []));
  attributes.hidden = attributes.childElementCount === 0;
}

/**
 * @param {Trace} trace
 * @param {Place} place
 * @param {string} failure
 * @param {boolean} mayLack
 */
function lineOf(trace, place, failure, mayLack) {
  const known = fewOf(trace, place, grouped);
  if (known === null) return [element("span", failure || "reading attributes", "note")];
  if (mayLack && known.few.length === 0) return [element("span", "attributes may be missing: all (I) says more", "note")];
  return fewElements(known.few, known.more);
}

/**
 * A few attributes for a line of the class `few`.
 * @param {readonly [string, string][]} few names and values as they are shown
 * @param {number} more how many others there are
 */
export function fewElements(few, more) {
  const fields = few.map(([name, value]) => {
    const field = element("span", "");
    const isWhole = name.length + value.length < SHORT;
    field.classList.toggle("whole", isWhole);
    field.append(...(isWhole ? textOf(name, value) : inParts(name, value)));
    return field;
  });
  return more > 0 ? [...fields, element("span", `+${count(more)}`, "note")] : fields;
}

/** @param {string} name @param {string} value */
function textOf(name, value) {
  return [element("bdi", name, "name"), "=", element("bdi", value)];
}

/**
 * An attribute in two parts. Where a line is full, the first one gives way: values such as paths differ at their ends.
 * @param {string} name
 * @param {string} value
 */
function inParts(name, value) {
  // Parts of a text in another script might change places.
  const at = ASCII.test(value) ? Math.max(0, value.length - END) : value.length;
  const [begin, end] = [element("span", "", "begin"), element("span", "", "end")];
  if (at > 0) begin.append(...textOf(name, value.slice(0, at)));
  else {
    begin.append(element("bdi", name, "name"));
    end.append("=");
  }
  end.append(element("bdi", value.slice(at)));
  return [begin, end];
}

/**
 * @param {[string, string][] | null} all
 * @param {string} failure
 */
function listOf(all, failure) {
  if (all?.length === 0) return [];
  if (all === null) return [element("p", failure || "reading attributes")];
  const list = element("dl", "");
  for (const [name, value] of all) {
    const field = element("div", "");
    const [term, description] = [element("dt", name), element("dd", value)];
    term.dir = description.dir = "auto";
    field.append(term, description);
    list.append(field);
  }
  return [list];
}

/**
 * @param {NonNullable<ReturnType<typeof lackOf>>} lack
 * @param {(text: string) => void} say
 */
function lacking({ text, command }, say) {
  if (command === null) return [element("p", text)];
  const button = element("button", "copy command");
  button.type = "button";
  button.addEventListener("click", () =>
    void copy(command).then((copied) => say(copied ? "command copied" : "the browser refused to copy")),
  );
  const code = element("code", "");
  command.split(" ").forEach((word, at) => code.append(at > 0 ? " " : "", element("span", word)));
  const line = element("p", "");
  line.append(code, " ", button);
  return [element("p", `${text} To print them:`), line];
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
