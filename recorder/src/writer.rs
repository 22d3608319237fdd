//! A plain writer of record files, for programs that record without a [`Recorder`](crate::Recorder).
//!
//! It writes the same bytes in the same order as a Recorder does. The caller chooses the file name, the times and the
//! rows. Environment variables have no effect here: the caller reads them with [`switches`](crate::switches). Inside
//! is a journal that maps no file. Must not choose names.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use crate::format::{Content, FileName, Row, Stamp, Stamper};
use crate::journal::Journal;
use crate::process::Process;
use crate::record_file::{RecordFile, Target};

/// Writes one record file, counter file or attribute file.
///
/// A row is in the file when [`append`](Writer::append) returns, and survives `kill -9` of the process. If the system
/// refuses a row, for example because the disk is full, the file is cut back to the rows before it. The next row can
/// be written as if nothing had happened. Writing a row and then its end takes about 4.7 us together.
///
/// ```
/// use waterfall_recorder::format::{Content, FileName, Record, Row, Stamp};
/// use waterfall_recorder::writer::Writer;
///
/// # let directory = tempfile::tempdir()?;
/// # let dir = directory.path();
/// let name = FileName {
///     host: waterfall_recorder::host_name(),
///     pid: std::process::id(),
///     process_start_ns: 1_795_185_798_000_000_000,
///     lane: 0,
///     thread: "main".into(),
///     part: 0,
///     content: Content::Records,
/// };
/// let mut writer = Writer::create(dir, &name)?;
/// let start = Stamp::new(1_795_185_798_123_456_789, 480); // ns since 1970, minutes east of UTC
/// let row = Row::new(&Record { group: "build", task: "link", start, end: None, color: "" });
/// let link = writer.append_open(&row)?; // from now on an unfinished span
/// link.end(Stamp::new(1_795_185_799_000_000_000, 480))?;
/// # let text = std::fs::read_to_string(writer.path())?;
/// # let times = "2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:19.000000000+08:00";
/// # assert_eq!(text, format!("group,task,start,end,color\r\nbuild,link,{times},\r\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer {
    journal: Journal,
    content: Content,
}

/// A row whose end is blank. Call [`end`](OpenRow::end) to fill it in; otherwise the span stays unfinished.
#[must_use = "the span stays unfinished unless its end is filled in"]
#[derive(Debug)]
pub struct OpenRow {
    file: Arc<RecordFile>,
    row_at: u64,
    end_at: u64,
}

impl Writer {
    /// Creates a file with its header, and the directory if it is missing. Never overwrites a file.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` if there is a file of this name: try another lane or part. Any other error comes from the
    /// system, and no file is left behind.
    pub fn create(directory: impl AsRef<Path>, name: &FileName) -> io::Result<Self> {
        let target = Arc::new(Target::new(directory.as_ref(), false));
        let file = RecordFile::create_named(&target, name, Process::current())?;
        Ok(Self { journal: Journal::in_file(file)?, content: name.content })
    }

    /// Appends a row. Returns the offset of its first byte in the file, for
    /// [`Attribute::row`](crate::format::Attribute::row).
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a row of another kind than the file's, such as a sample in a record file. Any other error
    /// comes from the system. After an error the file is unchanged.
    pub fn append(&mut self, row: &Row) -> io::Result<u64> {
        if row.content() != self.content {
            return Err(ErrorKind::InvalidInput.into());
        }
        self.journal.make_room(row.length())?;
        Ok(self.journal.append(row)? - row.end_at() as u64)
    }

    /// Appends a row whose end is blank. The result fills it in later, on any thread.
    ///
    /// # Errors
    ///
    /// The errors of [`append`](Writer::append), and `InvalidInput` for a row that already has an end.
    pub fn append_open(&mut self, row: &Row) -> io::Result<OpenRow> {
        if !row.is_open() {
            return Err(ErrorKind::InvalidInput.into());
        }
        let row_at = self.append(row)?;
        Ok(OpenRow { file: self.journal.medium().clone(), row_at, end_at: row_at + row.end_at() as u64 })
    }

    /// The absolute path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.journal.medium().path()
    }
}

impl OpenRow {
    /// The offset of its first byte in the file, for [`Attribute::row`](crate::format::Attribute::row).
    #[must_use]
    pub fn row_at(&self) -> u64 {
        self.row_at
    }

    /// Fills in the end, which must not be before the start.
    ///
    /// # Errors
    ///
    /// Those of the system. The span then stays unfinished.
    pub fn end(self, end: Stamp) -> io::Result<()> {
        self.file.write_end(self.end_at, Stamper::default().stamp(end))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::format::{ATTRIBUTE_HEADER, Attribute, COUNTER_HEADER, HEADER, Record, Sample};

    fn writer(directory: &Path, content: Content) -> io::Result<Writer> {
        let (host, thread) = ("h".into(), "t".into());
        let name = FileName { host, pid: 1, process_start_ns: 2, lane: 3, thread, part: 4, content };
        Writer::create(directory, &name)
    }

    fn record(task: &str, end: Option<Stamp>) -> Row {
        Row::new(&Record { group: "g", task, start: Stamp::new(0, 0), end, color: "" })
    }

    fn sample(value: f64) -> Row {
        let mut row = Row::default();
        row.fill_sample(&Sample { group: "g", counter: "c", time: Stamp::new(0, 0), value });
        row
    }

    fn attribute(row: u64, value: &str) -> Row {
        let mut filled = Row::default();
        filled.fill_attribute(&Attribute { lane: 3, part: 4, row, start_ns: 0, name: "url", value });
        filled
    }

    fn text(writer: &Writer) -> String {
        fs::read_to_string(writer.path()).unwrap()
    }

    const START: &str = "1970-01-01T00:00:00.000000000+00:00";
    const LATER: &str = "1970-01-01T00:00:00.000000001+00:00";

    #[test]
    fn several_rows_can_be_open_and_end_in_any_order() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = writer(&directory.path().join("made/for/it"), Content::Records).unwrap();
        let outer = writer.append_open(&record("a, \"b\"", None)).unwrap();
        let inner = writer.append_open(&record("inner", None)).unwrap();
        writer.append(&record("instant", Some(Stamp::new(0, 0)))).unwrap();
        outer.end(Stamp::new(1, 0)).unwrap();
        let blank = " ".repeat(START.len());
        let rows = |inner: &str| {
            format!(
                "{HEADER}g,\"a, \"\"b\"\"\",{START},{LATER},\r\ng,inner,{START},{inner},\r\n\
                 g,instant,{START},{START},\r\n"
            )
        };
        assert_eq!(text(&writer), rows(&blank));
        std::thread::spawn(|| inner.end(Stamp::new(1, 0)).unwrap()).join().unwrap();
        assert_eq!(text(&writer), rows(LATER));
        assert_eq!(writer.path().file_name().unwrap(), "h.1-2.3-t.4.csv");
    }

    #[test]
    fn a_row_that_does_not_belong_there_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let invalid = |result: io::Result<u64>| {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidInput);
        };
        let mut records = writer(directory.path(), Content::Records).unwrap();
        invalid(records.append(&sample(1.0)));
        invalid(records.append(&attribute(0, "v")));
        invalid(records.append_open(&attribute(0, "v")).map(|open| open.row_at()));
        invalid(records.append_open(&record("ended", Some(Stamp::new(0, 0)))).map(|open| open.row_at()));
        assert_eq!(text(&records), HEADER);
        let mut attributes = writer(directory.path(), Content::Attributes).unwrap();
        invalid(attributes.append(&record("t", None)));
        invalid(attributes.append(&sample(1.0)));
        assert_eq!(text(&attributes), ATTRIBUTE_HEADER);
        let mut counters = writer(directory.path(), Content::Counters).unwrap();
        invalid(counters.append(&record("t", None)));
        invalid(counters.append(&attribute(0, "v")));
        invalid(counters.append_open(&sample(1.0)).map(|open| open.row_at()));
        counters.append(&sample(2.5)).unwrap();
        assert_eq!(text(&counters), format!("{COUNTER_HEADER}g,c,{START},2.5\r\n"));
    }

    #[test]
    fn attributes_name_their_row_by_its_offset() {
        let directory = tempfile::tempdir().unwrap();
        let mut records = writer(directory.path(), Content::Records).unwrap();
        let first_at = records.append(&record("a, \"b\"", Some(Stamp::new(1, 0)))).unwrap();
        let second = records.append_open(&record("t", None)).unwrap();
        assert_eq!(first_at, HEADER.len() as u64);
        assert!(text(&records)[second.row_at() as usize..].starts_with("g,t,"));
        let mut attributes = writer(directory.path(), Content::Attributes).unwrap();
        attributes.append(&attribute(first_at, "a,b")).unwrap();
        attributes.append(&attribute(second.row_at(), "c")).unwrap();
        let rows = format!("3,4,28,000000000,url,\"a,b\"\r\n3,4,{},000000000,url,c\r\n", second.row_at());
        assert_eq!(text(&attributes), format!("{ATTRIBUTE_HEADER}{rows}"));
        assert_eq!(attributes.path().file_name().unwrap(), "h.1-2.3-t.4.attributes.csv");
    }

    #[test]
    fn an_existing_file_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let first = writer(directory.path(), Content::Records).unwrap();
        let second = writer(directory.path(), Content::Records);
        assert_eq!(second.unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(text(&first), HEADER);
        // Another name would not help here.
        let no_directory = first.path().to_owned();
        let refused = writer(&no_directory, Content::Records).unwrap_err().kind();
        assert!(refused != ErrorKind::AlreadyExists && fs::read_to_string(no_directory).unwrap() == HEADER);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_not_a_directory() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("nowhere/at/all", &link).unwrap();
        assert_eq!(writer(&link, Content::Records).unwrap_err().kind(), ErrorKind::NotADirectory);
    }
}
