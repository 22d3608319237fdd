//! A history as a page: words first, then a small chart for each figure, all with one axis of points.
//!
//! Takes figures and their levels; gives places and texts. The template draws them.

use templates::{CHART, HistoryChart, HistorySection};

use super::{History, MOST_CHARTS, Point, Section, Series, SeriesUnit, Value, relative, words};
use crate::analysis::Level;
use crate::text::{terminal, units};

/// The place of the drawn part of a chart: left, right, top and bottom.
const AREA: (f64, f64, f64, f64) = (62.0, 552.0, 14.0, 82.0);
/// The axis has at least this part of the greatest value, so that noise of a percent is no mountain.
const LEAST_RANGE: f64 = 0.1;
/// The least distance of texts below a chart.
const MARK_WIDTH: f64 = 64.0;
/// How far the axis goes beyond the quartiles of each level, in their distance.
const AROUND: f64 = 2.0;

impl History {
    /// The history as one self-contained HTML document.
    pub(crate) fn html(&self) -> String {
        let labels: Vec<&str> = self.sections.iter().map(|section| section.label.as_str()).collect();
        let title = format!("history of {}", labels.join(", "));
        let sections = self.sections.iter().map(of_section).collect();
        templates::render_history(&templates::History { title, sections })
    }
}

fn of_section(section: &Section) -> HistorySection {
    let rows = section.rows();
    let changed = rows.iter().filter(|series| series.levels.len() > 1).count();
    let drawn = &rows[..rows.len().min(MOST_CHARTS.max(changed + 1))];
    let sentences = words::sentences(section, terminal::quoted_in_page);
    let last = sentences.len() - 1;
    HistorySection {
        label: section.label.clone(),
        read: section.read.clone(),
        sentences: sentences.into_iter().enumerate().map(|(at, said)| (said, at < last)).collect(),
        points: section.points.iter().map(of_point).collect(),
        charts: drawn.iter().map(|series| chart(section, series)).collect(),
        more: (rows.len() - drawn.len()) as u64,
        method: words::method(section),
        notes: section.notes.clone(),
        left_out: section.left_out.iter().map(|why| format!("{why}.")).collect(),
    }
}

/// `before/60, commit 1a2b3c4, 2026-11-20 10:03 UTC`.
fn of_point(point: &Point) -> String {
    let origin = words::origin(point);
    // A line break ends the text of a point.
    let name = terminal::plain(&point.name);
    if origin.is_empty() { name } else { format!("{name}, {origin}") }
}

fn chart(section: &Section, series: &Series) -> HistoryChart {
    let x = |at: usize| {
        let (left, right, ..) = AREA;
        left + (right - left) * (at as f64 + 0.5) / section.points.len() as f64
    };
    let half = x(1) / 2.0 - x(0) / 2.0;
    let (least, greatest) = range(series);
    let y = |value: f64| {
        let (.., top, bottom) = AREA;
        bottom - (bottom - top) * ((value - least) / (greatest - least)).clamp(-0.06, 1.06)
    };
    let is_beyond = |value: &Value| value.median < least || value.median > greatest;
    let known = series.values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
    let level = series.levels.last();
    let spread = level.filter(|level| level.count > 1).and_then(Level::spread);
    HistoryChart {
        group: series.group.clone(),
        name: series.name.clone(),
        last: series.last().map_or("-".into(), |last| words::amount(section.unit, last.median)),
        level: spread.map_or(String::new(), |spread| format!("spread {}", units::percent(spread))),
        changes: changes(section, series),
        ticks: [greatest, least].map(|value| (words::amount(section.unit, value), y(value))).to_vec(),
        marks: marks(section, x, half),
        values: series
            .values
            .iter()
            .map(|value| value.map_or(String::new(), |value| text(section.unit, value)))
            .collect(),
        places: series
            .values
            .iter()
            .enumerate()
            .map(|(at, value)| Some((x(at), y((*value)?.median))))
            .collect(),
        beyond: known
            .filter(|(_, value)| is_beyond(value))
            .map(|(at, value)| (x(at), y(value.median)))
            .collect(),
        levels: (series.levels.iter())
            .map(|of| (x(of.first) - half, x(of.last) + half, y(of.median), y(of.high), y(of.low)))
            .collect(),
        change_marks: (series.changes())
            .map(|(before, after)| {
                let is_worse = relative(before, after)
                    .is_some_and(|part| (part > 0.0) == (section.unit == SeriesUnit::Nanoseconds));
                (x(after.first) - half, is_worse, words::one_change(section, before, after))
            })
            .collect(),
    }
}

/// The changes below a chart, the latest first.
fn changes(section: &Section, series: &Series) -> Vec<String> {
    let all = series.changes().rev().map(|(before, after)| words::one_change(section, before, after));
    all.take(2).collect()
}

/// `1.12 s`, or `1.12 s (1.10 s to 1.15 s)` of several runs.
fn text(unit: SeriesUnit, value: Value) -> String {
    let [median, least, greatest] =
        [value.median, value.least, value.greatest].map(|value| words::amount(unit, value));
    if least == greatest { median } else { format!("{median} ({least} to {greatest})") }
}

/// The least and the greatest value of the axis.
fn range(series: &Series) -> (f64, f64) {
    let mut sorted: Vec<f64> = series.values.iter().flatten().map(|value| value.median).collect();
    sorted.sort_by(f64::total_cmp);
    let Some(greatest) = sorted.last() else { return (0.0, 1.0) };
    // As far from the levels as noise reaches, and no further than values are.
    let reach = |level: &Level| AROUND * (level.high - level.low);
    let levels = series.levels.iter();
    let low =
        levels.clone().map(|level| level.low - reach(level)).fold(f64::INFINITY, f64::min).max(sorted[0]);
    let high = levels.map(|level| level.high + reach(level)).fold(0.0, f64::max).min(*greatest);
    let more = ((LEAST_RANGE * greatest - (high - low)) / 2.0).max(0.0);
    let (low, high) = ((low - more).max(0.0), high + more);
    if high > low { (low, high) } else { (low, low + 1.0) }
}

/// Where commits begin; without commits, days. As many as have room.
fn marks(section: &Section, x: impl Fn(usize) -> f64, half: f64) -> Vec<(f64, String)> {
    let name = |point: &Point| {
        point.commit.clone().or_else(|| Some(words::clock(point.start_ns?).chars().take(10).collect()))
    };
    let names: Vec<Option<String>> = section.points.iter().map(name).collect();
    let mut marks: Vec<(f64, String)> = Vec::new();
    let mut before: Option<&String> = None;
    for (at, name) in names.iter().enumerate() {
        let Some(name) = name.as_ref().filter(|name| Some(*name) != before) else { continue };
        before = Some(name);
        let place = x(at) - half;
        let has_room = marks.last().is_none_or(|(last, _)| place - last >= MARK_WIDTH);
        if has_room && place + MARK_WIDTH <= CHART.0 + half {
            marks.push((place, name.clone()));
        }
    }
    marks
}
