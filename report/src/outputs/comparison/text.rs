//! A comparison for a terminal: how the sides were read, the verdict as a sentence, and a table of the figures.

use anstyle::{AnsiColor, Style};

use super::{Comparison, MOST, SIDES, cells, words};
use crate::gate::{Change, Reason, Verdict};
use crate::text::{Cell, Column, Table, WIDER, paragraph, terminal};

/// The column of the texts behind the names of the sides.
const INDENT: usize = 11;

impl Comparison {
    /// The comparison as text for a terminal of this width, with colours. Without a width there is room for everything.
    ///
    /// Durations in the table are typical figures of a run: a task's total adds up all of its spans, also those that
    /// run at the same time. The sentence above it divides the wall time instead: at every instant it counts for the
    /// innermost spans that run.
    pub fn text(&self, width: Option<usize>) -> String {
        let mut text = String::new();
        for (name, side) in SIDES.into_iter().zip(&self.sides) {
            let line = terminal::plain(&format!("{name:INDENT$}{}: {}", side.label, side.read));
            text.push_str(&paragraph(&line, width, INDENT));
        }
        let (verdict, rest) = words::headline(self, terminal::quoted);
        let sentence = paragraph(&format!("{verdict}{rest}"), width, 0);
        let style = style(self.verdict());
        text.push_str(&format!("\n{style}{verdict}{style:#}{}\n", &sentence[verdict.len()..]));

        for caution in &self.cautions {
            text.push_str(&paragraph(&terminal::plain(caution), width, 2));
        }
        text.push_str(if self.cautions.is_empty() { "" } else { "\n" });
        let rows = self.rows();
        let (listed, others) = rows.split_at(rows.len().min(MOST));
        text.push_str(&table(listed).text(width, WIDER));
        text.push_str(&cells::more(others).map_or(String::new(), |more| paragraph(&more, width, 2)));
        text.push('\n');
        let method = format!("Method: {}", cells::method(self, &rows, terminal::plain));
        let judged = [cells::counts(&rows), method];
        let lines = cells::one_sided(self, terminal::plain).into_iter().chain(judged);
        let averages = words::averages(self, terminal::quoted);
        for line in lines.chain(cells::advice(&rows)).chain(averages).chain(cells::unknown_shares(self)) {
            text.push_str(&paragraph(&line, width, 2));
        }
        text.push_str(if self.notes.is_empty() { "" } else { "\n" });
        for note in &self.notes {
            text.push_str(&paragraph(&terminal::plain(note), width, 2));
        }
        text
    }
}

/// A text in lines, of which all but the first are indented.
/// The table of these figures. Columns that would be empty are left out.
fn table(changes: &[&Change]) -> Table {
    let has_interval = changes.iter().any(|change| cells::interval(change).is_some());
    // A number of runs that holds for all figures is a sentence below the table.
    let has_runs =
        changes.iter().any(|change| matches!(change.verdict, Verdict::Inconclusive(Reason::Noise(_))));
    let columns = [
        (true, Column::left("", 0)),
        (true, Column::right("baseline", 1)),
        (true, Column::right("candidate", 1)),
        (true, Column::right("change", 0)),
        (has_interval, Column::right("90 % interval", 2)),
        (true, Column::left("verdict", 0)),
        (has_runs, Column::left("runs needed", 3)),
    ];
    let is_shown = columns.map(|(is_shown, _)| is_shown);
    fn shown<T>(all: [T; 7], is_shown: [bool; 7]) -> Vec<T> {
        all.into_iter().zip(is_shown).filter(|(_, is_shown)| *is_shown).map(|(one, _)| one).collect()
    }
    let mut table = Table::new(shown(columns.map(|(_, column)| column), is_shown));
    for change in changes {
        let [baseline, candidate] = cells::figures(change).unwrap_or(["-".into(), "-".into()]);
        let verdict = format!("{}{}", cells::verdict(change.verdict), cells::untested(change));
        let row = [
            Cell::from(cells::label(change)),
            Cell::from(baseline),
            Cell::from(candidate),
            Cell::from(cells::change(change).unwrap_or("-".into())),
            Cell::from(cells::interval(change).unwrap_or("-".into())),
            Cell::styled(verdict, style(change.verdict)),
            Cell::from(cells::runs_needed(change.verdict).unwrap_or_default()),
        ];
        table.push(shown(row, is_shown));
    }
    table
}

fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Regression => AnsiColor::Red,
        Verdict::Improvement => AnsiColor::Green,
        Verdict::Inconclusive(_) => AnsiColor::Yellow,
        Verdict::NoChange => return Style::new(),
    };
    Style::new().bold().fg_color(Some(color.into()))
}
