//! Routes: from a delivery to everybody who received it, and to what each of them was given.
//!
//! The topology compiled: names masked once, patterns and transformers parsed once. A delivery is
//! followed from the channel it was taken from: a bus's rules to their targets, a topic's
//! subscriptions, whoever polls a queue or reads a stream, pipes. Each way ends at a consumer.
//! Where nobody can be named the edge says so.

use std::collections::HashMap;
use std::sync::Arc;

use eventbridge_pattern::Event;
use piitrail_detect::Engine;

use crate::channel::{Channel, ChannelKind};
use crate::delivery::{Arrival, Delivery, Document, RawChannel, Sender};
use crate::edge::Basis;
use crate::name::{Name, Names};
use crate::party::{Party, PartyKind};
use crate::topology::{Topology, TopologyError};

mod compile;
mod filter;

use compile::Compiler;
use filter::{Filters, Input, NotSent, Policy, Record, Rules};

/// The most channels a delivery is followed over: bus to bus to topic to queue is four.
pub const HOPS_MAX: usize = 8;

/// The most consumers of one delivery. A bus has at most 300 rules of 5 targets by default.
pub const CONSUMERS_MAX: usize = 256;

/// The most channels visited for one delivery, over all ways: buses that all send to each other have
/// more ways than can be followed.
pub const VISITS_MAX: usize = 2_048;

/// The names of the bounds in coverage.
const HOPS_LIMIT: &str = "route_hops";
const CONSUMERS_LIMIT: &str = "route_consumers";
const VISITS_LIMIT: &str = "route_visits";

/// Counted where a pattern is too intricate for the event to be decided; the route is then taken as
/// configured.
const UNDECIDED: &str = "pattern_undecided";

/// Counted where a target's input is larger than EventBridge sends, so that the target got nothing.
const NOT_SENT: &str = "input_too_large";

/// Who receives what.
pub struct Router {
    taps: HashMap<String, String>,
    owners: HashMap<Claim, Party>,
    buses: HashMap<String, Bus>,
    queues: HashMap<String, Readers>,
    topics: HashMap<String, Topic>,
    streams: HashMap<String, Readers>,
    bus: Option<String>,
    unknown_bus: Name,
    names: Names,
}

/// An AWS name that a service goes by.
#[derive(PartialEq, Eq, Hash)]
enum Claim {
    Source(String),
    Function(String),
    Table(String),
    Bucket(String),
}

struct Bus {
    rules: Rules,
    targets: Vec<Vec<Target>>,
}

struct Target {
    to: End,
    input: Input,
}

/// Where one step of a route leads.
#[derive(Clone)]
enum End {
    Channel(ChannelKind, String),
    Consumer(Party),
}

/// A queue or a stream.
struct Readers {
    readers: Vec<Reader>,
    producer: Option<Party>,
    dead_letter: bool,
}

struct Reader {
    to: End,
    over: Option<Channel>,
    filters: Filters,
}

struct Topic {
    subscriptions: Vec<(End, Option<Policy>)>,
    producer: Option<Party>,
}

/// Everybody who received a delivery.
pub struct Routed {
    /// Who published.
    pub producer: Party,
    /// The channel it was taken from; `None` where the function was invoked directly.
    pub taken_from: Option<Channel>,
    /// Who received; at least one, if only `unattributed`.
    pub consumptions: Vec<Consumption>,
    /// Bounds reached, by name.
    pub limits: Vec<&'static str>,
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

/// What travels, as far as it has been followed.
#[derive(Clone, Default)]
struct Load {
    changed: Option<String>,
}

/// A delivery under way.
struct Trip<'r> {
    router: &'r Router,
    arrival: &'r Arrival,
    /// The body as it was taken; `None` where it cannot be looked at.
    body: Option<&'r str>,
    consumptions: Vec<Consumption>,
    limits: Vec<&'static str>,
    visits: usize,
    /// The channels of the way that is being followed, by their own names: masked, two may look
    /// alike.
    underway: Vec<(ChannelKind, &'r str)>,
}

impl Router {
    /// Compiles a topology. `engine` masks the names in it.
    ///
    /// # Errors
    /// Where a pattern, filter or transformer is not valid; the place in the topology is named.
    pub fn new(topology: &Topology, engine: &Arc<Engine>) -> Result<Self, TopologyError> {
        topology.check()?;
        let compiler = Compiler { topology, engine };
        Ok(Self {
            taps: topology
                .taps
                .iter()
                .map(|tap| (tap.queue.clone(), tap.bus.clone()))
                .collect(),
            owners: compiler.owners(),
            buses: compiler.buses()?,
            queues: compiler.queues()?,
            topics: compiler.topics()?,
            streams: compiler.streams()?,
            bus: None,
            unknown_bus: Name::masked(engine, "unknown"),
            names: Names::new(engine),
        })
    }

    /// Routes that know nobody: everything is unattributed.
    pub fn unattributed(engine: &Arc<Engine>) -> Self {
        Self {
            taps: HashMap::new(),
            owners: HashMap::new(),
            buses: HashMap::new(),
            queues: HashMap::new(),
            topics: HashMap::new(),
            streams: HashMap::new(),
            bus: None,
            unknown_bus: Name::masked(engine, "unknown"),
            names: Names::new(engine),
        }
    }

    /// Adds a tap that is known from elsewhere than the topology: the function's own queue.
    #[must_use]
    pub fn with_tap(mut self, queue: impl Into<String>, bus: impl Into<String>) -> Self {
        self.taps.insert(queue.into(), bus.into());
        self
    }

    /// Names the bus of events that came by no tap, for they do not say.
    #[must_use]
    pub fn with_bus(mut self, bus: impl Into<String>) -> Self {
        self.bus = Some(bus.into());
        self
    }

    /// A name that came with a delivery, masked.
    pub(crate) fn name(&self, raw: &str) -> Name {
        self.names.masked(raw)
    }

    fn channel(&self, kind: ChannelKind, raw: &str) -> Channel {
        Channel {
            kind,
            name: self.name(raw),
        }
    }

    /// The channels a delivery came over, masked: the tap's own queue left out, the bus named where
    /// the tap or the topology says which it was.
    pub fn channels(&self, arrival: &Arrival) -> Vec<Channel> {
        self.masked(&self.way(arrival))
    }

    fn masked(&self, way: &[(ChannelKind, Option<&str>)]) -> Vec<Channel> {
        way.iter()
            .map(|(kind, name)| Channel {
                kind: *kind,
                name: name.map_or_else(|| self.unknown_bus.clone(), |raw| self.name(raw)),
            })
            .collect()
    }

    /// The same channels by their own names; `None` for a bus nobody can name.
    fn way<'a>(&'a self, arrival: &'a Arrival) -> Vec<(ChannelKind, Option<&'a str>)> {
        // What cannot be read on a tap came over its bus all the same.
        const UNREAD: &[RawChannel] = &[RawChannel {
            kind: ChannelKind::Bus,
            name: None,
        }];
        let (tapped, channels) = match arrival.channels.split_last() {
            Some((last, before)) if last.kind == ChannelKind::Queue => {
                match last.name.as_ref().and_then(|name| self.taps.get(name)) {
                    Some(bus) if before.is_empty() => (Some(bus.as_str()), UNREAD),
                    Some(bus) => (Some(bus.as_str()), before),
                    None => (None, &*arrival.channels),
                }
            }
            _ => (None, &*arrival.channels),
        };
        channels
            .iter()
            .map(|channel| match (channel.kind, &channel.name) {
                (ChannelKind::Bus, None) => (
                    ChannelKind::Bus,
                    tapped.or_else(|| self.bus_before(channels.get(1))),
                ),
                (kind, name) => (kind, name.as_deref()),
            })
            .collect()
    }

    /// Which bus an event came over that does not say: the only one that sends to the channel it
    /// was seen on, the one we were told of, or the only one there is.
    fn bus_before(&self, next: Option<&RawChannel>) -> Option<&str> {
        let sends_there = |bus: &Bus| match next {
            None => true,
            Some(next) => bus.targets.iter().flatten().any(|target| match &target.to {
                End::Channel(kind, name) => *kind == next.kind && Some(name) == next.name.as_ref(),
                End::Consumer(_) => false,
            }),
        };
        let mut sending = self
            .buses
            .iter()
            .filter(|(_, bus)| sends_there(bus))
            .map(|(name, _)| name);
        only(&mut sending)
            .or(self.bus.as_ref())
            .or_else(|| only(&mut self.buses.keys()))
            .map(String::as_str)
    }

    /// Who published, as far as the envelope and the topology say.
    fn producer(&self, arrival: &Arrival, first: Option<&(ChannelKind, Option<&str>)>) -> Party {
        let owner = |claim: &Claim| self.owners.get(claim).cloned();
        let named = match &arrival.sender {
            Some(Sender::Source(source)) => Some(
                owner(&Claim::Source(source.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Service, self.name(source))),
            ),
            Some(Sender::Function(function)) => Some(self.function(function)),
            // A role's session may be called anything: only a function the topology knows counts.
            Some(Sender::Session(session)) => owner(&Claim::Function(session.clone())),
            Some(Sender::Table(table)) => Some(
                owner(&Claim::Table(table.clone()))
                    .unwrap_or_else(|| Party::new(PartyKind::Table, self.name(table))),
            ),
            Some(Sender::Bucket(bucket)) => Some(
                owner(&Claim::Bucket(bucket.clone()))
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
            .get(&Claim::Function(name.to_owned()))
            .cloned()
            .unwrap_or_else(|| Party::new(PartyKind::Function, self.name(name)))
    }

    /// Follows a delivery to everybody who received it.
    pub fn route(&self, delivery: &Delivery) -> Routed {
        let arrival = &delivery.arrival;
        let way = self.way(arrival);
        let producer = self.producer(arrival, way.first());
        let mut channels = self.masked(&way);
        let taken_from = channels.last().cloned();
        let mut trip = Trip {
            router: self,
            arrival,
            body: match &delivery.document {
                Document::Json(text) | Document::Text(text) => Some(text),
                Document::Opaque => None,
            },
            consumptions: Vec::new(),
            limits: Vec::new(),
            visits: 0,
            underway: way
                .iter()
                .take(way.len().saturating_sub(1))
                .filter_map(|(kind, name)| Some((*kind, (*name)?)))
                .collect(),
        };
        let holder = arrival
            .holder
            .as_ref()
            .map(|holder| Party::new(holder.kind, self.name(&holder.name)))
            .or_else(|| match way.last() {
                Some((ChannelKind::Queue, Some(name)))
                    if self
                        .queues
                        .get(*name)
                        .is_some_and(|queue| queue.dead_letter) =>
                {
                    Some(Party::new(PartyKind::DeadLetterQueue, self.name(name)))
                }
                _ => None,
            });
        if let Some(holder) = holder {
            // What holds the record is the consumer; its own queue is no channel on the way to it.
            // A log group comes first, and everything the record was seen on after it.
            let before = match (holder.kind, channels.split_last()) {
                (PartyKind::DeadLetterQueue, Some((_, before))) => before.to_vec(),
                _ => Vec::new(),
            };
            trip.arrive(holder, before, Basis::Observed, Load::default());
        }
        match way.last() {
            Some((kind, Some(name))) => {
                let over = channels.clone();
                let last = channels.pop();
                trip.visit(
                    (*kind, name),
                    last,
                    channels,
                    Basis::Observed,
                    Load::default(),
                );
                if trip.consumptions.is_empty() {
                    // Every way leads back to where it began, or nothing could be sent.
                    trip.arrive(Party::NO_CONSUMER, over, Basis::Observed, Load::default());
                }
            }
            _ if trip.consumptions.is_empty() => {
                trip.arrive(
                    Party::UNATTRIBUTED,
                    channels,
                    Basis::Observed,
                    Load::default(),
                );
            }
            _ => {}
        }
        Routed {
            producer,
            taken_from,
            consumptions: trip.consumptions,
            limits: trip.limits,
        }
    }
}

/// What there is, where there is but one.
fn only<'a>(names: &mut dyn Iterator<Item = &'a String>) -> Option<&'a String> {
    names.next().filter(|_| names.next().is_none())
}

impl<'r> Trip<'r> {
    fn arrive(&mut self, consumer: Party, channels: Vec<Channel>, basis: Basis, load: Load) {
        if self.consumptions.len() == CONSUMERS_MAX {
            self.limits.push(CONSUMERS_LIMIT);
            return;
        }
        let received = match load.changed {
            None => Received::Whole,
            Some(text) if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() => {
                Received::Changed(Document::Json(text))
            }
            Some(text) => Received::Changed(Document::Text(text)),
        };
        self.consumptions.push(Consumption {
            consumer,
            channels,
            basis,
            received,
        });
    }

    /// Goes on from a channel to everything it leads to.
    fn visit(
        &mut self,
        (kind, name): (ChannelKind, &'r str),
        channel: Option<Channel>,
        before: Vec<Channel>,
        basis: Basis,
        load: Load,
    ) {
        if self.underway.contains(&(kind, name)) {
            // A loop of buses; the consumers on it have been reached.
            return;
        }
        if self.visits == VISITS_MAX {
            self.limits.push(VISITS_LIMIT);
            return;
        }
        self.visits += 1;
        let channel = channel.unwrap_or_else(|| self.router.channel(kind, name));
        if before.len() >= HOPS_MAX {
            self.limits.push(HOPS_LIMIT);
            return self.arrive(Party::UNATTRIBUTED, before, basis, load);
        }
        let mut way = before;
        way.push(channel);
        self.underway.push((kind, name));
        match kind {
            ChannelKind::Bus => self.over_bus(name, way, basis, load),
            ChannelKind::Topic => self.over_topic(name, way, basis, load),
            ChannelKind::Queue => {
                self.over_readers(self.router.queues.get(name), kind, way, basis, load);
            }
            ChannelKind::Stream => {
                self.over_readers(self.router.streams.get(name), kind, way, basis, load);
            }
            ChannelKind::Pipe => self.arrive(Party::UNATTRIBUTED, way, basis, load),
        }
        self.underway.pop();
    }

    fn go_on(&mut self, to: &'r End, way: Vec<Channel>, basis: Basis, load: Load) {
        match to {
            End::Channel(kind, name) => self.visit((*kind, name), None, way, basis, load),
            End::Consumer(party) => self.arrive(party.clone(), way, basis, load),
        }
    }

    fn over_bus(&mut self, name: &'r str, way: Vec<Channel>, basis: Basis, load: Load) {
        let router = self.router;
        let (Some(bus), Some(body)) = (router.buses.get(name), load.text(self.body)) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, load);
        };
        let Ok(event) = Event::parse(body.as_bytes()) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, load);
        };
        let accepted = bus.rules.accepting(&event);
        let mut taken = Vec::new();
        for (rule, is_decided) in accepted {
            if !is_decided {
                self.limits.push(UNDECIDED);
            }
            let basis = if is_decided {
                Basis::Matched
            } else {
                Basis::Configured
            };
            for target in &bus.targets[rule] {
                match &target.to {
                    // The tracer's own ear is nobody's consumer.
                    End::Channel(ChannelKind::Queue, queue) if router.taps.contains_key(queue) => {}
                    _ => taken.push((target, basis)),
                }
            }
        }
        if taken.is_empty() {
            return self.arrive(Party::NO_CONSUMER, way, basis, load);
        }
        for (target, basis) in taken {
            let load = match target.input.apply(&event, self.arrival.time) {
                Ok(Some(text)) => Load {
                    changed: Some(text),
                },
                Ok(None) => load.clone(),
                Err(NotSent) => {
                    self.limits.push(NOT_SENT);
                    continue;
                }
            };
            self.go_on(&target.to, way.clone(), basis, load);
        }
    }

    fn over_topic(&mut self, name: &'r str, way: Vec<Channel>, basis: Basis, load: Load) {
        let Some(topic) = self
            .router
            .topics
            .get(name)
            .filter(|topic| !topic.subscriptions.is_empty())
        else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, load);
        };
        let mut is_taken = false;
        for (to, policy) in &topic.subscriptions {
            let basis = match policy {
                None => basis.max(Basis::Matched),
                Some(policy) => {
                    match policy.accepts(self.arrival.attributes.as_deref(), load.text(self.body)) {
                        Some(true) => Basis::Matched,
                        Some(false) => continue,
                        None => Basis::Configured,
                    }
                }
            };
            is_taken = true;
            self.go_on(to, way.clone(), basis, load.clone());
        }
        if !is_taken {
            self.arrive(Party::NO_CONSUMER, way, basis, load);
        }
    }

    fn over_readers(
        &mut self,
        readers: Option<&'r Readers>,
        kind: ChannelKind,
        way: Vec<Channel>,
        basis: Basis,
        load: Load,
    ) {
        let Some(channel) = readers.filter(|channel| !channel.readers.is_empty()) else {
            // A dead-letter queue that nobody reads is its own end, and has been noted as one.
            if !readers.is_some_and(|channel| channel.dead_letter) && self.arrival.holder.is_none()
            {
                self.arrive(Party::UNATTRIBUTED, way, basis, load);
            }
            return;
        };
        let is_as_taken = basis == Basis::Observed;
        let record = Record {
            text: load.text(self.body),
            headers: self.arrival.headers.as_deref().filter(|_| is_as_taken),
            change: self.arrival.change.as_deref().filter(|_| is_as_taken),
        };
        // A topic wraps what it puts into a queue, unless told not to: what a filter sees of it is
        // not known.
        let is_wrapped = way.iter().any(|channel| channel.kind == ChannelKind::Topic);
        let mut taken = Vec::new();
        for reader in &channel.readers {
            let is_filtered = !reader.filters.is_empty();
            match reader
                .filters
                .accepts(kind, &record)
                .filter(|_| !(is_filtered && is_wrapped))
            {
                Some(true) if is_filtered => taken.push((reader, Basis::Matched)),
                Some(true) => taken.push((reader, basis)),
                Some(false) => {}
                None => taken.push((reader, Basis::Configured)),
            }
        }
        let is_taken = !taken.is_empty();
        for (reader, basis) in taken {
            let mut way = way.clone();
            way.extend(reader.over.clone());
            self.go_on(&reader.to, way, basis, load.clone());
        }
        if !is_taken {
            // A filter drops what it does not accept: the queue's message is deleted unread.
            self.arrive(Party::NO_CONSUMER, way, basis, load);
        }
    }
}

impl Load {
    /// The text that travels: what a transformer made of the body, or the body.
    fn text<'l>(&'l self, body: Option<&'l str>) -> Option<&'l str> {
        self.changed.as_deref().or(body)
    }
}

#[cfg(test)]
mod tests;
