//! Tables for a terminal: columns of equal width, one line a row, none wider than the terminal.
//!
//! Takes texts, which may contain anything, and the width; gives lines. If the width is too small, it shortens the
//! first column, which names the rows, in the middle, and omits the least important columns. Does not know what the
//! figures mean.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::terminal;

/// How to see omitted columns, when nothing else shows them.
pub(crate) const WIDER: &str = "a wider terminal";
/// Between two columns.
const GAP: &str = "  ";
/// The first column keeps at least this width, or its own if less, until no column can be omitted.
const NAME_WIDTH: usize = 24;
/// The first column always keeps this width.
const LEAST_NAME_WIDTH: usize = 8;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    heading: &'static str,
    is_right: bool,
    /// Columns with the greatest rank are omitted first; those with 0 never.
    rank: u8,
}

impl Column {
    /// A column with left-aligned texts.
    pub(crate) const fn left(heading: &'static str, rank: u8) -> Column {
        Column { heading, is_right: false, rank }
    }

    /// A column with right-aligned texts, for figures.
    pub(crate) const fn right(heading: &'static str, rank: u8) -> Column {
        Column { heading, is_right: true, rank }
    }
}

/// A text in a table, and its style where there are colours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell { text: terminal::plain(text.as_ref()), style: Style::new() }
    }
}

impl Cell {
    pub(crate) fn styled(text: impl AsRef<str>, style: Style) -> Cell {
        Cell { style, ..Cell::from(text) }
    }
}

#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows; the first column names the rows. Without any heading, it has no heading line.
    pub(crate) fn new(columns: Vec<Column>) -> Table {
        Table { columns, rows: Vec::new() }
    }

    /// Adds a row, with one cell for each column.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }

    /// The lines, each with a line feed, then a line that lists omitted columns and says that `elsewhere` shows them.
    /// Without a width it omits none.
    pub(crate) fn text(self, width: Option<usize>, elsewhere: &str) -> String {
        let (mut lines, mut left_out) = self.fit(width);
        left_out.retain(|heading| !heading.is_empty());
        if !left_out.is_empty() {
            lines.push_str(&format!("columns not shown: {} (use {elsewhere})\n", left_out.join(", ")));
        }
        lines
    }

    /// The lines, and the headings of the omitted columns.
    fn fit(mut self, width: Option<usize>) -> (String, Vec<&'static str>) {
        if self.columns.iter().any(|column| !column.heading.is_empty()) {
            let bold = |column: &Column| Cell::styled(column.heading, Style::new().bold());
            self.rows.insert(0, self.columns.iter().map(bold).collect());
        }
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|column| self.rows.iter().map(|row| row[column].text.width()).max().unwrap_or(0))
            .collect();
        let mut left_out = Vec::new();
        if let Some(width) = width {
            let room = |widths: &[usize]| {
                width.saturating_sub(widths[1..].iter().map(|width| GAP.len() + width).sum())
            };
            while room(&widths) < widths[0].min(NAME_WIDTH)
                && let Some(least) = self.least()
            {
                left_out.push(self.columns.remove(least).heading);
                widths.remove(least);
                self.rows.iter_mut().for_each(|row| drop(row.remove(least)));
            }
            widths[0] = widths[0].min(room(&widths).max(LEAST_NAME_WIDTH));
        }
        let lines = self.rows.iter().map(|row| line(row, &self.columns, &widths));
        (lines.collect(), left_out)
    }

    /// The least important column; of several, the last.
    fn least(&self) -> Option<usize> {
        let ranked = (0..self.columns.len()).filter(|&column| self.columns[column].rank > 0);
        ranked.max_by_key(|&column| self.columns[column].rank)
    }
}

fn line(row: &[Cell], columns: &[Column], widths: &[usize]) -> String {
    let mut line = String::new();
    for (index, (cell, column)) in row.iter().zip(columns).enumerate() {
        let text = shortened(&cell.text, widths[index]);
        let blanks = " ".repeat(widths[index] - text.width());
        let styled = format!("{}{text}{:#}", cell.style, cell.style);
        line.push_str(if index > 0 { GAP } else { "" });
        match column.is_right {
            true => line.extend([blanks, styled]),
            false => line.extend([styled, blanks]),
        }
    }
    line.truncate(line.trim_end_matches(' ').len());
    line.push('\n');
    line
}

/// The text within `width` columns: omits characters in its middle.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let tail = fitting(text.chars().rev(), room / 2);
    let head = fitting(text.chars(), room - room / 2);
    let head: String = text.chars().take(head).collect();
    let tail: String = text.chars().skip(text.chars().count() - tail).collect();
    format!("{head}…{tail}")
}

/// How many of the first characters fit in `width` columns.
fn fitting(characters: impl Iterator<Item = char>, width: usize) -> usize {
    let mut taken = 0;
    characters
        .take_while(|character| {
            taken += character.width().unwrap_or(0);
            taken <= width
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(vec![
            Column::left("task", 0),
            Column::right("count", 0),
            Column::right("sd", 2),
            Column::right("max", 1),
        ]);
        table.push(["download / a name of some length", "7", "1.00 ms", "2.00 s"].map(Cell::from).into());
        table.push(["画像", "12,345", "-", "\u{1b}[31m"].map(Cell::from).into());
        table
    }

    #[track_caller]
    fn check(width: Option<usize>, expected: &str, left_out: &[&str]) {
        let (text, missing) = table().fit(width);
        let plain = text.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        assert_eq!(plain, expected);
        assert_eq!(missing, left_out);
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_letters() {
        check(
            None,
            "task                               count       sd         max\n\
             download / a name of some length       7  1.00 ms      2.00 s\n\
             画像                              12,345        -  \\u{1b}[31m\n",
            &[],
        );
    }

    #[test]
    fn where_there_is_no_room_names_are_shortened_and_columns_left_out() {
        check(
            Some(54),
            "task                        count       sd         max\n\
             download / a… some length       7  1.00 ms      2.00 s\n\
             画像                       12,345        -  \\u{1b}[31m\n",
            &[],
        );
        check(
            Some(32),
            "task                       count\n\
             download / a…some length       7\n\
             画像                      12,345\n",
            &["sd", "max"],
        );
        check(Some(5), "task       count\ndown…gth       7\n画像      12,345\n", &["sd", "max"]);
    }

    #[test]
    fn a_wide_character_is_never_cut_in_half() {
        assert_eq!(shortened("画像画像", 8), "画像画像");
        assert_eq!(shortened("画像画像", 7), "画…像");
        assert_eq!(shortened("abcdef", 4), "ab…f");
        assert_eq!(shortened("abc", 1), "…");
    }
}
