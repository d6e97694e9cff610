//! Writes a ledger as columns.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use piitrail_detect::DataClass;

use super::columns::{
    Columns, HAS_FIRST, HAS_LAST, MORE_PATHS, ONLY_TEST_DATA, OTHER_CONFIDENCE, OTHER_PATHS,
    PRESENT, PackedCoverage,
};
use super::count;
use crate::counts::{Counted, Counts, KnownOrLater};
use crate::edge::{ClassFacts, EdgeFacts, EdgeKey, EdgePath};
use crate::ledger::Ledger;
use crate::name::Name;
use crate::party::Party;
use crate::people::People;
use crate::time::{Day, day_number, start_of};

/// Gives each distinct item an index, in order of first use.
struct Dictionary<T> {
    places: BTreeMap<T, u32>,
    list: Vec<T>,
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self {
            places: BTreeMap::new(),
            list: Vec::new(),
        }
    }
}

/// The dictionaries that classes on edges refer to.
#[derive(Default)]
struct Dictionaries {
    paths: Dictionary<EdgePath>,
    classes: Dictionary<DataClass>,
    path_sets: Dictionary<Vec<u32>>,
}

impl Dictionaries {
    /// Returns the index of a set of paths.
    fn set(&mut self, facts: &ClassFacts) -> u32 {
        let mut places: Vec<u32> = facts
            .paths
            .iter()
            .map(|path| self.paths.place(path))
            .collect();
        places.sort_unstable();
        let mut before = 0;
        for place in &mut places {
            (before, *place) = (*place, *place - before);
        }
        self.path_sets.place(&places)
    }
}

impl<T: Ord + Clone> Dictionary<T> {
    fn place(&mut self, item: &T) -> u32 {
        if let Some(place) = self.places.get(item) {
            return *place;
        }
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.places.insert(item.clone(), place);
        self.list.push(item.clone());
        place
    }
}

impl Columns {
    pub(super) fn of(ledger: &Ledger) -> Self {
        let mut columns = Self::default();
        let mut names = Dictionary::default();
        let mut dictionaries = Dictionaries::default();
        let party = |party: &Party, names: &mut Dictionary<Name>| {
            (
                party.kind,
                party.name.as_ref().map(|name| names.place(name)),
            )
        };

        let mut by_edge: BTreeMap<&EdgeKey, Vec<(Day, &EdgeFacts)>> = BTreeMap::new();
        for ((day, key), facts) in &ledger.edges {
            by_edge.entry(key).or_default().push((*day, facts));
        }
        let mut day_before = 0;
        for (key, days) in &by_edge {
            columns
                .producers
                .push(party(&key.flow.producer, &mut names));
            columns
                .consumers
                .push(party(&key.flow.consumer, &mut names));
            columns.channels.push(
                key.flow
                    .channels
                    .iter()
                    .map(|channel| (channel.kind, names.place(&channel.name)))
                    .collect(),
            );
            columns.event_types.push(names.place(&key.flow.event_type));
            columns.bases.push(key.basis);
            columns.days_of_edge.push(count(days.len()));
            for (day, facts) in days {
                columns.push_day(*day, facts, &mut day_before);
            }

            columns.push_classes(days, &mut dictionaries);
        }
        for ((day, place), coverage) in &ledger.coverage {
            columns.coverage.push(PackedCoverage {
                day: day_number(*day),
                place: place
                    .as_ref()
                    .map(|channel| (channel.kind, names.place(&channel.name))),
                deliveries: coverage.deliveries,
                unreadable: list(&coverage.unreadable),
                limits: list(&coverage.limits),
            });
        }
        columns.names = names.list;
        columns.paths = dictionaries.paths.list;
        columns.classes = dictionaries.classes.list;
        columns.path_sets = dictionaries.path_sets.list;
        columns
    }

    /// Adds the classes of an edge on its days to the columns.
    fn push_classes(&mut self, days: &[(Day, &EdgeFacts)], dictionaries: &mut Dictionaries) {
        let seen: BTreeSet<DataClass> = days
            .iter()
            .flat_map(|(_, facts)| facts.classes.keys().copied())
            .collect();
        self.classes_of_edge.push(count(seen.len()));
        for class in seen {
            let on_days: Vec<(&EdgeFacts, Option<&ClassFacts>)> = days
                .iter()
                .map(|(_, facts)| (*facts, facts.classes.get(&class)))
                .collect();
            let usual_confidence = most_common(
                on_days
                    .iter()
                    .filter_map(|(_, facts)| Some((*facts)?.confidence.percent())),
            );
            let usual_set = most_common(
                on_days
                    .iter()
                    .filter_map(|(_, facts)| Some(dictionaries.set((*facts)?))),
            );
            self.class.push(dictionaries.classes.place(&class));
            self.confidence.push(usual_confidence);
            self.path_set.push(usual_set);
            for (day, facts) in on_days {
                let Some(facts) = facts else {
                    self.states.push(0);
                    continue;
                };
                let confidence = facts.confidence.percent();
                let paths = dictionaries.set(facts);
                let mut state = PRESENT;
                if facts.only_test_data {
                    state |= ONLY_TEST_DATA;
                }
                if facts.more_paths {
                    state |= MORE_PATHS;
                }
                if confidence != usual_confidence {
                    state |= OTHER_CONFIDENCE;
                    self.other_confidence.push(confidence);
                }
                if paths != usual_set {
                    state |= OTHER_PATHS;
                    self.other_path_set.push(paths);
                }
                self.states.push(state);
                self.class_events
                    .push(day.events_with_findings.wrapping_sub(facts.events));
            }
        }
    }

    fn push_day(&mut self, day: Day, facts: &EdgeFacts, day_before: &mut i64) {
        let number = day_number(day);
        self.days.push(number - *day_before);
        *day_before = number;

        let start = start_of(day).as_millisecond();
        let first = facts.first_seen.map(Timestamp::as_millisecond);
        let last = facts.last_seen.map(Timestamp::as_millisecond);
        let mut times = 0;
        if let Some(first) = first {
            times |= HAS_FIRST;
            self.first_seen.push(first - start);
        }
        if let Some(last) = last {
            times |= HAS_LAST;
            self.last_seen.push(last - first.unwrap_or(start));
        }
        if facts.people != People::default() {
            self.people
                .push((count(self.times.len()), facts.people.clone()));
        }
        self.times.push(times);
        self.events_with_findings.push(facts.events_with_findings);
        self.events
            .push(facts.events.wrapping_sub(facts.events_with_findings));
        self.replayed.push(facts.replayed);
        self.unreadable.push(facts.unreadable);
    }
}

/// Returns counts as a list, in the order of their names.
fn list<T: Counted>(counts: &Counts<T>) -> Vec<(KnownOrLater<T>, u64)> {
    counts
        .iter()
        .map(|(counted, count)| (counted.clone(), *count))
        .collect()
}

/// Returns the most frequent value. Of several, it returns the smallest, so that the result does
/// not depend on the order.
fn most_common<T: Ord + Copy + Default>(values: impl Iterator<Item = T>) -> T {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(value, count)| (*count, std::cmp::Reverse(*value)))
        .map(|(value, _)| value)
        .unwrap_or_default()
}
