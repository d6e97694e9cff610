//! Follows one delivery from the channel it was taken from to every consumer. The rules for each
//! kind of channel are in `bus`, `topic` and `readers`.

use piitrail_detect::Unread;
use serde::de::IgnoredAny;

use super::payload::{Changed, Payload};
use super::stop::Stop;
use super::{CONSUMERS_MAX, Consumption, Endpoint, HOPS_MAX, Received, Router, VISITS_MAX};
use crate::channel::{Channel, ChannelKind};
use crate::delivery::{Arrival, Delivery, Document, Sender};
use crate::edge::Basis;
use crate::limit::Limit;
use crate::party::{Party, PartyKind};
use crate::topology::ResourceKind;

mod bus;
mod readers;
mod subscriber;
mod topic;

/// A delivery that is being followed.
pub(super) struct Traversal<'r> {
    router: &'r Router,
    arrival: &'r Arrival,
    /// The body as it was taken, or `None` if it cannot be read.
    body: Option<&'r str>,
    consumptions: Vec<Consumption>,
    limits: Vec<Limit>,
    visits: usize,
    /// True if the delivery was taken from a channel, which is visited first.
    starts_at_channel: bool,
    /// True if the delivery is sent on to a bus with its own tap.
    is_counted_elsewhere: bool,
    /// The channels of the current way by their raw names, because two masked names may be equal.
    underway: Vec<Stop<'r>>,
}

impl<'r> Traversal<'r> {
    /// Creates the traversal of a delivery that came over these channels.
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
            starts_at_channel: false,
            is_counted_elsewhere: false,
            underway: way
                .iter()
                .take(before_last)
                .filter(|stop| stop.name.is_some())
                .copied()
                .collect(),
        }
    }

    /// Returns the consumers that were reached, and the limits. What reached a consumer twice on one way
    /// is there once, on the stronger basis.
    pub(super) fn finish(self) -> (Vec<Consumption>, Vec<Limit>) {
        let mut consumptions: Vec<Consumption> = Vec::with_capacity(self.consumptions.len());
        for one in self.consumptions {
            let same = consumptions.iter_mut().find(|other| {
                matches!(
                    (&other.received, &one.received),
                    (Received::Whole, Received::Whole)
                ) && other.consumer == one.consumer
                    && other.channels == one.channels
            });
            match same {
                Some(other) => other.basis = other.basis.max(one.basis),
                None => consumptions.push(one),
            }
        }
        (consumptions, self.limits)
    }

    /// Adds the party that holds the record. A dead-letter queue is itself the consumer, so it is
    /// not a channel on the way. A log group comes before all channels on which the record was
    /// seen.
    pub(super) fn arrive_at_holder(&mut self, holder: Party, channels: &[Channel]) {
        let before = match (holder.kind, channels.split_last()) {
            (PartyKind::DeadLetterQueue, Some((_, before))) => before.to_vec(),
            _ => Vec::new(),
        };
        self.arrive(holder, before, Basis::Observed, Payload::default());
    }

    /// Follows the delivery from the channel it was taken from, which is the last of its channels.
    pub(super) fn follow_from(&mut self, last: Option<&Stop<'r>>, mut channels: Vec<Channel>) {
        match last {
            Some(stop @ Stop { name: Some(_), .. }) => {
                self.starts_at_channel = true;
                let over = channels.clone();
                channels.pop();
                let mut payload = Payload {
                    sent_by_bus: self.was_sent_by_bus(stop),
                    is_replay: self.arrival.replay,
                    ..Payload::default()
                };
                let is_from_topic = channels.last().map(|before| before.kind);
                if is_from_topic == Some(ChannelKind::Topic) && stop.kind == ChannelKind::Queue {
                    // The envelope named the topic, so the message in the queue was a notification.
                    let attributes = self.arrival.attributes.as_deref();
                    payload = payload.as_notification(self.body, attributes);
                }
                self.visit(*stop, channels, Basis::Observed, payload);
                if self.consumptions.is_empty() && !self.is_counted_elsewhere {
                    // Every way leads back to its start, or nothing could be sent.
                    self.arrive(
                        Party::NO_CONSUMER,
                        over,
                        Basis::Observed,
                        Payload::default(),
                    );
                }
            }
            _ if self.consumptions.is_empty() => {
                let payload = Payload::default();
                self.arrive(Party::UNATTRIBUTED, channels, Basis::Observed, payload);
            }
            _ => {}
        }
    }

    /// Follows a record that came without a channel from the bucket or the log group that sent it.
    pub(super) fn follow_from_sender(&mut self) {
        let arrival = self.arrival;
        let (kind, name, home) = match (&arrival.holder, &arrival.sender) {
            (Some(holder), _) if holder.kind == PartyKind::LogGroup => {
                (ResourceKind::LogGroup, holder.name.as_str(), holder.home)
            }
            (None, Some(Sender::Bucket(name))) => {
                (ResourceKind::Bucket, name.as_str(), arrival.sender_home)
            }
            _ => return,
        };
        let router = self.router;
        let name = router.known_as(kind, name, home);
        let sent = router
            .senders
            .get(&kind)
            .and_then(|all| all.find(name, home));
        for route in sent.into_iter().flat_map(|(_, all)| all) {
            if let Endpoint::Channel {
                kind: ChannelKind::Queue,
                name,
                home,
            } = &route.to
                && router.taps.find(name, *home).is_some()
            {
                // The queue of a tap belongs to the tracer and is not a consumer.
                continue;
            }
            let basis = Basis::Matched.if_certain(!route.is_restricted);
            let payload = Payload::default().sent_on();
            self.follow(&route.to, Vec::new(), basis, payload);
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
            Some(Changed::Unknown) => Received::Changed(Document::Opaque(Unread::MadeOnTheWay)),
            Some(Changed::Text(text)) if serde_json::from_str::<IgnoredAny>(&text).is_ok() => {
                Received::Changed(Document::Json(text))
            }
            Some(Changed::Text(text)) => Received::Changed(Document::Text(text)),
        };
        self.consumptions.push(Consumption {
            consumer,
            channels,
            basis,
            received,
        });
    }

    /// Follows the delivery from a channel to everything that reads it.
    fn visit(&mut self, stop: Stop<'r>, before: Vec<Channel>, basis: Basis, payload: Payload) {
        let Stop { kind, home, .. } = stop;
        let Some(name) = stop.name else {
            return self.arrive(Party::UNATTRIBUTED, before, basis, payload);
        };
        let times = self
            .underway
            .iter()
            .filter(|one| one.is_same(&stop))
            .count();
        // A pipe makes another event, which other rules of the same bus may accept.
        let is_once_more = payload.is_new_event && times == 1;
        if times > 0 && !is_once_more {
            // The channels form a loop, and the consumers on it have been reached.
            return;
        }
        let payload = Payload {
            is_new_event: false,
            ..payload
        };
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
                self.over_readers(queue.map(|(_, queue)| queue), stop, way, basis, payload);
            }
            ChannelKind::Stream => {
                let stream = router.read(name, home);
                self.over_readers(stream.map(|(_, stream)| stream), stop, way, basis, payload);
            }
            ChannelKind::Pipe => self.arrive(Party::UNATTRIBUTED, way, basis, payload),
        }
        self.underway.pop();
    }

    /// Follows the delivery to the endpoint of one step.
    fn follow(&mut self, to: &'r Endpoint, way: Vec<Channel>, basis: Basis, payload: Payload) {
        match to {
            Endpoint::Channel { kind, name, home } => {
                let stop = self.router.stop(*kind, Some(name), *home);
                self.visit(stop, way, basis, payload);
            }
            Endpoint::Consumer(party) => self.arrive(party.clone(), way, basis, payload),
            Endpoint::Firehose { stream, functions } => {
                for (function, is_approximate) in functions {
                    let basis = basis.if_certain(!is_approximate);
                    self.arrive(function.clone(), way.clone(), basis, payload.clone());
                }
                self.arrive(stream.clone(), way, basis, payload);
            }
        }
    }
}
