//! Claims about opening: every form, nested forms, bad input, bounds.

use std::io::Write as _;

use base64::Engine as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::delivery::Sender;
use crate::party::PartyKind;

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

/// Items of unreadable records with why, in order.
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
        Document::Opaque => panic!("opaque"),
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

fn event() -> Value {
    json!({
        "version": "0", "id": "e-1", "detail-type": "OrderPlaced", "source": "com.shop.orders",
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

// ---- forms ---------------------------------------------------------------------------------

#[test]
fn an_eventbridge_event_names_its_source_its_type_its_time_and_its_id() {
    let delivery = only(&event());
    assert_eq!(delivery.arrival.id, "eventbridge:e-1");
    assert_eq!(channels(&delivery), ["bus/?"]);
    assert!(delivery.arrival.sender == Some(Sender::Source("com.shop.orders".into())));
    assert_eq!(&*delivery.arrival.event_type, "OrderPlaced");
    assert_eq!(time(&delivery), "2026-11-20T10:00:00Z");
    assert_eq!(delivery.arrival.item, None);
    assert!(
        delivery.arrival.may_be_again(),
        "a direct invocation does not count"
    );
    assert_eq!(json_of(&delivery), event());
}

#[test]
fn a_replayed_event_is_a_delivery_of_its_own() {
    let mut replayed = event();
    replayed["replay-name"] = json!("r-1");
    let delivery = only(&replayed);
    assert_eq!(delivery.arrival.id, "eventbridge:e-1@r-1");
    assert!(delivery.arrival.replay);
}

#[test]
fn a_queue_message_tells_how_often_and_since_when_it_came() {
    let delivery = only(&batch(&[message("m-1", r#"{"email":"ada@x.org"}"#)]));
    let arrival = &delivery.arrival;
    assert_eq!(arrival.id, format!("sqs:{QUEUE}/m-1"));
    assert_eq!(arrival.item.as_deref(), Some("m-1"));
    assert_eq!(channels(&delivery), ["queue/jobs"]);
    assert!(arrival.sender == Some(Sender::Session("checkout".into())));
    assert_eq!(&*arrival.event_type, "message");
    assert_eq!(arrival.receive_count, Some(3));
    assert_eq!(time(&delivery), "2025-11-20T10:00:00Z");
    assert_eq!(
        arrival.first_received.unwrap().as_millisecond(),
        1_763_632_800_005
    );
    assert!(arrival.holder.is_none() && arrival.headers.is_none());
    assert_eq!(json_of(&delivery), json!({ "email": "ada@x.org" }));
}

#[test]
fn message_attributes_travel_as_headers_and_may_name_the_type() {
    let mut sent = message("m-1", "{}");
    sent["messageAttributes"] = json!({
        "event_type": { "stringValue": "Refunded", "dataType": "String" },
        "customer": { "stringValue": "ada@x.org", "dataType": "String" },
        "odd": 5,
    });
    let delivery = only(&batch(&[sent]));
    assert_eq!(&*delivery.arrival.event_type, "Refunded");
    let headers: Value =
        serde_json::from_str(delivery.arrival.headers.as_deref().unwrap()).unwrap();
    assert_eq!(
        headers["messageAttributes"]["customer"]["stringValue"],
        "ada@x.org"
    );
}

#[test]
fn an_event_in_a_queue_keeps_the_messages_id_and_receptions() {
    let delivery = only(&batch(&[message("m-1", &event().to_string())]));
    assert_eq!(delivery.arrival.id, format!("sqs:{QUEUE}/m-1"));
    assert_eq!(channels(&delivery), ["bus/?", "queue/jobs"]);
    assert!(delivery.arrival.sender == Some(Sender::Source("com.shop.orders".into())));
    assert_eq!(&*delivery.arrival.event_type, "OrderPlaced");
    assert_eq!(time(&delivery), "2026-11-20T10:00:00Z");
    assert_eq!(delivery.arrival.receive_count, Some(3));
}

#[test]
fn a_notification_in_a_queue_came_over_the_topic_first() {
    let body = notification(r#"{"order":1}"#).to_string();
    let delivery = only(&batch(&[message("m-1", &body)]));
    assert_eq!(channels(&delivery), ["topic/news", "queue/jobs"]);
    assert_eq!(delivery.arrival.id, format!("sqs:{QUEUE}/m-1"));
    assert!(
        delivery.arrival.sender.is_none(),
        "a topic does not say who published"
    );
    assert_eq!(&*delivery.arrival.event_type, "OrderShipped");
    assert_eq!(time(&delivery), "2026-11-20T10:00:01Z");
    assert!(delivery.arrival.attributes.is_some() && delivery.arrival.headers.is_some());
    assert_eq!(json_of(&delivery), json!({ "order": 1 }));
}

#[test]
fn an_event_in_a_topic_in_a_queue_came_over_all_three() {
    let body = notification(&event().to_string()).to_string();
    let delivery = only(&batch(&[message("m-1", &body)]));
    assert_eq!(channels(&delivery), ["bus/?", "topic/news", "queue/jobs"]);
    assert_eq!(json_of(&delivery), event());
}

#[test]
fn headers_of_nested_envelopes_are_all_kept() {
    let mut sent = message("m-1", &notification("hello").to_string());
    sent["messageAttributes"] = json!({ "a": { "stringValue": "outer" } });
    let delivery = only(&batch(&[sent]));
    let headers = delivery.arrival.headers.unwrap();
    assert!(
        headers.contains("outer") && headers.contains("OrderShipped"),
        "{headers}"
    );
    assert!(is_json(&headers), "{headers}");
}

#[test]
fn a_topic_invokes_directly_too() {
    let payload = batch(&[json!({
        "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn:x",
        "Sns": {
            "Type": "Notification", "MessageId": "n-1", "TopicArn": TOPIC,
            "Subject": "Hello Ada", "Message": "Dear Ada, your order is on its way",
            "Timestamp": "2026-11-20T10:00:01.000Z", "MessageAttributes": {},
        },
    })]);
    let delivery = only(&payload);
    assert_eq!(delivery.arrival.id, "sns:n-1");
    assert_eq!(channels(&delivery), ["topic/news"]);
    assert_eq!(
        delivery.arrival.headers.as_deref(),
        Some(r#"{"subject":"Hello Ada"}"#)
    );
    assert!(delivery.arrival.first_received.is_some());
    assert!(matches!(&delivery.document, Document::Text(text) if text.starts_with("Dear Ada")));
}

#[test]
fn a_stream_record_is_unpacked_and_named_by_its_sequence_number() {
    for data in [br#"{"a":1}"#.to_vec(), gzip(br#"{"a":1}"#)] {
        let delivery = only(&batch(&[kinesis_record(&data)]));
        assert_eq!(delivery.arrival.id, format!("stream:{STREAM}/4959"));
        assert_eq!(delivery.arrival.item.as_deref(), Some("4959"));
        assert_eq!(channels(&delivery), ["stream/clicks"]);
        assert_eq!(&*delivery.arrival.event_type, "record");
        assert_eq!(time(&delivery), "2025-11-20T10:00:00.25Z");
        assert_eq!(delivery.arrival.first_received, delivery.arrival.time);
        assert_eq!(
            delivery.arrival.headers.as_deref(),
            Some(r#"{"partitionKey":"customer-7"}"#)
        );
        assert_eq!(json_of(&delivery), json!({ "a": 1 }));
    }
}

#[test]
fn a_stream_record_that_is_no_text_is_opaque_and_not_a_failure() {
    let delivery = only(&batch(&[kinesis_record(&[0xf3, 0x89, 0x9a, 0xc2, 0xff])]));
    assert!(matches!(delivery.document, Document::Opaque));
}

#[test]
fn a_tables_change_is_read_in_plain_json() {
    let payload = batch(&[json!({
        "eventID": "c-1", "eventName": "MODIFY", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "eu-west-1", "eventSourceARN": TABLE_STREAM,
        "dynamodb": {
            "ApproximateCreationDateTime": 1_763_632_800, "SequenceNumber": "111",
            "Keys": { "id": { "S": "c-7" } },
            "NewImage": {
                "email": { "S": "ada@x.org" }, "age": { "N": "36" }, "long": { "N": "12345678901234567890123" },
                "tags": { "SS": ["a", "b"] }, "address": { "M": { "city": { "S": "London" } } },
                "list": { "L": [{ "BOOL": true }, { "NULL": true }] }, "price": { "N": "1.5" },
            },
            "StreamViewType": "NEW_IMAGE",
        },
    })]);
    let delivery = only(&payload);
    assert_eq!(delivery.arrival.id, format!("stream:{TABLE_STREAM}/111"));
    assert_eq!(delivery.arrival.item.as_deref(), Some("111"));
    assert_eq!(channels(&delivery), ["stream/customers"]);
    assert!(delivery.arrival.sender == Some(Sender::Table("customers".into())));
    assert_eq!(&*delivery.arrival.event_type, "MODIFY");
    assert_eq!(
        json_of(&delivery),
        json!({
            "Keys": { "id": "c-7" },
            "NewImage": {
                "email": "ada@x.org", "age": 36, "long": "12345678901234567890123", "tags": ["a", "b"],
                "address": { "city": "London" }, "list": [true, null], "price": 1.5,
            },
        })
    );
    let change: Value = serde_json::from_str(delivery.arrival.change.as_deref().unwrap()).unwrap();
    assert_eq!(change["dynamodb"]["NewImage"]["email"]["S"], "ada@x.org");
}

#[test]
fn a_change_by_way_of_kinesis_keeps_the_streams_identity() {
    let change = json!({
        "awsRegion": "eu-west-1", "eventID": "c-1", "eventName": "INSERT", "tableName": "customers",
        "recordFormat": "application/json", "eventSource": "aws:dynamodb",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_763_632_800_123_456_i64,
            "Keys": { "id": { "S": "c-7" } }, "SizeBytes": 3,
        },
    });
    let delivery = only(&batch(&[kinesis_record(change.to_string().as_bytes())]));
    assert_eq!(delivery.arrival.id, format!("stream:{STREAM}/4959"));
    assert_eq!(delivery.arrival.item.as_deref(), Some("4959"));
    assert_eq!(time(&delivery), "2025-11-20T10:00:00.123Z");
    assert_eq!(&*delivery.arrival.event_type, "INSERT");
}

#[test]
fn a_bucket_notification_is_one_delivery_a_record_alone_and_in_a_queue() {
    let record = |sequencer: &str| {
        json!({
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventTime": "2026-11-20T10:00:00.000Z",
            "eventName": "ObjectCreated:Put", "responseElements": { "x-amz-request-id": "R1" },
            "s3": { "bucket": { "name": "invoices" }, "object": { "key": "ada%40x.org/1.pdf", "sequencer": sequencer } },
        })
    };
    let notification = batch(&[record("A"), record("B")]);
    let alone = deliveries(&notification);
    let ids: Vec<&str> = alone
        .iter()
        .map(|delivery| delivery.arrival.id.as_str())
        .collect();
    assert_eq!(ids, ["s3:invoices/R1/A", "s3:invoices/R1/B"]);
    assert!(alone[0].arrival.sender == Some(Sender::Bucket("invoices".into())));
    assert_eq!(&*alone[0].arrival.event_type, "ObjectCreated:Put");
    assert_eq!(json_of(&alone[0]), record("A"));

    let queued = deliveries(&batch(&[message("m-1", &notification.to_string())]));
    let ids: Vec<String> = queued
        .iter()
        .map(|delivery| delivery.arrival.id.clone())
        .collect();
    assert_eq!(
        ids,
        [format!("sqs:{QUEUE}/m-1#0"), format!("sqs:{QUEUE}/m-1#1")]
    );
    assert!(
        queued
            .iter()
            .all(|delivery| delivery.arrival.item.as_deref() == Some("m-1"))
    );
}

#[test]
fn a_cloudevent_is_known_by_its_source_and_id_together() {
    let sent = |source: &str, id: &str| {
        json!({
            "specversion": "1.0", "id": id, "source": source, "type": "com.shop.paid",
            "time": "2026-11-20T10:00:00Z", "datacontenttype": "application/json", "data": { "x": 1 },
        })
    };
    let delivery = only(&sent("/shop", "1"));
    assert!(delivery.arrival.sender == Some(Sender::Source("/shop".into())));
    assert_eq!(&*delivery.arrival.event_type, "com.shop.paid");
    assert_eq!(time(&delivery), "2026-11-20T10:00:00Z");
    assert!(delivery.arrival.channels.is_empty());
    let ids = [("a/b", "c"), ("a", "b/c")].map(|(source, id)| only(&sent(source, id)).arrival.id);
    assert_ne!(ids[0], ids[1]);

    let queued = only(&batch(&[message("m-1", &sent("/shop", "1").to_string())]));
    assert_eq!(queued.arrival.id, format!("sqs:{QUEUE}/m-1"));
    assert_eq!(channels(&queued), ["queue/jobs"]);
}

#[test]
fn log_events_are_held_by_their_log_group_and_sent_by_its_function() {
    let data = log_data(&["hello ada@x.org", r#"{"level":"INFO"}"#]);
    let opened = deliveries(&awslogs(&data));
    assert_eq!(opened[0].arrival.id, "logs:/aws/lambda/checkout/l-0");
    assert!(opened[0].arrival.sender == Some(Sender::Function("checkout".into())));
    let holder = opened[0].arrival.holder.as_ref().unwrap();
    assert_eq!(
        (holder.kind, holder.name.as_str()),
        (PartyKind::LogGroup, "/aws/lambda/checkout")
    );
    assert_eq!(time(&opened[0]), "2025-11-20T10:00:00Z");
    assert!(matches!(opened[0].document, Document::Text(_)));
    assert!(matches!(opened[1].document, Document::Json(_)));

    let streamed = deliveries(&batch(&[kinesis_record(&data)]));
    assert_eq!(streamed.len(), 2);
    assert!(
        streamed
            .iter()
            .all(|delivery| delivery.arrival.item.as_deref() == Some("4959"))
    );
}

#[test]
fn a_control_message_of_the_log_service_is_no_record() {
    let data = gzip(br#"{"messageType":"CONTROL_MESSAGE","logGroup":"","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]}"#);
    assert!(open_json(&awslogs(&data)).is_empty());
}

#[test]
fn a_dead_letter_queue_holds_what_it_was_given() {
    let mut redriven = message("m-1", &event().to_string());
    redriven["attributes"]["DeadLetterQueueSourceArn"] = json!(QUEUE);
    let mut undelivered = message("m-2", &event().to_string());
    undelivered["messageAttributes"] = json!({
        "RULE_ARN": { "stringValue": "arn:rule" }, "ERROR_CODE": { "stringValue": "X" },
    });
    for delivery in deliveries(&batch(&[redriven, undelivered])) {
        let holder = delivery.arrival.holder.unwrap();
        assert_eq!(
            (holder.kind, holder.name.as_str()),
            (PartyKind::DeadLetterQueue, "jobs")
        );
    }
}

#[test]
fn text_that_only_looks_a_little_like_json_is_prose() {
    for body in [
        "[INFO] order 7 for ada@x.org",
        "[2026-11-20] hello",
        "order 7",
        "7 apples",
        "(x)",
    ] {
        let delivery = only(&batch(&[message("m-1", body)]));
        assert!(
            matches!(&delivery.document, Document::Text(text) if text == body),
            "{body}"
        );
    }
}

#[test]
fn json_that_is_no_object_is_json() {
    for body in ["[1,2]", "\"ada@x.org\"", "7", "null", "[]", " [ \"a\" ] "] {
        let delivery = only(&batch(&[message("m-1", body)]));
        assert!(matches!(&delivery.document, Document::Json(_)), "{body}");
    }
}

#[test]
fn a_pointer_to_a_body_kept_elsewhere_is_opaque() {
    let body = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]"#;
    let delivery = only(&batch(&[message("m-1", body)]));
    assert!(matches!(delivery.document, Document::Opaque));
}

#[test]
fn an_array_of_events_is_taken_apart_and_one_of_anything_else_is_a_document() {
    let mut second = event();
    second["id"] = json!("e-2");
    let opened = deliveries(&json!([event(), second, { "free": 1 }]));
    let ids: Vec<&str> = opened
        .iter()
        .map(|delivery| delivery.arrival.id.as_str())
        .collect();
    assert_eq!(ids[2], "payload-1#2");
    assert_eq!(opened.len(), 3);
    assert_eq!(deliveries(&json!([event(), 1])).len(), 1);
    assert_eq!(deliveries(&json!([])).len(), 1);
}

#[test]
fn a_pipe_hands_over_the_records_of_its_source_bare() {
    let opened = deliveries(&json!([message("m-1", "{}"), message("m-2", "{}")]));
    let items: Vec<Option<&str>> = opened.iter().map(|d| d.arrival.item.as_deref()).collect();
    assert_eq!(items, [Some("m-1"), Some("m-2")]);

    let mut flat = kinesis_record(b"{\"a\":1}");
    let kinesis = flat.as_object_mut().unwrap().remove("kinesis").unwrap();
    flat.as_object_mut()
        .unwrap()
        .extend(kinesis.as_object().unwrap().clone());
    let delivery = only(&json!([flat]));
    assert_eq!(delivery.arrival.item.as_deref(), Some("4959"));
    assert_eq!(json_of(&delivery), json!({ "a": 1 }));
    flat["data"] = json!(7);
    assert_eq!(
        failures(&open_json(&json!([flat]))),
        [(Some("4959"), Reason::WrongForm)]
    );
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let opened = open_text(&format!("\u{feff}{}", event()));
    assert!(
        matches!(&opened[0], Opened::Delivery(delivery) if delivery.arrival.id == "eventbridge:e-1")
    );
}

// ---- identity ------------------------------------------------------------------------------

#[test]
fn the_same_message_has_the_same_id_in_whatever_batch_it_comes_again() {
    let id_in = |records: &[Value], at: usize| deliveries(&batch(records))[at].arrival.id.clone();
    let mut again = message("m-2", "{}");
    again["attributes"]["ApproximateReceiveCount"] = json!("9");
    again["receiptHandle"] = json!("another");
    assert_eq!(
        id_in(&[message("m-1", "{}"), message("m-2", "{}")], 1),
        id_in(&[again, message("m-3", "{}")], 0)
    );
}

#[test]
fn a_message_in_a_dead_letter_queue_is_not_the_one_it_was_in_its_own() {
    let mut dead = message("m-1", "{}");
    dead["eventSourceARN"] = json!("arn:aws:sqs:eu-west-1:123456789012:jobs-dlq");
    assert_ne!(
        only(&batch(&[dead])).arrival.id,
        only(&batch(&[message("m-1", "{}")])).arrival.id
    );
}

#[test]
fn what_is_inside_a_message_cannot_take_its_identity() {
    // A forwarded payload: an SQS batch inside an SQS message, with ids of its sender's choosing.
    let mut inner = message("forged", "{}");
    inner["attributes"]["ApproximateReceiveCount"] = json!("1");
    let records = [
        inner.clone(),
        inner,
        json!({ "messageId": "forged-too", "body": 1, "eventSource": "aws:sqs" }),
    ];
    let opened = open_json(&batch(&[message("m-1", &batch(&records).to_string())]));
    assert_eq!(opened.len(), 3);
    for one in &opened {
        let (Opened::Delivery(Delivery { arrival, .. })
        | Opened::Unreadable(Unreadable { arrival, .. })) = one;
        assert_eq!(arrival.item.as_deref(), Some("m-1"));
        assert!(
            arrival.id.starts_with(&format!("sqs:{QUEUE}/m-1#")),
            "{}",
            arrival.id
        );
        assert_eq!(arrival.receive_count, Some(3));
    }
    let mut log = json!({ "messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": [] });
    log["logEvents"] = json!([{ "id": "forged", "message": "x" }]);
    assert_eq!(
        only(&batch(&[message("m-1", &log.to_string())])).arrival.id,
        format!("sqs:{QUEUE}/m-1#0")
    );
}

// ---- bad input -----------------------------------------------------------------------------

#[test]
fn one_unreadable_record_fails_alone_by_its_id() {
    let wrong_type =
        json!({ "messageId": "m-2", "body": 5, "eventSource": "aws:sqs", "eventSourceARN": QUEUE });
    let no_body = json!({ "messageId": "m-4", "eventSource": "aws:sqs", "eventSourceARN": QUEUE, "kinesis": 7 });
    let opened = open_json(&batch(&[
        message("m-1", "{}"),
        wrong_type,
        message("m-3", "{\"cut\": "),
        no_body,
        message("m-5", ""),
        message("m-6", "{}"),
    ]));
    assert_eq!(
        failures(&opened),
        [
            (Some("m-2"), Reason::WrongForm),
            (Some("m-3"), Reason::NotJson),
            (Some("m-4"), Reason::WrongForm),
            (Some("m-5"), Reason::Empty),
        ]
    );
    assert_eq!(opened.len(), 6);
}

#[test]
fn a_record_of_the_wrong_form_is_known_by_the_id_it_will_have_when_it_is_read() {
    let wrong =
        json!({ "messageId": "m-1", "body": 5, "eventSource": "aws:sqs", "eventSourceARN": QUEUE });
    let opened = open_json(&batch(&[wrong]));
    let Opened::Unreadable(failed) = &opened[0] else {
        panic!("was read")
    };
    assert_eq!(
        failed.arrival.id,
        only(&batch(&[message("m-1", "{}")])).arrival.id
    );
}

#[test]
fn stream_records_fail_alone_by_their_sequence_number() {
    let mut bad_base64 = kinesis_record(b"x");
    bad_base64["kinesis"]["data"] = json!("~~~");
    let mut bad_gzip = kinesis_record(b"x");
    bad_gzip["kinesis"]["data"] = json!("H4sIAAAA");
    let no_data = json!({ "eventSource": "aws:kinesis", "eventSourceARN": STREAM, "kinesis": { "sequenceNumber": "7" } });
    let bad_image = json!({
        "eventSource": "aws:dynamodb", "eventSourceARN": TABLE_STREAM, "eventName": "INSERT",
        "dynamodb": { "SequenceNumber": "8", "NewImage": { "a": "not an attribute value" } },
    });
    assert_eq!(
        failures(&open_json(&batch(&[
            bad_base64,
            bad_gzip,
            no_data,
            kinesis_record(b"")
        ]))),
        [
            (Some("4959"), Reason::BadBase64),
            (Some("4959"), Reason::BadGzip),
            (Some("7"), Reason::WrongForm),
            (Some("4959"), Reason::Empty),
        ]
    );
    assert_eq!(
        failures(&open_json(&batch(&[bad_image]))),
        [(Some("8"), Reason::WrongForm)]
    );
}

#[test]
fn a_payload_that_cannot_be_read_says_why() {
    for (payload, reason) in [
        (&b"{\"a\": "[..], Reason::NotJson),
        (b"[{\"a\": 1}", Reason::NotJson),
        (b"{}{}", Reason::NotJson),
        (b"\xff\xfe", Reason::NotUtf8),
        (b"", Reason::Empty),
        (b" \n", Reason::Empty),
        (br#"{"awslogs":{"data":"~"}}"#, Reason::BadBase64),
        (br#"{"awslogs":{"data":"aGVsbG8="}}"#, Reason::BadGzip),
        (br#"{"awslogs":{"data":7}}"#, Reason::WrongForm),
        (br#"{"awslogs":7}"#, Reason::WrongForm),
        (
            br#"{"source":7,"detail-type":"x","detail":{}}"#,
            Reason::WrongForm,
        ),
        (
            br#"{"specversion":"1.0","source":"a","type":"b","id":7}"#,
            Reason::WrongForm,
        ),
        (
            br#"{"Type":"Notification","TopicArn":7,"Message":"x"}"#,
            Reason::WrongForm,
        ),
        (br#"{"logGroup":"g","logEvents":7}"#, Reason::WrongForm),
    ] {
        let opened = open_bytes(payload);
        assert_eq!(
            failures(&opened),
            [(None, reason)],
            "{}",
            String::from_utf8_lossy(payload)
        );
        assert_eq!(opened.len(), 1);
    }
}

#[test]
fn what_no_envelope_recognises_is_delivered_as_it_is() {
    for payload in [
        "{}",
        "{\"Records\":[]}",
        "{\"Records\":7}",
        "{\"Records\":[1,2]}",
        "[]",
        "7",
        "prose",
        "{\"source\":\"a\",\"source\":\"b\",\"detail-type\":\"x\",\"detail\":{}}",
        "{\"n\": 123456789012345678901234567890e400}",
    ] {
        let opened = open_text(payload);
        assert!(matches!(&opened[..], [Opened::Delivery(_)]), "{payload}");
    }
}

#[test]
fn optional_fields_may_be_missing() {
    let bare = [
        batch(&[
            json!({ "messageId": "m", "body": "{}", "eventSource": "aws:sqs", "eventSourceARN": QUEUE }),
        ]),
        batch(&[
            json!({ "messageId": "m", "body": "{}", "eventSource": "aws:sqs", "eventSourceARN": QUEUE,
            "attributes": null, "messageAttributes": null }),
        ]),
        json!({ "source": "a", "detail-type": "b", "detail": {} }),
        json!({ "specversion": "1.0", "id": "1", "source": "a", "type": "b" }),
        batch(&[
            json!({ "eventSource": "aws:s3", "eventName": "x", "s3": { "bucket": { "name": "b" }, "object": {} } }),
        ]),
        batch(&[json!({ "eventSource": "aws:dynamodb", "eventName": "REMOVE", "dynamodb": {} })]),
        batch(&[
            json!({ "eventSource": "aws:kinesis", "eventSourceARN": STREAM, "kinesis": { "sequenceNumber": "1", "data": "e30=" } }),
        ]),
        json!({ "Type": "Notification", "MessageId": "n", "TopicArn": TOPIC, "Message": "{}" }),
    ];
    for payload in bare {
        only(&payload);
    }
}

// ---- bounds --------------------------------------------------------------------------------

#[test]
fn envelopes_nested_too_deep_are_delivered_unopened_and_counted() {
    let mut body = event().to_string();
    for _ in 0..=NESTING_MAX {
        body = notification(&body).to_string();
    }
    let delivery = only(&serde_json::from_str(&body).unwrap());
    assert_eq!(delivery.limit, Some(NESTING_LIMIT));
}

#[test]
fn a_gzip_bomb_is_cut_at_the_bound() {
    let bomb = gzip(&vec![b' '; usize::try_from(UNPACKED_MAX).unwrap() + 1]);
    assert_eq!(
        failures(&open_json(&awslogs(&bomb))),
        [(None, Reason::TooLarge)]
    );
    assert_eq!(
        failures(&open_json(&batch(&[kinesis_record(&bomb)]))),
        [(Some("4959"), Reason::TooLarge)]
    );
}

#[test]
fn many_gzip_bombs_do_not_add_up() {
    let bomb = kinesis_record(&gzip(&vec![b'x'; 30 << 20]));
    let records = vec![bomb; 12];
    let mut held = 0;
    let mut last = None;
    open(batch(&records).to_string().as_bytes(), "p", &mut |one| {
        if let Opened::Delivery(Delivery {
            document: Document::Text(text),
            ..
        }) = &one
        {
            held += text.len();
        }
        last = match one {
            Opened::Unreadable(failed) => Some((failed.arrival.item, failed.reason)),
            Opened::Delivery(_) => None,
        };
    });
    assert!(held <= 2 * PAYLOAD_MAX, "{held} bytes held");
    assert_eq!(
        last,
        Some((None, Reason::TooLarge)),
        "the rest fails as a whole"
    );
}

#[test]
fn a_message_that_holds_too_much_fails_alone() {
    // Each log event carries the name of its group.
    let group = "g".repeat(100_000);
    let events: Vec<Value> = (0..2_000)
        .map(|n| json!({ "id": n.to_string(), "message": "x" }))
        .collect();
    let body = json!({ "logGroup": group, "logEvents": events }).to_string();
    let opened = open_json(&batch(&[message("m-1", &body), message("m-2", "{}")]));
    assert_eq!(failures(&opened), [(Some("m-1"), Reason::TooLarge)]);
    let Some(Opened::Delivery(last)) = opened.last() else {
        panic!("m-2 was not read")
    };
    assert_eq!(last.arrival.item.as_deref(), Some("m-2"));
}

#[test]
fn headers_are_shared_by_the_records_of_a_message() {
    let record = json!({ "eventSource": "aws:s3", "eventName": "x", "s3": { "bucket": { "name": "b" }, "object": {} } });
    let mut sent = message("m-1", &batch(&vec![record; 3_000]).to_string());
    sent["messageAttributes"] = json!({ "a": { "stringValue": "x".repeat(200_000) } });
    let opened = deliveries(&batch(&[sent]));
    assert_eq!(opened.len(), 3_000);
    let first = opened[0].arrival.headers.as_ref().unwrap();
    assert!(
        opened
            .iter()
            .all(|d| std::sync::Arc::ptr_eq(first, d.arrival.headers.as_ref().unwrap()))
    );
}

#[test]
fn a_million_records_come_back_in_time() {
    let started = std::time::Instant::now();
    let million = format!("{{\"Records\":[{}1]}}", "1,".repeat(1_000_000));
    assert_eq!(open_text(&million).len(), 1);
    let million = format!(
        "{{\"Records\":[{}{{\"eventSource\":\"aws:sqs\"}}]}}",
        "{},".repeat(1_000_000)
    );
    let opened = open_text(&million);
    assert!(opened.len() < 400_000, "{} records held", opened.len());
    assert!(started.elapsed().as_secs() < 180, "{:?}", started.elapsed());
}

#[test]
fn a_million_keys_and_ten_thousand_levels_come_back_in_time() {
    let started = std::time::Instant::now();
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    assert_eq!(open_text(&deep).len(), 1);
    let deep = "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000);
    assert_eq!(open_text(&deep).len(), 1);
    assert_eq!(deliveries(&batch(&[message("m-1", &deep)])).len(), 1);
    let cut = "{\"a\":".repeat(10_000);
    assert_eq!(failures(&open_text(&cut)), [(None, Reason::NotJson)]);
    let escapes = "\\\\n\\\\u0041\\\"".repeat(60_000);
    assert_eq!(open_text(&format!("{{\"a\":\"{escapes}\"}}")).len(), 1);
    let keys = (0..1_000_000)
        .map(|n| format!("\"{n}\":0"))
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(open_text(&format!("{{{keys}}}")).len(), 1);
    assert!(started.elapsed().as_secs() < 180, "{:?}", started.elapsed());
}

#[test]
fn ten_thousand_messages_are_one_delivery_each() {
    let body = event().to_string();
    let records: Vec<Value> = (0..10_000)
        .map(|n| message(&format!("m-{n}"), &body))
        .collect();
    let opened = deliveries(&batch(&records));
    assert_eq!(opened.len(), 10_000);
    let ids: std::collections::BTreeSet<&str> =
        opened.iter().map(|d| d.arrival.id.as_str()).collect();
    assert_eq!(ids.len(), 10_000);
}

// ---- laws ----------------------------------------------------------------------------------

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop_oneof![
            Just("aws:sqs"),
            Just("aws:sns"),
            Just("aws:kinesis"),
            Just("aws:dynamodb"),
            Just("aws:s3"),
            Just("Notification"),
            Just("{}"),
            Just("{\"Records\":[{\"eventSource\":\"aws:sqs\"}]}"),
            Just("H4sIAAAA"),
            Just("1.0"),
            Just(""),
        ]
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("Records"),
        Just("eventSource"),
        Just("EventSource"),
        Just("messageId"),
        Just("body"),
        Just("eventSourceARN"),
        Just("attributes"),
        Just("messageAttributes"),
        Just("Sns"),
        Just("kinesis"),
        Just("data"),
        Just("sequenceNumber"),
        Just("dynamodb"),
        Just("NewImage"),
        Just("eventName"),
        Just("s3"),
        Just("bucket"),
        Just("object"),
        Just("name"),
        Just("awslogs"),
        Just("logEvents"),
        Just("logGroup"),
        Just("source"),
        Just("detail"),
        Just("detail-type"),
        Just("specversion"),
        Just("type"),
        Just("id"),
        Just("Type"),
        Just("TopicArn"),
        Just("Message"),
        Just("S"),
        Just("M"),
    ]
    .prop_map(str::to_owned);
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner.clone(), 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            // A document in a string.
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_opened_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(!open_bytes(&bytes).is_empty());
    }

    #[test]
    fn anything_of_an_envelopes_words_is_opened_without_a_panic_and_alike_each_time(value in any_json()) {
        let text = value.to_string();
        let told = |opened: &[Opened]| -> Vec<(String, Option<String>, bool)> {
            opened.iter().map(|one| match one {
                Opened::Delivery(d) => (d.arrival.id.clone(), d.arrival.item.clone(), true),
                Opened::Unreadable(u) => (u.arrival.id.clone(), u.arrival.item.clone(), false),
            }).collect()
        };
        prop_assert_eq!(told(&open_text(&text)), told(&open_text(&text)));
    }

    #[test]
    fn a_cut_payload_is_opened_without_a_panic(value in any_json(), at in 0.0..1.0_f64) {
        let text = value.to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let end = (text.len() as f64 * at) as usize;
        open_bytes(&text.as_bytes()[..end]);
    }
}
