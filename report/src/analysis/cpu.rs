//! The CPU time of spans, shared out to the innermost ones.
//!
//! Takes a lane's spans in the model's order, with their CPU times. Gives, for each stretch in which a span is the
//! innermost one, how much of it was on a CPU, where that is known.
//!
//! A CPU time is that of a whole span, with all inside it. So each instant belongs to the innermost running span *whose
//! CPU time is known*. Of that, what the known spans directly inside it used is theirs. The rest is spread evenly over
//! its instants, and spans without a CPU time of their own have a part; but not waits, which use hardly any. Where
//! spans nest, all CPU time is shared out. Where they cross, an instant counts for the one that started last.
//!
//! ```text
//! |------ a: 6 on CPU ------|       |- e -|
//!    |- b: 2 -|    |-- c --|          c shares the CPU time of a; e has none, and none is around it
//! aaa bbbbbbbb aaaa aaaaaaaa
//! ```

use super::innermost::innermost;
use crate::model::{Keys, Span, Spans};

/// A stretch `[from, to)`, never empty, in which the span at `index` was the innermost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) index: usize,
    pub(super) from_ns: i64,
    pub(super) to_ns: i64,
}

/// The CPU time of a span, while it is shared out.
#[derive(Debug, Clone, Copy)]
struct Share {
    /// What its own instants have together.
    cpu_ns: i64,
    /// Its own instants.
    own_ns: i64,
    /// How many of them had their part.
    done_ns: i64,
    /// That part.
    taken_ns: i64,
}

impl Share {
    /// The share of a span with these own instants. `left` is its CPU time, and its length, less those of the spans
    /// inside it. Where spans cross, that length has instants of others, too; these have a part as well.
    fn new((cpu_ns, length_ns): (i64, i64), own_ns: i64) -> Share {
        let length_ns = length_ns.max(own_ns).max(1);
        let cpu_ns = cpu_ns.clamp(0, length_ns);
        let cpu_ns = (i128::from(cpu_ns) * i128::from(own_ns) / i128::from(length_ns)) as i64;
        Share { cpu_ns, own_ns, done_ns: 0, taken_ns: 0 }
    }

    /// The part of the next instants. Rounds the sum so far down, so that all parts sum to the whole.
    fn take(&mut self, length_ns: i64) -> i64 {
        self.done_ns += length_ns;
        let until_ns = match self.done_ns == self.own_ns {
            true => self.cpu_ns,
            false => (i128::from(self.cpu_ns) * i128::from(self.done_ns) / i128::from(self.own_ns)) as i64,
        };
        until_ns - std::mem::replace(&mut self.taken_ns, until_ns)
    }
}

/// Calls `take` with each stretch of which the CPU time is known, in order of time, and with the CPU time in it, which
/// is at most its length. O(n log n), and 100 bytes of memory for each span while it runs; nothing if no CPU time is
/// known.
pub(super) fn share(spans: &Spans, keys: &Keys, mut take: impl FnMut(Stretch, i64)) {
    if !spans.has_cpu() {
        return;
    }
    let known: Vec<Option<i64>> = (0..spans.len()).map(|index| usable(spans, index)).collect();
    let is_known = |index: usize| known[index].is_some();
    let all = stretches(spans, |_| true);
    let of_known = stretches(spans, is_known);
    let is_left_out = |index: usize| !is_known(index) && keys.key(spans.at(index).key).is_wait();

    let mut left = left(spans, &known);
    let mut own_ns = vec![0; spans.len()];
    overlay(&all, &of_known, |stretch, around| {
        let length_ns = stretch.to_ns - stretch.from_ns;
        if is_left_out(stretch.index) {
            left[around].1 = left[around].1.saturating_sub(length_ns);
        } else {
            own_ns[around] += length_ns;
        }
    });
    let mut shares: Vec<Share> =
        left.into_iter().zip(own_ns).map(|(left, own_ns)| Share::new(left, own_ns)).collect();
    overlay(&all, &of_known, |stretch, around| {
        if !is_left_out(stretch.index) {
            take(stretch, shares[around].take(stretch.to_ns - stretch.from_ns));
        }
    });
}

/// The CPU time of a span, at most its duration; `None` if it is not known, or the span takes no time.
fn usable(spans: &Spans, index: usize) -> Option<i64> {
    let duration_ns = spans.at(index).duration_ns().filter(|&ns| ns > 0)?;
    Some(spans.cpu_ns(index)?.min(duration_ns))
}

fn stretches(spans: &Spans, counts: impl Fn(usize) -> bool) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    innermost(spans, counts, |index, from_ns, to_ns| stretches.push(Stretch { index, from_ns, to_ns }));
    stretches
}

/// For each span with known CPU time: its CPU time and its length, less those of the known spans directly inside it.
fn left(spans: &Spans, known: &[Option<i64>]) -> Vec<(i64, i64)> {
    let mut left = vec![(0, 0); spans.len()];
    // Known spans that run, as `(index, end)`; each ends after those above it.
    let mut running: Vec<(usize, i64)> = Vec::new();
    for (index, Span { start, end, .. }) in spans.iter().enumerate() {
        let (Some(cpu_ns), Some(end)) = (known[index], end) else { continue };
        let (start_ns, end_ns) = (start.ns(), end.ns());
        // What ends before this one ended already, or is never innermost again.
        while running.last().is_some_and(|&(_, under_ns)| under_ns < end_ns) {
            running.pop();
        }
        left[index] = (cpu_ns, end_ns - start_ns);
        if let Some(&(around, _)) = running.last() {
            // Those that cross one another may be longer together than the span around them.
            left[around].0 = left[around].0.saturating_sub(cpu_ns);
            left[around].1 = left[around].1.saturating_sub(end_ns - start_ns);
        }
        running.push((index, end_ns));
    }
    left
}

/// Calls `take` with each piece of the first stretches that lies in one of the second, and with that one's index.
/// Both are in order of time.
fn overlay(stretches: &[Stretch], around: &[Stretch], mut take: impl FnMut(Stretch, usize)) {
    let mut place = 0;
    for stretch in stretches {
        while around.get(place).is_some_and(|other| other.to_ns <= stretch.from_ns) {
            place += 1;
        }
        for other in around[place..].iter().take_while(|other| other.from_ns < stretch.to_ns) {
            let from_ns = stretch.from_ns.max(other.from_ns);
            let to_ns = stretch.to_ns.min(other.to_ns);
            take(Stretch { index: stretch.index, from_ns, to_ns }, other.index);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::analysis::drawn;
    use crate::model::{KeyId, Kind, LAST_NS, Rows};

    /// A span as `(start, end, task, CPU time)`. Odd tasks are waits.
    type Row = (i64, Option<i64>, u8, Option<i64>);

    fn sorted(rows: &[Row]) -> (std::sync::Arc<Keys>, Spans) {
        let mut made = Rows::new();
        for (index, &(start, end, task, cpu_ns)) in rows.iter().enumerate() {
            let kind = if task % 2 == 1 { Kind::Wait } else { Kind::Work(None) };
            let key = made.keys.intern("g", &task.to_string(), kind);
            made.push(start, end, key);
            if let Some(cpu_ns) = cpu_ns {
                made.set_cpu(index, cpu_ns);
            }
        }
        made.sorted()
    }

    /// The stretches and their CPU time, each checked to be possible, in order, and apart from the others.
    fn shared(spans: &Spans, keys: &Keys) -> Vec<(Stretch, i64)> {
        let mut found: Vec<(Stretch, i64)> = Vec::new();
        share(spans, keys, |stretch, cpu_ns| {
            assert!(stretch.from_ns < stretch.to_ns, "it is empty");
            assert!(found.last().is_none_or(|(last, _)| last.to_ns <= stretch.from_ns), "they overlap");
            assert!((0..=stretch.to_ns - stretch.from_ns).contains(&cpu_ns), "{cpu_ns} in {stretch:?}");
            found.push((stretch, cpu_ns));
        });
        found
    }

    /// Compares the CPU time of each span's own instants, as `task known/CPU`, in the order of the spans.
    #[track_caller]
    fn check(lane: &str, expected: &str) {
        let trace = drawn::trace(&[lane]);
        let spans = &trace.lanes()[0].spans;
        let mut sums = vec![(0, 0); spans.len()];
        for (stretch, cpu_ns) in shared(spans, trace.keys()) {
            sums[stretch.index].0 += stretch.to_ns - stretch.from_ns;
            sums[stretch.index].1 += cpu_ns;
        }
        let name = |index: usize| trace.keys().name(trace.keys().key(spans.at(index).key).task);
        let found = sums.iter().enumerate().filter(|(_, (known_ns, _))| *known_ns > 0);
        let found: Vec<_> =
            found.map(|(index, (known, cpu))| format!("{} {known}/{cpu}", name(index))).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn a_span_has_what_those_inside_it_did_not_use() {
        check("a(0..10:6)", "a 10/6");
        check("a(0..10:6) b(2..5:2)", "a 7/4 b 3/2");
        check("a(0..10:6) b(2..8:5) c(3..5:1)", "a 4/1 b 4/4 c 2/1");
        check("a(0..10:0) b(12..20)", "a 10/0");
        check("a(0..10) b(2..5)", "");
        check("a(0..10) b(2..5:1)", "b 3/1");
    }

    #[test]
    fn a_span_of_which_nothing_is_known_shares_with_the_one_around_it() {
        check("a(0..10:5) b(2..8)", "a 4/2 b 6/3");
        check("a(0..10:7) b(2..8) c(3..7:4)", "a 4/2 b 2/1 c 4/4");
        check("a(0..10:5) b(2..)", "a 10/5");
    }

    #[test]
    fn a_wait_of_which_nothing_is_known_used_nothing() {
        check("a(0..10:4) w~(2..8)", "a 4/4");
        check("a(0..10:4) w~(2..8:1)", "a 4/3 w 6/1");
        check("a(0..10:4) w~(2..8) b(3..5:1)", "a 4/3 b 2/1");
        check("a(0..10:3) w~(2..8) b(3..5)", "a 4/2 b 2/1");
        check("w~(0..10)", "");
    }

    #[test]
    fn errors_of_clocks_make_no_time_negative_and_none_longer_than_it_was() {
        check("a(0..10:12)", "a 10/10");
        check("a(0..10:3) b(2..8:5)", "a 4/0 b 6/5");
        check("a(0..10:9) b(0..8:1)", "a 2/2 b 8/1");
        check("a(0..0:1) b(1..2:1)", "b 1/1");
    }

    #[test]
    fn where_spans_cross_each_has_cpu_time_for_its_own_instants() {
        check("a(0..10:10) b(5..15:0)", "a 5/5 b 10/0");
        check("a(0..10:4) b(5..15:10)", "a 5/2 b 10/10");
    }

    #[test]
    fn many_long_spans_that_cross_overflow_nothing() {
        let cross = |n: i64| (n, Some(LAST_NS - 100 + n), (n % 2 * 2) as u8, Some(LAST_NS - 200));
        let mut rows: Vec<Row> = (0..50).map(cross).collect();
        rows.push((0, Some(LAST_NS), 4, Some(LAST_NS)));
        rows.push((0, Some(LAST_NS), 1, None));
        let (keys, spans) = sorted(&rows);
        let own: i128 = shared(&spans, &keys).iter().map(|&(_, cpu_ns)| i128::from(cpu_ns)).sum();
        assert!(own <= i128::from(LAST_NS));
    }

    /// For each key its known time and, as a fraction, its CPU time; and in how many pieces it has that. Looks at every
    /// nanosecond up to `last`.
    fn counted(spans: &Spans, keys: &Keys, last: i64) -> BTreeMap<usize, (i64, f64, f64)> {
        let usable = |index: usize| {
            let duration_ns = spans.at(index).duration_ns().filter(|&ns| ns > 0)?;
            spans.cpu_ns(index).map(|ns| ns.min(duration_ns))
        };
        let runs = |index: usize, ns: i64| {
            let span = spans.at(index);
            span.start.ns() <= ns && span.end.is_some_and(|end| ns < end.ns())
        };
        // Of each ns: the innermost span, and the innermost known one.
        let mut own: BTreeMap<(usize, KeyId), i64> = BTreeMap::new();
        let mut left_out = vec![0; spans.len()];
        for ns in 0..last {
            let innermost = (0..spans.len()).rev().find(|&index| runs(index, ns));
            let known = (0..spans.len()).rev().find(|&index| runs(index, ns) && usable(index).is_some());
            let (Some(innermost), Some(known)) = (innermost, known) else { continue };
            let key = spans.at(innermost).key;
            match usable(innermost).is_none() && keys.key(key).is_wait() {
                true => left_out[known] += 1,
                false => *own.entry((known, key)).or_default() += 1,
            }
        }
        let mut sums: BTreeMap<usize, (i64, f64, f64)> = BTreeMap::new();
        for (&(around, key), &own_ns) in &own {
            let all_own: i64 = own.iter().filter(|((of, _), _)| *of == around).map(|(_, ns)| ns).sum();
            let (mut cpu_ns, mut length_ns) =
                (usable(around).unwrap(), spans.at(around).duration_ns().unwrap());
            length_ns -= left_out[around];
            for inside in (around + 1..spans.len()).filter(|&index| usable(index).is_some()) {
                let contains = |of: &usize| spans.at(*of).end >= spans.at(inside).end;
                let direct = (0..inside).rev().filter(|&of| usable(of).is_some()).find(contains);
                if direct == Some(around) {
                    cpu_ns -= usable(inside).unwrap();
                    length_ns -= spans.at(inside).duration_ns().unwrap();
                }
            }
            let length_ns = length_ns.max(all_own).max(1);
            let rate = cpu_ns.clamp(0, length_ns) as f64 / length_ns as f64;
            let sum = sums.entry(key.index()).or_default();
            *sum = (sum.0 + own_ns, sum.1 + rate * own_ns as f64, sum.2 + 1.0);
        }
        sums
    }

    /// What happens in a lane, one thing after another.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        /// A span of a task begins. Whether its CPU time will be known.
        Begin(u8, bool),
        End,
        /// Time passes. How much of it the thread is on a CPU, if the innermost span does not wait.
        Pass(i64, i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0u8..4, prop::bool::weighted(0.7)).prop_map(|(task, is_known)| Step::Begin(task, is_known)),
            Just(Step::End),
            (1i64..40, 0i64..40).prop_map(|(ns, cpu_ns)| Step::Pass(ns, cpu_ns.min(ns))),
        ]
    }

    /// The spans of a lane, and of each the CPU time that it used itself, outside of known spans in it.
    fn nested(steps: &[Step]) -> (Vec<Row>, Vec<i64>) {
        let (mut rows, mut own, mut running): (Vec<Row>, Vec<i64>, Vec<usize>) =
            (Vec::new(), Vec::new(), Vec::new());
        let mut at_ns = 0;
        let all = steps.iter().copied().chain(std::iter::repeat_n(Step::End, steps.len()));
        for step in all {
            match step {
                Step::Begin(task, is_known) => {
                    running.push(rows.len());
                    rows.push((at_ns, None, task, is_known.then_some(0)));
                    own.push(0);
                }
                Step::End => {
                    if let Some(index) = running.pop() {
                        rows[index].1 = Some(at_ns);
                    }
                }
                Step::Pass(ns, cpu_ns) => {
                    at_ns += ns;
                    let waits = running
                        .last()
                        .is_some_and(|&index| rows[index].2 % 2 == 1 && rows[index].3.is_none());
                    if waits {
                        continue;
                    }
                    running.iter().for_each(|&index| rows[index].3 = rows[index].3.map(|own| own + cpu_ns));
                    if let Some(&index) = running.iter().rfind(|&&index| rows[index].3.is_some()) {
                        own[index] += cpu_ns;
                    }
                }
            }
        }
        (rows, own)
    }

    proptest! {
        #[test]
        fn every_nanosecond_is_known_and_on_a_cpu_as_counted_one_by_one(
            rows in prop::collection::vec((0i64..40, -3i64..25, 0u8..4, prop::option::of(0i64..30)), 1..15),
        ) {
            let rows: Vec<Row> = (rows.into_iter())
                .map(|(start, length, task, cpu_ns)| (start, (length >= 0).then_some(start + length), task, cpu_ns))
                .collect();
            let (keys, spans) = sorted(&rows);
            let expected = counted(&spans, &keys, 70);
            let mut found: BTreeMap<usize, (i64, i64, f64)> = BTreeMap::new();
            for (stretch, cpu_ns) in shared(&spans, &keys) {
                let sum = found.entry(spans.at(stretch.index).key.index()).or_default();
                *sum = (sum.0 + stretch.to_ns - stretch.from_ns, sum.1 + cpu_ns, sum.2 + 1.0);
            }
            prop_assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
            for (found, expected) in found.values().zip(expected.values()) {
                prop_assert_eq!(found.0, expected.0);
                // Each piece is rounded by less than 1, and so is the whole of each span.
                prop_assert!((found.1 as f64 - expected.1).abs() <= found.2 + expected.2, "{found:?} {expected:?}");
            }
        }

        #[test]
        fn where_spans_nest_each_has_exactly_the_cpu_time_that_it_used(steps in prop::collection::vec(step(), 1..60)) {
            let (rows, own) = nested(&steps);
            let (keys, spans) = sorted(&rows);
            let mut found = vec![0; spans.len()];
            // By the known span around each stretch: the innermost one, since they nest.
            for (stretch, cpu_ns) in shared(&spans, &keys) {
                let runs = |of: &usize| {
                    let span = spans.at(*of);
                    span.start.ns() <= stretch.from_ns && span.end.is_some_and(|end| stretch.from_ns < end.ns())
                };
                let around = (0..spans.len()).rev().filter(|&of| spans.cpu_ns(of).is_some()).find(runs);
                found[around.unwrap()] += cpu_ns;
            }
            // Spans without a length come among others in another order than they began, and used nothing.
            let mut expected: Vec<_> = rows.iter().zip(&own).filter(|(_, own)| **own > 0).map(|(row, own)| (row.0, row.1, *own)).collect();
            let span = |(index, &cpu_ns): (usize, &i64)| {
                let span = spans.at(index);
                (span.start.ns(), span.end.map(|end| end.ns()), cpu_ns)
            };
            let mut found: Vec<_> = found.iter().enumerate().filter(|(_, cpu_ns)| **cpu_ns > 0).map(span).collect();
            expected.sort_unstable();
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
