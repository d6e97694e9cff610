//! Filters: which edges an answer contains.

use std::collections::BTreeSet;

use piitrail_detect::{DataClass, Tier};
use piitrail_flow::edge::Flow;
use piitrail_flow::home::{Account, Home, Region};
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Edge;
use crate::fields::nearest;

/// Filters. An edge must match all that are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Show only edges from this producer, as in orders, function/resize or
    /// function/resize@eu-west-1/222222222222
    #[schemars(with = "Option<String>", extend("x-value" = "PARTY", "x-expected" = A_PARTY))]
    pub producer: Option<WantedName>,
    /// Show only edges to this consumer, as in orders, function/resize or
    /// function/resize@eu-west-1/222222222222
    #[schemars(with = "Option<String>", extend("x-value" = "PARTY", "x-expected" = A_PARTY))]
    pub consumer: Option<WantedName>,
    /// Show only edges over this channel, as in queue/jobs, jobs or
    /// queue/jobs@eu-west-1/222222222222
    #[schemars(with = "Option<String>", extend("x-expected" = A_CHANNEL))]
    pub channel: Option<WantedName>,
    /// Show only edges with this event type, as in `OrderPlaced`
    #[schemars(extend("x-value" = "TYPE", "x-expected" = "an event type, as in OrderPlaced"))]
    pub event_type: Option<String>,
    /// Show only edges that carry this data class, as in `CREDIT_CARD`
    #[schemars(
        with = "Option<String>",
        extend("x-expected" = A_CLASS, "examples" = class_names())
    )]
    pub class: Option<DataClass>,
    /// Show only edges that carry a data class of this tier
    #[schemars(with = "Option<TierName>")]
    pub tier: Option<Tier>,
    /// Show only edges with a party or a channel in this account, as in 222222222222
    #[schemars(
        with = "Option<String>",
        extend("pattern" = "^[0-9]{12}$", "x-expected" = Account::EXPECTED)
    )]
    pub account: Option<Account>,
    /// Show only edges with a party or a channel in this region, as in eu-west-1
    #[schemars(with = "Option<String>", extend("x-expected" = Region::EXPECTED))]
    pub region: Option<Region>,
}

// The filters of a question that has no others. The line below is in the public schema.
/// Filters. An edge must match all that are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HomeFilters {
    /// Show only edges with a party or a channel in this account, as in 222222222222
    #[schemars(
        with = "Option<String>",
        extend("pattern" = "^[0-9]{12}$", "x-expected" = Account::EXPECTED)
    )]
    pub account: Option<Account>,
    /// Show only edges with a party or a channel in this region, as in eu-west-1
    #[schemars(with = "Option<String>", extend("x-expected" = Region::EXPECTED))]
    pub region: Option<Region>,
}

/// The expected form of a field that holds a party.
const A_PARTY: &str = "the name of a party as the map shows it, as in orders, function/resize or \
                       function/resize@eu-west-1/222222222222, and no ARN";

/// The expected form of a field that holds a channel.
const A_CHANNEL: &str = "the name of a channel as the map shows it, as in queue/jobs, jobs or \
                         queue/jobs@eu-west-1/222222222222, and no ARN";

/// The name of a party or a channel that a filter asks for, as the map shows it. A name that the map can
/// never show is refused: the answer to it would be an empty map, which looks like "nobody".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedName(String);

impl WantedName {
    /// The name; `None` where the map shows no such name.
    pub fn new(text: &str) -> Option<Self> {
        let is_kind_alone = text
            .strip_suffix('/')
            .is_some_and(|kind| !kind.contains('/'));
        let is_wrong_home = text.rsplit_once('@').is_some_and(|(_, home)| {
            let looks_like_a_home =
                home.contains('/') || Account::new(home).is_some() || Region::new(home).is_some();
            looks_like_a_home && Home::parse(home).is_none()
        });
        let is_name = !text.trim().is_empty()
            && !text.starts_with("arn:")
            && !is_kind_alone
            && !is_wrong_home;
        is_name.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for WantedName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| {
            let unexpected = serde::de::Unexpected::Other("another text");
            serde::de::Error::invalid_value(unexpected, &"a name as the map shows it")
        })
    }
}

/// The expected form of a field that holds a data class.
const A_CLASS: &str = "the name of a data class, as in CREDIT_CARD, or of a class of your own with its tier, as \
                       in LOYALTY_CARD:confidential";

/// The names of the catalogue's data classes.
fn class_names() -> Vec<&'static str> {
    DataClass::ALL.into_iter().map(DataClass::name).collect()
}

/// The answer of a filter about an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It does not.
    Differs,
    /// It would have to know an account or a region that is not known.
    HomeUnknown,
    /// It does.
    Fits,
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
    /// Returns whether an edge matches.
    pub fn fit(&self, flow: &Flow, edge: &Edge) -> Fit {
        if !self.accept_names_and_classes(flow, edge) {
            return Fit::Differs;
        }
        let homes = HomeFilters {
            account: self.account,
            region: self.region,
        };
        homes.fit(flow)
    }

    /// Returns a sentence for each name that no flow has, because an empty answer looks as if no data
    /// went there. It names the nearest names, and never the one that was asked for.
    pub(crate) fn absent(&self, flows: &[&Flow]) -> Vec<String> {
        type Has<'h> = &'h dyn Fn(&Flow) -> bool;
        type Names = fn(&Flow) -> Vec<String>;
        let text = |name: &'_ Option<WantedName>| name.as_ref().map(|name| name.0.clone());
        let asked: [(&str, Option<String>, Has<'_>, Names); 4] = [
            (
                "producer",
                text(&self.producer),
                &|flow| is_party(self.producer.as_ref(), &flow.producer),
                |flow| vec![flow.producer.to_string()],
            ),
            (
                "consumer",
                text(&self.consumer),
                &|flow| is_party(self.consumer.as_ref(), &flow.consumer),
                |flow| vec![flow.consumer.to_string()],
            ),
            (
                "channel",
                text(&self.channel),
                &|flow| is_over(self.channel.as_ref(), flow),
                |flow| flow.channels.iter().map(ToString::to_string).collect(),
            ),
            (
                "event type",
                self.event_type.clone(),
                &|flow| is_of_type(self.event_type.as_ref(), flow),
                |flow| vec![flow.event_type.to_string()],
            ),
        ];
        let mut sentences = Vec::new();
        for (what, wanted, has, names) in asked {
            let Some(wanted) = wanted else { continue };
            if flows.is_empty() || flows.iter().any(|flow| has(flow)) {
                continue;
            }
            let names: BTreeSet<String> = flows.iter().flat_map(|flow| names(flow)).collect();
            let names: Vec<String> = names.into_iter().collect();
            let nearest = match nearest(&wanted, &names).as_slice() {
                [] => String::new(),
                nearest => format!("; the nearest are {}", nearest.join(", ")),
            };
            sentences.push(format!(
                "no {what} of these days has the name that is asked for, so this does not prove that no \
                 data went there{nearest}"
            ));
        }
        sentences
    }

    fn accept_names_and_classes(&self, flow: &Flow, edge: &Edge) -> bool {
        let mut classes = edge.classes.keys();
        is_party(self.producer.as_ref(), &flow.producer)
            && is_party(self.consumer.as_ref(), &flow.consumer)
            && is_over(self.channel.as_ref(), flow)
            && is_of_type(self.event_type.as_ref(), flow)
            && self
                .class
                .is_none_or(|wanted| edge.classes.contains_key(&wanted))
            && self
                .tier
                .is_none_or(|wanted| classes.any(|class| class.tier() == wanted))
    }
}

impl HomeFilters {
    /// Returns whether a flow matches.
    pub fn fit(&self, flow: &Flow) -> Fit {
        fit(flow, self.account, |home| home.account).min(fit(flow, self.region, |home| home.region))
    }
}

/// Returns whether a part of one of a flow's homes is the wanted one.
fn fit<T: PartialEq + Copy>(flow: &Flow, wanted: Option<T>, part: fn(&Home) -> Option<T>) -> Fit {
    if wanted.is_none() || flow.homes().any(|home| part(&home) == wanted) {
        return Fit::Fits;
    }
    // A service may be in several homes, and nobody is in none. They are no reason to believe that an
    // edge may match, unless nothing else is known of it.
    let parties = [&flow.producer, &flow.consumer].into_iter();
    let mut located = parties
        .filter(|party| party.kind != PartyKind::Service && !party.kind.is_unknown())
        .map(|party| party.home)
        .chain(flow.channels.iter().map(|channel| channel.home));
    let is_unknown = |home: Home| part(&home).is_none();
    if located.any(is_unknown) || flow.homes().all(is_unknown) {
        Fit::HomeUnknown
    } else {
        Fit::Differs
    }
}

/// Returns true if a flow goes over the wanted channel.
fn is_over(wanted: Option<&WantedName>, flow: &Flow) -> bool {
    wanted.is_none_or(|wanted| {
        let mut channels = flow.channels.iter();
        channels.any(|channel| {
            is_named(
                wanted.as_str(),
                &channel.to_string(),
                Some(&channel.name),
                channel.home,
            )
        })
    })
}

/// Returns true if a flow is of the wanted event type.
fn is_of_type(wanted: Option<&String>, flow: &Flow) -> bool {
    wanted.is_none_or(|wanted| flow.event_type.as_str() == wanted)
}

/// Returns true if a party is the wanted one.
fn is_party(wanted: Option<&WantedName>, party: &Party) -> bool {
    wanted.is_none_or(|wanted| {
        is_named(
            wanted.as_str(),
            &party.to_string(),
            party.name.as_ref(),
            party.home,
        )
    })
}

/// Returns true if the wanted name means something: with or without its kind, and with or without its
/// home.
fn is_named(wanted: &str, with_kind: &str, name: Option<&Name>, home: Home) -> bool {
    let is_name = |wanted: &str| wanted == with_kind || name.is_some_and(|n| n.as_str() == wanted);
    // A name may contain an @ itself.
    is_name(wanted)
        || wanted.rsplit_once('@').is_some_and(|(wanted, at)| {
            is_name(wanted)
                && Home::parse(at).is_some_and(|at| at.fits(&home) && home.or(at) == home)
        })
}

#[cfg(test)]
mod tests {
    use super::WantedName;

    #[test]
    fn a_name_that_no_map_shows_is_refused() {
        for wrong in [
            "",
            " ",
            "queue/",
            "arn:aws:sqs:eu-west-1:222222222222:orders",
            "orders@222222222222",
            "orders@eu-west-1",
            "orders@eu-west-1/12",
        ] {
            assert_eq!(WantedName::new(wrong), None, "{wrong}");
        }
        for right in [
            "orders",
            "queue/orders",
            "orders@eu-west-1/222222222222",
            "orders@*/222222222222",
            "https://events.loyaltree.net/rewards/",
            "mail@wing",
        ] {
            assert!(WantedName::new(right).is_some(), "{right}");
        }
    }
}
