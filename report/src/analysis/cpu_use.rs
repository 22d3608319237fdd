//! How much of the machine a run used, and how much of it was not to be had.
//!
//! Takes what the system counted for the processes of a run, and for the machine meanwhile. Gives means, and what may
//! have made the run slower. Knows nothing of how it was counted. `None` is what the system did not show.

/// Others disturb a run if they used more than this part of the machine's CPUs on average: a tenth.
const OTHERS: (u128, u128) = (1, 10);
/// The host disturbs a run if it withheld more than this part of the CPU time: a twentieth.
const STEAL: (u128, u128) = (1, 20);
/// The shortest time of which a disturbance is said. The system counts CPU times in ticks of 10 ms, for each CPU and
/// each process.
const SHORTEST_NS: u64 = 500_000_000;

/// What the system counted for the processes of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CpuUse {
    /// From the start of the command to its end.
    pub(crate) elapsed_ns: Option<u64>,
    /// The number of cores that the command could use at once.
    pub(crate) cores: Option<u64>,
    /// The CPU time of all its threads.
    pub(crate) cpu_ns: Option<u64>,
    /// The time in which its threads could have run but waited for a core: **at least** so much, summed over threads.
    pub(crate) run_queue_ns: Option<u64>,
    /// What the machine did meanwhile.
    pub(crate) machine: Option<MachineUse>,
}

/// What the machine did while a run was sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MachineUse {
    /// The time in which it was sampled.
    pub(crate) sampled_ns: u64,
    /// The number of its CPUs; the command may have been allowed fewer.
    pub(crate) cpus: u64,
    /// The CPU time of all but the run.
    pub(crate) others_cpu_ns: Option<u64>,
    /// The time in which a virtual CPU had work, but its host ran something else, summed over CPUs.
    pub(crate) steal_ns: Option<u64>,
    /// The time in which a thread of any process ran or waited for a CPU, summed over threads.
    pub(crate) runnable_ns: Option<u64>,
}

/// What may have made a run slower than on an idle machine. At least one is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Disturbance {
    /// The mean number of CPUs that others used, and the number of CPUs.
    pub(crate) others: Option<(f64, u64)>,
    /// The part of the CPU time that the host withheld, 0 to 1.
    pub(crate) steal: Option<f64>,
}

impl CpuUse {
    /// The mean number of cores that its threads used.
    pub(crate) fn mean_cores(&self) -> Option<f64> {
        mean(self.cpu_ns?, self.elapsed_ns?)
    }

    /// What disturbed the run, if it was more than a tenth of the CPUs (others) or a twentieth (the host). Runs of less
    /// than half a second are too short to tell.
    pub(crate) fn disturbance(&self) -> Option<Disturbance> {
        let machine = self.machine.filter(|machine| machine.sampled_ns >= SHORTEST_NS)?;
        let all_ns = u128::from(machine.sampled_ns) * u128::from(machine.cpus);
        let exceeds = |ns: &u64, (part, of): (u128, u128)| all_ns > 0 && u128::from(*ns) * of > all_ns * part;
        let others = machine.others_cpu_ns.filter(|ns| exceeds(ns, OTHERS));
        let steal = machine.steal_ns.filter(|ns| exceeds(ns, STEAL));
        let disturbance = Disturbance {
            others: others.and_then(|ns| mean(ns, machine.sampled_ns)).map(|cpus| (cpus, machine.cpus)),
            steal: steal.map(|ns| ns as f64 / all_ns as f64),
        };
        (disturbance.others.is_some() || disturbance.steal.is_some()).then_some(disturbance)
    }
}

fn mean(sum_ns: u64, length_ns: u64) -> Option<f64> {
    (length_ns > 0).then(|| sum_ns as f64 / length_ns as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// A second on 2 CPUs, of which others used some, and the host withheld some.
    fn second(others_ms: Option<u64>, steal_ms: Option<u64>) -> MachineUse {
        let ns = |ms: Option<u64>| ms.map(|ms| ms * 1_000_000);
        MachineUse {
            sampled_ns: SECOND,
            cpus: 2,
            others_cpu_ns: ns(others_ms),
            steal_ns: ns(steal_ms),
            runnable_ns: None,
        }
    }

    fn disturbance(machine: MachineUse) -> Option<Disturbance> {
        CpuUse { machine: Some(machine), ..CpuUse::default() }.disturbance()
    }

    #[test]
    fn others_disturb_a_run_beyond_a_tenth_and_the_host_beyond_a_twentieth() {
        let some = |others, steal| Some(Disturbance { others, steal });
        assert_eq!(disturbance(second(Some(200), Some(100))), None);
        assert_eq!(disturbance(second(Some(1200), Some(100))), some(Some((1.2, 2)), None));
        assert_eq!(disturbance(second(Some(200), Some(140))), some(None, Some(0.07)));
        assert_eq!(disturbance(second(Some(400), Some(400))), some(Some((0.4, 2)), Some(0.2)));
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known_or_too_short() {
        assert_eq!(disturbance(second(None, None)), None);
        assert_eq!(CpuUse::default().disturbance(), None);
        let short = MachineUse { sampled_ns: SHORTEST_NS - 1, ..second(Some(1000), Some(1000)) };
        assert_eq!(disturbance(short), None);
        assert_eq!(disturbance(MachineUse { cpus: 0, ..second(Some(1000), None) }), None);
    }

    #[test]
    fn means_are_of_the_whole_run() {
        let found = CpuUse { elapsed_ns: Some(2 * SECOND), cpu_ns: Some(3 * SECOND), ..CpuUse::default() };
        assert_eq!(found.mean_cores(), Some(1.5));
        assert_eq!(CpuUse { elapsed_ns: Some(0), ..found }.mean_cores(), None);
        assert_eq!(CpuUse { cpu_ns: None, ..found }.mean_cores(), None);
    }
}
