//! Claims about bounds and running time, on large and on arbitrary input.

use super::*;
use crate::limit::Limit;

#[test]
fn envelopes_nested_too_deep_are_delivered_unopened_and_counted() {
    let mut body = event().to_string();
    for _ in 0..=NESTING_MAX {
        body = notification(&body).to_string();
    }
    let delivery = only(&serde_json::from_str(&body).unwrap());
    assert_eq!(delivery.limit, Some(Limit::EnvelopeNesting));
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
fn many_gzip_bombs_are_opened_one_after_the_other() {
    let payload = batch(&vec![kinesis_record(&gzip(&vec![b'x'; 30 << 20])); 12]).to_string();
    let mut payload = Payload::new(payload.as_bytes(), "p");
    let mut delivered = 0;
    loop {
        let mut held = Vec::new();
        if !payload.open_next(&mut |one| held.push(one)) {
            break;
        }
        assert!(held.len() <= 1, "{} records at a time", held.len());
        delivered += held
            .iter()
            .filter(|one| matches!(one, Opened::Delivery(_)))
            .count();
    }
    assert_eq!(delivered, 12);
}

#[test]
fn records_are_named_without_being_opened() {
    let bomb = kinesis_record(&gzip(&vec![b'x'; 30 << 20]));
    let payload = batch(&[bomb.clone(), json!(7), bomb]).to_string();
    let mut payload = Payload::new(payload.as_bytes(), "p");
    let mut opened = 0;
    assert!(payload.open_next(&mut |_| opened += 1));
    let started = std::time::Instant::now();
    let mut named = Vec::new();
    while payload.name_next(&mut |arrival| named.push(arrival.item)) {}
    assert_eq!(opened, 1);
    assert_eq!(named, [None, Some("4959".to_owned())]);
    assert!(started.elapsed().as_secs() < 1, "{:?}", started.elapsed());
}

#[test]
fn an_array_of_batches_is_opened_message_by_message() {
    let payload = json!([
        batch(&[message("m-1", "{}"), message("m-2", "{}")]),
        { "free": 1 },
        batch(&[message("m-3", "{}")]),
    ])
    .to_string();
    let mut payload = Payload::new(payload.as_bytes(), "p");
    let mut steps: Vec<Vec<String>> = Vec::new();
    loop {
        let mut step = Vec::new();
        if !payload.open_next(&mut |one| step.push(one.arrival().id.clone())) {
            break;
        }
        steps.push(step);
    }
    steps.retain(|step| !step.is_empty());
    let id = |name: &str| vec![format!("sqs:{QUEUE}/{name}")];
    assert_eq!(
        steps,
        [id("m-1"), id("m-2"), vec!["p#1".to_owned()], id("m-3")]
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

#[test]
fn a_long_name_of_a_log_group_is_not_read_once_for_each_event() {
    let events = vec!["1"; 200_000].join(",");
    let group = "g".repeat(1 << 20);
    let payload = format!(r#"{{"logGroup":"{group}","logEvents":[{events}]}}"#);
    let opened = open_text(&payload);
    assert_eq!(failures(&opened), [(None, Reason::WrongForm)]);
}
