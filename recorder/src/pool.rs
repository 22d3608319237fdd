//! The pool: journals whose threads have ended, for the next threads of the same names.
//!
//! So a program of thousands of short threads leaves as many files as threads ran at once. Only
//! journals at rest come in. Nobody ever waits for the pool: who finds it locked opens a new file,
//! or closes the one that is left over. (In a child forked while another thread held the lock it
//! stays locked: such a child has no pool.) Must not know threads.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, TryLockError};

use crate::journal::Journal;
use crate::process::Process;

/// Takes the journal that a thread of this name left behind last in this directory.
pub(crate) fn adopt(directory: &Path, thread: &str) -> Option<Journal> {
    let mut pool = lock()?;
    let place = pool.iter().rposition(|journal| journal.serves(directory, thread))?;
    let journal = pool.swap_remove(place);
    drop(pool);
    // A forked child finds its parent's journals here and only closes them.
    journal.is_of(Process::current()).then_some(journal)
}

/// Keeps a journal for later threads; closes it when it has an open row, or is another process's.
pub(crate) fn give(mut journal: Journal) {
    if !journal.is_at_rest() || !journal.is_of(Process::current()) {
        return;
    }
    let Some(mut pool) = lock() else { return };
    let surplus = (pool.len() >= CAPACITY).then(|| pool.swap_remove(0));
    pool.push(journal);
    drop(pool);
    // Closing a file may take long; it waits until others can use the pool.
    drop(surplus);
}

/// Enough for the threads that run at once in any program we know of; a program that names each
/// thread differently must not collect journals for ever.
const CAPACITY: usize = 1024;

static POOL: Mutex<Vec<Journal>> = Mutex::new(Vec::new());

fn lock() -> Option<MutexGuard<'static, Vec<Journal>>> {
    match POOL.try_lock() {
        Ok(pool) => Some(pool),
        Err(TryLockError::Poisoned(pool)) => Some(pool.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
