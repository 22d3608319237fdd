//! The page as a file: one document, nothing from outside, and names are only text.

use crate::dump::{data, read};

fn page(input: &str) -> String {
    waterfall::Report::of(data(input)).render().unwrap().html
}

/// The page without plotly.js, which is checked when it is built in.
fn own(html: &str) -> String {
    let start = html.find("id=\"plotly\"").expect("the page holds plotly.js");
    let end = start + html[start..].find("</script>").unwrap();
    format!("{}{}", &html[..start], &html[end..])
}

#[test]
fn names_are_text_in_the_markup_and_in_the_scripts() {
    let html = own(&page("nasty/html.csv"));
    for markup in ["<script>alert", "<img src=x", "<svg onload", "<!--<script>"] {
        assert!(!html.contains(markup), "{markup}");
    }
    // Every name is there, for the scripts to show.
    for name in [
        r"\u003c/script>\u003cscript>alert(1)",
        r"\u003cimg src=x onerror=alert(2)>",
        "${alert(1)}",
        "{{7*7}}",
    ] {
        assert!(html.contains(name), "{name}");
    }
}

#[test]
fn the_page_names_no_place_outside() {
    let html = own(&page("performance_py/records"));
    for scheme in ["http://", "https://", "src=\"//", "@import"] {
        assert!(!html.contains(scheme), "{scheme}");
    }
}

#[test]
fn the_security_policy_allows_no_request() {
    let html = page("performance_py/records");
    let policy =
        html.split("Content-Security-Policy").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
    for rule in [
        "default-src &#39;none&#39;",
        "connect-src &#39;none&#39;",
        "base-uri &#39;none&#39;",
        "&#39;strict-dynamic&#39;",
    ] {
        assert!(
            policy.contains(rule) || policy.contains(&rule.replace("&#39;", "'")),
            "{rule} is not in {policy}"
        );
    }
}

#[test]
fn records_without_a_span_make_a_page() {
    let rendered = waterfall::Report::of(data("nasty/header-only.csv")).render().unwrap();
    assert_eq!((rendered.spans, rendered.wall_ns), (0, 0));
    assert!(rendered.html.contains("</html>"));
}

#[test]
fn the_ledger_sums_to_lanes_times_wall_and_a_sentence_has_its_view() {
    for input in
        ["performance_py/records", "records/1", "nasty/overlap-same-thread.csv", "nasty/header-only.csv"]
    {
        let (trace, _) = read(&data(input));
        let sentences = waterfall::internals::sentences(&trace, &waterfall::internals::of_trace(&trace));
        let html = page(input);
        for sentence in &sentences {
            assert!(html.contains(sentence), "{input}: {sentence}");
        }
        let json = html.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(json["findings"].as_array().unwrap().len(), sentences.len(), "{input}");

        let ledger = &json["ledger"];
        let number = |name: &str| i128::from(ledger[name].as_i64().unwrap());
        let busy_ns: i128 = ledger["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| i128::from(task["ns"].as_i64().unwrap()))
            .sum();
        let others = ["idle_before_ns", "idle_between_ns", "idle_after_ns", "unfinished_ns"];
        let sum = busy_ns + others.map(number).iter().sum::<i128>();
        assert_eq!(sum, number("total_ns"), "{input}");
        assert_eq!(sum, trace.lanes().len() as i128 * i128::from(trace.end().ns()), "{input}");
    }
}
