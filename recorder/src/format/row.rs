//! A row: one record, one sample of a counter, or one attribute of a span, as the bytes that go to the file.
//!
//! Takes the fields. Gives a line that ends in CRLF, the place of its `end` field, and the order in which to store
//! the bytes, so that the file is valid CSV whenever its writer is killed. A row can be filled again and again and
//! keeps its memory. Must not know files.

use std::convert::Infallible;
use std::fmt::{self, Display, Write};
use std::mem;

use super::stamp::{FRACTION_AT, Fraction};
use super::{BLANK_END, Content, NAME_LIMIT, STAMP_LENGTH, Stamp, Stamper, is_color_field};

/// The fields of a row of a record file.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The label of the Recorder.
    pub group: &'a str,
    /// What ran.
    pub task: &'a str,
    /// The start of the span.
    pub start: Stamp,
    /// The end of the span, or `None` while it runs.
    pub end: Option<Stamp>,
    /// `#rrggbb`, or [`WAIT`](super::WAIT) for a span that waits. Any other text is written as empty.
    pub color: &'a str,
}

/// The fields of a row of a counter file.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The label of the Recorder.
    pub group: &'a str,
    /// The name of the counter.
    pub counter: &'a str,
    /// When the counter got this value.
    pub time: Stamp,
    /// The value. Readers accept only a finite one.
    pub value: f64,
}

/// The fields of a row of an attribute file.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    /// The lane of the record file that holds the span.
    pub lane: u32,
    /// The part of that file.
    pub part: u32,
    /// The offset in that file of the first byte of the span's row, not compressed.
    pub row: u64,
    /// The start of the span as in its row: only the nanoseconds within the second, below 1,000,000,000.
    pub start_ns: u32,
    /// The name of the attribute.
    pub name: &'a str,
    /// Its value.
    pub value: &'a str,
}

/// The bytes of a row, with its line end.
///
/// Keep a row and fill it again: with the same names and within the same second only nine digits change.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The row, with spaces for the nine digits of the fraction: that of the start, or of a sample's time.
    bytes: Vec<u8>,
    content: Content,
    fraction_at: usize,
    fraction: Fraction,
    end_at: usize,
    /// The places of the quotes around the two texts, if there are any.
    quotes: [Option<(usize, usize)>; 2],
    is_quoted: bool,
    /// What the first two steps store of a row with quotes, see [`Row::store_with`].
    without_quotes: Vec<u8>,
    without_commas: Vec<u8>,
    cut_names: u32,
    is_value_cut: bool,
    /// The ends of the two names. `Some` if the next record can repeat the row except for the fraction.
    names: Option<(usize, usize)>,
    /// The numbers of an attribute. The next one often is of the same file, or of the same row.
    numbers: Option<Numbers>,
    stamper: Stamper,
}

/// The numbers that an attribute begins with, and where they end.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    /// Lane and part.
    file: (u32, u32),
    file_end: usize,
    /// Its offset and the fraction of its start.
    row: (u64, u32),
    row_end: usize,
}

impl Row {
    /// The maximum length of a row in bytes: both names consist of quotes, which are doubled. The rows of samples and
    /// attributes are shorter.
    pub const MAX_LENGTH: usize =
        2 * (2 * NAME_LIMIT + 2) + 2 * STAMP_LENGTH + "#rrggbb".len() + ",,,,\r\n".len();

    /// Makes the row of a record in about 100 ns. [`Row::fill`] takes 10 to 30 ns, once the row has its memory.
    #[must_use]
    pub fn new(record: &Record<'_>) -> Self {
        let mut row = Self::default();
        row.fill(record);
        row
    }

    /// An empty row with memory for the longest one.
    pub(crate) fn with_memory() -> Self {
        Self { bytes: Vec::with_capacity(Self::MAX_LENGTH), ..Self::default() }
    }

    /// Makes this the row of a record. Long names are cut: see [`Row::cut_names`].
    #[inline]
    pub fn fill(&mut self, record: &Record<'_>) {
        match self.stamper.fraction_ns(record.start) {
            Some(fraction_ns) if self.repeats(record) => self.fraction = Fraction::new(fraction_ns),
            _ => self.fill_anew(record),
        }
    }

    /// Makes this the row of a sample. Its value is written so that reading it gives the same `f64`.
    pub fn fill_sample(&mut self, sample: &Sample<'_>) {
        self.begin(Content::Counters, 0);
        self.push_names(sample.group, sample.counter);
        self.push_start(sample.time);
        self.push(b",");
        let _ = write!(Text(&mut self.bytes), "{:?}", sample.value); // never fails
        self.push(b"\r\n");
        self.names = None;
        self.finish();
    }

    /// Makes this the row of an attribute. A long name or value is cut: see [`Row::cut_names`] and
    /// [`Row::is_value_cut`].
    pub fn fill_attribute(&mut self, attribute: &Attribute<'_>) {
        self.fill_attribute_with(attribute, &attribute.value);
        self.finish();
    }

    /// [`fill_attribute`](Self::fill_attribute) with another value, which is formatted into the row. If its `Display`
    /// gives up, the text until then is the value. [`finish`](Self::finish) the row before it is written.
    ///
    /// Allocates nothing if the row was made [`with_memory`](Self::with_memory).
    pub(crate) fn fill_attribute_with(&mut self, attribute: &Attribute<'_>, value: &dyn Display) {
        let mut numbers = Numbers {
            file: (attribute.lane, attribute.part),
            file_end: 0,
            row: (attribute.row, attribute.start_ns),
            row_end: 0,
        };
        if let Some(last) = self.numbers.filter(|last| last.file == numbers.file) {
            numbers.file_end = last.file_end;
            numbers.row_end = if last.row == numbers.row { last.row_end } else { 0 };
        }
        self.begin(Content::Attributes, numbers.file_end.max(numbers.row_end));
        if numbers.file_end == 0 {
            self.push_number(attribute.lane.into());
            self.push_number(attribute.part.into());
            numbers.file_end = self.bytes.len();
        }
        if numbers.row_end == 0 {
            self.push_number(attribute.row);
            self.push(&Fraction::new(attribute.start_ns % 1_000_000_000).to_bytes());
            self.push(b",");
            numbers.row_end = self.bytes.len();
        }
        self.numbers = Some(numbers);
        self.cut_names = self.push_text(attribute.name, 0).into();
        self.push(b",");
        let value_at = self.bytes.len();
        let mut text = Value { row: self, value_at, is_plain: true };
        let _ = write!(text, "{value}"); // fails only where the `Display` does
        if !text.is_plain {
            self.quote_unusual(value_at, 1);
        }
        self.push(b"\r\n");
    }

    /// Makes the copies from which a row with quotes is stored.
    #[inline]
    pub(crate) fn finish(&mut self) {
        if self.is_quoted {
            self.copy_for_quotes();
        }
    }

    /// Copies the bytes of the row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        self.put_fraction(&mut bytes);
        bytes
    }

    /// The length in bytes.
    #[inline]
    #[must_use]
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// The offset of the 35 bytes of the `end` field in the row, or 0 for a row without such a field.
    #[inline]
    #[must_use]
    pub fn end_at(&self) -> usize {
        self.end_at
    }

    /// The kind of file that it belongs to.
    pub(crate) fn content(&self) -> Content {
        self.content
    }

    /// Whether its end is blank.
    pub(crate) fn is_open(&self) -> bool {
        self.end_at > 0 && self.bytes[self.end_at] == b' '
    }

    /// How many names were cut because they were longer than [`NAME_LIMIT`]: of a record or a sample up to two.
    #[inline]
    #[must_use]
    pub fn cut_names(&self) -> u32 {
        self.cut_names
    }

    /// Whether the value of an attribute was cut because it was longer than [`NAME_LIMIT`].
    #[inline]
    #[must_use]
    pub fn is_value_cut(&self) -> bool {
        self.is_value_cut
    }

    /// Appends the row to a file by calls of `write(offset within the row, bytes)`.
    ///
    /// A row without quotes takes one call, because the end of a file moves only when its bytes are there. A row with
    /// quotes takes those of [`Row::store_with`].
    pub(crate) fn append_with<E>(
        &self,
        mut write: impl FnMut(usize, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.is_quoted {
            return self.store_quoted_with(&mut write);
        }
        let mut line = [0; Self::MAX_LENGTH]; // on the stack: recording allocates nothing
        let line = &mut line[..self.bytes.len()];
        line.copy_from_slice(&self.bytes);
        self.put_fraction(line);
        write(0, line)
    }

    /// Stores the row over a fill of `\n` by calls of `store(offset within the row, bytes)`.
    ///
    /// Wherever that is cut short, the file is valid CSV and nothing looks like a row that is not one: between two
    /// calls, or within one, whatever part of its bytes has arrived. If `store` goes from left to right, at most one
    /// line is left.
    ///
    /// A row without quotes is stored from left to right. A row with quotes is stored in five steps:
    ///
    /// 1. The row as a line that is no row: a space for each quote and each quoted comma, and `\n` for the `\r`.
    /// 2. The quotes inside each quoted field and the closing one. They mean nothing, because the field does not begin
    ///    with a quote.
    /// 3. The opening quotes.
    /// 4. The commas inside the quotes.
    /// 5. The `\r`, which makes it a row. Nobody may see it before the rest.
    ///
    /// # Errors
    ///
    /// The first error of `store`. Nothing is stored after it.
    #[doc(hidden)] // for the bench's floor; the format specifies the order
    #[inline]
    pub fn store_with<E>(&self, mut store: impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.is_quoted {
            return self.store_quoted_with(&mut store);
        }
        let commit_at = self.bytes.len() - 2;
        if self.content == Content::Attributes {
            store(0, &self.bytes[..commit_at])?;
            return store(commit_at, b"\r");
        }
        store(0, &self.bytes[..self.fraction_at])?;
        self.fraction.store_with(self.fraction_at, &mut store)?;
        let rest_at = self.fraction_at + Fraction::LENGTH;
        store(rest_at, &self.bytes[rest_at..commit_at])?;
        store(commit_at, b"\r")
    }

    #[cold]
    fn store_quoted_with<E>(&self, store: &mut impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let quoted = || self.quotes.iter().flatten().copied();
        store(0, &self.without_quotes)?;
        for (opening, closing) in quoted() {
            store(opening + 1, &self.without_commas[opening + 1..=closing])?;
        }
        for (opening, _) in quoted() {
            store(opening, b"\"")?;
        }
        for (opening, closing) in quoted() {
            store(opening + 1, &self.bytes[opening + 1..closing])?;
        }
        store(self.bytes.len() - 2, b"\r")
    }

    #[cold]
    fn copy_for_quotes(&mut self) {
        let mut line = mem::take(&mut self.without_quotes);
        for copy in [&mut line, &mut self.without_commas] {
            copy.clear();
            copy.reserve(Self::MAX_LENGTH); // once
            copy.extend_from_slice(&self.bytes);
        }
        self.put_fraction(&mut line);
        let commit_at = line.len() - 2;
        line[commit_at] = b'\n';
        for &(opening, closing) in self.quotes.iter().flatten() {
            blank(&mut line[opening..=closing], b"\",");
            blank(&mut self.without_commas[opening..=closing], b",");
        }
        self.without_quotes = line;
    }

    fn put_fraction(&self, bytes: &mut [u8]) {
        if self.bytes.is_empty() || self.content == Content::Attributes {
            return; // never filled, or without
        }
        let Ok(()) = self.fraction.store_with(self.fraction_at, |at, digits| {
            bytes[at..at + digits.len()].copy_from_slice(digits);
            Ok::<_, Infallible>(())
        });
    }

    /// Whether a record of the same second differs from the last one only in its fraction.
    #[inline]
    fn repeats(&self, record: &Record<'_>) -> bool {
        let Some((first_end, second_end)) = self.names else { return false };
        record.end.is_none()
            && self.color().is_some_and(|color| is_same(color, record.color.as_bytes()))
            && self.bytes.get(..first_end).is_some_and(|group| is_same(group, record.group.as_bytes()))
            && (self.bytes.get(first_end + 1..second_end))
                .is_some_and(|task| is_same(task, record.task.as_bytes()))
    }

    /// The last field of a record.
    #[inline]
    fn color(&self) -> Option<&[u8]> {
        self.bytes.get(self.end_at + STAMP_LENGTH + 1..self.bytes.len() - 2)
    }

    #[inline(never)] // so that the fast case does not save registers for it
    fn fill_anew(&mut self, record: &Record<'_>) {
        self.begin(Content::Records, 0);
        self.push_names(record.group, record.task);
        self.push_start(record.start);
        self.push(b",");
        self.end_at = self.bytes.len();
        match record.end {
            Some(end) => {
                let end = self.stamper.stamp(end).to_bytes();
                self.push(&end);
            }
            None => self.push(&BLANK_END),
        }
        self.push(b",");
        if is_color_field(record.color) {
            self.push(record.color.as_bytes());
        }
        self.push(b"\r\n");
        self.finish();
        if record.end.is_some() || self.is_quoted || self.cut_names > 0 {
            self.names = None;
        }
    }

    /// Cuts the row to a beginning that it has in common with the next one.
    fn begin(&mut self, content: Content, kept: usize) {
        self.bytes.truncate(kept);
        self.content = content;
        (self.end_at, self.cut_names, self.is_value_cut) = (0, 0, false);
        (self.quotes, self.is_quoted, self.names, self.numbers) = ([None; 2], false, None, None);
    }

    /// Appends the two names that a row begins with.
    fn push_names(&mut self, group: &str, name: &str) {
        self.cut_names += u32::from(self.push_text(group, 0));
        let first_end = self.bytes.len();
        self.push(b",");
        self.cut_names += u32::from(self.push_text(name, 1));
        self.names = Some((first_end, self.bytes.len()));
    }

    /// Appends a comma and a stamp.
    fn push_start(&mut self, start: Stamp) {
        let text = self.stamper.stamp(start);
        self.bytes.push(b',');
        self.fraction_at = self.bytes.len() + FRACTION_AT;
        self.bytes.extend_from_slice(text.second());
        self.fraction = text.fraction();
    }

    /// Appends the decimal digits of a number, and a comma.
    fn push_number(&mut self, number: u64) {
        let (above, last) = (number / 1_000_000_000, (number % 1_000_000_000) as u32);
        let mut zeros = 0;
        if above > 0 {
            self.push_number(above);
            self.bytes.pop(); // the comma
        } else {
            zeros = Fraction::LENGTH - 1 - last.checked_ilog10().unwrap_or(0) as usize;
        }
        self.push(&Fraction::new(last).to_bytes()[zeros..]);
        self.push(b",");
    }

    /// Appends a text as a field, the first or the second one that may need quotes. Returns whether it was cut.
    #[inline]
    fn push_text(&mut self, text: &str, place: usize) -> bool {
        let kept = if text.len() <= NAME_LIMIT { text } else { cut(text, NAME_LIMIT) };
        let at = self.bytes.len();
        self.push(kept.as_bytes());
        if !is_plain(kept.as_bytes()) {
            self.quote_unusual(at, place);
        }
        kept.len() < text.len()
    }

    /// Makes a field of the text from an offset to the end of the row. Replaces control characters by spaces. If there
    /// are commas or quotes, puts quotes around the text.
    #[cold]
    fn quote_unusual(&mut self, at: usize, place: usize) {
        blank_controls(&mut self.bytes, at);
        let text = &self.bytes[at..];
        let quotes = text.iter().filter(|&&byte| byte == b'"').count();
        if quotes == 0 && !text.contains(&b',') {
            return;
        }
        let text_end = self.bytes.len();
        let closing = text_end + quotes + 1;
        self.bytes.resize(closing + 1, b'"');
        // From the end, so that nothing is overwritten before it has moved.
        let (mut from, mut to) = (text_end, closing);
        while from > at {
            (from, to) = (from - 1, to - 1);
            self.bytes[to] = self.bytes[from];
            if self.bytes[from] == b'"' {
                to -= 1;
                self.bytes[to] = b'"';
            }
        }
        self.bytes[at] = b'"';
        self.quotes[place] = Some((at, closing));
        self.is_quoted = true;
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

/// Whether a text consists of ASCII characters that need no quotes and no replacement, so that its bytes are its field.
///
/// Takes eight bytes at once. The last eight, or both fours of a shorter text, may overlap the ones before.
#[inline]
fn is_plain(text: &[u8]) -> bool {
    let words = text.chunks_exact(8).filter_map(|bytes| bytes.first_chunk());
    let mut unusual = words.fold(0, |found, &bytes| found | unusual_bytes(u64::from_le_bytes(bytes)));
    match (text.last_chunk::<8>(), text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(&last), ..) => unusual |= unusual_bytes(u64::from_le_bytes(last)),
        (None, Some(&first), Some(&last)) => {
            let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(half)));
            unusual |= unusual_bytes(first | last << 32);
        }
        _ => return text.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b',')),
    }
    unusual == 0
}

/// Not 0 if a byte of a word is not from ` ` to `~`, or is `"` or `,`.
///
/// Each term sets the first bit of such a byte: it is beyond ASCII, DEL plus 1, a control character minus 32, or 0
/// minus 1. A carry or borrow reaches another byte only from a byte that is unusual itself.
#[inline]
fn unusual_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let each = |byte: u8| ONES * u64::from(byte);
    let is = |byte: u8| (word ^ each(byte)).wrapping_sub(ONES);
    let beyond = word | word.wrapping_add(ONES) | word.wrapping_sub(each(b' '));
    (beyond | is(b'"') | is(b',')) & each(0x80)
}

/// Whether two texts are equal. Empty ones and those of 4 to 16 bytes, like most names, need no call: their first and
/// last bytes, which overlap, are compared.
#[inline]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    fn ends<const N: usize>(text: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((text.first_chunk()?, text.last_chunk()?))
    }
    a.len() == b.len()
        && match a.len() {
            8..=16 => ends::<8>(a) == ends(b),
            4..=7 => ends::<4>(a) == ends(b),
            0 => true,
            _ => a == b,
        }
}

/// As many whole characters of a text as fit.
#[inline]
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Takes the text of a value as the end of a row, up to the limit.
///
/// Looks at each text before it copies it, because the processor waits where it loads bytes that it has just stored in
/// other pieces.
struct Value<'a> {
    row: &'a mut Row,
    value_at: usize,
    is_plain: bool,
}

impl Write for Value<'_> {
    /// Never fails: a `Display` might panic then.
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let Self { row: Row { bytes, is_value_cut, .. }, value_at, is_plain: is_all_plain } = self;
        let room = NAME_LIMIT - (bytes.len() - *value_at);
        let kept = if *is_value_cut { "" } else { cut(text, room) };
        *is_value_cut |= kept.len() < text.len();
        *is_all_plain &= is_plain(kept.as_bytes());
        bytes.extend_from_slice(kept.as_bytes());
        Ok(())
    }
}

/// Takes formatted text.
struct Text<'a>(&'a mut Vec<u8>);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Replaces each control character of the UTF-8 text from an offset to the end by a space.
fn blank_controls(bytes: &mut Vec<u8>, at: usize) {
    let (mut from, mut to) = (at, at);
    while from < bytes.len() {
        let (byte, length) = match (bytes[from], bytes.get(from + 1)) {
            (0..b' ' | 0x7f, _) => (b' ', 1),
            (0xc2, Some(0x80..=0x9f)) => (b' ', 2), // U+0080 to U+009F
            (byte, _) => (byte, 1),
        };
        bytes[to] = byte;
        (from, to) = (from + length, to + 1);
    }
    bytes.truncate(to);
}

/// Replaces each of some bytes by a space.
fn blank(text: &mut [u8], blanked: &[u8]) {
    text.iter_mut().filter(|byte| blanked.contains(byte)).for_each(|byte| *byte = b' ');
}

#[cfg(test)]
mod tests;
