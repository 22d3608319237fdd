//! The pool: journals of ended threads, for the next threads of the same names.
//!
//! So a program with thousands of short threads leaves as many files as threads ran at once. If each thread has a name
//! of its own, it leaves at most 1,024 more: once that many wait here, new files are for threads of any name. Only
//! journals at rest come in. Nobody waits for the pool: a thread that still finds it locked after a few tries opens a
//! new file, or closes the one that it wanted to give. (In a child that was forked while another thread held the lock,
//! the pool stays locked: such a child has none.) Must not know threads.

use std::hint;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;

use crate::format::Content;
use crate::journal::Journal;
use crate::process::Process;
use crate::record_file::Target;

/// The name of files that belong to threads of any name, in place of a thread's name.
pub(crate) const MIXED: &str = "mixed";

/// Takes the journal that the last thread of this name left, or one that is for any thread.
pub(crate) fn adopt(target: &Target, content: Content, thread: &str) -> Option<Journal> {
    let mut pool = lock()?;
    let place_of = |name: &str| {
        pool.iter().rposition(|journal: &Journal| journal.medium().serves(target, content, name))
    };
    let place = place_of(thread).or_else(|| if pool.len() >= CAPACITY { place_of(MIXED) } else { None })?;
    Some(pool.swap_remove(place))
}

/// Whether enough journals wait that the next new file must be [`MIXED`].
pub(crate) fn is_full() -> bool {
    lock().is_some_and(|pool| pool.len() >= CAPACITY)
}

/// Keeps a journal for later threads. Closes it if it has an open row, or belongs to another process.
pub(crate) fn give(mut journal: Journal) {
    if journal.is_at_rest() && journal.medium().is_of(Process::current()) {
        journal.rest();
        if let Some(mut pool) = lock() {
            pool.push(journal);
        }
    }
}

/// Enough for the threads that run at once in any program we know of. A journal gets a name of its own only while
/// fewer than these wait here, so there are never more than these and the ones in use.
const CAPACITY: usize = 1024;

static POOL: Mutex<Vec<Journal>> = Mutex::new(Vec::new());

/// The tries take at most about 50 us, most of it yielding to the thread that holds the pool. The alternative, to open
/// a file, takes longer.
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
    // A forked child finds the journals of its parent here, and closes them.
    if pool.first().is_some_and(|journal| !journal.medium().is_of(Process::current())) {
        pool.clear();
    }
    Some(pool)
}
