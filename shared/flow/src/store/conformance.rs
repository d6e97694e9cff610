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
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use piitrail_detect::{DataClass, Engine, Fingerprint, Subject, SubjectKind};

use super::{
    Batch, Grain, PageToken, PendingAnnouncements, PossibleRedelivery, Query, ReceiptId, Retention,
    Store, StoreError, all_pending_announcements, first_seen, read_all,
};
use crate::channel::{Channel, ChannelKind};
use crate::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, EdgePath, Flow};
use crate::ledger::{Coverage, Ledger};
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::people::People;
use crate::subject::{Epoch, Sighting, Sightings, SubjectId};
use crate::time::{Day, Span, day_of};
use crate::topology::Topology;

pub mod faults;
pub mod flaky;
pub mod planted;
mod subjects;

/// One for all redeliveries: building it costs more than most of them.
static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new()));

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
    what_is_new_is_announced_until_it_was_sent(&empty_store().await).await;
    the_outbox_is_read_page_by_page_while_it_is_sent(&empty_store().await).await;
    a_class_is_new_on_an_edge_once(&empty_store().await).await;
    a_batch_recorded_twice_is_announced_once(&empty_store().await).await;
    test_data_is_not_news(&empty_store().await).await;
    a_roll_up_changes_no_number(&empty_store().await).await;
    a_late_batch_joins_what_was_rolled_up(&empty_store().await).await;
    a_roll_up_between_two_pages_is_not_seen(&empty_store().await).await;
    old_days_become_months_and_old_months_go(&empty_store().await).await;
    what_was_counted_is_known_after_a_roll_up(&empty_store().await).await;
    subjects::run(empty_store).await;
}

async fn an_empty_store_holds_nothing(store: &impl Store) {
    assert_eq!(whole(store).await, Ledger::default());
    assert!(
        store
            .which_were_counted(&[possible_redelivery("m-1")])
            .await
            .unwrap()
            .is_empty()
    );
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

async fn a_receipt_alone_can_be_recorded(store: &impl Store) {
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
    assert_eq!(read_days(store, span).await, ledger);
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
    assert_eq!(read_days(store, then).await, ledger);
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
            .read(&Query::days(Span::default(), now()), Some(&token))
            .await
            .is_err()
    );
}

async fn what_is_new_is_announced_until_it_was_sent(store: &impl Store) {
    let batch = batch_of(&["m-1"], sample_ledger(1));
    let announcement = store.record(&batch).await.unwrap().unwrap();
    let expected: Vec<_> = first_seen(&batch)
        .into_values()
        .flat_map(BTreeMap::into_values)
        .collect();
    assert_eq!(expected.len(), 2);
    assert_eq!(announcement.first_seen, expected);

    // Who recorded it may still be sending: only what was recorded earlier is anybody's.
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

async fn the_outbox_is_read_page_by_page_while_it_is_sent(store: &impl Store) {
    // Odd numbers are personal data, each on an edge of its own.
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
            // One of each page cannot be sent, and holds up nothing.
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

async fn a_class_is_new_on_an_edge_once(store: &impl Store) {
    for n in [1, 3, 5] {
        let batch = batch_of(&[&format!("m-{n}")], sample_ledger(n));
        let announcement = store.record(&batch).await.unwrap().unwrap();
        let consumers: Vec<String> = announcement
            .first_seen
            .iter()
            .map(|first| first.edge.flow.consumer.to_string())
            .collect();
        // The edge that is always the same is new only in the first.
        let new = format!("function/consumer-{n}");
        assert!(consumers.contains(&new), "{consumers:?}");
        assert_eq!(consumers.len(), if n == 1 { 2 } else { 1 });
    }
    let again = batch_of(&["m-9"], sample_ledger(1));
    assert_eq!(store.record(&again).await.unwrap(), None);

    // The same flow known in another way is no news either.
    let mut ledger = Ledger::default();
    let mut observed = key("orders", "mailer");
    observed.basis = Basis::Observed;
    ledger.add_edge(day("2026-11-21"), observed, &facts(1));
    let batch = batch_of(&["m-10"], ledger);
    assert_eq!(store.record(&batch).await.unwrap(), None);
}

async fn a_batch_recorded_twice_is_announced_once(store: &impl Store) {
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

async fn test_data_is_not_news(store: &impl Store) {
    // Even numbers are test data only.
    let batch = batch_of(&["m-1"], sample_ledger(2));
    assert_eq!(store.record(&batch).await.unwrap(), None);
    let batch = batch_of(&["m-2"], sample_ledger(3));
    assert!(store.record(&batch).await.unwrap().is_some());
}

async fn a_roll_up_changes_no_number(store: &impl Store) {
    let mut sum = Ledger::default();
    for n in 0..8 {
        let mut ledger = sample_ledger(n);
        for edge in 0..40 {
            let on = day(&format!("2026-{:02}-{:02}", 9 + edge % 3, 1 + edge % 28));
            ledger.add_edge(on, key("orders", &format!("consumer-{edge}")), &facts(n));
        }
        let batch = batch_of(&[&format!("m-{n}")], ledger);
        store.record(&batch).await.unwrap();
        sum.merge(batch.ledger);
        if n % 3 == 0 {
            roll_up_to(store, 7_200, &Retention::default()).await;
        }
    }
    assert_eq!(whole(store).await, sum);
    for (from, to) in [
        ("2026-09-01", "2026-11-30"),
        ("2026-09-02", "2026-11-30"),
        ("2026-09-15", "2026-10-14"),
        ("2026-10-01", "2026-10-31"),
        ("2026-11-21", "2026-11-21"),
    ] {
        let span = Span {
            from: Some(day(from)),
            to: Some(day(to)),
        };
        let mut expected = sum.clone();
        expected.retain(span);
        assert_eq!(read_days(store, span).await, expected, "{from} to {to}");
        for seconds in [0, 100_000] {
            let query = Query::sum(span, later(seconds));
            let summed = read_all(store, &query).await.unwrap();
            assert_eq!(
                totals(summed.ledger),
                totals(expected.clone()),
                "{from} to {to}"
            );
            assert_eq!(summed.whole_months, BTreeSet::new());
        }
    }
}

async fn a_late_batch_joins_what_was_rolled_up(store: &impl Store) {
    let first = batch_of(&["m-1"], sample_ledger(1));
    store.record(&first).await.unwrap();
    roll_up_to(store, 7_200, &Retention::default()).await;
    // Of the same days, written after they were rolled up, by a writer whose clock went back.
    let mut second = batch_of(&["m-2"], sample_ledger(2));
    second.at = later(-3_600);
    store.record(&second).await.unwrap();
    let mut sum = first.ledger;
    sum.merge(second.ledger);
    assert_eq!(whole(store).await, sum);
    roll_up_to(store, 14_400, &Retention::default()).await;
    assert_eq!(whole(store).await, sum);
}

async fn a_roll_up_between_two_pages_is_not_seen(store: &impl Store) {
    let mut sum = Ledger::default();
    for n in 0..6 {
        let mut ledger = Ledger::default();
        for edge in 0..60 {
            let consumer = format!("consumer-{n}-{edge}");
            // Long past, and the rest not: days that become a month, and days that stay.
            let on = day(["2025-06-10", "2025-06-20", "2026-11-20"][edge % 3]);
            ledger.add_edge(on, key("orders", &consumer), &facts(n));
            ledger.add_coverage(on, None, &coverage(n));
        }
        let batch = batch_of(&[&format!("m-{n}")], ledger);
        store.record(&batch).await.unwrap();
        sum.merge(batch.ledger);
    }
    let query = Query::sum(Span::default(), later(7_000));
    let first = store.read(&query, None).await.unwrap();
    roll_up_to(store, 7_200, &Retention::default()).await;
    let mut read = first.ledger;
    let mut next = first.next;
    while let Some(token) = next {
        let page = store.read(&query, Some(&token)).await.unwrap();
        read.merge(page.ledger);
        next = page.next;
    }
    assert_eq!(totals(read), totals(sum));
}

async fn old_days_become_months_and_old_months_go(store: &impl Store) {
    let mut ledger = Ledger::default();
    for text in [
        "2024-02-10",
        "2025-05-31",
        "2025-06-01",
        "2025-06-20",
        "2026-11-20",
    ] {
        ledger.add_edge(day(text), key("orders", "mailer"), &facts(1));
        ledger.add_coverage(day(text), None, &coverage(1));
    }
    store.record(&batch_of(&["m-1"], ledger)).await.unwrap();
    let keep = Retention {
        days: 400,
        months: 24,
    };
    roll_up_to(store, 7_200, &keep).await;

    let read = |from: &str, to: &str| Query {
        span: Span {
            from: Some(day(from)),
            to: Some(day(to)),
        },
        now: later(10_900),
        grain: Grain::Days,
        people: true,
    };
    // One of two days of a month of which only the whole is kept: the whole, and it says so.
    let page = read_all(store, &read("2025-06-10", "2026-11-21"))
        .await
        .unwrap();
    assert_eq!(page.whole_months, BTreeSet::from([day("2025-06-01")]));
    let days: Vec<Day> = page.ledger.edges.keys().map(|(day, _)| *day).collect();
    assert_eq!(days, [day("2025-06-01"), day("2026-11-20")]);
    let mut both = facts(1);
    both.merge(&facts(1));
    // How many people there were may be kept by the day only.
    let whole_month = page.ledger.edges.into_values().next().unwrap();
    assert_eq!(whole_month.split_people().0, both.split_people().0);

    // A month in the span as a whole is what it is.
    let page = read_all(store, &read("2025-05-01", "2025-05-31"))
        .await
        .unwrap();
    assert_eq!(page.whole_months, BTreeSet::new());
    assert_eq!(page.ledger.edges.len(), 1);
    // What is older than months are kept is gone.
    let page = read_all(store, &read("2024-01-01", "2024-03-31"))
        .await
        .unwrap();
    assert_eq!(page.ledger, Ledger::default());
}

/// Rolls up so many seconds from now, at once again, and when that is settled.
async fn roll_up_to(store: &impl Store, seconds: i64, keep: &Retention) {
    for after in [0, 0, 3_600] {
        store.roll_up(later(seconds + after), keep).await.unwrap();
    }
}

async fn what_was_counted_is_known_after_a_roll_up(store: &impl Store) {
    let batch = batch_of(&["m-1", "m-2"], sample_ledger(1));
    store.record(&batch).await.unwrap();
    roll_up_to(store, 7_200, &Retention::default()).await;
    assert_eq!(
        store
            .which_were_counted(&[possible_redelivery("m-2")])
            .await
            .unwrap()
            .len(),
        1
    );
    store.record(&batch).await.unwrap();
    assert_eq!(whole(store).await, batch.ledger);
}

/// What edges and places add up to over all days.
fn totals(ledger: Ledger) -> Ledger {
    let mut totals = Ledger::default();
    for ((_, key), facts) in ledger.edges {
        totals.add_edge(day("2026-01-01"), key, &facts);
    }
    for ((_, place), coverage) in ledger.coverage {
        totals.add_coverage(day("2026-01-01"), place, &coverage);
    }
    totals
}

async fn whole(store: &impl Store) -> Ledger {
    read_days(store, Span::default()).await
}

async fn read_days(store: &impl Store, span: Span) -> Ledger {
    // Before, right after and long after whatever was rolled up.
    let [first, second, third] = [0, 7_201, 100_000].map(later);
    let read = |at: Timestamp| async move {
        let page = read_all(store, &Query::days(span, at)).await.unwrap();
        assert_eq!(page.whole_months, BTreeSet::new());
        page.ledger
    };
    let ledger = read(first).await;
    assert_eq!(read(second).await, ledger);
    assert_eq!(read(third).await, ledger);
    ledger
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn topology(yaml: &str) -> Topology {
    Topology::parse(yaml).unwrap()
}

fn possible_redelivery(id: &str) -> PossibleRedelivery {
    PossibleRedelivery {
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
    let name = |text: &str| Name::masked(&ENGINE, text);
    EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, name(producer)),
            consumer: Party::new(PartyKind::Function, name(consumer)),
            channels: vec![Channel {
                kind: ChannelKind::Bus,
                name: name("shop"),
            }],
            event_type: name("OrderPlaced"),
        },
        basis: Basis::Matched,
    }
}

fn facts(n: u64) -> EdgeFacts {
    let scan = ENGINE
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

/// Receipts and a ledger that counts one event for each.
pub fn batch_of_events(ids: &[usize]) -> Batch {
    let key = EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, Name::masked(&ENGINE, "orders")),
            consumer: Party::UNATTRIBUTED,
            channels: Vec::new(),
            event_type: Name::masked(&ENGINE, "OrderPlaced"),
        },
        basis: Basis::Observed,
    };
    let facts = EdgeFacts {
        events: 1,
        ..EdgeFacts::default()
    };
    let seen = Coverage {
        deliveries: 1,
        ..Coverage::default()
    };
    let mut ledger = Ledger::default();
    let today = day_of(now());
    for _ in ids {
        ledger.add_edge(today, key.clone(), &facts);
        ledger.add_coverage(today, None, &seen);
    }
    Batch {
        at: now(),
        receipts: ids.iter().map(|n| ReceiptId::of(&n.to_string())).collect(),
        ledger,
        sightings: Sightings::default(),
    }
}

/// Events and deliveries in all.
pub async fn events_in(store: &dyn Store) -> (u64, u64) {
    let whole = read_all(store, &Query::days(Span::default(), now()))
        .await
        .unwrap()
        .ledger;
    (
        whole.edges.values().map(|facts| facts.events).sum(),
        whole.coverage.values().map(|seen| seen.deliveries).sum(),
    )
}

/// For stores in which a writer sees what every other wrote. Not part of [`run`].
pub async fn who_was_slower_with_the_same_deliveries_is_told_so(store: &dyn Store) {
    let first = batch_of_events(&[1, 2]);
    // Folded from the same input by another process, a moment later.
    let second = Batch {
        at: now() + jiff::SignedDuration::from_millis(1),
        ..first.clone()
    };
    store.record(&first).await.unwrap();
    for _ in 0..2 {
        let told = store.record(&second).await.unwrap_err();
        assert!(matches!(told, StoreError::AlreadyCounted(ids) if ids == first.receipts));
        // An answer that was lost is asked for again with the same batch.
        assert_eq!(store.record(&first).await.unwrap(), None);
    }
    assert_eq!(events_in(store).await, (2, 2));
}

/// For stores that delete at the roll-up and not by a time to live. Not part of [`run`].
pub async fn where_a_person_was_seen_goes_when_the_days_go(store: &dyn Store) {
    let mut sightings = Sightings::default();
    let id: SubjectId = "2026-11:email:0bd93fd741c8d045778f56b9be168475"
        .parse()
        .unwrap();
    let edge = batch_of_events(&[1])
        .ledger
        .edges
        .keys()
        .next()
        .unwrap()
        .1
        .clone();
    for (event_type, last_seen) in [("Old", "2025-01-10"), ("New", "2026-11-20")] {
        let sighting = Sighting {
            first_seen: "2025-01-02".parse().unwrap(),
            last_seen: last_seen.parse().unwrap(),
            classes: [DataClass::EmailAddress].into(),
        };
        let edge = EdgeKey {
            flow: Flow {
                event_type: Name::masked(&ENGINE, event_type),
                ..edge.flow.clone()
            },
            ..edge.clone()
        };
        sightings.add(id.clone(), edge, &sighting);
    }
    let recorded = Batch {
        sightings,
        ..batch_of_events(&[1])
    };
    store.record(&recorded).await.unwrap();
    store.roll_up(now(), &Retention::default()).await.unwrap();
    let left = store.sightings_of(std::slice::from_ref(&id)).await.unwrap();
    let left: Vec<&str> = left
        .iter()
        .map(|(_, edge, _)| edge.flow.event_type.as_str())
        .collect();
    assert_eq!(left, ["New"]);
}
