//! Follows an event over a V2 bus: the bus keeps it, and its subscribers take it or not.
//!
//! A subscriber sends a new event. It may go on to any number of buses, also to a classic one and from
//! there to another ("Event bus target: bus to bus" in the guide of EventBridge).

use eventbridge_pattern::Event;

use super::super::payload::{Attributes, Changed, Payload};
use super::super::{Endpoint, SubscriberRoute, V2Routes};
use super::Traversal;
use crate::channel::{Channel, ChannelKind};
use crate::edge::Basis;
use crate::limit::Limit;
use crate::topology::{Made, Metadata, Transformer};

/// The record that the queue of a subscriber receives about an event that went round in a loop. The
/// event is not in it ("The dead-letter record").
const LOOP: &str = r#"{"errorCode":"LOOP_DETECTED"}"#;

/// What it is told of an event of which an expression made nothing.
const NOTHING: &str = r#"{"errorCode":"INPUT_TRANSFORMATION_FAILURE"}"#;

impl<'r> Traversal<'r> {
    /// Sends an event of a V2 bus to its subscribers. The bus itself keeps it.
    pub(super) fn over_subscribers(
        &mut self,
        bus: &'r V2Routes,
        data: &str,
        event: &Event<'_>,
        way: &[Channel],
        basis: Basis,
        payload: &Payload,
    ) -> bool {
        let basis = basis.min(Basis::Matched);
        self.arrive(bus.store.clone(), way.to_vec(), basis, payload.sent_on());
        let metadata = Metadata::of(data);
        for accepting in bus.data.accepting(event) {
            let subscriber = &bus.subscribers[accepting.number];
            if !accepting.is_decided {
                self.limits.push(Limit::PatternUndecided);
            }
            let basis = match subscriber.filters.accept(&metadata) {
                Some(false) => continue,
                accepts => basis.if_certain(accepts.is_some() && accepting.is_decided),
            };
            self.over_subscriber(subscriber, &metadata, data, way, basis, payload);
        }
        true
    }

    fn over_subscriber(
        &mut self,
        subscriber: &'r SubscriberRoute,
        metadata: &Metadata,
        data: &str,
        way: &[Channel],
        mut basis: Basis,
        payload: &Payload,
    ) {
        if let Endpoint::Channel { kind, name, home } = &subscriber.to {
            match kind {
                // The queue of a tap belongs to the tracer and is not a consumer.
                ChannelKind::Queue if self.router.taps.find(name, *home).is_some() => return,
                ChannelKind::Bus => {
                    let next = self.router.stop(*kind, Some(name), *home);
                    if self.underway.iter().any(|one| one.is_same(&next)) {
                        return self.failed(subscriber, LOOP, way, basis);
                    }
                    let next = self.router.buses.find(name, *home);
                    if next.is_some_and(|(_, next)| next.is_tapped) {
                        self.is_counted_elsewhere = true;
                        return;
                    }
                }
                _ => {}
            }
        }
        let sent = match &subscriber.transformer {
            Transformer::Raw => payload.sent_on(),
            Transformer::WithMetadata => Payload::changed_to(metadata.around(data)),
            Transformer::Jsonata(expression) => match expression.apply(&metadata.around(data)) {
                Made::Text(text) => Payload::changed_to(text),
                Made::Nothing => return self.failed(subscriber, NOTHING, way, basis),
                Made::Unknown => self.unknown(&mut basis),
            },
            Transformer::Unknown => self.unknown(&mut basis),
        };
        let sent = Payload {
            attributes: if subscriber.sets_attributes {
                Attributes::Unknown
            } else {
                Attributes::None
            },
            // It is a new event, even if it was made of a replayed one.
            is_replay: false,
            ..sent
        };
        self.follow(&subscriber.to, way.to_vec(), basis, sent);
    }

    /// An event that is not delivered: the queue of the subscriber is told so.
    fn failed(
        &mut self,
        subscriber: &'r SubscriberRoute,
        record: &str,
        way: &[Channel],
        basis: Basis,
    ) {
        if let Some(queue) = &subscriber.dead_letters {
            let told = Payload::changed_to(record.to_owned());
            self.over_dead_letters(queue, way, basis, told);
        }
    }

    /// What a transformer makes that is not known. Whether it makes anything is not known either.
    fn unknown(&mut self, basis: &mut Basis) -> Payload {
        self.limits.push(Limit::TransformerUndecided);
        *basis = (*basis).min(Basis::Configured);
        Payload {
            changed: Some(Changed::Unknown),
            ..Payload::default()
        }
    }
}
