//! Claims about opening: every form, nested forms, bad input, bounds.

use std::io::Write as _;

use base64::Engine as _;
use piitrail_detect::Unread;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::decode::is_json;
use super::*;
use crate::delivery::{Document, Sender};
use crate::party::PartyKind;

mod bounds;
mod documents;
mod failures;
mod forms;

const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:jobs";
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:news";
const STREAM: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks";
const TABLE_STREAM: &str =
    "arn:aws:dynamodb:eu-west-1:123456789012:table/customers/stream/2026-11-21T00:00:00.000";

fn open_text(payload: &str) -> Vec<Opened> {
    open_bytes(payload.as_bytes())
}

fn open_bytes(payload: &[u8]) -> Vec<Opened> {
    let mut opened = Vec::new();
    open(payload, "payload-1", &mut |one| opened.push(one));
    opened
}

fn open_json(payload: &Value) -> Vec<Opened> {
    open_text(&payload.to_string())
}

fn deliveries(payload: &Value) -> Vec<Delivery> {
    open_json(payload)
        .into_iter()
        .map(|opened| match opened {
            Opened::Delivery(delivery) => delivery,
            Opened::Unreadable(unreadable) => panic!("unreadable: {:?}", unreadable.reason),
        })
        .collect()
}

fn only(payload: &Value) -> Delivery {
    let mut all = deliveries(payload);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// Returns the items of unreadable records with the reason, in order.
fn failures(opened: &[Opened]) -> Vec<(Option<&str>, Reason)> {
    opened
        .iter()
        .filter_map(|one| match one {
            Opened::Unreadable(failed) => Some((failed.arrival.item.as_deref(), failed.reason)),
            Opened::Delivery(_) => None,
        })
        .collect()
}

fn json_of(delivery: &Delivery) -> Value {
    match &delivery.document {
        Document::Json(text) => serde_json::from_str(text).unwrap(),
        Document::Text(_) => panic!("text"),
        Document::Opaque(_) => panic!("opaque"),
    }
}

fn channels(delivery: &Delivery) -> Vec<String> {
    delivery
        .arrival
        .channels
        .iter()
        .map(|channel| {
            let name = channel.name.as_deref().unwrap_or("?");
            format!("{}/{name}", channel.kind.as_str())
        })
        .collect()
}

fn time(delivery: &Delivery) -> String {
    delivery
        .arrival
        .time
        .map_or_else(String::new, |at| at.to_string())
}

/// The id that EventBridge gave [`event`].
const EVENT_ID: &str = "4cabdb1f-94d2-4bd7-9b4f-87f3e51faa25";

fn event() -> Value {
    json!({
        "version": "0", "id": EVENT_ID, "detail-type": "OrderPlaced", "source": "com.shop.orders",
        "account": "123456789012", "time": "2026-11-20T10:00:00Z", "region": "eu-west-1",
        "resources": [], "detail": { "email": "ada@analytical-engines.org" },
        "a-field-of-tomorrow": { "x": [1, 2] },
    })
}

fn message(id: &str, body: &str) -> Value {
    json!({
        "messageId": id, "receiptHandle": "h", "body": body,
        "attributes": {
            "ApproximateReceiveCount": "3",
            "SentTimestamp": "1763632800000",
            "SenderId": "AROAEXAMPLE:checkout",
            "ApproximateFirstReceiveTimestamp": "1763632800005",
            "AWSTraceHeader": "Root=1-2-3",
        },
        "messageAttributes": {}, "md5OfBody": "x", "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE, "awsRegion": "eu-west-1",
    })
}

fn batch(records: &[Value]) -> Value {
    json!({ "Records": records })
}

fn notification(message: &str) -> Value {
    json!({
        "Type": "Notification", "MessageId": "n-1", "TopicArn": TOPIC, "Message": message,
        "Timestamp": "2026-11-20T10:00:01.000Z", "SignatureVersion": "1",
        "MessageAttributes": { "event_type": { "Type": "String", "Value": "OrderShipped" } },
    })
}

fn kinesis_record(data: &[u8]) -> Value {
    json!({
        "kinesis": {
            "kinesisSchemaVersion": "1.0", "partitionKey": "customer-7",
            "sequenceNumber": "4959", "approximateArrivalTimestamp": 1_763_632_800.25,
            "data": base64::engine::general_purpose::STANDARD.encode(data),
        },
        "eventSource": "aws:kinesis", "eventID": "shardId-000000000006:4959",
        "eventName": "aws:kinesis:record", "eventSourceARN": STREAM,
    })
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn log_data(messages: &[&str]) -> Vec<u8> {
    let events: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(n, text)| json!({ "id": format!("l-{n}"), "timestamp": 1_763_632_800_000_i64, "message": text }))
        .collect();
    gzip(
        json!({
            "messageType": "DATA_MESSAGE", "owner": "123456789012",
            "logGroup": "/aws/lambda/checkout", "logStream": "s",
            "subscriptionFilters": ["f"], "logEvents": events,
        })
        .to_string()
        .as_bytes(),
    )
}

fn awslogs(packed: &[u8]) -> Value {
    json!({ "awslogs": { "data": base64::engine::general_purpose::STANDARD.encode(packed) } })
}
