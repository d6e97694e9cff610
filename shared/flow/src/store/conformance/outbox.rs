//! Claims about the outbox: a new class is announced once and waits until it was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use super::samples::{batch_of, day, facts, key, later, now, sample_ledger, whole};
use crate::edge::Basis;
use crate::home::Home;
use crate::ledger::Ledger;
use crate::store::{
    Counting, Outbox, PageToken, PendingAnnouncements, Reading, all_pending_announcements,
    first_seen,
};

/// Runs every claim against its own empty store.
pub(super) async fn run<S, F>(mut empty_store: impl FnMut() -> F)
where
    S: Counting + Outbox + Reading,
    F: Future<Output = S>,
{
    what_is_new_is_announced_until_it_was_sent(&empty_store().await).await;
    the_outbox_is_read_page_by_page_while_it_is_sent(&empty_store().await).await;
    a_class_is_new_on_an_edge_once(&empty_store().await).await;
    a_flow_is_new_in_each_home_and_not_when_its_home_becomes_known(&empty_store().await).await;
    a_batch_recorded_twice_is_announced_once(&empty_store().await).await;
    test_data_is_not_news(&empty_store().await).await;
}

async fn what_is_new_is_announced_until_it_was_sent(store: &(impl Counting + Outbox + Reading)) {
    let batch = batch_of(&["m-1"], sample_ledger(1));
    let announcement = store.record(&batch).await.unwrap().unwrap();
    let expected: Vec<_> = first_seen(&batch)
        .into_values()
        .flat_map(BTreeMap::into_values)
        .flatten()
        .collect();
    assert_eq!(expected.len(), 2);
    assert_eq!(announcement.first_seen, expected);

    // The writer may still be sending its announcement, so only those recorded earlier are pending.
    assert_eq!(all_pending_announcements(store, now()).await.unwrap(), []);
    for _ in 0..2 {
        let waiting = all_pending_announcements(store, later(1)).await.unwrap();
        assert_eq!(waiting, std::slice::from_ref(&announcement));
    }
    for _ in 0..2 {
        store.mark_announced(&announcement).await.unwrap();
        assert_eq!(
            all_pending_announcements(store, later(1)).await.unwrap(),
            []
        );
    }
}

async fn the_outbox_is_read_page_by_page_while_it_is_sent(
    store: &(impl Counting + Outbox + Reading),
) {
    // Odd numbers are personal data, each on its own edge.
    let mut recorded = BTreeSet::new();
    for n in (1..120).step_by(2) {
        let batch = batch_of(&[&format!("m-{n}")], sample_ledger(n));
        recorded.insert(store.record(&batch).await.unwrap().unwrap().id);
    }
    let mut sent = BTreeSet::new();
    let mut pages = 0;
    let mut page = PendingAnnouncements::default();
    loop {
        page = store
            .pending_announcements(later(1), page.next.as_ref())
            .await
            .unwrap();
        pages += 1;
        for (n, announcement) in page.announcements.iter().enumerate() {
            assert!(sent.insert(announcement.id.clone()), "twice in one reading");
            // One announcement of each page cannot be sent; it must not delay the others.
            if n > 0 {
                store.mark_announced(announcement).await.unwrap();
            }
        }
        if page.next.is_none() {
            break;
        }
    }
    assert_eq!(sent, recorded);
    assert!(pages > 1);
    let left = all_pending_announcements(store, later(1)).await.unwrap();
    assert!(left.len() <= pages, "{} of {pages} pages", left.len());
    let token = PageToken("not a token".to_owned());
    assert!(
        store
            .pending_announcements(later(1), Some(&token))
            .await
            .is_err()
    );
}

async fn a_class_is_new_on_an_edge_once(store: &(impl Counting + Outbox + Reading)) {
    for n in [1, 3, 5] {
        let batch = batch_of(&[&format!("m-{n}")], sample_ledger(n));
        let announcement = store.record(&batch).await.unwrap().unwrap();
        let consumers: Vec<String> = announcement
            .first_seen
            .iter()
            .map(|first| first.edge.flow.consumer.to_string())
            .collect();
        // The edge that every batch has is new only in the first batch.
        let new = format!("function/consumer-{n}");
        assert!(consumers.contains(&new), "{consumers:?}");
        assert_eq!(consumers.len(), if n == 1 { 2 } else { 1 });
    }
    let again = batch_of(&["m-9"], sample_ledger(1));
    assert_eq!(store.record(&again).await.unwrap(), None);

    // The same flow with another basis is not new.
    let mut ledger = Ledger::default();
    let mut observed = key("orders", "mailer");
    observed.basis = Basis::Observed;
    ledger.add_edge(day("2026-11-21"), observed, &facts(1));
    let batch = batch_of(&["m-10"], ledger);
    assert_eq!(store.record(&batch).await.unwrap(), None);
}

async fn a_flow_is_new_in_each_home_and_not_when_its_home_becomes_known(
    store: &(impl Counting + Outbox + Reading),
) {
    let announced = async |receipt: &str, account: &str| {
        let mut edge = key("orders", "mailer");
        edge.flow.channels[0].home = Home::of(account, "eu-west-1");
        let mut ledger = Ledger::default();
        ledger.add_edge(day("2026-11-21"), edge, &facts(1));
        let announcement = store.record(&batch_of(&[receipt], ledger)).await.unwrap();
        announcement.map_or(0, |announcement| announcement.first_seen.len())
    };
    assert_eq!(announced("m-1", "").await, 1);
    assert_eq!(announced("m-2", "111111111111").await, 0);
    assert_eq!(announced("m-3", "222222222222").await, 1);
    assert_eq!(announced("m-4", "111111111111").await, 0);
    assert_eq!(announced("m-5", "222222222222").await, 0);
    assert_eq!(announced("m-6", "").await, 0);
    assert_eq!(
        all_pending_announcements(store, later(1))
            .await
            .unwrap()
            .len(),
        2
    );
}

async fn a_batch_recorded_twice_is_announced_once(store: &(impl Counting + Outbox + Reading)) {
    let batch = batch_of(&["m-1"], sample_ledger(1));
    let announcement = store.record(&batch).await.unwrap().unwrap();
    store.mark_announced(&announcement).await.unwrap();
    store.record(&batch).await.unwrap();
    assert_eq!(whole(store).await, batch.ledger);
    assert_eq!(
        all_pending_announcements(store, later(1)).await.unwrap(),
        []
    );
}

async fn test_data_is_not_news(store: &(impl Counting + Outbox + Reading)) {
    // Even numbers are only test data.
    let batch = batch_of(&["m-1"], sample_ledger(2));
    assert_eq!(store.record(&batch).await.unwrap(), None);
    let batch = batch_of(&["m-2"], sample_ledger(3));
    assert!(store.record(&batch).await.unwrap().is_some());
}
