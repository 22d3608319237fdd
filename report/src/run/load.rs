//! What the machine did while a command ran, besides running it.
//!
//! Takes the views of the looks, gives differences of two of them, and the load from the first to the last. What the
//! system does not show at both is not known, and not 0.

use std::time::Duration;

use super::tree::View;
use crate::runs::Load;

/// What the machine did from the first look to the last one.
pub(super) struct Meanwhile {
    cpus: usize,
    looks: Option<(View, View)>,
    /// The number of threads that ran or waited, times the time for which it held; `None` once it was not shown.
    runnable_ns: Option<u64>,
}

impl Meanwhile {
    pub(super) fn new(cpus: usize) -> Meanwhile {
        Meanwhile { cpus, looks: None, runnable_ns: Some(0) }
    }

    pub(super) fn add(&mut self, view: View) {
        let Some((first, last)) = self.looks else {
            self.looks = Some((view, view));
            return;
        };
        // The thread that looks runs, too.
        let runnable =
            view.machine.and_then(|machine| machine.runnable).map(|all| u64::from(all.saturating_sub(1)));
        let length_ns = ns(view.at - last.at);
        self.runnable_ns = self.runnable_ns.zip(runnable).map(|(sum, runnable)| sum + runnable * length_ns);
        self.looks = Some((first, view));
    }

    pub(super) fn load(&self) -> Option<Load> {
        let (first, last) = self.looks.filter(|(first, last)| last.at > first.at)?;
        Some(Load {
            sampled_ns: ns(last.at - first.at),
            cpus: self.cpus as u64,
            others_cpu_ns: others_ns(&first, &last),
            steal_ns: stolen_ns(&first, &last),
            runnable_ns: self.runnable_ns,
        })
    }
}

fn ns(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The CPU time that neither the command nor this process used between two looks.
pub(super) fn others_ns(from: &View, to: &View) -> Option<u64> {
    let busy_ns = to.machine?.busy_ns.saturating_sub(from.machine?.busy_ns);
    let own_ns = to.own_cpu_ns.saturating_sub(from.own_cpu_ns);
    let used_ns = to.used.cpu_ns.saturating_sub(from.used.cpu_ns);
    Some(busy_ns.saturating_sub(own_ns).saturating_sub(used_ns))
}

/// The time that the machine's host withheld between two looks.
pub(super) fn stolen_ns(from: &View, to: &View) -> Option<u64> {
    Some(to.machine?.steal_ns?.saturating_sub(from.machine?.steal_ns?))
}

/// How long the command's threads waited for a core between two looks, as far as seen.
pub(super) fn queued_ns(from: &View, to: &View) -> Option<u64> {
    Some(to.run_queue_ns?.saturating_sub(from.run_queue_ns.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::run::machine_time::MachineTime;
    use crate::run::tree::Snapshot;

    /// The load of looks that show what the machine has done at their times in ms, and what the command has used.
    fn load(looks: &[(u64, Option<MachineTime>, Snapshot)]) -> Option<Load> {
        let begin = Instant::now();
        let mut meanwhile = Meanwhile::new(2);
        for &(ms, machine, used) in looks {
            let at = begin + Duration::from_millis(ms);
            meanwhile.add(View { at, used, run_queue_ns: None, own_cpu_ns: ms, machine });
        }
        meanwhile.load()
    }

    fn used(cpu_ns: u64) -> Snapshot {
        Snapshot { cpu_ns, ..Snapshot::default() }
    }

    #[test]
    fn a_load_is_what_neither_the_command_nor_waterfall_did() {
        let machine = |busy_ns, steal_ns, runnable| {
            Some(MachineTime { busy_ns, steal_ns: Some(steal_ns), runnable: Some(runnable) })
        };
        let found = load(&[
            (0, machine(5_000, 70, 2), used(100)),
            (1, machine(6_000, 70, 4), used(900)), // hundredths of a second: more than the machine was busy
            (3, machine(9_000, 75, 1), used(1_100)),
        ]);
        let expected = Load {
            sampled_ns: 3_000_000,
            cpus: 2,
            others_cpu_ns: Some(4_000 - 1_000 - 3),
            steal_ns: Some(5),
            runnable_ns: Some(3 * 1_000_000), // without the thread that looks
        };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn what_the_system_does_not_show_is_not_known() {
        let unknown =
            Load { sampled_ns: 1_000_000, cpus: 2, others_cpu_ns: None, steal_ns: None, runnable_ns: None };
        assert_eq!(load(&[(0, None, used(0)), (1, None, used(9))]), Some(unknown));
        let machine = Some(MachineTime { busy_ns: 5, steal_ns: None, runnable: None });
        assert_eq!(load(&[(0, None, used(0)), (1, machine, used(0))]), Some(unknown), "only once");
        let others = Load { others_cpu_ns: Some(0), ..unknown };
        assert_eq!(load(&[(0, machine, used(0)), (1, machine, used(9))]), Some(others), "never less than 0");
        assert_eq!(load(&[(0, machine, used(0))]), None, "nothing lies between one look");
        assert_eq!(load(&[]), None);
    }
}
