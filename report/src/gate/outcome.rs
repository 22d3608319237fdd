//! Outcomes: what a check found.

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The figure is within the limit.
    Met,
    /// The figure exceeds the limit, nothing was measured, or the figure became worse.
    Broken,
    /// Whether the figure changed cannot be told.
    Inconclusive,
}
