//! Claims about records, batches and stores that fail.

use super::*;
use crate::envelope::Reason;
use crate::pipeline::FailureReason;
use crate::pipeline::write::PATHS_IN_A_TIGHT_BATCH;

#[tokio::test]
async fn records_that_there_is_no_time_for_are_named_and_those_before_them_count() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let store = MemoryStore::default();
    let orders: Vec<_> = (0..8).map(|n| order(&format!("m-{n}"), 1)).collect();
    let payload = batch(&orders);
    let mut records = Records::default();
    records.open(payload.as_bytes(), "invocation:1", 0);
    let router = Router::unattributed(&ENGINE);
    let tracer = tracer(&store, &router);
    // The clock is asked once for the chunk and once for each record.
    let asked = AtomicUsize::new(0);
    let has_time = || asked.fetch_add(1, Ordering::Relaxed) < 4;
    let outcome = tracer.count_while(records, now(), &has_time).await;
    assert_eq!(outcome.deliveries, 3);
    let items: Vec<_> = outcome.failed_items().unwrap().into_iter().collect();
    assert_eq!(items, ["m-3", "m-4", "m-5", "m-6", "m-7"]);
    assert!(
        outcome
            .unrecorded
            .iter()
            .all(|failed| failed.reason == FailureReason::OutOfTime)
    );
    assert!(matches!(
        outcome.store_errors[..],
        [StoreError::OutOfTime { .. }]
    ));
}

#[tokio::test]
async fn a_store_that_names_deliveries_nobody_sent_does_not_lose_a_batch() {
    let stranger = BTreeSet::from([ReceiptId::of("a stranger")]);
    let store = Faulty::answering([StoreError::AlreadyCounted(stranger)]);
    let outcome = count(&store, &batch(&[order("m-1", 1)])).await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-1"])));
}

#[tokio::test]
async fn one_unreadable_message_fails_alone_and_the_others_are_counted() {
    let store = MemoryStore::default();
    let outcome = count(
        &store,
        &batch(&[order("m-1", 1), message("m-2", "{", 1), order("m-3", 1)]),
    )
    .await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-2"])));
    assert_eq!(
        outcome.unreadable[0].reason,
        FailureReason::Unreadable(Reason::NotJson)
    );
    assert_eq!(events_in(&store).await, 2);
}

#[tokio::test]
async fn a_payload_that_cannot_fail_in_part_fails_as_a_whole() {
    let store = MemoryStore::default();
    let outcome = count(&store, "{").await;
    assert_eq!(outcome.failed_items(), None);
    assert!(!outcome.is_clean());
}

#[tokio::test]
async fn a_batch_the_store_refuses_is_reported_and_nothing_else() {
    let store = Faulty::answering([StoreError::backend("record a batch", "disk full")]);
    let mut orders: Vec<Value> = (0..BATCH_MAX)
        .map(|n| order(&format!("m-{n}"), 1))
        .collect();
    orders.push(order("m-last", 1));
    let outcome = count(&store, &batch(&orders)).await;
    assert_eq!(outcome.unrecorded.len(), BATCH_MAX);
    assert!(
        outcome
            .unrecorded
            .iter()
            .all(|failed| failed.reason == FailureReason::NotRecorded)
    );
    assert!(!outcome.failed_items().unwrap().contains("m-last"));
    assert_eq!(outcome.store_errors.len(), 1);
    assert_eq!(events_in(&store).await, 1);
    // They are redelivered and counted then.
    let again: Vec<Value> = (0..BATCH_MAX)
        .map(|n| order(&format!("m-{n}"), 2))
        .collect();
    assert!(count(&store, &batch(&again)).await.is_clean());
    assert_eq!(events_in(&store).await, BATCH_MAX as u64 + 1);
}

#[tokio::test]
async fn what_came_again_waits_while_the_store_cannot_be_asked_and_nothing_else_does() {
    let store = Faulty {
        is_deaf: true,
        ..Faulty::default()
    };
    let orders = [order("m-1", 2), order("m-2", 1)];
    let outcome = count(&store, &batch(&orders)).await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-1"])));
    assert_eq!(
        outcome.unrecorded[0].reason,
        FailureReason::StoreUnavailable
    );
    assert_eq!(events_in(&store).await, 1);
}

#[tokio::test]
async fn a_batch_too_large_for_the_store_is_written_in_smaller_ones() {
    let store = Faulty {
        batch_max: Some(3),
        ..Faulty::default()
    };
    let orders: Vec<Value> = (0..20).map(|n| order(&format!("m-{n}"), 1)).collect();
    let outcome = count(&store, &batch(&orders)).await;
    assert!(outcome.is_clean());
    assert_eq!(events_in(&store).await, 20);
    let sizes = store.sizes.lock().unwrap();
    assert!(sizes.len() < 40, "{sizes:?}");
}

#[tokio::test]
async fn one_record_too_large_for_the_store_is_written_with_fewer_paths_and_says_so() {
    let store = Faulty {
        paths_max: Some(PATHS_IN_A_TIGHT_BATCH),
        ..Faulty::default()
    };
    let fields: serde_json::Map<String, Value> =
        ["billing", "shipping", "sender", "buyer", "owner", "contact"]
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    json!({ "email": "ada@analytical-engines.org" }),
                )
            })
            .collect();
    let body = event("e-1", &Value::Object(fields)).to_string();
    let outcome = count(&store, &batch(&[message("m-1", &body, 1)])).await;
    assert!(outcome.is_clean());
    let ledger = ledger_in(&store).await;
    let facts = ledger.edges.values().next().unwrap();
    let class = &facts.classes[&DataClass::EmailAddress];
    assert_eq!(
        (class.paths.len(), class.more_paths),
        (PATHS_IN_A_TIGHT_BATCH, true)
    );
}

#[tokio::test]
async fn a_record_too_large_even_so_fails_alone() {
    let store = Faulty {
        batch_max: Some(0),
        ..Faulty::default()
    };
    let outcome = count(&store, &batch(&[order("m-1", 1), order("m-2", 1)])).await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-1", "m-2"])));
}
