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

    /// Whether it is known of any time.
    pub(super) fn has_cpu(&self) -> bool {
        self.known_ns() > 0
    }

    /// Whether of one part of its time it is known whether it was on a CPU, and of another part it is not.
    pub fn is_partly_known(&self) -> bool {
        self.known_ns() > 0 && self.not_known_ns > 0
    }

    /// The part of the busy time that was on a CPU, 0 to 1: at least so much if it is [partly
    /// known](Self::is_partly_known). `None` if less is known than not, declared waits aside.
    pub fn on_cpu_part(&self) -> Option<f64> {
        let known_ns = self.known_ns();
        (known_ns > 0 && known_ns >= self.not_known_ns).then(|| self.on_cpu_ns as f64 / self.busy_ns() as f64)
    }

    /// The time in which nothing was done, as far as known: declared waits, and off the CPU.
    pub fn idle_ns(&self) -> i128 {
        self.wait_ns + self.off_cpu_ns
    }

    /// The division of some busy time of a key: for how much of it the CPU time is known, and that time.
    pub(super) fn of_part(is_wait: bool, busy_ns: i64, (known_ns, cpu_ns): (i64, i64)) -> Division {
        let [busy_ns, known_ns, cpu_ns] = [busy_ns, known_ns, cpu_ns].map(i128::from);
        match is_wait {
            true => Division { wait_ns: busy_ns, ..Division::default() },
            false => Division {
                on_cpu_ns: cpu_ns,
                wait_ns: 0,
                off_cpu_ns: known_ns - cpu_ns,
                not_known_ns: busy_ns - known_ns,
            },
        }
    }

    /// What remains without `part`. A lane that was read twice may leave less than nothing, which counts as 0.
    pub(super) fn without(&self, part: &Division) -> Division {
        Division {
            on_cpu_ns: (self.on_cpu_ns - part.on_cpu_ns).max(0),
            wait_ns: (self.wait_ns - part.wait_ns).max(0),
            off_cpu_ns: (self.off_cpu_ns - part.off_cpu_ns).max(0),
            not_known_ns: (self.not_known_ns - part.not_known_ns).max(0),
        }
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
        let wanted = Division::pieces(lane, lane.level(), keys).filter(|&(_, key, _)| is_wanted(key));
        wanted.for_each(|(.., piece)| division += piece);
        division
    }

    /// What a lane did in its bins at a coarser `level`, in pieces that add up: the number of the bin since the epoch,
    /// the key, and the piece. The time is there first, then how much of it was on a CPU. So a sum is only right with
    /// all pieces of a bin and key.
    pub(super) fn pieces<'a>(
        lane: &'a LaneSummary,
        level: u32,
        keys: &'a Keys,
    ) -> impl Iterator<Item = (i64, KeyId, Division)> + 'a {
        let of = move |key, busy_ns, cpu| Division::of_part(keys.key(key).is_wait(), busy_ns, cpu);
        let busy = lane.bins_at(level).map(move |(number, key, ns)| (number, key, of(key, ns, (0, 0))));
        let cpu = lane.cpu_at(level);
        busy.chain(
            cpu.map(move |(number, key, known_ns, cpu_ns)| (number, key, of(key, 0, (known_ns, cpu_ns)))),
        )
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::{self, drawn, summary_of};
    use crate::model::{Kind, LaneIdentity, ProcessIdentity, Rows, Trace, TraceBuilder};

    fn of(lanes: &[&str]) -> Division {
        let summary = summary_of(&drawn::trace(lanes));
        analysis::overview(&summary).division
    }

    fn parts(on_cpu_ns: i128, wait_ns: i128, off_cpu_ns: i128, not_known_ns: i128) -> Division {
        Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns }
    }

    #[test]
    fn time_is_on_a_cpu_a_wait_off_the_cpu_or_not_known() {
        assert_eq!(of(&["a(0..10)"]), parts(0, 0, 0, 10));
        assert_eq!(of(&["a(0..10:6)"]), parts(6, 0, 4, 0));
        assert_eq!(of(&["a(0..10) w~(2..5)"]), parts(0, 3, 0, 7));
        assert_eq!(of(&["a(0..10:6) w~(2..5)", "b(0..3)"]), parts(6, 3, 1, 3));
        assert_eq!(
            of(&["w~(0..10:5) b(2..4)"]),
            parts(1, 8, 1, 0),
            "a wait is one whatever CPU time it used"
        );
        assert_eq!(of(&["a(0..:6) w~(3..)"]), parts(0, 0, 0, 0));
        assert!(of(&["a(0..10:6) w~(2..5) b(12..13)"]).is_partly_known());
        assert!(!of(&["a(0..10:6) w~(2..5)"]).is_partly_known());
    }

    /// A span as `(start, length, task, CPU time)`. A length below 0 is unfinished, odd tasks are waits.
    type Row = (i64, i64, u8, Option<i64>);

    fn trace(lanes: &[Vec<Row>], unit: i64) -> Trace {
        let mut builder = TraceBuilder::new();
        for (number, lane) in lanes.iter().enumerate() {
            let mut rows = Rows::new();
            for (index, &(start, length, task, cpu_ns)) in lane.iter().enumerate() {
                let kind = if task % 2 == 1 { Kind::Wait } else { Kind::Work(None) };
                let key = rows.keys.intern("g", &(task / 2).to_string(), kind);
                rows.push(start * unit, (length >= 0).then_some((start + length) * unit), key);
                if let Some(cpu_ns) = cpu_ns {
                    rows.set_cpu(index, cpu_ns * unit);
                }
            }
            let lane = LaneIdentity {
                identity: number.to_string(),
                thread: number.to_string(),
                ..Default::default()
            };
            builder.add(ProcessIdentity { identity: "p".into(), ..Default::default() }, lane, rows);
        }
        builder.finish()
    }

    /// The sum of divisions of which none has a part below 0.
    fn sum<'a>(all: impl IntoIterator<Item = &'a Division>) -> Division {
        let mut sum = Division::default();
        for division in all {
            let Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns } = *division;
            assert!([on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns].iter().all(|&ns| ns >= 0), "{division:?}");
            sum += *division;
        }
        sum
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_busy_time_by_lane_task_and_bin_whatever_overlaps(
            lanes in prop::collection::vec(
                prop::collection::vec((0i64..40, -3i64..20, 0u8..6, prop::option::of(0i64..30)), 1..30), 1..5),
            unit in prop::sample::select(vec![1, 7, 1_000, 1_000_003, 1 << 50]),
            came_twice in any::<bool>(),
        ) {
            let trace = trace(&lanes, unit);
            let mut summary = summary_of(&trace);
            if came_twice {
                summary.merge(summary.clone());
                summary.cut_doubled();
            }
            let analysis = analysis::analyse(&trace, &summary, analysis::CpuUse::default());
            let whole = analysis::overview(&summary).division;
            prop_assert_eq!(whole.busy_ns(), analysis.busy_ns);
            prop_assert_eq!(sum(analysis.lanes.iter().map(|lane| &lane.division)), whole);
            prop_assert_eq!(sum(analysis.tasks.iter().map(|task| &task.division)), whole);
            prop_assert_eq!(sum(&analysis.concurrency.divisions), whole);
            for task in &analysis.tasks {
                prop_assert_eq!(task.division.busy_ns(), task.self_ns);
            }
            for (.., lane) in summary.lanes() {
                prop_assert_eq!(Division::of_lane(lane, summary.keys()).busy_ns(), lane.busy_ns());
            }
        }
    }
}
