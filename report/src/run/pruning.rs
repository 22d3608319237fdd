//! What is kept of a run without its rows: a summary of its records, and its figures.

use std::fs;
use std::path::Path;

use walkdir::WalkDir;

use crate::model::Summary;
use crate::model::summary::LONGEST;
use crate::outputs;
use crate::reading::{DETAIL, Inputs, Reading};
use crate::report;
use crate::runs::{Metadata, Place, Remains, metadata};
use crate::sources::is_readable_name;
use crate::text::{Problems, units};

/// What is kept of a run: a summary of its records and its description. `None` if the summary would not be of all that they contain: there is a file that
/// cannot be read, or that has no rows. A run of an earlier release gets its figures first, while its rows are there.
pub(super) fn summary(place: &Place, run: &Metadata) -> Option<Remains> {
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
    let mut run = run.clone();
    if run.figures.is_none() && !run.is_silent() {
        run.figures = Some(report::figures(&loaded, run.start_ns().zip(run.elapsed_ns)));
        metadata::replace(&place.metadata(), &run).ok()?;
    }
    let length = usize::try_from(fs::metadata(place.metadata()).ok()?.len()).ok()?;
    let description = small_description(run, length);
    let length = description.as_ref().map_or(length, Vec::len);
    let most = (MOST_BYTES - SPARE).saturating_sub(length).clamp(LEAST_SUMMARY, MOST_SUMMARY);
    Some(Remains { summary: small(loaded.summary, loaded.problems, most), description })
}

/// The most bytes of a pruned run, and a part that is left for the directory itself.
const MOST_BYTES: usize = 200_000;
const SPARE: usize = 4096;
/// The most of its description and of its summary. The summary gets what the description leaves, but not less than this.
const MOST_DESCRIPTION: usize = 100_000;
const MOST_SUMMARY: usize = 150_000;
const LEAST_SUMMARY: usize = 20_000;
/// What a large summary has left until it is small: bins and longest spans of each lane.
const STEPS: [(i64, usize); 5] = [(512, LONGEST), (128, 8), (32, 4), (8, 1), (4, 0)];
/// If that is not enough: tasks, lanes, counters and functions.
const GREATEST: [usize; 9] = [512, 256, 128, 64, 32, 16, 8, 4, 1];

/// The description of a run in fewer bytes, if it has `length` and that is too many. Its tasks of least total are counted
/// with the others.
fn small_description(mut run: Metadata, length: usize) -> Option<Vec<u8>> {
    if length <= MOST_DESCRIPTION {
        return None;
    }
    let mut text = metadata::compact(&run);
    while text.len() > MOST_DESCRIPTION {
        let Some(figures) = run.figures.as_mut().filter(|figures| !figures.tasks.is_empty()) else { break };
        figures.keep(figures.tasks.len() * 9 / 10);
        text = metadata::compact(&run);
    }
    Some(text)
}

/// A summary, compressed. A large one becomes coarser until it has at most `most` bytes: its sums stay as they are. If that
/// is not enough, it loses what is least, and a problem says so.
fn small(mut summary: Summary, mut problems: Problems, most: usize) -> Vec<u8> {
    let mut bytes = outputs::gzipped_summary(&summary, &problems);
    for (bins, longest) in STEPS {
        if bytes.len() <= most {
            return bytes;
        }
        summary.coarsen(bins, longest);
        bytes = outputs::gzipped_summary(&summary, &problems);
    }
    let whole = problems.clone();
    let mut left_out = [0; 4];
    for greatest in GREATEST {
        if bytes.len() <= most {
            break;
        }
        for (sum, more) in left_out.iter_mut().zip(summary.keep(greatest)) {
            *sum += more;
        }
        problems = whole.clone();
        problems.add(Path::new("records"), None, lost(left_out));
        bytes = outputs::gzipped_summary(&summary, &problems);
    }
    bytes
}

/// `the summary was made smaller when the records were removed: it lacks 936 tasks of least total`.
fn lost(left_out: [usize; 4]) -> String {
    let kinds = [
        ("task", " of least total"),
        ("lane", " of least busy time"),
        ("counter", ""),
        ("function", " of least weight"),
    ];
    let said: Vec<String> = (left_out.iter().zip(kinds))
        .filter(|(count, _)| **count > 0)
        .map(|(count, (what, which))| format!("{}{which}", units::counted(*count as u64, what)))
        .collect();
    format!("the summary was made smaller when the records were removed: it lacks {}", said.join(", "))
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
    use crate::runs::{Figures, Name, Store, TaskFigures};

    /// Record files of lanes, each of which runs one of these tasks after another; the same each time.
    fn records(directory: &Path, (lanes, spans): (u64, u64), tasks: u64) {
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
                let (task, us) = ((state >> 40) % tasks, 1 + (state >> 33) % 100_000);
                writeln!(text, "g,t{task},{},{}", stamp(at_us), stamp(at_us + us)).unwrap();
                at_us += us + 7;
            }
            fs::write(directory.join(format!("host.7-18f.{lane}-main.0.csv")), text).unwrap();
        }
    }

    /// What does not depend on percentiles: of each task its name, count, total and extremes.
    fn exact(of: &Figures) -> (u64, Vec<(String, [u64; 4])>) {
        let of_task = |task: &TaskFigures| {
            let of = task.durations.unwrap();
            (task.task.clone(), [task.count, task.total_ns, of.min_ns, of.max_ns])
        };
        (of.wall_ns, of.tasks.iter().map(of_task).collect())
    }

    #[test]
    fn a_large_summary_becomes_small_and_its_sums_stay() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("records");
        fs::create_dir(&below).unwrap();
        records(&below, (48, 1200), 7);
        let whole = Reading { detail: 0, ..Reading::of(&below) }.load().unwrap();
        assert!(outputs::gzipped_summary(&whole.summary, &whole.problems).len() > 2 * MOST_SUMMARY);
        let bytes = small(whole.summary.clone(), whole.problems.clone(), MOST_SUMMARY);
        assert!(bytes.len() <= MOST_SUMMARY, "{} bytes", bytes.len());
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

    #[test]
    fn a_run_of_1000_tasks_in_500_lanes_takes_at_most_200_kb_on_the_disk_and_says_what_it_lacks() {
        let directory = tempfile::tempdir().unwrap();
        let name: Name = "large".parse().unwrap();
        let store = Store::below(directory.path());
        let place = store.create(&name).unwrap();
        fs::create_dir_all(place.records()).unwrap();
        records(&place.records(), (500, 20), 1000);
        let example = include_bytes!("../../../tests/data/run/version-1-figures.json");
        let mut run: Metadata = serde_json::from_slice(example).unwrap();
        run.figures = None;
        fs::write(place.metadata(), metadata::compact(&run)).unwrap();
        store.prune(&name, 0, summary).unwrap();
        assert!(!place.records().exists());
        let files =
            WalkDir::new(place.directory()).into_iter().map(|entry| entry.unwrap().metadata().unwrap());
        let bytes: u64 = files.filter(fs::Metadata::is_file).map(|file| file.len()).sum();
        assert!(bytes <= MOST_BYTES as u64, "{bytes} bytes");
        let figures = metadata::read(&place.metadata()).unwrap().figures.unwrap();
        assert!(figures.tasks.len() > 300, "{} tasks", figures.tasks.len());
        assert_eq!(figures.tasks.len() as u64 + figures.others.unwrap().tasks, 1000);
        let read = Reading::of(place.summary()).load().unwrap();
        assert_eq!(read.problems.total(), 1);
        let said = &read.problems.first()[0].message;
        assert!(said.contains("tasks of least total"), "{said}");
        assert!(read.summary.is_coarse());
    }
}
