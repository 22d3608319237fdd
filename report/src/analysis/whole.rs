//! The whole analysis: all that a report shows of a trace.
//!
//! Takes the summary of all lanes, so every figure is the same with or without rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::concurrency::{self, Bins, Concurrency};
use super::counters::{self, CounterFigures};
use super::cpu_use::CpuUse;
use super::division::Division;
use super::fact::Finding;
use super::findings;
use super::ledger::{self, Ledger};
use super::points::{self, Points};
use super::profiles::{self, ProfileFigures};
use super::raster::{self, Raster};
use super::statistics::{NAMED, TaskRows, TaskStatistics, statistics};
use super::summary::summarise;
use super::wall::Wall;
use crate::model::summary::LaneSummary;
use crate::model::{Lane, Summary, Trace};

/// All that a report shows of a trace.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// One for each (group, task): by self time, the largest first, then by total, then by name.
    pub tasks: Vec<TaskStatistics>,
    /// The row in `tasks` of each key.
    pub rows: TaskRows,
    /// The number of spans, unfinished ones included.
    pub spans: u64,
    /// One for each lane of the trace, in its order.
    pub lanes: Vec<LaneFigures>,
    /// How many lanes were busy over time.
    pub concurrency: Concurrency,
    /// What each lane did, at a glance.
    pub raster: Raster,
    /// The union of a lane's finished spans, summed over all lanes, in ns.
    pub busy_ns: i128,
    /// Spans whose end was never written.
    pub unfinished: u64,
    /// The point events of the trace.
    pub points: Points,
    /// The number of lanes that have a span.
    pub lanes_with_spans: usize,
    /// The longest stretch in which no lane was busy, between the first and the last busy moment. In ns since the
    /// trace's origin, to the width of a bin.
    pub longest_pause: Option<(i64, i64)>,
    /// Where lanes x wall time went.
    pub ledger: Ledger,
    /// One for each (group, counter), in the trace's order.
    pub counters: Vec<CounterFigures>,
    /// Number of timings: durations without moments.
    pub timings: u64,
    /// The functions of each profile.
    pub(crate) profiles: Vec<ProfileFigures>,
    /// The facts that show where the time went, at most four, in the order of `Fact`.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneFigures {
    /// The number of spans, unfinished ones included. If the lane is summarised, the trace has fewer.
    pub spans: u64,
    /// The number of point events. If the lane is summarised, the trace may have fewer.
    pub points: u64,
    /// Whether spans cross. Then the time counts for the one that started last.
    pub crossing: bool,
    /// The most spans that were open at once, where spans cross.
    pub open_at_once: Option<u32>,
    /// What the lane did while it was busy.
    pub division: Division,
}

impl LaneFigures {
    /// Whether the trace lacks some spans or point events of the lane. `lane` is the one that these figures describe.
    pub fn is_summarised(&self, lane: &Lane) -> bool {
        (lane.spans.len() as u64) < self.spans.saturating_add(self.points)
    }
}

impl Analysis {
    /// Busy time as a part of lanes x wall time, 0 to 1. `None` when that is 0.
    pub fn utilisation(&self, trace: &Trace) -> Option<f64> {
        let available_ns = self.lanes_with_spans as i128 * i128::from(trace.end().ns());
        (available_ns > 0).then(|| self.busy_ns as f64 / available_ns as f64)
    }

    /// The number of processes that have a span.
    pub fn processes_with_spans(&self, trace: &Trace) -> usize {
        let lanes = trace.lanes().iter().zip(&self.lanes).filter(|(_, figures)| figures.spans > 0);
        lanes.map(|(lane, _)| lane.process).collect::<BTreeSet<_>>().len()
    }

    /// Mean concurrency: busy time over wall time. `None` when the wall time is 0.
    pub fn mean_concurrency(&self, trace: &Trace) -> Option<f64> {
        let wall_ns = trace.end().ns();
        (wall_ns > 0).then(|| self.busy_ns as f64 / wall_ns as f64)
    }
}

/// Analyses a summary and the trace made from it. `used` is what is known of the run that recorded it, for findings.
/// All figures come from the summary; the trace's spans are only searched for those that findings point at. O(size of
/// the summary), plus O(spans in the trace) for that search.
///
/// # Panics
///
/// If the trace has a lane that the summary lacks.
pub fn analyse(trace: &Trace, summary: &Summary, used: CpuUse) -> Analysis {
    let lanes: Vec<&LaneSummary> = (trace.lanes().iter())
        .map(|lane| {
            let process = &trace.processes()[lane.process].identity;
            summary.lane(process, &lane.identity).expect("the trace is of this summary")
        })
        .collect();
    let keys = summary.keys();
    let wall = Wall::of(summary);
    let bins = Bins::new(wall);
    let busy_ns = lanes.iter().map(|lane| lane.busy_ns()).sum();
    let (tasks, rows) = statistics(summary, NAMED);
    let concurrency = concurrency::concurrency(&lanes, keys, bins);
    let longest_pause = concurrency::longest_pause(&concurrency, bins).map(|run| bins.stretch(run));
    let ledger = ledger::ledger(&lanes, &tasks, wall);
    let run = findings::Run { trace, lanes: &lanes, tasks: &tasks, rows: &rows, wall, bins, busy_ns, used };
    let findings = findings::findings(&run);
    let counters = counters::figures(trace, summary);
    Analysis {
        unfinished: tasks.iter().map(|task| task.unfinished).sum(),
        points: points::points(summary, NAMED),
        lanes_with_spans: lanes.iter().filter(|lane| lane.has_spans()).count(),
        spans: summary.span_count(),
        lanes: (lanes.iter())
            .map(|lane| LaneFigures {
                spans: lane.span_count(),
                points: lane.point_count(),
                crossing: lane.crossing,
                open_at_once: lane.most_open(),
                division: Division::of_lane(lane, keys),
            })
            .collect(),
        tasks,
        rows,
        raster: raster::raster(&lanes, wall),
        concurrency,
        busy_ns,
        longest_pause,
        ledger,
        counters,
        timings: summary.timing_count(),
        profiles: profiles::profiles(summary),
        findings,
    }
}

/// The summary of a trace that has all rows of its lanes and all samples of its counters.
pub fn summary_of(trace: &Trace) -> Summary {
    let keys = Arc::new(trace.keys().clone());
    let mut summary = Summary::of_counters(&trace.samples(), Some((trace.origin_ns(), trace.offset_s())));
    for lane in trace.lanes() {
        let process = trace.processes()[lane.process].identity.clone();
        let spans = trace.unix_spans(lane);
        summary.merge(summarise((process, lane.identity.clone()), &keys, &spans, trace.offset_s()).0);
    }
    summary
}

/// Analyses a trace that has all rows of its lanes.
pub fn of_trace(trace: &Trace) -> Analysis {
    analyse(trace, &summary_of(trace), CpuUse::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Fact, drawn};
    use proptest::prelude::*;

    /// Spans that nest, cross, are equal, take no time or never end.
    fn any_lanes() -> impl Strategy<Value = Vec<Vec<(i64, Option<i64>, u8)>>> {
        let span = (0i64..40, 0i64..20, 0u8..6, 0u8..4)
            .prop_map(|(start, length, ends, task)| (start, (ends > 0).then_some(start + length), task));
        prop::collection::vec(prop::collection::vec(span, 1..30), 1..5)
    }

    /// Checks that nothing is more than what it is a part of.
    fn check(trace: &Trace, summary: &Summary) -> Result<(), TestCaseError> {
        let analysis = analyse(trace, summary, CpuUse::default());
        let is_part = |part: f64| (0.0..=1.0).contains(&part);
        let wall_ns = i128::from(trace.end().ns());
        for row in &analysis.tasks {
            prop_assert!(is_part(row.share), "share {}", row.share);
            prop_assert!((0..=row.total_ns).contains(&row.self_ns));
            prop_assert!(row.self_ns <= trace.lanes().len() as i128 * wall_ns);
        }
        let shares: f64 = analysis.tasks.iter().map(|row| row.share).sum();
        let expected = if analysis.busy_ns > 0 { 1.0 } else { 0.0 };
        prop_assert!((shares - expected).abs() < 1e-9, "shares sum to {}", shares);
        prop_assert_eq!(analysis.tasks.iter().map(|row| row.self_ns).sum::<i128>(), analysis.busy_ns);
        prop_assert!(analysis.utilisation(trace).is_none_or(is_part));
        prop_assert!(analysis.mean_concurrency(trace).is_none_or(|mean| mean <= trace.lanes().len() as f64));
        prop_assert!(analysis.concurrency.peak().is_none_or(|peak| peak <= trace.lanes().len() as f64));
        let Ledger { total_ns, idle_before_ns, idle_between_ns, idle_after_ns, unfinished_ns, .. } =
            analysis.ledger;
        let parts = [analysis.busy_ns, idle_before_ns, idle_between_ns, idle_after_ns, unfinished_ns];
        prop_assert!(parts.iter().all(|part| (0..=total_ns).contains(part)), "{:?} of {}", parts, total_ns);
        prop_assert_eq!(parts.iter().sum::<i128>(), total_ns);
        for cell in analysis.raster.lanes.iter().flatten() {
            prop_assert!((1..=analysis.raster.width_ns).contains(&cell.busy_ns));
        }
        for finding in &analysis.findings {
            let is_possible = match &finding.fact {
                Fact::FewBusy { most, .. } => most.is_none_or(|most| is_part(most.1)),
                Fact::EndedLast { part, ran, .. } => {
                    is_part(*part) && ran.iter().all(|ran| is_part(ran.part))
                }
                _ => true,
            };
            prop_assert!(is_possible, "{:?}", finding.fact);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn no_part_is_more_than_the_whole_whatever_overlaps(lanes in any_lanes(), unit in 1i64..1 << 50) {
            let lanes: Vec<Vec<_>> = lanes.iter()
                .map(|lane| lane.iter().map(|&(start, end, task)| (start * unit, end.map(|end| end * unit), task)).collect())
                .collect();
            let trace = drawn::numbers(&lanes);
            let summary = summary_of(&trace);
            check(&trace, &summary)?;
            for (_, _, lane) in summary.lanes() {
                let busy_ns: i128 = lane.bins.iter().map(|bin| i128::from(bin.busy_ns)).sum();
                prop_assert!(busy_ns <= i128::from(lane.extent_ns.1 - lane.extent_ns.0));
            }
        }

        #[test]
        fn no_part_is_more_than_the_whole_where_a_lane_came_twice(lanes in any_lanes(), unit in 1i64..1 << 50) {
            let lanes: Vec<Vec<_>> = lanes.iter()
                .map(|lane| lane.iter().map(|&(start, end, task)| (start * unit, end.map(|end| end * unit), task)).collect())
                .collect();
            let trace = drawn::numbers(&lanes);
            let mut summary = summary_of(&trace);
            summary.merge(summary.clone());
            summary.cut_doubled();
            check(&trace, &summary)?;
        }
    }
}
