//! From inputs to what a report shows: their summary, and the rows of as many lanes as are wanted.
//!
//! Takes inputs and a selection; every lane is summarised as soon as its rows are there. Its rows are kept as long as
//! there are no more than the detail that was asked for; when there are, which lanes keep theirs is decided by the
//! summary alone, and those are read again. So memory is bounded by the files in flight, the lanes' summaries and the
//! detail, but for the samples of counters and PerformancePy's rows, which all stay until the end; and the result
//! depends neither on the order of reading nor on the number of threads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::analysis::{self, Tracks};
use crate::model::{
    Counters, Keys, LaneIdentity, ProcessIdentity, SampleRows, Samples, Spans, Summary, Trace, add_samples,
};
use crate::outputs::Shown;
use crate::selection::{Chosen, Selection};
use crate::sources::{Error, Input, LaneRows, Problems, Read};

/// What was loaded.
pub(crate) struct Loaded {
    /// Of everything that is wanted.
    pub(crate) summary: Summary,
    /// Its lanes, with their rows as far as these are kept.
    pub(crate) shown: Shown,
    /// What was wrong with the input.
    pub(crate) problems: Problems,
    /// How many spans are not wanted.
    pub(crate) left_out: u64,
    /// Whether some of it was read from summaries.
    pub(crate) is_of_summaries: bool,
}

type Identity = (ProcessIdentity, LaneIdentity);

/// A lane's spans, in the model's order and in ns since the Unix epoch.
struct Kept {
    keys: Arc<Keys>,
    spans: Spans,
    tracks: Tracks,
}

impl Kept {
    /// Whether it is what the summary knows of the lane: while a program records, its files change.
    fn is_of(&self, summary: &Summary, (process, lane): &Identity) -> bool {
        summary.lane(process, lane).is_some_and(|of| of.span_count() == self.spans.len() as u64)
            && self.keys.ids().all(|id| summary.keys().find(&self.keys, id).is_some())
    }
}

/// What is made of a lane.
struct Taken {
    identity: Identity,
    summary: Summary,
    left_out: u64,
    kept: Option<Kept>,
}

/// Reads and summarises what is wanted of `input`, and keeps at most `detail` rows. Nothing is merged with it later, so
/// lanes that cannot be what their rows say are problems, too.
pub(crate) fn load(
    input: &Input,
    assumed_offset_s: Option<i32>,
    selection: &Selection,
    detail: u64,
) -> Result<Loaded, Error> {
    let mut loaded = load_part(input, assumed_offset_s, selection, detail)?;
    tell_doubled(&loaded.summary, &mut loaded.problems);
    Ok(loaded)
}

fn load_part(
    input: &Input,
    assumed_offset_s: Option<i32>,
    selection: &Selection,
    detail: u64,
) -> Result<Loaded, Error> {
    let chosen =
        selection.chosen(if selection.needs_start() { first_start(input, assumed_offset_s)? } else { 0 });
    let count = AtomicU64::new(0);
    let read = input.lanes(
        assumed_offset_s,
        |_| true,
        |lane| take(lane, &chosen, |rows| count.fetch_add(rows, Ordering::Relaxed) + rows <= detail),
    )?;
    let Read { lanes, samples, summaries, problems, assumed, assumed_samples } = read;
    if !summaries.is_empty() && (assumed_offset_s.is_some() || selection.has_window()) {
        return Err(Error::NoRows);
    }

    let mut summary = Summary::new();
    let mut rows = BTreeMap::new();
    let mut left_out = 0;
    for taken in lanes {
        summary.merge(taken.summary);
        left_out += taken.left_out;
        rows.extend(taken.kept.map(|kept| (taken.identity, kept)));
    }
    let is_of_summaries = !summaries.is_empty();
    // Of a lane that a summary has too the rows here are not all.
    let mut partial: BTreeSet<Identity> = BTreeSet::new();
    for mut read in summaries {
        let all = read.span_count();
        read.retain(|keys, key| chosen.wants(keys, key), |group| chosen.wants_group(group));
        left_out += all - read.span_count();
        partial.extend(read.lanes().map(|(process, lane, _)| (process.clone(), lane.clone())));
        summary.merge(read);
    }
    summary.assumed += assumed;
    summary.assumed_samples += assumed_samples;
    if count.into_inner() > detail {
        rows.clear();
        rows = read_again(input, assumed_offset_s, &chosen, &lanes_within(&summary, detail))?;
        rows.retain(|identity, kept| kept.is_of(&summary, identity));
    }
    rows.retain(|identity, _| !partial.contains(identity));

    let counters = counters(&mut summary, samples, &chosen, detail);
    let shown = shown(&summary, rows, counters);
    Ok(Loaded { summary, shown, problems, left_out, is_of_summaries })
}

/// The first start of all spans; where there is none the first sample.
fn first_start(input: &Input, assumed_offset_s: Option<i32>) -> Result<i64, Error> {
    let read = input.lanes(assumed_offset_s, |_| true, |lane| lane.rows.first_ns())?;
    let of_samples = || read.samples.iter().filter_map(|(_, rows)| rows.first_ns()).min();
    Ok(read.lanes.into_iter().flatten().min().or_else(of_samples).unwrap_or(0))
}

/// Summarises a lane; `keep` is told how many rows it has and says whether they are kept.
fn take(lane: LaneRows, chosen: &Chosen, keep: impl Fn(u64) -> bool) -> Taken {
    let LaneRows { process, lane, mut rows } = lane;
    let all = rows.len();
    chosen.keep(&mut rows);
    let left_out = (all - rows.len()) as u64;
    let offset_s = rows.offset_s;
    let (keys, spans) = rows.sorted();
    let identity = (process, lane);
    let (summary, tracks) = analysis::summarise(identity.clone(), &keys, &spans, offset_s);
    let kept = keep(spans.len() as u64).then_some(Kept { keys, spans, tracks });
    Taken { identity, summary, left_out, kept }
}

/// The rows of some lanes.
fn read_again(
    input: &Input,
    assumed_offset_s: Option<i32>,
    chosen: &Chosen,
    wanted: &BTreeSet<LaneIdentity>,
) -> Result<BTreeMap<Identity, Kept>, Error> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let is_wanted = |lane: &LaneIdentity| wanted.contains(lane);
    let read = input.lanes(assumed_offset_s, is_wanted, |lane| {
        is_wanted(&lane.lane).then(|| take(lane, chosen, |_| true))
    })?;
    Ok(read.lanes.into_iter().flatten().filter_map(|taken| Some((taken.identity, taken.kept?))).collect())
}

/// As many lanes as have at most `detail` rows together: those with the fewest first, of equal ones by identity.
fn lanes_within(summary: &Summary, detail: u64) -> BTreeSet<LaneIdentity> {
    let mut lanes: Vec<(u64, &LaneIdentity)> =
        summary.lanes().map(|(_, lane, of)| (of.span_count(), lane)).collect();
    lanes.sort();
    let mut rows = 0_u64;
    let is_within = |(count, _): &&(u64, &LaneIdentity)| {
        rows = rows.saturating_add(*count);
        rows <= detail
    };
    lanes.iter().take_while(is_within).map(|(_, lane)| (*lane).clone()).collect()
}

/// The wanted samples, which the summary is told of; thinned where there are more than `detail`, or where a summary was
/// read that has no others.
fn counters(
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

/// The trace of what is kept, and where its spans stand.
fn shown(summary: &Summary, rows: BTreeMap<Identity, Kept>, counters: Counters) -> Shown {
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
            tracks_of.remove(&identity).unwrap_or_else(|| Tracks::new(&lane.spans))
        })
        .collect();
    Shown { trace, tracks }
}

fn tell_doubled(summary: &Summary, problems: &mut Problems) {
    for (_, lane, _) in summary.lanes().filter(|(.., of)| of.is_doubled()) {
        let message = "was busy for longer than there was time: it came twice, or two lanes have this name";
        problems.add(Path::new(&lane.identity), None, message);
    }
}

/// The summary of an input, and what was wrong with it: what the filters write.
pub(crate) fn summarise(input: &Input, assumed_offset_s: Option<i32>) -> Result<(Summary, Problems), Error> {
    let loaded = load_part(input, assumed_offset_s, &Selection::default(), 0)?;
    Ok((loaded.summary, loaded.problems))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rows;

    /// A lane of spans of these tasks.
    fn lane(tasks: &[&str]) -> LaneRows {
        let mut rows = Rows::new();
        for (index, task) in tasks.iter().enumerate() {
            let key = rows.keys.intern("g", task, None);
            rows.push(10 * index as i64, Some(10 * index as i64 + 5), key);
        }
        let process = ProcessIdentity { identity: "p".into(), host: None, pid: None };
        LaneRows { process, lane: LaneIdentity { identity: "l".into(), thread: "l".into() }, rows }
    }

    #[test]
    fn rows_that_changed_since_they_were_summarised_are_not_shown() {
        let chosen = Selection::default().chosen(0);
        let first = take(lane(&["a", "b"]), &chosen, |_| true);
        for (again, is_same) in
            [(vec!["a", "b"], true), (vec!["a", "b", "b"], false), (vec!["a", "new"], false)]
        {
            let again = take(lane(&again), &chosen, |_| true);
            assert_eq!(again.kept.unwrap().is_of(&first.summary, &again.identity), is_same);
        }
    }
}
