//! What differed between the runs of one page, as its table has it.
//!
//! Takes what is known of the runs and how their tasks lie apart; gives a line for each figure, those of the whole run
//! first.

use templates::{Dot, Spread};

use super::units;
use crate::analysis;
use crate::run::Metadata;

/// The lines of the table.
pub(crate) fn spreads(runs: &[&Metadata], tasks: &[((&str, &str), analysis::Spread)]) -> Vec<Spread> {
    let whole = |name: &str, of: fn(&Metadata) -> Option<u64>, unit: fn(i128) -> String| {
        let values = runs.iter().map(|run| of(run).map(i128::from)).collect();
        analysis::Spread::of(values).map(|spread| line(runs, (None, name), &spread, unit))
    };
    let bytes = |count| units::bytes(u64::try_from(count).unwrap_or(0));
    let of_runs = [
        whole("the whole command", |run| run.elapsed_ns, units::duration),
        whole("CPU time", |run| run.resources.cpu_ns(), units::duration),
        whole("peak memory", |run| run.resources.peak_bytes(), bytes),
    ];
    let of_tasks =
        tasks.iter().map(|((group, task), spread)| line(runs, (Some(group), task), spread, units::duration));
    of_runs.into_iter().flatten().chain(of_tasks).collect()
}

fn line(
    runs: &[&Metadata],
    (group, name): (Option<&str>, &str),
    spread: &analysis::Spread,
    unit: fn(i128) -> String,
) -> Spread {
    let dots = runs.iter().zip(&spread.values);
    Spread {
        group: group.map(str::to_owned),
        name: name.to_owned(),
        missing: spread.values.iter().filter(|value| value.is_none()).count(),
        least: unit(spread.least),
        median: unit(spread.median),
        median_part: spread.part(spread.median),
        greatest: unit(spread.greatest),
        apart: spread.apart().map_or("–".into(), units::percent),
        dots: dots
            .filter_map(|(run, value)| {
                let value = (*value)?;
                Some(Dot { run: run.number, value: unit(value), part: spread.part(value) })
            })
            .collect(),
    }
}
