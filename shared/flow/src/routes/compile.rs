//! Compiles a topology into the routes of a [`Router`](super::Router): names are masked once, and
//! the patterns of each bus become one machine. The topology was checked when it was made, so
//! nothing can fail here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use piitrail_detect::Engine;

use super::patterns::Patterns;
use super::{
    BusRoutes, DeadLetters, Endpoint, EventField, PipeRoute, Reader, ReaderRoute, Readers,
    SentRoute, SubscriberRoute, TargetRoute, TopicRoutes, TopicSubscription, V2Routes,
};
use crate::channel::{Channel, ChannelKind};
use crate::home::{Home, Located};
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::topology::{
    Bus, ByName, Consumer, End, FilteredSource, Filters, Input, InputForm, Owners, Parties,
    PipeEvent, PlainRoute, PlainRouteKind, Queue, ResourceKind, ServiceName, Stream, Topology,
};

/// Compiles a topology into the parts of a router.
pub(super) struct Compiler<'t> {
    topology: &'t Topology,
    engine: &'t Engine,
    parties: Parties<'t>,
    /// The enabled routes from a stream or a table that no mapping makes.
    deliveries: Vec<&'t PlainRoute>,
    /// True if a pipe makes events whose source or detail type may be unknown.
    has_events_of_unknown_kind: bool,
}

impl<'t> Compiler<'t> {
    pub(super) fn new(topology: &'t Topology, engine: &'t Engine) -> Self {
        Self {
            topology,
            engine,
            parties: Parties::of(topology, engine),
            deliveries: topology
                .plain_routes()
                .iter()
                .filter(|route| route.kind == PlainRouteKind::Delivery && !route.disabled)
                .collect(),
            has_events_of_unknown_kind: has_events_of_unknown_kind(topology),
        }
    }

    /// Returns the services' AWS names, for the router.
    pub(super) fn into_owners(self) -> Owners {
        self.parties.into_owners()
    }

    fn name(&self, raw: &str) -> Name {
        Name::masked(self.engine, raw)
    }

    fn service(&self, raw: &str) -> Party {
        Party::new(PartyKind::Service, self.name(raw))
    }

    fn endpoint(&self, to: &End) -> Endpoint {
        let kind = match to.kind() {
            ResourceKind::Bus => ChannelKind::Bus,
            ResourceKind::Queue => ChannelKind::Queue,
            ResourceKind::Topic => ChannelKind::Topic,
            ResourceKind::Stream => ChannelKind::Stream,
            ResourceKind::Firehose => return self.firehose(to),
            _ => return Endpoint::Consumer(self.parties.party(to)),
        };
        let Located { name, home } = to.name().clone();
        Endpoint::Channel { kind, name, home }
    }

    fn firehose(&self, stream: &End) -> Endpoint {
        let functions = self
            .deliveries
            .iter()
            .filter(|route| route.from.fits(stream) && route.to.kind() == ResourceKind::Function);
        let functions: Vec<(Party, bool)> = functions
            .map(|route| (self.parties.party(&route.to), route.is_approximate))
            .collect();
        let stream = self.parties.party(stream);
        if functions.is_empty() {
            Endpoint::Consumer(stream)
        } else {
            Endpoint::Firehose { stream, functions }
        }
    }

    pub(super) fn buses(&self) -> ByName<BusRoutes> {
        let mut buses = ByName::default();
        let between = self.between_buses();
        for (name, bus) in self.topology.buses() {
            buses.insert(name.name.clone(), name.home, self.bus(name, bus, &between));
        }
        buses
    }

    /// Returns each rule from one described bus to another, as the bus it is on and the bus it
    /// names.
    fn between_buses(&self) -> Vec<(&'t Located, &'t Located)> {
        let buses = self.topology.buses();
        let mut between = Vec::new();
        for (from, bus) in buses {
            let rules = bus.rules.iter().filter(|rule| !rule.disabled);
            for target in rules.flat_map(|rule| &rule.targets) {
                let to = target.to.name();
                if target.to.kind() == ResourceKind::Bus && buses.keys().any(|bus| bus.fits(to)) {
                    between.push((from, to));
                }
            }
        }
        between
    }

    fn bus(&self, at: &Located, bus: &Bus, between: &[(&Located, &Located)]) -> BusRoutes {
        let rules = || bus.rules.iter().filter(|rule| !rule.disabled);
        let patterns = || {
            let of_rules = rules().map(|rule| Some(&rule.pattern));
            let of_archives = bus.archives.iter().map(|archive| archive.pattern.as_ref());
            of_rules.chain(of_archives)
        };
        let mut targets = Vec::new();
        for rule in rules() {
            let sent = rule.targets.iter().map(|target| TargetRoute {
                to: self.endpoint(&target.to),
                input: target.input.clone(),
                rule: rule.name.clone(),
                is_approximate: target.is_approximate,
                dead_letters: self.dead_letters(target.dead_letters.as_ref()),
            });
            targets.push(sent.collect());
        }
        let first_archive = targets.len();
        for archive in &bus.archives {
            let party = Party::new(PartyKind::Archive, self.name(&archive.name)).at(at.home);
            targets.push(vec![TargetRoute {
                to: Endpoint::Consumer(party),
                input: Input::WHOLE,
                rule: String::new(),
                is_approximate: false,
                dead_letters: None,
            }]);
        }
        let tapped = self.topology.taps().iter().map(|tap| &tap.bus);
        let mut fed_by: Vec<Located> = between
            .iter()
            .filter(|(from, to)| *from != at && to.fits(at))
            .map(|(from, _)| (*from).clone())
            .collect();
        fed_by.dedup();
        BusRoutes {
            patterns: Patterns::of(patterns()),
            without_kind: self
                .has_events_of_unknown_kind
                .then(|| Patterns::without_kind(patterns())),
            first_archive,
            fed_by,
            sends_to_a_bus: between.iter().any(|(from, _)| *from == at),
            // A tap without a home listens to the only bus of that name.
            is_tapped: tapped.into_iter().any(|tap| {
                let mut fitting = self.topology.buses().keys().filter(|bus| bus.fits(tap));
                *tap == *at || (fitting.next() == Some(at) && fitting.next().is_none())
            }),
            targets,
            v2: self.v2(at, bus).map(Box::new),
        }
    }

    /// Returns the subscribers and the store of a V2 bus. A bus with subscribers or a retention is a V2
    /// bus.
    fn v2(&self, at: &Located, bus: &Bus) -> Option<V2Routes> {
        let end = End::new(ResourceKind::Bus, at.clone());
        let known = self.topology.resources().get(&end);
        if bus.subscribers.is_empty() && known.and_then(|known| known.retention).is_none() {
            return None;
        }
        let enabled = || bus.subscribers.iter().filter(|one| !one.disabled);
        let mut subscribers = Vec::new();
        for subscriber in enabled() {
            subscribers.push(SubscriberRoute {
                to: self.endpoint(&subscriber.to),
                filters: subscriber.filters.clone(),
                transformer: subscriber.transformer.clone(),
                sets_attributes: subscriber.sets_attributes,
                dead_letters: self.dead_letters(subscriber.dead_letters.as_ref()),
            });
        }
        Some(V2Routes {
            store: Party::new(PartyKind::Archive, self.name(&at.name)).at(at.home),
            data: Patterns::of(enabled().map(|one| one.filters.data())),
            subscribers,
        })
    }

    /// Returns the party that holds what could not be delivered.
    fn dead_letters(&self, queue: Option<&Located>) -> Option<DeadLetters> {
        queue.map(|queue| DeadLetters {
            holder: self.parties.dead_letter_queue(queue),
            queue: queue.clone(),
        })
    }

    pub(super) fn queues(&self) -> ByName<Readers> {
        let mut queues = ByName::default();
        let described = self.topology.queues();
        let other = Queue::default();
        let others = self.only_read(ResourceKind::Queue, described);
        for (name, queue) in described.iter().chain(others.map(|name| (name, &other))) {
            let at = End::new(ResourceKind::Queue, name.clone());
            queues.insert(
                name.name.clone(),
                name.home,
                Readers {
                    readers: self.readers(&queue.consumers, &at),
                    producer: self.only_producer(&queue.producers),
                    dead_letter: queue.dead_letter,
                },
            );
        }
        queues
    }

    pub(super) fn streams(&self) -> ByName<Readers> {
        self.read(ResourceKind::Stream, self.topology.streams())
    }

    pub(super) fn tables(&self) -> ByName<Readers> {
        self.read(ResourceKind::Table, self.topology.tables())
    }

    fn read(&self, kind: ResourceKind, streams: &BTreeMap<Located, Stream>) -> ByName<Readers> {
        let mut read = ByName::default();
        let other = Stream::default();
        let others = self.only_read(kind, streams);
        for (name, stream) in streams.iter().chain(others.map(|name| (name, &other))) {
            let at = End::new(kind, name.clone());
            read.insert(
                name.name.clone(),
                name.home,
                Readers {
                    readers: self.readers(&stream.consumers, &at),
                    producer: self.only_producer(&stream.producers),
                    dead_letter: false,
                },
            );
        }
        read
    }

    /// Returns the names of a kind that the topology describes only as the source of a pipe or of a
    /// delivery.
    fn only_read<T>(
        &self,
        kind: ResourceKind,
        described: &BTreeMap<Located, T>,
    ) -> impl Iterator<Item = &'t Located> + use<'t, T> {
        let pipes = self.topology.pipes().values().map(|pipe| &pipe.from);
        let deliveries = self.deliveries.iter().map(|route| &route.from);
        let is_described = |name: &Located| {
            let nowhere = Located {
                home: Home::UNKNOWN,
                ..name.clone()
            };
            let from = described.range(nowhere..).map(|(known, _)| known);
            from.take_while(|known| known.name == name.name)
                .any(|known| known.fits(name))
        };
        let names: BTreeSet<&'t Located> = pipes
            .chain(deliveries)
            .filter(|from| from.kind() == kind)
            .map(End::name)
            .filter(|name| !is_described(name))
            .collect();
        names.into_iter()
    }

    /// Returns the readers of a queue or a stream: its consumers, and the pipes that read it.
    fn readers(&self, consumers: &[Consumer], at: &End) -> Vec<Reader> {
        let mut readers = Vec::new();
        for consumer in consumers.iter().filter(|consumer| !consumer.disabled) {
            readers.push(Reader {
                filters: consumer.filters.clone(),
                to: ReaderRoute::Consumer(self.endpoint(&consumer.to)),
            });
        }
        for (name, pipe) in self.topology.pipes() {
            if pipe.disabled || !pipe.from.fits(at) {
                continue;
            }
            let enrichment = pipe
                .enrichment
                .as_ref()
                .map(|enrichment| (self.endpoint(&enrichment.by), enrichment.input.clone()));
            readers.push(Reader {
                filters: pipe.filters.clone(),
                to: ReaderRoute::Pipe(Box::new(PipeRoute {
                    channel: Channel::new(ChannelKind::Pipe, self.name(&name.name)).at(name.home),
                    name: name.name.clone(),
                    home: name.home,
                    enrichment,
                    to: self.endpoint(&pipe.to),
                    input: pipe.input.clone(),
                    source: event_field(&pipe.event, pipe.event.source.as_deref()),
                    detail_type: event_field(&pipe.event, pipe.event.detail_type.as_deref()),
                })),
            });
        }
        // Firehose reads a stream, and a stream takes the changes of a table, without a mapping.
        for route in self.deliveries.iter().filter(|route| route.from.fits(at)) {
            readers.push(Reader {
                filters: Filters::none(FilteredSource::Stream).approximating(route.is_approximate),
                to: ReaderRoute::Consumer(self.endpoint(&route.to)),
            });
        }
        readers
    }

    /// Returns the routes of buckets and log groups, whose records come without a channel.
    pub(super) fn senders(&self) -> HashMap<ResourceKind, ByName<Vec<SentRoute>>> {
        let mut senders: HashMap<ResourceKind, BTreeMap<&Located, Vec<SentRoute>>> = HashMap::new();
        for route in self.topology.plain_routes() {
            let is_sent = matches!(
                (route.kind, route.from.kind()),
                (PlainRouteKind::BucketNotification, ResourceKind::Bucket)
                    | (PlainRouteKind::Logs, ResourceKind::LogGroup)
            );
            // A bucket tells a bus in another form, which an envelope of EventBridge has.
            if !is_sent || route.disabled || route.to.kind() == ResourceKind::Bus {
                continue;
            }
            let of_kind = senders.entry(route.from.kind()).or_default();
            let sent = of_kind.entry(route.from.name()).or_default();
            sent.push(SentRoute {
                to: self.endpoint(&route.to),
                is_restricted: route.filter.is_some() || route.is_approximate,
            });
        }
        senders
            .into_iter()
            .map(|(kind, of_kind)| {
                let mut by_name = ByName::default();
                for (name, routes) in of_kind {
                    by_name.insert(name.name.clone(), name.home, routes);
                }
                (kind, by_name)
            })
            .collect()
    }

    pub(super) fn topics(&self) -> ByName<TopicRoutes> {
        let mut topics = ByName::default();
        for (name, topic) in self.topology.topics() {
            let subscriptions = topic.subscriptions.iter().map(|one| TopicSubscription {
                to: self.endpoint(&one.to),
                is_raw: one.is_raw,
                policy: one.filter_policy.clone(),
            });
            topics.insert(
                name.name.clone(),
                name.home,
                TopicRoutes {
                    subscriptions: subscriptions.collect(),
                    producer: self.only_producer(&topic.producers),
                },
            );
        }
        topics
    }

    /// Returns the producer of messages that do not name theirs. If there are several producers, it
    /// is unknown.
    fn only_producer(&self, producers: &[ServiceName]) -> Option<Party> {
        match producers {
            [producer] => Some(self.service(producer.as_str())),
            _ => None,
        }
    }
}

/// Compiles a field of the event that a pipe puts on a bus.
fn event_field(event: &PipeEvent, given: Option<&str>) -> EventField {
    match given {
        _ if event.is_unknown => EventField::Unknown,
        None => EventField::Default,
        Some(path) if is_path(path) => {
            Input::new(InputForm::Path(path.to_owned())).map_or(EventField::Unknown, EventField::At)
        }
        Some(text) => EventField::Is(text.to_owned()),
    }
}

/// Returns true if a pipe makes events whose source or detail type may be unknown.
fn has_events_of_unknown_kind(topology: &Topology) -> bool {
    topology.pipes().values().any(|pipe| {
        let event = &pipe.event;
        let mut fields = [&event.source, &event.detail_type].into_iter().flatten();
        event.is_unknown || fields.any(|field| is_path(field))
    })
}

/// Returns true if a field of a pipe's event is a path to a text of the record.
fn is_path(field: &str) -> bool {
    field.starts_with("$.")
}
