//! The subject report: shows where a person's data went.
//!
//! The question contains only fingerprints; addresses, numbers and customer ids stay on the machine
//! where they were typed. A flow that was seen on several bases, or with several fingerprints of
//! the person, is one row.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use piitrail_detect::{DataClass, SubjectKind, Tier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::kept::{self, KeeperData, KeptEdge};
use super::nodes::{Nodes, channel_homes, known};
use super::unread::Unread;
use super::{Ask, Asked, Counting, Question, damage_caveat, home_caveat, undecided_caveat};
use crate::document::{Arrow, Cell, Column, Contents, Document, Drawing, Names, Table, object};
use crate::error::ReportError;
use crate::graph::{Fit, Graph, HomeFilters, Keeper, unify};
use crate::page::Page;
use crate::shared_fields::SharedFields;
use piitrail_flow::edge::{Basis, Flow};
use piitrail_flow::home::Home;
use piitrail_flow::party::Party;
use piitrail_flow::plural::counted;
use piitrail_flow::subject::{Epoch, Sighting, SubjectId};
use piitrail_flow::time::Day;

/// The maximum number of fingerprints in one question: those of one person, under the keys of many
/// years.
const SUBJECTS_MAX: usize = 1_000;

pub(super) const QUESTION: Question = Question::new::<Subject>(
    "subject",
    "Show where the data of one person went",
    Contents { is_drawn: true },
);

/// The parameters of the question.
#[derive(Deserialize, JsonSchema)]
struct Subject {
    /// All ids that `piitrail subject id` prints for the person, as in 2026-11.3fa9c2:email:0bd9…
    #[schemars(
        with = "Vec<String>",
        length(min = 1, max = SUBJECTS_MAX),
        extend(
            "x-expected" = format!(
                "a list of the ids that `piitrail subject id` prints for one person, 1 to {SUBJECTS_MAX}"
            )
        )
    )]
    subjects: Ids,
    #[serde(default)]
    filters: HomeFilters,
}

/// The fingerprints of one person: from 1 to [`SUBJECTS_MAX`].
#[derive(Deserialize)]
#[serde(try_from = "Vec<SubjectId>")]
struct Ids(Vec<SubjectId>);

impl TryFrom<Vec<SubjectId>> for Ids {
    type Error = &'static str;

    fn try_from(ids: Vec<SubjectId>) -> Result<Self, Self::Error> {
        if (1..=SUBJECTS_MAX).contains(&ids.len()) {
            Ok(Self(ids))
        } else {
            Err("not the ids of one person")
        }
    }
}

/// A row of the answer: a flow that carried the person's data.
#[derive(Debug, Serialize)]
struct Row {
    producer: String,
    producer_home: Option<Home>,
    consumer: String,
    consumer_home: Option<Home>,
    channels: Vec<String>,
    channel_homes: Vec<Option<Home>>,
    event_type: String,
    basis: Basis,
    first_seen: Day,
    last_seen: Day,
    /// The kinds of identifier that the person was seen with.
    known_by: BTreeSet<SubjectKind>,
    epochs: BTreeSet<Epoch>,
    tier: Option<Tier>,
    classes: Vec<DataClass>,
    /// The keepers of the events beside the consumer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept_by: Vec<KeeperData>,
}

#[async_trait]
impl Ask for Subject {
    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError> {
        let sightings = asked.sources.people.sightings_of(&self.subjects.0).await?;
        let mut flows: BTreeMap<Flow, Option<Seen>> = BTreeMap::new();
        for (id, edge, sighting) in sightings.iter() {
            if is_in_span(asked.shared, sighting) {
                let flow = flows.entry(edge.flow.clone()).or_default();
                merge(flow, Seen::new(id, edge.basis, sighting));
            }
        }
        let (flows, undecided) = unify(flows, |into, seen| {
            if let Some(seen) = seen {
                merge(into, seen);
            }
        });
        let flows = flows.into_iter();
        let mut flows: BTreeMap<Flow, Seen> = flows
            .filter_map(|(flow, seen)| Some((flow, seen?)))
            .collect();
        let mut left_out = 0;
        flows.retain(|flow, _| {
            let fit = self.filters.fit(flow);
            left_out += usize::from(fit == Fit::HomeUnknown);
            fit == Fit::Fits
        });
        let names = Names::beside(flows.keys().flat_map(Flow::homes));
        let page = Page::of(&flows, asked.shared.page.as_ref(), asked.limit);
        // Who is not found may have been seen with another key.
        let read = asked
            .read(if flows.is_empty() {
                Counting::People
            } else {
                Counting::NoPeople
            })
            .await?;
        let (routes, no_topology) = asked.routes().await?;
        let graph = Graph::of(&read.ledger, routes);
        let (shown, kept): (Vec<(&Flow, Row)>, Vec<KeptEdge<'_>>) = page
            .shown
            .iter()
            .map(|(flow, seen)| {
                let keepers = graph.routes.keepers(flow);
                let row = row(flow, seen, &keepers.found);
                let classes = row.classes.iter();
                let kept = KeptEdge {
                    consumer: &flow.consumer,
                    keepers,
                    classes: classes.map(|class| (class.tier(), *class)).collect(),
                    is_part_unread: false,
                };
                ((*flow, row), kept)
            })
            .unzip();
        let subjects = asked_after(&self.subjects.0);
        let damaged = &sightings.damaged | &read.damaged;
        // The person may be in what was not read, on any edge.
        let unread = Unread::of(graph.edges.values());
        let mut notes = notes(&subjects, &flows, &unread);
        notes.extend(kept::notes(&kept, names));
        Ok(Document {
            about: object(&json!({
                "report": QUESTION.name,
                "version": 1,
                "subjects": subjects,
                "from": asked.shared.from.map(|day| day.to_string()),
                "to": asked.shared.to.map(|day| day.to_string()),
                "unread_events": unread.events,
                "unread": unread.reasons,
                "next": page.next,
            })),
            rows: object(&json!({
                "edges": shown.iter().map(|(_, row)| row).collect::<Vec<_>>(),
            })),
            table: table(&shown, &kept),
            notes,
            caveats: absence_caveat(flows.len(), &subjects, &graph)
                .into_iter()
                .chain(undecided_caveat(undecided))
                .chain(damage_caveat(&damaged))
                .chain(no_topology.and_then(|why| why.caveat(flows.keys())))
                .chain(home_caveat(left_out))
                .chain(page.caveat(flows.len()))
                .collect(),
            drawing: Some(drawing(&shown, &kept, names)),
            names,
            next: page.next,
        })
    }
}

/// The sightings of the person on one flow, merged.
struct Seen {
    basis: Basis,
    sighting: Sighting,
    known_by: BTreeSet<SubjectKind>,
    epochs: BTreeSet<Epoch>,
}

impl Seen {
    fn new(id: &SubjectId, basis: Basis, sighting: &Sighting) -> Self {
        Self {
            basis,
            sighting: sighting.clone(),
            known_by: BTreeSet::from([id.subject.kind]),
            epochs: BTreeSet::from([id.epoch.clone()]),
        }
    }
}

/// Merges another sighting of the person on the same flow.
fn merge(into: &mut Option<Seen>, seen: Seen) {
    let Some(known) = into else {
        *into = Some(seen);
        return;
    };
    known.basis = known.basis.max(seen.basis);
    known.sighting.merge(&seen.sighting);
    known.known_by.extend(seen.known_by);
    known.epochs.extend(seen.epochs);
}

/// Returns the subjects of a question, each once. An id whose epoch has no check value is left out
/// if the same id with a check value is present: it is sent only for stores of builds whose epochs
/// had none.
fn asked_after(subjects: &[SubjectId]) -> Vec<&SubjectId> {
    let is_whole = |id: &&SubjectId| id.epoch.check().is_some();
    let whole: BTreeSet<_> = subjects
        .iter()
        .filter(is_whole)
        .map(|id| (id.epoch.name(), id.subject))
        .collect();
    subjects
        .iter()
        .filter(|id| is_whole(id) || !whole.contains(&(id.epoch.name(), id.subject)))
        .collect()
}

/// Returns true if the person may have been seen in the requested days. The index keeps only the
/// first and the last day, so there may be gaps between them.
fn is_in_span(shared: &SharedFields, sighting: &Sighting) -> bool {
    shared.from.is_none_or(|from| from <= sighting.last_seen)
        && shared.to.is_none_or(|to| sighting.first_seen <= to)
}

fn row(flow: &Flow, seen: &Seen, keepers: &[Keeper]) -> Row {
    let mut classes: Vec<DataClass> = seen.sighting.classes.iter().copied().collect();
    classes.sort_by_key(|class| (class.tier(), *class));
    Row {
        producer: flow.producer.to_string(),
        producer_home: known(flow.producer.home),
        consumer: flow.consumer.to_string(),
        consumer_home: known(flow.consumer.home),
        channel_homes: channel_homes(flow),
        channels: flow.channels.iter().map(ToString::to_string).collect(),
        event_type: flow.event_type.to_string(),
        basis: seen.basis,
        first_seen: seen.sighting.first_seen,
        last_seen: seen.sighting.last_seen,
        known_by: seen.known_by.clone(),
        epochs: whole_epochs(&seen.epochs),
        tier: classes.iter().map(|class| class.tier()).min(),
        classes,
        kept_by: kept::data(keepers),
    }
}

/// Returns the epochs without those that differ from another one only by a missing check value.
fn whole_epochs(epochs: &BTreeSet<Epoch>) -> BTreeSet<Epoch> {
    let is_whole = |epoch: &Epoch| epoch.check().is_some();
    let has_whole = |name: &str| epochs.iter().any(|one| is_whole(one) && one.name() == name);
    epochs
        .iter()
        .filter(|epoch| is_whole(epoch) || !has_whole(epoch.name()))
        .cloned()
        .collect()
}

const COLUMNS: [Column; 14] = [
    Column::text("producer"),
    Column::text("consumer"),
    Column::text("channels"),
    Column::text("event_type"),
    Column::text("basis"),
    Column::text("first_seen"),
    Column::text("last_seen"),
    Column::text("known_by"),
    Column::text("tier").for_spreadsheets(),
    Column::text("classes"),
    Column::text("producer_home").for_spreadsheets(),
    Column::text("consumer_home").for_spreadsheets(),
    Column::text("channel_homes").for_spreadsheets(),
    Column::text("kept_by").for_spreadsheets(),
];

fn table(shown: &[(&Flow, Row)], kept: &[KeptEdge<'_>]) -> Table {
    let rows = shown
        .iter()
        .zip(kept)
        .map(|((flow, row), kept)| {
            vec![
                Cell::Party(flow.producer.clone()),
                Cell::Party(flow.consumer.clone()),
                Cell::Channels(flow.channels.clone()),
                Cell::Name(flow.event_type.clone()),
                Cell::Basis(row.basis),
                Cell::Day(row.first_seen),
                Cell::Day(row.last_seen),
                Cell::KnownBy(row.known_by.clone()),
                Cell::Tier(row.tier),
                Cell::Classes {
                    classes: row.classes.clone(),
                    is_part_unread: false,
                    says_none: false,
                },
                Cell::Homes(vec![flow.producer.home]),
                Cell::Homes(vec![flow.consumer.home]),
                Cell::Homes(flow.channels.iter().map(|channel| channel.home).collect()),
                kept::cell(&kept.keepers.found),
            ]
        })
        .collect();
    Table {
        columns: COLUMNS.to_vec(),
        rows,
    }
}

/// Returns a sentence on what an answer without edges does not prove.
fn absence_caveat(edges: usize, subjects: &[&SubjectId], graph: &Graph) -> Option<String> {
    if edges > 0 {
        return None;
    }
    let used: BTreeSet<&Epoch> = graph
        .edges
        .values()
        .flat_map(|edge| edge.people.epochs.keys())
        .collect();
    let is_asked = |used: &&Epoch| subjects.iter().any(|id| id.epoch.fits(used));
    let key = if used.is_empty() {
        "; the store does not say with which keys people were counted in these days".to_owned()
    } else if used.iter().any(is_asked) {
        String::new()
    } else {
        let used: Vec<&str> = used.iter().map(|epoch| epoch.as_str()).collect();
        format!(
            "; people were counted in these days only with other keys, those of {}, so ask with one of them",
            used.join(", ")
        )
    };
    Some(format!(
        "this does not prove that the data went nowhere: the index holds only events that were traced \
         while it was switched on, with the key that is asked with{key}"
    ))
}

fn notes(subjects: &[&SubjectId], flows: &BTreeMap<Flow, Seen>, unread: &Unread) -> Vec<String> {
    let epochs: BTreeSet<&Epoch> = subjects.iter().map(|id| &id.epoch).collect();
    // Over all pages, and with homes: the same name in two accounts is two consumers.
    let consumers: BTreeSet<&Party> = flows.keys().map(|flow| &flow.consumer).collect();
    let mut notes = vec![format!(
        "the person was found on {} to {}, by fingerprints made with the {} {}",
        counted(flows.len() as u64, "edge"),
        counted(consumers.len() as u64, "consumer"),
        if epochs.len() == 1 {
            "key of epoch"
        } else {
            "keys of epochs"
        },
        epochs
            .iter()
            .map(|epoch| epoch.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    )];
    if unread.events > 0 {
        let reasons: Vec<String> = unread
            .reasons
            .iter()
            .map(|(reason, events)| format!("{reason}: {events}"))
            .collect();
        let reasons = if reasons.is_empty() {
            String::new()
        } else {
            format!(" ({})", reasons.join(", "))
        };
        notes.push(format!(
            "the person may also be in {} of these days that {} not read whole{reasons}, so this answer does not prove \
             that the data went nowhere else; `piitrail report map` shows the edges",
            counted(unread.events, "event"),
            if unread.events == 1 { "was" } else { "were" },
        ));
    }
    notes
}

/// Draws one arrow for each flow, with the days on which the person was in its events.
fn drawing(shown: &[(&Flow, Row)], kept: &[KeptEdge<'_>], names: Names) -> Drawing {
    let mut nodes = Nodes::new(names);
    let mut arrows = Vec::new();
    for (flow, row) in shown {
        let [from, to] = [&flow.producer, &flow.consumer].map(|party| nodes.party(party));
        arrows.push(Arrow {
            from,
            to,
            keeps: None,
            channels: nodes.channels(flow),
            event_types: BTreeSet::from([flow.event_type.clone()]),
            events: None,
            seen: Some((row.first_seen, row.last_seen)),
            classes: Vec::new(),
            is_part_unread: false,
            tier: row.tier,
        });
    }
    arrows.extend(kept::arrows(kept, &mut nodes));
    Drawing {
        nodes: nodes.all,
        arrows,
    }
}
