//! The axis: by how much the times of each file are moved, so that all of them are on one.
//!
//! Takes what is known of each file's clock, once it was read. Files whose times count from 1970 stay where they are,
//! and so do files that say when their own origin was. Any other file begins where the first of these begins; without
//! any, all keep their own times, as of one clock. `align` lets every input begin at one moment instead, and an offset
//! moves a file from where it would be. Moves nothing itself, and knows no format.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::part::Origin;
use crate::model::{Clock, FIRST_NS, LAST_NS};
use crate::text::{Problems, units};

/// How the user wants inputs to be put on one axis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Axis {
    /// Whether every input begins at the same moment.
    pub align: bool,
    /// Files, and by how many ns each is later than it would be.
    pub offsets: Vec<Offset>,
}

/// A file or directory, and by how much its times are moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offset {
    /// Its name: as an input, or the end of its path.
    pub file: PathBuf,
    /// In ns; later if positive.
    pub ns: i64,
}

/// A text that is not an [`Offset`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a file and a duration such as trace.json=1.5s or old.csv=-8h (units ns, us, ms, s, min, h), not `{0}`"
)]
pub struct OffsetError(String);

/// Reads `trace.json=1.5s`, with one of the units ns, us, ms, s, min, h.
impl FromStr for Offset {
    type Err = OffsetError;

    fn from_str(text: &str) -> Result<Offset, OffsetError> {
        let parts = text.rsplit_once('=').filter(|(file, _)| !file.is_empty());
        let read = parts.and_then(|(file, length)| Some((file, units::read_duration(length)?)));
        let (file, ns) = read.ok_or_else(|| OffsetError(text.to_owned()))?;
        Ok(Offset { file: file.into(), ns })
    }
}

/// Written as it is read, in ns: `trace.json=1500000000ns`.
impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}ns", self.file.display(), self.ns)
    }
}

impl Axis {
    /// Whether it moves nothing.
    pub(crate) fn is_default(&self) -> bool {
        *self == Axis::default()
    }

    /// By how many ns the user moves a file with these times: the sum of all offsets of it or of a directory above it.
    /// 0 if that would be out of range.
    pub(super) fn offset_of(&self, name: &Path, extent_ns: Option<(i64, i64)>) -> i64 {
        let wanted_ns = self.wanted_offset(name);
        if fits(extent_ns, wanted_ns) { wanted_ns } else { 0 }
    }

    fn wanted_offset(&self, name: &Path) -> i64 {
        let own = self.offsets.iter().filter(|offset| offset.is_of(name));
        own.fold(0, |sum, offset| sum.saturating_add(offset.ns))
    }
}

impl Offset {
    /// Whether it moves a file of this name.
    pub(crate) fn is_of(&self, name: &Path) -> bool {
        name.starts_with(&self.file) || name.ends_with(&self.file)
    }
}

/// What is known of the clock of one file with times, as it was read.
#[derive(Debug, Clone)]
pub(crate) struct FileClock {
    /// The name of the file.
    pub(crate) name: PathBuf,
    /// The place of its input among the inputs.
    pub(super) input: usize,
    /// The name of its format.
    pub(crate) format: &'static str,
    pub(super) origin: Origin,
    /// Whether its times are local ones without an offset.
    pub(crate) is_local: bool,
    /// First and last time in the file, by its own clock. `None` if it has no times.
    pub(crate) extent_ns: Option<(i64, i64)>,
    /// What its reader says of the file, in sentences: what it left out on purpose, how it read it.
    pub(crate) facts: Vec<String>,
    /// By how much its times were moved, in ns.
    pub(crate) shift_ns: i64,
    /// Why.
    pub(crate) placed: Placed,
}

/// How the times of a file came onto the axis; what was assumed comes first. An offset of the user's comes on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Placed {
    /// It begins where the others begin: nothing says where it belongs.
    AtStart,
    /// They count from its own origin, as all of the trace.
    Own,
    /// The user lets all inputs begin at one moment.
    Aligned,
    /// The file says when its origin was.
    Anchored,
    /// They are the wall clock's.
    Wall,
    /// It has no times.
    Timeless,
}

/// Whether moved times are ones that can be shown.
fn fits(extent_ns: Option<(i64, i64)>, shift_ns: i64) -> bool {
    let is_in_range = |ns: i64| ns.checked_add(shift_ns).is_some_and(|ns| (FIRST_NS..=LAST_NS).contains(&ns));
    extent_ns.is_none_or(|(first_ns, last_ns)| is_in_range(first_ns) && is_in_range(last_ns))
}

/// Why a file is not where it should be.
const OUT_OF_RANGE: &str = "its times would be before 1969 or after 2260";

/// The clock by which all these files are drawn; `None` if none has times. `is_beside_wall`: beside summaries whose times
/// are the wall clock's.
pub(super) fn clock_of(clocks: &[FileClock], is_beside_wall: bool) -> Option<Clock> {
    let mut timed = clocks.iter().filter(|clock| clock.extent_ns.is_some()).peekable();
    timed.peek()?;
    Some(if is_beside_wall || timed.any(FileClock::is_by_wall) { Clock::Wall } else { Clock::Own })
}

/// By how much each file is moved.
#[derive(Debug, Default)]
pub(crate) struct Shifts(HashMap<PathBuf, i64>);

impl Shifts {
    /// Where each file belongs. `start_ns` is the first start of inputs that cannot be moved: summaries. Notes it in the
    /// clocks, gives the shifts, and reports what would be out of range.
    pub(super) fn of(
        clocks: &mut [FileClock],
        start_ns: Option<i64>,
        axis: &Axis,
        problems: &mut Problems,
    ) -> Shifts {
        for clock in clocks.iter_mut() {
            if let Origin::Own { unix_ns: Some(unix_ns) } = clock.origin
                && !fits(clock.extent_ns, unix_ns)
            {
                let message = format!("the origin that it names is left out: {OUT_OF_RANGE}");
                problems.add(&clock.name, None, message);
                clock.origin = Origin::Own { unix_ns: None };
            }
            (clock.shift_ns, clock.placed) = match clock.origin {
                Origin::Epoch => (0, Placed::Wall),
                Origin::Own { unix_ns: Some(unix_ns) } => (unix_ns, Placed::Anchored),
                Origin::Own { unix_ns: None } => (0, Placed::Own),
                Origin::None => (0, Placed::Timeless),
            };
        }
        if axis.align {
            align(clocks, start_ns);
        } else {
            let start_ns =
                first(clocks.iter().filter(|clock| clock.is_by_wall())).into_iter().chain(start_ns).min();
            clocks.iter_mut().for_each(|clock| clock.begin_at(start_ns));
        }
        for clock in clocks.iter_mut() {
            let wanted_ns = axis.wanted_offset(&clock.name);
            if fits(clock.extent_ns, clock.shift_ns.saturating_add(wanted_ns)) {
                clock.shift_ns = clock.shift_ns.saturating_add(wanted_ns);
            } else {
                problems.add(&clock.name, None, format!("--offset is left out: {OUT_OF_RANGE}"));
            }
        }
        let moved = clocks.iter().filter(|clock| clock.shift_ns != 0);
        Shifts(moved.map(|clock| (clock.name.clone(), clock.shift_ns)).collect())
    }

    /// By how many ns a file is moved.
    pub(super) fn of_file(&self, name: &Path) -> i64 {
        self.0.get(name).copied().unwrap_or(0)
    }
}

/// Lets every input begin where the first of those by the wall clock begins.
fn align(clocks: &mut [FileClock], start_ns: Option<i64>) {
    let mut inputs: BTreeMap<usize, Vec<&mut FileClock>> = BTreeMap::new();
    for clock in clocks.iter_mut().filter(|clock| clock.extent_ns.is_some()) {
        inputs.entry(clock.input).or_default().push(clock);
    }
    let mut starts = Vec::new();
    for files in inputs.values_mut() {
        let by_wall = first(files.iter().map(|clock| &**clock).filter(|clock| clock.is_by_wall()));
        files.iter_mut().for_each(|clock| clock.begin_at(by_wall));
        let is_by_wall = by_wall.is_some();
        starts.extend(first(files.iter().map(|clock| &**clock)).map(|first_ns| (!is_by_wall, first_ns)));
    }
    let Some(target_ns) = start_ns.or(starts.iter().min().map(|&(_, first_ns)| first_ns)) else { return };
    for files in inputs.values_mut() {
        let Some(first_ns) = first(files.iter().map(|clock| &**clock)) else { continue };
        for clock in files.iter_mut().filter(|_| first_ns != target_ns) {
            clock.shift_ns = clock.shift_ns.saturating_add(target_ns.saturating_sub(first_ns));
            clock.placed = Placed::Aligned;
        }
    }
}

/// The first time of some files, where they are now.
fn first<'a>(clocks: impl Iterator<Item = &'a FileClock>) -> Option<i64> {
    clocks.filter_map(|clock| Some(clock.extent_ns?.0.saturating_add(clock.shift_ns))).min()
}

impl FileClock {
    /// Whether its times are the wall clock's, or the file says when its origin was.
    fn is_by_wall(&self) -> bool {
        matches!(self.origin, Origin::Epoch | Origin::Own { unix_ns: Some(_) })
    }

    /// Lets a file begin at a moment if nothing says where it belongs.
    fn begin_at(&mut self, start_ns: Option<i64>) {
        if let (Placed::Own, Some((first_ns, _)), Some(start_ns)) = (self.placed, self.extent_ns, start_ns) {
            self.shift_ns = start_ns.saturating_sub(first_ns);
            self.placed = Placed::AtStart;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of an input with an origin and an extent.
    fn file(name: &str, input: usize, origin: Origin, extent_ns: (i64, i64)) -> FileClock {
        FileClock {
            name: name.into(),
            input,
            format: "test",
            origin,
            is_local: false,
            extent_ns: Some(extent_ns),
            facts: Vec::new(),
            shift_ns: 0,
            placed: Placed::Wall,
        }
    }

    const OWN: Origin = Origin::Own { unix_ns: None };

    /// The shifts of files, and how they were placed.
    fn placed(mut clocks: Vec<FileClock>, axis: &Axis) -> Vec<(i64, Placed)> {
        let shifts = Shifts::of(&mut clocks, None, axis, &mut Problems::new());
        let shift = |clock: &FileClock| (shifts.of_file(&clock.name), clock.placed);
        clocks.iter().map(shift).collect()
    }

    #[test]
    fn a_file_with_an_origin_of_its_own_begins_where_the_records_do() {
        let anchored = Origin::Own { unix_ns: Some(900) };
        let clocks = vec![
            file("a.csv", 0, Origin::Epoch, (1000, 2000)),
            file("b.csv", 0, Origin::Epoch, (1100, 2000)),
            file("c.json", 1, OWN, (7, 9)),
            file("d.json", 2, anchored, (50, 60)),
        ];
        let found = placed(clocks, &Axis::default());
        assert_eq!(
            found,
            [(0, Placed::Wall), (0, Placed::Wall), (943, Placed::AtStart), (900, Placed::Anchored)]
        );
    }

    #[test]
    fn without_a_wall_clock_all_keep_their_own_times() {
        let clocks = vec![file("c.json", 0, OWN, (7, 9)), file("d.json", 1, OWN, (70, 90))];
        assert_eq!(placed(clocks, &Axis::default()), [(0, Placed::Own), (0, Placed::Own)]);
    }

    #[test]
    fn aligned_inputs_begin_at_one_moment_and_keep_what_is_inside_them() {
        let axis = Axis { align: true, ..Axis::default() };
        let clocks = vec![
            file("a/1.csv", 0, Origin::Epoch, (1000, 2000)),
            file("a/2.csv", 0, Origin::Epoch, (1100, 2000)),
            file("b/1.csv", 1, Origin::Epoch, (5000, 6000)),
            file("b/2.json", 1, OWN, (7, 9)),
            file("c.json", 2, OWN, (70, 90)),
        ];
        let shifts: Vec<i64> = placed(clocks, &axis).iter().map(|(shift_ns, _)| *shift_ns).collect();
        assert_eq!(shifts, [0, 0, -4000, 993, 930]);
    }

    #[test]
    fn an_offset_moves_a_file_from_where_it_would_be() {
        let offset = |file: &str, ns| Offset { file: file.into(), ns };
        let axis = Axis { offsets: vec![offset("b.csv", -100), offset("x", 5)], ..Axis::default() };
        let clocks = vec![
            file("x/a.csv", 0, Origin::Epoch, (1000, 2000)),
            file("x/b.csv", 0, Origin::Epoch, (1100, 2000)),
            file("ab.csv", 1, Origin::Epoch, (1100, 2000)),
        ];
        let shifts: Vec<i64> = placed(clocks, &axis).iter().map(|(shift_ns, _)| *shift_ns).collect();
        assert_eq!(shifts, [5, -95, 0]);
    }
}
