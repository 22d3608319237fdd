//! Splits: the figures of tasks by the values of their spans' attributes.
//!
//! Takes the spans of a lane; gives sums for each task, attribute and value. These are a commutative monoid, so they
//! cover the whole run, with or without its rows. The number of values that are distinguished is bounded; beyond it,
//! numbers are distinguished by their ranges, other values not at all. From the sums come the parts of a task: they and
//! the spans without the attribute sum to the task.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cpu::{self, Stretch};
use super::division::Division;
use super::innermost::innermost;
use super::ranges::{self, Bin, Range, ranges};
use super::statistics::{TaskRows, TaskStatistics, busy_ns, together};
use super::values::{Apart, Part, Values};
use crate::model::{Durations, KeyId, Keys, Spans, Summary};

/// The most values of an attribute that are distinguished, if the split was asked for by its name.
const ASKED: usize = 100_000;
/// The most values of any other attribute.
const OTHERS: usize = 1_000;

/// By which attributes to split the figures of tasks. By default none: it costs time and memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SplitBy {
    /// By the attribute of this name. Up to 100,000 of its values are distinguished.
    pub name: Option<String>,
    /// By every attribute. Up to 1,000 values of each are distinguished.
    pub all: bool,
}

impl SplitBy {
    /// The most values of an attribute that are distinguished. `None` if the split is not wanted.
    fn most(&self, name: &str) -> Option<usize> {
        if self.name.as_deref() == Some(name) { Some(ASKED) } else { self.all.then_some(OTHERS) }
    }
}

/// The sums of lanes by task, attribute and value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Splits {
    /// The names of all attributes, also of those that are not wanted.
    names: BTreeSet<String>,
    /// By the names of group and task, then by the name of the attribute.
    of: BTreeMap<(String, String), BTreeMap<String, Values<String>>>,
    /// Number of spans whose attributes are not known, because only their summary was read.
    unknown: u64,
}

/// The sums of a lane. `spans` are in the model's order, with keys from `keys`. `known` is [`Splits::saturated`] of any
/// other lanes with which these will be merged: it changes nothing but the cost. Free without a wanted attribute; else
/// O(spans), and O(log of the number of bins) for each number of an attribute with many values.
pub(crate) fn split(by: &SplitBy, keys: &Keys, spans: &Spans, known: &Splits) -> Splits {
    let mut splits = Splits::default();
    let columns = spans.attributes().columns();
    if *by == SplitBy::default() || columns.is_empty() {
        return splits;
    }
    splits.names = columns.iter().map(|column| column.name().to_owned()).collect();
    let wanted: Vec<_> =
        columns.iter().filter_map(|column| Some((column, by.most(column.name())?))).collect();
    if wanted.is_empty() {
        return splits;
    }
    let mut self_ns = vec![0; spans.len()];
    innermost(spans, |_| true, |index, from_ns, to_ns| self_ns[index] += to_ns - from_ns);
    // Known time and CPU time of each span, in its self time; none if no CPU time is known.
    let mut known_ns = vec![(0, 0); if spans.has_cpu() { spans.len() } else { 0 }];
    cpu::share(spans, keys, |Stretch { index, from_ns, to_ns }, cpu_ns| {
        known_ns[index].0 += to_ns - from_ns;
        known_ns[index].1 += cpu_ns;
    });
    let division = |index: usize| {
        let is_wait = keys.key(spans.at(index).key).is_wait();
        Division::of_part(is_wait, self_ns[index], known_ns.get(index).copied().unwrap_or_default())
    };
    let (tasks, task_of_key) = tasks(keys);
    for (column, most) in wanted {
        let begin = |task: usize| {
            let (group, task) = tasks[task];
            let known = known.of.get(&(keys.name(group).to_owned(), keys.name(task).to_owned()));
            let known = known.and_then(|names| names.get(column.name()));
            known.map_or_else(
                || Values::new(most),
                |known| known.clone().rename(|_| unreachable!("it has no value")),
            )
        };
        let mut by_task: Vec<Option<Values<u32>>> = vec![None; tasks.len()];
        for (index, value) in column.iter() {
            let span = spans.at(index);
            if keys.key(span.key).is_point() {
                continue; // it belongs to no task
            }
            let task = task_of_key[span.key.index()];
            let values = by_task[task].get_or_insert_with(|| begin(task));
            let part = values.part(value, |&value| Bin::of(column.value(value)));
            part.add(span.duration_ns(), division(index));
        }
        for (&(group, task), values) in tasks.iter().zip(by_task) {
            let Some(values) = values else { continue };
            let of = splits.of.entry((keys.name(group).to_owned(), keys.name(task).to_owned())).or_default();
            of.insert(column.name().to_owned(), values.rename(|value| column.value(value).to_owned()));
        }
    }
    splits
}

/// Each task once, by its names, and the task of each key.
fn tasks(keys: &Keys) -> (Vec<(u32, u32)>, Vec<usize>) {
    let mut tasks = Vec::new();
    let mut known: HashMap<(u32, u32), usize> = HashMap::new();
    let of_key = (keys.all().iter())
        .map(|key| {
            *known.entry((key.group, key.task)).or_insert_with(|| {
                tasks.push((key.group, key.task));
                tasks.len() - 1
            })
        })
        .collect();
    (tasks, of_key)
}

impl Splits {
    /// Adds the lanes of `other`.
    pub(crate) fn merge(&mut self, other: Splits) {
        self.names.extend(other.names);
        self.unknown = self.unknown.saturating_add(other.unknown);
        for (task, names) in other.of {
            let own = self.of.entry(task).or_default();
            for (name, values) in names {
                match own.entry(name) {
                    std::collections::btree_map::Entry::Vacant(entry) => {
                        entry.insert(values);
                    }
                    std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().merge(values),
                }
            }
        }
    }

    /// Its tasks and attributes with too many values to tell apart, without any span.
    pub(crate) fn saturated(&self) -> Splits {
        let mut saturated = Splits::default();
        for (task, names) in &self.of {
            for (name, values) in names {
                if let Some(values) = values.saturated() {
                    saturated.of.entry(task.clone()).or_default().insert(name.clone(), values);
                }
            }
        }
        saturated
    }

    /// Adds lanes of which only the summary was read. It has the attributes of their longest spans; those of the
    /// others are not known.
    pub(crate) fn add_summary(&mut self, summary: &Summary) {
        self.unknown = self.unknown.saturating_add(summary.span_count());
        let longest = summary.lanes().flat_map(|(.., lane)| &lane.longest);
        let names = longest.flat_map(|span| &span.attributes).map(|(name, _)| name.to_string());
        self.names.extend(names);
    }

    /// The names of the attributes that a span has.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Number of spans whose attributes are not known. They count as spans without any attribute.
    pub(crate) fn unknown(&self) -> u64 {
        self.unknown
    }
}

/// A task by one of its spans' attributes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Split {
    /// Index of the task's row in the table.
    pub row: usize,
    /// The name of the attribute.
    pub name: String,
    /// The number of different values. `None` if there are more than `most`.
    pub values: Option<usize>,
    /// The most values that are distinguished.
    pub most: usize,
    /// Whether values are by total, since the task's spans enclose others for most of their time; else by self time.
    pub by_total: bool,
    /// The parts of the task, never empty: values, the largest first, or ranges of numbers, ascending; then the other
    /// values, then the spans without the attribute. Their counts, totals and self times sum to those of the task.
    pub parts: Vec<(Value, TaskStatistics)>,
}

/// What the spans of a part have in common.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// This value.
    Text(String),
    /// A number in this range.
    Range(Range),
    /// One of this many values that have no part of their own.
    Others(usize),
    /// One of more than [`Split::most`] values.
    Any,
    /// No attribute of the name.
    Without,
}

/// What to split.
pub(crate) struct Table<'a> {
    summary: &'a Summary,
    tasks: &'a [TaskStatistics],
    /// The keys of each row.
    keys: Vec<Vec<KeyId>>,
    busy_ns: i128,
}

/// The most parts of a table that a page has room for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// Attributes of a task: those that most of its spans have.
    pub names: usize,
    /// Values of an attribute with a part of their own.
    pub values: usize,
}

/// Splits some rows of the table by the attributes of their spans, sorted by name. Also gives the number of attributes
/// for which there is no room. O(n log n) of the values.
pub(crate) fn by_all(
    splits: &Splits,
    table: &Table<'_>,
    wanted: &[usize],
    room: Room,
) -> (Vec<Split>, usize) {
    let (mut found, mut more) = (Vec::new(), 0);
    for &row in wanted {
        let Some(names) = splits.of.get(&table.names(row)) else { continue };
        let task = table.task(row);
        let mut names: Vec<(&String, &Values<String>)> = names.iter().collect();
        names.sort_by_cached_key(|(_, values)| Reverse(values.parts().map(Part::span_count).sum::<u64>()));
        more += names.len().saturating_sub(room.names);
        names.truncate(room.names);
        names.sort_by_key(|(name, _)| *name);
        found.extend(names.iter().map(|(name, values)| task.split(name, Some(values), room.values)));
    }
    (found, more)
}

/// Splits some rows of the table by one attribute. A row without it has one part.
pub(crate) fn by_name(splits: &Splits, table: &Table<'_>, wanted: &[usize], name: &str) -> Vec<Split> {
    let of = |row| splits.of.get(&table.names(row)).and_then(|names| names.get(name));
    wanted.iter().map(|&row| table.task(row).split(name, of(row), usize::MAX)).collect()
}

impl<'a> Table<'a> {
    /// The table of a summary: its rows, and the row of each key.
    pub(crate) fn new(summary: &'a Summary, tasks: &'a [TaskStatistics], rows: &TaskRows) -> Table<'a> {
        let mut keys = vec![Vec::new(); tasks.len()];
        for key in summary.keys().ids() {
            if let Some(row) = rows.of(key) {
                keys[row].push(key);
            }
        }
        Table { summary, tasks, keys, busy_ns: busy_ns(summary) }
    }

    fn names(&self, row: usize) -> (String, String) {
        let (group, task) = self.tasks[row].task.names(self.summary.keys());
        (group.to_owned(), task.to_owned())
    }

    fn task(&self, row: usize) -> Whole<'a> {
        let durations = together(self.summary.durations(), &self.keys[row]);
        Whole { row, figures: &self.tasks[row], durations, busy_ns: self.busy_ns }
    }
}

/// A task to split.
struct Whole<'a> {
    row: usize,
    figures: &'a TaskStatistics,
    durations: Cow<'a, Durations>,
    busy_ns: i128,
}

impl Whole<'_> {
    /// By an attribute with these values, of which at most `most` get a part of their own.
    fn split(&self, name: &str, values: Option<&Values<String>>, most: usize) -> Split {
        let task = self.figures;
        let by_total = task.encloses();
        let figures = |part: &Part| task.of_part(&part.sums, &part.durations, self.busy_ns);
        let none = Values::new(OTHERS);
        let values = values.unwrap_or(&none);
        let all = Part::together(values.parts());
        let mut parts: Vec<(Value, TaskStatistics)> = match &values.apart {
            Apart::Each(each)
                if each.len() > ranges::MOST && each.keys().all(|value| Bin::of(value).is_some()) =>
            {
                let mut bins: BTreeMap<Bin, Part> = BTreeMap::new();
                for (bin, part) in each.iter().filter_map(|(value, part)| Some((Bin::of(value)?, part))) {
                    bins.entry(bin).or_default().merge(part.clone());
                }
                of_ranges(&bins).iter().map(|(range, part)| (Value::Range(*range), figures(part))).collect()
            }
            Apart::Each(each) => {
                let weight = |part: &Part| match by_total {
                    true => (part.sums.total_ns, part.sums.self_ns()),
                    false => (part.sums.self_ns(), part.sums.total_ns),
                };
                let mut sorted: Vec<(&String, &Part)> = each.iter().collect();
                sorted.sort_by_key(|(value, part)| (Reverse(weight(part)), *value));
                let (first, others) = sorted.split_at(most.min(sorted.len()));
                let mut parts: Vec<_> = first
                    .iter()
                    .map(|(value, part)| (Value::Text((*value).clone()), figures(part)))
                    .collect();
                if !others.is_empty() {
                    let together = Part::together(others.iter().map(|(_, part)| *part));
                    parts.push((Value::Others(others.len()), figures(&together)));
                }
                parts
            }
            Apart::Bins(bins) => {
                of_ranges(bins).iter().map(|(range, part)| (Value::Range(*range), figures(part))).collect()
            }
            Apart::Together(all) => vec![(Value::Any, figures(all))],
        };
        let (sums, durations) = task.sums().minus(&self.durations, &all.sums, &all.durations);
        let without = task.of_part(&sums, &durations, self.busy_ns);
        if without.count + without.unfinished > 0 {
            parts.push((Value::Without, without));
        }
        let distinct = if let Apart::Each(each) = &values.apart { Some(each.len()) } else { None };
        Split { row: self.row, name: name.to_owned(), values: distinct, most: values.most, by_total, parts }
    }
}

/// The bins in at most twelve ranges, ascending.
fn of_ranges(bins: &BTreeMap<Bin, Part>) -> Vec<(Range, Part)> {
    let own: Vec<Bin> = bins.keys().copied().collect();
    let mut found: Vec<(Range, Part)> = Vec::new();
    for (range, part) in ranges(&own).into_iter().zip(bins.values()) {
        match found.last_mut() {
            Some((last, all)) if *last == range => all.merge(part.clone()),
            _ => found.push((range, part.clone())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::statistics::Sums;
    use crate::analysis::{statistics, summarise};
    use crate::model::{Kind, LaneIdentity, ProcessIdentity, Rows};

    /// `(start, end, task, value)`; the value is of the attribute `of`, and task `c` waits. Of two spans in three, the
    /// CPU time is known: half of the time.
    type Drawn<'a> = (i64, Option<i64>, &'a str, Option<&'a str>);

    fn lane(number: usize, spans: &[Drawn<'_>], by: &SplitBy, known: &Splits) -> (Summary, Splits) {
        let mut rows = Rows::new();
        for &(start_ns, end_ns, task, value) in spans {
            let key = rows.keys.intern("g", task, if task == "c" { Kind::Wait } else { Kind::Work(None) });
            rows.push(start_ns, end_ns, key);
            if let Some(end_ns) = end_ns.filter(|_| start_ns % 3 > 0) {
                rows.set_cpu(rows.len() - 1, (end_ns - start_ns) / 2);
            }
            if let Some(value) = value {
                rows.attach(rows.len() - 1, "of", value);
                rows.attach(rows.len() - 1, "other", "same");
            }
        }
        let (keys, spans) = rows.sorted();
        let process = ProcessIdentity { identity: "p".into(), ..Default::default() };
        let lane =
            LaneIdentity { identity: number.to_string(), thread: number.to_string(), ..Default::default() };
        (summarise((process, lane), &keys, &spans, None).0, split(by, &keys, &spans, known))
    }

    fn merged(lanes: &[Vec<Drawn<'_>>], by: &SplitBy) -> (Summary, Splits) {
        let (mut summary, mut splits) = (Summary::new(), Splits::default());
        for (number, spans) in lanes.iter().enumerate() {
            let (of, by) = lane(number, spans, by, &splits.saturated());
            summary.merge(of);
            splits.merge(by);
        }
        (summary, splits)
    }

    fn named() -> SplitBy {
        SplitBy { name: Some("of".into()), all: false }
    }

    /// The parts of the tasks by the attribute `of`, each as `task value count unfinished total self`.
    fn parts(lanes: &[Vec<Drawn<'_>>], most: usize) -> Vec<String> {
        let by = if most == usize::MAX { named() } else { SplitBy { all: true, ..SplitBy::default() } };
        let (summary, splits) = merged(lanes, &by);
        let (tasks, rows) = statistics(&summary, usize::MAX);
        let table = Table::new(&summary, &tasks, &rows);
        let wanted: Vec<usize> = (0..tasks.len()).collect();
        let found = match most {
            usize::MAX => by_name(&splits, &table, &wanted, "of"),
            most => by_all(&splits, &table, &wanted, Room { names: 2, values: most }).0,
        };
        let text = |split: &Split, (value, of): &(Value, TaskStatistics)| {
            let value = match value {
                Value::Text(text) => text.clone(),
                Value::Range(range) => format!("{}..{}", range.from, range.to),
                Value::Others(count) => format!("({count} others)"),
                Value::Any => format!("(over {})", split.most),
                Value::Without => "(without)".into(),
            };
            let task = of.task.names(summary.keys()).1;
            format!("{task} {value} {} {} {} {}", of.count, of.unfinished, of.total_ns, of.self_ns)
        };
        let of_name = found.iter().filter(|split| split.name == "of");
        of_name.flat_map(|split| split.parts.iter().map(move |part| text(split, part))).collect()
    }

    #[test]
    fn each_value_has_the_figures_of_its_spans_and_the_rest_those_of_the_others() {
        let lanes = [
            vec![
                (0, Some(100), "a", Some("x")),
                (10, Some(40), "a", Some("y")),
                (50, Some(60), "b", None),
                (110, None, "a", Some("x")),
            ],
            vec![(0, Some(7), "a", None), (7, Some(9), "a", Some("y"))],
        ];
        assert_eq!(
            parts(&lanes, usize::MAX),
            ["a x 1 1 100 60", "a y 2 0 32 32", "a (without) 1 0 7 7", "b (without) 1 0 10 10"]
        );
        // A page shows only tasks with attributes, and puts values together.
        assert_eq!(parts(&lanes, 1), ["a x 1 1 100 60", "a (1 others) 2 0 32 32", "a (without) 1 0 7 7"]);
    }

    #[test]
    fn values_are_by_total_where_other_spans_ran_inside_those_of_the_task() {
        let lane = vec![
            (0, Some(100), "image", Some("large")),
            (1, Some(100), "resize", None),
            (100, Some(140), "image", Some("small")),
            (105, Some(140), "resize", None),
        ];
        let of_image = |lane: &[Drawn<'_>]| {
            parts(&[lane.to_vec()], usize::MAX).into_iter().filter(|part| part.starts_with("image"))
        };
        assert!(of_image(&lane).eq(["image large 1 0 100 1", "image small 1 0 40 5"]));
        assert!(of_image(&[lane[0], lane[2]]).eq(["image large 1 0 100 100", "image small 1 0 40 40"]));
    }

    #[test]
    fn more_than_twelve_numbers_are_ranges_and_other_texts_are_not() {
        let numbers: Vec<String> = (1..=13).map(|number| number.to_string()).collect();
        let spans = |values: &[String]| -> Vec<(i64, Option<i64>, String)> {
            values.iter().zip(0..).map(|(value, at)| (at, Some(at + 1), value.clone())).collect()
        };
        let of = |values: &[String]| {
            let spans = spans(values);
            let lane: Vec<Drawn<'_>> =
                spans.iter().map(|(start, end, value)| (*start, *end, "a", Some(value.as_str()))).collect();
            parts(&[lane], usize::MAX)
        };
        assert_eq!(of(&numbers), ["a 1..2 1 0 1 1", "a 2..5 3 0 3 3", "a 5..10 5 0 5 5", "a 10..20 4 0 4 4"]);
        assert_eq!(of(&numbers[..12]).len(), 12);
        assert_eq!(of(&[numbers, vec!["n/a".into()]].concat()).len(), 14);
    }

    #[test]
    fn too_many_values_are_not_told_apart_but_numbers_still_are_by_range() {
        let texts: Vec<String> = (0..=OTHERS).map(|number| format!("x{number}")).collect();
        let lane: Vec<Drawn<'_>> =
            texts.iter().zip(0..).map(|(text, at)| (at, Some(at + 1), "a", Some(text.as_str()))).collect();
        assert_eq!(parts(&[lane], 12), ["a (over 1000) 1001 0 1001 1001"]);
        let lane: Vec<Drawn<'_>> =
            texts.iter().zip(0..).map(|(text, at)| (at, Some(at + 1), "a", Some(&text[1..]))).collect();
        let found = parts(&[lane], 12);
        assert_eq!((found.len(), &*found[0], &*found[10]), (11, "a 0..1 1 0 1 1", "a 1000..2000 1 0 1 1"));
    }

    #[test]
    fn attributes_that_most_spans_have_come_before_others_where_room_is_small() {
        let lanes = [vec![(0, Some(9), "a", Some("x")), (9, Some(10), "b", None)]];
        let (summary, splits) = merged(&lanes, &SplitBy { all: true, ..SplitBy::default() });
        let (tasks, rows) = statistics(&summary, usize::MAX);
        let table = Table::new(&summary, &tasks, &rows);
        let (found, more) = by_all(&splits, &table, &[0, 1], Room { names: 1, values: 12 });
        assert_eq!((found.len(), &*found[0].name, more), (1, "of", 1));
    }

    #[test]
    fn what_is_known_of_other_lanes_changes_no_sum() {
        let texts: Vec<String> = (0..2 * OTHERS).map(|value| format!("{value} px")).collect();
        let numbers: Vec<String> = (0..2 * OTHERS).map(|value| value.to_string()).collect();
        let drawn = |values: &'static str, count: usize| {
            let all = if values == "texts" { &texts } else { &numbers };
            let drawn = all.iter().take(count).enumerate();
            drawn
                .map(|(at, value)| (at as i64, Some(at as i64 + 3), values, Some(&**value)))
                .collect::<Vec<_>>()
        };
        let lanes = [
            drawn("texts", 2 * OTHERS),
            drawn("numbers", 2 * OTHERS),
            drawn("texts", 5),
            drawn("numbers", 5),
        ];
        let by = SplitBy { all: true, ..SplitBy::default() };
        let mut plain = Splits::default();
        lanes
            .iter()
            .enumerate()
            .for_each(|(number, of)| plain.merge(lane(number, of, &by, &Splits::default()).1));
        let saturated = plain.saturated();
        assert_eq!(saturated.of.len(), 2);
        assert!(saturated.of.values().all(|names| names.keys().eq(["of"])), "`other` has one value");
        assert_eq!(merged(&lanes, &by).1, plain);
    }

    proptest! {
        #[test]
        fn the_parts_of_a_task_sum_to_it(
            spans in prop::collection::vec((0i64..90, prop::option::of(0i64..40), 0u8..3, prop::option::of(0i32..20)), 1..60),
            lanes in 1usize..4,
            most in prop_oneof![Just(2), Just(usize::MAX)],
        ) {
            let values: Vec<Option<String>> = spans.iter().map(|span| span.3.map(|value| value.to_string())).collect();
            let all: Vec<Drawn<'_>> = spans.iter().zip(&values)
                .map(|(&(start, length, task, _), value)| {
                    (start, length.map(|length| start + length), ["a", "b", "c"][usize::from(task)], value.as_deref())
                })
                .collect();
            let lanes: Vec<Vec<Drawn<'_>>> =
                (0..lanes).map(|lane| all.iter().skip(lane).step_by(lanes).copied().collect()).collect();
            let by = SplitBy { all: true, ..named() };
            let (summary, splits) = merged(&lanes, &by);
            let (tasks, rows) = statistics(&summary, usize::MAX);
            let table = Table::new(&summary, &tasks, &rows);
            let wanted: Vec<usize> = (0..tasks.len()).collect();
            let found = [by_all(&splits, &table, &wanted, Room { names: 2, values: most }).0, by_name(&splits, &table, &wanted, "of")].concat();
            for split in &found {
                let task = &tasks[split.row];
                let mut sums = Sums::default();
                split.parts.iter().for_each(|(_, part)| sums.merge(&part.sums()));
                prop_assert_eq!(sums, task.sums());
                let share: f64 = split.parts.iter().map(|(_, part)| part.share).sum();
                prop_assert!((share - task.share).abs() < 1e-9);
                // The spans without the attribute are looked up one by one, too.
                let name = task.task.names(summary.keys()).1;
                let mut without: Vec<i64> = all.iter()
                    .filter(|(.., task, value)| *task == name && value.is_none())
                    .filter_map(|(start, end, ..)| end.map(|end| end - start))
                    .collect();
                without.sort_unstable();
                let part = split.parts.iter().find(|(value, _)| *value == Value::Without);
                let durations = part.and_then(|(_, part)| part.durations);
                prop_assert_eq!(durations.map(|of| (of.min_ns, of.max_ns)), without.first().copied().zip(without.last().copied()));
            }
        }
    }
}
