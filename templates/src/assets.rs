//! What every page contains: the style sheet, the modules of `page/`, plotly.js.
//!
//! Provides constants, and the import map that resolves `#page/x.js` to `data:` URLs. The modules are embedded
//! unchanged; the list has each module after those that it imports.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

pub(crate) const STYLE: &str = include_str!("../page.css");

/// plotly.js, gzipped and encoded as base64 by the build script.
pub(crate) const PLOTLY: &str = include_str!(concat!(env!("OUT_DIR"), "/plotly.js.gz.base64"));

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../page/", $name)))),*]
    };
}

const MODULES: &[(&str, &str)] = modules![
    "units.js",
    "names.js",
    "palette.js",
    "scale.js",
    "mip.js",
    "decode.js",
    "data.js",
    "loading.js",
    "window.js",
    "state.js",
    "sets.js",
    "rows.js",
    "mips.js",
    "raster.js",
    "boxes.js",
    "hit.js",
    "concurrency.js",
    "slices.js",
    "load.js",
    "counters.js",
    "order.js",
    "innermost.js",
    "statistics.js",
    "walk.js",
    "heap.js",
    "search.js",
    "arrangement.js",
    "text.js",
    "legend.js",
    "bars.js",
    "frame.js",
    "panels.js",
    "busy.js",
    "strips.js",
    "marks.js",
    "latest.js",
    "mosaic.js",
    "scene.js",
    "canvas.js",
    "figure.js",
    "first.js",
    "sketch.js",
    "emphasis.js",
    "part.js",
    "hash.js",
    "address.js",
    "runs.js",
    "csv.js",
    "plotly.js",
    "chart.js",
    "distribution.js",
    "distributions.js",
    "tooltip.js",
    "overview.js",
    "folds.js",
    "entries.js",
    "details.js",
    "table.js",
    "summary.js",
    "ledger.js",
    "toolbar.js",
    "picture.js",
    "saving.js",
    "clipboard.js",
    "gestures.js",
    "spans.js",
    "keys.js",
    "main.js",
];

#[derive(Serialize)]
pub(crate) struct ImportMap {
    imports: BTreeMap<String, String>,
}

/// Resolves `#page/x.js` in the page as `imports` of package.json does in Node.
pub(crate) static IMPORTS: LazyLock<ImportMap> = LazyLock::new(|| ImportMap {
    imports: MODULES
        .iter()
        .map(|(name, source)| {
            let named = format!("{source}\n//# sourceURL=waterfall/page/{name}\n");
            let url = format!("data:text/javascript;base64,{}", STANDARD.encode(named));
            (format!("#page/{name}"), url)
        })
        .collect(),
});

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_module_in_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let mut found: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort();
        let mut listed: Vec<&str> = MODULES.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }

    #[test]
    fn no_constant_can_end_its_element() {
        for (name, source) in MODULES.iter().chain(&[("page.css", STYLE), ("plotly.js", PLOTLY)]) {
            let lower = source.to_lowercase();
            for end in ["</script", "</style", "<!--"] {
                assert!(!lower.contains(end), "{name} holds {end}");
            }
        }
    }
}
