//! How a run used the machine, in words: for its page, for the terminal, and beside broken budgets.
//!
//! Takes what analysis knows of it. Computes no statistic.

use crate::analysis::{CpuUse, Disturbance};
use crate::text::units;

/// What disturbed a run, as the end of a sentence: `other processes used 1.20 of 2 cores`. `None` if nothing did.
pub(super) fn disturbance(used: &CpuUse) -> Option<String> {
    let Disturbance { others, steal } = used.disturbance()?;
    let others =
        others.map(|(cores, all)| format!("other processes used {} of {all} cores", units::ratio(cores)));
    let steal = steal.map(|part| {
        format!("the host of this virtual machine withheld {} of its CPU time", units::percent(part))
    });
    Some(others.into_iter().chain(steal).collect::<Vec<_>>().join(", and "))
}

/// What disturbed a run, as a sentence. `None` if nothing did.
pub(crate) fn disturbed(used: &CpuUse) -> Option<String> {
    let disturbance = disturbance(used)?;
    let (first, rest) = disturbance.split_at(1); // a word of ours
    Some(format!(
        "{}{rest} during this run: its times may be longer than on an idle machine.",
        first.to_uppercase()
    ))
}

/// How many cores a run used, and how long its threads waited for one. `None` if neither is known.
pub(crate) fn cores_used(used: &CpuUse) -> Option<String> {
    let of = used.cores.map_or("cores".into(), |cores| format!("of {}", units::counted(cores, "core")));
    let cpu = used.cpu_ns.zip(used.mean_cores()).map(|(ns, cores)| {
        format!(
            "Its processes used {} of CPU time, {} {of} on average.",
            units::duration(ns.into()),
            units::ratio(cores)
        )
    });
    let queue = used.run_queue_ns.filter(|&ns| ns > 0).map(|ns| {
        format!(
            "Their threads were ready but waited for a core for at least {}, summed over threads.",
            units::duration(ns.into())
        )
    });
    let sentences: Vec<String> = cpu.into_iter().chain(queue).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::MachineUse;

    const SECOND: u64 = 1_000_000_000;

    fn used(others_cpu_ns: u64, steal_ns: u64) -> CpuUse {
        CpuUse {
            elapsed_ns: Some(SECOND),
            cores: Some(2),
            cpu_ns: Some(900_000_000),
            run_queue_ns: Some(1_200_000_000),
            machine: Some(MachineUse {
                sampled_ns: SECOND,
                cpus: 2,
                others_cpu_ns: Some(others_cpu_ns),
                steal_ns: Some(steal_ns),
                runnable_ns: None,
            }),
        }
    }

    #[test]
    fn a_disturbed_run_says_by_what() {
        assert_eq!(
            disturbed(&used(1_200_000_000, 0)).unwrap(),
            "Other processes used 1.20 of 2 cores during this run: its times may be longer than on an idle machine."
        );
        assert_eq!(
            disturbed(&used(0, 140_000_000)).unwrap(),
            "The host of this virtual machine withheld 7.00 % of its CPU time during this run: its times may be longer \
             than on an idle machine."
        );
        assert_eq!(
            disturbance(&used(SECOND, SECOND)).unwrap(),
            "other processes used 1.00 of 2 cores, and the host of this virtual machine withheld 50.0 % of its CPU time"
        );
        assert_eq!(disturbed(&used(0, 0)), None);
    }

    #[test]
    fn a_run_says_how_many_cores_it_used_as_far_as_it_is_known() {
        let known = used(0, 0);
        let queue =
            "Their threads were ready but waited for a core for at least 1.20 s, summed over threads.";
        let cpu = "Its processes used 900 ms of CPU time, 0.900 of 2 cores on average.";
        assert_eq!(cores_used(&known).unwrap(), format!("{cpu} {queue}"));
        assert_eq!(cores_used(&CpuUse { run_queue_ns: None, ..known }).unwrap(), cpu);
        assert_eq!(cores_used(&CpuUse::default()), None);
    }
}
