//! Merging: from the rows of lanes to one summary, and to the trace of the rows that are kept.
//!
//! Takes lanes one by one, as sources read them; each is selected from and summarised at once. Gives the same whatever
//! the order of the lanes. Reads no file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::one_pid;
use super::selection::Chosen;
use super::splitting::Splitting;
use crate::analysis::{self, Splits, Tracks};
use crate::model::{
    Counters, Keys, LaneIdentity, MOST_NAMES, ProcessIdentity, SampleRows, Samples, Spans, Summary, Trace,
    add_samples,
};
use crate::sources::LaneRows;
use crate::text::{Problems, units};

pub(super) type Identity = (ProcessIdentity, LaneIdentity);

/// A lane's spans, in the model's order and in ns since the Unix epoch.
pub(super) struct Kept {
    keys: Arc<Keys>,
    spans: Spans,
    tracks: Tracks,
}

impl Kept {
    /// Whether it matches the lane in the summary. Files change while a program records.
    pub(super) fn is_of(&self, summary: &Summary, (process, lane): &Identity) -> bool {
        summary.lane(process, lane).is_some_and(|of| of.row_count() == self.spans.len() as u64)
            && self.keys.ids().all(|id| summary.keys().find(&self.keys, id).is_some())
    }
}

pub(super) struct Taken {
    pub(super) identity: Identity,
    pub(super) summary: Summary,
    pub(super) left_out: u64,
    /// Number of attributes that were left out.
    pub(super) attributes_left_out: u64,
    pub(super) kept: Option<Kept>,
    /// Why the lane may be of two processes.
    pub(super) doubt: Option<String>,
}

/// Lanes and summaries, merged.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) summary: Summary,
    pub(super) splits: Splits,
    pub(super) rows: BTreeMap<Identity, Kept>,
    pub(super) left_out: u64,
    /// Lanes that are also in a summary: the rows here are only a part of theirs.
    pub(super) partial: BTreeSet<Identity>,
    pub(super) problems: Problems,
}

impl Merged {
    pub(super) fn add_lane(&mut self, taken: Taken) {
        self.summary.merge(taken.summary);
        self.left_out += taken.left_out;
        if let Some(doubt) = taken.doubt {
            self.problems.add(Path::new(&taken.identity.0.identity), None, doubt);
        }
        if taken.attributes_left_out > 0 {
            let message = format!(
                "{} left out: a lane has at most {} names of attributes",
                units::counted(taken.attributes_left_out, "attribute"),
                units::count(MOST_NAMES as u64)
            );
            self.problems.add(Path::new(&taken.identity.1.identity), None, message);
        }
        self.rows.extend(taken.kept.map(|kept| (taken.identity, kept)));
    }

    /// Adds profiles and timings. A window of time leaves out none of them.
    pub(super) fn add_timeless(&mut self, mut timeless: Summary, chosen: &Chosen) {
        timeless.retain(|keys, key| chosen.wants(keys, key), |_| true);
        self.summary.merge(timeless);
    }

    pub(super) fn add_summary(&mut self, mut read: Summary, chosen: &Chosen) {
        let all = read.span_count();
        read.retain(|keys, key| chosen.wants(keys, key), |group| chosen.wants_group(group));
        self.left_out += all - read.span_count();
        self.splits.add_summary(&read);
        self.partial.extend(read.lanes().map(|(process, lane, _)| (process.clone(), lane.clone())));
        self.summary.merge(read);
    }
}

/// Summarises and splits a lane. `keep` gets its number of rows and returns whether to keep them.
pub(super) fn take(
    lane: LaneRows,
    chosen: &Chosen,
    splitting: &Splitting<'_>,
    keep: impl Fn(u64) -> bool,
) -> Taken {
    let LaneRows { process, lane, mut rows } = lane;
    let all = rows.span_count();
    chosen.keep(&mut rows);
    let left_out = (all - rows.span_count()) as u64;
    let offset_s = rows.offset_s;
    let (keys, spans) = rows.sorted();
    let doubt = one_pid::doubt(&process, &lane, &keys, &spans);
    let identity = (process, lane);
    let (summary, tracks) = analysis::summarise(identity.clone(), &keys, &spans, offset_s);
    splitting.add(&keys, &spans);
    let attributes_left_out = spans.attributes().left_out();
    let kept = keep(spans.len() as u64).then_some(Kept { keys, spans, tracks });
    Taken { identity, summary, left_out, attributes_left_out, kept, doubt }
}

/// The lanes that fit in `detail` rows together: those with the fewest rows first, ties by identity.
pub(super) fn lanes_within(summary: &Summary, detail: u64) -> BTreeSet<LaneIdentity> {
    let mut lanes: Vec<(u64, &LaneIdentity)> =
        summary.lanes().map(|(_, lane, of)| (of.row_count(), lane)).collect();
    lanes.sort();
    let mut rows = 0_u64;
    let is_within = |(count, _): &&(u64, &LaneIdentity)| {
        rows = rows.saturating_add(*count);
        rows <= detail
    };
    lanes.iter().take_while(is_within).map(|(_, lane)| (*lane).clone()).collect()
}

/// The wanted samples, also added to the summary. They are thinned when there are more than `detail`, and when the
/// input contains summaries with counters, which have only thinned ones.
pub(super) fn counters(
    summary: &mut Summary,
    samples: Vec<(ProcessIdentity, SampleRows)>,
    chosen: &Chosen,
    detail: u64,
) -> Counters {
    let read = summary.counters().len();
    let earliest = samples.iter().filter_map(|(_, rows)| Some((rows.first_ns()?, rows.offset_s))).min();
    let mut counters = Counters::new();
    for (process, rows) in samples {
        add_samples(&mut counters, &process, rows);
    }
    chosen.keep_samples(&mut counters, summary.lanes_extent_ns());
    summary.merge(Summary::of_counters(&counters, earliest));
    if read == 0 && summary.sample_count() <= detail {
        return counters;
    }
    (summary.counters())
        .map(|(process, group, name, thinned)| {
            ((process.clone(), group.to_owned(), name.to_owned()), Samples::from_iter(thinned.samples()))
        })
        .collect()
}

/// The trace of the kept rows, and where to draw its spans.
pub(super) fn trace(
    summary: &Summary,
    rows: BTreeMap<Identity, Kept>,
    counters: Counters,
) -> (Trace, Vec<Tracks>) {
    let mut tracks_of: BTreeMap<Identity, Tracks> = BTreeMap::new();
    let rows = (rows.into_iter())
        .map(|(identity, Kept { keys, spans, tracks })| {
            tracks_of.insert(identity.clone(), tracks);
            (identity, (keys, spans))
        })
        .collect();
    let trace = Trace::of_summary(summary, rows, counters);
    let tracks = (trace.lanes().iter())
        .map(|lane| {
            let identity = (trace.processes()[lane.process].identity.clone(), lane.identity.clone());
            tracks_of.remove(&identity).unwrap_or_else(|| Tracks::new(trace.keys(), &lane.spans))
        })
        .collect();
    (trace, tracks)
}

/// Cuts and reports lanes that were busy for longer than possible.
pub(super) fn add_doubled(summary: &mut Summary, problems: &mut Problems) {
    for lane in summary.cut_doubled() {
        let message = "was busy for longer than there was time, so its busy time is cut: it came twice, or two lanes \
                       have this name";
        problems.add(Path::new(&lane.identity), None, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::SplitBy;
    use crate::model::Rows;
    use crate::reading::Selection;

    /// A lane with spans of these tasks.
    fn lane(tasks: &[&str]) -> LaneRows {
        let mut rows = Rows::new();
        for (index, task) in tasks.iter().enumerate() {
            let key = rows.keys.intern("g", task, None);
            rows.push(10 * index as i64, Some(10 * index as i64 + 5), key);
        }
        let process = ProcessIdentity { identity: "p".into(), ..Default::default() };
        LaneRows {
            process,
            lane: LaneIdentity { identity: "l".into(), thread: "l".into(), ..Default::default() },
            rows,
        }
    }

    #[test]
    fn rows_that_changed_since_they_were_summarised_are_not_shown() {
        let chosen = Selection::default().chosen(0);
        let first = take(lane(&["a", "b"]), &chosen, &Splitting::new(&SplitBy::default()), |_| true);
        for (again, is_same) in
            [(vec!["a", "b"], true), (vec!["a", "b", "b"], false), (vec!["a", "new"], false)]
        {
            let again = take(lane(&again), &chosen, &Splitting::new(&SplitBy::default()), |_| true);
            assert_eq!(again.kept.unwrap().is_of(&first.summary, &again.identity), is_same);
        }
    }
}
