//! Opening envelopes: a Lambda payload in, deliveries out, one by one.
//!
//! The first step of a record's way. Each envelope is one file behind the [`Envelope`] trait and one
//! line in [`ENVELOPES`]; one inside another is opened in turn, to a bounded depth. An envelope
//! reads only the fields it needs and ignores all others, and what no envelope recognises is
//! delivered as it is. A record that cannot be read becomes one [`Unreadable`] and leaves the
//! records beside it alone.

use std::fmt;
use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::channel::ChannelKind;
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

/// The most that is held of the records inside one record of a payload, in bytes. One that holds
/// more is cut there and fails alone for [`Reason::TooLarge`].
pub const RECORD_MAX: usize = 64 << 20;

/// The most that is held of the records of a payload, in bytes, beside four times its own size. One
/// that holds more is cut there and fails as a whole for [`Reason::TooLarge`]: in smaller batches
/// its records may pass.
pub const PAYLOAD_MAX: usize = 64 << 20;

/// Message attributes under which senders commonly write the event type, beside the body.
const EVENT_TYPE_ATTRIBUTES: [&str; 6] = [
    "event_type",
    "eventType",
    "EventType",
    "event-type",
    "ce-type",
    "ce_type",
];

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
    /// What is inside is more than [`UNPACKED_MAX`], [`RECORD_MAX`] or [`PAYLOAD_MAX`].
    TooLarge,
    /// It holds nothing.
    Empty,
}

impl Reason {
    /// Every reason there is.
    pub const ALL: [Self; 7] = [
        Self::NotJson,
        Self::NotUtf8,
        Self::WrongForm,
        Self::BadBase64,
        Self::BadGzip,
        Self::TooLarge,
        Self::Empty,
    ];

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
}

/// Opens a payload and hands over what is inside, in order.
///
/// `id` identifies the payload where it carries no id of its own (the invocation's request id; the
/// file and line on one machine).
pub fn open(payload: &[u8], id: &str, sink: &mut dyn FnMut(Opened)) {
    let mut opener = Opener {
        depth: 0,
        left: payload.len().saturating_mul(4).saturating_add(PAYLOAD_MAX),
        left_in_record: RECORD_MAX,
        is_cut: false,
        sink,
    };
    let around = Arrival::unknown(id.to_owned());
    let Ok(text) = std::str::from_utf8(payload) else {
        opener.unreadable(around, Reason::NotUtf8);
        return;
    };
    // Editors of one maker put a byte order mark before JSON; RFC 8259 lets a reader pass over it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('[') {
        // Pipes invoke a function with an array of events, and exports are arrays of them.
        opener.open_array(text, &around);
    } else {
        opener.open_text(text, &around);
    }
}

/// Where opened records go, how deep the nesting is, and how much more may be held.
struct Opener<'s> {
    depth: usize,
    left: usize,
    left_in_record: usize,
    /// Whether the record at hand was cut at a bound; nothing more of it is handed over.
    is_cut: bool,
    sink: &'s mut dyn FnMut(Opened),
}

impl Opener<'_> {
    /// Whether the envelope at hand is what Lambda was invoked with. Only its records can be named
    /// in the response, and only their ids come from AWS; what is inside a message is its sender's
    /// word, and two messages may well say the same.
    fn is_outermost(&self) -> bool {
        self.depth <= 1
    }

    /// Opens what may be an envelope, or delivers it as it is.
    fn open_text(&mut self, text: &str, around: &Arrival) {
        let claims_json = claims_json(text);
        let mut limit = None;
        if text.trim_start().starts_with('{') {
            match Shape::of(text) {
                Ok(shape) => {
                    if let Some(envelope) = ENVELOPES.iter().find(|e| e.recognises(&shape)) {
                        if self.depth < NESTING_MAX {
                            return self.enter(*envelope, &shape, text, around);
                        }
                        limit = Some(NESTING_LIMIT);
                    }
                }
                Err(NotAnEnvelope::NotJson) => {
                    return self.unreadable(around.clone(), Reason::NotJson);
                }
                Err(NotAnEnvelope::OtherForm) => {}
            }
        } else if claims_json && !is_json(text) {
            return self.unreadable(around.clone(), Reason::NotJson);
        } else if text.trim_start().is_empty() {
            return self.unreadable(around.clone(), Reason::Empty);
        }
        let document = if is_offloaded(text) {
            Document::Opaque
        } else if claims_json || is_json(text) {
            Document::Json(text.to_owned())
        } else {
            Document::Text(text.to_owned())
        };
        self.deliver(around.clone(), document, limit);
    }

    fn enter(&mut self, envelope: &dyn Envelope, shape: &Shape<'_>, text: &str, around: &Arrival) {
        self.depth += 1;
        envelope.open(shape, text, around, self);
        self.depth -= 1;
    }

    /// Delivers what is no envelope whatever it looks like: JSON if it is, text otherwise.
    fn deliver_text(&mut self, text: &str, arrival: Arrival) {
        let document = if is_json(text) {
            Document::Json(text.to_owned())
        } else {
            Document::Text(text.to_owned())
        };
        self.deliver(arrival, document, None);
    }

    fn open_array(&mut self, text: &str, around: &Arrival) {
        let Ok(array) = serde_json::from_str::<&RawValue>(text) else {
            return self.unreadable(around.clone(), Reason::NotJson);
        };
        let mut is_list_of_objects = false;
        each_element(array, |element| {
            is_list_of_objects = element.get().starts_with('{');
            if is_list_of_objects {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        if !is_list_of_objects {
            return self.open_text(text, around);
        }
        // A pipe hands over the records of its source without the envelope around them.
        let shape = Shape {
            record_source: first_record_source(array),
            records: Some(array),
            ..Shape::default()
        };
        if let Some(envelope) = ENVELOPES.iter().find(|e| e.recognises(&shape)) {
            return self.enter(*envelope, &shape, text, around);
        }
        let mut index = 0_usize;
        each_element(array, |element| {
            let mut arrival = around.clone();
            arrival.id = format!("{}#{index}", around.id);
            index += 1;
            self.open_text(element.get(), &arrival);
            self.after_a_record(around)
        });
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
            Err(_) => self.deliver(around.clone(), Document::Opaque, None),
        }
    }

    fn deliver(&mut self, arrival: Arrival, document: Document, limit: Option<&'static str>) {
        let carried = match &document {
            Document::Json(text) | Document::Text(text) => text.len(),
            Document::Opaque => 0,
        };
        self.hand_over(
            arrival.weight() + carried,
            Opened::Delivery(Delivery {
                arrival,
                document,
                limit,
            }),
        );
    }

    fn unreadable(&mut self, arrival: Arrival, reason: Reason) {
        self.hand_over(
            arrival.weight(),
            Opened::Unreadable(Unreadable { arrival, reason }),
        );
    }

    /// Hands a record over while there is room for what is held of it, and once says that there is
    /// none.
    fn hand_over(&mut self, weight: usize, opened: Opened) {
        if self.is_cut {
            return;
        }
        if weight <= self.left.min(self.left_in_record) {
            self.left -= weight;
            self.left_in_record -= weight;
            return (self.sink)(opened);
        }
        self.is_cut = true;
        let (Opened::Delivery(Delivery { mut arrival, .. })
        | Opened::Unreadable(Unreadable { mut arrival, .. })) = opened;
        arrival.headers = None;
        (self.sink)(Opened::Unreadable(Unreadable {
            arrival,
            reason: Reason::TooLarge,
        }));
    }

    /// Whether to go on after a record of a list: one inside another record ends with it, and the
    /// next record of a payload is looked at while there is room for any.
    fn after_a_record(&mut self, around: &Arrival) -> ControlFlow<()> {
        if !self.is_cut {
            if self.is_outermost() {
                self.left_in_record = RECORD_MAX;
            }
            return ControlFlow::Continue(());
        }
        if !self.is_outermost() {
            return ControlFlow::Break(());
        }
        if self.left_in_record < self.left {
            self.left_in_record = RECORD_MAX;
            self.is_cut = false;
            return ControlFlow::Continue(());
        }
        // The rest cannot be named one by one: the payload fails as a whole.
        (self.sink)(Opened::Unreadable(Unreadable {
            arrival: around.clone(),
            reason: Reason::TooLarge,
        }));
        ControlFlow::Break(())
    }

    /// Takes a list of records apart. Each is read by itself, so that one of another form fails
    /// alone; `read` gets what the record is known by.
    fn each_record<'t, R: Deserialize<'t>>(
        &mut self,
        records: &'t RawValue,
        around: &Arrival,
        mut read: impl FnMut(&mut Self, R, &'t str, Arrival),
    ) {
        let Some(mut rest) = records.get().strip_prefix('[') else {
            return self.unreadable(around.clone(), Reason::WrongForm);
        };
        let mut index = 0_usize;
        loop {
            rest = rest.trim_start_matches([',', ' ', '\t', '\n', '\r']);
            let Some((read_as, raw, after)) = first_value::<R>(rest) else {
                return;
            };
            rest = after;
            let mut arrival = around.clone();
            if arrival.item.is_some() || index > 0 {
                arrival.id = format!("{}#{index}", around.id);
            }
            index += 1;
            match read_as {
                Some(record) => read(self, record, raw, arrival),
                None => self.wrong_form(raw, arrival),
            }
            if self.after_a_record(around).is_break() {
                return;
            }
        }
    }

    /// A record of a list that lacks what it must have: what it may still be known by is read.
    fn wrong_form(&mut self, record: &str, mut arrival: Arrival) {
        if self.is_outermost() {
            let ids = serde_json::from_str::<Ids<'_>>(record).unwrap_or_default();
            ids.identify(record, &mut arrival);
        }
        self.unreadable(arrival, Reason::WrongForm);
    }
}

/// The first of the values of an array that are left of it: read as an `R` if it is one, as it is
/// written, and what stands behind it. `None` at the array's end.
fn first_value<'t, R: Deserialize<'t>>(rest: &'t str) -> Option<(Option<R>, &'t str, &'t str)> {
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<R>();
    if let Some(Ok(record)) = values.next() {
        let (raw, after) = rest.split_at_checked(values.byte_offset())?;
        return Some((Some(record), raw, after));
    }
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
    let raw = values.next()?.ok()?;
    let after = rest.get(values.byte_offset()..)?;
    Some((None, raw.get(), after))
}

/// Hands over the elements of a JSON array one by one, without a list of them: a megabyte holds half
/// a million. What is no array has none.
fn each_element<'t>(array: &'t RawValue, each: impl FnMut(&'t RawValue) -> ControlFlow<()>) {
    struct Elements<F>(F);

    impl<'t, F: FnMut(&'t RawValue) -> ControlFlow<()>> Visitor<'t> for Elements<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'t>>(mut self, mut array: A) -> Result<(), A::Error> {
            while let Some(element) = array.next_element()? {
                if (self.0)(element).is_break() {
                    break;
                }
            }
            Ok(())
        }
    }

    // A raw value is well formed; the error left is that of having stopped before the end.
    let _ = serde_json::Deserializer::from_str(array.get()).deserialize_seq(Elements(each));
}

/// What a record of the wrong form may still be known by, so that it fails alone.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids<'t> {
    #[serde(borrow, rename = "messageId")]
    message_id: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventSourceARN")]
    event_source_arn: Option<&'t RawValue>,
    #[serde(borrow)]
    kinesis: Option<&'t RawValue>,
    #[serde(borrow)]
    dynamodb: Option<&'t RawValue>,
}

impl Ids<'_> {
    fn identify(&self, record: &str, arrival: &mut Arrival) {
        let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok();
        let arn = self.event_source_arn.and_then(text);
        if let Some(message_id) = self.message_id.and_then(text) {
            arrival.id = sqs::id(arn.as_deref().unwrap_or_default(), &message_id);
            arrival.item = Some(message_id);
        } else if let Some(sequence_number) = [self.kinesis, self.dynamodb]
            .into_iter()
            .flatten()
            .map(RawValue::get)
            .chain([record])
            .find_map(sequence_number)
        {
            arrival.id = kinesis::id(arn.as_deref().unwrap_or_default(), &sequence_number);
            arrival.item = Some(sequence_number);
        }
        if let Some(arn) = arn {
            let kind = if arn.contains(":sqs:") {
                ChannelKind::Queue
            } else {
                ChannelKind::Stream
            };
            arrival.channels = vec![RawChannel::from_arn(kind, &arn)];
        }
    }
}

/// The sequence number in a stream record's `kinesis` or `dynamodb` part, or in the record itself as
/// a pipe hands it over.
fn sequence_number(part: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct SequenceNumber {
        #[serde(rename = "sequenceNumber", alias = "SequenceNumber")]
        sequence_number: String,
    }
    serde_json::from_str::<SequenceNumber>(part)
        .ok()
        .map(|part| part.sequence_number)
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

/// The top-level fields by which envelopes are told apart, and those of the form that comes most, so
/// that it is not searched twice. Each is unread; all others are skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
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
    id: Option<&'t RawValue>,
    #[serde(borrow)]
    time: Option<&'t RawValue>,
    #[serde(borrow, rename = "replay-name")]
    replay_name: Option<&'t RawValue>,
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
    let mut source = None;
    each_element(records, |raw| {
        let record = serde_json::from_str::<Source>(raw.get());
        source = record.ok().map(|record| record.event_source);
        if source.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    source
}

#[cfg(test)]
mod tests;
