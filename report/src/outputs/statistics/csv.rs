//! Statistics as CSV for spreadsheets and programs: a row for each task, times in integer ns.
//!
//! RFC 4180. Columns are named like the keys of the JSON, except `quantiles_exact`: whether `quantile_error` is 0. The
//! parts of the self time have columns if a row has CPU time or waits, and `timings` has one if a row has any.
//! `by` is the name of the attribute in rows of spans that have it. A range has `from` and `to`, other values `value`;
//! of too many values there is only their number `more_than`. A name or a value that a spreadsheet would take for a
//! formula gets an apostrophe, as in the page's own CSV. A number such as -5 is no formula.

use csv::{Terminator, WriterBuilder};

use super::{Parted, Row, Statistics};
use crate::analysis::{Division, Split, Value};

const COLUMNS: [&str; 17] = [
    "group",
    "task",
    "count",
    "unfinished",
    "total_ns",
    "self_ns",
    "mean_ns",
    "sd_ns",
    "min_ns",
    "p50_ns",
    "p95_ns",
    "p99_ns",
    "max_ns",
    "rate_hz",
    "share",
    "quantiles_exact",
    "open_at_once",
];

/// Further columns if a row has CPU time or waits.
const COLUMNS_PARTED: [&str; 4] = ["on_cpu_ns", "wait_ns", "off_cpu_ns", "not_known_ns"];

/// A further column if a row has timings.
const COLUMN_TIMINGS: &str = "timings";

/// Further columns of the parts of a task.
const COLUMNS_BY: [&str; 5] = ["by", "value", "from", "to", "more_than"];

impl Statistics {
    /// The statistics as CSV: one header, then one row for each task, or for each part of a task.
    pub fn csv(&self) -> String {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        let written = "writing to memory works";
        let rows = self.rows();
        let Parted { has_cpu, has_wait } = Parted::of(&rows);
        let of_by: &[&str] = if self.by.is_some() { &COLUMNS_BY } else { &[] };
        let parted: &[&str] = if has_cpu || has_wait { &COLUMNS_PARTED } else { &[] };
        let has_timings = rows.iter().any(|row| row.figures.timings > 0);
        let timings: &[&str] = if has_timings { &[COLUMN_TIMINGS] } else { &[] };
        writer.write_record(COLUMNS.iter().chain(of_by).chain(parted).chain(timings)).expect(written);
        for Row { figures: row, part } in rows {
            let (group, task) = self.names(row);
            let optional = |ns: Option<i64>| ns.map_or(String::new(), |ns| ns.to_string());
            let durations = row.durations;
            let record = [
                harmless(group),
                harmless(task),
                row.count.to_string(),
                row.unfinished.to_string(),
                row.total_ns.to_string(),
                row.self_ns.to_string(),
                optional(durations.map(|of| of.mean_ns)),
                optional(durations.and_then(|of| of.sd_ns)),
                optional(durations.map(|of| of.min_ns)),
                optional(durations.map(|of| of.median_ns)),
                optional(durations.map(|of| of.p95_ns)),
                optional(durations.map(|of| of.p99_ns)),
                optional(durations.map(|of| of.max_ns)),
                row.rate(&self.overview).map_or(String::new(), |rate| rate.to_string()),
                row.share.to_string(),
                durations.is_none_or(|of| of.exact).to_string(),
                row.open_at_once.map_or(String::new(), |open| open.to_string()),
            ];
            let of_by = part.map(|(value, split)| cells(value, split));
            let parted = (!parted.is_empty()).then(|| cells_of(&row.division));
            let timings = has_timings.then(|| row.timings.to_string());
            let further = of_by.iter().flatten().chain(parted.iter().flatten()).chain(&timings);
            writer.write_record(record.iter().chain(further)).expect(written);
        }
        String::from_utf8(writer.into_inner().expect(written)).expect("names are UTF-8")
    }
}

/// The cells of [`COLUMNS_PARTED`].
fn cells_of(division: &Division) -> [String; 4] {
    let Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns } = division;
    [on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns].map(i128::to_string)
}

/// The cells of [`COLUMNS_BY`].
fn cells(value: &Value, split: &Split) -> [String; 5] {
    let mut cells = <[String; 5]>::default();
    cells[0] = if *value == Value::Without { String::new() } else { harmless(&split.name) };
    match value {
        Value::Text(text) => cells[1] = harmless(text),
        Value::Range(range) => (cells[2], cells[3]) = (range.from.to_string(), range.to.to_string()),
        Value::Others(_) | Value::Any => cells[4] = split.most.to_string(),
        Value::Without => {}
    }
    cells
}

/// A text on one line that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let is_number = || text.parse().is_ok_and(f64::is_finite);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number() { format!("'{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe_and_a_number_does_not() {
        for number in ["-5", "+1", "-1e-3", "-.5", "1e-3", "+0", "12 px"] {
            assert_eq!(harmless(number), number);
        }
        for formula in
            ["-5+2", "-A1", "+", "-", "--5", "-5 ", "-0x10", "-inf", "-1e999", "-5,5", "=1", "@a", "\t1"]
        {
            assert!(harmless(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(harmless("\r-5"), "' -5");
    }
}
