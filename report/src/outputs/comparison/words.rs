//! The sentence that a comparison begins with: the verdict, and where the difference in wall time went.
//!
//! Takes changes and the shares of the wall time. Gives words whose numbers have one unit and add up as shown. Calls a
//! difference "about" so much unless it is significant. Names are as the caller writes them.

use std::collections::{BTreeSet, HashMap};

use super::cells::{self, Naming};
use super::{Comparison, difference, is_untested};
use crate::analysis::{Attribution, Part, PartOf, divided};
use crate::gate::{Change, Figure, LEAST_RUNS, Reason, Subject, Verdict};
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
    let names = Names::of(of, name);
    let wall = of.wall().map(|wall| (wall, wall_phrase(wall, of.attribution.as_ref(), &names)));
    let decisive: Vec<&Change> = of
        .rows()
        .into_iter()
        .filter(|change| cells::verdict(change.verdict) == cells::verdict(verdict))
        .collect();
    let rest = match &wall {
        Some((wall, phrase)) if cells::verdict(wall.verdict) == cells::verdict(verdict) => {
            format!(": {}.", phrase.text)
        }
        Some((_, phrase)) => format!(" {joint} {}. {}.", subjects(&decisive, &names), phrase.sentence()),
        None => format!(" {joint} {}.", subjects(&decisive, &names)),
    };
    (word, rest)
}

/// What is judged: `` `save` (+60.0 %) ``, `` `save` (+60.0 %) and the p95 of `request` (+7.0 %) ``, `4 figures`.
fn subjects(changes: &[&Change], names: &Names<'_>) -> String {
    let is_untested = changes.iter().any(|change| is_untested(change));
    match changes {
        [one] if is_untested => {
            let change = one.estimate.and_then(|estimate| estimate.change);
            let change = change.map_or(String::new(), |change| format!("{}; ", units::change(change)));
            format!("{} ({change}single values, not tested)", subject(one, names))
        }
        [one] => with_change(one, names),
        [one, other] if !is_untested => {
            format!("{} and {}", with_change(one, names), with_change(other, names))
        }
        all => {
            let untested = if is_untested { " (single values, not tested)" } else { "" };
            format!("{}{untested}", units::counted(all.len() as u64, "figure"))
        }
    }
}

fn with_change(change: &Change, names: &Names<'_>) -> String {
    let about =
        if matches!(change.verdict, Verdict::Regression | Verdict::Improvement) { "" } else { "about " };
    let by = change.estimate.and_then(|estimate| estimate.change);
    let by = by.filter(|by| units::change_number(*by) != "0.0");
    let by = by.map_or(String::new(), |by| format!(" ({about}{})", units::change(by)));
    format!("{}{by}", subject(change, names))
}

fn subject(change: &Change, names: &Names<'_>) -> String {
    let Subject::Task { group, task } = &change.subject else { return format!("the {}", change.figure) };
    let task = names.full(group, task);
    match change.figure {
        Figure::Total | Figure::Throughput => task,
        Figure::Count => format!("the number of spans of {task}"),
        figure => format!("the {figure} of {task}"),
    }
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

fn wall_phrase(wall: &Change, attribution: Option<&Attribution>, names: &Names<'_>) -> Phrase {
    let Some(estimate) = wall.estimate else {
        return Phrase { text: "the wall time of a side is not known".into(), has_verb: true };
    };
    let scale = scale(wall, attribution);
    let is_significant = is_significant(wall);
    let averages = attribution.filter(|of| !differ(wall, of));
    let ns = averages.map_or(typical_ns(wall), Attribution::difference_ns);
    let (mut text, has_verb) = match difference_words(ns, scale) {
        Some(words) if is_significant => (words, false),
        Some(words) => (format!("about {words}"), false),
        None => (same_words(scale), true),
    };
    if averages.is_none() && !has_verb {
        let change = estimate.change.map(|change| format!(" ({})", units::change(change)));
        text.push_str(&change.unwrap_or_default());
    }
    text.push_str(&match wall.verdict {
        Verdict::Regression | Verdict::Improvement => String::new(),
        Verdict::NoChange if has_verb => String::new(),
        Verdict::NoChange => {
            format!(", inside the threshold of {}", cells::threshold(&wall.threshold, wall.figure))
        }
        Verdict::Inconclusive(Reason::FewRuns) => {
            format!(", but fewer than {LEAST_RUNS} runs a side are too few to tell")
        }
        Verdict::Inconclusive(Reason::Noise(_)) if has_verb => ", but the runs vary too much to tell".into(),
        Verdict::Inconclusive(Reason::Noise(_)) => ", which may be chance".into(),
        Verdict::Inconclusive(Reason::NoRatio) => ", but the baseline is 0".into(),
        Verdict::Inconclusive(Reason::NotKnown) => ", but it is not known of every run".into(),
    });
    if let Some(attribution) = averages {
        // Where nothing changed, only parts that would be a change of the whole are worth a word.
        let is_worth = match wall.verdict {
            Verdict::NoChange => wall.threshold.relative.is_none_or(|relative| {
                greatest_part_ns(attribution) as f64 >= relative * attribution.baseline_ns as f64
            }),
            _ => true,
        };
        if let Some(parts) = is_worth.then(|| parts_words(attribution, scale, names)).flatten() {
            text.push_str(&format!(": {parts}"));
        }
    }
    Phrase { text, has_verb }
}

/// Where the difference of the averages went, if that is not the difference of the typical runs, which the verdict and
/// the table have: `On average over all runs, it is 0.60 s slower: all of it in `save`. Runs that are far from the others
/// of their side move the averages.`
pub(super) fn averages(of: &Comparison, name: Naming) -> Option<String> {
    let (wall, attribution) = of.wall().zip(of.attribution.as_ref())?;
    wall.estimate.filter(|_| differ(wall, attribution))?;
    let scale = scale(wall, Some(attribution));
    let difference = match difference_words(attribution.difference_ns(), scale) {
        Some(words) => format!("the run is {words}"),
        None => same_words(scale),
    };
    let parts = parts_words(attribution, scale, &Names::of(of, name));
    let parts = parts.map_or(String::new(), |parts| format!(": {parts}"));
    let why = "Runs that are far from the others of their side move the averages.";
    Some(format!("On average over all runs, {difference}{parts}. {why}"))
}

fn same_words(scale: Scale) -> String {
    format!("the wall time is the same to {}", scale.text(1))
}

fn is_significant(change: &Change) -> bool {
    matches!(change.verdict, Verdict::Regression | Verdict::Improvement)
}

fn typical_ns(wall: &Change) -> i64 {
    difference(wall).round() as i64
}

fn greatest_part_ns(attribution: &Attribution) -> u64 {
    attribution.parts.first().map_or(0, |part| part.difference_ns().unsigned_abs())
}

/// The unit and the decimals of all amounts.
fn scale(wall: &Change, attribution: Option<&Attribution>) -> Scale {
    let typical_ns = typical_ns(wall).unsigned_abs();
    let of_averages = attribution.map(|of| of.difference_ns().unsigned_abs().max(greatest_part_ns(of)));
    let greatest_ns = typical_ns.max(of_averages.unwrap_or(0));
    if !is_significant(wall) {
        // A difference of less than a thousandth or so of the wall time is called none.
        let baseline_ns = wall.estimate.map_or(0, |estimate| cells::whole(estimate.baseline));
        return Scale::of(greatest_ns.max(baseline_ns / 100));
    }
    let scale = Scale::of(greatest_ns);
    // Great parts that cancel each other do not hide a significant difference.
    if typical_ns < scale.step_ns() { Scale::of(typical_ns) } else { scale }
}

/// Whether the averages over all runs, which have shares, differ from the typical runs, which are judged: a run far from
/// the others moves the averages.
fn differ(wall: &Change, attribution: &Attribution) -> bool {
    let (typical_ns, mean_ns) = (typical_ns(wall), attribution.difference_ns());
    let apart = typical_ns.abs_diff(mean_ns) as f64;
    let greatest = typical_ns.unsigned_abs().max(mean_ns.unsigned_abs()) as f64;
    let baseline = wall.estimate.map_or(0.0, |estimate| estimate.baseline);
    apart > greatest * 0.1 && (is_significant(wall) || apart > baseline * 0.01)
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

/// Where the difference went: `0.71 s of it in `save`, 0.10 s after the last span, 0.03 s in 4 other tasks`. Where parts
/// go against the whole: `0.50 s more in `save`, 0.30 s less in `request``. `None` if no part differs as shown.
fn parts_words(attribution: &Attribution, scale: Scale, names: &Names<'_>) -> Option<String> {
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
    let words = first.iter().zip(&steps).enumerate().filter(|(_, (_, steps))| **steps != 0);
    let mut words: Vec<String> = words
        .map(|(index, (part, &steps))| {
            let place = match &part.of {
                PartOf::Task { group, task } => format!("in {}", names.short(group, task)),
                PartOf::OtherTasks => "in other tasks".into(),
                PartOf::IdleBefore => "before the first span".into(),
                PartOf::IdleBetween => "idle between spans".into(),
                PartOf::IdleAfter => "after the last span".into(),
            };
            let is_idle = part.of == PartOf::IdleBetween;
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

/// The parts that are not named: `4 other tasks`, `4 other tasks and time without spans`.
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
    let idle = has_idle.then(|| "time without spans".to_owned());
    tasks.into_iter().chain(idle).collect::<Vec<_>>().join(" and ")
}

/// The names of tasks in a sentence.
struct Names<'a> {
    write: Naming,
    /// The groups that have a task of each name.
    groups: HashMap<&'a str, BTreeSet<&'a str>>,
    /// What is shortened to each text.
    whole: HashMap<String, BTreeSet<String>>,
}

impl<'a> Names<'a> {
    fn of(of: &'a Comparison, write: Naming) -> Names<'a> {
        let mut names = Names { write, groups: HashMap::new(), whole: HashMap::new() };
        let parts = of.attribution.iter().flat_map(|of| &of.parts);
        for part in parts {
            if let PartOf::Task { group, task } = &part.of {
                names.groups.entry(task).or_default().insert(group);
                names.add(labels::task((group, task)));
                names.add(labels::task(("", task)));
            }
        }
        for change in of.gate.changes() {
            if let Subject::Task { group, task } = &change.subject {
                names.add(labels::task((group, task)));
            }
        }
        names
    }

    fn add(&mut self, label: String) {
        self.whole.entry(shortened(&label, NAME_WIDTH)).or_default().insert(label);
    }

    /// The task with its group. It is shortened unless another name would become the same.
    fn full(&self, group: &str, task: &str) -> String {
        let label = labels::task((group, task));
        let short = shortened(&label, NAME_WIDTH);
        let is_unique = self.whole.get(&short).is_none_or(|labels| labels.len() <= 1);
        (self.write)(if is_unique { &short } else { &label })
    }

    /// The task by its own name; with its group if another group has a task of this name.
    fn short(&self, group: &str, task: &str) -> String {
        let is_unique = self.groups.get(task).is_none_or(|groups| groups.len() <= 1);
        self.full(if is_unique { "" } else { group }, task)
    }
}
