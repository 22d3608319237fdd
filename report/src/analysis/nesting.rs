//! Nesting: which span contains which.
//!
//! Takes a lane's spans in the model's order (by start, the longest first). Gives the track and self time of each,
//! and whether any spans of the lane cross. One pass: a stack of open spans for the parents, a heap of their ends
//! for the free tracks. A span's self time is its duration minus the union of its direct children. Two instants at
//! one moment have tracks of their own, so that one can point at each.
//!
//! ```text
//! track 0   |---- a -----------|   |-- d --|        parent of b and c: a
//! track 1      |-- b --| |- c ----|                 c crosses a: not its child, and self times
//!                                                   of this lane are not exact
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::model::{Span, Spans};

/// The nesting of one lane's spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Nesting {
    pub(super) tracks: Tracks,
    /// The self time of each span in ns; 0 for unfinished ones.
    pub(super) self_ns: Vec<i64>,
    /// Whether spans cross. Then containment does not mean a call, and self times are not exact.
    pub(super) crossing: bool,
    /// The most spans that contain one another: 1 when none does, 0 without spans.
    pub(super) depth: u32,
}

/// The tracks of a lane's spans. 4 bytes for each span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tracks {
    /// The track of each span, 0 on top. Spans of one track do not overlap.
    pub of: Vec<u32>,
    /// The number of tracks.
    pub count: u32,
}

impl Tracks {
    /// The tracks of a lane's spans, given in the model's order. O(n log n) where they nest.
    pub(crate) fn new(spans: &Spans) -> Tracks {
        nest(spans).tracks
    }

    /// The track of the lane's span at `index`, and the number of spans before it on that track. O(index).
    pub(crate) fn place(&self, index: usize) -> (u32, u32) {
        let track = self.of[index];
        let before = self.of[..index].iter().filter(|other| **other == track).count();
        (track, u32::try_from(before).expect("a track of over 2^32 spans exceeds any memory"))
    }
}

/// The end of an unfinished span.
const NEVER: i64 = i64::MAX;

/// A span that has begun. Once it has ended, it is popped from the stack or skipped.
struct Open {
    index: usize,
    start_ns: i64,
    end_ns: i64,
    track: u32,
    /// The number of spans that contain it, itself included.
    depth: u32,
    /// The time up to which its children have covered it so far.
    covered_ns: i64,
}

impl Open {
    /// Whether it still runs at `ns`, which is not before its start. An instant runs at its moment.
    fn runs_at(&self, ns: i64) -> bool {
        self.end_ns > ns || self.start_ns == ns
    }
}

/// Nests a lane. O(n log n) where spans nest; where they cross, also O(n) times the number of spans open at once.
pub(super) fn nest(spans: &Spans) -> Nesting {
    let mut nesting = Nesting { self_ns: Vec::with_capacity(spans.len()), ..Nesting::default() };
    let mut stack: Vec<Open> = Vec::new();
    let mut tracks = FreeTracks::default();
    for (index, span) in spans.iter().enumerate() {
        let (start_ns, end_ns) = bounds(&span);
        while stack.last().is_some_and(|open| !open.runs_at(start_ns)) {
            stack.pop();
        }
        tracks.release(start_ns);
        if stack.len() > 2 * tracks.taken.len() {
            // Where spans cross, ended spans are below running ones.
            stack.retain(|open| open.runs_at(start_ns));
        }
        let (mut lowest_track, mut depth) = (0, 1);
        for open in stack.iter_mut().rev().filter(|open| open.runs_at(start_ns)) {
            let is_instant = open.start_ns == open.end_ns;
            if open.end_ns >= end_ns && !is_instant {
                (lowest_track, depth) = (open.track + 1, open.depth + 1);
                if span.end.is_some() && open.end_ns != NEVER {
                    let uncovered_ns = end_ns - start_ns.max(open.covered_ns);
                    nesting.self_ns[open.index] -= uncovered_ns.max(0);
                    open.covered_ns = open.covered_ns.max(end_ns);
                }
                break;
            }
            nesting.crossing |= !is_instant;
        }
        let track = tracks.take(lowest_track, start_ns, end_ns);
        nesting.tracks.of.push(track);
        nesting.self_ns.push(span.duration_ns().unwrap_or(0));
        nesting.depth = nesting.depth.max(depth);
        stack.push(Open { index, start_ns, end_ns, track, depth, covered_ns: start_ns });
    }
    nesting.tracks.count = tracks.count;
    nesting
}

fn bounds(span: &Span) -> (i64, i64) {
    (span.start.ns(), span.end.map_or(NEVER, |end| end.ns()))
}

/// The taken tracks, and until when.
#[derive(Default)]
struct FreeTracks {
    count: u32,
    free: BTreeSet<u32>,
    /// (end, start, track) of the taken tracks, the earliest end on top.
    taken: BinaryHeap<Reverse<(i64, i64, u32)>>,
}

impl FreeTracks {
    /// Frees the tracks whose spans have ended by `start_ns`.
    fn release(&mut self, start_ns: i64) {
        while let Some(&Reverse((taken_end_ns, taken_start_ns, track))) = self.taken.peek() {
            if taken_end_ns > start_ns || taken_start_ns == start_ns {
                break;
            }
            self.taken.pop();
            self.free.insert(track);
        }
    }

    /// Takes the lowest free track from `lowest` on, until `end_ns`.
    fn take(&mut self, lowest: u32, start_ns: i64, end_ns: i64) -> u32 {
        let track = match self.free.range(lowest..).next() {
            Some(&track) => track,
            None => {
                self.count += 1;
                self.count - 1
            }
        };
        self.free.remove(&track);
        self.taken.push(Reverse((end_ns, start_ns, track)));
        track
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::innermost::innermost;
    use crate::model::{LaneIdentity, ProcessIdentity, Rows, Trace, TraceBuilder};
    use proptest::prelude::*;

    /// One lane of `(start, end)`. A negative end means unfinished.
    pub(crate) fn lane(spans: &[(i64, i64)]) -> Trace {
        let mut rows = Rows::new();
        let key = rows.keys.intern("g", "t", None);
        for &(start, end) in spans {
            rows.push(start, (end >= 0).then_some(end), key);
        }
        let mut builder = TraceBuilder::new();
        let process = ProcessIdentity { identity: "p".into(), host: None, pid: None };
        builder.add(process, LaneIdentity { identity: "l".into(), thread: "l".into() }, rows);
        builder.finish()
    }

    /// `spans` are in the model's order. `expected` has `track:self` for each, then `x` if spans cross.
    #[track_caller]
    fn check(spans: &[(i64, i64)], expected: &str) {
        let trace = lane(spans);
        let nesting = nest(&trace.lanes()[0].spans);
        let mut found: Vec<String> = (nesting.tracks.of.iter().zip(&nesting.self_ns))
            .map(|(track, self_ns)| format!("{track}:{self_ns}"))
            .collect();
        if nesting.crossing {
            found.push("x".into());
        }
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn children_lie_under_their_parent_and_take_from_its_self_time() {
        check(&[(0, 100), (10, 40), (20, 30), (50, 60), (100, 120)], "0:60 1:20 2:10 1:10 0:20");
    }

    #[test]
    fn a_span_has_a_place_in_its_track() {
        let trace = lane(&[(0, 100), (10, 40), (20, 30), (50, 60), (100, 120)]);
        let tracks = Tracks::new(&trace.lanes()[0].spans);
        let places: Vec<_> = (0..5).map(|index| tracks.place(index)).collect();
        assert_eq!(places, [(0, 0), (1, 0), (2, 0), (1, 1), (0, 1)]);
    }

    #[test]
    fn equal_spans_nest_in_record_order() {
        check(&[(0, 10), (0, 10)], "0:0 1:10");
    }

    #[test]
    fn crossing_spans_take_the_next_free_track_and_are_marked() {
        check(&[(0, 20), (10, 30)], "0:20 1:20 x");
        check(&[(0, 20), (10, 30), (20, 40)], "0:20 1:20 0:20 x");
    }

    #[test]
    fn crossing_children_are_subtracted_once() {
        check(&[(0, 100), (10, 30), (20, 40)], "0:70 1:20 2:20 x");
    }

    #[test]
    fn a_child_of_a_crossing_pair_belongs_to_the_innermost_that_contains_it() {
        // b crosses a. c ends with a. Both contain c, and b began later.
        check(&[(0, 20), (10, 30), (15, 20)], "0:20 1:15 2:5 x");
    }

    #[test]
    fn unfinished_spans_hold_others_but_have_no_self_time() {
        check(&[(0, -1), (10, 20)], "0:0 1:10");
    }

    #[test]
    fn an_unfinished_span_inside_a_finished_one_crosses_it() {
        check(&[(0, 20), (10, -1)], "0:20 1:0 x");
    }

    #[test]
    fn instants_of_one_moment_each_get_a_track_but_are_nobodys_parent() {
        check(&[(5, 15), (5, 5), (5, 5), (9, 9), (15, 15)], "0:10 1:0 2:0 1:0 0:0");
    }

    #[test]
    fn five_thousand_levels_are_no_trouble() {
        let spans: Vec<(i64, i64)> = (0..5000).map(|i| (i, 10_000 - i)).collect();
        let trace = lane(&spans);
        let nesting = nest(&trace.lanes()[0].spans);
        assert_eq!((nesting.tracks.count, nesting.crossing), (5000, false));
        assert!(nesting.self_ns[..4999].iter().all(|&self_ns| self_ns == 2));
    }

    #[test]
    fn a_chain_of_overlaps_keeps_two_tracks_and_no_ended_span() {
        // 100,000 spans: this would take minutes if ended spans stayed on the stack.
        let spans: Vec<(i64, i64)> = (0..100_000).map(|i| (10 * i, 10 * i + 15)).collect();
        let trace = lane(&spans);
        let nesting = nest(&trace.lanes()[0].spans);
        assert_eq!((nesting.tracks.count, nesting.crossing), (2, true));
        assert!(nesting.self_ns.iter().all(|&self_ns| self_ns == 15));
    }

    /// Spans that nest, made by cutting [0, 64) again and again.
    fn nested() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::vec((0i64..64, 0u32..6), 1..40).prop_map(|cuts| {
            (cuts.into_iter())
                .map(|(at, level)| (at >> level << level, (at >> level << level) + (1 << level)))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn no_track_holds_two_spans_at_once(spans in prop::collection::vec((0i64..40, -5i64..40), 1..40)) {
            let trace = lane(&spans);
            let spans = &trace.lanes()[0].spans;
            let nesting = nest(spans);
            for track in 0..nesting.tracks.count {
                let mut last_end = None;
                for (span, _) in spans.iter().zip(&nesting.tracks.of).filter(|(_, t)| **t == track) {
                    let (start, end) = bounds(&span);
                    prop_assert!(last_end.is_none_or(|last| start >= last));
                    last_end = Some(end);
                }
                prop_assert!(last_end.is_some(), "track {} is empty", track);
            }
        }

        #[test]
        fn self_times_of_nested_spans_sum_to_the_lanes_busy_time(spans in nested()) {
            let trace = lane(&spans);
            let spans = &trace.lanes()[0].spans;
            let nesting = nest(spans);
            let mut busy = 0;
            innermost(spans, |_, from, to| busy += to - from);
            prop_assert!(!nesting.crossing);
            prop_assert_eq!(nesting.self_ns.iter().sum::<i64>(), busy);
        }
    }
}
