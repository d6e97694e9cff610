//! A CloudWatch Logs subscription: gzip in base64 for a function, plain gzip in a Kinesis stream.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>. Each log
//! event is a delivery, and the log group that keeps it is its consumer.

use serde::Deserialize;

use super::Envelope;
use super::decode::{gunzip, unbase64};
use super::fields::{TopFields, read};
use super::opener::Opener;
use super::unreadable::Reason;
use crate::delivery::{Arrival, Holder, Sender};
use crate::home::Home;
use crate::party::PartyKind;
use crate::time::from_epoch_ms;

/// The longest name of a log group, as JSON, in bytes. AWS allows 512 characters. Where the log events
/// are the payload's own list, the name is read once for each of them, so a longer one would take
/// quadratic time.
const LOG_GROUP_MAX: usize = 4 << 10;

/// `{"awslogs":{"data":"…"}}`
pub(super) struct LogsSubscription;

/// The unpacked data: `{"messageType":…,"logGroup":…,"logEvents":[…]}`
pub(super) struct Messages;

#[derive(Deserialize)]
struct Data {
    data: String,
}

#[derive(Deserialize)]
struct LogEvent {
    id: String,
    timestamp: Option<i64>,
    message: String,
}

impl Envelope for LogsSubscription {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.awslogs.is_some()
    }

    fn open(&self, fields: &TopFields<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let unpacked = fields
            .awslogs
            .ok_or(Reason::WrongForm)
            .and_then(|raw| serde_json::from_str::<Data>(raw.get()).map_err(|_| Reason::WrongForm))
            .and_then(|awslogs| unbase64(&awslogs.data))
            .and_then(|packed| gunzip(&packed))
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| Reason::NotUtf8));
        match unpacked {
            Ok(text) => opener.open_text(&text, around),
            Err(reason) => opener.unreadable(around.clone(), reason),
        }
    }
}

impl Envelope for Messages {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.log_events.is_some() && fields.log_group.is_some()
    }

    fn open(&self, fields: &TopFields<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let parts = [fields.log_group, fields.message_type, fields.owner];
        let mut lengths = parts.into_iter().flatten().map(|raw| raw.get().len());
        if opener.is_outermost() && lengths.any(|length| length > LOG_GROUP_MAX) {
            return opener.unreadable(around.clone(), Reason::WrongForm);
        }
        let (Some(log_group), Some(message_type), Some(owner), Some(log_events)) = (
            read::<String>(fields.log_group),
            read::<Option<String>>(fields.message_type),
            read::<Option<String>>(fields.owner),
            fields.log_events,
        ) else {
            return opener.unreadable(around.clone(), Reason::WrongForm);
        };
        // AWS sends this message to check that the destination answers.
        if message_type.as_deref() == Some("CONTROL_MESSAGE") {
            return;
        }
        let function = log_group.strip_prefix("/aws/lambda/").map(str::to_owned);
        // The owner is the account of the log group.
        let home = Home::of(owner.as_deref().unwrap_or_default(), "");
        opener.each_record(
            log_events,
            around,
            |opener, event: LogEvent, _, mut arrival| {
                if arrival.item.is_none() {
                    arrival.id = format!("logs:{}/{}", log_group, event.id);
                }
                arrival.event_type = "log".into();
                arrival.time = event.timestamp.and_then(from_epoch_ms).or(arrival.time);
                arrival.first_received = arrival.first_received.or(arrival.time);
                arrival.sender = function.clone().map(Sender::Function);
                arrival.sender_home = home;
                arrival.holder = Some(Holder {
                    kind: PartyKind::LogGroup,
                    name: log_group.clone(),
                    home,
                });
                // A log line is not opened further: JSON in it is a document, not an envelope.
                opener.deliver_text(event.message, arrival);
            },
        );
    }
}
