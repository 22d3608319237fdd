//! Columns: spans, samples and the raster as the bytes of the page.
//!
//! Takes lanes and counters. Gives the shape of each track and series, and chunks: gzip streams of whole tracks,
//! lane after lane, or of whole series. Columns are stored as byte planes, since bytes of one rank are alike: with
//! 64 lanes of real tasks a span takes 7 bytes of the page. Chunks are made in parallel; the same trace gives the
//! same bytes. Escapes nothing and knows no markup.

use rayon::prelude::*;
use templates::{Chunk, Series, Track};

use super::gzip::gzipped;
use super::names::Names;
use crate::analysis::{self, Tracks};
use crate::model::{Lane, Samples, Spans};

/// The size in bytes of planes at which a chunk is full. In smaller chunks gzip and the elements around them cost
/// too much.
const FULL: usize = 256 * 1024;

/// Tracks or series, and the chunks that hold their columns.
pub(super) struct Columns<T> {
    /// The shape of each track or series, in order.
    pub(super) parts: Vec<T>,
    /// The number of tracks or series in each chunk.
    pub(super) counts: Vec<u32>,
    pub(super) chunks: Vec<Chunk>,
}

/// The tracks of each lane.
pub(super) fn rows(lanes: &[Lane], own: &[Tracks], names: &Names) -> Columns<Vec<Track>> {
    let stored: Vec<_> =
        lanes.par_iter().zip(own).map(|(lane, own)| tracks(&lane.spans, own, names)).collect();
    let (parts, planes): (Vec<_>, Vec<_>) = stored.into_iter().unzip();
    let (counts, chunks) = chunked(planes.into_iter().flatten());
    Columns { parts, counts, chunks }
}

/// The series of `(process, samples)`. The process is an index into the page's processes.
pub(super) fn samples<'a>(all: impl Iterator<Item = (u32, &'a Samples)>) -> Columns<Series> {
    let (parts, planes): (Vec<_>, Vec<_>) = all.map(|(process, samples)| series(process, samples)).unzip();
    let (counts, chunks) = chunked(planes.into_iter());
    Columns { parts, counts, chunks }
}

/// The cells of every lane's bins, idle ones included.
pub(super) fn raster(raster: &analysis::Raster, names: &Names) -> (templates::Raster, Chunk) {
    let count = raster.count as usize;
    let cells = || {
        (raster.lanes.iter().enumerate()).flat_map(|(lane, cells)| cells.iter().map(move |cell| (lane, cell)))
    };
    let key_of = |cell: &analysis::Cell| u64::from(names.key(cell.key)) + 1;
    let widths = [width(cells().fold(0, |all, (_, cell)| all | key_of(cell))), 1];
    let mut planes = Planes::new(raster.lanes.len() * count, widths);
    for (lane, cell) in cells() {
        let share = i128::from(cell.busy_ns) * 255 / i128::from(raster.width_ns);
        planes.put(lane * count + cell.bin as usize, [key_of(cell), share.clamp(1, 255) as u64]);
    }
    let shape = templates::Raster {
        first_ns: raster.first_ns,
        width_ns: raster.width_ns,
        count: raster.count,
        key_bytes: widths[0],
    };
    (shape, gzipped(&[planes.bytes]))
}

/// A lane's spans by track. Spans of a track do not overlap, so the gaps between them are never negative.
fn tracks(spans: &Spans, own: &Tracks, names: &Names) -> (Vec<Track>, Vec<Vec<u8>>) {
    let mut shapes = vec![(0, [0; 4], false); own.count as usize];
    for (track, values, is_open) in rows_of(spans, own, names) {
        let (count, all, open) = &mut shapes[track];
        *count += 1;
        all.iter_mut().zip(values).for_each(|(all, value)| *all |= value);
        *open |= is_open;
    }
    let tracks: Vec<Track> = (shapes.iter())
        .map(|&(count, all, open)| {
            let [gap, duration, key, cpu] = all.map(width);
            Track { count, gap, duration, key, cpu, open }
        })
        .collect();
    let planes =
        |track: &Track| Planes::new(track.count as usize, [track.gap, track.duration, track.key, track.cpu]);
    let mut planes: Vec<_> = tracks.iter().map(planes).collect();
    let mut filled = vec![0; tracks.len()];
    for (track, values, _) in rows_of(spans, own, names) {
        planes[track].put(filled[track], values);
        filled[track] += 1;
    }
    (tracks, planes.into_iter().map(|planes| planes.bytes).collect())
}

/// For each span: its track, its gap, duration, key and CPU time, and whether it is unfinished.
fn rows_of<'a>(
    spans: &'a Spans,
    own: &'a Tracks,
    names: &'a Names,
) -> impl Iterator<Item = (usize, [u64; 4], bool)> + 'a {
    let mut ends_ns = vec![0; own.count as usize];
    spans.iter().zip(&own.of).enumerate().map(move |(index, (span, &track))| {
        let end_ns = &mut ends_ns[track as usize];
        let (gap_ns, duration_ns) = (span.start.ns() - *end_ns, span.duration_ns());
        *end_ns = span.start.ns() + duration_ns.unwrap_or(0);
        let cpu = spans.cpu_ns(index).filter(|_| duration_ns.is_some()).map_or(0, |ns| ns as u64 + 1);
        let key = u64::from(names.key(span.key));
        let values = [gap_ns as u64, duration_ns.unwrap_or(0) as u64, key, cpu];
        (track as usize, values, duration_ns.is_none())
    })
}

fn series(process: u32, samples: &Samples) -> (Series, Vec<u8>) {
    let first_ns = samples.iter().next().map_or(0, |(time, _)| time.ns());
    let pauses = || {
        samples.iter().scan(first_ns, |last_ns, (time, value)| {
            let pause_ns = time.ns().wrapping_sub(*last_ns) as u64; // in order, however far apart
            *last_ns = time.ns();
            Some((pause_ns, value))
        })
    };
    let gap = width(pauses().fold(0, |all, (pause_ns, _)| all | pause_ns));
    let mut planes = Planes::new(samples.len(), [gap, 8]);
    for (index, (pause_ns, value)) in pauses().enumerate() {
        planes.put(index, [pause_ns, value.to_bits()]);
    }
    let count = u32::try_from(samples.len()).expect("a series of over 2^32 samples exceeds any memory");
    (Series { process, count, first_ns, gap }, planes.bytes)
}

/// The number of bytes that hold `value`, and any value that has only bits set in `value`.
pub(super) fn width(value: u64) -> u8 {
    (u64::BITS - value.leading_zeros()).div_ceil(8) as u8
}

/// Columns of equal length, each stored as byte planes.
pub(super) struct Planes<const COLUMNS: usize> {
    count: usize,
    widths: [u8; COLUMNS],
    pub(super) bytes: Vec<u8>,
}

impl<const COLUMNS: usize> Planes<COLUMNS> {
    pub(super) fn new(count: usize, widths: [u8; COLUMNS]) -> Self {
        let planes: usize = widths.iter().map(|&width| usize::from(width)).sum();
        Planes { count, widths, bytes: vec![0; count * planes] }
    }

    /// Stores the values of a row. They must fit into their widths.
    pub(super) fn put(&mut self, row: usize, values: [u64; COLUMNS]) {
        let mut at = row;
        for (value, width) in values.into_iter().zip(self.widths) {
            for byte in &value.to_le_bytes()[..usize::from(width)] {
                self.bytes[at] = *byte;
                at += self.count;
            }
        }
    }
}

/// Puts whole parts together until a chunk is full. Gives the number of parts in each chunk, and the chunks.
fn chunked(parts: impl Iterator<Item = Vec<u8>>) -> (Vec<u32>, Vec<Chunk>) {
    let mut groups: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut room = 0;
    for part in parts {
        if room == 0 {
            groups.push(Vec::new());
            room = FULL;
        }
        room = room.saturating_sub(part.len());
        groups.last_mut().expect("one was pushed when there was no room").push(part);
    }
    let counts = groups.iter().map(|group| group.len() as u32).collect();
    (counts, groups.into_par_iter().map(|group| gzipped(&group)).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Read;

    use super::*;
    use crate::analysis::{drawn, of_trace};
    use crate::model::{ProcessIdentity, SampleRows, Trace, TraceBuilder};
    use proptest::prelude::*;

    /// A span of a track as the page reads it: start and duration in ns, index of the key, CPU time in ns.
    type Row = (i64, Option<i64>, u64, Option<i64>);

    /// Reads the columns of parts of `(count, widths)` back from their chunks, value by value.
    fn columns<const COLUMNS: usize>(
        shapes: &[(u32, [u8; COLUMNS])],
        counts: &[u32],
        chunks: &[Chunk],
    ) -> Vec<Vec<[u64; COLUMNS]>> {
        let mut shapes = shapes.iter();
        let mut parts = Vec::new();
        for (&parts_here, chunk) in counts.iter().zip(chunks) {
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(&chunk.0[..]).read_to_end(&mut bytes).unwrap();
            let mut rest = &bytes[..];
            for &(count, widths) in shapes.by_ref().take(parts_here as usize) {
                let mut rows = vec![[0; COLUMNS]; count as usize];
                for (column, width) in widths.into_iter().enumerate() {
                    for plane in 0..width {
                        let (bytes, behind) = rest.split_at(count as usize);
                        rest = behind;
                        for (row, byte) in rows.iter_mut().zip(bytes) {
                            row[column] |= u64::from(*byte) << (8 * plane);
                        }
                    }
                }
                parts.push(rows);
            }
            assert_eq!(rest, &[0; 0], "a chunk holds its parts and nothing else");
        }
        assert!(shapes.next().is_none(), "every part is in a chunk");
        parts
    }

    /// The spans of each lane's tracks.
    pub(in crate::outputs) fn read(rows: &Columns<Vec<Track>>) -> Vec<Vec<Vec<Row>>> {
        let shape = |track: &Track| (track.count, [track.gap, track.duration, track.key, track.cpu]);
        let shapes: Vec<_> = rows.parts.iter().flatten().map(shape).collect();
        let mut read = columns(&shapes, &rows.counts, &rows.chunks).into_iter();
        let spans = |track: &Track, values: Vec<[u64; 4]>| -> Vec<Row> {
            let mut at_ns = 0;
            let last = values.len() - 1;
            (values.into_iter().enumerate())
                .map(|(index, [gap, duration, key, cpu])| {
                    let start_ns = at_ns + gap as i64;
                    at_ns = start_ns + duration as i64;
                    let is_open = track.open && index == last;
                    let cpu_ns = cpu.checked_sub(1).map(|ns| ns as i64);
                    (start_ns, Some(duration as i64).filter(|_| !is_open), key, cpu_ns)
                })
                .collect()
        };
        (rows.parts.iter())
            .map(|tracks| tracks.iter().map(|track| spans(track, read.next().unwrap())).collect())
            .collect()
    }

    /// The spans of each lane's tracks as the trace has them.
    fn expected(trace: &Trace) -> Vec<Vec<Vec<Row>>> {
        let names = names(trace);
        (trace.lanes().iter())
            .map(|lane| {
                let own = Tracks::new(trace.keys(), &lane.spans);
                let mut tracks = vec![Vec::new(); own.count as usize];
                for (index, (span, &track)) in lane.spans.iter().zip(&own.of).enumerate() {
                    let key = u64::from(names.key(span.key));
                    let row = (span.start.ns(), span.duration_ns(), key, lane.spans.cpu_ns(index));
                    tracks[track as usize].push(row);
                }
                tracks
            })
            .collect()
    }

    fn rows_of(trace: &Trace) -> Columns<Vec<Track>> {
        let own: Vec<Tracks> =
            trace.lanes().iter().map(|lane| Tracks::new(trace.keys(), &lane.spans)).collect();
        rows(trace.lanes(), &own, &names(trace))
    }

    fn names(trace: &Trace) -> Names {
        Names::new(trace.keys(), &of_trace(trace))
    }

    fn raster_of(trace: &Trace) -> (templates::Raster, Chunk) {
        raster(&of_trace(trace).raster, &names(trace))
    }

    #[test]
    fn a_column_is_as_wide_as_its_greatest_value() {
        let track = |count, gap, duration, key, open| Track { count, gap, duration, key, cpu: 0, open };
        let trace = drawn::trace(&["a(0..10) b(2..3) b(300..600)", "a(0..0)", "b(0..70000) a(70000..)"]);
        let rows = rows_of(&trace);
        let expected = [
            vec![track(2, 2, 2, 1, false), track(1, 1, 1, 1, false)],
            vec![track(1, 0, 0, 0, false)],
            vec![track(2, 0, 3, 1, true)],
        ];
        assert_eq!(rows.parts, expected);
        assert_eq!(rows.counts, [4], "small tracks share a chunk");
        assert_eq!([0, 1, 255, 256, u64::MAX].map(width), [0, 1, 1, 2, 8]);
    }

    #[test]
    fn large_lanes_have_chunks_of_their_own() {
        let lane = |count: i64| {
            (0..count).map(|at| (at << 30, Some((at << 30) + ((at % 7) << 27)), at as u8 % 3)).collect()
        };
        let trace = drawn::numbers(&[lane(60_000), lane(100), lane(60_000), lane(200), lane(100)]);
        let rows = rows_of(&trace);
        assert_eq!(rows.counts, [1, 2, 2]);
        assert_eq!(read(&rows), expected(&trace));
    }

    #[test]
    fn the_same_trace_gives_the_same_bytes() {
        let trace = drawn::trace(&["a(0..10) b(2..3)", "c(4..5) c(7..)"]);
        assert_eq!(rows_of(&trace).chunks, rows_of(&trace).chunks);
    }

    #[test]
    fn a_trace_without_a_lane_has_no_chunk() {
        let trace = drawn::trace(&[]);
        assert_eq!(rows_of(&trace).counts, [0; 0]);
        let (shape, chunk) = raster_of(&trace);
        assert_eq!((shape.count, shape.key_bytes), (0, 0));
        assert!(!chunk.0.is_empty(), "a stream of nothing is one all the same");
    }

    #[test]
    fn the_raster_has_a_cell_for_each_bin_of_each_lane() {
        let trace = drawn::milliseconds(&["a(0..1) b(3..4)", "b(1..4)"]);
        let (shape, chunk) = raster_of(&trace);
        let cells = shape.count as usize * 2;
        let [read] = &columns(&[(cells as u32, [shape.key_bytes, 1])], &[1], &[chunk])[..] else {
            panic!("one part")
        };
        let lanes: Vec<_> = read.chunks(shape.count as usize).collect();
        assert_eq!((shape.first_ns, shape.key_bytes), (0, 1));
        let at = |lane: usize, ns: i64| lanes[lane][(ns / shape.width_ns) as usize];
        assert_eq!([at(0, 500_000), at(0, 2_000_000), at(0, 3_500_000)], [[1, 255], [0, 0], [2, 255]]);
        assert_eq!([at(1, 500_000), at(1, 2_000_000)], [[0, 0], [2, 255]]);
    }

    #[test]
    fn samples_may_begin_before_the_start_and_keep_every_bit_of_their_values() {
        let values = [17.0, -0.0, 0.1, -1e21, 9_007_199_254_740_993.0, 5e-324, 17.0];
        let times = [40, 100, 100, 101, 1_000_000, i64::MAX, i64::MIN];
        let mut builder = TraceBuilder::new();
        let mut counted = SampleRows::new();
        for (&time, value) in times.iter().zip(values) {
            counted.push("g", "c", time, value);
        }
        let process = ProcessIdentity { identity: "x.csv".into(), ..Default::default() };
        builder.add_samples(process.clone(), counted);
        let mut spans = crate::model::Rows::new();
        let key = spans.keys.intern("g", "t", None);
        spans.push(60, Some(80), key);
        builder.add(
            process,
            crate::model::LaneIdentity { identity: "l".into(), thread: "l".into(), ..Default::default() },
            spans,
        );
        let trace = builder.finish();
        let samples_of = &trace.counters()[0].samples;
        let stored = samples([(3, samples_of)].into_iter());
        let [Series { process: 3, count: 7, first_ns, gap: 8 }] = stored.parts[..] else {
            panic!("{:?}", stored.parts)
        };
        let [read] = &columns(&[(7, [8, 8])], &stored.counts, &stored.chunks)[..] else {
            panic!("one series")
        };
        let read: Vec<(i64, u64)> = read
            .iter()
            .scan(first_ns, |at_ns, &[pause, value]| {
                *at_ns = at_ns.wrapping_add_unsigned(pause);
                Some((*at_ns, value))
            })
            .collect();
        let expected: Vec<_> = samples_of.iter().map(|(time, value)| (time.ns(), value.to_bits())).collect();
        assert_eq!(read, expected);
    }

    proptest! {
        #[test]
        fn what_is_stored_is_what_is_read(
            lanes in prop::collection::vec(
                prop::collection::vec((0i64..500, 0i64..80, 0u8..8, 0u8..5), 1..60),
                0..5,
            ),
            unit in 1i64..1 << 45,
        ) {
            let lanes: Vec<Vec<_>> = (lanes.iter())
                .map(|lane| {
                    let scaled = |&(start, length, ends, task): &(i64, i64, u8, u8)| {
                        (start * unit, (ends > 0).then_some((start + length) * unit), task)
                    };
                    lane.iter().map(scaled).collect()
                })
                .collect();
            let trace = drawn::numbers(&lanes);
            prop_assert_eq!(read(&rows_of(&trace)), expected(&trace));
        }
    }
}
