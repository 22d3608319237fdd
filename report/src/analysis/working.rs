//! Working or waiting: how many lanes were in spans, how many cores were used, and what the others waited for.
//!
//! Takes the summaries of lanes, and what is known of the machine. Gives the fact about it, if it is worth a sentence.
//! A span that waits around other lanes is left out: what it waited for is there.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::concurrency::{self, Bins};
use super::cpu_use::CpuUse;
use super::division::Division;
use super::statistics::TaskRows;
use super::umbrella::{self, Counted};
use super::wall::Wall;
use crate::model::summary::LaneSummary;
use crate::model::{KeyId, Keys};

/// Waiting is worth a sentence from 1/20 of the busy time on.
const WAIT_PART: i128 = 20;

/// Lanes use all cores if they use more than this part of them.
const ALL_CORES: f64 = 0.9;

/// How lanes worked and waited. Averages are over the wall time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Working {
    /// The mean number of lanes that were in spans.
    pub lanes: f64,
    /// What they did.
    pub division: Division,
    /// The cores that were used, on average: by the spans, or by the run if few spans have CPU times.
    pub cores_used: Option<f64>,
    /// Whether `cores_used` comes from the CPU times of spans.
    pub is_of_spans: bool,
    /// The task with the most declared wait, and how long it waited, in ns.
    pub wait: Option<(usize, i128)>,
    /// The task that was off the CPU for longest, and how long, in ns.
    pub off_cpu: Option<(usize, i128)>,
    /// Whether lanes were off the CPU because they waited for a core.
    pub crowd: Crowd,
    /// Whether lanes waited for at least half of their busy time.
    pub is_mostly_waiting: bool,
    /// A task that waited around other lanes. Its time is left out here.
    pub around: Option<usize>,
    /// The number of further tasks of this kind.
    pub more_around: usize,
    /// What is known of the run's processes and of the machine.
    pub(crate) used: CpuUse,
}

/// Whether lanes that were off the CPU waited for a core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    /// Other lanes did not use all cores meanwhile, or the system says that threads waited for something else.
    No,
    /// Most of the time other lanes used all cores. The system does not say whether threads waited for one.
    Perhaps,
    /// The same, and the system says so of as much time.
    Yes,
}

/// What the fact is about.
pub(super) struct Subject<'a> {
    pub(super) lanes: &'a [&'a LaneSummary],
    /// The process of each lane.
    pub(super) processes: &'a [usize],
    pub(super) keys: &'a Keys,
    pub(super) rows: &'a TaskRows,
    pub(super) task_count: usize,
    pub(super) wall: Wall,
    pub(super) bins: Bins,
    pub(super) used: CpuUse,
    /// The lane and the key of a span around all other lanes. If its CPU time is not known, it may have waited for
    /// them.
    pub(super) around: Option<(usize, KeyId)>,
}

/// How lanes worked and waited; `None` if they waited for less than 1/20 of their time, as far as is known.
pub(super) fn working(of: &Subject<'_>) -> Option<Working> {
    let left_out = left_out(of);
    let rows = rows_by_time(&left_out, of);
    let around = rows.first().copied();
    let counted = Counted::without(of.lanes, &left_out);
    let lanes = counted.lanes();
    let mut division = Division::default();
    lanes.iter().for_each(|lane| division += Division::of_lane(lane, of.keys));
    let (busy_ns, wall_ns) = (division.busy_ns(), i128::from(of.wall.length_ns()));
    if busy_ns == 0 {
        return None;
    }
    let mean = |ns: i128| ns as f64 / wall_ns as f64;
    let is_of_spans = division.on_cpu_part().is_some();
    // In spans, but not on a CPU: at least so long, since no more CPU time was used.
    let used_ns = of.used.cpu_ns.filter(|_| !is_of_spans).map(i128::from);
    let by_run_ns = used_ns.map_or(0, |used_ns| busy_ns - division.wait_ns - used_ns);
    let is_mostly_waiting = 2 * (division.wait_ns + division.off_cpu_ns.max(by_run_ns)) >= busy_ns;
    let by_row = by_row(&lanes, of);
    (is_mostly_waiting || division.idle_ns() * WAIT_PART >= busy_ns).then(|| Working {
        lanes: mean(busy_ns),
        division,
        cores_used: if is_of_spans { Some(mean(division.on_cpu_ns)) } else { of.used.mean_cores() },
        is_of_spans,
        wait: most(&by_row, |division| division.wait_ns),
        off_cpu: most(&by_row, |division| division.off_cpu_ns),
        crowd: crowd(&lanes, of, division.off_cpu_ns),
        is_mostly_waiting,
        around,
        more_around: rows.len().saturating_sub(1),
        used: of.used,
    })
}

/// What waited around other lanes: indices of lanes, with keys of theirs.
fn left_out(of: &Subject<'_>) -> Vec<(usize, KeyId)> {
    let mut left_out = umbrella::waiting(of.lanes, of.processes, of.keys);
    let is_known = |(lane, key): (usize, KeyId)| Division::of_key(of.lanes[lane], key, of.keys).has_cpu();
    left_out.extend(of.around.filter(|around| !is_known(*around) && !left_out.contains(around)));
    left_out
}

/// The rows of the table of some keys of lanes, the one with the most time first.
fn rows_by_time(keys: &[(usize, KeyId)], of: &Subject<'_>) -> Vec<usize> {
    let mut by_row: BTreeMap<usize, i128> = BTreeMap::new();
    for &(lane, key) in keys {
        let row = of.rows.of(key).expect("a key of a lane has a row");
        *by_row.entry(row).or_default() += Division::of_key(of.lanes[lane], key, of.keys).busy_ns();
    }
    let mut rows: Vec<usize> = by_row.keys().copied().collect();
    rows.sort_by_key(|row| Reverse(by_row[row])); // stable: ties in the order of the table
    rows
}

/// What the lanes did in each row of the table.
fn by_row(lanes: &[&LaneSummary], of: &Subject<'_>) -> Vec<Division> {
    let mut by_row = vec![Division::default(); of.task_count];
    for (_, key, piece) in lanes.iter().flat_map(|lane| Division::pieces(lane, lane.level(), of.keys)) {
        by_row[of.rows.of(key).expect("a bin's key is one of its lane's")] += piece;
    }
    by_row
}

/// The row with the most of something; the first of the table if several are equal. `None` if no row has any.
fn most(by_row: &[Division], what: impl Fn(&Division) -> i128) -> Option<(usize, i128)> {
    let rows = by_row.iter().map(what).enumerate().filter(|&(_, ns)| ns > 0);
    rows.max_by_key(|&(row, ns)| (ns, Reverse(row)))
}

/// Whether the lanes were off the CPU when they themselves used all cores, and whether for that reason.
fn crowd(lanes: &[&LaneSummary], of: &Subject<'_>, off_cpu_ns: i128) -> Crowd {
    let is_most = |ns: i128| off_cpu_ns > 0 && 2 * ns >= off_cpu_ns;
    let Some(cores) = of.used.cores else { return Crowd::No };
    let divisions = concurrency::concurrency(lanes, of.keys, of.bins).divisions;
    let crowded = divisions.iter().enumerate().filter(|&(bin, division)| {
        let (from_ns, to_ns) = of.bins.stretch(bin..bin + 1);
        let all_ns = i128::from(to_ns - from_ns) * i128::from(cores);
        division.on_cpu_ns as f64 >= all_ns as f64 * ALL_CORES
    });
    if !is_most(crowded.map(|(_, division)| division.off_cpu_ns).sum()) {
        return Crowd::No;
    }
    match of.used.run_queue_ns.map(i128::from) {
        None => Crowd::Perhaps,
        Some(queued_ns) if is_most(queued_ns) => Crowd::Yes,
        Some(_) => Crowd::No,
    }
}
