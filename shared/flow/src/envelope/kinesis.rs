//! Records of a Kinesis stream.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>. The data is base64, often with
//! gzip inside, and its content is opened in turn. A retried batch does not say that it is one, so
//! the store is always asked.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Envelope;
use super::decode::unbase64;
use super::fields::TopFields;
use super::opener::Opener;
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, RawChannel};
use crate::time::from_epoch_ms;

pub(super) struct KinesisEvent;

#[derive(Deserialize)]
struct KinesisRecord<'t> {
    /// The field is absent if a pipe passes on the record. Its content then stands beside the ARN.
    #[serde(borrow)]
    kinesis: Option<&'t RawValue>,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kinesis {
    sequence_number: String,
    partition_key: Option<String>,
    data: String,
    approximate_arrival_timestamp: Option<f64>,
}

impl Envelope for KinesisEvent {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.has_records_of("aws:kinesis")
    }

    fn open(&self, fields: &TopFields<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let Some(records) = fields.records else {
            return;
        };
        opener.each_record(
            records,
            around,
            |opener, record: KinesisRecord<'_>, text, mut arrival| {
                let event_source_arn = record.event_source_arn;
                let kinesis = record.kinesis.map_or(text, RawValue::get);
                let Ok(kinesis) = serde_json::from_str::<Kinesis>(kinesis) else {
                    return opener.wrong_form(text, arrival);
                };
                if opener.is_outermost() {
                    arrival.id = id(&event_source_arn, &kinesis.sequence_number);
                    arrival.item = Some(kinesis.sequence_number);
                }
                arrival.channels.insert(
                    0,
                    RawChannel::from_arn(ChannelKind::Stream, &event_source_arn),
                );
                arrival.event_type = "record".into();
                arrival.time = kinesis
                    .approximate_arrival_timestamp
                    .and_then(from_epoch_seconds);
                arrival.first_received = arrival.first_received.or(arrival.time);
                if let Some(key) = kinesis.partition_key {
                    // The producer chooses the partition key. It is often a customer's id or
                    // address.
                    arrival.add_header("partitionKey", &Value::String(key).to_string());
                }
                match unbase64(&kinesis.data) {
                    Ok(bytes) => opener.open_bytes(&bytes, &arrival),
                    Err(reason) => opener.unreadable(arrival, reason),
                }
            },
        );
    }
}

/// Returns the id that a stream record keeps when it is redelivered.
pub(super) fn id(arn: &str, sequence_number: &str) -> String {
    format!("stream:{arn}/{sequence_number}")
}

/// Returns an instant from seconds with a fraction, the form of stream records.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of floats saturates, and out of range is None"
)]
pub(super) fn from_epoch_seconds(seconds: f64) -> Option<jiff::Timestamp> {
    from_epoch_ms((seconds * 1000.0) as i64)
}
