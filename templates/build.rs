//! Takes plotly.js out of the crate `plotly`, gzips it and leaves it as base64 in `OUT_DIR`.
//!
//! The crate is a build dependency only: nothing of it is linked, and no third-party source lies in this
//! repository. Takes the plotly.js body of its offline scripts and leaves MathJax, which the page never uses.

use std::io::Write;
use std::path::Path;
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};

const OPEN: &str = "<script type=\"text/javascript\">";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let scripts = plotly::Plot::offline_js_sources();
    let source = body(&scripts).expect("the crate `plotly` embeds plotly.js as a script element");

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
