//! Tests of an invocation that shows a large number of edges for the first time.

use std::fmt::Write as _;
use std::sync::Arc;

use piitrail_flow::pipeline::{Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::vocabulary::Vocabulary;

use super::*;

/// Returns a payload with one message of each of these event types, each with an e-mail address.
fn payload(event_types: usize) -> String {
    let message = |n: usize| {
        let event = json!({
            "id": format!("e-{n}"), "source": format!("com.shop.{}", n % 4), "detail-type": format!("Type{n}"),
            "time": "2026-11-21T11:59:00Z", "detail": { "email": "ada@analytical-engines.org" },
        });
        json!({
            "messageId": format!("m-{n}"), "body": event.to_string(), "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:tap",
            "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1795262300000" },
        })
    };
    let messages: Vec<_> = (0..event_types).map(message).collect();
    json!({ "Records": messages }).to_string()
}

/// Returns a topology with a bus on which every event goes to this many functions.
fn topology(consumers: usize) -> Topology {
    let mut yaml = String::from("version: 1\nbuses:\n  shop:\n    rules:\n");
    for n in 0..consumers {
        let _ = writeln!(
            yaml,
            "      - {{name: r{n}, pattern: {{source: [{{prefix: com.shop}}]}}, targets: [{{function: f{n}}}]}}"
        );
    }
    Topology::parse(&yaml).unwrap()
}

/// Counts a payload with this number of event types and consumers. Returns the number of reads,
/// transactions and other writes.
async fn calls(event_types: usize, consumers: usize) -> [usize; 3] {
    let stub = StubBackend::new(0);
    let store = stub.store();
    let engine = Arc::new(Engine::new());
    let tracer = Tracer {
        engine: &engine,
        router: &Router::new(&topology(consumers), &engine).with_tap("tap", "shop"),
        store: &store,
        fingerprinting: None,
        vocabulary: &Vocabulary::default(),
        keep: Retention::default(),
    };
    let payload = payload(event_types);
    let mut records = Records::default();
    records.open(payload.as_bytes(), "invocation:1", 0);
    let outcome = tracer.count(records, now()).await;
    assert!(outcome.is_clean(), "{outcome:?}");
    let announced: usize = outcome
        .announcements
        .iter()
        .map(|announcement| announcement.first_seen.len())
        .sum();
    assert_eq!(announced, event_types * consumers);
    assert_eq!(
        events_in(&store, now()).await,
        (event_types * consumers) as u64
    );
    ["BatchGetItem", "TransactWriteItems", "PutItem"].map(|operation| stub.calls(operation))
}

#[tokio::test(start_paused = true)]
async fn what_is_new_is_asked_once_however_often_a_batch_is_split() {
    // 3,000 edges: one call reads the markers of a hundred.
    let [reads, transactions, _] = calls(100, 30).await;
    assert_eq!(reads, 30);
    assert!(transactions <= 50, "{transactions} transactions");
}

/// Run it with `cargo test -p piitrail-aws --all-features --lib -- --ignored --nocapture
/// a_thousand_event_types`.
#[tokio::test(start_paused = true)]
#[ignore = "a measurement: it takes many seconds"]
async fn a_thousand_event_types_to_fifty_consumers() {
    let started = std::time::Instant::now();
    let [reads, transactions, puts] = calls(1_000, 50).await;
    println!("many-edges seconds {:.1}", started.elapsed().as_secs_f64());
    println!("many-edges reads {reads}");
    println!("many-edges transactions {transactions}");
    println!("many-edges puts {puts}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("many-edges peak {}", peak.unwrap_or("unknown"));
}
