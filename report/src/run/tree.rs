//! The processes of a command: what all of them together use, from Linux's `/proc`.
//!
//! Takes the id of the first process, gives sums over it and its descendants. A process that was seen once stays in
//! the tree when its parent is gone. A process whose parent started and ended between two looks is missed. When a
//! parent has waited for an ended process, that process's CPU time and bytes count for the parent, so sums do not
//! fall. If no process of the tree waits for it, its last figures are kept. Beside them it gives what the whole machine
//! has done. Other systems have no tree.

use std::time::Instant;

use super::machine_time::MachineTime;

#[cfg(target_os = "linux")]
pub(super) use linux::Tree;

/// What the processes of a tree have used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Snapshot {
    /// CPU time since the start, in ns; exact to a tick of the system, 10 ms, per process.
    pub(super) cpu_ns: u64,
    /// Resident memory now.
    pub(super) memory_bytes: u64,
    /// Read from storage since the start.
    pub(super) read_bytes: u64,
    /// Written to storage since the start, or waiting to be.
    pub(super) written_bytes: u64,
}

/// What a look at the processes shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// The middle of the time in which it read the CPU times.
    pub(super) at: Instant,
    /// What the processes of the tree have used.
    pub(super) used: Snapshot,
    /// How long their threads have waited for a core, at least; `None` if the system does not show it.
    pub(super) run_queue_ns: Option<u64>,
    /// The CPU time of this process, which is no part of the tree.
    pub(super) own_cpu_ns: u64,
    /// What the machine has done; `None` if the system does not show it.
    pub(super) machine: Option<MachineTime>,
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Instant;

    use procfs::process::{Process, Stat, all_processes};
    use procfs::{CurrentSI, KernelStats};

    use crate::run::delays::{self, Delays};
    use crate::run::machine_time::MachineTime;
    use crate::run::tree::{Snapshot, View};

    pub(in crate::run) struct Tree {
        /// The id of this process.
        own: i32,
        /// The id of the first process of the tree.
        root: i32,
        /// The processes of the last look, by id.
        seen: BTreeMap<i32, Seen>,
        /// What ended processes used for which no process of the tree has waited.
        gone: Snapshot,
        delays: Delays,
        page_bytes: u64,
        tick_ns: u64,
        /// The number of the machine's CPUs.
        cpus: usize,
    }

    struct Seen {
        start_ticks: u64,
        parent: i32,
        used: Snapshot,
    }

    impl Tree {
        /// The tree of a command; `None` if the system does not show the process.
        pub(in crate::run) fn of(pid: u32) -> Option<Tree> {
            // `/proc` may have the ids of another pid namespace.
            let own = Process::myself().ok()?.stat().ok()?.pid;
            let root = i32::try_from(pid).ok().filter(|_| u32::try_from(own) == Ok(std::process::id()))?;
            Process::new(root).and_then(|process| process.stat()).ok()?;
            let tick_ns = 1_000_000_000 / procfs::ticks_per_second().max(1);
            let page_bytes = procfs::page_size();
            let cpus = KernelStats::current().ok()?.cpu_time.len();
            Some(Tree {
                own,
                root,
                seen: BTreeMap::new(),
                gone: Snapshot::default(),
                delays: Delays::default(),
                page_bytes,
                tick_ns,
                cpus,
            })
        }

        /// The number of the machine's CPUs: in no time can processes use more than this many times that time.
        pub(in crate::run) fn cpus(&self) -> usize {
            self.cpus
        }

        /// Looks at all processes of the machine, and at the threads of those of the tree.
        pub(in crate::run) fn look(&mut self) -> Option<View> {
            let begin = Instant::now();
            let all: BTreeMap<i32, (Process, Stat)> = (all_processes().ok()?.flatten())
                .filter_map(|process| Some((process.pid, (process.stat().ok().map(|stat| (process, stat))?))))
                .collect();
            let machine = KernelStats::current().ok().and_then(|stats| MachineTime::of(&stats, self.tick_ns));
            let at = begin + begin.elapsed() / 2;
            let members = self.members(&all);
            let mut delays = BTreeMap::new();
            members.iter().for_each(|pid| delays::read(&all[pid].0, &mut delays));
            self.delays.add(delays);
            let seen: BTreeMap<i32, Seen> = (members.iter())
                .map(|pid| {
                    let (process, stat) = &all[pid];
                    let before = self.seen.get(pid).map(|seen| seen.used);
                    let used = self.used(process, stat, before);
                    (*pid, Seen { start_ticks: stat.starttime, parent: stat.ppid, used })
                })
                .collect();
            let ended = self
                .seen
                .iter()
                .filter(|(pid, was)| seen.get(pid).is_none_or(|now| now.start_ticks != was.start_ticks));
            // If its parent is in the tree, the parent has waited for it.
            for (_, orphan) in ended.filter(|(_, was)| !self.seen.contains_key(&was.parent)) {
                self.gone = sum(self.gone, Snapshot { memory_bytes: 0, ..orphan.used });
            }
            self.seen = seen;
            let used = self.seen.values().fold(self.gone, |all, process| sum(all, process.used));
            let own_ticks = all.get(&self.own).map_or(0, |(_, stat)| stat.utime + stat.stime);
            Some(View {
                at,
                used,
                run_queue_ns: self.delays.sum_ns(),
                own_cpu_ns: own_ticks * self.tick_ns,
                machine,
            })
        }

        /// The ids of the processes in `all` that belong to the tree.
        fn members(&self, all: &BTreeMap<i32, (Process, Stat)>) -> BTreeSet<i32> {
            let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
            for (pid, (_, stat)) in all {
                children.entry(stat.ppid).or_default().push(*pid);
            }
            let is_known = |pid: &i32| {
                self.seen.get(pid).is_some_and(|seen| {
                    all.get(pid).is_some_and(|(_, stat)| stat.starttime == seen.start_ticks)
                })
            };
            let mut found: Vec<i32> = self.seen.keys().copied().filter(is_known).collect();
            found.extend(all.contains_key(&self.root).then_some(self.root));
            let mut members = BTreeSet::new();
            while let Some(pid) = found.pop() {
                if members.insert(pid) {
                    found.extend(children.get(&pid).into_iter().flatten());
                }
            }
            members
        }

        /// What a process used. An ended process does not show its bytes, so those of `before` are kept.
        fn used(&self, process: &Process, stat: &Stat, before: Option<Snapshot>) -> Snapshot {
            let waited_for = stat.cutime.max(0).unsigned_abs() + stat.cstime.max(0).unsigned_abs();
            let before = before.unwrap_or_default();
            let (read_bytes, written_bytes) = (process.io())
                .map_or((before.read_bytes, before.written_bytes), |io| (io.read_bytes, io.write_bytes));
            Snapshot {
                cpu_ns: (stat.utime + stat.stime + waited_for) * self.tick_ns,
                memory_bytes: stat.rss * self.page_bytes,
                read_bytes,
                written_bytes,
            }
        }
    }

    fn sum(one: Snapshot, other: Snapshot) -> Snapshot {
        Snapshot {
            cpu_ns: one.cpu_ns + other.cpu_ns,
            memory_bytes: one.memory_bytes + other.memory_bytes,
            read_bytes: one.read_bytes + other.read_bytes,
            written_bytes: one.written_bytes + other.written_bytes,
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::Tree;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use crate::run::tree::View;

    pub(in crate::run) enum Tree {}

    impl Tree {
        pub(in crate::run) fn of(_: u32) -> Option<Tree> {
            None
        }

        pub(in crate::run) fn cpus(&self) -> usize {
            match *self {}
        }

        pub(in crate::run) fn look(&mut self) -> Option<View> {
            match *self {}
        }
    }
}
