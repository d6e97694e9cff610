//! Claims about counting: batches, receipts, and reading back what was recorded.

use std::collections::BTreeSet;
use std::future::Future;

use jiff::SignedDuration;

use super::samples::{
    batch_of, batch_of_events, coverage, day, events_in, facts, key, now, possible_redelivery,
    read_days, sample_ledger, whole,
};
use crate::ledger::Ledger;
use crate::store::{Batch, Counting, PageToken, Query, Reading, ReceiptId, Store, StoreError};
use crate::time::Span;

/// Runs every claim against its own empty store.
pub(super) async fn run<S, F>(mut empty_store: impl FnMut() -> F)
where
    S: Counting + Reading,
    F: Future<Output = S>,
{
    an_empty_store_holds_nothing(&empty_store().await).await;
    what_is_recorded_reads_back(&empty_store().await).await;
    batches_add_up(&empty_store().await).await;
    a_batch_recorded_twice_counts_once(&empty_store().await).await;
    only_what_was_recorded_is_counted(&empty_store().await).await;
    a_receipt_alone_can_be_recorded(&empty_store().await).await;
    a_span_leaves_out_other_days(&empty_store().await).await;
    all_pages_merged_are_the_whole(&empty_store().await).await;
    an_event_from_long_ago_is_found_on_its_own_day(&empty_store().await).await;
    a_damaged_page_token_is_refused(&empty_store().await).await;
}

async fn an_empty_store_holds_nothing(store: &(impl Counting + Reading)) {
    assert_eq!(whole(store).await, Ledger::default());
    assert!(
        store
            .which_were_counted(&[possible_redelivery("m-1")])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn what_is_recorded_reads_back(store: &(impl Counting + Reading)) {
    let batch = batch_of(&["m-1"], sample_ledger(1));
    store.record(&batch).await.unwrap();
    assert_eq!(whole(store).await, batch.ledger);
}

async fn batches_add_up(store: &(impl Counting + Reading)) {
    let mut sum = Ledger::default();
    for n in 0..5 {
        let batch = batch_of(&[&format!("m-{n}")], sample_ledger(n));
        store.record(&batch).await.unwrap();
        sum.merge(batch.ledger);
    }
    assert_eq!(whole(store).await, sum);
}

async fn a_batch_recorded_twice_counts_once(store: &(impl Counting + Reading)) {
    let batch = batch_of(&["m-1", "m-2"], sample_ledger(2));
    for _ in 0..3 {
        store.record(&batch).await.unwrap();
    }
    assert_eq!(whole(store).await, batch.ledger);
}

async fn only_what_was_recorded_is_counted(store: &(impl Counting + Reading)) {
    store
        .record(&batch_of(&["m-1", "m-2"], sample_ledger(1)))
        .await
        .unwrap();
    store
        .record(&batch_of(&["m-3"], sample_ledger(1)))
        .await
        .unwrap();
    let redeliveries = [
        possible_redelivery("m-1"),
        possible_redelivery("m-3"),
        possible_redelivery("m-4"),
    ];
    let counted = store.which_were_counted(&redeliveries).await.unwrap();
    assert_eq!(
        counted,
        BTreeSet::from([ReceiptId::of("m-1"), ReceiptId::of("m-3")])
    );
    assert!(store.which_were_counted(&[]).await.unwrap().is_empty());
}

async fn a_receipt_alone_can_be_recorded(store: &(impl Counting + Reading)) {
    store
        .record(&batch_of(&["m-1"], Ledger::default()))
        .await
        .unwrap();
    assert_eq!(
        store
            .which_were_counted(&[possible_redelivery("m-1")])
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(whole(store).await, Ledger::default());
}

async fn a_span_leaves_out_other_days(store: &(impl Counting + Reading)) {
    let mut ledger = Ledger::default();
    for text in ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"] {
        ledger.add_edge(day(text), key("orders", "mailer"), &facts(1));
        ledger.add_coverage(day(text), None, &coverage(1));
    }
    store
        .record(&batch_of(&["m-1"], ledger.clone()))
        .await
        .unwrap();
    let span = Span {
        from: Some(day("2026-11-19")),
        to: Some(day("2026-11-20")),
    };
    ledger.retain(span);
    assert_eq!(ledger.edges.len(), 2);
    assert_eq!(read_days(store, span).await, ledger);
}

async fn all_pages_merged_are_the_whole(store: &(impl Counting + Reading)) {
    let mut sum = Ledger::default();
    for n in 0..6 {
        let mut ledger = Ledger::default();
        for edge in 0..60 {
            // Some edges occur in several batches, so that the pages of a store that keeps a
            // journal overlap.
            let consumer = format!("consumer-{}", (n % 3) * 60 + edge);
            ledger.add_edge(day("2026-11-20"), key("orders", &consumer), &facts(n));
        }
        ledger.add_coverage(day("2026-11-20"), None, &coverage(n));
        store
            .record(&batch_of(&[&format!("m-{n}")], ledger.clone()))
            .await
            .unwrap();
        sum.merge(ledger);
    }
    assert_eq!(whole(store).await, sum);
}

async fn an_event_from_long_ago_is_found_on_its_own_day(store: &(impl Counting + Reading)) {
    // A replay or a stalled queue: the batch is written now for a day in the past.
    let mut ledger = Ledger::default();
    ledger.add_edge(day("2026-08-01"), key("orders", "mailer"), &facts(1));
    store
        .record(&batch_of(&["m-1"], ledger.clone()))
        .await
        .unwrap();
    let then = Span {
        from: Some(day("2026-08-01")),
        to: Some(day("2026-08-01")),
    };
    assert_eq!(read_days(store, then).await, ledger);
}

async fn a_damaged_page_token_is_refused(store: &(impl Counting + Reading)) {
    let token = PageToken("not a token".to_owned());
    assert!(
        store
            .read(&Query::days(Span::default(), now()), Some(&token))
            .await
            .is_err()
    );
}

/// Claims that the slower of two writers gets `StoreError::AlreadyCounted`. It holds only for
/// stores in which a writer sees what every other writer wrote, so it is not part of
/// [`run`](super::run).
pub async fn who_was_slower_with_the_same_deliveries_is_told_so(store: &dyn Store) {
    let first = batch_of_events(&[1, 2]);
    // Another process folds the same input a moment later.
    let second = Batch {
        at: now() + SignedDuration::from_millis(1),
        ..first.clone()
    };
    store.record(&first).await.unwrap();
    for _ in 0..2 {
        let told = store.record(&second).await.unwrap_err();
        assert!(matches!(told, StoreError::AlreadyCounted(ids) if ids == first.receipts));
        // A writer whose answer was lost retries with the same batch.
        assert_eq!(store.record(&first).await.unwrap(), None);
    }
    assert_eq!(events_in(store).await, (2, 2));
}
