//! What of the host's limits the recorder takes for itself: it shares them with the program.
//!
//! Asked anew whenever something is taken, so that a changed limit is seen. Must not know what the files
//! are, nor where they are mapped.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::system::{self, Resource};

/// How long a file may become, in bytes; growing one beyond kills the process by SIGXFSZ.
pub(crate) fn file_size() -> u64 {
    system::limit(Resource::FileSize).unwrap_or(u64::MAX)
}

/// A part of a resource; given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    taken: &'static AtomicUsize,
    amount: usize,
}

impl Share {
    /// One open file, of a quarter of those that the process may have; `None` when all are taken.
    pub(crate) fn of_open_files() -> Option<Self> {
        static TAKEN: AtomicUsize = AtomicUsize::new(0);
        Self::take(&TAKEN, 1, of_limit(Resource::OpenFiles, 4).unwrap_or(usize::MAX))
    }

    /// Bytes of memory to which files are mapped, of an eighth of the address space where that is
    /// limited or has 32 bits; `None` when so many are not left.
    pub(crate) fn of_address_space(bytes: usize) -> Option<Self> {
        static TAKEN: AtomicUsize = AtomicUsize::new(0);
        let by_width = if usize::BITS < 64 { usize::MAX / 8 } else { usize::MAX };
        Self::take(
            &TAKEN,
            bytes,
            of_limit(Resource::AddressSpace, 8).map_or(by_width, |limit| limit.min(by_width)),
        )
    }

    fn take(taken: &'static AtomicUsize, amount: usize, limit: usize) -> Option<Self> {
        let before = taken.fetch_add(amount, Ordering::Relaxed);
        // Dropped when it is too much, which gives it back.
        let share = Self { taken, amount };
        (before.saturating_add(amount) <= limit).then_some(share)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.taken.fetch_sub(self.amount, Ordering::Relaxed);
    }
}

fn of_limit(resource: Resource, parts: u64) -> Option<usize> {
    system::limit(resource).map(|limit| usize::try_from(limit / parts).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_taken_than_there_is_and_what_is_given_back_is_there_again() {
        static TAKEN: AtomicUsize = AtomicUsize::new(0);
        let take = |amount| Share::take(&TAKEN, amount, 10);
        let first = take(7).unwrap();
        assert!(take(4).is_none());
        let second = take(3).unwrap();
        assert!(take(1).is_none());
        drop(first);
        assert!(take(7).is_some());
        drop(second);
        assert_eq!(TAKEN.load(Ordering::Relaxed), 0);
    }
}
