//! The run-queue delay of threads: the time in which they could have run, but waited for a core.
//!
//! Takes the delays that Linux shows at each look at the threads of some processes, gives their sum. The system shows
//! the delay of a thread only as long as the thread exists, so the sum lacks what a thread waited after the last look
//! at it: it is a lower bound.

use std::collections::BTreeMap;

use procfs::process::Process;

/// A thread of a process, by the ids of both.
pub(super) type ThreadId = (i32, i32);

#[derive(Debug, Default)]
pub(super) struct Delays {
    /// The threads of the last look, with their delays.
    threads: BTreeMap<ThreadId, u64>,
    /// The delays of threads that have ended, as last seen.
    ended_ns: u64,
    is_known: bool,
}

impl Delays {
    /// Adds a look: all threads that exist now, each with its delay since it started.
    pub(super) fn add(&mut self, threads: BTreeMap<ThreadId, u64>) {
        self.is_known |= !threads.is_empty();
        for (id, &was_ns) in &self.threads {
            // A delay never falls: a lesser one is that of a new thread with this id.
            if threads.get(id).is_none_or(|&ns| ns < was_ns) {
                self.ended_ns += was_ns;
            }
        }
        self.threads = threads;
    }

    /// The sum over all threads that were seen; `None` if the system has shown no delay of any.
    pub(super) fn sum_ns(&self) -> Option<u64> {
        self.is_known.then(|| self.ended_ns + self.threads.values().sum::<u64>())
    }
}

/// Adds the delays of a process's threads to `delays`, as far as the system shows them.
pub(super) fn read(process: &Process, delays: &mut BTreeMap<ThreadId, u64>) {
    let Ok(tasks) = process.tasks() else { return };
    for task in tasks.flatten() {
        // A system that does not count delays has no such file, or shows that no thread ever had a core.
        if let Ok(shown) = task.schedstat()
            && shown.pcount > 0
        {
            delays.insert((task.pid, task.tid), shown.run_delay);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(looks: &[&[(i32, u64)]], expected: Option<u64>) {
        let mut delays = Delays::default();
        for look in looks {
            delays.add(look.iter().map(|&(tid, ns)| ((1, tid), ns)).collect());
        }
        assert_eq!(delays.sum_ns(), expected);
    }

    #[test]
    fn delays_of_ended_threads_are_kept_as_last_seen() {
        check(&[&[(1, 10), (2, 5)], &[(1, 30), (3, 1)]], Some(30 + 5 + 1));
        check(&[&[(1, 10)], &[]], Some(10));
    }

    #[test]
    fn a_new_thread_with_a_known_id_adds_to_the_old_one() {
        check(&[&[(1, 10)], &[(1, 3)], &[(1, 4)]], Some(14));
    }

    #[test]
    fn without_a_thread_that_shows_a_delay_the_sum_is_not_known() {
        check(&[], None);
        check(&[&[], &[]], None);
        check(&[&[(1, 0)]], Some(0));
    }

    #[test]
    fn the_threads_of_this_process_are_read() {
        let own = Process::myself().unwrap();
        let mut delays = BTreeMap::new();
        read(&own, &mut delays);
        let is_counted = own.schedstat().is_ok_and(|shown| shown.pcount > 0);
        assert_eq!(delays.keys().any(|&(pid, tid)| pid == own.pid && tid == own.pid), is_counted);
    }
}
