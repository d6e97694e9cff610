//! An edge: producer → consumer over a list of channels, for one event type.
//!
//! The key says which flow it is; the facts say what was seen on it on one day. Facts merge by laws
//! (associative, commutative, an empty one changes nothing), which is what lets a tracer fold in
//! memory, a store add up, and a report put days together in any order with the same result.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Path};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::name::Name;
use crate::people::People;

/// The most paths kept for one class on one edge. Beyond it the smallest in order are kept and
/// [`ClassFacts::more_paths`] is set.
pub const PATHS_MAX: usize = 64;

/// What kind of thing publishes or holds data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// A service as the topology names it, or an event source.
    Service,
    /// A Lambda function that no service claims.
    Function,
    /// A DynamoDB table, as the producer of its stream.
    Table,
    /// An S3 bucket, as the producer of its notifications.
    Bucket,
    /// A dead-letter queue: it holds what could not be delivered.
    DeadLetterQueue,
    /// An EventBridge archive.
    Archive,
    /// A log group that keeps bodies.
    LogGroup,
    /// Somebody received or sent it, and nobody can say who.
    Unattributed,
    /// The bus is known and no rule took the event: it went to no consumer.
    NoConsumer,
}

impl PartyKind {
    /// Whether it keeps what it receives and is not a service: a table, a bucket, a dead-letter queue,
    /// an archive, a log group.
    pub fn holds_data(self) -> bool {
        match self {
            Self::Table | Self::Bucket | Self::DeadLetterQueue | Self::Archive | Self::LogGroup => {
                true
            }
            Self::Service | Self::Function | Self::Unattributed | Self::NoConsumer => false,
        }
    }

    /// Whether nobody can say who it is, or there is nobody.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Unattributed | Self::NoConsumer)
    }

    const ALL: [Self; 9] = [
        Self::Service,
        Self::Function,
        Self::Table,
        Self::Bucket,
        Self::DeadLetterQueue,
        Self::Archive,
        Self::LogGroup,
        Self::Unattributed,
        Self::NoConsumer,
    ];

    /// The kind as it is written before a name: `dead-letter-queue`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Function => "function",
            Self::Table => "table",
            Self::Bucket => "bucket",
            Self::DeadLetterQueue => "dead-letter-queue",
            Self::Archive => "archive",
            Self::LogGroup => "log-group",
            Self::Unattributed => "unattributed",
            Self::NoConsumer => "no-consumer",
        }
    }
}

/// A producer or a consumer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// Its name; absent where nobody can name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

impl Party {
    /// A party with a name.
    pub fn new(kind: PartyKind, name: Name) -> Self {
        Self {
            kind,
            name: Some(name),
        }
    }

    /// A party nobody can name.
    pub const UNATTRIBUTED: Self = Self {
        kind: PartyKind::Unattributed,
        name: None,
    };

    /// Nobody: no rule of the bus took the event.
    pub const NO_CONSUMER: Self = Self {
        kind: PartyKind::NoConsumer,
        name: None,
    };
}

impl fmt::Display for Party {
    /// A service is its name; everything else says its kind: `archive/all-events`. So does a service
    /// whose name would pass for something else: an event source called `unattributed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passes_for_a_kind = |name: &Name| {
            let first = name.as_str().split('/').next();
            PartyKind::ALL
                .iter()
                .any(|kind| Some(kind.as_str()) == first)
        };
        match (&self.kind, &self.name) {
            (PartyKind::Service, Some(name)) if !passes_for_a_kind(name) => name.fmt(f),
            (kind, Some(name)) => {
                // A log group's name begins with a slash of its own.
                let between = if name.as_str().starts_with('/') {
                    ""
                } else {
                    "/"
                };
                write!(f, "{}{between}{name}", kind.as_str())
            }
            (kind, None) => f.write_str(kind.as_str()),
        }
    }
}

/// What kind of channel carries an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// An EventBridge event bus.
    Bus,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A Kinesis stream or a table's stream.
    Stream,
    /// An EventBridge pipe.
    Pipe,
}

impl ChannelKind {
    /// The kind as it is written before a name: `bus`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bus => "bus",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Stream => "stream",
            Self::Pipe => "pipe",
        }
    }
}

/// An event bus, queue, topic, stream or pipe. Written `queue/orders`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// What it is.
    pub kind: ChannelKind,
    /// Its name, without region and account.
    pub name: Name,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}

/// How we know that a consumer received it, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A policy would allow it.
    Permitted,
    /// A route exists.
    Configured,
    /// The route's pattern accepts the event.
    Matched,
    /// The payload was seen at a tap on the consumer's own channel.
    Observed,
    /// Bus logs say so.
    Delivered,
    /// Seen inside the consumer.
    Consumed,
}

impl Basis {
    /// The basis in one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permitted => "permitted",
            Self::Configured => "configured",
            Self::Matched => "matched",
            Self::Observed => "observed",
            Self::Delivered => "delivered",
            Self::Consumed => "consumed",
        }
    }
}

/// Producer → consumer over a list of channels, for one event type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// Who published.
    pub producer: Party,
    /// Who received.
    pub consumer: Party,
    /// Over which channels, in order of travel.
    pub channels: Vec<Channel>,
    /// `OrderPlaced`; the envelope's own word where it has no type.
    pub event_type: Name,
}

/// The identity of an edge: a flow and its basis.
///
/// The basis is part of it: an event seen at the bus (`matched`) and again at the consumer's queue
/// (`observed`) is the same flow measured twice, and adding the two would count it twice.
///
/// It is written as one flat object, the basis beside the parts of the flow. Stores keep it so, and
/// SQLite compares its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "Written")]
pub struct EdgeKey {
    /// The flow.
    pub flow: Flow,
    /// How we know.
    pub basis: Basis,
}

/// An edge's key as it is written.
#[derive(Deserialize)]
struct Written {
    producer: Party,
    consumer: Party,
    channels: Vec<Channel>,
    event_type: Name,
    basis: Basis,
}

impl From<Written> for EdgeKey {
    fn from(written: Written) -> Self {
        Self {
            flow: Flow {
                producer: written.producer,
                consumer: written.consumer,
                channels: written.channels,
                event_type: written.event_type,
            },
            basis: written.basis,
        }
    }
}

impl Serialize for EdgeKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Flow {
            producer,
            consumer,
            channels,
            event_type,
        } = &self.flow;
        let mut written = serializer.serialize_struct("EdgeKey", 5)?;
        written.serialize_field("producer", producer)?;
        written.serialize_field("consumer", consumer)?;
        written.serialize_field("channels", channels)?;
        written.serialize_field("event_type", event_type)?;
        written.serialize_field("basis", &self.basis)?;
        written.end()
    }
}

/// Where in a document a class was found, array indices folded to `[*]`.
///
/// It is made from a detector's path and nothing else, so that what stands in an edge has been
/// masked where a key was personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EdgePath(Arc<str>);

impl EdgePath {
    /// The path as text: `$.items[*].email`.
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

/// One data class on one edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassFacts {
    /// Events that carried the class.
    pub events: u64,
    /// The highest confidence of any finding.
    pub confidence: Confidence,
    /// Whether every finding was known test data (`4111 1111 1111 1111`, `example.com`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_test_data: bool,
    /// Where in the document, indices folded to `[*]`; at most [`PATHS_MAX`].
    pub paths: BTreeSet<EdgePath>,
    /// Whether there were more paths than are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_paths: bool,
}

impl ClassFacts {
    /// One event that carries the class; its paths are still to be added.
    pub(crate) fn of_one_event(confidence: Confidence) -> Self {
        Self {
            events: 1,
            confidence,
            only_test_data: true,
            paths: BTreeSet::new(),
            more_paths: false,
        }
    }

    /// Adds a place where the class was found.
    pub(crate) fn add_path(&mut self, path: EdgePath) {
        self.paths.insert(path);
        self.keep_within_bound();
    }

    /// Adds what another place saw of the same class on the same edge.
    pub fn merge(&mut self, other: &Self) {
        self.merge_times(other, 1);
    }

    /// Adds what so many places saw alike.
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

    /// Keeps the smallest [`PATHS_MAX`] paths. Which ones stay does not depend on the order of
    /// merging: a path among the smallest of all is among the smallest of every part.
    fn keep_within_bound(&mut self) {
        while self.paths.len() > PATHS_MAX {
            self.paths.pop_last();
            self.more_paths = true;
        }
    }
}

/// What was seen on an edge: counts, times, classes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeFacts {
    /// Events that travelled the edge.
    pub events: u64,
    /// Events of those with at least one finding.
    pub events_with_findings: u64,
    /// Events of those that came out of an archive replay.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replayed: u64,
    /// Events whose body could not be looked at (encrypted, binary): their classes are unknown.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unreadable: u64,
    /// The earliest event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// The latest event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Classes by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<DataClass, ClassFacts>,
    /// The people in them, where they were looked at with a key.
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
    /// Takes the people out: what is left, and a part that holds nothing else.
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

    /// Adds the classes of so many events that carried the same.
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

    /// Adds what another tracer, batch or day saw of the same edge.
    pub fn merge(&mut self, other: &Self) {
        self.events = self.events.saturating_add(other.events);
        self.events_with_findings = self
            .events_with_findings
            .saturating_add(other.events_with_findings);
        self.replayed = self.replayed.saturating_add(other.replayed);
        self.unreadable = self.unreadable.saturating_add(other.unreadable);
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

#[cfg(test)]
mod tests {
    use piitrail_detect::Engine;

    use super::*;

    #[test]
    fn no_event_source_can_pass_for_the_unknown_or_for_another_kind() {
        let engine = Engine::new();
        let party = |kind, name: &str| Party::new(kind, Name::masked(&engine, name)).to_string();
        assert_eq!(party(PartyKind::Service, "orders"), "orders");
        assert_eq!(party(PartyKind::Service, "/shop/orders"), "/shop/orders");
        assert_eq!(party(PartyKind::Archive, "all"), "archive/all");
        assert_eq!(
            party(PartyKind::Service, "archive/all"),
            "service/archive/all"
        );
        assert_eq!(
            party(PartyKind::Service, "unattributed"),
            "service/unattributed"
        );
        assert_eq!(Party::UNATTRIBUTED.to_string(), "unattributed");
    }

    #[test]
    fn an_edges_key_is_written_flat_as_stores_keep_it() {
        let engine = Engine::new();
        let key = EdgeKey {
            flow: Flow {
                producer: Party::new(PartyKind::Service, Name::masked(&engine, "orders")),
                consumer: Party::UNATTRIBUTED,
                channels: vec![Channel {
                    kind: ChannelKind::Bus,
                    name: Name::masked(&engine, "shop"),
                }],
                event_type: Name::masked(&engine, "OrderPlaced"),
            },
            basis: Basis::Observed,
        };
        let written = r#"{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"unattributed"},"channels":[{"kind":"bus","name":"shop"}],"event_type":"OrderPlaced","basis":"observed"}"#;
        assert_eq!(serde_json::to_string(&key).unwrap(), written);
        assert_eq!(serde_json::from_str::<EdgeKey>(written).unwrap(), key);
    }
}
