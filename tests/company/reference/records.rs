//! Writes the forms in which AWS delivers: events, notifications, and the records that mappings and
//! pipes read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Moving, pattern};
use crate::company::model::{At, Company, Event, PipeSource, Sent};
use crate::machine_room::REGION;

/// Returns an event in the form of "Event structure reference".
pub(crate) fn as_event(company: &Company, event: &Event) -> Value {
    let service = &company.services[event.by];
    let mut whole = json!({
        "version": "0", "id": event.id, "detail-type": event.detail_type,
        "source": service.source, "account": service.account, "time": "2026-11-21T11:59:00Z",
        "region": REGION, "resources": [], "detail": event.body,
    });
    if let Sent::Event {
        replay: Some(name), ..
    } = &event.sent
    {
        whole["replay-name"] = json!(name);
    }
    whole
}

/// Returns the change part of a record, by "Using AWS Lambda with Amazon DynamoDB".
pub(crate) fn change(event: &Event, name: &str) -> Value {
    json!({
        "eventName": name,
        "dynamodb": { "Keys": { "id": { "S": event.id } }, "NewImage": event.body },
    })
}

/// Returns a notification in the "HTTP/HTTPS notification JSON format", which queues receive too.
pub(crate) fn notification(at: &At, message: &str, attributes: &[(String, String)]) -> Value {
    let mut whole = json!({
        "Type": "Notification", "MessageId": "made-by-the-topic",
        "TopicArn": format!("arn:aws:sns:{REGION}:{}:{}", at.account, at.name),
        "Message": message, "Timestamp": "2026-11-21T11:59:00.000Z", "SignatureVersion": "1",
    });
    if !attributes.is_empty() {
        let by_name = attributes
            .iter()
            .map(|(name, value)| (name.clone(), json!({ "Type": "String", "Value": value })));
        whole["MessageAttributes"] = Value::Object(by_name.collect());
    }
    whole
}

/// Returns the record that a mapping or a pipe reads, by "Using AWS Lambda with Amazon SQS", "with
/// Amazon Kinesis", "with Amazon DynamoDB", and "Amazon EventBridge Pipes event filtering".
pub(super) fn record(source: &PipeSource, moving: &Moving) -> Value {
    let (at, service) = match source {
        PipeSource::Queue(at) => (at, "sqs"),
        PipeSource::Stream(at) => (at, "kinesis"),
        PipeSource::Table(at) => (at, "dynamodb"),
    };
    let text = moving.text.clone();
    let mut record = match source {
        PipeSource::Queue(_) => json!({ "messageId": "given-by-the-queue", "body": text }),
        PipeSource::Stream(_) => json!({
            "sequenceNumber": "1", "partitionKey": "p", "data": text.map(|text| STANDARD.encode(text)),
        }),
        PipeSource::Table(_) => moving.change.clone().unwrap(),
    };
    let name = match source {
        PipeSource::Queue(_) => at.name.clone(),
        PipeSource::Stream(_) => format!("stream/{}", at.name),
        PipeSource::Table(_) => format!("table/{}/stream/2026-01-01T00:00:00.000", at.name),
    };
    record["eventSource"] = json!(format!("aws:{service}"));
    record["eventSourceARN"] = json!(format!("arn:aws:{service}:{REGION}:{}:{name}", at.account));
    record["awsRegion"] = json!(REGION);
    record
}

/// Returns true if one of the filters accepts a record ("Control which events Lambda sends to your
/// function").
pub(super) fn accepts(filters: &[Value], source: &PipeSource, moving: &Moving) -> bool {
    if filters.is_empty() {
        return true;
    }
    assert!(
        moving.text.is_some() || moving.change.is_some(),
        "nobody knows what a filter makes of a text that code has made"
    );
    let mut record = record(source, moving);
    let opened = match source {
        PipeSource::Queue(_) => Some("body"),
        PipeSource::Stream(_) => Some("data"),
        PipeSource::Table(_) => None,
    };
    if let (Some(opened), Some(text)) = (opened, &moving.text) {
        // "Properly filtering Amazon SQS messages": a JSON filter matches JSON bodies, and a text
        // filter matches text.
        if let Ok(body) = serde_json::from_str::<Value>(text)
            && (body.is_object() || body.is_array())
        {
            record[opened] = body;
        } else {
            record[opened] = json!(text);
        }
    }
    filters.iter().any(|filter| {
        let is_of_one_form = opened.is_none_or(|opened| match filter.get(opened) {
            None => true,
            Some(of_body) => of_body.is_object() != record[opened].is_string(),
        });
        is_of_one_form && pattern::matches(filter, Some(&record))
    })
}

/// Returns true if a rule's pattern accepts an event.
pub(crate) fn is_accepted_by(pattern: &Value, event: &Value) -> bool {
    pattern::matches(pattern, Some(event))
}
