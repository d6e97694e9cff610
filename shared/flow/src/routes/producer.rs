//! Finds the producer and the holder of a delivery, from its envelope and the topology.

use super::Router;
use super::stop::Stop;
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, Sender};
use crate::home::Home;
use crate::party::{Party, PartyKind};
use crate::topology::ResourceKind;

impl Router {
    /// Returns the producer, as far as the envelope and the topology name it.
    pub(super) fn producer(&self, arrival: &Arrival, first: Option<&Stop<'_>>) -> Party {
        let home = arrival.sender_home;
        let owners = &self.owners;
        let service_or = |of, name, kind| {
            let name = self.known_as(of, name, home);
            owners
                .of(of, name, home)
                .map_or_else(|| Party::new(kind, self.name(name)).at(home), Clone::clone)
        };
        let named =
            match &arrival.sender {
                Some(Sender::Source(source)) => {
                    let owner = owners.sources.get(source.as_str()).cloned();
                    Some(owner.unwrap_or_else(|| {
                        Party::new(PartyKind::Service, self.name(source)).at(home)
                    }))
                }
                Some(Sender::Function(name)) => Some(service_or(
                    ResourceKind::Function,
                    name,
                    PartyKind::Function,
                )),
                // A role session may have any name, so only that of a function in the topology counts.
                Some(Sender::Session(name)) => {
                    let of = ResourceKind::Function;
                    owners.of(of, self.known_as(of, name, home), home).cloned()
                }
                Some(Sender::Table(name)) => {
                    Some(service_or(ResourceKind::Table, name, PartyKind::Table))
                }
                Some(Sender::Bucket(name)) => {
                    Some(service_or(ResourceKind::Bucket, name, PartyKind::Bucket))
                }
                None => None,
            };
        named
            .or_else(|| {
                let Stop { kind, name, home } = *first?;
                let name = name?;
                match kind {
                    ChannelKind::Queue => self.queues.find(name, home)?.1.producer.clone(),
                    ChannelKind::Topic => self.topics.find(name, home)?.1.producer.clone(),
                    ChannelKind::Stream => self.read(name, home)?.1.producer.clone(),
                    ChannelKind::Bus | ChannelKind::Pipe => None,
                }
            })
            .unwrap_or(Party::UNATTRIBUTED)
    }

    /// Returns the name that the topology has for a resource whose name may be generated.
    pub(super) fn known_as<'a>(&'a self, kind: ResourceKind, name: &'a str, home: Home) -> &'a str {
        let generated = self.generated.find(kind, name, home);
        generated.map_or(name, |known| known.name.as_str())
    }

    /// Returns the party that holds a delivery: the one that its envelope names (a log group), or
    /// the dead-letter queue that it was taken from.
    pub(super) fn holder(&self, arrival: &Arrival, last: Option<&Stop<'_>>) -> Option<Party> {
        if let Some(holder) = &arrival.holder {
            return Some(Party::new(holder.kind, self.name(&holder.name)).at(holder.home));
        }
        let Stop { kind, name, home } = *last?;
        let name = name.filter(|_| kind == ChannelKind::Queue)?;
        let (_, queue) = self.queues.find(name, home)?;
        queue
            .dead_letter
            .then(|| Party::new(PartyKind::DeadLetterQueue, self.name(name)).at(home))
    }
}
