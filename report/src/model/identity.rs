//! Identities: they distinguish each process and each lane from all others, and keep what sources say of them.
//!
//! Equality, order and hash are those of `identity` alone. Sources may say different things of one process or lane:
//! `merge` settles what stays, the same whatever the order and the grouping.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Distinguishes a process from all others, by `identity` alone.
#[derive(Debug, Clone, Default)]
pub struct ProcessIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// Name of the machine, if the records contain it.
    pub host: Option<String>,
    /// Process id, if the records contain it.
    pub pid: Option<u32>,
    /// What its source calls it, such as `MainProcess`. Records have no such name.
    pub name: Option<String>,
    /// Where its source puts it: smaller ones are further up. Those of one order are in that of their first starts.
    pub order: i64,
}

/// Distinguishes a lane from all others, by `identity` alone.
#[derive(Debug, Clone, Default)]
pub struct LaneIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// Name of the thread; empty if it has none.
    pub thread: String,
    /// Where its source puts it in its process, as for a process.
    pub order: i64,
}

impl ProcessIdentity {
    /// Takes over what another source says of the process. Where both say something, the lesser stays.
    pub(crate) fn merge(&mut self, other: &ProcessIdentity) {
        settle(&mut self.host, &other.host, Option::is_none);
        settle(&mut self.pid, &other.pid, Option::is_none);
        settle(&mut self.name, &other.name, Option::is_none);
        settle(&mut self.order, &other.order, |order| *order == 0);
    }

    /// Whether sources say the same of both.
    pub(super) fn is_same(&self, other: &ProcessIdentity) -> bool {
        let said = |of: &ProcessIdentity| (of.host.clone(), of.pid, of.name.clone(), of.order);
        self == other && said(self) == said(other)
    }
}

impl LaneIdentity {
    /// Takes over what another source says of the lane. Where both say something, the lesser stays.
    pub(crate) fn merge(&mut self, other: &LaneIdentity) {
        settle(&mut self.thread, &other.thread, String::is_empty);
        settle(&mut self.order, &other.order, |order| *order == 0);
    }

    /// Whether sources say the same of both.
    pub(super) fn is_same(&self, other: &LaneIdentity) -> bool {
        self == other && (&self.thread, self.order) == (&other.thread, other.order)
    }
}

/// Keeps the lesser of the two that are not blank.
fn settle<T: Ord + Clone>(own: &mut T, other: &T, is_blank: impl Fn(&T) -> bool) {
    if (is_blank(other), other) < (is_blank(own), &*own) {
        *own = other.clone();
    }
}

/// By `identity` alone.
macro_rules! by_identity {
    ($of:ty) => {
        impl PartialEq for $of {
            fn eq(&self, other: &$of) -> bool {
                self.identity == other.identity
            }
        }

        impl Eq for $of {}

        impl PartialOrd for $of {
            fn partial_cmp(&self, other: &$of) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $of {
            fn cmp(&self, other: &$of) -> Ordering {
                self.identity.cmp(&other.identity)
            }
        }

        impl Hash for $of {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.identity.hash(state);
            }
        }
    };
}

by_identity!(ProcessIdentity);
by_identity!(LaneIdentity);
