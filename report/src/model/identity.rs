//! Identities: they distinguish each process and each lane from all others.

/// Distinguishes a process from all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcessIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// Name of the machine, if the records contain it.
    pub host: Option<String>,
    /// Process id, if the records contain it.
    pub pid: Option<u32>,
}

/// Distinguishes a lane from all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// Name of the thread; empty if it has none.
    pub thread: String,
}
