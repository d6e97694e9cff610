//! Claims about documents, arrays, and the identity of records.

use super::*;

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
    assert!(matches!(
        delivery.document,
        Document::Opaque(Unread::StoredElsewhere)
    ));
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
        matches!(&opened[0], Opened::Delivery(delivery) if delivery.arrival.id == format!("eventbridge:{EVENT_ID}"))
    );
}

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
    // A forwarded payload: an SQS batch inside an SQS message, whose ids its sender chose.
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
