//! Builds the table and the drawing of the map.

use std::collections::{BTreeMap, BTreeSet};

use piitrail_detect::{DataClass, Tier};
use piitrail_flow::channel::Channel;

use super::Shown;
use crate::document::{Arrow, Cell, Column, Drawing, Names, Table};
use crate::graph::{Edge, Routes};
use crate::question::kept::{self, KeptEdge};
use crate::question::nodes::Nodes;

const COLUMNS: [Column; 19] = [
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
    Column::text("producer_home").for_spreadsheets(),
    Column::text("consumer_home").for_spreadsheets(),
    Column::text("channel_homes").for_spreadsheets(),
    Column::number("unread_events").for_spreadsheets(),
    Column::text("unread").for_spreadsheets(),
    Column::text("kept_by").for_spreadsheets(),
];

/// The column that a terminal shows only if people were counted on the map.
const PEOPLE: &str = "people";

pub(super) fn table(shown: &[Shown<'_>], kept: &[KeptEdge<'_>]) -> Table {
    let rows = shown
        .iter()
        .zip(kept)
        .map(|((flow, edge), kept)| {
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
                    is_least: edge.people.events < edge.events || edge.unread_events() > 0,
                },
                Cell::Classes {
                    classes: classes(edge),
                    is_part_unread: edge.unread_events() > 0,
                    says_none: true,
                },
                Cell::Time(edge.first_seen),
                Cell::Time(edge.last_seen),
                Cell::Homes(vec![flow.producer.home]),
                Cell::Homes(vec![flow.consumer.home]),
                Cell::Homes(flow.channels.iter().map(|channel| channel.home).collect()),
                Cell::Count(edge.unread_events()),
                Cell::Unread(edge.unread.clone()),
                kept::cell(&kept.keepers.found),
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

/// Returns the edges with the keepers of their events.
pub(super) fn kept_edges<'g>(shown: &[Shown<'g>], routes: &Routes) -> Vec<KeptEdge<'g>> {
    let shown = shown.iter();
    shown
        .map(|(flow, edge)| KeptEdge {
            consumer: &flow.consumer,
            keepers: routes.keepers(flow),
            classes: edge
                .classes
                .keys()
                .map(|class| (class.tier(), *class))
                .collect(),
            is_part_unread: edge.unread_events() > 0,
        })
        .collect()
}

/// Draws one arrow for each producer, consumer and list of channels, with everything that travels
/// over it.
pub(super) fn drawing(shown: &[Shown<'_>], kept: &[KeptEdge<'_>], names: Names) -> Drawing {
    let mut nodes = Nodes::new(names);
    let mut bundles: BTreeMap<(usize, usize, Vec<Channel>), Vec<Shown<'_>>> = BTreeMap::new();
    for (flow, edge) in shown {
        let [from, to] = [&flow.producer, &flow.consumer].map(|party| nodes.party(party));
        let way = (from, to, nodes.channels(flow));
        bundles.entry(way).or_default().push((flow, edge));
    }
    let mut arrows: Vec<Arrow> = bundles
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
                keeps: None,
                channels,
                event_types: bundle
                    .iter()
                    .map(|(flow, _)| flow.event_type.clone())
                    .collect(),
                events: Some(bundle.iter().map(|(_, edge)| edge.events).sum()),
                seen: None,
                is_part_unread: bundle.iter().any(|(_, edge)| edge.unread_events() > 0),
                tier: classes.first().map(|(tier, _)| *tier),
                classes: classes.into_iter().map(|(_, class)| class).collect(),
            }
        })
        .collect();
    arrows.extend(kept::arrows(kept, &mut nodes));
    Drawing {
        nodes: nodes.all,
        arrows,
    }
}
