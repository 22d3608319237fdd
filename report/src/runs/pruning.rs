//! Pruning: of older runs, a summary takes the place of the rows.
//!
//! Takes the runs of a name and a function that summarises one. Keeps every description. The summary is on the disk
//! before anything is removed, and no reader ever sees both the summary and the records: they would count twice. If this
//! process is killed meanwhile, the next pruning goes on.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::metadata::{self, Metadata, Outcome};
use super::store::{Name, Place, Store};
use crate::outputs;

/// What is kept of a run without its rows.
#[derive(Debug, Clone)]
pub(crate) struct Remains {
    /// The summary of its records, compressed.
    pub(crate) summary: Vec<u8>,
    /// Its description, if that must become smaller.
    pub(crate) description: Option<Vec<u8>>,
}

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
        summarise: impl Fn(&Place, &Metadata) -> Option<Remains>,
    ) -> io::Result<()> {
        let places = self.places(name)?;
        let older = &places[..places.len().saturating_sub(kept)];
        let Some(directory) = older.first().and_then(|place| place.directory().parent()) else {
            return Ok(());
        };
        let Some(_lock) = lock(directory)? else { return Ok(()) };
        let mut result = self.complete(name);
        for place in older {
            result = result.and(place.prune(&summarise).map_err(|error| of_run(name, place.number, &error)));
        }
        result
    }
}

impl Store {
    /// Completes what a killed process began: if there is no summary yet, the records come back.
    fn complete(&self, name: &Name) -> io::Result<()> {
        let mut result = Ok(());
        for (number, rows) in self.removed(name)? {
            let place = self.place(name, number);
            let completed = match place.summary().is_file() || !place.directory().is_dir() {
                true => place.remove(&rows),
                false => fs::rename(&rows, place.records()),
            };
            result = result.and(completed.map_err(|error| of_run(name, number, &error)));
        }
        result
    }
}

impl Place {
    fn prune(&self, summarise: impl Fn(&Place, &Metadata) -> Option<Remains>) -> io::Result<()> {
        if !self.records().is_dir() {
            return Ok(());
        }
        let Ok(run) = metadata::read(&self.metadata()) else { return Ok(()) };
        if run.outcome == Outcome::Running || run.process.lives() {
            return Ok(());
        }
        let Some(remains) = summarise(self, &run) else { return Ok(()) };
        let summary = outputs::prepare(&self.summary(), &remains.summary)?;
        let rows = self.removed();
        rows.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::rename(self.records(), &rows)?;
        summary.place().or_else(|error| {
            // Never both: they would count twice.
            let _ = fs::remove_file(self.summary());
            fs::rename(&rows, self.records()).and(Err(error))
        })?;
        if let Some(description) = remains.description {
            outputs::prepare(&self.metadata(), &description)?.place()?;
        }
        self.remove(&rows)
    }

    /// Removes the page and the rows of a run that has its summary.
    fn remove(&self, rows: &Path) -> io::Result<()> {
        match fs::remove_file(self.page()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => fs::remove_dir_all(rows),
        }
    }
}

fn of_run(name: &Name, number: u64, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{name} {number}: {error}"))
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
