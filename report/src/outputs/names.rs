//! The names that the page needs: those of the table's tasks, and of point events.
//!
//! Takes the keys of the trace, and the row of the table or the kind of point events for each. Gives each name once, and the page's key for
//! every key of the trace. The keys of tasks that share a row become one, so that a million names make the page no
//! larger than a thousand.

use std::collections::HashMap;

use templates::Key;

use super::labels::{other_instants, others};
use crate::analysis::{Analysis, Task};
use crate::model::{KeyId, Keys, Kind};

/// Names and keys as the page has them.
#[derive(Default)]
pub(super) struct Names {
    /// Every name once.
    pub(super) names: Vec<String>,
    /// A task of a group, with the user's colour, or a kind of point events.
    pub(super) keys: Vec<Key>,
    /// Group and task of each row of the table, as indices into `names`.
    pub(super) rows: Vec<(u32, u32)>,
    /// Group and name of each kind of point events, in the same way.
    pub(super) points: Vec<(u32, u32)>,
    /// By the index of the trace's key. `None` for a key that no span has.
    key_of: Vec<Option<u32>>,
}

impl Names {
    pub(super) fn new(keys: &Keys, analysis: &Analysis) -> Names {
        let mut names = Names::default();
        let mut known: HashMap<String, u32> = HashMap::new();
        let mut named = |of: Task, others: fn(u64) -> String| {
            let (group, task) = of.names(keys);
            let task = match of {
                Task::Named { .. } => names.intern(&mut known, task),
                Task::Others(count) => names.push(others(count)), // not a task that has this very name
            };
            (names.intern(&mut known, group), task)
        };
        let rows = analysis.tasks.iter().map(|row| named(row.task, others)).collect();
        let points = analysis.points.kinds.iter().map(|kind| named(kind.name, other_instants)).collect();
        (names.rows, names.points) = (rows, points);
        let mut key_ids: HashMap<(usize, Kind), u32> = HashMap::new();
        names.key_of = (keys.ids().zip(keys.all()))
            .map(|(id, key)| {
                if let Some(kind) = analysis.points.of(id) {
                    return Some(*key_ids.entry((kind, Kind::Point)).or_insert_with(|| {
                        let (group, task) = names.points[kind];
                        names.keys.push(Key { group, task, color: None, wait: false, point: true });
                        names.keys.len() as u32 - 1
                    }));
                }
                let row = analysis.rows.of(id)?;
                let kind = match (key.kind, analysis.tasks[row].task) {
                    (Kind::Work(_), Task::Others(_)) => Kind::Work(None),
                    (kind, _) => kind,
                };
                Some(*key_ids.entry((row, kind)).or_insert_with(|| {
                    let (group, task) = names.rows[row];
                    let color = key.color().filter(|&color| kind == Kind::Work(Some(color)));
                    let (color, wait) = (color.map(|color| color.to_string()), kind == Kind::Wait);
                    names.keys.push(Key { group, task, color, wait, point: false });
                    names.keys.len() as u32 - 1
                }))
            })
            .collect();
        names
    }

    /// The page's key for a key of the trace.
    ///
    /// # Panics
    ///
    /// If no row has the key.
    pub(super) fn key(&self, id: KeyId) -> u32 {
        self.key_of[id.index()].expect("a span's key belongs to a row of the table, a point's to a kind")
    }

    fn intern(&mut self, known: &mut HashMap<String, u32>, name: &str) -> u32 {
        if let Some(&id) = known.get(name) {
            return id;
        }
        let id = self.push(name.to_owned());
        known.insert(name.to_owned(), id);
        id
    }

    fn push(&mut self, name: String) -> u32 {
        self.names.push(name);
        self.names.len() as u32 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{NAMED, drawn, of_trace};

    #[test]
    fn a_million_names_are_no_more_on_the_page_than_a_thousand() {
        let lane: Vec<_> = (0..3000).map(|n| format!("t{n}({n}..{})", n + 1)).collect();
        let trace = drawn::trace(&[&lane.join(" ")]);
        let names = Names::new(trace.keys(), &of_trace(&trace));
        assert_eq!((names.keys.len(), names.names.len()), (NAMED + 1, NAMED + 3));
        let last = names.key(trace.keys().ids().last().unwrap());
        assert_eq!(names.names[names.keys[last as usize].task as usize], "(2,000 other tasks)");
    }

    #[test]
    fn point_events_have_keys_of_their_own_beside_tasks_of_their_name() {
        let trace = drawn::trace(&["a(0..10) a^(3..3) b^(4..4) b^(5..5)"]);
        let names = Names::new(trace.keys(), &of_trace(&trace));
        let name = |&(_, task): &(u32, u32)| names.names[task as usize].as_str();
        assert_eq!(names.rows.iter().map(name).collect::<Vec<_>>(), ["a"]);
        assert_eq!(names.points.iter().map(name).collect::<Vec<_>>(), ["b", "a"]);
        let are_points: Vec<bool> = names.keys.iter().map(|key| key.point).collect();
        assert_eq!(are_points, [false, true, true]);
    }

    #[test]
    fn a_task_in_two_colours_is_two_keys_of_one_row() {
        let trace = drawn::trace(&["a(0..10) a!(20..30)"]);
        let names = Names::new(trace.keys(), &of_trace(&trace));
        assert_eq!((names.rows.len(), names.keys.len()), (1, 2));
        assert_eq!(names.keys[1].color.as_deref(), Some("#ff0000"));
    }
}
