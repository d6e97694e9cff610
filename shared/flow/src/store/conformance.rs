//! One suite that every store must pass.
//!
//! Each function is a claim about [`Store`], run against an empty store. [`run`] runs them all; a
//! store's own test calls it with a way to make an empty one.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a suite of assertions"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use jiff::Timestamp;
use piitrail_detect::{DataClass, Engine, Fingerprint, Subject, SubjectKind};

use super::{Batch, Claim, ReceiptId, Store, read_all};
use crate::edge::{
    Basis, Channel, ChannelKind, ClassFacts, EdgeFacts, EdgeKey, EdgePath, Party, PartyKind,
};
use crate::ledger::{Coverage, Ledger};
use crate::name::Name;
use crate::people::People;
use crate::subject::{Epoch, Sightings};
use crate::time::{Day, Span, day_of};
use crate::topology::Topology;

mod subjects;

/// Runs every claim, each against a store of its own.
///
/// # Panics
/// Where the store does not hold to one; the message says which.
pub async fn run<S, F>(mut empty_store: impl FnMut() -> F)
where
    S: Store,
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
    the_topology_is_the_one_of_the_day(&empty_store().await).await;
    a_damaged_page_token_is_refused(&empty_store().await).await;
    subjects::run(empty_store).await;
}

async fn an_empty_store_holds_nothing(store: &impl Store) {
    assert_eq!(whole(store).await, Ledger::default());
    assert!(store.counted(&[claim("m-1")]).await.unwrap().is_empty());
    assert!(store.topology(day_of(now())).await.unwrap().is_none());
}

async fn what_is_recorded_reads_back(store: &impl Store) {
    let batch = batch_of(&["m-1"], sample_ledger(1));
    store.record(&batch).await.unwrap();
    assert_eq!(whole(store).await, batch.ledger);
}

async fn batches_add_up(store: &impl Store) {
    let mut sum = Ledger::default();
    for n in 0..5 {
        let batch = batch_of(&[&format!("m-{n}")], sample_ledger(n));
        store.record(&batch).await.unwrap();
        sum.merge(batch.ledger);
    }
    assert_eq!(whole(store).await, sum);
}

async fn a_batch_recorded_twice_counts_once(store: &impl Store) {
    let batch = batch_of(&["m-1", "m-2"], sample_ledger(2));
    for _ in 0..3 {
        store.record(&batch).await.unwrap();
    }
    assert_eq!(whole(store).await, batch.ledger);
}

async fn only_what_was_recorded_is_counted(store: &impl Store) {
    store
        .record(&batch_of(&["m-1", "m-2"], sample_ledger(1)))
        .await
        .unwrap();
    store
        .record(&batch_of(&["m-3"], sample_ledger(1)))
        .await
        .unwrap();
    let claims = [claim("m-1"), claim("m-3"), claim("m-4")];
    let counted = store.counted(&claims).await.unwrap();
    assert_eq!(
        counted,
        BTreeSet::from([ReceiptId::of("m-1"), ReceiptId::of("m-3")])
    );
    assert!(store.counted(&[]).await.unwrap().is_empty());
}

async fn a_receipt_alone_can_be_recorded(store: &impl Store) {
    store
        .record(&batch_of(&["m-1"], Ledger::default()))
        .await
        .unwrap();
    assert_eq!(store.counted(&[claim("m-1")]).await.unwrap().len(), 1);
    assert_eq!(whole(store).await, Ledger::default());
}

async fn a_span_leaves_out_other_days(store: &impl Store) {
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
    assert_eq!(read_all(store, span, now()).await.unwrap(), ledger);
}

async fn all_pages_merged_are_the_whole(store: &impl Store) {
    let mut sum = Ledger::default();
    for n in 0..6 {
        let mut ledger = Ledger::default();
        for edge in 0..60 {
            // Some edges stand in several batches, so that pages overlap where a store is a journal.
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

async fn an_event_from_long_ago_is_found_on_its_own_day(store: &impl Store) {
    // A replay, or a queue that stood still: written now, for a day in the past.
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
    assert_eq!(read_all(store, then, now()).await.unwrap(), ledger);
}

async fn the_topology_is_the_one_of_the_day(store: &impl Store) {
    let old = topology("version: 1\nqueues: {a: {}}");
    let new = topology("version: 1\nqueues: {b: {}}");
    store.put_topology(day("2026-11-01"), &old).await.unwrap();
    store.put_topology(day("2026-11-10"), &new).await.unwrap();
    assert_eq!(store.topology(day("2026-10-31")).await.unwrap(), None);
    assert_eq!(store.topology(day("2026-11-09")).await.unwrap(), Some(old));
    assert_eq!(
        store.topology(day("2026-11-21")).await.unwrap(),
        Some(new.clone())
    );
    let newer = topology("version: 1\nqueues: {c: {}}");
    store.put_topology(day("2026-11-10"), &newer).await.unwrap();
    assert_eq!(
        store.topology(day("2026-11-10")).await.unwrap(),
        Some(newer)
    );
}

async fn a_damaged_page_token_is_refused(store: &impl Store) {
    let token = super::PageToken("not a token".to_owned());
    assert!(
        store
            .read(Span::default(), now(), Some(&token))
            .await
            .is_err()
    );
}

async fn whole(store: &impl Store) -> Ledger {
    read_all(store, Span::default(), now()).await.unwrap()
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn topology(yaml: &str) -> Topology {
    Topology::parse(yaml).unwrap()
}

fn claim(id: &str) -> Claim {
    Claim {
        id: ReceiptId::of(id),
        since: "2026-11-20T23:59:00Z".parse().unwrap(),
        until: now(),
    }
}

fn batch_of(ids: &[&str], ledger: Ledger) -> Batch {
    Batch {
        at: now(),
        receipts: ids.iter().map(|id| ReceiptId::of(id)).collect(),
        ledger,
        sightings: Sightings::default(),
    }
}

/// A ledger with an edge that is always the same and one that `n` alone has.
fn sample_ledger(n: u64) -> Ledger {
    let mut ledger = Ledger::default();
    ledger.add_edge(day("2026-11-21"), key("orders", "mailer"), &facts(n));
    ledger.add_edge(
        day("2026-11-20"),
        key("orders", &format!("consumer-{n}")),
        &facts(n),
    );
    ledger.add_coverage(day("2026-11-21"), None, &coverage(n));
    ledger
}

fn key(producer: &str, consumer: &str) -> EdgeKey {
    let engine = Engine::new();
    let name = |text: &str| Name::masked(&engine, text);
    EdgeKey {
        producer: Party::new(PartyKind::Service, name(producer)),
        consumer: Party::new(PartyKind::Function, name(consumer)),
        channels: vec![Channel {
            kind: ChannelKind::Bus,
            name: name("shop"),
        }],
        event_type: name("OrderPlaced"),
        basis: Basis::Matched,
    }
}

fn facts(n: u64) -> EdgeFacts {
    let scan = Engine::new()
        .scan_json(br#"{"customer":{"email":"ada.lovelace@analytical-engines.org"}}"#)
        .unwrap();
    let paths = scan
        .findings
        .iter()
        .map(|finding| EdgePath::from(&finding.path))
        .collect();
    let at = now();
    EdgeFacts {
        events: 10 + n,
        events_with_findings: n,
        replayed: n,
        unreadable: 1,
        first_seen: Some(at),
        last_seen: Some(at),
        classes: BTreeMap::from([(
            DataClass::EmailAddress,
            ClassFacts {
                events: n,
                confidence: scan.findings[0].confidence,
                only_test_data: n.is_multiple_of(2),
                paths,
                more_paths: false,
            },
        )]),
        people: People::of_one_event(&epoch(), &[person(n)]),
    }
}

fn epoch() -> Epoch {
    "2026-11".parse().unwrap()
}

/// Somebody else for every `n`.
fn person(n: u64) -> Subject {
    let mut bytes = [7; Fingerprint::BYTES];
    bytes[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    Subject {
        kind: SubjectKind::Email,
        fingerprint: Fingerprint::from_bytes(bytes),
    }
}

fn coverage(n: u64) -> Coverage {
    Coverage {
        deliveries: n,
        unreadable: BTreeMap::from([("not_json".to_owned(), n)]),
        limits: BTreeMap::from([("depth".to_owned(), 1)]),
    }
}
