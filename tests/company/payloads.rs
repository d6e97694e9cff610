//! Builds the payloads that Lambda passes to tracers: batches of a tap's queue, notifications, and
//! changes of a table. Some messages come a second time, because SQS may redeliver them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::map::Seen;
use super::model::{Company, Sent};
use super::reference;
use crate::machine_room::REGION;

/// The number of messages in a batch.
const BATCH: usize = 50;

/// One message in this many is redelivered.
const AGAIN: usize = 40;

pub(crate) fn payloads(company: &Company, seen: &[Seen<'_>]) -> Vec<String> {
    let mut by_place: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (number, one) in seen.iter().enumerate() {
        let (place, record) = record(company, one, number);
        by_place.entry(place).or_default().push(record);
    }
    let mut payloads = Vec::new();
    for records in by_place.into_values() {
        let batches = records.chunks(BATCH).map(<[Value]>::to_vec);
        let again: Vec<Value> = records
            .iter()
            .filter(|record| record["eventSource"] == "aws:sqs")
            .step_by(AGAIN)
            .map(|record| {
                let mut record = record.clone();
                record["attributes"]["ApproximateReceiveCount"] = json!("2");
                record
            })
            .collect();
        let again = (!again.is_empty()).then_some(again);
        for batch in batches.chain(again) {
            payloads.push(json!({ "Records": batch }).to_string());
        }
    }
    payloads
}

/// Returns a record, with the queue, topic or table that it is from.
fn record(company: &Company, seen: &Seen<'_>, number: usize) -> (String, Value) {
    let arn = |service: &str, account: &str, name: &str| {
        format!("arn:aws:{service}:{REGION}:{account}:{name}")
    };
    let event = seen.event;
    if let Some(at) = &seen.at {
        let tap = company.bus(&at.bus).tap.as_ref().unwrap();
        let arn = arn("sqs", tap.account, &tap.name);
        let record = json!({
            "messageId": format!("9b1c2a7e-0000-4b6a-8e2f-{number:012x}"),
            "body": at.event.to_string(),
            "attributes": {
                "ApproximateReceiveCount": "1", "SentTimestamp": "1795262340000",
                "ApproximateFirstReceiveTimestamp": "1795262341000",
            },
            "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": arn,
            "awsRegion": REGION,
        });
        return (arn, record);
    }
    match &event.sent {
        Sent::Event { .. } => panic!("an event is seen at a bus"),
        Sent::Message { topic, attributes } => {
            let attributes: Vec<(String, String)> = attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            let mut sns = reference::notification(topic, &event.body.to_string(), &attributes);
            sns["MessageId"] = json!(event.id);
            if attributes.is_empty() {
                // A function always receives the field; a queue only if there are attributes.
                sns["MessageAttributes"] = json!({});
            }
            let record = json!({ "EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns });
            (arn("sns", topic.account, &topic.name), record)
        }
        Sent::Change { table, name } => {
            let path = format!("table/{}/stream/2026-01-01T00:00:00.000", table.name);
            let arn = arn("dynamodb", table.account, &path);
            let mut record = reference::change(event, name);
            record["eventSource"] = json!("aws:dynamodb");
            record["eventSourceARN"] = json!(arn);
            record["eventID"] = json!(event.id);
            record["awsRegion"] = json!(REGION);
            record["dynamodb"]["SequenceNumber"] = json!(format!("{}", 1_000_000 + number));
            record["dynamodb"]["ApproximateCreationDateTime"] = json!(1_795_262_340);
            (arn, record)
        }
    }
}
