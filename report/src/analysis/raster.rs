//! The raster: what each lane did in bins of equal width, at a glance.
//!
//! Takes the summaries of lanes. Gives for each lane the bins in which a finished span ran, each with its busy time
//! and with the key that was innermost for most of the bin, as the ledger attributes time. Bins are aligned to the
//! Unix epoch like those of the concurrency. The page shows the raster before it has its rows, and in place of rows
//! it leaves out.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::wall::Wall;
use crate::model::KeyId;
use crate::model::summary::{self, LaneSummary};

/// The most bins of a lane: about one for each two pixels of a wide screen.
const MAX_BINS: i64 = 1024;
/// The most cells of all lanes, as long as each lane keeps 4.
const MAX_CELLS: i64 = 1 << 21;

/// What each lane did in bins of equal width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// The start of the first bin, in ns since the trace's origin: zero or negative.
    pub first_ns: i64,
    /// The width of a bin in ns, a power of two.
    pub width_ns: i64,
    /// The number of bins of each lane. 0 when the trace has no length.
    pub count: u32,
    /// The bins that are not idle, in order, for each lane of the trace.
    pub lanes: Vec<Vec<Cell>>,
}

/// What a lane did in a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The index of the bin.
    pub bin: u32,
    /// The key that was innermost for most of the bin; the first if several are equal.
    pub key: KeyId,
    /// How long a finished span ran in the bin, in ns; more than 0.
    pub busy_ns: i64,
}

/// The raster of lanes. O(their bins).
pub(super) fn raster(lanes: &[&LaneSummary], wall: Wall) -> Raster {
    if wall.length_ns() == 0 {
        return Raster { first_ns: 0, width_ns: 1, count: 0, lanes: vec![Vec::new(); lanes.len()] };
    }
    let most = (MAX_CELLS / lanes.len().max(1) as i64).clamp(4, MAX_BINS);
    let level = summary::level_within(wall.unix_ns, most);
    let first = wall.unix_ns.0 >> level;
    Raster {
        first_ns: (first << level) - wall.unix_ns.0,
        width_ns: 1 << level,
        count: ((wall.unix_ns.1 >> level) - first + 1) as u32,
        lanes: lanes.par_iter().map(|lane| cells(lane, level, first)).collect(),
    }
}

/// The cells of a lane in bins of `level`, counted from `first`.
fn cells(lane: &LaneSummary, level: u32, first: i64) -> Vec<Cell> {
    let mut times: Vec<(i64, KeyId, i64)> = lane.bins_at(level).collect();
    times.sort_unstable();
    (times.chunk_by(|one, next| one.0 == next.0))
        .map(|bin| {
            let by_key = bin.chunk_by(|one, next| one.1 == next.1);
            let of_key = by_key.map(|times| (times.iter().map(|time| time.2).sum::<i64>(), times[0].1));
            let (_, key) = of_key.max_by_key(|&(ns, key)| (ns, Reverse(key))).expect("a chunk is not empty");
            // What is spread over the parts of a coarse bin is rounded for each key.
            let busy_ns = bin.iter().map(|time| time.2).sum::<i64>().min(1 << level);
            Cell { bin: (bin[0].0 - first) as u32, key, busy_ns }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace};
    use proptest::prelude::*;

    /// Each lane's cells as `bin:task busy`.
    #[track_caller]
    fn check(lanes: &[&str], expected: &[&str]) {
        let trace = drawn::milliseconds(lanes);
        let raster = of_trace(&trace).raster;
        let name = |cell: &Cell| trace.keys().name(trace.keys().key(cell.key).task);
        let shown =
            |cell: &Cell| format!("{}:{} {}", cell.bin, name(cell), cell.busy_ns * 100 / raster.width_ns);
        let lanes: Vec<String> =
            raster.lanes.iter().map(|cells| cells.iter().map(shown).collect::<Vec<_>>().join(", ")).collect();
        assert_eq!(lanes, expected, "bins of {} ns from {}", raster.width_ns, raster.first_ns);
    }

    #[test]
    fn a_bin_has_the_task_that_was_innermost_for_most_of_it_and_how_busy_it_was() {
        // The drawn traces begin at the epoch, and a second has 954 bins of 2^20 ns.
        check(&["a(0..1) b(1000..1001)"], &["0:a 95, 953:b 32, 954:b 62"]);
        check(&["a(0..2) b(1..2) z(1000..1000)"], &["0:a 100, 1:b 90"]);
        check(&["z(0..1000)", "a(1..2) b(1..2) c(500..)"], &[&whole("z", 953), "0:b 4, 1:b 90"]);
    }

    fn whole(task: &str, bins: u32) -> String {
        let full = (0..bins).map(|bin| format!("{bin}:{task} 100, ")).collect::<String>();
        format!("{full}{bins}:{task} 67")
    }

    #[test]
    fn what_takes_no_time_has_no_cell() {
        check(&["a(0..0) b(5..)", "c(7..7)"], &["", ""]);
        check(&["a(0..0)"], &[""]);
        check(&[], &[]);
    }

    #[test]
    fn thousands_of_lanes_have_fewer_bins_each() {
        let lanes = vec![vec![(0, Some(1 << 40), 1)]; 4096];
        let raster = of_trace(&drawn::numbers(&lanes)).raster;
        let cells: usize = raster.lanes.iter().map(Vec::len).sum();
        assert!(raster.count > 128 && raster.count as usize * 4096 <= 1 << 21, "{}", raster.count);
        assert!(cells > 1 << 19, "{cells}");
    }

    #[test]
    fn a_trace_as_long_as_time_overflows_nothing() {
        let raster = of_trace(&drawn::numbers(&[vec![(i64::MIN, Some(i64::MAX), 0)]])).raster;
        let busy: i128 = raster.lanes[0].iter().map(|cell| i128::from(cell.busy_ns)).sum();
        assert_eq!(busy, i128::from(crate::model::Time::LATEST.ns()));
    }

    proptest! {
        #[test]
        fn cells_are_in_order_and_sum_to_the_busy_time(
            lanes in prop::collection::vec(
                prop::collection::vec(
                    (0i64..400, 0i64..200, 0u8..6, 0u8..4)
                        .prop_map(|(start, length, ends, task)| (start, (ends > 0).then_some(start + length), task)),
                    1..40,
                ),
                1..4,
            ),
            unit in 1i64..1 << 40,
        ) {
            let scaled: Vec<Vec<_>> = lanes.iter()
                .map(|lane| lane.iter().map(|&(start, end, task)| (start * unit, end.map(|end| end * unit), task)).collect())
                .collect();
            let analysis = of_trace(&drawn::numbers(&scaled));
            let raster = &analysis.raster;
            for cells in &raster.lanes {
                prop_assert!(cells.is_sorted_by(|one, next| one.bin < next.bin));
                prop_assert!(cells.iter().all(|cell| cell.bin < raster.count && (1..=raster.width_ns).contains(&cell.busy_ns)));
            }
            let busy_ns: i128 = raster.lanes.iter().flatten().map(|cell| i128::from(cell.busy_ns)).sum();
            prop_assert_eq!(busy_ns, analysis.busy_ns);
        }
    }
}
