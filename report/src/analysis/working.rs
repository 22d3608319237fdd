//! Working or waiting: how many lanes were in spans, how many cores were used, and what the others waited for.
//!
//! Takes the summaries of lanes, and what is known of the machine. Gives the fact about it, if it is worth a sentence.
//! A span that waits around other lanes is left out: what it waited for is there.

use std::cmp::Reverse;

use super::concurrency::{self, Bins};
use super::cpu_use::{ALL_CORES, CpuUse};
use super::division::Division;
use super::statistics::TaskRows;
use super::umbrella::{self, Counted};
use super::wall::Wall;
use crate::model::Keys;
use crate::model::summary::LaneSummary;

/// Waiting is worth a sentence from 1/20 of the busy time on.
const WAIT_PART: i128 = 20;

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
    /// Whether most of the time off the CPU was when all CPUs were in use: then threads waited for one.
    pub is_crowded: bool,
    /// Whether lanes waited for at least half of their busy time.
    pub is_mostly_waiting: bool,
    /// A task that waited around other lanes. Its time is left out here.
    pub around: Option<usize>,
    /// What is known of the run's processes and of the machine.
    pub(crate) used: CpuUse,
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
}

/// How lanes worked and waited; `None` if they waited for less than 1/20 of their time, as far as is known.
pub(super) fn working(of: &Subject<'_>) -> Option<Working> {
    let left_out = umbrella::waiting(of.lanes, of.processes, of.keys);
    let around = left_out.first().and_then(|&(_, key)| of.rows.of(key));
    let counted = Counted::without(of.lanes, &left_out, around);
    let lanes = counted.lanes();
    let mut division = Division::default();
    lanes.iter().for_each(|lane| division += Division::of_lane(lane, of.keys));
    let (busy_ns, wall_ns) = (division.busy_ns(), i128::from(of.wall.length_ns()));
    if busy_ns == 0 {
        return None;
    }
    let mean = |ns: i128| ns as f64 / wall_ns as f64;
    // Of little time with CPU times, nothing is concluded for all of it.
    let is_known = 2 * division.known_ns() >= busy_ns - division.wait_ns;
    let cores_used = if is_known { Some(mean(division.on_cpu_ns)) } else { of.used.mean_cores() };
    // In spans, but not on a CPU: at least so long, since no more CPU time was used.
    let by_run_ns = of
        .used
        .cpu_ns
        .filter(|_| !is_known)
        .map_or(0, |used_ns| busy_ns - division.wait_ns - i128::from(used_ns));
    let idle_ns = division.wait_ns + division.off_cpu_ns.max(by_run_ns);
    let by_row = by_row(&lanes, of);
    (idle_ns * WAIT_PART >= busy_ns).then(|| Working {
        lanes: mean(busy_ns),
        division,
        cores_used,
        is_of_spans: is_known,
        wait: most(&by_row, |division| division.wait_ns),
        off_cpu: most(&by_row, |division| division.off_cpu_ns),
        is_crowded: is_crowded(&lanes, of, division.off_cpu_ns),
        is_mostly_waiting: 2 * idle_ns >= busy_ns,
        around,
        used: of.used,
    })
}

/// What the lanes did in each row of the table.
fn by_row(lanes: &[&LaneSummary], of: &Subject<'_>) -> Vec<Division> {
    let mut by_row = vec![Division::default(); of.task_count];
    let row = |key| of.rows.of(key).expect("a bin's key is one of its lane's");
    for bin in lanes.iter().flat_map(|lane| &lane.bins) {
        by_row[row(bin.key)].add_busy(of.keys.key(bin.key).is_wait(), bin.busy_ns);
    }
    for cpu in lanes.iter().flat_map(|lane| &lane.cpu) {
        by_row[row(cpu.key)].add_cpu(of.keys.key(cpu.key).is_wait(), cpu.known_ns, cpu.cpu_ns);
    }
    by_row
}

/// The row with the most of something; the first of the table if several are equal. `None` if no row has any.
fn most(by_row: &[Division], what: impl Fn(&Division) -> i128) -> Option<(usize, i128)> {
    let rows = by_row.iter().map(what).enumerate().filter(|&(_, ns)| ns > 0);
    rows.max_by_key(|&(row, ns)| (ns, Reverse(row)))
}

/// Whether most of the time off the CPU was for want of one: the system says so, or all CPUs were in use, by these lanes
/// or by others, too.
fn is_crowded(lanes: &[&LaneSummary], of: &Subject<'_>, off_cpu_ns: i128) -> bool {
    let is_most = |ns: i128| off_cpu_ns > 0 && 2 * ns >= off_cpu_ns;
    if of.used.is_full() || of.used.run_queue_ns.map(i128::from).is_some_and(is_most) {
        return off_cpu_ns > 0;
    }
    let Some(cores) = of.used.cores else { return false };
    let divisions = concurrency::concurrency(lanes, of.keys, of.bins).divisions;
    let crowded = divisions.iter().enumerate().filter(|&(bin, division)| {
        let (from_ns, to_ns) = of.bins.stretch(bin..bin + 1);
        let all_ns = i128::from(to_ns - from_ns) * i128::from(cores);
        division.on_cpu_ns as f64 >= all_ns as f64 * ALL_CORES
    });
    is_most(crowded.map(|(_, division)| division.off_cpu_ns).sum())
}
