//! What each counter did over the whole run.
//!
//! Takes the summary. Gives the min, max and last value of each (group, counter), over all processes that recorded
//! it. Knows nothing of how counters are drawn.

use std::ops::Range;

use crate::model::{Sample, Summary, Time, Trace};

/// The group of the counters that hold the resources a run used. Our recorder of resources writes this name.
pub(crate) const RESOURCES: &str = "resources";

/// A counter of a group, over all its processes.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterFigures {
    /// Its series, a range of [`Trace::counters`]: one for each process.
    pub series: Range<usize>,
    /// The time of the first sample.
    pub first: Time,
    pub least: f64,
    pub greatest: f64,
    /// The value of the latest sample. When several series have one at that moment, the last series counts.
    pub last: f64,
}

/// One for each (group, counter), in the trace's order. O(samples in the summary).
///
/// # Panics
///
/// If the trace has a counter that the summary lacks.
pub(crate) fn figures(trace: &Trace, summary: &Summary) -> Vec<CounterFigures> {
    let mut start = 0;
    (trace.counters().chunk_by(|one, next| (&one.group, &one.name) == (&next.group, &next.name)))
        .map(|counters| {
            let series = start..start + counters.len();
            start = series.end;
            let kept: Vec<Vec<Sample>> = (counters.iter())
                .map(|of| {
                    summary.counter(&of.process, &of.group, &of.name).expect("the trace is of this summary")
                })
                .map(|thinned| thinned.samples().collect())
                .collect();
            let values = || kept.iter().flatten().map(|&(_, value)| value);
            let first_ns = kept.iter().flatten().map(|&(unix_ns, _)| unix_ns).min();
            let last = kept.iter().filter_map(|samples| samples.last()).max_by_key(|&&(unix_ns, _)| unix_ns);
            CounterFigures {
                series,
                first: Time::since_origin(first_ns.map_or(0, |ns| ns.saturating_sub(trace.origin_ns()))),
                least: values().fold(f64::INFINITY, f64::min),
                greatest: values().fold(f64::NEG_INFINITY, f64::max),
                last: last.map_or(0.0, |&(_, value)| value),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::of_trace;
    use crate::model::{ProcessIdentity, SampleRows, TraceBuilder};

    #[test]
    fn figures_are_of_all_processes_together() {
        let mut builder = TraceBuilder::new();
        for (process, samples) in [
            ("p", [("queue", 10, 3.0), ("queue", 40, -1.5), ("bytes", 20, 1e9)]),
            ("q", [("queue", 5, 17.0), ("queue", 30, 2.0), ("queue", 40, 4.0)]),
        ] {
            let mut rows = SampleRows::new();
            for (counter, unix_ns, value) in samples {
                rows.push("g", counter, unix_ns, value);
            }
            builder.add_samples(ProcessIdentity { identity: process.into(), ..Default::default() }, rows);
        }
        let figures = of_trace(&builder.finish()).counters;
        let expected = |series, first, [least, greatest, last]: [f64; 3]| CounterFigures {
            series,
            first: Time::since_origin(first),
            least,
            greatest,
            last,
        };
        assert_eq!(figures, [expected(0..1, 15, [1e9; 3]), expected(1..3, 0, [-1.5, 17.0, 4.0])]);
    }
}
