//! Claims about every form of envelope, alone and nested.

use super::*;

#[test]
fn an_eventbridge_event_names_its_source_its_type_its_time_and_its_id() {
    let delivery = only(&event());
    assert_eq!(delivery.arrival.id, format!("eventbridge:{EVENT_ID}"));
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
    assert_eq!(delivery.arrival.id, format!("eventbridge:{EVENT_ID}@r-1"));
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
fn a_notification_without_attributes_says_that_there_are_none() {
    let mut body = notification(r#"{"order":1}"#);
    for none in [json!({}), Value::Null] {
        body["MessageAttributes"] = none;
        let delivery = only(&batch(&[message("m-1", &body.to_string())]));
        assert_eq!(delivery.arrival.attributes.as_deref(), Some(&json!({})));
        assert!(delivery.arrival.headers.is_none());
    }
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
    assert!(matches!(
        delivery.document,
        Document::Opaque(Unread::Binary)
    ));
}

/// An aggregate of `{"a":1}` with the key `customer-7`, `{"b":2}` with `customer-8`, and bytes.
const AGGREGATE: &str = "84mawgoKY3VzdG9tZXItNwoKY3VzdG9tZXItOBoLCAAaB3siYSI6MX0aCwgBGgd7ImIiOjJ9GggIABoE/wD+AVFZWF/UstDco/P+49OSH+Y=";

fn unbase64(text: &str) -> Vec<u8> {
    let engine = &base64::engine::general_purpose::STANDARD;
    engine.decode(text).unwrap()
}

#[test]
fn the_records_of_an_aggregate_are_deliveries_with_ids_of_their_own() {
    let all = deliveries(&batch(&[kinesis_record(&unbase64(AGGREGATE))]));
    let key = |name: &str| format!(r#"{{"partitionKey":"{name}"}}"#);
    let expected = [key("customer-7"), key("customer-8"), key("customer-7")];
    assert_eq!(all.len(), expected.len());
    for (index, (delivery, headers)) in all.iter().zip(expected).enumerate() {
        let arrival = &delivery.arrival;
        assert_eq!(arrival.id, format!("stream:{STREAM}/4959#{index}"));
        // Lambda delivers the whole aggregate again.
        assert_eq!(arrival.item.as_deref(), Some("4959"));
        assert_eq!(arrival.headers.as_deref(), Some(&*headers));
        assert_eq!(channels(delivery), ["stream/clicks"]);
    }
    assert_eq!(json_of(&all[0]), json!({ "a": 1 }));
    assert_eq!(json_of(&all[1]), json!({ "b": 2 }));
    assert!(matches!(all[2].document, Document::Opaque(_)));
}

#[test]
fn an_aggregate_is_named_once_without_opening_it() {
    let payload = batch(&[kinesis_record(&unbase64(AGGREGATE))]).to_string();
    let mut payload = Payload::new(payload.as_bytes(), "payload-1");
    let mut items = Vec::new();
    while payload.name_next(&mut |arrival| items.push(arrival.item)) {}
    assert_eq!(items, [Some("4959".to_owned())]);
}

#[test]
fn an_aggregate_whose_checksum_is_wrong_is_opaque() {
    let mut bytes = unbase64(AGGREGATE);
    *bytes.last_mut().unwrap() ^= 1;
    let delivery = only(&batch(&[kinesis_record(&bytes)]));
    assert_eq!(delivery.arrival.id, format!("stream:{STREAM}/4959"));
    assert!(matches!(
        delivery.document,
        Document::Opaque(Unread::Binary)
    ));
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
fn the_keys_of_json_come_in_one_order() {
    let [one, other] = [
        r#""a":{"S":"1"},"m":{"M":{"b":{"S":"2"},"y":{"S":"3"}}},"z":{"S":"4"}"#,
        r#""z":{"S":"4"},"m":{"M":{"y":{"S":"3"},"b":{"S":"2"}}},"a":{"S":"1"}"#,
    ]
    .map(|image| {
        let change = format!(
            r#"{{"eventSource":"aws:dynamodb","eventSourceARN":"{TABLE_STREAM}","eventName":"MODIFY",
            "dynamodb":{{"SequenceNumber":"1","OldImage":{{{image}}},"NewImage":{{{image}}},"Keys":{{{image}}}}}}}"#
        );
        let opened = open_text(&format!(r#"{{"Records":[{change}]}}"#));
        let [Opened::Delivery(delivery)] = &opened[..] else {
            panic!("not one delivery");
        };
        let Document::Json(text) = &delivery.document else {
            panic!("no JSON");
        };
        text.clone()
    });
    assert_eq!(one, other);
    let image = r#"{"a":"1","m":{"b":"2","y":"3"},"z":"4"}"#;
    assert_eq!(
        one,
        format!(r#"{{"Keys":{image},"NewImage":{image},"OldImage":{image}}}"#)
    );

    let [one, other] = [
        r#""a":{"Type":"String","Value":"1"},"z":{"Type":"String","Value":"2"}"#,
        r#""z":{"Value":"2","Type":"String"},"a":{"Value":"1","Type":"String"}"#,
    ]
    .map(|attributes| {
        let body = format!(
            r#"{{"Type":"Notification","MessageId":"n-1","TopicArn":"{TOPIC}","Message":"{{}}","MessageAttributes":{{{attributes}}}}}"#
        );
        let delivery = only(&batch(&[message("m-1", &body)]));
        delivery.arrival.headers.as_deref().map(ToString::to_string)
    });
    assert!(one.is_some());
    assert_eq!(one, other);
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
    let id_of = |source: &str| only(&sent(source, EVENT_ID)).arrival.id;
    assert_ne!(id_of("/shop"), id_of("/shop/2"));
    assert!(id_of("/shop").contains(EVENT_ID));

    let queued = only(&batch(&[message("m-1", &sent("/shop", "1").to_string())]));
    assert_eq!(queued.arrival.id, format!("sqs:{QUEUE}/m-1"));
    assert_eq!(channels(&queued), ["queue/jobs"]);
}

#[test]
fn an_id_that_its_sender_may_have_made_of_a_value_is_not_used() {
    for id in ["+44 7700 900123", "ada@analytical-engines.org", "1"] {
        let mut published = event();
        published["id"] = json!(id);
        let sent = json!({ "specversion": "1.0", "id": id, "source": "/shop", "type": "paid" });
        for (envelope, earlier) in [
            (published, format!("eventbridge:{id}")),
            (sent, format!("cloudevent:5:/shop/{id}")),
        ] {
            let arrival = only(&envelope).arrival;
            assert_eq!(arrival.id, "payload-1");
            assert_eq!(arrival.earlier_id, Some(earlier));
        }
    }
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
fn homes_come_from_arns_and_an_events_own_account_is_its_senders() {
    let message = json!({ "Records": [{
        "messageId": "m-1",
        "receiptHandle": "r",
        "body": json!({
            "id": "e-1", "source": "com.shop.orders", "detail-type": "OrderPlaced",
            "account": "999999999999", "region": "us-east-1", "detail": {},
        }).to_string(),
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:111111111111:orders",
        "awsRegion": "eu-west-1",
    }] });
    let arrival = only(&message).arrival;
    let homes: Vec<String> = arrival
        .channels
        .iter()
        .map(|channel| channel.home.to_string())
        .collect();
    // The event does not name its bus.
    assert_eq!(homes, ["*/*", "eu-west-1/111111111111"]);
    assert_eq!(arrival.sender_home.to_string(), "us-east-1/999999999999");
}
