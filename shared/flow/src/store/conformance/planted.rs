//! A payload with values planted wherever it has room for text, and the search for these values in
//! everything that is stored or written out.

use std::fmt::Write as _;

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::ENGINE;
use crate::pipeline::{Records, Tracer};
use crate::routes::Router;
use crate::store::{Retention, Store};
use crate::topology::Topology;
use crate::vocabulary::Vocabulary;

/// The topology that routes the planted events.
pub const TOPOLOGY: &str = "
version: 1
taps: [{queue: tap, bus: shop}]
buses: {shop: {rules: [{name: r, pattern: {source: [{prefix: app.}]}, targets: [{queue: jobs}]}]}}
queues: {jobs: {consumers: [{function: worker}]}}
";

/// Counts the planted payload into a store.
///
/// # Panics
/// If a record fails that should not.
pub async fn count_into(store: &dyn Store, provable: &str, word: &str, now: Timestamp) {
    let topology = Topology::parse(TOPOLOGY).unwrap();
    let tracer = Tracer {
        engine: &ENGINE,
        router: &Router::new(&topology, &ENGINE),
        store,
        fingerprinting: None,
        vocabulary: &Vocabulary::default(),
        keep: Retention::default(),
    };
    let payload = planted(provable, word);
    let mut records = Records::default();
    records.open(payload.as_bytes(), "payload-1", 0);
    let outcome = tracer.count(records, now).await;
    assert_eq!(outcome.deliveries, 8, "{outcome:?}");
    assert_eq!(outcome.unrecorded, []);
}

/// Values that detectors can prove. The last is an id, which is not personal data by itself and is
/// not stored either.
pub const PROVABLE: [&str; 5] = [
    "grace.hopper@navy-mail.org",
    "4539578763621486",
    "GB29NWBK60161331926819",
    "AKIAY34FZKBOKMUTVV7A",
    "123e4567-e89b-12d3-a456-426614174000",
];

/// The ARN of a queue.
pub(crate) const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:jobs";

/// Returns a message of [`QUEUE`], as SQS hands it to a function.
pub(crate) fn message(id: &str, body: &str, receive_count: u32) -> Value {
    json!({
        "messageId": id, "body": body, "eventSource": "aws:sqs", "eventSourceARN": QUEUE,
        "attributes": {
            "ApproximateReceiveCount": receive_count.to_string(),
            "SentTimestamp": "1763632800000", "ApproximateFirstReceiveTimestamp": "1763632800005",
        },
    })
}

/// Returns a payload with these records.
pub(crate) fn batch(records: &[Value]) -> String {
    json!({ "Records": records }).to_string()
}

/// Returns the forms in which a value must not be found.
fn forms(value: &str) -> Vec<String> {
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD;
    let hex = value.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let url = value.bytes().fold(String::new(), |mut url, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
        url
    });
    let mut forms = vec![
        value.to_owned(),
        value.to_lowercase(),
        hex.to_uppercase(),
        hex,
        url,
    ];
    for shift in 0..3 {
        // The value as base64 at any offset inside a longer text, without its ends, which depend on
        // the text around it.
        let shifted = base64.encode("x".repeat(shift) + value);
        let inner = shifted.get(4..shifted.len() - 4).unwrap_or_default();
        if inner.len() >= 8 {
            forms.push(inner.to_owned());
        }
    }
    forms
}

/// Asserts that no form of a value is in these bytes.
///
/// # Panics
/// If one is. The message names the place but not the value.
pub fn assert_absent(place: &str, bytes: &[u8], values: &[String]) {
    let text = String::from_utf8_lossy(bytes);
    for value in values {
        for form in forms(value) {
            assert!(
                !text.contains(&form),
                "a form of a planted value is in {place}"
            );
        }
    }
}

/// Returns a payload with text planted wherever it has room: `provable` where names stand, `word`
/// where only bodies stand.
pub fn planted(provable: &str, word: &str) -> String {
    let event = json!({
        "id": "e-1", "detail-type": format!("Mail to {provable}"), "source": format!("app.{provable}"),
        "time": "2026-11-20T10:00:00Z",
        "detail": { "email": provable, "note": word, provable: { "k": word }, "list": [word, provable],
                    "packed": base64::engine::general_purpose::STANDARD.encode(json!({ "email": provable }).to_string()) },
    });
    let notification = json!({
        "Type": "Notification", "MessageId": "n", "TopicArn": format!("arn:aws:sns:eu-west-1:1:{provable}"),
        "Message": word, "Subject": format!("{word} {provable}"), "Timestamp": word,
        "MessageAttributes": {
            "event_type": { "Type": "String", "Value": provable },
            provable: { "Type": "String", "Value": word },
        },
    });
    let mut addressed = message("m-1", &event.to_string(), 1);
    addressed["messageAttributes"] =
        json!({ provable: { "stringValue": word }, "who": { "stringValue": provable } });
    addressed["attributes"]["SenderId"] = json!(format!("AROA:{provable}"));
    let mut elsewhere = message("m-2", &notification.to_string(), 1);
    elsewhere["eventSourceARN"] = json!(format!("arn:aws:sqs:eu-west-1:1:{provable}"));
    let mut dead = message("m-3", word, 1);
    dead["attributes"]["DeadLetterQueueSourceArn"] = json!(QUEUE);
    dead["eventSourceARN"] = json!(format!("arn:aws:sqs:eu-west-1:1:dlq-{provable}"));
    let cut = message("m-4", &format!("{{\"cut\": \"{word} {provable}"), 1);
    let wrong = json!({ "messageId": "m-5", "body": { "x": word }, "eventSource": "aws:sqs", "eventSourceARN": QUEUE });
    let cloudevent = json!({
        "specversion": "1.0", "id": word, "source": format!("/users/{provable}"), "type": provable,
        "subject": word, "data": { "x": provable },
    });
    let bucket = batch(&[json!({
        "eventSource": "aws:s3", "eventName": provable,
        "s3": { "bucket": { "name": provable }, "object": { "key": format!("{provable}/{word}") } },
    })]);
    let log = json!({ "logGroup": format!("/aws/lambda/{provable}"), "logEvents": [{ "id": word, "message": word }] });
    let change = json!({
        "eventName": provable, "tableName": provable,
        "dynamodb": { "Keys": { provable: { "S": word } }, "NewImage": { "email": { "S": provable } } },
    });
    batch(&[
        addressed,
        elsewhere,
        dead,
        cut,
        wrong,
        message("m-6", &cloudevent.to_string(), 1),
        message("m-7", &bucket, 1),
        message("m-8", &log.to_string(), 1),
        message("m-9", &change.to_string(), 1),
        message("m-10", &format!("Dear {word}, write to {provable}"), 1),
    ])
}
