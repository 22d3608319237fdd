//! The document: a page, or one of several runs, as HTML.
//!
//! askama escapes user text in the markup, and the serialisation of the data escapes it in the script elements.

use std::iter;

use askama::Template;

use crate::assets::{IMPORTS, PLOTLY, STYLE};
use crate::chunk::Chunk;
use crate::comparison::Compared;
use crate::inert::Inert;
use crate::nonce::{Markup, policy};
use crate::page::Page;
use crate::runs::{Run, Runs};

/// Renders a page as one self-contained HTML document. The same `page` gives the same bytes.
///
/// Needs memory for the document and for [`Page::data`] as JSON.
pub fn render(page: &Page) -> String {
    document(Content::outline(page), None, Vec::new(), Vec::new())
}

/// Renders several runs as one self-contained HTML document, like [`render`].
///
/// # Panics
///
/// If [`Runs::shown`] is empty, or has an index of none of [`Runs::runs`].
pub fn render_runs(runs: &Runs) -> String {
    let outline = |index: &usize| Content::of(&runs.runs[*index]);
    let (first, second) = runs.shown.split_first().expect("a page opens with a run");
    let others = (0..runs.runs.len()).filter(|index| !runs.shown.contains(index));
    document(
        outline(first),
        Some(runs),
        second.iter().map(outline).collect(),
        others.map(|index| outline(&index)).collect(),
    )
}

fn document<'a>(
    shown: Content<'a>,
    runs: Option<&'a Runs>,
    beside: Vec<Content<'a>>,
    others: Vec<Content<'a>>,
) -> String {
    let mut document = Document {
        shown,
        runs,
        compared: runs.and_then(|runs| runs.compared.as_ref()),
        beside,
        others,
        policy: String::new(),
        nonce: String::new(),
        style: Inert::constant(STYLE),
        imports: Inert::json(&*IMPORTS),
        plotly: Inert::empty(),
    };
    let mut markup = Markup::default();
    document.render_into(&mut markup).expect(WRITTEN);
    let len = markup.len;
    document.nonce = markup.nonce();
    document.policy = policy(&document.nonce);
    document.plotly = Inert::constant(PLOTLY);
    document.contents_mut().for_each(Content::fill);
    let mut html = String::with_capacity(len + document.left_out());
    document.render_into(&mut html).expect(WRITTEN);
    html
}

const WRITTEN: &str = "writing to memory cannot fail";

/// The values for page.html.
#[derive(Template)]
#[template(path = "page.html")]
struct Document<'a> {
    shown: Content<'a>,
    runs: Option<&'a Runs>,
    compared: Option<&'a Compared>,
    /// The run that is drawn below the first, if one is: its outline stands early in the document.
    beside: Vec<Content<'a>>,
    others: Vec<Content<'a>>,
    policy: String,
    nonce: String,
    style: Inert,
    imports: Inert,
    plotly: Inert,
}

impl<'a> Document<'a> {
    fn contents_mut(&mut self) -> impl Iterator<Item = &mut Content<'a>> {
        iter::once(&mut self.shown).chain(&mut self.beside).chain(&mut self.others)
    }

    /// Upper bound in bytes of what [`Markup`] has not counted.
    fn left_out(&self) -> usize {
        const NONCES: usize = 512; // and the policy
        let runs = iter::once(&self.shown).chain(&self.beside).chain(&self.others);
        NONCES + self.plotly.len() + runs.map(Content::chunks_len).sum::<usize>()
    }
}

/// What a page has of a run, as run.html shows it.
struct Content<'a> {
    /// Of one of several runs.
    key: &'a str,
    page: &'a Page,
    data: Inert,
    raster: Option<&'a Chunk>,
    rows: &'a [Chunk],
    samples: &'a [Chunk],
    attributes: &'a [Chunk],
}

impl<'a> Content<'a> {
    fn of(run: &'a Run) -> Content<'a> {
        Content { key: &run.key, ..Content::outline(&run.page) }
    }

    /// Without chunks.
    fn outline(page: &'a Page) -> Content<'a> {
        let data = Inert::json(&page.data);
        Content { key: "", page, data, raster: None, rows: &[], samples: &[], attributes: &[] }
    }

    fn fill(&mut self) {
        let Page { raster, rows, samples, attributes, .. } = self.page;
        (self.raster, self.rows, self.samples) = (Some(raster), rows, samples);
        self.attributes = attributes;
    }

    /// Upper bound in bytes of its chunks in the document.
    fn chunks_len(&self) -> usize {
        const ELEMENT: usize = 128; // around a chunk
        let chunks = self.rows.iter().chain(self.samples).chain(self.attributes).chain(self.raster);
        chunks.map(|chunk| chunk.text_len() + ELEMENT).sum()
    }
}

/// `1,204`.
pub(crate) fn thousands(count: &u64) -> String {
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
pub(crate) mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::data::{
        Attribute, Bins, Counter, Data, Distribution, Finding, Function, Key, Lane, Ledger, Part, Points,
        Process, Profile, Raster, Series, Slow, SlowAttribute, Split, SplitRow, Track, Zone,
    };
    use crate::{Division, Dot, Figure, Problem, RunsSide, Spread};

    const HOSTILE: &str = "</script></title><img src=x onerror=alert(1)> & \"q\" <!-- \u{202e}";

    pub(crate) const PART: Part = Part {
        count: 1,
        unfinished: 0,
        total_ns: 10,
        self_ns: 10,
        mean_ns: Some(10),
        median_ns: Some(10),
        p95_ns: Some(10),
        max_ns: Some(10),
        exact_quantiles: true,
    };

    pub(crate) fn page(name: &str) -> Page {
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
                has_clock: true,
                duration_only: false,
                names: vec!["group".to_owned(), name.to_owned()],
                keys: vec![Key { group: 0, task: 1, color: None, wait: false, point: false }],
                points: vec![Points { group: 0, task: 1, count: 1 }],
                processes: vec![Process {
                    label: name.to_owned(),
                    id: "1".to_owned(),
                    title: name.to_owned(),
                }],
                lanes: vec![Lane {
                    process: 0,
                    label: name.to_owned(),
                    title: name.to_owned(),
                    has_spans: true,
                    exact: true,
                    open_at_once: None,
                    division: Division::default(),
                    summarised: false,
                    tracks: vec![Track { count: 1, gap: 0, duration: 1, key: 0, cpu: 0, open: false }],
                }],
                row_chunks: vec![1],
                raster: Raster { first_ns: 0, width_ns: 16, count: 1, key_bytes: 1 },
                concurrency: Bins {
                    first_ns: 0,
                    width_ns: 16,
                    busy_ns: vec![10],
                    wait_ns: vec![1],
                    on_cpu_ns: vec![2],
                    off_cpu_ns: vec![3],
                },
                counters: vec![Counter {
                    group: name.to_owned(),
                    name: name.to_owned(),
                    series: vec![Series { process: 0, count: 2, first_ns: -5, gap: 1 }],
                }],
                sample_chunks: vec![1],
                counting: vec![name.to_owned()],
                more_counters: 0,
                attributes: vec![Attribute {
                    name: name.to_owned(),
                    count: 1,
                    values: 1,
                    gap: 0,
                    value: 0,
                    length: 1,
                }],
                attributes_left_out: 1,
                attributes_short_ns: Some(10),
                more_attributes: 0,
                attributes_command: Some(name.to_owned()),
                tasks: vec![],
                ledger: Ledger {
                    total_ns: 10,
                    tasks: vec![],
                    division: Division::default(),
                    idle_before_ns: 0,
                    idle_between_ns: 0,
                    idle_after_ns: 0,
                    unfinished_ns: 10,
                    alive_at_once: 1,
                },
                findings: vec![Finding { window: (0, 10), selected: None, pinned: Some((0, 0, 0)) }],
                distributions: vec![Distribution {
                    task: 0,
                    sd_ns: Some(0),
                    min_ns: Some(10),
                    p99_ns: Some(10),
                    quantiles_ns: vec![10],
                    slowest: vec![Slow {
                        place: (0, 0, 0),
                        start_ns: 0,
                        duration_ns: 10,
                        attributes: vec![SlowAttribute {
                            name: name.to_owned(),
                            value: name.to_owned(),
                            cut: true,
                        }],
                        more_attributes: 1,
                    }],
                    may_lack: true,
                }],
                splits: vec![Split {
                    task: 0,
                    name: name.to_owned(),
                    values: None,
                    more_than: Some(1000),
                    by_total: false,
                    rows: vec![SplitRow {
                        value: Some(name.to_owned()),
                        cut: true,
                        from: None,
                        to: None,
                        figures: PART,
                    }],
                    others: Some(PART),
                    without: Some(PART),
                    may_lack: false,
                }],
                asked: vec![0],
                more_asked: 0,
                profiles: vec![Profile {
                    source: name.to_owned(),
                    name: name.to_owned(),
                    unit: "none",
                    stacks: 1,
                    total: 2.0,
                    functions: vec![Function {
                        name: name.to_owned(),
                        own: 2.0,
                        own_share: 1.0,
                        total: 2.0,
                        total_share: 1.0,
                    }],
                    more: 0,
                }],
                more_profiles: 0,
            },
            raster: Chunk(vec![1, 2, 3, 4]),
            rows: vec![Chunk(vec![255; 5]), Chunk(Vec::new())],
            samples: vec![Chunk(b"<!--</script>".to_vec())],
            attributes: vec![Chunk(vec![6; 4])],
        }
    }

    fn repeats(name: &str) -> Runs {
        let run = |number: u64| Run {
            key: number.to_string(),
            name: number.to_string(),
            summary: name.to_owned(),
            page: page(&format!("{number} {name}")),
        };
        Runs {
            runs: vec![run(4), run(5), run(6)],
            shown: vec![1],
            sides: None,
            spreads: vec![Spread {
                group: Some(name.to_owned()),
                name: name.to_owned(),
                missing: 1,
                least: name.to_owned(),
                median: name.to_owned(),
                median_part: 0.75,
                greatest: name.to_owned(),
                apart: name.to_owned(),
                dots: vec![Dot { run: 4, value: name.to_owned(), part: 0.5 }],
            }],
            more_spreads: 1204,
            compared: None,
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
        let hostile = render_runs(&repeats(HOSTILE));
        assert_eq!(tags(&hostile), tags(&render_runs(&repeats("a"))));
        assert!(!hostile.contains("<img"));
    }

    #[test]
    fn each_run_stands_whole_in_the_page_and_the_rest_once() {
        let repeats = repeats("a");
        let html = render_runs(&repeats);
        assert!(html.contains("<title>5 a</title>"));
        let parts: Vec<&str> = html.split("<template").collect();
        let [before, outline4, rows4, outline6, rows6] = parts[..] else {
            panic!("{} templates", parts.len() - 1)
        };
        assert!(
            before.contains(r#"id="plotly""#)
                && parts[1..].iter().all(|part| !part.contains(r#"id="plotly""#))
        );
        assert!(outline4.contains(r#"data-run="4">"#) && rows4.contains(r#"data-rows="4">"#));
        assert!(outline6.contains(r#"data-run="6">"#) && rows6.contains(r#"data-rows="6">"#));
        for part in [before.to_owned(), format!("{outline4}{rows4}"), format!("{outline6}{rows6}")] {
            for id in [
                "title",
                "began",
                "summary",
                "figures",
                "notes",
                "findings",
                "counters",
                "problems",
                "data",
                "raster",
                "rows-1",
                "samples-0",
                "attributes-0",
            ] {
                assert_eq!(part.matches(&format!(r#" id="{id}""#)).count(), 1, "{id} in {part}");
            }
        }
        assert!(html.contains("1,204 shorter tasks not listed"));
    }

    #[test]
    fn the_outline_of_a_second_drawn_run_stands_before_the_scripts_and_its_rows_after_those_of_the_first() {
        let mut runs = repeats("a");
        let side = |label: &str, runs| RunsSide { label: label.into(), about: label.into(), runs };
        runs.sides = Some([side("old", vec![0, 1]), side("new", vec![2])]);
        runs.shown = vec![1, 2];
        let html = render_runs(&runs);
        let places = [
            r#"<template data-run="6">"#,
            r#"type="importmap""#,
            r#"id="plotly""#,
            r#"id="rows-1""#,
            r#"<template data-rows="6">"#,
            r#"<template data-run="4">"#,
            r#"<template data-rows="4">"#,
        ];
        let found: Vec<_> = places.iter().map(|place| html.find(place).expect(place)).collect();
        assert!(found.is_sorted(), "{found:?}");
        assert_eq!(html.matches("<select").count(), 2 + 2, "one a side, and two of the page without runs");
        assert!(html.contains(r#"data-shown="5,6""#));
    }

    #[test]
    fn the_nonce_depends_on_the_runs_that_are_not_shown() {
        let base = repeats("a");
        let nonce = |repeats: &Runs| {
            between(&render_runs(repeats), r#"<script type="importmap" nonce=""#, r#"">"#).to_owned()
        };
        let changes: [fn(&mut Runs); 4] = [
            |repeats| repeats.runs[0].page.title.push('x'),
            |repeats| repeats.runs[2].page.data.names[1].push('x'),
            |repeats| repeats.runs[2].summary.push('x'),
            |repeats| repeats.spreads[0].name.push('x'),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut changed = base.clone();
            change(&mut changed);
            assert_ne!(nonce(&changed), nonce(&base), "change {index}");
        }
    }

    #[test]
    fn names_read_back_from_the_data_as_they_were() {
        let html = render(&page(HOSTILE));
        let json = between(&html, r#"id="data">"#, "</script>");
        let data: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(data["names"][1], HOSTILE);
        assert_eq!(data["counters"][0]["name"], HOSTILE);
        assert_eq!(data["attributes"][0]["name"], HOSTILE);
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
        assert_eq!(read("attributes-0"), page.attributes[0].0);
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
        let changes: [fn(&mut Page); 8] = [
            |page| page.title.push('x'),
            |page| page.findings[0].push('x'),
            |page| page.counters[0].push('x'),
            |page| page.notes[0].push('x'),
            |page| page.problems[0].message.push('x'),
            |page| page.data.names[1].push('x'),
            |page| page.data.lanes[0].title.push('x'),
            |page| page.data.attributes[0].name.push('x'),
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
        assert!(html.contains("the first 1 listed"));
        let mut one = page("a");
        one.problem_count = 1;
        assert!(render(&one).contains("! 1 problem</a>"));
        let mut none = page("a");
        none.problem_count = 0;
        assert!(!render(&none).contains("id=\"problems-link\""));
    }

    #[test]
    fn thousands_are_set_apart() {
        let texts: Vec<_> = [0, 999, 1000, 1_234_567].iter().map(thousands).collect();
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
    }
}
