//! What a trace means: pure functions over the model.
//!
//! [`analyse`] computes all that a report shows, a lane at a time and in parallel; its result depends on
//! nothing but the trace. Does no I/O and formats nothing.

mod concurrency;
mod counters;
#[cfg(test)]
pub(crate) mod drawn;
mod findings;
mod ledger;
mod nesting;
mod statistics;

use rayon::prelude::*;

pub use concurrency::Concurrency;
pub use counters::CounterFigures;
pub use findings::{Fact, Finding, OUTLIER_RATIO, SpanIndex};
pub use ledger::{Ledger, LedgerTask};
pub use nesting::Nesting;
pub use statistics::TaskStatistics;

use concurrency::Levels;
use statistics::TaskRows;

use crate::model::{Spans, Trace};

/// All that a report shows of a trace.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// One per lane of the trace, in its order.
    pub nesting: Vec<Nesting>,
    /// One per (group, task), by self time, the largest first; then by total, then by name.
    pub tasks: Vec<TaskStatistics>,
    /// How many lanes were busy over time.
    pub concurrency: Concurrency,
    /// Sum over lanes of the length of the union of their finished spans, in ns.
    pub busy_ns: i128,
    /// Spans whose end was never written.
    pub unfinished: u64,
    /// The longest stretch between the first and the last busy moment in which no lane was busy, in ns since
    /// the trace's origin.
    pub longest_pause: Option<(i64, i64)>,
    /// Where lanes x wall time went.
    pub ledger: Ledger,
    /// One per (group, counter), in the trace's order.
    pub counters: Vec<CounterFigures>,
    /// The facts that tell where the time went, at most five, in the order of [`Fact`].
    pub findings: Vec<Finding>,
}

impl Analysis {
    /// Busy time as a part of lanes x wall time, 0 to 1; `None` where that is 0.
    pub fn utilisation(&self, trace: &Trace) -> Option<f64> {
        let available_ns = trace.lanes().len() as i128 * i128::from(trace.end().ns());
        (available_ns > 0).then(|| self.busy_ns as f64 / available_ns as f64)
    }

    /// Mean concurrency, busy / wall time; `None` where the wall time is 0.
    pub fn mean_concurrency(&self, trace: &Trace) -> Option<f64> {
        let wall_ns = trace.end().ns();
        (wall_ns > 0).then(|| self.busy_ns as f64 / wall_ns as f64)
    }
}

/// Analyses a trace. O(n log n) in its spans.
pub fn analyse(trace: &Trace) -> Analysis {
    let nesting: Vec<Nesting> = trace.lanes().par_iter().map(|lane| nesting::nest(&lane.spans)).collect();
    let busy: Vec<_> = trace.lanes().par_iter().map(|lane| union(&lane.spans)).collect();
    let busy_ns = busy.iter().flatten().map(|(start_ns, end_ns)| i128::from(end_ns - start_ns)).sum();
    let tasks = statistics::statistics(trace, &nesting, busy_ns);
    let unfinished = tasks.iter().map(|task| task.unfinished).sum();
    let concurrency = concurrency::concurrency(trace, &busy);
    let levels = Levels::of(&busy);
    let longest_pause = levels.longest_pause();
    let occupied = if unfinished > 0 { occupied(trace, &busy) } else { levels };
    let rows = TaskRows::new(trace.keys(), &tasks);
    let ledger = ledger::ledger(trace, &rows, (0, trace.end().ns()));
    let run = findings::Run { trace, tasks: &tasks, rows: &rows, busy_ns, occupied: &occupied };
    let findings = findings::findings(&run);
    let counters = counters::figures(trace);
    Analysis { nesting, tasks, concurrency, busy_ns, unfinished, longest_pause, ledger, counters, findings }
}

/// When lanes run a finished span or have an unfinished one. `busy` has their finished ones.
fn occupied(trace: &Trace, busy: &[Vec<(i64, i64)>]) -> Levels {
    let lanes = trace.lanes().iter().zip(busy);
    let stretches: Vec<_> = lanes.map(|(lane, busy)| findings::occupied(lane, busy, trace.end())).collect();
    Levels::of(&stretches)
}

/// The union of a lane's finished spans: stretches `(start, end)` in ns since the origin, ascending, apart.
fn union(spans: &Spans) -> Vec<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for span in spans.iter() {
        let Some(end) = span.end else { continue };
        match stretches.last_mut() {
            Some((_, last)) if span.start.ns() <= *last => *last = end.ns().max(*last),
            _ => stretches.push((span.start.ns(), end.ns())),
        }
    }
    stretches.retain(|(start_ns, end_ns)| start_ns < end_ns);
    stretches
}
