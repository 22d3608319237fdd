//! The progress of a program under test, in memory that survives its kill.
//!
//! The program and the test that watches it both map a file. After each call that returned, the program stores a number
//! there. That takes a nanosecond, so a kill mostly meets the program inside the recorder.

use std::fs::OpenOptions;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers of one thread of the program.
pub(crate) struct Progress {
    numbers: &'static [AtomicU64; 2 * THREADS],
}

const THREADS: usize = 16;

impl Progress {
    /// The numbers of the program that records into `directory`. Creates the parents of that.
    pub(crate) fn of(directory: &Path) -> Self {
        let path: PathBuf = directory.with_extension("progress");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).unwrap();
        file.set_len(size_of::<[AtomicU64; 2 * THREADS]>() as u64).unwrap();
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        #[expect(unsafe_code, reason = "std maps no files")]
        // SAFETY: the system chooses the place. The file is long enough and stays so.
        let numbers = unsafe {
            let length = size_of::<[AtomicU64; 2 * THREADS]>();
            let start =
                libc::mmap(ptr::null_mut(), length, protection, libc::MAP_SHARED, file.as_raw_fd(), 0);
            assert_ne!(start, libc::MAP_FAILED);
            &*start.cast::<[AtomicU64; 2 * THREADS]>()
        };
        Self { numbers }
    }

    pub(crate) fn reset(&self) {
        self.numbers.iter().for_each(|number| number.store(0, Ordering::SeqCst));
    }

    /// Stores how many starts of a thread have returned.
    pub(crate) fn started(&self, thread: usize, count: u64) {
        self.numbers[2 * thread].store(count, Ordering::SeqCst);
    }

    /// Stores how many ends of a thread have returned.
    pub(crate) fn ended(&self, thread: usize, count: u64) {
        self.numbers[2 * thread + 1].store(count, Ordering::SeqCst);
    }

    /// How many starts and ends of a thread have returned.
    pub(crate) fn of_thread(&self, thread: usize) -> (u64, u64) {
        let load = |number: usize| self.numbers[number].load(Ordering::SeqCst);
        (load(2 * thread), load(2 * thread + 1))
    }
}
