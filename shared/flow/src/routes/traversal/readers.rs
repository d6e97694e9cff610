//! Follows a record of a queue or a stream to the readers that accept it.

use eventbridge_pattern::Event;

use super::super::payload::{Attributes, Changed, Payload, PipeRecord};
use super::super::stop::Stop;
use super::super::{Endpoint, PipeRoute, ReaderRoute, Readers};
use super::Traversal;
use crate::channel::{Channel, ChannelKind};
use crate::edge::Basis;
use crate::limit::Limit;
use crate::party::{Party, PartyKind};
use crate::topology::{Input, NotSent, Record};

impl<'r> Traversal<'r> {
    pub(super) fn over_readers(
        &mut self,
        readers: Option<&'r Readers>,
        at: Stop<'r>,
        way: Vec<Channel>,
        basis: Basis,
        payload: Payload,
    ) {
        let Some(channel) = readers.filter(|channel| !channel.readers.is_empty()) else {
            if !readers.is_some_and(|channel| channel.dead_letter) {
                if self.arrival.holder.is_none() {
                    self.arrive(Party::UNATTRIBUTED, way, basis, payload);
                }
            } else if self.visits > 1 || !self.starts_at_channel {
                // A queue that also holds dead letters keeps what is sent to it. The one from which the
                // delivery was taken was added as the holder already.
                let mut before = way;
                if let Some(queue) = before.pop() {
                    let holder = Party {
                        kind: PartyKind::DeadLetterQueue,
                        name: Some(queue.name),
                        home: queue.home,
                    };
                    self.arrive(holder, before, basis, payload);
                }
            }
            return;
        };
        // What was read from another channel is not the record that was taken, even if a pipe sent all of
        // it on.
        let is_as_taken = payload.changed.is_none()
            && payload.around.is_none()
            && payload.attributes == Attributes::OfDelivery;
        let record = Record {
            text: payload.text(self.body),
            headers: self.arrival.headers.as_deref().filter(|_| is_as_taken),
            change: self.arrival.change.as_deref().filter(|_| is_as_taken),
            is_notification: payload.is_notification,
            has_unknown_attributes: payload.attributes == Attributes::Unknown,
        };
        let mut taken = Vec::new();
        for reader in &channel.readers {
            match reader.filters.accepts(&record) {
                Some(true) if reader.filters.is_empty() => taken.push((reader, basis)),
                Some(true) => taken.push((reader, basis.min(Basis::Matched))),
                Some(false) => {}
                None => taken.push((reader, basis.if_certain(false))),
            }
        }
        let is_taken = !taken.is_empty();
        for (reader, basis) in taken {
            match &reader.to {
                ReaderRoute::Consumer(to) => self.follow(to, way.clone(), basis, payload.clone()),
                ReaderRoute::Pipe(pipe) => {
                    let read = PipeRecord::of(at, record.text, record.headers, record.change);
                    self.over_pipe(pipe, read.as_ref(), way.clone(), basis, &payload);
                }
            }
        }
        if !is_taken {
            // No filter accepts the record, so the event source mapping deletes the message unread.
            self.arrive(Party::NO_CONSUMER, way, basis, payload);
        }
    }

    /// Sends a record over a pipe, to its enrichment and to its target.
    fn over_pipe(
        &mut self,
        pipe: &'r PipeRoute,
        record: Option<&PipeRecord>,
        mut way: Vec<Channel>,
        basis: Basis,
        payload: &Payload,
    ) {
        way.push(pipe.channel.clone());
        if let Some((enrichment, input)) = &pipe.enrichment {
            match self.sent_by_pipe(pipe, input, record, payload) {
                Some(sent) => self.follow(enrichment, way.clone(), basis, sent),
                None => self.limits.push(Limit::InputTooLarge),
            }
        }
        let Some(mut sent) = self.sent_by_pipe(pipe, &pipe.input, record, payload) else {
            return self.limits.push(Limit::InputTooLarge);
        };
        let is_to_bus = matches!(
            pipe.to,
            Endpoint::Channel {
                kind: ChannelKind::Bus,
                ..
            }
        );
        if pipe.enrichment.is_some() {
            // The target receives the answer of the enrichment, which is unknown here.
            sent = Payload {
                changed: Some(Changed::Unknown),
                around: None,
                ..sent
            };
        } else if let (true, Some(record)) = (is_to_bus, record) {
            let (event, is_kind_unknown) = record.event(pipe, sent.text(None).unwrap_or("{}"));
            sent = match sent.changed {
                // The consumer receives the event, whose detail is the text of the template.
                Some(Changed::Text(_)) if pipe.input.is_transformer() => Payload::changed_to(event),
                changed => Payload {
                    changed,
                    around: Some(event),
                    ..sent
                },
            };
            sent.is_kind_unknown = is_kind_unknown;
        }
        // A pipe puts a new event on a bus, even if the record was a replayed event.
        let sent = Payload {
            is_replay: false,
            is_new_event: is_to_bus,
            ..sent
        };
        self.follow(&pipe.to, way, basis, sent);
    }

    /// Returns the payload that a pipe sends with an input, or `None` if it is too large to be
    /// sent.
    fn sent_by_pipe(
        &self,
        pipe: &PipeRoute,
        input: &Input,
        record: Option<&PipeRecord>,
        payload: &Payload,
    ) -> Option<Payload> {
        let Some(record) = record else {
            let changed = input.is_transformer().then_some(Changed::Unknown);
            return Some(Payload {
                changed: payload.changed.clone().or(changed),
                ..payload.sent_on()
            });
        };
        if !input.is_transformer() {
            return Some(Payload {
                around: Some(record.whole()),
                is_notification: false,
                ..payload.sent_on()
            });
        }
        let parsed = record.parsed();
        let event = Event::parse(parsed.as_bytes()).ok()?;
        match input.apply(&event, &pipe.name, self.arrival.time) {
            Ok(Some(text)) => Some(Payload::changed_to(text)),
            Ok(None) => Some(payload.sent_on()),
            Err(NotSent) => None,
        }
    }
}
