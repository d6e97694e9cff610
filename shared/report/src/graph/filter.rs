//! Filters: which edges an answer contains.

use piitrail_detect::{DataClass, Tier};
use piitrail_flow::edge::Flow;
use piitrail_flow::home::{Account, Home, Region};
use piitrail_flow::name::Name;
use piitrail_flow::party::Party;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Edge;

/// Filters. An edge must match all that are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Only edges from this producer: orders, function/resize, function/resize@eu-west-1/222222222222
    #[schemars(extend("x-value" = "PARTY"))]
    pub producer: Option<String>,
    /// Only edges to this consumer
    #[schemars(extend("x-value" = "PARTY"))]
    pub consumer: Option<String>,
    /// Only edges over this channel: queue/jobs, jobs, queue/jobs@eu-west-1/222222222222
    pub channel: Option<String>,
    /// Only edges with this event type
    #[schemars(extend("x-value" = "TYPE"))]
    pub event_type: Option<String>,
    /// Only edges that carry this data class: `CREDIT_CARD`
    #[schemars(with = "Option<String>")]
    pub class: Option<DataClass>,
    /// Only edges that carry a data class of this tier
    #[schemars(with = "Option<TierName>")]
    pub tier: Option<Tier>,
    /// Only edges with a party or a channel in this account: 222222222222
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9]{12}$"))]
    pub account: Option<Account>,
    /// Only edges with a party or a channel in this region: eu-west-1
    #[schemars(with = "Option<String>")]
    pub region: Option<Region>,
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
                    is_named(
                        wanted,
                        &channel.to_string(),
                        Some(&channel.name),
                        channel.home,
                    )
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
            && (self.account.is_none() || flow.homes().any(|home| home.account == self.account))
            && (self.region.is_none() || flow.homes().any(|home| home.region == self.region))
    }
}

/// Whether a party is the one that is wanted.
fn is_party(wanted: Option<&str>, party: &Party) -> bool {
    wanted
        .is_none_or(|wanted| is_named(wanted, &party.to_string(), party.name.as_ref(), party.home))
}

/// Whether something is meant: by its name with or without its kind, and with or without its home.
fn is_named(wanted: &str, with_kind: &str, name: Option<&Name>, home: Home) -> bool {
    let is_name = |wanted: &str| wanted == with_kind || name.is_some_and(|n| n.as_str() == wanted);
    // A name may contain an @ itself.
    is_name(wanted)
        || wanted.rsplit_once('@').is_some_and(|(wanted, at)| {
            is_name(wanted)
                && Home::parse(at).is_some_and(|at| at.fits(&home) && home.or(at) == home)
        })
}
