//! Times in the fields of rows.
//!
//! Takes a field, gives its moment, or why it has none. Notes in the source what had to be assumed, so that a file's
//! assumptions are reported once. All formats with rows read their times here. Knows no columns.

use recorder::format;

use super::source::Source;
use super::stamp::{self, Assumption, Stamp};
use super::{diagnosis, fields};
use crate::model::{FIRST_NS, LAST_NS};

impl Source<'_> {
    /// Parses the stamp of a row, and notes what was assumed.
    pub(super) fn moment(&mut self, line: u64, field: &[u8]) -> Result<Stamp, String> {
        let (mut stamp, assumption) = moment(field, self.options.assumed_offset_s.unwrap_or(0))?;
        if stamp.0 > LAST_NS {
            let time = fields::quoted(field);
            self.problem(line, format!("{time} is later than any time that a page can show: moved to 2260"));
            stamp.0 = LAST_NS;
        }
        if let Some(assumption) = assumption {
            self.assumed.note(line, assumption);
        }
        Ok(stamp)
    }
}

/// Parses a stamp: in the record format's own form, or in any form that `stamp` reads.
pub(super) fn moment(field: &[u8], assumed_offset_s: i32) -> Result<(Stamp, Option<Assumption>), String> {
    if let Some(stamp) = own(field) {
        return Ok((stamp, None));
    }
    let moment = match std::str::from_utf8(field) {
        Ok(text) => stamp::parse(text, assumed_offset_s).map_err(|why| diagnosis::of_time(text, why)),
        Err(_) => Err("is not UTF-8".into()),
    };
    moment.map_err(|why| format!("{} {why}", fields::quoted(field)))
}

/// The same without a diagnosis, for code that goes on to try other forms.
pub(super) fn known(text: &str, assumed_offset_s: i32) -> Option<(Stamp, Option<Assumption>)> {
    own(text.as_bytes()).map(|stamp| (stamp, None)).or_else(|| stamp::parse(text, assumed_offset_s).ok())
}

fn own(field: &[u8]) -> Option<Stamp> {
    let (unix_ns, offset) = format::parse_stamp(field).filter(|(unix_ns, _)| *unix_ns >= FIRST_NS)?;
    Some((unix_ns, Some(offset)))
}
