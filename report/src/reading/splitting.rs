//! Splitting: the splits of all lanes, added up while lanes are read on several threads.
//!
//! A lane's sums are added as soon as they are there, so that only those of the lanes in work exist beside the result.
//! Which values the result no longer tells apart, the next lanes need not tell apart either: that is most of the time
//! where each span has a value of its own. Neither changes the result, which does not depend on the order of lanes.

use std::sync::{Mutex, PoisonError};

use crate::analysis::{SplitBy, Splits, split};
use crate::model::{Keys, Spans};

pub(super) struct Splitting<'a> {
    by: &'a SplitBy,
    all: Mutex<Splits>,
}

impl Splitting<'_> {
    pub(super) fn new(by: &SplitBy) -> Splitting<'_> {
        Splitting { by, all: Mutex::new(Splits::default()) }
    }

    /// Adds a lane. `spans` are in the model's order, with keys from `keys`.
    pub(super) fn add(&self, keys: &Keys, spans: &Spans) {
        if *self.by == SplitBy::default() || spans.attributes().is_empty() {
            return;
        }
        let known = self.with(|all| all.saturated());
        let own = split(self.by, keys, spans, &known);
        self.with(|all| all.merge(own));
    }

    pub(super) fn finish(self) -> Splits {
        self.all.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<R>(&self, work: impl FnOnce(&mut Splits) -> R) -> R {
        work(&mut self.all.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
