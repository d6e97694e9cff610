//! The nodes of a drawing, each party once.

use std::collections::BTreeMap;

use piitrail_flow::channel::Channel;
use piitrail_flow::edge::Flow;
use piitrail_flow::home::Home;
use piitrail_flow::party::Party;

use crate::document::Names;

/// The nodes so far. Where names are written without homes, a party is one node whether its home is
/// known or not.
pub(super) struct Nodes {
    names: Names,
    pub(super) parties: Vec<Party>,
    indices: BTreeMap<Party, usize>,
}

impl Nodes {
    pub(super) fn new(names: Names) -> Self {
        Self {
            names,
            parties: Vec::new(),
            indices: BTreeMap::new(),
        }
    }

    /// The index of a party's node.
    pub(super) fn index(&mut self, party: &Party) -> usize {
        let party = match self.names {
            Names::Plain => party.clone().at(Home::UNKNOWN),
            Names::WithHomes => party.clone(),
        };
        let parties = &mut self.parties;
        *self.indices.entry(party).or_insert_with_key(|party| {
            parties.push(party.clone());
            parties.len() - 1
        })
    }

    /// The channels of a flow, as they are told apart in the drawing.
    pub(super) fn channels(&self, flow: &Flow) -> Vec<Channel> {
        let channels = flow.channels.iter().cloned();
        match self.names {
            Names::Plain => channels.map(|channel| channel.at(Home::UNKNOWN)).collect(),
            Names::WithHomes => channels.collect(),
        }
    }
}

/// A home of which something is known, for JSON.
pub(super) fn known(home: Home) -> Option<Home> {
    Some(home).filter(|home| !home.is_unknown())
}

/// The homes of a flow's channels, one for each, for JSON.
pub(super) fn channel_homes(flow: &Flow) -> Vec<Option<Home>> {
    let channels = flow.channels.iter();
    channels.map(|channel| known(channel.home)).collect()
}
