//! Serialises the map as data, for programs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Tier};
use piitrail_flow::counts::{LimitCounts, UnreadEvents, UnreadableRecords};
use piitrail_flow::edge::{Basis, EdgePath, Flow};
use piitrail_flow::home::Home;
use piitrail_flow::ledger::{Coverage, Place};
use piitrail_flow::people::{Headcount, People, Sketch};
use piitrail_flow::time::Day;
use serde::Serialize;

use super::Shown;
use crate::graph::Edge;
use crate::question::kept::{self, KeeperData, KeptEdge};
use crate::question::nodes::{channel_homes, known};
use crate::shared_fields::SharedFields;

/// The description of the map's edges, for programs.
#[derive(Debug, Serialize)]
pub(super) struct About<'g> {
    report: &'static str,
    version: u32,
    from: Option<Day>,
    to: Option<Day>,
    /// The months of which only a total is kept: `2026-11`.
    whole_months: &'g [String],
    /// The keys of damaged items of the store, whose records are missing.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    damaged: &'g BTreeSet<String>,
    people: Option<PeopleData>,
    people_standard_error: f64,
    coverage: Vec<CoverageData<'g>>,
    /// The page to request next.
    next: Option<&'g str>,
}

/// The rows of the map, for programs.
#[derive(Debug, Serialize)]
pub(super) struct Rows<'g> {
    parties: Vec<PartyData>,
    edges: Vec<EdgeData<'g>>,
}

/// A party with its kind.
#[derive(Debug, Serialize)]
struct PartyData {
    party: String,
    kind: &'static str,
    home: Option<Home>,
}

/// An edge of the map.
#[derive(Debug, Serialize)]
struct EdgeData<'g> {
    producer: String,
    producer_home: Option<Home>,
    consumer: String,
    consumer_home: Option<Home>,
    channels: Vec<String>,
    channel_homes: Vec<Option<Home>>,
    event_type: &'g str,
    basis: Basis,
    events: u64,
    events_with_findings: u64,
    #[serde(skip_serializing_if = "is_zero")]
    replayed: u64,
    #[serde(skip_serializing_if = "is_zero")]
    unreadable: u64,
    /// The number of events that were not read whole: their body could not be read, or a part of it
    /// was not read.
    unread_events: u64,
    /// The same number by reason.
    unread: &'g UnreadEvents,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    tier: Option<Tier>,
    classes: Vec<ClassData<'g>>,
    /// Absent if no event was traced with a subject key.
    people: Option<PeopleData>,
    /// The keepers of the events beside the consumer, as the topology says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept_by: Vec<KeeperData>,
}

/// A data class on an edge of the map.
#[derive(Debug, Serialize)]
struct ClassData<'g> {
    #[serde(serialize_with = "DataClass::serialize_name")]
    class: DataClass,
    category: &'static str,
    tier: Tier,
    events: u64,
    confidence: Confidence,
    only_test_data: bool,
    paths: &'g BTreeSet<EdgePath>,
    more_paths: bool,
}

/// The counts and the failures at a place.
#[derive(Debug, Serialize)]
struct CoverageData<'g> {
    place: String,
    home: Option<Home>,
    deliveries: u64,
    unreadable: &'g UnreadableRecords,
    limits: &'g LimitCounts,
}

/// The number of people, and the number of events in which they were counted.
#[derive(Debug, Serialize)]
pub(super) struct PeopleData {
    #[serde(flatten)]
    pub(super) count: Headcount,
    pub(super) events: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

pub(super) fn about<'g>(
    shared: &SharedFields,
    people: Option<PeopleData>,
    coverage: &'g BTreeMap<Place, Coverage>,
    whole_months: &'g [String],
    damaged: &'g BTreeSet<String>,
    next: Option<&'g str>,
) -> About<'g> {
    About {
        report: "map",
        version: 1,
        from: shared.from,
        to: shared.to,
        whole_months,
        damaged,
        people,
        people_standard_error: Sketch::STANDARD_ERROR,
        coverage: coverage
            .iter()
            .map(|(place, seen)| CoverageData {
                place: place
                    .as_ref()
                    .map_or_else(|| "direct".to_owned(), ToString::to_string),
                home: place.as_ref().and_then(|channel| known(channel.home)),
                deliveries: seen.deliveries,
                unreadable: &seen.unreadable,
                limits: &seen.limits,
            })
            .collect(),
        next,
    }
}

pub(super) fn rows<'g>(shown: &[Shown<'g>], kept: &[KeptEdge<'_>]) -> Rows<'g> {
    let parties: BTreeMap<(String, Home), &'static str> = shown
        .iter()
        .flat_map(|(flow, _)| [&flow.producer, &flow.consumer])
        .map(|party| ((party.to_string(), party.home), party.kind.as_str()))
        .collect();
    Rows {
        parties: parties
            .into_iter()
            .map(|((party, home), kind)| PartyData {
                party,
                kind,
                home: known(home),
            })
            .collect(),
        edges: shown
            .iter()
            .zip(kept)
            .map(|((flow, edge), kept)| edge_data(flow, edge, kept))
            .collect(),
    }
}

fn edge_data<'g>(flow: &'g Flow, edge: &'g Edge, kept: &KeptEdge<'_>) -> EdgeData<'g> {
    let classes = edge.classes_by_tier().into_iter();
    EdgeData {
        producer: flow.producer.to_string(),
        producer_home: known(flow.producer.home),
        consumer: flow.consumer.to_string(),
        consumer_home: known(flow.consumer.home),
        channel_homes: channel_homes(flow),
        channels: flow.channels.iter().map(ToString::to_string).collect(),
        event_type: flow.event_type.as_str(),
        basis: edge.basis,
        events: edge.events,
        events_with_findings: edge.events_with_findings,
        replayed: edge.replayed,
        unreadable: edge.unreadable,
        unread_events: edge.unread_events(),
        unread: &edge.unread,
        first_seen: edge.first_seen,
        last_seen: edge.last_seen,
        tier: edge.tier(),
        classes: classes
            .map(|(class, facts)| ClassData {
                class,
                category: class.category(),
                tier: class.tier(),
                events: facts.events,
                confidence: facts.confidence,
                only_test_data: facts.only_test_data,
                paths: &facts.paths,
                more_paths: facts.more_paths,
            })
            .collect(),
        people: people_data(&edge.people),
        kept_by: kept::data(&kept.keepers.found),
    }
}

pub(super) fn people_data(people: &People) -> Option<PeopleData> {
    people.headcount().map(|count| PeopleData {
        count,
        events: people.events,
    })
}
