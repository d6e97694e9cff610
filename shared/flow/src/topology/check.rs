//! Checks that the parts of a topology fit each other.

use std::collections::HashMap;

use super::error::{EntryName, EntryPlace, Problem, TopologyError};
use super::{Consumer, Draft, End, ResourceKind as Kind};
use crate::home::Located;

/// The kinds that a rule or a pipe may send to.
pub(super) const TARGETS: &[Kind] = &[
    Kind::Bus,
    Kind::Queue,
    Kind::Topic,
    Kind::Stream,
    Kind::Function,
    Kind::Service,
    Kind::LogGroup,
    Kind::StateMachine,
    Kind::Firehose,
    Kind::ApiDestination,
    Kind::Redshift,
    Kind::EcsTask,
    Kind::BatchJob,
    Kind::Api,
    Kind::GraphqlApi,
    Kind::Bedrock,
    Kind::HealthLake,
    Kind::Other,
];
/// The kinds that may poll a queue or read a stream.
pub(super) const CONSUMERS: &[Kind] = &[Kind::Function, Kind::Service];
/// The kinds that may subscribe to a topic.
pub(super) const SUBSCRIBERS: &[Kind] = &[
    Kind::Queue,
    Kind::Function,
    Kind::Service,
    Kind::Firehose,
    Kind::Endpoint,
];
/// The kinds that a pipe may read.
pub(super) const PIPE_SOURCES: &[Kind] = &[Kind::Queue, Kind::Stream, Kind::Table];
/// The kinds that may enrich a record inside a pipe.
pub(super) const ENRICHMENTS: &[Kind] = &[
    Kind::Function,
    Kind::StateMachine,
    Kind::Api,
    Kind::ApiDestination,
    Kind::Service,
];
/// The kinds that may hold the records that a mapping or a pipe could not deliver.
pub(super) const FAILURE_HOLDERS: &[Kind] = &[Kind::Queue, Kind::Topic, Kind::Bucket, Kind::Other];
/// The kinds that a service may own.
pub(super) const OWNED: &[Kind] = &[
    Kind::Function,
    Kind::Table,
    Kind::Bucket,
    Kind::StateMachine,
    Kind::Firehose,
    Kind::ApiDestination,
    Kind::Endpoint,
    Kind::OpenSearch,
    Kind::Redshift,
    Kind::EcsTask,
    Kind::BatchJob,
    Kind::Api,
    Kind::GraphqlApi,
    Kind::Bedrock,
    Kind::HealthLake,
    Kind::LogGroup,
    Kind::Other,
];

impl Draft {
    /// Checks that the parts fit each other.
    pub(super) fn check(&self) -> Result<(), TopologyError> {
        self.taps_have_buses()?;
        self.names_have_one_owner()?;
        self.routes_lead_somewhere()
    }

    fn taps_have_buses(&self) -> Result<(), TopologyError> {
        for (index, tap) in self.taps.iter().enumerate() {
            if !self.buses.keys().any(|bus| bus.fits(&tap.bus)) {
                let place = EntryPlace::new(tap.origin, EntryName::Tap(index));
                return Err(place.refuse(Problem::UnknownBus));
            }
        }
        Ok(())
    }

    fn names_have_one_owner(&self) -> Result<(), TopologyError> {
        let mut owners: HashMap<(&str, &str), Vec<(&Located, &str)>> = HashMap::new();
        // An event source has no home.
        let nowhere = Located::default();
        for (name, service) in &self.services {
            let place = EntryPlace::new(service.origin, EntryName::Service(name.to_string()));
            let sources = service
                .sources
                .iter()
                .enumerate()
                .map(|(index, source)| ("source", index, source.as_str(), &nowhere));
            let mut places: HashMap<Kind, usize> = HashMap::new();
            let owned = service.owns.iter().map(|end| {
                let place = places.entry(end.kind()).or_default();
                *place += 1;
                let kind = match end.kind() {
                    // A table that stands for its stream is called a table here.
                    Kind::Table => "table",
                    kind => kind.as_str(),
                };
                (kind, *place - 1, end.name().name.as_str(), end.name())
            });
            for (kind, index, owned, located) in sources.chain(owned) {
                if owned.trim().is_empty() {
                    return Err(place.refuse(Problem::EmptyName));
                }
                let known = owners.entry((kind, owned)).or_default();
                let other = known.iter().find(|(at, _)| at.home.fits(&located.home));
                if let Some((_, other)) = other {
                    let number = index + 1;
                    let problem = if *other == name.as_str() {
                        Problem::OwnedTwice { kind, number }
                    } else {
                        Problem::TwoOwners {
                            kind,
                            number,
                            other: (*other).to_owned(),
                        }
                    };
                    return Err(place.refuse(problem));
                }
                known.push((located, name.as_str()));
            }
            for end in &service.owns {
                allowed(end, OWNED, &place)?;
            }
        }
        Ok(())
    }

    fn routes_lead_somewhere(&self) -> Result<(), TopologyError> {
        for (name, bus) in &self.buses {
            let mut rules: HashMap<&str, usize> = HashMap::new();
            for (number, rule) in bus.rules.iter().enumerate() {
                let entry = EntryName::Rule(name.to_string(), number);
                let place = EntryPlace::new(rule.origin, entry);
                if rule.name.trim().is_empty() {
                    return Err(place.refuse(Problem::EmptyName));
                }
                if let Some(first) = rules.insert(&rule.name, number) {
                    return Err(place.refuse(Problem::RuleTwice { first: first + 1 }));
                }
                for (index, target) in rule.targets.iter().enumerate() {
                    let entry = EntryName::Target(name.to_string(), number, index);
                    allowed(&target.to, TARGETS, &EntryPlace::new(target.origin, entry))?;
                }
            }
        }
        for (name, bus) in &self.buses {
            let mut names: HashMap<&str, usize> = HashMap::new();
            for (number, subscriber) in bus.subscribers.iter().enumerate() {
                let entry = EntryName::Subscriber(name.to_string(), number);
                let place = EntryPlace::new(subscriber.origin, entry);
                if subscriber.name.trim().is_empty() {
                    return Err(place.refuse(Problem::EmptyName));
                }
                if let Some(first) = names.insert(&subscriber.name, number) {
                    return Err(place.refuse(Problem::SubscriberTwice { first: first + 1 }));
                }
                allowed(&subscriber.to, TARGETS, &place)?;
            }
        }
        for (name, topic) in &self.topics {
            for (index, subscription) in topic.subscriptions.iter().enumerate() {
                let entry = EntryName::Subscription(name.to_string(), index);
                let place = EntryPlace::new(subscription.origin, entry);
                allowed(&subscription.to, SUBSCRIBERS, &place)?;
            }
        }
        for (name, queue) in &self.queues {
            consumers(&queue.consumers, |index| {
                EntryName::ConsumerOfQueue(name.to_string(), index)
            })?;
        }
        for (name, stream) in self.streams.iter().chain(&self.tables) {
            consumers(&stream.consumers, |index| {
                EntryName::ConsumerOfStream(name.to_string(), index)
            })?;
        }
        for (name, pipe) in &self.pipes {
            let place = EntryPlace::new(pipe.origin, EntryName::Pipe(name.to_string()));
            allowed(&pipe.from, PIPE_SOURCES, &place)?;
            allowed(&pipe.to, TARGETS, &place)?;
            if let Some(enrichment) = &pipe.enrichment {
                allowed(&enrichment.by, ENRICHMENTS, &place)?;
            }
            if let Some(holder) = &pipe.dead_letters {
                allowed(holder, FAILURE_HOLDERS, &place)?;
            }
        }
        Ok(())
    }
}

fn consumers(of: &[Consumer], entry: impl Fn(usize) -> EntryName) -> Result<(), TopologyError> {
    for (index, consumer) in of.iter().enumerate() {
        let place = EntryPlace::new(consumer.origin, entry(index));
        allowed(&consumer.to, CONSUMERS, &place)?;
        if let Some(holder) = &consumer.on_failure {
            allowed(holder, FAILURE_HOLDERS, &place)?;
        }
    }
    Ok(())
}

fn allowed(end: &End, kinds: &'static [Kind], place: &EntryPlace) -> Result<(), TopologyError> {
    if kinds.contains(&end.kind()) {
        Ok(())
    } else {
        Err(place.refuse(Problem::WrongEnd { of: kinds }))
    }
}
