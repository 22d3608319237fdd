//! The pages of several runs that one document has. It opens with one or two of them; the reader can choose others.
//!
//! Takes the report of each run. Reads, packs and drops one run after another, so that only their pages are in memory
//! together. The two runs that the document may open with have half of the detail each, and all others together have
//! one more; the room for attributes is shared in the same way.

use super::{ATTRIBUTES, Error, Made, Report};
use crate::reading::Loaded;

/// A run of a document of several.
#[derive(Debug, Clone)]
pub(crate) struct OneRun {
    /// What selects it in the address of the page: lower-case letters and digits.
    pub(crate) key: String,
    pub(crate) name: String,
    /// How long it took, and how it ended if it failed.
    pub(crate) summary: String,
    /// How to read it. Its output is ignored.
    pub(crate) report: Report,
}

impl OneRun {
    /// Reads the run and makes its page. `all` is the number of runs of the document, and `is_shown` says whether it
    /// opens with this one.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if it cannot be read.
    pub(crate) fn page(&self, all: usize, is_shown: bool) -> Result<(templates::Run, Loaded), Error> {
        let mut report = self.report.clone();
        let share = |whole: u64| share(whole, all as u64, is_shown);
        report.reading.detail = share(report.reading.detail);
        report.attributes = Some(share(report.attributes.unwrap_or(ATTRIBUTES)));
        let loaded = report.load()?;
        let Made { page, .. } = report.make(&loaded);
        let OneRun { key, name, summary, .. } = self.clone();
        Ok((templates::Run { key, name, summary, page }, loaded))
    }
}

/// The part of the detail that a run has.
fn share(whole: u64, all: u64, is_shown: bool) -> u64 {
    match all {
        0 | 1 => whole,
        _ if is_shown => whole / 2,
        _ => (whole / (all - 1)).min(whole / 2),
    }
}

/// A page without a run, for a document that has nothing to draw.
pub(crate) fn empty_page(title: String) -> templates::Page {
    let report = Report { title: Some(title), ..Report::default() };
    let page = report.make(&Loaded::empty()).page;
    templates::Page { summary: String::new(), figures: Vec::new(), ..page }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_at_most_twice_the_detail() {
        assert_eq!(share(1000, 1, true), 1000);
        for all in [2, 3, 5, 60] {
            let whole = 2 * share(1000, all, true) + (all - 2) * share(1000, all, false);
            assert!(whole <= 2000, "{all} runs: {whole}");
            assert_eq!(share(1000, all, true), 500);
        }
        assert_eq!([2, 3, 6].map(|all| share(1000, all, false)), [500, 500, 200]);
    }
}
