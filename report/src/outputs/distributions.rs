//! Distributions of task durations on the page: figures, what is drawn, and the slowest spans.
//!
//! Takes the trace, its figures and the distributions of some tasks. Gives each once for the markup and once for
//! the scripts. Computes no statistic; the template escapes.

use templates::{Drawn, Finding};

use super::labels::{self, place};
use crate::analysis::{self, Analysis, Distribution, Tracks, around};
use crate::model::Trace;
use crate::text::units;

/// The most durations drawn for a task. The eye cannot distinguish more.
const MOST: usize = 2000;

/// The text of each distribution.
pub(super) fn sections(
    trace: &Trace,
    analysis: &Analysis,
    distributions: &[Distribution],
) -> Vec<templates::Distribution> {
    let processes = labels::processes(trace);
    let section = |of: &Distribution| {
        let row = &analysis.tasks[of.row];
        let (group, task) = row.task.names(trace.keys());
        templates::Distribution {
            group: group.to_owned(),
            task: task.to_owned(),
            figures: figures(row),
            slowest: (of.slowest.iter())
                .map(|at| {
                    let span = trace.lanes()[at.lane].spans.at(at.span);
                    format!(
                        "{} on {} at +{}",
                        units::duration(span.duration_ns().unwrap_or_default().into()),
                        labels::lane(trace, &processes, at.lane),
                        units::duration(span.start.ns().into()),
                    )
                })
                .collect(),
            may_lack: of.summarised > 0,
            exact: of.exact,
        }
    };
    distributions.iter().map(section).collect()
}

/// In the order of [`templates::Distribution::FIGURES`].
fn figures(row: &analysis::TaskStatistics) -> Vec<String> {
    let Some(of) = row.durations else {
        let none = std::iter::repeat_n("–".to_owned(), templates::Distribution::FIGURES.len() - 2);
        return [units::count(row.count), units::duration(row.total_ns)].into_iter().chain(none).collect();
    };
    let duration = |ns: i64| units::duration(ns.into());
    let quantile = |ns: i64| format!("{}{}", if of.exact { "" } else { "~" }, duration(ns));
    vec![
        units::count(row.count),
        units::duration(row.total_ns),
        duration(of.mean_ns),
        of.sd_ns.map_or("–".into(), duration),
        duration(of.min_ns),
        quantile(of.median_ns),
        quantile(of.p95_ns),
        quantile(of.p99_ns),
        duration(of.max_ns),
    ]
}

/// The data that the scripts need to draw each distribution.
pub(super) fn drawn(
    trace: &Trace,
    analysis: &Analysis,
    tracks: &[Tracks],
    distributions: &[Distribution],
) -> Vec<Drawn> {
    let slowest = |at: &analysis::SpanIndex| {
        let span = trace.lanes()[at.lane].spans.at(at.span);
        let end_ns = span.end.map_or(span.start.ns(), |end| end.ns());
        Finding {
            window: around((span.start.ns(), end_ns), trace.end().ns()),
            selected: None,
            pinned: Some(place(*at, tracks)),
        }
    };
    let drawn = |of: &Distribution| Drawn {
        task: of.row as u32,
        count: analysis.tasks[of.row].count,
        values_ns: of.quantiles(MOST),
        slowest: of.slowest.iter().map(slowest).collect(),
    };
    distributions.iter().map(drawn).collect()
}
