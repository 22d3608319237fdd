//! What could not be recorded: counted by reason, and printed once for each reason.
//!
//! Recording never returns an error to the program; it counts here instead, for the whole process. Must not know why
//! a caller gave up, except for the reason and the text that the caller passes.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::system;

/// Why a record was lost, or differs from what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// No record file could be created.
    NoFile,
    /// A row could not be written, for example because of a full disk, a file size limit or an I/O error. Or the
    /// program has closed the descriptor of the file, and the file could not be opened again.
    RowRefused,
    /// An end could not be written. The row stays, as an unfinished span.
    EndRefused,
    /// Someone removed or shortened a record file. Later rows are in a new file. Counted once for each file, because
    /// nobody knows how many of its rows were lost.
    FileLost,
    /// `dump` or `record` was called without a `start` before it on the same thread.
    NotStarted,
    /// A call came from inside another one on the same thread, as from an instrumented allocator or a signal handler.
    Reentrant,
    /// A forked child ended a span that its parent had started before the fork, or gave it an attribute.
    Forked,
    /// The name of a group, task, counter or attribute was longer than 1,000 bytes and was cut. The record is kept.
    NameCut,
    /// The value of an attribute was longer than 1,000 bytes and was cut. The attribute is kept.
    ValueCut,
    /// A colour was neither `#rrggbb` nor `wait`. The record is kept without it.
    ColorIgnored,
    /// The value of a counter was infinite or NaN, and is not in the file.
    NotFinite,
}

impl Loss {
    /// All reasons, in the order in which they are displayed.
    pub const ALL: &'static [Loss] = &[
        Loss::NoFile,
        Loss::RowRefused,
        Loss::EndRefused,
        Loss::FileLost,
        Loss::NotStarted,
        Loss::Reentrant,
        Loss::Forked,
        Loss::NameCut,
        Loss::ValueCut,
        Loss::ColorIgnored,
        Loss::NotFinite,
    ];

    /// Whether the record was kept, and only a name, a value or a colour differs.
    #[must_use]
    pub fn keeps_record(self) -> bool {
        matches!(self, Loss::NameCut | Loss::ValueCut | Loss::ColorIgnored)
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loss::NoFile => "no record file could be opened",
            Loss::RowRefused => "a row could not be written",
            Loss::EndRefused => "an end could not be written",
            Loss::FileLost => "a record file was removed or shortened",
            Loss::NotStarted => "dump or record without start",
            Loss::Reentrant => "a call from inside another one",
            Loss::Forked => "the end or an attribute of a span from before a fork",
            Loss::NameCut => "a name was cut to 1,000 bytes",
            Loss::ValueCut => "a value was cut to 1,000 bytes",
            Loss::ColorIgnored => "a color was neither #rrggbb nor wait",
            Loss::NotFinite => "a counter's value was not finite",
        })
    }
}

/// How many records this process has lost, by reason.
///
/// `Display` is for people: `3 records lost (2: a row could not be written; 1: dump or record without start)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Losses {
    counts: [u64; REASONS],
}

impl Losses {
    /// How many times this happened.
    #[must_use]
    pub fn count(&self, loss: Loss) -> u64 {
        self.counts[loss as usize]
    }

    /// How many records, ends of records or attributes are not in the files: the sum of all counts, except those for
    /// which [`Loss::keeps_record`] is true. With [`Loss::FileLost`] among them it is the least number.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.present().filter(|loss| !loss.keeps_record()).map(|loss| self.count(loss)).sum()
    }
}

impl Losses {
    /// The reasons with a count above 0.
    fn present(&self) -> impl Iterator<Item = Loss> {
        Loss::ALL.iter().copied().filter(|&loss| self.count(loss) > 0)
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.count(Loss::FileLost) > 0 { "at least " } else { "" })?;
        match self.total() {
            0 => f.write_str("no record lost")?,
            1 => f.write_str("1 record lost")?,
            total => write!(f, "{total} records lost")?,
        }
        let mut separator = " (";
        for loss in self.present() {
            write!(f, "{separator}{}: {loss}", self.count(loss))?;
            separator = "; ";
        }
        f.write_str(if separator == "; " { ")" } else { "" })
    }
}

/// The losses of this process so far. A forked child begins with those of its parent. Costs eleven loads.
#[must_use]
pub(crate) fn losses() -> Losses {
    Losses { counts: std::array::from_fn(|loss| COUNTS[loss].load(Ordering::Relaxed)) }
}

/// Counts a loss. Prints the first one of each reason to stderr, with the detail. Allocates nothing.
#[cold]
pub(crate) fn count(loss: Loss, detail: fmt::Arguments<'_>) {
    COUNTS[loss as usize].fetch_add(1, Ordering::Relaxed);
    if !PRINTED[loss as usize].swap(true, Ordering::Relaxed) {
        system::say(format_args!("waterfall: {loss}: {detail} (printed once; Recorder::losses counts them)"));
    }
}

/// A name in a detail: its beginning, on one line, and left to right.
pub(crate) struct Named<'a>(pub(crate) &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((end, _)) = self.0.char_indices().nth(PRINTED_CHARACTERS) else { return escape(self.0, f) };
        escape(&self.0[..end], f)?;
        f.write_str("...")
    }
}

/// Escapes control characters and those that change the direction of writing.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text.chars().try_for_each(|character| match character {
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            write!(f, "{}", character.escape_unicode())
        }
        _ if character.is_control() => write!(f, "{}", character.escape_unicode()),
        _ => f.write_char(character),
    })
}

/// How many characters of a name are printed.
const PRINTED_CHARACTERS: usize = 60;

const REASONS: usize = Loss::ALL.len();

static COUNTS: [AtomicU64; REASONS] = [const { AtomicU64::new(0) }; REASONS];
static PRINTED: [AtomicBool; REASONS] = [const { AtomicBool::new(false) }; REASONS];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counted: &[(Loss, u64)]) -> Losses {
        let mut losses = Losses { counts: [0; REASONS] };
        for &(loss, count) in counted {
            losses.counts[loss as usize] = count;
        }
        losses
    }

    #[test]
    fn every_reason_has_its_own_count() {
        for (place, &loss) in Loss::ALL.iter().enumerate() {
            assert_eq!(loss as usize, place);
        }
    }

    #[test]
    fn losses_are_told_to_people() {
        assert_eq!(of(&[]).to_string(), "no record lost");
        assert_eq!(
            of(&[(Loss::NotStarted, 1)]).to_string(),
            "1 record lost (1: dump or record without start)"
        );
        assert_eq!(
            of(&[(Loss::NotStarted, 1), (Loss::RowRefused, 2)]).to_string(),
            "3 records lost (2: a row could not be written; 1: dump or record without start)"
        );
        assert_eq!(
            of(&[(Loss::NameCut, 4), (Loss::ValueCut, 1)]).to_string(),
            "no record lost (4: a name was cut to 1,000 bytes; 1: a value was cut to 1,000 bytes)"
        );
        assert_eq!(
            of(&[(Loss::FileLost, 2)]).to_string(),
            "at least 2 records lost (2: a record file was removed or shortened)"
        );
    }

    #[test]
    fn a_long_or_strange_name_is_printed_in_one_short_line() {
        assert_eq!(Named("url").to_string(), "url");
        assert_eq!(Named(&"\u{e9}".repeat(60)).to_string(), "\u{e9}".repeat(60));
        assert_eq!(Named(&"\u{e9}".repeat(1001)).to_string(), format!("{}...", "\u{e9}".repeat(60)));
        assert_eq!(Named("a\n\u{1b}[2J\u{202e}b").to_string(), "a\\u{a}\\u{1b}[2J\\u{202e}b");
    }

    #[test]
    fn a_cut_name_is_no_lost_record() {
        let losses = of(&[(Loss::NameCut, 4), (Loss::NoFile, 2)]);
        assert_eq!((losses.total(), losses.count(Loss::NameCut)), (2, 4));
    }
}
