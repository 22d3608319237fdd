//! Nesting: which span contains which.
//!
//! Takes a lane's spans in the model's order (by start, the longest first). Gives the track of each, whether any
//! spans of the lane cross, how deep they nest and how many were open at once. One pass: a stack of the spans that can
//! still contain others, a heap of the ends of all that run for the free tracks. Two instants at one moment have
//! tracks of their own, so that one can point at each. Point events lie under the spans that contain them, too, but are
//! no part of any figure; those of one moment share a track, so that no lane grows high with them. Where the time of a span goes is the matter of `innermost`.
//!
//! ```text
//! track 0   |---- a -----------|   |-- d --|        b and c lie under a
//! track 1      |-- b --| |- c ----|                 c crosses a: no call, on the next free track
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::model::{KeyId, Keys, Span, Spans};

/// The nesting of one lane's spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Nesting {
    pub(super) tracks: Tracks,
    /// Whether spans cross. Then containment does not mean a call.
    pub(super) crossing: bool,
    /// The most spans that contain one another: 1 when none does, 0 without spans.
    pub(super) depth: u32,
    /// The most finished spans that ran at one time. Instants never run.
    pub(super) open_at_once: u32,
}

/// The tracks of a lane's spans. 4 bytes for each span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tracks {
    /// The track of each span, 0 on top. Spans of one track do not overlap. Point events of one moment may share a
    /// track.
    pub of: Vec<u32>,
    /// The number of tracks.
    pub count: u32,
}

impl Tracks {
    /// The tracks of a lane's spans, given in the model's order, with keys from `keys`. O(n log n).
    pub(crate) fn new(keys: &Keys, spans: &Spans) -> Tracks {
        nest(spans, |key| keys.key(key).is_point()).tracks
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

/// A span that may contain others.
struct Open {
    end_ns: i64,
    track: u32,
    /// The number of spans that contain it, itself included.
    depth: u32,
}

/// Nests a lane. O(n log n), however many spans are open at once.
pub(super) fn nest(spans: &Spans, is_point: impl Fn(KeyId) -> bool) -> Nesting {
    let mut nesting = Nesting::default();
    // Each ends no later than the one below it. A span that ends before one that began later contains nothing that
    // this one does not contain as well, so it leaves the stack, as does one that has ended.
    let mut stack: Vec<Open> = Vec::new();
    let mut tracks = FreeTracks::default();
    let mut last_point: Option<(i64, u32)> = None; // its moment and its track
    for span in spans.iter() {
        let (start_ns, end_ns) = bounds(&span);
        while stack.pop_if(|open| open.end_ns <= start_ns).is_some() {}
        while stack.pop_if(|open| open.end_ns < end_ns).is_some() {
            nesting.crossing = true;
        }
        let (lowest_track, depth) =
            stack.last().map_or((0, 1), |parent| (parent.track + 1, parent.depth + 1));
        tracks.release(start_ns);
        if is_point(span.key) {
            let shared = last_point.filter(|&(at_ns, track)| at_ns == start_ns && track >= lowest_track);
            let (_, track) =
                shared.unwrap_or_else(|| (start_ns, tracks.take(lowest_track, start_ns, end_ns)));
            last_point = Some((start_ns, track));
            nesting.tracks.of.push(track);
            continue;
        }
        let track = tracks.take(lowest_track, start_ns, end_ns);
        nesting.tracks.of.push(track);
        nesting.depth = nesting.depth.max(depth);
        if start_ns < end_ns {
            stack.push(Open { end_ns, track, depth });
        }
    }
    nesting.tracks.count = tracks.count;
    nesting.open_at_once = tracks.most_running;
    nesting
}

fn bounds(span: &Span) -> (i64, i64) {
    (span.start.ns(), span.end.map_or(NEVER, |end| end.ns()))
}

/// The taken tracks, and until when.
#[derive(Default)]
struct FreeTracks {
    count: u32,
    /// How many of the taken tracks hold a span that runs and ends, and the most that ever did.
    running: u32,
    most_running: u32,
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
            self.running -= u32::from(taken_start_ns < taken_end_ns);
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
        if start_ns < end_ns && end_ns != NEVER {
            self.running += 1;
            self.most_running = self.most_running.max(self.running);
        }
        self.taken.push(Reverse((end_ns, start_ns, track)));
        track
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::drawn;
    use crate::model::{LaneIdentity, ProcessIdentity, Rows, Trace, TraceBuilder};
    use proptest::prelude::*;

    /// One lane of `(start, end)`. A negative end means unfinished.
    fn lane(spans: &[(i64, i64)]) -> Trace {
        let mut rows = Rows::new();
        let key = rows.keys.intern("g", "t", None);
        for &(start, end) in spans {
            rows.push(start, (end >= 0).then_some(end), key);
        }
        let mut builder = TraceBuilder::new();
        let process = ProcessIdentity { identity: "p".into(), ..Default::default() };
        builder.add(
            process,
            LaneIdentity { identity: "l".into(), thread: "l".into(), ..Default::default() },
            rows,
        );
        builder.finish()
    }

    /// `spans` are in the model's order. `expected` has the track of each, then `x` if spans cross.
    #[track_caller]
    fn check(spans: &[(i64, i64)], expected: &str) {
        let trace = lane(spans);
        let nesting = nest(&trace.lanes()[0].spans, |_| false);
        let mut found: Vec<String> = nesting.tracks.of.iter().map(u32::to_string).collect();
        if nesting.crossing {
            found.push("x".into());
        }
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn children_lie_under_their_parent() {
        check(&[(0, 100), (10, 40), (20, 30), (50, 60), (100, 120)], "0 1 2 1 0");
    }

    #[test]
    fn a_span_has_a_place_in_its_track() {
        let trace = lane(&[(0, 100), (10, 40), (20, 30), (50, 60), (100, 120)]);
        let tracks = Tracks::new(trace.keys(), &trace.lanes()[0].spans);
        let places: Vec<_> = (0..5).map(|index| tracks.place(index)).collect();
        assert_eq!(places, [(0, 0), (1, 0), (2, 0), (1, 1), (0, 1)]);
    }

    #[test]
    fn equal_spans_nest_in_record_order() {
        check(&[(0, 10), (0, 10)], "0 1");
    }

    #[test]
    fn crossing_spans_take_the_next_free_track_and_are_marked() {
        check(&[(0, 20), (10, 30)], "0 1 x");
        check(&[(0, 20), (10, 30), (20, 40)], "0 1 0 x");
        check(&[(0, 100), (10, 30), (20, 40)], "0 1 2 x");
    }

    #[test]
    fn unfinished_spans_hold_others_and_cross_the_finished_ones_that_they_begin_in() {
        check(&[(0, -1), (10, 20)], "0 1");
        check(&[(0, 20), (10, -1)], "0 1 x");
    }

    #[test]
    fn instants_of_one_moment_each_get_a_track_but_are_nobodys_parent() {
        check(&[(5, 15), (5, 5), (5, 5), (9, 9), (15, 15)], "0 1 2 1 0");
    }

    #[test]
    fn point_events_lie_under_what_contains_them_and_share_a_track_at_one_moment() {
        let tracks = |lane: &str| {
            let trace = drawn::trace(&[lane]);
            let nesting = nest(&trace.lanes()[0].spans, |key| trace.keys().key(key).is_point());
            assert!(nesting.depth <= 2 && !nesting.crossing);
            let tracks: Vec<String> = nesting.tracks.of.iter().map(u32::to_string).collect();
            format!("{} of {}", tracks.join(" "), nesting.tracks.count)
        };
        assert_eq!(tracks("a(0..10) b(2..5) p^(3..3) q^(3..3) p^(7..7) p^(20..20)"), "0 1 2 2 1 0 of 3");
        assert_eq!(tracks("p^(5..5) p^(5..5) a(5..5) p^(5..5) p^(6..6)"), "0 0 1 0 0 of 2");
        assert_eq!(tracks("p^(1..1) ".repeat(1000).trim_end()).rsplit(' ').next(), Some("1"));
        // Where a span ends a point event is outside it, where it starts inside.
        assert_eq!(tracks("a(0..10) p^(0..0) p^(10..10)"), "0 1 0 of 2");
    }

    #[test]
    fn open_at_once_are_finished_spans_that_run_at_one_time() {
        let open = |spans: &[(i64, i64)]| nest(&lane(spans).lanes()[0].spans, |_| false).open_at_once;
        assert_eq!(open(&[(0, 10), (10, 20)]), 1, "one ends as the other begins");
        assert_eq!(open(&[(0, 10), (5, 15), (9, 20), (10, 30)]), 3);
        assert_eq!(open(&[(0, 100), (10, 40), (20, 30)]), 3, "the depth, where spans nest");
        assert_eq!(open(&[(0, -1), (0, -1), (5, 5), (6, 8)]), 1, "neither unfinished spans nor instants");
        assert_eq!(open(&[(5, 5), (5, 5)]), 0);
    }

    #[test]
    fn five_thousand_levels_are_no_trouble() {
        let spans: Vec<(i64, i64)> = (0..5000).map(|i| (i, 10_000 - i)).collect();
        let nesting = nest(&lane(&spans).lanes()[0].spans, |_| false);
        assert_eq!((nesting.tracks.count, nesting.depth, nesting.crossing), (5000, 5000, false));
    }

    #[test]
    fn a_hundred_thousand_spans_open_at_once_are_no_trouble() {
        // This would take minutes if a span looked at all that are open.
        let spans: Vec<(i64, i64)> = (0..300_000).map(|i| (i, i + 100_000)).collect();
        let nesting = nest(&lane(&spans).lanes()[0].spans, |_| false);
        let expected = (100_000, 1, true, 100_000);
        let Nesting { tracks, depth, crossing, open_at_once } = nesting;
        assert_eq!((tracks.count, depth, crossing, open_at_once), expected);
    }

    /// The nesting by looking at all earlier spans of each.
    fn plain(spans: &Spans) -> Nesting {
        let mut nesting = Nesting::default();
        let mut depths: Vec<u32> = Vec::new();
        let all: Vec<(i64, i64)> = spans.iter().map(|span| bounds(&span)).collect();
        for (index, &(start, end)) in all.iter().enumerate() {
            let runs = |at: &usize| all[*at].1 > start && all[*at].0 < all[*at].1;
            let running: Vec<usize> = (0..index).filter(runs).collect();
            let parent = running.iter().rfind(|at| all[**at].1 >= end);
            nesting.crossing |= running.iter().any(|at| all[*at].1 < end);
            let lowest = parent.map_or(0, |at| nesting.tracks.of[*at] + 1);
            let is_free = |track: &u32| {
                let mut own = (0..index).filter(|at| nesting.tracks.of[*at] == *track);
                own.all(|at| all[at].1 <= start && all[at].0 < start)
            };
            let track = (lowest..).find(is_free).unwrap();
            nesting.tracks.of.push(track);
            nesting.tracks.count = nesting.tracks.count.max(track + 1);
            depths.push(1 + parent.map_or(0, |at| depths[*at]));
            nesting.depth = nesting.depth.max(depths[index]);
            let own = usize::from(start < end && end != NEVER);
            let open = running.iter().filter(|at| all[**at].1 != NEVER).count() + own;
            nesting.open_at_once = nesting.open_at_once.max(if own == 1 { open as u32 } else { 0 });
        }
        nesting
    }

    proptest! {
        #[test]
        fn it_is_what_looking_at_all_earlier_spans_gives(
            spans in prop::collection::vec((0i64..40, -5i64..40), 1..60),
        ) {
            let trace = lane(&spans);
            let spans = &trace.lanes()[0].spans;
            prop_assert_eq!(nest(spans, |_| false), plain(spans));
        }

        #[test]
        fn no_track_holds_two_spans_at_once(spans in prop::collection::vec((0i64..40, -5i64..40), 1..40)) {
            let trace = lane(&spans);
            let spans = &trace.lanes()[0].spans;
            let nesting = nest(spans, |_| false);
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
    }
}
