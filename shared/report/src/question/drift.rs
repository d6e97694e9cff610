//! The drift report: what changed between two days, in the topology and in the traffic.
//!
//! A route is compared by its ends, its kind and its meaning, as `topology diff` does. An edge is new if
//! events travelled on it after the first day and never before, and gone if they did before and not after.
//! A row names the recorded changes that touched one of its ends or the rule, subscription, mapping or pipe
//! between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use piitrail_detect::{DataClass, Engine};
use piitrail_flow::edge::{Basis, Flow};
use piitrail_flow::home::Home;
use piitrail_flow::name::Name;
use piitrail_flow::plural::counted;
use piitrail_flow::store::{Query, StoreError, read_all};
use piitrail_flow::time::{Day, Span, day_of};
use piitrail_flow::topology::{Aspect, Change, Direction, Node, Route, Topology};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::nodes::{channel_homes, known};
use super::{Ask, Asked, Question, damage_caveat, undecided_caveat};
use crate::document::{Cell, Column, Contents, Document, Names, Table, object};
use crate::error::ReportError;
use crate::graph::{Edge, Ends, Graph, Routes, unify};
use crate::page::Page;

/// The days that are compared if the question names only the last one.
const DAYS: i64 = 30;

/// The most changes that a row names.
const CHANGES_MAX: usize = 4;

pub(super) const QUESTION: Question = Question::new::<Drift>(
    "drift",
    "Show what changed after one day: routes, edges and data classes, with the change that did it",
    Contents { is_drawn: false },
);

/// The parameters of the question: it has none of its own.
#[derive(Deserialize, JsonSchema)]
struct Drift {}

/// An edge before and after the first day.
#[derive(Clone, Default)]
struct Sides {
    before: Option<Edge>,
    after: Option<Edge>,
}

/// How an edge drifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    New,
    Gone,
    /// It carries other data classes.
    Changed,
}

/// An edge that drifted.
struct Drifted {
    what: What,
    /// The side that is shown: what came after, or what was before if nothing came.
    edge: Edge,
    new_classes: Vec<DataClass>,
    gone_classes: Vec<DataClass>,
}

/// A route that drifted.
struct DriftedRoute {
    what: &'static str,
    ends: Ends,
    kind: &'static str,
    via: Name,
    aspects: BTreeMap<Aspect, Direction>,
    changes: Vec<Change>,
}

/// The form of an edge for programs.
#[derive(Serialize)]
struct EdgeData {
    what: What,
    producer: String,
    producer_home: Option<Home>,
    consumer: String,
    consumer_home: Option<Home>,
    channels: Vec<String>,
    channel_homes: Vec<Option<Home>>,
    event_type: String,
    basis: Basis,
    events: u64,
    classes: Vec<DataClass>,
    new_classes: Vec<DataClass>,
    gone_classes: Vec<DataClass>,
    first_seen: Option<String>,
    last_seen: Option<String>,
    changes: Vec<String>,
}

#[async_trait]
impl Ask for Drift {
    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError> {
        let to = asked.shared.to.unwrap_or_else(|| day_of(asked.now));
        let from = asked.shared.from;
        let from = from.unwrap_or_else(|| to.saturating_sub(jiff::Span::new().days(DAYS)));
        let next = from.tomorrow().unwrap_or(from);
        let before = graph(asked, None, from).await?;
        let after = graph(asked, Some(next), to).await?;
        let engine = Engine::new();
        let history = asked.sources.topology;
        let topologies = [
            readable(history.topology(from).await)?.flatten(),
            readable(history.topology(to).await)?.flatten(),
        ];
        let changes = readable(history.topology_changes(from, to).await)?.unwrap_or_default();
        let routes = match &topologies {
            [Some(older), Some(newer)] => drifted_routes(older, newer, &changes, &engine),
            _ => Vec::new(),
        };
        let undecided = before.graph.undecided_homes + after.graph.undecided_homes;
        let mut caveats = before.caveats;
        caveats.extend(
            after
                .caveats
                .into_iter()
                .filter(|one| !caveats.contains(one))
                .collect::<Vec<_>>(),
        );
        if topologies.iter().any(Option::is_none) {
            caveats.push(no_topology(from, to, &topologies));
        }
        caveats.extend(undecided_caveat(undecided));
        let edges = drifted_edges(before.graph, after.graph);
        let page = Page::of(&edges, asked.shared.page.as_ref(), asked.limit);
        caveats.extend(page.caveat(edges.len()));
        let names = Names::beside(edges.keys().flat_map(Flow::homes));
        // The routes stand on the first page.
        let shown_routes: &[DriftedRoute] = if asked.shared.page.is_none() {
            &routes
        } else {
            &[]
        };
        let because: Vec<Vec<Change>> = page
            .shown
            .iter()
            .map(|(flow, _)| changes_of(flow, &routes))
            .collect();
        Ok(Document {
            about: object(&json!({
                "report": QUESTION.name,
                "version": 1,
                "from": from.to_string(),
                "to": to.to_string(),
                "routes": shown_routes.iter().map(route_data).collect::<Vec<_>>(),
                "changes": changes.iter().map(|change| change_data(change, &engine)).collect::<Vec<_>>(),
                "next": page.next,
            })),
            rows: object(&json!({
                "edges": page.shown.iter().zip(&because).map(|((flow, one), because)| edge_data(flow, one, because, &engine)).collect::<Vec<_>>(),
            })),
            table: table(&page.shown, &because, shown_routes, &engine),
            notes: vec![summary(from, to, &edges, &routes)],
            caveats,
            drawing: None,
            names,
            next: page.next,
        })
    }
}

/// The traffic of some days.
struct Seen {
    graph: Graph,
    caveats: Vec<String>,
}

async fn graph(asked: &Asked<'_>, from: Option<Day>, to: Day) -> Result<Seen, StoreError> {
    let span = Span { from, to: Some(to) };
    let read = read_all(asked.sources.recorded, &Query::sum(span, asked.now)).await?;
    let months = read.whole_months.iter();
    let mut caveats: Vec<String> = months
        .map(|month| {
            format!(
                "for {} only a monthly total is kept, so its edges may be from before or after the first day",
                month.strftime("%Y-%m")
            )
        })
        .collect();
    caveats.extend(damage_caveat(&read.damaged));
    Ok(Seen {
        graph: Graph::of(&read.ledger, Arc::default()),
        caveats,
    })
}

/// Returns what was read, or `None` if the store has it and it cannot be read.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(StoreError::Unreadable { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn no_topology(from: Day, to: Day, found: &[Option<Topology>; 2]) -> String {
    let missing: Vec<String> = [from, to]
        .iter()
        .zip(found)
        .filter(|(_, found)| found.is_none())
        .map(|(day, _)| day.to_string())
        .collect();
    format!(
        "the store has no topology of {} that can be read, so which routes changed is unknown",
        missing.join(" and of ")
    )
}

/// Returns the edges that are new, gone, or carry other classes.
fn drifted_edges(before: Graph, after: Graph) -> BTreeMap<Flow, Drifted> {
    let mut sides: BTreeMap<Flow, Sides> = BTreeMap::new();
    for (flow, edge) in before.edges {
        sides.entry(flow).or_default().before = Some(edge);
    }
    for (flow, edge) in after.edges {
        sides.entry(flow).or_default().after = Some(edge);
    }
    // An edge whose home became known is the same edge.
    let (sides, _) = unify(sides, |into: &mut Sides, other| {
        into.before = into.before.take().or(other.before);
        into.after = into.after.take().or(other.after);
    });
    let drifted = sides.into_iter().filter_map(|(flow, sides)| {
        let classes = |edge: Option<&Edge>| -> BTreeSet<DataClass> {
            edge.map(|edge| edge.classes.keys().copied().collect())
                .unwrap_or_default()
        };
        let (old, new) = (
            classes(sides.before.as_ref()),
            classes(sides.after.as_ref()),
        );
        let (what, edge) = match sides {
            Sides {
                before: None,
                after: Some(edge),
            } => (What::New, edge),
            Sides {
                before: Some(edge),
                after: None,
            } => (What::Gone, edge),
            Sides {
                before: Some(_),
                after: Some(edge),
            } if old != new => (What::Changed, edge),
            _ => return None,
        };
        let drifted = Drifted {
            what,
            edge,
            new_classes: by_tier(new.difference(&old)),
            gone_classes: by_tier(old.difference(&new)),
        };
        Some((flow, drifted))
    });
    drifted.collect()
}

fn by_tier<'c>(classes: impl Iterator<Item = &'c DataClass>) -> Vec<DataClass> {
    let mut classes: Vec<DataClass> = classes.copied().collect();
    classes.sort_by_key(|class| (class.tier(), *class));
    classes
}

fn drifted_routes(
    older: &Topology,
    newer: &Topology,
    changes: &[Change],
    engine: &Engine,
) -> Vec<DriftedRoute> {
    let difference = older.difference(newer);
    let (in_older, in_newer) = (Routes::ends(older, engine), Routes::ends(newer, engine));
    let of = |what, is_older: bool, route: &Route, aspects| DriftedRoute {
        what,
        ends: if is_older {
            in_older(route)
        } else {
            in_newer(route)
        },
        kind: route.kind.as_str(),
        via: Name::masked(engine, &route.via),
        aspects,
        changes: changes
            .iter()
            .filter(|change| {
                let named = [&route.via, &route.from.name().name, &route.to.name().name];
                change.names.iter().any(|name| named.contains(&name))
            })
            .cloned()
            .collect(),
    };
    let none = BTreeMap::new;
    let added = difference
        .added
        .iter()
        .map(|route| of("added", false, route, none()));
    let removed = difference
        .removed
        .iter()
        .map(|route| of("removed", true, route, none()));
    let altered = difference.changed.iter().map(|one| {
        let what = if one.widens() { "wider" } else { "narrower" };
        of(what, false, &one.after, one.changes.clone())
    });
    added.chain(altered).chain(removed).collect()
}

/// Returns the recorded changes of the routes that an edge took.
fn changes_of(flow: &Flow, routes: &[DriftedRoute]) -> Vec<Change> {
    let mut nodes: Vec<Node> = vec![Node::Party(flow.producer.clone())];
    nodes.extend(flow.channels.iter().cloned().map(Node::Channel));
    nodes.push(Node::Party(flow.consumer.clone()));
    let took = |route: &&DriftedRoute| {
        nodes
            .windows(2)
            .any(|step| route.ends.from.fits(&step[0]) && route.ends.to.fits(&step[1]))
    };
    let mut changes: Vec<Change> = routes
        .iter()
        .filter(took)
        .flat_map(|route| route.changes.iter().cloned())
        .collect();
    changes.sort();
    changes.dedup();
    changes
}

/// Returns the action and the id of each change, masked, because a person may have written them.
fn written(changes: &[Change], engine: &Engine) -> Vec<String> {
    let shown = changes.iter().take(CHANGES_MAX);
    let mut written: Vec<String> = shown
        .map(|change| {
            let id = Name::masked(engine, &change.id);
            match &change.action {
                Some(action) => format!("{} {id}", Name::masked(engine, action)),
                None => id.to_string(),
            }
        })
        .collect();
    if changes.len() > CHANGES_MAX {
        written.push(format!("{} more", changes.len() - CHANGES_MAX));
    }
    written
}

fn change_data(change: &Change, engine: &Engine) -> serde_json::Value {
    let masked = |text: &String| Name::masked(engine, text).to_string();
    json!({
        "at": change.at.to_string(),
        "id": masked(&change.id),
        "action": change.action.as_ref().map(masked),
        "names": change.names.iter().map(masked).collect::<Vec<_>>(),
    })
}

fn route_data(route: &DriftedRoute) -> serde_json::Value {
    json!({
        "what": route.what,
        "from": route.ends.from.to_string(),
        "from_home": known(route.ends.from.home()),
        "to": route.ends.to.to_string(),
        "to_home": known(route.ends.to.home()),
        "kind": route.kind,
        "via": route.via,
        "aspects": route.aspects,
        "changes": written(&route.changes, &Engine::new()),
    })
}

fn edge_data(flow: &Flow, one: &Drifted, because: &[Change], engine: &Engine) -> EdgeData {
    EdgeData {
        what: one.what,
        producer: flow.producer.to_string(),
        producer_home: known(flow.producer.home),
        consumer: flow.consumer.to_string(),
        consumer_home: known(flow.consumer.home),
        channels: flow.channels.iter().map(ToString::to_string).collect(),
        channel_homes: channel_homes(flow),
        event_type: flow.event_type.to_string(),
        basis: one.edge.basis,
        events: one.edge.events,
        classes: by_tier(one.edge.classes.keys()),
        new_classes: one.new_classes.clone(),
        gone_classes: one.gone_classes.clone(),
        first_seen: one.edge.first_seen.map(|at| at.to_string()),
        last_seen: one.edge.last_seen.map(|at| at.to_string()),
        changes: written(because, engine),
    }
}

const COLUMNS: [Column; 14] = [
    Column::text("what"),
    Column::text("from"),
    Column::text("to"),
    Column::text("over"),
    Column::text("by"),
    Column::number("events"),
    Column::text("new_classes"),
    Column::text("gone_classes"),
    Column::text("changed"),
    Column::text("change"),
    Column::text("first_seen").for_spreadsheets(),
    Column::text("last_seen").for_spreadsheets(),
    Column::text("from_home").for_spreadsheets(),
    Column::text("to_home").for_spreadsheets(),
];

fn table(
    shown: &[(&Flow, &Drifted)],
    because: &[Vec<Change>],
    routes: &[DriftedRoute],
    engine: &Engine,
) -> Table {
    let classes = |classes: &[DataClass]| Cell::Classes {
        classes: classes.to_vec(),
        is_part_unread: false,
        says_none: false,
    };
    let edges = shown.iter().zip(because).map(|((flow, one), because)| {
        vec![
            Cell::Words(vec![match one.what {
                What::New => "new edge".to_owned(),
                What::Gone => "gone edge".to_owned(),
                What::Changed => "other classes".to_owned(),
            }]),
            Cell::Party(flow.producer.clone()),
            Cell::Party(flow.consumer.clone()),
            Cell::Channels(flow.channels.clone()),
            Cell::Name(flow.event_type.clone()),
            Cell::Count(one.edge.events),
            classes(&one.new_classes),
            classes(&one.gone_classes),
            Cell::Words(Vec::new()),
            Cell::Words(written(because, engine)),
            Cell::Time(one.edge.first_seen),
            Cell::Time(one.edge.last_seen),
            Cell::Homes(vec![flow.producer.home]),
            Cell::Homes(vec![flow.consumer.home]),
        ]
    });
    let routes = routes.iter().map(|route| {
        let aspects = route.aspects.iter();
        let aspects = aspects.map(|(aspect, how)| format!("{} {}", aspect.as_str(), how.as_str()));
        vec![
            Cell::Words(vec![format!("{} route", route.what)]),
            Cell::Node(route.ends.from.clone()),
            Cell::Node(route.ends.to.clone()),
            Cell::Words(vec![route.kind.to_owned()]),
            Cell::Name(route.via.clone()),
            Cell::Words(Vec::new()),
            classes(&[]),
            classes(&[]),
            Cell::Words(aspects.collect()),
            Cell::Words(written(&route.changes, engine)),
            Cell::Time(None),
            Cell::Time(None),
            Cell::Homes(vec![route.ends.from.home()]),
            Cell::Homes(vec![route.ends.to.home()]),
        ]
    });
    Table {
        columns: COLUMNS.to_vec(),
        rows: edges.chain(routes).collect(),
    }
}

fn summary(from: Day, to: Day, edges: &BTreeMap<Flow, Drifted>, routes: &[DriftedRoute]) -> String {
    let of = |what: What| edges.values().filter(|one| one.what == what).count() as u64;
    format!(
        "after {from}, until {to}: {} new, {} gone, {} with other data classes, {} changed",
        counted(of(What::New), "edge"),
        counted(of(What::Gone), "edge"),
        counted(of(What::Changed), "edge"),
        counted(routes.len() as u64, "route"),
    )
}
