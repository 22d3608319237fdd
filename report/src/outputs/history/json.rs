//! A history as JSON, version 1, for programs. `docs/history.md` specifies it.

use serde::Serialize;
use serde_json::Number;

use super::{History, Section, Series, SeriesUnit, Value, relative};
use crate::analysis::Level;
use crate::text::Zone;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    histories: Vec<OfName<'a>>,
}

#[derive(Serialize)]
struct OfName<'a> {
    label: &'a str,
    read: &'a str,
    unit: &'static str,
    points: Vec<OfPoint<'a>>,
    figures: Vec<Figure<'a>>,
    left_out: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct OfPoint<'a> {
    name: &'a str,
    start: Option<String>,
    commit: Option<&'a str>,
    runs: usize,
}

#[derive(Serialize)]
struct Figure<'a> {
    subject: &'static str,
    group: Option<&'a str>,
    name: &'a str,
    tested: bool,
    values: Vec<Option<Number>>,
    least: Vec<Option<Number>>,
    greatest: Vec<Option<Number>>,
    levels: Vec<OfLevel>,
    changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct OfLevel {
    first: usize,
    last: usize,
    count: usize,
    median: Option<Number>,
    low: Option<Number>,
    high: Option<Number>,
}

#[derive(Serialize)]
struct Change<'a> {
    at: usize,
    name: &'a str,
    commit: Option<&'a str>,
    before: Option<Number>,
    after: Option<Number>,
    change: Option<f64>,
}

impl History {
    /// The history as one JSON object, version 1, ended by a line feed.
    pub(crate) fn json(&self) -> String {
        let document = Document { version: VERSION, histories: self.sections.iter().map(of_name).collect() };
        let mut text = serde_json::to_string(&document).expect("strings and numbers are JSON");
        text.push('\n');
        text
    }
}

fn of_name(section: &Section) -> OfName<'_> {
    let Section { label, read, points, series, left_out, notes, .. } = section;
    OfName {
        label,
        read,
        unit: match section.unit {
            SeriesUnit::Nanoseconds => "ns",
            SeriesUnit::PerSecond => "per_second",
        },
        points: (points.iter())
            .map(|point| OfPoint {
                name: &point.name,
                start: point.start_ns.map(|ns| stamp(ns, point.is_utc)),
                commit: point.commit.as_deref(),
                runs: point.runs,
            })
            .collect(),
        figures: series.iter().map(|series| figure(section, series)).collect(),
        left_out,
        notes,
    }
}

/// `2026-11-30T10:02:00.000000000+00:00`, without the offset if it is not known.
fn stamp(start_ns: i64, is_utc: bool) -> String {
    let stamp = Zone::Fixed(0).stamp(start_ns);
    if is_utc { stamp } else { stamp.trim_end_matches("+00:00").to_owned() }
}

/// Durations are whole ns.
fn number(unit: SeriesUnit, value: f64) -> Option<Number> {
    match unit {
        SeriesUnit::Nanoseconds => Some((value.round() as u64).into()),
        SeriesUnit::PerSecond => Number::from_f64(value),
    }
}

fn figure<'a>(section: &'a Section, series: &'a Series) -> Figure<'a> {
    let each = |of: fn(&Value) -> f64| {
        series.values.iter().map(|value| number(section.unit, of(value.as_ref()?))).collect()
    };
    Figure {
        subject: match (section.unit, series.is_whole) {
            (SeriesUnit::PerSecond, _) => "benchmark",
            (_, true) => "run",
            (_, false) => "task",
        },
        group: (section.unit == SeriesUnit::Nanoseconds && !series.is_whole).then_some(series.group.as_str()),
        name: &series.name,
        tested: series.is_tested,
        values: each(|value| value.median),
        least: each(|value| value.least),
        greatest: each(|value| value.greatest),
        levels: series.levels.iter().map(|of| level(section.unit, of)).collect(),
        changes: series.changes().map(|(before, after)| change(section, before, after)).collect(),
    }
}

fn level(unit: SeriesUnit, of: &Level) -> OfLevel {
    let [median, low, high] = [of.median, of.low, of.high].map(|value| number(unit, value));
    OfLevel { first: of.first, last: of.last, count: of.count, median, low, high }
}

fn change<'a>(section: &'a Section, before: &Level, after: &Level) -> Change<'a> {
    let point = &section.points[after.first];
    Change {
        at: after.first,
        name: &point.name,
        commit: point.commit.as_deref(),
        before: number(section.unit, before.median),
        after: number(section.unit, after.median),
        change: relative(before, after),
    }
}
