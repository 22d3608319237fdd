// @ts-check
// The page of an input without times: durations of tasks without moments, and profiles. It has no chart, no ledger and
// no choice of a time: only the sections that need none.

import { profileParts, tableParts, taskParts } from "#page/parts.js";
import { followSections } from "#page/sections/links.js";
import { createProfiles } from "#page/sections/profiles.js";
import { createTable } from "#page/sections/table.js";
import { createTask, openTask } from "#page/sections/task.js";
import { outline } from "#page/trace/data.js";
import { followAddress } from "#page/view/address.js";
import { element } from "#page/view/elements.js";
import { followScheme, lookOf } from "#page/view/look.js";
import { onChange } from "#page/view/state.js";

/**
 * Whether nothing that the data have has a time.
 * @param {import("#page/trace/data.js").Data} data
 */
export function isTimeless({ lanes, counters }) {
  return lanes.length === 0 && counters.length === 0;
}

/**
 * @param {import("#page/trace/data.js").Data} data
 * @param {Promise<typeof import("plotly.js")>} plotly for the distributions of tasks
 */
export function showTimeless(data, plotly) {
  const known = outline(data, { key: new Int32Array(0), share: new Uint8Array(0) });
  followScheme();
  followAddress(known);
  const look = lookOf(known);
  element("table").hidden = known.tasks.length === 0;
  element("scope").hidden = true;
  const rows = { tasks: known.tasks, row: known.tasks.map((_, row) => row), length: 0 };
  const showTable = createTable(tableParts(), known, look);
  const showTask = createTask(taskParts(), known, look, () => {}, plotly);
  createProfiles(profileParts(), data.profiles, data.more_profiles);
  followSections(element("sections"));
  const show = () => {
    showTable(rows, "");
    showTask(rows);
    element("table").dataset.state = "ready";
  };
  show();
  onChange(show);
  openTask(element("task"), known);
}
