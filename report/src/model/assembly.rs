//! Assembly: from lanes to a [`Trace`], in the order that the module `trace` promises.
//!
//! Takes a summary, and the rows of the lanes that still have theirs. The same lanes give the same trace.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::counter::{Counter, Counters};
use super::identity::{LaneIdentity, ProcessIdentity};
use super::key::{KeyId, Keys};
use super::spans::Spans;
use super::summary::Summary;
use super::time::Time;
use super::trace::{Lane, Process, Trace};

impl Trace {
    /// The trace of all lanes of a summary. `rows` are in the model's order and in ns since the Unix epoch, with
    /// their keys. A lane without rows there gets its longest spans.
    ///
    /// # Panics
    ///
    /// When a key of `rows` is not one of the summary's keys.
    pub(crate) fn of_summary(
        summary: &Summary,
        mut rows: BTreeMap<(ProcessIdentity, LaneIdentity), (Arc<Keys>, Spans)>,
        counters: Counters,
    ) -> Trace {
        let keys = &summary.keys;
        let lanes = (summary.lanes())
            .map(|(process, lane, of)| {
                let identity = (process.clone(), lane.clone());
                let spans = match rows.remove(&identity) {
                    Some((own, mut spans)) => {
                        let known: Vec<KeyId> = (own.ids())
                            .map(|id| keys.find(&own, id).expect("its keys are the summary's too"))
                            .collect();
                        spans.rename(|key| known[key.index()]);
                        spans
                    }
                    None => of.longest_spans(),
                };
                let (process, lane) = identity;
                let of_spans = of.keys.iter().map(|key| (key.key, key.extent_ns.0));
                let of_points = of.points.iter().map(|points| (points.key, points.extent_ns.0));
                let starts = of_spans.chain(of_points);
                let groups = first_starts(starts.map(|(key, first_ns)| (keys.key(key).group, first_ns)));
                Member { process, lane, first_ns: of.drawn_extent_ns().0, groups, spans }
            })
            .collect();
        let parts = Parts {
            extent_ns: summary.extent_ns().unwrap_or((0, 0)),
            offset_s: summary.earliest.or(summary.earliest_sample).and_then(|(_, offset)| offset),
            keys: Arc::clone(keys),
            lanes,
            counters: (counters.into_iter())
                .map(|((process, group, name), samples)| {
                    let settled = summary.processes.get(&process.identity).cloned();
                    ((settled.unwrap_or(process), group, name), samples)
                })
                .collect(),
        };
        parts.assembled()
    }
}

/// A lane on its way into a trace.
pub(super) struct Member {
    pub(super) process: ProcessIdentity,
    pub(super) lane: LaneIdentity,
    /// First start, in ns since the Unix epoch.
    pub(super) first_ns: i64,
    /// First start of each group.
    pub(super) groups: HashMap<u32, i64>,
    /// In the model's order, in ns since the Unix epoch.
    pub(super) spans: Spans,
}

/// The parts of a trace, in ns since the Unix epoch.
pub(super) struct Parts {
    pub(super) extent_ns: (i64, i64),
    pub(super) offset_s: Option<i32>,
    pub(super) keys: Arc<Keys>,
    /// Sorted by identity.
    pub(super) lanes: Vec<Member>,
    pub(super) counters: Counters,
}

impl Parts {
    pub(super) fn assembled(self) -> Trace {
        let (origin_ns, last_ns) = self.extent_ns;
        let mut by_process: BTreeMap<ProcessIdentity, Vec<Member>> = BTreeMap::new();
        for mut member in self.lanes {
            member.spans.rebase(origin_ns);
            by_process.entry(member.process.clone()).or_default().push(member);
        }
        let mut by_process: Vec<_> = by_process.into_iter().collect();
        // Sorted by identity already, and the sort is stable: processes that start together stay in that order.
        by_process
            .sort_by_key(|(process, lanes)| (process.order, lanes.iter().map(|lane| lane.first_ns).min()));

        let mut processes = Vec::new();
        let mut lanes = Vec::new();
        for (identity, mut members) in by_process {
            members.sort_by(by_start);
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

pub(super) fn first_starts(starts: impl Iterator<Item = (u32, i64)>) -> HashMap<u32, i64> {
    let mut first = HashMap::new();
    for (group, start_ns) in starts {
        first.entry(group).and_modify(|first_ns| *first_ns = start_ns.min(*first_ns)).or_insert(start_ns);
    }
    first
}

/// Groups in the order of their first starts, ties by name.
fn by_first_start(first: HashMap<u32, i64>, keys: &Keys) -> Vec<u32> {
    let mut groups: Vec<(i64, &str, u32)> =
        first.into_iter().map(|(group, start_ns)| (start_ns, keys.name(group), group)).collect();
    groups.sort_unstable();
    groups.into_iter().map(|(_, _, group)| group).collect()
}

/// The counters in the trace's order, with times since the origin.
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

/// By the order of the source, then by first start; ties by thread, then by identity. Numbers in them compare by value.
fn by_start(a: &Member, b: &Member) -> Ordering {
    ((a.lane.order, a.first_ns).cmp(&(b.lane.order, b.first_ns)))
        .then_with(|| natural(&a.lane.thread, &b.lane.thread))
        .then_with(|| natural(&a.lane.identity, &b.lane.identity))
}

/// Compares texts, and the numbers in them by value: `io-2` comes before `io-10`.
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
    // `a01` and `a1` are equal by value: the plain order separates them, so the sort stays total.
    rest_a.len().cmp(&rest_b.len()).then_with(|| a.cmp(b))
}

/// Splits the leading digits off `text` and returns them without leading zeros.
fn split_number<'a>(text: &mut &'a str) -> &'a str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    *text = rest;
    number.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_order_takes_numbers_by_value_and_is_total() {
        let mut names = ["b", "a10", "a9", "a09", "a", "a9b", "10", "9"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["9", "10", "a", "a09", "a9", "a9b", "a10", "b"]);
    }
}
