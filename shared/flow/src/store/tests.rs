//! Runs the suite on the memory store, and tests the guarantees of the port itself.

use super::conformance::{self, batch_of_events, faults, flaky::FlakyBackend};
use super::*;

#[tokio::test]
async fn memory_passes_the_suite() {
    conformance::run(|| async { MemoryStore::default() }).await;
}

#[tokio::test]
async fn who_was_slower_with_the_same_deliveries_is_told_so() {
    conformance::who_was_slower_with_the_same_deliveries_is_told_so(&MemoryStore::default()).await;
}

#[tokio::test]
async fn where_a_person_was_seen_goes_when_the_days_go() {
    conformance::where_a_person_was_seen_goes_when_the_days_go(&MemoryStore::default()).await;
}

#[test]
fn what_is_kept_longer_than_there_are_days_is_kept_whole() {
    let forever = Retention {
        days: u32::MAX,
        ..Retention::default()
    };
    assert_eq!(
        forever
            .first_day("2026-11-21T12:00:00Z".parse().unwrap())
            .to_string(),
        "0000-01-01"
    );
}

#[test]
fn receipts_tell_nothing_and_differ_where_ids_do() {
    assert_ne!(ReceiptId::of("a"), ReceiptId::of("b"));
    assert!(!format!("{:?}", ReceiptId::of("jane@x.com")).contains("jane"));
    let batches = [
        batch_of_events(&[1, 2]),
        batch_of_events(&[1]),
        batch_of_events(&[2, 1]),
    ]
    .map(|batch| batch.id());
    assert_eq!(batches[0], batches[2]);
    assert_ne!(batches[0], batches[1]);
}

#[tokio::test]
async fn memory_equals_the_truth_whatever_fails() {
    for seed in 0..faults::runs(1_000) {
        faults::run(&FlakyBackend::new(MemoryStore::default()), seed).await;
    }
}

#[tokio::test]
async fn a_tracer_may_die_at_any_await_point() {
    faults::kill_at_every_await_point(|| FlakyBackend::new(MemoryStore::default())).await;
}
