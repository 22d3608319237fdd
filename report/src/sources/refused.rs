//! Refused: the lines of a file that are no rows.
//!
//! Each is a problem of its own. If a file has nothing else, one more problem says so, with the first reason and, where
//! it is not that a part is missing, the form of a row. A single line with a missing part is no such case: its writer
//! may be about to finish it. Knows no columns.

use crate::text::units;

#[derive(Debug, Clone, Default)]
pub(super) struct Refused {
    count: u64,
    /// Number of those of which a part is missing.
    torn: u64,
    /// The first line, and why it was refused.
    first: Option<(u64, String)>,
}

impl Refused {
    pub(super) fn note(&mut self, line: u64, why: String, is_torn: bool) {
        self.count += 1;
        self.torn += u64::from(is_torn);
        self.first.get_or_insert((line, why));
    }

    /// Adds lines that are `above` lines further down.
    pub(super) fn join(&mut self, later: Refused, above: u64) {
        self.count += later.count;
        self.torn += later.torn;
        let first = later.first.map(|(line, why)| (line + above, why));
        self.first = self.first.take().or(first);
    }

    /// Why a file without a row has none, if that is because of these lines. `wanted` is the form of a row.
    pub(super) fn message(&self, wanted: &str) -> Option<String> {
        let (line, why) = self.first.as_ref()?;
        let what = match (self.count, self.torn) {
            (1, 1) => return None,
            (1, _) => "its only row could not be read".into(),
            (count, _) => format!("none of its {} could be read", units::counted(count, "row")),
        };
        let reason = format!("{what}. Line {line}: {why}");
        Some(if self.torn == self.count { reason } else { format!("{reason}. {wanted}") })
    }
}
