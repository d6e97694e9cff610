//! Who published a delivery, and who holds it: the parties that the envelope and the topology name.

use super::Router;
use super::by_name::Stop;
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, Sender};
use crate::home::Home;
use crate::party::{Party, PartyKind};

/// An AWS name that the topology assigns to a service.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum AwsName {
    Source(String),
    Function(String),
    Table(String),
    Bucket(String),
}

impl Router {
    /// Who published, as far as the envelope and the topology say.
    pub(super) fn producer(&self, arrival: &Arrival, first: Option<&Stop<'_>>) -> Party {
        let home = arrival.sender_home;
        let owner = |name: &AwsName| self.owners.get(name).cloned();
        let named = match &arrival.sender {
            Some(Sender::Source(source)) => Some(
                owner(&AwsName::Source(source.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Service, self.name(source)).at(home)),
            ),
            Some(Sender::Function(function)) => Some(self.function(function, home)),
            // A role session may have any name, so only that of a function in the topology counts.
            Some(Sender::Session(session)) => owner(&AwsName::Function(session.clone())),
            Some(Sender::Table(table)) => Some(
                owner(&AwsName::Table(table.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Table, self.name(table)).at(home)),
            ),
            Some(Sender::Bucket(bucket)) => Some(
                owner(&AwsName::Bucket(bucket.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Bucket, self.name(bucket)).at(home)),
            ),
            None => None,
        };
        named
            .or_else(|| {
                let Stop { kind, name, home } = *first?;
                let name = name?;
                match kind {
                    ChannelKind::Queue => self.queues.find(name, home)?.1.producer.clone(),
                    ChannelKind::Topic => self.topics.find(name, home)?.1.producer.clone(),
                    ChannelKind::Stream => self.streams.find(name, home)?.1.producer.clone(),
                    ChannelKind::Bus | ChannelKind::Pipe => None,
                }
            })
            .unwrap_or(Party::UNATTRIBUTED)
    }

    fn function(&self, name: &str, home: Home) -> Party {
        self.owners
            .get(&AwsName::Function(name.to_owned()))
            .cloned()
            .unwrap_or_else(|| Party::new(PartyKind::Function, self.name(name)).at(home))
    }

    /// The party that holds a delivery: the one its envelope names (a log group), or the dead-letter
    /// queue it was taken from.
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
