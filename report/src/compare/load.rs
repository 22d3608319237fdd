//! Load: what else the machine did while the runs of each side were made.
//!
//! Takes two sides; gives a sentence where one side had clearly more of it than the other. Says nothing if that is not
//! known of every run.

use super::side::Side;
use crate::runs::Load;
use crate::text::units;

/// Sides differ if other processes used this much more of the machine's CPUs.
const OTHERS: f64 = 0.1;
/// Sides differ if the host withheld this much more of the CPU time.
const STEAL: f64 = 0.05;
/// The shortest time of all runs of a side of which anything is said. The system counts CPU times in ticks of 10 ms.
const SHORTEST_NS: u128 = 500_000_000;

/// What was unequal, one sentence each.
pub(super) fn unequal_load(sides: [&Side; 2]) -> Vec<String> {
    let Some(cpus) = cpus(sides) else { return Vec::new() };
    let all = cpus as f64;
    let others = in_order(sides, |load| load.others_cpu_ns, OTHERS * all).map(|[(more, which), (less, other)]| {
        let (more, less) = (units::ratio(more), units::ratio(less));
        format!(
            "Other processes used {more} of {cpus} cores during the {which}'s runs, and {less} during the {other}'s: the \
             difference may be the machine's."
        )
    });
    let steal = in_order(sides, |load| load.steal_ns, STEAL * all).map(|[(more, which), (less, other)]| {
        let (more, less) = (units::percent(more / all), units::percent(less / all));
        format!(
            "The host of this virtual machine withheld {more} of its CPU time during the {which}'s runs, and {less} during \
             the {other}'s: the difference may be the machine's."
        )
    });
    others.into_iter().chain(steal).collect()
}

/// The number of CPUs, if it was the same in all runs. `cautions` compares the machines.
fn cpus(sides: [&Side; 2]) -> Option<u64> {
    let mut all = sides.into_iter().flat_map(|side| &side.runs).map(|run| Some(run.load?.cpus));
    let first = all.next()??;
    all.all(|cpus| cpus == Some(first)).then_some(first)
}

/// The mean number of CPUs that something took during the runs of each side, the side with more of it first. `None` if
/// they differ by no more than `least`, or if it is not known of every run.
fn in_order(sides: [&Side; 2], of: fn(&Load) -> Option<u64>, least: f64) -> Option<[(f64, &'static str); 2]> {
    let [baseline, candidate] = sides.map(|side| mean(side, of));
    let [baseline, candidate] = [(baseline?, "baseline"), (candidate?, "candidate")];
    match candidate.0 - baseline.0 {
        more if more > least => Some([candidate, baseline]),
        less if -less > least => Some([baseline, candidate]),
        _ => None,
    }
}

fn mean(side: &Side, of: fn(&Load) -> Option<u64>) -> Option<f64> {
    let (mut taken_ns, mut sampled_ns) = (0, 0);
    for run in &side.runs {
        let load = run.load.as_ref()?;
        taken_ns += u128::from(of(load)?);
        sampled_ns += u128::from(load.sampled_ns);
    }
    (sampled_ns >= SHORTEST_NS).then(|| taken_ns as f64 / sampled_ns as f64)
}

#[cfg(test)]
mod tests {
    use super::super::side::SideRun;
    use super::*;

    /// A side of runs of a second on 2 CPUs, of which others used some ms each, and the host withheld some.
    fn side(runs: &[Option<(u64, u64)>]) -> Side {
        let load = |(others_ms, steal_ms): (u64, u64)| Load {
            sampled_ns: 1_000_000_000,
            cpus: 2,
            others_cpu_ns: Some(others_ms * 1_000_000),
            steal_ns: Some(steal_ms * 1_000_000),
            runnable_ns: None,
        };
        let runs = runs.iter().map(|of| SideRun { load: of.map(load), ..SideRun::default() });
        Side { label: "a".into(), read: String::new(), runs: runs.collect(), notes: Vec::new() }
    }

    #[test]
    fn sides_with_different_load_say_so_and_which_had_more() {
        let (idle, busy) = (side(&[Some((200, 2)); 2]), side(&[Some((1600, 2)), Some((1800, 2))]));
        assert_eq!(
            unequal_load([&idle, &busy]),
            [
                "Other processes used 1.70 of 2 cores during the candidate's runs, and 0.200 during the baseline's: the \
              difference may be the machine's."
            ]
        );
        assert!(unequal_load([&busy, &idle])[0].contains("during the baseline's runs, and 0.200"));
        let withheld = side(&[Some((200, 280)); 2]);
        assert_eq!(
            unequal_load([&idle, &withheld]),
            [
                "The host of this virtual machine withheld 14.0 % of its CPU time during the candidate's runs, and 0.10 % \
              during the baseline's: the difference may be the machine's."
            ]
        );
    }

    #[test]
    fn nothing_is_said_of_equal_load_or_of_what_is_not_known_of_every_run() {
        let idle = side(&[Some((200, 2)); 2]);
        assert_eq!(unequal_load([&idle, &side(&[Some((400, 2))])]), [""; 0]);
        assert_eq!(unequal_load([&idle, &side(&[Some((1900, 900)), None])]), [""; 0]);
        assert_eq!(unequal_load([&idle, &side(&[])]), [""; 0]);
    }
}
