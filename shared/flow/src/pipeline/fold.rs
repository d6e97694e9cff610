//! Folds one delivery: finds its consumers, its data classes, and the content that each consumer
//! received.
//!
//! This happens after a record is opened and before it is added up in the tally.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piitrail_detect::{DataClass, LimitsReached, Subject};

use super::invocation_time::InvocationTime;
use super::outcome::Outcome;
use super::tally::{Hop, Seen, Tally};
use super::triage::Content;
use super::{Chunk, Tracer};
use crate::announcement::{EVENT_SOURCE, FIRST_SEEN_DETAIL_TYPE};
use crate::delivery::{Arrival, Delivery, Sender};
use crate::edge::{ClassFacts, EdgeKey, Flow};
use crate::ledger::Coverage;
use crate::limit::Limit;
use crate::name::Name;
use crate::party::Party;
use crate::routes::{Consumption, Received, Routed};
use crate::subject::{Sighting, Sightings, SubjectId};
use crate::time::{Day, day_of};

/// The most people of one event that are indexed. All people are counted.
const INDEXED_MAX: usize = 1_000;

/// The properties that all hops of one event share.
struct EventProperties<'e> {
    at: Timestamp,
    day: Day,
    producer: &'e Party,
    event_type: &'e Name,
    /// The name of the sender, as a hint for detection.
    source: Option<&'e str>,
    is_replay: bool,
}

impl Tracer<'_> {
    /// Folds one delivery into hops: one for each consumer, with the content that it received.
    pub(super) fn fold(
        &self,
        delivery: &Delivery,
        chunk: &mut Chunk,
        time: InvocationTime,
        outcome: &mut Outcome,
    ) -> Seen {
        let arrival = &delivery.arrival;
        let Chunk { tally, headers, .. } = chunk;
        let mut coverage = Coverage {
            deliveries: 1,
            ..Coverage::default()
        };
        if is_own_event(arrival) {
            coverage.add_limit(Limit::OwnEvent, 1);
            outcome.add_limits(&coverage);
            return self.seen_at(arrival, time.today, coverage, tally);
        }
        let (at, is_implausible) = time.plausible(arrival.time);
        if is_implausible {
            coverage.add_limit(Limit::EventTime, 1);
        }
        let (routed, event_type) = self.route(delivery, time.today, &mut coverage);
        let event = EventProperties {
            at,
            day: day_of(at),
            producer: &routed.producer,
            event_type: &event_type,
            source: arrival.sender.as_ref().map(Sender::name),
            is_replay: arrival.replay,
        };

        let headers = headers.triage(self, arrival, event.source, tally);
        let body = self.triage_body(delivery, event.source, tally);
        let whole = Content {
            body: &body,
            headers: headers.as_deref(),
        };
        outcome.add_findings(whole.findings());
        outcome.add_unread(whole.unread());
        let mut limits = whole.limits();

        let mut hops = Vec::new();
        let mut sightings = Sightings::default();
        for consumption in routed.consumptions {
            let hop = self.hop(
                consumption,
                &event,
                whole,
                &mut limits,
                tally,
                &mut sightings,
            );
            tally.add_hop(&mut hops, hop);
        }

        let of_index = (whole.subjects().count() > INDEXED_MAX).then_some(Limit::SubjectIndex);
        let of_way = routed.limits.into_iter().chain(delivery.limit);
        for limit in of_way.chain(of_index) {
            coverage.add_limit(limit, 1);
        }
        for (limit, times) in limits.iter() {
            coverage.add_limit(Limit::Search(limit), u64::from(times));
        }
        outcome.add_limits(&coverage);
        Seen {
            place: tally.place(event.day, routed.taken_from),
            coverage,
            hops,
            sightings,
        }
    }

    /// Returns the producer, the consumers and the event type of a delivery.
    fn route(&self, delivery: &Delivery, today: Day, coverage: &mut Coverage) -> (Routed, Name) {
        let mut routed = self.router.route(delivery);
        let mut event_type = self.router.name(&delivery.arrival.event_type);
        if self
            .vocabulary
            .admit(today, &mut routed.producer, &mut event_type)
        {
            coverage.add_limit(Limit::EventTypes, 1);
        }
        if event_type.is_cut() || routed.producer.name.as_ref().is_some_and(Name::is_cut) {
            coverage.add_limit(Limit::NameLength, 1);
        }
        (routed, event_type)
    }

    /// Returns the hop of an event to one consumer.
    fn hop(
        &self,
        consumption: Consumption,
        event: &EventProperties<'_>,
        whole: Content<'_>,
        limits: &mut LimitsReached,
        tally: &mut Tally,
        sightings: &mut Sightings,
    ) -> Hop {
        let changed;
        let content = match &consumption.received {
            Received::Whole => whole,
            Received::Changed(document) => {
                changed = self.triage(document, event.source, tally);
                // A transformer drops the headers.
                let content = Content {
                    body: &changed,
                    headers: None,
                };
                limits.merge(&content.limits());
                content
            }
        };
        let key = EdgeKey {
            flow: Flow {
                producer: event.producer.clone(),
                consumer: consumption.consumer,
                channels: consumption.channels,
                event_type: event.event_type.clone(),
            },
            basis: consumption.basis,
        };
        let class_set = content.class_set(tally);
        let classes = tally.classes(class_set);
        self.index(content.subjects(), event.day, &key, classes, sightings);
        Hop {
            edge: tally.edge(event.day, key),
            at: event.at,
            is_replay: event.is_replay,
            is_unreadable: content.is_unreadable(),
            unread: content.unread(),
            class_set,
            people: content.people(),
        }
    }

    /// Adds sightings of people on an edge, if a subject index is kept.
    fn index<'l>(
        &self,
        people: impl Iterator<Item = &'l Subject>,
        day: Day,
        edge: &EdgeKey,
        classes: &BTreeMap<DataClass, ClassFacts>,
        sightings: &mut Sightings,
    ) {
        let Some(with) = self.fingerprinting.filter(|with| with.index) else {
            return;
        };
        let sighting = Sighting {
            first_seen: day,
            last_seen: day,
            classes: classes.keys().copied().collect(),
        };
        for subject in people.take(INDEXED_MAX) {
            let id = SubjectId {
                epoch: with.key.epoch.clone(),
                subject: *subject,
            };
            sightings.add(id, edge.clone(), &sighting);
        }
    }
}

/// Returns true if a delivery is an announcement of Piitrail's that came back to a tap. It is not
/// traced: it holds no personal data, and its receivers asked for it.
fn is_own_event(arrival: &Arrival) -> bool {
    let is_ours = matches!(&arrival.sender, Some(Sender::Source(source)) if source == EVENT_SOURCE);
    is_ours && &*arrival.event_type == FIRST_SEEN_DETAIL_TYPE
}
