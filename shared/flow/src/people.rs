//! The number of people on an edge, counted without knowing who they are.
//!
//! There is a sketch for each kind of identifier and each epoch of the key, over the keyed
//! fingerprints that the detector makes. It is part of an edge's facts and merged like them.
//!
//! The number has these limits:
//! - One person's e-mail address and telephone number are two fingerprints and not two people, so
//!   an edge's number is that of the kind with the most. If some people are known by one kind and
//!   some by another, there are more.
//! - Under another key the same person has another fingerprint. Sketches of different epochs are
//!   kept apart. Over several epochs there were at least as many people as in the epoch with the
//!   most, and at most as many as in all of them together ([`Headcount`]).
//! - Events that were traced without a key, or whose body could not be read, are not included:
//!   [`People::events`] is the number that are.

use std::collections::BTreeMap;
use std::fmt;

use piitrail_detect::{Subject, SubjectKind};
use serde::{Deserialize, Serialize};

use crate::subject::Epoch;

mod sketch;

pub use sketch::{NotASketch, Sketch};

/// The people of an edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// The number of events that were searched with a key.
    pub events: u64,
    /// Sketches of the people in these events, by the epoch of the key and the kind of identifier.
    pub epochs: BTreeMap<Epoch, BTreeMap<SubjectKind, Sketch>>,
}

/// The estimated number of people, from that of the epoch with the most to the sum of all epochs.
/// The two are equal within one epoch. Each has the standard error of a sketch,
/// [`Sketch::STANDARD_ERROR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Headcount {
    /// The lower bound, as far as identifiers tell.
    pub low: u64,
    /// The upper bound. A person who was seen under two keys counts twice.
    pub high: u64,
}

impl fmt::Display for Headcount {
    /// Writes `120`, or `120–310`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}–{}", self.low, self.high)
        }
    }
}

impl People {
    /// Creates the people of one event.
    pub fn of_one_event(epoch: &Epoch, subjects: &[Subject]) -> Self {
        let mut people = Self {
            events: 1,
            ..Self::default()
        };
        if !subjects.is_empty() {
            let kinds = people.epochs.entry(epoch.clone()).or_default();
            for subject in subjects {
                kinds
                    .entry(subject.kind)
                    .or_default()
                    .add(&subject.fingerprint);
            }
        }
        people
    }

    /// Returns true if no event was searched with a key, so that the number of people is unknown.
    pub fn is_unknown(&self) -> bool {
        self.events == 0
    }

    /// Adds the people of other events, from another tracer, batch or day.
    pub fn merge(&mut self, other: &Self) {
        self.events = self.events.saturating_add(other.events);
        self.add_everyone_in(other);
    }

    /// Adds the people of another measurement of the same events.
    pub fn merge_same_events(&mut self, other: &Self) {
        self.events = self.events.max(other.events);
        self.add_everyone_in(other);
    }

    fn add_everyone_in(&mut self, other: &Self) {
        for (epoch, kinds) in &other.epochs {
            let known = self.epochs.entry(epoch.clone()).or_default();
            for (kind, sketch) in kinds {
                known.entry(*kind).or_default().merge(sketch);
            }
        }
    }

    /// Returns the number of people, or `None` if no event was searched with a key.
    pub fn headcount(&self) -> Option<Headcount> {
        if self.is_unknown() {
            return None;
        }
        let by_epoch = self.epochs.values().map(|kinds| {
            let estimates = kinds.values().map(Sketch::estimate);
            estimates.max().unwrap_or(0)
        });
        Some(
            by_epoch.fold(Headcount { low: 0, high: 0 }, |total, count| Headcount {
                low: total.low.max(count),
                high: total.high.saturating_add(count),
            }),
        )
    }
}

#[cfg(test)]
mod tests;
