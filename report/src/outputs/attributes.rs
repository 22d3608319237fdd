//! Attributes: what spans were about, as the bytes of the page.
//!
//! Takes lanes with their tracks, and how many bytes the page has room for. Gives the shape of each attribute and its
//! chunk: the names with the most spans first, of these the ones with the most distinct values. If the room is too
//! small, the attributes of the shortest spans are left out: a span has all of its attributes on the page or none. Of
//! spans that last equally long, the first on the page keep theirs. Unfinished spans count as the longest, instants as
//! the shortest. The same trace gives the same bytes.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;
use templates::{Attribute, Chunk};

use super::columns::{Planes, width};
use super::gzip::gzipped;
use crate::analysis::Tracks;
use crate::model::{Column, Dictionary, Lane};

/// The most names on the page.
pub(super) const NAMES: usize = 200;
/// How often attributes are compressed until they fill the room. A page whose attributes do not fit needs two or three.
const ATTEMPTS: usize = 8;
/// Attributes are rarely compressed to less than one part in so many: more than that is not tried at first.
const LIKELY: u64 = 4;
/// A span that has no end yet is longer than any other.
const UNFINISHED_NS: i64 = i64::MAX;

/// The attributes as the page has them.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) parts: Vec<Attribute>,
    pub(super) chunks: Vec<Chunk>,
    /// Number of names that are not on the page.
    pub(super) more_names: u64,
    /// Number of spans whose attributes are not on the page, for lack of room.
    pub(super) left_out: u64,
    /// The duration of the longest of them, `i64::MAX` if it is unfinished; `None` if there are none.
    pub(super) short_ns: Option<i64>,
}

impl Stored {
    fn len(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.0.len() as u64).sum()
    }
}

/// The attributes of each lane, in at most `room` bytes of gzip streams.
pub(super) fn attributes(lanes: &[Lane], own: &[Tracks], room: u64) -> Stored {
    let (names, more_names) = names(lanes);
    let numbered = numbered(lanes, own);
    let raw = raw_len(lanes);
    let made = if raw <= room { made(&numbered, &names, None) } else { fitted(&numbered, &names, raw, room) };
    Stored { more_names, ..made }
}

/// The names with the most spans, ties in order, and the number of further ones.
fn names(lanes: &[Lane]) -> (Vec<&str>, u64) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for column in lanes.iter().flat_map(|lane| lane.spans.attributes().columns()) {
        *counts.entry(column.name()).or_default() += column.len();
    }
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|&(_, count)| Reverse(count));
    let more = names.len().saturating_sub(NAMES) as u64;
    (names.into_iter().take(NAMES).map(|(name, _)| name).collect(), more)
}

/// A lane that has attributes, with the number of each of its spans on the page.
struct Numbered<'a> {
    lane: &'a Lane,
    numbers: Vec<u32>,
}

/// Numbers the spans: lane after lane, track after track.
fn numbered<'a>(lanes: &'a [Lane], own: &[Tracks]) -> Vec<Numbered<'a>> {
    let mut first = 0;
    let mut numbered = Vec::new();
    for (lane, own) in lanes.iter().zip(own) {
        if !lane.spans.attributes().is_empty() {
            numbered.push(Numbered { lane, numbers: numbers(own, first) });
        }
        first += u32::try_from(lane.spans.len()).expect("a page of over 2^32 spans exceeds any memory");
    }
    numbered
}

fn numbers(own: &Tracks, first: u32) -> Vec<u32> {
    let mut next = vec![0; own.count as usize];
    own.of.iter().for_each(|&track| next[track as usize] += 1);
    let mut before = first;
    for next in &mut next {
        (*next, before) = (before, before + *next);
    }
    let take = |&track: &u32| {
        let next = &mut next[track as usize];
        *next += 1;
        *next - 1
    };
    own.of.iter().map(take).collect()
}

/// The place of a span in the order in which spans lose their attributes: the last ones do first.
type Rank = (Reverse<i64>, u32);

impl Numbered<'_> {
    fn rank(&self, span: usize) -> Rank {
        (Reverse(self.lane.spans.at(span).duration_ns().unwrap_or(UNFINISHED_NS)), self.numbers[span])
    }

    /// The ranks of the spans that have an attribute of these names.
    fn ranks(&self, names: &[&str]) -> Vec<Rank> {
        let mut is_any = vec![false; self.numbers.len()];
        for column in names.iter().filter_map(|name| self.lane.spans.attributes().column(name)) {
            column.iter().for_each(|(span, _)| is_any[span] = true);
        }
        (0..is_any.len()).filter(|&span| is_any[span]).map(|span| self.rank(span)).collect()
    }

    /// The spans that have an attribute, by their numbers, with the ids of their values. Only those with a rank below
    /// `end`.
    fn column(&self, column: &Column, end: Option<Rank>) -> Vec<(u32, u32)> {
        let kept = column.iter().filter(|&(span, _)| end.is_none_or(|end| self.rank(span) < end));
        let mut kept: Vec<(u32, u32)> = kept.map(|(span, value)| (self.numbers[span], value)).collect();
        kept.sort_unstable();
        kept
    }
}

/// An upper bound in bytes of what the chunks hold, before they are compressed.
fn raw_len(lanes: &[Lane]) -> u64 {
    const SPAN: usize = 8; // number and value
    const VALUE: usize = 4; // its length
    const CHUNK: usize = 32; // around a gzip stream
    let columns = lanes.iter().flat_map(|lane| lane.spans.attributes().columns());
    let of = |column: &Column| CHUNK + column.len() * SPAN + column.text_len() + column.value_count() * VALUE;
    columns.map(|column| of(column) as u64).sum()
}

/// As many as fit, those of the longest spans first. `raw` is the length of all before they are compressed.
fn fitted(numbered: &[Numbered<'_>], names: &[&str], raw: u64, room: u64) -> Stored {
    let whole = (raw <= LIKELY.saturating_mul(room)).then(|| made(numbered, names, None));
    let whole = match whole {
        Some(whole) if whole.len() <= room => return whole,
        whole => whole.map(|whole| whole.len()),
    };
    let mut ranks: Vec<Rank> = numbered.par_iter().flat_map_iter(|lane| lane.ranks(names)).collect();
    ranks.par_sort_unstable();
    let all = ranks.len();
    let a_little_less = |count, len: u64| part(count, room.saturating_mul(19), len.saturating_mul(20));
    let mut best = Stored::default();
    // Numbers of spans: that are known to fit, that are known not to, and that are tried next.
    let (mut fits, mut exceeds) = (0, whole.map_or(all + 1, |_| all));
    let likely = part(all, LIKELY.saturating_mul(room), raw);
    let mut wanted = whole.map_or(likely, |len| a_little_less(all, len)).min(all);
    for _ in 0..ATTEMPTS {
        let made = made(numbered, names, ranks.get(wanted).copied());
        let len = made.len();
        if len <= room {
            (best, fits) = (made, wanted);
        } else {
            exceeds = wanted;
        }
        if fits + 1 >= exceeds || best.len() >= room / 10 * 9 {
            break;
        }
        wanted = match a_little_less(wanted, len) {
            more if more >= exceeds && exceeds > all => all,
            some if some > fits && some < exceeds => some,
            _ => fits.midpoint(exceeds),
        };
    }
    let first_short = ranks.get(fits).map(|&(Reverse(duration_ns), _)| duration_ns);
    Stored { left_out: (all - fits) as u64, short_ns: first_short, ..best }
}

/// `count * numerator / denominator`, or the greatest number where it is none.
fn part(count: usize, numerator: u64, denominator: u64) -> usize {
    let part = (count as u128 * u128::from(numerator)).checked_div(u128::from(denominator));
    part.and_then(|part| usize::try_from(part).ok()).unwrap_or(usize::MAX)
}

/// The attributes of the spans with a rank below `end`, a chunk for each name that is left. A reader sees the first of
/// a span's attributes first: distinct values tell spans apart.
fn made(numbered: &[Numbered<'_>], names: &[&str], end: Option<Rank>) -> Stored {
    let mut made: Vec<_> = names.par_iter().filter_map(|name| chunk(numbered, name, end)).collect();
    made.sort_by_key(|(part, _)| (Reverse(part.count), Reverse(part.values)));
    let (parts, chunks) = made.into_iter().unzip();
    Stored { parts, chunks, ..Stored::default() }
}

fn chunk(numbered: &[Numbered<'_>], name: &str, end: Option<Rank>) -> Option<(Attribute, Chunk)> {
    let columns: Vec<(&Column, Vec<(u32, u32)>)> = (numbered.par_iter())
        .filter_map(|own| {
            let column = own.lane.spans.attributes().column(name)?;
            Some((column, own.column(column, end)))
        })
        .collect();
    let mut values = Dictionary::with_capacity(columns.iter().map(|(column, _)| column.value_count()).sum());
    let mut spans: Vec<(u32, u32)> = Vec::with_capacity(columns.iter().map(|(_, own)| own.len()).sum());
    for (column, own) in columns {
        let mut ids: Vec<Option<u32>> = vec![None; column.value_count()];
        spans.extend(own.into_iter().map(|(number, value)| {
            let id = ids[value as usize].get_or_insert_with(|| values.id(column.value(value)));
            (number, *id)
        }));
    }
    if spans.is_empty() {
        return None;
    }
    let mut last = 0;
    for (number, _) in &mut spans {
        (*number, last) = (*number - last, *number);
    }
    let lengths: Vec<u32> = values.iter().map(|value| value.len() as u32).collect();
    let text = values.into_joined();
    let width_of = |all: u32| width(u64::from(all));
    let part = Attribute {
        name: name.to_owned(),
        count: spans.len() as u32,
        values: lengths.len() as u32,
        gap: width_of(spans.iter().fold(0, |all, (gap, _)| all | gap)),
        value: width_of(spans.iter().fold(0, |all, (_, value)| all | value)),
        length: width_of(lengths.iter().fold(0, |all, length| all | length)),
    };
    let mut planes = Planes::new(spans.len(), [part.gap, part.value]);
    for (row, &(gap, value)) in spans.iter().enumerate() {
        planes.put(row, [gap.into(), value.into()]);
    }
    drop(spans);
    let mut length_planes = Planes::new(lengths.len(), [part.length]);
    for (row, &length) in lengths.iter().enumerate() {
        length_planes.put(row, [length.into()]);
    }
    Some((part, gzipped(&[&planes.bytes, &length_planes.bytes, text.as_bytes()])))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{LaneIdentity, ProcessIdentity, Rows, Trace, TraceBuilder};

    const ALL: u64 = u64::MAX;

    /// A span: start and duration in ns, and its attributes.
    type Drawn<Text> = (i64, Option<i64>, Vec<(Text, Text)>);

    fn trace<Text: AsRef<str>>(lanes: &[Vec<Drawn<Text>>]) -> Trace {
        let mut builder = TraceBuilder::new();
        for (number, lane) in lanes.iter().enumerate() {
            let mut rows = Rows::new();
            let key = rows.keys.intern("g", "t", None);
            for (index, (start_ns, duration_ns, attributes)) in lane.iter().enumerate() {
                rows.push(*start_ns, duration_ns.map(|duration_ns| start_ns + duration_ns), key);
                attributes.iter().for_each(|(name, value)| rows.attach(index, name.as_ref(), value.as_ref()));
            }
            let process = ProcessIdentity { identity: "p".into(), ..Default::default() };
            let identity = format!("{number:03}");
            builder.add(
                process,
                LaneIdentity { thread: identity.clone(), identity, ..Default::default() },
                rows,
            );
        }
        builder.finish()
    }

    fn stored(trace: &Trace, room: u64) -> Stored {
        let own: Vec<Tracks> =
            trace.lanes().iter().map(|lane| Tracks::new(trace.keys(), &lane.spans)).collect();
        attributes(trace.lanes(), &own, room)
    }

    /// The numbers of spans and their values, as the page reads them.
    fn read(part: &Attribute, chunk: &Chunk) -> Vec<(u32, String)> {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(&chunk.0[..]).read_to_end(&mut bytes).unwrap();
        let mut rest = &bytes[..];
        let mut column = |count: u32, width: u8| -> Vec<u32> {
            let mut column = vec![0; count as usize];
            for plane in 0..width {
                let (bytes, behind) = rest.split_at(count as usize);
                rest = behind;
                column
                    .iter_mut()
                    .zip(bytes)
                    .for_each(|(value, byte)| *value |= u32::from(*byte) << (8 * plane));
            }
            column
        };
        let gaps = column(part.count, part.gap);
        let ids = column(part.count, part.value);
        let lengths = column(part.values, part.length);
        let values: Vec<&str> = (lengths.iter())
            .map(|&length| {
                let (value, behind) = rest.split_at(length as usize);
                rest = behind;
                std::str::from_utf8(value).unwrap()
            })
            .collect();
        assert_eq!(rest, [0; 0], "a chunk holds nothing else");
        let mut known = 0;
        for &id in &ids {
            assert!(id <= known, "values are in the order of their first use");
            known = known.max(id + 1);
        }
        assert_eq!(known, part.values, "every value has a span");
        let mut number = 0;
        gaps.iter()
            .zip(ids)
            .map(|(gap, id)| {
                number += gap;
                (number, values[id as usize].to_owned())
            })
            .collect()
    }

    /// An attribute: number of the span, name, value.
    type Given = (u32, String, String);

    /// Each attribute on the page.
    fn all_read(stored: &Stored) -> Vec<Given> {
        let columns = stored.parts.iter().zip(&stored.chunks);
        let mut all: Vec<_> = columns
            .flat_map(|(part, chunk)| {
                read(part, chunk).into_iter().map(|(number, value)| (number, part.name.clone(), value))
            })
            .collect();
        all.sort();
        all
    }

    /// The attributes as the trace has them, and the duration of each of its spans, by their numbers on the page.
    fn expected(trace: &Trace) -> (Vec<Given>, Vec<Option<i64>>) {
        let (mut all, mut durations_ns) = (Vec::new(), Vec::new());
        for lane in trace.lanes() {
            let own = Tracks::new(trace.keys(), &lane.spans);
            for track in 0..own.count {
                for index in (0..lane.spans.len()).filter(|&index| own.of[index] == track) {
                    let number = durations_ns.len() as u32;
                    let of = lane.spans.attributes().of(index);
                    all.extend(of.map(|(name, value)| (number, name.to_owned(), value.to_owned())));
                    durations_ns.push(lane.spans.at(index).duration_ns());
                }
            }
        }
        all.sort();
        (all, durations_ns)
    }

    #[test]
    fn the_names_of_most_spans_and_values_come_first() {
        let trace = trace(&[
            vec![(0, Some(5), vec![("b", "1"), ("c", "x")]), (5, Some(5), vec![("a", "1"), ("d", "1")])],
            vec![(0, Some(5), vec![("c", "x"), ("d", "2")]), (5, Some(9), vec![])],
        ]);
        let stored = stored(&trace, ALL);
        let shapes: Vec<_> = stored.parts.iter().map(|part| (&*part.name, part.count, part.values)).collect();
        assert_eq!(shapes, [("d", 2, 2), ("c", 2, 1), ("a", 1, 1), ("b", 1, 1)]);
        assert_eq!(all_read(&stored), expected(&trace).0);
        assert_eq!((stored.more_names, stored.left_out, stored.short_ns), (0, 0, None));
    }

    #[test]
    fn values_are_in_the_order_of_their_first_use_on_the_page() {
        // The inner span starts before the second outer one, but its track comes later on the page.
        let trace = trace(&[vec![
            (0, Some(10), vec![("n", "z")]),
            (1, Some(2), vec![("n", "y")]),
            (10, Some(10), vec![("n", "x")]),
            (11, Some(2), vec![("n", "z")]),
        ]]);
        let stored = stored(&trace, ALL);
        let values: Vec<String> =
            read(&stored.parts[0], &stored.chunks[0]).into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["z", "x", "y", "z"]);
        assert_eq!(stored.parts[0].values, 3);
    }

    #[test]
    fn a_page_of_many_names_has_the_most_frequent_and_counts_the_others() {
        let names: Vec<String> = (0..NAMES + 7).map(|name| format!("n{name:03}")).collect();
        let own: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
        let trace = trace(&[vec![(0, Some(1), own), (1, Some(1), vec![("n206", "w")])]]);
        let stored = stored(&trace, ALL);
        assert_eq!((stored.parts.len(), stored.more_names), (NAMES, 7));
        assert_eq!((&*stored.parts[0].name, &*stored.parts[1].name), ("n206", "n000"));
    }

    /// 3,000 spans of different lengths, every other one with attributes that cannot be compressed well.
    fn large(durations_ns: impl Fn(u64) -> Option<i64>) -> Trace {
        let text = |seed: u64| format!("{:016x}", (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let texts: Vec<(String, String)> = (0..3000).map(|seed| (text(seed), text(seed % 10))).collect();
        let spans = texts.iter().enumerate().map(|(index, (id, kind))| {
            let own =
                if index % 2 == 0 { vec![("id", id.as_str()), ("kind", kind.as_str())] } else { vec![] };
            (index as i64 * 10_000, durations_ns(index as u64), own)
        });
        let spans: Vec<Drawn<&str>> = spans.collect();
        trace(&spans.chunks(1000).map(<[_]>::to_vec).collect::<Vec<_>>())
    }

    #[test]
    fn the_shortest_spans_lose_their_attributes_first_and_all_of_them() {
        let trace = large(|index| (index != 500).then_some((index as i64 * 7919) % 10_000));
        let room = 6000;
        let stored = stored(&trace, room);
        assert!(stored.len() <= room && stored.len() >= room / 10 * 9, "{}", stored.len());
        let (all, durations_ns) = expected(&trace);
        let short_ns = stored.short_ns.unwrap();
        let is_long = |number: u32| durations_ns[number as usize].is_none_or(|ns| ns > short_ns);
        let long: Vec<_> = all.iter().filter(|(number, ..)| is_long(*number)).cloned().collect();
        assert_eq!(all_read(&stored), long, "no two durations are the same");
        assert_eq!(stored.left_out, 1500 - long.len() as u64 / 2);
        assert!(
            long.iter().any(|(number, ..)| durations_ns[*number as usize].is_none()),
            "an unfinished span is long"
        );
    }

    #[test]
    fn of_equally_long_spans_the_first_ones_keep_their_attributes() {
        let trace = large(|_| Some(50));
        let stored = stored(&trace, 6000);
        assert_eq!(stored.short_ns, Some(50));
        let kept = all_read(&stored);
        assert_eq!(kept, expected(&trace).0[..kept.len()]);
        assert_eq!(stored.left_out, 1500 - kept.len() as u64 / 2);
    }

    #[test]
    fn without_room_there_is_no_attribute_and_all_are_counted() {
        for room in [0, 20] {
            let stored = stored(&large(|index| (index > 9).then_some(50)), room);
            assert_eq!((stored.parts.len(), stored.chunks.len(), stored.left_out), (0, 0, 1500));
            assert_eq!(stored.short_ns, Some(UNFINISHED_NS));
        }
    }

    #[test]
    fn the_same_trace_gives_the_same_bytes() {
        let trace = large(|index| Some((index as i64 * 7919) % 10_000));
        for room in [ALL, 6000] {
            assert_eq!(stored(&trace, room).chunks, stored(&trace, room).chunks);
        }
    }

    proptest! {
        #[test]
        fn what_is_stored_is_what_is_read(
            lanes in prop::collection::vec(
                prop::collection::vec(
                    (0i64..50, prop::option::of(0i64..30), prop::collection::vec(("[a-c]", "[é-ī]{0,3}|[0-9]{0,5}"), 0..4)),
                    1..20,
                ),
                1..5,
            ),
            room in prop::option::of(0u64..400),
        ) {
            let trace = trace(&lanes);
            let stored = stored(&trace, room.unwrap_or(ALL));
            let (all, durations_ns) = expected(&trace);
            let kept = all_read(&stored);
            prop_assert!(stored.len() <= room.unwrap_or(ALL));
            let is_kept = |number: u32| kept.iter().any(|(own, ..)| *own == number);
            let of_kept: Vec<_> = all.iter().filter(|(number, ..)| is_kept(*number)).cloned().collect();
            prop_assert_eq!(&kept, &of_kept, "a span has all of its attributes or none");
            let length = |number: u32| durations_ns[number as usize].unwrap_or(i64::MAX);
            let left_out: std::collections::BTreeSet<u32> = all.iter().map(|(number, ..)| *number).filter(|number| !is_kept(*number)).collect();
            prop_assert_eq!(stored.left_out, left_out.len() as u64);
            prop_assert_eq!(stored.short_ns, left_out.iter().map(|&number| length(number)).max());
            prop_assert!(kept.iter().all(|(number, ..)| stored.short_ns.is_none_or(|short_ns| length(*number) >= short_ns)));
        }
    }
}
