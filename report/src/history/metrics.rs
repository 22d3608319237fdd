//! The history of a directory with files of metrics, as CTHarvester writes one at each measurement.
//!
//! Takes a directory; reads the files in it that are metrics, in the order of their time stamps. A benchmark that failed is
//! a gap, which is counted. A file that is damaged or has no time is named and not counted.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, NaiveDateTime};

use super::error::HistoryError;
use super::series::{self, AtPoint};
use crate::compare::{Benchmarks, between};
use crate::outputs::{Point, Section, SeriesUnit};
use crate::sources::{Compared, compared};
use crate::text::{TaskGlobs, quoted, terminal, units};

/// The history of the files of metrics in a directory.
///
/// # Errors
///
/// [`HistoryError`] if the directory cannot be listed, or if no file in it is one of metrics that can be used.
pub(super) fn section(label: &str, directory: &Path, globs: &TaskGlobs) -> Result<Section, HistoryError> {
    let system = |source| HistoryError::System { path: directory.to_owned(), source };
    let mut files: Vec<(i64, String, bool, Benchmarks)> = Vec::new();
    let mut left_out = Vec::new();
    let mut entries =
        fs::read_dir(directory).map_err(system)?.collect::<Result<Vec<_>, _>>().map_err(system)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".json") || !path.is_file() {
            continue;
        }
        match of_file(&path) {
            Ok(Some((start_ns, is_utc, metrics))) => files.push((start_ns, name, is_utc, metrics)),
            Ok(None) => left_out.push(format!("{} is no file of metrics", quoted(&name))),
            Err(why) => left_out.push(format!("{} {why}", quoted(&name))),
        }
    }
    if files.is_empty() {
        let name = label.to_owned();
        let Some(first) = left_out.first() else { return Err(HistoryError::NothingFound { name }) };
        let first = first.clone();
        return Err(HistoryError::NothingUsable { name, first, others: left_out.len() - 1 });
    }
    files.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let (first, last) = (files[0].0, files[files.len() - 1].0);
    let count = units::counted(files.len() as u64, "file");
    let zone = if files.iter().all(|(_, _, is_utc, _)| *is_utc) { " UTC" } else { "" };
    let read = format!("{count} of metrics, made {}{zone}", between(first, last));
    let mut notes = gaps(&files);
    let of_clocks = files.iter().filter(|(_, _, is_utc, _)| !is_utc).count();
    if of_clocks > 0 && of_clocks < files.len() {
        notes.push(format!(
            "{of_clocks} of {count} have a time without an offset from UTC. It is taken as UTC, so their places among the \
             others may be wrong."
        ));
    }
    let points = files.into_iter().map(|(start_ns, name, is_utc, metrics)| {
        let mut at = AtPoint::new(Point { name, start_ns: Some(start_ns), is_utc, commit: None, runs: 1 });
        for (benchmark, rate) in &metrics.rates {
            if let Ok(rate) = rate {
                at.add(Some(("", benchmark)), *rate);
            }
        }
        at
    });
    let (series, points) = series::series(points.collect(), SeriesUnit::PerSecond, globs);
    Ok(Section {
        label: label.to_owned(),
        read,
        unit: SeriesUnit::PerSecond,
        points,
        series,
        left_out,
        notes,
    })
}

/// The metrics of a file with their time, and whether that is UTC. `None` if it is another file.
fn of_file(path: &Path) -> Result<Option<(i64, bool, Benchmarks)>, String> {
    let contents = match compared(path) {
        Ok(Some((Compared::Metrics, contents))) => contents,
        Ok(_) => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {}", terminal::plain(&error.to_string()))),
    };
    let metrics = Benchmarks::parse(&contents)?;
    let stamp = metrics.timestamp.as_deref().ok_or("has no `timestamp`, so its place is not known")?;
    let (start_ns, is_utc) =
        moment(stamp).ok_or_else(|| format!("has a `timestamp` that is no time: {}", quoted(stamp)))?;
    Ok(Some((start_ns, is_utc, metrics)))
}

/// A time with an offset, or a clock without one, as Python's `datetime.now().isoformat()` writes it.
fn moment(stamp: &str) -> Option<(i64, bool)> {
    if let Ok(time) = DateTime::parse_from_rfc3339(stamp) {
        return Some((time.timestamp_nanos_opt()?, true));
    }
    let parsed = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(stamp, form).ok())?;
    Some((parsed.and_utc().timestamp_nanos_opt()?, false))
}

/// How often each benchmark has no rate, and why in the last such file.
fn gaps(files: &[(i64, String, bool, Benchmarks)]) -> Vec<String> {
    let mut gaps: BTreeMap<&str, (u64, &str, &str)> = BTreeMap::new();
    for (_, file, _, metrics) in files {
        for (benchmark, rate) in &metrics.rates {
            if let Err(why) = rate {
                let gap = gaps.entry(benchmark).or_default();
                *gap = (gap.0 + 1, why, file);
            }
        }
    }
    let said = gaps.into_iter().map(|(benchmark, (count, why, file))| {
        format!(
            "{} has no figure in {}: the last time, in {}, it {why}.",
            quoted(benchmark),
            units::counted(count, "file"),
            quoted(file)
        )
    });
    said.collect()
}
