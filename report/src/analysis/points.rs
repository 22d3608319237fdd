//! The point events of a trace, by their names.
//!
//! Takes a summary. Gives how many point events of each name there are. They belong to no task, so no figure of tasks,
//! lanes or time includes them. When there are more names than anyone reads, the rarest ones share one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::statistics::Task;
use crate::model::{KeyId, Summary};

/// The point events of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Points {
    /// The number of all of them.
    pub count: u64,
    /// By name, the most frequent first, ties by name; then those that share a name.
    pub kinds: Vec<PointKind>,
    /// By the index of the key. `None` if it is not of point events.
    kind_of_key: Vec<Option<usize>>,
}

/// The point events of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointKind {
    /// Their group and name, or how many names share this one.
    pub name: Task,
    /// How many there are.
    pub count: u64,
}

impl Points {
    /// The index in `kinds` of a key; `None` if it is not of point events.
    pub(crate) fn of(&self, key: KeyId) -> Option<usize> {
        self.kind_of_key[key.index()]
    }
}

/// Counts the point events. At most `named` names have a kind of their own. O(lanes and their names).
pub(super) fn points(summary: &Summary, named: usize) -> Points {
    let keys = summary.keys();
    let mut counts: BTreeMap<KeyId, u64> = BTreeMap::new();
    for points in summary.lanes().flat_map(|(.., lane)| &lane.points) {
        let count = counts.entry(points.key).or_default();
        *count = count.saturating_add(points.count);
    }
    let name = |key: KeyId| Task::Named { group: keys.key(key).group, task: keys.key(key).task };
    let mut sorted: Vec<(KeyId, u64)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| {
        let rank = |&(key, count): &(KeyId, u64)| (Reverse(count), name(key).names(keys));
        rank(a).cmp(&rank(b))
    });
    let mut points = Points { kind_of_key: vec![None; keys.all().len()], ..Points::default() };
    for (index, &(key, count)) in sorted.iter().enumerate() {
        points.count = points.count.saturating_add(count);
        points.kind_of_key[key.index()] = Some(index.min(named));
        match points.kinds.get_mut(named) {
            Some(others) => others.count = others.count.saturating_add(count),
            None if index == named => {
                let others = Task::Others((sorted.len() - named) as u64);
                points.kinds.push(PointKind { name: others, count });
            }
            None => points.kinds.push(PointKind { name: name(key), count }),
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace, summary_of};

    /// Each kind as `name count`.
    fn kinds(lanes: &[&str], named: usize) -> Vec<String> {
        let summary = summary_of(&drawn::trace(lanes));
        let shown = |kind: &PointKind| match kind.name {
            Task::Named { .. } => format!("{} {}", kind.name.names(summary.keys()).1, kind.count),
            Task::Others(names) => format!("{names} others {}", kind.count),
        };
        points(&summary, named).kinds.iter().map(shown).collect()
    }

    #[test]
    fn point_events_are_counted_by_name_over_all_lanes() {
        let lanes = ["a(0..10) b^(3..3) c^(3..3) c^(4..4)", "c^(20..20) a^(21..21)"];
        assert_eq!(kinds(&lanes, 9), ["c 3", "a 1", "b 1"]);
        assert_eq!(kinds(&lanes, 1), ["c 3", "2 others 2"]);
        assert_eq!(kinds(&["a(0..10) b(3..3)"], 9), [""; 0], "a span without length is a span");
    }

    #[test]
    fn no_figure_of_spans_knows_of_point_events() {
        let with = drawn::trace(&["a(0..10) b(2..5) c(30..40)", "a(4..40)"]);
        let without = of_trace(&with);
        let trace = drawn::trace(&[
            "a(0..10) a^(1..1) b(2..5) b^(3..3) b^(3..3) c^(20..20) c(30..40) c^(40..40)",
            "a(4..40) c^(4..4) c^(1..1)",
        ]);
        let of = of_trace(&trace);
        let figures = |of: &crate::analysis::Analysis| {
            let lanes: Vec<_> =
                of.lanes.iter().map(|lane| (lane.spans, lane.crossing, lane.division)).collect();
            (of.tasks.clone(), of.spans, lanes, of.busy_ns, of.ledger.clone(), of.concurrency.clone())
        };
        assert_eq!(figures(&of), figures(&without));
        assert_eq!(of.points.count, 7);
    }

    #[test]
    fn a_point_event_outside_all_spans_lengthens_the_trace_and_leaves_its_lane_idle() {
        let of = of_trace(&drawn::trace(&["a(10..20) b^(5..5) b^(40..40)"]));
        assert_eq!(of.ledger.total_ns, 35);
        let ledger = &of.ledger;
        assert_eq!((ledger.idle_before_ns, ledger.idle_between_ns, ledger.idle_after_ns), (5, 0, 20));
    }

    #[test]
    fn a_lane_of_point_events_alone_is_no_lane_of_a_figure() {
        let trace = drawn::trace(&["a(0..10)", "b^(5..5)"]);
        let of = of_trace(&trace);
        assert_eq!((trace.lanes().len(), of.lanes_with_spans, of.ledger.total_ns), (2, 1, 10));
        assert_eq!(of.utilisation(&trace), Some(1.0));
        let overview = crate::analysis::overview(&summary_of(&trace));
        assert_eq!((overview.lanes, overview.spans, overview.instants, overview.max_depth), (1, 1, 1, 1));
    }
}
