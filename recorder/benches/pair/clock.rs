//! The system's clocks, in nanoseconds: the CPU time that the benches measure, and what the floor reads.
//!
//! `ThreadCPUTime` counts only the time in which this thread ran, also in the kernel. It does not count other
//! programs, or other threads of ours. `ProcessCPUTime` counts all threads of this process. The report's bench uses
//! this file too.

pub(crate) use rustix::time::ClockId;

/// Reads a clock.
pub(crate) fn read_ns(clock: ClockId) -> u64 {
    let time = rustix::time::clock_gettime(clock);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64 // none of these clocks is negative
}

/// How long `run` takes by a clock.
pub(crate) fn time_ns(clock: ClockId, run: impl FnOnce()) -> u64 {
    let start_ns = read_ns(clock);
    run();
    read_ns(clock) - start_ns
}
