//! The clock of a trace: what its times count from.

use std::fmt;

/// What times count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// 1970, in UTC.
    Wall,
    /// A moment that no input tells, such as the start of the program. It takes the place of 1970.
    Own,
    /// The times of some summaries count from 1970, those of others from a moment of their own.
    Mixed,
}

impl Clock {
    /// The clock of times of both clocks.
    pub(crate) fn and(self, other: Clock) -> Clock {
        if self == other { self } else { Clock::Mixed }
    }
}

/// As summaries and JSON name it: `wall`, `own` or `mixed`.
impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Clock::Wall => "wall",
            Clock::Own => "own",
            Clock::Mixed => "mixed",
        })
    }
}
