//! The only ways to a [`Trace`].
//!
//! Takes the rows of lanes and the samples of counters in any order, in ns since the Unix epoch; those of one
//! lane or counter may come in several parts. Gives a trace in the order that its header promises; the same
//! rows give the same trace as long as they are added in the same order. Or takes a summary, and the rows of those of
//! its lanes whose rows are still there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::summary::union;
use super::{Counter, KeyId, Keys, Lane, Process, SampleRows, Samples, Span, Spans, Summary, Time, Trace};

/// What tells a process apart from every other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcessIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// The machine, where the records say it.
    pub host: Option<String>,
    /// The process id, where the records say it.
    pub pid: Option<u32>,
}

/// What tells a lane apart from every other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// The thread's name; empty where it has none.
    pub thread: String,
}

/// Rows of one lane, in ns since the Unix epoch, with the names they use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The names that these rows use.
    pub keys: Keys,
    /// Seconds east of UTC of the row that starts first, where it said so.
    pub offset_s: Option<i32>,
    spans: Spans,
}

/// Gathers rows into a [`Trace`].
#[derive(Debug, Default)]
pub struct TraceBuilder {
    keys: Keys,
    lanes: BTreeMap<(ProcessIdentity, LaneIdentity), Spans>,
    counters: Counters,
    /// The earliest start that came with an offset, and that offset.
    earliest: Option<(i64, Option<i32>)>,
    /// The earliest sample that came with an offset, and that offset.
    earliest_sample: Option<(i64, Option<i32>)>,
}

/// Samples in ns since the Unix epoch, by process, group and name.
pub type Counters = BTreeMap<(ProcessIdentity, String, String), Samples>;

impl Rows {
    /// No rows.
    pub fn new() -> Rows {
        Rows::default()
    }

    /// Appends a span; `end_ns` is `None` when it is unfinished, and counts as `start_ns` when before it. Moments
    /// before 1969 or after 2260 count as the first or the last that there is.
    pub fn push(&mut self, start_ns: i64, end_ns: Option<i64>, key: KeyId) {
        self.spans.push(start_ns, end_ns, key);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The first start, in ns since the Unix epoch; `None` when empty.
    pub fn first_ns(&self) -> Option<i64> {
        self.spans.extent_ns().map(|extent_ns| extent_ns.0)
    }

    /// Appends those of another part of the lane.
    pub fn append(&mut self, other: Rows) {
        if self.is_empty() {
            *self = other;
            return;
        }
        if other.first_ns().is_some_and(|first_ns| self.first_ns().is_some_and(|own_ns| first_ns < own_ns)) {
            self.offset_s = other.offset_s;
        }
        self.extend(other);
    }

    /// Appends those that stand behind these in one file, in time that does not depend on how many these are; the
    /// offset stays as it is.
    pub fn extend(&mut self, later: Rows) {
        let Rows { keys, mut spans, .. } = later;
        let copied: Vec<KeyId> = keys.ids().map(|id| self.keys.copy(&keys, id)).collect();
        spans.rename(|key| copied[key.index()]);
        self.spans.append(spans);
    }

    /// Keeps the spans for which the function says so, which is given them in ns since the Unix epoch.
    pub fn retain(&mut self, keep: impl Fn(Span) -> bool) {
        self.spans.retain(keep);
    }

    /// The spans in the model's order, in ns since the Unix epoch, and what they can be.
    pub fn sorted(mut self) -> (Arc<Keys>, Spans) {
        self.spans.sort();
        (Arc::new(self.keys), self.spans)
    }
}

impl TraceBuilder {
    /// Without rows.
    pub fn new() -> TraceBuilder {
        TraceBuilder::default()
    }

    /// Adds rows to a lane. Without rows nothing is added, not even the lane.
    ///
    /// # Panics
    ///
    /// When a row's key is not one of `rows.keys`.
    pub fn add(&mut self, process: ProcessIdentity, lane: LaneIdentity, rows: Rows) {
        let Rows { keys, offset_s, mut spans } = rows;
        let Some((first_ns, _)) = spans.extent_ns() else { return };
        if self.earliest.is_none_or(|(earliest_ns, _)| first_ns < earliest_ns) {
            self.earliest = Some((first_ns, offset_s));
        }
        let copied: Vec<KeyId> = keys.ids().map(|id| self.keys.copy(&keys, id)).collect();
        spans.rename(|key| copied[key.index()]);
        self.lanes.entry((process, lane)).or_default().append(spans);
    }

    /// Adds samples to a process's counters. Makes no lane, nor a process of the chart.
    pub fn add_samples(&mut self, process: ProcessIdentity, rows: SampleRows) {
        let Some(first_ns) = rows.first_ns() else { return };
        if self.earliest_sample.is_none_or(|(earliest_ns, _)| first_ns < earliest_ns) {
            self.earliest_sample = Some((first_ns, rows.offset_s));
        }
        add_samples(&mut self.counters, &process, rows);
    }

    /// The trace of all that was added.
    pub fn finish(self) -> Trace {
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

impl Trace {
    /// All lanes of a summary; those whose rows are not in `rows` have their longest spans. `rows` are in ns since the
    /// Unix epoch and in the model's order, with what they can be. The counters are those of `counters`.
    ///
    /// # Panics
    ///
    /// When rows can be what is not among the summary's keys.
    pub fn of_summary(
        summary: &Summary,
        mut rows: BTreeMap<(ProcessIdentity, LaneIdentity), (Arc<Keys>, Spans)>,
        counters: Counters,
    ) -> Trace {
        let keys = &summary.keys;
        let lanes = (summary.lanes.iter())
            .map(|(identity, of)| {
                let spans = match rows.remove(identity) {
                    Some((own, mut spans)) => {
                        let known: Vec<KeyId> = (own.ids())
                            .map(|id| keys.find(&own, id).expect("its keys are the summary's too"))
                            .collect();
                        spans.rename(|key| known[key.index()]);
                        spans
                    }
                    None => of.longest_spans(),
                };
                let (process, lane) = identity.clone();
                let groups =
                    first_starts(of.keys.iter().map(|key| (keys.key(key.key).group, key.extent_ns.0)));
                Member { process, lane, first_ns: of.extent_ns.0, groups, spans }
            })
            .collect();
        let parts = Parts {
            extent_ns: summary.extent_ns().unwrap_or((0, 0)),
            offset_s: summary.earliest.or(summary.earliest_sample).and_then(|(_, offset)| offset),
            keys: Arc::clone(keys),
            lanes,
            counters,
        };
        parts.assembled()
    }
}

/// A lane on its way into a trace.
struct Member {
    process: ProcessIdentity,
    lane: LaneIdentity,
    /// Its first start, in ns since the Unix epoch.
    first_ns: i64,
    /// Its groups and the first start of each.
    groups: HashMap<u32, i64>,
    /// In the model's order, in ns since the Unix epoch.
    spans: Spans,
}

/// All that a trace is made of, in ns since the Unix epoch.
struct Parts {
    extent_ns: (i64, i64),
    offset_s: Option<i32>,
    keys: Arc<Keys>,
    /// By identity.
    lanes: Vec<Member>,
    counters: Counters,
}

impl Parts {
    fn assembled(self) -> Trace {
        let (origin_ns, last_ns) = self.extent_ns;
        let mut by_process: BTreeMap<ProcessIdentity, Vec<Member>> = BTreeMap::new();
        for mut member in self.lanes {
            member.spans.rebase(origin_ns);
            by_process.entry(member.process.clone()).or_default().push(member);
        }
        let mut by_process: Vec<_> = by_process.into_iter().collect();
        // Sorted by identity before, and stably here: two that start together keep that order.
        by_process.sort_by_key(|(_, lanes)| lanes.iter().map(|lane| lane.first_ns).min());

        let mut processes = Vec::new();
        let mut lanes = Vec::new();
        for (identity, mut members) in by_process {
            members.sort_by(|a, b| by_thread(&a.lane, &b.lane));
            let starts =
                members.iter().flat_map(|member| member.groups.iter().map(|(&group, &ns)| (group, ns)));
            let groups = by_first_start(first_starts(starts), &self.keys);
            let process = processes.len();
            processes.push(Process { identity, groups });
            lanes.extend(members.into_iter().map(|Member { lane, spans, .. }| Lane {
                identity: lane,
                process,
                spans,
            }));
        }
        Trace {
            origin_ns,
            end: Time::since_origin(last_ns.saturating_sub(origin_ns)).min(Time::LATEST),
            offset_s: self.offset_s,
            counters: counters(self.counters, &processes, origin_ns),
            keys: self.keys,
            processes,
            lanes,
        }
    }
}

/// Adds samples to a process's counters, in the order of time.
pub fn add_samples(counters: &mut Counters, process: &ProcessIdentity, rows: SampleRows) {
    for (group, name, samples) in rows.into_series() {
        let own = counters.entry((process.clone(), group, name)).or_default();
        own.append(&samples);
        own.sort();
    }
}

/// The first start of each group.
fn first_starts(starts: impl Iterator<Item = (u32, i64)>) -> HashMap<u32, i64> {
    let mut first = HashMap::new();
    for (group, start_ns) in starts {
        first.entry(group).and_modify(|first_ns| *first_ns = start_ns.min(*first_ns)).or_insert(start_ns);
    }
    first
}

/// Groups in the order of their first starts; those that start together by name.
fn by_first_start(first: HashMap<u32, i64>, keys: &Keys) -> Vec<u32> {
    let mut groups: Vec<(i64, &str, u32)> =
        first.into_iter().map(|(group, start_ns)| (start_ns, keys.name(group), group)).collect();
    groups.sort_unstable();
    groups.into_iter().map(|(_, _, group)| group).collect()
}

/// The counters in the order of the trace, their samples in that of time.
fn counters(series: Counters, processes: &[Process], origin_ns: i64) -> Vec<Counter> {
    let ranks: HashMap<&ProcessIdentity, usize> =
        processes.iter().enumerate().map(|(rank, process)| (&process.identity, rank)).collect();
    let mut counters: Vec<Counter> = (series.into_iter())
        .map(|((process, group, name), mut samples)| {
            samples.rebase(origin_ns);
            Counter { process, group, name, samples }
        })
        .collect();
    let rank = |counter: &Counter| ranks.get(&counter.process).copied().unwrap_or(usize::MAX);
    counters.sort_by(|a, b| {
        (natural(&a.group, &b.group))
            .then_with(|| natural(&a.name, &b.name))
            .then_with(|| rank(a).cmp(&rank(b)))
            .then_with(|| natural(&a.process.identity, &b.process.identity))
    });
    counters
}

/// The main thread first, then by name, then by identity; numbers in them by value.
fn by_thread(a: &LaneIdentity, b: &LaneIdentity) -> Ordering {
    let is_other = |lane: &LaneIdentity| !matches!(lane.thread.as_str(), "main" | "MainThread");
    (is_other(a).cmp(&is_other(b)))
        .then_with(|| natural(&a.thread, &b.thread))
        .then_with(|| natural(&a.identity, &b.identity))
}

/// Compares texts with the numbers in them taken by value: `io-2` before `io-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    while let (Some(first_a), Some(first_b)) = (rest_a.chars().next(), rest_b.chars().next()) {
        let order = if first_a.is_ascii_digit() && first_b.is_ascii_digit() {
            let number_a = split_number(&mut rest_a);
            let number_b = split_number(&mut rest_b);
            number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b))
        } else {
            rest_a = &rest_a[first_a.len_utf8()..];
            rest_b = &rest_b[first_b.len_utf8()..];
            first_a.cmp(&first_b)
        };
        if order.is_ne() {
            return order;
        }
    }
    // `a01` and `a1` are equal by value: the plain order keeps them apart, and the sort total.
    rest_a.len().cmp(&rest_b.len()).then_with(|| a.cmp(b))
}

/// Takes the digits off the front of `text`, without leading zeros.
fn split_number<'a>(text: &mut &'a str) -> &'a str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    *text = rest;
    number.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process, a thread of it, and its `(start, end)`s.
    type Drawn<'a> = (&'a str, &'a str, &'a [(i64, Option<i64>)]);

    fn trace(lanes: &[Drawn<'_>]) -> Trace {
        let mut builder = TraceBuilder::new();
        for (process, thread, spans) in lanes {
            let mut rows = Rows::new();
            let key = rows.keys.intern("g", "t", None);
            for (start, end) in *spans {
                rows.push(*start, *end, key);
            }
            let process = ProcessIdentity { identity: process.to_string(), host: None, pid: None };
            let lane = LaneIdentity { identity: format!("{process:?} {thread}"), thread: thread.to_string() };
            builder.add(process, lane, rows);
        }
        builder.finish()
    }

    #[test]
    fn processes_stand_by_first_start_and_lanes_by_thread() {
        let one = [(50, Some(60))];
        let trace = trace(&[
            ("late", "main", &[(90, Some(95))]),
            ("early", "io-10", &one),
            ("early", "io-2", &one),
            ("early", "main", &[(40, Some(45))]),
        ]);
        let order: Vec<_> = (trace.lanes().iter())
            .map(|lane| {
                let process = &trace.processes()[lane.process].identity.identity;
                format!("{process} {}", lane.identity.thread)
            })
            .collect();
        assert_eq!(order, ["early main", "early io-2", "early io-10", "late main"]);
        assert_eq!((trace.origin_ns(), trace.end().ns()), (40, 55));
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

    #[test]
    fn natural_order_takes_numbers_by_value_and_is_total() {
        let mut names = ["b", "a10", "a9", "a09", "a", "a9b", "10", "9"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["9", "10", "a", "a09", "a9", "a9b", "a10", "b"]);
    }
}
