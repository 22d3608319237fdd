//! A series: the runs of a plan, made one at a time.
//!
//! Takes a plan and the runner of its command; gives a run whenever it is asked for one. Who asks decides how many there
//! are, and what runs in between.

use super::{Error, Event, Plan, Run, pruning};
use crate::command::{Ended, Runner};
use crate::runs::metadata::{self, InTurn};
use crate::runs::{KEPT, Machine, Revision, Store};

/// The runs of a plan so far.
pub(super) struct Series<'a> {
    plan: &'a Plan,
    runner: &'a Runner,
    in_turn: Option<InTurn>,
    store: Store,
    machine: Machine,
    git: Option<Revision>,
    runs: Vec<Run>,
}

impl<'a> Series<'a> {
    pub(super) fn new(plan: &'a Plan, runner: &'a Runner, in_turn: Option<InTurn>) -> Series<'a> {
        let store = Store::below(&plan.directory);
        let (machine, git) = (Machine::this(), Revision::of(&plan.directory));
        Series { plan, runner, in_turn, store, machine, git, runs: Vec::new() }
    }

    /// Makes the next run, and keeps it.
    ///
    /// # Errors
    ///
    /// [`Error::Keep`] if its directory or description cannot be written. The runs before it are kept.
    pub(super) fn next(&mut self, notify: &mut impl FnMut(Event<'_>)) -> Result<&Run, Error> {
        let unkept = |source| self.plan.unkept(source);
        let place = self.store.create(&self.plan.name).map_err(unkept)?;
        let number = self.runs.len() as u32 + 1;
        let mut metadata = self.plan.begun(&place, number, &self.machine, &self.git);
        metadata.in_turn.clone_from(&self.in_turn);
        metadata::create(&place.metadata(), &metadata).inspect_err(|_| place.discard()).map_err(unkept)?;
        notify(Event::Begin(&metadata));
        let run = self.plan.run(self.runner, place, metadata, notify);
        notify(Event::End(&run));
        self.runs.push(run);
        Ok(&self.runs[self.runs.len() - 1])
    }

    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Ends the series: of older runs of its name, a summary takes the place of the rows. Its own runs stay as they are.
    pub(super) fn end(self, notify: &mut impl FnMut(Event<'_>)) -> Vec<Run> {
        let kept = KEPT.max(self.runs.len());
        if let Err(error) = self.store.prune(&self.plan.name, kept, pruning::summary) {
            notify(Event::NotPruned(&error));
        }
        self.runs
    }
}

impl Plan {
    /// Runs the command as often as there are warm-ups, without recording. Gives the one that failed.
    ///
    /// # Errors
    ///
    /// [`Error::Keep`] if the system gives no directory for what is not kept.
    pub(super) fn warm_up(
        &self,
        runner: &Runner,
        notify: &mut impl FnMut(Event<'_>),
    ) -> Result<Option<Ended>, Error> {
        for number in 1..=self.warmup {
            notify(Event::Warmup(number, self.warmup));
            // A recorder that ignores WATERFALL=0 writes to a directory that is removed.
            let nowhere = tempfile::tempdir().map_err(|source| self.unkept(source))?;
            let mut command = self.command();
            command.env("WATERFALL", "0").env("WATERFALL_DIR", nowhere.path());
            let ended = runner.prepare().run(&mut command, |_| ());
            if !ended.is_success() {
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }
}
