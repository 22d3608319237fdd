//! A summary as text: the output of `waterfall summarize` and `waterfall merge`.
//!
//! Each line has fields separated by tabs and ends with a line feed. In a field `\\`, `\t`, `\n` and `\r` stand for
//! those characters. The first field names the kind of the line, the next ones what it describes. Each line is
//! complete by itself, so concatenated summaries are a summary again. The lines of one may be in any order after its
//! first line, which says the version and where a summary begins. Times are in ns since the Unix epoch, the items of a
//! list are separated by blanks, and the field of an unknown value is empty. The same summary gives the same bytes.
//!
//! `sources::summary` reads it back; its documentation lists the lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::io::{self, Write};

use super::gzip::gzipped;
use crate::model::summary::{KeySummary, LaneSummary, PointSummary};
use crate::model::{
    Durations, KeyId, Keys, LaneIdentity, ProcessIdentity, ProfileIdentity, Sample, Summary, Thinned, Timed,
};
use crate::text::{Problem, Problems};

/// Writes a summary and the problems of its input, as `waterfall summarize` and `waterfall merge` print them.
///
/// # Errors
///
/// Those of `out`.
pub fn write_summary(summary: &Summary, problems: &Problems, out: &mut impl Write) -> io::Result<()> {
    let keys = summary.keys();
    writeln!(out, "waterfall-summary\t1")?;
    for (kind, earliest) in [("earliest", summary.earliest()), ("earliest-sample", summary.earliest_sample())]
    {
        if let Some((unix_ns, offset_s)) = earliest {
            writeln!(out, "{kind}\t{unix_ns}\t{}", optional(offset_s))?;
        }
    }
    if let Some(clock) = summary.clock() {
        writeln!(out, "clock\t{clock}")?;
    }
    for (kind, count) in [("assumed", summary.assumed), ("assumed-samples", summary.assumed_samples)] {
        if count > 0 {
            writeln!(out, "{kind}\t{count}")?;
        }
    }
    if summary.is_coarse() {
        writeln!(out, "coarse")?;
    }
    write_names(summary, out)?;
    for (process, lane, of) in summary.lanes() {
        write_lane(process, lane, of, keys, out)?;
    }
    for key in by_name(keys, keys.ids()) {
        let Some(durations) = summary.durations().get(key.index()) else { continue };
        write_durations(&key_fields(keys, key), durations, out)?;
    }
    for (process, group, name, of) in summary.counters() {
        write_counter(process, group, name, of, out)?;
    }
    write_timeless(summary, out)?;
    write_problems(problems, out)
}

/// The same, compressed.
pub(crate) fn gzipped_summary(summary: &Summary, problems: &Problems) -> Vec<u8> {
    let mut text = Vec::new();
    write_summary(summary, problems, &mut text).expect("writing to memory works");
    gzipped(&[text]).0
}

/// The listed problems, and the number of the others.
fn write_problems(problems: &Problems, out: &mut impl Write) -> io::Result<()> {
    let unlisted = problems.total() - problems.first().len() as u64;
    if unlisted > 0 {
        writeln!(out, "problems\t{unlisted}")?;
    }
    for Problem { path, line, message } in problems.first() {
        let path = escaped(&path.to_string_lossy());
        writeln!(out, "problem\t{path}\t{}\t{}", optional(*line), escaped(message))?;
    }
    Ok(())
}

/// What only some sources say of processes and lanes: names of processes, and their places.
fn write_names(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let of_lanes = summary.lanes().map(|(process, ..)| process);
    let of_counters = summary.counters().map(|(process, ..)| process);
    let processes: BTreeSet<&ProcessIdentity> = of_lanes.chain(of_counters).collect();
    for process in processes.into_iter().filter(|process| process.name.is_some() || process.order != 0) {
        let name = process.name.as_ref().map_or(String::new(), |name| format!("\t{}", escaped(name)));
        writeln!(out, "process\t{}\t{}{name}", escaped(&process.identity), process.order)?;
    }
    for (process, lane, _) in summary.lanes().filter(|(_, lane, _)| lane.order != 0) {
        let whose = format!("{}\t{}", escaped(&process.identity), escaped(&lane.identity));
        writeln!(out, "place\t{whose}\t{}", lane.order)?;
    }
    Ok(())
}

/// What has no time: timings and profiles.
fn write_timeless(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let (keys, timings) = (summary.keys(), summary.timings().collect::<BTreeMap<KeyId, &Timed>>());
    for key in by_name(keys, timings.keys().copied()) {
        let Timed { count, total_ns, squares, range_ns: (least_ns, longest_ns) } = timings[&key];
        let of = key_fields(keys, key);
        writeln!(out, "timing\t{of}\t{count}\t{total_ns}\t{squares}\t{least_ns}\t{longest_ns}")?;
    }
    for (ProfileIdentity { source, name, unit }, profile) in summary.profiles() {
        let whose = format!("{}\t{}\t{unit}", escaped(source), escaped(name));
        writeln!(out, "profile\t{whose}\t{}\t{}", profile.stacks, profile.total)?;
        for (function, of) in &profile.functions {
            writeln!(out, "function\t{whose}\t{}\t{}\t{}", escaped(function), of.own, of.total)?;
        }
    }
    Ok(())
}

fn write_lane(
    process: &ProcessIdentity,
    lane: &LaneIdentity,
    of: &LaneSummary,
    keys: &Keys,
    out: &mut impl Write,
) -> io::Result<()> {
    let whose = format!("{}\t{}", escaped(&process.identity), escaped(&lane.identity));
    let (first_ns, last_ns) = of.extent_ns;
    writeln!(
        out,
        "lane\t{whose}\t{}\t{}\t{}\t{first_ns}\t{last_ns}\t{}\t{}\t{}\t{}",
        process.host.as_deref().map_or(String::new(), escaped),
        optional(process.pid),
        escaped(&lane.thread),
        of.busy_after_ns,
        u8::from(of.crossing),
        of.depth,
        of.open_at_once,
    )?;
    let mut bins: Vec<(KeyId, i64, i64)> =
        of.bins_at(of.level()).map(|(number, key, busy_ns)| (key, number, busy_ns)).collect();
    bins.sort_unstable();
    for id in by_name(keys, of.keys.iter().map(|key| key.key)) {
        let place = of.keys.binary_search_by_key(&id, |key| key.key).expect("it is one of them");
        let own = bins.partition_point(|bin| bin.0 < id)..bins.partition_point(|bin| bin.0 <= id);
        write_key(&whose, &of.keys[place], of.level(), &bins[own], keys, out)?;
    }
    for id in by_name(keys, of.points.iter().map(|points| points.key)) {
        let place = of.points.binary_search_by_key(&id, |points| points.key).expect("it is one of them");
        let PointSummary { extent_ns, count, .. } = of.points[place];
        writeln!(
            out,
            "points\t{whose}\t{}\t{}\t{}\t{count}",
            key_fields(keys, id),
            extent_ns.0,
            extent_ns.1
        )?;
    }
    let mut cpu: Vec<(KeyId, i64, i64, i64)> = (of.cpu_at(of.level()))
        .map(|(number, key, known_ns, cpu_ns)| (key, number, known_ns, cpu_ns))
        .collect();
    cpu.sort_unstable();
    for id in by_name(keys, of.keys.iter().map(|key| key.key)) {
        let own = cpu.partition_point(|bin| bin.0 < id)..cpu.partition_point(|bin| bin.0 <= id);
        if !own.is_empty() {
            let bins = steps(
                cpu[own]
                    .iter()
                    .map(|&(_, number, known_ns, cpu_ns)| (number, format!("{known_ns}:{cpu_ns}"))),
            );
            writeln!(out, "cpu\t{whose}\t{}\t{}\t{bins}", key_fields(keys, id), of.level())?;
        }
    }
    for span in &of.longest {
        let key = key_fields(keys, span.key);
        write!(out, "long\t{whose}\t{key}\t{}\t{}", span.start_ns, span.duration_ns)?;
        if let Some(cpu_ns) = span.cpu_ns {
            write!(out, "\tcpu\t{cpu_ns}ns")?;
        }
        for (name, value) in &span.attributes {
            write!(out, "\t{}\t{}", escaped(name), escaped(value))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_key(
    whose: &str,
    key: &KeySummary,
    level: u32,
    bins: &[(KeyId, i64, i64)],
    keys: &Keys,
    out: &mut impl Write,
) -> io::Result<()> {
    let KeySummary { extent_ns, unfinished, unfinished_ns, count, total_ns, squares, range_ns, .. } = key;
    let self_ns: i128 = bins.iter().map(|&(.., busy_ns)| i128::from(busy_ns)).sum();
    let of = key_fields(keys, key.key);
    write!(
        out,
        "key\t{whose}\t{of}\t{}\t{}\t{unfinished}\t{}\t{count}\t",
        extent_ns.0,
        extent_ns.1,
        optional(*unfinished_ns)
    )?;
    write!(out, "{total_ns}\t{self_ns}\t{squares}\t{}\t{}\t{}\t", range_ns.0, range_ns.1, level)?;
    writeln!(out, "{}", steps(bins.iter().map(|&(_, number, busy_ns)| (number, busy_ns))))
}

/// Bins with ascending numbers, each less the one before it.
fn steps(bins: impl Iterator<Item = (i64, impl Display)>) -> String {
    list(bins.scan(0, |last, (number, value)| {
        let step = number - std::mem::replace(last, number);
        Some(format!("{step}:{value}"))
    }))
}

fn write_durations(key: &str, durations: &Durations, out: &mut impl Write) -> io::Result<()> {
    match durations {
        Durations::Exact(all) if all.is_empty() => Ok(()),
        Durations::Exact(all) => {
            let mut sorted = all.clone();
            sorted.sort_unstable();
            writeln!(out, "durations\t{key}\t{}", list(sorted.iter()))
        }
        Durations::Counted(_) => {
            writeln!(
                out,
                "buckets\t{key}\t{}",
                list(durations.buckets().iter().map(|(at, count)| format!("{at}:{count}")))
            )
        }
    }
}

fn write_counter(
    process: &ProcessIdentity,
    group: &str,
    name: &str,
    of: &Thinned,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(
        out,
        "counter\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        escaped(&process.identity),
        escaped(group),
        escaped(name),
        process.host.as_deref().map_or(String::new(), escaped),
        optional(process.pid),
        of.count(),
        of.level(),
        list(of.samples().map(|(unix_ns, value): Sample| format!("{unix_ns}:{value:?}"))),
    )
}

fn key_fields(keys: &Keys, id: KeyId) -> String {
    let key = keys.key(id);
    format!("{}\t{}\t{}", escaped(keys.name(key.group)), escaped(keys.name(key.task)), key.kind)
}

/// Sorted by name, so that the order does not depend on which key was seen first.
fn by_name(keys: &Keys, ids: impl Iterator<Item = KeyId>) -> Vec<KeyId> {
    let mut ids: Vec<KeyId> = ids.collect();
    ids.sort_by_key(|&id| {
        let key = keys.key(id);
        (keys.name(key.group), keys.name(key.task), key.kind)
    });
    ids
}

fn list(items: impl Iterator<Item = impl ToString>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}

fn optional(value: Option<impl ToString>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"), // a line with a NUL is torn
            _ => out.push(character),
        }
    }
    out
}
