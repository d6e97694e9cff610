//! From a topology to the routes of a [`Router`](super::Router): names are masked once, patterns and
//! transformers are parsed once, and every mistake is reported with its place.

use std::collections::HashMap;

use piitrail_detect::Engine;
use serde_json::json;

use super::by_name::ByName;
use super::filter::{Filters, Policy, Rules, Transformation};
use super::producer::AwsName;
use super::{BusRoutes, Endpoint, Reader, Readers, TargetRoute, TopicRoutes};
use crate::channel::{Channel, ChannelKind};
use crate::home::Home;
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::topology::{
    Consumer, Destination, EntryName, PipeSource, Place, Target, Topology, TopologyError,
};

/// Turns a topology into what a router needs.
pub(super) struct Compiler<'t> {
    pub(super) topology: &'t Topology,
    pub(super) engine: &'t Engine,
}

impl Compiler<'_> {
    fn name(&self, raw: &str) -> Name {
        Name::masked(self.engine, raw)
    }

    fn service(&self, raw: &str) -> Party {
        Party::new(PartyKind::Service, self.name(raw))
    }

    pub(super) fn owners(&self) -> HashMap<AwsName, Party> {
        let mut owners = HashMap::new();
        for (name, service) in &self.topology.services {
            let party = self.service(name);
            let mut own = |names: &[String], aws_name: fn(String) -> AwsName| {
                for name in names {
                    owners.insert(aws_name(name.clone()), party.clone());
                }
            };
            own(&service.sources, AwsName::Source);
            own(&service.functions, AwsName::Function);
            own(&service.tables, AwsName::Table);
            own(&service.buckets, AwsName::Bucket);
        }
        owners
    }

    fn function(&self, name: &str) -> Party {
        self.topology
            .services
            .iter()
            .find(|(_, service)| service.functions.iter().any(|function| function == name))
            .map_or_else(
                || Party::new(PartyKind::Function, self.name(name)),
                |(service, _)| self.service(service),
            )
    }

    pub(super) fn buses(&self) -> Result<ByName<BusRoutes>, TopologyError> {
        let everything = json!({ "source": [{ "prefix": "" }] });
        let mut buses = ByName::default();
        for (name, bus) in &self.topology.buses {
            let mut patterns = Vec::new();
            let mut targets = Vec::new();
            for (number, rule) in bus.rules.iter().enumerate() {
                if rule.disabled {
                    continue;
                }
                let place = Place::new(rule.origin, EntryName::Rule(name.clone(), number));
                patterns.push((place, &rule.pattern));
                let routes = rule.targets.iter().enumerate().map(|(index, target)| {
                    let entry = EntryName::Target(name.clone(), number, index);
                    self.target(target, &rule.name, &Place::new(target.origin, entry))
                });
                targets.push(routes.collect::<Result<Vec<TargetRoute>, _>>()?);
            }
            for (number, archive) in bus.archives.iter().enumerate() {
                let entry = EntryName::Archive(name.clone(), number);
                let place = Place::new(archive.origin, entry);
                patterns.push((place, archive.pattern.as_ref().unwrap_or(&everything)));
                let party = Party::new(PartyKind::Archive, self.name(&archive.name));
                targets.push(vec![TargetRoute {
                    to: Endpoint::Consumer(party),
                    transformation: Transformation::none(),
                }]);
            }
            buses.insert(
                name.clone(),
                Home::UNKNOWN,
                BusRoutes {
                    rules: Rules::compile(&patterns)?,
                    targets,
                },
            );
        }
        Ok(buses)
    }

    fn target(
        &self,
        target: &Target,
        rule: &str,
        place: &Place,
    ) -> Result<TargetRoute, TopologyError> {
        Ok(TargetRoute {
            to: self.endpoint(&target.to),
            transformation: Transformation::compile(&target.input, rule, place)?,
        })
    }

    fn endpoint(&self, to: &Destination) -> Endpoint {
        match to {
            Destination::Bus(name) => channel_endpoint(ChannelKind::Bus, name),
            Destination::Queue(name) => channel_endpoint(ChannelKind::Queue, name),
            Destination::Topic(name) => channel_endpoint(ChannelKind::Topic, name),
            Destination::Stream(name) => channel_endpoint(ChannelKind::Stream, name),
            Destination::Function(name) => Endpoint::Consumer(self.function(name)),
            Destination::Service(name) => Endpoint::Consumer(self.service(name)),
            Destination::LogGroup(name) => {
                Endpoint::Consumer(Party::new(PartyKind::LogGroup, self.name(name)))
            }
        }
    }

    pub(super) fn queues(&self) -> Result<ByName<Readers>, TopologyError> {
        let mut queues = ByName::default();
        for (name, queue) in &self.topology.queues {
            let entry = |index| EntryName::ConsumerOfQueue(name.clone(), index);
            let source = PipeSource::Queue(name.clone());
            queues.insert(
                name.clone(),
                Home::UNKNOWN,
                Readers {
                    readers: self.readers(&queue.consumers, entry, &source)?,
                    producer: self.only_producer(&queue.producers),
                    dead_letter: queue.dead_letter,
                },
            );
        }
        Ok(queues)
    }

    pub(super) fn streams(&self) -> Result<ByName<Readers>, TopologyError> {
        let mut streams = ByName::default();
        for (name, stream) in &self.topology.streams {
            let entry = |index| EntryName::ConsumerOfStream(name.clone(), index);
            let source = PipeSource::Stream(name.clone());
            streams.insert(
                name.clone(),
                Home::UNKNOWN,
                Readers {
                    readers: self.readers(&stream.consumers, entry, &source)?,
                    producer: self.only_producer(&stream.producers),
                    dead_letter: false,
                },
            );
        }
        Ok(streams)
    }

    /// Who reads a queue or a stream: its consumers, and the pipes that it is the source of.
    fn readers(
        &self,
        consumers: &[Consumer],
        entry: impl Fn(usize) -> EntryName,
        source: &PipeSource,
    ) -> Result<Vec<Reader>, TopologyError> {
        let kind = match source {
            PipeSource::Queue(_) => ChannelKind::Queue,
            PipeSource::Stream(_) => ChannelKind::Stream,
        };
        let mut readers = Vec::new();
        for (index, consumer) in consumers.iter().enumerate() {
            let place = Place::new(consumer.origin, entry(index));
            readers.push(Reader {
                to: self.endpoint(&Destination::from(&consumer.receiver)),
                over: None,
                filters: Filters::compile(&consumer.filters, kind, &place)?,
            });
        }
        for (name, pipe) in &self.topology.pipes {
            if pipe.from != *source {
                continue;
            }
            let place = Place::new(pipe.origin, EntryName::Pipe(name.clone()));
            readers.push(Reader {
                to: self.endpoint(&pipe.to),
                over: Some(Channel::new(ChannelKind::Pipe, self.name(name))),
                filters: Filters::compile(&pipe.filters, kind, &place)?,
            });
        }
        Ok(readers)
    }

    pub(super) fn topics(&self) -> Result<ByName<TopicRoutes>, TopologyError> {
        let mut topics = ByName::default();
        for (name, topic) in &self.topology.topics {
            let mut subscriptions = Vec::new();
            for (index, subscription) in topic.subscriptions.iter().enumerate() {
                let entry = EntryName::Subscription(name.clone(), index);
                let place = Place::new(subscription.origin, entry);
                let to = self.endpoint(&Destination::from(&subscription.to));
                let policy = subscription
                    .filter_policy
                    .as_ref()
                    .map(|policy| Policy::compile(policy, subscription.filter_policy_scope, &place))
                    .transpose()?;
                subscriptions.push((to, policy));
            }
            topics.insert(
                name.clone(),
                Home::UNKNOWN,
                TopicRoutes {
                    subscriptions,
                    producer: self.only_producer(&topic.producers),
                },
            );
        }
        Ok(topics)
    }

    /// The producer of messages that do not name theirs. With several producers it is not known.
    fn only_producer(&self, producers: &[String]) -> Option<Party> {
        match producers {
            [producer] => Some(self.service(producer)),
            _ => None,
        }
    }
}

/// A channel that the topology names without a home.
fn channel_endpoint(kind: ChannelKind, name: &str) -> Endpoint {
    Endpoint::Channel {
        kind,
        name: name.to_owned(),
        home: Home::UNKNOWN,
    }
}
