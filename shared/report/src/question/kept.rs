//! Shows the keepers of the events in an answer: as data, as sentences and as arrows.

use std::collections::{BTreeMap, BTreeSet};

use piitrail_detect::{DataClass, Tier};
use piitrail_flow::home::Home;
use piitrail_flow::party::Party;
use piitrail_flow::plural::counted;
use piitrail_flow::topology::{Node, When};
use serde::Serialize;

use super::nodes::{Nodes, known};
use crate::document::{Arrow, Cell, Names};
use crate::graph::{Holding, Keeper, Keepers, STEPS_MAX};
use crate::text::some_of;

/// The most keepers that notes name. The others are in the json and the csv.
const NOTES_MAX: usize = 20;

/// The most consumers that a note names.
const CONSUMERS_NAMED_MAX: usize = 4;

/// A keeper, for programs.
#[derive(Debug, Serialize)]
pub(super) struct KeeperData {
    name: String,
    kind: &'static str,
    home: Option<Home>,
    when: When,
    /// The encryption at rest: `none`, `service-default`, `aws-managed`, `customer-managed` or
    /// `unknown`.
    encryption: &'static str,
    /// The retention: `14d`, `forever`; null if it is unknown.
    retention: Option<String>,
}

/// Returns the keepers as a cell of a table.
pub(super) fn cell(keepers: &[Keeper]) -> Cell {
    let keepers = keepers.iter();
    Cell::KeptBy(keepers.map(|one| (one.node.clone(), one.when)).collect())
}

pub(super) fn data(keepers: &[Keeper]) -> Vec<KeeperData> {
    let keepers = keepers.iter();
    keepers
        .map(|keeper| KeeperData {
            name: keeper.node.to_string(),
            kind: keeper.node.kind(),
            home: known(keeper.node.home()),
            when: keeper.when,
            encryption: keeper.holding.encryption.as_str(),
            retention: keeper.holding.retention.map(|kept| kept.to_string()),
        })
        .collect()
}

/// An edge of an answer, with the keepers of its events.
pub(super) struct KeptEdge<'g> {
    pub(super) consumer: &'g Party,
    pub(super) keepers: Keepers,
    pub(super) classes: BTreeSet<(Tier, DataClass)>,
    pub(super) is_part_unread: bool,
}

/// Everything that one keeper receives at one time.
#[derive(Default)]
struct Kept {
    consumers: BTreeSet<String>,
    classes: BTreeSet<(Tier, DataClass)>,
    is_part_unread: bool,
    holding: Holding,
}

/// Returns a sentence for each keeper, with the classes it keeps, its encryption and its retention.
pub(super) fn notes(edges: &[KeptEdge<'_>], names: Names) -> Vec<String> {
    let mut all: BTreeMap<(When, &Node), Kept> = BTreeMap::new();
    for edge in edges {
        for keeper in &edge.keepers.found {
            let kept = all.entry((keeper.when, &keeper.node)).or_default();
            kept.consumers
                .insert(names.written(edge.consumer.shown(), edge.consumer.home));
            kept.classes.extend(&edge.classes);
            kept.is_part_unread |= edge.is_part_unread;
            kept.holding = keeper.holding.clone();
        }
    }
    let more = all.len().saturating_sub(NOTES_MAX);
    let mut notes: Vec<String> = all
        .iter()
        .take(NOTES_MAX)
        .map(|((when, node), kept)| note(*when, node, kept, names))
        .collect();
    if more > 0 {
        notes.push(format!(
            "{more} more keep events of these edges: see kept_by in the formats json and csv"
        ));
    }
    let cut = edges.iter().filter(|edge| !edge.keepers.are_all).count();
    if cut > 0 {
        notes.push(format!(
            "on {} more than {STEPS_MAX} resources pass events on from one to the next, and what keeps them \
             behind the first {STEPS_MAX} is not listed",
            counted(cut as u64, "edge")
        ));
    }
    notes
}

fn note(when: When, node: &Node, kept: &Kept, names: Names) -> String {
    let consumers = kept.consumers.iter().map(String::as_str);
    let consumers = some_of(consumers, CONSUMERS_NAMED_MAX, ", ");
    let classes: Vec<&str> = kept.classes.iter().map(|(_, class)| class.name()).collect();
    let classes = match (classes.is_empty(), kept.is_part_unread) {
        (true, true) => "unknown".to_owned(),
        (true, false) => "no personal data".to_owned(),
        (false, true) => classes.join(" ") + ", part unread",
        (false, false) => classes.join(" "),
    };
    let retention = match kept.holding.retention {
        Some(retention) => format!("kept {retention}"),
        None => "kept for an unknown time".to_owned(),
    };
    format!(
        "{}: {} keeps what {consumers} {}: {classes} (encryption {}, {retention})",
        when.in_words(),
        names.written(node.shown(), node.home()),
        if kept.consumers.len() == 1 {
            "receives"
        } else {
            "receive"
        },
        kept.holding.encryption.as_str(),
    )
}

/// Returns an arrow from each consumer to each keeper of its events.
pub(super) fn arrows(edges: &[KeptEdge<'_>], nodes: &mut Nodes) -> Vec<Arrow> {
    let mut bundles: BTreeMap<(usize, usize, When), Kept> = BTreeMap::new();
    for edge in edges {
        let from = nodes.party(edge.consumer);
        for keeper in &edge.keepers.found {
            let to = nodes.index(&keeper.node);
            let kept = bundles.entry((from, to, keeper.when)).or_default();
            kept.classes.extend(&edge.classes);
            kept.is_part_unread |= edge.is_part_unread;
        }
    }
    let bundles = bundles.into_iter();
    bundles
        .map(|((from, to, when), kept)| Arrow {
            from,
            to,
            keeps: Some(when),
            channels: Vec::new(),
            event_types: BTreeSet::new(),
            events: None,
            seen: None,
            is_part_unread: kept.is_part_unread,
            tier: kept.classes.first().map(|(tier, _)| *tier),
            classes: kept.classes.into_iter().map(|(_, class)| class).collect(),
        })
        .collect()
}
