//! Times of a table's rows: wall-clock times, times of a clock of the file's own, and durations.
//!
//! Takes fields; gives ns, and what had to be assumed for a whole file. A date and time, or a number of the size of
//! today's time since 1970, is the wall clock's; any other number counts from a start of the file's own. The first row
//! decides which of both all times of the file are. The user may give the form, the zone and the unit; a time that lacks
//! this form but leaves no doubt is read as well, since the form may be that of another table. Integers only.

use chrono::{MappedLocalTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::columns::{ColumnMap, Role};
use super::form;
use super::header::Units;
use super::unit::{self, TimeUnit};
use crate::model::{FIRST_NS, LAST_NS};
use crate::sources::source::Source;
use crate::sources::stamp::{self, Assumption, Stamp, Unit};
use crate::sources::{diagnosis, fields, times};
use crate::text::units;

/// What the times of a table count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// 1970, in UTC.
    Wall,
    /// A start of the file's own.
    Own,
}

/// A time, and what it counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Wall(Stamp),
    Own(i64),
}

/// Reads the times of one table.
#[derive(Clone, Copy)]
pub(super) struct Times<'a> {
    map: &'a ColumnMap,
    /// Units that the user or the names of the columns say.
    units: Units,
    base: Option<Base>,
    /// The unit of the first number of the size of today's time.
    epoch_unit: Option<Unit>,
    /// The first lines with a number whose unit was assumed: a time, and a duration with its unit.
    bare_time: Option<u64>,
    bare_duration: Option<(u64, TimeUnit)>,
    /// Whether a time had hours, minutes and seconds, so that minutes of an hour are no doubt.
    has_hours: bool,
    /// Whether a time that the clock of the zone showed twice is read as the later moment.
    pub(super) reads_later: bool,
    /// How many times the clock of the zone showed twice or never, and the first line.
    folds: Seen,
    gaps: Seen,
    /// How many ends were after midnight.
    midnights: Seen,
}

/// How often something was seen, and the first line.
pub(super) type Seen = (u64, u64);

pub(super) fn note((count, first): &mut Seen, line: u64) {
    if *count == 0 {
        *first = line;
    }
    *count += 1;
}

impl<'a> Times<'a> {
    /// Units are those in the names of the columns.
    pub(super) fn new(map: &'a ColumnMap, units: Units) -> Times<'a> {
        let units = Units {
            start: map.unit.or(units.start),
            end: map.unit.or(units.end),
            duration: map.duration_unit.or(units.duration).or(map.unit),
        };
        Times {
            map,
            units,
            base: None,
            epoch_unit: None,
            bare_time: None,
            bare_duration: None,
            has_hours: false,
            reads_later: false,
            folds: (0, 0),
            gaps: (0, 0),
            midnights: (0, 0),
        }
    }

    /// What all times count from; `None` before the first row.
    pub(super) fn base(&self) -> Option<Base> {
        self.base
    }

    /// Whether a time may have a later reading.
    pub(super) fn has_later_readings(&self) -> bool {
        self.map.zone.is_some()
    }

    /// The time in a field, with its offset from UTC if it has one. It counts from the base.
    pub(super) fn moment(
        &mut self,
        source: &mut Source<'_>,
        line: u64,
        role: Role,
        field: &[u8],
    ) -> Result<Stamp, String> {
        let text = text(field)?;
        let unit = if role == Role::End { self.units.end } else { self.units.start };
        let moment =
            self.read(source, line, unit, text).map_err(|why| format!("{} {why}", fields::quoted(field)))?;
        let (base, stamp) = match moment {
            Moment::Wall(stamp) => (Base::Wall, stamp),
            Moment::Own(ns) => (Base::Own, (ns, Some(0))),
        };
        if *self.base.get_or_insert(base) != base {
            return Err(format!("{} {MIXED}", fields::quoted(field)));
        }
        if !(FIRST_NS..=LAST_NS).contains(&stamp.0) {
            return Err(format!(
                "{} {}",
                fields::quoted(field),
                match base {
                    Base::Wall => diagnosis::of_time(text, stamp::NoStamp::Range),
                    Base::Own => TOO_LARGE.into(),
                }
            ));
        }
        Ok(stamp)
    }

    fn read(
        &mut self,
        source: &mut Source<'_>,
        line: u64,
        unit: Option<TimeUnit>,
        text: &str,
    ) -> Result<Moment, String> {
        let has_comma = source.separator != b',';
        let assumed_s = source.options.assumed_offset_s.unwrap_or(0);
        let of_form = self.map.form.as_ref().map(|form| (form, form.parse(text)));
        if let Some((_, Ok((local, offset_s)))) = of_form {
            return self.on_the_wall(source, line, local, offset_s, assumed_s);
        }
        if let Some(unit) = unit
            && let Some(ns) = unit::number(text, unit, has_comma)
        {
            let is_wall = self.base != Some(Base::Own) && stamp::EPOCH_NS.contains(&ns);
            return Ok(if is_wall { Moment::Wall((ns, Some(0))) } else { Moment::Own(ns) });
        }
        if self.base == Some(Base::Own) {
            return self.own(line, unit, text, has_comma).ok_or_else(|| self.why_not_own(text));
        }
        let known = match self.map.zone {
            None => times::known(text, assumed_s),
            Some(_) => stamp::parse(text, 0).ok(),
        };
        if let Some((stamp, assumption)) = known {
            if let (Some(_), (ns, None)) = (self.map.zone, stamp) {
                let local = chrono::DateTime::from_timestamp_nanos(ns).naive_utc();
                return self.on_the_wall(source, line, local, None, assumed_s);
            }
            if let Some(Assumption::Unit(unit)) = assumption {
                self.epoch_unit.get_or_insert(unit);
            }
            assumption.into_iter().for_each(|assumption| source.assumed.note(line, assumption));
            return Ok(Moment::Wall(stamp));
        }
        if self.base.is_none()
            && of_form.is_none()
            && let Some(own) = self.own(line, unit, text, has_comma)
        {
            return Ok(own);
        }
        if let Some((local, offset_s)) = of_short_form(text) {
            return self.on_the_wall(source, line, local, offset_s, assumed_s);
        }
        if let Some((form, Err(error))) = of_form {
            return Err(form.refusal(text, error));
        }
        let why = stamp::parse(text, 0).err().unwrap_or(stamp::NoStamp::Form);
        let unit = if self.base.is_none() { unit_advice(text, has_comma) } else { None };
        Err(form::advice(text)
            .unwrap_or_else(|| format!("{}{}", diagnosis::of_time(text, why), unit.unwrap_or_default())))
    }

    /// A time of the file's own clock: a number, in seconds if nothing says a unit, or a duration since its start.
    fn own(&mut self, line: u64, unit: Option<TimeUnit>, text: &str, has_comma: bool) -> Option<Moment> {
        if let Some(ns) = unit::number(text, unit.unwrap_or(TimeUnit::Seconds), has_comma) {
            if unit.is_none() {
                self.bare_time.get_or_insert(line);
            }
            return Some(Moment::Own(ns));
        }
        if self.has_hours && text.matches(':').count() == 1 && unit::is_time_of_day(text) {
            return unit::duration(&format!("{text}:00"), has_comma).map(Moment::Own);
        }
        let ns = unit::duration(text, has_comma)?;
        self.has_hours |= text.matches(':').count() == 2;
        Some(Moment::Own(ns))
    }

    /// Why a text is no time of the file's own clock.
    fn why_not_own(&self, text: &str) -> String {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
        match text {
            "" => "is empty".into(),
            _ if is_number => TOO_LARGE.into(),
            _ if stamp::parse(text, 0).is_ok() => MIXED.into(),
            _ if self.has_hours => "is no time of day, as the times above are".into(),
            _ => "is no time: the times above are numbers".into(),
        }
    }

    /// A local time as one of the wall clock: by its offset, by the zone, or by an assumed offset.
    fn on_the_wall(
        &mut self,
        source: &mut Source<'_>,
        line: u64,
        local: NaiveDateTime,
        offset_s: Option<i32>,
        assumed_s: i32,
    ) -> Result<Moment, String> {
        let out_of_range = || diagnosis::of_time("", stamp::NoStamp::Range);
        let ns = local.and_utc().timestamp_nanos_opt().ok_or_else(out_of_range)?;
        let (offset_s, is_known) = match (offset_s, self.map.zone) {
            (Some(offset_s), _) => (offset_s, true),
            (None, Some(zone)) => (self.offset_in(zone, local, line), true),
            (None, None) => {
                source.assumed.note(line, Assumption::Offset);
                (assumed_s, false)
            }
        };
        let ns = ns.checked_sub(i64::from(offset_s) * 1_000_000_000).ok_or_else(out_of_range)?;
        Ok(Moment::Wall((ns, is_known.then_some(offset_s))))
    }

    /// The offset of a zone at a local time, in seconds. Of a time that its clock showed twice, the earlier, unless it is
    /// to read the later; of one that it skipped, the offset before.
    fn offset_in(&mut self, zone: Tz, local: NaiveDateTime, line: u64) -> i32 {
        match zone.offset_from_local_datetime(&local) {
            MappedLocalTime::Single(offset) => offset.fix().local_minus_utc(),
            MappedLocalTime::Ambiguous(earlier, later) => {
                note(&mut self.folds, line);
                // A greater offset is an earlier moment.
                let offsets = [earlier, later].map(|offset| offset.fix().local_minus_utc());
                if self.reads_later { offsets[0].min(offsets[1]) } else { offsets[0].max(offsets[1]) }
            }
            MappedLocalTime::None => {
                note(&mut self.gaps, line);
                // No zone skips more than a day.
                let before = local.checked_sub_signed(chrono::TimeDelta::days(1)).unwrap_or(local);
                zone.offset_from_local_datetime(&before)
                    .earliest()
                    .map_or(0, |offset| offset.fix().local_minus_utc())
            }
        }
    }

    /// Whether an end that is before its start is after midnight: both are times of day, without a date of their own.
    pub(super) fn is_across_midnight(&mut self, line: u64, start: &[u8], end: &[u8]) -> bool {
        let is_time_of_day = |field| text(field).is_ok_and(unit::is_time_of_day);
        let is_across = is_time_of_day(start) && is_time_of_day(end);
        if is_across {
            note(&mut self.midnights, line);
        }
        is_across
    }

    /// The duration in a field, in ns.
    pub(super) fn duration(&mut self, source: &Source<'_>, line: u64, field: &[u8]) -> Result<i64, String> {
        let text = text(field)?;
        let has_comma = source.separator != b',';
        let unit = self.units.duration.or(self.units.start).unwrap_or_else(|| self.assumed_unit());
        let number = unit::number(text, unit, has_comma);
        if number.is_some() && self.units.duration.is_none() {
            self.bare_duration.get_or_insert((line, unit));
        }
        let ns = number.or_else(|| unit::duration(text, has_comma));
        ns.ok_or_else(|| {
            format!("{} is no duration: write `1.5 s`, `0:00:01.5` or a number", fields::quoted(field))
        })
    }

    /// The unit of durations of which nothing says it: that of the starts, else seconds.
    fn assumed_unit(&self) -> TimeUnit {
        match self.epoch_unit {
            Some(Unit::Milliseconds) => TimeUnit::Milliseconds,
            Some(Unit::Microseconds) => TimeUnit::Microseconds,
            Some(Unit::Nanoseconds) => TimeUnit::Nanoseconds,
            Some(Unit::Seconds) | None => TimeUnit::Seconds,
        }
    }

    /// Reports what was assumed for the whole file.
    pub(super) fn report(&self, source: &mut Source<'_>) {
        if let Some(line) = self.bare_time {
            let message = "times are numbers, but by their size no times since 1970: read as seconds since a start of the \
                           file's own; set another unit by --columns unit=ms";
            source.problem(line, message);
        }
        if let Some((line, unit)) = self.bare_duration {
            let (unit, other) = (unit.name(), if unit == TimeUnit::Milliseconds { "s" } else { "ms" });
            let message = format!(
                "durations are numbers without a unit: read as {unit}; set another by --columns duration-unit={other}"
            );
            source.problem(line, message);
        }
        let zone = self.map.zone.map_or("", |zone| zone.name());
        let (folds, first_fold) = self.folds;
        if folds > 0 {
            let times = units::counted(folds, "time");
            let message = format!(
                "{times} that the clock of {zone} showed twice: read as the earlier moment, unless an end would be before its start"
            );
            source.problem(first_fold, message);
        }
        let (midnights, first_midnight) = self.midnights;
        if midnights > 0 {
            let spans = units::counted(midnights, "span");
            let message = format!(
                "times of day have no date of their own, and {spans} would end before the start: read as ending after midnight"
            );
            source.problem(first_midnight, message);
        }
        let (gaps, first_gap) = self.gaps;
        if gaps > 0 {
            let times = units::counted(gaps, "time");
            let message =
                format!("{times} that the clock of {zone} skipped: read with the offset before the change");
            source.problem(first_gap, message);
        }
    }
}

const MIXED: &str = "does not count from where the times above count: a file's times must all be dates, or all be numbers \
                     since one start";
const TOO_LARGE: &str = "is too large: is its unit right? Set it by --columns unit=ns";

/// The option for a number whose digits do not tell its unit.
fn unit_advice(text: &str, has_comma: bool) -> Option<String> {
    let is_sensible =
        |unit: &TimeUnit| unit::number(text, *unit, has_comma).is_some_and(|ns| ns < stamp::EPOCH_NS.start);
    let unit = [TimeUnit::Microseconds, TimeUnit::Nanoseconds].into_iter().find(is_sensible)?;
    let name = if unit == TimeUnit::Microseconds { "us" } else { "ns" };
    Some(format!("; or, if it counts from another moment, say its unit: --columns unit={name}"))
}

fn text(field: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(field).map_err(|_| format!("{} is not UTF-8", fields::quoted(field)))?;
    Ok(text.trim())
}

/// Dates with the year first that only tables have: without a time of day, without seconds, or with slashes.
fn of_short_form(text: &str) -> Option<(NaiveDateTime, Option<i32>)> {
    const LONGEST: usize = 40;
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    let text = text.replacen('/', "-", 2);
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((&text, ""));
    let time_digits = time.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(time.len());
    let (clock, rest) = time.split_at(time_digits);
    let whole = match clock.matches(':').count() {
        0 if time.is_empty() => format!("{date} 00:00:00"),
        1 if !rest.starts_with(['.', ',']) => format!("{date} {clock}:00{rest}"),
        2 => format!("{date} {clock}{rest}"),
        _ => return None,
    };
    let ((ns, offset_s), assumption) = stamp::parse(&whole, 0).ok()?;
    if matches!(assumption, Some(Assumption::Unit(_))) {
        return None;
    }
    let local_ns = ns.checked_add(i64::from(offset_s.unwrap_or(0)) * 1_000_000_000)?;
    Some((chrono::DateTime::from_timestamp_nanos(local_ns).naive_utc(), offset_s))
}
