//! Changes of a DynamoDB table, from its own stream or through Kinesis.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>. The document is
//! `{"Keys","NewImage","OldImage"}` with the attribute values in plain JSON, so that a path reads
//! `$.NewImage.email` and not `$.NewImage.email.S`, and the field's name stands next to its value.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Envelope;
use super::fields::TopFields;
use super::kinesis::{self, from_epoch_seconds};
use super::opener::Opener;
use super::unreadable::Reason;
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, Document, RawChannel, Sender, resource_name};
use crate::home::Home;

/// `{"Records":[{"eventSource":"aws:dynamodb",…}]}`
pub(super) struct StreamEvent;

/// A single record, as a table writes it into a Kinesis stream.
pub(super) struct Change;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangeRecord<'t> {
    event_name: String,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: Option<String>,
    table_name: Option<String>,
    #[serde(borrow)]
    dynamodb: Images<'t>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images<'t> {
    approximate_creation_date_time: Option<f64>,
    sequence_number: Option<String>,
    #[serde(borrow)]
    keys: Option<&'t RawValue>,
    #[serde(borrow)]
    new_image: Option<&'t RawValue>,
    #[serde(borrow)]
    old_image: Option<&'t RawValue>,
}

impl Envelope for StreamEvent {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.has_records_of("aws:dynamodb")
    }

    fn open(&self, fields: &TopFields<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let Some(records) = fields.records else {
            return;
        };
        opener.each_record(
            records,
            around,
            |opener, record: ChangeRecord<'_>, _, arrival| {
                record.deliver(arrival, opener);
            },
        );
    }
}

impl Envelope for Change {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.dynamodb.is_some() && fields.event_name.is_some()
    }

    fn open(&self, _shape: &TopFields<'_>, text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        match serde_json::from_str::<ChangeRecord<'_>>(text) {
            Ok(record) => record.deliver(around.clone(), opener),
            Err(_) => opener.unreadable(around.clone(), Reason::WrongForm),
        }
    }
}

impl ChangeRecord<'_> {
    fn deliver(self, mut arrival: Arrival, opener: &mut Opener<'_>) {
        if let Some(arn) = &self.event_source_arn {
            if let (true, Some(number)) = (opener.is_outermost(), self.dynamodb.sequence_number) {
                arrival.id = kinesis::id(arn, &number);
                arrival.item = Some(number);
            }
            arrival
                .channels
                .insert(0, RawChannel::from_arn(ChannelKind::Stream, arn));
        }
        if let Some(table) = self
            .event_source_arn
            .as_deref()
            .map(resource_name)
            .or(self.table_name.as_deref())
        {
            arrival.sender = Some(Sender::Table(table.to_owned()));
            let arn = self.event_source_arn.as_deref();
            arrival.sender_home = arn.map(Home::of_arn).unwrap_or_default();
        }
        arrival.event_type = self.event_name.into();
        if let Some(created) = self.dynamodb.approximate_creation_date_time {
            // The time is in seconds in the table's own stream, and in microseconds through
            // Kinesis.
            let seconds = if created > 1e14 {
                created / 1e6
            } else if created > 1e11 {
                created / 1e3
            } else {
                created
            };
            arrival.time = from_epoch_seconds(seconds).or(arrival.time);
        }
        arrival.first_received = arrival.first_received.or(arrival.time);

        let images = [
            ("Keys", self.dynamodb.keys),
            ("NewImage", self.dynamodb.new_image),
            ("OldImage", self.dynamodb.old_image),
        ];
        let mut document = Map::new();
        let mut as_sent = Vec::new();
        for (name, image) in images {
            let Some(image) = image else { continue };
            as_sent.push(format!(r#""{name}":{}"#, image.get()));
            let Some(plain) = plain_image(image) else {
                return opener.unreadable(arrival, Reason::WrongForm);
            };
            document.insert(name.to_owned(), plain);
        }
        let event_name = Value::from(&*arrival.event_type);
        let as_sent = as_sent.join(",");
        arrival.change = Some(format!(
            r#"{{"eventName":{event_name},"dynamodb":{{{as_sent}}}}}"#
        ));
        let document = Document::Json(Value::Object(document).to_string());
        opener.deliver(arrival, document, None);
    }
}

/// Converts the attribute values of an image to plain JSON, with sorted keys, so that the document is the
/// same in every build.
fn plain_image(image: &RawValue) -> Option<Value> {
    let mut attributes: Value = serde_json::from_str(image.get()).ok()?;
    attributes.sort_all_objects();
    plain_map(attributes)
}

fn plain_map(attributes: Value) -> Option<Value> {
    let Value::Object(attributes) = attributes else {
        return None;
    };
    attributes
        .into_iter()
        .map(|(name, value)| Some((name, plain(value)?)))
        .collect::<Option<Map<String, Value>>>()
        .map(Value::Object)
}

/// Converts an attribute value (`{"S":"…"}`) to plain JSON. Returns `None` if it has another form.
fn plain(attribute: Value) -> Option<Value> {
    let Value::Object(attribute) = attribute else {
        return None;
    };
    let (kind, value) = attribute.into_iter().next()?;
    match (kind.as_str(), value) {
        ("S" | "B", Value::String(text)) => Some(Value::String(text)),
        // A DynamoDB number has up to 38 digits. An integer that is too large for a JSON number
        // stays text, so that no digit is lost.
        ("N", Value::String(digits)) => match digits.parse::<serde_json::Number>() {
            Ok(number) if !number.is_f64() || digits.contains(['.', 'e', 'E']) => {
                Some(Value::Number(number))
            }
            _ => Some(Value::String(digits)),
        },
        ("BOOL", Value::Bool(is)) => Some(Value::Bool(is)),
        ("NULL", _) => Some(Value::Null),
        ("SS" | "NS" | "BS", Value::Array(elements)) => Some(Value::Array(elements)),
        ("L", Value::Array(elements)) => elements
            .into_iter()
            .map(plain)
            .collect::<Option<Vec<Value>>>()
            .map(Value::Array),
        ("M", map) => plain_map(map),
        _ => None,
    }
}
