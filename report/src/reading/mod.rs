//! Reading: from inputs to what was loaded. The report, the statistics and all others load records this way.
//!
//! Takes inputs, an assumed offset, a selection and a detail; gives the summary of everything and the rows of some
//! lanes. Each lane is summarised as soon as its rows are complete. Rows are kept while there are at most `detail` of
//! them. If there are more, the summary alone decides which lanes keep their rows, and those are read again. So the
//! files in flight, the lanes' summaries and the detail bound the memory. The exceptions are counter samples,
//! PerformancePy's rows and files with a clock of their own, which all stay until the end. The result depends neither on
//! the order of reading nor on the number of threads.

mod merging;
mod one_pid;
mod selection;
mod splitting;
mod waits;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::analysis::{SplitBy, Splits, Tracks};
use crate::model::{Counters, LaneIdentity, Rows, Summary, Trace};
use crate::sources::{Axis, ColumnMap, FileClock, Files, LaneRows, Options, Progress, Read, Shifts, Way};
use crate::text::Problems;

use merging::{Identity, Kept, Merged, add_doubled, counters, lanes_within, take, trace};
use selection::Chosen;
pub use selection::{Moment, MomentError, Selection};
use splitting::Splitting;
use waits::Waits;
pub(crate) use waits::unmatched_waits;

/// Default of [`Reading::detail`]. Ten million spans are about 65 MB of HTML.
pub const DETAIL: u64 = 10_000_000;

/// What to read.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let directory = directory.path();
/// # recorder::Recorder::new("download", directory, 480).instant("start");
/// let loaded = waterfall::Reading::of(directory).load()?;
/// assert_eq!(loaded.problems.total(), 0);
/// for lane in loaded.trace.lanes() {
///     for span in lane.spans.iter() {
///         let key = loaded.trace.keys().key(span.key);
///         println!("{} {:?}", loaded.trace.keys().name(key.task), span.duration_ns());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Reading {
    /// Where the records are.
    pub inputs: Inputs,
    /// Seconds east of UTC for times without an offset. By default 0, reported as a problem.
    pub assumed_offset_s: Option<i32>,
    /// How inputs with different clocks are put on one axis.
    pub axis: Axis,
    /// Which columns of tables make spans; by default those of usual names.
    pub columns: ColumnMap,
    /// The spans to read; by default all.
    pub selection: Selection,
    /// Globs of tasks whose spans are declared waits, whatever their records say. One with a `/` also matches
    /// `group/task`.
    pub waits: Vec<String>,
    /// The same for the files below some directories only, such as kept runs. Every command takes these globs from the
    /// descriptions of the kept runs among its inputs.
    pub waits_below: Vec<(PathBuf, Vec<String>)>,
    /// The most spans to keep; by default [`DETAIL`]. Lanes that do not fit keep their longest spans. The summary
    /// covers every span.
    pub detail: u64,
    /// The attributes by which the figures of tasks are split; by default none.
    pub split_by: SplitBy,
    /// Progress of the reading, for another thread to show.
    pub progress: Progress,
    /// How files are read. All ways give the same.
    #[doc(hidden)]
    pub way: Way,
}

/// Where the records are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inputs {
    /// Files and directories. In a directory, all files below it are read whose names end as those of a known format:
    /// `.csv`, `.json.gz`. With a recorder's record file, the attribute files of its process beside it are read, too.
    /// Names of lanes and problems contain paths as reached from here.
    Paths(Vec<PathBuf>),
    /// The same, but the names of lanes and problems contain paths below a root.
    Below {
        /// The directory that paths are relative to.
        root: PathBuf,
        /// Files and directories.
        paths: Vec<PathBuf>,
    },
    /// The standard input, treated as a file of this name.
    Stdin(PathBuf),
}

/// Everything that was loaded.
#[derive(Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// The summary of everything that is selected.
    pub summary: Summary,
    /// The summary's lanes: with all their spans where these were kept, else with the longest ones.
    pub trace: Trace,
    /// Where to draw the spans of each lane, in the order of the trace's lanes.
    pub(crate) tracks: Vec<Tracks>,
    /// The sums of the wanted attributes' values.
    pub(crate) splits: Splits,
    /// What was wrong with the input.
    pub problems: Problems,
    /// The number of spans that are not selected.
    pub left_out: u64,
    /// Whether part of the input was summaries.
    pub is_of_summaries: bool,
    /// What is known of the clock of each file with times, in the order of the files.
    pub(crate) clocks: Vec<FileClock>,
    /// The number of its files that were read to their end.
    pub(crate) whole_files: usize,
}

impl Loaded {
    /// What is loaded from nothing.
    pub(crate) fn empty() -> Loaded {
        let summary = Summary::default();
        let (trace, tracks) = trace(&summary, BTreeMap::new(), Counters::new());
        Loaded {
            summary,
            trace,
            tracks,
            splits: Splits::default(),
            problems: Problems::new(),
            left_out: 0,
            is_of_summaries: false,
            clocks: Vec::new(),
            whole_files: 0,
        }
    }
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No file of a known format was found. An empty journal counts as one: records without spans are a trace.
    #[error("no readable record file in {}", list(.inputs))]
    NothingReadable {
        /// Where the files were looked for.
        inputs: Vec<PathBuf>,
        /// What was found instead.
        problems: Problems,
    },
    /// Every row of the files that have rows was refused.
    #[error("no row could be read in {}", list(.inputs))]
    NoRow {
        /// Where the files were looked for.
        inputs: Vec<PathBuf>,
        /// Why the rows were refused. Each file has one problem for all of its rows, then one for each.
        problems: Problems,
    },
    /// No file has all of the columns that the user named.
    #[error("{message}")]
    NoColumn {
        /// Which columns, what they may have meant, and what a file has instead.
        message: String,
        /// What was wrong with the input.
        problems: Problems,
    },
    /// The input contains a summary, but the options choose among rows, which a summary does not have.
    #[error(
        "--bias, --offset, --align, --from and --to need records, and the input is a summary: give --bias, --offset and --align to \
         `waterfall summarize`, and --from and --to to a report of the records"
    )]
    NoRows,
}

impl Error {
    /// What was wrong with the input.
    pub fn problems(&self) -> Option<&Problems> {
        match self {
            Error::NothingReadable { problems, .. }
            | Error::NoRow { problems, .. }
            | Error::NoColumn { problems, .. } => Some(problems),
            Error::NoRows => None,
        }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl Default for Reading {
    /// Reading from no inputs.
    fn default() -> Reading {
        Reading {
            inputs: Inputs::Paths(Vec::new()),
            assumed_offset_s: None,
            axis: Axis::default(),
            columns: ColumnMap::default(),
            selection: Selection::default(),
            waits: Vec::new(),
            waits_below: Vec::new(),
            detail: DETAIL,
            split_by: SplitBy::default(),
            progress: Progress::default(),
            way: Way::default(),
        }
    }
}

impl Inputs {
    /// The inputs as paths; the standard input as `-`.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        match self {
            Inputs::Paths(paths) | Inputs::Below { paths, .. } => paths.clone(),
            Inputs::Stdin(_) => vec!["-".into()],
        }
    }

    /// What the names of files are relative to.
    fn root(&self) -> Option<&Path> {
        match self {
            Inputs::Below { root, .. } => Some(root),
            Inputs::Paths(_) | Inputs::Stdin(_) => None,
        }
    }

    fn find(&self, options: &Options, progress: &Progress) -> Files {
        let files = match self {
            Inputs::Paths(paths) | Inputs::Below { paths, .. } => Files::find(paths, self.root(), progress),
            Inputs::Stdin(name) => Files::stdin(name.clone(), progress),
        };
        files.without_copies(options)
    }
}

impl Reading {
    /// Reads everything in one directory, or one file.
    pub fn of(path: impl Into<PathBuf>) -> Reading {
        Reading { inputs: Inputs::Paths(vec![path.into()]), ..Reading::default() }
    }

    /// Reads in parallel, selects and summarises. Costs 20 bytes of memory for each kept span, 16 for each counter
    /// sample, and the summary, which does not grow with the number of spans.
    ///
    /// # Errors
    ///
    /// [`Error::NoColumn`] when no file has the columns that [`columns`](Reading::columns) names.
    /// [`Error::NothingReadable`] when no file has a known format. [`Error::NoRow`] when files have rows, and none of
    /// them could be read. [`Error::NoRows`] when the input contains a summary and the options need rows.
    pub fn load(&self) -> Result<Loaded, Error> {
        let mut loaded = self.load_part()?;
        add_doubled(&mut loaded.summary, &mut loaded.problems);
        Ok(loaded)
    }

    /// Reads and summarises everything, for `waterfall summarize` and `waterfall merge`. Ignores the selection and
    /// the detail. Two summaries must not share a lane, except as rotated parts. Memory holds the files in flight and
    /// the summary.
    ///
    /// # Errors
    ///
    /// As [`Reading::load`].
    pub fn summarise(&self) -> Result<(Summary, Problems), Error> {
        let all = Reading {
            selection: Selection::default(),
            detail: 0,
            split_by: SplitBy::default(),
            ..self.clone()
        };
        let loaded = all.load_part()?;
        Ok((loaded.summary, loaded.problems))
    }

    /// The summary and the rows, without problems that later summaries of the same lanes could still explain.
    fn load_part(&self) -> Result<Loaded, Error> {
        let files = self.inputs.find(&self.options(), &self.progress);
        let known = self.aligned(&files)?;
        let chosen = self.chosen(&files, known.as_ref())?;
        let count = AtomicU64::new(0);
        let is_kept = |rows| count.fetch_add(rows, Ordering::Relaxed) + rows <= self.detail;
        let waits = Waits::new(&self.waits, &self.waits_below, self.inputs.root());
        let splitting = Splitting::new(&self.split_by);
        let known = known.as_ref();
        let read =
            self.read(&files, known, &waits, |_| true, |lane| take(lane, &chosen, &splitting, is_kept))?;
        let Read {
            lanes,
            samples,
            timeless,
            summaries,
            mut problems,
            assumed,
            assumed_samples,
            clocks,
            clock,
            shifts,
            whole: whole_files,
            ..
        } = read;
        for offset in &self.axis.offsets {
            if !clocks.iter().any(|clock| offset.is_of(&clock.name)) {
                let message = "--offset moves nothing: no file with times has this name";
                problems.add(&offset.file, None, message);
            }
        }
        let is_of_summaries = !summaries.is_empty();
        let needs_rows =
            self.assumed_offset_s.is_some() || self.selection.has_window() || !self.axis.is_default();
        if is_of_summaries && needs_rows {
            return Err(Error::NoRows);
        }

        let mut all = Merged { splits: splitting.finish(), ..Merged::default() };
        lanes.into_iter().for_each(|taken| all.add_lane(taken));
        all.add_timeless(timeless, &chosen);
        for (name, mut summary) in summaries {
            waits.declare_in(&name, &mut summary);
            all.add_summary(summary, &chosen);
        }
        let Merged { mut summary, splits, mut rows, left_out, partial, problems: doubts } = all;
        problems.merge(doubts);
        clock.into_iter().for_each(|clock| summary.note_clock(clock));
        summary.assumed += assumed;
        summary.assumed_samples += assumed_samples;
        if count.into_inner() > self.detail {
            rows.clear();
            rows = self.read_again(&files, &shifts, &waits, &chosen, &lanes_within(&summary, self.detail))?;
            rows.retain(|identity, kept| kept.is_of(&summary, identity));
        }
        rows.retain(|identity, _| !partial.contains(identity));

        let counters = counters(&mut summary, samples, &chosen, self.detail);
        let (trace, tracks) = trace(&summary, rows, counters);
        Ok(Loaded {
            summary,
            trace,
            tracks,
            splits,
            problems,
            left_out,
            is_of_summaries,
            clocks,
            whole_files,
        })
    }

    /// The selection among these files' rows. If it counts from the first start, reads the files to find that.
    fn chosen(&self, files: &Files, known: Option<&Shifts>) -> Result<Chosen, Error> {
        let origin_ns = if self.selection.needs_start() { self.first_start(files, known)? } else { 0 };
        Ok(self.selection.chosen(origin_ns))
    }

    /// By how much each file is moved so that all inputs begin at one moment, if that is wanted. Reads the files to find
    /// where they begin.
    fn aligned(&self, files: &Files) -> Result<Option<Shifts>, Error> {
        if !self.axis.align {
            return Ok(None);
        }
        let none = Shifts::default();
        Ok(Some(self.read(files, Some(&none), &Waits::default(), |_| true, |_| ())?.shifts))
    }

    fn options(&self) -> Options {
        let (assumed_offset_s, columns) = (self.assumed_offset_s, self.columns.clone());
        Options { assumed_offset_s, columns, way: self.way }
    }

    fn read<T: Send>(
        &self,
        files: &Files,
        known: Option<&Shifts>,
        waits: &Waits,
        wanted: impl Fn(&LaneIdentity) -> bool + Sync,
        take: impl Fn(LaneRows) -> T + Sync,
    ) -> Result<Read<T>, Error> {
        let declare = |name: &Path, rows: &mut Rows| waits.declare(name, rows);
        let read = files.read(&self.options(), &self.axis, known, wanted, declare, take);
        let (inputs, Read { readable, filled, refused, .. }) = (self.inputs.paths(), &read);
        if let Some(message) = self.columns.has_columns().then(|| read.columns.error()).flatten() {
            return Err(Error::NoColumn { message, problems: read.problems });
        }
        match (readable, filled, refused) {
            (0, ..) => Err(Error::NothingReadable { inputs, problems: read.problems }),
            (_, 0, 1..) => Err(Error::NoRow { inputs, problems: read.problems }),
            _ => Ok(read),
        }
    }

    /// The first start of all spans; without spans, the first sample.
    fn first_start(&self, files: &Files, known: Option<&Shifts>) -> Result<i64, Error> {
        let read = self.read(files, known, &Waits::default(), |_| true, |lane| lane.rows.first_ns())?;
        let of_samples = || read.samples.iter().filter_map(|(_, rows)| rows.first_ns()).min();
        Ok(read.lanes.into_iter().flatten().min().or_else(of_samples).unwrap_or(0))
    }

    fn read_again(
        &self,
        files: &Files,
        shifts: &Shifts,
        waits: &Waits,
        chosen: &Chosen,
        wanted: &BTreeSet<LaneIdentity>,
    ) -> Result<BTreeMap<Identity, Kept>, Error> {
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let is_wanted = |lane: &LaneIdentity| wanted.contains(lane);
        let no_splitting = SplitBy::default();
        let no_splits = Splitting::new(&no_splitting);
        let read = self.read(files, Some(shifts), waits, is_wanted, |lane| {
            is_wanted(&lane.lane).then(|| take(lane, chosen, &no_splits, |_| true))
        })?;
        Ok(read.lanes.into_iter().flatten().filter_map(|taken| Some((taken.identity, taken.kept?))).collect())
    }
}
