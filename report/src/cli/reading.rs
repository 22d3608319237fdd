//! The options that all reading commands share: which files, which part of them, and how to take their times.

use std::env;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use clap::Args;
use clap::error::ErrorKind;

use super::exit::Usage;
use super::terminal::note_plain;
use crate::reading::{Inputs, Moment, Reading, Selection};
use crate::report;
use crate::runs::{Place, Store};
use crate::sources::{Axis, ColumnMap, Offset};
use crate::text::Zone;

#[derive(Debug, Args)]
pub(super) struct ReadingArgs {
    /// Read all files below this directory whose endings `waterfall formats` lists [default: $WATERFALL_DIR, else
    /// ./records]
    #[arg(short, long, value_name = "DIR")]
    directory: Option<PathBuf>,

    /// Files, directories and names of kept runs to read, in addition to --directory
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Use only spans that end at or after T: +12.5s (since the start) or an RFC 3339 time
    #[arg(long, value_name = "T")]
    from: Option<Moment>,

    /// Use only spans that start at or before T
    #[arg(long, value_name = "T")]
    to: Option<Moment>,

    /// Show times in this time zone, such as Asia/Shanghai [default: --bias, else that of the earliest record]
    #[arg(long, value_name = "IANA", value_parser = zone)]
    timezone: Option<Tz>,

    #[command(flatten)]
    bias: BiasArg,

    #[command(flatten)]
    axis: AxisArgs,

    #[command(flatten)]
    columns: ColumnsArg,

    #[command(flatten)]
    wait: WaitArg,
}

#[derive(Debug, Args)]
pub(super) struct ColumnsArg {
    /// Columns of a CSV or TSV: task=Name,start=Begin,end=Finish,lane=Worker; also duration, group, process, color, and
    /// unit=ms, duration-unit=s, format=%d.%m.%Y %H:%M:%S, zone=Europe/Paris; may be repeated
    #[arg(long, value_name = "MAP")]
    columns: Vec<ColumnMap>,
}

impl ColumnsArg {
    pub(super) fn is_given(&self) -> bool {
        !self.columns.is_empty()
    }

    /// All maps as one. If they contradict each other, the error prints the usage of `command`.
    pub(super) fn map(&self, command: Option<&'static str>) -> Result<ColumnMap, Usage> {
        ColumnMap::joined(&self.columns).map_err(|why| {
            Usage::new(command, ErrorKind::ValueValidation, format!("invalid values for --columns: {why}"))
        })
    }
}

/// How inputs with different clocks are put on one axis.
#[derive(Debug, Args)]
pub(super) struct AxisArgs {
    /// Let every input begin at the same moment, whatever its clock says
    #[arg(long, value_name = "WHERE", value_enum)]
    align: Option<Align>,

    /// Move FILE, or all files below a directory, later by DURATION (-8h moves it earlier); may be repeated
    #[arg(long, value_name = "FILE=DURATION")]
    offset: Vec<Offset>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Align {
    Start,
}

impl AxisArgs {
    pub(super) fn axis(&self) -> Axis {
        Axis { align: matches!(self.align, Some(Align::Start)), offsets: self.offset.clone() }
    }
}

#[derive(Debug, Args)]
pub(super) struct WaitArg {
    /// Count spans of tasks that match this pattern (* and ?), or `group/task`, as waits; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) wait: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct BiasArg {
    /// UTC offset in minutes: for records that have none, and for the times shown
    #[arg(long, value_name = "MIN", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-1439..=1439))]
    bias: Option<i32>,
}

impl BiasArg {
    /// In seconds east of UTC.
    pub(super) fn offset_s(&self) -> Option<i32> {
        self.bias.map(|minutes| minutes * 60)
    }
}

impl ReadingArgs {
    /// The first input that was given without an option.
    pub(super) fn first(&self) -> Option<&Path> {
        self.inputs.first().map(PathBuf::as_path)
    }

    /// What to read. If options contradict each other, the error prints the usage of `command`.
    pub(super) fn reading(&self, command: Option<&'static str>) -> Result<Reading, Usage> {
        let selection = Selection { from: self.from, to: self.to, ..Selection::default() };
        if selection.is_reversed() {
            let message = format!("the time window `{selection}` ends before it begins");
            return Err(Usage::new(command, ErrorKind::ValueValidation, message));
        }
        let inputs = Inputs::Paths(self.paths());
        let columns = self.columns.map(command)?;
        report::of_several_runs(&inputs).iter().for_each(|text| note_plain(text));
        let (assumed_offset_s, waits) = (self.bias.offset_s(), self.wait.wait.clone());
        let axis = self.axis.axis();
        Ok(Reading { inputs, assumed_offset_s, axis, columns, selection, waits, ..Reading::default() })
    }

    /// The time zone of `--timezone` or `--bias`, if given.
    pub(super) fn zone(&self) -> Option<Zone> {
        self.timezone.map(Zone::Named).or(self.bias.offset_s().map(Zone::Fixed))
    }

    /// The directory and the inputs. Without any, the directory of `WATERFALL_DIR`, else `records`. Says which runs
    /// are read by name.
    fn paths(&self) -> Vec<PathBuf> {
        let inputs = self.inputs.iter().map(|input| match run_of(input) {
            Some(run) => {
                note_plain(&format!("{} is a kept run: reading {}", input.display(), run.display()));
                run
            }
            None => input.clone(),
        });
        let paths: Vec<PathBuf> = self.directory.iter().cloned().chain(inputs).collect();
        if !paths.is_empty() {
            return paths;
        }
        let directory = env::var_os("WATERFALL_DIR").filter(|directory| !directory.is_empty());
        vec![directory.map_or("records".into(), PathBuf::from)]
    }
}

/// The directory of the run that an input names, if no file has that name: `render` is the last run of that name,
/// `render@3` or `render/3` the third.
pub(super) fn run_of(input: &Path) -> Option<PathBuf> {
    let text = input.to_str().filter(|_| !input.exists())?;
    let store = Store::near(&env::current_dir().ok()?);
    let names = store.names().ok()?;
    let known = |text: &str| names.iter().find(|name| name.as_str() == text);
    let (name, number) = match known(text) {
        Some(name) => (name, None),
        None => {
            let (name, number) = text.rsplit_once(['@', '/'])?;
            (known(name)?, Some(number))
        }
    };
    let places = store.places(name).ok()?;
    let is_wanted = |place: &&Place| number.is_none_or(|number| number == place.number.to_string());
    places.iter().rfind(is_wanted).map(|place| place.directory().to_owned())
}

/// An argument that must be a time zone.
fn zone(text: &str) -> Result<Tz, &'static str> {
    text.parse().map_err(|_| "unknown time zone: use an IANA name such as Asia/Shanghai")
}
