//! Holds the JSDoc types of the page's data against the values that Rust writes: each has all fields of the other.
//!
//! Parses the object types of `page/trace/data.js` and `page/trace/decode.js`, and follows them through a value with
//! every optional part.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::data::{Division, Finding, LedgerTask, Task};
use crate::document::tests::{PART, page};

const SOURCES: [&str; 2] = [include_str!("../page/trace/data.js"), include_str!("../page/trace/decode.js")];

type Fields<'a> = Vec<(&'a str, &'a str)>;

/// The object types by their names. Of two with one name the first counts.
fn typedefs() -> BTreeMap<&'static str, Fields<'static>> {
    let mut types: BTreeMap<&str, Fields<'_>> = BTreeMap::new();
    for text in SOURCES.iter().flat_map(|source| source.split("@typedef {object} ").skip(1)) {
        let text = text.split("@typedef").next().unwrap_or(text).split("*/").next().unwrap_or(text);
        let name = text.split_whitespace().next().expect("a type has a name");
        let field = |text: &'static str| {
            let end = closing(text);
            (text[end + 1..].split_whitespace().next().expect("a field has a name"), &text[1..end])
        };
        types.entry(name).or_insert_with(|| text.split("@property ").skip(1).map(field).collect());
    }
    types
}

/// The position of the bracket that closes the one with which the text begins.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    let end = text.char_indices().find(|&(_, character)| {
        depth += match character {
            '{' | '(' | '[' => 1,
            '}' | ')' | ']' => -1,
            _ => 0,
        };
        depth == 0
    });
    end.expect("brackets are closed").0
}

/// The parts of a type, apart at `separator` outside of brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0);
    for (at, character) in text.char_indices() {
        match character {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ if character == separator && depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts
}

/// Checks a value against a type; gives what is wrong. `path` says where it is.
fn check(path: &str, value: &Value, of: &str) -> Vec<String> {
    let of = of.trim();
    if let [of, "null"] = split(of, '|')[..] {
        return check(path, value, of);
    }
    if let Some(of) = of.strip_suffix("[]") {
        let of = if of.starts_with('(') { &of[1..closing(of)] } else { of };
        let all = value.as_array().filter(|all| !all.is_empty());
        return all.map_or_else(
            || vec![format!("{path} is not a list with an element")],
            |all| all.iter().flat_map(|value| check(&format!("{path}[]"), value, of)).collect(),
        );
    }
    if of.starts_with('[') {
        let types = split(&of[1..closing(of)], ',');
        let values = value.as_array().filter(|values| values.len() == types.len());
        return values.map_or_else(
            || vec![format!("{path} is no {of}")],
            |values| values.iter().zip(types).flat_map(|(value, of)| check(path, value, of)).collect(),
        );
    }
    let is_right = match of {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => return check_object(path, value, of),
    };
    if is_right { Vec::new() } else { vec![format!("{path} is no {of}")] }
}

fn check_object(path: &str, value: &Value, of: &str) -> Vec<String> {
    let types = typedefs();
    let fields: Fields<'_> = (split(of, '&').into_iter())
        .flat_map(|part| match part.strip_prefix('{') {
            Some(inside) => split(&inside[..inside.len() - 1], ',')
                .into_iter()
                .map(|field| field.split_once(':').expect("a field has a type"))
                .collect(),
            None => types.get(part.rsplit('.').next().unwrap_or(part)).cloned().unwrap_or_default(),
        })
        .collect();
    let Some(object) = value.as_object() else { return vec![format!("{path} is no {of}")] };
    let named: BTreeSet<&str> = fields.iter().map(|(name, _)| *name).collect();
    let written: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    let unknown = written.difference(&named).map(|name| format!("{path}.{name} is not in the types"));
    let lacking = named.difference(&written).map(|name| format!("{path}.{name} is not in the data"));
    let inner = (fields.iter())
        .filter_map(|(name, of)| Some(check(&format!("{path}.{name}"), object.get(*name)?, of)))
        .flatten();
    unknown.chain(lacking).chain(inner).collect()
}

/// Data with every optional part, and no empty list.
fn whole() -> Value {
    let mut data = page("a").data;
    data.keys[0].color = Some("#102030".to_owned());
    data.lanes[0].open_at_once = Some(2);
    data.tasks = vec![Task {
        group: 0,
        task: 1,
        figures: PART,
        exact: true,
        timings: 0,
        division: Division::default(),
        share: 1.0,
    }];
    data.ledger.tasks = vec![LedgerTask { task: 0, ns: 10 }];
    data.findings = vec![Finding { window: (0, 10), selected: Some((2, 5)), pinned: Some((0, 0, 0)) }];
    data.splits[0].values = Some(2);
    (data.splits[0].rows[0].from, data.splits[0].rows[0].to) = (Some(1.0), Some(2.0));
    serde_json::to_value(data).expect("data are JSON")
}

#[test]
fn the_scripts_types_have_the_fields_that_the_page_has() {
    assert_eq!(check("data", &whole(), "Data"), [""; 0]);
}

#[test]
fn a_field_that_one_side_lacks_is_found_on_both() {
    let mut more = whole();
    more["lanes"][0]["tracks"][0]["depth"] = 1.into();
    more["counters"][0]["series"][0]["unit"] = "s".into();
    assert_eq!(
        check("data", &more, "Data"),
        [
            "data.lanes[].tracks[].depth is not in the types",
            "data.counters[].series[].unit is not in the types"
        ]
    );
    let mut less = whole();
    less["zone"].as_object_mut().unwrap().remove("name");
    less["tasks"][0].as_object_mut().unwrap().remove("share");
    less["wall_ns"] = "1".into();
    assert_eq!(
        check("data", &less, "Data"),
        [
            "data.wall_ns is no number",
            "data.zone.name is not in the data",
            "data.tasks[].share is not in the data"
        ]
    );
}
