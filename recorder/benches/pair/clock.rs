//! The system's clocks, in nanoseconds: the CPU time that the benches measure, and what the floor reads.
//!
//! `ThreadCPUTime` counts the time in which this thread ran, in the kernel too, and nothing else: not
//! that other programs took the processor, nor that another thread of ours worked meanwhile. `ProcessCPUTime`
//! counts all threads of this process. The report's bench reads them by this file, too.

pub(crate) use rustix::time::ClockId;

/// What a clock shows now.
pub(crate) fn read_ns(clock: ClockId) -> u64 {
    let time = rustix::time::clock_gettime(clock);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64 // none of these clocks is negative
}

/// How long something runs by a clock.
pub(crate) fn time_ns(clock: ClockId, run: impl FnOnce()) -> u64 {
    let start_ns = read_ns(clock);
    run();
    read_ns(clock) - start_ns
}
