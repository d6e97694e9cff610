//! A batch of SQS messages, as an event source mapping passes it to a function.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>. SQS counts how often it hands out
//! a message, so the store is only asked about messages that it handed out before
//! ([`crate::store`]). The body is opened in turn: an EventBridge event, an SNS or S3 notification,
//! a `CloudEvent`, JSON or text.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::TopFields;
use super::opener::Opener;
use super::unreadable::Reason;
use super::{EVENT_TYPE_ATTRIBUTES, Envelope};
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, Holder, RawChannel, Sender};
use crate::home::Home;
use crate::party::PartyKind;
use crate::time::from_epoch_ms;

pub(super) struct SqsBatch;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'t> {
    message_id: String,
    body: Option<String>,
    attributes: Option<SqsAttributes>,
    #[serde(borrow)]
    message_attributes: Option<&'t RawValue>,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct SqsAttributes {
    approximate_receive_count: Option<String>,
    approximate_first_receive_timestamp: Option<String>,
    sent_timestamp: Option<String>,
    sender_id: Option<String>,
    dead_letter_queue_source_arn: Option<String>,
}

impl Envelope for SqsBatch {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.has_records_of("aws:sqs")
    }

    fn open(&self, fields: &TopFields<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let Some(records) = fields.records else {
            return;
        };
        opener.each_record(
            records,
            around,
            |opener, message: Message<'_>, _, mut arrival| {
                let queue = RawChannel::from_arn(ChannelKind::Queue, &message.event_source_arn);
                let attributes = message.attributes.unwrap_or_default();
                let is_dead = attributes.dead_letter_queue_source_arn.is_some();
                if opener.is_outermost() {
                    arrival.id = id(&message.event_source_arn, &message.message_id);
                    arrival.item = Some(message.message_id);
                    attributes.tell_receptions(&mut arrival);
                }
                attributes.tell_sending(&mut arrival);
                arrival.event_type = "message".into();

                let attributes: BTreeMap<String, &RawValue> = message
                    .message_attributes
                    .and_then(|raw| serde_json::from_str(raw.get()).ok())
                    .unwrap_or_default();
                if let Some(event_type) = event_type(&attributes) {
                    arrival.event_type = event_type.into();
                }
                // EventBridge writes these attributes on a message in a rule's dead-letter queue:
                // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
                let from_rule =
                    attributes.contains_key("RULE_ARN") && attributes.contains_key("ERROR_CODE");
                if from_rule || is_dead {
                    arrival.holder = queue.name.clone().map(|name| Holder {
                        kind: PartyKind::DeadLetterQueue,
                        name,
                        home: queue.home,
                    });
                }
                arrival.channels.insert(0, queue);
                if let (false, Some(raw)) = (attributes.is_empty(), message.message_attributes) {
                    arrival.add_header("messageAttributes", raw.get());
                }
                match message.body {
                    Some(body) => opener.open_text(&body, &arrival),
                    None => opener.unreadable(arrival, Reason::WrongForm),
                }
            },
        );
    }
}

impl SqsAttributes {
    /// Sets the number of times that the message was received, and the time of the first.
    fn tell_receptions(&self, arrival: &mut Arrival) {
        arrival.receive_count = self
            .approximate_receive_count
            .as_ref()
            .and_then(|count| count.parse().ok());
        arrival.first_received = instant(self.approximate_first_receive_timestamp.as_deref());
    }

    /// Sets the time at which the message was sent, and its sender.
    fn tell_sending(&self, arrival: &mut Arrival) {
        arrival.time = instant(self.sent_timestamp.as_deref()).or(arrival.time);
        // `AROAEXAMPLE:session`: the session of a Lambda function's role is the function's name.
        arrival.sender = self
            .sender_id
            .as_ref()
            .and_then(|id| id.split_once(':'))
            .map(|(_, session)| Sender::Session(session.to_owned()));
        arrival.sender_home = Home::UNKNOWN;
    }
}

/// Returns the id that a message keeps when it is redelivered. It includes the queue, because a
/// message that moves into a dead-letter queue keeps its message id and is counted in both.
pub(super) fn id(arn: &str, message_id: &str) -> String {
    format!("sqs:{arn}/{message_id}")
}

fn instant(ms: Option<&str>) -> Option<Timestamp> {
    ms?.parse().ok().and_then(from_epoch_ms)
}

/// Returns the event type that a sender wrote beside the body, under one of the names in common
/// use.
fn event_type(attributes: &BTreeMap<String, &RawValue>) -> Option<String> {
    #[derive(Deserialize)]
    struct TextAttribute {
        #[serde(rename = "stringValue")]
        string_value: String,
    }
    EVENT_TYPE_ATTRIBUTES
        .iter()
        .find_map(|name| {
            let attribute = attributes.get(*name)?;
            serde_json::from_str::<TextAttribute>(attribute.get()).ok()
        })
        .map(|attribute| attribute.string_value)
}
