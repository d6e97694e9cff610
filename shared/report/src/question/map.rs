//! The map: who sends what to whom, with the data classes that travel.
//!
//! Days are put together, and so are the bases of one flow: the same events measured at two places
//! are not added, the larger count stands.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Tier};
use serde::Serialize;
use serde_json::json;

use super::{Asked, Question};
use crate::document::{Arrow, Column, Document, Drawing, Node, Table};
use crate::error::ReportError;
use crate::request::{EDGES_MAX, Filters, Request};
use piitrail_flow::edge::{Basis, Channel, EdgeFacts, EdgeKey, EdgePath, Party};
use piitrail_flow::ledger::{Coverage, Ledger, Place, beyond};
use piitrail_flow::name::Name;
use piitrail_flow::people::{Headcount, People, Sketch};
use piitrail_flow::plural::counted;

/// Classes named on an arrow; the rest is a number.
const CLASSES_ON_AN_ARROW: usize = 4;

/// Event types named on an arrow; the rest is a number.
const EVENT_TYPES_ON_AN_ARROW: usize = 3;

pub(super) struct Map;

/// An edge of the map.
#[derive(Debug, Serialize)]
struct Edge {
    producer: String,
    consumer: String,
    channels: Vec<String>,
    event_type: String,
    basis: Basis,
    events: u64,
    events_with_findings: u64,
    #[serde(skip_serializing_if = "is_zero")]
    replayed: u64,
    #[serde(skip_serializing_if = "is_zero")]
    unreadable: u64,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    tier: Option<Tier>,
    classes: Vec<Class>,
    /// Absent where nothing was looked at with a key.
    people: Option<PeopleShown>,
}

/// How many people, and out of how many of the events.
#[derive(Debug, Serialize)]
struct PeopleShown {
    #[serde(flatten)]
    count: Headcount,
    events: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A data class on an edge of the map.
#[derive(Debug, Serialize)]
struct Class {
    #[serde(serialize_with = "DataClass::serialize_name")]
    class: DataClass,
    category: &'static str,
    tier: Tier,
    events: u64,
    confidence: Confidence,
    only_test_data: bool,
    paths: BTreeSet<EdgePath>,
    more_paths: bool,
}

/// A flow: an edge's key without how it is known.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Flow {
    producer: Party,
    consumer: Party,
    channels: Vec<Channel>,
    event_type: Name,
}

#[async_trait]
impl Question for Map {
    fn name(&self) -> &'static str {
        "map"
    }

    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError> {
        let request = asked.request;
        let (ledger, whole_months) = asked.ledger().await?;
        let flows = flows(&ledger);
        let matching: Vec<(&Flow, &BTreeMap<Basis, EdgeFacts>)> = flows
            .iter()
            .filter(|(flow, by_basis)| is_wanted(&request.filters, flow, by_basis))
            .collect();

        let skip: usize = match &request.page {
            Some(page) => page.parse().map_err(|_| ReportError::BadPage)?,
            None => 0,
        };
        let limit = request.limit.unwrap_or(EDGES_MAX).clamp(1, EDGES_MAX);
        let reached = skip.saturating_add(limit);
        let next = (reached < matching.len()).then(|| reached.to_string());
        let shown: Vec<(&Flow, Edge)> = matching
            .iter()
            .skip(skip)
            .take(limit)
            .map(|(flow, by_basis)| (*flow, edge(flow, by_basis)))
            .collect();

        let coverage = coverage(&ledger);
        let mut everyone = People::default();
        for (_, by_basis) in &matching {
            everyone.merge(&people(by_basis));
        }
        let everyone = people_shown(&everyone);
        let mut notes = notes(&shown, &coverage);
        if !request.without_people {
            let events = matching.iter().map(|(_, by_basis)| events(by_basis)).sum();
            notes.push(people_note(everyone.as_ref(), events));
        }
        let whole_months: Vec<String> = whole_months
            .iter()
            .map(|month| month.strftime("%Y-%m").to_string())
            .collect();
        let mut caveats: Vec<String> = whole_months
            .iter()
            .map(|month| {
                format!("{month} is kept as a whole: its numbers are those of all its days")
            })
            .collect();
        if let Some(next) = &next {
            caveats.push(format!(
                "{} of {} edges are shown; ask for page {next} for the next, or use filters",
                shown.len(),
                matching.len()
            ));
        }
        Ok(Document {
            table: table(&shown),
            drawing: Some(graph(&shown)),
            data: data(
                request,
                &shown,
                everyone.as_ref(),
                &coverage,
                &whole_months,
                next.as_deref(),
            ),
            notes,
            caveats,
            next,
        })
    }
}

fn flows(ledger: &Ledger) -> BTreeMap<Flow, BTreeMap<Basis, EdgeFacts>> {
    let mut flows: BTreeMap<Flow, BTreeMap<Basis, EdgeFacts>> = BTreeMap::new();
    for ((_, key), facts) in &ledger.edges {
        let EdgeKey {
            producer,
            consumer,
            channels,
            event_type,
            basis,
        } = key.clone();
        flows
            .entry(Flow {
                producer,
                consumer,
                channels,
                event_type,
            })
            .or_default()
            .entry(basis)
            .or_default()
            .merge(facts);
    }
    flows
}

fn coverage(ledger: &Ledger) -> BTreeMap<Place, Coverage> {
    let mut places: BTreeMap<Place, Coverage> = BTreeMap::new();
    for ((_, place), coverage) in &ledger.coverage {
        places.entry(place.clone()).or_default().merge(coverage);
    }
    places
}

fn is_wanted(filters: &Filters, flow: &Flow, by_basis: &BTreeMap<Basis, EdgeFacts>) -> bool {
    let is_party = |wanted: &Option<String>, party: &Party| {
        wanted.as_ref().is_none_or(|wanted| {
            party.to_string() == *wanted
                || party
                    .name
                    .as_ref()
                    .is_some_and(|name| name.as_str() == wanted)
        })
    };
    let carries = |is: &dyn Fn(DataClass) -> bool| {
        by_basis
            .values()
            .flat_map(|facts| facts.classes.keys())
            .any(|class| is(*class))
    };
    is_party(&filters.producer, &flow.producer)
        && is_party(&filters.consumer, &flow.consumer)
        && filters.channel.as_ref().is_none_or(|wanted| {
            flow.channels
                .iter()
                .any(|channel| channel.to_string() == *wanted || channel.name.as_str() == wanted)
        })
        && filters
            .event_type
            .as_ref()
            .is_none_or(|wanted| flow.event_type.as_str() == wanted)
        && filters
            .class
            .is_none_or(|wanted| carries(&|class| class == wanted))
        && filters
            .tier
            .is_none_or(|wanted| carries(&|class| class.tier() == wanted))
}

/// One edge out of its measurements: the larger count of each, and everything that was seen.
fn edge(flow: &Flow, by_basis: &BTreeMap<Basis, EdgeFacts>) -> Edge {
    let most = |count: fn(&EdgeFacts) -> u64| most(by_basis, count);
    let mut classes: BTreeMap<DataClass, Class> = BTreeMap::new();
    for (class, facts) in by_basis.values().flat_map(|facts| &facts.classes) {
        let shown = classes.entry(*class).or_insert_with(|| Class {
            class: *class,
            category: class.category(),
            tier: class.tier(),
            events: 0,
            confidence: facts.confidence,
            only_test_data: true,
            paths: BTreeSet::new(),
            more_paths: false,
        });
        shown.events = shown.events.max(facts.events);
        shown.confidence = shown.confidence.max(facts.confidence);
        shown.only_test_data &= facts.only_test_data;
        shown.paths.extend(facts.paths.iter().cloned());
        shown.more_paths |= facts.more_paths;
    }
    let mut classes: Vec<Class> = classes.into_values().collect();
    classes.sort_by_key(|class| (class.tier, class.class));
    Edge {
        producer: flow.producer.to_string(),
        consumer: flow.consumer.to_string(),
        channels: flow.channels.iter().map(ToString::to_string).collect(),
        event_type: flow.event_type.to_string(),
        basis: by_basis
            .keys()
            .next_back()
            .copied()
            .unwrap_or(Basis::Configured),
        events: events(by_basis),
        events_with_findings: most(|facts| facts.events_with_findings),
        replayed: most(|facts| facts.replayed),
        unreadable: most(|facts| facts.unreadable),
        first_seen: by_basis.values().filter_map(|facts| facts.first_seen).min(),
        last_seen: by_basis.values().filter_map(|facts| facts.last_seen).max(),
        tier: classes.iter().map(|class| class.tier).min(),
        classes,
        people: people_shown(&people(by_basis)),
    }
}

/// The events of a flow.
fn events(by_basis: &BTreeMap<Basis, EdgeFacts>) -> u64 {
    most(by_basis, |facts| facts.events)
}

/// The larger count of a flow's measurements.
fn most(by_basis: &BTreeMap<Basis, EdgeFacts>, count: fn(&EdgeFacts) -> u64) -> u64 {
    by_basis.values().map(count).max().unwrap_or(0)
}

/// The people of a flow: the same events measured at two places are the same people.
fn people(by_basis: &BTreeMap<Basis, EdgeFacts>) -> People {
    let mut people = People::default();
    for facts in by_basis.values() {
        people.merge_same_events(&facts.people);
    }
    people
}

fn people_shown(people: &People) -> Option<PeopleShown> {
    people.headcount().map(|count| PeopleShown {
        count,
        events: people.events,
    })
}

fn data(
    request: &Request,
    shown: &[(&Flow, Edge)],
    everyone: Option<&PeopleShown>,
    coverage: &BTreeMap<Place, Coverage>,
    whole_months: &[String],
    next: Option<&str>,
) -> serde_json::Value {
    let parties: BTreeMap<String, &'static str> = shown
        .iter()
        .flat_map(|(flow, _)| [&flow.producer, &flow.consumer])
        .map(|party| (party.to_string(), party.kind.as_str()))
        .collect();
    let places: Vec<serde_json::Value> = coverage
        .iter()
        .map(|(place, seen)| {
            json!({
                "place": place_name(place.as_ref()),
                "deliveries": seen.deliveries,
                "unreadable": seen.unreadable,
                "limits": seen.limits,
            })
        })
        .collect();
    json!({
        "report": "map",
        "version": 1,
        "from": request.from.map(|day| day.to_string()),
        "to": request.to.map(|day| day.to_string()),
        "whole_months": whole_months,
        "parties": parties
            .into_iter()
            .map(|(party, kind)| json!({ "party": party, "kind": kind }))
            .collect::<Vec<_>>(),
        "edges": shown.iter().map(|(_, edge)| edge).collect::<Vec<_>>(),
        "people": everyone,
        "people_standard_error": Sketch::STANDARD_ERROR,
        "coverage": places,
        "next": next,
    })
}

fn place_name(place: Option<&Channel>) -> String {
    place.map_or_else(|| "direct".to_owned(), ToString::to_string)
}

const COLUMNS: [Column; 13] = [
    column("producer", false, true),
    column("consumer", false, true),
    column("channels", false, true),
    column("event_type", false, true),
    column("events", true, true),
    column("basis", false, true),
    column("events_with_findings", true, false),
    column("unreadable", true, false),
    column("tier", false, false),
    column(PEOPLE, true, true),
    column("classes", false, true),
    column("first_seen", false, false),
    column("last_seen", false, false),
];

/// The column that only a map with people in it has on a terminal.
const PEOPLE: &str = "people";

const fn column(name: &'static str, numeric: bool, terminal: bool) -> Column {
    Column {
        name,
        numeric,
        terminal,
    }
}

fn table(shown: &[(&Flow, Edge)]) -> Table {
    let time = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let rows = shown
        .iter()
        .map(|(_, edge)| {
            vec![
                edge.producer.clone(),
                edge.consumer.clone(),
                edge.channels.join(" > "),
                edge.event_type.clone(),
                edge.events.to_string(),
                edge.basis.as_str().to_owned(),
                edge.events_with_findings.to_string(),
                edge.unreadable.to_string(),
                edge.tier.map_or_else(String::new, |tier| tier.to_string()),
                people_cell(edge),
                class_list(edge),
                time(edge.first_seen),
                time(edge.last_seen),
            ]
        })
        .collect();
    let mut columns = COLUMNS.to_vec();
    for column in &mut columns {
        column.terminal &= column.name != PEOPLE || is_anyone_counted(shown);
    }
    Table { columns, rows }
}

fn is_anyone_counted(shown: &[(&Flow, Edge)]) -> bool {
    shown.iter().any(|(_, edge)| edge.people.is_some())
}

/// `120`; `120–310` over several keys; `≥120` where some events were not looked at.
fn people_cell(edge: &Edge) -> String {
    match &edge.people {
        None => "unknown".to_owned(),
        Some(people) if people.events < edge.events => format!("≥{}", people.count),
        Some(people) => people.count.to_string(),
    }
}

fn class_list(edge: &Edge) -> String {
    let mut names: Vec<&str> = edge
        .classes
        .iter()
        .map(|class| class.class.name())
        .collect();
    if edge.unreadable > 0 {
        names.push("unknown");
    }
    if names.is_empty() {
        // Said aloud: that an edge carries nothing is evidence too.
        names.push("none");
    }
    names.join(" ")
}

fn notes(shown: &[(&Flow, Edge)], coverage: &BTreeMap<Place, Coverage>) -> Vec<String> {
    let mut notes = Vec::new();
    let mut total = Coverage::default();
    for seen in coverage.values() {
        total.merge(seen);
    }
    notes.push(format!(
        "{} read, {}",
        counted(total.deliveries, "record"),
        counted(shown.len() as u64, "edge")
    ));
    for (reason, count) in &total.unreadable {
        let records = counted(*count, "record");
        notes.push(format!("{records} could not be read: {reason}"));
    }
    for (limit, count) in &total.limits {
        notes.push(format!(
            "bound reached {}: {limit}; {}",
            counted(*count, "time"),
            beyond(limit)
        ));
    }
    let unattributed = shown
        .iter()
        .filter(|(flow, _)| {
            flow.consumer == Party::UNATTRIBUTED || flow.producer == Party::UNATTRIBUTED
        })
        .count();
    if unattributed > 0 {
        notes.push(format!(
            "{} with a producer or consumer that the topology does not name (unattributed)",
            counted(unattributed as u64, "edge")
        ));
    }
    notes
}

/// What the column of people says, and how many there are in all, where the edges have so many events
/// together.
fn people_note(everyone: Option<&PeopleShown>, events: u64) -> String {
    let Some(everyone) = everyone else {
        // Not told apart: where it was never known, and where it is known no more.
        return "how many people is unknown: counting them takes a subject key, and the count may be \
                kept for a shorter time than the rest"
            .to_owned();
    };
    let Headcount { low, high } = everyone.count;
    let people = if low == high {
        counted(low, "person")
    } else {
        format!("{} people", everyone.count)
    };
    let how_sure = format!(
        "by their keyed fingerprints; standard error {} %",
        Sketch::STANDARD_ERROR * 100.0
    );
    if everyone.events < events {
        let looked_at = everyone.events;
        format!("at least {people}, out of {looked_at} of {events} events, {how_sure}")
    } else {
        format!("about {people}, {how_sure}")
    }
}

/// One arrow for each producer, consumer and way, with what travels on it put together.
fn graph(shown: &[(&Flow, Edge)]) -> Drawing {
    let mut nodes: BTreeMap<&Party, usize> = BTreeMap::new();
    for party in shown
        .iter()
        .flat_map(|(flow, _)| [&flow.producer, &flow.consumer])
    {
        let index = nodes.len();
        nodes.entry(party).or_insert(index);
    }
    let mut bundles: BTreeMap<(usize, usize, &[Channel]), Vec<&Edge>> = BTreeMap::new();
    for (flow, edge) in shown {
        let ends = (
            nodes[&flow.producer],
            nodes[&flow.consumer],
            flow.channels.as_slice(),
        );
        bundles.entry(ends).or_default().push(edge);
    }
    let arrows = bundles
        .into_iter()
        .map(|((from, to, channels), edges)| Arrow {
            from,
            to,
            label: arrow_label(channels, &edges),
            tier: edges.iter().filter_map(|edge| edge.tier).min(),
        })
        .collect();
    let mut ordered: Vec<(usize, Node)> = nodes
        .into_iter()
        .map(|(party, index)| {
            (
                index,
                Node {
                    label: party.to_string(),
                    kind: party.kind.as_str(),
                },
            )
        })
        .collect();
    ordered.sort_by_key(|(index, _)| *index);
    Drawing {
        nodes: ordered.into_iter().map(|(_, node)| node).collect(),
        arrows,
    }
}

fn arrow_label(channels: &[Channel], edges: &[&Edge]) -> Vec<String> {
    let mut lines = Vec::new();
    if !channels.is_empty() {
        lines.push(
            channels
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" → "),
        );
    }
    let event_types: BTreeSet<&str> = edges.iter().map(|edge| edge.event_type.as_str()).collect();
    let events: u64 = edges.iter().map(|edge| edge.events).sum();
    lines.push(format!(
        "{} ({events})",
        some_of(event_types.into_iter(), EVENT_TYPES_ON_AN_ARROW, ", ")
    ));
    let classes: BTreeSet<(Tier, DataClass)> = edges
        .iter()
        .flat_map(|edge| &edge.classes)
        .map(|class| (class.tier, class.class))
        .collect();
    if !classes.is_empty() {
        let names = classes.iter().map(|(_, class)| class.name());
        lines.push(some_of(names, CLASSES_ON_AN_ARROW, " "));
    }
    lines
}

/// The first few, and how many more there are.
fn some_of<'n>(names: impl Iterator<Item = &'n str>, most: usize, between: &str) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(most)].join(between);
    match names.len().checked_sub(most) {
        Some(more) if more > 0 => format!("{shown}{between}+{more}"),
        _ => shown,
    }
}
