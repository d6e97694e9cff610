//! Claims about counting each delivered record once.

use super::*;
use crate::envelope::Reason;

#[tokio::test]
async fn a_redelivered_message_is_counted_once() {
    let store = MemoryStore::default();
    let first = count(&store, &batch(&[order("m-1", 1), order("m-2", 1)])).await;
    assert_eq!((first.deliveries, first.again, first.batches), (2, 0, 1));
    let again = count(&store, &batch(&[order("m-1", 2), order("m-2", 2)])).await;
    assert_eq!((again.deliveries, again.again, again.batches), (2, 2, 0));
    assert_eq!(events_in(&store).await, 2);
}

#[tokio::test]
async fn a_message_redelivered_in_another_group_is_counted_once() {
    let store = MemoryStore::default();
    count(&store, &batch(&[order("m-1", 1), order("m-2", 1)])).await;
    let outcome = count(
        &store,
        &batch(&[order("m-2", 2), order("m-3", 1), order("m-1", 2)]),
    )
    .await;
    assert_eq!((outcome.again, outcome.batches), (2, 1));
    assert_eq!(events_in(&store).await, 3);
}

#[tokio::test]
async fn a_message_that_stands_twice_in_a_large_invocation_is_written_once() {
    // The two are far enough apart to be in two batches, and each says that it came for the first
    // time. A store is not asked about such messages, and not every store would notice.
    let store = Faulty::default();
    let mut messages: Vec<Value> = (0..BATCH_MAX)
        .map(|n| message(&format!("m-{n}"), "{}", 1))
        .collect();
    messages.push(message("m-0", "{}", 1));
    let outcome = count(&store, &batch(&messages)).await;
    assert_eq!(outcome.again, 1);
    assert_eq!(*store.sizes.lock().unwrap(), [BATCH_MAX]);
}

#[tokio::test]
async fn a_message_that_stands_twice_in_a_batch_is_counted_once() {
    let store = MemoryStore::default();
    let outcome = count(&store, &batch(&[order("m-1", 1), order("m-1", 1)])).await;
    assert_eq!((outcome.deliveries, outcome.again), (2, 1));
    assert_eq!(events_in(&store).await, 1);
}

#[tokio::test]
async fn the_same_message_far_apart_in_one_payload_is_counted_once() {
    let store = MemoryStore::default();
    let mut orders: Vec<Value> = (0..=BATCH_MAX)
        .map(|n| order(&format!("m-{n}"), 1))
        .collect();
    orders.push(order("m-0", 1));
    let outcome = count(&store, &batch(&orders)).await;
    assert_eq!(outcome.again, 1);
    assert!(outcome.is_clean());
    assert_eq!(events_in(&store).await, BATCH_MAX as u64 + 1);
}

#[tokio::test]
async fn each_record_of_an_aggregate_is_counted_once() {
    /// Two records with an e-mail address each.
    const AGGREGATE: &str = "84mawgoRamFuZS5kb2VAc2hvcC5kZXYaHAgAGhh7ImVtYWlsIjoiYWRhQHNob3AuZGV2In0aHAgAGhh7ImVtYWlsIjoiam9lQHNob3AuZGV2In3OHwwg15KxtKm8feVYfbGl";
    let record = |number: &str| {
        json!({
            "kinesis": { "sequenceNumber": number, "data": AGGREGATE },
            "eventSource": "aws:kinesis",
            "eventSourceARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
        })
    };
    let store = MemoryStore::default();
    let first = count(&store, &batch(&[record("1"), record("2")])).await;
    assert_eq!(
        (first.deliveries, first.with_findings, first.again),
        (4, 4, 0)
    );
    let again = count(&store, &batch(&[record("2"), record("3")])).await;
    assert_eq!((again.deliveries, again.again), (4, 2));
    assert_eq!(events_in(&store).await, 6);

    // Version 0.1.0 counted an aggregate as one record.
    let mut whole = record("4");
    whole["kinesis"]["data"] = json!("eyJhIjoxfQ==");
    count(&store, &batch(&[whole])).await;
    let again = count(&store, &batch(&[record("4")])).await;
    assert_eq!((again.deliveries, again.again), (2, 2));
}

#[tokio::test]
async fn the_same_direct_invocation_twice_is_counted_once() {
    let store = MemoryStore::default();
    for payload in [
        event("e-1", &json!({})).to_string(),
        r#"{"free":1}"#.to_owned(),
    ] {
        count(&store, &payload).await;
        count(&store, &payload).await;
    }
    assert_eq!(events_in(&store).await, 2);
}

#[tokio::test]
async fn an_event_whose_id_may_be_a_value_is_known_by_the_invocation_and_by_its_earlier_receipt() {
    let mut called = event("e-1", &json!({}));
    called["id"] = json!("+44 7700 900123");
    let store = MemoryStore::default();
    count(&store, &called.to_string()).await;
    count(&store, &called.to_string()).await;
    assert_eq!(events_in(&store).await, 1);

    let counted = Batch {
        at: now(),
        receipts: [ReceiptId::of("eventbridge:+44 7700 900123")].into(),
        ledger: Ledger::default(),
        sightings: Sightings::default(),
    };
    let upgraded = MemoryStore::default();
    upgraded.record(&counted).await.unwrap();
    assert_eq!(count(&upgraded, &called.to_string()).await.again, 1);
}

#[tokio::test]
async fn a_record_counted_as_unreadable_counts_as_such_once_and_again_when_it_is_read() {
    let store = MemoryStore::default();
    for receive_count in 1..4 {
        let outcome = count(
            &store,
            &batch(&[message("m-1", "{\"cut\":", receive_count)]),
        )
        .await;
        assert_eq!(outcome.unreadable.len(), 1, "it is reported each time");
        assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-1"])));
    }
    count(&store, &batch(&[order("m-1", 4)])).await;
    let ledger = ledger_in(&store).await;
    let coverage = ledger
        .coverage
        .values()
        .fold(Coverage::default(), |mut sum, seen| {
            sum.merge(seen);
            sum
        });
    assert_eq!(
        coverage.unreadable,
        BTreeMap::from([(Reason::NotJson.into(), 1)])
    );
    assert_eq!(coverage.deliveries, 1);
}

#[tokio::test]
async fn what_another_writer_counted_in_the_meantime_is_left_out() {
    let known = ReceiptId::of(&format!("sqs:{QUEUE}/m-2"));
    let store = Faulty::answering([StoreError::AlreadyCounted(BTreeSet::from([known]))]);
    let outcome = count(
        &store,
        &batch(&[order("m-1", 1), order("m-2", 1), order("m-3", 1)]),
    )
    .await;
    assert!(outcome.is_clean());
    assert_eq!((outcome.again, outcome.batches), (1, 1));
    assert_eq!(events_in(&store).await, 2);
}

#[tokio::test]
async fn a_file_traced_again_was_counted_before_whatever_its_messages_say() {
    let store = MemoryStore::default();
    let router = Router::unattributed(&ENGINE);
    let tracer = tracer(&store, &router);
    for counted_before in [0, 2] {
        let file = batch(&[order("m-1", 1), order("m-2", 1)]);
        let mut records = Records::of_files();
        records.open(file.as_bytes(), "batch.json", 0);
        let outcome = tracer.count(records, now()).await;
        assert_eq!(outcome.again, counted_before);
        assert_eq!(events_in(&store).await, 2);
    }
}

#[tokio::test]
async fn a_document_that_an_earlier_version_counted_is_not_counted_again_under_its_new_id() {
    let store = MemoryStore::default();
    let router = Router::unattributed(&ENGINE);
    let tracer = tracer(&store, &router);
    let count = async |id: &str, earlier: Option<&str>| {
        let mut records = Records::of_files();
        records.open_known_as(br#"[{"a":1},{"a":2}]"#, id, earlier, 0);
        tracer.count(records, now()).await.again
    };
    assert_eq!(count("path:1", None).await, 0);
    assert_eq!(count("inode:1", Some("path:1")).await, 2);
    assert_eq!(count("inode:2", Some("path:2")).await, 0);
    assert_eq!(count("inode:2", None).await, 2);
}

#[tokio::test]
async fn a_batch_is_not_written_before_its_messages_came_whatever_our_clock_says() {
    // Messages of this test were first received on 2025-11-20T10:00:00.005Z.
    let received: Timestamp = "2025-11-20T10:00:00.005Z".parse().unwrap();
    for (clock, written) in [
        ("2025-11-20T09:58:00Z", received),
        (
            "2025-11-20T10:00:01Z",
            "2025-11-20T10:00:01Z".parse().unwrap(),
        ),
        // A clock of SQS is never this far ahead.
        (
            "2025-11-20T09:00:00Z",
            "2025-11-20T09:00:00Z".parse().unwrap(),
        ),
    ] {
        let payload = batch(&[order("m-1", 1)]);
        let mut records = Records::default();
        records.open(payload.as_bytes(), "payload-1", 0);
        let opened = records.open_some(BATCH_MAX);
        assert_eq!(written_at(&opened, clock.parse().unwrap()), written);
    }
}

#[tokio::test]
async fn the_same_input_gives_the_same_bytes() {
    let payload = batch(
        &(0..50)
            .map(|n| order(&format!("m-{n}"), 1))
            .collect::<Vec<_>>(),
    );
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let store = MemoryStore::default();
        count(&store, &payload).await;
        seen.insert(serde_json::to_string(&ledger_in(&store).await).unwrap());
    }
    assert_eq!(seen.len(), 1);
}
