//! Identities: they distinguish each process and each lane from all others, and say how people know them.

/// Distinguishes a process from all others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// Distinguishes a lane from all others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// Name of the thread; empty if it has none.
    pub thread: String,
    /// Where its source puts it in its process, as for a process.
    pub order: i64,
}
