//! Which edges are wanted.

use piitrail_detect::{DataClass, Tier};
use piitrail_flow::edge::{Flow, Party};
use serde::Deserialize;

use super::Edge;

/// Only edges that match all that are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Who published, as the map names it: `orders`, `function/resize`.
    pub producer: Option<String>,
    /// Who received.
    pub consumer: Option<String>,
    /// A channel on the way: `queue/jobs`, or its name alone.
    pub channel: Option<String>,
    /// The event type.
    pub event_type: Option<String>,
    /// A data class it carries: `CREDIT_CARD`.
    pub class: Option<DataClass>,
    /// A tier of which it carries a class: `restricted`.
    pub tier: Option<Tier>,
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
