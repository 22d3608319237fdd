//! Lanes of rows that name none: the smallest number of lanes in which nothing overlaps.
//!
//! Takes rows in any order, gives the lane of each, counted from 0. Goes through the rows by their starts and puts each
//! into the first lane that is free then, so the lanes of equal rows are always the same. O(n log n). A span without an
//! end keeps its lane. Where more lanes than [`MOST`] were needed, spans overlap in those that are free first. Knows no
//! names.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::Rows;

/// No program has more at once: so many rows at one time are damage, or times without their fractions.
pub(super) const MOST: u32 = 10_000;

/// The lane of each row, and the number of lanes.
pub(super) fn without_overlap(rows: &Rows) -> (Vec<u32>, u32) {
    let mut order: Vec<(i64, i64, u32)> = (rows.iter().zip(0..))
        .map(|(span, index)| (span.start.ns(), span.end.map_or(i64::MAX, |end| end.ns()), index))
        .collect();
    order.sort_unstable();
    let mut lane_of = vec![0; order.len()];
    let mut busy: BinaryHeap<Reverse<(i64, u32)>> = BinaryHeap::new();
    let mut free: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
    let mut count = 0;
    for (start_ns, end_ns, index) in order {
        while let Some(Reverse((_, lane))) = busy.peek().copied().filter(|next| next.0.0 <= start_ns) {
            busy.pop();
            free.push(Reverse(lane));
        }
        let mut free_ns = end_ns;
        let lane = if let Some(Reverse(lane)) = free.pop() {
            lane
        } else if count == MOST
            && let Some(Reverse((earlier_ns, lane))) = busy.pop()
        {
            free_ns = end_ns.max(earlier_ns);
            lane
        } else {
            count += 1;
            count - 1
        };
        lane_of[index as usize] = lane;
        busy.push(Reverse((free_ns, lane)));
    }
    (lane_of, count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(spans: &[(i64, Option<i64>)]) -> Rows {
        let mut rows = Rows::new();
        let key = rows.keys.intern("", "a", None);
        spans.iter().for_each(|(start_ns, end_ns)| rows.push(*start_ns, *end_ns, key));
        rows
    }

    #[test]
    fn a_row_is_in_the_first_lane_that_is_free() {
        let spans =
            [(5, Some(9)), (0, Some(4)), (1, Some(2)), (4, Some(6)), (2, Some(3)), (9, None), (10, Some(11))];
        assert_eq!(without_overlap(&rows(&spans)), (vec![1, 0, 1, 0, 1, 0, 1], 2));
        assert_eq!(without_overlap(&Rows::new()), (vec![], 0));
    }

    #[test]
    fn rows_at_one_time_make_no_endless_number_of_lanes() {
        let most = MOST as i64;
        let spans: Vec<_> = (0..2 * most + 1).map(|_| (0, Some(1))).chain([(1, Some(2))]).collect();
        let (lane_of, count) = without_overlap(&rows(&spans));
        assert_eq!((count, lane_of.iter().max()), (MOST, Some(&(MOST - 1))));
        assert_eq!(lane_of.last(), Some(&0));
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_no_lane_is_too_many(
            spans in prop::collection::vec((0..50_i64, prop::option::weighted(0.9, 0..20_i64)), 0..40),
        ) {
            let spans: Vec<_> = spans.iter().map(|(start, length)| (*start, length.map(|of| start + of))).collect();
            let (lane_of, count) = without_overlap(&rows(&spans));
            let end = |index: usize| spans[index].1.unwrap_or(i64::MAX);
            for one in 0..spans.len() {
                for other in 0..one {
                    let overlap = spans[one].0 < end(other) && spans[other].0 < end(one);
                    // A span without a length is nowhere inside of another one in its lane.
                    prop_assert!(!overlap || lane_of[one] != lane_of[other]);
                }
            }
            let at_once = |at: i64| (0..spans.len()).filter(|&index| spans[index].0 <= at && at < end(index)).count();
            let instants = spans.iter().filter(|(start, end)| *end == Some(*start)).count();
            let most = (0..70).map(at_once).max().unwrap_or(0);
            prop_assert!(count as usize >= most && count as usize <= most + usize::from(instants > 0));
        }
    }
}
