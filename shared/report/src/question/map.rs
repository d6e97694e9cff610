//! The map: who sends what to whom, with the data classes that travel.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Tier};
use piitrail_flow::edge::{Basis, Channel, EdgePath, Flow, Party};
use piitrail_flow::ledger::{Coverage, Place, beyond};
use piitrail_flow::people::{Headcount, People, Sketch};
use piitrail_flow::plural::counted;
use piitrail_flow::time::Day;
use serde::Serialize;
use serde_json::json;

use super::{Asked, Question};
use crate::document::{Arrow, Cell, Column, Document, Drawing, Table};
use crate::error::ReportError;
use crate::graph::{Edge, Graph};
use crate::request::{EDGES_MAX, Request};

pub(super) struct Map;

/// The map for programs.
#[derive(Debug, Serialize)]
struct Data<'g> {
    report: &'static str,
    version: u32,
    from: Option<Day>,
    to: Option<Day>,
    /// Months of which only the whole is kept: `2026-11`.
    whole_months: &'g [String],
    parties: Vec<PartyData>,
    edges: Vec<EdgeData<'g>>,
    people: Option<PeopleData>,
    people_standard_error: f64,
    coverage: Vec<CoverageData<'g>>,
    /// The page to ask for next.
    next: Option<&'g str>,
}

/// A party, and what it is.
#[derive(Debug, Serialize)]
struct PartyData {
    party: String,
    kind: &'static str,
}

/// An edge of the map.
#[derive(Debug, Serialize)]
struct EdgeData<'g> {
    producer: String,
    consumer: String,
    channels: Vec<String>,
    event_type: &'g str,
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
    classes: Vec<ClassData<'g>>,
    /// Absent where nothing was looked at with a key.
    people: Option<PeopleData>,
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

/// What was seen, and could not be seen, at a place.
#[derive(Debug, Serialize)]
struct CoverageData<'g> {
    place: String,
    deliveries: u64,
    unreadable: &'g BTreeMap<String, u64>,
    limits: &'g BTreeMap<String, u64>,
}

/// How many people, and out of how many of the events.
#[derive(Debug, Serialize)]
struct PeopleData {
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

/// An edge that is shown.
type Shown<'g> = (&'g Flow, &'g Edge);

#[async_trait]
impl Question for Map {
    fn name(&self) -> &'static str {
        "map"
    }

    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError> {
        let request = asked.request;
        let (ledger, whole_months) = asked.ledger().await?;
        let mut graph = Graph::of(&ledger);
        graph.retain(&request.filters);

        let skip: usize = match &request.page {
            Some(page) => page.parse().map_err(|_| ReportError::BadPage)?,
            None => 0,
        };
        let limit = request.limit.unwrap_or(EDGES_MAX).clamp(1, EDGES_MAX);
        let reached = skip.saturating_add(limit);
        let next = (reached < graph.edges.len()).then(|| reached.to_string());
        let shown: Vec<Shown<'_>> = graph.edges.iter().skip(skip).take(limit).collect();

        let mut everyone = People::default();
        for edge in graph.edges.values() {
            everyone.merge(&edge.people);
        }
        let mut notes = notes(&shown, &graph.coverage);
        if !request.without_people {
            let events = graph.edges.values().map(|edge| edge.events).sum();
            notes.push(people_note(people_data(&everyone).as_ref(), events));
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
                graph.edges.len()
            ));
        }
        let data = data(
            request,
            &shown,
            people_data(&everyone),
            &graph.coverage,
            &whole_months,
            next.as_deref(),
        );
        Ok(Document {
            table: table(&shown),
            drawing: Some(drawing(&shown)),
            data: json!(data),
            notes,
            caveats,
            next,
        })
    }
}

fn data<'g>(
    request: &Request,
    shown: &[Shown<'g>],
    people: Option<PeopleData>,
    coverage: &'g BTreeMap<Place, Coverage>,
    whole_months: &'g [String],
    next: Option<&'g str>,
) -> Data<'g> {
    let parties: BTreeMap<String, &'static str> = shown
        .iter()
        .flat_map(|(flow, _)| [&flow.producer, &flow.consumer])
        .map(|party| (party.to_string(), party.kind.as_str()))
        .collect();
    Data {
        report: "map",
        version: 1,
        from: request.from,
        to: request.to,
        whole_months,
        parties: parties
            .into_iter()
            .map(|(party, kind)| PartyData { party, kind })
            .collect(),
        edges: shown
            .iter()
            .map(|(flow, edge)| edge_data(flow, edge))
            .collect(),
        people,
        people_standard_error: Sketch::STANDARD_ERROR,
        coverage: coverage
            .iter()
            .map(|(place, seen)| CoverageData {
                place: place
                    .as_ref()
                    .map_or_else(|| "direct".to_owned(), ToString::to_string),
                deliveries: seen.deliveries,
                unreadable: &seen.unreadable,
                limits: &seen.limits,
            })
            .collect(),
        next,
    }
}

fn edge_data<'g>(flow: &'g Flow, edge: &'g Edge) -> EdgeData<'g> {
    let classes = edge.classes_by_tier().into_iter();
    EdgeData {
        producer: flow.producer.to_string(),
        consumer: flow.consumer.to_string(),
        channels: flow.channels.iter().map(ToString::to_string).collect(),
        event_type: flow.event_type.as_str(),
        basis: edge.basis,
        events: edge.events,
        events_with_findings: edge.events_with_findings,
        replayed: edge.replayed,
        unreadable: edge.unreadable,
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
    }
}

fn people_data(people: &People) -> Option<PeopleData> {
    people.headcount().map(|count| PeopleData {
        count,
        events: people.events,
    })
}

const COLUMNS: [Column; 13] = [
    Column::text("producer"),
    Column::text("consumer"),
    Column::text("channels"),
    Column::text("event_type"),
    Column::number("events"),
    Column::text("basis"),
    Column::number("events_with_findings").for_spreadsheets(),
    Column::number("unreadable").for_spreadsheets(),
    Column::text("tier").for_spreadsheets(),
    Column::number(PEOPLE),
    Column::text("classes"),
    Column::text("first_seen").for_spreadsheets(),
    Column::text("last_seen").for_spreadsheets(),
];

/// The column that only a map with people in it has on a terminal.
const PEOPLE: &str = "people";

fn table(shown: &[Shown<'_>]) -> Table {
    let rows = shown
        .iter()
        .map(|(flow, edge)| {
            vec![
                Cell::Party(flow.producer.clone()),
                Cell::Party(flow.consumer.clone()),
                Cell::Channels(flow.channels.clone()),
                Cell::Name(flow.event_type.clone()),
                Cell::Count(edge.events),
                Cell::Basis(edge.basis),
                Cell::Count(edge.events_with_findings),
                Cell::Count(edge.unreadable),
                Cell::Tier(edge.tier()),
                Cell::People {
                    count: edge.people.headcount(),
                    is_least: edge.people.events < edge.events,
                },
                Cell::Classes {
                    classes: classes(edge),
                    is_partly_unknown: edge.unreadable > 0,
                    says_none: true,
                },
                Cell::Time(edge.first_seen),
                Cell::Time(edge.last_seen),
            ]
        })
        .collect();
    let mut columns = COLUMNS.to_vec();
    let is_anyone_counted = shown
        .iter()
        .any(|(_, edge)| edge.people.headcount().is_some());
    for column in &mut columns {
        column.is_on_terminals &= column.name != PEOPLE || is_anyone_counted;
    }
    Table { columns, rows }
}

fn classes(edge: &Edge) -> Vec<DataClass> {
    let classes = edge.classes_by_tier().into_iter();
    classes.map(|(class, _)| class).collect()
}

fn notes(shown: &[Shown<'_>], coverage: &BTreeMap<Place, Coverage>) -> Vec<String> {
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

/// A sentence with the number of people on the whole map. `events` is the sum over its edges, to tell
/// whether people were counted in all of them.
fn people_note(everyone: Option<&PeopleData>, events: u64) -> String {
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

/// One arrow for each producer, consumer and list of channels, with what travels on it put together.
fn drawing(shown: &[Shown<'_>]) -> Drawing {
    let mut nodes: Vec<Party> = Vec::new();
    let mut indices: BTreeMap<&Party, usize> = BTreeMap::new();
    let mut bundles: BTreeMap<(usize, usize, &[Channel]), Vec<Shown<'_>>> = BTreeMap::new();
    for (flow, edge) in shown {
        let [from, to] = [&flow.producer, &flow.consumer].map(|party| {
            *indices.entry(party).or_insert_with(|| {
                nodes.push(party.clone());
                nodes.len() - 1
            })
        });
        let way = (from, to, flow.channels.as_slice());
        bundles.entry(way).or_default().push((flow, edge));
    }
    let arrows = bundles
        .into_iter()
        .map(|((from, to, channels), bundle)| {
            let classes: BTreeSet<(Tier, DataClass)> = bundle
                .iter()
                .flat_map(|(_, edge)| edge.classes.keys())
                .map(|class| (class.tier(), *class))
                .collect();
            Arrow {
                from,
                to,
                channels: channels.to_vec(),
                event_types: bundle
                    .iter()
                    .map(|(flow, _)| flow.event_type.clone())
                    .collect(),
                events: Some(bundle.iter().map(|(_, edge)| edge.events).sum()),
                seen: None,
                tier: classes.first().map(|(tier, _)| *tier),
                classes: classes.into_iter().map(|(_, class)| class).collect(),
            }
        })
        .collect();
    Drawing { nodes, arrows }
}
