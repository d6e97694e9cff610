//! Parses the map's JSON as its readers do, for the tests in `claims`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Shop, Traced, samples};

/// The map, parsed from its JSON.
pub(super) struct Map {
    pub(super) edges: Vec<Edge>,
}

pub(super) struct Edge {
    pub(super) producer: String,
    pub(super) consumer: String,
    pub(super) channels: Vec<String>,
    pub(super) event_type: String,
    pub(super) events: u64,
    pub(super) first_seen: String,
    pub(super) last_seen: String,
    pub(super) classes: Vec<(String, Vec<String>)>,
}

impl Map {
    pub(super) fn of_the_shop() -> Self {
        Self::of(&Shop::open().trace(&samples()))
    }

    pub(super) fn of(traced: &Traced) -> Self {
        let map = traced.map();
        Self {
            edges: map["edges"]
                .as_array()
                .unwrap()
                .iter()
                .map(Edge::read)
                .collect(),
        }
    }

    pub(super) fn edges(&self, is_meant: impl Fn(&Edge) -> bool) -> Vec<&Edge> {
        self.edges.iter().filter(|edge| is_meant(edge)).collect()
    }
}

impl Edge {
    fn read(edge: &Value) -> Self {
        let text = |name: &str| edge[name].as_str().unwrap().to_owned();
        let texts = |list: &Value| -> Vec<String> {
            list.as_array()
                .unwrap()
                .iter()
                .map(|item| item.as_str().unwrap().to_owned())
                .collect()
        };
        Self {
            producer: text("producer"),
            consumer: text("consumer"),
            channels: texts(&edge["channels"]),
            event_type: text("event_type"),
            events: edge["events"].as_u64().unwrap(),
            first_seen: text("first_seen"),
            last_seen: text("last_seen"),
            classes: edge["classes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|class| {
                    (
                        class["class"].as_str().unwrap().to_owned(),
                        texts(&class["paths"]),
                    )
                })
                .collect(),
        }
    }

    pub(super) fn goes_over(&self, channel: &str) -> bool {
        self.channels.iter().any(|one| one == channel)
    }
}

pub(super) fn events_on(edges: &[&Edge]) -> u64 {
    edges.iter().map(|edge| edge.events).sum()
}

pub(super) fn classes<'m>(edges: &[&'m Edge]) -> BTreeSet<&'m str> {
    edges
        .iter()
        .flat_map(|edge| &edge.classes)
        .map(|(class, _)| class.as_str())
        .collect()
}

pub(super) fn paths<'m>(edges: &[&'m Edge]) -> BTreeSet<&'m str> {
    edges
        .iter()
        .flat_map(|edge| &edge.classes)
        .flat_map(|(_, paths)| paths)
        .map(String::as_str)
        .collect()
}
