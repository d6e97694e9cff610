//! Measures the cost of the store in DynamoDB's own units: `make cost`.
//!
//! Each figure is printed as `cost NAME UNITS` and compared with its bound: write units per record
//! for batches over fifty edges, as `ConsumedCapacity` reports them, and read units for a map. Read
//! units are computed from the items that were read, by DynamoDB's rule, because the emulator
//! reports the same for every page however long it is.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use piitrail_aws::dynamodb::DynamoStore;
use piitrail_detect::{Confidence, DataClass, Engine};
use piitrail_flow::channel::{Channel, ChannelKind};
use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, Flow};
use piitrail_flow::ledger::{Coverage, Ledger};
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use piitrail_flow::pipeline::{Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::conformance::faults::Chance;
use piitrail_flow::store::{
    Batch, Counting as _, Outbox as _, Query, ReceiptId, Retention, RollUp as _, read_all,
};
use piitrail_flow::subject::Sightings;
use piitrail_flow::time::{Span, start_of};
use piitrail_flow::topology::Topology;
use piitrail_flow::vocabulary::Vocabulary;
use serde_json::{Value, json};

use crate::machine_room::{MachineRoom, REGION};
use crate::store::{client, config, create};

const EDGES: usize = 50;

/// Returns a topology of five services with ten event types each, where each type has a consumer of
/// its own.
fn topology() -> Topology {
    let mut yaml = "version: 1\nbuses:\n  shop:\n    rules:\n".to_owned();
    for edge in 0..EDGES {
        writeln!(
            yaml,
            "      - name: rule-{edge}\n        pattern:\n          source: [shop.{}]\n          \
             detail-type: [{}]\n        targets:\n          - function: {}",
            source(edge),
            event_type(edge),
            consumer(edge)
        )
        .unwrap();
    }
    Topology::parse(&yaml).unwrap()
}

fn source(edge: usize) -> &'static str {
    ["orders", "payments", "accounts", "shipping", "helpdesk"][edge % 5]
}

fn event_type(edge: usize) -> String {
    let subject = ["Order", "Customer", "Parcel", "Refund", "Ticket"][edge / 10];
    let what = ["Placed", "Changed", "Closed", "Opened", "Lost"];
    let how = ["", "Again"];
    format!("{subject}{}{}", what[edge % 5], how[edge / 5 % 2])
}

fn consumer(edge: usize) -> String {
    let team = ["mailer", "ledger", "search", "audit", "crm"][edge / 10];
    let part = ["intake", "sync", "export", "notify", "index"][edge % 5];
    format!("{team}-{part}-{}", ["a", "b"][edge / 5 % 2])
}

/// Returns an SQS batch of events that cycle through the edges, with two or three classes in each.
fn payload(first: usize, records: usize) -> String {
    let records: Vec<Value> = (first..first + records)
        .map(|n| {
            let edge = n % EDGES;
            let at = now() - SignedDuration::from_millis(i64::try_from(n * 37 % 60_000).unwrap());
            let mut customer = json!({
                "email": format!("customer{n}@fenwick-and-sons.org"),
                "phone": format!("+44 20 7183 {:04}", n % 10_000),
            });
            if edge.is_multiple_of(2) {
                customer["iban"] = json!("GB33BUKB20201555555555");
            }
            let event = json!({
                "version": "0", "id": format!("event-{n}"), "detail-type": event_type(edge),
                "source": format!("shop.{}", source(edge)), "account": "123456789012",
                "time": at.to_string(), "region": REGION, "resources": [],
                "detail": { "reference": format!("r-{n}"), "customer": customer },
            });
            json!({
                "messageId": format!("message-{n}"), "body": event.to_string(),
                "attributes": { "ApproximateReceiveCount": "1" },
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:{REGION}:123456789012:tap"),
            })
        })
        .collect();
    json!({ "Records": records }).to_string()
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn print(name: &str, units: f64, bound: f64) {
    println!("cost {name} {units:.3}");
    assert!(
        units <= bound,
        "{name} costs {units} units, more than {bound}"
    );
}

#[tokio::test]
#[expect(clippy::cast_precision_loss, reason = "counts of records are small")]
async fn a_record_costs_a_fraction_of_a_write_unit() {
    let room = MachineRoom::start();
    create(&room, "store");
    let engine = Arc::new(Engine::new());
    let router = Router::new(&topology(), &engine).with_tap("tap", "shop");
    let vocabulary = Vocabulary::default();
    let store = DynamoStore::new(client(&room), "store");
    let mut next = 0;
    let mut cost_of = async |count: usize| {
        let tracer = Tracer {
            engine: &engine,
            router: &router,
            store: &store,
            fingerprinting: None,
            vocabulary: &vocabulary,
            keep: Retention::default(),
        };
        let payload = payload(next, count);
        let mut records = Records::default();
        records.open(payload.as_bytes(), "invocation", 0);
        next += count;
        let outcome = tracer.count(records, now()).await;
        assert!(outcome.is_clean(), "{outcome:?}");
        assert_eq!((outcome.batches, outcome.edges), (1, EDGES as u64));
        for announcement in &outcome.announcements {
            store.mark_announced(announcement).await.unwrap();
        }
        store.take_units().written / count as f64
    };
    print("cold-100", cost_of(100).await, 1.2);
    cost_of(100).await;
    print("steady-100", cost_of(100).await, 0.15);
    print("batch-1000", cost_of(1_000).await, 0.05);
}

/// Counts the cost of reads, in half units: each started 4 KB of a page or an item costs one unit
/// if read consistently, otherwise half a unit
/// ([rule](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html)).
#[derive(Clone, Debug, Default)]
struct Meter {
    halves: Arc<AtomicUsize>,
    /// True if the current request reads consistently. One flag is enough, because a map is read
    /// one page after the other.
    is_consistent: Arc<AtomicBool>,
}

impl Meter {
    fn take(&self) -> f64 {
        let halves = self.halves.swap(0, Ordering::Relaxed);
        f64::from(u32::try_from(halves).unwrap()) / 2.0
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "meter"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let asked: Value = serde_json::from_slice(context.request().body().bytes().unwrap())?;
        let is_consistent = asked["ConsistentRead"] == true;
        self.is_consistent.store(is_consistent, Ordering::Relaxed);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else {
            return Ok(());
        };
        let bytes: usize = if let Some(page) = output.downcast_ref::<QueryOutput>() {
            page.items().iter().map(item_bytes).sum()
        } else if let Some(answer) = output.downcast_ref::<GetItemOutput>() {
            answer.item().map_or(0, item_bytes)
        } else {
            panic!("a map is read with queries and single items");
        };
        let units = bytes.div_ceil(4_096).max(1);
        let each = 1 + usize::from(self.is_consistent.load(Ordering::Relaxed));
        self.halves.fetch_add(units * each, Ordering::Relaxed);
        Ok(())
    }
}

/// Returns the billed size of an item. A map does not read the time to live, so its size is added.
fn item_bytes(item: &std::collections::HashMap<String, AttributeValue>) -> usize {
    const TIME_TO_LIVE: usize = "expires_at".len() + 6;
    let attribute = |(name, value): (&String, &AttributeValue)| {
        name.len()
            + match value {
                AttributeValue::S(text) => text.len(),
                AttributeValue::B(bytes) => bytes.as_ref().len(),
                AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
                AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
                AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
                other => panic!("the store has no {other:?}"),
            }
    };
    item.iter().map(attribute).sum::<usize>() + TIME_TO_LIVE
}

const MAP_EDGES: u64 = 10_000;
const MAP_DAYS: i32 = 90;

/// The number of edges in a batch of the first day. A transaction marks about a hundred new flows.
const FIRST_BATCH: u64 = 90;
const BATCH: u64 = 1_000;

/// The number of days between two roll-ups. The cost of a map does not depend on it.
const ROLLED_UP_EVERY: u64 = 10;

#[tokio::test]
#[ignore = "writes nine hundred thousand edge days; run by `make cost`"]
async fn a_map_of_ninety_days_and_ten_thousand_edges_costs_what_its_edges_do() {
    let room = MachineRoom::start();
    create(&room, "store");
    let store = DynamoStore::new(client(&room), "store");
    let meter = Meter::default();
    let reader = config(&room).interceptor(meter.clone()).build();
    let reader = DynamoStore::new(Client::from_conf(reader), "store");
    let engine = Engine::new();
    let keys: Vec<EdgeKey> = (0..MAP_EDGES).map(|n| edge(&engine, n)).collect();
    // The ninety days neither begin nor end with a month.
    let last: Date = "2026-11-19".parse().unwrap();
    let first = last - (MAP_DAYS - 1).days();

    let mut expected = 0;
    let mut kept = 0;
    let mut day = first;
    while day <= last {
        let size = if day == first { FIRST_BATCH } else { BATCH };
        let at = start_of(day) + 12.hours();
        for batch in (0..MAP_EDGES).step_by(usize::try_from(size).unwrap()) {
            let mut ledger = Ledger::default();
            for n in batch..(batch + size).min(MAP_EDGES) {
                let facts = facts(day, n);
                expected += facts.events;
                ledger.add_edge(day, keys[usize::try_from(n).unwrap()].clone(), &facts);
            }
            ledger.add_coverage(day, None, &Coverage::default());
            let batch = Batch {
                at,
                receipts: [ReceiptId::of(&format!("{day} {batch}"))].into(),
                ledger,
                sightings: Sightings::default(),
            };
            store.record(&batch).await.unwrap();
        }
        kept += 1;
        if kept % ROLLED_UP_EVERY == 0 {
            // The first run sets the fence, and the second merges up to it.
            for now in [at + 11.hours(), at + 12.hours()] {
                store.roll_up(now, &Retention::default()).await.unwrap();
            }
        }
        eprintln!("kept {day}, of {first} to {last}");
        day = day.tomorrow().unwrap();
    }
    let span = Span {
        from: Some(first),
        to: Some(last),
    };
    let asked = start_of(last) + 36.hours();
    let read = read_all(&reader, &Query::sum(span, asked)).await.unwrap();
    let events: u64 = read.ledger.edges.values().map(|facts| facts.events).sum();
    assert_eq!(events, expected);
    print("map-90d-10k-edges", meter.take(), 1_500.0);
}

/// Returns a number that looks random and is the same in every run.
fn noise(seed: u64) -> u64 {
    Chance::new(seed).draw()
}

/// Returns an edge of one of two hundred services, each with event types and queues of its own.
fn edge(engine: &Engine, n: u64) -> EdgeKey {
    const NOUNS: [&str; 20] = [
        "Order", "Customer", "Parcel", "Refund", "Ticket", "Invoice", "Cart", "Price", "Stock",
        "Claim", "Lease", "Policy", "Quote", "Trip", "Shift", "Visit", "Batch", "Route", "Badge",
        "Survey",
    ];
    const VERBS: [&str; 10] = [
        "Placed", "Changed", "Closed", "Opened", "Lost", "Found", "Split", "Merged", "Sent",
        "Booked",
    ];
    let pick = |list: &[&'static str], n: u64| list[usize::try_from(n).unwrap() % list.len()];
    let service = |n: u64| {
        format!(
            "{}-{}",
            pick(&NOUNS, n).to_lowercase(),
            pick(&VERBS, n / 20).to_lowercase()
        )
    };
    let name = |text: &str| Name::masked(engine, text);
    let producer = service(n % 200);
    let consumer = service(noise(n) % 200);
    let event_type = format!(
        "{}{}",
        pick(&NOUNS, n / 200),
        pick(&VERBS, n / 4_000 + n % 3)
    );
    EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, name(&producer)),
            consumer: Party::new(PartyKind::Service, name(&consumer)),
            channels: vec![
                Channel::new(ChannelKind::Bus, name("shop")),
                Channel::new(
                    ChannelKind::Queue,
                    name(&format!(
                        "{consumer}-{}",
                        pick(&NOUNS, n / 200).to_lowercase()
                    )),
                ),
            ],
            event_type: name(&event_type),
        },
        basis: Basis::Matched,
    }
}

/// Returns the facts of an edge on a day: from one event to a hundred thousand, at any times, with
/// classes that not every event has.
fn facts(day: Date, n: u64) -> EdgeFacts {
    let seed = noise(n ^ u64::try_from(start_of(day).as_second()).unwrap());
    let usual = 1 << (noise(n) % 17);
    let events = 1 + seed % (2 * usual);
    let ms = |part: u64| SignedDuration::from_millis(i64::try_from(part % 43_200_000).unwrap());
    let with_findings = if n.is_multiple_of(3) {
        events - seed % events.min(9)
    } else {
        events
    };
    let classes = [
        DataClass::EmailAddress,
        DataClass::PhoneNumber,
        DataClass::PersonName,
    ]
    .into_iter()
    .take(usize::try_from(1 + n % 3).unwrap())
    .map(|class| {
        let path = format!(
            "$.detail.{}.{}",
            ["customer", "contact"][usize::from(n.is_multiple_of(2))],
            class.to_string().to_lowercase()
        );
        let facts = ClassFacts {
            events: with_findings,
            confidence: Confidence::new(if seed.is_multiple_of(10) { 85 } else { 95 }),
            only_test_data: false,
            paths: [serde_json::from_value(path.into()).unwrap()].into(),
            more_paths: false,
        };
        (class, facts)
    })
    .collect();
    EdgeFacts {
        events,
        events_with_findings: with_findings,
        first_seen: Some(start_of(day) + ms(seed >> 8)),
        last_seen: Some(start_of(day) + 12.hours() + ms(seed >> 24)),
        classes,
        ..EdgeFacts::default()
    }
}
