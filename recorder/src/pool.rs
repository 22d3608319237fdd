//! The pool: journals whose threads have ended, for the next threads of the same names.
//!
//! So a program of thousands of short threads leaves as many files as threads ran at once; and when it
//! gives each thread a name of its own, no more than 1,024 beyond that: once so many wait here, new files
//! are for threads of any name. Only journals at rest come in. Nobody waits for the pool: who still finds
//! it locked after a few tries opens a new file, or closes the one that is left over. (In a child forked
//! while another thread held the lock it stays locked: such a child has no pool.) Must not know threads.

use std::hint;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;

use crate::format::Content;
use crate::journal::Journal;
use crate::process::Process;
use crate::record_file::Target;

/// The name, in place of a thread's, of files that belong to threads of any name.
pub(crate) const MIXED: &str = "mixed";

/// Takes the journal that a thread of this name left behind last, or one that is for any thread.
pub(crate) fn adopt(target: &Target, content: Content, thread: &str) -> Option<Journal> {
    let mut pool = lock()?;
    let place_of = |name: &str| {
        pool.iter().rposition(|journal: &Journal| journal.medium().serves(target, content, name))
    };
    let place = place_of(thread).or_else(|| if pool.len() >= CAPACITY { place_of(MIXED) } else { None })?;
    Some(pool.swap_remove(place))
}

/// Whether so many journals wait that the next new file is to be [`MIXED`].
pub(crate) fn is_full() -> bool {
    lock().is_some_and(|pool| pool.len() >= CAPACITY)
}

/// Keeps a journal for later threads; closes it when it has an open row, or is another process's.
pub(crate) fn give(mut journal: Journal) {
    if journal.is_at_rest() && journal.medium().is_of(Process::current()) {
        journal.rest();
        if let Some(mut pool) = lock() {
            pool.push(journal);
        }
    }
}

/// Enough for the threads that run at once in any program we know of. As journals are made for a name
/// of their own only while fewer than these wait here, there are never more than these and those in use.
const CAPACITY: usize = 1024;

static POOL: Mutex<Vec<Journal>> = Mutex::new(Vec::new());

/// Tries for some 50 us at most, the most of it while whoever holds the pool may run: opening a file, which
/// is what there is to do otherwise, takes longer.
const TRIES: u32 = 100;
const HASTY_TRIES: u32 = 50;

fn lock() -> Option<MutexGuard<'static, Vec<Journal>>> {
    let locked = (0..TRIES).find_map(|tries| match POOL.try_lock() {
        Ok(pool) => Some(pool),
        Err(TryLockError::Poisoned(pool)) => Some(pool.into_inner()),
        Err(TryLockError::WouldBlock) => {
            if tries < HASTY_TRIES {
                hint::spin_loop();
            } else {
                thread::yield_now();
            }
            None
        }
    });
    let mut pool = locked?;
    // A forked child finds its parent's journals here, and only closes them.
    if pool.first().is_some_and(|journal| !journal.medium().is_of(Process::current())) {
        pool.clear();
    }
    Some(pool)
}
