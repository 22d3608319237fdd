//! Nasty JSON: Chrome traces that are cut, wrong, deep or hostile, and JSON that is no trace.

use super::Input;

/// An event `X` of 2 us with these keys changed or added. Values are JSON.
fn event(changes: &[(&str, &str)]) -> String {
    let fields =
        [("ph", r#""X""#), ("name", r#""a""#), ("pid", "1"), ("tid", "1"), ("ts", "1"), ("dur", "2")];
    let mut fields = fields.to_vec();
    for &(key, value) in changes {
        match fields.iter_mut().find(|(known, _)| *known == key) {
            Some(field) => field.1 = value,
            None => fields.push((key, value)),
        }
    }
    object(&fields)
}

/// The same without one key.
fn event_without(key: &str) -> String {
    let fields =
        [("ph", r#""X""#), ("name", r#""a""#), ("pid", "1"), ("tid", "1"), ("ts", "1"), ("dur", "2")];
    object(&fields.into_iter().filter(|(known, _)| *known != key).collect::<Vec<_>>())
}

fn object(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!(r#""{key}": {value}"#)).collect();
    format!("{{{}}}", fields.join(", "))
}

fn array(events: &[String]) -> String {
    format!("[{}]", events.join(", "))
}

/// An array of events, each with its changes.
fn events(changes: &[&[(&str, &str)]]) -> String {
    array(&changes.iter().map(|changes| event(changes)).collect::<Vec<_>>())
}

pub(super) fn inputs() -> Vec<Input> {
    let texts = [shapes(), pairs(), values(), scale(), gates()].concat();
    let nul_tail = [array(&[event(&[])]).as_bytes(), &[0; 1000]].concat();
    let named = |(name, bytes): (&str, Vec<u8>)| (format!("json/{name}.json"), bytes);
    texts
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .chain([("nul-tail", nul_tail)])
        .map(named)
        .collect()
}

type Text = (&'static str, String);

/// Files that are cut, or something else.
fn shapes() -> Vec<Text> {
    let (first, second) = (event(&[]), event(&[("ts", "5")]));
    vec![
        ("unclosed", format!("[{first},\n{second},\n")),
        ("unclosed-mid", format!("[{first},\n{}", &second[..second.len() - 20])),
        ("unclosed-object", format!("{{\"traceEvents\":[{first},\n")),
        ("empty-array", "[]".into()),
        ("empty-object", "{}".into()),
        ("events-empty", r#"{"traceEvents": []}"#.into()),
        ("foreign", r#"{"hello": [1, 2]}"#.into()),
        ("scalar", "42".into()),
        ("ndjson", ["0", "1", "2"].map(|ts| event(&[("ts", ts)]) + "\n").concat()),
        ("bom", format!("\u{feff}{}", array(&[first]))),
        (
            "meta-only",
            events(&[&[("ph", r#""M""#), ("name", r#""thread_name""#), ("args", r#"{"name": "T"}"#)]]),
        ),
    ]
}

/// Begins and ends.
fn pairs() -> Vec<Text> {
    const BEGIN: (&str, &str) = ("ph", r#""B""#);
    const END: (&str, &str) = ("ph", r#""E""#);
    const A: (&str, &str) = ("name", r#""a""#);
    const B: (&str, &str) = ("name", r#""b""#);
    vec![
        (
            "b-without-e",
            events(&[
                &[BEGIN, ("ts", "1")],
                &[BEGIN, ("ts", "2"), B],
                &[END, ("ts", "4"), B],
                &[("ts", "9"), ("dur", "1")],
            ]),
        ),
        ("e-without-b", events(&[&[END, ("ts", "1")], &[]])),
        (
            "be-crossed",
            events(&[
                &[BEGIN, ("ts", "1"), A],
                &[BEGIN, ("ts", "2"), B],
                &[END, ("ts", "3"), A],
                &[END, ("ts", "4"), B],
            ]),
        ),
        (
            "e-no-name",
            array(&[
                event(&[BEGIN, ("ts", "1"), A]),
                object(&[END, ("pid", "1"), ("tid", "1"), ("ts", "3")]),
            ]),
        ),
        (
            "out-of-order",
            events(&[
                &[END, ("ts", "3")],
                &[BEGIN, ("ts", "1")],
                &[("ts", "0.5"), ("dur", "9"), ("name", r#""p""#)],
            ]),
        ),
    ]
}

/// Values that are missing, impossible, huge or hostile.
fn values() -> Vec<Text> {
    let phase = |ph: &str| event(&[("ph", &format!("\"{ph}\""))]);
    let more = |ph: &str, fields: &[(&str, &str)]| {
        event(&[&[("ph", format!("\"{ph}\"").as_str())], fields].concat())
    };
    let id = |ph: &str, id: &str| more(ph, &[("id", id)]);
    let of_async = |ph: &str, ts: &str| more(ph, &[("id", r#""0x1""#), ("cat", r#""c""#), ("ts", ts)]);
    let every_phase = [
        event(&[]),
        more("I", &[("s", r#""p""#)]),
        more("i", &[("s", r#""g""#)]),
        phase("i"),
        phase("R"),
        more("C", &[("args", r#"{"v": 1, "w": 2.5}"#)]),
        more("C", &[("args", r#"{"v": "text"}"#)]),
        phase("C"),
        of_async("b", "1"),
        of_async("n", "2"),
        of_async("e", "3"),
        id("s", "1"),
        id("t", "1"),
        more("f", &[("id", "1"), ("bp", r#""e""#)]),
        id("N", "2"),
        id("O", "2"),
        id("D", "2"),
        more("M", &[("name", r#""process_name""#), ("args", r#"{"name": "p"}"#)]),
        more("M", &[("name", r#""thread_sort_index""#), ("args", r#"{"sort_index": -1}"#)]),
        phase("P"),
        more("S", &[("id", "3"), ("ts", "1")]),
        more("T", &[("id", "3"), ("ts", "2")]),
        more("F", &[("id", "3"), ("ts", "3")]),
    ];
    let no_events = ["null", "3", r#""x""#, "[]"].map(String::from);
    vec![
        ("x-no-dur", array(&[event_without("dur")])),
        ("x-negative", events(&[&[("dur", "-5")]])),
        (
            "numbers-as-text",
            events(&[&[
                ("ts", r#""1000""#),
                ("dur", r#""500""#),
                ("pid", r#""1""#),
                ("tid", r#""main""#),
            ]]),
        ),
        (
            "nan",
            format!(r#"[{{"ph":"X","name":"a","pid":1,"tid":1,"ts":NaN,"dur":Infinity}},{}]"#, event(&[])),
        ),
        (
            "big-numbers",
            concat!(
                r#"[{"ph":"X","name":"a","pid":18446744073709551615,"tid":139876848543424,"ts":1e308,"dur":1},"#,
                r#"{"ph":"X","name":"b","pid":1,"tid":9007199254740993,"ts":1795187333622021.123,"dur":0.001}]"#
            )
            .into(),
        ),
        ("unknown-ph", {
            let known = [event(&[]), phase("q"), phase(""), event_without("ph")];
            array(&[known, no_events].concat())
        }),
        ("all-ph", array(&every_phase)),
        (
            "strings",
            concat!(
                r#"[{"ph":"X","name":"\ud800 lone","pid":1,"tid":1,"ts":1,"dur":1},"#,
                r#"{"ph":"X","name":"nul\u0000 in","pid":1,"tid":1,"ts":3,"dur":1},"#,
                r#"{"ph":"X","name":null,"pid":1,"tid":1,"ts":5,"dur":1},"#,
                r#"{"ph":"X","name":"</script><script>alert(1)</script>","cat":"<img src=x onerror=alert(1)>","#,
                r#""args":{"<b>":"<svg onload=alert(1)>"},"pid":1,"tid":1,"ts":7,"dur":1}]"#
            )
            .into(),
        ),
        (
            "duplicate-keys",
            r#"[{"ph":"X","ph":"i","name":"a","name":"b","pid":1,"tid":1,"ts":1,"dur":1}]"#.into(),
        ),
        ("zero-dur", events(&[&[("dur", "0")], &[("dur", "0")], &[("ts", "1"), ("dur", "5")]])),
    ]
}

/// Deep and wide.
fn scale() -> Vec<Text> {
    let nested = |index: usize| {
        let (name, ts, dur) = (format!("\"d{index}\""), index.to_string(), (10_000 - 2 * index).to_string());
        event(&[("name", &name), ("ts", &ts), ("dur", &dur)])
    };
    let of_track =
        |index: usize| event(&[("pid", &(index / 50).to_string()), ("tid", &(index % 50).to_string())]);
    vec![
        ("deep", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        ("deep-args", {
            let args = format!(r#"{}1{}"#, r#"{"a":"#.repeat(5000), "}".repeat(5000));
            format!(r#"[{{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":1,"args":{args}}}]"#)
        }),
        ("nest-5000", array(&(0..5000).map(nested).collect::<Vec<_>>())),
        ("many-tracks", array(&(0..10_000).map(of_track).collect::<Vec<_>>())),
    ]
}

/// Metrics of a benchmark, as CTHarvester writes them: no traces.
fn gates() -> Vec<Text> {
    let metrics = |rate: &str, success: &str| {
        let figures = object(&[
            ("success", success),
            ("elapsed_time_seconds", "1"),
            ("images_processed", "0"),
            ("images_per_second", rate),
            ("memory_used_mb", "null"),
        ]);
        let benchmarks = object(&[("thumbnail_generation", &figures)]);
        object(&[("timestamp", r#""2026-11-20T15:00:00""#), ("system", "{}"), ("benchmarks", &benchmarks)])
    };
    vec![
        ("gate-base-100", metrics("100", "true")),
        ("gate-m20", metrics("80", "true")),
        ("gate-m20-01", metrics("79.99", "true")),
        ("gate-zero", metrics("0", "true")),
        ("gate-failed", metrics("0", "false")),
        ("gate-other-bench", r#"{"benchmarks": {"x": {}}}"#.into()),
    ]
}
