//! Files of metrics, as CTHarvester writes them: one number for each benchmark, the images per second.
//!
//! `{"timestamp", "system", "benchmarks": {NAME: {"success", "images_per_second", ..}}}`; other keys are ignored. A single
//! number has no spread, so nothing is tested: the ratio of two numbers is held against a threshold. Higher is better.
//! A benchmark that failed, is missing or is 0 in the baseline is an error, so that it never passes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::error::CompareError;
use super::side::between;
use crate::gate::{
    Change, Check, Design, Estimate, Figure, Gate, HIGHER, Scope, Subject, Threshold, Verdict,
};
use crate::outputs::{Comparison, SideRead};
use crate::runs::metadata::unix_ns;
use crate::text::{NoMatch, quoted, terminal, units};

/// A throughput that is lower by more than this part is a regression.
const LOWER: f64 = 0.2;
/// The error of a ratio of two decimal numbers as floats. 62.3 x 0.8 is not the float that is nearest to 49.84.
const ROUNDING: f64 = 1e-12;
/// What is compared of the systems of both sides.
const OF_SYSTEM: [&str; 4] = ["platform", "architecture", "cpu_count", "python_version"];

/// A file of metrics.
#[derive(Debug)]
pub(super) struct Metrics {
    /// As the user named it.
    pub(super) label: String,
    timestamp: Option<String>,
    system: BTreeMap<String, Value>,
    /// The throughput of each benchmark: images per second.
    rates: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Document {
    timestamp: Option<String>,
    #[serde(default)]
    system: BTreeMap<String, Value>,
    benchmarks: BTreeMap<String, Benchmark>,
}

#[derive(Deserialize)]
struct Benchmark {
    success: Option<bool>,
    images_per_second: Option<f64>,
    error: Option<Value>,
}

/// A file of metrics in which benchmarks may have failed.
#[derive(Debug)]
pub(crate) struct Benchmarks {
    /// As it is written.
    pub(crate) timestamp: Option<String>,
    /// The throughput of each benchmark, or why it has none, as the end of a sentence.
    pub(crate) rates: BTreeMap<String, Result<f64, String>>,
    system: BTreeMap<String, Value>,
}

impl Benchmarks {
    /// Reads the contents of a file.
    ///
    /// # Errors
    ///
    /// Why it has no benchmarks, as the end of a sentence.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Benchmarks, String> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let document: Document =
            serde_json::from_slice(text).map_err(|error| format!("is not a file of metrics: {error}"))?;
        let Document { timestamp, system, benchmarks } = document;
        if benchmarks.is_empty() {
            return Err("has no benchmark".into());
        }
        let rates = benchmarks.into_iter().map(|(name, benchmark)| (name, benchmark.rate())).collect();
        Ok(Benchmarks { timestamp, rates, system })
    }
}

impl Metrics {
    /// Reads the contents of a file.
    ///
    /// # Errors
    ///
    /// [`CompareError::Unusable`] if it is damaged, has no benchmark, or a benchmark failed or has no throughput.
    pub(super) fn parse(label: &str, bytes: &[u8]) -> Result<Metrics, CompareError> {
        let unusable = |why: String| CompareError::Unusable { run: quoted(label), why, hint: String::new() };
        let Benchmarks { timestamp, rates, system } = Benchmarks::parse(bytes).map_err(unusable)?;
        let rate = |(name, rate): (String, Result<f64, String>)| match rate {
            Ok(rate) => Ok((name, rate)),
            Err(why) => Err(unusable(format!("cannot be compared: its benchmark {} {why}", quoted(&name)))),
        };
        let rates = rates.into_iter().map(rate).collect::<Result<_, _>>()?;
        Ok(Metrics { label: label.to_owned(), timestamp, system, rates })
    }

    /// How it was read.
    fn read(&self) -> SideRead {
        let made = |stamp: &String| match unix_ns(stamp) {
            Some(ns) => format!(", made {} UTC", between(ns, ns)),
            None => format!(", made {}", terminal::plain(&terminal::cut(stamp))),
        };
        let of = self.timestamp.as_ref().map_or(String::new(), made);
        let count = units::counted(self.rates.len() as u64, "benchmark");
        let label = self.label.clone();
        SideRead { read: format!("metrics of {count}{of}"), runs: vec![label.clone()], label }
    }
}

impl Benchmark {
    /// Its throughput, or why it has none.
    fn rate(&self) -> Result<f64, String> {
        if self.success != Some(true) {
            let said = self.error.as_ref().map(|error| format!(": {}", quoted(&error.to_string())));
            let what = if self.success.is_none() { "does not say whether it succeeded" } else { "failed" };
            return Err(format!("{what}{}", said.unwrap_or_default()));
        }
        match self.images_per_second {
            None => Err("has no `images_per_second`".into()),
            Some(rate) if rate < 0.0 || !rate.is_finite() => Err("has no rate as `images_per_second`".into()),
            Some(rate) => Ok(rate),
        }
    }
}

/// Compares two files of metrics, benchmark by benchmark.
///
/// # Errors
///
/// [`CompareError`] if the candidate lacks a benchmark, if the baseline is 0, or if a threshold is for no benchmark.
pub(super) fn compare(
    baseline: &Metrics,
    candidate: &Metrics,
    thresholds: &[Threshold],
) -> Result<Comparison, CompareError> {
    check_thresholds(baseline, thresholds)?;
    let changes = baseline.rates.iter().map(|(name, &rate)| {
        if rate == 0.0 {
            let name = format!("{} of {}", name, baseline.label);
            return Err(CompareError::ZeroBaseline { name });
        }
        let Some(&other) = candidate.rates.get(name) else {
            let (run, why) = (quoted(&candidate.label), format!("has no benchmark {}", quoted(name)));
            let hint = "; the baseline has it, so it must not be missing".into();
            return Err(CompareError::Unusable { run, why, hint });
        };
        Ok(Check::Change(change(name, rate, other, thresholds)))
    });
    let checks = changes.collect::<Result<Vec<Check>, CompareError>>()?;
    let notes = [not_tested(), more(baseline, candidate)];
    Ok(Comparison {
        sides: [baseline.read(), candidate.read()],
        design: Design::Independent,
        gate: Gate { checks },
        attribution: None,
        only: [Vec::new(), Vec::new()],
        cautions: systems(baseline, candidate).into_iter().collect(),
        notes: notes.into_iter().flatten().collect(),
    })
}

/// A rate has no threshold in ns, its benchmark has one figure, and it cannot become lower by all of it.
fn check_thresholds(baseline: &Metrics, thresholds: &[Threshold]) -> Result<(), CompareError> {
    let names = || baseline.rates.keys().cloned().collect::<Vec<_>>();
    for threshold in thresholds {
        let no_match = |name: &str| NoMatch::new("benchmark", name, names()).to_string();
        let why = match &threshold.scope {
            _ if threshold.absolute.is_some() || threshold.relative.is_none_or(|part| part >= 1.0) => {
                "a throughput needs a percentage below 100 %".into()
            }
            Scope::Run => no_match("wall"),
            _ if threshold.figure.is_some() => "a benchmark has no other figure than its throughput".into(),
            Scope::Tasks(glob) if !names().iter().any(|name| is_of(threshold, name)) => no_match(glob),
            _ => continue,
        };
        return Err(CompareError::Threshold { threshold: threshold.text.clone(), why });
    }
    Ok(())
}

/// Whether a threshold is for a benchmark.
fn is_of(threshold: &Threshold, name: &str) -> bool {
    threshold.scope == Scope::All || threshold.is_of_task("", name)
}

fn change(name: &str, baseline: f64, candidate: f64, thresholds: &[Threshold]) -> Change {
    let for_all = |threshold: &&Threshold| threshold.scope == Scope::All && is_of(threshold, name);
    let own = |threshold: &&Threshold| threshold.scope != Scope::All && is_of(threshold, name);
    let given = thresholds.iter().rfind(own).or_else(|| thresholds.iter().rfind(for_all));
    let threshold = given.cloned().unwrap_or_else(|| Threshold {
        scope: Scope::All,
        figure: Some(Figure::Throughput),
        relative: Some(LOWER),
        absolute: None,
        text: "20%".into(),
    });
    let lower = threshold.relative.unwrap_or(LOWER);
    let change = candidate / baseline - 1.0;
    let verdict = if change < -lower - ROUNDING {
        Verdict::Regression
    } else if change > HIGHER + ROUNDING {
        Verdict::Improvement
    } else {
        Verdict::NoChange
    };
    Change {
        subject: Subject::Task { group: String::new(), task: name.to_owned() },
        figure: Figure::Throughput,
        threshold,
        baseline: vec![baseline],
        candidate: vec![candidate],
        estimate: Some(Estimate { baseline, candidate, change: Some(change), interval: None, p: None }),
        outliers: Default::default(),
        verdict,
    }
}

fn not_tested() -> Option<String> {
    Some(
        "Not tested: each side has one number for a benchmark, so noise cannot be told from change. For throughput, higher \
         is better: lower by more than the threshold is a regression, higher by more than 5 % an improvement."
            .into(),
    )
}

/// The benchmarks that only the candidate has.
fn more(baseline: &Metrics, candidate: &Metrics) -> Option<String> {
    let new: Vec<String> = (candidate.rates.keys())
        .filter(|name| !baseline.rates.contains_key(*name))
        .map(|name| quoted(name))
        .collect();
    (!new.is_empty()).then(|| format!("Only the candidate has {}.", new.join(", ")))
}

/// How the systems of the sides differ.
fn systems(baseline: &Metrics, candidate: &Metrics) -> Option<String> {
    let differ = |key: &&str| baseline.system.get(*key) != candidate.system.get(*key);
    let keys: Vec<String> = OF_SYSTEM.into_iter().filter(differ).map(|key| format!("`{key}`")).collect();
    (!keys.is_empty()).then(|| format!("The systems of the sides differ in {}.", keys.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(benchmarks: &str) -> Result<Metrics, String> {
        let text = format!(r#"{{"timestamp": "2026-11-20T15:00:00", "benchmarks": {benchmarks}}}"#);
        Metrics::parse("m.json", text.as_bytes()).map_err(|error| error.to_string())
    }

    fn rate(rate: &str) -> Metrics {
        metrics(&format!(r#"{{"b": {{"success": true, "images_per_second": {rate}}}}}"#)).unwrap()
    }

    #[track_caller]
    fn check(baseline: &str, candidate: &str, thresholds: &[&str], expected: Verdict) {
        let thresholds: Vec<Threshold> = thresholds.iter().map(|text| text.parse().unwrap()).collect();
        let found = compare(&rate(baseline), &rate(candidate), &thresholds).unwrap();
        let found: Vec<Verdict> = found.gate.changes().map(|change| change.verdict).collect();
        assert_eq!(found, [expected], "{baseline} to {candidate}");
    }

    #[test]
    fn exactly_a_fifth_less_passes_and_more_does_not() {
        check("100", "80", &[], Verdict::NoChange);
        check("62.3", "49.84", &[], Verdict::NoChange);
        check("0.7", "0.56", &[], Verdict::NoChange);
        check("100", "79.99", &[], Verdict::Regression);
        check("100", "0", &[], Verdict::Regression);
        check("100", "105", &[], Verdict::NoChange);
        check("100", "105.01", &[], Verdict::Improvement);
    }

    #[test]
    fn a_threshold_for_the_benchmark_goes_before_one_for_all() {
        check("100", "89", &["10%"], Verdict::Regression);
        check("100", "89", &["b=15%", "10%"], Verdict::NoChange);
        check("100", "90", &["b*=15%", "b=10%"], Verdict::NoChange);
    }

    #[test]
    fn what_has_no_rate_is_an_error_that_names_it() {
        for (benchmarks, told) in [
            (r#"{"b": {"success": false, "images_per_second": 0}}"#, "its benchmark `b` failed"),
            (r#"{"b": {"success": false, "error": "no disk"}}"#, "its benchmark `b` failed: `\"no disk\"`"),
            (r#"{"b": {}}"#, "its benchmark `b` does not say whether it succeeded"),
            (r#"{"b": {"success": true}}"#, "its benchmark `b` has no `images_per_second`"),
            (r#"{"b": {"success": true, "images_per_second": -1}}"#, "has no rate as `images_per_second`"),
            ("{}", "has no benchmark"),
            ("{", "is not a file of metrics: EOF while parsing"),
        ] {
            let error = metrics(benchmarks).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_baseline_of_zero_and_a_missing_benchmark_never_pass() {
        let error = compare(&rate("0"), &rate("10"), &[]).unwrap_err();
        assert!(matches!(error, CompareError::ZeroBaseline { .. }), "{error}");
        let other = metrics(r#"{"c": {"success": true, "images_per_second": 1}}"#).unwrap();
        let error = compare(&rate("1"), &other, &[]).unwrap_err();
        assert!(error.to_string().contains("has no benchmark `b`"), "{error}");
        for threshold in ["wall=5%", "c=5%", "2ms", "b=5%@max", "5%@count", "100%", "b=5% and 2ms"] {
            let error = compare(&rate("1"), &rate("1"), &[threshold.parse().unwrap()]).unwrap_err();
            assert!(error.is_usage(), "{threshold}: {error}");
        }
    }
}
