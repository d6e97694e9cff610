//! Which edges are wanted.

use piitrail_detect::{DataClass, Tier};
use piitrail_flow::edge::Flow;
use piitrail_flow::party::Party;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Edge;

/// Only edges that match all that are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Only what this party published: orders, function/resize
    #[schemars(extend("x-value" = "PARTY"))]
    pub producer: Option<String>,
    /// Only what this party received
    #[schemars(extend("x-value" = "PARTY"))]
    pub consumer: Option<String>,
    /// Only what went over this channel: queue/jobs, or its name alone
    pub channel: Option<String>,
    /// Only events of this type
    #[schemars(extend("x-value" = "TYPE"))]
    pub event_type: Option<String>,
    /// Only edges that carry this data class: `CREDIT_CARD`
    #[schemars(with = "Option<String>")]
    pub class: Option<DataClass>,
    /// Only edges that carry a data class of this tier
    #[schemars(with = "Option<TierName>")]
    pub tier: Option<Tier>,
}

/// The tiers, for the schema of a request.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
enum TierName {
    Restricted,
    Confidential,
    Internal,
}

impl Filters {
    /// Whether an edge matches.
    pub fn accept(&self, flow: &Flow, edge: &Edge) -> bool {
        let mut classes = edge.classes.keys();
        is_party(self.producer.as_deref(), &flow.producer)
            && is_party(self.consumer.as_deref(), &flow.consumer)
            && self.channel.as_ref().is_none_or(|wanted| {
                let mut channels = flow.channels.iter();
                channels.any(|channel| {
                    channel.to_string() == *wanted || channel.name.as_str() == wanted
                })
            })
            && self
                .event_type
                .as_ref()
                .is_none_or(|wanted| flow.event_type.as_str() == wanted)
            && self
                .class
                .is_none_or(|wanted| edge.classes.contains_key(&wanted))
            && self
                .tier
                .is_none_or(|wanted| classes.any(|class| class.tier() == wanted))
    }
}

/// Whether a party is the one that is wanted, by its name with or without its kind.
fn is_party(wanted: Option<&str>, party: &Party) -> bool {
    wanted.is_none_or(|wanted| {
        let name = party.name.as_ref();
        party.to_string() == wanted || name.is_some_and(|name| name.as_str() == wanted)
    })
}
