//! Kept runs: which of them a name means, and the side of them.
//!
//! Takes `before`, `before@3..7` or `before/3`. Chooses by number and reads only what it must: another run, which may be
//! damaged or just begin, does no harm. A run that cannot be compared is an error that says how to name others, and is
//! never left out.

use std::iter;
use std::path::PathBuf;

use super::error::CompareError;
use super::loading::{How, faults_in_words, with_figures};
use super::numbering::{last_row, listed, ranges};
use super::side::{Side, title_of, why_unusable};
use crate::runs::{Metadata, Name, Place, Store};
use crate::text::{quoted, terminal};

/// Kept runs in the order of their numbers.
type Runs = Vec<(Place, Metadata)>;

/// Kept runs that an argument chooses.
pub(super) struct Chosen {
    name: Name,
    which: Which,
}

enum Which {
    /// The runs of the last command: all of its repeats.
    Latest,
    /// These numbers, inclusive.
    Range(u64, u64),
}

/// The name and the numbers that an argument means; `None` if no such name has runs. A name goes before all other
/// meanings.
pub(super) fn chosen(argument: &str, names: &[Name]) -> Option<Result<Chosen, CompareError>> {
    let known = |text: &str| names.iter().find(|name| name.as_str() == text).cloned();
    if let Some(name) = known(argument) {
        return Some(Ok(Chosen { name, which: Which::Latest }));
    }
    let (name, numbers) = argument.rsplit_once('@').or_else(|| argument.rsplit_once('/'))?;
    let name = known(name)?;
    let (first, last) = numbers.split_once("..").unwrap_or((numbers, numbers));
    let range = first.parse().ok().zip(last.parse().ok()).filter(|(first, last)| first <= last);
    Some(match range {
        Some((first, last)) => Ok(Chosen { name, which: Which::Range(first, last) }),
        None => Err(CompareError::Range { argument: argument.to_owned(), run: name.to_string() }),
    })
}

/// The side of kept runs, which the user named `label`.
///
/// # Errors
///
/// [`CompareError`] if one of them is missing or cannot be compared.
pub(super) fn side(label: &str, chosen: Chosen, store: &Store, how: &How) -> Result<Side, CompareError> {
    let Chosen { name, which } = chosen;
    let path = || PathBuf::from(name.as_str());
    let places = store.places(&name).map_err(|source| CompareError::System { path: path(), source })?;
    let kept = Kept { name, places, store };
    let (wanted, note) = match which {
        Which::Latest => kept.latest()?,
        Which::Range(first, last) => (kept.in_range(first, last)?, Vec::new()),
    };
    let mut faults = Vec::new();
    let mut runs = Vec::new();
    for (place, run) in wanted {
        if let Some(why) = why_unusable(&run) {
            return Err(CompareError::Unusable { run: title_of(&run), why, hint: kept.others() });
        }
        let (run, found) = with_figures(place.directory(), run, how)?;
        faults.push((title_of(&run), found));
        runs.push((place, run));
    }
    let mut side = Side::of_runs(label, &runs)?;
    side.notes.extend(note);
    side.notes.extend(faults_in_words(label, &faults));
    Ok(side)
}

/// The runs of a name.
struct Kept<'a> {
    name: Name,
    /// In the order of their numbers.
    places: Vec<Place>,
    store: &'a Store,
}

impl Kept<'_> {
    fn read(&self, place: &Place) -> Result<Metadata, CompareError> {
        self.store.read(place).map_err(|source| CompareError::System { path: place.metadata(), source })
    }

    /// The repeats of the last command, and notes on what is missing or not compared. Reads from the end.
    fn latest(&self) -> Result<(Runs, Vec<String>), CompareError> {
        // A run that just begins has no description yet.
        let mut begun = self.places.iter().rev().skip_while(|place| !place.metadata().exists());
        let Some(last) = begun.next() else { return Ok((Vec::new(), Vec::new())) };
        let mut repeats = vec![(last.clone(), self.read(last)?)];
        let (process, all) = (repeats[0].1.process, repeats[0].1.repeat.1);
        // Such a comparison has as many runs as it needed; the comparison of both sides says if it was not enough.
        let may_be_fewer = repeats[0].1.in_turn.as_ref().is_some_and(|in_turn| in_turn.until_decided);
        for place in begun {
            if repeats.last().is_some_and(|(_, run)| run.repeat.0 <= 1) {
                break;
            }
            // Repeats have the same `waterfall`, whose process other runs do not have.
            let run = self.store.read(place).ok();
            let run = run.filter(|run| run.process == process && run.repeat.1 == all);
            repeats.extend(run.map(|run| (place.clone(), run)));
        }
        repeats.reverse();
        let mut notes = Vec::new();
        if repeats.len() < all as usize {
            if process.lives() {
                let why = format!("has not ended: {} of its {all} runs have begun", repeats.len());
                let (run, hint) = (quoted(self.name.as_str()), self.others());
                return Err(CompareError::Unusable { run, why, hint });
            }
            let only = format!(
                "{} has only {} of the {all} runs of its last command.",
                quoted(self.name.as_str()),
                repeats.len()
            );
            notes.extend((!may_be_fewer).then_some(only));
        }
        let is_other = |place: &&Place| repeats.iter().all(|(repeat, _)| repeat.number != place.number);
        notes.extend(self.not_compared(self.places.iter().filter(is_other)));
        Ok((repeats, notes))
    }

    /// `Not compared: before/1 to before/4, which belong to other commands; `before@1..9` names all.` A range has no gap.
    fn not_compared<'a>(&self, others: impl Iterator<Item = &'a Place>) -> Option<String> {
        let names: Vec<String> = others.map(|place| self.title(place.number)).collect();
        let belong = if names.len() == 1 { "belongs to another command" } else { "belong to other commands" };
        let all: Vec<u64> = self.places.iter().map(|place| place.number).collect();
        let row = last_row(&all).filter(|(first, _)| all.first() == Some(first));
        let hint = row.map(|(first, last)| {
            format!("; `{}@{first}..{last}` names all", terminal::plain(self.name.as_str()))
        });
        let hint = hint.unwrap_or_default();
        (!names.is_empty()).then(|| format!("Not compared: {}, which {belong}{hint}.", listed(&names)))
    }

    /// The runs with these numbers. Each of them must exist.
    fn in_range(&self, first: u64, last: u64) -> Result<Runs, CompareError> {
        let is_wanted = |place: &&Place| (first..=last).contains(&place.number);
        let wanted: Vec<&Place> = self.places.iter().filter(is_wanted).collect();
        let missing = (first..=last)
            .zip(wanted.iter().map(|place| Some(place.number)).chain(iter::repeat(None)))
            .find(|(number, found)| *found != Some(*number));
        if let Some((number, _)) = missing {
            let numbers: Vec<u64> = self.places.iter().map(|place| place.number).collect();
            let hint = match numbers.is_empty() {
                true => String::new(),
                false => format!("; {} has {}", quoted(self.name.as_str()), ranges(&numbers)),
            };
            let (run, why) = (self.title(number), "does not exist".into());
            return Err(CompareError::Unusable { run, why, hint });
        }
        wanted.into_iter().map(|place| Ok((place.clone(), self.read(place)?))).collect()
    }

    /// How to name the last runs in a row that can be compared.
    fn others(&self) -> String {
        let is_usable = |run: Metadata| why_unusable(&run).is_none() && !run.is_silent();
        let usable = self.places.iter().filter(|place| self.store.read(place).is_ok_and(is_usable));
        let plain = terminal::plain(self.name.as_str());
        match last_row(&usable.map(|place| place.number).collect::<Vec<u64>>()) {
            None => format!("; no run of {} can be compared", quoted(self.name.as_str())),
            Some((first, last)) if first == last => format!("; `{plain}@{first}` names another run"),
            Some((first, last)) => format!("; `{plain}@{first}..{last}` names other runs"),
        }
    }

    fn title(&self, number: u64) -> String {
        terminal::plain(&format!("{}/{number}", self.name))
    }
}
