//! Pairs: begins and ends of one lane become spans.
//!
//! An end belongs to the last begin before it, in the order of times, that has no end yet: a stack. That is the
//! format's rule; names of ends are optional. Asynchronous spans may cross: there, an end belongs to the last open
//! begin of its name, if there is one. Events of one time keep the order of the file. A begin without an end stays an
//! unfinished span. What ends say of their spans is kept until all events are there.

use std::collections::HashMap;

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
        event.attributes(false, |attribute, value| {
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

    /// Ends the rows of a lane; `may_cross` says whether its spans may. Passes each fault to `report`: its line, and
    /// what is wrong. `names` has the names of all begins and ends.
    pub(super) fn settle(
        self,
        may_cross: bool,
        names: &Keys,
        rows: &mut Rows,
        mut report: impl FnMut(u64, String),
    ) {
        let Pairs { mut marks, ends } = self;
        if !marks.is_sorted_by_key(|mark| mark.at_ns) {
            marks.sort_by_key(|mark| mark.at_ns);
        }
        let (_, ends) = ends.unwrap_or_default().sorted();
        let name = |mark: Mark| names.name(names.key(mark.name).task);
        let mut open = Open { may_cross, ..Open::default() };
        for mark in marks {
            let end = match mark.side {
                Side::Begin(row) => {
                    open.push(row, mark);
                    continue;
                }
                Side::End(end) => end,
            };
            let shown = |mark| quoted(name(mark).as_bytes());
            let own = if name(mark).is_empty() { None } else { open.pop_of(mark.name) };
            let Some((row, begin)) = own.or_else(|| open.pop()) else {
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

/// Begins without an end yet.
#[derive(Default)]
struct Open {
    may_cross: bool,
    /// The row of each, in their order. `None` in the place of one that has ended since a later one began.
    begins: Vec<Option<(u32, Mark)>>,
    /// The places of the begins of each name, if spans may cross.
    of_name: HashMap<KeyId, Vec<usize>>,
}

impl Open {
    fn push(&mut self, row: u32, begin: Mark) {
        if self.may_cross {
            self.of_name.entry(begin.name).or_default().push(self.begins.len());
        }
        self.begins.push(Some((row, begin)));
    }

    /// Takes the last; it has not ended.
    fn pop(&mut self) -> Option<(u32, Mark)> {
        let (row, begin) = self.begins.pop()??;
        self.of_name.get_mut(&begin.name).and_then(Vec::pop);
        self.forget_ended();
        Some((row, begin))
    }

    /// Takes the last of a name, if spans may cross.
    fn pop_of(&mut self, name: KeyId) -> Option<(u32, Mark)> {
        let place = self.of_name.get_mut(&name)?.pop()?;
        let begin = self.begins[place].take();
        self.forget_ended();
        begin
    }

    /// Leaves one that has not ended at the end.
    fn forget_ended(&mut self) {
        while self.begins.pop_if(|last| last.is_none()).is_some() {}
    }
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("more than 2^32 rows exceed any memory")
}
