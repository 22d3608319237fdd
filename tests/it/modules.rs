//! The modules of the report: which may use which.
//!
//! Builds the graph of all files below `report/src` from the paths in their code, and compares its rooms (the
//! folders and files at the top) with the list in ARCHITECTURE.md. A room may use only rooms above it in that list.
//! Files must not use each other in a circle. Code for tests is left out. What these tests cannot follow they refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::dump::root;

/// A module as a path: `["sources", "records"]`; the root of the crate is empty.
type Module = Vec<String>;

/// The text of each module's file.
type Texts = BTreeMap<Module, String>;

/// Each module's code, without comments and tests.
type Code = BTreeMap<Module, File>;

/// A path in code as names: `crate::a::B` or `super::c`.
type Names = Vec<String>;

#[derive(Debug, Clone)]
struct File {
    uses: Vec<Use>,
    /// Its modules that exist only for tests.
    for_tests: Vec<String>,
    /// All other code.
    rest: String,
}

/// One path of a `use` declaration.
#[derive(Debug, Clone)]
struct Use {
    is_public: bool,
    names: Names,
    /// What the code calls it: the last name, or the one after `as`.
    called: String,
}

/// Which modules each module uses.
type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// Reads the files below `report/src`.
fn texts() -> Texts {
    let source = root().join("report/src");
    let mut texts = Texts::new();
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
        texts.insert(module, fs::read_to_string(&path).unwrap());
    }
    texts
}

fn code(texts: &Texts) -> Code {
    let mut code: Code =
        texts.iter().map(|(module, text)| (module.clone(), File::of(&plain(text)))).collect();
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
    let is_start = |line: &str| line.starts_with("mod tests {") || line.ends_with(") mod tests {");
    let mut tests = text.match_indices("\n#[cfg(test)]\n").map(|(at, mark)| (at, &text[at + mark.len()..]));
    let tests = tests.find(|(_, rest)| rest.lines().next().is_some_and(is_start));
    let (end, tests) = tests.unwrap_or((text.len(), "\n}\n"));
    let code = &text[..end];
    assert_eq!(tests.find("\n}\n"), Some(tests.len() - 3), "code follows the tests: {tests}");
    code.lines().map(without_comment).map(without_path).collect::<Vec<_>>().join("\n")
}

fn without_comment(line: &str) -> &str {
    let Some((code, _)) = line.split_once("//") else { return line };
    assert!(code.matches('"').count().is_multiple_of(2), "`//` in a string hides code: {line}");
    code
}

/// `pub(in crate::command) fn` is no use of a module.
fn without_path(line: &str) -> String {
    let Some((before, after)) = line.split_once("pub(in ") else { return line.to_owned() };
    format!("{before}pub({}", after.split_once(')').map_or("", |(_, rest)| rest))
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
            let Some((at, length, is_public)) = declaration(statement) else {
                file.rest.push_str(statement);
                continue;
            };
            file.rest.push_str(&statement[..at]);
            let tree = statement[at + length..].trim_end_matches(';');
            file.uses.extend(expanded(tree).into_iter().map(|(names, called)| Use {
                is_public,
                names,
                called,
            }));
        }
        file
    }

    /// Whether the code contains a name.
    fn has(&self, name: &str) -> bool {
        self.rest.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
    }
}

/// Where a statement's `use` is, how long that word is with its visibility, and whether it is public. It follows
/// whatever ended without a semicolon, such as a block. One inside a function or a module of the file is private.
fn declaration(statement: &str) -> Option<(usize, usize, bool)> {
    let start =
        statement.rfind("use ").filter(|&at| at == 0 || statement[..at].ends_with([' ', '\n', '{']))?;
    let line_start = statement[..start].rfind('\n').map_or(0, |at| at + 1);
    let visibility = statement[line_start..start].trim();
    let is_declaration = visibility.is_empty() || visibility.starts_with("pub") || visibility.ends_with('{');
    is_declaration.then_some((start, "use ".len(), visibility.starts_with("pub")))
}

/// The paths in a tree such as `super::{a, b::{self, C as D}}`, each with the name by which the code calls it.
fn expanded(tree: &str) -> Vec<(Names, String)> {
    let tree = tree.trim();
    let Some((head, inner)) = tree.split_once('{') else { return vec![single(tree)] };
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
    let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.flat_map(|part| expanded(&format!("{head}{part}"))).collect()
}

fn single(tree: &str) -> (Names, String) {
    let (path, called) = tree.split_once(" as ").unwrap_or((tree, ""));
    let names: Names = path.trim().split("::").map(str::to_owned).filter(|name| name != "self").collect();
    let last = names.last().cloned().unwrap_or_default();
    let is_ours = names.first().is_some_and(|name| name == "crate" || name == "super");
    assert!(!is_ours || (last != "*" && last != "super"), "this test cannot follow `use {tree}`");
    (names, if called.is_empty() { last } else { called.trim().to_owned() })
}

/// The paths inside expressions and types: `crate::text::units`, `super::Wall`, `units::count`.
fn inline(code: &str) -> Vec<Names> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let words = code.split(|c: char| !is_name(c) && c != ':');
    words
        .filter(|word| word.contains("::"))
        .map(|word| word.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect())
        .collect()
}

/// The module that a path of a module leads to; `None` for another crate, or for an item of the module itself.
fn resolved(code: &Code, module: &Module, names: &[String]) -> Option<Module> {
    let own_child =
        |name: &String| code.contains_key(&[module.as_slice(), std::slice::from_ref(name)].concat());
    let first = names.first()?;
    if first == "crate" {
        return descended(code, Vec::new(), &names[1..]);
    }
    if first == "super" {
        let up = names.iter().take_while(|name| *name == "super").count();
        return descended(code, module[..module.len().checked_sub(up)?].to_vec(), &names[up..]);
    }
    if first == "self" || own_child(first) {
        return descended(code, module.clone(), &names[usize::from(first == "self")..]);
    }
    // A name that the module has from elsewhere, such as another module.
    let imported =
        code[module].uses.iter().find(|used| used.called == *first && used.names.first() != Some(first))?;
    resolved(code, module, &[&imported.names, &names[1..]].concat())
}

/// The module at the end of a path that starts at a module.
fn descended(code: &Code, mut at: Module, names: &[String]) -> Option<Module> {
    for name in names {
        let child = [at.as_slice(), std::slice::from_ref(name)].concat();
        if code.contains_key(&child) {
            at = child;
            continue;
        }
        // The root only hands out what rooms have.
        if at.is_empty() {
            return Some(at);
        }
        let handed_on = code[&at].uses.iter().find(|used| used.is_public && used.called == *name);
        return handed_on.and_then(|used| resolved(code, &at, &used.names)).or(Some(at));
    }
    Some(at)
}

fn graph(code: &Code) -> Graph {
    let mut graph = Graph::new();
    for (module, file) in code.iter().filter(|(module, _)| !module.is_empty()) {
        // What a module hands on from its own modules it does not use, unless its code names it.
        let is_used = |used: &&Use| {
            let is_own = resolved(code, module, &used.names).is_some_and(|target| target.starts_with(module));
            !used.is_public || !is_own || file.has(&used.called)
        };
        let imported = file.uses.iter().filter(is_used).map(|used| used.names.clone());
        let paths = imported.chain(inline(&file.rest));
        let used = paths.filter_map(|names| resolved(code, module, &names)).filter(|used| used != module);
        graph.insert(module.clone(), used.collect());
    }
    graph
}

/// The rooms in ARCHITECTURE.md in their order, and what each of them uses.
fn drawing() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let block = text.split("```rooms\n").nth(1).and_then(|rest| rest.split("```").next());
    let rooms = block.expect("ARCHITECTURE.md lists the rooms").lines().map(|line| {
        let (room, used) = line.split_once("<-").unwrap_or((line, ""));
        let used = used.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        (room.trim().to_owned(), used.collect())
    });
    rooms.collect()
}

/// Everything that is wrong with a graph, a line each.
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

/// Modules that use each other in a circle, if there are any.
fn circle(graph: &Graph) -> Option<String> {
    // What uses nothing that is left is in no circle.
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
    assert_eq!(faults(&graph(&code(&texts()))), [""; 0]);
}

#[test]
fn a_format_is_known_to_the_list_of_formats_alone() {
    let code = code(&texts());
    let graph = graph(&code);
    let is_format = |file: &File| file.rest.contains("impl Format for");
    let formats: Vec<&Module> =
        code.iter().filter(|(_, file)| is_format(file)).map(|(module, _)| module).collect();
    assert!(formats.len() >= 4, "{formats:?}");
    for format in formats {
        let users = graph.iter().filter(|(_, used)| used.contains(format));
        let users: Vec<String> = users.map(|(user, _)| user.join("::")).collect();
        assert_eq!(users, ["sources::formats"], "{}", format.join("::"));
    }
}

#[test]
fn the_list_of_rooms_is_what_the_code_has() {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, used) in graph(&code(&texts())) {
        let others = used.iter().filter_map(|used| used.first()).filter(|used| **used != module[0]).cloned();
        rooms.entry(module[0].clone()).or_default().extend(others);
    }
    assert_eq!(rooms, drawing().into_iter().collect());
}

/// The faults after lines were added to a module, below its header.
fn faults_with(texts: &Texts, code: &Code, module: &str, lines: &str) -> Vec<String> {
    let name: Module = module.split("::").map(str::to_owned).collect();
    let mut text = texts.get(&name).unwrap_or_else(|| panic!("{module} is not there")).clone();
    let header = text.lines().take_while(|line| line.starts_with("//!"));
    let header: usize = header.map(|line| line.len() + 1).sum();
    text.insert_str(header, &format!("\n{lines}\n"));
    let mut code = code.clone();
    code.insert(name, File::of(&plain(&text)));
    faults(&graph(&code))
}

#[test]
fn an_import_that_runs_up_is_found() {
    let texts = texts();
    let code = code(&texts);
    for (module, lines, up) in [
        ("sources::source", "use crate::Progress;", ""),
        ("sources::reading", "use crate::reading::Reading;", "reading"),
        ("text::near", "use crate::outputs::{Options, sentence as said};", "outputs::checks"),
        ("text::zone", "pub(crate) use crate::outputs::amount as quantity;", "outputs::checks"),
        ("reading::selection", "use crate::outputs;", "outputs"),
        ("reading", "pub(crate) use crate::outputs::page;", "outputs::html"),
        ("gate::budget", "fn s() { crate::outputs::amount() }", "outputs::checks"),
        ("gate::budget", "fn s() {\n    use super::super::outputs::amount;\n}", "outputs::checks"),
        ("outputs::checks", "use crate::{model, runs::{self, Metadata}};", "runs"),
        ("outputs::spreads", "use super::super::runs as kept;\nfn s() { kept::median() }", "runs::metadata"),
        ("outputs::counters", "use crate::run::Plan;", "run::plan"),
        ("outputs::statistics", "use crate::report::Stats;", "report::stats"),
        ("runs::words", "type Made = crate::report::Report;", "report"),
    ] {
        let found = faults_with(&texts, &code, module, lines);
        assert!(found.contains(&format!("{module} uses crate::{up}")), "{module}: {lines}: {found:?}");
    }
}

#[test]
fn an_import_in_a_circle_is_found() {
    let texts = texts();
    let code = code(&texts);
    for (module, lines) in [
        ("outputs::labels", "use super::words::sentences;"),
        ("outputs::labels", "fn s() {\n    use super::words::sentences;\n}"),
        ("outputs::distributions", "use super::html;"),
        ("outputs::distributions", "use super::page;"),
        ("model::time", "use super::{Spans, Trace};"),
    ] {
        let found = faults_with(&texts, &code, module, lines);
        assert!(found.iter().any(|fault| fault.starts_with("a circle: ")), "{module}: {lines}: {found:?}");
    }
}
