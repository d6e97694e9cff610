//! Follows an event over a bus: its rules accept it or not, and send it on.

use eventbridge_pattern::Event;

use super::super::payload::{Payload, SentByBus};
use super::super::stop::Stop;
use super::super::{BusRoutes, DeadLetters, Endpoint, TargetRoute};
use super::Traversal;
use crate::channel::{Channel, ChannelKind};
use crate::edge::Basis;
use crate::home::Located;
use crate::limit::Limit;
use crate::party::Party;
use crate::topology::NotSent;

impl<'r> Traversal<'r> {
    pub(super) fn over_bus(
        &mut self,
        bus: Option<&'r BusRoutes>,
        way: Vec<Channel>,
        basis: Basis,
        payload: Payload,
    ) {
        let (Some(bus), Some(body)) = (bus, payload.text(self.body)) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, payload);
        };
        let Ok(event) = Event::parse(body.as_bytes()) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, payload);
        };
        let patterns = if payload.is_kind_unknown {
            bus.without_kind.as_ref()
        } else {
            Some(&bus.patterns)
        };
        let Some(patterns) = patterns else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, payload);
        };
        let mut is_sent = false;
        for accepting in patterns.accepting(&event) {
            let number = accepting.number;
            if payload.is_replay && number >= bus.first_archive {
                // The rule that fills an archive skips events with a `replay-name`.
                continue;
            }
            if !accepting.is_decided {
                self.limits.push(Limit::PatternUndecided);
            }
            // A way is as certain as its least certain step.
            let basis = basis.min(Basis::Matched).if_certain(accepting.is_certain);
            for target in &bus.targets[number] {
                is_sent |= self.over_target(target, &event, &way, basis, &payload);
            }
        }
        if let Some(v2) = &bus.v2 {
            is_sent |= self.over_subscribers(v2, body, &event, &way, basis, &payload);
        }
        if !is_sent {
            self.arrive(Party::NO_CONSUMER, way, basis, payload);
        }
    }

    /// Sends an event to a target of a rule. Returns true if a party holds the event then.
    fn over_target(
        &mut self,
        target: &'r TargetRoute,
        event: &Event<'_>,
        way: &[Channel],
        basis: Basis,
        payload: &Payload,
    ) -> bool {
        let mut basis = basis.if_certain(!target.is_approximate);
        let mut sent_by_bus = SentByBus::No;
        if let Endpoint::Channel { kind, name, home } = &target.to {
            match kind {
                // The queue of a tap belongs to the tracer and is not a consumer.
                ChannelKind::Queue if self.router.taps.find(name, *home).is_some() => return false,
                ChannelKind::Bus => {
                    let next = self.router.stop(*kind, Some(name), *home);
                    if self.underway.iter().any(|one| one.is_same(&next)) {
                        // The event would go back to a bus that it came from, which also counts as
                        // a third bus.
                        return self.third_bus(target, way, basis, payload);
                    }
                    match payload.sent_by_bus {
                        SentByBus::Yes => return self.third_bus(target, way, basis, payload),
                        SentByBus::Perhaps => {
                            basis = basis.if_certain(false);
                            self.third_bus(target, way, basis, payload);
                        }
                        SentByBus::No => {}
                    }
                    let next = self.router.buses.find(name, *home);
                    if next.is_some_and(|(_, next)| next.is_tapped) {
                        self.is_counted_elsewhere = true;
                        return true;
                    }
                    sent_by_bus = SentByBus::Yes;
                }
                _ => {}
            }
        }
        let sent = match target.input.apply(event, &target.rule, self.arrival.time) {
            Ok(Some(text)) => Payload::changed_to(text),
            Ok(None) => payload.sent_on(),
            Err(NotSent) => {
                self.limits.push(Limit::InputTooLarge);
                return true;
            }
        };
        let sent = Payload {
            sent_by_bus,
            ..sent
        };
        self.follow(&target.to, way.to_vec(), basis, sent);
        true
    }

    /// Sends an event that would go to a third bus to the target's dead-letter queue and to those that
    /// read it. Without one, the event is dropped.
    fn third_bus(
        &mut self,
        target: &'r TargetRoute,
        way: &[Channel],
        basis: Basis,
        payload: &Payload,
    ) -> bool {
        let Some(queue) = &target.dead_letters else {
            return false;
        };
        self.over_dead_letters(queue, way, basis, payload.sent_on());
        true
    }

    /// Sends a record that could not be delivered to a dead-letter queue, which holds it, and to those
    /// that read the queue.
    pub(super) fn over_dead_letters(
        &mut self,
        queue: &'r DeadLetters,
        way: &[Channel],
        basis: Basis,
        payload: Payload,
    ) {
        self.arrive(queue.holder.clone(), way.to_vec(), basis, payload.clone());
        let Located { name, home } = &queue.queue;
        let described = self.router.queues.find(name, *home);
        // A dead-letter queue needs no reader.
        if described.is_some_and(|(_, queue)| !queue.readers.is_empty()) {
            let stop = self.router.stop(ChannelKind::Queue, Some(name), *home);
            self.visit(stop, way.to_vec(), basis, payload);
        }
    }

    /// Returns whether another bus sent the delivery to the bus it was taken from. The event itself
    /// does not say so. Its account is its sender's, and a sender normally publishes to a bus of
    /// its own account.
    pub(super) fn was_sent_by_bus(&self, stop: &Stop<'r>) -> SentByBus {
        let name = stop.name.filter(|_| stop.kind == ChannelKind::Bus);
        let Some((at, bus)) = name.and_then(|name| self.router.buses.find(name, stop.home)) else {
            return SentByBus::No;
        };
        if !bus.sends_to_a_bus || bus.fed_by.is_empty() {
            return SentByBus::No;
        }
        let Some(event) = self
            .body
            .and_then(|body| Event::parse(body.as_bytes()).ok())
        else {
            return SentByBus::No;
        };
        let feeds = |from: &&Located| {
            let feeder = self.router.buses.find(&from.name, from.home);
            feeder.is_some_and(|(_, feeder)| {
                feeder.patterns.accepting(&event).iter().any(|one| {
                    feeder.targets[one.number].iter().any(|target| {
                        matches!(&target.to, Endpoint::Channel { kind: ChannelKind::Bus, name, home }
                            if Some(name.as_str()) == stop.name && home.fits(&at))
                    })
                })
            })
        };
        let mut answer = SentByBus::No;
        for from in bus.fed_by.iter().filter(feeds) {
            let sender = self.arrival.sender_home.account;
            match (sender, from.home.account, at.account) {
                (Some(sender), Some(from), Some(at)) if from != at && sender == from => {
                    return SentByBus::Yes;
                }
                (Some(sender), Some(from), Some(at)) if from != at && sender == at => {}
                _ => answer = SentByBus::Perhaps,
            }
        }
        answer
    }
}
