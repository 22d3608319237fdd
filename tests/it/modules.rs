//! The modules of the report: which may use which.
//!
//! Builds the graph of all files below `report/src` from the paths in their code, and compares its rooms (the
//! folders and files at the top) with the list in ARCHITECTURE.md. A room may use only rooms above it in that list.
//! Files must not use each other in a circle. Code for tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::dump::root;

/// A module as a path: `["sources", "records"]`; the root of the crate is empty.
type Module = Vec<String>;

/// Each module's code, without comments and tests.
type Code = BTreeMap<Module, File>;

/// A path in code as names: `crate::a::B` or `super::c`.
type Names = Vec<String>;

#[derive(Debug, Clone)]
struct File {
    /// Its `use` declarations: whether each is public, and the path.
    uses: Vec<(bool, Names)>,
    /// Its modules that exist for tests alone.
    for_tests: Vec<String>,
    /// All other code.
    rest: String,
}

/// Which modules each module uses.
type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// Reads the code below `report/src`.
fn code() -> Code {
    let source = root().join("report/src");
    let mut code = Code::new();
    for entry in walkdir::WalkDir::new(&source) {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let name = path.strip_prefix(&source).unwrap().with_extension("");
        let mut module: Module = name.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        match module.last().map(String::as_str) {
            Some("main") => continue, // the program uses the library as others do
            Some("lib" | "mod") => drop(module.pop()),
            _ => {}
        }
        code.insert(module, File::of(&plain(&fs::read_to_string(&path).unwrap())));
    }
    let for_tests = |module: &Module| {
        let Some((name, parent)) = module.split_last() else { return false };
        code[parent].for_tests.contains(name)
    };
    let left_out: Vec<Module> = code.keys().filter(|module| for_tests(module)).cloned().collect();
    left_out.iter().for_each(|module| drop(code.remove(module)));
    code
}

/// Code without comments, without the tests at its end, and without the paths of visibilities.
fn plain(text: &str) -> String {
    let end = text.find("\n#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let lines = text[..end].lines().map(|line| line.split("//").next().unwrap_or_default());
    let without_paths = |line: &str| match line.split_once("pub(in ") {
        Some((before, after)) => {
            format!("{before}pub({}", after.split_once(')').map_or("", |(_, rest)| rest))
        }
        // Inside a module of this file, `super` is the file itself.
        None => line.replace("    use super::", "    use self::"),
    };
    lines.map(without_paths).collect::<Vec<_>>().join("\n")
}

impl File {
    fn of(code: &str) -> File {
        let test_modules = code.split("#[cfg(test)]\n").skip(1).filter_map(|rest| {
            let line = rest.lines().next()?.strip_suffix(';')?;
            Some(line.rsplit_once("mod ")?.1.to_owned())
        });
        let mut file = File { uses: Vec::new(), for_tests: test_modules.collect(), rest: String::new() };
        let code = format!("\n{code}");
        for statement in code.split_inclusive(';') {
            // The declaration follows whatever ended without a semicolon, such as a block.
            let at = ["\nuse ", "\npub use ", "\npub(crate) use ", "\npub(super) use "]
                .iter()
                .filter_map(|start| Some((statement.rfind(start)?, start.len(), start.starts_with("\npub"))))
                .max();
            let Some((at, length, is_public)) = at else {
                file.rest.push_str(statement);
                continue;
            };
            file.rest.push_str(&statement[..at]);
            let tree = statement[at + length..].trim_end_matches(';');
            file.uses.extend(expanded(tree).into_iter().map(|names| (is_public, names)));
        }
        file
    }

    /// Whether the code contains a name.
    fn has(&self, name: &str) -> bool {
        self.rest.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
    }
}

/// The paths in a tree such as `super::{a, b::{self, C}}`, without the names after `as`.
fn expanded(tree: &str) -> Vec<Names> {
    let tree = tree.trim();
    let Some((head, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        let names = path.split("::").filter(|name| !name.is_empty() && *name != "self");
        return vec![names.map(str::to_owned).collect()];
    };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let head = expanded(head).remove(0);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(expanded).map(|names| [head.clone(), names].concat()).collect()
}

/// The paths outside `use` declarations: `crate::text::units`, `super::Wall`.
fn inline(code: &str) -> Vec<Names> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let words = code.split(|c: char| !is_name(c) && c != ':');
    words
        .filter(|word| word.contains("::"))
        .map(|word| word.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect())
        .collect()
}

/// The module to which a path in `module` leads; `None` for another crate, or an item of `module` itself.
fn resolved(code: &Code, module: &Module, names: &[String]) -> Option<Module> {
    let mut at = module.clone();
    let mut rest = names;
    match names.first()?.as_str() {
        "crate" => {
            at.clear();
            rest = &rest[1..];
        }
        "super" => {
            while rest.first().is_some_and(|name| name == "super") {
                at.pop();
                rest = &rest[1..];
            }
        }
        child if code.contains_key(&[at.as_slice(), &[child.to_owned()]].concat()) => {}
        _ => return None,
    }
    loop {
        let Some(name) = rest.first() else { return Some(at) };
        let child = [at.as_slice(), std::slice::from_ref(name)].concat();
        if code.contains_key(&child) {
            at = child;
            rest = &rest[1..];
            continue;
        }
        // A name that the module re-exports. The root only re-exports names of rooms.
        if at.is_empty() {
            return Some(at);
        }
        let from = code[&at].uses.iter().find(|(is_public, path)| *is_public && path.last() == Some(name));
        return from.and_then(|(_, path)| resolved(code, &at, path)).or(Some(at));
    }
}

fn graph(code: &Code) -> Graph {
    let mut graph = Graph::new();
    for (module, file) in code.iter().filter(|(module, _)| !module.is_empty()) {
        // A module does not use what it only re-exports.
        let imported = file
            .uses
            .iter()
            .filter(|(is_public, names)| !is_public || names.last().is_some_and(|name| file.has(name)));
        let paths = imported.map(|(_, names)| names.clone()).chain(inline(&file.rest));
        let used = paths.filter_map(|names| resolved(code, module, &names)).filter(|used| used != module);
        graph.insert(module.clone(), used.collect());
    }
    graph
}

/// The rooms of ARCHITECTURE.md in their order, and which rooms each of them uses.
fn drawing() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let block = text.split("```rooms\n").nth(1).and_then(|rest| rest.split("```").next());
    let rooms = block.expect("ARCHITECTURE.md draws the rooms").lines().map(|line| {
        let (room, used) = line.split_once("<-").unwrap_or((line, ""));
        let used = used.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        (room.trim().to_owned(), used.collect())
    });
    rooms.collect()
}

/// Everything that is wrong with a graph, one line each.
fn faults(graph: &Graph) -> Vec<String> {
    let order: Vec<String> = drawing().into_iter().map(|(room, _)| room).collect();
    let place = |module: &Module| order.iter().position(|room| Some(room) == module.first());
    let mut faults = Vec::new();
    for (module, used) in graph {
        let own = place(module);
        if own.is_none() {
            faults.push(format!("{} is in no room", module.join("::")));
        }
        for used in used.iter().filter(|used| used.first() != module.first()) {
            if place(used).is_none_or(|used| Some(used) > own) {
                faults.push(format!("{} uses crate::{}", module.join("::"), used.join("::")));
            }
        }
    }
    faults.extend(circle(graph).map(|circle| format!("a circle: {circle}")));
    faults
}

/// Modules that use each other in a circle, if any.
fn circle(graph: &Graph) -> Option<String> {
    // A module that uses none of those left cannot be in a circle.
    let mut left = graph.clone();
    loop {
        let done: BTreeSet<Module> = (left.iter())
            .filter(|(_, used)| used.iter().all(|used| !left.contains_key(used)))
            .map(|(module, _)| module.clone())
            .collect();
        if done.is_empty() {
            break;
        }
        left.retain(|module, _| !done.contains(module));
    }
    let mut way = vec![left.keys().next()?.clone()];
    loop {
        let next = left[way.last()?].iter().find(|used| left.contains_key(*used))?.clone();
        if let Some(start) = way.iter().position(|module| *module == next) {
            let names = way[start..].iter().chain([&next]).map(|module| module.join("::"));
            return Some(names.collect::<Vec<_>>().join(" -> "));
        }
        way.push(next);
    }
}

#[test]
fn every_module_uses_only_rooms_above_it_and_none_in_a_circle() {
    assert_eq!(faults(&graph(&code())), [""; 0]);
}

#[test]
fn a_format_is_known_to_the_list_of_formats_alone() {
    let code = code();
    let graph = graph(&code);
    let formats: Vec<&Module> = code
        .iter()
        .filter(|(_, file)| file.rest.contains("impl Format for"))
        .map(|(module, _)| module)
        .collect();
    assert!(formats.len() >= 4, "{formats:?}");
    for format in formats {
        let users: Vec<String> =
            graph.iter().filter(|(_, used)| used.contains(format)).map(|(user, _)| user.join("::")).collect();
        assert_eq!(users, ["sources::formats"], "{}", format.join("::"));
    }
}

#[test]
fn the_drawing_of_the_rooms_is_what_the_code_has() {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, used) in graph(&code()) {
        let others = used.iter().filter_map(|used| used.first()).filter(|used| **used != module[0]).cloned();
        rooms.entry(module[0].clone()).or_default().extend(others);
    }
    assert_eq!(rooms, drawing().into_iter().collect());
}

#[test]
fn an_import_that_runs_up_or_in_a_circle_is_found() {
    let code = code();
    for (module, line) in [
        ("sources::source", "use crate::Progress;"),
        ("sources::reading", "use crate::reading::Reading;"),
        ("text::near", "use crate::outputs::{Options, sentence as said};"),
        ("reading::selection", "use crate::outputs;"),
        ("reading", "pub(crate) use crate::outputs::page;\nfn made() { page() }"),
        ("gate::budget", "fn written() { crate::outputs::amount() }"),
        ("outputs::checks", "use crate::{model, runs::Metadata};"),
        ("outputs::spreads", "use super::super::runs;"),
        ("outputs::counters", "use crate::run::Plan;"),
        ("outputs::statistics", "use crate::report::Stats;"),
        ("outputs::labels", "use super::words::sentences;"),
        ("outputs::distributions", "use super::page;"),
        ("model::time", "use super::{Spans, Trace};"),
    ] {
        let mut changed = code.clone();
        let name: Module = module.split("::").map(str::to_owned).collect();
        let file = changed.get_mut(&name).unwrap_or_else(|| panic!("{module} is not there"));
        let File { uses, rest, .. } = File::of(line);
        file.uses.extend(uses);
        file.rest.push_str(&rest);
        assert!(!faults(&graph(&changed)).is_empty(), "{module}: {line}");
    }
}
