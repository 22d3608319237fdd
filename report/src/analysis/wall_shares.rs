//! How the tasks share the wall time of a trace.
//!
//! Takes the rows of all lanes. At every instant, the innermost spans that run, one a lane, share the wall clock
//! equally. An instant in which none runs is idle. Gives integer ns that sum to the wall time exactly.
//!
//! ```text
//! lane 1: aaaaaa  bb     a: 4 ns alone, then 2 ns beside b, which count half: 5 ns
//! lane 2:     bb         b: 2 ns beside a, then 2 ns alone: 3 ns; idle: 2 ns
//! ```
//!
//! The trick is the virtual clock of fair queueing (Demers, Keshav and Shenker, 1989). It runs at 1/n of the speed
//! while n lanes are busy, so a stretch gets the time that passes on that clock. O(n log lanes), O(lanes) memory.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeMap, BinaryHeap};

use super::innermost::Stretches;
use crate::model::{Trace, union};

/// The fractions of a ns that the virtual clock counts. This is the least common multiple of 1 to 46, so the clock is
/// exact while at most 46 lanes are busy. With more lanes, each step is rounded down by less than a fraction: that
/// decides at most which of two tasks with almost equal remainders gets a ns more. The longest trace has less than
/// 2^63 ns, so its fractions fit in 127 bits.
const FRACTIONS: u128 = 9_419_588_158_802_421_600;

/// The wall time of a trace, shared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WallShares {
    /// From the first start or point event to the last end, start or point event.
    pub wall_ns: u64,
    /// The part in which no finished span ran.
    pub idle_ns: u64,
    /// The other parts, by the ids of the names of group and task. Each task with a finished span has one.
    pub tasks: BTreeMap<(u32, u32), u64>,
}

/// Shares the wall time. A lane without its rows counts with the spans that it has.
pub fn wall_shares(trace: &Trace) -> WallShares {
    let keys = trace.keys();
    let is_point: Vec<bool> = keys.all().iter().map(|key| key.is_point()).collect();
    let extents = trace.lanes().iter().filter_map(|lane| lane.spans.extent_ns());
    let Some((first_ns, last_ns)) = extents.reduce(union) else { return WallShares::default() };

    let (mut clock, is_point) = (Clock::default(), is_point.as_slice());
    let mut of_keys = vec![0; is_point.len()];
    let mut lanes: Vec<Lane<_>> = Vec::new();
    let mut next: BinaryHeap<Reverse<(i64, usize)>> = BinaryHeap::new();
    for lane in trace.lanes() {
        let key = |index: usize| lane.spans.at(index).key.index();
        let mut stretches = Stretches::new(&lane.spans, move |index| !is_point[key(index)])
            .map(move |(index, from_ns, to_ns)| (key(index), from_ns, to_ns));
        if let Some(current) = stretches.next() {
            next.push(Reverse((current.1, lanes.len())));
            lanes.push(Lane { stretches, current, began: None });
        }
    }
    while let Some(mut first) = next.peek_mut() {
        let Reverse((at_ns, lane)) = *first;
        clock.advance(at_ns);
        match lanes[lane].advance(at_ns, &mut clock, &mut of_keys) {
            Some(next_ns) => *first = Reverse((next_ns, lane)),
            None => drop(PeekMut::pop(first)),
        }
    }

    let mut fractions: BTreeMap<(u32, u32), u128> = BTreeMap::new();
    for (key, share) in keys.all().iter().zip(of_keys).filter(|(_, share)| *share > 0) {
        *fractions.entry((key.group, key.task)).or_default() += share;
    }
    let wall_ns = last_ns.abs_diff(first_ns);
    let name = |(group, task)| (keys.name(group), keys.name(task));
    let tasks = apportioned(&fractions, clock.busy_ns, name);
    WallShares { wall_ns, idle_ns: wall_ns - clock.busy_ns, tasks }
}

/// The virtual clock.
#[derive(Default)]
struct Clock {
    /// The time up to which it went.
    at_ns: i64,
    /// The number of lanes that are busy.
    lanes: u64,
    /// What it shows.
    fractions: u128,
    /// How long any lane was busy.
    busy_ns: u64,
}

impl Clock {
    fn advance(&mut self, to_ns: i64) {
        if self.lanes > 0 {
            let passed_ns = to_ns.abs_diff(self.at_ns);
            self.busy_ns += passed_ns;
            self.fractions += u128::from(passed_ns) * FRACTIONS / u128::from(self.lanes);
        }
        self.at_ns = to_ns;
    }
}

/// A lane and where it is.
struct Lane<I> {
    /// As `(index of the key, from, to)`.
    stretches: I,
    /// The stretch that runs, or the next one.
    current: (usize, i64, i64),
    /// What the clock showed when it began.
    began: Option<u128>,
}

impl<I: Iterator<Item = (usize, i64, i64)>> Lane<I> {
    /// Ends the stretch that ends now, and begins the one that begins now. Gives the next time to do so.
    fn advance(&mut self, at_ns: i64, clock: &mut Clock, of_keys: &mut [u128]) -> Option<i64> {
        if let Some(began) = self.began.take() {
            clock.lanes -= 1;
            of_keys[self.current.0] += clock.fractions - began;
            self.current = self.stretches.next()?;
        }
        let (_, from_ns, to_ns) = self.current;
        if from_ns > at_ns {
            return Some(from_ns);
        }
        clock.lanes += 1;
        self.began = Some(clock.fractions);
        Some(to_ns)
    }
}

/// Shares in whole ns that sum to `whole_ns`, by the largest remainder: all are rounded down, and the ns that are left
/// go to those that lost most, ties by name.
fn apportioned<'a>(
    fractions: &BTreeMap<(u32, u32), u128>,
    whole_ns: u64,
    name: impl Fn((u32, u32)) -> (&'a str, &'a str),
) -> BTreeMap<(u32, u32), u64> {
    let rounded = |share: u128| u64::try_from(share / FRACTIONS).unwrap_or(u64::MAX); // a part of the wall time
    let mut shares: BTreeMap<_, _> = fractions.iter().map(|(&task, &share)| (task, rounded(share))).collect();
    let left_ns = whole_ns - shares.values().sum::<u64>();
    let mut order: Vec<(u32, u32)> = fractions.keys().copied().collect();
    order.sort_by_key(|task| (Reverse(fractions[task] % FRACTIONS), name(*task)));
    for task in order.iter().take(left_ns as usize) {
        *shares.entry(*task).or_default() += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, overview, summary_of};
    use proptest::prelude::*;

    #[track_caller]
    fn check(lanes: &[&str], expected: &str) {
        let trace = drawn::trace(lanes);
        let shares = wall_shares(&trace);
        assert_eq!(shares.wall_ns, overview(&summary_of(&trace)).wall_ns() as u64);
        assert_eq!(shares.tasks.values().sum::<u64>() + shares.idle_ns, shares.wall_ns);
        let mut found: Vec<String> = (shares.tasks.iter())
            .map(|((_, task), ns)| format!("{} {ns}", trace.keys().name(*task)))
            .collect();
        found.sort();
        found.push(format!("idle {}", shares.idle_ns));
        assert_eq!(found.join(", "), expected);
    }

    #[test]
    fn lanes_that_run_share_the_clock_and_the_rest_is_idle() {
        check(&["a(0..6) b(8..10)", "b(4..6)"], "a 5, b 3, idle 2");
        check(&["a(0..12)", "b(0..12)", "c(0..6)"], "a 5, b 5, c 2, idle 0");
        check(&["a(0..10)", "a(5..20)"], "a 20, idle 0");
        check(&[], "idle 0");
    }

    #[test]
    fn within_a_lane_the_innermost_span_has_all_of_its_part() {
        check(&["a(0..10) b(2..6)", "c(0..10)"], "a 3, b 2, c 5, idle 0");
        check(&["a(0..10) b(5..15)"], "a 5, b 10, idle 0");
    }

    #[test]
    fn a_wait_has_its_part_and_unfinished_spans_and_points_have_none() {
        check(&["a(0..4) w~(4..8)", "b(0..8) w(20..22)"], "a 2, b 4, w 4, idle 12");
        check(&["a(0..4) b(6..)", "p^(9..9)"], "a 4, idle 5");
        check(&["a(3..3)"], "idle 0");
    }

    #[test]
    fn left_nanoseconds_go_to_the_largest_remainders_and_then_by_name() {
        check(&["b(0..1)", "a(0..1)"], "a 1, b 0, idle 0");
        check(&["a(0..1)", "b(0..2)", "c(0..4)"], "a 0, b 1, c 3, idle 0"); // 1/3, 5/6, 17/6
        let lanes = ["c(0..10)", "b(0..10)", "a(0..10)"];
        check(&lanes, "a 4, b 3, c 3, idle 0");
    }

    #[test]
    fn with_very_many_lanes_the_sum_still_holds() {
        let lanes: Vec<String> =
            (0..1000).map(|lane| format!("t{}(0..{})", lane % 7, 1_000_000_007 - lane * 999)).collect();
        let shares = wall_shares(&drawn::trace(&lanes.iter().map(String::as_str).collect::<Vec<_>>()));
        assert_eq!((shares.idle_ns, shares.tasks.values().sum::<u64>()), (0, 1_000_000_007));
    }

    /// The same ns by ns, in fractions of 1/60 for up to six lanes.
    fn naive(lanes: &[Vec<(i64, Option<i64>, u8)>]) -> (u64, BTreeMap<String, u64>) {
        let trace = drawn::numbers(lanes);
        let (mut sixtieths, mut busy_ns) = (BTreeMap::<String, u64>::new(), 0);
        for ns in 0..trace.end().ns() {
            let innermost: Vec<u32> = (trace.lanes().iter())
                .filter_map(|lane| {
                    let runs = lane
                        .spans
                        .iter()
                        .filter(|span| span.start.ns() <= ns && span.end.is_some_and(|end| end.ns() > ns));
                    runs.last().map(|span| trace.keys().key(span.key).task)
                })
                .collect();
            busy_ns += u64::from(!innermost.is_empty());
            for task in &innermost {
                let name = trace.keys().name(*task).to_owned();
                *sixtieths.entry(name).or_default() += 60 / innermost.len() as u64;
            }
        }
        let mut left = busy_ns - sixtieths.values().map(|share| share / 60).sum::<u64>();
        let mut order: Vec<_> = sixtieths.iter().map(|(name, share)| (Reverse(share % 60), name)).collect();
        order.sort();
        let mut shares = BTreeMap::new();
        for (_, name) in order {
            shares.insert(name.clone(), sixtieths[name] / 60 + u64::from(left > 0));
            left = left.saturating_sub(1);
        }
        (trace.end().ns() as u64 - busy_ns, shares)
    }

    fn named(lanes: &[Vec<(i64, Option<i64>, u8)>]) -> (u64, BTreeMap<String, u64>) {
        let trace = drawn::numbers(lanes);
        let WallShares { wall_ns, idle_ns, tasks } = wall_shares(&trace);
        assert_eq!(tasks.values().sum::<u64>() + idle_ns, wall_ns);
        assert_eq!(wall_ns, overview(&summary_of(&trace)).wall_ns() as u64);
        let name = |task| trace.keys().name(task).to_owned();
        (idle_ns, tasks.into_iter().map(|((_, task), ns)| (name(task), ns)).collect())
    }

    proptest! {
        #[test]
        fn shares_are_those_of_every_nanosecond_whatever_the_order_of_the_lanes(
            lanes in prop::collection::vec(
                prop::collection::vec((0i64..40, -2i64..20, 0u8..6), 0..8),
                1..=6,
            ),
        ) {
            let mut lanes: Vec<Vec<(i64, Option<i64>, u8)>> = (lanes.into_iter())
                .map(|lane| {
                    let end = |start, length: i64| (length >= 0).then_some(start + length);
                    lane.into_iter().map(|(start, length, task)| (start, end(start, length), task)).collect()
                })
                .collect();
            let found = named(&lanes);
            prop_assert_eq!(&found, &naive(&lanes));
            lanes.reverse();
            prop_assert_eq!(found, named(&lanes));
        }
    }
}
