//! One recorder of the comparison.

use std::path::Path;

use crate::job::Job;

pub(crate) struct Peer {
    /// Its line in the table.
    pub(crate) name: &'static str,
    /// Sets it up as its documentation says, has the job repeat a batch of spans, and ends it.
    pub(crate) record: fn(&Job),
    /// How many ended spans there are in what it has left in a directory.
    pub(crate) count: fn(&Path) -> u64,
}
