//! The map: shows who sends what to whom, with the data classes of each flow.

use std::collections::BTreeMap;

use async_trait::async_trait;
use piitrail_flow::edge::Flow;
use piitrail_flow::ledger::{Coverage, Place};
use piitrail_flow::limit::Limit;
use piitrail_flow::party::Party;
use piitrail_flow::people::{Headcount, People, Sketch};
use piitrail_flow::plural::counted;
use schemars::JsonSchema;
use serde::Deserialize;

use super::kept;
use super::unread::Unread;
use super::{Ask, Asked, Counting, Question, damage_caveat, home_caveat, undecided_caveat};
use crate::document::{Contents, Document, Names, object};
use crate::error::ReportError;
use crate::graph::{Edge, Filters, Graph};
use crate::page::Page;

mod data;
mod shapes;

use data::{PeopleData, people_data};

pub(super) const QUESTION: Question = Question::new::<Map>(
    "map",
    "Show who sends which data classes to whom",
    Contents { is_drawn: true },
);

/// The parameters of the map.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Map {
    filters: Filters,
    /// Do not count people, which is much cheaper on a DynamoDB store with many people
    without_people: bool,
}

/// An edge that is shown.
type Shown<'g> = (&'g Flow, &'g Edge);

#[async_trait]
impl Ask for Map {
    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError> {
        let people = if self.without_people {
            Counting::NoPeople
        } else {
            Counting::People
        };
        let read = asked.read(people).await?;
        let (routes, no_topology) = asked.routes().await?;
        let mut graph = Graph::of(&read.ledger, routes);
        let recorded: Vec<&Flow> = graph.edges.keys().collect();
        let absent = self.filters.absent(&recorded);
        let left_out = graph.retain(&self.filters);
        let page = Page::of(&graph.edges, asked.shared.page.as_ref(), asked.limit);
        let shown = &page.shown;
        let names = Names::beside(graph.edges.keys().flat_map(Flow::homes));

        let mut everyone = People::default();
        for edge in graph.edges.values() {
            everyone.merge(&edge.people);
        }
        let everyone = people_data(&everyone);
        let mut notes = notes(shown, &graph.coverage);
        let kept = shapes::kept_edges(shown, &graph.routes);
        notes.extend(kept::notes(&kept, names));
        if people == Counting::People {
            let events = graph.edges.values().map(|edge| edge.events).sum();
            let unread = Unread::of(graph.edges.values());
            notes.push(people_note(everyone.as_ref(), events, &unread));
        }
        let whole_months: Vec<String> = read
            .whole_months
            .iter()
            .map(|month| month.strftime("%Y-%m").to_string())
            .collect();
        let mut caveats: Vec<String> = whole_months
            .iter()
            .map(|month| {
                format!(
                    "for {month} only a monthly total is kept, so its numbers cover the whole month"
                )
            })
            .collect();
        caveats.extend(damage_caveat(&read.damaged));
        caveats.extend(topology_caveat(&graph.coverage));
        caveats.extend(no_topology.and_then(|why| why.caveat(graph.edges.keys())));
        caveats.extend(home_caveat(left_out));
        caveats.extend(absent);
        caveats.extend(undecided_caveat(graph.undecided_homes));
        caveats.extend(page.caveat(graph.edges.len()));
        let about = data::about(
            asked.shared,
            everyone,
            &graph.coverage,
            &whole_months,
            &read.damaged,
            page.next.as_deref(),
        );
        Ok(Document {
            about: object(&about),
            rows: object(&data::rows(shown, &kept)),
            table: shapes::table(shown, &kept),
            drawing: Some(shapes::drawing(shown, &kept, names)),
            names,
            notes,
            caveats,
            next: page.next,
        })
    }
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
        notes.push(format!(
            "{records} could not be read ({reason}): {}",
            reason.explanation()
        ));
    }
    for (limit, count) in &total.limits {
        notes.push(format!(
            "limit {limit} was reached {}: {}",
            counted(*count, "time"),
            limit.consequence()
        ));
    }
    notes.extend(Unread::of(shown.iter().map(|(_, edge)| *edge)).notes());
    let unattributed = shown
        .iter()
        .filter(|(flow, _)| {
            flow.consumer == Party::UNATTRIBUTED || flow.producer == Party::UNATTRIBUTED
        })
        .count();
    if unattributed > 0 {
        notes.push(format!(
            "on {} the producer or the consumer is unattributed: the topology does not say who it is",
            counted(unattributed as u64, "edge")
        ));
    }
    notes
}

/// Returns a sentence that consumers are unattributed because the topology could not be read, if
/// that happened.
fn topology_caveat(coverage: &BTreeMap<Place, Coverage>) -> Option<String> {
    let limit = Limit::TopologyUnreadable.into();
    let places = coverage.values();
    let events: u64 = places.filter_map(|seen| seen.limits.get(&limit)).sum();
    (events > 0).then(|| {
        format!(
            "the topology could not be read while {} were traced, so their consumers are unattributed; \
             import the topology again",
            counted(events, "event")
        )
    })
}

/// Returns a sentence with the number of people on the whole map. `events` is the sum over its
/// edges, to tell whether people were counted in all of them.
fn people_note(everyone: Option<&PeopleData>, events: u64, unread: &Unread) -> String {
    let Some(everyone) = everyone else {
        // The store does not tell whether the number was never known or is no longer kept.
        return "the number of people is unknown: counting people requires a subject key, and the counts may \
                be kept for a shorter time than the edges"
            .to_owned();
    };
    let Headcount { low, high } = everyone.count;
    let people = if low == high {
        counted(low, "person")
    } else {
        format!("{} people", everyone.count)
    };
    let how_sure = format!(
        "counted by keyed fingerprints; standard error {} %",
        Sketch::STANDARD_ERROR * 100.0
    );
    if everyone.events < events {
        let looked_at = everyone.events;
        format!("at least {people} in {looked_at} of {events} events, {how_sure}")
    } else if unread.events > 0 {
        format!("at least {people}, because not all events were read whole, {how_sure}")
    } else {
        format!("about {people}, {how_sure}")
    }
}
