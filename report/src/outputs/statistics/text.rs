//! Statistics as text for a terminal, no wider than it is.
//!
//! A table, then the meaning of its signs; then, if requested, distributions and the verdicts on budgets. The text
//! has colours; the caller removes them if needed.

use super::{COLUMNS, FIGURES, Parted, Row, Statistics, has_exact_quantiles};
use crate::outputs::{checks, labels};
use crate::text::{Cell, Column, Table, units};

/// The most tasks with a line.
const MOST: usize = 1000;

impl Statistics {
    /// The statistics as text. `width` is the terminal's width in columns; without it there is room for everything.
    pub fn text(&self, width: Option<usize>) -> String {
        let has_tasks = !self.tasks.is_empty() || self.profiles.is_empty();
        let mut text = if has_tasks { self.tasks_text(width) } else { String::new() };
        let others = self.overview.spans + self.overview.unfinished + self.overview.timings;
        if has_tasks && self.tasks.is_empty() && others == 0 {
            text.push_str("no spans\n");
        }
        for distribution in &self.distributions {
            text.push('\n');
            text.push_str(&self.distribution_text(distribution, width));
        }
        let more = (self.tasks.len() - self.distributions.len()) as u64;
        if !self.distributions.is_empty() && more > 0 {
            let tasks = units::counted(more, "more task");
            text.push_str(&format!("\n{tasks}: use a narrower --task to see their distributions\n"));
        }
        text.push_str(&self.profiles_text(width, has_tasks));
        let lines = checks::lines(&self.gate, self.cpu_use.as_ref(), width);
        if !lines.is_empty() {
            text.push('\n');
            text.push_str(&lines);
        }
        text
    }

    fn tasks_text(&self, width: Option<usize>) -> String {
        let rows = self.rows();
        let parted = Parted::of(&rows);
        let figures = parted.chosen(FIGURES).map(|(heading, rank)| Column::right(heading, rank));
        let value = self.by.as_ref().map(|_| Column::left("value", 0));
        let names = [Column::left("task", 0)].into_iter().chain(value);
        let mut table = Table::new(names.chain(figures).collect());
        for row in rows.iter().take(MOST) {
            let task = labels::task(self.names(row.figures));
            let figures = parted.chosen(self.figures(row)).map(|figure| figure.unwrap_or_else(|| "-".into()));
            let names = [task].into_iter().chain(row.part.map(|_| row.value()));
            table.push(names.chain(figures).map(Cell::from).collect());
        }
        let mut text = table.text(width, "a wider terminal or --format csv");
        let mut notes: Vec<String> =
            self.instants().into_iter().chain(self.busy()).chain(self.disturbed()).collect();
        if rows.len() > MOST {
            notes.push(format!("{}: --format csv lists all of them", self.more((rows.len() - MOST) as u64)));
        }
        notes.extend(self.signs(&rows[..rows.len().min(MOST)]));
        notes.extend(self.unknown_attributes());
        let unfinished: u64 = self.tasks.iter().map(|row| row.unfinished).sum();
        if unfinished > 0 {
            let are = if unfinished == 1 { "is" } else { "are" };
            notes.push(format!("{} never ended and {are} not counted", units::counted(unfinished, "span")));
        }
        notes.extend(self.notes.iter().cloned());
        notes.iter().for_each(|note| text.push_str(&format!("{note}\n")));
        text
    }

    /// In the order of [`FIGURES`].
    pub(super) fn figures(&self, row: &Row<'_>) -> [Option<String>; COLUMNS] {
        let duration = |ns: i64| units::duration(ns.into());
        let about = |ns: i64, is_exact: bool| format!("{}{}", if is_exact { "" } else { "~" }, duration(ns));
        let (are_exact, row) = (row.has_exact_extremes(), row.figures);
        let of = row.durations;
        let quantile = |ns: i64| about(ns, has_exact_quantiles(row));
        let division = row.division;
        let at_least = if division.is_partly_known() { "≥ " } else { "" };
        let own = format!("{}{}", units::duration(row.self_ns), if row.exact { "" } else { "*" });
        [
            Some(units::count(row.count)),
            Some(units::duration(row.total_ns)),
            Some(own).filter(|_| !row.is_timeless()),
            (division.known_ns() > 0).then(|| format!("{at_least}{}", units::duration(division.on_cpu_ns))),
            (division.wait_ns > 0).then(|| units::duration(division.wait_ns)),
            of.map(|of| duration(of.mean_ns)),
            of.and_then(|of| of.sd_ns).map(duration),
            of.map(|of| about(of.min_ns, are_exact)),
            of.map(|of| quantile(of.median_ns)),
            of.map(|of| quantile(of.p95_ns)),
            of.map(|of| quantile(of.p99_ns)),
            of.map(|of| about(of.max_ns, are_exact)),
            row.rate(&self.overview).map(units::rate),
            (!row.is_timeless()).then(|| units::percent(row.share)),
        ]
    }
}
