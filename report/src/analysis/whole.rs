//! The whole analysis: all that a report shows of a trace.
//!
//! Takes the summary of all lanes, so every figure is the same with or without rows.

use std::sync::Arc;

use super::concurrency::{self, Bins, Concurrency};
use super::counters::{self, CounterFigures};
use super::findings::{self, Finding};
use super::ledger::{self, Ledger};
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
    /// The longest stretch in which no lane was busy, between the first and the last busy moment. In ns since the
    /// trace's origin, to the width of a bin.
    pub longest_pause: Option<(i64, i64)>,
    /// Where lanes x wall time went.
    pub ledger: Ledger,
    /// One for each (group, counter), in the trace's order.
    pub counters: Vec<CounterFigures>,
    /// The facts that show where the time went, at most five, in the order of `Fact`.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneFigures {
    /// The number of spans, unfinished ones included. If the lane is summarised, the trace has fewer.
    pub spans: u64,
    /// Whether spans cross. Then self times are not exact.
    pub crossing: bool,
}

impl LaneFigures {
    /// Whether the trace lacks some spans of the lane. `lane` is the one that these figures describe.
    pub fn is_summarised(&self, lane: &Lane) -> bool {
        (lane.spans.len() as u64) < self.spans
    }
}

impl Analysis {
    /// Busy time as a part of lanes x wall time, 0 to 1. `None` when that is 0.
    pub fn utilisation(&self, trace: &Trace) -> Option<f64> {
        let available_ns = trace.lanes().len() as i128 * i128::from(trace.end().ns());
        (available_ns > 0).then(|| self.busy_ns as f64 / available_ns as f64)
    }

    /// Mean concurrency: busy time over wall time. `None` when the wall time is 0.
    pub fn mean_concurrency(&self, trace: &Trace) -> Option<f64> {
        let wall_ns = trace.end().ns();
        (wall_ns > 0).then(|| self.busy_ns as f64 / wall_ns as f64)
    }
}

/// Analyses a summary and the trace made from it. All figures come from the summary; the trace's spans are only
/// searched for those that findings point at. O(size of the summary), plus O(spans in the trace) for that search.
///
/// # Panics
///
/// If the trace has a lane that the summary lacks.
pub fn analyse(trace: &Trace, summary: &Summary) -> Analysis {
    let lanes: Vec<&LaneSummary> = (trace.lanes().iter())
        .map(|lane| {
            let process = &trace.processes()[lane.process].identity;
            summary.lane(process, &lane.identity).expect("the trace is of this summary")
        })
        .collect();
    let wall = Wall::of(summary);
    let bins = Bins::new(wall);
    let busy_ns = lanes.iter().map(|lane| lane.busy_ns()).sum();
    let (tasks, rows) = statistics(summary, NAMED);
    let concurrency = concurrency::concurrency(&lanes, bins);
    let occupied_ns = concurrency::occupied(&lanes, bins, &concurrency);
    let longest_pause = concurrency::longest_pause(&concurrency, bins).map(|run| bins.stretch(run));
    let ledger = ledger::ledger(&lanes, &rows, tasks.len(), wall);
    let run = findings::Run {
        trace,
        lanes: &lanes,
        tasks: &tasks,
        rows: &rows,
        wall,
        bins,
        busy_ns,
        concurrency: &concurrency,
        occupied_ns: &occupied_ns,
    };
    let findings = findings::findings(&run);
    let counters = counters::figures(trace, summary);
    Analysis {
        unfinished: tasks.iter().map(|task| task.unfinished).sum(),
        spans: summary.span_count(),
        lanes: (lanes.iter())
            .map(|lane| LaneFigures { spans: lane.span_count(), crossing: lane.crossing })
            .collect(),
        tasks,
        rows,
        raster: raster::raster(&lanes, wall),
        concurrency,
        busy_ns,
        longest_pause,
        ledger,
        counters,
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
    analyse(trace, &summary_of(trace))
}
