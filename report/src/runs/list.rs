//! The list of runs, for a terminal.

use super::metadata::Metadata;
use super::store::Place;
use crate::text::{Cell, Column, Table, WIDER, units};

/// One line per run, at most `width` columns wide. Without a width, lines are as wide as needed.
pub(crate) fn list(runs: &[(Place, Metadata)], width: Option<usize>) -> String {
    let mut table = Table::new(vec![
        Column::left("name", 0),
        Column::right("run", 0),
        Column::left("start (UTC)", 2),
        Column::right("duration", 0),
        Column::right("spans", 0),
        Column::right("peak memory", 3),
        Column::left("commit", 4),
        Column::left("outcome", 1),
        Column::left("kept", 5),
    ]);
    for (place, run) in runs {
        let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let cells = [
            run.name.clone(),
            run.number.to_string(),
            run.start.chars().take(19).collect::<String>().replace('T', " "),
            run.length(),
            optional(run.recorded.map(|recorded| units::count(recorded.span_count()))),
            optional(run.elapsed_ns.map(|_| run.resources.peak_in_words())),
            optional(run.git.as_ref().map(|git| git.short())),
            run.outcome_in_words(),
            kept(place).into(),
        ];
        table.push(cells.map(Cell::from).into());
    }
    table.text(width, WIDER)
}

/// What there is of its records.
fn kept(place: &Place) -> &'static str {
    match (place.records().is_dir(), place.summary().is_file()) {
        (true, _) => "rows",
        (false, true) => "summary only",
        (false, false) => "-",
    }
}
