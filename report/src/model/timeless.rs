//! What a summary has without times: timings, which belong to its tasks, and profiles, which do not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::key::KeyId;
use super::profile::{Profile, ProfileIdentity};
use super::summary::Summary;
use super::timings::{Timed, Timings};

impl Summary {
    /// The summary of timings.
    pub(crate) fn of_timings(timings: Timings) -> Summary {
        let Timings { keys, sums, durations } = timings;
        let timings = keys.ids().zip(sums).collect();
        Summary { keys: Arc::new(keys), timings, durations, ..Summary::default() }
    }

    /// The sums of its timings, by key. Their durations are among [`durations`](Summary::durations).
    pub(crate) fn timings(&self) -> impl ExactSizeIterator<Item = (KeyId, &Timed)> {
        self.timings.iter().map(|(&key, timed)| (key, timed))
    }

    /// Number of timings: durations without moments.
    pub fn timing_count(&self) -> u64 {
        self.timings.values().fold(0, |sum, timed| timed.count.saturating_add(sum))
    }

    /// The summary of a profile.
    pub(crate) fn of_profile(identity: ProfileIdentity, profile: Profile) -> Summary {
        Summary { profiles: BTreeMap::from([(identity, profile)]), ..Summary::default() }
    }

    /// Gives it the timings of some of its keys, and profiles, as another summary had them.
    pub(crate) fn set_timeless(
        &mut self,
        timings: BTreeMap<KeyId, Timed>,
        profiles: BTreeMap<ProfileIdentity, Profile>,
    ) {
        (self.timings, self.profiles) = (timings, profiles);
    }

    /// Its profiles, sorted by source, name and unit.
    pub(crate) fn profiles(&self) -> impl ExactSizeIterator<Item = (&ProfileIdentity, &Profile)> {
        self.profiles.iter()
    }
}
