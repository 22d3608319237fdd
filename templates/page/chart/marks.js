// @ts-check
// The reader's marks: the selected time and the pinned span.
//
// Takes places in px and draws them above everything else in the chart. Decides nothing about what is marked.

/**
 * @typedef {object} Marks in px of the chart's box
 * @property {{left: number, right: number, text: string} | null} selected
 * @property {{left: number, right: number, top: number, bottom: number} | null} pinned
 */

const LABEL_HEIGHT = 14; // px, between the rows and the lower chart
const LABEL_AIR = 5;
const OUTLINE = 2; // px
const THIN = 9; // px

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/frame.js").Frame} frame
 * @param {Marks} marks
 * @param {{accent: string, select: string, surface: string, text: string}} colors
 * @param {string} font family
 */
export function drawMarks(context, frame, { selected, pinned }, colors, font) {
  context.save();
  context.beginPath();
  context.rect(frame.left - 3, frame.top, frame.right - frame.left + 6, frame.lowest - frame.top);
  context.clip();
  if (pinned) drawPinned(context, frame, pinned, colors);
  if (selected) drawSelected(context, frame, selected, colors, font);
  context.restore();
}

/**
 * An outline with a halo, legible on a bar of any colour and round one of any size.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/frame.js").Frame} frame
 * @param {NonNullable<Marks["pinned"]>} pinned
 * @param {{surface: string, text: string}} colors
 */
function drawPinned(context, frame, pinned, { surface, text }) {
  const left = Math.max(frame.left - 2, Math.floor(pinned.left));
  const right = Math.min(frame.right + 2, Math.max(Math.ceil(pinned.right), left + 3));
  if (right < frame.left || left > frame.right) return;
  const top = Math.max(frame.top - 4, pinned.top);
  const bottom = Math.min(frame.bottom + 4, pinned.bottom);
  if (bottom <= top) return;
  const inside = Math.min(right - left, bottom - top) < THIN ? 0 : 1; // px of the halo: a thin bar keeps its colour
  for (const [color, from, to] of /** @type {const} */ ([
    [surface, -inside, OUTLINE + 1],
    [text, 0, OUTLINE],
  ])) {
    const middle = (from + to) / 2;
    context.strokeStyle = color;
    context.lineWidth = to - from;
    context.strokeRect(left - middle, top - middle, right - left + 2 * middle, bottom - top + 2 * middle);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/frame.js").Frame} frame
 * @param {NonNullable<Marks["selected"]>} selected
 * @param {{accent: string, select: string, surface: string}} colors
 * @param {string} font
 */
function drawSelected(context, frame, { left, right, text }, { accent, select, surface }, font) {
  const from = Math.max(frame.left - 2, left);
  const to = Math.min(frame.right + 2, right);
  if (to < from) return;
  context.fillStyle = select;
  context.fillRect(from, frame.top, to - from, frame.lowest - frame.top);
  context.fillStyle = accent;
  for (const edge of [left, right])
    if (edge >= frame.left - 1 && edge <= frame.right + 1)
      context.fillRect(Math.round(edge), frame.top, 1, frame.lowest - frame.top);
  context.font = `600 11px ${font}`;
  context.textBaseline = "middle";
  context.textAlign = "left"; // whatever was drawn before
  const width = context.measureText(text).width + 2 * LABEL_AIR;
  const middle = (from + to) / 2;
  const x = Math.min(Math.max(frame.left, middle - width / 2), frame.right - width);
  const y = frame.bottom - 1; // over the line below the last row
  context.fillRect(x, y, width, LABEL_HEIGHT);
  context.fillStyle = surface;
  context.fillText(text, x + LABEL_AIR, y + LABEL_HEIGHT / 2 + 0.5);
}
