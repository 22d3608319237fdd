//! What each counter did over the whole run.
//!
//! Takes the trace, gives for each (group, counter) its least, its greatest and its last value, over all
//! processes that counted it. Knows nothing of how counters are drawn.

use std::ops::Range;

use crate::model::{Time, Trace};

/// A counter of a group, of all its processes together.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterFigures {
    /// Its series: a range of [`Trace::counters`], one for each process.
    pub series: Range<usize>,
    /// When the first sample was taken.
    pub first: Time,
    /// The least value of any process.
    pub least: f64,
    /// The greatest value of any process.
    pub greatest: f64,
    /// The value sampled last; of those of one moment that of the last series.
    pub last: f64,
}

/// One for each (group, counter), in the trace's order. O(samples).
pub(super) fn figures(trace: &Trace) -> Vec<CounterFigures> {
    let mut start = 0;
    (trace.counters().chunk_by(|one, next| (&one.group, &one.name) == (&next.group, &next.name)))
        .map(|counters| {
            let series = start..start + counters.len();
            start = series.end;
            let samples = || counters.iter().flat_map(|counter| counter.samples.iter());
            let ends = counters.iter().filter_map(|counter| counter.samples.iter().next_back());
            let values = || samples().map(|(_, value)| value);
            CounterFigures {
                series,
                first: samples().map(|(time, _)| time).min().unwrap_or(Time::ORIGIN),
                least: values().fold(f64::INFINITY, f64::min),
                greatest: values().fold(f64::NEG_INFINITY, f64::max),
                last: ends.max_by_key(|(time, _)| *time).map_or(0.0, |(_, value)| value),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
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
            builder.add_samples(ProcessIdentity { identity: process.into(), host: None, pid: None }, rows);
        }
        let figures = figures(&builder.finish());
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
