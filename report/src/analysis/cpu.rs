//! The CPU time of spans, shared out to the innermost ones.
//!
//! Takes a lane's spans in the model's order, with their CPU times. Gives, for each stretch in which a span is the
//! innermost one, how much of it was on a CPU, where that is known.
//!
//! A CPU time is that of a whole span, with all inside it. So each instant belongs to the innermost running span *whose
//! CPU time is known*. Of that, what the known spans directly inside it used is theirs. The rest is spread evenly over
//! its instants, and spans without a CPU time of their own have a part; but not waits, which use hardly any. Where spans
//! nest, all CPU time is shared out. Where they cross, an instant counts for the one that started last.
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
}

impl Share {
    /// The share of a span with these own instants. `left` is its CPU time, and its length, less those of the spans
    /// inside it. Where spans cross, that length has instants of others, too; these have a part as well.
    fn new((cpu_ns, length_ns): (i64, i64), own_ns: i64) -> Share {
        let length_ns = length_ns.max(own_ns).max(1);
        let cpu_ns = cpu_ns.clamp(0, length_ns);
        let cpu_ns = (i128::from(cpu_ns) * i128::from(own_ns) / i128::from(length_ns)) as i64;
        Share { cpu_ns, own_ns, done_ns: 0 }
    }

    /// The part of the next instants. Rounds the sum so far down, so that all parts sum to the whole.
    fn take(&mut self, length_ns: i64) -> i64 {
        let until = |ns: i64| (i128::from(self.cpu_ns) * i128::from(ns) / i128::from(self.own_ns)) as i64;
        let cpu_ns = until(self.done_ns + length_ns) - until(self.done_ns);
        self.done_ns += length_ns;
        cpu_ns
    }
}

/// Calls `take` with each stretch of which the CPU time is known, in order of time, and with the CPU time in it, which is
/// at most its length. O(n log n), and 100 bytes of memory for each span while it runs; nothing if no CPU time is known.
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
            left[around].1 -= length_ns;
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
            left[around].0 -= cpu_ns;
            left[around].1 -= end_ns - start_ns;
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
