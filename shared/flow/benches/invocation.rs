//! The largest invocation, measured: 10,000 SQS messages whose bodies come to 6 MB, from the payload
//! to the SQLite file, on one core. `cargo bench -p piitrail-flow --bench invocation`.
//!
//! The messages carry the EventBridge events of the sample shop, one of each service in turn, along
//! the sample shop's topology; with the envelopes around them and the escapes of JSON in JSON the
//! payload is about twice its bodies. It ends in lines to be read by anybody:
//!
//! - `records_per_second`: the fastest of several runs, each into a new file. What else the machine
//!   does only ever takes time away; the median is given too.
//! - `peak_rss_mb`: the most that a process of its own held, all in: program, engine, payload, store.
//!   `VmHWM` of /proc, so on Linux alone.
//!
//! One run alone, for a profiler: `invocation --once PAYLOAD`, after `invocation --write PAYLOAD`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench prints what it measured, and says so if it cannot go on"
)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use piitrail_detect::Engine;
use piitrail_flow::pipeline::{Outcome, Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::SqliteStore;
use piitrail_flow::topology::Topology;
use piitrail_flow::vocabulary::Vocabulary;
use serde_json::{Value, json};

const MESSAGES: usize = 10_000;

const RUNS: usize = 9;

const TOPOLOGY: &str = include_str!("../../../events/topology.yaml");

/// The events of each service of the sample shop, as JSON Lines.
const SERVICES: [&str; 6] = [
    include_str!("../../../events/services/accounts.jsonl"),
    include_str!("../../../events/services/helpdesk.jsonl"),
    include_str!("../../../events/services/marketing.jsonl"),
    include_str!("../../../events/services/orders.jsonl"),
    include_str!("../../../events/services/payments.jsonl"),
    include_str!("../../../events/services/shipping.jsonl"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--write", file] => std::fs::write(file, payload()).unwrap(),
        ["--once", file] => {
            once(Path::new(file));
            println!("{}", peak_rss_kib().unwrap_or(0));
        }
        // What cargo gives to every bench: `--bench`, and a filter.
        _ => measure(),
    }
}

fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("payload.json");
    let payload = payload();
    std::fs::write(&file, &payload).unwrap();
    let bodies: usize = bodies().map(|body| body.len()).sum();
    println!(
        "{MESSAGES} messages, bodies {:.1} MB, payload {:.1} MB",
        megabytes(bodies),
        megabytes(payload.len())
    );

    let engine = Arc::new(Engine::new());
    let router = router(&engine);
    let mut took: Vec<Duration> = (0..RUNS)
        .map(|run| {
            let store = folder.path().join(format!("{run}.sqlite"));
            let store = SqliteStore::open(&store).unwrap();
            let vocabulary = Vocabulary::default();
            let began = Instant::now();
            let outcome = trace(&payload, &engine, &router, &store, &vocabulary);
            let took = began.elapsed();
            assert_whole(&outcome);
            took
        })
        .collect();
    took.sort_unstable();

    let alone = Command::new(std::env::current_exe().unwrap())
        .args(["--once".as_ref(), file.as_os_str()])
        .output()
        .unwrap();
    assert!(alone.status.success());
    let kib: usize = String::from_utf8(alone.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();

    println!("median_records_per_second {:.0}", rate(took[RUNS / 2]));
    println!("records_per_second {:.0}", rate(took[0]));
    println!("peak_rss_mb {:.1}", megabytes(kib * 1024));
}

/// One invocation as the function handles it: payload in memory, engine, store.
fn once(file: &Path) {
    let payload = std::fs::read(file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(Engine::new());
    let router = router(&engine);
    let store = SqliteStore::open(&folder.path().join("map.sqlite")).unwrap();
    assert_whole(&trace(
        &payload,
        &engine,
        &router,
        &store,
        &Vocabulary::default(),
    ));
}

fn trace(
    payload: &[u8],
    engine: &Engine,
    router: &Router,
    store: &SqliteStore,
    vocabulary: &Vocabulary,
) -> Outcome {
    let tracer = Tracer {
        engine,
        router,
        store,
        fingerprinting: None,
        vocabulary,
    };
    let mut records = Records::default();
    records.open(payload, "invocation:bench", 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(tracer.count(records, now()))
}

fn assert_whole(outcome: &Outcome) {
    assert!(outcome.is_clean());
    assert_eq!(outcome.deliveries, MESSAGES as u64);
    assert_eq!(outcome.again, 0);
}

fn router(engine: &Arc<Engine>) -> Router {
    Router::new(&Topology::parse(TOPOLOGY).unwrap(), engine).unwrap()
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn bodies() -> impl Iterator<Item = String> {
    let services: Vec<Vec<Value>> = SERVICES
        .iter()
        .map(|lines| {
            lines
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        })
        .collect();
    (0..MESSAGES).map(move |n| {
        let events = &services[n % services.len()];
        let mut event = events[n / services.len() % events.len()].clone();
        event["id"] = json!(format!("6f3c1c1e-0000-4000-8000-{n:012}"));
        event.to_string()
    })
}

fn payload() -> Vec<u8> {
    let messages: Vec<Value> = bodies()
        .enumerate()
        .map(|(n, body)| {
            json!({
                "messageId": format!("19dd0b57-b21e-4ac1-bd88-{n:012}"),
                "receiptHandle": format!("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a{n:0>200}"),
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1", "SentTimestamp": "1795262300000",
                    "SenderId": "AIDAIENQZJOLO23YVJ4VO", "ApproximateFirstReceiveTimestamp": "1795262300005",
                },
                "messageAttributes": {}, "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs", "awsRegion": "eu-central-1",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:piitrail-tap",
            })
        })
        .collect();
    json!({ "Records": messages }).to_string().into_bytes()
}

/// The most memory this process has held, in KiB; `None` where the system does not say.
fn peak_rss_kib() -> Option<usize> {
    std::fs::read_to_string("/proc/self/status")
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

#[expect(clippy::cast_precision_loss, reason = "for people, to a tenth")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "ten thousand is exact")]
fn rate(took: Duration) -> f64 {
    MESSAGES as f64 / took.as_secs_f64()
}
