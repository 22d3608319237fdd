//! What all CPUs of the machine have done since it started, from Linux's `/proc/stat`.
//!
//! The system counts it in ticks of 10 ms, for everyone: also for processes outside our container.

/// CPU times in ns, over all CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MachineTime {
    /// Of all processes, and of the system's own work, such as interrupts.
    pub(super) busy_ns: u64,
    /// In which a virtual CPU had work, but its host ran something else. `None` if the system does not count it.
    pub(super) steal_ns: Option<u64>,
    /// The number of threads that run or wait for a CPU now.
    pub(super) runnable: Option<u32>,
}

#[cfg(target_os = "linux")]
impl MachineTime {
    /// `None` if the system does not count CPU times: then all of them are 0.
    pub(super) fn of(stats: &procfs::KernelStats, tick_ns: u64) -> Option<MachineTime> {
        let procfs::CpuTime { user, nice, system, idle, iowait, irq, softirq, steal, .. } = stats.total;
        let optional = |ticks: Option<u64>| ticks.unwrap_or(0);
        // Guests are part of `user` and `nice`.
        let busy = user + nice + system + optional(irq) + optional(softirq);
        let is_counted = busy + idle + optional(iowait) + optional(steal) > 0;
        is_counted.then(|| MachineTime {
            busy_ns: busy * tick_ns,
            steal_ns: steal.map(|ticks| ticks * tick_ns),
            runnable: stats.procs_running,
        })
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use procfs::{CurrentSI, FromBufReadSI, KernelStats};

    use super::*;

    fn read(cpu: &str) -> Option<MachineTime> {
        let text = format!(
            "cpu  {cpu}\ncpu0 {cpu}\nctxt 7\nbtime 1700000000\nprocesses 9\nprocs_running 3\nprocs_blocked 0\n"
        );
        let system = procfs::current_system_info();
        MachineTime::of(&KernelStats::from_buf_read(text.as_bytes(), system).unwrap(), 10_000_000)
    }

    #[test]
    fn busy_is_all_but_idle_waiting_and_stolen() {
        let found = read("10 20 30 4000 500 6 7 80 5 5").unwrap();
        let expected = MachineTime { busy_ns: 730_000_000, steal_ns: Some(800_000_000), runnable: Some(3) };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_the_system_does_not_count_is_not_known() {
        assert_eq!(read("10 20 30 4000 500 6 7").unwrap().steal_ns, None);
        assert_eq!(read("0 0 0 0 0 0 0 0 0 0"), None);
    }

    #[test]
    fn the_times_of_this_machine_only_grow() {
        let now = || MachineTime::of(&KernelStats::current().unwrap(), 10_000_000);
        let (before, after) = (now(), now());
        assert!(after.map(|time| time.busy_ns) >= before.map(|time| time.busy_ns));
    }
}
