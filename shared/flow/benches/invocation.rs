//! Measures the whole way of a record on the largest invocation: 10,000 SQS messages with bodies of
//! 6 MB in total, from the payload to the SQLite file, on one core. `cargo bench -p piitrail-flow
//! --bench invocation`.
//!
//! The messages carry the EventBridge events of the sample shop, one of each service in turn, each
//! of another person, along the sample shop's topology. With the envelopes around them and the
//! escapes of JSON in JSON, the payload is about twice its bodies.
//!
//! First it prints a table: each step alone, then all steps with a memory store and with a new
//! SQLite file, with people counted, with the subject index, and in smaller invocations into one
//! file. Then it prints lines that scripts can read:
//!
//! - `records_per_second`: the fastest of several runs, each into a new file. Other load on the
//!   machine only makes a run slower. The median is printed too.
//! - `peak_rss_mb`: the peak memory of a separate process, with everything in it: program, engine,
//!   payload, store. It is `VmHWM` of /proc, so it exists only on Linux.
//! - `peak_rss_unpacking_mb`: the same for 20 messages of 42 KB that unpack to 31 MB each.
//!
//! For a profiler, one run alone: `invocation --once PAYLOAD`, after `invocation --write PAYLOAD`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench prints what it measured, and says so if it cannot go on"
)]

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use piitrail_detect::Engine;
use piitrail_flow::delivery::{Delivery, Document};
use piitrail_flow::envelope::{self, Opened};
use piitrail_flow::pipeline::{Outcome, Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::{MemoryStore, Retention, Store};
use piitrail_flow::subject::{Fingerprinting, KeyRing};
use piitrail_flow::topology::Topology;
use piitrail_flow::vocabulary::Vocabulary;
use piitrail_sqlite::SqliteStore;
use serde_json::{Value, json};

const MESSAGES: usize = 10_000;

/// The number of runs for the last lines. It is higher than for the table.
const RUNS_OF_ALL: usize = 25;

const RUNS_OF_A_ROW: usize = 5;

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

const KEYS: &str =
    r#"{"epochs": [{"epoch": "2026-11", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}"#;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--write", file] => std::fs::write(file, payload(0, MESSAGES)).unwrap(),
        ["--once", file] => {
            once(Path::new(file));
            println!("{}", peak_rss_kib().unwrap_or(0));
        }
        // Cargo passes `--bench` and a filter to every bench.
        _ => measure(),
    }
}

fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let payload = payload(0, MESSAGES);
    let bodies: usize = (0..MESSAGES).map(|n| event(n).to_string().len()).sum();
    println!(
        "{MESSAGES} messages, bodies {:.1} MB, payload {:.1} MB",
        megabytes(bodies),
        megabytes(payload.len())
    );
    let way = Way::new();
    parts(&way, &payload);
    variants(&way, &payload, folder.path());
    smaller(&way, folder.path());

    let whole = runs(RUNS_OF_ALL, || {
        into_sqlite(&way, &payload, None, folder.path())
    });
    println!(
        "median_records_per_second {:.0}",
        rate(whole[RUNS_OF_ALL / 2])
    );
    println!("records_per_second {:.0}", rate(whole[0]));
    let peak = |payload: &[u8]| {
        let file = folder.path().join("payload.json");
        std::fs::write(&file, payload).unwrap();
        megabytes(peak_rss_kib_of(&file) * 1024)
    };
    println!("peak_rss_mb {:.1}", peak(&payload));
    println!("peak_rss_unpacking_mb {:.1}", peak(&bombs()));
}

/// Returns the peak memory, in KiB, of a separate process that traces a payload.
fn peak_rss_kib_of(file: &Path) -> usize {
    let alone = Command::new(std::env::current_exe().unwrap())
        .args(["--once".as_ref(), file.as_os_str()])
        .output()
        .unwrap();
    assert!(alone.status.success());
    let kib = String::from_utf8(alone.stdout).unwrap();
    kib.trim().parse().unwrap()
}

/// Measures each step alone.
fn parts(way: &Way, payload: &[u8]) {
    show("open", || timed(|| deliveries(payload)));
    let deliveries = deliveries(payload);
    let route = || {
        for delivery in &deliveries {
            black_box(way.router.route(delivery));
        }
    };
    show("route", || timed(route));
    let detect = || {
        for delivery in &deliveries {
            if let Document::Json(text) = &delivery.document {
                black_box(way.engine.scan_json(text.as_bytes()).unwrap());
            }
        }
    };
    show("detect", || timed(detect));
}

/// Measures all steps, with different stores and different settings for people.
fn variants(way: &Way, payload: &[u8], folder: &Path) {
    let in_memory = || {
        let store = MemoryStore::default();
        timed(|| way.trace(payload, &store, None))
    };
    show("all, into memory", in_memory);
    show("all, into SQLite", || {
        into_sqlite(way, payload, None, folder)
    });

    let keys = KeyRing::parse(KEYS).unwrap();
    let customer_ids = ["customerId"].iter().collect();
    for (name, index) in [("  with people", false), ("  with the subject index", true)] {
        let with = Fingerprinting {
            key: keys.newest(),
            customer_ids: &customer_ids,
            index,
        };
        show(name, || into_sqlite(way, payload, Some(with), folder));
    }
}

/// Measures the same number of messages in smaller invocations, into one SQLite file.
fn smaller(way: &Way, folder: &Path) {
    for messages in [1, 10, 100] {
        let payloads: Vec<Vec<u8>> = (0..MESSAGES)
            .step_by(messages)
            .map(|first| self::payload(first, messages))
            .collect();
        let all = || {
            let folder = tempfile::tempdir_in(folder).unwrap();
            let store = SqliteStore::open(&folder.path().join("map.sqlite")).unwrap();
            timed(|| {
                for payload in &payloads {
                    assert_eq!(way.trace(payload, &store, None).deliveries, messages as u64);
                }
            })
        };
        show(&format!("  {messages} a time"), all);
    }
}

fn into_sqlite(
    way: &Way,
    payload: &[u8],
    with: Option<Fingerprinting<'_>>,
    folder: &Path,
) -> Duration {
    let folder = tempfile::tempdir_in(folder).unwrap();
    let store = SqliteStore::open(&folder.path().join("map.sqlite")).unwrap();
    timed(|| {
        let outcome = way.trace(payload, &store, with);
        assert_eq!(outcome.deliveries, MESSAGES as u64);
    })
}

/// Handles one invocation as the function does: payload in memory, engine, store.
fn once(file: &Path) {
    let payload = std::fs::read(file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("map.sqlite")).unwrap();
    let outcome = Way::new().trace(&payload, &store, None);
    assert!(outcome.deliveries > 0);
}

/// The state of a warm function: engine and routes.
struct Way {
    engine: Arc<Engine>,
    router: Router,
}

impl Way {
    fn new() -> Self {
        let engine = Arc::new(Engine::new());
        let router = Router::new(&Topology::parse(TOPOLOGY).unwrap(), &engine);
        Self { engine, router }
    }

    fn trace(
        &self,
        payload: &[u8],
        store: &dyn Store,
        fingerprinting: Option<Fingerprinting<'_>>,
    ) -> Outcome {
        let tracer = Tracer {
            engine: &self.engine,
            router: &self.router,
            store,
            fingerprinting,
            vocabulary: &Vocabulary::default(),
            keep: Retention::default(),
        };
        let mut records = Records::default();
        records.open(payload, "invocation:bench", 0);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let outcome = runtime.block_on(tracer.count(records, now()));
        assert!(outcome.is_clean());
        assert_eq!(outcome.again, 0);
        outcome
    }
}

fn deliveries(payload: &[u8]) -> Vec<Delivery> {
    let mut list = Vec::new();
    envelope::open(payload, "invocation:bench", &mut |opened| {
        if let Opened::Delivery(delivery) = opened {
            list.push(delivery);
        }
    });
    list
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    let made = black_box(work());
    let took = began.elapsed();
    drop(made);
    took
}

/// Returns the durations of `count` runs, the fastest first.
fn runs(count: usize, run: impl FnMut() -> Duration) -> Vec<Duration> {
    let mut took: Vec<Duration> = std::iter::repeat_with(run).take(count).collect();
    took.sort_unstable();
    took
}

/// Prints a row of the table: the fastest of its runs.
fn show(what: &str, run: impl FnMut() -> Duration) {
    let took = runs(RUNS_OF_A_ROW, run);
    println!("{what:<26} {:>9.0} records a second", rate(took[0]));
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Returns the n-th event: one of each service in turn, each with its own id and person.
fn event(n: usize) -> Value {
    static EVENTS: LazyLock<Vec<Vec<&str>>> =
        LazyLock::new(|| SERVICES.map(|lines| lines.lines().collect()).to_vec());
    let events = &EVENTS[n % SERVICES.len()];
    let event = events[n / SERVICES.len() % events.len()];
    let mut event: Value = serde_json::from_str(&event.replace('@', &format!(".{n}@"))).unwrap();
    event["id"] = json!(format!("6f3c1c1e-0000-4000-8000-{n:012}"));
    event
}

fn payload(first: usize, messages: usize) -> Vec<u8> {
    batch((first..first + messages).map(|n| (n, event(n).to_string())))
}

/// Returns messages of 42 KB each that unpack to 31 MB.
fn bombs() -> Vec<u8> {
    let logs = json!({
        "messageType": "DATA_MESSAGE", "logGroup": "/aws/lambda/checkout",
        "logEvents": [{ "id": "1", "message": "-".repeat(31_000_000) }],
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(logs.to_string().as_bytes()).unwrap();
    let data = STANDARD.encode(packed.finish().unwrap());
    let body = json!({ "awslogs": { "data": data } }).to_string();
    batch((0..20).map(|n| (n, body.clone())))
}

/// Returns messages with these numbers and bodies, as SQS passes them to a function.
fn batch(messages: impl Iterator<Item = (usize, String)>) -> Vec<u8> {
    let messages: Vec<Value> = messages
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

/// Returns the peak memory of this process in KiB, or `None` if the system does not say.
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
