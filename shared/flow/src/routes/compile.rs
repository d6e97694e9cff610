//! From a topology to the routes of a [`Router`](super::Router): names are masked once, patterns and
//! transformers are parsed once, and every mistake is reported with its place.

use piitrail_detect::Engine;
use serde_json::json;

use super::by_name::ByName;
use super::filter::{Filters, Policy, Rules, Transformation};
use super::producer::Owners;
use super::{BusRoutes, Endpoint, Reader, Readers, TargetRoute, TopicRoutes};
use crate::channel::{Channel, ChannelKind};
use crate::home::Located;
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::topology::{
    Consumer, Destination, EntryName, PipeSource, Place, Target, Topology, TopologyError,
};

/// Turns a topology into what a router needs.
pub(super) struct Compiler<'t> {
    pub(super) topology: &'t Topology,
    pub(super) engine: &'t Engine,
    /// The services' AWS names, which the other steps look up.
    owners: Owners,
}

impl<'t> Compiler<'t> {
    pub(super) fn new(topology: &'t Topology, engine: &'t Engine) -> Self {
        let mut compiler = Self {
            topology,
            engine,
            owners: Owners::default(),
        };
        compiler.owners = compiler.owners();
        compiler
    }

    /// The services' AWS names, for the router.
    pub(super) fn into_owners(self) -> Owners {
        self.owners
    }

    fn name(&self, raw: &str) -> Name {
        Name::masked(self.engine, raw)
    }

    fn service(&self, raw: &str) -> Party {
        Party::new(PartyKind::Service, self.name(raw))
    }

    fn owners(&self) -> Owners {
        let mut owners = Owners::default();
        for (name, service) in &self.topology.services {
            let party = self.service(name);
            for source in &service.sources {
                owners.sources.insert(source.clone(), party.clone());
            }
            let own = |names: &[Located], of: &mut ByName<Party>| {
                for name in names {
                    of.insert(name.name.clone(), name.home, party.clone());
                }
            };
            own(&service.functions, &mut owners.functions);
            own(&service.tables, &mut owners.tables);
            own(&service.buckets, &mut owners.buckets);
        }
        owners
    }

    fn function(&self, function: &Located) -> Party {
        let owner = self.owners.functions.find(&function.name, function.home);
        owner.map_or_else(
            || Party::new(PartyKind::Function, self.name(&function.name)).at(function.home),
            |(_, service)| service.clone(),
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
                let place = Place::new(rule.origin, EntryName::Rule(name.to_string(), number));
                patterns.push((place, &rule.pattern));
                let routes = rule.targets.iter().enumerate().map(|(index, target)| {
                    let entry = EntryName::Target(name.to_string(), number, index);
                    self.target(target, &rule.name, &Place::new(target.origin, entry))
                });
                targets.push(routes.collect::<Result<Vec<TargetRoute>, _>>()?);
            }
            for (number, archive) in bus.archives.iter().enumerate() {
                let entry = EntryName::Archive(name.to_string(), number);
                let place = Place::new(archive.origin, entry);
                patterns.push((place, archive.pattern.as_ref().unwrap_or(&everything)));
                let party = Party::new(PartyKind::Archive, self.name(&archive.name));
                targets.push(vec![TargetRoute {
                    to: Endpoint::Consumer(party),
                    transformation: Transformation::none(),
                }]);
            }
            buses.insert(
                name.name.clone(),
                name.home,
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
            Destination::LogGroup(name) => Endpoint::Consumer(
                Party::new(PartyKind::LogGroup, self.name(&name.name)).at(name.home),
            ),
        }
    }

    pub(super) fn queues(&self) -> Result<ByName<Readers>, TopologyError> {
        let mut queues = ByName::default();
        for (name, queue) in &self.topology.queues {
            let entry = |index| EntryName::ConsumerOfQueue(name.to_string(), index);
            let source = PipeSource::Queue(name.clone());
            queues.insert(
                name.name.clone(),
                name.home,
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
            let entry = |index| EntryName::ConsumerOfStream(name.to_string(), index);
            let source = PipeSource::Stream(name.clone());
            streams.insert(
                name.name.clone(),
                name.home,
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
            let is_its_source = match (&pipe.from, source) {
                (PipeSource::Queue(from), PipeSource::Queue(at))
                | (PipeSource::Stream(from), PipeSource::Stream(at)) => from.fits(at),
                _ => false,
            };
            if !is_its_source {
                continue;
            }
            let place = Place::new(pipe.origin, EntryName::Pipe(name.to_string()));
            readers.push(Reader {
                to: self.endpoint(&pipe.to),
                over: Some(Channel::new(ChannelKind::Pipe, self.name(&name.name)).at(name.home)),
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
                let entry = EntryName::Subscription(name.to_string(), index);
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
                name.name.clone(),
                name.home,
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

/// A channel that the topology names.
fn channel_endpoint(kind: ChannelKind, name: &Located) -> Endpoint {
    Endpoint::Channel {
        kind,
        name: name.name.clone(),
        home: name.home,
    }
}
