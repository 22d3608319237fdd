//! The innermost running span of a lane.
//!
//! Takes a lane's spans in the model's order (by start, the longest first). Attributes each stretch in which a
//! finished span runs to the innermost one, the last started, in order of time. So the stretches of a lane never
//! overlap, and their union is its busy time, even if spans cross. Where spans nest, the time attributed to a span
//! is its self time.
//!
//! ```text
//! |---- a ------|
//!    |- b -|  |--- c --|
//! aaa bbbbb aa cccccccc
//! ```

use crate::model::Spans;

/// Calls `take` with the index of a span and a stretch `[from, to)`, never empty, in which it was the innermost of the
/// spans that `counts` accepts. O(n) calls and time, since each span is pushed once.
pub(super) fn innermost(
    spans: &Spans,
    counts: impl Fn(usize) -> bool,
    mut take: impl FnMut(usize, i64, i64),
) {
    Stretches::new(spans, counts).for_each(|(index, from_ns, to_ns)| take(index, from_ns, to_ns));
}

/// The stretches one by one, as `(index, from, to)`.
pub(super) struct Stretches<'a, F> {
    spans: &'a Spans,
    counts: F,
    /// The first span that has not begun.
    next: usize,
    at_ns: i64,
    /// Spans that run or will run again, as `(index, end)`. The innermost is on top; each ends after those above it.
    running: Vec<(usize, i64)>,
}

impl<'a, F: Fn(usize) -> bool> Stretches<'a, F> {
    pub(super) fn new(spans: &'a Spans, counts: F) -> Stretches<'a, F> {
        Stretches { spans, counts, next: 0, at_ns: i64::MIN, running: Vec::new() }
    }

    /// Begins a span, at which the time is now.
    fn begin(&mut self, index: usize) {
        let Some(end) = self.spans.at(index).end else { return };
        // Spans that end before this one would never be innermost again.
        while self.running.last().is_some_and(|&(_, under_ns)| under_ns <= end.ns()) {
            self.running.pop();
        }
        self.running.push((index, end.ns()));
    }
}

impl<F: Fn(usize) -> bool> Iterator for Stretches<'_, F> {
    type Item = (usize, i64, i64);

    fn next(&mut self) -> Option<(usize, i64, i64)> {
        loop {
            while self.next < self.spans.len() && !(self.counts)(self.next) {
                self.next += 1;
            }
            let begins = self.next < self.spans.len();
            let to_ns = if begins { self.spans.at(self.next).start.ns() } else { i64::MAX };
            while let Some(&(index, end_ns)) = self.running.last() {
                let (from_ns, until_ns) = (self.at_ns, end_ns.min(to_ns));
                if end_ns <= to_ns {
                    self.running.pop();
                }
                if until_ns > from_ns {
                    self.at_ns = until_ns;
                    return Some((index, from_ns, until_ns));
                }
                if end_ns > to_ns {
                    break;
                }
            }
            if !begins {
                return None;
            }
            self.at_ns = to_ns.max(self.at_ns);
            self.begin(self.next);
            self.next += 1;
        }
    }
}

/// The span of a lane that was innermost for longest in a window, and for how many ns. The first if several are
/// equal, `None` if no finished span ran. O(n).
pub(super) fn longest_innermost(spans: &Spans, window: (i64, i64)) -> Option<(usize, i64)> {
    let mut inner_ns = vec![0; spans.len()];
    innermost(
        spans,
        |_| true,
        |index, from, to| {
            inner_ns[index] += (to.min(window.1) - from.max(window.0)).max(0);
        },
    );
    let longest_ns = inner_ns.iter().copied().max().filter(|&ns| ns > 0)?;
    inner_ns.iter().position(|&ns| ns == longest_ns).map(|index| (index, longest_ns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::drawn;
    use proptest::prelude::*;

    #[track_caller]
    fn check(lane: &str, expected: &str) {
        let trace = drawn::trace(&[lane]);
        let mut found = Vec::new();
        innermost(
            &trace.lanes()[0].spans,
            |_| true,
            |index, from, to| found.push(format!("{index}:{from}..{to}")),
        );
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn every_stretch_is_the_innermost_spans() {
        check("a(0..10) b(2..5) c(15..20)", "0:0..2 1:2..5 0:5..10 2:15..20");
        check("a(0..10) b(5..15) c(12..14)", "0:0..5 1:5..12 2:12..14 1:14..15");
        check("a(0..10) b(2..8) c(5..20)", "0:0..2 1:2..5 2:5..20");
        check("a(0..) b(3..3) c(4..6)", "2:4..6");
    }

    #[test]
    fn the_longest_is_told_within_the_window() {
        let trace = drawn::trace(&["a(0..10) b(2..6) c(15..20)"]);
        let longest = |window| longest_innermost(&trace.lanes()[0].spans, window);
        assert_eq!(longest((0, 20)), Some((0, 6)));
        assert_eq!(longest((2, 8)), Some((1, 4)));
        assert_eq!(longest((10, 15)), None);
    }

    proptest! {
        #[test]
        fn a_nanosecond_belongs_to_the_span_that_began_last_of_those_that_run(
            spans in prop::collection::vec((0i64..20, -3i64..9), 1..15),
        ) {
            let lane: Vec<_> =
                spans.into_iter().map(|(start, length)| (start, (length >= 0).then_some(start + length), 0)).collect();
            let trace = drawn::numbers(&[lane]);
            let spans = &trace.lanes()[0].spans;
            let mut found = vec![None; 32];
            innermost(spans, |_| true, |index, from, to| {
                (from..to).for_each(|ns| assert_eq!(found[ns as usize].replace(index), None));
            });
            for (ns, found) in found.into_iter().enumerate() {
                let runs = |span: &crate::model::Span| {
                    span.start.ns() <= ns as i64 && span.end.is_some_and(|end| end.ns() > ns as i64)
                };
                prop_assert_eq!(found, (0..spans.len()).rev().find(|&index| runs(&spans.at(index))));
            }
        }
    }
}
