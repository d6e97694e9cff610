//! The way of a record end to end: counted once whatever happens, and nothing of it kept.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use async_trait::async_trait;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::edge::{Basis, EdgeFacts, EdgePath};
use crate::envelope::NESTING_LIMIT;
use crate::ledger::Ledger;
use crate::party::Party;
use crate::store::conformance::planted::{self, QUEUE, assert_absent, batch, message, planted};
use crate::store::{
    MemoryStore, Page, PageToken, PendingAnnouncements, Query, Retention, RolledUp, read_all,
};
use crate::time::{Day, Span};
use crate::topology::Topology;

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new()));

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn event(id: &str, detail: &Value) -> Value {
    json!({
        "id": id, "detail-type": "OrderPlaced", "source": "com.shop.orders",
        "time": "2026-11-20T10:00:00Z", "detail": detail,
    })
}

fn order(id: &str, receive_count: u32) -> Value {
    let event = event(id, &json!({ "email": "ada@analytical-engines.org" }));
    message(id, &event.to_string(), receive_count)
}

async fn count_with(store: &dyn Store, router: &Router, payload: &str) -> Outcome {
    let tracer = Tracer {
        engine: &ENGINE,
        router,
        store,
        fingerprinting: None,
        vocabulary: &Vocabulary::default(),
        keep: Retention::default(),
    };
    let mut records = Records::default();
    records.open(payload.as_bytes(), "payload-1", 0);
    tracer.count(records, now()).await
}

async fn count(store: &dyn Store, payload: &str) -> Outcome {
    count_with(store, &Router::unattributed(&ENGINE), payload).await
}

async fn ledger_in(store: &dyn Store) -> Ledger {
    read_all(store, &Query::days(Span::default(), now()))
        .await
        .unwrap()
        .ledger
}

async fn events_in(store: &dyn Store) -> u64 {
    ledger_in(store)
        .await
        .edges
        .values()
        .map(|facts| facts.events)
        .sum()
}

fn router(yaml: &str) -> Router {
    Router::new(&Topology::parse(yaml).unwrap(), &ENGINE).unwrap()
}

/// A store that answers as told, once each, and then as it should.
#[derive(Default)]
struct Faulty {
    store: MemoryStore,
    answers: Mutex<VecDeque<StoreError>>,
    batch_max: Option<usize>,
    paths_max: Option<usize>,
    is_deaf: bool,
    sizes: Mutex<Vec<usize>>,
}

impl Faulty {
    fn answering(answers: impl IntoIterator<Item = StoreError>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            ..Self::default()
        }
    }
}

#[async_trait]
impl Store for Faulty {
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        if self.is_deaf {
            return Err(StoreError::backend("read receipts", "no answer"));
        }
        self.store.which_were_counted(redeliveries).await
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        self.sizes.lock().unwrap().push(batch.receipts.len());
        let paths = |facts: &EdgeFacts| facts.classes.values().map(|class| class.paths.len()).sum();
        let most: usize = batch.ledger.edges.values().map(paths).max().unwrap_or(0);
        if self.batch_max.is_some_and(|max| batch.receipts.len() > max)
            || self.paths_max.is_some_and(|max| most > max)
        {
            return Err(StoreError::TooLarge { bytes: 2, limit: 1 });
        }
        if let Some(error) = self.answers.lock().unwrap().pop_front() {
            return Err(error);
        }
        self.store.record(batch).await
    }

    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        self.store.pending_announcements(before, page).await
    }

    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError> {
        self.store.mark_announced(announcement).await
    }

    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        self.store.read(query, page).await
    }

    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError> {
        self.store.roll_up(now, keep).await
    }

    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        self.store.sightings_of(subjects).await
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        self.store.erase_subject(subjects).await
    }

    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.store.put_topology(from, topology).await
    }

    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError> {
        self.store.topology(on).await
    }
}

#[tokio::test]
async fn records_that_there_is_no_time_for_are_named_and_those_before_them_count() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let store = MemoryStore::default();
    let orders: Vec<_> = (0..8).map(|n| order(&format!("m-{n}"), 1)).collect();
    let mut records = Records::default();
    records.open(batch(&orders).as_bytes(), "invocation:1", 0);
    let router = Router::unattributed(&ENGINE);
    let tracer = Tracer {
        engine: &ENGINE,
        router: &router,
        store: &store,
        fingerprinting: None,
        vocabulary: &Vocabulary::default(),
        keep: Retention::default(),
    };
    // Asked once for the chunk and once for each record.
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
            .all(|failed| failed.reason == "out_of_time")
    );
    assert!(matches!(
        outcome.store_errors[..],
        [StoreError::OutOfTime { .. }]
    ));
}

// ---- each delivered record counts once -----------------------------------------------------

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
    // Far enough apart to be of two batches, and each says that it came for the first time: a store
    // is not asked for those, and not every store would see it.
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
        BTreeMap::from([("not_json".to_owned(), 1)])
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
async fn a_store_that_names_deliveries_nobody_sent_does_not_lose_a_batch() {
    let stranger = BTreeSet::from([ReceiptId::of("a stranger")]);
    let store = Faulty::answering([StoreError::AlreadyCounted(stranger)]);
    let outcome = count(&store, &batch(&[order("m-1", 1)])).await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-1"])));
}

// ---- failures ------------------------------------------------------------------------------

#[tokio::test]
async fn one_unreadable_message_fails_alone_and_the_others_are_counted() {
    let store = MemoryStore::default();
    let outcome = count(
        &store,
        &batch(&[order("m-1", 1), message("m-2", "{", 1), order("m-3", 1)]),
    )
    .await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-2"])));
    assert_eq!(outcome.unreadable[0].reason, "not_json");
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
            .all(|failed| failed.reason == "not_recorded")
    );
    assert!(!outcome.failed_items().unwrap().contains("m-last"));
    assert_eq!(outcome.store_errors.len(), 1);
    assert_eq!(events_in(&store).await, 1);
    // They come again, and are counted then.
    let again: Vec<Value> = (0..BATCH_MAX)
        .map(|n| order(&format!("m-{n}"), 2))
        .collect();
    assert!(count(&store, &batch(&again)).await.is_clean());
    assert_eq!(events_in(&store).await, BATCH_MAX as u64 + 1);
}

#[tokio::test]
async fn a_file_traced_again_was_counted_before_whatever_its_messages_say() {
    let store = MemoryStore::default();
    let router = Router::unattributed(&ENGINE);
    let tracer = Tracer {
        engine: &ENGINE,
        router: &router,
        store: &store,
        fingerprinting: None,
        vocabulary: &Vocabulary::default(),
        keep: Retention::default(),
    };
    for counted_before in [0, 2] {
        let mut records = Records::of_files();
        let file = batch(&[order("m-1", 1), order("m-2", 1)]);
        records.open(file.as_bytes(), "batch.json", 0);
        let outcome = tracer.count(records, now()).await;
        assert_eq!(outcome.again, counted_before);
        assert_eq!(events_in(&store).await, 2);
    }
}

#[tokio::test]
async fn names_of_a_megabyte_are_told_apart_by_their_beginning_and_the_coverage_says_so() {
    for (field, events) in [("source", 1), ("detail-type", 1), ("id", 0)] {
        let store = MemoryStore::default();
        let mut event = event("e-1", &json!({ "email": "ada@analytical-engines.org" }));
        event[field] = "Order".repeat(200_000).into();
        let outcome = count(&store, &event.to_string()).await;
        assert!(outcome.is_clean());
        let ledger = ledger_in(&store).await;
        let edges: Vec<_> = ledger.edges.keys().collect();
        assert_eq!(edges.len(), 1, "{field}");
        assert!(serde_json::to_string(&edges).unwrap().len() < 2_000);
        let limits: u64 = ledger
            .coverage
            .values()
            .filter_map(|coverage| coverage.limits.get(NAME_LENGTH))
            .sum();
        assert_eq!(limits, events, "{field}");
    }
}

#[tokio::test]
async fn an_event_older_than_what_is_kept_counts_today_and_the_coverage_says_so() {
    for (months, oldest, kept) in [
        (84, "2019-12-01", true),
        (84, "2019-11-30", false),
        (13, "2025-11-01", true),
        (13, "2025-10-31", false),
    ] {
        let store = MemoryStore::default();
        let vocabulary = Vocabulary::default();
        let tracer = Tracer {
            engine: &ENGINE,
            router: &Router::unattributed(&ENGINE),
            store: &store,
            fingerprinting: None,
            vocabulary: &vocabulary,
            keep: Retention { days: 1, months },
        };
        let mut event = event("e-1", &json!({}));
        event["time"] = json!(format!("{oldest}T10:00:00Z"));
        let mut records = Records::default();
        records.open(event.to_string().as_bytes(), "payload-1", 0);
        tracer.count(records, now()).await;
        // What is counted on a day outlives the next roll-up.
        store.roll_up(now(), &tracer.keep).await.unwrap();
        let ledger = ledger_in(&store).await;
        assert_eq!(ledger.edges.len(), 1, "{months} months, {oldest}");
        let limits: u64 = ledger
            .coverage
            .values()
            .filter_map(|coverage| coverage.limits.get(EVENT_TIME))
            .sum();
        assert_eq!(limits, u64::from(!kept), "{months} months, {oldest}");
    }
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
        // So far ahead is no clock of SQS.
        (
            "2025-11-20T09:00:00Z",
            "2025-11-20T09:00:00Z".parse().unwrap(),
        ),
    ] {
        let chunk = opened(&batch(&[order("m-1", 1)]));
        assert_eq!(written_at(&chunk, clock.parse().unwrap()), written);
    }
}

fn opened(payload: &str) -> Vec<Record> {
    let mut records = Records::default();
    records.open(payload.as_bytes(), "payload-1", 0);
    records.list
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
    assert_eq!(outcome.unrecorded[0].reason, "books_unavailable");
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

// ---- what an edge holds --------------------------------------------------------------------

#[tokio::test]
async fn an_event_without_findings_is_counted_too() {
    let store = MemoryStore::default();
    let body = event("e-1", &json!({ "total": 7 })).to_string();
    count(&store, &batch(&[message("m-1", &body, 1)])).await;
    let ledger = ledger_in(&store).await;
    let facts = ledger.edges.values().next().unwrap();
    assert_eq!((facts.events, facts.events_with_findings), (1, 0));
    assert!(facts.classes.is_empty());
}

#[tokio::test]
async fn a_class_counts_events_and_not_findings() {
    let store = MemoryStore::default();
    let body = |n: u32| {
        let detail = json!({ "email": format!("ada.{n}@analytical-engines.org"), "cc": ["b@x-mail.org", "c@x-mail.org"] });
        event("e", &detail).to_string()
    };
    count(
        &store,
        &batch(&[message("m-1", &body(1), 1), message("m-2", &body(2), 1)]),
    )
    .await;
    let ledger = ledger_in(&store).await;
    let class = &ledger.edges.values().next().unwrap().classes[&DataClass::EmailAddress];
    assert_eq!(class.events, 2);
    let paths: Vec<&str> = class.paths.iter().map(EdgePath::as_str).collect();
    assert_eq!(paths, ["$.detail.cc[*]", "$.detail.email"]);
}

#[tokio::test]
async fn an_event_is_counted_on_the_day_it_gives_itself_unless_that_lies_ahead() {
    let store = MemoryStore::default();
    let mut ahead = event("e-2", &json!({}));
    ahead["time"] = json!("2027-01-01T00:00:00Z");
    let mut odd = event("e-3", &json!({}));
    odd["time"] = json!("the day after tomorrow");
    for payload in [event("e-1", &json!({})), ahead, odd] {
        count(&store, &payload.to_string()).await;
    }
    let ledger = ledger_in(&store).await;
    let days: Vec<(String, u64)> = ledger
        .edges
        .iter()
        .map(|((day, _), facts)| (day.to_string(), facts.events))
        .collect();
    assert_eq!(
        days,
        [("2026-11-20".to_owned(), 1), ("2026-11-21".to_owned(), 2)]
    );
    assert!(
        ledger
            .edges
            .values()
            .all(|facts| facts.last_seen <= Some(now()))
    );
}

#[tokio::test]
async fn personal_data_beside_the_body_is_on_the_edge_of_each_record_of_the_message() {
    let store = MemoryStore::default();
    let record = |key: &str| {
        json!({
            "eventSource": "aws:s3", "eventName": key,
            "s3": { "bucket": { "name": "b" }, "object": { "key": "x" } },
        })
    };
    let mut sent = message("m-1", &batch(&[record("Put"), record("Delete")]), 1);
    sent["messageAttributes"] = json!({ "to": { "stringValue": "ada@analytical-engines.org" } });
    let outcome = count(&store, &batch(&[sent])).await;
    assert_eq!(outcome.with_findings, 2);
    let ledger = ledger_in(&store).await;
    assert_eq!(ledger.edges.len(), 2);
    assert!(ledger.edges.values().all(|facts| {
        facts.events_with_findings == 1 && facts.classes[&DataClass::EmailAddress].events == 1
    }));
}

#[test]
fn headers_are_looked_at_once_for_all_records_of_a_message() {
    let tracer = Tracer {
        engine: &ENGINE,
        router: &Router::unattributed(&ENGINE),
        store: &MemoryStore::default(),
        fingerprinting: None,
        vocabulary: &Vocabulary::default(),
        keep: Retention::default(),
    };
    let headers: Arc<str> = r#"{"to":"ada@analytical-engines.org"}"#.into();
    let mut tally = Tally::default();
    let mut beside = Beside::default();
    let mut look = |text: &Arc<str>| beside.look(&tracer, text, None, &mut tally);
    let first = look(&headers);
    assert!(Arc::ptr_eq(&first, &look(&headers)));
    assert!(!Arc::ptr_eq(&first, &look(&"{}".into())));
}

#[tokio::test]
async fn an_opaque_body_is_counted_as_unknown() {
    let store = MemoryStore::default();
    let pointer = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b"}]"#;
    let outcome = count(&store, &batch(&[message("m-1", pointer, 1)])).await;
    assert!(outcome.is_clean());
    let ledger = ledger_in(&store).await;
    let facts = ledger.edges.values().next().unwrap();
    assert_eq!((facts.events, facts.unreadable), (1, 1));
}

#[tokio::test]
async fn a_bound_reached_is_in_the_outcome_and_in_coverage() {
    let store = MemoryStore::default();
    let mut body = event("e-1", &json!({})).to_string();
    for _ in 0..7 {
        body = json!({ "Type": "Notification", "MessageId": "n", "TopicArn": "arn:aws:sns:a:1:t", "Message": body }).to_string();
    }
    let outcome = count(&store, &body).await;
    assert_eq!(outcome.limits[NESTING_LIMIT], 1);
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let outcome = count(&store, &deep).await;
    assert_eq!(outcome.limits["depth"], 1);
    let ledger = ledger_in(&store).await;
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for seen in ledger.coverage.values() {
        names.extend(seen.limits.keys().map(String::as_str));
    }
    assert!(
        names.contains(NESTING_LIMIT) && names.contains("depth"),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_consumer_behind_a_transformer_is_said_to_have_what_it_received() {
    let router = router(
        "
version: 1
taps: [{queue: jobs, bus: shop}]
buses:
  shop:
    rules:
      - name: all
        pattern: {source: [com.shop.orders]}
        targets:
          - {function: whole}
          - {function: part, input_path: $.detail.address}
          - {function: none, input: {ping: true}}
          - {function: made, input_transformer: {paths: {e: $.detail.email}, template: '{\"to\": <e>}'}}
",
    );
    let store = MemoryStore::default();
    let detail = json!({ "email": "ada@analytical-engines.org", "address": { "postcode": "SW1A 1AA", "city": "London" } });
    let body = event("e-1", &detail).to_string();
    count_with(&store, &router, &batch(&[message("m-1", &body, 1)])).await;
    let ledger = ledger_in(&store).await;
    let paths = |consumer: &str| -> Vec<String> {
        let (_, facts) = ledger
            .edges
            .iter()
            .find(|((_, key), _)| key.flow.consumer.to_string() == format!("function/{consumer}"))
            .unwrap();
        assert_eq!(facts.events, 1);
        facts
            .classes
            .get(&DataClass::EmailAddress)
            .map(|class| class.paths.iter().map(ToString::to_string).collect())
            .unwrap_or_default()
    };
    assert_eq!(paths("whole"), ["$.detail.email"]);
    assert!(paths("part").is_empty());
    assert!(paths("none").is_empty());
    assert_eq!(paths("made"), ["$.to"]);
    assert!(
        ledger
            .edges
            .keys()
            .all(|(_, key)| key.basis == Basis::Matched)
    );
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

// ---- payloads of the world -----------------------------------------------------------------

#[tokio::test]
async fn every_sample_payload_is_counted_or_has_a_reason() {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/events"
    ));
    let Ok(files) = std::fs::read_dir(folder) else {
        eprintln!("SKIPPED: there is no {}", folder.display());
        return;
    };
    let store = MemoryStore::default();
    let mut payloads = 0;
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let line: Value = serde_json::from_str(line).unwrap();
            let payload = match &line["event"] {
                Value::String(text) => text.clone(),
                event => event.to_string(),
            };
            payloads += 1;
            let mut records = Records::default();
            records.open(payload.as_bytes(), &format!("payload-{payloads}"), payloads);
            let tracer = Tracer {
                engine: &ENGINE,
                router: &Router::unattributed(&ENGINE),
                store: &store,
                fingerprinting: None,
                vocabulary: &Vocabulary::default(),
                keep: Retention::default(),
            };
            let opened = records.len();
            let outcome = tracer.count(records, now()).await;
            assert!(outcome.unrecorded.is_empty(), "{}", line["src"]);
            assert_eq!(
                outcome.deliveries + outcome.unreadable.len() as u64,
                opened as u64,
                "{}",
                line["src"]
            );
            // The one payload without a record is the log service asking whether somebody listens.
            assert!(opened > 0 || payload.contains("awslogs"), "{}", line["src"]);
            for failed in outcome.unreadable {
                *reasons.entry(failed.reason).or_default() += 1;
            }
        }
    }
    eprintln!("{payloads} payloads, unreadable records by reason: {reasons:?}");
    assert!(payloads > 600);
}

// ---- no value leaves -----------------------------------------------------------------------

/// Asserts that no planted value is in the outcome, the store or an error. Returns how many records
/// had findings. The crates of SQLite and of reports search their own output.
async fn nothing_of(provable: &str, word: &str) -> u64 {
    let values = [provable.to_owned(), word.to_owned()];
    let store = MemoryStore::default();
    let router = router(planted::TOPOLOGY);
    let outcome = count_with(&store, &router, &planted(provable, word)).await;
    assert_eq!(outcome.deliveries, 8, "{outcome:?}");
    assert_eq!(outcome.unreadable.len(), 2);
    assert_absent("the outcome", format!("{outcome:?}").as_bytes(), &values);
    let ledger = ledger_in(&store).await;
    let json = serde_json::to_string(&ledger).unwrap();
    assert_absent("the store", json.as_bytes(), &values);
    let debug = format!("{ledger:?}");
    assert_absent("the ledger in Debug", debug.as_bytes(), &values);
    // Errors of a store that fails on it.
    let with_findings = outcome.with_findings;
    let faulty = Faulty::answering([StoreError::backend("record a batch", "disk full")]);
    let outcome = count(&faulty, &planted(provable, word)).await;
    let mut told = format!("{outcome:?}");
    for error in &outcome.store_errors {
        let _ = write!(told, "{error}");
    }
    assert_eq!(outcome.unrecorded.len(), 10);
    assert_absent("an error", told.as_bytes(), &values);
    with_findings
}

#[tokio::test]
async fn values_that_prove_themselves_are_nowhere_in_what_is_kept() {
    for value in [
        "grace.hopper@navy-mail.org",
        "4539578763621486",
        "GB29NWBK60161331926819",
        "AKIAY34FZKBOKMUTVV7A",
    ] {
        let with_findings = nothing_of(value, "Quexlowitzka").await;
        assert!(with_findings >= 5, "{with_findings} records had findings");
    }
    // An id is nobody's data by itself, and is kept nowhere either.
    nothing_of("123e4567-e89b-12d3-a456-426614174000", "Quexlowitzka").await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn generated_values_are_nowhere_in_what_is_kept(
        local in "[a-z]{4,9}[.][a-z]{5,9}", host in "[a-z]{7,10}", word in "[A-Z][a-z]{9,14}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(nothing_of(&format!("{local}@{host}.com"), &format!("{word}zq")));
    }
}

#[test]
fn the_parties_nobody_can_name_are_told_apart() {
    assert_ne!(Party::UNATTRIBUTED, Party::NO_CONSUMER);
}
