//! The name of a record file: which process wrote it, and which lane it is.
//!
//! `<host>.<pid>-<process start, ns in hex>.<lane>-<thread>.<part>.csv`, `.counters.csv` for counters, or
//! `.attributes.csv` for attributes. Host and thread are percent-encoded outside `[A-Za-z0-9_-]`, so that every name
//! is a portable file name and dots only separate. Each is cut to 60 bytes at a whole character. Must not know
//! directories.

use std::fmt;

use super::{ATTRIBUTE_HEADER, COUNTER_HEADER, HEADER};

/// The parts of the name of a record file. `Display` writes the name, [`FileName::parse`] reads it.
///
/// ```
/// use waterfall_recorder::format::{Content, FileName};
/// let name = FileName {
///     host: "build.example".into(),
///     pid: 4711,
///     process_start_ns: 0x18f3_2c00_0000_0000,
///     lane: 3,
///     thread: "worker 3".into(),
///     part: 0,
///     content: Content::Records,
/// };
/// let text = "build%2Eexample.4711-18f32c0000000000.3-worker%203.0.csv";
/// assert_eq!(name.to_string(), text);
/// assert_eq!(FileName::parse(text), Some(name));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileName {
    /// The name of the machine. One that was read from a file name may be only its beginning.
    pub host: String,
    /// The id of the process.
    pub pid: u32,
    /// A number that distinguishes this process from others that have the same id. On Linux it is
    /// [`process_start_ns`](super::process_start_ns), about the start of the process in nanoseconds since boot. A
    /// writer may use another number, such as the current time. No reader takes it for a time.
    pub process_start_ns: u64,
    /// The number of the lane within its process.
    pub lane: u32,
    /// The name of the thread, such as `main`, or `-` if it has none. Cut like the host.
    pub thread: String,
    /// 0, or 1, 2 ... for the later files of a lane.
    pub part: u32,
    /// The kind of rows in the file.
    pub content: Content,
}

/// The kind of rows in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Content {
    /// Spans, below [`HEADER`].
    #[default]
    Records,
    /// Samples of counters, below [`COUNTER_HEADER`].
    Counters,
    /// Attributes of spans, below [`ATTRIBUTE_HEADER`].
    Attributes,
}

impl Content {
    /// How many kinds there are.
    pub(crate) const COUNT: usize = 3;

    /// The first line of a file of this kind, with its line end.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Content::Records => HEADER,
            Content::Counters => COUNTER_HEADER,
            Content::Attributes => ATTRIBUTE_HEADER,
        }
    }
}

impl FileName {
    /// Reads the name of a file, without its directories. `.csv`, `.csv.gz` and `.csv.zst` may be in any case.
    ///
    /// `None` for a name that no recorder writes: such a file is a lane of its own.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut pieces = name.split('.');
        let mut piece = || pieces.next();
        let host = decode(piece()?)?;
        let (pid, process_start) = piece()?.split_once('-')?;
        let (lane, thread) = piece()?.split_once('-')?;
        let part = number(piece()?)?;
        let (content, ending) = match piece()? {
            "counters" => (Content::Counters, piece()?),
            "attributes" => (Content::Attributes, piece()?),
            ending => (Content::Records, ending),
        };
        let is_csv = ending.eq_ignore_ascii_case("csv");
        let is_whole = match piece() {
            None => true,
            Some(end) => {
                let is_compressed = end.eq_ignore_ascii_case("gz") || end.eq_ignore_ascii_case("zst");
                is_compressed && piece().is_none()
            }
        };
        let is_hex = process_start.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_csv && is_whole && is_hex).then_some(Self {
            host,
            pid: number(pid)?,
            process_start_ns: u64::from_str_radix(process_start, 16).ok()?,
            lane: number(lane)?,
            thread: decode(thread)?,
            part,
            content,
        })
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(&self.host, f)?;
        write!(f, ".{}-{:x}.{}-", self.pid, self.process_start_ns, self.lane)?;
        encode(&self.thread, f)?;
        write!(f, ".{}", self.part)?;
        f.write_str(match self.content {
            Content::Records => ".csv",
            Content::Counters => ".counters.csv",
            Content::Attributes => ".attributes.csv",
        })
    }
}

/// The maximum length of an encoded host or thread in bytes. So the whole name stays below the 255 that file systems
/// allow.
const ENCODED_LIMIT: usize = 60;

/// Writes as many characters of a name as fit, or `-` for an empty one.
fn encode(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if name.is_empty() {
        return f.write_str("-");
    }
    let mut length = 0;
    for character in name.chars() {
        let is_plain = is_plain(character);
        length += if is_plain { 1 } else { 3 * character.len_utf8() };
        if length > ENCODED_LIMIT {
            break;
        }
        if is_plain {
            write!(f, "{character}")?;
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                write!(f, "%{byte:02X}")?;
            }
        }
    }
    Ok(())
}

/// The inverse of [`encode`]. `None` for an empty text and for any other that `encode` never writes.
fn decode(text: &str) -> Option<String> {
    let mut name = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        name.push(match byte {
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            _ if is_plain(char::from(byte)) => byte,
            _ => return None,
        });
    }
    String::from_utf8(name).ok().filter(|name| !name.is_empty())
}

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// A decimal number, without the sign that `str::parse` would accept.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(host: &str, thread: &str) -> FileName {
        FileName {
            host: host.into(),
            pid: 1,
            process_start_ns: 255,
            lane: 2,
            thread: thread.into(),
            part: 0,
            content: Content::Records,
        }
    }

    #[test]
    fn names_are_encoded_and_cut_at_a_whole_character() {
        let twenty_escapes = "%2F".repeat(20);
        assert_eq!(named("h", &"/".repeat(30)).to_string(), format!("h.1-ff.2-{twenty_escapes}.0.csv"));
        // 59 bytes are used: neither of the two escapes that é needs fits into the last one.
        let almost_full = "x".repeat(59);
        assert_eq!(
            named("h", &format!("{almost_full}é")).to_string(),
            format!("h.1-ff.2-{almost_full}.0.csv")
        );
        assert_eq!(named("", "").to_string(), "-.1-ff.2--.0.csv");
    }

    #[test]
    fn gzipped_files_and_other_cases_are_the_same_lane() {
        for name in [
            "h.1-ff.2-t.0.csv",
            "h.1-FF.2-t.0.CSV",
            "h.1-ff.2-t.0.csv.gz",
            "h.1-ff.2-t.0.Csv.GZ",
            "h.1-ff.2-t.0.csv.zst",
        ] {
            assert_eq!(FileName::parse(name), Some(named("h", "t")), "{name}");
        }
    }

    #[test]
    fn foreign_names_are_none() {
        for name in [
            "",
            "x.csv",
            "download-4711.csv",
            "h.1-ff.2-t.0.txt",
            "h.1-ff.2-t.0.csv.zip",
            "h.1-ff.2-t.0.csv.gz.gz",
            "h.1-ff.2-t.0",
            "h.1-ff.2-t.0.counters",
            "h.1-ff.2-t.0.counters.counters.csv",
            "h.1-ff.2-t.0.counters.attributes.csv",
            "h.1-ff.2-t.0.Attributes.csv",
            "h.1-ff.2-t.counters.0.csv",
            "h.+1-ff.2-t.0.csv",
            "h.1-+f.2-t.0.csv",
            "h.1-.2-t.0.csv",
            "h.-1-ff.2-t.0.csv",
            "h.1-ff.2-.0.csv",
            ".1-ff.2-t.0.csv",
            "h.1-ff.2-%.0.csv",
            "h.1-ff.2-%4.0.csv",
            "h.1-ff.2-%FF.0.csv",
            "h.1-ff.2-a b.0.csv",
            "h.4294967296-ff.2-t.0.csv",
            "h.1-10000000000000000.2-t.0.csv",
            "é.1-ff.2-t.0.csv",
        ] {
            assert_eq!(FileName::parse(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_back(
            host in "\\PC{1,5}", thread in "\\PC{1,5}",
            pid: u32, process_start_ns: u64, lane: u32, part: u32, content in 0..3_usize,
        ) {
            let content = [Content::Records, Content::Counters, Content::Attributes][content];
            let name = FileName { host, pid, process_start_ns, lane, thread, part, content };
            prop_assert_eq!(FileName::parse(&name.to_string()), Some(name));
        }

        #[test]
        fn a_long_name_is_read_back_as_its_beginning(host in ".{1,200}", thread in ".{1,200}") {
            let text = named(&host, &thread).to_string();
            let read = FileName::parse(&text).unwrap();
            prop_assert!(host.starts_with(&read.host) && thread.starts_with(&read.thread));
            prop_assert!(text.len() <= 255 && text.is_ascii());
        }

        #[test]
        fn any_name_is_read_or_none(name in ".*") {
            let _ = FileName::parse(&name);
        }
    }
}
