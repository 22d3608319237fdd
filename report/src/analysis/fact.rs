//! Facts: what was found about a run, and what shows it in the chart.
//!
//! Typed values only. `findings` decides which facts are worth a sentence; an output writes the sentences.

use super::tail::Ran;
use super::working::Working;

/// A fact, and what shows it in the chart. Times are in ns since the trace's origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub fact: Fact,
    /// The window to show: never empty, and inside the trace.
    pub window: (i64, i64),
    /// The stretch of time that the fact is about.
    pub selected: Option<(i64, i64)>,
    /// The span that the fact is about.
    pub pinned: Option<SpanIndex>,
}

/// The position of a span in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanIndex {
    /// Index into [`Trace::lanes`].
    pub lane: usize,
    /// Index into the lane's spans.
    pub span: usize,
}

/// What was found. A `task` is an index into [`Analysis::tasks`](super::Analysis::tasks), which has its figures. A
/// lane is an index into [`Trace::lanes`].
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// How lanes worked and waited. Pins the longest span of the task that waited most. Comes after
    /// [`Fact::LargestSelf`] if lanes mostly worked.
    Working(Box<Working>),
    /// The task with the most self time in which it did not wait, as far as known, except `around`. Pins its longest
    /// span.
    LargestSelf { task: usize, around: Option<usize> },
    /// The longest stretch in which few lanes were occupied in each of its bins, on average; see [`Few`]. A lane is
    /// occupied while it runs a finished span, and from the start of an unfinished one on: so a run that was killed
    /// does not seem to end idly. In a declared wait it is not. The span of `around` counts for nothing. Never in the
    /// time of [`Fact::EndedLast`], which has its sentence.
    FewBusy {
        /// Start and end, in ns since the origin, at the edges of bins.
        stretch: (i64, i64),
        few: Few,
        /// The mean number of busy lanes in it, without declared waits. Finished spans only.
        mean_busy: f64,
        /// The mean number of lanes in declared waits.
        mean_waiting: f64,
        /// The task with the most innermost time in it, and its part of all busy time there, 0 to 1; both without
        /// declared waits. `None` when no
        /// finished span ran.
        most: Option<(usize, f64)>,
        /// Whether a lane had only an unfinished span for part of it.
        unfinished: bool,
        around: Option<usize>,
    },
    /// The lane that ended long after all others. A lane with an unfinished span has no end and does not take part.
    /// Pins the span that was innermost for longest in that time.
    EndedLast {
        lane: usize,
        /// The time from the second-to-last end to its end, in ns.
        lead_ns: i64,
        /// `lead_ns` as a part of the wall time, 0 to 1.
        part: f64,
        /// The one or two tasks that ran the most in that time.
        ran: Vec<Ran>,
        /// The number of lanes that have an end, if there are others.
        ended: Option<usize>,
        /// The span of this task ended later still, or together with the lane, and counts for nothing.
        around: Option<usize>,
    },
    /// The task whose longest span exceeds its median the most, in ns. Pins that span.
    Outlier {
        task: usize,
        /// The longest duration over the median. `None` when the median is 0.
        ratio: Option<f64>,
        /// The task with the next largest outlier.
        next: Option<usize>,
        /// The number of further tasks with an outlier.
        others: usize,
    },
    /// The task of many short spans with the largest self time. Never the task of [`Fact::LargestSelf`], whose
    /// sentence has the count and the mean already. Pins its longest span.
    ManyShort { task: usize },
}

impl Fact {
    /// The task whose one span contains all other lanes and counts for nothing here.
    pub fn around(&self) -> Option<usize> {
        match *self {
            Fact::LargestSelf { around, .. }
            | Fact::FewBusy { around, .. }
            | Fact::EndedLast { around, .. } => around,
            Fact::Working(_) | Fact::Outlier { .. } | Fact::ManyShort { .. } => None,
        }
    }
}

/// How few lanes were occupied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Few {
    /// One or none, of three or more in the run.
    One,
    /// Fewer than half of those that had begun and not ended: this many, on average. A lane with an unfinished span
    /// does not end.
    Half { mean_begun: f64 },
}
