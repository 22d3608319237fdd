//! Summaries one after another: they say what each of them says when read alone, in whatever order they come.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use waterfall::model::Summary;
use waterfall::{Inputs, Reading};

/// The summary of files, named relative to `root`.
fn summary(root: &Path, names: &[&str]) -> Summary {
    let paths: Vec<PathBuf> = names.iter().map(|name| root.join(name)).collect();
    let inputs = Inputs::Below { root: root.to_owned(), paths };
    Reading { inputs, ..Reading::default() }.summarise().unwrap().0
}

fn text(summary: &Summary) -> String {
    let mut text = Vec::new();
    waterfall::write_summary(summary, &waterfall::Problems::new(), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn merged(summaries: &[&Summary]) -> String {
    let mut all = Summary::new();
    summaries.iter().for_each(|summary| all.merge((*summary).clone()));
    text(&all)
}

/// What is read of summaries one after another in one file.
fn read(texts: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("x.summary"), texts.concat()).unwrap();
    text(&summary(directory.path(), &["x.summary"]))
}

/// What a source says of a process or a lane: its name, and its place in the order.
type Said = (Option<&'static str>, i64);

/// The summary of a Chrome trace of one process with a lane and a counter. On each machine it has the same path.
fn traced((process, thread): (Said, Said), start_us: u32) -> Summary {
    let directory = tempfile::tempdir().unwrap();
    let mut events = Vec::new();
    for (what, (name, order)) in [("process", process), ("thread", thread)] {
        let of = format!(r#""ph":"M","pid":1,"tid":2,"name":"{what}"#);
        events.extend(name.map(|name| format!(r#"{{{of}_name","args":{{"name":"{name}"}}}}"#)));
        events.push(format!(r#"{{{of}_sort_index","args":{{"sort_index":{order}}}}}"#));
    }
    let at = format!(r#""pid":1,"tid":2,"ts":{start_us},"cat":"c""#);
    events.push(format!(r#"{{"ph":"X","name":"x","dur":5,{at}}}"#));
    events.push(format!(r#"{{"ph":"C","name":"n","args":{{"n":1}},{at}}}"#));
    fs::write(directory.path().join("trace.json"), format!("[{}]", events.join(","))).unwrap();
    summary(directory.path(), &["trace.json"])
}

fn said() -> impl Strategy<Value = (Said, Said)> {
    let one = || (prop::sample::select(vec![None, Some("a"), Some("b"), Some("c")]), -1i64..2);
    (one(), one())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_machines_call_a_process_and_its_lane_all_orders_give_one_process_and_the_same_bytes(
        said in prop::array::uniform3(said()),
    ) {
        let [a, b, c] = [0, 1, 2].map(|at| traced(said[at], 100 * at as u32));
        let whole = merged(&[&a, &b, &c]);
        prop_assert_eq!(whole.matches("\nlane\t").count(), 1, "{}", whole);
        prop_assert!(whole.matches("\nprocess\t").count() <= 1, "{}", whole);
        prop_assert_eq!(&read(&[&whole]), &whole);
        let [x, y, z] = [&a, &b, &c].map(text);
        for (order, texts) in [([&a, &c, &b], [&x, &z, &y]), ([&c, &b, &a], [&z, &y, &x]), ([&b, &a, &c], [&y, &x, &z])] {
            prop_assert_eq!(&merged(&order), &whole);
            prop_assert_eq!(&read(&texts.map(String::as_str)), &whole);
        }
        // Two of them merged before.
        prop_assert_eq!(&read(&[&merged(&[&c, &a]), &y]), &whole);
        prop_assert_eq!(&read(&[&whole, &x]).matches("\nlane\t").count(), &1);
    }
}

#[test]
fn a_summary_without_a_clock_is_of_the_wall_clock_also_after_one_with_a_clock_of_its_own() {
    let own = text(&traced(((None, 0), (None, 0)), 5));
    let older = own.replace("clock\town\n", "").replace("trace.json", "older.json");
    assert!(own.contains("\nclock\town\n") && !older.contains("\nclock\t"));
    let clock = |texts: &[&str]| {
        let directory = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..texts.len()).map(|index| format!("{index}.summary")).collect();
        for (name, text) in names.iter().zip(texts) {
            fs::write(directory.path().join(name), text).unwrap();
        }
        fs::write(directory.path().join("all.summary"), texts.concat()).unwrap();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (apart, together) =
            (summary(directory.path(), &names), summary(directory.path(), &["all.summary"]));
        assert_eq!(text(&apart), text(&together));
        together.clock().map(|clock| clock.to_string())
    };
    let none = "waterfall-summary\t1\n";
    assert_eq!(clock(&[&own]).as_deref(), Some("own"));
    assert_eq!(clock(&[&older]).as_deref(), Some("wall"));
    assert_eq!(clock(&[&own, &older]).as_deref(), Some("mixed"));
    assert_eq!(clock(&[&older, &own]).as_deref(), Some("mixed"));
    assert_eq!(clock(&[&own, none]).as_deref(), Some("own"));
    assert_eq!(clock(&[none, &own, none]).as_deref(), Some("own"));
}
