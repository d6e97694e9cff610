//! Following one delivery: from the channel it was taken from to every consumer it leads to.

use eventbridge_pattern::Event;
use serde::de::IgnoredAny;

use super::by_name::Stop;
use super::{
    BusRoutes, CONSUMERS_MAX, Consumption, Endpoint, HOPS_MAX, Readers, Received, Router,
    TopicRoutes, VISITS_MAX,
};
use crate::channel::{Channel, ChannelKind};
use crate::delivery::{Arrival, Delivery, Document};
use crate::edge::Basis;
use crate::limit::Limit;
use crate::party::{Party, PartyKind};
use crate::topology::{NotSent, Record};

/// What is passed on at this step of the way.
#[derive(Clone, Default)]
struct Payload {
    /// What a transformer made of the body; `None` where the body is passed on as it is.
    changed: Option<String>,
}

impl Payload {
    /// The text that is passed on: what a transformer made of the body, or the body.
    fn text<'p>(&'p self, body: Option<&'p str>) -> Option<&'p str> {
        self.changed.as_deref().or(body)
    }
}

/// A delivery that is being followed.
pub(super) struct Traversal<'r> {
    router: &'r Router,
    arrival: &'r Arrival,
    /// The body as it was taken; `None` where it cannot be read.
    body: Option<&'r str>,
    consumptions: Vec<Consumption>,
    limits: Vec<Limit>,
    visits: usize,
    /// The channels of the current way by their own names, because two masked names may be equal.
    underway: Vec<Stop<'r>>,
}

impl<'r> Traversal<'r> {
    /// A delivery that came over these channels and is still to be followed.
    pub(super) fn new(router: &'r Router, delivery: &'r Delivery, way: &[Stop<'r>]) -> Self {
        let before_last = way.len().saturating_sub(1);
        Self {
            router,
            arrival: &delivery.arrival,
            body: match &delivery.document {
                Document::Json(text) | Document::Text(text) => Some(text),
                Document::Opaque(_) => None,
            },
            consumptions: Vec::new(),
            limits: Vec::new(),
            visits: 0,
            underway: way
                .iter()
                .take(before_last)
                .filter(|stop| stop.name.is_some())
                .copied()
                .collect(),
        }
    }

    /// The consumers that were reached, and the limits.
    pub(super) fn finish(self) -> (Vec<Consumption>, Vec<Limit>) {
        (self.consumptions, self.limits)
    }

    /// Adds the party that holds the record. A dead-letter queue is a consumer itself and no channel
    /// on the way to it. A log group is before all channels that the record was seen on.
    pub(super) fn arrive_at_holder(&mut self, holder: Party, channels: &[Channel]) {
        let before = match (holder.kind, channels.split_last()) {
            (PartyKind::DeadLetterQueue, Some((_, before))) => before.to_vec(),
            _ => Vec::new(),
        };
        self.arrive(holder, before, Basis::Observed, Payload::default());
    }

    /// Follows the delivery from the channel it was taken from, the last of its channels.
    pub(super) fn follow_from(&mut self, last: Option<&Stop<'r>>, mut channels: Vec<Channel>) {
        let payload = Payload::default;
        match last {
            Some(stop @ Stop { name: Some(_), .. }) => {
                let over = channels.clone();
                channels.pop();
                self.visit(*stop, channels, Basis::Observed, payload());
                if self.consumptions.is_empty() {
                    // Every way leads back to where it began, or nothing could be sent.
                    self.arrive(Party::NO_CONSUMER, over, Basis::Observed, payload());
                }
            }
            _ if self.consumptions.is_empty() => {
                self.arrive(Party::UNATTRIBUTED, channels, Basis::Observed, payload());
            }
            _ => {}
        }
    }

    /// Adds a consumer.
    fn arrive(&mut self, consumer: Party, channels: Vec<Channel>, basis: Basis, payload: Payload) {
        if self.consumptions.len() == CONSUMERS_MAX {
            self.limits.push(Limit::RouteConsumers);
            return;
        }
        let received = match payload.changed {
            None => Received::Whole,
            Some(text) if serde_json::from_str::<IgnoredAny>(&text).is_ok() => {
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
    fn visit(&mut self, stop: Stop<'r>, before: Vec<Channel>, basis: Basis, payload: Payload) {
        let Stop { kind, home, .. } = stop;
        let Some(name) = stop.name else {
            return self.arrive(Party::UNATTRIBUTED, before, basis, payload);
        };
        if self.underway.iter().any(|one| one.is_same(&stop)) {
            // A loop of buses; the consumers on it have been reached.
            return;
        }
        if self.visits == VISITS_MAX {
            self.limits.push(Limit::RouteVisits);
            return;
        }
        self.visits += 1;
        if before.len() >= HOPS_MAX {
            self.limits.push(Limit::RouteHops);
            return self.arrive(Party::UNATTRIBUTED, before, basis, payload);
        }
        let mut way = before;
        let router = self.router;
        way.push(router.channel(stop));
        self.underway.push(stop);
        match kind {
            ChannelKind::Bus => {
                let bus = router.buses.find(name, home);
                self.over_bus(bus.map(|(_, bus)| bus), way, basis, payload);
            }
            ChannelKind::Topic => {
                let topic = router.topics.find(name, home);
                self.over_topic(topic.map(|(_, topic)| topic), way, basis, payload);
            }
            ChannelKind::Queue => {
                let queue = router.queues.find(name, home);
                self.over_readers(queue.map(|(_, queue)| queue), way, basis, payload);
            }
            ChannelKind::Stream => {
                let stream = router.read(name, home);
                self.over_readers(stream.map(|(_, stream)| stream), way, basis, payload);
            }
            ChannelKind::Pipe => self.arrive(Party::UNATTRIBUTED, way, basis, payload),
        }
        self.underway.pop();
    }

    /// Goes on to the endpoint of one step.
    fn follow(&mut self, to: &'r Endpoint, way: Vec<Channel>, basis: Basis, payload: Payload) {
        match to {
            Endpoint::Channel { kind, name, home } => {
                let stop = self.router.stop(*kind, Some(name), *home);
                self.visit(stop, way, basis, payload);
            }
            Endpoint::Consumer(party) => self.arrive(party.clone(), way, basis, payload),
        }
    }

    fn over_bus(
        &mut self,
        bus: Option<&'r BusRoutes>,
        way: Vec<Channel>,
        basis: Basis,
        payload: Payload,
    ) {
        let router = self.router;
        let (Some(bus), Some(body)) = (bus, payload.text(self.body)) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, payload);
        };
        let Ok(event) = Event::parse(body.as_bytes()) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, payload);
        };
        let accepted = bus.accepting(&event);
        let mut taken = Vec::new();
        for (rule, is_decided) in accepted {
            if !is_decided {
                self.limits.push(Limit::PatternUndecided);
            }
            let basis = if is_decided {
                Basis::Matched
            } else {
                Basis::Configured
            };
            for target in &bus.targets[rule] {
                match &target.to {
                    // The queue of a tap is the tracer's own and no consumer.
                    Endpoint::Channel {
                        kind: ChannelKind::Queue,
                        name,
                        home,
                    } if router.taps.find(name, *home).is_some() => {}
                    _ => taken.push((target, basis)),
                }
            }
        }
        if taken.is_empty() {
            return self.arrive(Party::NO_CONSUMER, way, basis, payload);
        }
        for (target, basis) in taken {
            let payload = match target.input.apply(&event, &target.rule, self.arrival.time) {
                Ok(Some(text)) => Payload {
                    changed: Some(text),
                },
                Ok(None) => payload.clone(),
                Err(NotSent) => {
                    self.limits.push(Limit::InputTooLarge);
                    continue;
                }
            };
            self.follow(&target.to, way.clone(), basis, payload);
        }
    }

    fn over_topic(
        &mut self,
        topic: Option<&'r TopicRoutes>,
        way: Vec<Channel>,
        basis: Basis,
        payload: Payload,
    ) {
        let Some(topic) = topic.filter(|topic| !topic.subscriptions.is_empty()) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, payload);
        };
        let mut is_taken = false;
        for subscription in &topic.subscriptions {
            let basis = match &subscription.policy {
                None => basis.max(Basis::Matched),
                Some(policy) => {
                    match policy
                        .accepts(self.arrival.attributes.as_deref(), payload.text(self.body))
                    {
                        Some(true) => Basis::Matched,
                        Some(false) => continue,
                        None => Basis::Configured,
                    }
                }
            };
            is_taken = true;
            self.follow(&subscription.to, way.clone(), basis, payload.clone());
        }
        if !is_taken {
            self.arrive(Party::NO_CONSUMER, way, basis, payload);
        }
    }

    fn over_readers(
        &mut self,
        readers: Option<&'r Readers>,
        way: Vec<Channel>,
        basis: Basis,
        payload: Payload,
    ) {
        let Some(channel) = readers.filter(|channel| !channel.readers.is_empty()) else {
            // A dead-letter queue that nobody reads has been added as the holder.
            if !readers.is_some_and(|channel| channel.dead_letter) && self.arrival.holder.is_none()
            {
                self.arrive(Party::UNATTRIBUTED, way, basis, payload);
            }
            return;
        };
        let is_as_taken = basis == Basis::Observed;
        let record = Record {
            text: payload.text(self.body),
            headers: self.arrival.headers.as_deref().filter(|_| is_as_taken),
            change: self.arrival.change.as_deref().filter(|_| is_as_taken),
        };
        // A topic wraps what it sends to a queue, unless raw delivery is on. What a filter sees is
        // therefore not known.
        let is_wrapped = way.iter().any(|channel| channel.kind == ChannelKind::Topic);
        let mut taken = Vec::new();
        for reader in &channel.readers {
            let is_filtered = !reader.filters.is_empty();
            match reader
                .filters
                .accepts(&record)
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
            self.follow(&reader.to, way, basis, payload.clone());
        }
        if !is_taken {
            // No filter accepts the record: the event source mapping deletes the message unread.
            self.arrive(Party::NO_CONSUMER, way, basis, payload);
        }
    }
}

impl BusRoutes {
    /// The rules and archives that accept an event, in order, and whether that is certain.
    fn accepting(&self, event: &Event<'_>) -> Vec<(usize, bool)> {
        let matches = self.rules.matches(event);
        let certain = matches.matched.into_iter().map(|rule| (*rule, true));
        let unfiltered = self.unfiltered.iter().map(|archive| (*archive, true));
        let undecided = matches.undecided.into_iter().map(|rule| (*rule, false));
        let mut accepting: Vec<(usize, bool)> =
            certain.chain(unfiltered).chain(undecided).collect();
        accepting.sort_unstable();
        accepting
    }
}
