//! What every page contains: the style sheet, the modules of `page/` and its rooms, plotly.js.
//!
//! Provides constants, and the import map that resolves `#page/x.js` to `data:` URLs. The modules are embedded
//! unchanged; the list has each module after those that it imports.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// The style sheets, those of the rooms before that for paper.
pub(crate) const STYLE: &str = concat!(
    include_str!("../page/base.css"),
    include_str!("../page/chart/chart.css"),
    include_str!("../page/sections/sections.css"),
    include_str!("../page/print.css"),
);

/// plotly.js, gzipped and encoded as base64 by the build script.
pub(crate) const PLOTLY: &str = include_str!(concat!(env!("OUT_DIR"), "/plotly.js.gz.base64"));

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../page/", $name)))),*]
    };
}

const MODULES: &[(&str, &str)] = modules![
    "trace/units.js",
    "trace/names.js",
    "view/palette.js",
    "trace/scale.js",
    "trace/mip.js",
    "trace/decode.js",
    "trace/data.js",
    "loading.js",
    "view/window.js",
    "view/state.js",
    "trace/sets.js",
    "chart/rows.js",
    "trace/skip.js",
    "chart/raster.js",
    "chart/boxes.js",
    "chart/hit.js",
    "trace/concurrency.js",
    "trace/slices.js",
    "trace/occupancy.js",
    "trace/counters.js",
    "trace/order.js",
    "trace/innermost.js",
    "trace/statistics.js",
    "trace/walk.js",
    "trace/heap.js",
    "trace/search.js",
    "chart/arrangement.js",
    "view/text.js",
    "view/legend.js",
    "chart/bars.js",
    "chart/frame.js",
    "chart/panels.js",
    "chart/area.js",
    "chart/strips.js",
    "chart/marks.js",
    "trace/latest.js",
    "chart/mosaic.js",
    "chart/scene.js",
    "chart/canvas.js",
    "chart/figure.js",
    "chart/first.js",
    "chart/sketch.js",
    "view/emphasis.js",
    "sections/part.js",
    "view/hash.js",
    "view/address.js",
    "view/runs.js",
    "trace/csv.js",
    "chart/plotly.js",
    "chart/chart.js",
    "chart/tooltip.js",
    "chart/overview.js",
    "chart/folds.js",
    "chart/entries.js",
    "sections/details.js",
    "sections/links.js",
    "sections/choosing.js",
    "sections/table.js",
    "sections/near.js",
    "sections/durations.js",
    "sections/distribution.js",
    "sections/task.js",
    "sections/summary.js",
    "sections/ledger.js",
    "sections/toolbar.js",
    "chart/picture.js",
    "sections/saving.js",
    "sections/clipboard.js",
    "chart/gestures.js",
    "chart/spans.js",
    "chart/keys.js",
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
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let names = |folder: &Path| -> Vec<String> {
            let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let modules = entries.filter(|path| path.extension().is_some_and(|ending| ending == "js"));
            modules.map(|path| path.strip_prefix(&page).unwrap().to_str().unwrap().to_owned()).collect()
        };
        let rooms = ["", "trace", "view", "chart", "sections"];
        let mut found: Vec<String> = rooms.iter().flat_map(|room| names(&page.join(room))).collect();
        found.sort();
        let mut listed: Vec<&str> = MODULES.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }

    #[test]
    fn no_constant_can_end_its_element() {
        for (name, source) in MODULES.iter().chain(&[("style", STYLE), ("plotly.js", PLOTLY)]) {
            let lower = source.to_lowercase();
            for end in ["</script", "</style", "<!--"] {
                assert!(!lower.contains(end), "{name} holds {end}");
            }
        }
    }
}
