//! Takes plotly.js out of the crate `plotly`, gzips it and leaves it as base64 in `OUT_DIR`.
//!
//! The crate is a build dependency only: nothing of it is linked, and no third-party source lies in this
//! repository. Takes the plotly.js body of its offline scripts and leaves MathJax, which the page never uses. Of the
//! kinds of traces it registers only those that the page draws: the others would take a second to start.

use std::io::Write;
use std::path::Path;
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};

const OPEN: &str = "<script type=\"text/javascript\">";

/// What the page draws. The core of plotly.js has `scatter`.
const KINDS: [&str; 3] = ["bar", "box", "violin"];

/// Lets Chromium compile the script outside the main thread, while it loads. Must be its first line.
const EAGER: &str = "//# allFunctionsCalledOnLoad\n";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let scripts = plotly::Plot::offline_js_sources();
    let source = body(&scripts).expect("the crate `plotly` embeds plotly.js as a script element");
    let source = format!("{EAGER}{}", registering(source, &KINDS));

    // Without a time stamp in the header the same input gives the same bytes.
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(source.as_bytes()).expect("a Vec takes any bytes");
    let bytes = gzip.finish().expect("a Vec takes any bytes");

    let directory = env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR");
    let path = Path::new(&directory).join("plotly.js.gz.base64");
    fs::write(path, STANDARD.encode(bytes)).expect("OUT_DIR is writable");
}

/// The script that announces itself as plotly.js in its first line.
fn body(scripts: &str) -> Option<&str> {
    scripts
        .split(OPEN)
        .filter_map(|part| part.rsplit_once("</script>"))
        .map(|(source, _)| source.trim())
        .find(|source| source.get(..200).is_some_and(|head| head.contains("plotly.js v3")))
}

/// plotly.js that registers only traces of these kinds. Its one call is `register([a(),b(),...])`: each function
/// makes a module when it is first called.
///
/// # Panics
///
/// If there is not exactly one such call, or if it does not have each kind exactly once.
fn registering(source: &str, kinds: &[&str]) -> String {
    const CALL: &str = "register([";
    assert_eq!(source.matches(CALL).count(), 1, "plotly.js has one call of `register`");
    let (before, rest) = source.split_once(CALL).expect("counted above");
    let (list, after) = rest.split_once("])").expect("the list ends");
    let modules: Vec<&str> = list.split(',').collect();
    let kept: Vec<&str> = kinds
        .iter()
        .map(|kind| {
            let of_kind: Vec<&str> =
                modules.iter().copied().filter(|module| makes(source, module, kind)).collect();
            assert_eq!(of_kind.len(), 1, "plotly.js registers `{kind}` once");
            of_kind[0]
        })
        .collect();
    format!("{before}{CALL}{}]){after}", kept.join(","))
}

/// Whether `module`, a call such as `a()`, gives traces of a kind, itself or through another that it hands on.
fn makes(source: &str, module: &str, kind: &str) -> bool {
    const DEFINED: &str = "=ye((";
    let name = module.strip_suffix("()").expect("a list of calls");
    let start = [" ", ",", ";"].iter().find_map(|before| source.find(&format!("{before}{name}{DEFINED}")));
    let (_, rest) =
        source[start.expect("plotly.js defines what it registers")..].split_once(DEFINED).expect("found");
    let own = rest.split(DEFINED).next().expect("split gives a first part");
    if own.contains(&format!("moduleType:\"trace\",name:\"{kind}\",")) {
        return true;
    }
    let handed = own.split_once(".exports=").and_then(|(_, value)| value.split_once("()}"));
    handed.is_some_and(|(next, _)| {
        next.chars().all(|letter| letter.is_ascii_alphanumeric() || "_$".contains(letter))
            && makes(source, &format!("{next}()"), kind)
    })
}
