//! From a topology to the routes of a [`Router`](super::Router): names masked once, patterns and
//! transformers read once, every mistake reported with its place.

use std::collections::HashMap;

use piitrail_detect::Engine;
use serde_json::Value;

use super::by_name::ByName;
use super::filter::{Filters, Input, Policy, Rules};
use super::producer::AwsName;
use super::{Bus, Endpoint, Reader, Readers, Target, Topic};
use crate::channel::{Channel, ChannelKind};
use crate::home::Home;
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::topology::{self, Topology, TopologyError};

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

    pub(super) fn buses(&self) -> Result<ByName<Bus>, TopologyError> {
        let mut buses = ByName::default();
        for (name, bus) in &self.topology.buses {
            let mut patterns = Vec::new();
            let mut targets = Vec::new();
            for rule in bus.rules.iter().filter(|rule| !rule.disabled) {
                let place = format!("bus {name}, rule {}", rule.name);
                patterns.push((place.clone(), &rule.pattern));
                let ends = rule
                    .targets
                    .iter()
                    .map(|target| self.target(target, &rule.name, &place));
                targets.push(ends.collect::<Result<Vec<Target>, _>>()?);
            }
            let everything = Value::Object(serde_json::Map::from_iter([(
                "source".to_owned(),
                serde_json::json!([{ "prefix": "" }]),
            )]));
            for archive in &bus.archives {
                let place = format!("bus {name}, archive {}", archive.name);
                patterns.push((place, archive.pattern.as_ref().unwrap_or(&everything)));
                let party = Party::new(PartyKind::Archive, self.name(&archive.name));
                targets.push(vec![Target {
                    to: Endpoint::Consumer(party),
                    input: Input::none(),
                }]);
            }
            buses.insert(
                name.clone(),
                Home::UNKNOWN,
                Bus {
                    rules: Rules::compile(&patterns)?,
                    targets,
                },
            );
        }
        Ok(buses)
    }

    fn target(
        &self,
        target: &topology::Target,
        rule: &str,
        place: &str,
    ) -> Result<Target, TopologyError> {
        let channel =
            |kind, name: &Option<String>| name.as_ref().map(|name| channel_endpoint(kind, name));
        let to = channel(ChannelKind::Bus, &target.bus)
            .or_else(|| channel(ChannelKind::Queue, &target.queue))
            .or_else(|| channel(ChannelKind::Topic, &target.topic))
            .or_else(|| channel(ChannelKind::Stream, &target.stream))
            .or_else(|| {
                target
                    .function
                    .as_ref()
                    .map(|name| Endpoint::Consumer(self.function(name)))
            })
            .or_else(|| {
                target
                    .service
                    .as_ref()
                    .map(|name| Endpoint::Consumer(self.service(name)))
            })
            .or_else(|| {
                target.log_group.as_ref().map(|name| {
                    Endpoint::Consumer(Party::new(PartyKind::LogGroup, self.name(name)))
                })
            })
            .ok_or_else(|| TopologyError::entry(place, "a target has no endpoint"))?;
        Ok(Target {
            to,
            input: Input::compile(target, rule, place)?,
        })
    }

    pub(super) fn queues(&self) -> Result<ByName<Readers>, TopologyError> {
        let mut queues = ByName::default();
        for (name, queue) in &self.topology.queues {
            let place = format!("queue {name}");
            let piped = |pipe: &topology::Pipe| pipe.queue.as_ref() == Some(name);
            queues.insert(
                name.clone(),
                Home::UNKNOWN,
                Readers {
                    readers: self.readers(&queue.consumers, piped, ChannelKind::Queue, &place)?,
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
            let place = format!("stream {name}");
            let piped = |pipe: &topology::Pipe| pipe.stream.as_ref() == Some(name);
            streams.insert(
                name.clone(),
                Home::UNKNOWN,
                Readers {
                    readers: self.readers(&stream.consumers, piped, ChannelKind::Stream, &place)?,
                    producer: self.only_producer(&stream.producers),
                    dead_letter: false,
                },
            );
        }
        Ok(streams)
    }

    fn readers(
        &self,
        consumers: &[topology::Consumer],
        is_piped: impl Fn(&topology::Pipe) -> bool,
        kind: ChannelKind,
        place: &str,
    ) -> Result<Vec<Reader>, TopologyError> {
        let mut readers = Vec::new();
        for (index, consumer) in consumers.iter().enumerate() {
            let place = format!("{place}, consumer {}", index + 1);
            let to = match (&consumer.function, &consumer.service) {
                (Some(function), _) => self.function(function),
                (None, Some(service)) => self.service(service),
                (None, None) => return Err(TopologyError::entry(place, "names nobody")),
            };
            readers.push(Reader {
                to: Endpoint::Consumer(to),
                over: None,
                filters: Filters::compile(&consumer.filters, kind, &place)?,
            });
        }
        for (name, pipe) in self
            .topology
            .pipes
            .iter()
            .filter(|(_, pipe)| is_piped(pipe))
        {
            let place = format!("pipe {name}");
            let target = self.target(&pipe.target, name, &place)?;
            readers.push(Reader {
                to: target.to,
                over: Some(Channel::new(ChannelKind::Pipe, self.name(name))),
                filters: Filters::compile(&pipe.filters, kind, &place)?,
            });
        }
        Ok(readers)
    }

    pub(super) fn topics(&self) -> Result<ByName<Topic>, TopologyError> {
        let mut topics = ByName::default();
        for (name, topic) in &self.topology.topics {
            let mut subscriptions = Vec::new();
            for (index, subscription) in topic.subscriptions.iter().enumerate() {
                let place = format!("topic {name}, subscription {}", index + 1);
                let to = match (
                    &subscription.queue,
                    &subscription.function,
                    &subscription.service,
                ) {
                    (Some(queue), _, _) => channel_endpoint(ChannelKind::Queue, queue),
                    (_, Some(function), _) => Endpoint::Consumer(self.function(function)),
                    (_, _, Some(service)) => Endpoint::Consumer(self.service(service)),
                    _ => return Err(TopologyError::entry(place, "names nobody")),
                };
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
                Topic {
                    subscriptions,
                    producer: self.only_producer(&topic.producers),
                },
            );
        }
        Ok(topics)
    }

    /// With several producers none can be named for a message that does not name its own.
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
