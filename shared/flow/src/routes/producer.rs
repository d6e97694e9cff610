//! Who published a delivery, and who holds it: the parties that the envelope and the topology name.

use super::Router;
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, Sender};
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
    pub(super) fn producer(
        &self,
        arrival: &Arrival,
        first: Option<&(ChannelKind, Option<&str>)>,
    ) -> Party {
        let owner = |name: &AwsName| self.owners.get(name).cloned();
        let named = match &arrival.sender {
            Some(Sender::Source(source)) => Some(
                owner(&AwsName::Source(source.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Service, self.name(source))),
            ),
            Some(Sender::Function(function)) => Some(self.function(function)),
            // A role session may have any name, so only that of a function in the topology counts.
            Some(Sender::Session(session)) => owner(&AwsName::Function(session.clone())),
            Some(Sender::Table(table)) => Some(
                owner(&AwsName::Table(table.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Table, self.name(table))),
            ),
            Some(Sender::Bucket(bucket)) => Some(
                owner(&AwsName::Bucket(bucket.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Bucket, self.name(bucket))),
            ),
            None => None,
        };
        named
            .or_else(|| match first {
                Some((ChannelKind::Queue, Some(name))) => self.queues.get(*name)?.producer.clone(),
                Some((ChannelKind::Topic, Some(name))) => self.topics.get(*name)?.producer.clone(),
                Some((ChannelKind::Stream, Some(name))) => {
                    self.streams.get(*name)?.producer.clone()
                }
                _ => None,
            })
            .unwrap_or(Party::UNATTRIBUTED)
    }

    fn function(&self, name: &str) -> Party {
        self.owners
            .get(&AwsName::Function(name.to_owned()))
            .cloned()
            .unwrap_or_else(|| Party::new(PartyKind::Function, self.name(name)))
    }

    /// The party that holds a delivery: the one its envelope names (a log group), or the dead-letter
    /// queue it was taken from.
    pub(super) fn holder(
        &self,
        arrival: &Arrival,
        last: Option<&(ChannelKind, Option<&str>)>,
    ) -> Option<Party> {
        if let Some(holder) = &arrival.holder {
            return Some(Party::new(holder.kind, self.name(&holder.name)));
        }
        match last {
            Some((ChannelKind::Queue, Some(name))) if self.queues.get(*name)?.dead_letter => {
                Some(Party::new(PartyKind::DeadLetterQueue, self.name(name)))
            }
            _ => None,
        }
    }
}
