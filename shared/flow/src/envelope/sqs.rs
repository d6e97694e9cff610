//! A batch of SQS messages, as an event source mapping hands it to a function.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>. SQS counts receptions, which is
//! what makes a receipt per batch enough ([`crate::store`]). The body is opened in turn: an
//! EventBridge event, an SNS or S3 notification, a `CloudEvent`, JSON or text.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Envelope, Opener, Reason, Shape};
use crate::delivery::{Arrival, Holder, RawChannel, Sender};
use crate::edge::{ChannelKind, PartyKind};
use crate::time::from_epoch_ms;

pub(super) struct Batch;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'t> {
    message_id: String,
    body: Option<String>,
    #[serde(default)]
    attributes: Attributes,
    #[serde(borrow)]
    message_attributes: Option<&'t RawValue>,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Attributes {
    approximate_receive_count: Option<String>,
    approximate_first_receive_timestamp: Option<String>,
    sent_timestamp: Option<String>,
    sender_id: Option<String>,
    dead_letter_queue_source_arn: Option<String>,
}

/// One message attribute: only those of text type matter here.
#[derive(Deserialize)]
struct MessageAttribute {
    #[serde(rename = "stringValue")]
    string_value: Option<String>,
}

impl Envelope for Batch {
    fn recognises(&self, shape: &Shape<'_>) -> bool {
        shape.has_records_of("aws:sqs")
    }

    fn open(&self, shape: &Shape<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let Some(records) = shape.records else { return };
        opener.each_record(
            records,
            around,
            |opener, message: Message<'_>, _, mut arrival| {
                arrival.id = format!("sqs:{}", message.message_id);
                arrival.item = Some(message.message_id);
                arrival.channels = vec![RawChannel::from_arn(
                    ChannelKind::Queue,
                    &message.event_source_arn,
                )];
                arrival.event_type = "message".into();
                message.attributes.tell(&mut arrival);

                let attributes: BTreeMap<String, MessageAttribute> = message
                    .message_attributes
                    .and_then(|raw| serde_json::from_str(raw.get()).ok())
                    .unwrap_or_default();
                if let Some(event_type) = event_type(&attributes) {
                    arrival.event_type = event_type;
                }
                // What EventBridge writes on a message it puts into a rule's dead-letter queue:
                // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
                let from_rule =
                    attributes.contains_key("RULE_ARN") && attributes.contains_key("ERROR_CODE");
                if from_rule || message.attributes.dead_letter_queue_source_arn.is_some() {
                    arrival.holder = arrival.channels[0].name.clone().map(|name| Holder {
                        kind: PartyKind::DeadLetterQueue,
                        name,
                    });
                }
                if !attributes.is_empty() {
                    arrival.headers = message
                        .message_attributes
                        .map(|raw| format!(r#"{{"messageAttributes":{}}}"#, raw.get()));
                }
                match message.body {
                    Some(body) if !body.is_empty() => opener.open_text(&body, &arrival),
                    Some(_) => opener.unreadable(arrival, Reason::Empty),
                    None => opener.unreadable(arrival, Reason::WrongForm),
                }
            },
        );
    }
}

impl Attributes {
    fn tell(&self, arrival: &mut Arrival) {
        let millis = |text: &Option<String>| {
            text.as_ref()
                .and_then(|ms| ms.parse().ok())
                .and_then(from_epoch_ms)
        };
        arrival.receive_count = self
            .approximate_receive_count
            .as_ref()
            .and_then(|count| count.parse().ok());
        arrival.first_received = millis(&self.approximate_first_receive_timestamp);
        arrival.time = millis(&self.sent_timestamp);
        // `AROAEXAMPLE:session`: the session of a Lambda function's role is the function's name.
        arrival.sender = self
            .sender_id
            .as_ref()
            .and_then(|id| id.split_once(':'))
            .map(|(_, session)| Sender::Session(session.to_owned()));
    }
}

/// The event type a sender wrote beside the body, under the names in common use.
fn event_type(attributes: &BTreeMap<String, MessageAttribute>) -> Option<String> {
    [
        "event_type",
        "eventType",
        "EventType",
        "event-type",
        "ce-type",
        "ce_type",
    ]
    .iter()
    .find_map(|name| attributes.get(*name)?.string_value.clone())
}
