//! Samples: stacks and their weights, which a file has in two lists.
//!
//! Takes both lists in any order, before or after the frames. Holds each distinct stack once. Gives a profile.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use super::scale::Scale;
use crate::model::{Profile, Stacks};
use crate::sources::fields;
use crate::sources::json::{self, Value, Walk};
use crate::sources::source::Source;
use crate::text::units;

/// The samples of one profile.
#[derive(Default)]
pub(super) struct Samples {
    /// Distinct stacks of frames, and their ids.
    ids: HashMap<Arc<[u32]>, u32>,
    stacks: Vec<Arc<[u32]>>,
    /// The id of each sample; `None` for one that could not be read.
    samples: Vec<Option<u32>>,
    /// In billionths; `None` for one that could not be read.
    weights: Vec<Option<i128>>,
}

impl Samples {
    pub(super) fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    pub(super) fn read_stacks(&mut self, walk: &mut Walk, source: &mut Source<'_>) -> io::Result<()> {
        while walk.item(&mut source.lines)? {
            let stack: Option<Vec<u32>> = match walk.value(&mut source.lines)? {
                Value::Text(text) => serde_json::from_slice(text).ok(),
                Value::TooLong | Value::Cut => None,
            };
            if stack.is_none() {
                source.refuse(walk.line(), "sample", "it is not a list of frames");
            }
            let id = stack.map(|stack| self.id(stack));
            self.samples.push(id);
        }
        Ok(())
    }

    pub(super) fn read_weights(&mut self, walk: &mut Walk, source: &mut Source<'_>) -> io::Result<()> {
        while walk.item(&mut source.lines)? {
            let text = match walk.value(&mut source.lines)? {
                Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
                Value::TooLong | Value::Cut => String::new(),
            };
            let weight = json::decimal_wide(&text, 9);
            let weight = weight.and_then(|weight| if weight < 0 { Err("is negative") } else { Ok(weight) });
            if let Err(why) = weight {
                source.refuse(walk.line(), "weight", format!("{} {why}", fields::quoted(text.as_bytes())));
            }
            self.weights.push(weight.ok());
        }
        Ok(())
    }

    fn id(&mut self, stack: Vec<u32>) -> u32 {
        if let Some(&id) = self.ids.get(stack.as_slice()) {
            return id;
        }
        let (stack, id): (Arc<[u32]>, u32) = (stack.into(), self.stacks.len() as u32);
        self.stacks.push(Arc::clone(&stack));
        self.ids.insert(stack, id);
        id
    }

    /// The profile of all samples, with functions named as the frames.
    pub(super) fn profile(
        self,
        frames: &[String],
        scale: Scale,
        problem: &mut impl FnMut(String),
    ) -> Profile {
        let mut sums: Vec<(u64, i128)> = vec![(0, 0); self.stacks.len()];
        let mut unweighted = 0;
        for (index, sample) in self.samples.iter().enumerate() {
            let Some(id) = sample else { continue };
            match self.weights.get(index).copied().flatten() {
                Some(weight) => {
                    let sum = &mut sums[*id as usize];
                    *sum = (sum.0 + 1, sum.1.saturating_add(scale.of(weight)));
                }
                None => unweighted += 1,
            }
        }
        let mut stacks = Stacks::default();
        let ids: Vec<usize> = frames.iter().map(|name| stacks.function(name)).collect();
        let mut unknown = 0;
        for (stack, (count, weight)) in self.stacks.iter().zip(sums).filter(|(_, (count, _))| *count > 0) {
            let own: Option<Vec<usize>> =
                stack.iter().map(|&frame| ids.get(frame as usize).copied()).collect();
            match own {
                Some(own) => stacks.add(own, count, weight),
                None => unknown += count,
            }
        }
        for (count, one, several) in [
            (unweighted, "it has no weight", "they have no weight"),
            (
                unknown,
                "its frame is not among the shared frames",
                "their frames are not among the shared frames",
            ),
        ] {
            if count > 0 {
                let why = if count == 1 { one } else { several };
                problem(format!("{} skipped: {why}", units::counted(count, "sample")));
            }
        }
        stacks.finish()
    }
}
