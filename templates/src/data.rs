//! What the page's scripts are given: one JSON value in an inert script element.
//!
//! Spans and samples are not in it: it says how to read them in the chunks behind it. `page/data.js` describes the same shape as JSDoc types. Times are integer nanoseconds since the
//! trace's start; they stay exact in JavaScript up to 2^53 ns, 104 days.

use serde::Serialize;

/// The trace as the page draws it, and the whole-run figures of its table.
#[derive(Debug, Clone, Serialize)]
pub struct Data {
    /// The trace's start in Unix nanoseconds, as decimal text: it does not fit a JavaScript number.
    pub origin_ns: String,
    /// The trace's end less its start.
    pub wall_ns: i64,
    /// The zone in which clock times are shown.
    pub zone: Zone,
    /// Whether tooltips show the duration alone (`--durationonly`).
    pub duration_only: bool,
    /// Every group and task name, once.
    pub names: Vec<String>,
    /// What a span can be: a task of a group, with the user's colour.
    pub keys: Vec<Key>,
    /// In the order of the page, from the top.
    pub processes: Vec<Process>,
    /// In the order of the page, from the top; those of one process stand together.
    pub lanes: Vec<Lane>,
    /// How many tracks each of [`Page::rows`](crate::Page::rows) holds, in the order of the lanes.
    pub row_chunks: Vec<u32>,
    /// What [`Page::raster`](crate::Page::raster) holds.
    pub raster: Raster,
    /// How much ran at once over the whole trace.
    pub concurrency: Bins,
    /// What has a panel under the chart, from the top.
    pub counters: Vec<Counter>,
    /// How many series each of [`Page::samples`](crate::Page::samples) holds, in the order of the counters.
    pub sample_chunks: Vec<u32>,
    /// What tells the processes apart that count: `16243`.
    pub counting: Vec<String>,
    /// How many counters have no panel.
    pub more_counters: u64,
    /// One per (group, task), by self time, the largest first.
    pub tasks: Vec<Task>,
    /// Where lanes x wall time went.
    pub ledger: Ledger,
    /// What shows each of [`Page::findings`](crate::Page::findings) in the chart, in the same order.
    pub findings: Vec<Finding>,
    /// The distributions that the page shows, in the order of [`Page::distributions`](crate::Page::distributions).
    pub distributions: Vec<Drawn>,
    /// By which number an address chooses this run among those of the page; none where the page opens with it.
    pub run: Option<u64>,
}

/// Where clock times are shown.
#[derive(Debug, Clone, Serialize)]
pub struct Zone {
    /// `Asia/Shanghai`, `+08:00` or `UTC`.
    pub name: String,
    /// `(since, offset)`: from `since` ns after the trace's start on, clocks are `offset` seconds east of
    /// UTC. At least one; the first also holds for everything before it.
    pub offsets: Vec<(i64, i32)>,
}

/// What a span can be.
#[derive(Debug, Clone, Serialize)]
pub struct Key {
    /// Index into [`Data::names`].
    pub group: u32,
    /// Index into [`Data::names`].
    pub task: u32,
    /// `#rrggbb`, checked; the user's own.
    pub color: Option<String>,
}

/// One process: a section of the chart.
#[derive(Debug, Clone, Serialize)]
pub struct Process {
    /// Its groups, shortened: `download +2`.
    pub label: String,
    /// What tells it apart, never shortened: `16243`, or with its host; empty where the records do not say.
    pub id: String,
    /// Both, whole, for the tooltip of the label.
    pub title: String,
}

/// One lane: a thread of a process.
#[derive(Debug, Clone, Serialize)]
pub struct Lane {
    /// Index into [`Data::processes`].
    pub process: u32,
    /// The thread: `main`, `io-1`.
    pub label: String,
    /// Where it was read, for the tooltip of the label.
    pub title: String,
    /// Whether its self times are exact: no two of its spans cross.
    pub exact: bool,
    /// Whether its tracks hold its longest spans alone: then the raster says what it did.
    pub summarised: bool,
    /// Outermost first; no two spans of a track overlap.
    pub tracks: Vec<Track>,
}

/// Spans of one lane that do not overlap, in order: what must be known to read their columns in
/// [`Page::rows`](crate::Page::rows).
///
/// A column of `n` bytes a value is stored by planes: the lowest byte of each value, then the next of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Track {
    /// How many spans.
    pub count: u32,
    /// Bytes a value of the first column, 0 to 8: start less the end of the span before it in the track, the
    /// first less 0, in ns. Never negative.
    pub gap: u8,
    /// Bytes a value of the second column, 0 to 8: end less start in ns; 0 for an instant and an unfinished span.
    pub duration: u8,
    /// Bytes a value of the third column, 0 to 4: an index into [`Data::keys`].
    pub key: u8,
    /// Whether the last span is unfinished.
    pub open: bool,
}

/// What [`Page::raster`](crate::Page::raster) holds: what each lane did in each of equal bins.
///
/// A cell for each bin of each lane, lane after lane: the key that had most of the bin plus 1, or 0 for idle, in
/// `key_bytes` planes; then the busy share of each, 1 to 255, in one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Raster {
    /// Where the first bin begins, relative to the trace's start: zero or negative.
    pub first_ns: i64,
    /// A power of two.
    pub width_ns: i64,
    /// Bins of each lane.
    pub count: u32,
    /// Bytes a key, 0 to 4.
    pub key_bytes: u8,
}

/// Busy time of all lanes together in bins of equal width.
#[derive(Debug, Clone, Serialize)]
pub struct Bins {
    /// Where the first bin begins, relative to the trace's start: zero or negative.
    pub first_ns: i64,
    /// A power of two.
    pub width_ns: i64,
    /// Busy lanes x time in each bin; divided by the width, how many lanes were busy at once.
    pub busy_ns: Vec<i128>,
}

/// A number over time.
#[derive(Debug, Clone, Serialize)]
pub struct Counter {
    /// Its group.
    pub group: String,
    /// What was counted.
    pub name: String,
    /// One for each process that counts it.
    pub series: Vec<Series>,
}

/// The samples of a process in order: what must be known to read their columns in
/// [`Page::samples`](crate::Page::samples).
///
/// Two columns by planes, as of a [`Track`]: the pause since the sample before in ns, and the value that holds until
/// the next, a finite double of 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Series {
    /// Index into [`Data::counting`].
    pub process: u32,
    /// How many samples.
    pub count: u32,
    /// When the first was taken, relative to the trace's start and perhaps before it; its pause is stored as 0.
    pub first_ns: i64,
    /// Bytes a pause, 0 to 8.
    pub gap: u8,
}

/// One row of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    /// Index into [`Data::names`].
    pub group: u32,
    /// Index into [`Data::names`].
    pub task: u32,
    /// Finished spans, instants among them.
    pub count: u64,
    /// Unfinished spans: they enter no other figure of the row.
    pub unfinished: u64,
    /// Sum of the durations.
    pub total_ns: i128,
    /// Sum of the durations less those of the direct children.
    pub self_ns: i128,
    /// Whether `self_ns` is exact: no lane with crossing spans took part.
    pub exact: bool,
    /// `total_ns / count`, rounded down; absent where `count` is 0, like the three below.
    pub mean_ns: Option<i64>,
    /// By linear interpolation between the closest ranks.
    pub median_ns: Option<i64>,
    /// By linear interpolation between the closest ranks.
    pub p95_ns: Option<i64>,
    /// The longest.
    pub max_ns: Option<i64>,
    /// Whether median and p95 are exact; else they are at most 0.4 % off.
    pub exact_quantiles: bool,
    /// `self_ns` as a part of the busy time of all lanes, 0 to 1.
    pub share: f64,
}

/// Where the time of all lanes went: every instant of every lane is in one of the parts, which sum to `total_ns`.
#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    /// Lanes x wall time.
    pub total_ns: i128,
    /// The tasks that were innermost for any time, the most time first, then in the order of [`Data::tasks`].
    pub tasks: Vec<LedgerTask>,
    /// Lanes x time before their first start.
    pub idle_before_ns: i128,
    /// Lanes x time between two of their spans.
    pub idle_between_ns: i128,
    /// Lanes x time after their last end; none on a lane that has an unfinished span.
    pub idle_after_ns: i128,
    /// Lanes x time in which no finished span ran, but an unfinished one had begun.
    pub unfinished_ns: i128,
}

/// A task's part of the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerTask {
    /// Index into [`Data::tasks`].
    pub task: u32,
    /// Lanes x time in which a span of it was the innermost finished one that ran, the last started. More than 0.
    pub ns: i128,
}

/// What shows a sentence in the chart.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The stretch of time to look at, `(start, end)`: never empty, and inside the trace.
    pub window: (i64, i64),
    /// The stretch of time to mark, inside `window`.
    pub selected: Option<(i64, i64)>,
    /// The span to pin: `(lane, track, span)`, indices into [`Data::lanes`], [`Lane::tracks`] and its columns.
    pub pinned: Option<(u32, u32, u32)>,
}

/// How the durations of a task are distributed.
#[derive(Debug, Clone, Serialize)]
pub struct Drawn {
    /// Index into [`Data::tasks`].
    pub task: u32,
    /// How many durations there are.
    pub count: u64,
    /// The durations, ascending; where there are more of them than are drawn, equally spaced quantiles, the first and
    /// the last among them.
    pub values_ns: Vec<i64>,
    /// What shows each of the slowest spans, in the order of the markup.
    pub slowest: Vec<Finding>,
}
