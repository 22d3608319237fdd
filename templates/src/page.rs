//! What a page shows, as its caller fills it in.
//!
//! Plain values. Texts are ready to read but for names, which the rendering converts where a field says so.

use crate::chunk::Chunk;
use crate::data::Data;

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct Page {
    /// The name of the report: title of the tab and heading of the page.
    pub title: String,
    /// When the trace began, as text with its zone: `2026-11-20 22:43:18 +08:00`.
    pub began: String,
    /// What was read, as text: `7 processes, 50 spans, 2 unfinished`.
    pub summary: String,
    /// The figures above the chart, in order.
    pub figures: Vec<Figure>,
    /// Where the time went: at most four sentences of plain text, their names converted by [`shown`](crate::shown).
    /// [`Data::findings`] has a place in the chart for each.
    pub findings: Vec<String>,
    /// One line of text for each counter, its names converted by [`shown`](crate::shown). Screen readers read these lines;
    /// [`Data::counters`] are only drawn.
    pub counters: Vec<String>,
    /// What was assumed, left out or summarised: one line each, below the figures.
    pub notes: Vec<String>,
    /// The first problems found while reading, ordered by place.
    pub problems: Vec<Problem>,
    /// Total number of problems; at least `problems.len()`.
    pub problem_count: u64,
    /// What the page's scripts draw.
    pub data: Data,
    /// What each lane did in each of equal bins; [`Data::raster`] describes the layout.
    pub raster: Chunk,
    /// The spans; the [`Track`](crate::Track)s of each lane describe the layout. All columns of a track are in one chunk.
    pub rows: Vec<Chunk>,
    /// The samples; the [`Series`](crate::Series) of each counter describe the layout. Both columns of a series are in one chunk.
    pub samples: Vec<Chunk>,
    /// The attributes of spans, a chunk for each name; [`Attribute`](crate::Attribute) describes the layout.
    pub attributes: Vec<Chunk>,
}

/// One figure above the chart.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name: `wall time`.
    pub label: String,
    /// The figure with its unit: `4.21 s`.
    pub value: String,
    /// Its definition, shown on hover: `last end minus first start`.
    pub hint: String,
}

/// A problem found while reading.
#[derive(Debug, Clone)]
pub struct Problem {
    /// File and line: `a/b.csv:118`.
    pub place: String,
    /// What was wrong there, and how it was handled.
    pub message: String,
}

impl Page {
    /// Number of problems that are not in the list.
    pub(crate) fn unlisted(&self) -> u64 {
        self.problem_count.saturating_sub(self.problems.len() as u64)
    }
}
