//! Splits: the figures of tasks by the values of their spans' attributes.
//!
//! Takes the spans of a lane; gives sums for each task, attribute and value. These are a commutative monoid, so they
//! cover the whole run, with or without its rows. The number of values that are told apart is bounded; beyond it,
//! numbers are told apart by their ranges, other values not at all. From the sums come the parts of a task: they and
//! the spans without the attribute sum to the task.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use super::innermost::innermost;
use super::ranges::{self, Bin, Range, ranges};
use super::statistics::{Sums, TaskRows, TaskStatistics, busy_ns, together};
use crate::model::{Durations, KeyId, Keys, Spans, Summary};

/// The most values of an attribute that are told apart, if the split was asked for by its name.
const ASKED: usize = 100_000;
/// The most values of any other attribute.
const OTHERS: usize = 1_000;

/// By which attributes to split the figures of tasks. By default none: it costs time and memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SplitBy {
    /// By the attribute of this name. Up to 100,000 of its values are told apart.
    pub name: Option<String>,
    /// By every attribute. Up to 1,000 values of each are told apart.
    pub all: bool,
}

impl SplitBy {
    /// The most values of an attribute that are told apart. `None` if the split is not wanted.
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

/// The sums of a task's spans that have an attribute.
#[derive(Debug, Clone, PartialEq)]
struct Values<T: Eq + Hash> {
    /// The most values that are told apart.
    most: usize,
    apart: Apart<T>,
}

/// How values are told apart.
#[derive(Debug, Clone, PartialEq)]
enum Apart<T: Eq + Hash> {
    /// Each by itself.
    Each(HashMap<T, Part>),
    /// There are too many, and all of them are numbers.
    Bins(BTreeMap<Bin, Part>),
    /// There are too many, and one of them is not a number.
    Together(Box<Part>),
}

/// Some spans of a task.
#[derive(Debug, Clone, Default, PartialEq)]
struct Part {
    sums: Sums,
    durations: Durations,
}

impl Part {
    fn add(&mut self, duration_ns: Option<i64>, self_ns: i64) {
        self.sums.add(duration_ns, self_ns);
        if let Some(duration_ns) = duration_ns {
            self.durations.push(duration_ns);
        }
    }

    fn merge(&mut self, other: Part) {
        self.sums.merge(&other.sums);
        self.durations.merge(other.durations);
    }

    fn together<'a>(parts: impl Iterator<Item = &'a Part>) -> Part {
        parts.fold(Part::default(), |mut all, part| {
            all.merge(part.clone());
            all
        })
    }
}

impl<T: Eq + Hash> Values<T> {
    fn new(most: usize) -> Values<T> {
        Values { most, apart: Apart::Each(HashMap::new()) }
    }

    /// The part that a value belongs to. `bin` gives the bin of a value that is a number.
    fn part(&mut self, value: T, bin: impl Fn(&T) -> Option<Bin>) -> &mut Part {
        if let Apart::Each(parts) = &self.apart
            && parts.len() >= self.most
            && !parts.contains_key(&value)
        {
            self.merge_values(&bin);
        }
        let own = bin_if(&self.apart, || bin(&value));
        if own == Some(None) {
            self.merge_all();
        }
        match (&mut self.apart, own) {
            (Apart::Each(parts), _) => parts.entry(value).or_default(),
            (Apart::Bins(parts), Some(Some(bin))) => parts.entry(bin).or_default(),
            (Apart::Together(all), _) => all,
            (Apart::Bins(_), _) => unreachable!("values that are not numbers are together"),
        }
    }

    /// Tells values apart by their bins, or not at all.
    fn merge_values(&mut self, bin: impl Fn(&T) -> Option<Bin>) {
        let Apart::Each(parts) = &mut self.apart else { return };
        let parts = std::mem::take(parts);
        let mut bins: BTreeMap<Bin, Part> = BTreeMap::new();
        let mut others: Option<Part> = None;
        for (value, part) in parts {
            match bin(&value) {
                Some(bin) => bins.entry(bin).or_default().merge(part),
                None => others.get_or_insert_default().merge(part),
            }
        }
        self.apart = Apart::Bins(bins);
        if let Some(others) = others {
            self.merge_all().merge(others);
        }
    }

    /// Tells no values apart.
    fn merge_all(&mut self) -> &mut Part {
        if !matches!(self.apart, Apart::Together(_)) {
            self.apart = Apart::Together(Box::new(Part::together(self.parts())));
        }
        let Apart::Together(all) = &mut self.apart else { unreachable!("it was just set") };
        all
    }

    fn parts(&self) -> Box<dyn Iterator<Item = &Part> + '_> {
        match &self.apart {
            Apart::Each(parts) => Box::new(parts.values()),
            Apart::Bins(parts) => Box::new(parts.values()),
            Apart::Together(all) => Box::new(std::iter::once(&**all)),
        }
    }

    fn rename<U: Eq + Hash>(self, name: impl Fn(T) -> U) -> Values<U> {
        let apart = match self.apart {
            Apart::Each(parts) => {
                Apart::Each(parts.into_iter().map(|(value, part)| (name(value), part)).collect())
            }
            Apart::Bins(parts) => Apart::Bins(parts),
            Apart::Together(all) => Apart::Together(all),
        };
        Values { most: self.most, apart }
    }
}

/// The bin, if values are told apart by bins.
fn bin_if<T: Eq + Hash>(apart: &Apart<T>, bin: impl FnOnce() -> Option<Bin>) -> Option<Option<Bin>> {
    matches!(apart, Apart::Bins(_)).then(bin)
}

fn bin_of(value: &String) -> Option<Bin> {
    Bin::of(value)
}

impl Values<String> {
    /// Adds those of another lane.
    fn merge(&mut self, other: Values<String>) {
        match other.apart {
            Apart::Each(parts) => {
                parts.into_iter().for_each(|(value, part)| self.part(value, bin_of).merge(part));
            }
            Apart::Bins(parts) => {
                self.merge_values(bin_of);
                for (bin, part) in parts {
                    match &mut self.apart {
                        Apart::Bins(own) => own.entry(bin).or_default().merge(part),
                        _ => self.merge_all().merge(part),
                    }
                }
            }
            Apart::Together(all) => self.merge_all().merge(*all),
        }
    }
}

/// The sums of a lane. `spans` are in the model's order, with keys from `keys`. Free without a wanted attribute; else
/// O(spans), and O(log of the number of bins) for each number of an attribute with many values.
pub(crate) fn split(by: &SplitBy, keys: &Keys, spans: &Spans) -> Splits {
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
    innermost(spans, |index, from_ns, to_ns| self_ns[index] += to_ns - from_ns);
    let (tasks, task_of_key) = tasks(keys);
    for (column, most) in wanted {
        let mut by_task: Vec<Option<Values<u32>>> = vec![None; tasks.len()];
        for (index, value) in column.iter() {
            let span = spans.at(index);
            let values = by_task[task_of_key[span.key.index()]].get_or_insert_with(|| Values::new(most));
            let part = values.part(value, |&value| Bin::of(column.value(value)));
            part.add(span.duration_ns(), self_ns[index]);
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
    /// The most values that are told apart.
    pub most: usize,
    /// The parts of the task, never empty: values by self time, the largest first, or ranges of numbers, ascending;
    /// then the other values, then the spans without the attribute. Their counts, totals and self times sum to those
    /// of the task.
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

/// Splits some rows of the table by every attribute of their spans, sorted by name. At most `most` values get a part of
/// their own. O(n log n) of the values.
pub(crate) fn by_all(splits: &Splits, table: &Table<'_>, wanted: &[usize], most: usize) -> Vec<Split> {
    let of_row = |&row: &usize| {
        let names = splits.of.get(&table.names(row)).into_iter().flatten();
        names.map(move |(name, values)| table.split(row, name, Some(values), most)).collect::<Vec<_>>()
    };
    wanted.iter().flat_map(of_row).collect()
}

/// Splits some rows of the table by one attribute. A row without it has one part.
pub(crate) fn by_name(splits: &Splits, table: &Table<'_>, wanted: &[usize], name: &str) -> Vec<Split> {
    let of = |row| splits.of.get(&table.names(row)).and_then(|names| names.get(name));
    wanted.iter().map(|&row| table.split(row, name, of(row), usize::MAX)).collect()
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

    fn split(&self, row: usize, name: &str, values: Option<&Values<String>>, most: usize) -> Split {
        let task = &self.tasks[row];
        let figures = |part: &Part| task.of_part(&part.sums, &part.durations, self.busy_ns);
        let none = Values::new(OTHERS);
        let values = values.unwrap_or(&none);
        let all = Part::together(values.parts());
        let mut parts: Vec<(Value, TaskStatistics)> = match &values.apart {
            Apart::Each(each)
                if each.len() > ranges::MOST && each.keys().all(|value| bin_of(value).is_some()) =>
            {
                let mut bins: BTreeMap<Bin, Part> = BTreeMap::new();
                for (bin, part) in each.iter().filter_map(|(value, part)| Some((bin_of(value)?, part))) {
                    bins.entry(bin).or_default().merge(part.clone());
                }
                of_ranges(&bins).iter().map(|(range, part)| (Value::Range(*range), figures(part))).collect()
            }
            Apart::Each(each) => {
                let mut sorted: Vec<(&String, &Part)> = each.iter().collect();
                sorted
                    .sort_by_key(|(value, part)| (Reverse((part.sums.self_ns, part.sums.total_ns)), *value));
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
        let durations = together(self.summary.durations(), &self.keys[row]);
        let (sums, durations) = task.sums().without(&durations, &all.sums, &all.durations);
        let without = task.of_part(&sums, &durations, self.busy_ns);
        if without.count + without.unfinished > 0 {
            parts.push((Value::Without, without));
        }
        let distinct = if let Apart::Each(each) = &values.apart { Some(each.len()) } else { None };
        Split { row, name: name.to_owned(), values: distinct, most: values.most, parts }
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
