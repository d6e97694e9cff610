//! A `CloudEvent` 1.0 in structured mode, in any channel.
//!
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>. The whole event is the
//! document, so that paths begin with `$.data`.

use serde::Deserialize;

use super::Envelope;
use super::fields::TopFields;
use super::opener::Opener;
use super::random_id::identify;
use super::unreadable::Reason;
use crate::delivery::{Arrival, Sender};
use crate::home::Home;
use crate::time::from_rfc3339;

pub(super) struct Structured;

#[derive(Deserialize)]
struct CloudEventFields {
    id: String,
    source: String,
    #[serde(rename = "type")]
    event_type: String,
    time: Option<String>,
}

impl Envelope for Structured {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.specversion.is_some() && fields.source.is_some() && fields.event_type.is_some()
    }

    fn open(&self, fields: &TopFields<'_>, text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let mut arrival = around.clone();
        let Ok(event) = serde_json::from_str::<CloudEventFields>(text) else {
            return opener.unreadable(arrival, Reason::WrongForm);
        };
        if opener.is_outermost() {
            // `source` and `id` together identify an event (section "id"). The length keeps
            // `a/b` and `c` apart from `a` and `b/c`.
            let length = event.source.len();
            let whole = format!("cloudevent:{length}:{}/{}", event.source, event.id);
            identify(&mut arrival, &event.id, whole);
        }
        arrival.event_type = event.event_type.into();
        arrival.time = event
            .time
            .as_deref()
            .and_then(from_rfc3339)
            .or(arrival.time);
        arrival.sender = Some(Sender::Source(event.source));
        arrival.sender_home = Home::UNKNOWN;
        opener.deliver_with_body(arrival, text, fields.data);
    }
}
