//! An umbrella, a span around all others: that of a program which starts others and waits for them, for example.
//!
//! Takes the summaries of lanes and their table. Gives that span, and the lanes without it, for the facts that would
//! otherwise be about nothing else. Figures come from all lanes.
//!
//! Where CPU times or declared waits show that such a span waits, it may also be one around the lanes of its process.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::division::Division;
use super::statistics::{TaskRows, TaskStatistics};
use crate::model::summary::{KeySummary, LaneSummary, union};
use crate::model::{KeyId, Keys};

/// A span around all other lanes. Whether it waits for them is not known: so its time keeps its place in every figure,
/// and a fact that leaves it out says so.
pub(super) struct Umbrella {
    lane: usize,
    key: KeyId,
    pub(super) task: usize,
}

impl Umbrella {
    /// The one span of its task, if it contains all other lanes, at least two, and these were busy for half as long
    /// as it ran.
    pub(super) fn of(lanes: &[&LaneSummary], tasks: &[TaskStatistics], rows: &TaskRows) -> Option<Umbrella> {
        let others = |lane: usize| {
            let all = lanes.iter().enumerate();
            all.filter(move |&(other, _)| other != lane).map(|(_, other)| other)
        };
        let (lane, key, task) = (lanes.iter().enumerate())
            .filter(|_| lanes.len() > 2)
            .flat_map(|(lane, of)| of.keys.iter().map(move |key| (lane, key)))
            .filter_map(|(lane, key)| Some((lane, key, rows.of(key.key)?)))
            .find(|&(lane, key, task)| {
                (tasks[task].count, tasks[task].unfinished) == (1, 0)
                    && others(lane).all(|other| union(other.extent_ns, key.extent_ns) == key.extent_ns)
            })?;
        let others_ns: i128 = others(lane).map(|other| other.busy_ns()).sum();
        (2 * others_ns >= key.total_ns).then_some(Umbrella { lane, key: key.key, task })
    }
}

/// The spans that wait around other lanes: each is the only one of its key in the trace or in its process, contains all
/// other lanes there, and waits or is off the CPU for at least half of its own time; and the others were busy for
/// half as long as it ran. As indices of lanes, with the keys. `processes` are those of the lanes.
pub(super) fn waiting(lanes: &[&LaneSummary], processes: &[usize], keys: &Keys) -> Vec<(usize, KeyId)> {
    let mut of_process: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    processes
        .iter()
        .enumerate()
        .for_each(|(lane, &process)| of_process.entry(process).or_default().push(lane));
    let all = (of_process.len() > 1).then(|| (0..lanes.len()).collect());
    let mut found = Vec::new();
    for group in of_process.into_values().chain(all).filter(|group| group.len() > 1) {
        let busy_ns: i128 = group.iter().map(|&lane| lanes[lane].busy_ns()).sum();
        for (place, &lane) in group.iter().enumerate() {
            let others = || group[..place].iter().chain(&group[place + 1..]).map(|&other| lanes[other]);
            let is_around = |key: &&KeySummary| {
                (key.count, key.unfinished) == (1, 0)
                    && 2 * (busy_ns - lanes[lane].busy_ns()) >= key.total_ns
                    && others().all(|other| union(other.extent_ns, key.extent_ns) == key.extent_ns)
                    && others().all(|other| other.keys.iter().all(|of| of.key != key.key))
            };
            let waits = |key: &KeySummary| {
                let division = Division::of_key(lanes[lane], key.key, keys);
                2 * division.idle_ns() >= division.busy_ns()
            };
            let around = lanes[lane].keys.iter().filter(is_around).filter(|key| waits(key));
            found.extend(around.map(|key| (lane, key.key)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The lanes that a fact counts, and their extents in ns since the Unix epoch.
pub(super) struct Counted<'a> {
    lanes: Vec<Cow<'a, LaneSummary>>,
    pub(super) extents: Vec<(i64, i64)>,
    /// Index of each in the trace.
    pub(super) index: Vec<usize>,
    /// The task whose span they leave out.
    pub(super) around: Option<usize>,
}

impl<'a> Counted<'a> {
    pub(super) fn of(lanes: &[&'a LaneSummary], around: Option<&Umbrella>) -> Counted<'a> {
        let left_out: Vec<(usize, KeyId)> = around.iter().map(|around| (around.lane, around.key)).collect();
        Counted::without(lanes, &left_out, around.map(|around| around.task))
    }

    /// The lanes without some keys, each of the lane with this index. `around` is the task that the fact names for it.
    pub(super) fn without(
        lanes: &[&'a LaneSummary],
        left_out: &[(usize, KeyId)],
        around: Option<usize>,
    ) -> Counted<'a> {
        let mut counted = Counted {
            lanes: Vec::with_capacity(lanes.len()),
            extents: Vec::with_capacity(lanes.len()),
            index: Vec::with_capacity(lanes.len()),
            around,
        };
        for (index, &lane) in lanes.iter().enumerate() {
            let mut lane = Cow::Borrowed(lane);
            let mut extent_ns = Some(lane.extent_ns);
            let own: Vec<KeyId> =
                left_out.iter().filter(|&&(of, _)| of == index).map(|&(_, key)| key).collect();
            if !own.is_empty() {
                let lane = lane.to_mut();
                lane.keys.retain(|key| !own.contains(&key.key));
                lane.bins.retain(|bin| !own.contains(&bin.key));
                lane.cpu.retain(|bin| !own.contains(&bin.key));
                extent_ns = lane.keys.iter().map(|key| key.extent_ns).reduce(union);
            }
            let Some(extent_ns) = extent_ns else { continue };
            counted.lanes.push(lane);
            counted.extents.push(extent_ns);
            counted.index.push(index);
        }
        counted
    }

    pub(super) fn lanes(&self) -> Vec<&LaneSummary> {
        self.lanes.iter().map(AsRef::as_ref).collect()
    }
}
