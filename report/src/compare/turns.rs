//! Turns: whether the runs of two sides took turns, so that they are compared in pairs.
//!
//! Takes two sides; gives their design. They are pairs only if each run has a partner at the same place of the other
//! side: the same process of `waterfall` made both, for the same comparison.

use super::side::{Side, SideRun};
use crate::gate::{Design, looks};
use crate::runs::{Metadata, Process};

/// The place of a run in a comparison in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    name: String,
    /// The name of the other side.
    with: String,
    /// The `waterfall` that made the comparison.
    process: Process,
    /// Counted from 1.
    pair: u32,
    /// The number of pairs, or the most of them.
    pairs: u32,
    until_decided: bool,
}

impl Turn {
    pub(super) fn of(run: &Metadata) -> Option<Turn> {
        let in_turn = run.in_turn.as_ref()?;
        Some(Turn {
            name: run.name.clone(),
            with: in_turn.with.clone(),
            process: run.process,
            pair: run.repeat.0,
            pairs: run.repeat.1,
            until_decided: in_turn.until_decided,
        })
    }

    fn is_partner(&self, other: &Turn) -> bool {
        self.process == other.process
            && self.pair == other.pair
            && self.with == other.name
            && other.with == self.name
    }
}

/// How the runs of two sides belong together.
pub(super) fn design(sides: [&Side; 2]) -> Design {
    let [baseline, candidate] = sides.map(|side| &side.runs);
    let pair = |(one, other): (&SideRun, &SideRun)| {
        let (one, other) = one.in_turn.clone().zip(other.in_turn.as_ref())?;
        one.is_partner(other).then_some(one)
    };
    let pairs: Option<Vec<Turn>> = baseline.iter().zip(candidate).map(pair).collect();
    let Some(pairs) = pairs.filter(|_| baseline.len() == candidate.len()) else { return Design::Independent };
    let early = pairs.iter().filter(|turn| turn.until_decided);
    match early.map(|turn| looks(turn.pairs).len()).max() {
        Some(looks) => Design::Sequential { looks: looks as u32 },
        None => Design::Pairs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(name: &str, with: &str, pid: u32, pairs: &[u32]) -> Side {
        let run = |&pair: &u32| {
            let process = Process { pid, start_ticks: Some(7) };
            let (name, with) = (name.to_owned(), with.to_owned());
            let turn = Turn { name, with, process, pair, pairs: 10, until_decided: false };
            SideRun { in_turn: Some(turn), ..SideRun::default() }
        };
        let runs = pairs.iter().map(run).collect();
        Side { label: name.into(), read: String::new(), runs, notes: Vec::new() }
    }

    #[test]
    fn runs_are_pairs_only_if_each_has_its_partner_at_its_place() {
        let baseline = side("old", "new", 1, &[1, 2, 3]);
        let of = |candidate: &Side| design([&baseline, candidate]);
        assert_eq!(of(&side("new", "old", 1, &[1, 2, 3])), Design::Pairs);
        for other in [
            side("new", "old", 1, &[1, 2]),
            side("new", "old", 1, &[1, 3, 2]),
            side("new", "old", 2, &[1, 2, 3]),
            side("new", "older", 1, &[1, 2, 3]),
            side("newer", "old", 1, &[1, 2, 3]),
        ] {
            assert_eq!(of(&other), Design::Independent, "{other:?}");
        }
        let mut without = side("new", "old", 1, &[1, 2, 3]);
        without.runs[1].in_turn = None;
        assert_eq!(of(&without), Design::Independent);
    }

    #[test]
    fn runs_that_may_have_ended_early_have_the_looks_of_all_pairs() {
        let [mut old, mut new] = [("old", "new"), ("new", "old")].map(|(one, with)| side(one, with, 1, &[1, 2]));
        for run in old.runs.iter_mut().chain(&mut new.runs) {
            run.in_turn.as_mut().unwrap().until_decided = true;
        }
        assert_eq!(design([&old, &new]), Design::Sequential { looks: 4 });
    }
}
