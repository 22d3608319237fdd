//! Identities: what tells a process and a lane apart from every other.

/// What tells a process apart from every other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcessIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// The machine, where the records say it.
    pub host: Option<String>,
    /// The process id, where the records say it.
    pub pid: Option<u32>,
}

/// What tells a lane apart from every other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneIdentity {
    /// Unique in a trace.
    pub identity: String,
    /// The thread's name; empty where it has none.
    pub thread: String,
}
