//! The payload at one step of the way: the record, and the text that AWS writes around it.
//!
//! A consumer is said to receive the body as it was taken, or as a transformer made it. The filters
//! of the next channel may see another text: a topic puts a notification around a message, and a
//! pipe puts an event around a record.

use base64::Engine as _;
use eventbridge_pattern::Event;
use serde_json::{Map, Value, json};

use super::stop::Stop;
use super::{EventField, PipeRoute};
use crate::channel::ChannelKind;
use crate::home::Home;

/// The payload at one step of the way.
#[derive(Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of its own that some steps change"
)]
pub(super) struct Payload {
    /// The content that the consumer receives, if it is not the body as it was taken.
    pub(super) changed: Option<Changed>,
    /// The text on the channel, if AWS has put something around the content.
    pub(super) around: Option<String>,
    /// The message attributes at this step.
    pub(super) attributes: Attributes,
    /// True if the channel carries notifications of a topic.
    pub(super) is_notification: bool,
    /// Whether a bus has sent it to the current bus.
    pub(super) sent_by_bus: SentByBus,
    /// True if it is an event that came out of an archive.
    pub(super) is_replay: bool,
    /// True if a pipe just made the event.
    pub(super) is_new_event: bool,
    /// True if the source or the detail type of the event is unknown, and missing in it.
    pub(super) is_kind_unknown: bool,
}

/// The content that a step on the way made of a body.
#[derive(Clone)]
pub(super) enum Changed {
    /// A known text.
    Text(String),
    /// Unknown content, because code made it.
    Unknown,
}

/// The message attributes at a step of the way.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Attributes {
    /// The attributes of the delivery, as far as its envelope has them.
    #[default]
    OfDelivery,
    /// Unknown attributes, because the sender to the topic or queue sets its own.
    Unknown,
    /// No attributes, because the sender to the topic or queue sets none. No rule, pipe or
    /// notification of a bucket sets any.
    None,
}

/// Whether a bus sent an event to the bus that it is on.
///
/// A classic bus does not send an event that another bus sent to it on to a third bus ("Sending and
/// receiving events between AWS accounts in Amazon EventBridge"; the failed delivery is
/// `THIRD_ACCOUNT_HOP_DETECTED`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SentByBus {
    /// The event was published to this bus.
    #[default]
    No,
    /// The event was published to this bus, or to another bus that sent it here.
    Perhaps,
    /// Another bus sent the event here.
    Yes,
}

impl Payload {
    /// Returns the text on the channel, or `None` if it is unknown.
    pub(super) fn text<'p>(&'p self, body: Option<&'p str>) -> Option<&'p str> {
        if let Some(around) = &self.around {
            return Some(around);
        }
        match &self.changed {
            Some(Changed::Text(text)) => Some(text),
            Some(Changed::Unknown) => None,
            None => body,
        }
    }

    /// Creates the payload that a transformer made.
    pub(super) fn changed_to(text: String) -> Self {
        Self {
            changed: Some(Changed::Text(text)),
            attributes: Attributes::None,
            ..Self::default()
        }
    }

    /// Returns the payload as a rule or a pipe sends it on: without message attributes.
    pub(super) fn sent_on(&self) -> Self {
        Self {
            attributes: Attributes::None,
            sent_by_bus: SentByBus::No,
            ..self.clone()
        }
    }

    /// Returns the payload as a topic delivers it to a queue without raw delivery: inside a
    /// notification. The form is that of "Amazon SNS message formats". Fields with unknown values
    /// are left out, and a filter on one of them is undecided.
    pub(super) fn as_notification(&self, body: Option<&str>, attributes: Option<&Value>) -> Self {
        let around = self.text(body).map(|text| {
            let mut notification = json!({ "Type": "Notification", "Message": text });
            if let (Some(attributes), Some(fields)) = (
                attributes.filter(|all| all.as_object().is_some_and(|all| !all.is_empty())),
                notification.as_object_mut(),
            ) {
                fields.insert("MessageAttributes".to_owned(), attributes.clone());
            }
            written(notification)
        });
        Self {
            around,
            attributes: Attributes::None,
            is_notification: true,
            ..self.clone()
        }
    }
}

/// Returns the text of a document with sorted keys, so that a consumer is said to receive the same in
/// every build. AWS does not say in which order it writes them.
fn written(mut document: Value) -> String {
    document.sort_all_objects();
    document.to_string()
}

/// Writes the source of a record into its fields. The ARN of a table's stream is left out, because
/// it contains a time that is unknown.
fn tell_source(fields: &mut Map<String, Value>, source: &str, at: Stop<'_>) {
    fields.insert("eventSource".to_owned(), source.into());
    let Some(region) = at.home.region else {
        return;
    };
    let region = region.as_str();
    fields.insert("awsRegion".to_owned(), region.into());
    let (service, path) = match source {
        "aws:sqs" => ("sqs", ""),
        "aws:kinesis" => ("kinesis", "stream/"),
        _ => return,
    };
    if let (Some(account), Some(name)) = (at.home.account, at.name) {
        let partition = match region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let arn = format!("arn:{partition}:{service}:{region}:{account}:{path}{name}");
        fields.insert("eventSourceARN".to_owned(), arn.into());
    }
}

/// The record that a pipe reads, as far as it is known. The fields are those of "Amazon EventBridge
/// Pipes event filtering" for each source.
pub(super) struct PipeRecord {
    source: &'static str,
    fields: Map<String, Value>,
    /// The field that holds the body or the data.
    body: Option<(&'static str, String)>,
}

impl PipeRecord {
    /// Creates the record of a source. `change` is the record of a table's stream.
    pub(super) fn of(
        at: Stop<'_>,
        text: Option<&str>,
        headers: Option<&str>,
        change: Option<&str>,
    ) -> Option<Self> {
        if let Some(change) = change {
            let mut fields: Map<String, Value> = serde_json::from_str(change).ok()?;
            tell_source(&mut fields, "aws:dynamodb", at);
            return Some(Self {
                source: "aws:dynamodb",
                fields,
                body: None,
            });
        }
        let text = text?.to_owned();
        let (source, body) = match at.kind {
            ChannelKind::Queue => ("aws:sqs", "body"),
            _ => ("aws:kinesis", "data"),
        };
        let headers = headers.and_then(|headers| serde_json::from_str(headers).ok());
        let mut fields: Map<String, Value> = headers.unwrap_or_default();
        tell_source(&mut fields, source, at);
        Some(Self {
            source,
            fields,
            body: Some((body, text)),
        })
    }

    /// Returns the record as a template sees it, with its body or data parsed if it is JSON
    /// ("Implicit body data parsing").
    pub(super) fn parsed(&self) -> String {
        let mut fields = self.fields.clone();
        if let Some((name, text)) = &self.body {
            let parsed = serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into());
            fields.insert((*name).to_owned(), parsed);
        }
        written(Value::Object(fields))
    }

    /// Returns the record as it is sent on without a template.
    pub(super) fn whole(&self) -> String {
        let mut fields = self.fields.clone();
        if let Some((name, text)) = &self.body {
            let as_sent = if *name == "data" {
                base64::engine::general_purpose::STANDARD.encode(text)
            } else {
                text.clone()
            };
            fields.insert((*name).to_owned(), as_sent.into());
        }
        written(Value::Object(fields))
    }

    /// Returns the event that a pipe puts on a bus, with this detail, and true if its source or its
    /// type is unknown and left out. Without parameters its source is `Pipe NAME` and its type is
    /// `Event from aws:sqs` ("Amazon EventBridge Pipes targets").
    pub(super) fn event(&self, pipe: &PipeRoute, detail: &str) -> (String, bool) {
        let detail: Value = serde_json::from_str(detail).unwrap_or_else(|_| detail.into());
        let source = self.field(&pipe.source, || format!("Pipe {}", pipe.name));
        let detail_type = self.field(&pipe.detail_type, || format!("Event from {}", self.source));
        let is_kind_unknown = source.is_none() || detail_type.is_none();
        let mut event = json!({ "version": "0", "resources": [], "detail": detail });
        if let Some(fields) = event.as_object_mut() {
            for (name, value) in [("source", source), ("detail-type", detail_type)] {
                if let Some(value) = value {
                    fields.insert(name.to_owned(), value.into());
                }
            }
        }
        let Home { account, region } = pipe.home;
        if let Some(fields) = event.as_object_mut() {
            if let Some(account) = account {
                fields.insert("account".to_owned(), account.to_string().into());
            }
            if let Some(region) = region {
                fields.insert("region".to_owned(), region.as_str().into());
            }
        }
        (written(event), is_kind_unknown)
    }

    /// Returns the text of a field of the event, or `None` if it is unknown.
    fn field(&self, field: &EventField, otherwise: impl FnOnce() -> String) -> Option<String> {
        let path = match field {
            EventField::Default => return Some(otherwise()),
            EventField::Is(text) => return Some(text.clone()),
            EventField::Unknown => return None,
            EventField::At(path) => path,
        };
        let parsed = self.parsed();
        let record = Event::parse(parsed.as_bytes()).ok()?;
        let found = path.apply(&record, "", None).ok()??;
        match serde_json::from_str(&found).ok()? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            // AWS does not say what it writes for a value that is missing or not a scalar.
            _ => None,
        }
    }
}
