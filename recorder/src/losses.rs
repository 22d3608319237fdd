//! What could not be recorded: counted by reason, and said once a reason.
//!
//! Recording never fails towards the program; it counts here instead. The counts are the
//! process's. Must not know why a caller gave up, beyond the reason and the words it brings.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::system;

/// Why a record was lost, or is not quite what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// No record file could be created, or a closed one not be opened again.
    NoFile,
    /// A row could not be written: a full disk, a file size limit, an I/O error.
    RowRefused,
    /// An end could not be written: the row stays, as an unfinished span.
    EndRefused,
    /// A record file was removed or shortened by someone else; later rows are in a new file. Counted
    /// once a file: how many rows were lost since it was last seen, up to a second before, nobody
    /// knows.
    FileLost,
    /// `dump` without a `start` before it on the same thread.
    NotStarted,
    /// A call from inside another one of the same thread: an instrumented allocator, a signal
    /// handler.
    Reentrant,
    /// The end of a span that the parent process started before it forked.
    Forked,
    /// A group or task longer than 1,000 bytes was cut; the record is kept.
    NameCut,
    /// A colour was not `#rrggbb`; the record is kept without.
    ColorIgnored,
    /// A counter's value was infinite or no number, and is not in the file.
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
        Loss::ColorIgnored,
        Loss::NotFinite,
    ];

    /// Whether the record itself was kept, and only a name or a colour is not what was asked for.
    #[must_use]
    pub fn keeps_record(self) -> bool {
        matches!(self, Loss::NameCut | Loss::ColorIgnored)
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loss::NoFile => "no record file could be opened",
            Loss::RowRefused => "a row could not be written",
            Loss::EndRefused => "an end could not be written",
            Loss::FileLost => "a record file was removed or shortened",
            Loss::NotStarted => "dump without start",
            Loss::Reentrant => "a call from inside another one",
            Loss::Forked => "the end of a span from before a fork",
            Loss::NameCut => "a name was cut to 1,000 bytes",
            Loss::ColorIgnored => "a color was not #rrggbb",
            Loss::NotFinite => "a counter's value was not finite",
        })
    }
}

/// How many records this process has lost, by reason.
///
/// `Display` is for people: `3 records lost (2: a row could not be written; 1: dump without start)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Losses {
    counts: [u64; REASONS],
}

impl Losses {
    /// How often this happened.
    #[must_use]
    pub fn count(&self, loss: Loss) -> u64 {
        self.counts[loss as usize]
    }

    /// How many records, or ends of records, are not in the files: all but those of which
    /// [`Loss::keeps_record`] is true. At least so many, where [`Loss::FileLost`] is among them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.present().filter(|loss| !loss.keeps_record()).map(|loss| self.count(loss)).sum()
    }
}

impl Losses {
    /// The reasons that have been counted at all.
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

/// The losses of this process so far; a forked child begins with its parent's. Costs ten loads.
#[must_use]
pub(crate) fn losses() -> Losses {
    Losses { counts: std::array::from_fn(|loss| COUNTS[loss].load(Ordering::Relaxed)) }
}

/// Counts a loss. The first one of each reason is said on stderr, with the detail. Allocates nothing.
#[cold]
pub(crate) fn count(loss: Loss, detail: fmt::Arguments<'_>) {
    COUNTS[loss as usize].fetch_add(1, Ordering::Relaxed);
    if !SAID[loss as usize].swap(true, Ordering::Relaxed) {
        system::say(format_args!("waterfall: {loss}: {detail} (said once; Recorder::losses counts them)"));
    }
}

const REASONS: usize = Loss::ALL.len();

static COUNTS: [AtomicU64; REASONS] = [const { AtomicU64::new(0) }; REASONS];
static SAID: [AtomicBool; REASONS] = [const { AtomicBool::new(false) }; REASONS];

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
        assert_eq!(of(&[(Loss::NotStarted, 1)]).to_string(), "1 record lost (1: dump without start)");
        assert_eq!(
            of(&[(Loss::NotStarted, 1), (Loss::RowRefused, 2)]).to_string(),
            "3 records lost (2: a row could not be written; 1: dump without start)"
        );
        assert_eq!(
            of(&[(Loss::NameCut, 4)]).to_string(),
            "no record lost (4: a name was cut to 1,000 bytes)"
        );
        assert_eq!(
            of(&[(Loss::FileLost, 2)]).to_string(),
            "at least 2 records lost (2: a record file was removed or shortened)"
        );
    }

    #[test]
    fn a_cut_name_is_no_lost_record() {
        let losses = of(&[(Loss::NameCut, 4), (Loss::NoFile, 2)]);
        assert_eq!((losses.total(), losses.count(Loss::NameCut)), (2, 4));
    }
}
