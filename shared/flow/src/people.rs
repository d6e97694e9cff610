//! How many people an edge concerned, without knowing who they are.
//!
//! A sketch for each kind of identifier and each epoch of the key, over the keyed fingerprints that
//! the detector makes. Part of an edge's facts, and merged like them.
//!
//! What the number says, and what not:
//! - One person's e-mail address and telephone number are two fingerprints and not two people, so
//!   an edge's people are those of the kind with the most. Where some are known by one and some by
//!   another, they are more.
//! - Under another key the same person has another fingerprint. Sketches of different epochs are
//!   kept apart: over several epochs there were at least as many people as in the one with the most,
//!   and at most as many as in all of them together ([`Headcount`]).
//! - Events without a key given, or with a body that could not be read, are not in it:
//!   [`People::events`] says how many are.

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
    /// Events that were looked at with a key.
    pub events: u64,
    /// Who was in them, by the epoch of the key and what they are known by.
    pub epochs: BTreeMap<Epoch, BTreeMap<SubjectKind, Sketch>>,
}

/// How many people, about: from the epoch with the most to all epochs together. The two are the same
/// within one epoch; each has the standard error of a sketch, [`Sketch::STANDARD_ERROR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Headcount {
    /// No fewer, as far as identifiers tell.
    pub low: u64,
    /// No more: who was seen under two keys counts twice.
    pub high: u64,
}

impl fmt::Display for Headcount {
    /// `120`, or `120–310`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}–{}", self.low, self.high)
        }
    }
}

impl People {
    /// The people of one event.
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

    /// Whether nothing was looked at with a key: how many people there were is not known.
    pub fn is_unknown(&self) -> bool {
        self.events == 0
    }

    /// Adds what another tracer, batch or day saw.
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

    /// How many there were; `None` where nothing was looked at with a key.
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
