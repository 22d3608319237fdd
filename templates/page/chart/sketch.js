// @ts-check
// The sketch: what Plotly draws around the bars, drawn on the canvases where Plotly would put it.
//
// Takes the same figure as Plotly does. So the page is whole without Plotly, and nothing moves when Plotly comes.

import { faded, WAIT_AREA } from "#page/chart/area.js";
import { CONCURRENCY, cornerLines, FOLD, FONT, FONT_SIZE, HEADROOM, moreText, SECOND_WIDTH, topTick } from "#page/chart/figure.js";
import { CONCURRENCY_HEIGHT, MARGIN, MORE_HEIGHT, PANEL_HEIGHT } from "#page/chart/frame.js";
import { count } from "#page/trace/units.js";

/** px between the place that Plotly is given for a text and where it draws it. */
const PAD = 1;
const DROP = 12; // px from the time axis to the baseline of its labels
const CORNER = 13; // px from there to that of the corner's first line
const LINE = 1.3 * FONT_SIZE;

/**
 * @param {CanvasRenderingContext2D} context under the plot
 * @param {import("#page/chart/figure.js").Figure} figure
 * @param {Pick<import("#page/trace/occupancy.js").Curve, "x" | "y" | "waiting" | "sides">} curve
 * @param {string} wait colour of declared waits
 */
export function drawConcurrency(context, { frame, window, peak, colors }, { x, y, waiting, sides }, wait) {
  const foot = frame.concurrency;
  const across = (frame.right - frame.left) / (window.end - window.start);
  const up = CONCURRENCY_HEIGHT / (HEADROOM * topTick(peak));
  /** @param {readonly number[]} y @param {readonly number[]} [times] */
  const lineOf = (y, times = x) => {
    const line = new Path2D();
    times.forEach((time, index) => {
      const at = frame.left + (time - window.start) * across;
      line.lineTo(at, foot - (y[index - 1] ?? y[0]) * up);
      line.lineTo(at, foot - y[index] * up);
    });
    return line;
  };
  /** @param {Path2D} line */
  const areaUnder = (line) => {
    const area = new Path2D(line);
    area.lineTo(frame.left + (x[x.length - 1] - window.start) * across, foot);
    area.lineTo(frame.left + (x[0] - window.start) * across, foot);
    return area;
  };
  const line = lineOf(y);
  context.save();
  context.beginPath();
  context.rect(frame.left, foot - CONCURRENCY_HEIGHT, frame.right - frame.left, CONCURRENCY_HEIGHT);
  context.clip();
  context.fillStyle = colors.area;
  context.fill(areaUnder(line));
  context.strokeStyle = colors.areaLine;
  context.stroke(line);
  if (waiting) {
    const under = lineOf(waiting);
    context.fillStyle = faded(wait, WAIT_AREA);
    context.fill(areaUnder(under));
    context.strokeStyle = wait;
    context.stroke(under);
  }
  for (const second of (sides ?? []).slice(1)) {
    context.strokeStyle = colors.text;
    context.lineWidth = SECOND_WIDTH;
    context.stroke(lineOf(second.y, second.x));
  }
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context over the plot
 * @param {import("#page/chart/figure.js").Figure} figure
 */
export function drawTexts(context, { frame, window, scroll, texts, peak, colors }) {
  const { ticks, labels, panels } = texts;
  const across = (frame.right - frame.left) / (window.end - window.start);
  const edge = MARGIN.edge + PAD;
  const beside = frame.left - (MARGIN.label - 4) - PAD;
  context.textBaseline = "alphabetic";

  /** @param {string} text @param {number} x @param {number} baseline @param {CanvasTextAlign} align */
  const write = (text, x, baseline, align) => {
    context.textAlign = align;
    context.fillText(text, x, baseline);
  };
  /** The baseline of an axis's label. @param {number} middle of it */
  const under = (middle) => middle + 0.35 * FONT_SIZE;
  /** The baseline of an annotation. @param {number} middle of it */
  const noted = (middle) => Math.round(under(middle));

  context.fillStyle = colors.text;
  context.font = `bold ${FONT_SIZE}px ${FONT}`;
  for (const { text, middle } of labels.processes)
    write(text, edge + FOLD, noted(frame.top + middle - scroll), "left");
  context.fillStyle = colors.muted;
  context.font = `${FONT_SIZE}px ${FONT}`;
  ticks.values.forEach((value, index) => {
    write(ticks.texts[index], frame.left + (value - window.start) * across, frame.lowest + DROP, "center");
  });
  for (const { text, middle } of labels.bands) write(text, beside, under(frame.top + middle - scroll), "right");
  write("0", beside, under(frame.concurrency), "right");
  write(count(topTick(peak)), beside, under(frame.concurrency - CONCURRENCY_HEIGHT / HEADROOM), "right");
  texts.concurrency.forEach((text, index, all) => {
    const from = frame.concurrency - CONCURRENCY_HEIGHT / 2 - ((all.length - 1) * LINE) / 2;
    write(text, edge, noted(from + index * LINE), "left");
  });
  cornerLines(texts).forEach((text, index) => write(text, edge, frame.lowest + CORNER + index * LINE, "left"));
  panels.names.forEach((name, index) => {
    write(name, edge, noted(frame.panels[index] + PANEL_HEIGHT / 2), "left");
  });
  for (const { text, y } of panels.values) write(text, beside, noted(y), "right");
  if (panels.more > 0)
    write(moreText(panels.more), frame.left + PAD, noted(frame.lowest - MORE_HEIGHT / 2), "left");
}
