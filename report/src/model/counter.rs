//! Counters: numbers over time, such as the length of a queue.
//!
//! A counter belongs to one process: the samples of all its threads are one series, sorted by time. Samples of one
//! moment keep the order in which they were read. A value holds until the next sample. Values are finite floats, as
//! recorded; times are integers, as everywhere in the model.

use std::collections::BTreeMap;

use super::identity::ProcessIdentity;
use super::key::Keys;
use super::time::Time;
use super::time::union;

/// One counter of one process.
#[derive(Debug, Clone)]
pub struct Counter {
    /// The process that counted. One without lanes is not in [`Trace::processes`](super::Trace::processes).
    pub process: ProcessIdentity,
    /// Label of the Recorder.
    pub group: String,
    /// What was counted.
    pub name: String,
    /// Sorted by time; samples of one moment are in record order. Never empty.
    pub samples: Samples,
}

/// Two columns of equal length: times, and the values from then on. Costs 16 bytes a sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    time_ns: Vec<i64>,
    value: Vec<f64>,
}

/// Samples of one process, in ns since the Unix epoch, with the names that they use.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleRows {
    /// Seconds east of UTC of the earliest sample, if its stamp names an offset.
    pub offset_s: Option<i32>,
    /// (group, counter) takes the place of (group, task). A key is an index into `samples`.
    keys: Keys,
    samples: Vec<Samples>,
}

impl SampleRows {
    /// Makes an empty collection.
    pub(crate) fn new() -> SampleRows {
        SampleRows::default()
    }

    /// Appends a sample. Ignores a value that is not finite.
    pub(crate) fn push(&mut self, group: &str, counter: &str, unix_ns: i64, value: f64) {
        if !value.is_finite() {
            return;
        }
        let index = self.keys.intern(group, counter, None).index();
        if index == self.samples.len() {
            self.samples.push(Samples::default());
        }
        self.samples[index].push(unix_ns, value);
    }

    /// Number of samples.
    pub(crate) fn len(&self) -> usize {
        self.samples.iter().map(Samples::len).sum()
    }

    /// Group, name and samples of each counter.
    pub(crate) fn into_series(self) -> impl Iterator<Item = (String, String, Samples)> {
        let SampleRows { keys, samples, .. } = self;
        samples.into_iter().enumerate().map(move |(index, samples)| {
            let key = keys.all()[index];
            (keys.name(key.group).to_owned(), keys.name(key.task).to_owned(), samples)
        })
    }

    /// Moves all times by `ns`.
    pub(crate) fn shift(&mut self, ns: i64) {
        self.samples.iter_mut().for_each(|samples| samples.rebase(ns.saturating_neg()));
    }

    /// Earliest and latest time; `None` without samples.
    pub(crate) fn extent_ns(&self) -> Option<(i64, i64)> {
        self.samples.iter().filter_map(Samples::extent_ns).reduce(union)
    }

    /// Earliest time, in ns since the Unix epoch; `None` without samples.
    pub(crate) fn first_ns(&self) -> Option<i64> {
        self.samples.iter().filter_map(Samples::extent_ns).map(|(first, _)| first).min()
    }
}

/// From times in ns and values, which must be sorted by time.
impl FromIterator<(i64, f64)> for Samples {
    fn from_iter<I: IntoIterator<Item = (i64, f64)>>(samples: I) -> Samples {
        let (time_ns, value) = samples.into_iter().unzip();
        Samples { time_ns, value }
    }
}

impl Samples {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.time_ns.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.time_ns.is_empty()
    }

    /// All samples in order: the time, and the value from then on.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Time, f64)> + DoubleEndedIterator + Clone + '_ {
        self.time_ns.iter().zip(&self.value).map(|(&time_ns, &value)| (Time::since_origin(time_ns), value))
    }

    /// As [`iter`](Samples::iter), while the origin is not known: in ns since the Unix epoch.
    pub(super) fn unix(&self) -> impl Iterator<Item = (i64, f64)> + '_ {
        self.time_ns.iter().copied().zip(self.value.iter().copied())
    }

    fn push(&mut self, time_ns: i64, value: f64) {
        self.time_ns.push(time_ns);
        self.value.push(value);
    }

    pub(super) fn append(&mut self, other: &Samples) {
        self.time_ns.extend_from_slice(&other.time_ns);
        self.value.extend_from_slice(&other.value);
    }

    /// Sorts by time. Stable.
    pub(super) fn sort(&mut self) {
        if self.time_ns.is_sorted() {
            return;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&index| self.time_ns[index]);
        self.time_ns = order.iter().map(|&index| self.time_ns[index]).collect();
        self.value = order.iter().map(|&index| self.value[index]).collect();
    }

    /// Moves all times by `-origin_ns`. A time after [`Time::LATEST`] becomes that one.
    pub(super) fn rebase(&mut self, origin_ns: i64) {
        for time_ns in &mut self.time_ns {
            *time_ns = time_ns.saturating_sub(origin_ns).min(Time::LATEST.ns());
        }
    }

    /// First and last time, in ns; `None` without samples.
    pub(super) fn extent_ns(&self) -> Option<(i64, i64)> {
        Some((*self.time_ns.iter().min()?, *self.time_ns.iter().max()?))
    }

    /// Keeps the samples in a window, including both its ends, and the last one before it: the window begins with
    /// that value. The samples must be sorted by time.
    pub(crate) fn keep_within(&mut self, (from_ns, to_ns): (i64, i64)) {
        let start = self.time_ns.partition_point(|&time_ns| time_ns < from_ns);
        let has_own = self.time_ns.get(start) == Some(&from_ns);
        let first = if has_own { start } else { start.saturating_sub(1) };
        let end = self.time_ns.partition_point(|&time_ns| time_ns <= to_ns).max(first);
        self.time_ns = self.time_ns[first..end].to_vec();
        self.value = self.value[first..end].to_vec();
    }
}

/// Samples in ns since the Unix epoch, by process, group and name.
pub(crate) type Counters = BTreeMap<(ProcessIdentity, String, String), Samples>;

/// Adds samples to a process's counters and sorts them by time.
pub(crate) fn add_samples(counters: &mut Counters, process: &ProcessIdentity, rows: SampleRows) {
    for (group, name, samples) in rows.into_series() {
        let own = counters.entry((process.clone(), group, name)).or_default();
        own.append(&samples);
        own.sort();
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{LaneIdentity, ProcessIdentity, Rows, SampleRows, Trace, TraceBuilder};

    fn process(identity: &str) -> ProcessIdentity {
        ProcessIdentity { identity: identity.into(), ..Default::default() }
    }

    /// Rows of group `g`, given as `(counter, time, value)`.
    fn rows(samples: &[(&str, i64, f64)]) -> SampleRows {
        let mut rows = SampleRows::new();
        for (counter, unix_ns, value) in samples {
            rows.push("g", counter, *unix_ns, *value);
        }
        rows
    }

    fn with_span(builder: &mut TraceBuilder, of: &str, start: i64, end: i64) {
        let mut spans = Rows::new();
        let key = spans.keys.intern("g", "t", None);
        spans.push(start, Some(end), key);
        builder.add(
            process(of),
            LaneIdentity { identity: format!("{of} main"), thread: "main".into(), ..Default::default() },
            spans,
        );
    }

    /// One line a series: process, counter, samples.
    fn dump(trace: &Trace) -> Vec<String> {
        (trace.counters().iter())
            .map(|counter| {
                let samples: Vec<_> =
                    counter.samples.iter().map(|(time, value)| format!("{}:{value}", time.ns())).collect();
                format!("{} {}: {}", counter.process.identity, counter.name, samples.join(" "))
            })
            .collect()
    }

    #[test]
    fn samples_of_all_threads_of_a_process_are_one_series_by_time() {
        let mut builder = TraceBuilder::new();
        with_span(&mut builder, "p", 100, 200);
        builder.add_samples(process("p"), rows(&[("queue", 130, 3.0), ("queue", 90, 1.0)]));
        builder.add_samples(process("q"), rows(&[("queue", 110, 7.0)]));
        builder.add_samples(process("p"), rows(&[("queue", 130, 4.0), ("bytes", 500, 0.5)]));
        let trace = builder.finish();
        assert_eq!(dump(&trace), ["p bytes: 400:0.5", "p queue: -10:1 30:3 30:4", "q queue: 10:7"]);
        assert_eq!((trace.origin_ns(), trace.end().ns(), trace.processes().len()), (100, 100, 1));
    }

    #[test]
    fn series_stand_by_name_and_then_as_their_processes_do() {
        let mut builder = TraceBuilder::new();
        with_span(&mut builder, "late", 50, 60);
        with_span(&mut builder, "a early", 10, 20);
        for of in ["no span 10", "no span 9", "late", "a early"] {
            builder.add_samples(process(of), rows(&[("worker 10", 15, 1.0), ("worker 9", 15, 1.0)]));
        }
        let order: Vec<_> = dump(&builder.finish());
        assert_eq!(
            order[..4],
            ["a early", "late", "no span 9", "no span 10"].map(|of| format!("{of} worker 9: 5:1"))
        );
        assert!(order[4].starts_with("a early worker 10"));
    }

    #[test]
    fn without_a_span_the_samples_are_the_trace() {
        let mut builder = TraceBuilder::new();
        let mut samples = rows(&[("queue", 130, 3.0), ("queue", 90, 1.0)]);
        samples.offset_s = Some(3600);
        builder.add_samples(process("p"), samples);
        let trace = builder.finish();
        assert_eq!((trace.origin_ns(), trace.end().ns(), trace.offset_s()), (90, 40, Some(3600)));
        assert_eq!((trace.span_count(), trace.lanes().len(), trace.processes().len()), (0, 0, 0));
        assert_eq!(dump(&trace), ["p queue: 0:1 40:3"]);
    }

    #[test]
    fn what_is_not_finite_is_no_sample() {
        let samples = rows(&[("a", 1, f64::NAN), ("a", 2, f64::INFINITY)]);
        assert_eq!(samples.len(), 0);
        let mut builder = TraceBuilder::new();
        builder.add_samples(process("p"), samples);
        assert!(builder.finish().counters().is_empty());
    }

    #[test]
    fn a_window_keeps_the_value_that_it_begins_with() {
        let mut builder = TraceBuilder::new();
        builder.add_samples(
            process("p"),
            rows(&[("a", 0, 0.0), ("a", 5, 5.0), ("a", 10, 1.0), ("a", 10, 2.0), ("a", 20, 3.0)]),
        );
        let trace = builder.finish();
        let kept = |from, to| -> Vec<i64> {
            let mut samples = trace.counters()[0].samples.clone();
            samples.keep_within((from, to));
            samples.iter().map(|(time, _)| time.ns()).collect()
        };
        assert_eq!(kept(7, 15), [5, 10, 10]);
        assert_eq!(kept(10, 10), [10, 10]);
        assert_eq!(kept(-5, 4), [0]);
        assert_eq!(kept(30, 40), [20]);
        assert_eq!(kept(-9, -5), [0; 0]);
    }
}
