//! Opening envelopes: a Lambda payload in, deliveries out, one by one.
//!
//! The first step of a record's way. Each envelope is one file behind the [`Envelope`] trait and one
//! line in [`ENVELOPES`]; one inside another is opened in turn, to a bounded depth. An envelope
//! reads only the fields it needs and ignores all others, and what no envelope recognises is
//! delivered as it is. A record that cannot be read becomes one [`Unreadable`] and leaves the
//! records beside it alone.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::delivery::{Arrival, Delivery, Document, RawChannel};

mod cloudevents;
mod cloudwatch_logs;
mod dynamodb_stream;
mod eventbridge;
mod kinesis;
mod s3;
mod sns;
mod sqs;

/// The deepest nesting of envelopes that is opened (SNS in SQS is two). What is deeper is delivered
/// as it is and counted under [`NESTING_LIMIT`].
pub const NESTING_MAX: usize = 6;

/// The name of the bound [`NESTING_MAX`] in coverage.
pub const NESTING_LIMIT: &str = "envelope_nesting";

/// The most that compressed data is unpacked to, in bytes. CloudWatch Logs sends at most a few
/// megabytes; a record beyond this is unreadable for [`Reason::TooLarge`].
pub const UNPACKED_MAX: u64 = 32 << 20;

/// Envelopes in the order they are tried: the first that recognises a shape opens it.
static ENVELOPES: &[&dyn Envelope] = &[
    &sqs::Batch,
    &sns::Event,
    &sns::Notification,
    &kinesis::Event,
    &dynamodb_stream::Event,
    &dynamodb_stream::Change,
    &s3::Notification,
    &cloudwatch_logs::Subscription,
    &cloudwatch_logs::Messages,
    &eventbridge::Event,
    &cloudevents::Structured,
];

/// One form that records arrive in.
trait Envelope: Sync {
    /// Whether this text has the envelope's form.
    fn recognises(&self, shape: &Shape<'_>) -> bool;

    /// Takes the records out. `text` is the whole text of the envelope, `around` how it came.
    fn open(&self, shape: &Shape<'_>, text: &str, around: &Arrival, opener: &mut Opener<'_>);
}

/// Why a record could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// It says it is JSON and is not, or is cut off.
    NotJson,
    /// Its bytes are not UTF-8.
    NotUtf8,
    /// It lacks a field its envelope must have, or has it with another type.
    WrongForm,
    /// Its data is not the base64 its envelope says it is.
    BadBase64,
    /// Its data is not the gzip its envelope says it is.
    BadGzip,
    /// It unpacks to more than [`UNPACKED_MAX`].
    TooLarge,
    /// It holds nothing.
    Empty,
}

impl Reason {
    /// The reason's name in coverage, metrics and responses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotUtf8 => "not_utf8",
            Self::WrongForm => "wrong_form",
            Self::BadBase64 => "bad_base64",
            Self::BadGzip => "bad_gzip",
            Self::TooLarge => "too_large",
            Self::Empty => "empty",
        }
    }

    /// The reason in words, for people.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::NotJson => "not JSON, or cut off",
            Self::NotUtf8 => "not UTF-8",
            Self::WrongForm => "lacks a field its envelope must have, or has it with another type",
            Self::BadBase64 => "data is not valid base64",
            Self::BadGzip => "data is not valid gzip",
            Self::TooLarge => "larger than is unpacked",
            Self::Empty => "holds nothing",
        }
    }
}

/// A record that could not be read.
pub struct Unreadable {
    /// How it came, as far as could be read.
    pub arrival: Arrival,
    /// Why it could not be read.
    pub reason: Reason,
}

/// What comes out of an envelope.
pub enum Opened {
    /// A record.
    Delivery(Delivery),
    /// A record that could not be read.
    Unreadable(Unreadable),
    /// A bound was reached: what lies deeper was delivered unopened.
    LimitReached(&'static str),
}

/// Opens a payload and hands over what is inside, in order.
///
/// `id` identifies the payload where it carries no id of its own (the invocation's request id; the
/// file and line on one machine).
pub fn open(payload: &[u8], id: &str, sink: &mut dyn FnMut(Opened)) {
    let mut opener = Opener { depth: 0, sink };
    let around = Arrival::unknown(id.to_owned());
    let Ok(text) = std::str::from_utf8(payload) else {
        opener.unreadable(around, Reason::NotUtf8);
        return;
    };
    if text.trim_start().starts_with('[') {
        // Pipes invoke a function with an array of events, and exports are arrays of them.
        opener.open_array(text, &around);
    } else {
        opener.open_text(text, &around);
    }
}

/// Where opened records go, and how deep the nesting is.
struct Opener<'s> {
    depth: usize,
    sink: &'s mut dyn FnMut(Opened),
}

impl Opener<'_> {
    /// Opens what may be an envelope, or delivers it as it is.
    fn open_text(&mut self, text: &str, around: &Arrival) {
        let claims_json = claims_json(text);
        if text.trim_start().starts_with('{') {
            match Shape::of(text) {
                Ok(shape) => {
                    if let Some(envelope) = ENVELOPES.iter().find(|e| e.recognises(&shape)) {
                        if self.depth < NESTING_MAX {
                            self.depth += 1;
                            envelope.open(&shape, text, around, self);
                            self.depth -= 1;
                            return;
                        }
                        (self.sink)(Opened::LimitReached(NESTING_LIMIT));
                    }
                }
                Err(NotAnEnvelope::NotJson) => {
                    return self.unreadable(around.clone(), Reason::NotJson);
                }
                Err(NotAnEnvelope::OtherForm) => {}
            }
        } else if claims_json && !is_json(text) {
            return self.unreadable(around.clone(), Reason::NotJson);
        }
        let document = if is_offloaded(text) {
            Document::Opaque
        } else if claims_json || is_json(text) {
            Document::Json(text.to_owned())
        } else {
            Document::Text(text.to_owned())
        };
        self.deliver(around.clone(), document);
    }

    /// Delivers what is no envelope whatever it looks like: JSON if it is, text otherwise.
    fn deliver_text(&mut self, text: &str, arrival: Arrival) {
        let document = if is_json(text) {
            Document::Json(text.to_owned())
        } else {
            Document::Text(text.to_owned())
        };
        self.deliver(arrival, document);
    }

    fn open_array(&mut self, text: &str, around: &Arrival) {
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(text) else {
            return self.unreadable(around.clone(), Reason::NotJson);
        };
        if elements
            .iter()
            .any(|element| !element.get().starts_with('{'))
        {
            return self.open_text(text, around);
        }
        for (index, element) in elements.iter().enumerate() {
            let mut arrival = around.clone();
            arrival.id = format!("{}#{index}", around.id);
            self.open_text(element.get(), &arrival);
        }
    }

    /// Opens bytes that an envelope carried: gzip is unpacked, text is opened, the rest is opaque.
    fn open_bytes(&mut self, bytes: Vec<u8>, around: &Arrival) {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            match gunzip(&bytes) {
                Ok(unpacked) => self.open_utf8(unpacked, around),
                Err(reason) => self.unreadable(around.clone(), reason),
            }
        } else {
            self.open_utf8(bytes, around);
        }
    }

    fn open_utf8(&mut self, bytes: Vec<u8>, around: &Arrival) {
        match String::from_utf8(bytes) {
            Ok(text) => self.open_text(&text, around),
            Err(_) => self.deliver(around.clone(), Document::Opaque),
        }
    }

    fn deliver(&mut self, arrival: Arrival, document: Document) {
        (self.sink)(Opened::Delivery(Delivery { arrival, document }));
    }

    fn unreadable(&mut self, arrival: Arrival, reason: Reason) {
        (self.sink)(Opened::Unreadable(Unreadable { arrival, reason }));
    }

    /// Takes a list of records apart. Each is read by itself, so that one of another form fails
    /// alone; `read` gets what the record is known by.
    fn each_record<'t, R: Deserialize<'t>>(
        &mut self,
        records: &'t RawValue,
        around: &Arrival,
        mut read: impl FnMut(&mut Self, R, &'t str, Arrival),
    ) {
        let Ok(list) = serde_json::from_str::<Vec<&'t RawValue>>(records.get()) else {
            return self.unreadable(around.clone(), Reason::WrongForm);
        };
        for (index, raw) in list.into_iter().enumerate() {
            let mut arrival = around.clone();
            if arrival.item.is_some() || index > 0 {
                arrival.id = format!("{}#{index}", around.id);
            }
            if let Ok(record) = serde_json::from_str::<R>(raw.get()) {
                read(self, record, raw.get(), arrival);
            } else {
                let ids = serde_json::from_str::<Ids>(raw.get()).unwrap_or_default();
                ids.identify(&mut arrival);
                self.unreadable(arrival, Reason::WrongForm);
            }
        }
    }
}

/// What a record of the wrong form may still be known by, so that it fails alone.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids {
    #[serde(rename = "messageId")]
    message_id: serde_json::Value,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: serde_json::Value,
    kinesis: SequenceNumber,
    dynamodb: SequenceNumber,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SequenceNumber {
    #[serde(rename = "sequenceNumber", alias = "SequenceNumber")]
    sequence_number: serde_json::Value,
}

impl Ids {
    fn identify(&self, arrival: &mut Arrival) {
        if let Some(message_id) = self.message_id.as_str() {
            arrival.item = Some(message_id.to_owned());
            arrival.id = format!("sqs:{message_id}");
        } else if let Some(sequence_number) = self
            .kinesis
            .sequence_number
            .as_str()
            .or_else(|| self.dynamodb.sequence_number.as_str())
        {
            arrival.item = Some(sequence_number.to_owned());
            let arn = self.event_source_arn.as_str().unwrap_or_default();
            arrival.id = format!("stream:{arn}/{sequence_number}");
        }
        if let Some(arn) = self.event_source_arn.as_str() {
            let kind = if arn.contains(":sqs:") {
                crate::edge::ChannelKind::Queue
            } else {
                crate::edge::ChannelKind::Stream
            };
            arrival.channels = vec![RawChannel::from_arn(kind, arn)];
        }
    }
}

/// Whether text says of itself that it is JSON: an object, or an array of objects, arrays or
/// strings. `[INFO] started` is prose.
fn claims_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{')
        || text
            .strip_prefix('[')
            .is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"']))
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Whether the body is a pointer that AWS's extended client libraries put in place of a body too
/// large for the channel: `["software.amazon.payloadoffloading.PayloadS3Pointer",{…}]`.
fn is_offloaded(text: &str) -> bool {
    text.starts_with(r#"["software.amazon.payloadoffloading.PayloadS3Pointer""#)
        || text.starts_with(r#"["com.amazon.sqs.javamessaging.MessageS3Pointer""#)
}

fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, Reason> {
    use std::io::Read;
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .take(UNPACKED_MAX + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| Reason::BadGzip)?;
    if unpacked.len() as u64 > UNPACKED_MAX {
        return Err(Reason::TooLarge);
    }
    Ok(unpacked)
}

fn unbase64(text: &str) -> Result<Vec<u8>, Reason> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|_| Reason::BadBase64)
}

/// The top-level fields by which envelopes are told apart, each unread; all others are skipped.
#[derive(Deserialize)]
struct Shape<'t> {
    #[serde(borrow, rename = "Records")]
    records: Option<&'t RawValue>,
    #[serde(borrow)]
    awslogs: Option<&'t RawValue>,
    #[serde(borrow, rename = "logEvents")]
    log_events: Option<&'t RawValue>,
    #[serde(borrow, rename = "logGroup")]
    log_group: Option<&'t RawValue>,
    #[serde(borrow, rename = "detail-type")]
    detail_type: Option<&'t RawValue>,
    #[serde(borrow)]
    detail: Option<&'t RawValue>,
    #[serde(borrow)]
    source: Option<&'t RawValue>,
    #[serde(borrow)]
    specversion: Option<&'t RawValue>,
    #[serde(borrow, rename = "type")]
    event_type: Option<&'t RawValue>,
    #[serde(borrow, rename = "Type")]
    sns_type: Option<&'t RawValue>,
    #[serde(borrow, rename = "TopicArn")]
    topic_arn: Option<&'t RawValue>,
    #[serde(borrow, rename = "Message")]
    message: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventName")]
    event_name: Option<&'t RawValue>,
    #[serde(borrow)]
    dynamodb: Option<&'t RawValue>,
    #[serde(skip)]
    record_source: Option<String>,
}

enum NotAnEnvelope {
    NotJson,
    OtherForm,
}

impl<'t> Shape<'t> {
    fn of(text: &'t str) -> Result<Self, NotAnEnvelope> {
        let mut shape: Self = serde_json::from_str(text).map_err(|e| {
            // A key that stands twice is a matter of form; only syntax makes it unreadable.
            if e.is_data() && is_json(text) {
                NotAnEnvelope::OtherForm
            } else {
                NotAnEnvelope::NotJson
            }
        })?;
        shape.record_source = shape.records.and_then(first_record_source);
        Ok(shape)
    }

    /// Whether these are records of the source: `aws:sqs`.
    fn has_records_of(&self, source: &str) -> bool {
        self.record_source.as_deref() == Some(source)
    }
}

/// The `eventSource` of the first record that has one.
fn first_record_source(records: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Source {
        #[serde(rename = "eventSource", alias = "EventSource")]
        event_source: String,
    }
    let list: Vec<&RawValue> = serde_json::from_str(records.get()).ok()?;
    list.iter()
        .find_map(|raw| serde_json::from_str::<Source>(raw.get()).ok())
        .map(|source| source.event_source)
}
