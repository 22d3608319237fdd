//! The wall time of a trace: from its first start to its end.

use crate::model::Summary;

/// From a trace's first start to its end, in ns since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wall {
    pub(super) unix_ns: (i64, i64),
}

impl Wall {
    pub(super) fn of(summary: &Summary) -> Wall {
        Wall { unix_ns: summary.extent_ns().unwrap_or((0, 0)) }
    }

    pub(super) fn length_ns(&self) -> i64 {
        self.unix_ns.1 - self.unix_ns.0
    }
}
