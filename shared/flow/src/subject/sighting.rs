//! The subject index: the edges on which a person was seen, with the classes and the first and last
//! day.
//!
//! It is kept only if it is turned on. Sightings merge by union, earliest and latest, so recording
//! one twice changes nothing, and a store need not check if it has it already.

use std::collections::{BTreeMap, BTreeSet};

use piitrail_detect::DataClass;
use serde::{Deserialize, Serialize};

use super::SubjectId;
use crate::edge::EdgeKey;
use crate::time::Day;

/// One person on one edge, by the day. A question needs no finer times, so none are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The first day.
    pub first_seen: Day,
    /// The last day.
    pub last_seen: Day,
    /// The classes of the events that mention the person. In an event about several people, it is
    /// not known whose classes they are.
    pub classes: BTreeSet<DataClass>,
}

impl Sighting {
    /// Adds a sighting of the same person on the same edge.
    pub fn merge(&mut self, other: &Self) {
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.classes.extend(&other.classes);
    }
}

/// People and the edges on which they were seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sightings {
    people: BTreeMap<SubjectId, BTreeMap<EdgeKey, Sighting>>,
    /// The keys of sightings that the store cannot read. They are left out.
    pub damaged: BTreeSet<String>,
}

impl Sightings {
    /// Adds a sighting of a person on an edge.
    pub fn add(&mut self, subject: SubjectId, edge: EdgeKey, sighting: &Sighting) {
        self.people
            .entry(subject)
            .or_default()
            .entry(edge)
            .and_modify(|known| known.merge(sighting))
            .or_insert_with(|| sighting.clone());
    }

    /// Adds the sightings of another index.
    pub fn merge(&mut self, other: &Self) {
        for (subject, edge, sighting) in other.iter() {
            self.add(subject.clone(), edge.clone(), sighting);
        }
    }

    /// Returns all sightings, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&SubjectId, &EdgeKey, &Sighting)> {
        self.people.iter().flat_map(|(subject, edges)| {
            edges
                .iter()
                .map(move |(edge, sighting)| (subject, edge, sighting))
        })
    }

    /// Returns the sightings of these people.
    #[must_use]
    pub fn of(&self, subjects: &[SubjectId]) -> Self {
        let known =
            |subject: &SubjectId| Some((subject.clone(), self.people.get(subject)?.clone()));
        Self {
            people: subjects.iter().filter_map(known).collect(),
            damaged: BTreeSet::new(),
        }
    }

    /// Deletes the sightings of these people and returns the number of edges.
    pub fn erase(&mut self, subjects: &[SubjectId]) -> u64 {
        let erased = subjects
            .iter()
            .filter_map(|subject| self.people.remove(subject));
        erased.map(|edges| edges.len() as u64).sum()
    }

    /// Deletes sightings whose last day is before `day`.
    pub fn forget_before(&mut self, day: Day) {
        for edges in self.people.values_mut() {
            edges.retain(|_, sighting| day <= sighting.last_seen);
        }
        self.people.retain(|_, edges| !edges.is_empty());
    }

    /// Returns the number of sightings.
    pub fn len(&self) -> usize {
        self.people.values().map(BTreeMap::len).sum()
    }

    /// Returns true if there are no sightings.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}
