//! The table of how much figures vary between the runs of one page.
//!
//! Takes the values of each figure, one for each run. Gives a line for each figure.

use templates::{Dot, Spread};

use crate::analysis;
use crate::text::units;

/// A figure of several runs.
pub(crate) struct Line<'a> {
    /// The group of a task. `None` for a figure of the whole run.
    pub(crate) group: Option<&'a str>,
    pub(crate) name: &'a str,
    /// The values, in the order of the runs.
    pub(crate) spread: analysis::Spread,
    pub(crate) unit: fn(i128) -> String,
}

/// The lines of the table. `runs` are the numbers of the runs.
pub(crate) fn spreads(runs: &[u64], lines: &[Line<'_>]) -> Vec<Spread> {
    lines.iter().map(|line| self::line(runs, line)).collect()
}

fn line(runs: &[u64], Line { group, name, spread, unit }: &Line<'_>) -> Spread {
    let dots = runs.iter().zip(&spread.values);
    Spread {
        group: group.filter(|group| !group.is_empty()).map(str::to_owned),
        name: (*name).to_owned(),
        missing: spread.values.iter().filter(|value| value.is_none()).count(),
        least: unit(spread.least),
        median: unit(spread.median),
        median_part: spread.part(spread.median),
        greatest: unit(spread.greatest),
        apart: spread.apart().map_or("–".into(), units::percent),
        dots: dots
            .filter_map(|(run, value)| {
                let value = (*value)?;
                Some(Dot { run: *run, value: unit(value), part: spread.part(value) })
            })
            .collect(),
    }
}
