//! The division of busy time: on a CPU, waiting as declared, off the CPU, or not known.
//!
//! Takes the bins of lanes. The parts sum to the busy time exactly. A declared wait is waiting, whatever CPU time it
//! used. Other time is on or off the CPU as far as CPU times tell: see `cpu`.

use std::ops::AddAssign;

use crate::model::summary::LaneSummary;
use crate::model::{KeyId, Keys};

/// What lanes did while they were busy. Lanes x ns; the parts sum to the busy time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Division {
    /// A thread used a CPU.
    pub on_cpu_ns: i128,
    /// The innermost span was a declared wait.
    pub wait_ns: i128,
    /// No CPU was used, and no wait declared: the thread waited for something, or for a CPU.
    pub off_cpu_ns: i128,
    /// No wait was declared, and no CPU time is known.
    pub not_known_ns: i128,
}

impl Division {
    /// The sum of the parts.
    pub fn busy_ns(&self) -> i128 {
        self.on_cpu_ns + self.wait_ns + self.off_cpu_ns + self.not_known_ns
    }

    /// The time of which it is known whether it was on a CPU. Declared waits are not part of it.
    pub fn known_ns(&self) -> i128 {
        self.on_cpu_ns + self.off_cpu_ns
    }

    /// Whether of one part of its time it is known whether it was on a CPU, and of another part it is not.
    pub fn is_partly_known(&self) -> bool {
        self.known_ns() > 0 && self.not_known_ns > 0
    }

    /// The time in which nothing was done, as far as known: declared waits, and off the CPU.
    pub fn idle_ns(&self) -> i128 {
        self.wait_ns + self.off_cpu_ns
    }

    /// The division of a lane.
    pub(super) fn of_lane(lane: &LaneSummary, keys: &Keys) -> Division {
        Division::of_keys(lane, keys, |_| true)
    }

    /// The division of one key's part of a lane.
    pub(super) fn of_key(lane: &LaneSummary, key: KeyId, keys: &Keys) -> Division {
        Division::of_keys(lane, keys, |own| own == key)
    }

    fn of_keys(lane: &LaneSummary, keys: &Keys, is_wanted: impl Fn(KeyId) -> bool) -> Division {
        let mut division = Division::default();
        for bin in lane.bins.iter().filter(|bin| is_wanted(bin.key)) {
            division.add_busy(keys.key(bin.key).is_wait(), bin.busy_ns);
        }
        for cpu in lane.cpu.iter().filter(|cpu| is_wanted(cpu.key)) {
            division.add_cpu(keys.key(cpu.key).is_wait(), cpu.known_ns, cpu.cpu_ns);
        }
        division
    }

    /// Adds busy time of which no CPU time is known yet.
    pub(super) fn add_busy(&mut self, is_wait: bool, busy_ns: i64) {
        *(if is_wait { &mut self.wait_ns } else { &mut self.not_known_ns }) += i128::from(busy_ns);
    }

    /// Notes the CPU time of busy time that was added.
    pub(super) fn add_cpu(&mut self, is_wait: bool, known_ns: i64, cpu_ns: i64) {
        if !is_wait {
            self.not_known_ns -= i128::from(known_ns);
            self.on_cpu_ns += i128::from(cpu_ns);
            self.off_cpu_ns += i128::from(known_ns - cpu_ns);
        }
    }
}

impl AddAssign for Division {
    fn add_assign(&mut self, other: Division) {
        self.on_cpu_ns += other.on_cpu_ns;
        self.wait_ns += other.wait_ns;
        self.off_cpu_ns += other.off_cpu_ns;
        self.not_known_ns += other.not_known_ns;
    }
}
