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

/// The nodes at the ends of a route.
pub(crate) struct Ends {
    pub(crate) from: Node,
    pub(crate) to: Node,
}

/// The names of a topology's ends, as the map has them.
struct NodeNames<'e>(Parties<'e>);

impl<'e> NodeNames<'e> {
    fn of(topology: &Topology, engine: &'e Engine) -> Self {
        Self(Parties::of(topology, engine))
    }

    fn node(&self, end: &End) -> Node {
        let channel = self.0.channel(end).map(Node::Channel);
        channel.unwrap_or_else(|| Node::Party(self.0.party(end)))
    }

    /// A queue that receives what could not be delivered holds it, and is a party.
    fn holder(&self, end: &End) -> Node {
        match end.kind() {
            ResourceKind::Queue => Node::Party(self.0.dead_letter_queue(end.name())),
            _ => self.node(end),
        }
    }

    fn ends(&self, route: &topology::Route) -> Ends {
        let is_failure = matches!(route.kind, RouteKind::OnFailure | RouteKind::Redrive);
        Ends {
            from: self.node(&route.from),
            to: if is_failure {
                self.holder(&route.to)
            } else {
                self.node(&route.to)
            },
        }
    }
}

impl Routes {
    /// Returns a function that names the ends of a topology's routes.
    pub(crate) fn ends<'e>(
        topology: &Topology,
        engine: &'e Engine,
    ) -> impl Fn(&topology::Route) -> Ends + use<'e> {
        let names = NodeNames::of(topology, engine);
        move |route| names.ends(route)
    }

    /// Returns the routes of a topology.
    pub fn of(topology: &Topology, engine: &Engine) -> Self {
        let names = NodeNames::of(topology, engine);
        let mut routes = Self::default();
        for (index, described) in topology.routes().into_iter().enumerate() {
            let Ends { from, to } = names.ends(&described);
            let dead_letters = described.dead_letters.as_ref();
            let route = Route {
                from,
                to,
                dead_letters: dead_letters.map(|end| names.holder(end)),
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
            routes.held.insert(names.holder(end), holding.clone());
            routes.held.insert(names.node(end), holding);
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
