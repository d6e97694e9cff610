//! The first time an edge carries a class. It tells a team that a release began to send, for
//! example, card numbers somewhere new.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Batch;
use crate::edge::{EdgeKey, EdgePath, Flow, PATHS_MAX};

/// Identifies flows with the same kinds and names: the first 16 bytes of the SHA-256 over an edge's
/// key without its basis and its homes. Homes are left out because they become known later than the
/// flow. [`Markers`](super::Markers) tell flows with the same id apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId([u8; 16]);

impl FlowId {
    /// Returns the id of a flow.
    pub fn of(flow: &Flow) -> Self {
        let Flow {
            producer,
            consumer,
            channels,
            event_type,
        } = flow;
        let mut hash = Sha256::new();
        // Kinds end in a slash, and names end in a zero byte, which no name contains. So two
        // different keys never give the same text.
        for party in [producer, consumer] {
            hash.update(party.kind.as_str());
            hash.update("/");
            hash.update(party.name.as_ref().map_or("", |name| name.as_str()));
            hash.update([0, u8::from(party.name.is_some())]);
        }
        for channel in channels {
            hash.update(channel.kind.as_str());
            hash.update("/");
            hash.update(channel.name.as_str());
            hash.update([0]);
        }
        hash.update([0]);
        hash.update(event_type.as_str());
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(bytes)
    }

    /// Returns the bytes that a store keeps.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A class that an edge carried for the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeen {
    /// The edge.
    pub edge: EdgeKey,
    /// The class.
    pub class: DataClass,
    /// The time of the earliest event of the edge in the batch that showed it.
    pub at: Timestamp,
    /// The confidence of the finding.
    pub confidence: Confidence,
    /// The paths in the document, with indices folded to `[*]`. At most [`PATHS_MAX`].
    pub paths: Vec<EdgePath>,
}

/// The classes that one batch showed for the first time. It is sent and then marked as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The id of the announcement in the store.
    pub id: String,
    /// The new classes.
    pub first_seen: Vec<FirstSeen>,
}

/// Classes that may be new, by flow. Flows that differ only in their homes share one [`FlowId`].
pub type New = BTreeMap<FlowId, BTreeMap<DataClass, Vec<FirstSeen>>>;

/// Returns the classes of a batch that may be new, by flow. Known test data is not personal data,
/// so a class that was only seen as test data is still new.
pub fn first_seen(batch: &Batch) -> New {
    let mut flows = New::new();
    for ((_, key), facts) in &batch.ledger.edges {
        let mut flow = None;
        for (class, seen) in &facts.classes {
            if seen.only_test_data {
                continue;
            }
            let at = facts.first_seen.unwrap_or(batch.at);
            let flow = *flow.get_or_insert_with(|| FlowId::of(&key.flow));
            let of_class = flows.entry(flow).or_default().entry(*class).or_default();
            let may_be_same = |first: &FirstSeen| {
                let homes = first.edge.flow.homes().zip(key.flow.homes());
                homes.into_iter().all(|(one, other)| one.fits(&other))
            };
            let place = of_class.iter().position(may_be_same).unwrap_or_else(|| {
                of_class.push(FirstSeen {
                    edge: key.clone(),
                    class: *class,
                    at,
                    confidence: seen.confidence,
                    paths: Vec::new(),
                });
                of_class.len() - 1
            });
            let first = &mut of_class[place];
            first.edge.flow.learn_homes(&key.flow);
            first.at = first.at.min(at);
            first.confidence = first.confidence.max(seen.confidence);
            first.paths.extend(seen.paths.iter().cloned());
            first.paths.sort_unstable();
            first.paths.dedup();
            // A batch may hold an edge on many days, and each day may have as many paths.
            first.paths.truncate(PATHS_MAX);
            // If one batch measured an edge at two places, the stronger basis counts.
            first.edge.basis = first.edge.basis.max(key.basis);
        }
    }
    flows
}
