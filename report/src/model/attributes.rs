//! Attributes: what the spans of a lane were about.
//!
//! A sparse table beside the columns of [`Spans`](super::Spans): a column for each name, with the spans that have it
//! and a dictionary of their values. A span has at most one value of a name. Columns are sorted by name, spans ascend.
//! Must not know what a name means.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use super::dictionary::Dictionary;

/// The attributes of a lane's spans. Costs 8 bytes for each, and its distinct values once for each name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    columns: Vec<Column>,
    /// Number of attributes that were not taken.
    left_out: u64,
}

/// The most names in a lane. A program with more gives each span names of its own, where it should give values.
pub(crate) const MOST_NAMES: usize = 1000;

/// The attributes of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: Arc<str>,
    /// Indices of spans, ascending.
    spans: Vec<u32>,
    /// For each of `spans`, the id of its value.
    values: Vec<u32>,
    known: Dictionary,
}

impl Attributes {
    /// Whether no span has an attribute.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// A column for each name, sorted by name.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of a name; `None` if no span has this attribute. O(log of the number of names).
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.place(name).ok().map(|place| &self.columns[place])
    }

    /// The names and values of a span, sorted by name. O(names x log of their spans).
    pub fn of(&self, span: usize) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().filter_map(move |column| Some((column.name(), column.of(span)?)))
    }

    /// Number of attributes that are not here, because the first spans have [`MOST_NAMES`] others.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// As [`of`](Attributes::of), those first that tell spans of the lane apart best: names with the most values, then
    /// by name. Empty values come last.
    pub(crate) fn telling(&self, span: usize) -> Vec<(&str, &str)> {
        let own = self.columns.iter().filter_map(|column| Some((column, column.of(span)?)));
        let mut own: Vec<(&Column, &str)> = own.collect();
        own.sort_by_key(|(column, value)| (value.is_empty(), Reverse(column.value_count())));
        own.into_iter().map(|(column, value)| (column.name(), value)).collect()
    }

    /// Gives a span an attribute. If the span already has one of this name, the value is replaced. Beyond
    /// [`MOST_NAMES`] names, attributes of new ones are only counted.
    pub(super) fn insert(&mut self, span: usize, name: &str, value: &str) {
        let span = index(span);
        match self.place(name) {
            Ok(place) => self.columns[place].insert(span, value),
            Err(_) if self.columns.len() >= MOST_NAMES => self.left_out += 1,
            Err(place) => {
                self.columns.insert(place, Column::new(name.into()));
                self.columns[place].insert(span, value);
            }
        }
    }

    /// Adds those of later spans. Their indices move by `spans`, the number of spans before them.
    pub(super) fn append(&mut self, other: Attributes, spans: usize) {
        self.left_out += other.left_out;
        for mut later in other.columns {
            later.spans.iter_mut().for_each(|span| *span = index(*span as usize + spans));
            match self.place(&later.name) {
                Ok(place) => self.columns[place].append(later),
                Err(_) if self.columns.len() >= MOST_NAMES => self.left_out += later.len() as u64,
                Err(place) => self.columns.insert(place, later),
            }
        }
    }

    /// Gives back the memory that only further attributes need.
    pub(super) fn shrink(&mut self) {
        for column in &mut self.columns {
            column.spans.shrink_to_fit();
            column.values.shrink_to_fit();
            column.known.shrink();
        }
    }

    /// Follows spans that change their places: `to` gives the new index of each, `None` for one that is removed.
    pub(super) fn move_spans(&mut self, to: impl Fn(usize) -> Option<usize>) {
        for column in &mut self.columns {
            column.move_spans(&to);
        }
        self.columns.retain(|column| !column.spans.is_empty());
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.columns.binary_search_by(|column| column.name().cmp(name))
    }
}

impl Column {
    fn new(name: Arc<str>) -> Column {
        Column { name, spans: Vec::new(), values: Vec::new(), known: Dictionary::default() }
    }

    /// The name, as recorded.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name, shared.
    pub(crate) fn shared_name(&self) -> &Arc<str> {
        &self.name
    }

    /// Number of spans that have the attribute.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether no span has it.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The index of each span that has it, ascending, and the id of its value.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (usize, u32)> + Clone + '_ {
        self.spans.iter().zip(&self.values).map(|(&span, &value)| (span as usize, value))
    }

    /// The value of a span; `None` if it does not have the attribute. O(log of the number of spans).
    pub fn of(&self, span: usize) -> Option<&str> {
        let place = self.spans.binary_search(&u32::try_from(span).ok()?).ok()?;
        Some(self.value(self.values[place]))
    }

    /// Number of ids of values. After spans were removed, some of these values may have no span.
    pub fn value_count(&self) -> usize {
        self.known.len()
    }

    /// The value with this id.
    ///
    /// # Panics
    ///
    /// When the id is not below [`value_count`](Column::value_count).
    pub fn value(&self, id: u32) -> &str {
        self.known.text(id)
    }

    /// Length of all values in bytes.
    pub(crate) fn text_len(&self) -> usize {
        self.known.joined().len()
    }

    fn insert(&mut self, span: u32, value: &str) {
        let value = self.known.id(value);
        match self.spans.last().map_or(Ordering::Less, |last| last.cmp(&span)) {
            Ordering::Less => {
                self.spans.push(span);
                self.values.push(value);
            }
            Ordering::Equal => *self.values.last_mut().expect("it has a last span") = value,
            Ordering::Greater => match self.spans.binary_search(&span) {
                Ok(place) => self.values[place] = value,
                Err(place) => {
                    self.spans.insert(place, span);
                    self.values.insert(place, value);
                }
            },
        }
    }

    /// Adds the column of later spans, which has the same name.
    fn append(&mut self, later: Column) {
        let ids: Vec<u32> = later.known.iter().map(|value| self.known.id(value)).collect();
        self.spans.extend(later.spans);
        self.values.extend(later.values.iter().map(|&id| ids[id as usize]));
    }

    fn move_spans(&mut self, to: impl Fn(usize) -> Option<usize>) {
        let moved = self.iter().filter_map(|(span, value)| Some((index(to(span)?), value)));
        let mut moved: Vec<(u32, u32)> = moved.collect();
        moved.sort_unstable();
        (self.spans, self.values) = moved.into_iter().unzip();
    }
}

fn index(span: usize) -> u32 {
    u32::try_from(span).expect("more than 2^32 spans of a lane exceed any memory")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Keys, Spans};

    /// The attributes of each span, in order.
    fn listed(spans: &Spans) -> Vec<Vec<(&str, &str)>> {
        (0..spans.len()).map(|span| spans.attributes().of(span).collect()).collect()
    }

    #[test]
    fn the_last_value_of_a_name_counts_in_whatever_order_spans_come() {
        let mut attributes = Attributes::default();
        for (span, name, value) in [
            (3, "url", "c"),
            (1, "url", "a"),
            (3, "bytes", "7"),
            (3, "url", "d"),
            (1, "url", "a"),
            (0, "", ""),
        ] {
            attributes.insert(span, name, value);
        }
        let of = |span| attributes.of(span).collect::<Vec<_>>();
        assert_eq!(of(3), [("bytes", "7"), ("url", "d")]);
        assert_eq!((of(1), of(2), of(0)), (vec![("url", "a")], vec![], vec![("", "")]));
        let url = attributes.column("url").unwrap();
        assert_eq!(url.iter().map(|(span, _)| span).collect::<Vec<_>>(), [1, 3]);
        assert!(attributes.column("ur").is_none());
    }

    #[test]
    fn what_tells_spans_apart_comes_first() {
        let mut attributes = Attributes::default();
        for span in 0..3 {
            attributes.insert(span, "a", "same");
            attributes.insert(span, "b", &"x".repeat(span));
            attributes.insert(span, "c", &format!("{}.png", span / 2));
        }
        assert_eq!(attributes.telling(0), [("c", "0.png"), ("a", "same"), ("b", "")]);
        assert_eq!(attributes.telling(2), [("b", "xx"), ("c", "1.png"), ("a", "same")]);
        assert_eq!(attributes.telling(3), []);
    }

    proptest! {
        #[test]
        fn attributes_stay_with_their_spans(
            parts in prop::collection::vec(prop::collection::vec((0i64..9, 0i64..9, "[a-c]{0,2}", "[a-c]{0,2}"), 0..8), 1..4),
            least_ns in 0i64..5,
        ) {
            // Every span has its number as a value. So it can be recognised wherever it is.
            let mut keys = Keys::default();
            let key = keys.intern("g", "t", None);
            let (mut spans, mut expected) = (Spans::default(), BTreeMap::new());
            for part in parts {
                let mut own = Spans::default();
                for (start_ns, duration_ns, name, value) in part {
                    let number = format!("{}", expected.len());
                    own.push(start_ns, Some(start_ns + duration_ns), key);
                    own.attach(own.len() - 1, &name, &value);
                    own.attach(own.len() - 1, "number", &number);
                    expected.insert(number, (start_ns, duration_ns, name, value));
                }
                spans.append(own);
            }
            let count = expected.len();
            spans.retain(|span| span.duration_ns() >= Some(least_ns));
            spans.sort();
            prop_assert_eq!(spans.len(), expected.values().filter(|span| span.1 >= least_ns).count());
            for (span, own) in spans.iter().zip(listed(&spans)) {
                let number = own.iter().find(|attribute| attribute.0 == "number").unwrap().1;
                let (start_ns, duration_ns, name, value) = expected.remove(number).unwrap();
                prop_assert_eq!((span.start.ns(), span.duration_ns()), (start_ns, Some(duration_ns)));
                prop_assert!(own.contains(&(&name, &value)) && own.len() == 2);
            }
            prop_assert!(expected.values().all(|span| span.1 < least_ns) && expected.len() <= count);
        }
    }
}
