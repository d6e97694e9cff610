//! An EventBridge event, on its own (as a rule's target gets it) or in a queue, a topic or a
//! stream.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>. The event
//! does not name its bus: that is known from the tap or the topology. The whole event is the
//! document, so that paths begin with `$.detail`.

use super::Envelope;
use super::fields::{TopFields, read};
use super::opener::Opener;
use super::random_id::identify;
use super::unreadable::Reason;
use crate::delivery::{Arrival, RawChannel, Sender};
use crate::home::Home;
use crate::time::from_rfc3339;

pub(super) struct EventBridgeEvent;

/// The fields of an event that describe its arrival.
struct EventBridgeFields {
    source: String,
    detail_type: String,
    id: Option<String>,
    time: Option<String>,
    replay_name: Option<String>,
    /// The home of the sender.
    home: Home,
}

impl EventBridgeFields {
    fn of(fields: &TopFields<'_>) -> Option<Self> {
        let text = |raw| read::<String>(raw).unwrap_or_default();
        Some(Self {
            source: read(fields.source)?,
            detail_type: read(fields.detail_type)?,
            id: read(fields.id)?,
            time: read(fields.time)?,
            replay_name: read(fields.replay_name)?,
            home: Home::of(&text(fields.account), &text(fields.region)),
        })
    }
}

impl Envelope for EventBridgeEvent {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.source.is_some() && fields.detail_type.is_some() && fields.detail.is_some()
    }

    fn open(&self, fields: &TopFields<'_>, text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let mut arrival = around.clone();
        let Some(event) = EventBridgeFields::of(fields) else {
            return opener.unreadable(arrival, Reason::WrongForm);
        };
        // In a queue the message is redelivered and not the event, so the message's id is kept.
        if let (true, Some(id)) = (opener.is_outermost(), &event.id) {
            let whole = match &event.replay_name {
                // A replayed event has its first id again, but it is another delivery.
                Some(replay) => format!("eventbridge:{id}@{replay}"),
                None => format!("eventbridge:{id}"),
            };
            identify(&mut arrival, id, whole);
        }
        arrival.channels.insert(0, RawChannel::BUS);
        arrival.event_type = event.detail_type.into();
        arrival.time = event
            .time
            .as_deref()
            .and_then(from_rfc3339)
            .or(arrival.time);
        arrival.sender = Some(Sender::Source(event.source));
        arrival.sender_home = event.home;
        arrival.replay = event.replay_name.is_some();
        opener.deliver_with_body(arrival, text, fields.detail);
    }
}
