//! Edges: flows with their basis, and what was seen on them by day.
//!
//! The key is defined here and the facts in `facts.rs`. Merging facts is associative and
//! commutative, and an empty part changes nothing. So a tracer can add them up in memory, a store
//! can add up batches, and a report can add up days, in any order and with the same result.

use std::cmp::Ordering;

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::channel::Channel;
use crate::home::Home;
use crate::name::Name;
use crate::party::Party;

mod facts;

pub use facts::{ClassFacts, EdgeFacts, EdgePath, PATHS_MAX};

/// The evidence that a consumer received an event, weakest first.
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
    /// Bus logs say that it was delivered.
    Delivered,
    /// The event was seen inside the consumer.
    Consumed,
}

impl Basis {
    /// Returns the basis of a way after a step: the same if the step is certain, and at most
    /// [`Basis::Configured`] otherwise.
    pub(crate) fn if_certain(self, is_certain: bool) -> Self {
        if is_certain {
            self
        } else {
            self.min(Self::Configured)
        }
    }

    /// Returns the basis in one word.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The publisher.
    pub producer: Party,
    /// The receiver.
    pub consumer: Party,
    /// The channels, in order of travel.
    pub channels: Vec<Channel>,
    /// The type of the event: `OrderPlaced`. For an event without a type, the envelope's name for
    /// it.
    pub event_type: Name,
}

impl Flow {
    /// Returns the homes of the producer, the consumer and the channels, in this order.
    pub fn homes(&self) -> impl Iterator<Item = Home> {
        let parties = [self.producer.home, self.consumer.home].into_iter();
        parties.chain(self.channels.iter().map(|channel| channel.home))
    }

    /// Returns the flow of the same names without homes.
    #[must_use]
    pub fn without_homes(&self) -> Self {
        let channels = self.channels.iter();
        Self {
            producer: self.producer.clone().at(Home::UNKNOWN),
            consumer: self.consumer.clone().at(Home::UNKNOWN),
            channels: channels
                .map(|channel| channel.clone().at(Home::UNKNOWN))
                .collect(),
            event_type: self.event_type.clone(),
        }
    }

    /// Fills in unknown homes from another flow with the same names.
    pub(crate) fn learn_homes(&mut self, other: &Self) {
        let own = [&mut self.producer.home, &mut self.consumer.home].into_iter();
        let own = own.chain(self.channels.iter_mut().map(|channel| &mut channel.home));
        for (home, other) in own.zip(other.homes()) {
            *home = home.or(other);
        }
    }
}

/// Compares kinds and names first and homes last. So flows with the same names stand side by side,
/// and a flow keeps its position among the others when a home becomes known.
impl Ord for Flow {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_party =
            |one: &Party, other: &Party| (one.kind, &one.name).cmp(&(other.kind, &other.name));
        by_party(&self.producer, &other.producer)
            .then_with(|| by_party(&self.consumer, &other.consumer))
            .then_with(|| {
                let channels = self
                    .channels
                    .iter()
                    .map(|channel| (channel.kind, &channel.name));
                channels.cmp(
                    other
                        .channels
                        .iter()
                        .map(|channel| (channel.kind, &channel.name)),
                )
            })
            .then_with(|| self.event_type.cmp(&other.event_type))
            .then_with(|| self.homes().cmp(other.homes()))
    }
}

impl PartialOrd for Flow {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The identity of an edge: a flow and its basis.
///
/// The basis is part of the key: an event that was seen at the bus (`matched`) and again at the
/// consumer's queue (`observed`) is the same flow measured twice. Adding the two would count it
/// twice.
///
/// It serialises as one flat object with the basis beside the parts of the flow. Stores keep it in
/// that form, and SQLite compares its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "FlatKey")]
pub struct EdgeKey {
    /// The flow.
    pub flow: Flow,
    /// The basis on which we know the flow.
    pub basis: Basis,
}

/// The serialised form of an edge's key.
#[derive(Deserialize)]
struct FlatKey {
    producer: Party,
    consumer: Party,
    channels: Vec<Channel>,
    event_type: Name,
    basis: Basis,
}

impl From<FlatKey> for EdgeKey {
    fn from(flat: FlatKey) -> Self {
        Self {
            flow: Flow {
                producer: flat.producer,
                consumer: flat.consumer,
                channels: flat.channels,
                event_type: flat.event_type,
            },
            basis: flat.basis,
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
        let mut flat = serializer.serialize_struct("EdgeKey", 5)?;
        flat.serialize_field("producer", producer)?;
        flat.serialize_field("consumer", consumer)?;
        flat.serialize_field("channels", channels)?;
        flat.serialize_field("event_type", event_type)?;
        flat.serialize_field("basis", &self.basis)?;
        flat.end()
    }
}

#[cfg(test)]
mod tests {
    use piitrail_detect::Engine;

    use super::*;
    use crate::channel::ChannelKind;
    use crate::party::PartyKind;

    #[test]
    fn an_edges_key_is_written_flat_as_stores_keep_it() {
        let engine = Engine::new();
        let key = EdgeKey {
            flow: Flow {
                producer: Party::new(PartyKind::Service, Name::masked(&engine, "orders")),
                consumer: Party::UNATTRIBUTED,
                channels: vec![Channel::new(
                    ChannelKind::Bus,
                    Name::masked(&engine, "shop"),
                )],
                event_type: Name::masked(&engine, "OrderPlaced"),
            },
            basis: Basis::Observed,
        };
        let written = r#"{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"unattributed"},"channels":[{"kind":"bus","name":"shop"}],"event_type":"OrderPlaced","basis":"observed"}"#;
        assert_eq!(serde_json::to_string(&key).unwrap(), written);
        assert_eq!(serde_json::from_str::<EdgeKey>(written).unwrap(), key);
    }
}
