//! The parties and channels at the ends of routes, named as the map names them.
//!
//! The router and the reports both ask here, so that a consumer that the router recorded and the same
//! consumer at the end of a route are one party.

use std::collections::HashMap;

use piitrail_detect::Engine;

use super::by_name::ByName;
use super::{End, ResourceKind, Topology};
use crate::channel::{Channel, ChannelKind};
use crate::home::{Home, Located};
use crate::name::Name;
use crate::party::{Party, PartyKind};

/// The services that own AWS names.
#[derive(Default)]
pub(crate) struct Owners {
    /// By event source, which has no home.
    pub(crate) sources: HashMap<String, Party>,
    /// By the kind and the name of a resource.
    resources: HashMap<ResourceKind, ByName<Party>>,
}

impl Owners {
    /// The service that owns a resource.
    pub(crate) fn of(&self, kind: ResourceKind, name: &str, home: Home) -> Option<&Party> {
        let (_, owner) = self.resources.get(&kind)?.find(name, home)?;
        Some(owner)
    }
}

/// Names the ends of the routes of one topology. Names are masked, as on the map.
pub struct Parties<'e> {
    engine: &'e Engine,
    owners: Owners,
}

impl<'e> Parties<'e> {
    /// The parties of a topology.
    pub fn of(topology: &Topology, engine: &'e Engine) -> Self {
        let mut owners = Owners::default();
        for (name, service) in topology.services() {
            let name = Name::masked(engine, name.as_str());
            let party = Party::new(PartyKind::Service, name);
            for source in &service.sources {
                owners.sources.insert(source.clone(), party.clone());
            }
            for end in &service.owns {
                let Located { name, home } = end.name();
                let of_kind = owners.resources.entry(end.kind()).or_default();
                of_kind.insert(name.clone(), *home, party.clone());
            }
        }
        Self { engine, owners }
    }

    /// The party at an end that is no channel: the service that owns the resource, or the resource.
    pub fn party(&self, end: &End) -> Party {
        let Located { name, home } = end.name();
        if let Some(owner) = self.owners.of(end.kind(), name, *home) {
            return owner.clone();
        }
        let name = Name::masked(self.engine, name);
        match kind_of_party(end.kind()) {
            PartyKind::Service => Party::new(PartyKind::Service, name),
            kind => Party::new(kind, name).at(*home),
        }
    }

    /// The channel at an end; `None` for an end that is no channel. A table stands for its stream.
    pub fn channel(&self, end: &End) -> Option<Channel> {
        let kind = match end.kind() {
            ResourceKind::Bus => ChannelKind::Bus,
            ResourceKind::Queue => ChannelKind::Queue,
            ResourceKind::Topic => ChannelKind::Topic,
            ResourceKind::Stream | ResourceKind::Table => ChannelKind::Stream,
            ResourceKind::Pipe => ChannelKind::Pipe,
            _ => return None,
        };
        let Located { name, home } = end.name();
        Some(Channel::new(kind, Name::masked(self.engine, name)).at(*home))
    }

    /// A queue as the party that holds what could not be delivered.
    pub fn dead_letter_queue(&self, queue: &Located) -> Party {
        let name = Name::masked(self.engine, &queue.name);
        Party::new(PartyKind::DeadLetterQueue, name).at(queue.home)
    }

    pub(crate) fn into_owners(self) -> Owners {
        self.owners
    }
}

/// The kind of party of a resource that no service owns.
fn kind_of_party(kind: ResourceKind) -> PartyKind {
    match kind {
        ResourceKind::Function => PartyKind::Function,
        ResourceKind::Table => PartyKind::Table,
        ResourceKind::Bucket => PartyKind::Bucket,
        ResourceKind::LogGroup => PartyKind::LogGroup,
        ResourceKind::Archive => PartyKind::Archive,
        ResourceKind::StateMachine => PartyKind::StateMachine,
        ResourceKind::Firehose => PartyKind::Firehose,
        ResourceKind::ApiDestination => PartyKind::ApiDestination,
        ResourceKind::Endpoint => PartyKind::Endpoint,
        ResourceKind::OpenSearch => PartyKind::OpenSearch,
        ResourceKind::Redshift => PartyKind::Redshift,
        ResourceKind::EcsTask => PartyKind::EcsTask,
        ResourceKind::BatchJob => PartyKind::BatchJob,
        ResourceKind::Api => PartyKind::Api,
        ResourceKind::GraphqlApi => PartyKind::GraphqlApi,
        ResourceKind::Bedrock => PartyKind::Bedrock,
        ResourceKind::HealthLake => PartyKind::HealthLake,
        ResourceKind::Service => PartyKind::Service,
        ResourceKind::Bus
        | ResourceKind::Queue
        | ResourceKind::Topic
        | ResourceKind::Stream
        | ResourceKind::Pipe
        | ResourceKind::Schedule
        | ResourceKind::Other => PartyKind::Resource,
    }
}
