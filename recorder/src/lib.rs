//! Records which task ran when, on which thread of which process, for `waterfall` to draw.
//!
//! ```
//! use waterfall_recorder::Recorder;
//!
//! # let directory = tempfile::tempdir()?;
//! # let dir = directory.path();
//! // A group, a directory for the records, and the offset from UTC in minutes.
//! let pp = Recorder::new("download", dir, 480);
//!
//! pp.start("image");                       // straight-line code: start ...
//! pp.start_colored("save", "#ca562c");     // ... nested ...
//! pp.dump();                               // ... and end the newest one
//! pp.dump();
//!
//! let workers: Vec<_> = (0..4)
//!     .map(|n| {
//!         let pp = pp.clone();
//!         std::thread::spawn(move || {
//!             let _span = pp.span("request");          // ends when dropped
//!             pp.time("parse", || n * n)               // ends when the closure returns
//!         })
//!     })
//!     .collect();
//! for worker in workers {
//!     worker.join().unwrap();
//! }
//! pp.instant("all done");
//! pp.counter("queue", 17.0);                   // a number over time, in a file of its own
//! assert_eq!(pp.losses().total(), 0);
//! # let files = std::fs::read_dir(dir)?.count();
//! # assert!((3..=6).contains(&files), "one a thread that ran at the same time, and the counter's: {files}");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Then `waterfall --directory <dir>` draws the page. Each thread appends to a file of its own, in
//! the format of [`mod@format`]: no lock, no server, no background thread.
//!
//! An early return between `start` and `dump`, by `?` say, leaves the span open, and the next `dump`
//! ends it instead of its own. Where a function can return early, [`Recorder::span`] and
//! [`Recorder::time`] end what they began.
//!
//! # What a call costs
//!
//! CPU time of the recording thread by `cargo bench -p waterfall-recorder` on 2026-11-24, x86-64 Linux 6.18 VM,
//! two cores, ext4. The floor is what no recorder can avoid: two clock reads (55 ns of it) and the same
//! bytes formatted into RAM. BENCHMARKS.md in the repository has more, and other recorders beside it.
//!
//! | what | x floor | ns |
//! |---|---:|---:|
//! | the floor | 1.0 | 87 |
//! | `start` and `dump`, on one thread; other runs had 1.7 to 2.2 | 1.8 | 151 |
//! | the same on each of 8 threads at once | 1.9 | 167 |
//! | `span` or `time` | 1.8 | 157 |
//! | `instant` | 1.6 | 136 |
//! | `start` and `dump`, the name quoted for a comma in it | 3.6 | 309 |
//! | `start` and `dump` where no file is mapped | 38 | 3,300 |
//! | switched off, `WATERFALL=0`: `start` and `dump`, a `span`, an `instant` | 0.0 | less than 1 |
//!
//! A thread's first record, when it creates a file, takes some 100 us. One in 2,800 pairs waits for its file to
//! grow, some 100 us as well; p99.9 of all pairs is below 0.5 us.
//!
//! # What survives
//!
//! - A row whose `start` returned is in its file, and so is its end once `dump` returned, or the
//!   guard was dropped. **`kill -9`, a panic, an abort, `process::exit`: nothing is lost.** A task
//!   that was running then is an unfinished span. The bytes are in the system's page cache, so a
//!   **power loss or a crash of the system** may take the last seconds.
//! - Recording never panics, never waits for another of the program's threads and never fails
//!   towards the program. What could not be written (a full disk, say) is counted, said once for
//!   each reason on stderr, and told by [`Recorder::losses`]. After a refusal by the system a thread
//!   tries again 100 ms later. A call can wait for the system itself, as any write can.
//! - A record file that someone removes, alone or with its directory, or shortens while it is written
//!   is noticed at the thread's next look: with the first row a second or more after the last look,
//!   or when the file grows next, by at most 256 KiB. It is counted ([`Loss::FileLost`]), and the thread goes
//!   on in a new file, its directory made again. **The rows from before, those since the last look and the
//!   ends of tasks that were running are lost**, and so is, unnoticed, a file to which no row is added any more.
//! - **A record file that someone else shortens may kill the program by SIGBUS** before that look, as any
//!   mapped file does: files are mapped on Linux, on ext4, xfs and tmpfs. So may a disk that fails to read a
//!   page back, and on a full xfs a copy of the file that shares its blocks. `WATERFALL_JOURNAL=write` maps
//!   nothing; there a shortened file gets a hole, and behind it the rows until that look.
//! - Spans are timed by a clock that nobody sets and that runs while the machine sleeps. When the wall clock
//!   was set by more than a millisecond, each thread goes on in a new file within a second, in the new time:
//!   durations stay exact, and no two spans of a file overlap by it.
//! - A forked child writes files of its own; a span that was started before the fork is the
//!   parent's to end.
//! - The program's limits are shared: at most a quarter of its open files, an eighth of a limited address space.
//!   A file that once found no address space is written by the system from then on.
//!
//! # Files
//!
//! A thread's file is taken over by the next thread of the same name, so a million short-lived threads, four at
//! once, left 10 files: four, and one more for each that found the others' files being handed out too long. Once 1,024 files wait for threads of their names, new ones are called `mixed` and
//! belong to threads of any name. Past 256 MB a lane goes on in its next part, as soon as none of its spans is
//! open. At a clean end a file is as long as its rows; after a kill blank lines stay at its end, at most 256 KiB.
//!
//! # Switches
//!
//! For people who run an instrumented program, read whenever a Recorder is made:
//!
//! | variable | effect |
//! |---|---|
//! | `WATERFALL=0` | every Recorder is a no-op |
//! | `WATERFALL_DIR=/tmp/records` | records go there, whatever the program says |
//! | `WATERFALL_TASKS=save,zip/*` | only these tasks; `*` is any text and `?` any character |
//! | `WATERFALL_TIMING=1` | each end also prints `[TIMING] save: 2.34 ms` to stderr |
//! | `WATERFALL_JOURNAL=write` | every row is written by the system, 20 times slower, and no file is mapped |
//! | `WATERFALL=1`, `WATERFALL_BIAS=480` | for [`Recorder::from_env`] |
//!
//! A relative path in `WATERFALL_DIR` is taken from each process's own working directory. A pattern
//! with a `/` is also matched against `group/task`.

pub mod format;
pub mod switches;
pub mod writer;

mod clock;
mod glob;
mod journal;
mod lane;
mod limits;
mod losses;
mod pool;
mod process;
mod record_file;
mod span;
mod system;
mod thread;

pub use losses::{Loss, Losses};
pub use process::host_name;
pub use span::Span;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use format::{Content, Record, Sample, Stamp};
use lane::{Fields, Item};
use losses::count;
use record_file::Target;
use span::{Started, Unended};
use switches::{Switches, TaskFilter};
use thread::{RecorderId, ThreadState};

/// A handle that records spans of tasks under the label of one group.
///
/// Cheap to clone and to share; all state belongs to the threads that use it. Two clones are the
/// same Recorder: `dump` of one ends what the other has started on the same thread.
///
/// `start` and `dump` are for straight-line code. **Across an `.await` they may end another task's
/// span**, since another future of the same thread may have called `start` in between, and the rest
/// of a function may run on another thread; and an early return by `?` between the two leaves the span
/// open. Use [`span`](Recorder::span) or [`time`](Recorder::time) there.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// `None` when recording is switched off.
    settings: Option<Arc<Settings>>,
}

#[derive(Debug)]
struct Settings {
    id: RecorderId,
    group: String,
    target: Arc<Target>,
    offset_minutes: i32,
    tasks: TaskFilter,
    timing: bool,
}

impl Recorder {
    /// A Recorder of a group that writes to a directory, its stamps `bias_minutes` east of UTC
    /// (clamped to 23:59 either way).
    ///
    /// The directory is made absolute now, so that a later change of the working directory does
    /// not move it, and created at the first record. `WATERFALL_DIR` wins over it.
    #[must_use]
    pub fn new(group: impl AsRef<str>, directory: impl AsRef<Path>, bias_minutes: i32) -> Self {
        let switches = Switches::from_env();
        if switches.power == Some(false) {
            return Self { settings: None };
        }
        Self::with_switches(group.as_ref(), directory.as_ref(), bias_minutes, switches)
    }

    /// A Recorder that records only when the environment asks for it: into `WATERFALL_DIR`, or
    /// into `./records` with `WATERFALL=1`. Its stamps are `WATERFALL_BIAS` minutes east of UTC.
    #[must_use]
    pub fn from_env(group: impl AsRef<str>) -> Self {
        let switches = Switches::from_env();
        let asked = switches.power == Some(true) || switches.directory.is_some();
        if switches.power == Some(false) || !asked {
            return Self { settings: None };
        }
        Self::with_switches(group.as_ref(), Path::new("records"), switches.bias_minutes, switches)
    }

    fn with_switches(group: &str, directory: &Path, bias_minutes: i32, switches: Switches) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);

        let directory = switches.directory.as_deref().unwrap_or(directory);
        let settings = Settings {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            group: group.to_owned(),
            target: Arc::new(Target::new(directory, !switches.writes)),
            offset_minutes: bias_minutes,
            tasks: switches.tasks,
            timing: switches.timing,
        };
        Self { settings: Some(Arc::new(settings)) }
    }

    /// Starts a span of a task on this thread; [`dump`](Recorder::dump) ends it.
    pub fn start(&self, task: impl AsRef<str>) {
        self.start_colored(task, "");
    }

    /// Starts a span that is drawn in a colour of its own, `#rrggbb`.
    ///
    /// Anything else but an empty text and `na` is counted ([`Loss::ColorIgnored`]) and left out.
    pub fn start_colored(&self, task: impl AsRef<str>, color: impl AsRef<str>) {
        let (task, color) = (task.as_ref(), color.as_ref());
        if let Some(settings) = &self.settings {
            settings.start(task, color);
        }
    }

    /// Ends the newest span that this Recorder has started on this thread and not ended yet.
    ///
    /// Without one it is counted ([`Loss::NotStarted`]) and does nothing.
    #[inline]
    pub fn dump(&self) {
        if let Some(settings) = &self.settings {
            settings.dump();
        }
    }

    /// Starts a span that ends when the guard is dropped, on whichever thread.
    pub fn span(&self, task: impl AsRef<str>) -> Span {
        self.span_colored(task, "")
    }

    /// [`span`](Recorder::span) with a colour, as [`start_colored`](Recorder::start_colored).
    pub fn span_colored(&self, task: impl AsRef<str>, color: impl AsRef<str>) -> Span {
        let Some(settings) = &self.settings else { return Span::new(None) };
        let (task, color) = (task.as_ref(), color.as_ref());
        Span::new(settings.start_anywhere(task, color))
    }

    /// Records a closure's run as a span, also when it panics, and gives what it returns.
    pub fn time<R>(&self, task: impl AsRef<str>, run: impl FnOnce() -> R) -> R {
        let _span = self.span(task);
        run()
    }

    /// Records a moment: a span whose end is its start.
    pub fn instant(&self, task: impl AsRef<str>) {
        let task = task.as_ref();
        if let Some(settings) = self.settings.as_ref().filter(|settings| settings.selects(task)) {
            settings.append(task, Content::Records, settings.record(task, "", Some(Stamp::default())));
        }
    }

    /// Records that a counter of this Recorder's group has a value from now on: the length of a queue,
    /// bytes in flight. Drawn as a line over time, one a process.
    ///
    /// An infinite value, or one that is no number, is counted ([`Loss::NotFinite`]) and left out.
    pub fn counter(&self, counter: impl AsRef<str>, value: f64) {
        let counter = counter.as_ref();
        let Some(settings) = &self.settings else { return };
        if !value.is_finite() {
            count(Loss::NotFinite, format_args!("group {}, counter {counter}", settings.group));
            return;
        }
        let sample = Sample { group: &settings.group, counter, time: Stamp::default(), value };
        settings.append(counter, Content::Counters, Fields::Sample(sample));
    }

    /// How many records this process has lost so far, by all its Recorders, and why.
    #[must_use]
    pub fn losses(&self) -> Losses {
        losses::losses()
    }
}

impl Settings {
    /// Starts a span that [`ThreadState::end_newest`] ends.
    fn start(&self, task: &str, color: &str) {
        thread::with(|state| {
            if !self.selects(task) {
                state.start_unrecorded(self.id, self.started(clock::boot_ns()));
                return;
            }
            // The lane comes before the clock: no span begins while its file is being opened, nor before
            // the last span of the thread that it is taken over from has ended.
            let lane = state.lane(&self.target, Content::Records);
            let now_ns = clock::boot_ns();
            let mut item = self.item(now_ns, self.record(task, color, None));
            if state.start(self.id, lane, &mut item, self.started(now_ns)) {
                self.count_changes(state, task, color);
            }
            if self.timing {
                state.time_newest(task);
            }
        });
    }

    /// Ends the newest span on this thread.
    fn dump(&self) {
        let now_ns = clock::boot_ns();
        thread::with(|state| {
            if !state.end_newest(self.id, now_ns) {
                count(Loss::NotStarted, format_args!("group {}", self.group));
            }
        });
    }

    /// Starts a span that the result ends, on whichever thread; `None` for a call from inside another.
    fn start_anywhere(&self, task: &str, color: &str) -> Option<Unended> {
        thread::with(|state| {
            if !self.selects(task) {
                return Unended { started: self.started(clock::boot_ns()), slot: None, timed: None };
            }
            let lane = state.lane(&self.target, Content::Records);
            let now_ns = clock::boot_ns();
            let slot = state.start_anywhere(lane, &mut self.item(now_ns, self.record(task, color, None)));
            if slot.is_some() {
                self.count_changes(state, task, color);
            }
            Unended { started: self.started(now_ns), slot, timed: self.timing.then(|| task.into()) }
        })
    }

    /// Appends a row that says all it ever will.
    fn append(&self, name: &str, content: Content, fields: Fields<'_>) {
        let mut item = self.item(0, fields);
        thread::with(|state| {
            let lane = state.lane(&self.target, content);
            item.now_ns = clock::boot_ns();
            if state.append(lane, &mut item) {
                self.count_changes(state, name, "");
            }
        });
    }

    #[inline]
    fn item<'a>(&self, now_ns: i64, fields: Fields<'a>) -> Item<'a> {
        Item { now_ns, offset_minutes: self.offset_minutes, fields }
    }

    /// The fields of a record whose times are still to come.
    #[inline]
    fn record<'a>(&'a self, task: &'a str, color: &'a str, end: Option<Stamp>) -> Fields<'a> {
        Fields::Record(Record { group: &self.group, task, start: Stamp::default(), end, color })
    }

    #[inline]
    fn started(&self, start_ns: i64) -> Started {
        Started { start_ns, offset_minutes: self.offset_minutes }
    }

    /// Counts what is not in the row that was just written as it was asked for.
    #[inline]
    fn count_changes(&self, state: &ThreadState, name: &str, color: &str) {
        if state.row().cut_names() > 0 {
            self.count_cut_name(name);
        }
        if !color.is_empty() {
            count_color(color);
        }
    }

    #[cold]
    fn count_cut_name(&self, name: &str) {
        count(Loss::NameCut, format_args!("group {}, name {name}", self.group));
    }

    #[inline]
    fn selects(&self, task: &str) -> bool {
        self.tasks.passes(&self.group, task)
    }
}

#[inline(never)]
fn count_color(color: &str) {
    if color != "na" && !format::is_color(color) {
        count(Loss::ColorIgnored, format_args!("{color}"));
    }
}
