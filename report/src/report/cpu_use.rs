//! How a kept run used the machine: from its description to what analysis takes.

use crate::analysis::{CpuUse, MachineUse};
use crate::outputs;
use crate::runs::{Load, Metadata};

/// What is known of the run's CPU time and of the machine meanwhile.
pub(crate) fn cpu_use(run: &Metadata) -> CpuUse {
    let machine = |load: Load| MachineUse {
        sampled_ns: load.sampled_ns,
        cpus: load.cpus,
        others_cpu_ns: load.others_cpu_ns,
        steal_ns: load.steal_ns,
        runnable_ns: load.runnable_ns,
    };
    CpuUse {
        elapsed_ns: run.elapsed_ns,
        cores: run.machine.cores.map(|cores| cores as u64),
        cpu_ns: run.resources.cpu_ns(),
        run_queue_ns: run.resources.run_queue_ns,
        machine: run.load.map(machine),
    }
}

/// What disturbed the run, as a sentence. `None` if nothing did, or if it is not known.
pub(crate) fn disturbed(run: &Metadata) -> Option<String> {
    outputs::disturbed(&cpu_use(run))
}

/// What the run was, for the notes of its page. What disturbed it comes first, since a page opens with its first note.
pub(super) fn notes(run: &Metadata) -> Vec<String> {
    let used = cpu_use(run);
    let facts = outputs::disturbed(&used).into_iter().chain(run.facts());
    facts.chain(outputs::cores_used(&used)).collect()
}
