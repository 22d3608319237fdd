//! Gzip: bytes as one gzip stream, compressed in parallel.
//!
//! Takes parts that follow each other. Cuts them into pieces of a fixed size and compresses each by itself; the stream
//! is the pieces one after the other, each but the last ended by a flush to a whole byte. So the same parts give the
//! same bytes, whatever the number of threads. Every reader of gzip reads it.

use flate2::{Compress, Compression, Crc, FlushCompress};
use rayon::prelude::*;
use templates::Chunk;

/// The size of a piece in bytes. A smaller one compresses worse, since nothing of the one before it is known.
const PIECE: usize = 1024 * 1024;
/// Magic number, deflate, no flags, no time stamp, no extra flags, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// The parts as one stream.
pub(super) fn gzipped(parts: &[impl AsRef<[u8]>]) -> Chunk {
    let pieces = pieces(parts);
    let last = pieces.len() - 1;
    let compressed: Vec<(Vec<u8>, Crc)> =
        (pieces.par_iter().enumerate()).map(|(index, piece)| compressed(piece, index == last)).collect();
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
fn compressed(piece: &[&[u8]], is_last: bool) -> (Vec<u8>, Crc) {
    let mut compress = Compress::new(Compression::new(6), false);
    let (mut bytes, mut crc) = (Vec::new(), Crc::new());
    for slice in piece {
        deflate(&mut compress, slice, &mut bytes, FlushCompress::None);
        crc.update(slice);
    }
    let end = if is_last { FlushCompress::Finish } else { FlushCompress::Sync };
    deflate(&mut compress, &[], &mut bytes, end);
    (bytes, crc)
}

/// Appends what a compressor makes of the input, all that `flush` asks for.
fn deflate(compress: &mut Compress, mut input: &[u8], bytes: &mut Vec<u8>, flush: FlushCompress) {
    const STEP: usize = 64 * 1024;
    loop {
        bytes.reserve(STEP);
        let before = compress.total_in();
        compress.compress_vec(input, bytes, flush).expect("a compressor takes any bytes");
        input = &input[(compress.total_in() - before) as usize..];
        // A compressor that leaves room has nothing more to write.
        if input.is_empty() && bytes.len() < bytes.capacity() {
            return;
        }
    }
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
        // Digits that no compressor finds again: only then its buffers are full.
        let mut state = 1_u64;
        let mut noise = |len: usize| -> Vec<u8> {
            let digit = |_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                b"0123456789abcdef"[(state >> 60) as usize]
            };
            (0..len).map(digit).collect()
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
