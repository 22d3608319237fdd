//! How long the last span of each task of a thread took, so that a long span can be expected when it starts.
//!
//! A small table of one size. A task is the address and length of its name and the number of its Recorder: nobody reads
//! the name. Two tasks can look the same, for example if each name is made anew. Then an expectation is wrong, and no
//! more. Must not know prices or clocks.

use std::num::NonZeroU32;

use crate::thread::RecorderId;

/// What is known of the last span of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// The task had no span yet.
    None,
    /// About how long it took.
    Took(i64),
    /// The table has no place for the task.
    Forgotten,
}

/// A task of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Task(NonZeroU32);

impl Task {
    #[inline]
    pub(super) fn new(recorder: RecorderId, name: &str) -> Self {
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15; // odd, and its bits are well mixed
        let place = name.as_ptr() as u64;
        let seen = place.wrapping_add((name.len() as u64) << 48).wrapping_add(recorder.wrapping_mul(SPREAD));
        Self(NonZeroU32::MIN | (seen.wrapping_mul(SPREAD) >> 32) as u32)
    }

    #[inline]
    fn set(self) -> usize {
        self.0.get() as usize >> (u32::BITS - SETS.trailing_zeros())
    }
}

/// Sets of places. A task has a place in one of them.
const SETS: usize = 32;
const PLACES: usize = 4;

#[derive(Clone, Copy, Debug)]
struct Place {
    /// `None` if it is free.
    task: Option<Task>,
    /// In units of 1,024 ns.
    length: u32,
}

type Set = [Place; PLACES];

#[derive(Debug)]
pub(super) struct Lengths {
    /// Empty until the first question.
    sets: Vec<Set>,
}

impl Lengths {
    pub(super) const fn new() -> Self {
        Self { sets: Vec::new() }
    }

    /// What is known of the last span of a task. Makes the table if there is none.
    #[inline]
    pub(super) fn last(&mut self, task: Task) -> Last {
        if self.sets.is_empty() {
            self.sets.resize(SETS, [Place { task: None, length: 0 }; PLACES]);
        }
        let set = &self.sets[task.set()];
        match set.iter().find(|place| place.task == Some(task)) {
            Some(place) => Last::Took(i64::from(place.length) << 10),
            None if set.iter().any(|place| place.task.is_none()) => Last::None,
            None => Last::Forgotten,
        }
    }

    /// Notes the last span of a task: in its own place, in a free one, or in place of a shorter one.
    #[inline]
    pub(super) fn note(&mut self, task: Task, length_ns: i64) {
        let length = u32::try_from(length_ns >> 10).unwrap_or(if length_ns < 0 { 0 } else { u32::MAX });
        let Some(set) = self.sets.get_mut(task.set()) else { return };
        let own = set.iter().position(|place| place.task == Some(task));
        let place = own.or_else(|| {
            let shortest = (0..PLACES).min_by_key(|&at| set[at].task.map(|_| set[at].length))?;
            let is_free = set[shortest].task.is_none() || set[shortest].length < length;
            is_free.then_some(shortest)
        });
        if let Some(at) = place {
            set[at] = Place { task: Some(task), length };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1 << 20;

    #[test]
    fn a_task_is_known_after_its_first_span() {
        let (mut lengths, name) = (Lengths::new(), "download");
        let task = Task::new(1, name);
        assert_eq!(lengths.last(task), Last::None);
        for (length_ns, known_ns) in
            [(3 * MS, 3 * MS), (700, 0), (-1, 0), (i64::MAX, i64::from(u32::MAX) << 10)]
        {
            lengths.note(task, length_ns);
            assert_eq!(lengths.last(task), Last::Took(known_ns));
        }
        for other in [Task::new(2, name), Task::new(1, &name[1..]), Task::new(1, &name[..7])] {
            assert_eq!(lengths.last(other), Last::None);
        }
    }

    #[test]
    fn long_spans_are_known_among_thousands_of_short_ones() {
        let (mut lengths, names) = (Lengths::new(), "x".repeat(10_000));
        let long: Vec<_> = (0..10).map(|at| Task::new(at, "long")).collect();
        for round in 0..3 {
            for at in 0..10_000 {
                lengths.note(Task::new(1, &names[at..]), 2000);
            }
            for (at, &task) in long.iter().enumerate() {
                let known = lengths.last(task);
                assert!(matches!(known, Last::Took(_)) || round == 0, "{at}: {known:?}");
                lengths.note(task, 3 * MS);
            }
        }
        let short = (0..10_000).map(|at| lengths.last(Task::new(1, &names[at..])));
        assert!(short.filter(|&last| last == Last::Forgotten).count() > 9_000, "none of them is new");
    }
}
