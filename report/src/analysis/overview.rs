//! The few numbers that describe a trace.
//!
//! Takes a summary; knows nothing of tasks.

use std::collections::BTreeSet;

use super::division::Division;
use crate::model::Summary;

/// The numbers that describe a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overview {
    /// From the first start or point event to the last end, start or point event, in ns since the Unix epoch. `None`
    /// without any.
    pub extent_ns: Option<(i64, i64)>,
    /// Finished spans, instants included.
    pub spans: u64,
    pub unfinished: u64,
    /// Point events. They belong to no task and enter no other figure.
    pub instants: u64,
    /// Durations without moments, which are no spans.
    pub timings: u64,
    /// Lanes with a span.
    pub lanes: usize,
    /// Processes with a span.
    pub processes: usize,
    /// The most spans of a lane that contain one another: 1 when none does, 0 without spans.
    pub max_depth: u32,
    /// The union of a lane's finished spans, summed over all lanes, in ns.
    pub busy_ns: i128,
    /// What the lanes did in that time.
    pub division: Division,
    /// The most spans of a lane that were open at once, where spans cross. `None` without such a lane.
    pub open_at_once: Option<u32>,
}

impl Overview {
    /// Last end minus first start.
    pub fn wall_ns(&self) -> i64 {
        self.extent_ns.map_or(0, |(first_ns, last_ns)| last_ns - first_ns)
    }
}

/// The numbers of a summary. O(lanes, their tasks and bins).
pub(crate) fn overview(summary: &Summary) -> Overview {
    let keys = || summary.lanes().flat_map(|(.., lane)| &lane.keys);
    let with_spans = || summary.lanes().filter(|(.., lane)| lane.has_spans());
    let mut division = Division::default();
    summary.lanes().for_each(|(.., lane)| division += Division::of_lane(lane, summary.keys()));
    Overview {
        extent_ns: summary.lanes_extent_ns(),
        spans: keys().fold(0, |sum, key| key.count.saturating_add(sum)),
        unfinished: keys().fold(0, |sum, key| key.unfinished.saturating_add(sum)),
        instants: summary.point_count(),
        timings: summary.timing_count(),
        lanes: with_spans().count(),
        processes: with_spans().map(|(process, ..)| process).collect::<BTreeSet<_>>().len(),
        max_depth: summary.lanes().map(|(.., lane)| lane.depth).max().unwrap_or(0),
        busy_ns: division.busy_ns(),
        division,
        open_at_once: summary.lanes().filter_map(|(.., lane)| lane.most_open()).max(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, summary_of};

    fn of(lanes: &[&str]) -> Overview {
        overview(&summary_of(&drawn::trace(lanes)))
    }

    #[test]
    fn depth_is_of_spans_that_contain_one_another() {
        let depth = |lane: &str| of(&[lane]).max_depth;
        assert_eq!(depth("a(0..10) b(10..20)"), 1);
        assert_eq!(depth("a(0..10) b(5..15)"), 1, "they cross");
        assert_eq!(depth("a(0..10) b(2..8) c(3..3)"), 3);
        assert_eq!(depth("a(0..10) a(0..10)"), 2);
        assert_eq!(depth("a(0..) b(3..5)"), 2);
        assert_eq!(depth("a(0..10) b(5..15) c(6..9)"), 2, "c is in one of those that cross");
        assert_eq!(of(&["a(0..10)", "a(0..10) b(1..2)", "a(5..5)"]).max_depth, 2);
        assert_eq!(of(&[]), Overview::default());
    }

    #[test]
    fn open_at_once_are_those_of_a_lane_whose_spans_cross() {
        let open = |lanes: &[&str]| of(lanes).open_at_once;
        assert_eq!(open(&["a(0..10) b(1..9) c(2..3)"]), None, "they nest");
        assert_eq!(open(&["a(0..10) b(1..9) c(2..3)", "a(0..10) b(5..15)"]), Some(2));
        assert_eq!(open(&["a(0..10) b(5..15) c(6..9)", "a(0..10) b(5..15)"]), Some(3));
    }

    #[test]
    fn finished_and_unfinished_spans_are_told_apart() {
        let of = of(&["a(5..10) b(7..)", "b(20..20)", "c(30..)"]);
        assert_eq!((of.spans, of.unfinished, of.lanes, of.processes), (2, 2, 3, 1));
        assert_eq!((of.wall_ns(), of.busy_ns), (25, 5));
    }
}
