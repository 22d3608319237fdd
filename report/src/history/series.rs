//! Series: the figures of points, turned into one series for each figure, with its levels.
//!
//! Takes the values of each point's runs. Gives a median and a range at each point. Change points are looked for in the
//! wall time and in all figures that are large enough to matter, as one family.

use std::collections::BTreeMap;

use crate::analysis::{self, LEAST_POINTS};
use crate::gate::LEAST_PART_OF_WALL;
use crate::outputs::{Point, Series, SeriesUnit, Value};
use crate::text::TaskGlobs;

/// The group and the name of a task; `None` for the wall time.
type Figure = Option<(String, String)>;

/// The values of the runs at one point.
pub(super) struct AtPoint {
    point: Point,
    values: BTreeMap<Figure, Vec<f64>>,
}

impl AtPoint {
    pub(super) fn new(point: Point) -> AtPoint {
        AtPoint { point, values: BTreeMap::new() }
    }

    /// Adds a figure of one run: of a task, or of the whole run.
    pub(super) fn add(&mut self, figure: Option<(&str, &str)>, value: f64) {
        let figure = figure.map(|(group, task)| (group.to_owned(), task.to_owned()));
        self.values.entry(figure).or_default().push(value);
    }
}

/// The series of all figures that the globs match, and the points. Of benchmarks, all are tested.
pub(super) fn series(at: Vec<AtPoint>, unit: SeriesUnit, globs: &TaskGlobs) -> (Vec<Series>, Vec<Point>) {
    let mut figures: BTreeMap<Figure, Vec<Option<Value>>> = BTreeMap::new();
    let count = at.len();
    let mut points = Vec::with_capacity(count);
    for (index, AtPoint { point, values }) in at.into_iter().enumerate() {
        points.push(point);
        for (figure, values) in values {
            let is_wanted = figure.as_ref().is_none_or(|(group, task)| globs.matches(group, task));
            if is_wanted {
                figures.entry(figure).or_insert_with(|| vec![None; count])[index] = value(values);
            }
        }
    }
    let least = match figures.get(&None) {
        Some(wall) => LEAST_PART_OF_WALL * median(wall),
        None => 0.0,
    };
    let is_tested = |figure: &Figure, values: &[Option<Value>]| {
        let is_large = figure.is_none() || unit == SeriesUnit::PerSecond || median(values) >= least;
        values.iter().flatten().filter(|value| value.median > 0.0).count() >= LEAST_POINTS && is_large
    };
    let family = figures.iter().filter(|(figure, values)| is_tested(figure, values)).count();
    let mut series: Vec<Series> = figures
        .into_iter()
        .map(|(figure, values)| {
            let is_tested = is_tested(&figure, &values);
            let medians: Vec<Option<f64>> =
                values.iter().map(|value| value.map(|value| value.median)).collect();
            let levels = analysis::levels(&medians, is_tested.then_some(family));
            let is_whole = figure.is_none();
            let (group, name) = figure.unwrap_or((String::new(), "wall time".into()));
            Series { is_whole, group, name, values, levels, is_tested }
        })
        .collect();
    let last = |series: &Series| series.levels.last().map_or(0.0, |level| level.median);
    series.sort_by(|one, other| (other.is_whole.cmp(&one.is_whole)).then(last(other).total_cmp(&last(one))));
    (series, points)
}

fn value(mut values: Vec<f64>) -> Option<Value> {
    values.sort_by(f64::total_cmp);
    let (&least, &greatest) = (values.first()?, values.last()?);
    Some(Value { median: analysis::quantile(&values, 0.5), least, greatest })
}

fn median(values: &[Option<Value>]) -> f64 {
    let known = values.iter().flatten().map(|value| value.median).collect();
    value(known).map_or(0.0, |value| value.median)
}
