//! The list of runs, for a terminal.

use super::table::{Cell, Column, Table};
use super::units;
use crate::run::{Metadata, Outcome};

/// A line a run, no wider than the terminal is; without a width there is room for all.
pub fn runs(runs: &[Metadata], width: Option<usize>) -> String {
    let column = |heading, is_right, rank| Column { heading, is_right, rank };
    let mut table = Table::new(vec![
        column("name", false, 0),
        column("run", true, 0),
        column("when, UTC", false, 2),
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
            optional(run.resources.peak_bytes().map(units::bytes)),
            optional(run.git.as_ref().map(|git| git.short())),
            run.outcome_in_words(),
        ];
        table.push(cells.map(Cell::from).into());
    }
    let (mut text, left_out) = table.fit(width);
    if !left_out.is_empty() {
        text.push_str(&format!("no room for {}: a wider terminal has them\n", left_out.join(", ")));
    }
    text
}

impl Metadata {
    /// How long it took: `2.34 s`, or `-` where it has not ended.
    pub fn length(&self) -> String {
        self.elapsed_ns.map_or("-".into(), |ns| units::duration(ns.into()))
    }

    /// How it ended, in words: `exit code 0`, `signal 9`, `killed`.
    pub fn outcome_in_words(&self) -> String {
        match &self.outcome {
            Outcome::Running if self.process.lives() => "runs".into(),
            Outcome::Running => "killed with waterfall".into(),
            Outcome::Exited { code } => format!("exit code {code}"),
            Outcome::Signalled { signal } => format!("killed by signal {signal}"),
            Outcome::NotStarted { reason } => format!("not started: {reason}"),
        }
    }
}
