//! The recorder's share of the limits of the process: most is left to the program.
//!
//! A limit is read whenever something is taken, so that a change is seen. Must not know which files are open or mapped.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::system::{self, Resource};

/// The maximum length of a file in bytes. SIGXFSZ kills a process that lets a file grow beyond it.
pub(crate) fn file_size() -> u64 {
    system::limit(Resource::FileSize).unwrap_or(u64::MAX)
}

/// A part of a resource, given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    taken: &'static AtomicUsize,
    amount: usize,
}

impl Share {
    /// One of the open files: the recorder takes at most a quarter of the limit. `None` when these are taken.
    pub(crate) fn of_open_files() -> Option<Self> {
        static TAKEN: AtomicUsize = AtomicUsize::new(0);
        Self::take(&TAKEN, 1, of_limit(Resource::OpenFiles, 4).unwrap_or(usize::MAX))
    }

    /// Bytes of memory for mapped files: at most an eighth of an address space that is limited or has 32 bits. `None`
    /// when fewer are left.
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
        // Dropped, and so given back, when it is too much.
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
