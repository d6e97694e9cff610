//! The event that announces that an edge carries a data class for the first time.
//!
//! The store returns the new classes as an [`Announcement`]. An announcement has two forms: an
//! event on EventBridge and a line on a terminal. Both contain only what the map contains.

use std::collections::BTreeSet;
use std::fmt;

use piitrail_detect::{DataClass, Tier};
use serde::Serialize;

use crate::edge::{Basis, EdgePath};
use crate::home::Home;
use crate::store::{Announcement, FirstSeen, FlowId, ReceiptId};

/// The `source` of the events that Piitrail sends.
pub const EVENT_SOURCE: &str = "piitrail";

/// The `detail-type` of the event that an edge carries a class for the first time.
pub const FIRST_SEEN_DETAIL_TYPE: &str = "Data class first seen";

/// The version of the event's `detail`. Fields may be added without a new version. A change in the
/// meaning of a field makes a new version.
pub const FIRST_SEEN_VERSION: &str = "1";

/// The `detail` of the event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail<'a> {
    /// The version of the detail: [`FIRST_SEEN_VERSION`].
    version: &'static str,
    /// The id of the announced class on its flow. The event is sent again if it is not certain that
    /// it was received. The id is then the same, so that a receiver can deduplicate.
    id: String,
    producer: String,
    /// The home of the producer. Like the homes below, it is absent if it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    producer_home: Option<Home>,
    consumer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer_home: Option<Home>,
    channels: Vec<String>,
    /// The home of each channel.
    channel_homes: Vec<Option<Home>>,
    event_type: &'a str,
    basis: Basis,
    #[serde(serialize_with = "DataClass::serialize_name")]
    class: DataClass,
    category: &'static str,
    tier: Tier,
    /// The confidence in percent.
    confidence: u8,
    /// The paths in the document, with indices folded to `[*]`.
    paths: &'a [EdgePath],
    /// The time of the first event, in RFC 3339.
    first_seen: String,
}

impl Announcement {
    /// Returns the details of the announcement's events, one for each class of each edge.
    pub fn details(&self) -> impl Iterator<Item = Detail<'_>> {
        self.first_seen.iter().map(|first| Detail {
            version: FIRST_SEEN_VERSION,
            id: id_of(first),
            producer: first.edge.flow.producer.to_string(),
            producer_home: known(first.edge.flow.producer.home),
            consumer: first.edge.flow.consumer.to_string(),
            consumer_home: known(first.edge.flow.consumer.home),
            channel_homes: {
                let channels = first.edge.flow.channels.iter();
                channels.map(|channel| known(channel.home)).collect()
            },
            channels: first
                .edge
                .flow
                .channels
                .iter()
                .map(ToString::to_string)
                .collect(),
            event_type: first.edge.flow.event_type.as_str(),
            basis: first.edge.basis,
            class: first.class,
            category: first.class.category(),
            tier: first.class.tier(),
            confidence: first.confidence.percent(),
            paths: &first.paths,
            first_seen: first.at.to_string(),
        })
    }
}

/// Returns `FlowId:CLASS`, or `FlowId@HOMES:CLASS` if a home is known. A class on a flow with the
/// same names but other homes is another announcement.
fn id_of(first: &FirstSeen) -> String {
    let flow = &first.edge.flow;
    let id = FlowId::of(flow);
    if flow.homes().all(|home| home.is_unknown()) {
        return format!("{id}:{}", first.class);
    }
    let homes: Vec<String> = flow.homes().map(|home| home.to_string()).collect();
    let homes = ReceiptId::of(&homes.join(" "));
    format!("{id}@{homes:?}:{}", first.class)
}

fn known(home: Home) -> Option<Home> {
    Some(home).filter(|home| !home.is_unknown())
}

impl fmt::Display for FirstSeen {
    /// Writes `CREDIT_CARD (restricted) from payments to mailer in PaymentTaken`. The alternate
    /// form (`{:#}`) adds the homes of the flow, for use where there are several homes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { edge, class, .. } = self;
        write!(
            f,
            "{class} ({}) from {} to {} in {}",
            class.tier(),
            edge.flow.producer.shown(),
            edge.flow.consumer.shown(),
            edge.flow.event_type.shown()
        )?;
        if f.alternate() {
            let homes = edge.flow.homes().filter(|home| !home.is_unknown());
            let homes: BTreeSet<String> = homes.map(|home| home.to_string()).collect();
            if !homes.is_empty() {
                let homes: Vec<String> = homes.into_iter().collect();
                write!(f, " ({})", homes.join(", "))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use piitrail_detect::{Confidence, Engine};

    use super::*;
    use crate::edge::{EdgeKey, Flow};
    use crate::name::Name;
    use crate::party::{Party, PartyKind};

    #[test]
    fn the_event_has_the_shape_that_is_documented() {
        let engine = Engine::new();
        let name = |text: &str| Name::masked(&engine, text);
        let announcement = Announcement {
            id: "b".to_owned(),
            first_seen: vec![FirstSeen {
                edge: EdgeKey {
                    flow: Flow {
                        producer: Party::new(PartyKind::Service, name("payments")),
                        consumer: Party::new(PartyKind::Function, name("mailer")),
                        channels: Vec::new(),
                        event_type: name("PaymentTaken"),
                    },
                    basis: Basis::Matched,
                },
                class: DataClass::CreditCard,
                at: "2026-11-21T12:00:00Z".parse().unwrap(),
                confidence: Confidence::new(95),
                paths: Vec::new(),
            }],
        };
        let details: Vec<_> = announcement.details().collect();
        let id = details[0].id.clone();
        assert!(id.ends_with(":CREDIT_CARD"), "{id}");
        assert_eq!(
            serde_json::to_value(&details).unwrap(),
            serde_json::json!([{
                "version": "1",
                "id": id,
                "producer": "payments",
                "consumer": "function/mailer",
                "channels": [],
                "channelHomes": [],
                "eventType": "PaymentTaken",
                "basis": "matched",
                "class": "CREDIT_CARD",
                "category": DataClass::CreditCard.category(),
                "tier": "restricted",
                "confidence": 95,
                "paths": [],
                "firstSeen": "2026-11-21T12:00:00Z",
            }])
        );
        assert_eq!(
            announcement.first_seen[0].to_string(),
            "CREDIT_CARD (restricted) from payments to function/mailer in PaymentTaken"
        );
    }
}
