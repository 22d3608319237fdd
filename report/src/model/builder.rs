//! Builds a trace from rows, without a summary. For tests.
//!
//! Takes rows of lanes and samples of counters in any order, in ns since the Unix epoch. A lane or a counter may come
//! in several parts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assembly::{Member, Parts, first_starts};
use super::time::union;
use super::{
    Counters, KeyId, Keys, LaneIdentity, ProcessIdentity, Rows, SampleRows, Samples, Spans, Trace,
    add_samples,
};

#[derive(Debug, Default)]
pub(crate) struct TraceBuilder {
    keys: Keys,
    lanes: BTreeMap<(ProcessIdentity, LaneIdentity), Spans>,
    counters: Counters,
    /// Earliest start, and its seconds east of UTC if known.
    earliest: Option<(i64, Option<i32>)>,
    /// Earliest sample, and its seconds east of UTC if known.
    earliest_sample: Option<(i64, Option<i32>)>,
}

impl TraceBuilder {
    pub(crate) fn new() -> TraceBuilder {
        TraceBuilder::default()
    }

    /// Adds rows to a lane. Empty `rows` add nothing, not even the lane.
    ///
    /// # Panics
    ///
    /// When a row's key is not one of `rows.keys`.
    pub(crate) fn add(&mut self, process: ProcessIdentity, lane: LaneIdentity, rows: Rows) {
        let Rows { keys, offset_s, mut spans } = rows;
        let Some((first_ns, _)) = spans.extent_ns() else { return };
        if self.earliest.is_none_or(|(earliest_ns, _)| first_ns < earliest_ns) {
            self.earliest = Some((first_ns, offset_s));
        }
        let copied: Vec<KeyId> = keys.ids().map(|id| self.keys.copy(&keys, id)).collect();
        spans.rename(|key| copied[key.index()]);
        self.lanes.entry((process, lane)).or_default().append(spans);
    }

    /// Adds samples to a process's counters. Adds no lane, and no process to the chart.
    pub(crate) fn add_samples(&mut self, process: ProcessIdentity, rows: SampleRows) {
        let Some(first_ns) = rows.first_ns() else { return };
        if self.earliest_sample.is_none_or(|(earliest_ns, _)| first_ns < earliest_ns) {
            self.earliest_sample = Some((first_ns, rows.offset_s));
        }
        add_samples(&mut self.counters, &process, rows);
    }

    pub(crate) fn finish(self) -> Trace {
        let lanes = (self.lanes.into_iter())
            .map(|((process, lane), mut spans)| {
                spans.sort();
                let first_ns = spans.at(0).start.ns();
                let groups =
                    first_starts(spans.iter().map(|span| (self.keys.key(span.key).group, span.start.ns())));
                Member { process, lane, first_ns, groups, spans }
            })
            .collect::<Vec<_>>();
        let of_samples = || self.counters.values().filter_map(Samples::extent_ns).reduce(union);
        let of_lanes = lanes.iter().filter_map(|lane| lane.spans.extent_ns()).reduce(union);
        let parts = Parts {
            extent_ns: of_lanes.or_else(of_samples).unwrap_or((0, 0)),
            offset_s: self.earliest.or(self.earliest_sample).and_then(|(_, offset)| offset),
            keys: Arc::new(self.keys),
            lanes,
            counters: self.counters,
        };
        parts.assembled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    /// A process, one of its threads, and the thread's `(start, end)`s.
    type Drawn<'a> = (&'a str, &'a str, &'a [(i64, Option<i64>)]);

    fn trace(lanes: &[Drawn<'_>]) -> Trace {
        let mut builder = TraceBuilder::new();
        for (process, thread, spans) in lanes {
            let mut rows = Rows::new();
            let key = rows.keys.intern("g", "t", None);
            for (start, end) in *spans {
                rows.push(*start, *end, key);
            }
            let process = ProcessIdentity { identity: process.to_string(), ..Default::default() };
            let lane = LaneIdentity {
                identity: format!("{process:?} {thread}"),
                thread: thread.to_string(),
                ..Default::default()
            };
            builder.add(process, lane, rows);
        }
        builder.finish()
    }

    #[test]
    fn processes_and_their_lanes_descend_by_first_start() {
        let trace = trace(&[
            ("late", "main", &[(90, Some(95))]),
            ("early", "io-10", &[(50, Some(60))]),
            ("early", "io-2", &[(50, Some(55))]),
            ("early", "main", &[(70, Some(99))]),
            ("early", "ar", &[(40, Some(45)), (98, Some(99))]),
        ]);
        let order: Vec<_> = (trace.lanes().iter())
            .map(|lane| {
                let process = &trace.processes()[lane.process].identity.identity;
                format!("{process} {}", lane.identity.thread)
            })
            .collect();
        // Two start together: these are in the order of their names.
        assert_eq!(order, ["early ar", "early io-2", "early io-10", "early main", "late main"]);
        assert_eq!((trace.origin_ns(), trace.end().ns()), (40, 59));
    }

    #[test]
    fn parts_of_a_lane_become_one_sorted_lane() {
        let trace = trace(&[
            ("p", "main", &[(30, Some(35)), (10, Some(12)), (10, None), (10, Some(20))]),
            ("p", "main", &[(5, Some(6))]),
        ]);
        let spans: Vec<_> =
            trace.lanes()[0].spans.iter().map(|s| (s.start.ns(), s.end.map(Time::ns))).collect();
        assert_eq!(spans, [(0, Some(1)), (5, None), (5, Some(15)), (5, Some(7)), (25, Some(30))]);
    }

    #[test]
    fn an_end_before_its_start_counts_as_the_start() {
        let trace = trace(&[("p", "main", &[(10, Some(7))])]);
        assert_eq!(trace.lanes()[0].spans.at(0).duration_ns(), Some(0));
    }

    #[test]
    fn a_lane_without_rows_is_no_lane() {
        let trace = trace(&[("p", "main", &[])]);
        assert_eq!((trace.lanes().len(), trace.processes().len(), trace.span_count()), (0, 0, 0));
    }
}
