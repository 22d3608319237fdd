//! Sharing: many asynchronous ids in few lanes.
//!
//! Takes the rows of each id and its process. Gives lanes in which no two ids overlap, as few as there can be for each
//! process: an id goes to the lane that has been at rest for the longest time. The id becomes an attribute.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::model::Rows;

/// The lanes and their processes, in the order of first times.
pub(super) fn shared(ids: impl Iterator<Item = (usize, Box<str>, Rows)>) -> Vec<(usize, Rows)> {
    let extent_ns = |rows: &Rows| {
        let (first_ns, last_ns) = rows.extent_ns()?;
        let is_open = rows.iter().any(|span| span.end.is_none());
        Some((first_ns, if is_open { i64::MAX } else { last_ns }))
    };
    let mut ids: Vec<_> =
        ids.filter_map(|(process, id, rows)| Some((extent_ns(&rows)?, process, id, rows))).collect();
    ids.sort_by_key(|(extent_ns, ..)| *extent_ns); // stable: equal ones keep the order of the file
    let mut lanes: Vec<(usize, Rows)> = Vec::new();
    // Of each process: when its lanes end, the earliest first.
    let mut ends: BTreeMap<usize, BinaryHeap<Reverse<(i64, usize)>>> = BTreeMap::new();
    for ((first_ns, last_ns), process, id, mut rows) in ids {
        (0..rows.len()).for_each(|row| rows.attach(row, "id", &id));
        let ends = ends.entry(process).or_default();
        let free =
            ends.peek().filter(|Reverse((end_ns, _))| *end_ns <= first_ns).map(|Reverse((_, lane))| *lane);
        let lane = match free {
            Some(lane) => {
                ends.pop();
                lanes[lane].1.extend(rows);
                lane
            }
            None => {
                lanes.push((process, rows));
                lanes.len() - 1
            }
        };
        ends.push(Reverse((last_ns, lane)));
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_do_not_overlap_share_a_lane_of_their_process() {
        let rows = |start_ns, end_ns| {
            let mut rows = Rows::new();
            let key = rows.keys.intern("g", "t", None);
            rows.push(start_ns, end_ns, key);
            rows
        };
        let given = [
            (0, "a", rows(0, Some(5))),
            (0, "b", rows(3, Some(9))),
            (1, "c", rows(6, Some(7))),
            (0, "d", rows(5, None)),
            (0, "e", rows(10, Some(11))),
            (0, "f", rows(11, Some(12))),
        ];
        let found = shared(given.into_iter().map(|(process, id, rows)| (process, id.into(), rows)));
        let listed: Vec<_> = (found.into_iter())
            .map(|(process, rows)| {
                let (_, spans) = rows.sorted();
                let ids =
                    (0..spans.len()).map(|span| spans.attributes().of(span).next().unwrap().1.to_owned());
                (process, ids.collect::<String>())
            })
            .collect();
        assert_eq!(listed, [(0, "ad".into()), (0, "bef".into()), (1, "c".to_owned())]);
    }
}
