//! An umbrella, a span around all others: that of a program which starts others and waits for them, for example.
//!
//! Takes the summaries of lanes and their table. Gives that span, and the lanes without it, for the facts that would
//! otherwise be about nothing else. Figures come from all lanes.
//!
//! Where CPU times or declared waits show that a lane waits in such a span, it may also be one around the lanes of its
//! process.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::division::Division;
use super::statistics::{TaskRows, TaskStatistics};
use crate::model::summary::LaneSummary;
use crate::model::union;
use crate::model::{KeyId, Keys};

/// A span around all other lanes. Whether it waits for them is not known: so its time keeps its place in every figure,
/// and a fact that leaves it out says so.
pub(super) struct Umbrella {
    pub(super) lane: usize,
    pub(super) key: KeyId,
    pub(super) task: usize,
}

impl Umbrella {
    /// The one span of its task, if it contains all other lanes, at least two, and these were busy for half as long
    /// as it ran.
    pub(super) fn of(lanes: &[&LaneSummary], tasks: &[TaskStatistics], rows: &TaskRows) -> Option<Umbrella> {
        let with_spans = || lanes.iter().enumerate().filter(|(_, lane)| lane.has_spans());
        let others =
            |lane: usize| with_spans().filter(move |&(other, _)| other != lane).map(|(_, other)| other);
        let is_enough = with_spans().nth(2).is_some();
        let (lane, key, task) = (lanes.iter().enumerate())
            .filter(|_| is_enough)
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

/// The waits of lanes for other lanes: as indices of lanes, with keys of theirs that waited for at least half of their
/// time. Such a lane has one span that contains all other lanes of the trace or of its process, and waited for at least
/// half of its busy time, as far as is known; the others were busy for half as long as that span ran. `processes` are
/// those of the lanes.
pub(super) fn waiting(lanes: &[&LaneSummary], processes: &[usize], keys: &Keys) -> Vec<(usize, KeyId)> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (lane, &process) in processes.iter().enumerate().filter(|&(lane, _)| lanes[lane].has_spans()) {
        groups.entry(process).or_default().push(lane);
    }
    let all = (groups.len() > 1).then(|| groups.values().flatten().copied().collect());
    let groups: Vec<Vec<usize>> = groups.into_values().chain(all).filter(|group| group.len() > 1).collect();
    let busy_ns: Vec<i128> = lanes.iter().map(|lane| lane.busy_ns()).collect();
    let waited = |division: Division| division.idle_ns() > 0 && 2 * division.idle_ns() >= division.busy_ns();
    let is_around = |lane: usize| {
        groups.iter().filter(|group| group.contains(&lane)).any(|group| {
            let others = || group.iter().copied().filter(|&other| other != lane);
            let others_ns: i128 = others().map(|other| busy_ns[other]).sum();
            lanes[lane].keys.iter().any(|key| {
                (key.count, key.unfinished) == (1, 0)
                    && 2 * others_ns >= key.total_ns
                    && others().map(|other| lanes[other]).all(|other| {
                        union(other.extent_ns, key.extent_ns) == key.extent_ns
                            && other.keys.iter().all(|of| of.key != key.key)
                    })
            })
        })
    };
    (0..lanes.len())
        .filter(|&lane| waited(Division::of_lane(lanes[lane], keys)) && is_around(lane))
        .flat_map(|lane| lanes[lane].keys.iter().map(move |key| (lane, key.key)))
        .filter(|&(lane, key)| waited(Division::of_key(lanes[lane], key, keys)))
        .collect()
}

/// The lanes that a fact counts, all of which have spans, and their extents in ns since the Unix epoch.
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
        Counted { around: around.map(|around| around.task), ..Counted::without(lanes, &left_out) }
    }

    /// The lanes without some keys, each of the lane with this index.
    pub(super) fn without(lanes: &[&'a LaneSummary], left_out: &[(usize, KeyId)]) -> Counted<'a> {
        let mut counted = Counted {
            lanes: Vec::with_capacity(lanes.len()),
            extents: Vec::with_capacity(lanes.len()),
            index: Vec::with_capacity(lanes.len()),
            around: None,
        };
        for (index, &lane) in lanes.iter().enumerate().filter(|(_, lane)| lane.has_spans()) {
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
