//! Left out: the events of a file that are not shown, by their kinds.
//!
//! Gives sentences for those that the format knows, and one problem for items that are no events of a known kind.

use std::collections::BTreeMap;

use crate::text::units::counted;

/// How many events are not shown.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    flows: u64,
    metadata: u64,
    /// Values of counters that are no numbers.
    texts: u64,
    /// By phase.
    others: BTreeMap<String, u64>,
    no_events: u64,
    /// The line of the first.
    first: Option<u64>,
}

impl LeftOut {
    /// Counts an event whose phase has no place in a chart of spans.
    pub(super) fn note(&mut self, ph: &str, line: u64) {
        match ph {
            "s" | "t" | "f" => self.flows += 1,
            // Objects, samples, memory dumps, marks of clocks, contexts.
            "N" | "O" | "D" | "P" | "v" | "V" | "c" | "(" | ")" => {
                *self.others.entry(ph.to_owned()).or_default() += 1;
            }
            _ => self.not_an_event(line),
        }
    }

    /// Counts a metadata event that names no process and no thread.
    pub(super) fn metadata(&mut self) {
        self.metadata += 1;
    }

    /// Counts values beside the numbers of a counter.
    pub(super) fn texts(&mut self, count: u64) {
        self.texts += count;
    }

    /// Counts an item that is no event, or one of an unknown phase.
    pub(super) fn not_an_event(&mut self, line: u64) {
        self.no_events += 1;
        self.first.get_or_insert(line);
    }

    /// What the file holds besides, in sentences.
    pub(super) fn facts(&self) -> Vec<String> {
        let mut facts = Vec::new();
        if self.flows > 0 {
            facts.push(format!("{}: counted, not drawn", counted(self.flows, "flow event")));
        }
        if !self.others.is_empty() {
            let phases: Vec<&str> = self.others.keys().map(String::as_str).collect();
            let count = self.others.values().sum();
            facts.push(format!("{} of phase {}: not read", counted(count, "event"), phases.join(", ")));
        }
        if self.metadata > 0 {
            facts.push(format!(
                "{} of other kinds than names and order: not read",
                counted(self.metadata, "metadata event")
            ));
        }
        if self.texts > 0 {
            facts.push(format!("{} of counters that are no numbers: not read", counted(self.texts, "value")));
        }
        facts
    }

    /// The problem with items that are no events, and the line of the first.
    pub(super) fn problem(&self) -> Option<(u64, String)> {
        let count = counted(self.no_events, "item");
        Some((
            self.first?,
            format!("{count} skipped, this is the first: no event, or one of an unknown phase `ph`"),
        ))
    }
}
