//! The routes of a topology as a part of the graph, with ends that are named like those of edges.

use std::collections::HashMap;

use piitrail_detect::Engine;
use piitrail_flow::home::Home;
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use piitrail_flow::topology::{
    self, Encryption, End, Node, Parties, ResourceKind, Retention, RouteKind, Topology,
};

/// A route of the topology.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The node where it starts.
    pub from: Node,
    /// The node where it leads.
    pub to: Node,
    /// The holder of the records that it could not deliver.
    pub dead_letters: Option<Node>,
    /// The route as the topology describes it, with the names of AWS.
    pub described: topology::Route,
}

/// The routes of a topology, with the encryption and the retention at their ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Routes {
    all: Vec<Route>,
    /// Indices of routes by the node where they start, without its home.
    by_node: HashMap<Node, Vec<usize>>,
    /// Indices of routes by the resource where they start, without its home. A service is one node
    /// and may own many resources.
    by_resource: HashMap<End, Vec<usize>>,
    held: HashMap<Node, Holding>,
    /// The event sources of each service that the topology describes.
    sources: HashMap<Party, Vec<String>>,
}

/// The encryption and the retention of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// The encryption at rest.
    pub encryption: Encryption,
    /// The retention; `None` if it is unknown.
    pub retention: Option<Retention>,
}

impl Routes {
    /// Returns the routes of a topology.
    pub fn of(topology: &Topology, engine: &Engine) -> Self {
        let parties = Parties::of(topology, engine);
        let node = |end: &End| {
            let channel = parties.channel(end).map(Node::Channel);
            channel.unwrap_or_else(|| Node::Party(parties.party(end)))
        };
        // A queue that receives what could not be delivered holds it, and is a party.
        let holder = |end: &End| match end.kind() {
            ResourceKind::Queue => Node::Party(parties.dead_letter_queue(end.name())),
            _ => node(end),
        };
        let mut routes = Self::default();
        for (index, described) in topology.routes().into_iter().enumerate() {
            let is_failure = matches!(described.kind, RouteKind::OnFailure | RouteKind::Redrive);
            let route = Route {
                from: node(&described.from),
                to: if is_failure {
                    holder(&described.to)
                } else {
                    node(&described.to)
                },
                dead_letters: described.dead_letters.as_ref().map(holder),
                described,
            };
            let nowhere = route.from.clone().at(Home::UNKNOWN);
            routes.by_node.entry(nowhere).or_default().push(index);
            let nowhere = route.described.from.clone().at(Home::UNKNOWN);
            routes.by_resource.entry(nowhere).or_default().push(index);
            routes.all.push(route);
        }
        for (name, service) in topology.services() {
            let party = Party::new(PartyKind::Service, Name::masked(engine, name.as_str()));
            routes.sources.insert(party, service.sources.clone());
        }
        for (end, resource) in topology.resources() {
            let holding = Holding {
                encryption: resource.encryption.clone(),
                retention: resource.retention,
            };
            routes.held.insert(holder(end), holding.clone());
            routes.held.insert(node(end), holding);
        }
        routes
    }

    /// Returns all routes.
    pub fn all(&self) -> &[Route] {
        &self.all
    }

    /// Returns the enabled routes that start at a node.
    pub fn from_node<'r>(&'r self, node: &'r Node) -> impl Iterator<Item = &'r Route> {
        self.at(self.by_node.get(&node.clone().at(Home::UNKNOWN)))
            .filter(|route| route.from.fits(node))
    }

    /// Returns the enabled routes that start at a resource.
    pub fn from_resource<'r>(&'r self, end: &'r End) -> impl Iterator<Item = &'r Route> {
        self.at(self.by_resource.get(&end.clone().at(Home::UNKNOWN)))
            .filter(|route| route.described.from.fits(end))
    }

    fn at<'r>(&'r self, indices: Option<&'r Vec<usize>>) -> impl Iterator<Item = &'r Route> {
        let routes = indices.into_iter().flatten();
        routes
            .filter_map(|index| self.all.get(*index))
            .filter(|route| !route.described.disabled)
    }

    /// Returns the event sources that a producer writes, or `None` if they are unknown. A producer that is
    /// no service of the topology has the name of its event source.
    pub(crate) fn sources_of<'r>(&'r self, producer: &'r Party) -> Option<Vec<&'r str>> {
        if producer.kind != PartyKind::Service {
            return None;
        }
        let name = producer.name.as_ref()?;
        let described = self
            .sources
            .get(&Party::new(PartyKind::Service, name.clone()));
        Some(match described {
            Some(sources) => sources.iter().map(String::as_str).collect(),
            None => vec![name.as_str()],
        })
    }

    /// Returns the encryption and the retention of a node, as far as the topology says.
    pub fn holding(&self, node: &Node) -> Holding {
        self.held.get(node).cloned().unwrap_or_default()
    }
}
