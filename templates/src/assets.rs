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
    include_str!("../page/sections/head.css"),
    include_str!("../page/sections/controls.css"),
    include_str!("../page/sections/drawer.css"),
    include_str!("../page/sections/sections.css"),
    include_str!("../page/sections/comparison.css"),
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
    "trace/scale.js",
    "trace/mip.js",
    "trace/decode.js",
    "trace/attributes.js",
    "trace/data.js",
    "trace/pair.js",
    "trace/sets.js",
    "trace/latest.js",
    "trace/slices.js",
    "trace/skip.js",
    "trace/concurrency.js",
    "trace/sides.js",
    "trace/occupancy.js",
    "trace/counters.js",
    "trace/order.js",
    "trace/innermost.js",
    "trace/family.js",
    "trace/cpu.js",
    "trace/division.js",
    "trace/statistics.js",
    "trace/walk.js",
    "trace/heap.js",
    "trace/glob.js",
    "trace/query.js",
    "trace/twins.js",
    "trace/values.js",
    "trace/search.js",
    "trace/csv.js",
    "view/window.js",
    "view/state.js",
    "view/palette.js",
    "view/text.js",
    "view/legend.js",
    "view/division.js",
    "view/look.js",
    "view/searching.js",
    "view/emphasis.js",
    "view/hash.js",
    "view/address.js",
    "view/runs.js",
    "view/elements.js",
    "view/attributes.js",
    "view/waiting.js",
    "view/source.js",
    "loading.js",
    "chart/rows.js",
    "chart/frame.js",
    "chart/raster.js",
    "chart/boxes.js",
    "chart/hit.js",
    "chart/packing.js",
    "chart/arrangement.js",
    "chart/bars.js",
    "chart/panels.js",
    "chart/figure.js",
    "chart/area.js",
    "chart/strips.js",
    "chart/marks.js",
    "chart/mosaic.js",
    "chart/scene.js",
    "chart/sketch.js",
    "chart/feet.js",
    "chart/canvas.js",
    "chart/plan.js",
    "chart/geometry.js",
    "chart/composition.js",
    "chart/places.js",
    "chart/lookups.js",
    "chart/idle.js",
    "chart/cover.js",
    "chart/plotly.js",
    "chart/chart.js",
    "chart/legend.js",
    "chart/tooltip.js",
    "chart/pointing.js",
    "chart/room.js",
    "chart/overview.js",
    "chart/folds.js",
    "chart/picture.js",
    "chart/gestures.js",
    "chart/spans.js",
    "chart/keys.js",
    "sections/part.js",
    "sections/figures.js",
    "sections/near.js",
    "sections/durations.js",
    "sections/distribution.js",
    "sections/links.js",
    "sections/choosing.js",
    "sections/comparison.js",
    "sections/table.js",
    "sections/slowest.js",
    "sections/split.js",
    "sections/profiles.js",
    "sections/task.js",
    "sections/summary.js",
    "sections/ledger.js",
    "sections/both.js",
    "sections/beside.js",
    "sections/toolbar.js",
    "sections/clipboard.js",
    "sections/attributes.js",
    "sections/drawer.js",
    "sections/saving.js",
    "sections/exports.js",
    "sections/findings.js",
    "parts.js",
    "reader.js",
    "timeless.js",
    "opening.js",
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
