//! Writes the texts of cells and arrows for all formats.

use piitrail_detect::DataClass;
use piitrail_flow::channel::Channel;
use piitrail_flow::home::Home;
use piitrail_flow::name::Name;
use piitrail_flow::party::Party;
use piitrail_flow::topology::Node;

use crate::document::{Arrow, Cell, Names};
use crate::text::some_of;

/// The number of classes named on an arrow. The others are only counted.
const CLASSES_ON_AN_ARROW: usize = 4;

/// The number of event types named on an arrow. The others are only counted.
const EVENT_TYPES_ON_AN_ARROW: usize = 3;

/// Returns a party as text.
fn party(party: &Party, names: Names) -> String {
    names.written(party.shown(), party.home)
}

fn channel(channel: &Channel, names: Names) -> String {
    names.written(channel.shown(), channel.home)
}

/// Returns a node as text.
pub(super) fn node(node: &Node, names: Names) -> String {
    names.written(node.shown(), node.home())
}

/// Returns a cell as text.
pub(super) fn cell(cell: &Cell, names: Names) -> String {
    cell_with(cell, names, |class| class.name().to_owned())
}

/// Returns a cell as text. `class` writes the names of data classes.
pub(super) fn cell_with(cell: &Cell, names: Names, class: fn(DataClass) -> String) -> String {
    match cell {
        Cell::Party(party) => self::party(party, names),
        Cell::Channels(channels) => joined(channels, " > ", names),
        Cell::Homes(homes) => {
            if homes.iter().all(Home::is_unknown) {
                return String::new();
            }
            let homes: Vec<String> = homes.iter().map(ToString::to_string).collect();
            homes.join(" > ")
        }
        Cell::Name(name) => name.shown().to_owned(),
        Cell::Count(count) => count.to_string(),
        Cell::Basis(basis) => basis.as_str().to_owned(),
        Cell::Tier(tier) => tier.map_or_else(String::new, |tier| tier.to_string()),
        // `120`; `120–310` over several keys; `≥120` if people were not counted in some events.
        Cell::People { count: None, .. } => "unknown".to_owned(),
        Cell::People {
            count: Some(count),
            is_least: true,
        } => format!("≥{count}"),
        Cell::People {
            count: Some(count), ..
        } => count.to_string(),
        Cell::Classes {
            classes,
            is_part_unread,
            says_none,
        } => {
            let names: Vec<String> = classes.iter().copied().map(class).collect();
            let names = names.join(" ");
            match names.is_empty() {
                true if *is_part_unread => UNKNOWN.to_owned(),
                true if *says_none => "none".to_owned(),
                _ => with_unread(names, *is_part_unread),
            }
        }
        Cell::Unread(events) => {
            let events: Vec<String> = events
                .iter()
                .map(|(reason, count)| format!("{reason}:{count}"))
                .collect();
            events.join(" ")
        }
        Cell::KeptBy(keepers) => {
            let keepers: Vec<String> = keepers
                .iter()
                .map(|(keeper, when)| format!("{}: {}", when.in_words(), node(keeper, names)))
                .collect();
            keepers.join("; ")
        }
        Cell::Node(node) => self::node(node, names),
        Cell::Words(words) => words.join(", "),
        Cell::Time(at) => at.map_or_else(String::new, |at| at.to_string()),
        Cell::Day(day) => day.to_string(),
        Cell::KnownBy(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            names.join(" ")
        }
    }
}

/// Returns the lines of text along an arrow.
pub(super) fn arrow(arrow: &Arrow, names: Names) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(when) = arrow.keeps {
        lines.push(when.in_words().to_owned());
    }
    if !arrow.channels.is_empty() {
        lines.push(joined(&arrow.channels, " → ", names));
    }
    let event_types = arrow.event_types.iter().map(Name::shown);
    let event_types = some_of(event_types, EVENT_TYPES_ON_AN_ARROW, ", ");
    match arrow.events {
        Some(events) => lines.push(format!("{event_types} ({events})")),
        None if event_types.is_empty() => {}
        None => lines.push(event_types),
    }
    if let Some((first, last)) = arrow.seen {
        lines.push(format!("{first} to {last}"));
    }
    if !arrow.classes.is_empty() {
        let names = arrow.classes.iter().map(|class| class.name());
        let names = some_of(names, CLASSES_ON_AN_ARROW, " ");
        lines.push(with_unread(names, arrow.is_part_unread));
    } else if arrow.is_part_unread {
        lines.push(UNKNOWN.to_owned());
    }
    lines
}

/// The text in place of classes if no class was found and events were not read whole.
const UNKNOWN: &str = "unknown";

/// Appends to a list of classes that there may be others.
fn with_unread(classes: String, is_part_unread: bool) -> String {
    if is_part_unread {
        classes + ", part unread"
    } else {
        classes
    }
}

fn joined(channels: &[Channel], between: &str, names: Names) -> String {
    let channels = channels.iter().map(|one| channel(one, names));
    channels.collect::<Vec<_>>().join(between)
}
