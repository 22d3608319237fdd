//! Statistics as text for a terminal, no wider than it is.
//!
//! A line of what there is, a table, and behind it what its signs mean; then the distributions and the verdicts on
//! budgets, where these were asked for. Colours are in it and are the caller's to take out.

use anstyle::{AnsiColor, Style};

use super::{Statistics, per_second};
use crate::analysis::{Distribution, HistogramBin, TaskStatistics, histogram};
use crate::budget::Verdict;
use crate::outputs::table::{Cell, Column, Table};
use crate::outputs::{terminal, units};

/// As many tasks have a line.
const MOST: usize = 1000;
/// As many of the slowest spans are listed of a task.
const SLOWEST: usize = 5;
/// As wide are the bars of a histogram at most.
const BAR_WIDTH: usize = 60;

/// The figures of a row, and what they are worth: those of the greatest are left out first.
const FIGURES: [(&str, u8); 12] = [
    ("count", 0),
    ("total", 0),
    ("self", 1),
    ("mean", 2),
    ("sd", 8),
    ("min", 7),
    ("p50", 3),
    ("p95", 4),
    ("p99", 6),
    ("max", 1),
    ("rate", 9),
    ("share", 5),
];

impl Statistics {
    /// As text; `width` is that of the terminal, without one there is room for all.
    pub fn text(&self, width: Option<usize>) -> String {
        let mut text = self.tasks_text(width);
        let others = self.overview.spans + self.overview.unfinished;
        if self.tasks.is_empty() && others == 0 {
            text.push_str("no span was recorded\n");
        }
        for distribution in &self.distributions {
            text.push('\n');
            text.push_str(&self.distribution_text(distribution, width));
        }
        if !self.verdicts.is_empty() {
            text.push('\n');
            text.push_str(&verdicts(&self.verdicts, width));
        }
        text
    }

    fn tasks_text(&self, width: Option<usize>) -> String {
        let name = Column { heading: "task", is_right: false, rank: 0 };
        let figures = FIGURES.map(|(heading, rank)| Column { heading, is_right: true, rank });
        let mut table = Table::new([name].into_iter().chain(figures).collect());
        for row in self.tasks.iter().take(MOST) {
            let figures = self.figures(row).map(|figure| Cell::from(figure.unwrap_or_else(|| "-".into())));
            table.push([Cell::from(self.label(row))].into_iter().chain(figures).collect());
        }
        let (mut text, left_out) = table.fit(width);
        let mut notes = Vec::new();
        if self.tasks.len() > MOST {
            let more = units::counted((self.tasks.len() - MOST) as u64, "more task");
            notes.push(format!("{more}: --format csv has all"));
        }
        if !left_out.is_empty() {
            notes.push(format!(
                "no room for {}: a wider terminal or --format csv has them",
                left_out.join(", ")
            ));
        }
        let shown = || self.tasks.iter().take(MOST);
        if shown().any(|row| !is_exact(row)) {
            notes.push("~ at most 0.4 % off: the task has more than 4,096 spans".into());
        }
        if shown().any(|row| !row.exact) {
            notes.push("* approximate: spans of a lane overlap without nesting".into());
        }
        let unfinished: u64 = self.tasks.iter().map(|row| row.unfinished).sum();
        if unfinished > 0 {
            notes.push(format!("{} never ended and are in no figure", units::counted(unfinished, "span")));
        }
        notes.iter().for_each(|note| text.push_str(&format!("{note}\n")));
        text
    }

    /// `group / task`.
    pub(super) fn label(&self, row: &TaskStatistics) -> String {
        let (group, task) = self.names(row);
        let shown = |name: &str| if name.is_empty() { "(unnamed)".to_owned() } else { terminal::plain(name) };
        format!("{} / {}", shown(group), shown(task))
    }

    /// In the order of [`FIGURES`].
    pub(super) fn figures(&self, row: &TaskStatistics) -> [Option<String>; 12] {
        let duration = |ns: i64| units::duration(ns.into());
        let of = row.durations;
        let quantile = |ns: i64| format!("{}{}", if is_exact(row) { "" } else { "~" }, duration(ns));
        let own = format!("{}{}", units::duration(row.self_ns), if row.exact { "" } else { "*" });
        [
            Some(units::count(row.count)),
            Some(units::duration(row.total_ns)),
            Some(own),
            of.map(|of| duration(of.mean_ns)),
            of.and_then(|of| of.sd_ns).map(duration),
            of.map(|of| duration(of.min_ns)),
            of.map(|of| quantile(of.median_ns)),
            of.map(|of| quantile(of.p95_ns)),
            of.map(|of| quantile(of.p99_ns)),
            of.map(|of| duration(of.max_ns)),
            self.rate(row).map(per_second),
            Some(units::percent(row.share)),
        ]
    }

    fn distribution_text(&self, distribution: &Distribution, width: Option<usize>) -> String {
        let row = &self.tasks[distribution.row];
        let heading = Style::new().bold();
        let mut text =
            format!("{heading}{}{heading:#}: {}\n", self.label(row), units::counted(row.count, "span"));
        text.push_str(&histogram_text(&histogram(&distribution.points), width));
        if distribution.slowest.is_empty() {
            return text;
        }
        text.push_str("the slowest\n");
        let column = |is_right| Column { heading: "", is_right, rank: 0 };
        let mut table = Table::new(vec![column(false), column(true), column(false), column(true)]);
        for at in distribution.slowest.iter().take(SLOWEST) {
            let lane = &self.trace.lanes()[at.lane];
            let process = &self.trace.processes()[lane.process].identity;
            let span = lane.spans.at(at.span);
            let start_ns = span.start.ns();
            let duration_ns = span.duration_ns().unwrap_or_default();
            let pid = process.pid.map_or_else(|| process.identity.clone(), |pid| pid.to_string());
            table.push(
                [
                    format!("{pid} {}", lane.identity.thread),
                    format!("+{}", units::duration(start_ns.into())),
                    self.zone.stamp(self.trace.unix_ns(span.start)),
                    units::duration(duration_ns.into()),
                ]
                .map(Cell::from)
                .into(),
            );
        }
        let (lines, _) = table.fit(width);
        text.extend(lines.lines().skip(1).map(|line| format!("{line}\n")));
        if distribution.summarised > 0 {
            text.push_str(&format!(
                "of {} summarised only the longest spans are known\n",
                match distribution.summarised {
                    1 => "1 lane that is".into(),
                    lanes => format!("{} lanes that are", units::count(lanes as u64)),
                }
            ));
        }
        text
    }
}

/// Whether its quantiles are.
fn is_exact(row: &TaskStatistics) -> bool {
    row.durations.is_none_or(|of| of.exact)
}

/// A line a bin, its bar in proportion to the greatest count.
fn histogram_text(bins: &[HistogramBin], width: Option<usize>) -> String {
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1);
    let column = |is_right| Column { heading: "", is_right, rank: 0 };
    let mut table = Table::new(vec![column(true), column(true), column(false)]);
    let edge = |ns: i64| units::duration(ns.into());
    let label = |bin: &HistogramBin| format!("{} to {}", edge(bin.from_ns), edge(bin.to_ns));
    let labels = bins.iter().map(|bin| label(bin).len()).max().unwrap_or(0);
    let counts = bins.iter().map(|bin| units::count(bin.count).len()).max().unwrap_or(0);
    let room = width.map_or(BAR_WIDTH, |width| width.saturating_sub(labels + counts + 4).clamp(1, BAR_WIDTH));
    for bin in bins {
        let bar = bar(bin.count as f64 / most as f64 * room as f64, bin.count > 0);
        table.push([label(bin), units::count(bin.count), bar].map(Cell::from).into());
    }
    let (lines, _) = table.fit(None);
    lines.lines().skip(1).map(|line| format!("{line}\n")).collect()
}

/// A bar of so many columns, to an eighth; never nothing where there is something.
fn bar(length: f64, is_something: bool) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (length * 8.0).round() as usize;
    let eighths = if is_something { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

/// A line a verdict: what was asked for, what was measured, and whether that is kept, in a word and in a colour.
pub fn verdicts(verdicts: &[Verdict], width: Option<usize>) -> String {
    let column = |heading, is_right, rank| Column { heading, is_right, rank };
    let mut table = Table::new(vec![
        column("task", false, 0),
        column("budget", false, 0),
        column("measured", true, 0),
        column("rate", true, 2),
        column("over it", true, 1),
        column("verdict", false, 0),
    ]);
    for verdict in verdicts {
        let (word, color) =
            if verdict.is_met() { ("met", AnsiColor::Green) } else { ("broken", AnsiColor::Red) };
        let style = Style::new().bold().fg_color(Some(color.into()));
        let sign = if verdict.exact { "" } else { "~" };
        let measured = verdict.measured_ns;
        let rate = |ns: i64| per_second(1e9 / ns as f64);
        let target_ns = verdict.budget.target_ns;
        table.push(vec![
            Cell::from(format!("{} / {}", verdict.task.0, verdict.task.1)),
            Cell::from(format!("{} at most {}", verdict.budget.measure, units::duration(target_ns.into()))),
            Cell::from(
                measured.map_or("no span ended".into(), |ns| format!("{sign}{}", units::duration(ns.into()))),
            ),
            Cell::from(match measured {
                Some(ns) if ns > 0 && target_ns > 0 => format!("{} of {}", rate(ns), rate(target_ns)),
                _ => "-".into(),
            }),
            Cell::from(over(verdict)),
            Cell::styled(word, style),
        ]);
    }
    let (mut text, left_out) = table.fit(width);
    if !left_out.is_empty() {
        text.push_str(&format!("no room for {}: a wider terminal has them\n", left_out.join(", ")));
    }
    let unsure = verdicts.iter().filter(|verdict| !verdict.is_certain()).count() as u64;
    if unsure > 0 {
        text.push_str(&format!(
            "{} within the 0.4 % by which the figure of over 4,096 spans may be off\n",
            match unsure {
                1 => "1 verdict is".into(),
                unsure => format!("{} verdicts are", units::count(unsure)),
            }
        ));
    }
    text
}

/// How many spans took longer than the target: `12/1,204 (1.00 %)`.
pub(super) fn over(verdict: &Verdict) -> String {
    let ((least, most), count) = (verdict.over, verdict.count);
    let part = |over: u64| units::percent(over as f64 / count.max(1) as f64);
    match units::count(count) {
        _ if count == 0 => "-".into(),
        all if least == most => format!("{}/{all} ({})", units::count(least), part(least)),
        all => format!(
            "{} to {}/{all} ({} to {})",
            units::count(least),
            units::count(most),
            part(least),
            part(most)
        ),
    }
}
