//! Statistics as CSV for spreadsheets and programs: a row for each task, times in integer ns.
//!
//! RFC 4180. Columns are named like the keys of the JSON, except `quantiles_exact`: whether `quantile_error` is 0.
//! A name that a spreadsheet would take for a formula gets an apostrophe, as in the page's own CSV.

use csv::{Terminator, WriterBuilder};

use super::Statistics;

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

impl Statistics {
    /// The statistics as CSV: one header, then one row for each task.
    pub fn csv(&self) -> String {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        let written = "writing to memory works";
        writer.write_record(COLUMNS).expect(written);
        for row in &self.tasks {
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
            writer.write_record(&record).expect(written);
        }
        String::from_utf8(writer.into_inner().expect(written)).expect("names are UTF-8")
    }
}

/// A name on one line that no spreadsheet takes for a formula.
fn harmless(name: &str) -> String {
    let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if name.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{line}") } else { line }
}
