//! What is kept of a run without its rows: a summary of its records, and its figures.

use std::path::Path;

use walkdir::WalkDir;

use crate::model::Summary;
use crate::model::summary::LONGEST;
use crate::outputs;
use crate::reading::{DETAIL, Inputs, Reading};
use crate::report;
use crate::runs::{Metadata, Place, metadata};
use crate::sources::is_readable_name;
use crate::text::Problems;

/// The summary of a run's records, compressed. `None` if it would not be of all that they contain: there is a file that
/// cannot be read, or that has no rows. A run of an earlier release gets its figures first, while its rows are there.
pub(super) fn summary(place: &Place, run: &Metadata) -> Option<Vec<u8>> {
    let files = count_files(&place.records())?;
    // Lanes are named below the directory of all runs, so those of two runs never have one name.
    let root = place.directory().ancestors().nth(2)?.to_owned();
    let reading = Reading {
        inputs: Inputs::Below { root, paths: vec![place.records()] },
        waits: run.waits.clone(),
        detail: if run.figures.is_none() { DETAIL } else { 0 },
        ..Reading::default()
    };
    let loaded = reading.load().ok().filter(|loaded| loaded.whole_files == files)?;
    if run.figures.is_none() && !run.is_silent() {
        let figures = report::figures(&loaded, run.start_ns().zip(run.elapsed_ns));
        let run = Metadata { figures: Some(figures), ..run.clone() };
        metadata::replace(&place.metadata(), &run).ok()?;
    }
    Some(small(loaded.summary, &loaded.problems))
}

/// The most bytes of the summary of a pruned run, and what is left of it until it has no more: bins and longest spans of
/// each lane.
const MOST_BYTES: usize = 150_000;
const STEPS: [(i64, usize); 5] = [(512, LONGEST), (128, 8), (32, 4), (8, 1), (4, 0)];

/// A summary, compressed. A large one becomes coarser until it is small; its sums stay as they are.
fn small(mut summary: Summary, problems: &Problems) -> Vec<u8> {
    let mut bytes = outputs::gzipped_summary(&summary, problems);
    for (bins, longest) in STEPS {
        if bytes.len() <= MOST_BYTES {
            break;
        }
        summary.coarsen(bins, longest);
        bytes = outputs::gzipped_summary(&summary, problems);
    }
    bytes
}

/// The number of files below a directory. `None` if any of them is never read from a directory.
fn count_files(directory: &Path) -> Option<usize> {
    let mut files = 0;
    for entry in WalkDir::new(directory) {
        let entry = entry.ok()?;
        let is_file = entry.file_type().is_file() && is_readable_name(&entry.file_name().to_string_lossy());
        if !is_file && !entry.file_type().is_dir() {
            return None;
        }
        files += usize::from(is_file);
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::fs;

    use super::*;
    use crate::runs::{Figures, TaskFigures};

    /// Record files of lanes, each of which runs one of seven tasks after another; the same each time.
    fn records(directory: &Path, lanes: u64, spans: u64) {
        let mut state = 1_u64;
        for lane in 0..lanes {
            let (mut text, mut at_us) = (String::from("group,task,start,end\n"), 0);
            let stamp = |us: u64| {
                format!(
                    "2026-11-20T14:{:02}:{:02}.{:06}+00:00",
                    us / 60_000_000,
                    us / 1_000_000 % 60,
                    us % 1_000_000
                )
            };
            for _ in 0..spans {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let (task, us) = ((state >> 40) % 7, 1 + (state >> 33) % 100_000);
                writeln!(text, "g,t{task},{},{}", stamp(at_us), stamp(at_us + us)).unwrap();
                at_us += us + 7;
            }
            fs::write(directory.join(format!("host.7-18f.{lane}-main.0.csv")), text).unwrap();
        }
    }

    /// What does not depend on percentiles.
    fn exact(of: &Figures) -> (u64, Vec<(String, u64, u64, u64, u64)>) {
        let of_task = |task: &TaskFigures| {
            let of = task.durations.unwrap();
            (task.task.clone(), task.count, task.total_ns, of.min_ns, of.max_ns)
        };
        (of.wall_ns, of.tasks.iter().map(of_task).collect())
    }

    #[test]
    fn a_large_summary_becomes_small_and_its_sums_stay() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("records");
        fs::create_dir(&below).unwrap();
        records(&below, 48, 1200);
        let whole = Reading { detail: 0, ..Reading::of(&below) }.load().unwrap();
        assert!(outputs::gzipped_summary(&whole.summary, &whole.problems).len() > 2 * MOST_BYTES);
        let bytes = small(whole.summary.clone(), &whole.problems);
        assert!(bytes.len() <= MOST_BYTES, "{} bytes", bytes.len());
        let path = directory.path().join("records.waterfall-summary.gz");
        fs::write(&path, &bytes).unwrap();
        let read = Reading::of(&path).load().unwrap();
        assert_eq!(read.problems.total(), 0, "{:?}", read.problems.first().first());
        assert!(read.summary.is_coarse() && !whole.summary.is_coarse());
        assert_eq!(exact(&report::figures(&read, None)), exact(&report::figures(&whole, None)));
        let busy = |summary: &Summary| summary.lanes().map(|(.., lane)| lane.busy_ns()).sum::<i128>();
        assert_eq!(busy(&read.summary), busy(&whole.summary));
        // What is spread over finer bins is all there.
        let (.., lane) = read.summary.lanes().next().unwrap();
        assert_eq!(
            lane.bins_at(lane.level() - 3).map(|(.., ns)| i128::from(ns)).sum::<i128>(),
            lane.busy_ns()
        );
    }
}
