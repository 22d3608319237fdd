//! An umbrella, a span around all others: that of a program which starts others and waits for them, for example.
//!
//! Takes the summaries of lanes and their table. Gives that span, and the lanes without it, for the facts that would
//! otherwise be about nothing else. Figures come from all lanes.

use std::borrow::Cow;

use super::statistics::{TaskRows, TaskStatistics};
use crate::model::KeyId;
use crate::model::summary::{LaneSummary, union};

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
        let mut counted = Counted {
            lanes: Vec::with_capacity(lanes.len()),
            extents: Vec::with_capacity(lanes.len()),
            index: Vec::with_capacity(lanes.len()),
            around: around.map(|around| around.task),
        };
        for (index, &lane) in lanes.iter().enumerate() {
            let mut lane = Cow::Borrowed(lane);
            let mut extent_ns = Some(lane.extent_ns);
            if let Some(around) = around.filter(|around| around.lane == index) {
                let lane = lane.to_mut();
                lane.keys.retain(|key| key.key != around.key);
                lane.bins.retain(|bin| bin.key != around.key);
                lane.cpu.retain(|bin| bin.key != around.key);
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
