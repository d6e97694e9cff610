//! SNS: the event with which a topic invokes a function, and the notification it puts into a queue.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>,
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>. The message is
//! opened in turn. With raw message delivery there is no envelope.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::fields::TopFields;
use super::opener::Opener;
use super::unreadable::Reason;
use super::{EVENT_TYPE_ATTRIBUTES, Envelope};
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, RawChannel};
use crate::time::from_rfc3339;

/// `{"Records":[{"EventSource":"aws:sns","Sns":{…}}]}`
pub(super) struct SnsEvent;

/// `{"Type":"Notification","TopicArn":…,"Message":…}`
pub(super) struct SnsNotification;

#[derive(Deserialize)]
struct SnsRecord {
    #[serde(rename = "Sns")]
    sns: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    message_id: String,
    topic_arn: String,
    message: String,
    subject: Option<String>,
    timestamp: Option<String>,
    message_attributes: Option<Value>,
}

impl Envelope for SnsEvent {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.has_records_of("aws:sns")
    }

    fn open(&self, fields: &TopFields<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let Some(records) = fields.records else {
            return;
        };
        opener.each_record(records, around, |opener, record: SnsRecord, _, arrival| {
            record.sns.open(arrival, opener);
        });
    }
}

impl Envelope for SnsNotification {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields
            .sns_type
            .is_some_and(|raw| raw.get() == r#""Notification""#)
            && fields.topic_arn.is_some()
            && fields.message.is_some()
    }

    fn open(&self, _shape: &TopFields<'_>, text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        match serde_json::from_str::<Body>(text) {
            Ok(body) => body.open(around.clone(), opener),
            Err(_) => opener.unreadable(around.clone(), Reason::WrongForm),
        }
    }
}

impl Body {
    fn open(self, mut arrival: Arrival, opener: &mut Opener<'_>) {
        if opener.is_outermost() {
            arrival.id = format!("sns:{}", self.message_id);
        }
        arrival
            .channels
            .insert(0, RawChannel::from_arn(ChannelKind::Topic, &self.topic_arn));
        arrival.event_type = "notification".into();
        arrival.time = self
            .timestamp
            .as_deref()
            .and_then(from_rfc3339)
            .or(arrival.time);
        arrival.first_received = arrival.first_received.or(arrival.time);
        // In a queue the sender is the topic's own identity and not the publisher.
        arrival.sender = None;
        if let Some(subject) = self.subject {
            arrival.add_header("subject", &Value::String(subject).to_string());
        }
        // A notification lists all attributes of its message, so a message without a list has no attributes.
        let attributes = self.message_attributes.filter(Value::is_object);
        let mut attributes = attributes.unwrap_or_else(|| Value::Object(Map::new()));
        // They are written in one order in every build.
        attributes.sort_all_objects();
        if let Some(event_type) = event_type(&attributes) {
            arrival.event_type = event_type.into();
        }
        if attributes.as_object().is_some_and(|all| !all.is_empty()) {
            arrival.add_header("messageAttributes", &attributes.to_string());
        }
        arrival.attributes = Some(Arc::new(attributes));
        opener.open_text(&self.message, &arrival);
    }
}

fn event_type(attributes: &Value) -> Option<String> {
    EVENT_TYPE_ATTRIBUTES
        .iter()
        .find_map(|name| attributes.get(name)?.get("Value")?.as_str())
        .map(str::to_owned)
}
