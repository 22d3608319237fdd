//! The list of runs, for a terminal.

use super::metadata::Metadata;
use super::store::Place;
use crate::text::{Cell, Column, Table, WIDER, units};

/// One line per run, at most `width` columns wide. Without a width, lines are as wide as needed. If the rows of any run
/// are gone, a column says what is left of each.
pub(crate) fn list(runs: &[(Place, Metadata)], width: Option<usize>) -> String {
    let kept: Vec<&str> = runs.iter().map(|(place, _)| kept(place)).collect();
    let is_all = kept.iter().all(|kept| *kept == ROWS);
    let mut columns = vec![
        Column::left("name", 0),
        Column::right("run", 0),
        Column::left("start (UTC)", 2),
        Column::right("duration", 0),
        Column::right("spans", 0),
        Column::right("peak memory", 3),
        Column::left("commit", 4),
    ];
    columns.extend((!is_all).then(|| Column::left("kept", 1)));
    columns.push(Column::left("outcome", 1));
    let mut table = Table::new(columns);
    for ((_, run), kept) in runs.iter().zip(kept) {
        let optional = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let mut cells = vec![
            run.name.clone(),
            run.number.to_string(),
            run.start.chars().take(19).collect::<String>().replace('T', " "),
            run.length(),
            optional(run.recorded.map(|recorded| units::count(recorded.span_count()))),
            optional(run.elapsed_ns.map(|_| run.resources.peak_in_words())),
            optional(run.git.as_ref().map(|git| git.short())),
        ];
        cells.extend((!is_all).then(|| kept.to_owned()));
        cells.push(run.outcome_in_words());
        table.push(cells.into_iter().map(Cell::from).collect());
    }
    table.text(width, WIDER)
}

const ROWS: &str = "rows";

/// What there is of the records of a run.
fn kept(place: &Place) -> &'static str {
    match (place.records().is_dir(), place.summary().is_file()) {
        (true, _) => ROWS,
        (false, true) => "summary",
        (false, false) => "-",
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::runs::{Outcome, Store};

    #[test]
    fn no_row_is_wider_than_the_terminal() {
        let run = include_str!("../../../tests/data/run/version-1-load.json");
        let run: Metadata = serde_json::from_str(run).unwrap();
        let name = "a-name-of-runs-that-is-longer-than-a-column-should-be";
        let reason = "x".repeat(200);
        let outcome = Outcome::NotStarted { reason };
        let directory = tempfile::tempdir().unwrap();
        let place = Store::below(directory.path()).create(&name.parse().unwrap()).unwrap();
        let runs = [
            (place.clone(), run.clone()),
            (place, Metadata { name: name.into(), number: 123_456, outcome, ..run }),
        ];
        let text = list(&runs, Some(80));
        assert!(text.contains("duration") && text.contains("columns not shown: "), "{text}");
        let plain = anstream::adapter::strip_str(&text).to_string();
        for line in plain.lines().filter(|line| !line.starts_with("columns not shown: ")) {
            assert!(line.width() <= 80, "{line}");
        }
    }
}
