//! Records of a Kinesis stream.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>. The data is base64, often with
//! gzip inside, and its content is opened in turn. An aggregate of the Kinesis Producer Library is
//! opened into its records, each of which is counted with an id of its own. A retried batch does not say that it is one, so
//! the store is always asked.

use piitrail_detect::Aggregate;
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
                if opener.hands_over_arrivals(&arrival) {
                    return;
                }
                let key = kinesis.partition_key.as_deref();
                match unbase64(&kinesis.data) {
                    Ok(bytes) => open_data(opener, &bytes, key, &arrival),
                    Err(reason) => opener.unreadable(with_key(&arrival, key), reason),
                }
            },
        );
    }
}

/// Opens the data of a stream record, or each record of an aggregate. Only the whole aggregate can
/// fail, and its records are told apart by their position, as the client library does.
fn open_data(opener: &mut Opener<'_>, bytes: &[u8], key: Option<&str>, arrival: &Arrival) {
    let Some(aggregate) = Aggregate::open(bytes) else {
        return opener.open_bytes(bytes, &with_key(arrival, key));
    };
    for (index, (key, data)) in aggregate.records().enumerate() {
        let mut arrival = with_key(arrival, key);
        let id = format!("{}#{index}", arrival.id);
        let whole = std::mem::replace(&mut arrival.id, id);
        // Earlier versions counted the aggregate as one record.
        arrival.earlier_id = opener.is_outermost().then_some(whole);
        opener.open_bytes(data, &arrival);
        if opener.is_cut() {
            return;
        }
    }
}

/// Adds the partition key as a header. The producer chooses it, and it is often a customer's id or
/// address.
fn with_key(arrival: &Arrival, key: Option<&str>) -> Arrival {
    let mut arrival = arrival.clone();
    if let Some(key) = key {
        arrival.add_header("partitionKey", &Value::String(key.to_owned()).to_string());
    }
    arrival
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
