//! The sentence that a comparison begins with: the verdict, and where the difference in wall time went.
//!
//! Takes changes and the shares of the wall time. Gives words whose numbers have one unit and add up as shown. Calls a
//! difference "about" so much unless it is significant. Names are as the caller writes them.

use std::collections::HashMap;

use super::cells::{self, Naming};
use super::{Comparison, difference, is_untested};
use crate::analysis::{Attribution, Part, PartOf, divided};
use crate::gate::{Change, Figure, Reason, Subject, Verdict};
use crate::outputs::labels;
use crate::text::shortened;
use crate::text::units::{self, Scale};

/// The most parts of the wall time that a sentence names.
const NAMED: usize = 3;
/// Parts of less than the greatest one divided by this are not named.
const LEAST_PART: u64 = 20;
/// The most columns of a name in a sentence.
const NAME_WIDTH: usize = 48;

/// The verdict in a word, and what follows it: `Regression`, `: 0.84 s slower: 0.71 s of it in `save`.`
pub(super) fn headline(of: &Comparison, name: Naming) -> (&'static str, String) {
    let verdict = of.verdict();
    let (word, joint) = match verdict {
        Verdict::Regression => ("Regression", "in"),
        Verdict::Improvement => ("Improvement", "in"),
        Verdict::NoChange => ("No change", "in"),
        Verdict::Inconclusive(_) => ("Inconclusive", "for"),
    };
    let wall = of.wall().map(|wall| (wall, wall_phrase(wall, of.attribution.as_ref(), name)));
    let decisive: Vec<&Change> = of
        .rows()
        .into_iter()
        .filter(|change| cells::verdict(change.verdict) == cells::verdict(verdict))
        .collect();
    let rest = match &wall {
        Some((wall, phrase)) if cells::verdict(wall.verdict) == cells::verdict(verdict) => {
            format!(": {}.", phrase.text)
        }
        Some((_, phrase)) => format!(" {joint} {}. {}.", subjects(&decisive, name), phrase.sentence()),
        None => format!(" {joint} {}.", subjects(&decisive, name)),
    };
    (word, rest)
}

/// What is judged: `` `save` (+60.0 %) ``, `` `save` (+60.0 %) and the p95 of `request` (+7.0 %) ``, `4 figures`.
fn subjects(changes: &[&Change], name: Naming) -> String {
    let is_untested = changes.iter().any(|change| is_untested(change));
    match changes {
        [one] if is_untested => {
            let change = one.estimate.and_then(|estimate| estimate.change);
            let change = change.map_or(String::new(), |change| format!("{}; ", units::change(change)));
            format!("{} ({change}single values, not tested)", subject(one, name))
        }
        [one] => with_change(one, name),
        [one, other] if !is_untested => {
            format!("{} and {}", with_change(one, name), with_change(other, name))
        }
        all => {
            let untested = if is_untested { " (single values, not tested)" } else { "" };
            format!("{}{untested}", units::counted(all.len() as u64, "figure"))
        }
    }
}

fn with_change(change: &Change, name: Naming) -> String {
    let about =
        if matches!(change.verdict, Verdict::Regression | Verdict::Improvement) { "" } else { "about " };
    let by = change.estimate.and_then(|estimate| estimate.change);
    let by = by.map_or(String::new(), |by| format!(" ({about}{})", units::change(by)));
    format!("{}{by}", subject(change, name))
}

fn subject(change: &Change, name: Naming) -> String {
    let Subject::Task { group, task } = &change.subject else { return format!("the {}", change.figure) };
    let task = named(&labels::task((group, task)), name);
    match change.figure {
        Figure::Total | Figure::Throughput => task,
        Figure::Count => format!("the number of spans of {task}"),
        figure => format!("the {figure} of {task}"),
    }
}

fn named(label: &str, name: Naming) -> String {
    name(&shortened(label, NAME_WIDTH))
}

/// How the wall time differs.
struct Phrase {
    /// `0.84 s slower: 0.71 s of it in `save``, `the wall time is the same to 0.1 ms`.
    text: String,
    /// Whether it has a verb, so that it is a sentence.
    has_verb: bool,
}

impl Phrase {
    fn sentence(&self) -> String {
        if !self.has_verb {
            return format!("The run is {}", self.text);
        }
        let mut characters = self.text.chars();
        characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
    }
}

fn wall_phrase(wall: &Change, attribution: Option<&Attribution>, name: Naming) -> Phrase {
    let Some(estimate) = wall.estimate else {
        return Phrase { text: "the wall time of a side is not known".into(), has_verb: true };
    };
    let typical_ns = difference(wall).round() as i64;
    let mean_ns = attribution.map_or(typical_ns, Attribution::difference_ns);
    let is_significant = matches!(wall.verdict, Verdict::Regression | Verdict::Improvement);
    let greatest_part =
        attribution.and_then(|of| of.parts.first()).map_or(0, |part| part.difference_ns().unsigned_abs());
    let greatest_ns = typical_ns.unsigned_abs().max(mean_ns.unsigned_abs()).max(greatest_part);
    // A difference of less than a thousandth or so of the wall time is called none, unless it is significant.
    let least_ns = if is_significant { 0 } else { cells::whole(estimate.baseline) / 100 };
    let mut scale = Scale::of(greatest_ns.max(least_ns));
    if is_significant && typical_ns.unsigned_abs() < scale.step_ns() {
        scale = Scale::of(typical_ns.unsigned_abs()); // great parts that cancel each other do not hide it
    }
    let least_apart = if is_significant { 0.0 } else { estimate.baseline * 0.005 };
    let differ = differ(typical_ns, mean_ns, least_apart);

    let first_ns = if differ { typical_ns } else { mean_ns };
    let (mut text, has_verb) = match difference_words(first_ns, scale) {
        Some(words) if is_significant => (words, false),
        Some(words) => (format!("about {words}"), false),
        None => (format!("the wall time is the same to {}", scale.text(1)), true),
    };
    if attribution.is_none() && !has_verb {
        let change = estimate.change.map(|change| format!(" ({})", units::change(change)));
        text.push_str(&change.unwrap_or_default());
    }
    text.push_str(if differ { " in a typical run" } else { "" });
    text.push_str(&match wall.verdict {
        Verdict::Regression | Verdict::Improvement => String::new(),
        Verdict::NoChange if has_verb => String::new(),
        Verdict::NoChange => {
            format!(", inside the threshold of {}", cells::threshold(&wall.threshold, wall.figure))
        }
        Verdict::Inconclusive(Reason::FewRuns) => ", but fewer than 4 runs a side are too few to tell".into(),
        Verdict::Inconclusive(Reason::Noise(_)) => ", but the runs vary too much to tell".into(),
        Verdict::Inconclusive(Reason::NoRatio) => ", but the baseline is 0".into(),
        Verdict::Inconclusive(Reason::NotKnown) => ", but it is not known of every run".into(),
    });
    if differ {
        let words = difference_words(mean_ns, scale).unwrap_or("the same".into());
        text.push_str(&format!(", {words} on average over all runs"));
    }
    if let Some(attribution) = attribution {
        // Where nothing changed, only parts that would be a change of the whole are worth a word.
        let is_worth = match wall.verdict {
            Verdict::NoChange => wall
                .threshold
                .relative
                .is_none_or(|relative| greatest_part as f64 >= relative * attribution.baseline_ns as f64),
            _ => true,
        };
        if let Some(parts) = is_worth.then(|| parts_words(attribution, scale, name)).flatten() {
            text.push_str(&format!(": {parts}"));
        }
    }
    Phrase { text, has_verb }
}

/// Whether the means over all runs, which have shares, differ from the typical figures, which are judged: a run far
/// from the others moves the means.
fn differ(typical_ns: i64, mean_ns: i64, least_apart: f64) -> bool {
    let apart = typical_ns.abs_diff(mean_ns) as f64;
    let greatest = typical_ns.unsigned_abs().max(mean_ns.unsigned_abs()) as f64;
    apart > greatest * 0.1 && apart > least_apart
}

/// `0.84 s slower`; `None` if it is 0 as shown.
fn difference_words(ns: i64, scale: Scale) -> Option<String> {
    let (steps, _) = divided(&[ns.into()], scale.step_ns().into());
    let direction = match steps {
        0 => return None,
        1.. => "slower",
        _ => "faster",
    };
    Some(format!("{} {direction}", scale.text(steps.unsigned_abs())))
}

/// Where the difference went: `0.71 s of it in `save`, 0.10 s idle at the end, 0.03 s in 4 other tasks`. Where parts
/// go against the whole: `0.50 s more in `save`, 0.30 s less in `request``. `None` if no part differs as shown.
fn parts_words(attribution: &Attribution, scale: Scale, name: Naming) -> Option<String> {
    let parts = &attribution.parts;
    let size = |part: &Part| part.difference_ns().unsigned_abs();
    let least = parts.first().map_or(0, size).div_ceil(LEAST_PART).max(scale.step_ns());
    let named = parts.iter().take(NAMED).take_while(|part| size(part) >= least).count();
    let (first, others) = parts.split_at(named);
    let rest: i128 = others.iter().map(|part| i128::from(part.difference_ns())).sum();
    let differences: Vec<i128> = first.iter().map(|part| part.difference_ns().into()).chain([rest]).collect();
    let (whole, steps) = divided(&differences, scale.step_ns().into());

    let shown = || steps.iter().filter(|&&steps| steps != 0);
    let goes_against = whole == 0 || shown().any(|steps| steps.signum() != whole.signum());
    let is_all = shown().count() == 1 && steps[0] == whole;
    let of_tasks = task_names(attribution);
    let words = first.iter().zip(&steps).enumerate().filter(|(_, (_, steps))| **steps != 0);
    let mut words: Vec<String> = words
        .map(|(index, (part, &steps))| {
            let place = match &part.of {
                PartOf::Task { group, task } => format!("in {}", named_task(&of_tasks, (group, task), name)),
                PartOf::OtherTasks => "in other tasks".into(),
                PartOf::IdleBefore => "idle at the start".into(),
                PartOf::IdleBetween => "idle between spans".into(),
                PartOf::IdleAfter => "idle at the end".into(),
            };
            let is_idle = !place.starts_with("in ");
            let amount = if is_all { "all".into() } else { scale.text(steps.unsigned_abs()) };
            let how = match steps {
                _ if is_all && is_idle && steps < 0 => " of it less",
                _ if is_all => " of it",
                1.. if goes_against => " more",
                _ if goes_against || is_idle && steps < 0 => " less",
                _ if index == 0 => " of it",
                _ => "",
            };
            format!("{amount}{how} {place}")
        })
        .collect();
    let rest = steps[named];
    if rest != 0 {
        let how = match rest {
            _ if !goes_against => "",
            1.. => " more",
            _ => " less",
        };
        let amount = scale.text(rest.unsigned_abs());
        words.push(format!("{amount}{how} in {}", rest_words(first, others)));
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// The parts that are not named: `4 other tasks`, `4 other tasks and idle time`.
fn rest_words(named: &[Part], others: &[Part]) -> String {
    let differing = || others.iter().filter(|part| part.difference_ns() != 0);
    let tasks = differing().filter(|part| matches!(part.of, PartOf::Task { .. })).count() as u64;
    let has_others = differing().any(|part| part.of == PartOf::OtherTasks);
    let has_idle = differing().any(|part| !matches!(part.of, PartOf::Task { .. } | PartOf::OtherTasks));
    let is_task_named = named.iter().any(|part| matches!(part.of, PartOf::Task { .. }));
    let tasks = match (tasks, has_others) {
        (_, true) => Some("other tasks".into()),
        (0, false) => None,
        (count, false) => Some(units::counted(count, if is_task_named { "other task" } else { "task" })),
    };
    let idle = has_idle.then(|| "idle time".to_owned());
    tasks.into_iter().chain(idle).collect::<Vec<_>>().join(" and ")
}

/// How many groups have a task of each name.
fn task_names(attribution: &Attribution) -> HashMap<&str, usize> {
    let mut names = HashMap::new();
    for part in &attribution.parts {
        if let PartOf::Task { task, .. } = &part.of {
            *names.entry(task.as_str()).or_default() += 1;
        }
    }
    names
}

/// The task by its own name; with its group if another group has a task of this name.
fn named_task(names: &HashMap<&str, usize>, (group, task): (&str, &str), name: Naming) -> String {
    let is_unique = names.get(task).is_none_or(|&count| count == 1);
    named(&labels::task((if is_unique { "" } else { group }, task)), name)
}
