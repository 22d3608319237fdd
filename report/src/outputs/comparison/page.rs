//! A comparison as parts of a page: sentences, the bar of where the difference went, and the rows of its tables.
//!
//! Takes changes and shares of the wall time, gives them words and places on axes. The differences of the bar have one
//! unit and sum as shown. Computes no figure.

use templates::{
    BridgePart, Compared, ComparedPart as Part, ComparedRow, Figure as HeadFigure, Judged, Mark, Piece,
    Place, RunDot, Stretch, Strip, Strips,
};

use super::{Comparison, SIDES, cells, words};
use crate::analysis::{self, Attribution, PartOf, divided};
use crate::gate::{Change, Figure, Subject, Verdict};
use crate::text::terminal;
use crate::text::units::{self, Scale};

/// The most rows of the table: each has a dot for every run.
const MOST: usize = 100;
/// The most dots of a strip, beside runs far from the others.
const MOST_DOTS: usize = 30;
/// The most lines of the table of parts.
const MOST_PARTS: usize = 30;
/// The most pieces of a stretch of the bar, and the least share of one; all others are one piece.
const MOST_PIECES: usize = 12;
const LEAST_SHARE: f64 = 0.01;
/// The steps of an axis, in percent. The last has no end: what is beyond is at the end of the axis.
const STEPS: [u32; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
/// An axis is at most this many times as long as the widest threshold, unless the wall time changed by more.
const MOST_BANDS: f64 = 40.0;

impl Comparison {
    /// What a page says of it. `undrawn` says which runs the chart cannot show.
    pub(crate) fn compared(&self, undrawn: Option<String>) -> Compared {
        let (word, rest) = words::headline(self, terminal::quoted_in_page);
        let rows = self.rows();
        let (listed, others) = rows.split_at(rows.len().min(MOST));
        let axis = Axis::of(listed, self.wall());
        let method = format!("Method: {}.", cells::method(self, &rows, terminal::plain));
        let judged = [format!("{}.", cells::counts(&rows)), method];
        let judged = judged
            .into_iter()
            .chain(cells::advice(&rows))
            .chain(words::averages(self, terminal::quoted_in_page));
        let has_many = self.sides.iter().any(|side| side.runs.len() > MOST_DOTS);
        let of_many = format!(
            "Of more than {MOST_DOTS} runs of a side, {MOST_DOTS} from the least to the greatest and those far from the \
             others have a dot."
        );
        let judged = judged.chain(has_many.then_some(of_many));
        let one_sided =
            (0..2).flat_map(|side| self.one_sided(side).into_iter().map(move |task| (side, task)));
        let one_sided: Vec<_> = one_sided.collect();
        Compared {
            verdict: Judged { kind: kind(self.verdict()), word: word.to_owned() },
            rest,
            cautions: self.cautions.clone(),
            figures: self.wall().and_then(head_figure).into_iter().collect(),
            sides: self.sides.clone().map(|side| (side.label, side.read)),
            bridge: self.attribution.as_ref().and_then(bridge),
            rows: listed.iter().map(|change| self.row(change, &axis)).collect(),
            more: cells::more(others),
            marks: axis.marks(),
            judged: judged.collect(),
            notes: cells::unknown_shares(self).into_iter().chain(self.notes.iter().cloned()).collect(),
            one_sided: one_sided.iter().take(MOST).map(|(side, task)| one_sided_row(*side, task)).collect(),
            more_one_sided: one_sided.len().saturating_sub(MOST) as u64,
            undrawn,
        }
    }

    fn row(&self, change: &Change, axis: &Axis) -> ComparedRow {
        let (part, figure) = match (&change.subject, change.figure) {
            (Subject::Task { group, task }, Figure::Total | Figure::Throughput) => {
                (task_part(group, task), None)
            }
            (Subject::Task { group, task }, figure) => (task_part(group, task), Some(figure.to_string())),
            (_, figure) => (other_part("run", figure.to_string()), None),
        };
        ComparedRow {
            part,
            figure,
            values: cells::figures(change).unwrap_or(["–".into(), "–".into()]),
            change: cells::change(change).unwrap_or("–".into()),
            interval: cells::interval(change),
            place: axis.place(change),
            strips: self.strips(change),
            verdict: Judged {
                kind: kind(change.verdict),
                word: format!("{}{}", cells::verdict(change.verdict), cells::untested(change)),
            },
            needed: cells::runs_needed(change.verdict),
        }
    }

    /// The runs on one axis. `None` if the values of a side are not known.
    fn strips(&self, change: &Change) -> Option<Strips> {
        let estimate = change.estimate?;
        let values = [&change.baseline, &change.candidate];
        let all = || values.into_iter().flatten().copied();
        let least = all().min_by(f64::total_cmp)?;
        let greatest = all().max_by(f64::total_cmp)?;
        let at = |value: f64| if greatest > least { (value - least) / (greatest - least) } else { 0.5 };
        let typical = [estimate.baseline, estimate.candidate];
        let strip = |side: usize| {
            let names = &self.sides[side].runs;
            // A figure that some run lacks has no values of which the run is known.
            let is_known = names.len() == values[side].len();
            let runs = dotted(values[side], &change.outliers[side]);
            let dots =
                runs.into_iter().map(|index| (index, values[side][index])).map(|(index, value)| RunDot {
                    run: if is_known { super::run_key(side, index) } else { String::new() },
                    name: if is_known {
                        names[index].clone()
                    } else {
                        format!("a run of the {}", SIDES[side])
                    },
                    value: cells::amount(change.figure, value),
                    at: at(value),
                    is_far: change.outliers[side].contains(&index),
                });
            Strip { typical: at(typical[side]), dots: dots.collect(), runs: values[side].len() }
        };
        Some(Strips {
            ends: [least, greatest].map(|end| cells::amount(change.figure, end)),
            sides: [strip(0), strip(1)],
        })
    }
}

/// The runs of a side that have a dot: all; of very many, the least, the greatest, and some at equal steps of rank between
/// them, and those far from the others.
fn dotted(values: &[f64], far: &[usize]) -> Vec<usize> {
    let mut by_value: Vec<usize> = (0..values.len()).collect();
    if values.len() <= MOST_DOTS {
        return by_value;
    }
    by_value.sort_by(|&one, &other| values[one].total_cmp(&values[other]));
    let rank = |dot: usize| dot * (values.len() - 1) / (MOST_DOTS - 1);
    let mut runs: Vec<usize> = (0..MOST_DOTS).map(|dot| by_value[rank(dot)]).collect();
    runs.extend(far.iter().take(MOST_DOTS));
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// How a verdict looks.
fn kind(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Regression => "worse",
        Verdict::Improvement => "better",
        Verdict::NoChange => "same",
        Verdict::Inconclusive(_) => "open",
    }
}

/// `wall time`, `4.21 → 5.05 s, +20.0 % (+16.1 to +24.0)`.
fn head_figure(wall: &Change) -> Option<HeadFigure> {
    let [baseline, candidate] = cells::figures(wall)?;
    let (number, unit) = baseline.rsplit_once(' ')?;
    let from = if candidate.ends_with(&format!(" {unit}")) { number } else { &baseline };
    let interval = cells::interval(wall).map_or(String::new(), |interval| format!(" ({interval})"));
    Some(HeadFigure {
        label: "wall time, typical run".into(),
        value: format!("{from} → {candidate}, {}{interval}", cells::change(wall)?),
        hint: "baseline → candidate, the change, and its 90 % interval in percent".into(),
    })
}

fn task_part(group: &str, task: &str) -> Part {
    let group = Some(group.to_owned()).filter(|group| !group.is_empty());
    Part { kind: "task", group, name: task.to_owned() }
}

fn other_part(kind: &'static str, name: impl Into<String>) -> Part {
    Part { kind, group: None, name: name.into() }
}

fn part_of(of: &PartOf) -> Part {
    match of {
        PartOf::Task { group, task } => task_part(group, task),
        PartOf::OtherTasks => other_part("others", "other tasks"),
        PartOf::IdleBefore => other_part("idle", "before the first span"),
        PartOf::IdleBetween => other_part("idle", "idle between spans"),
        PartOf::IdleAfter => other_part("idle", "after the last span"),
    }
}

fn one_sided_row(side: usize, task: &super::OneSided) -> templates::OneSided {
    templates::OneSided {
        part: task_part(&task.group, &task.task),
        side: SIDES[side],
        count: units::number(task.count),
        total: units::seconds(task.total_ns.round() as i64),
    }
}

/// Where the difference went. `None` if no part differs.
fn bridge(of: &Attribution) -> Option<templates::Bridge> {
    let differences: Vec<i64> = of.parts.iter().map(analysis::Part::difference_ns).collect();
    let greatest = differences.iter().map(|ns| ns.unsigned_abs()).max().filter(|ns| *ns > 0)?;
    let scale = Scale::of(greatest.max(of.difference_ns().unsigned_abs()));
    let step_ns = i128::from(scale.step_ns());
    let wide: Vec<i128> = differences.iter().map(|ns| i128::from(*ns)).collect();
    // In whole steps, all differences together, so that what is shown adds up.
    let (whole, steps) = divided(&wide, step_ns);
    let text = |steps: i64| signed(steps, scale);
    let sum = |is_of: fn(i64) -> bool| {
        differences.iter().filter(|ns| is_of(**ns)).map(|ns| i128::from(*ns)).sum::<i128>()
    };
    let (less, more) = (-sum(|ns| ns < 0), sum(|ns| ns > 0));
    let longest = less.max(more) as f64;
    let stretches = [("less", less), ("more", more)].into_iter().filter(|(_, ns)| *ns > 0);
    let stretches = stretches.map(|(word, sum_ns)| {
        let is_less = word == "less";
        let own = || {
            (0..differences.len())
                .filter(|&part| differences[part] != 0 && (differences[part] < 0) == is_less)
        };
        let share = |part: usize| differences[part].unsigned_abs() as f64 / sum_ns as f64;
        let named = own().take(MOST_PIECES).take_while(|&part| share(part) >= LEAST_SHARE).count();
        let piece = |part: usize| Piece {
            part: part_of(&of.parts[part].of),
            difference: text(steps[part]),
            share: share(part),
        };
        let mut pieces: Vec<Piece> = own().take(named).map(piece).collect();
        let rest: Vec<usize> = own().skip(named).collect();
        if !rest.is_empty() {
            pieces.push(Piece {
                part: other_part("others", units::counted(rest.len() as u64, "other part")),
                difference: text(rest.iter().map(|&part| steps[part]).sum()),
                share: rest.iter().map(|&part| share(part)).sum(),
            });
        }
        let sum = match own().map(|part| steps[part]).sum() {
            0 => format!("under {}", scale.text(1)),
            steps => text(steps),
        };
        Stretch { word, sum, width: sum_ns as f64 / longest, pieces }
    });
    let line = |parts: &[usize], part: Part| BridgePart {
        part,
        values: [
            parts.iter().map(|&part| of.parts[part].baseline_ns).sum(),
            parts.iter().map(|&part| of.parts[part].candidate_ns).sum(),
        ]
        .map(units::seconds),
        difference: text(parts.iter().map(|&part| steps[part]).sum()),
    };
    let (listed, others): (Vec<usize>, Vec<usize>) = (0..of.parts.len()).partition(|&part| part < MOST_PARTS);
    let rest = || line(&others, other_part("others", units::counted(others.len() as u64, "other part")));
    Some(templates::Bridge {
        walls: [of.baseline_ns, of.candidate_ns].map(units::seconds),
        difference: text(whole),
        stretches: stretches.collect(),
        parts: listed.iter().map(|&part| line(&[part], part_of(&of.parts[part].of))).collect(),
        rest: (!others.is_empty()).then(rest),
    })
}

/// `+0.84 s`, `−0.30 s`, `0.00 s`.
fn signed(steps: i64, scale: Scale) -> String {
    let sign = match steps {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}", scale.text(steps.unsigned_abs()))
}

/// The axis of all changes: from as much less to as much more, in equal steps of the change.
struct Axis {
    /// Its right end: candidate / baseline - 1. The left end is the negative of it.
    end: f64,
}

impl Axis {
    /// The axis that has all changes and intervals, but no longer than many thresholds, so that most can be told apart.
    fn of(rows: &[&Change], wall: Option<&Change>) -> Axis {
        let reach = |change: &Change| {
            let estimate = change.estimate?;
            let (from, to) = estimate.interval.or(estimate.change.map(|change| (change, change)))?;
            Some(from.abs().max(to.abs()))
        };
        let farthest = rows.iter().filter_map(|change| reach(change)).fold(0.0, f64::max);
        let bands = rows.iter().filter_map(|change| change.band());
        let widest = bands.map(|(down, up)| up.max(-down)).fold(0.0, f64::max);
        let most = (MOST_BANDS * widest).max(wall.and_then(reach).unwrap_or(0.0)).max(0.01);
        let wanted = farthest.max(1.5 * widest.min(1.0)).min(most);
        let end = STEPS.into_iter().map(|step| f64::from(step) / 100.0).find(|end| *end >= wanted);
        Axis { end: end.unwrap_or(50.0) }
    }

    fn at(&self, change: f64) -> f64 {
        (change / self.end + 1.0) / 2.0
    }

    fn marks(&self) -> Vec<Mark> {
        let mark = |part: f64| {
            let percent = part * self.end * 100.0;
            let sign = if percent > 0.0 { "+" } else { "" };
            Mark { at: (part + 1.0) / 2.0, text: format!("{sign}{} %", units::number(percent)) }
        };
        [-0.5, 0.0, 0.5].map(mark).to_vec()
    }

    fn place(&self, change: &Change) -> Option<Place> {
        let estimate = change.estimate?;
        let own = estimate.change?;
        let (from, to) = estimate.interval.unwrap_or((own, own));
        let ends = |(from, to): (f64, f64)| (self.at(from), self.at(to));
        Some(Place {
            at: self.at(own),
            interval: estimate.interval.map(ends),
            band: change.band().map(ends),
            beyond: [from.min(own) < -self.end, to.max(own) > self.end],
        })
    }
}
