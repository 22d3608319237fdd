//! The list of runs, for a terminal.

use super::table::{Cell, Column, Table, WIDER};
use super::units;
use crate::run::Metadata;

/// A line a run, no wider than the terminal is; without a width there is room for all.
pub fn runs(runs: &[Metadata], width: Option<usize>) -> String {
    let column = |heading, is_right, rank| Column { heading, is_right, rank };
    let mut table = Table::new(vec![
        column("name", false, 0),
        column("run", true, 0),
        column("when (UTC)", false, 2),
        column("how long", true, 0),
        column("spans", true, 0),
        column("peak memory", true, 3),
        column("commit", false, 4),
        column("ended", false, 1),
    ]);
    for run in runs {
        let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let cells = [
            run.name.clone(),
            run.number.to_string(),
            run.start.chars().take(19).collect::<String>().replace('T', " "),
            run.length(),
            optional(run.recorded.map(|recorded| units::count(recorded.spans + recorded.unfinished))),
            optional(run.elapsed_ns.map(|_| run.resources.peak_in_words())),
            optional(run.git.as_ref().map(|git| git.short())),
            run.outcome_in_words(),
        ];
        table.push(cells.map(Cell::from).into());
    }
    table.text(width, WIDER)
}
