//! Records which task ran when, on which thread of which process. The program `waterfall` draws the records.
//!
//! ```
//! use waterfall_recorder::Recorder;
//!
//! # let directory = tempfile::tempdir()?;
//! # let dir = directory.path();
//! // A label, a directory for the records, and the UTC offset in minutes.
//! let pp = Recorder::new("download", dir, 480);
//!
//! pp.start("image");                               // starts a task
//! pp.start_colored("save", "#ca562c");             // starts another one inside it
//! pp.dump();                                       // ends the newest one
//! pp.dump();
//!
//! let workers: Vec<_> = (0..4)
//!     .map(|n| {
//!         let pp = pp.clone();
//!         std::thread::spawn(move || {
//!             let url = format!("https://example.org/{n}.png");
//!             // Ends when it is dropped. The attribute shows what it was about.
//!             let _span = pp.span("request").with("url", url);
//!             let _wait = pp.wait("response");     // says that the thread waits
//!             pp.time("parse", || n * n)           // ends when the closure returns
//!         })
//!     })
//!     .collect();
//! for worker in workers {
//!     worker.join().unwrap();
//! }
//! pp.instant("all done");                          // a moment
//! pp.counter("queue", 17.0);                       // a number over time
//! assert_eq!(pp.losses().total(), 0);
//! # let files = std::fs::read_dir(dir)?.count();
//! # assert!((4..=10).contains(&files), "one or two a thread that ran at the same time, and the counter's: {files}");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Then `waterfall --directory <dir>` makes a page of the records.
//!
//! Each thread appends to its own file, in the format that [`mod@format`] specifies. There is no lock, no server and
//! no background thread. A program that runs or imports other programs' tasks can write the same files with
//! [`writer`].
//!
//! Use `start` and `dump` for straight-line code. If a function returns early between the two, for example with
//! `?`, its span stays open, and the next `dump` ends the wrong span. [`Recorder::span`] and [`Recorder::time`]
//! always end what they started.
//!
//! # Cost
//!
//! CPU time of the recording thread, by `cargo bench -p waterfall-recorder` on 2026-11-24, x86-64 Linux 6.18 VM,
//! two cores, ext4. The floor is the work that no recorder can avoid: two clock reads (together 55 ns) and formatting
//! the same bytes into RAM. BENCHMARKS.md in the repository has more figures, also of other recorders.
//!
//! | call | x floor | ns |
//! |---|---:|---:|
//! | the floor | 1.0 | 87 |
//! | `start` and `dump`, one thread (1.7 to 2.2 in other runs) | 1.8 | 151 |
//! | `start` and `dump`, on each of 8 threads at once | 1.9 | 167 |
//! | `span` or `time` | 1.8 | 157 |
//! | `instant` | 1.6 | 136 |
//! | `start` and `dump`, a name with a comma and quotes | 3.6 | 309 |
//! | `start` and `dump`, where no file is mapped (2026-11-29) | 50 | 4,700 |
//! | `start` and `dump`, `span` or `instant` with `WATERFALL=0` | 0.0 | less than 1 |
//!
//! With attributes, in plain pairs of the same run (2026-11-30):
//!
//! | call | x pair |
//! |---|---:|
//! | `start_with` two texts or two integers, and `dump`; `span` with two attributes | 2.1 |
//! | `start_with` two texts with commas or quotes, and `dump` | 4.9 |
//! | `start`, `record` twice, and `dump`: each `record` reads the clock | 2.8 |
//!
//! Waits, and CPU times where the switch is set, in plain pairs of the same run (2026-11-30):
//!
//! | call | x pair |
//! |---|---:|
//! | `start_wait` and `dump` | 1.0 |
//! | `start` and `dump` with `WATERFALL_CPU=1`; two readings of the thread's clock alone are 10.5 | 13.4 |
//! | `start` and `dump` with `WATERFALL_CPU=1%`, without CPU time | 1.04 |
//!
//! The first record of a thread takes about 100 us if it creates a file. One pair in 2,800 waits about 100 us for its
//! file to grow. The p99.9 of all pairs is below 0.5 us.
//!
//! # Waiting and working
//!
//! A lane that is busy works or waits. Two things tell which:
//!
//! - **Waits**: [`Recorder::wait`] and [`Recorder::start_wait`] start a span that says that it waits, for example at a
//!   lock. That is in its row from the beginning, so a kill does not change it.
//! - **CPU time**, without a word in the code: with `WATERFALL_CPU` a span gets an attribute `cpu`, such as `81233ns`.
//!   This is the CPU time of its thread from its start to its end, with the spans inside it. It is in its file when
//!   `dump` returns or the guard is dropped.
//!
//! The CPU time takes two calls to the system for each span, together 0.7 us here. So you can record it for some of
//! the spans:
//!
//! | `WATERFALL_CPU` | spans with CPU time |
//! |---|---|
//! | `0` or `off`, or not set | none |
//! | `1` or `on` | every span |
//! | `50us` | spans that take at least this long; a shorter one costs one call |
//! | `1%` | as many as 1 % of each thread's time allows |
//!
//! Any other value records none, and stderr gets one line about it.
//!
//! With `1%`, a thread that has recorded 100 us can spend 1 us more. It saves at most 200 us, which it also has at its
//! beginning. What a span costs is measured when the process makes its first Recorder. A thread remembers how long the
//! last span of each task took. Half of the savings are only for tasks whose last span was worth its cost, and for new
//! tasks. So a long span has its CPU time, whatever runs beside or inside it. The thread tells tasks apart by the
//! address and the length of their names, so a name that is made anew for each span is often unknown.
//!
//! The CPU time is not known for a span that ended on another thread or in a forked child, for an instant and an
//! unfinished span, and where the system has no such clock (Windows). About half of each call is time of the span, but
//! not in its CPU time: together 0.4 us here. A guard that is held across an `.await` counts all that its thread did
//! meanwhile.
//!
//! # Guarantees
//!
//! - **The program dies: nothing is lost.** A row is in its file when `start` returns, its attributes when the call
//!   that gives them returns, and its end when `dump` returns or the guard is dropped. That survives `kill -9`, a
//!   panic, an abort and `process::exit`. A task that was running then is an unfinished span.
//! - **The system crashes or loses power: the last seconds may be lost.** The bytes are in the system's page cache.
//! - **Recording does not disturb the program.** It never panics (the `Display` of an attribute can), returns no
//!   errors, and never waits for another thread of the program. Only the system can make it wait, as in any write.
//!   What could not be written, for example to a full disk, is counted: [`Recorder::losses`] has the counts, and
//!   stderr gets one line for each reason. After a refusal by the system a thread tries again 100 ms later.
//! - **Someone removes or shortens a record file, or removes its directory: recording continues in a new file.** The
//!   thread checks its file with the first row that comes a second or more after the last check. It also checks when
//!   the file must grow, every 256 KiB or earlier. If the file is lost, it counts [`Loss::FileLost`] and creates the
//!   directory again. The earlier rows, the rows since the last check and the ends of running tasks **are lost**. If
//!   the file gets no more rows, its loss is not noticed.
//! - **Shortening a record file can kill the program with SIGBUS** before that check, as with any mapped file. Files
//!   are mapped on Linux with ext4, xfs and tmpfs. A disk error while a page is read back can do the same. So can a
//!   copy that shares its blocks with the file, if the xfs is full. `WATERFALL_JOURNAL=write` maps nothing: a
//!   shortened file then gets a hole, and the rows until the check follow it.
//! - **Someone sets the wall clock: durations stay exact.** Spans are timed by a clock that nobody can set and that
//!   runs while the machine sleeps. Within a second after a step of more than a millisecond, each thread continues in
//!   a new file, in the new time. So a step never makes two spans of one file overlap.
//! - **The program forks: the child writes its own files.** Only the parent can end a span that was started before
//!   the fork, or give it attributes.
//! - **The program closes all descriptors, as daemons do, or puts its own files on their numbers (`dup2`): its files
//!   stay as they are, and no row is lost.** Before each system call on a record file, and before closing it, the
//!   recorder checks that the number still is that file; this takes 0.6 us. If it is not, the recorder leaves the
//!   number alone and opens the file by its path for each use. A mapped file needs its descriptor only to grow. If the
//!   path leads to another file, rows are counted as lost. Two threads can still meet: one closes a number and opens it
//!   anew just after the other has checked it.
//! - **Record files never have the numbers 0, 1 and 2,** so a program that has closed them cannot print into a record
//!   file. Lines on stderr are only for the stderr that the program had when it made its first Recorder. If there is
//!   another file in its place, the recorder prints nothing.
//! - **The recorder leaves room for the program.** It takes at most a quarter of the files that the process may open,
//!   and an eighth of a limited address space. Without address space, a file is no longer mapped: each row is written
//!   with a system call.
//!
//! # Files
//!
//! When a thread ends, the next thread of the same name continues its file. A million short-lived threads, four at a
//! time, made 10 files: four, and six because a thread makes a new file instead of waiting for a lock. Once 1,024
//! files wait for threads of their names, new files are named `mixed` and serve threads of any name.
//!
//! A thread that gives attributes or records CPU times has a further file for them. A thread that counts has one, too.
//!
//! After 256 MB a lane continues in a next file (part), as soon as none of its spans is open. After a normal end, a
//! file ends with its last row. After a kill, up to 256 KiB of empty lines follow the rows.
//!
//! # Switches
//!
//! These environment variables control an instrumented program. Every new Recorder reads them:
//!
//! | variable | effect |
//! |---|---|
//! | `WATERFALL=0` | switches every Recorder off |
//! | `WATERFALL_DIR=/tmp/records` | the directory for the records, whatever the program says |
//! | `WATERFALL_TASKS=save,zip/*` | records only these tasks; `*` is any text, `?` any character |
//! | `WATERFALL_TIMING=1` | also prints each duration to stderr: `[TIMING] save: 2.34 ms` |
//! | `WATERFALL_CPU=1%` | also records the CPU time of spans: see [Waiting and working](#waiting-and-working) |
//! | `WATERFALL_JOURNAL=write` | writes each row with a system call instead of mapping the file: 30 times slower |
//! | `WATERFALL=1`, `WATERFALL_BIAS=480` | for [`Recorder::from_env`] |
//!
//! A relative `WATERFALL_DIR` is relative to the working directory of each process. A pattern with a `/` also matches
//! `group/task`.

pub mod format;
pub mod switches;
pub mod writer;

mod attribute;
mod clock;
mod cpu;
mod descriptor;
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

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use attribute::SpanRow;
use cpu::{CpuTimes, Reading};
use format::{Content, Record, Sample, Stamp};
use lane::{Fields, Item};
use losses::{Named, count};
use record_file::Target;
use span::{Started, Unended};
use switches::{Switches, TaskFilter};
use thread::{RecorderId, ThreadState};

/// Records spans of tasks under the label of one group.
///
/// It is cheap to clone and to share. Clones are the same Recorder: `dump` of one ends what another has started on
/// the same thread.
///
/// Use `start` and `dump` for straight-line code only. **Across an `.await`, `dump` may end the span of another
/// task**: another future of this thread may have called `start`, or the rest of the function runs on another
/// thread. An early return by `?` leaves the span open. Use [`span`](Recorder::span) or [`time`](Recorder::time)
/// there.
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
    /// `None` if no span gets its CPU time.
    cpu: Option<CpuTimes>,
}

impl Recorder {
    /// Makes a Recorder of a group that writes to a directory.
    ///
    /// Times are written `bias_minutes` east of UTC, at most 23:59 either way. A relative directory starts from the
    /// working directory of now. It is created with the first record. `WATERFALL_DIR` replaces it.
    #[must_use]
    pub fn new(group: impl AsRef<str>, directory: impl AsRef<Path>, bias_minutes: i32) -> Self {
        let switches = Switches::from_env();
        if switches.power == Some(false) {
            return Self { settings: None };
        }
        Self::with_switches(group.as_ref(), directory.as_ref(), bias_minutes, switches)
    }

    /// Makes a Recorder that records only when the environment asks for it.
    ///
    /// It writes to `WATERFALL_DIR`, or with `WATERFALL=1` to `./records`. Times are written `WATERFALL_BIAS` minutes
    /// east of UTC.
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

        system::remember_stderr();
        if let Some(value) = &switches.unknown_cpu {
            print_unknown_cpu(value);
        }
        let directory = switches.directory.as_deref().unwrap_or(directory);
        let settings = Settings {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            group: group.to_owned(),
            target: Arc::new(Target::new(directory, !switches.writes)),
            offset_minutes: bias_minutes,
            tasks: switches.tasks,
            timing: switches.timing,
            cpu: CpuTimes::of(switches.cpu),
        };
        Self { settings: Some(Arc::new(settings)) }
    }

    /// Starts a span of a task on this thread; [`dump`](Recorder::dump) ends it.
    pub fn start(&self, task: impl AsRef<str>) {
        self.start_colored(task, "");
    }

    /// Starts a span that is drawn in a colour of its own: `#rrggbb`, or empty or `na` for none. `wait` instead of a
    /// colour starts a [wait](Recorder::start_wait).
    ///
    /// Any other text is counted ([`Loss::ColorIgnored`]) and left out.
    pub fn start_colored(&self, task: impl AsRef<str>, color: impl AsRef<str>) {
        let (task, color) = (task.as_ref(), color.as_ref());
        if let Some(settings) = &self.settings {
            settings.start(task, color);
        }
    }

    /// Starts a span that waits, for example at a lock or for a queue; [`dump`](Recorder::dump) ends it.
    ///
    /// The page shows it as waiting and not as work, also if the program is killed meanwhile. It costs what a span
    /// costs.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # let pp = waterfall_recorder::Recorder::new("download", directory.path(), 0);
    /// # let (sender, queue) = std::sync::mpsc::channel();
    /// # sender.send(1).unwrap();
    /// # let lock = std::sync::Mutex::new(1);
    /// pp.start_wait("queue.pop");
    /// let item = queue.recv();
    /// pp.dump();
    ///
    /// let wait = pp.wait("publish.lock");
    /// let guard = lock.lock();
    /// drop(wait); // or else the wait lasts as long as the lock is held
    /// # let files = std::fs::read_dir(directory.path())?;
    /// # let text: String = files.map(|file| std::fs::read_to_string(file?.path())).collect::<Result<_, _>>()?;
    /// # assert_eq!(text.matches(",wait\r\n").count(), 2, "{text}");
    /// # assert_eq!(pp.losses().total(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn start_wait(&self, task: impl AsRef<str>) {
        self.start_colored(task, format::WAIT);
    }

    /// Starts a span with attributes, as in [`Span::with`]; [`dump`](Recorder::dump) ends it.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # let pp = waterfall_recorder::Recorder::new("download", directory.path(), 0);
    /// pp.start_with("save", &[("path", &"images/1.png"), ("bytes", &81_233)]);
    /// pp.record("sync", true); // known later
    /// pp.dump();
    /// # assert_eq!(pp.losses().total(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the `Display` of a value panics. The span is then started.
    pub fn start_with(&self, task: impl AsRef<str>, attributes: &[(&str, &dyn Display)]) {
        let Some(settings) = &self.settings else { return };
        let Some((row, now_ns)) = settings.start_with_attributes(task.as_ref()) else { return };
        for (name, value) in attributes {
            span::give(&settings.target, &row, name, value, now_ns);
        }
    }

    /// Gives an attribute to the span that [`dump`](Recorder::dump) would end, as in [`Span::record`].
    ///
    /// If there is none, it only counts [`Loss::NotStarted`].
    ///
    /// # Panics
    ///
    /// If the `Display` of the value panics.
    pub fn record(&self, name: impl AsRef<str>, value: impl Display) {
        let Some(settings) = &self.settings else { return };
        let row = thread::with(|state| state.newest_row(settings.id, &settings.group)).flatten();
        if let Some(row) = row {
            span::give(&settings.target, &row, name.as_ref(), &value, clock::boot_ns());
        }
    }

    /// Ends the newest span that this Recorder has started on this thread and not ended yet.
    ///
    /// If there is none, it only counts [`Loss::NotStarted`].
    #[inline]
    pub fn dump(&self) {
        if let Some(settings) = &self.settings {
            settings.dump();
        }
    }

    /// Starts a span that ends when the guard is dropped, on this thread or another one.
    pub fn span(&self, task: impl AsRef<str>) -> Span {
        self.span_colored(task, "")
    }

    /// Starts a [`span`](Recorder::span) with a colour, as in [`start_colored`](Recorder::start_colored).
    pub fn span_colored(&self, task: impl AsRef<str>, color: impl AsRef<str>) -> Span {
        let Some(settings) = &self.settings else { return Span::new(None) };
        let (task, color) = (task.as_ref(), color.as_ref());
        Span::new(settings.start_anywhere(task, color))
    }

    /// Starts a span that waits, as in [`start_wait`](Recorder::start_wait). It ends when the guard is dropped.
    pub fn wait(&self, task: impl AsRef<str>) -> Span {
        self.span_colored(task, format::WAIT)
    }

    /// Runs a closure, records it as a span even if it panics, and returns its result.
    pub fn time<R>(&self, task: impl AsRef<str>, run: impl FnOnce() -> R) -> R {
        let _span = self.span(task);
        run()
    }

    /// Records a moment: a span that ends when it starts.
    pub fn instant(&self, task: impl AsRef<str>) {
        let task = task.as_ref();
        if let Some(settings) = self.settings.as_ref().filter(|settings| settings.selects(task)) {
            settings.append(task, Content::Records, settings.record(task, "", Some(Stamp::default())));
        }
    }

    /// Records that a counter has a value from now on, such as the length of a queue or the bytes in flight.
    ///
    /// The page draws one line over time for each process. A value that is infinite or NaN is counted
    /// ([`Loss::NotFinite`]) and left out.
    pub fn counter(&self, counter: impl AsRef<str>, value: f64) {
        let counter = counter.as_ref();
        let Some(settings) = &self.settings else { return };
        if !value.is_finite() {
            count(
                Loss::NotFinite,
                format_args!("group {}, counter {}", Named(&settings.group), Named(counter)),
            );
            return;
        }
        let sample = Sample { group: &settings.group, counter, time: Stamp::default(), value };
        settings.append(counter, Content::Counters, Fields::Sample(sample));
    }

    /// How many records this process has lost so far in all its Recorders, and why.
    #[must_use]
    pub fn losses(&self) -> Losses {
        losses::losses()
    }
}

impl Settings {
    /// Starts a span that [`ThreadState::end_newest`] ends.
    fn start(&self, task: &str, color: &str) {
        thread::with(|state| {
            self.start_in(state, task, color);
        });
    }

    /// Starts a span like [`start`](Self::start). Returns its row and its start, if it has a row.
    fn start_with_attributes(&self, task: &str) -> Option<(SpanRow, i64)> {
        thread::with(|state| {
            let now_ns = self.start_in(state, task, "");
            state.newest_row(self.id, &self.group).map(|row| (row, now_ns))
        })
        .flatten()
    }

    /// Returns the start.
    #[inline(always)] // 3 ns of a pair
    fn start_in(&self, state: &mut ThreadState, task: &str, color: &str) -> i64 {
        if !self.selects(task) {
            let now_ns = clock::boot_ns();
            state.start_unrecorded(self.id, self.started(now_ns));
            return now_ns;
        }
        // The lane comes before the clock, so that no span begins while its file is being opened, nor before the end of
        // the last span of the thread that had the file before.
        let lane = state.lane(&self.target, Content::Records);
        let now_ns = clock::boot_ns();
        let reading = self.begin_reading(state, task, now_ns);
        let mut item = self.item(now_ns, self.record(task, color, None));
        if state.start(self.id, lane, &mut item, self.started(now_ns), reading) {
            self.count_changes(state, task, color);
        }
        if self.timing {
            state.time_newest(task);
        }
        now_ns
    }

    /// Reads the CPU time of the thread for a span that starts, if it is to be recorded.
    #[inline]
    fn begin_reading(&self, state: &mut ThreadState, task: &str, now_ns: i64) -> Option<Reading> {
        self.cpu.as_ref().and_then(|times| state.meter().begin(times, self.id, task, now_ns))
    }

    /// Ends the newest span on this thread.
    fn dump(&self) {
        let now_ns = clock::boot_ns();
        thread::with(|state| {
            if !state.end_newest(self.id, &self.target, now_ns) {
                count(Loss::NotStarted, format_args!("group {}", Named(&self.group)));
            }
        });
    }

    /// Starts a span that the result ends, on any thread. `None` for a call from inside another one.
    fn start_anywhere(&self, task: &str, color: &str) -> Option<Unended> {
        thread::with(|state| {
            if !self.selects(task) {
                let started = self.started(clock::boot_ns());
                return Unended { started, slot: None, timed: None, reading: None };
            }
            let lane = state.lane(&self.target, Content::Records);
            let now_ns = clock::boot_ns();
            let reading = self.begin_reading(state, task, now_ns);
            let slot = state.start_anywhere(lane, &mut self.item(now_ns, self.record(task, color, None)));
            if slot.is_some() {
                self.count_changes(state, task, color);
            }
            let end_in_row = state.row().end_at() as u32;
            let started = Started { end_in_row, ..self.started(now_ns) };
            Unended { started, slot, timed: self.timing.then(|| task.into()), reading }
        })
    }

    /// Appends a row that never changes.
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
        Started { start_ns, offset_minutes: self.offset_minutes, end_in_row: 0 }
    }

    /// Counts the cut names and the ignored colour of the row that was just written.
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
        count(Loss::NameCut, format_args!("group {}, name {}", Named(&self.group), Named(name)));
    }

    #[inline]
    fn selects(&self, task: &str) -> bool {
        self.tasks.passes(&self.group, task)
    }
}

/// Prints that no CPU times are recorded, once in a process.
#[cold]
fn print_unknown_cpu(value: &str) {
    static IS_PRINTED: AtomicBool = AtomicBool::new(false);

    if !IS_PRINTED.swap(true, Ordering::Relaxed) {
        let line = switches::unknown_cpu_line(value);
        system::say(format_args!("waterfall: {line} (no CPU times are recorded)"));
    }
}

#[inline(never)]
fn count_color(color: &str) {
    if color != "na" && !format::is_color_field(color) {
        count(Loss::ColorIgnored, format_args!("{}", Named(color)));
    }
}
