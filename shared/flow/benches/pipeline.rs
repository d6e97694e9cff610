//! Records per second through the way of a record, on one core: `cargo bench -p piitrail-flow`.
//!
//! `sqlite/N` is the whole way: open, route, detect, fold, record into a new SQLite file, for SQS
//! batches of N EventBridge events of about a kilobyte; `people` tells people apart, and
//! `people-index` keeps where each was seen. The others are parts of it, to see where
//! the time goes.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot go on says so"
)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use jiff::Timestamp;
use piitrail_detect::Engine;
use piitrail_flow::delivery::{Delivery, Document};
use piitrail_flow::envelope::{self, Opened};
use piitrail_flow::pipeline::{Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::{MemoryStore, SqliteStore, Store};
use piitrail_flow::subject::{Fingerprinting, KeyRing};
use piitrail_flow::topology::Topology;
use piitrail_flow::vocabulary::Vocabulary;
use serde_json::{Value, json};

const TOPOLOGY: &str = "
version: 1
services:
  orders: {sources: [shop.orders]}
  payments: {sources: [shop.payments]}
  accounts: {sources: [shop.accounts]}
taps: [{queue: tap, bus: shop}]
buses:
  shop:
    rules:
      - {name: tap, pattern: {source: [{prefix: ''}]}, targets: [{queue: tap}]}
      - {name: placed, pattern: {detail-type: [OrderPlaced]}, targets: [{queue: jobs}, {function: mailer}]}
      - {name: paid, pattern: {source: [shop.payments], detail: {total: [{numeric: ['>', 100]}]}}, targets: [{topic: news}]}
      - {name: moved, pattern: {detail-type: [AddressChanged]}, targets: [{function: labels, input_path: $.detail.address}]}
    archives: [{name: everything}]
queues: {jobs: {consumers: [{function: worker}]}}
topics: {news: {subscriptions: [{service: crm}, {service: ledger}]}}
";

const KEYS: &str =
    r#"{"epochs": [{"epoch": "2026-11", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}"#;

fn event(n: usize) -> Value {
    let (source, detail_type) = [
        ("shop.orders", "OrderPlaced"),
        ("shop.payments", "OrderPaid"),
        ("shop.accounts", "AddressChanged"),
        ("shop.orders", "OrderShipped"),
    ][n % 4];
    json!({
        "version": "0", "id": format!("6f3c1c1e-0000-4000-8000-{n:012}"), "detail-type": detail_type,
        "source": source, "account": "123456789012", "time": "2026-11-20T10:00:00Z",
        "region": "eu-west-1", "resources": [],
        "detail": {
            "orderId": format!("ord_{n:08}"), "total": n % 250, "currency": "EUR",
            "customer": {
                "firstName": "Grace", "lastName": "Hopper", "email": format!("grace.{n}@navy-mail.org"),
                "phone": format!("+4420794600{:02}", n % 100),
            },
            "address": { "street": "12 Analytical Row", "city": "London", "postcode": "SW1A 1AA", "country": "GB" },
            "items": [
                { "sku": "A-1001", "title": "Difference engine, small", "quantity": 1, "price": 129.5 },
                { "sku": "B-2002", "title": "Punched cards, a thousand", "quantity": 3, "price": 9.99 },
            ],
            "notes": "Please leave it with the neighbour at number fourteen if nobody opens the door.",
            "metadata": { "traceId": format!("1-5759e988-bd862e3fe1be46a99427{n:04x}"), "attempt": 1, "channel": "web" },
        },
    })
}

fn payload(records: usize) -> Vec<u8> {
    let messages: Vec<Value> = (0..records)
        .map(|n| {
            json!({
                "messageId": format!("19dd0b57-b21e-4ac1-bd88-{n:012}"), "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": event(n).to_string(),
                "attributes": {
                    "ApproximateReceiveCount": "1", "SentTimestamp": "1763632800000",
                    "SenderId": "AIDAIENQZJOLO23YVJ4VO", "ApproximateFirstReceiveTimestamp": "1763632800005",
                },
                "messageAttributes": {}, "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3", "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:tap", "awsRegion": "eu-west-1",
            })
        })
        .collect();
    json!({ "Records": messages }).to_string().into_bytes()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_795_262_400).unwrap()
}

fn deliveries(payload: &[u8]) -> Vec<Delivery> {
    let mut list = Vec::new();
    envelope::open(payload, "bench", &mut |opened| {
        if let Opened::Delivery(delivery) = opened {
            list.push(delivery);
        }
    });
    list
}

fn whole_way(criterion: &mut Criterion) {
    let engine = Arc::new(Engine::new());
    let router = Router::new(&Topology::parse(TOPOLOGY).unwrap(), &engine).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let count_with =
        |store: &dyn Store, payload: &[u8], fingerprinting: Option<Fingerprinting<'_>>| {
            let mut records = Records::default();
            records.open(payload, "bench", 0);
            let tracer = Tracer {
                engine: &engine,
                router: &router,
                store,
                fingerprinting,
                vocabulary: &Vocabulary::default(),
            };
            let outcome = runtime.block_on(tracer.count(records, now()));
            assert!(outcome.is_clean());
            outcome.deliveries
        };
    let count = |store: &dyn Store, payload: &[u8]| count_with(store, payload, None);
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;

    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10);
    for records in [100, 1_000, 10_000] {
        let payload = payload(records);
        group.throughput(Throughput::Elements(records as u64));
        group.bench_function(format!("sqlite/{records}"), |bencher| {
            bencher.iter_batched(
                || {
                    number += 1;
                    SqliteStore::open(&folder.path().join(format!("{number}.sqlite"))).unwrap()
                },
                |store| {
                    assert_eq!(count(&store, &payload), records as u64);
                    store
                },
                BatchSize::PerIteration,
            );
        });
    }

    let payload = payload(1_000);
    let list = deliveries(&payload);
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("memory/1000", |bencher| {
        bencher.iter_batched(
            MemoryStore::default,
            |store| count(&store, &payload),
            BatchSize::PerIteration,
        );
    });
    with_people(&mut group, &mut |store, with| {
        count_with(store, &payload, Some(with));
    });
    group.bench_function("only-open/1000", |bencher| {
        bencher.iter(|| deliveries(black_box(&payload)).len());
    });
    group.bench_function("only-route/1000", |bencher| {
        bencher.iter(|| -> usize {
            let consumptions = |delivery| router.route(delivery).consumptions.len();
            list.iter().map(consumptions).sum()
        });
    });
    group.bench_function("only-detect/1000", |bencher| {
        bencher.iter(|| -> usize {
            list.iter()
                .map(|delivery| match &delivery.document {
                    Document::Json(text) => {
                        engine.scan_json(text.as_bytes()).unwrap().findings.len()
                    }
                    Document::Text(_) | Document::Opaque => 0,
                })
                .sum()
        });
    });
    group.finish();
}

/// The same with people told apart, everyone another: counted, and kept in the subject index too.
fn with_people(
    group: &mut BenchmarkGroup<'_, WallTime>,
    count: &mut dyn FnMut(&dyn Store, Fingerprinting<'_>),
) {
    let keys = KeyRing::parse(KEYS).unwrap();
    let customer_ids = ["customerId"].iter().collect();
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;
    for (name, index) in [("people", false), ("people-index", true)] {
        let with = Fingerprinting {
            key: keys.newest(),
            customer_ids: &customer_ids,
            index,
        };
        group.bench_function(format!("memory-{name}/1000"), |bencher| {
            bencher.iter_batched(
                MemoryStore::default,
                |store| count(&store, with),
                BatchSize::PerIteration,
            );
        });
        group.bench_function(format!("sqlite-{name}/1000"), |bencher| {
            bencher.iter_batched(
                || {
                    number += 1;
                    SqliteStore::open(&folder.path().join(format!("{number}.sqlite"))).unwrap()
                },
                |store| {
                    count(&store, with);
                    store
                },
                BatchSize::PerIteration,
            );
        });
    }
}

criterion_group!(benches, whole_way);
criterion_main!(benches);
