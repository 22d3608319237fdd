//! Two plans in turn: the runs of a baseline and of a candidate in ABBA order.
//!
//! Takes two plans; gives the runs of both, in pairs. What slowly changes meanwhile, such as a machine that becomes
//! warmer, is the same for both runs of a pair, and what still differs between them cancels over two pairs: the baseline
//! goes first in one pair and second in the next. Knows no figure: who asks for the runs decides when there are enough.

use std::ops::ControlFlow;

use super::series::Series;
use super::{Error, Event, Plan, Run};
use crate::command::{Ended, Runner};
use crate::runs::metadata::InTurn;

/// What to run in turn.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    /// The baseline's and the candidate's. Their names differ, and `repeat` of both is the number of pairs.
    pub plans: [Plan; 2],
    /// Whether there may be fewer pairs than planned.
    pub until_decided: bool,
}

/// The outcome of two plans in turn.
#[derive(Debug)]
pub(crate) struct ExecutedTurns {
    /// The runs of the baseline and of the candidate, in the order in which they ran.
    pub runs: [Vec<Run>; 2],
    /// The side whose last run ended everything: it failed, recorded no span or was asked to end.
    pub ended_by: Option<usize>,
    /// The side whose unrecorded run failed, and how that ended; then there are no recorded runs.
    pub failed_warmup: Option<(usize, Ended)>,
}

impl Turns {
    /// Runs pairs until there are as many as planned, until `enough` breaks after a pair, or until a run fails, records no
    /// span or is asked to end. `notify` gets the side of which an event is; `enough` the runs of both sides.
    ///
    /// # Errors
    ///
    /// [`Error::Keep`] if a run's directory or description cannot be written. The runs before it are kept.
    ///
    /// # Panics
    ///
    /// If a command is empty.
    pub(crate) fn execute(
        &self,
        mut notify: impl FnMut(usize, Event<'_>),
        mut enough: impl FnMut([&[Run]; 2]) -> ControlFlow<()>,
    ) -> Result<ExecutedTurns, Error> {
        let runner = Runner::of_several();
        for (side, plan) in self.plans.iter().enumerate() {
            if let Some(ended) = plan.warm_up(&runner, &mut |event| notify(side, event))? {
                let failed_warmup = Some((side, ended));
                return Ok(ExecutedTurns { runs: Default::default(), ended_by: None, failed_warmup });
            }
        }
        let [baseline, candidate] = &self.plans;
        let series = |plan, other: &Plan| {
            let in_turn = InTurn { with: other.name.to_string(), until_decided: self.until_decided };
            Series::new(plan, &runner, Some(in_turn))
        };
        let mut all = [series(baseline, candidate), series(candidate, baseline)];
        let mut ended_by = None;
        'pairs: for pair in 1..=baseline.repeat {
            let order = if pair % 2 == 1 { [0, 1] } else { [1, 0] };
            for side in order {
                if all[side].next(&mut |event| notify(side, event))?.ends_a_plan() {
                    ended_by = Some(side);
                    break 'pairs;
                }
            }
            if enough(all.each_ref().map(Series::runs)).is_break() {
                break;
            }
        }
        let mut side = 0..;
        let runs = all.map(|series| {
            let side = side.next().unwrap_or_default();
            series.end(&mut |event| notify(side, event))
        });
        Ok(ExecutedTurns { runs, ended_by, failed_warmup: None })
    }
}
