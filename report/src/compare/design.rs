//! The design of a comparison: whether the runs of two sides took turns, so that they are compared in pairs.
//!
//! Takes two sides. They are pairs only if each run has its partner at the same place of the other side.

use super::side::{Side, SideRun};
use super::turns::Turn;
use crate::gate::{Design, looks};

/// How the runs of two sides belong together.
pub(super) fn design(sides: [&Side; 2]) -> Design {
    let [baseline, candidate] = sides.map(|side| &side.runs);
    let pair = |(one, other): (&SideRun, &SideRun)| {
        let (one, other) = one.in_turn.clone().zip(other.in_turn.as_ref())?;
        one.is_partner(other).then_some(one)
    };
    let pairs: Option<Vec<Turn>> = baseline.iter().zip(candidate).map(pair).collect();
    let Some(pairs) = pairs.filter(|_| baseline.len() == candidate.len()) else { return Design::Independent };
    match pairs.iter().filter_map(Turn::at_most).max() {
        Some(at_most) => Design::Sequential {
            looks: looks(at_most).len() as u32,
            is_last: pairs.len() as u64 >= at_most.into(),
        },
        None => Design::Pairs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(names: [&str; 2], pid: u32, pairs: &[u32], until_decided: bool) -> Side {
        let turn = |&pair: &u32| Turn::drawn(names, pid, pair, until_decided);
        let runs = pairs.iter().map(|pair| SideRun { in_turn: Some(turn(pair)), ..SideRun::default() });
        Side { label: names[0].into(), read: String::new(), runs: runs.collect(), notes: Vec::new() }
    }

    fn side(name: &str, with: &str, pid: u32, pairs: &[u32]) -> Side {
        drawn([name, with], pid, pairs, false)
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
        let [old, new] = [["old", "new"], ["new", "old"]].map(|names| drawn(names, 1, &[1, 2], true));
        assert_eq!(design([&old, &new]), Design::Sequential { looks: 4, is_last: false });
    }
}
