//! The input of the page's scripts: one JSON value in an inert script element.
//!
//! Spans and samples are not part of it: they are in chunks, and this value describes how to read them.
//! `page/trace/data.js` has the same shape as JSDoc types. Times are integer nanoseconds since the trace's start;
//! JavaScript keeps them exact up to 2^53 ns, 104 days.

use serde::Serialize;

/// The trace as the page draws it, and the whole-run figures of its table.
#[derive(Debug, Clone, Serialize)]
pub struct Data {
    /// The trace's start in Unix nanoseconds, as decimal text: it does not fit a JavaScript number.
    pub origin_ns: String,
    /// The trace's end minus its start.
    pub wall_ns: i64,
    /// The zone in which clock times are shown.
    pub zone: Zone,
    /// Whether clock times are known. If not, the page shows times since the trace's start.
    pub has_clock: bool,
    /// Whether tooltips show the duration alone (`--durationonly`).
    pub duration_only: bool,
    /// Every group and task name, once.
    pub names: Vec<String>,
    /// Every combination of group, task, and colour or wait; each span refers to one.
    pub keys: Vec<Key>,
    /// The processes in the order of the page, from the top.
    pub processes: Vec<Process>,
    /// The point events of each name, the most frequent first. They belong to no task.
    pub points: Vec<Points>,
    /// The lanes in the order of the page, from the top; the lanes of a process are adjacent.
    pub lanes: Vec<Lane>,
    /// Number of tracks in each of [`Page::rows`](crate::Page::rows), in the order of the lanes.
    pub row_chunks: Vec<u32>,
    /// The layout of [`Page::raster`](crate::Page::raster).
    pub raster: Raster,
    /// Number of busy lanes over the whole trace.
    pub concurrency: Bins,
    /// The counters that have a panel below the chart, from the top.
    pub counters: Vec<Counter>,
    /// Number of series in each of [`Page::samples`](crate::Page::samples), in the order of the counters.
    pub sample_chunks: Vec<u32>,
    /// Names of the processes that have counters: `16243`.
    pub counting: Vec<String>,
    /// Number of counters without a panel.
    pub more_counters: u64,
    /// The attributes that are on the page, one for each name, in the order of
    /// [`Page::attributes`](crate::Page::attributes).
    pub attributes: Vec<Attribute>,
    /// Number of spans whose attributes are not on the page, for lack of room.
    pub attributes_left_out: u64,
    /// The duration of the longest of them; `None` if there are none. All longer spans have their attributes here.
    pub attributes_short_ns: Option<i64>,
    /// Number of names of attributes that are not on the page.
    pub more_attributes: u64,
    /// The beginning of a shell command that prints the attributes of a finished span: `waterfall stats --format json
    /// records`. The page appends the options that choose the span: `--slowest`, `--task`, `--from` and `--to`. `None`
    /// if there is no such command.
    pub attributes_command: Option<String>,
    /// One row per (group, task), the largest self time first.
    pub tasks: Vec<Task>,
    /// Where lanes x wall time went.
    pub ledger: Ledger,
    /// The view in the chart for each of [`Page::findings`](crate::Page::findings), in the same order.
    pub findings: Vec<Finding>,
    /// How the durations of the first of [`Data::tasks`] are distributed, and those of [`Data::asked`], in that order.
    pub distributions: Vec<Distribution>,
    /// The figures of these tasks by the values of each attribute, in the order of their distributions, then by name.
    pub splits: Vec<Split>,
    /// The tasks that the page was made for: indices into [`Data::tasks`]. The page opens with the section of the
    /// first.
    pub asked: Vec<u32>,
    /// Number of further tasks that the page was made for.
    pub more_asked: u64,
    /// Functions with the weights of stacks that have no times, a table for each profile.
    pub profiles: Vec<Profile>,
    /// Number of profiles that are not on the page.
    pub more_profiles: u64,
}

/// The time zone of the clock times shown.
#[derive(Debug, Clone, Serialize)]
pub struct Zone {
    /// `Asia/Shanghai`, `+08:00` or `UTC`.
    pub name: String,
    /// `(since, offset)`: from `since` ns after the trace's start on, clocks are `offset` seconds east of UTC.
    /// Never empty; the first offset also applies to all times before it.
    pub offsets: Vec<(i64, i32)>,
}

/// The point events of one name.
#[derive(Debug, Clone, Serialize)]
pub struct Points {
    /// Index into [`Data::names`].
    pub group: u32,
    /// Index into [`Data::names`].
    pub task: u32,
    /// How many there are.
    pub count: u64,
}

/// A task of a group, with its colour, or as a declared wait; or a name of point events.
#[derive(Debug, Clone, Serialize)]
pub struct Key {
    /// Index into [`Data::names`].
    pub group: u32,
    /// Index into [`Data::names`].
    pub task: u32,
    /// The user's own colour, a valid `#rrggbb`. A wait has none.
    pub color: Option<String>,
    /// Whether its spans are declared waits.
    pub wait: bool,
    /// Whether it is of point events, which are no spans: see [`Data::points`].
    pub point: bool,
}

/// One process: a section of the chart.
#[derive(Debug, Clone, Serialize)]
pub struct Process {
    /// Its groups, shortened: `download +2`.
    pub label: String,
    /// Its pid, with its host if there are several: `16243`. Never shortened; empty if the records do not have it.
    pub id: String,
    /// All its groups, its pid and its host, for the tooltip of the label.
    pub title: String,
}

/// One lane: a thread of a process.
#[derive(Debug, Clone, Serialize)]
pub struct Lane {
    /// Index into [`Data::processes`].
    pub process: u32,
    /// The thread: `main`, `io-1`.
    pub label: String,
    /// Where it was read from, for the tooltip of the label.
    pub title: String,
    /// Whether it has spans. If not, it has point events alone, and no figure counts it.
    pub has_spans: bool,
    /// Whether its self times tell what spans did themselves: no two of its spans overlap without nesting.
    pub exact: bool,
    /// If they do: the most spans that were open at once, where known.
    pub open_at_once: Option<u32>,
    /// What it did while it was busy.
    pub division: Division,
    /// Whether its tracks contain only its longest spans; the raster then shows what it did.
    pub summarised: bool,
    /// Its tracks, outermost first; no two spans of a track overlap.
    pub tracks: Vec<Track>,
}

/// Spans of one lane that do not overlap, in order. Describes their columns in [`Page::rows`](crate::Page::rows).
///
/// A column with `n` bytes per value is stored in planes: first the lowest byte of every value, then the next byte of
/// every value, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Track {
    /// Number of spans.
    pub count: u32,
    /// Bytes per value of the first column, 0 to 8: start of a span minus the end of the previous one in the track
    /// (0 for the first), in ns. Never negative.
    pub gap: u8,
    /// Bytes per value of the second column, 0 to 8: end minus start in ns; 0 for instants and unfinished spans.
    pub duration: u8,
    /// Bytes per value of the third column, 0 to 4: an index into [`Data::keys`].
    pub key: u8,
    /// Bytes per value of the fourth column, 0 to 8: 1 + the CPU time of the span's thread during the span in ns, or 0
    /// if it is not known.
    pub cpu: u8,
    /// Whether the last span is unfinished.
    pub open: bool,
}

/// The layout of [`Page::raster`](crate::Page::raster): what each lane did in each of equal bins.
///
/// There is a cell for each bin of each lane, lane after lane. First come `key_bytes` planes: 1 + the key that ran
/// longest in the bin, or 0 for idle. One more plane has the busy share of each cell, 1 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Raster {
    /// Start of the first bin, relative to the trace's start: zero or negative.
    pub first_ns: i64,
    /// Width of a bin, a power of two.
    pub width_ns: i64,
    /// Number of bins of each lane.
    pub count: u32,
    /// Bytes per key, 0 to 4.
    pub key_bytes: u8,
}

/// Busy time of all lanes together, in bins of equal width.
#[derive(Debug, Clone, Serialize)]
pub struct Bins {
    /// Start of the first bin, relative to the trace's start: zero or negative.
    pub first_ns: i64,
    /// Width of a bin, a power of two.
    pub width_ns: i64,
    /// Busy lanes x time in each bin. Divided by the width, it is the mean number of busy lanes.
    pub busy_ns: Vec<i128>,
    /// As `busy_ns`, of declared waits. Empty if there are none.
    pub wait_ns: Vec<i128>,
    /// As `busy_ns`, of lanes on a CPU, as far as known. Empty if no CPU time is known, like the next field.
    pub on_cpu_ns: Vec<i128>,
    /// As `busy_ns`, of lanes that were neither on a CPU nor in a declared wait, as far as known.
    pub off_cpu_ns: Vec<i128>,
}

/// What lanes did while they were busy. Lanes x time; the parts sum to the busy time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Division {
    /// A thread used a CPU.
    pub on_cpu_ns: i128,
    /// The innermost span was a declared wait.
    pub wait_ns: i128,
    /// No CPU was used, and no wait declared: the thread waited for something, or for a CPU.
    pub off_cpu_ns: i128,
    /// No wait was declared, and no CPU time is known.
    pub not_known_ns: i128,
}

/// A counter: a number over time.
#[derive(Debug, Clone, Serialize)]
pub struct Counter {
    /// Name of its group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// One series for each process that has this counter.
    pub series: Vec<Series>,
}

/// The samples of one process, in order. Describes their columns in [`Page::samples`](crate::Page::samples).
///
/// There are two columns in planes, as for a [`Track`]: the time since the previous sample in ns, and the value until
/// the next sample, a finite 8-byte double.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Series {
    /// Index into [`Data::counting`].
    pub process: u32,
    /// Number of samples.
    pub count: u32,
    /// Time of the first sample, relative to the trace's start; may be negative. Its column value is 0.
    pub first_ns: i64,
    /// Bytes per value of the first column, 0 to 8.
    pub gap: u8,
}

/// An attribute: a name, and the values of the spans that have it. Describes a chunk of
/// [`Page::attributes`](crate::Page::attributes).
///
/// Spans are numbered over the whole page: lane after lane, track after track, in the order of their rows. The chunk
/// has two columns in planes, as for a [`Track`]: the number of a span minus that of the previous one that has the
/// attribute (for the first: its number), and its value as an index into the distinct values. Then comes a column with
/// the length of each distinct value in bytes, and then the values themselves in UTF-8, one after the other, in the
/// order of their first use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Number of spans that have it.
    pub count: u32,
    /// Number of distinct values.
    pub values: u32,
    /// Bytes per value of the first column, 0 to 4.
    pub gap: u8,
    /// Bytes per value of the second column, 0 to 4.
    pub value: u8,
    /// Bytes per value of the third column, 0 to 4.
    pub length: u8,
}

/// One row of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    /// Index into [`Data::names`].
    pub group: u32,
    /// Index into [`Data::names`].
    pub task: u32,
    /// The figures of its spans.
    #[serde(flatten)]
    pub figures: Part,
    /// Whether none of the task's lanes has spans that overlap without nesting. If any has, `self_ns` counts time for
    /// the span that started last.
    pub exact: bool,
    /// How many of its `count` are durations without a moment, which have no part in `self_ns` and `share`.
    pub timings: u64,
    /// What the lanes did in its `self_ns`.
    pub division: Division,
    /// `self_ns` divided by the busy time of all lanes, 0 to 1.
    pub share: f64,
}

/// The functions of a profile. All weights count `unit`.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// The file that it was read from.
    pub source: String,
    /// Its name in the file, such as a thread; may be empty.
    pub name: String,
    /// `nanoseconds`, `bytes`, or `none` for weights that count something else, such as samples.
    pub unit: &'static str,
    /// Number of its stacks.
    pub stacks: u64,
    /// The weight of all its stacks.
    pub total: f64,
    /// By self weight, the greatest first.
    pub functions: Vec<Function>,
    /// Number of functions that are not on the page.
    pub more: u64,
}

/// A function of a profile.
#[derive(Debug, Clone, Serialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The weight of the stacks that end in it: its self weight.
    pub own: f64,
    /// `own` divided by the weight of all stacks, 0 to 1.
    pub own_share: f64,
    /// The weight of the stacks that contain it.
    pub total: f64,
    /// `total` divided by the weight of all stacks, 0 to 1.
    pub total_share: f64,
}

/// Where the time of all lanes went. Every instant of every lane is in exactly one part; the parts sum to `total_ns`.
#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    /// Lanes x wall time.
    pub total_ns: i128,
    /// Tasks that were innermost for some time, not counting declared waits: most time first, then in the order of
    /// [`Data::tasks`].
    pub tasks: Vec<LedgerTask>,
    /// What the lanes did while they were busy: in the time of `tasks` and in declared waits, which are `wait_ns`.
    pub division: Division,
    /// Lanes x time before the first start of each lane.
    pub idle_before_ns: i128,
    /// Lanes x time between spans of the same lane.
    pub idle_between_ns: i128,
    /// Lanes x time after the last end of each lane; 0 for a lane with an unfinished span.
    pub idle_after_ns: i128,
    /// Lanes x time during which no finished span ran, but an unfinished one had begun.
    pub unfinished_ns: i128,
    /// The most lanes that were alive at once: from a lane's first start to its last end.
    pub alive_at_once: u32,
}

/// A task's part of the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerTask {
    /// Index into [`Data::tasks`].
    pub task: u32,
    /// Lanes x time during which one of its spans was the innermost finished span, that is, the last started, and no
    /// declared wait. Above 0.
    pub ns: i128,
}

/// The view in the chart that a sentence links to.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The time to show, `(start, end)`: not empty, and inside the trace.
    pub window: (i64, i64),
    /// The time to select, inside `window`.
    pub selected: Option<(i64, i64)>,
    /// The span to pin: `(lane, track, span)`, indices into [`Data::lanes`], [`Lane::tracks`] and its columns.
    pub pinned: Option<(u32, u32, u32)>,
}

/// How the durations of a task are distributed, with the figures that [`Task`] lacks.
#[derive(Debug, Clone, Serialize)]
pub struct Distribution {
    /// Index into [`Data::tasks`].
    pub task: u32,
    /// The standard deviation; `None` if there is no duration, or if it cannot be computed.
    pub sd_ns: Option<i64>,
    /// The shortest duration; `None` if there is none, like the next field.
    pub min_ns: Option<i64>,
    /// The 99th percentile, as exact as the others of the task.
    pub p99_ns: Option<i64>,
    /// The durations, ascending. If there are too many to draw, equally spaced quantiles of them, including the
    /// shortest and the longest.
    pub quantiles_ns: Vec<i64>,
    /// The slowest spans, slowest first.
    pub slowest: Vec<Slow>,
    /// Whether slower spans may be missing, because some lanes are summarised.
    pub may_lack: bool,
}

/// One of the slowest spans of a task.
#[derive(Debug, Clone, Serialize)]
pub struct Slow {
    /// `(lane, track, span)`, as in [`Finding::pinned`].
    pub place: (u32, u32, u32),
    /// When it started.
    pub start_ns: i64,
    /// How long it took.
    pub duration_ns: i64,
    /// The first of its attributes, by name.
    pub attributes: Vec<SlowAttribute>,
    /// Number of its other attributes.
    pub more_attributes: u64,
}

/// An attribute of one of the slowest spans.
#[derive(Debug, Clone, Serialize)]
pub struct SlowAttribute {
    /// Its name.
    pub name: String,
    /// Its value, or the first characters of it.
    pub value: String,
    /// Whether the value has more characters.
    pub cut: bool,
}

/// A task's spans by the value of one attribute. The rows, the others and those without it sum to the task.
#[derive(Debug, Clone, Serialize)]
pub struct Split {
    /// Index into [`Data::tasks`].
    pub task: u32,
    /// Name of the attribute.
    pub name: String,
    /// Number of distinct values; `None` if there are more than `more_than`.
    pub values: Option<u64>,
    /// The most values that are counted, if there are more.
    pub more_than: Option<u64>,
    /// Whether the rows of values are by total; else by self time.
    pub by_total: bool,
    /// At most twelve: values, the largest first, or ranges of numbers, ascending.
    pub rows: Vec<SplitRow>,
    /// The spans with a value that has no row; `None` if every value has one.
    pub others: Option<Part>,
    /// The spans without the attribute; `None` if every span has it.
    pub without: Option<Part>,
    /// Whether `without` also counts spans whose attributes are not known, because only their summary was read.
    pub may_lack: bool,
}

/// The spans of a task with one value of an attribute, or with values in one range.
#[derive(Debug, Clone, Serialize)]
pub struct SplitRow {
    /// The value, or the first characters of it; `None` for a range.
    pub value: Option<String>,
    /// Whether the value has more characters.
    pub cut: bool,
    /// The least value of a range; `None` for a value.
    pub from: Option<f64>,
    /// The end of a range, greater than any value in it; `None` for a value.
    pub to: Option<f64>,
    /// The figures of the spans.
    #[serde(flatten)]
    pub figures: Part,
}

/// The figures of a task's spans, or of a part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Number of finished spans, including instants.
    pub count: u64,
    /// Number of unfinished spans; no other figure includes them.
    pub unfinished: u64,
    /// Sum of the durations.
    pub total_ns: i128,
    /// How long the spans were the innermost ones of their lanes: where spans nest, the sum of the durations minus the
    /// time of direct children.
    pub self_ns: i128,
    /// `total_ns / count`, rounded down; `None` if `count` is 0, like the three fields below.
    pub mean_ns: Option<i64>,
    /// The median, by linear interpolation between the closest ranks.
    pub median_ns: Option<i64>,
    /// The 95th percentile, by linear interpolation between the closest ranks.
    pub p95_ns: Option<i64>,
    /// The longest duration.
    pub max_ns: Option<i64>,
    /// Whether median and p95 are exact; if not, they are at most 0.4 % off. Of the spans without an attribute
    /// ([`Split::without`]) that is also so for the longest duration.
    pub exact_quantiles: bool,
}
