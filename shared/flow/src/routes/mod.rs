//! Routes: from a delivery to every consumer that received it, and to what each of them was given.
//!
//! A [`Router`] is a compiled topology: names are masked once, patterns and transformers are parsed
//! once. A delivery is followed from the channel it was taken from: over the rules of a bus to their
//! targets, over the subscriptions of a topic, to whoever polls a queue or reads a stream, over pipes.
//! Each way ends at a consumer. Where the consumer is not known, the edge says so.

use std::sync::Arc;

use eventbridge_pattern::RuleSet;
use piitrail_detect::Engine;

use crate::channel::{Channel, ChannelKind};
use crate::delivery::{Arrival, Delivery, Document};
use crate::edge::Basis;
use crate::home::{Home, Located};
use crate::limit::Limit;
use crate::name::{Name, Names};
use crate::party::Party;
use crate::topology::{ByName, FilterPolicy, Filters, Input, Owners, PipeEvent, Topology};

mod compile;
mod payload;
mod producer;
mod stop;
mod traversal;
mod way;

use compile::Compiler;
use stop::Stop;
use traversal::Traversal;

/// The most channels a delivery is followed over. Bus to bus to topic to queue is four, and a pipe behind
/// the queue begins anew: to a bus, a second one, a topic and a queue.
pub const HOPS_MAX: usize = 16;

/// The most consumers of one delivery. By default a bus has at most 300 rules with 5 targets each.
pub const CONSUMERS_MAX: usize = 256;

/// The most channels visited for one delivery, over all ways. Buses that all send to each other have
/// more ways than can be followed.
pub const VISITS_MAX: usize = 2_048;

/// Who receives what.
pub struct Router {
    /// Queues that are taps, and the bus each listens to.
    taps: ByName<Located>,
    owners: Owners,
    buses: ByName<BusRoutes>,
    queues: ByName<Readers>,
    topics: ByName<TopicRoutes>,
    /// Kinesis streams, and streams of tables that the topology lists among them.
    streams: ByName<Readers>,
    /// Streams of tables.
    tables: ByName<Readers>,
    bus: Option<String>,
    unknown_bus: Name,
    names: Names,
    is_topology_unreadable: bool,
}

/// The rules and archives of a bus. The number of one is its place among the targets.
struct BusRoutes {
    rules: RuleSet<usize>,
    /// Those that take every event.
    unfiltered: Vec<usize>,
    targets: Vec<Vec<TargetRoute>>,
    /// Where the archives begin among the targets: they keep no replayed event.
    first_archive: usize,
    /// Buses that send to this one, and whether this one sends to a bus at all.
    fed_by: Vec<Located>,
    sends_to_a_bus: bool,
    /// Whether a tap of its own listens to it: what is sent to it is counted there.
    is_tapped: bool,
}

struct TargetRoute {
    to: Endpoint,
    input: Input,
    /// The rule's name, which a transformer may write.
    rule: String,
    /// The queue that holds what could not be delivered.
    dead_letters: Option<Party>,
}

/// Where one step of a route leads: to a channel, or to a consumer.
#[derive(Clone)]
enum Endpoint {
    Channel {
        kind: ChannelKind,
        name: String,
        home: Home,
    },
    Consumer(Party),
}

/// A queue or a stream.
struct Readers {
    readers: Vec<Reader>,
    producer: Option<Party>,
    dead_letter: bool,
}

struct Reader {
    /// What it takes; `None` for a reader that cannot filter and takes everything.
    filters: Option<Filters>,
    to: ReaderRoute,
}

/// Where what a reader takes goes.
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
    event: PipeEvent,
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

/// Who published and who received a delivery.
pub struct Routed {
    /// Who published.
    pub producer: Party,
    /// The channel it was taken from; `None` where the function was invoked directly.
    pub taken_from: Option<Channel>,
    /// Who received; at least one, which may be `unattributed`, unless all of it goes to buses that
    /// have taps of their own, where it is counted.
    pub consumptions: Vec<Consumption>,
    /// Limits that were reached, by name.
    pub limits: Vec<Limit>,
}

/// One consumer of a delivery.
pub struct Consumption {
    /// Who received.
    pub consumer: Party,
    /// Over which channels, in order of travel.
    pub channels: Vec<Channel>,
    /// How we know.
    pub basis: Basis,
    /// What it was given.
    pub received: Received,
}

/// What a consumer was given of a document.
pub enum Received {
    /// All of it.
    Whole,
    /// What a transformer on the way made of it.
    Changed(Document),
}

impl Router {
    /// The routes of a topology. `engine` masks the names in it.
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
            owners: compiler.into_owners(),
            ..Self::unattributed(engine)
        }
    }

    /// Routes in place of a topology that cannot be read: every consumer is unattributed, and the
    /// coverage says why ([`Limit::TopologyUnreadable`]).
    pub fn of_unreadable_topology(engine: &Arc<Engine>) -> Self {
        Self {
            is_topology_unreadable: true,
            ..Self::unattributed(engine)
        }
    }

    /// Routes of an empty topology: every consumer is unattributed.
    pub fn unattributed(engine: &Arc<Engine>) -> Self {
        Self {
            taps: ByName::default(),
            owners: Owners::default(),
            buses: ByName::default(),
            queues: ByName::default(),
            topics: ByName::default(),
            streams: ByName::default(),
            tables: ByName::default(),
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

    /// Names the bus of events that did not come by a tap: such events do not name it.
    #[must_use]
    pub fn with_bus(mut self, bus: impl Into<String>) -> Self {
        self.bus = Some(bus.into());
        self
    }

    /// A stream by its name: a table's, or another.
    fn read(&self, name: &str, home: Home) -> Option<(Home, &Readers)> {
        let table = self.tables.find(name, home);
        table.or_else(|| self.streams.find(name, home))
    }

    /// The names of the topology's buses, if [`Router::with_bus`] named a bus that the topology does not
    /// have. Empty if it has that bus, if no bus was named, or if it has no buses at all.
    pub fn other_buses(&self) -> Vec<&str> {
        let names = || self.buses.iter().map(|(name, _, _)| name);
        match self.bus.as_deref() {
            Some(bus) if names().all(|name| name != bus) => {
                let mut names: Vec<&str> = names().collect();
                names.sort_unstable();
                names.dedup();
                names
            }
            _ => Vec::new(),
        }
    }

    /// A name that came with a delivery, masked.
    pub(crate) fn name(&self, raw: &str) -> Name {
        self.names.masked(raw)
    }

    /// A channel on the way, masked.
    fn channel(&self, stop: Stop<'_>) -> Channel {
        let name = stop
            .name
            .map_or_else(|| self.unknown_bus.clone(), |raw| self.name(raw));
        Channel::new(stop.kind, name).at(stop.home)
    }

    /// The channels a delivery came over, masked. The queue of a tap is left out, and the bus is named
    /// where the tap or the topology says which one it was.
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
