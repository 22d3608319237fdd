//! The page of `waterfall`: a [`Page`] value in, one self-contained HTML document out.
//!
//! Knows no trace, no file and no clock: what it shows was computed elsewhere. Everything that came from
//! a user is escaped by askama in the markup, by [`Data`]'s serialisation in the script elements.
#![forbid(unsafe_code)]

mod assets;
mod chunk;
mod data;
mod inert;
mod names;

use std::fmt;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use assets::{IMPORTS, PLOTLY, STYLE};
pub use chunk::Chunk;
pub use data::{
    Bins, Counter, Data, Finding, Key, Lane, Ledger, LedgerTask, Process, Raster, Series, Task, Track, Zone,
};
use inert::Inert;
pub use names::shown;

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct Page {
    /// The report's name: the tab's title and the page's heading.
    pub title: String,
    /// When the trace began, with its zone, for people: `2026-11-20 22:43:18 +08:00`.
    pub began: String,
    /// What was read, for people: `7 processes, 50 spans, 2 unfinished`.
    pub summary: String,
    /// The figures over the chart, in order.
    pub figures: Vec<Figure>,
    /// Where the time went: at most five sentences, plain text in which names are as [`shown`] gives them.
    /// [`Data::findings`] shows each in the chart.
    pub findings: Vec<String>,
    /// The counters in words, a line each, in which names are as [`shown`] gives them: [`Data::counters`] are
    /// drawn, which not everyone sees.
    pub counters: Vec<String>,
    /// What was assumed, left out or summarised: one line each, under the figures.
    pub notes: Vec<String>,
    /// The first problems met while reading, in the order of their places.
    pub problems: Vec<Problem>,
    /// How many problems were met in all; at least `problems.len()`.
    pub problem_count: u64,
    /// What the scripts draw.
    pub data: Data,
    /// What each lane did in each of equal bins, as [`Data::raster`] says.
    pub raster: Chunk,
    /// The spans, as each lane's [`Track`]s say: all columns of a track are in one chunk.
    pub rows: Vec<Chunk>,
    /// The samples, as each counter's [`Series`] says: both columns of a series are in one chunk.
    pub samples: Vec<Chunk>,
}

/// One figure over the chart.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What it is: `wall time`.
    pub label: String,
    /// The figure with its unit: `4.21 s`.
    pub value: String,
    /// How it is defined, shown on hover: `last end less first start`.
    pub hint: String,
}

/// Something that was met while reading.
#[derive(Debug, Clone)]
pub struct Problem {
    /// File and line: `a/b.csv:118`.
    pub place: String,
    /// What was wrong there and what was done about it.
    pub message: String,
}

impl Page {
    /// How many problems were met but are not in the list.
    fn unlisted(&self) -> u64 {
        self.problem_count.saturating_sub(self.problems.len() as u64)
    }
}

/// The page as one HTML document, which needs nothing but itself. The same `page` gives the same bytes.
///
/// Beside the document itself, costs the length of [`Page::data`] as JSON in memory while it runs.
pub fn render(page: &Page) -> String {
    let mut document = Document {
        page,
        policy: String::new(),
        nonce: String::new(),
        style: Inert::constant(STYLE),
        data: Inert::json(&page.data),
        raster: &Chunk::default(),
        imports: Inert::json(&*IMPORTS),
        plotly: Inert::empty(),
        rows: &[],
        samples: &[],
    };
    let mut markup = Markup::default();
    document.render_into(&mut markup).expect(WRITTEN);
    let len = markup.len;
    document.nonce = markup.nonce();
    document.policy = policy(&document.nonce);
    document.plotly = Inert::constant(PLOTLY);
    (document.raster, document.rows, document.samples) = (&page.raster, &page.rows, &page.samples);
    let mut html = String::with_capacity(len + document.left_out());
    document.render_into(&mut html).expect(WRITTEN);
    html
}

const WRITTEN: &str = "writing to memory cannot fail";

/// What page.html is filled with.
#[derive(Template)]
#[template(path = "page.html")]
struct Document<'a> {
    page: &'a Page,
    policy: String,
    nonce: String,
    style: Inert,
    data: Inert,
    raster: &'a Chunk,
    imports: Inert,
    plotly: Inert,
    rows: &'a [Chunk],
    samples: &'a [Chunk],
}

impl Document<'_> {
    /// At most how many bytes more it has than [`Markup`] saw of it.
    fn left_out(&self) -> usize {
        const ELEMENT: usize = 128; // around a chunk
        const NONCES: usize = 512; // and the policy
        let chunks = self.rows.iter().chain(self.samples).chain([self.raster]);
        NONCES + self.plotly.len() + chunks.map(|chunk| chunk.text_len() + ELEMENT).sum::<usize>()
    }
}

/// All that a user could have put into the page as text: whoever wants to write the nonce into a name would have
/// to know the hash of the text that holds it. Chunks are left out, since base64 is no markup.
#[derive(Default)]
struct Markup {
    hash: Sha256,
    len: usize,
}

impl fmt::Write for Markup {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.hash.update(text);
        self.len += text.len();
        Ok(())
    }
}

impl Markup {
    fn nonce(self) -> String {
        STANDARD.encode(&self.hash.finalize()[..18])
    }
}

/// No network, no script but those with the nonce and what they load themselves (plotly.js, from a blob).
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'unsafe-inline'; \
         img-src data: blob:; worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
}

/// `1,204`.
fn thousands(count: &u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</script></title><img src=x onerror=alert(1)> & \"q\" <!-- \u{202e}";

    fn page(name: &str) -> Page {
        Page {
            title: name.to_owned(),
            began: "2026-11-20 22:43:18 +08:00".to_owned(),
            summary: "1 process, 1 span, 0 unfinished".to_owned(),
            figures: vec![Figure {
                label: "wall time".to_owned(),
                value: "4.21 s".to_owned(),
                hint: name.to_owned(),
            }],
            findings: vec![name.to_owned()],
            counters: vec![name.to_owned()],
            notes: vec![name.to_owned()],
            problems: vec![Problem { place: name.to_owned(), message: name.to_owned() }],
            problem_count: 1204,
            data: Data {
                origin_ns: "1795185798123456789".to_owned(),
                wall_ns: 10,
                zone: Zone { name: "UTC".to_owned(), offsets: vec![(0, 0)] },
                duration_only: false,
                names: vec!["group".to_owned(), name.to_owned()],
                keys: vec![Key { group: 0, task: 1, color: None }],
                processes: vec![Process {
                    label: name.to_owned(),
                    id: "1".to_owned(),
                    title: name.to_owned(),
                }],
                lanes: vec![Lane {
                    process: 0,
                    label: name.to_owned(),
                    title: name.to_owned(),
                    exact: true,
                    summarised: false,
                    tracks: vec![Track { count: 1, gap: 0, duration: 1, key: 0, open: false }],
                }],
                row_chunks: vec![1],
                raster: Raster { first_ns: 0, width_ns: 16, count: 1, key_bytes: 1 },
                concurrency: Bins { first_ns: 0, width_ns: 16, busy_ns: vec![10] },
                counters: vec![Counter {
                    group: name.to_owned(),
                    name: name.to_owned(),
                    series: vec![Series { process: 0, count: 2, first_ns: -5, gap: 1 }],
                }],
                sample_chunks: vec![1],
                counting: vec![name.to_owned()],
                more_counters: 0,
                tasks: vec![],
                ledger: Ledger {
                    total_ns: 10,
                    tasks: vec![],
                    idle_before_ns: 0,
                    idle_between_ns: 0,
                    idle_after_ns: 0,
                    unfinished_ns: 10,
                },
                findings: vec![Finding { window: (0, 10), selected: None, pinned: Some((0, 0, 0)) }],
            },
            raster: Chunk(vec![1, 2, 3, 4]),
            rows: vec![Chunk(vec![255; 5]), Chunk(Vec::new())],
            samples: vec![Chunk(b"<!--</script>".to_vec())],
        }
    }

    /// What stands between two texts that occur once.
    fn between<'a>(html: &'a str, before: &str, after: &str) -> &'a str {
        let (_, rest) = html.split_once(before).expect(before);
        rest.split_once(after).expect(after).0
    }

    #[test]
    fn the_same_page_gives_the_same_bytes() {
        assert_eq!(render(&page("a")), render(&page("a")));
    }

    #[test]
    fn names_add_no_element_to_the_page() {
        let tags = |html: &str| html.matches('<').count();
        let hostile = render(&page(HOSTILE));
        assert_eq!(tags(&hostile), tags(&render(&page("a"))));
        assert!(!hostile.contains("<img"));
    }

    #[test]
    fn names_read_back_from_the_data_as_they_were() {
        let html = render(&page(HOSTILE));
        let json = between(&html, r#"id="data">"#, "</script>");
        let data: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(data["names"][1], HOSTILE);
        assert_eq!(data["counters"][0]["name"], HOSTILE);
    }

    #[test]
    fn chunks_read_back_from_elements_of_their_own() {
        let page = page("a");
        let html = render(&page);
        let read =
            |id: &str| STANDARD.decode(between(&html, &format!(r#"id="{id}">"#), "</script>")).unwrap();
        assert_eq!(read("raster"), page.raster.0);
        assert_eq!([read("rows-0"), read("rows-1")], [&*page.rows[0].0, &*page.rows[1].0]);
        assert_eq!(read("samples-0"), page.samples[0].0);
    }

    #[test]
    fn the_document_is_allocated_once() {
        let mut page = page("a");
        page.rows = vec![Chunk(vec![7; 300]); 50];
        let html = render(&page);
        assert!(html.capacity() - html.len() < 16 * 1024, "{} of {}", html.len(), html.capacity());
        assert!(html.len() > 50 * 400);
    }

    #[test]
    fn the_policy_allows_no_network_and_the_page_holds_no_address() {
        let html = render(&page("a"));
        let policy = between(&html, r#"Content-Security-Policy" content=""#, r#"">"#);
        let nonce = between(&html, r#"<script type="importmap" nonce=""#, r#"">"#);
        // askama writes quotes as character references, the browser reads them back.
        let policy = policy.replace("&#39;", "'").replace("&#43;", "+");
        let expected = format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'unsafe-inline'; \
             img-src data: blob:; worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
        );
        assert_eq!(policy, expected);
        assert_eq!(nonce.len(), 24);
        assert!(!html.contains("http://") && !html.contains("https://"));
    }

    #[test]
    fn the_nonce_depends_on_everything_that_a_user_put_in() {
        let base = page("a");
        let nonce = |page: &Page| {
            let html = render(page);
            between(&html, r#"<script type="importmap" nonce=""#, r#"">"#).to_owned()
        };
        let changes: [fn(&mut Page); 7] = [
            |page| page.title.push('x'),
            |page| page.findings[0].push('x'),
            |page| page.counters[0].push('x'),
            |page| page.notes[0].push('x'),
            |page| page.problems[0].message.push('x'),
            |page| page.data.names[1].push('x'),
            |page| page.data.lanes[0].title.push('x'),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut changed = base.clone();
            change(&mut changed);
            assert_ne!(nonce(&changed), nonce(&base), "change {index}");
        }
    }

    #[test]
    fn problems_are_counted_and_listed() {
        let html = render(&page("a"));
        assert!(html.contains("! 1,204 problems</a>"));
        assert!(html.contains("the first 1 are listed"));
        let mut one = page("a");
        one.problem_count = 1;
        assert!(render(&one).contains("! 1 problem</a>"));
        let mut none = page("a");
        none.problem_count = 0;
        assert!(!render(&none).contains("href=\"#problems\""));
    }

    #[test]
    fn thousands_are_set_apart() {
        let texts: Vec<_> = [0, 999, 1000, 1_234_567].iter().map(thousands).collect();
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
    }
}
