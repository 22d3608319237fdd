//! The declared waits of kept runs: globs that belong to a run, and so to its files only.
//!
//! Takes what to read, gives the same with the globs of the runs among its inputs. Every command reads this way.

use crate::model::Keys;
use crate::reading::{Inputs, Reading, unmatched_waits};
use crate::runs::metadata;

/// The same reading with the globs of the kept runs among its inputs, each for the files of its run.
pub(crate) fn with_waits_of_runs(reading: &Reading) -> Reading {
    let mut with = reading.clone();
    let (Inputs::Paths(paths) | Inputs::Below { paths, .. }) = &reading.inputs else { return with };
    for path in paths {
        let is_known = with.waits_below.iter().any(|(known, _)| known == path);
        if let (false, Ok(run)) = (is_known, metadata::read(&path.join(metadata::FILE))) {
            with.waits_below.push((path.clone(), run.waits));
        }
    }
    with
}

/// What was declared, and which globs match no task.
pub(super) fn notes(reading: &Reading, keys: &Keys) -> Vec<String> {
    let mut notes = Vec::new();
    let mut add = |of: &str, globs: &[String]| {
        if !globs.is_empty() {
            notes.push(format!("Declared as waits{of}: tasks that match {}.", globs.join(", ")));
        }
        let unmatched = unmatched_waits(globs, keys);
        notes.extend(unmatched.iter().map(|no_match| format!("Waits{of}: {no_match}.")));
    };
    let Reading { inputs, mut waits, waits_below, .. } = with_waits_of_runs(reading);
    if let ([_], [(_, of_run)]) = (inputs.paths().as_slice(), waits_below.as_slice()) {
        waits.extend(of_run.iter().filter(|glob| !reading.waits.contains(glob)).cloned());
        add("", &waits);
        return notes;
    }
    add("", &waits);
    for (path, globs) in waits_below {
        let run = metadata::read(&path.join(metadata::FILE)).ok();
        let name = run.map_or_else(|| path.display().to_string(), |run| run.title());
        add(&format!(" in {name}"), &globs);
    }
    notes
}
