//! Routes: finds every consumer of a delivery, and the content that each of them received.
//!
//! A [`Router`] is a compiled topology: names are masked once, and patterns and transformers are
//! parsed once. A delivery is followed from the channel it was taken from: over the rules of a bus
//! to their targets, over the subscriptions of a topic, to the consumers of a queue or a stream,
//! and over pipes. Each way ends at a consumer. If the consumer is unknown, the edge says so.

use std::collections::HashMap;
use std::sync::Arc;

use piitrail_detect::Engine;

use crate::channel::{Channel, ChannelKind};
use crate::delivery::{Arrival, Delivery, Document};
use crate::edge::Basis;
use crate::home::{Home, Located};
use crate::limit::Limit;
use crate::name::{Name, Names};
use crate::party::Party;
use crate::topology::{
    ByName, FilterPolicy, Filters, GeneratedNames, Input, Owners, ResourceKind, ScopedFilters,
    Topology, Transformer,
};

mod compile;
mod patterns;
mod payload;
mod producer;
mod stop;
mod traversal;
mod way;

use compile::Compiler;
use patterns::Patterns;
use stop::Stop;
use traversal::Traversal;

/// The most channels over which a delivery is followed. Bus to bus to topic to queue is four. A
/// pipe behind the queue can begin the same again: a bus, a second one, a topic and a queue.
pub const HOPS_MAX: usize = 16;

/// The most consumers of one delivery. By default a bus has at most 300 rules with 5 targets each.
pub const CONSUMERS_MAX: usize = 256;

/// The most channels visited for one delivery, over all ways. Buses that all send to each other have
/// more ways than can be followed.
pub const VISITS_MAX: usize = 2_048;

/// The compiled routes of a topology.
pub struct Router {
    /// The queues that are taps, with the bus of each.
    taps: ByName<Located>,
    owners: Owners,
    /// Resources whose names in traffic AWS generates from the ids that the topology has.
    generated: GeneratedNames,
    buses: ByName<BusRoutes>,
    queues: ByName<Readers>,
    topics: ByName<TopicRoutes>,
    /// Kinesis streams, and streams of tables that the topology lists among them.
    streams: ByName<Readers>,
    /// Streams of tables.
    tables: ByName<Readers>,
    /// What buckets and log groups send, without a channel before it.
    senders: HashMap<ResourceKind, ByName<Vec<SentRoute>>>,
    bus: Option<Located>,
    unknown_bus: Name,
    names: Names,
    is_topology_unreadable: bool,
}

/// The rules and archives of a bus. The number of a rule or archive is its index in the targets.
struct BusRoutes {
    patterns: Patterns,
    /// The same for events of an unknown source or detail type. `None` if no pipe of the topology makes
    /// such events.
    without_kind: Option<Patterns>,
    targets: Vec<Vec<TargetRoute>>,
    /// The index of the first archive in the targets. Archives keep no replayed event.
    first_archive: usize,
    /// The buses that send to this bus, and whether this bus sends to a bus.
    fed_by: Vec<Located>,
    sends_to_a_bus: bool,
    /// True if the bus has its own tap, which counts the events that are sent to it.
    is_tapped: bool,
    /// The subscribers and the store of a V2 bus; `None` for a classic bus.
    v2: Option<Box<V2Routes>>,
}

/// A V2 bus: it keeps what it receives, and has subscribers instead of rules.
struct V2Routes {
    store: Party,
    /// The filters on data, by the place of the subscriber.
    data: Patterns,
    subscribers: Vec<SubscriberRoute>,
}

struct SubscriberRoute {
    to: Endpoint,
    filters: ScopedFilters,
    transformer: Transformer,
    sets_attributes: bool,
    /// The queue that is told what could not be delivered.
    dead_letters: Option<DeadLetters>,
}

struct TargetRoute {
    to: Endpoint,
    input: Input,
    /// The name of the rule, which a transformer may write.
    rule: String,
    /// True if it is unknown whether the target exists.
    is_approximate: bool,
    dead_letters: Option<DeadLetters>,
}

/// A dead-letter queue: the party that holds the records, and the queue that others may read.
struct DeadLetters {
    holder: Party,
    queue: Located,
}

/// A route from a bucket or a log group.
struct SentRoute {
    to: Endpoint,
    /// True if it takes only some records, or may not exist.
    is_restricted: bool,
}

/// The end of one step of a route: a channel or a consumer.
#[derive(Clone)]
enum Endpoint {
    Channel {
        kind: ChannelKind,
        name: String,
        home: Home,
    },
    Consumer(Party),
    /// A Firehose stream that sends its records to functions before it delivers them. Each has true if it
    /// is unknown whether it does.
    Firehose {
        stream: Party,
        functions: Vec<(Party, bool)>,
    },
}

/// A queue or a stream.
struct Readers {
    readers: Vec<Reader>,
    producer: Option<Party>,
    dead_letter: bool,
}

struct Reader {
    filters: Filters,
    to: ReaderRoute,
}

/// The route from a reader.
enum ReaderRoute {
    /// To a consumer.
    Consumer(Endpoint),
    /// Over a pipe.
    Pipe(Box<PipeRoute>),
}

struct PipeRoute {
    /// The pipe as a channel on the way.
    channel: Channel,
    name: String,
    home: Home,
    enrichment: Option<(Endpoint, Input)>,
    to: Endpoint,
    input: Input,
    /// The event's source and detail type.
    source: EventField,
    detail_type: EventField,
}

/// A field of the event that a pipe puts on a bus.
enum EventField {
    /// AWS writes its own text.
    Default,
    Is(String),
    /// The text at this path of the record ("Dynamic path parameters" in the guide of Pipes).
    At(Input),
    Unknown,
}

struct TopicRoutes {
    subscriptions: Vec<TopicSubscription>,
    producer: Option<Party>,
}

struct TopicSubscription {
    to: Endpoint,
    is_raw: bool,
    policy: Option<FilterPolicy>,
}

/// The parties and channels of a delivery.
pub struct Routed {
    /// The publisher.
    pub producer: Party,
    /// The channel it was taken from, or `None` if the function was invoked directly.
    pub taken_from: Option<Channel>,
    /// The consumers. There is at least one, which may be `unattributed`, unless everything is sent
    /// to buses with their own taps, where it is counted.
    pub consumptions: Vec<Consumption>,
    /// The limits that were reached.
    pub limits: Vec<Limit>,
}

/// One consumer of a delivery.
pub struct Consumption {
    /// The receiver.
    pub consumer: Party,
    /// The channels, in order of travel.
    pub channels: Vec<Channel>,
    /// The basis on which we know it.
    pub basis: Basis,
    /// The content that the consumer received.
    pub received: Received,
}

/// The part of a document that a consumer received.
pub enum Received {
    /// The whole document.
    Whole,
    /// The document that a transformer on the way made.
    Changed(Document),
}

impl Router {
    /// Compiles a topology. `engine` masks the names in it.
    pub fn new(topology: &Topology, engine: &Arc<Engine>) -> Self {
        let compiler = Compiler::new(topology, engine);
        let mut taps = ByName::default();
        for tap in topology.taps() {
            taps.insert(tap.queue.name.clone(), tap.queue.home, tap.bus.clone());
        }
        Self {
            taps,
            buses: compiler.buses(),
            queues: compiler.queues(),
            topics: compiler.topics(),
            streams: compiler.streams(),
            tables: compiler.tables(),
            senders: compiler.senders(),
            owners: compiler.into_owners(),
            generated: GeneratedNames::of(topology),
            ..Self::unattributed(engine)
        }
    }

    /// Creates a router for a topology that cannot be read: every consumer is unattributed, and the
    /// coverage says why ([`Limit::TopologyUnreadable`]).
    pub fn of_unreadable_topology(engine: &Arc<Engine>) -> Self {
        Self {
            is_topology_unreadable: true,
            ..Self::unattributed(engine)
        }
    }

    /// Creates a router for an empty topology: every consumer is unattributed.
    pub fn unattributed(engine: &Arc<Engine>) -> Self {
        Self {
            taps: ByName::default(),
            owners: Owners::default(),
            generated: GeneratedNames::default(),
            buses: ByName::default(),
            queues: ByName::default(),
            topics: ByName::default(),
            streams: ByName::default(),
            tables: ByName::default(),
            senders: HashMap::new(),
            bus: None,
            unknown_bus: Name::masked(engine, "unknown"),
            names: Names::new(engine),
            is_topology_unreadable: false,
        }
    }

    /// Adds a tap that is not in the topology: the function's own queue.
    #[must_use]
    pub fn with_tap(mut self, queue: &str, bus: &str) -> Self {
        self.taps.insert(queue, Home::UNKNOWN, Located::from(bus));
        self
    }

    /// Sets the bus of events that did not come through a tap, because such events do not name it.
    #[must_use]
    pub fn with_bus(mut self, bus: Located) -> Self {
        self.bus = Some(bus);
        self
    }

    /// Returns a stream by its name. It may be the stream of a table or another stream.
    fn read(&self, name: &str, home: Home) -> Option<(Home, &Readers)> {
        let table = self.tables.find(name, home);
        table.or_else(|| self.streams.find(name, home))
    }

    /// Returns the buses of the topology if [`Router::with_bus`] set a bus that the topology does not
    /// have, or that may be several of them. Returns an empty list if it is one of them, or if none was
    /// set, or if the topology has no bus at all.
    pub fn other_buses(&self) -> Vec<Located> {
        let Some(bus) = &self.bus else {
            return Vec::new();
        };
        if self.buses.find(&bus.name, bus.home).is_some() {
            return Vec::new();
        }
        let mut others: Vec<Located> = self
            .buses
            .iter()
            .map(|(name, home, _)| Located {
                name: name.to_owned(),
                home,
            })
            .collect();
        others.sort_unstable();
        others
    }

    /// Masks a name that came with a delivery.
    pub(crate) fn name(&self, raw: &str) -> Name {
        self.names.masked(raw)
    }

    /// Masks a channel on the way.
    fn channel(&self, stop: Stop<'_>) -> Channel {
        let name = stop
            .name
            .map_or_else(|| self.unknown_bus.clone(), |raw| self.name(raw));
        Channel::new(stop.kind, name).at(stop.home)
    }

    /// Returns the channels of a delivery, masked. The queue of a tap is left out. The bus gets its
    /// name from the tap or the topology.
    pub fn channels(&self, arrival: &Arrival) -> Vec<Channel> {
        let way = self.way(arrival);
        way.into_iter().map(|stop| self.channel(stop)).collect()
    }

    /// Follows a delivery to every consumer that received it.
    pub fn route(&self, delivery: &Delivery) -> Routed {
        let arrival = &delivery.arrival;
        let way = self.way(arrival);
        let producer = self.producer(arrival, way.first());
        let channels: Vec<Channel> = way.iter().map(|stop| self.channel(*stop)).collect();
        let taken_from = channels.last().cloned();
        let mut traversal = Traversal::new(self, delivery, &way);
        if let Some(holder) = self.holder(arrival, way.last()) {
            traversal.arrive_at_holder(holder, &channels);
        }
        if channels.is_empty() {
            traversal.follow_from_sender();
        }
        traversal.follow_from(way.last(), channels);
        let (consumptions, mut limits) = traversal.finish();
        if self.is_topology_unreadable {
            limits.push(Limit::TopologyUnreadable);
        }
        Routed {
            producer,
            taken_from,
            consumptions,
            limits,
        }
    }
}

#[cfg(test)]
mod tests;
