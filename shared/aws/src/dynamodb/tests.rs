//! The books in DynamoDB when everything fails.

use std::io::Write as _;
use std::time::Duration;

use aws_smithy_types::base64;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::ToSpan as _;
use piitrail_detect::Engine;
use piitrail_flow::edge::{Basis, EdgeFacts, EdgeKey, Party, PartyKind};
use piitrail_flow::ledger::Ledger;
use piitrail_flow::name::Name;
use piitrail_flow::store::conformance::{self, faults};
use piitrail_flow::store::read_all;
use piitrail_flow::time::Span;
use serde_json::json;
use tokio::time::Instant;

use super::stub::StubBackend;
use super::{
    Batch, Claim, DynamoStore, Query, ReceiptId, Retention, Sightings, Store, StoreError,
    Timestamp, day_of,
};

/// Scenarios. Waiting costs nothing here, for the clock of the runtime jumps ahead; the SDK does.
const RUNS: u64 = 100;

#[tokio::test(start_paused = true)]
async fn the_stub_passes_the_suite_of_every_store() {
    conformance::run(|| async { StubBackend::new(0).store() }).await;
}

#[tokio::test(start_paused = true)]
async fn the_table_equals_the_truth_whatever_fails() {
    for seed in 0..faults::runs(RUNS) {
        faults::run(&StubBackend::new(seed), seed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_tracer_may_die_at_any_await_point() {
    faults::kill_at_every_await_point(|| StubBackend::new(0)).await;
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// One event, delivered with this id.
fn batch(id: &str, at: Timestamp) -> Batch {
    let name = |text: &str| Name::masked(&Engine::new(), text);
    let key = EdgeKey {
        producer: Party::new(PartyKind::Service, name("orders")),
        consumer: Party::UNATTRIBUTED,
        channels: Vec::new(),
        event_type: name("OrderPlaced"),
        basis: Basis::Observed,
    };
    let facts = EdgeFacts {
        events: 1,
        ..EdgeFacts::default()
    };
    let mut ledger = Ledger::default();
    ledger.add_edge(day_of(at), key, &facts);
    Batch {
        at,
        receipts: [ReceiptId::of(id)].into(),
        ledger,
        sightings: Sightings::default(),
    }
}

async fn events_in(store: &DynamoStore, now: Timestamp) -> u64 {
    let all = Query::days(Span::default(), now);
    let read = read_all(store, &all).await.unwrap();
    read.ledger.edges.values().map(|facts| facts.events).sum()
}

/// A ledger as the first version wrote it: kept as it was, not made from what the code says today.
const LEDGER_OF_VERSION_1: &str = r#"{"edges":[[["2026-11-20",{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"unattributed"},"channels":[{"kind":"bus","name":"shop"}],"event_type":"OrderPlaced","basis":"observed"}],{"events":3,"events_with_findings":2,"first_seen":"2026-11-20T08:14:33Z","last_seen":"2026-11-20T18:05:57Z","classes":{"EMAIL_ADDRESS":{"events":2,"confidence":99,"paths":["$.detail.customer.email"]}}}]],"coverage":[[["2026-11-20",{"kind":"bus","name":"shop"}],{"deliveries":3}]]}"#;

/// A batch and the head as the first version wrote them.
fn keep_as_version_1(table: &StubBackend) {
    let mut old = GzEncoder::new(Vec::new(), Compression::best());
    old.write_all(LEDGER_OF_VERSION_1.as_bytes()).unwrap();
    let facts = base64::encode(old.finish().unwrap());
    let receipt = base64::encode(ReceiptId::of("old").as_bytes());
    let batch = format!("12:00:00.000Z#{:?}", ReceiptId::of("its batch"));
    table.put(&json!({
        "pk": { "S": "journal#2026-11-20" }, "sk": { "S": batch },
        "facts": { "B": facts }, "receipts": { "B": receipt },
    }));
    table.put(&json!({
        "pk": { "S": "journal" }, "sk": { "S": "first" }, "day": { "S": "2026-11-20" },
    }));
}

#[tokio::test(start_paused = true)]
async fn a_table_of_the_first_version_is_read_written_and_rolled_up() {
    let table = StubBackend::new(0);
    keep_as_version_1(&table);
    let store = table.store();
    assert_eq!(events_in(&store, now()).await, 3);
    let again = Claim {
        id: ReceiptId::of("old"),
        since: now() - 26.hours(),
        until: now(),
    };
    let counted = store.counted(&[again]).await.unwrap();
    assert_eq!(counted, [ReceiptId::of("old")].into());

    store.record(&batch("new", now())).await.unwrap();
    assert_eq!(events_in(&table.store(), now()).await, 4);
    let later = now() + 2.hours();
    let rolled_up = store.roll_up(later, &Retention::default()).await.unwrap();
    assert_eq!(rolled_up.batches, 2);
    assert_eq!(events_in(&table.store(), later).await, 4);
    assert_eq!(events_in(&table.store(), later + 1.hours()).await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_writer_waits_until_its_deadline_and_then_says_what_was_not_written() {
    let table = StubBackend::new(0);
    let store = table.store();
    store.record(&batch("1", now())).await.unwrap();

    table.throttle(true);
    let began = Instant::now();
    store.set_deadline(Some(began + Duration::from_secs(20)));
    let error = store.record(&batch("2", now())).await.unwrap_err();
    assert!(matches!(error, StoreError::Throttled(_)), "{error:?}");
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(10), "{waited:?}");
    assert!(waited < Duration::from_secs(20), "{waited:?}");

    table.throttle(false);
    store.record(&batch("2", now())).await.unwrap();
    assert_eq!(events_in(&store, now()).await, 2);
}
