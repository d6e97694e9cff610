//! The facts of an edge on one day, and the rules for merging two parts of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Path};
use serde::{Deserialize, Serialize};

use crate::counts::{self, UnreadEvents};
use crate::people::People;

/// The most paths kept for one class on one edge. If there are more, the smallest in order are kept
/// and [`ClassFacts::more_paths`] is set.
pub const PATHS_MAX: usize = 64;

/// A path at which a class was found in a document, with array indices folded to `[*]`.
///
/// It can only be made from a detector's path, in which keys that are personal data are masked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EdgePath(Arc<str>);

impl EdgePath {
    /// Returns the path as text: `$.items[*].email`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Path> for EdgePath {
    fn from(path: &Path) -> Self {
        Self(Arc::from(path.folded().as_str()))
    }
}

impl fmt::Display for EdgePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The facts of one data class on one edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassFacts {
    /// The number of events that carried the class.
    pub events: u64,
    /// The highest confidence of all findings.
    pub confidence: Confidence,
    /// True if every finding was known test data (`4111 1111 1111 1111`, `example.com`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_test_data: bool,
    /// The paths at which the class was found. At most [`PATHS_MAX`].
    pub paths: BTreeSet<EdgePath>,
    /// True if there were more paths than are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_paths: bool,
}

impl ClassFacts {
    /// Creates the facts of one event that carries the class. Its paths are added later.
    pub(crate) fn of_one_event(confidence: Confidence) -> Self {
        Self {
            events: 1,
            confidence,
            only_test_data: true,
            paths: BTreeSet::new(),
            more_paths: false,
        }
    }

    /// Adds a path at which the class was found.
    pub(crate) fn add_path(&mut self, path: EdgePath) {
        self.paths.insert(path);
        self.keep_within_bound();
    }

    /// Adds the facts of the same class on the same edge from another batch or day.
    pub fn merge(&mut self, other: &Self) {
        self.merge_times(other, 1);
    }

    /// Adds the same facts `times` times.
    fn merge_times(&mut self, other: &Self, times: u64) {
        let events = other.events.saturating_mul(times);
        self.events = self.events.saturating_add(events);
        self.confidence = self.confidence.max(other.confidence);
        self.only_test_data &= other.only_test_data;
        self.more_paths |= other.more_paths;
        for path in &other.paths {
            if !self.paths.contains(path) {
                self.paths.insert(path.clone());
            }
        }
        self.keep_within_bound();
    }

    /// Keeps the smallest [`PATHS_MAX`] paths in text order. The result does not depend on the
    /// order of merging, because a path among the smallest of all is among the smallest of every
    /// part.
    fn keep_within_bound(&mut self) {
        while self.paths.len() > PATHS_MAX {
            self.paths.pop_last();
            self.more_paths = true;
        }
    }
}

/// The facts of an edge on one day: counts, times and classes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeFacts {
    /// The number of events on the edge.
    pub events: u64,
    /// The number of these events with at least one finding.
    pub events_with_findings: u64,
    /// The number of these events that came out of an archive replay.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replayed: u64,
    /// The number of these events whose body could not be read (encrypted, binary). Their classes
    /// are unknown.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unreadable: u64,
    /// The number of other events of which a part was not read. They may carry further classes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub part_unread: u64,
    /// The events of both kinds by reason. An event with two reasons is counted under each. Earlier
    /// versions counted no reasons.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unread: UnreadEvents,
    /// The time of the earliest event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// The time of the latest event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// The data classes found on the edge, with their facts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<DataClass, ClassFacts>,
    /// The people in the events, if a subject key is configured.
    #[serde(default, skip_serializing_if = "People::is_unknown")]
    pub people: People,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl EdgeFacts {
    /// Splits the facts into those without the people and those with nothing but the people.
    pub fn split_people(mut self) -> (Self, Option<Self>) {
        let people = std::mem::take(&mut self.people);
        if people == People::default() {
            return (self, None);
        }
        let of_people = Self {
            people,
            ..Self::default()
        };
        (self, Some(of_people))
    }

    /// Adds the classes of `events` events that all carried the same classes.
    pub(crate) fn add_classes(&mut self, classes: &BTreeMap<DataClass, ClassFacts>, events: u64) {
        for (class, facts) in classes {
            if let Some(known) = self.classes.get_mut(class) {
                known.merge_times(facts, events);
            } else {
                let events = facts.events.saturating_mul(events);
                let facts = facts.clone();
                self.classes.insert(*class, ClassFacts { events, ..facts });
            }
        }
    }

    /// Adds the facts of the same edge from another batch or day.
    pub fn merge(&mut self, other: &Self) {
        self.events = self.events.saturating_add(other.events);
        self.events_with_findings = self
            .events_with_findings
            .saturating_add(other.events_with_findings);
        self.replayed = self.replayed.saturating_add(other.replayed);
        self.unreadable = self.unreadable.saturating_add(other.unreadable);
        self.part_unread = self.part_unread.saturating_add(other.part_unread);
        counts::add(&mut self.unread, &other.unread);
        self.first_seen = [self.first_seen, other.first_seen]
            .into_iter()
            .flatten()
            .min();
        self.last_seen = [self.last_seen, other.last_seen]
            .into_iter()
            .flatten()
            .max();
        self.people.merge(&other.people);
        self.add_classes(&other.classes, 1);
    }
}
