//! Baselines of `waterfall run`: its options, and what they ask for before and after the command.
//!
//! The baseline is read before the command starts, so that no time is lost on runs that cannot be compared, and so
//! that it is compared with before it is replaced.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::error::ErrorKind;

use super::exit::Usage;
use super::terminal::{note_plain, warn};
use crate::compare::{self, Baseline, BaselineError, Side};
use crate::gate::{LEAST_RUNS, Threshold, Verdict};
use crate::outputs::{self, Comparison};
use crate::report;
use crate::run::{self, Plan, Run, Scenario};
use crate::runs::{Metadata, Name, Place};
use crate::text::{quoted, units};

#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    /// Save the figures of these runs in waterfall-baselines/NAME.json [default: the scenario's baseline, else the name
    /// of the runs]
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    save_baseline: Option<Option<Name>>,

    /// Compare these runs with a baseline, and exit with 1 on a regression [default: as for --save-baseline]
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    compare_baseline: Option<Option<Name>>,

    /// Smallest change that counts, for example 5%, wall=3%, 'save=10% and 2ms' or 'io/*=8%@p95'; may be repeated
    #[arg(long, value_name = "THRESHOLD")]
    threshold: Vec<Threshold>,

    /// Exit with 4 if the comparison is inconclusive
    #[arg(long)]
    fail_on_inconclusive: bool,

    /// Also write the comparison as Markdown to FILE, for example for a pull request
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

/// What is done with the runs when they have ended.
#[derive(Debug)]
pub(super) struct Baselines {
    directory: PathBuf,
    save: Option<Name>,
    /// As it was before the command started.
    compare: Option<(Name, Baseline)>,
    thresholds: Vec<Threshold>,
    pub(super) fail_on_inconclusive: bool,
    markdown: Option<PathBuf>,
}

impl BaselineArgs {
    /// Reads the baseline. A scenario's baseline is compared with unless the user asks only to save one.
    ///
    /// # Errors
    ///
    /// A [`Usage`] if options contradict each other, or need a comparison without a baseline; a [`BaselineError`] if
    /// the baseline cannot be used.
    pub(super) fn read(&self, scenario: &Scenario, plan: &Plan) -> anyhow::Result<Baselines> {
        let of_scenario = &scenario.compare.baseline;
        let default = of_scenario.as_ref().unwrap_or(&plan.name);
        let named = |asked: &Option<Option<Name>>| {
            asked.as_ref().map(|name| name.as_ref().unwrap_or(default).clone())
        };
        let save = named(&self.save_baseline);
        let of_scenario = of_scenario.clone().filter(|_| save.is_none());
        let wanted = named(&self.compare_baseline).or(of_scenario);
        if let Some(option) = self.needs_comparison().filter(|_| wanted.is_none()) {
            let message = format!("{option} needs a baseline to compare with: add --compare-baseline");
            return Err(Usage::new(Some("run"), ErrorKind::MissingRequiredArgument, message).into());
        }
        if let (Some(save), Some(wanted)) = (&save, &wanted)
            && save != wanted
        {
            let message = format!(
                "--save-baseline {save} and --compare-baseline {wanted} have different names: give both the same name"
            );
            return Err(Usage::new(Some("run"), ErrorKind::ArgumentConflict, message).into());
        }
        let compare = match wanted {
            None => None,
            Some(name) => {
                let baseline = Baseline::read(&compare::baseline_path(&plan.directory, &name), &name)?;
                Some((name, baseline))
            }
        };
        let baselines = Baselines {
            directory: plan.directory.clone(),
            save,
            compare,
            thresholds: [scenario.compare.thresholds.as_slice(), &self.threshold].concat(),
            fail_on_inconclusive: self.fail_on_inconclusive || scenario.compare.fail_on_inconclusive,
            markdown: self.markdown.clone(),
        };
        baselines.warn_of_few_runs(plan);
        baselines.warn_of_thresholds();
        Ok(baselines)
    }

    /// The first of the given options that makes sense only with a comparison.
    fn needs_comparison(&self) -> Option<&'static str> {
        match self {
            BaselineArgs { threshold, .. } if !threshold.is_empty() => Some("--threshold"),
            BaselineArgs { fail_on_inconclusive: true, .. } => Some("--fail-on-inconclusive"),
            BaselineArgs { markdown: Some(_), .. } => Some("--markdown"),
            _ => None,
        }
    }
}

impl Baselines {
    /// What runs that failed leave undone, as the end of a sentence. `None` if nothing was asked for.
    pub(super) fn undone(&self) -> Option<&'static str> {
        match (&self.compare, &self.save) {
            (Some(_), Some(_)) => Some("not compared with a baseline, and not saved as one"),
            (Some(_), None) => Some("not compared with a baseline"),
            (None, Some(_)) => Some("not saved as a baseline"),
            (None, None) => None,
        }
    }

    fn warn_of_few_runs(&self, plan: &Plan) {
        let of_baseline = self.compare.as_ref().map(|(_, baseline)| baseline.run_count());
        if let Some(count) = of_baseline.filter(|count| *count < LEAST_RUNS) {
            warn(format_args!(
                "the baseline has {}: the comparison will be inconclusive; save a baseline of at least {LEAST_RUNS} runs",
                units::counted(count as u64, "run")
            ));
        }
        if (plan.repeat as usize) < LEAST_RUNS && self.undone().is_some() {
            let what = if self.compare.is_some() { "this" } else { "each" };
            warn(format_args!(
                "{what} comparison will be inconclusive with fewer than {LEAST_RUNS} runs: use --repeat 5"
            ));
        }
    }

    /// Says which thresholds are for no task of the baseline. The runs may still have that task.
    fn warn_of_thresholds(&self) {
        let unmatched = self.compare.iter().flat_map(|(_, baseline)| baseline.unmatched(&self.thresholds));
        unmatched.for_each(|no_match| {
            warn(format_args!("a threshold is for nothing in the baseline: {no_match}"));
        });
    }

    /// Compares all runs of the command with the baseline.
    ///
    /// # Errors
    ///
    /// If a run or the baseline has nothing to compare, or if a threshold is for nothing.
    pub(super) fn compare(&self, runs: &[Run]) -> anyhow::Result<Option<Comparison>> {
        let Some((name, baseline)) = &self.compare else { return Ok(None) };
        let kept: Vec<(Place, Metadata)> =
            runs.iter().map(|run| (run.place.clone(), run.metadata.clone())).collect();
        let Some((place, _)) = kept.first() else { return Ok(None) };
        let candidate = Side::of_runs(place.name.as_str(), &kept)?;
        let baseline = baseline.clone().into_side(name.as_str())?;
        Ok(Some(compare::compare(baseline, candidate, &self.thresholds)?))
    }

    /// Writes the comparison as Markdown if that was asked for.
    ///
    /// # Errors
    ///
    /// If the file cannot be written. It is then as it was.
    pub(super) fn write_markdown(&self, comparison: &Comparison) -> anyhow::Result<()> {
        let Some(path) = &self.markdown else { return Ok(()) };
        outputs::replace(path, comparison.markdown().as_bytes())
            .with_context(|| format!("cannot write the comparison to {}", path.display()))
    }

    /// Saves the runs if that was asked for. Where they were compared, they are saved only if the comparison says that
    /// nothing became worse: else a slower program would become the measure of the next one.
    ///
    /// # Errors
    ///
    /// If a run cannot be part of a baseline, if the file is no longer the one that was compared with, or if it cannot be
    /// written.
    pub(super) fn save(&self, runs: &[Run], comparison: Option<&Comparison>) -> Result<(), BaselineError> {
        let Some(name) = &self.save else { return Ok(()) };
        let path = compare::baseline_path(&self.directory, name);
        let reason = match comparison.map(Comparison::verdict) {
            Some(Verdict::Regression) => Some("the comparison found a regression"),
            Some(Verdict::Inconclusive(_)) => Some("the comparison is inconclusive"),
            _ => None,
        };
        if let Some(reason) = reason {
            let done = if path.exists() { "replaced" } else { "saved" };
            warn(format_args!(
                "the baseline {} was not {done}: {reason}; to do that all the same, use --save-baseline alone",
                quoted(name.as_str())
            ));
            return Ok(());
        }
        if let Some((_, compared)) = &self.compare
            && !Baseline::read(&path, name).is_ok_and(|now| now == *compared)
        {
            return Err(BaselineError::Changed(path));
        }
        let runs: Vec<&Metadata> = runs.iter().map(|run| &run.metadata).collect();
        let bytes = Baseline::of(name, run::now(), &runs)?.write(&path)?;
        note_plain(&format!(
            "saved the baseline {}: {} in {} ({})",
            quoted(name.as_str()),
            units::counted(runs.len() as u64, "run"),
            path.display(),
            units::bytes(bytes)
        ));
        doubts(&runs).iter().for_each(warn);
        Ok(())
    }
}

/// Why comparisons with a baseline of these runs will be hard, one sentence each.
fn doubts(runs: &[&Metadata]) -> Vec<String> {
    let all = units::counted(runs.len() as u64, "run");
    let disturbed = runs.iter().filter(|run| report::disturbed(run).is_some()).count();
    let busy = (disturbed > 0).then(|| {
        format!("the machine was busy during {disturbed} of {all}: save the baseline again when it is idle")
    });
    let few = (runs.len() < LEAST_RUNS).then(|| {
        format!("with a baseline of {all}, each comparison will be inconclusive: save one with --repeat 5")
    });
    busy.into_iter().chain(few).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Load;

    #[test]
    fn a_baseline_of_few_runs_or_of_a_busy_machine_is_told() {
        let golden = include_str!("../../../tests/data/run/version-1-load.json");
        let golden: Metadata = serde_json::from_str(golden).unwrap();
        let run = |others_cpu_ns| {
            let load = Load {
                sampled_ns: 1_000_000_000,
                cpus: 2,
                others_cpu_ns: Some(others_cpu_ns),
                steal_ns: Some(0),
                runnable_ns: None,
            };
            Metadata { load: Some(load), ..golden.clone() }
        };
        let (idle, busy) = (run(0), run(1_000_000_000));
        assert_eq!(doubts(&[&idle; 4]), [""; 0]);
        assert_eq!(
            doubts(&[&idle, &busy, &busy]),
            [
                "the machine was busy during 2 of 3 runs: save the baseline again when it is idle",
                "with a baseline of 3 runs, each comparison will be inconclusive: save one with --repeat 5",
            ]
        );
    }
}
