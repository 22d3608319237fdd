//! The distribution of a task's durations as text for a terminal: a histogram, and the slowest spans.

use anstyle::Style;

use super::Statistics;
use crate::analysis::{Distribution, HistogramBin, SpanIndex, histogram};
use crate::model::Clock;
use crate::outputs::{brief, labels};
use crate::text::{Cell, Column, Table, WIDER, units};

/// The most slowest spans listed, by default.
const SLOWEST: usize = 5;
/// The most columns of a histogram's bar.
const BAR_WIDTH: usize = 60;

impl Statistics {
    /// The text of one of [`Statistics::distributions`].
    pub(super) fn distribution_text(&self, distribution: &Distribution, width: Option<usize>) -> String {
        let row = &self.tasks[distribution.row];
        let heading = Style::new().bold();
        let mut text = format!(
            "{heading}{}{heading:#}: {}\n",
            labels::task(self.names(row)),
            units::counted(row.count, "span")
        );
        text.push_str(&histogram_text(&histogram(&distribution.points), width));
        if distribution.slowest.is_empty() {
            return text;
        }
        text.push_str("slowest spans\n");
        let [name, start, clock, duration] =
            [Column::left("", 0), Column::right("", 1), Column::left("", 3), Column::right("", 0)];
        let slowest = || distribution.slowest.iter().take(self.slowest.unwrap_or(SLOWEST));
        let cpu_ns = |at: &SpanIndex| self.trace.lanes()[at.lane].spans.cpu_ns(at.span);
        let has_clock = self.summary.clock() != Some(Clock::Own);
        let has_cpu = slowest().any(|at| cpu_ns(at).is_some());
        let cpu = has_cpu.then(|| Column::right("", 1));
        let columns = [name, start, clock, duration].into_iter().chain(cpu).chain([Column::left("", 2)]);
        let mut table = Table::new(columns.collect());
        for at in slowest() {
            let lane = &self.trace.lanes()[at.lane];
            let process = &self.trace.processes()[lane.process].identity;
            let span = lane.spans.at(at.span);
            let start_ns = span.start.ns();
            let duration_ns = span.duration_ns().unwrap_or_default();
            let pid = process.pid.map_or_else(|| process.identity.clone(), |pid| pid.to_string());
            let cpu = has_cpu.then(|| {
                let on_cpu = |ns: i64| format!("{} on CPU", units::duration(ns.into()));
                cpu_ns(at).map_or_else(String::new, on_cpu)
            });
            let times = [
                format!("{pid} {}", lane.identity.thread),
                format!("+{}", units::duration(start_ns.into())),
                if has_clock { self.zone.stamp(self.trace.unix_ns(span.start)) } else { String::new() },
                units::duration(duration_ns.into()),
            ];
            let attributes = brief::brief(lane.spans.attributes().telling(at.span).into_iter());
            table.push(times.into_iter().chain(cpu).chain([attributes]).map(Cell::from).collect());
        }
        text.push_str(&table.text(width, WIDER));
        if distribution.summarised > 0 {
            text.push_str(&format!(
                "{} summarised: only the longest spans are known\n",
                match distribution.summarised {
                    1 => "1 lane is".into(),
                    lanes => format!("{} lanes are", units::count(lanes as u64)),
                }
            ));
        }
        text
    }
}

/// One line for each bin. The length of its bar is in proportion to the greatest count.
fn histogram_text(bins: &[HistogramBin], width: Option<usize>) -> String {
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1);
    let mut table = Table::new(vec![Column::right("", 0), Column::right("", 0), Column::left("", 0)]);
    let edge = |ns: i64| units::duration(ns.into());
    let stretch = |bin: &HistogramBin| format!("{} to {}", edge(bin.from_ns), edge(bin.to_ns));
    let labels = bins.iter().map(|bin| stretch(bin).len()).max().unwrap_or(0);
    let counts = bins.iter().map(|bin| units::count(bin.count).len()).max().unwrap_or(0);
    let room = width.map_or(BAR_WIDTH, |width| width.saturating_sub(labels + counts + 4).clamp(1, BAR_WIDTH));
    for bin in bins {
        let bar = bar(bin.count as f64 / most as f64 * room as f64, bin.count > 0);
        table.push([stretch(bin), units::count(bin.count), bar].map(Cell::from).into());
    }
    table.text(None, WIDER)
}

/// A bar of `length` columns, to an eighth. At least an eighth if there is something to show.
fn bar(length: f64, is_something: bool) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (length * 8.0).round() as usize;
    let eighths = if is_something { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}
