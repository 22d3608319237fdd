//! What is kept of a run without its rows: a summary of its records, and its figures.

use crate::outputs;
use crate::reading::{DETAIL, Inputs, Reading};
use crate::report;
use crate::runs::{Metadata, Place, metadata};

/// The summary of a run's records, compressed. `None` if there is nothing to summarise. A run of an earlier release
/// gets its figures first, while its rows are there.
pub(super) fn summary(place: &Place, run: &Metadata) -> Option<Vec<u8>> {
    // Lanes are named below the directory of all runs, so those of two runs never have one name.
    let root = place.directory().ancestors().nth(2)?.to_owned();
    let reading = Reading {
        inputs: Inputs::Below { root, paths: vec![place.records()] },
        waits: run.waits.clone(),
        detail: if run.figures.is_none() { DETAIL } else { 0 },
        ..Reading::default()
    };
    let loaded = reading.load().ok()?;
    if run.figures.is_none() && !run.is_silent() {
        let figures = report::figures(&loaded, run.start_ns().zip(run.elapsed_ns));
        let run = Metadata { figures: Some(figures), ..run.clone() };
        metadata::replace(&place.metadata(), &run).ok()?;
    }
    Some(outputs::gzipped_summary(&loaded.summary, &loaded.problems))
}
