//! Pruning: of older runs, a summary takes the place of the rows.
//!
//! Takes the runs of a name and a function that summarises one. Keeps every description. The summary is on the disk
//! before anything is removed, and no reader ever sees both the summary and the records: they would count twice. If this
//! process is killed meanwhile, the next pruning goes on.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::metadata::{self, Metadata, Outcome};
use super::store::{Name, Place, Store};
use crate::outputs;

impl Store {
    /// Replaces the records of all runs of a name except the last `kept` by a summary, and removes their pages. Leaves
    /// the runs of a plan that is still running, those that never said how they ended, since they may run on another
    /// machine, and those for which `summarise` gives nothing.
    ///
    /// # Errors
    ///
    /// The error of the first run that cannot be pruned. The others are pruned all the same.
    pub(crate) fn prune(
        &self,
        name: &Name,
        kept: usize,
        summarise: impl Fn(&Place, &Metadata) -> Option<Vec<u8>>,
    ) -> io::Result<()> {
        let places = self.places(name)?;
        let older = &places[..places.len().saturating_sub(kept)];
        let Some(directory) = older.first().and_then(|place| place.directory().parent()) else {
            return Ok(());
        };
        let Some(_lock) = lock(directory)? else { return Ok(()) };
        let mut result = Ok(());
        for place in older {
            let pruned = complete(place).and_then(|()| place.prune(&summarise));
            result = result.and(pruned);
        }
        result
    }
}

impl Place {
    fn prune(&self, summarise: impl Fn(&Place, &Metadata) -> Option<Vec<u8>>) -> io::Result<()> {
        let Ok(run) = metadata::read(&self.metadata()) else { return Ok(()) };
        if !self.records().is_dir() || run.outcome == Outcome::Running || run.process.lives() {
            return Ok(());
        }
        let Some(summary) = summarise(self, &run) else { return Ok(()) };
        let summary = outputs::prepare(&self.summary(), &summary)?;
        fs::rename(self.records(), removed(self))?;
        summary.place().or_else(|error| fs::rename(removed(self), self.records()).and(Err(error)))?;
        remove_rows(self)
    }
}

/// Completes what a killed process began: if there is no summary yet, the records come back.
fn complete(place: &Place) -> io::Result<()> {
    match fs::symlink_metadata(removed(place)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(_) if place.summary().is_file() => remove_rows(place),
        Ok(_) => fs::rename(removed(place), place.records()),
    }
}

/// Removes the page and the records of a run that has its summary.
fn remove_rows(place: &Place) -> io::Result<()> {
    match fs::remove_file(place.page()) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => fs::remove_dir_all(removed(place)),
    }
}

/// Where the records of a run are until they are removed: no reader of the run looks there.
fn removed(place: &Place) -> PathBuf {
    place.directory().with_file_name(format!(".{}-removed", place.number))
}

/// Locks the directory of a name until the file is dropped. `None` if another process prunes there.
#[cfg(unix)]
fn lock(directory: &Path) -> io::Result<Option<fs::File>> {
    use rustix::fs::{FlockOperation, flock};
    let file = fs::File::open(directory)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// No lock: other systems do not open directories.
#[cfg(not(unix))]
fn lock(_: &Path) -> io::Result<Option<()>> {
    Ok(Some(()))
}
