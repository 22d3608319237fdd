//! Bytes: what a file contains once it is decompressed and its text is UTF-8.
//!
//! Takes any reader. The first bytes show gzip and zstd, whatever the file is called; members and frames may follow one
//! another. A byte order mark shows UTF-16, also inside. Memory is bounded: a zstd file that needs a window of more
//! than 128 MiB is refused, as the program `zstd` does. The beginning of a file, which shows its format, is as long when
//! it comes through a pipe. Knows no lines.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs_io::DecodeReaderBytes;
use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How compressed files begin.
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// A frame of zstd that is no content begins with a byte of its own and these.
const ZSTD_SKIPPED: &[u8] = &[0x2a, 0x4d, 0x18];
/// The longest beginning.
pub(super) const MAGIC_BYTES: usize = 4;

/// Byte order marks of UTF-16.
const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

/// Whether a file that begins like this is compressed.
pub(super) fn is_compressed(beginning: &[u8]) -> bool {
    beginning.starts_with(GZIP) || is_zstd(beginning)
}

fn is_zstd(beginning: &[u8]) -> bool {
    let is_skipped = |first: &u8, rest: &[u8]| first >> 4 == 5 && rest.starts_with(ZSTD_SKIPPED);
    beginning.starts_with(ZSTD)
        || beginning.split_first().is_some_and(|(first, rest)| is_skipped(first, rest))
}

/// The decoded bytes of a file.
pub(super) struct Decoded {
    pub(super) reader: Box<dyn BufRead + Send>,
    /// The first [`BEGINNING`] bytes, which the reader gives, too.
    pub(super) beginning: Vec<u8>,
    /// Whether the bytes are those of the file.
    pub(super) is_plain: bool,
}

/// How much of a file shows its format, in bytes.
const BEGINNING: usize = 1 << 16;

/// Decodes what a reader gives, with a buffer of this size.
pub(super) fn decoded(reader: impl Read + Send + 'static, buffer_bytes: usize) -> io::Result<Decoded> {
    let mut reader = buffered(reader);
    let beginning = reader.fill_buf()?;
    let (is_gzip, is_zstd) = (beginning.starts_with(GZIP), is_zstd(beginning));
    if is_gzip {
        reader = buffered(MultiGzDecoder::new(reader));
    } else if is_zstd {
        reader = buffered(Zstd::new(reader));
    }
    // An error occurs again where the lines are read, behind those before it.
    let is_utf16 = reader.fill_buf().is_ok_and(|text| UTF_16.iter().any(|mark| text.starts_with(mark)));
    if is_utf16 {
        reader = buffered(DecodeReaderBytes::new(reader));
    }
    let beginning = reader.fill_buf().unwrap_or_default().to_vec();
    if buffer_bytes < BEGINNING {
        reader = Box::new(BufReader::with_capacity(buffer_bytes, reader));
    }
    Ok(Decoded { reader, beginning, is_plain: !(is_gzip || is_zstd || is_utf16) })
}

fn buffered(reader: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(BEGINNING, Filled { reader, error: None }))
}

/// Fills the whole of a buffer before it returns, except at the end.
struct Filled<R> {
    reader: R,
    /// What ended it. Each later read returns it again.
    error: Option<(io::ErrorKind, String)>,
}

impl<R: Read> Read for Filled<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let again = |(kind, message): &(io::ErrorKind, String)| Err(io::Error::new(*kind, message.clone()));
        if let Some(error) = &self.error {
            return again(error);
        }
        let mut filled = 0;
        while filled < buffer.len() {
            match self.reader.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(bytes) => filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let error = self.error.insert((error.kind(), error.to_string()));
                    return if filled == 0 { again(error) } else { Ok(filled) };
                }
            }
        }
        Ok(filled)
    }
}

/// Decompresses the frames of a zstd file, one after another.
struct Zstd<R> {
    reader: R,
    decoder: FrameDecoder,
    is_in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(reader: R) -> Zstd<R> {
        Zstd { reader, decoder: FrameDecoder::new(), is_in_frame: false }
    }

    /// Begins the next frame. Gives whether there is one.
    fn begin_frame(&mut self) -> io::Result<bool> {
        while !self.reader.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.reader) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.reader).take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(damaged(error)),
            }
        }
        Ok(false)
    }

    /// Whether the content of a frame is that which was compressed, as far as it has a checksum.
    fn check(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(expected), Some(found)) if expected != found => Err(damaged("the checksum differs")),
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_in_frame {
                self.is_in_frame = self.begin_frame()?;
                if !self.is_in_frame {
                    return Ok(0);
                }
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.check()?;
                self.is_in_frame = false;
            } else {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.reader, one).map_err(damaged)?;
            }
        }
    }
}

fn damaged(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged or incomplete zstd data: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const TEXT: &str = "task,start,end\nsave \u{e9},1,2\n";

    fn zstd(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    /// One byte a read, as from a slow pipe.
    struct Slow(io::Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    /// The text that is read, and the error after it.
    fn read(file: Vec<u8>, buffer_bytes: usize) -> (String, Option<String>) {
        let mut reader = decoded(Slow(io::Cursor::new(file)), buffer_bytes).unwrap().reader;
        let mut text = Vec::new();
        let error = reader.read_to_end(&mut text).err().map(|error| error.to_string());
        (String::from_utf8(text).unwrap(), error)
    }

    #[test]
    fn compressed_and_utf_16_files_are_the_same_text() {
        let skipped = [&[0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        for file in [
            TEXT.into(),
            gzip(TEXT.as_bytes()),
            zstd(TEXT.as_bytes()),
            [&skipped[..], &zstd(&TEXT.as_bytes()[..9]), &skipped, &zstd(&TEXT.as_bytes()[9..]), &skipped]
                .concat(),
            [gzip(&TEXT.as_bytes()[..9]), gzip(&TEXT.as_bytes()[9..])].concat(),
            utf16(TEXT, u16::to_le_bytes),
            utf16(TEXT, u16::to_be_bytes),
            gzip(&utf16(TEXT, u16::to_le_bytes)),
            zstd(&utf16(TEXT, u16::to_be_bytes)),
        ] {
            for buffer_bytes in [2, 7, 1 << 16] {
                assert_eq!(read(file.clone(), buffer_bytes), (TEXT.into(), None));
            }
        }
        assert_eq!(read(Vec::new(), 2), (String::new(), None));
    }

    #[test]
    fn a_byte_order_mark_of_utf_8_stays() {
        let text = format!("\u{feff}{TEXT}");
        assert_eq!(read(text.clone().into(), 7), (text, None));
    }

    #[test]
    fn what_is_before_the_damage_is_read() {
        let text = TEXT.repeat(20_000);
        let file = zstd(text.as_bytes());
        let (read_text, error) = read(file[..file.len() - 9].to_vec(), 1 << 16);
        assert!(!read_text.is_empty() && text.starts_with(&read_text));
        assert!(error.unwrap().starts_with("damaged or incomplete zstd data"));
        let (read_text, error) = read([zstd(TEXT.as_bytes()), b"rest".to_vec()].concat(), 1 << 16);
        assert_eq!(read_text, TEXT);
        assert!(error.is_some());
    }

    #[test]
    fn a_frame_with_too_large_a_window_is_refused() {
        let window_of_2_gib = [ZSTD, &[0, 21 << 3], &[1, 0, 0]].concat();
        let (text, error) = read(window_of_2_gib, 1 << 16);
        assert_eq!(text, "");
        assert!(error.unwrap().contains("zstd"));
    }
}
