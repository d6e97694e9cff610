//! The subject index: on which edges a person was seen, with which classes, from when to when.
//!
//! Kept only where it was asked for. Sightings merge by union, earliest and latest, so that one
//! written twice changes nothing: a store need not know whether it has it already.

use std::collections::{BTreeMap, BTreeSet};

use piitrail_detect::DataClass;
use serde::{Deserialize, Serialize};

use super::SubjectId;
use crate::edge::EdgeKey;
use crate::time::Day;

/// A person on an edge. By the day: no more of anybody's doings than the question takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The first day.
    pub first_seen: Day,
    /// The last day.
    pub last_seen: Day,
    /// The classes of the events that the person was in. Whose they were where an event speaks of
    /// several people is not known.
    pub classes: BTreeSet<DataClass>,
}

impl Sighting {
    /// Adds what was seen elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.classes.extend(&other.classes);
    }
}

/// People, and the edges they were seen on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sightings {
    people: BTreeMap<SubjectId, BTreeMap<EdgeKey, Sighting>>,
    /// The keys of what a store holds about them and cannot read. It is left out.
    pub damaged: BTreeSet<String>,
}

impl Sightings {
    /// Adds a person on an edge.
    pub fn add(&mut self, subject: SubjectId, edge: EdgeKey, sighting: &Sighting) {
        self.people
            .entry(subject)
            .or_default()
            .entry(edge)
            .and_modify(|known| known.merge(sighting))
            .or_insert_with(|| sighting.clone());
    }

    /// Adds all that was seen elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (subject, edge, sighting) in other.iter() {
            self.add(subject.clone(), edge.clone(), sighting);
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&SubjectId, &EdgeKey, &Sighting)> {
        self.people.iter().flat_map(|(subject, edges)| {
            edges
                .iter()
                .map(move |(edge, sighting)| (subject, edge, sighting))
        })
    }

    /// Those of these people.
    #[must_use]
    pub fn of(&self, subjects: &[SubjectId]) -> Self {
        let known =
            |subject: &SubjectId| Some((subject.clone(), self.people.get(subject)?.clone()));
        Self {
            people: subjects.iter().filter_map(known).collect(),
            damaged: BTreeSet::new(),
        }
    }

    /// Forgets these people, and says on how many edges they had been seen.
    pub fn erase(&mut self, subjects: &[SubjectId]) -> u64 {
        let erased = subjects
            .iter()
            .filter_map(|subject| self.people.remove(subject));
        erased.map(|edges| edges.len() as u64).sum()
    }

    /// Lets go of what was last seen before a day.
    pub fn forget_before(&mut self, day: Day) {
        for edges in self.people.values_mut() {
            edges.retain(|_, sighting| day <= sighting.last_seen);
        }
        self.people.retain(|_, edges| !edges.is_empty());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.people.values().map(BTreeMap::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}
