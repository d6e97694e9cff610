//! The store in DynamoDB when everything fails.

use std::io::Write as _;
use std::time::Duration;

use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, HttpClient, Region, RuntimeComponents,
};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::base64;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::ToSpan as _;
use piitrail_detect::{Confidence, Engine};
use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, Flow};
use piitrail_flow::ledger::Ledger;
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use piitrail_flow::store::conformance;
use piitrail_flow::store::conformance::faults::{self, Chance, until_killed};
use piitrail_flow::store::{all_pending_announcements, first_seen, read_all};
use piitrail_flow::subject::Sighting;
use piitrail_flow::time::Span;
use piitrail_flow::topology::Topology;
use serde_json::json;
use tokio::time::Instant;

use super::stub::StubBackend;
use super::{
    Announcement, BTreeMap, BTreeSet, Batch, DataClass, DynamoStore, HEAD_MAX_AGE,
    PossibleRedelivery, Query, ReceiptId, Retention, Sightings, Store, StoreError, SubjectId,
    Timestamp, day_of,
};
use crate::announcer::Announcer;
use crate::deadline::Deadline;

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
        flow: Flow {
            producer: Party::new(PartyKind::Service, name("orders")),
            consumer: Party::UNATTRIBUTED,
            channels: Vec::new(),
            event_type: name("OrderPlaced"),
        },
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
    let again = PossibleRedelivery {
        id: ReceiptId::of("old"),
        since: now() - 26.hours(),
        until: now(),
    };
    let counted = store.which_were_counted(&[again]).await.unwrap();
    assert_eq!(counted, [ReceiptId::of("old")].into());

    store.record(&batch("new", now())).await.unwrap();
    assert_eq!(events_in(&table.store(), now()).await, 4);
    let later = now() + 3.hours();
    let set_out = store
        .roll_up(now() + 2.hours(), &Retention::default())
        .await;
    assert_eq!(set_out.unwrap().batches, 0);
    let rolled_up = store.roll_up(later, &Retention::default()).await.unwrap();
    assert_eq!(rolled_up.batches, 2);
    assert_eq!(events_in(&table.store(), later).await, 4);
    assert_eq!(events_in(&table.store(), later + 1.hours()).await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_writer_waits_until_its_deadline_and_then_says_what_was_not_written() {
    let table = StubBackend::new(0);
    let deadline = Deadline::default();
    let store = table.store().with_deadline(deadline.clone());
    store.record(&batch("1", now())).await.unwrap();

    table.throttle(true);
    let began = Instant::now();
    deadline.set(Some(began + Duration::from_secs(20)));
    let error = store.record(&batch("2", now())).await.unwrap_err();
    assert!(matches!(error, StoreError::Throttled(_)), "{error:?}");
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(10), "{waited:?}");
    assert!(waited <= Duration::from_secs(20), "{waited:?}");

    table.throttle(false);
    deadline.set(None);
    store.record(&batch("2", now())).await.unwrap();
    assert_eq!(events_in(&store, now()).await, 2);
}

/// What may be asked of a store, with a name to say which was late.
async fn ask(store: &DynamoStore, question: &str) -> Result<(), StoreError> {
    let people = ["2026-11:email:0bd93fd741c8d045778f56b9be168475"
        .parse()
        .unwrap()];
    let redelivery = PossibleRedelivery {
        id: ReceiptId::of("1"),
        since: now(),
        until: now(),
    };
    let days = Query::days(Span::default(), now());
    match question {
        "counted" => store.which_were_counted(&[redelivery]).await.map(drop),
        "record" => store.record(&fan_out("2", 0, 3, now())).await.map(drop),
        "pending" => store
            .pending_announcements(now() + 1.hours(), None)
            .await
            .map(drop),
        "announced" => {
            let first_seen = Vec::new();
            let id = "1".to_owned();
            store.mark_announced(&Announcement { id, first_seen }).await
        }
        "read" => read_all(store, &days).await.map(drop),
        "roll up" => store
            .roll_up(now() + 3.hours(), &Retention::default())
            .await
            .map(drop),
        "retention" => store.retention().await.map(drop),
        "sightings" => store.sightings_of(&people).await.map(drop),
        "erase" => store.erase_subject(&people).await.map(drop),
        "put topology" => {
            let topology = Topology::default();
            store.put_topology(day_of(now()), &topology).await
        }
        "topology" => store.topology(day_of(now())).await.map(drop),
        other => panic!("{other}"),
    }
}

const QUESTIONS: [&str; 11] = [
    "counted",
    "record",
    "pending",
    "announced",
    "read",
    "roll up",
    "retention",
    "sightings",
    "erase",
    "put topology",
    "topology",
];

#[tokio::test(start_paused = true)]
async fn no_call_outlives_the_deadline_whatever_the_table_does() {
    // The table answers in an hour, in half the time that is left, with throttles, or never in time.
    for (takes, is_throttling, seconds) in
        [(3_600, false, 6), (3, false, 5), (0, true, 6), (1, true, 0)]
    {
        for question in QUESTIONS {
            let table = StubBackend::new(0);
            table.store().record(&batch("1", now())).await.unwrap();
            table.take(Duration::from_secs(takes));
            table.throttle(is_throttling);
            let deadline = Deadline::default();
            let store = table.store().with_deadline(deadline.clone());
            let began = Instant::now();
            deadline.set(Some(began + Duration::from_secs(seconds)));
            let answer = ask(&store, question).await;
            let took = began.elapsed();
            assert!(took <= Duration::from_secs(seconds), "{question}: {took:?}");
            let is_slow = takes < seconds;
            let is_said = matches!(
                answer,
                Err(StoreError::OutOfTime { .. } | StoreError::Throttled(_))
            );
            assert!(is_slow || is_said, "{question}: {answer:?}");
            // The deadline is over: nothing more is begun.
            tokio::time::sleep_until(began + Duration::from_secs(seconds)).await;
            let again = Instant::now();
            ask(&store, question).await.unwrap_err();
            assert_eq!(again.elapsed(), Duration::ZERO, "{question}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_writers_with_wrong_clocks_write_is_never_lost() {
    // Minutes by which each writer's clock is behind.
    const BEHIND: [i64; 4] = [0, 9, 95, 5_000];
    for seed in 0..3 {
        let table = StubBackend::new(seed);
        let mut chance = Chance::new(seed);
        let store = || table.store().with_lanes(2);
        let mut writers = BEHIND.map(|_| store());
        let mut now = now();
        let mut written = 0;
        for _ in 0..12 {
            let minutes = 1 + i64::try_from(chance.below(40)).unwrap();
            now += minutes.minutes();
            tokio::time::advance(Duration::from_mins(minutes.unsigned_abs())).await;
            writers[usize::try_from(chance.below(4)).unwrap()] = store();
            // All know the head as it was before; then it changes.
            for is_rolled_up in [false, true] {
                if is_rolled_up {
                    store().roll_up(now, &Retention::default()).await.unwrap();
                }
                for (writer, behind) in writers.iter().zip(BEHIND) {
                    written += 1;
                    let batch = batch(&written.to_string(), now - behind.minutes());
                    writer.record(&batch).await.unwrap();
                }
            }
            // Once more, by somebody who does not know that it was written.
            let again = batch(&written.to_string(), now - BEHIND[3].minutes());
            store().record(&again).await.unwrap();
            // Two minutes later whatever was rolled up is seen.
            let read = events_in(&store(), now + 2.minutes()).await;
            assert_eq!(read, written, "seed {seed}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_writer_whose_clock_is_far_behind_does_not_keep_the_roll_up_from_ending() {
    let table = StubBackend::new(0);
    let written_long_ago = |id: &str| Batch {
        at: "2025-06-01T00:00:07Z".parse().unwrap(),
        ..batch(id, now())
    };
    table.store().record(&written_long_ago("1")).await.unwrap();
    table.store().record(&batch("2", now())).await.unwrap();
    let keep = Retention::default();
    let at = |hours: i64| now() + hours.hours();
    table.store().roll_up(at(2), &keep).await.unwrap();
    let rolled_up = table.store().roll_up(at(3), &keep).await.unwrap();
    assert_eq!(rolled_up.batches, 2);
    assert!(rolled_up.through > Some(now()), "{rolled_up:?}");
    // Whoever comes late from then on comes behind the fence.
    table.store().record(&written_long_ago("3")).await.unwrap();
    assert_eq!(events_in(&table.store(), at(4)).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_was_erased_elsewhere_is_there_again_when_seen_again() {
    let table = StubBackend::new(0);
    let warm = table.store();
    let jane: SubjectId = "2026-11:email:0bd93fd741c8d045778f56b9be168475"
        .parse()
        .unwrap();
    let seen = |id: &str| {
        let mut batch = batch(id, now());
        let edge = batch.ledger.edges.keys().next().unwrap().1.clone();
        let sighting = Sighting {
            first_seen: day_of(now()),
            last_seen: day_of(now()),
            classes: BTreeSet::from([DataClass::EmailAddress]),
        };
        batch.sightings.add(jane.clone(), edge, &sighting);
        batch
    };
    let people = std::slice::from_ref(&jane);
    // By then the writer looks at the head again: five minutes by the clock of the runtime, or by
    // that of the world where the function was frozen in between.
    for (runs, sleeps) in [(HEAD_MAX_AGE, 0), (Duration::ZERO, 5)] {
        warm.record(&seen(&format!("1 {sleeps}"))).await.unwrap();
        assert_eq!(table.store().erase_subject(people).await.unwrap(), 1);
        assert!(warm.sightings_of(people).await.unwrap().is_empty());
        tokio::time::advance(runs).await;
        let mut again = seen(&format!("2 {sleeps}"));
        again.at += sleeps.minutes();
        warm.record(&again).await.unwrap();
        assert_eq!(warm.sightings_of(people).await.unwrap(), again.sightings);
    }
}

#[tokio::test(start_paused = true)]
async fn a_changed_retention_holds_for_what_is_there() {
    let table = StubBackend::new(0);
    let store = table.store();
    assert_eq!(store.retention().await.unwrap(), None);
    store.record(&batch("1", now())).await.unwrap();
    let long = Retention::default();
    store.roll_up(now() + 2.hours(), &long).await.unwrap();
    store.roll_up(now() + 3.hours(), &long).await.unwrap();
    let expire_at = || -> BTreeSet<String> {
        let leaves = table.items_of("rolled#");
        let of = |leaf: &serde_json::Value| leaf["expires_at"]["N"].as_str().unwrap().to_owned();
        leaves.iter().map(of).collect()
    };
    let before = expire_at();
    assert_eq!(before.len(), 2, "its days, and it as a whole");
    let short = Retention {
        days: 31,
        months: 2,
    };
    store.roll_up(now() + 4.hours(), &short).await.unwrap();
    assert_eq!(store.retention().await.unwrap(), Some(short));
    let after = expire_at();
    assert!(after.iter().max() < before.iter().min(), "{after:?}");
    assert_eq!(events_in(&store, now() + 5.hours()).await, 1);
}

#[tokio::test(start_paused = true)]
async fn where_a_person_was_seen_goes_when_the_days_go() {
    let table = StubBackend::new(0);
    let keep = Retention {
        days: 31,
        months: 12,
    };
    let mut batch = batch("1", now());
    let edge = batch.ledger.edges.keys().next().unwrap().1.clone();
    let sighting = Sighting {
        first_seen: day_of(now()),
        last_seen: day_of(now()),
        classes: BTreeSet::new(),
    };
    let jane = "2026-11:email:0bd93fd741c8d045778f56b9be168475";
    batch.sightings.add(jane.parse().unwrap(), edge, &sighting);
    let store = table.store().with_retention(keep);
    store.record(&batch).await.unwrap();
    let kept = table.items_of("subject#");
    // 2026-11-21 and 31 days are over when 2026-12-23 begins.
    let gone: Timestamp = "2026-12-23T00:00:00Z".parse().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        kept[0]["expires_at"]["N"],
        json!(gone.as_second().to_string())
    );
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_does_not_see_the_last_minute_misses_nothing() {
    // Several steps at once, and one that takes minutes.
    for (batches, call_takes) in [(40, Duration::ZERO), (12, Duration::from_secs(7))] {
        let table = StubBackend::new(0);
        let store = table.store();
        let keep = Retention::default();
        for n in 0..batches {
            let at = now() + (3 * i64::try_from(n).unwrap()).minutes();
            store.record(&batch(&n.to_string(), at)).await.unwrap();
        }
        store.roll_up(now() + 3.hours(), &keep).await.unwrap();
        table.lag();
        table.take(call_takes);
        let began = Instant::now();
        let rolled_up = store.roll_up(now() + 4.hours(), &keep).await.unwrap();
        assert_eq!(rolled_up.batches, batches);
        let took = i64::try_from(began.elapsed().as_secs()).unwrap();
        assert!(call_takes.is_zero() || took > 60, "{took}");
        table.take(Duration::ZERO);
        let just_after = now() + 4.hours() + (took + 5).seconds();
        assert_eq!(events_in(&table.store(), just_after).await, batches);
        // Later nobody lags so far behind.
        table.lag();
        let later = just_after + 2.minutes();
        assert_eq!(events_in(&table.store(), later).await, batches);
    }
}

#[tokio::test(start_paused = true)]
async fn a_roll_up_ends_before_it_is_cut_off_and_the_next_goes_on() {
    let table = StubBackend::new(0);
    let deadline = Deadline::default();
    let store = table.store().with_deadline(deadline.clone());
    let keep = Retention::default();
    for n in 0..100 {
        let at = now() + n.minutes();
        store.record(&batch(&n.to_string(), at)).await.unwrap();
    }
    store.roll_up(now() + 3.hours(), &keep).await.unwrap();
    table.take(Duration::from_secs(1));
    let mut runs = 0;
    let mut batches = 0;
    while batches < 100 {
        runs += 1;
        let end = Instant::now() + Duration::from_secs(100);
        deadline.set(Some(end));
        let at = now() + 4.hours() + (runs * 15).minutes();
        batches += store.roll_up(at, &keep).await.unwrap().batches;
        assert!(Instant::now() <= end, "run {runs}");
    }
    assert!(runs > 1);
    assert_eq!(batches, 100);
}

/// One event to so many consumers, from a number on, all with an e-mail address.
fn fan_out(id: &str, from: usize, consumers: usize, at: Timestamp) -> Batch {
    let mut fanned = batch(id, at);
    let ((day, key), mut facts) = fanned.ledger.edges.pop_first().unwrap();
    facts.classes.insert(
        DataClass::EmailAddress,
        ClassFacts {
            events: 1,
            confidence: Confidence::new(90),
            only_test_data: false,
            paths: BTreeSet::new(),
            more_paths: false,
        },
    );
    for n in from..from + consumers {
        let name = Name::masked(&Engine::new(), &spelt(n));
        let key = EdgeKey {
            flow: Flow {
                consumer: Party::new(PartyKind::Function, name),
                ..key.flow.clone()
            },
            ..key.clone()
        };
        fanned.ledger.add_edge(day, key, &facts);
    }
    fanned
}

/// A number in letters: digits of a name may be an id, and fold to one.
fn spelt(n: usize) -> String {
    let digits = n.to_string();
    digits
        .bytes()
        .map(|digit| char::from(digit - b'0' + b'a'))
        .collect()
}

/// What was said to be new, and how often.
fn say(said: &mut BTreeMap<String, u32>, announcements: impl IntoIterator<Item = Announcement>) {
    for announcement in announcements {
        for first in announcement.first_seen {
            *said.entry(first.to_string()).or_default() += 1;
        }
    }
}

/// EventBridge, which takes its time and takes every event.
#[derive(Clone, Debug)]
struct SlowBus(Duration);

impl HttpClient for SlowBus {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SlowBus {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let takes = self.0;
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(takes).await;
            let answer = r#"{"FailedEntryCount":0,"Entries":[]}"#;
            Ok(HttpResponse::new(200.try_into().unwrap(), answer.into()))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn an_outbox_longer_than_the_time_is_sent_in_several_runs() {
    const ENTRIES: u64 = 200;
    let call_takes = Duration::from_millis(40);
    let table = StubBackend::new(0);
    let (deadline, writer) = (Deadline::default(), table.store());
    for n in 0..ENTRIES {
        let n = usize::try_from(n).unwrap();
        writer
            .record(&fan_out(&n.to_string(), n, 1, now()))
            .await
            .unwrap();
    }
    table.take(call_takes);
    let config = aws_sdk_eventbridge::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("a", "b", None, None, "stub"))
        .http_client(SlowBus(call_takes))
        .build();
    let client = aws_sdk_eventbridge::Client::from_conf(config);
    let announcer = Announcer::new(client, "shop", deadline.clone());
    let (mut taken_out, mut runs) = (0, 0);
    loop {
        runs += 1;
        let end = Instant::now() + Duration::from_secs(10);
        deadline.set(Some(end));
        let store = table.store().with_deadline(deadline.clone());
        let sent = announcer.announce_left(&store, now() + 1.hours()).await;
        assert!(Instant::now() <= end, "run {runs}");
        assert!(sent.announcements > 0, "run {runs}: {sent:?}");
        taken_out += sent.announcements;
        match sent.failed {
            None => break,
            Some(error) => assert!(error.is_out_of_time(), "{error:?}"),
        }
    }
    assert!(runs > 1);
    assert_eq!(taken_out, ENTRIES);
}

#[tokio::test(start_paused = true)]
async fn entries_of_the_outbox_that_cannot_be_read_keep_no_other_from_being_sent() {
    let table = StubBackend::new(0);
    let store = table.store();
    let announced = store.record(&fan_out("1", 0, 1, now())).await.unwrap();
    // More than a page of them, before the one that can be read.
    for n in 10..50 {
        let sk = format!("2026-11-01 damaged {n}");
        table.put(&json!({ "pk": { "S": "outbox" }, "sk": { "S": sk } }));
    }
    let pending = all_pending_announcements(&store, now() + 1.hours()).await;
    assert_eq!(pending.unwrap(), [announced.unwrap()]);
}

/// More consumers than a transaction has room for.
const MANY: usize = 230;

#[tokio::test(start_paused = true)]
async fn news_of_more_flows_than_a_transaction_takes_are_said_whenever_the_writer_dies() {
    let all = first_seen(&fan_out("m-1", 0, MANY, now())).len();
    assert_eq!(all, MANY);
    for point in 0.. {
        let table = StubBackend::new(0);
        let first = fan_out("m-1", 0, MANY, now());
        let killed = table.store();
        let lived = until_killed(killed.record(&first), Some(point)).await;
        let is_over = lived.is_some();
        let mut said = BTreeMap::new();
        say(&mut said, lived.and_then(Result::unwrap));
        let later = now() + 20.minutes();
        let redelivery = PossibleRedelivery {
            id: ReceiptId::of("m-1"),
            since: now(),
            until: later,
        };
        if table
            .store()
            .which_were_counted(&[redelivery])
            .await
            .unwrap()
            .is_empty()
        {
            let again = fan_out("m-1", 0, MANY, later);
            say(&mut said, table.store().record(&again).await.unwrap());
        } else if !is_over {
            let pending = all_pending_announcements(&table.store(), later).await;
            say(&mut said, pending.unwrap());
        }
        assert_eq!(said.len(), MANY, "killed at {point}");
        assert!(said.values().all(|times| *times == 1), "killed at {point}");
        if is_over {
            assert!(point > 3, "only {point} await points");
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_writers_of_many_new_flows_one_says_each() {
    for from in [0, 40, 97, 150] {
        let table = StubBackend::new(0);
        let (one, other) = (table.store(), table.store());
        let batches = [
            fan_out("m-1", 0, MANY, now()),
            fan_out("m-2", from, MANY, now()),
        ];
        let (first, second) = tokio::join!(one.record(&batches[0]), other.record(&batches[1]));
        let mut said = BTreeMap::new();
        say(&mut said, first.unwrap());
        say(&mut said, second.unwrap());
        assert_eq!(said.len(), MANY + from);
        assert!(said.values().all(|times| *times == 1), "from {from}");
    }
}
