//! The nodes of a drawing, each once.

use std::collections::BTreeMap;

use piitrail_flow::channel::Channel;
use piitrail_flow::edge::Flow;
use piitrail_flow::home::Home;
use piitrail_flow::party::Party;
use piitrail_flow::topology::Node;

use crate::document::Names;

/// The nodes so far. If names are written without homes, a party is one node whether its home is
/// known or not.
pub(super) struct Nodes {
    names: Names,
    pub(super) all: Vec<Node>,
    indices: BTreeMap<Node, usize>,
}

impl Nodes {
    pub(super) fn new(names: Names) -> Self {
        Self {
            names,
            all: Vec::new(),
            indices: BTreeMap::new(),
        }
    }

    /// The index of a party's node.
    pub(super) fn party(&mut self, party: &Party) -> usize {
        self.index(&Node::Party(party.clone()))
    }

    /// The index of a node.
    pub(super) fn index(&mut self, node: &Node) -> usize {
        let node = match self.names {
            Names::Plain => node.clone().at(Home::UNKNOWN),
            Names::WithHomes => node.clone(),
        };
        let all = &mut self.all;
        *self.indices.entry(node).or_insert_with_key(|node| {
            all.push(node.clone());
            all.len() - 1
        })
    }

    /// Returns the channels of a flow as the drawing distinguishes them: without homes if names are
    /// written without them.
    pub(super) fn channels(&self, flow: &Flow) -> Vec<Channel> {
        let channels = flow.channels.iter().cloned();
        match self.names {
            Names::Plain => channels.map(|channel| channel.at(Home::UNKNOWN)).collect(),
            Names::WithHomes => channels.collect(),
        }
    }
}

/// Returns a home for JSON, or `None` if neither its account nor its region is known.
pub(super) fn known(home: Home) -> Option<Home> {
    Some(home).filter(|home| !home.is_unknown())
}

/// Returns the home of each of a flow's channels, for JSON.
pub(super) fn channel_homes(flow: &Flow) -> Vec<Option<Home>> {
    let channels = flow.channels.iter();
    channels.map(|channel| known(channel.home)).collect()
}
