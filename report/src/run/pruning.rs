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
