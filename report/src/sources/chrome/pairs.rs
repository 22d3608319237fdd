//! Pairs: begins and ends of one lane become spans.
//!
//! An end belongs to the last begin before it, in the order of times, that has no end yet: a stack. That is the
//! format's rule; names of ends are optional. Events of one time keep the order of the file. A begin without an end
//! stays an unfinished span. What ends say of their spans is kept until all events are there.

use super::event::Event;
use crate::model::{KeyId, Keys, Rows};
use crate::sources::cpu;
use crate::sources::fields::quoted;

/// The begins and ends of a lane.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    marks: Vec<Mark>,
    /// A row for each end that has attributes. Most lanes have none, and there may be many.
    ends: Option<Box<Rows>>,
}

/// A begin or an end.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at_ns: i64,
    line: u32,
    name: KeyId,
    side: Side,
}

#[derive(Debug, Clone, Copy)]
enum Side {
    /// Of the row at this index.
    Begin(u32),
    /// With the attributes of this row of `ends`.
    End(Option<u32>),
}

impl Pairs {
    /// Notes that the unfinished row at `index` begins.
    pub(super) fn begin(&mut self, at_ns: i64, line: u64, name: KeyId, index: usize) {
        self.mark(at_ns, line, name, Side::Begin(narrow(index)));
    }

    pub(super) fn end(&mut self, at_ns: i64, line: u64, name: KeyId, event: &Event<'_>) {
        let (ends, mut own) = (&mut self.ends, None);
        event.attributes(|attribute, value| {
            let ends = ends.get_or_insert_default();
            let index = *own.get_or_insert_with(|| {
                let key = ends.keys.intern("", "", None);
                ends.push(0, None, key);
                ends.len() - 1
            });
            cpu::attach(ends, index, attribute, value);
        });
        self.mark(at_ns, line, name, Side::End(own.map(narrow)));
    }

    fn mark(&mut self, at_ns: i64, line: u64, name: KeyId, side: Side) {
        self.marks.push(Mark { at_ns, line: u32::try_from(line).unwrap_or(u32::MAX), name, side });
    }

    /// Ends the rows of a lane. Passes each fault to `report`: its line, and what is wrong. `names` has the names of all
    /// begins and ends.
    pub(super) fn settle(self, names: &Keys, rows: &mut Rows, mut report: impl FnMut(u64, String)) {
        let Pairs { mut marks, ends } = self;
        if !marks.is_sorted_by_key(|mark| mark.at_ns) {
            marks.sort_by_key(|mark| mark.at_ns);
        }
        let (_, ends) = ends.unwrap_or_default().sorted();
        let name = |mark: Mark| names.name(names.key(mark.name).task);
        let mut open: Vec<(u32, Mark)> = Vec::new();
        for mark in marks {
            let end = match mark.side {
                Side::Begin(row) => {
                    open.push((row, mark));
                    continue;
                }
                Side::End(end) => end,
            };
            let shown = |mark| quoted(name(mark).as_bytes());
            let Some((row, begin)) = open.pop() else {
                let message = format!("end of {} skipped: nothing has begun", shown(mark));
                report(mark.line.into(), message);
                continue;
            };
            if !name(mark).is_empty() && name(mark) != name(begin) {
                let (begin, end) = (shown(begin), shown(mark));
                report(mark.line.into(), format!("an end named {end} ends {begin}, which began last"));
            }
            rows.finish(row as usize, mark.at_ns);
            for (name, value) in end.iter().flat_map(|&end| ends.attributes().of(end as usize)) {
                rows.attach(row as usize, name, value);
            }
        }
    }
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("more than 2^32 rows exceed any memory")
}
