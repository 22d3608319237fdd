//! Gzip: bytes as one gzip stream, compressed in parallel.
//!
//! Takes parts that follow each other. Cuts them into pieces of a fixed size and compresses each by itself; the stream
//! is the pieces one after the other, each but the last ended by a flush to a whole byte. So the same parts give the
//! same bytes, whatever the number of threads. Every reader of gzip reads it.

use std::io::{self, Write};
use std::mem;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use rayon::prelude::*;
use templates::Chunk;

/// The size of a piece in bytes. A smaller one compresses worse, since nothing of the one before it is known.
const PIECE: usize = 1024 * 1024;
/// Magic number, deflate, no flags, no time stamp, no extra flags, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const WRITTEN: &str = "a Vec takes any bytes";

/// The parts as one stream.
pub(super) fn gzipped(parts: &[impl AsRef<[u8]>]) -> Chunk {
    let pieces = pieces(parts);
    let last = pieces.len() - 1;
    let compressed: Vec<(Vec<u8>, Crc)> = (pieces.par_iter().enumerate())
        .map(|(index, piece)| compressed(piece, index == last).expect(WRITTEN))
        .collect();
    let mut bytes = HEADER.to_vec();
    bytes
        .reserve_exact(compressed.iter().map(|(piece, _)| piece.len()).sum::<usize>() + 2 * size_of::<u32>());
    let mut crc = Crc::new();
    for (piece, own) in compressed {
        bytes.extend(piece);
        crc.combine(&own);
    }
    bytes.extend(crc.sum().to_le_bytes());
    bytes.extend(crc.amount().to_le_bytes());
    Chunk(bytes)
}

/// The parts in pieces of [`PIECE`] bytes, of which the last may be shorter. There is at least one.
fn pieces(parts: &[impl AsRef<[u8]>]) -> Vec<Vec<&[u8]>> {
    let mut pieces = vec![Vec::new()];
    let mut room = PIECE;
    for mut rest in parts.iter().map(AsRef::as_ref) {
        while !rest.is_empty() {
            if room == 0 {
                pieces.push(Vec::new());
                room = PIECE;
            }
            let (now, later) = rest.split_at(rest.len().min(room));
            pieces.last_mut().expect("there is at least one").push(now);
            room -= now.len();
            rest = later;
        }
    }
    pieces
}

/// A piece of the stream, and the checksum of what it holds.
fn compressed(piece: &[&[u8]], is_last: bool) -> io::Result<(Vec<u8>, Crc)> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    let mut crc = Crc::new();
    for slice in piece {
        encoder.write_all(slice)?;
        crc.update(slice);
    }
    if is_last {
        return Ok((encoder.finish()?, crc));
    }
    encoder.flush()?;
    Ok((mem::take(encoder.get_mut()), crc))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[track_caller]
    fn check(parts: &[Vec<u8>]) {
        let Chunk(bytes) = gzipped(parts);
        let mut read = Vec::new();
        // Of one member: browsers refuse what follows the first.
        let mut decoder = flate2::bufread::GzDecoder::new(&bytes[..]);
        decoder.read_to_end(&mut read).unwrap();
        assert!(decoder.into_inner().is_empty());
        assert!(read == parts.concat());
    }

    #[test]
    fn what_is_compressed_in_pieces_is_one_stream() {
        let noise = |len: usize| -> Vec<u8> {
            (0..len as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59) as u8).collect()
        };
        check(&[]);
        check(&[Vec::new(), Vec::new()]);
        check(&[b"a".to_vec(), Vec::new(), b"b".to_vec()]);
        for len in [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            check(&[noise(len)]);
            check(&[noise(100), noise(len), noise(PIECE / 2), noise(2 * PIECE + 5)]);
        }
    }
}
