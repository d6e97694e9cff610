//! Calculates the load of the DynamoDB store at a million events a second over five thousand edges,
//! from packed ledgers and realistic batches. `cargo bench -p piitrail-flow --bench scale`.
//!
//! It simulates some seconds of traffic. Tracers fold records into batches, and each batch becomes
//! an item in one of the journal's lanes, as `piitrail_aws` writes it. The load of each partition
//! in each second is compared with DynamoDB's limits: [1,000 write units and 3,000 read units a
//! second](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html).
//! The edge of every event is drawn evenly: no other traffic has as many edges in a batch, and so
//! items as large.
//!
//! It prints lines `scale NAME VALUE LIMIT` and fails if a value is above its limit. `-` is no
//! limit. Units are DynamoDB's: a write unit is 1 KB of an item or a part of it, a read unit is 4
//! KB read consistently or 8 KB read eventually.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench prints what it counted, to a few digits, and says so if it cannot go on"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use piitrail_detect::{Confidence, DataClass, Engine};
use piitrail_flow::channel::{Channel, ChannelKind};
use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, Flow};
use piitrail_flow::ledger::Ledger;
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use piitrail_flow::store::ReceiptId;
use piitrail_flow::time::start_of;

const EVENTS_PER_SECOND: usize = 1_000_000;
const EDGES: usize = 5_000;
const LANES: usize = 256;

/// The number of seconds that are simulated.
const SECONDS: usize = 10;

const PARTITION_WRITES: f64 = 1_000.0;
const PARTITION_READS: f64 = 3_000.0;

/// The write units a second that DynamoDB grants an account for one table by default.
const TABLE_WRITES: f64 = 40_000.0;

/// The size of a batch's item without the packed ledger, rounded up, in bytes: keys, names of
/// attributes and time to live.
const ITEM_AROUND: usize = 160;

/// The seconds between two roll-ups at this rate. A function may run for this time too, so it has
/// to read and fold without a pause. The largest function has six cores.
const ROLL_UP_EVERY: f64 = 900.0;

/// The number of lanes that the roll-up reads at the same time, as in `piitrail_aws`.
const LANES_AT_ONCE: f64 = 8.0;

const DAYS: i32 = 31;

fn main() {
    let mut noise = Noise(1);
    let engine = Engine::new();
    let edges: Vec<EdgeKey> = (0..EDGES).map(|n| edge(&engine, n)).collect();

    for records in [100, 1_000] {
        writing(&mut noise, &edges, records);
    }
    let batch = fold(&mut noise, &edges, 1_000);
    rolling_up(&batch);
    months(&mut noise, &edges);
}

/// Prints the load of the journal's partitions in each second, with `records` records in a batch.
fn writing(noise: &mut Noise, edges: &[EdgeKey], records: usize) {
    let batches = EVENTS_PER_SECOND / records;
    // Packing is the slow part, and batches differ little, so the sizes are drawn from 200 packed
    // batches.
    let sizes: Vec<usize> = (0..200)
        .map(|_| item_bytes(&fold(noise, edges, records), records))
        .collect();
    let (mut total, mut busiest) = (0, 0);
    for _ in 0..SECONDS {
        let mut lanes = [0; LANES];
        for _ in 0..batches {
            let units = sizes[noise.below(sizes.len())].div_ceil(1_024);
            // A batch's id is a hash of its receipts, and its lane is the remainder of that hash.
            let id = ReceiptId::of_bytes(&noise.next().to_be_bytes());
            let [first, second, ..] = *id.as_bytes();
            lanes[usize::from(u16::from_be_bytes([first, second])) % LANES] += units;
        }
        total += lanes.iter().sum::<usize>();
        busiest = busiest.max(*lanes.iter().max().unwrap());
    }
    let a_second = total as f64 / SECONDS as f64;
    let name = |what: &str| format!("batch-{records}-{what}");
    print(
        &name("write-units-a-record"),
        a_second / EVENTS_PER_SECOND as f64,
        None,
    );
    print(&name("table-write-units"), a_second, None);
    print(&name("table-default-quotas"), a_second / TABLE_WRITES, None);
    print(
        &name("lane-write-units-mean"),
        a_second / LANES as f64,
        Some(PARTITION_WRITES),
    );
    print(
        &name("lane-write-units-most"),
        busiest as f64,
        Some(PARTITION_WRITES),
    );
}

/// Prints the cost of reading the journal again and folding it.
fn rolling_up(batch: &Ledger) {
    let bytes = item_bytes(batch, 1_000) as f64;
    let batches = EVENTS_PER_SECOND as f64 / 1_000.0;
    let read_units = batches * bytes / 4_096.0;
    print("roll-up-read-units-a-second", read_units, None);
    // The fastest that the partitions allow: eight lanes at the same time, each at its limit.
    let reading = read_units * ROLL_UP_EVERY / (PARTITION_READS * LANES_AT_ONCE);
    print("roll-up-read-in-seconds", reading, Some(ROLL_UP_EVERY));

    let packed = batch.pack().unwrap();
    let mut into = Ledger::default();
    let turns = 200;
    let began = Instant::now();
    for _ in 0..turns {
        into.merge(black_box(Ledger::unpack(&packed).unwrap()));
    }
    let each = began.elapsed() / turns;
    print("roll-up-batch-milliseconds", milliseconds(each), None);
    print("roll-up-cores", each.as_secs_f64() * batches, None);

    // For a redelivered message, the receipts in its lane since its first delivery are read.
    let minute = read_units * 60.0;
    print("again-after-a-minute-read-units", minute, None);
    print(
        "again-invocations-a-second",
        PARTITION_READS * LANES as f64 / minute,
        None,
    );
}

/// Prints the size of a month of all edges, day by day and as a whole.
fn months(noise: &mut Noise, edges: &[EdgeKey]) {
    let first: Date = "2026-10-01".parse().unwrap();
    let (mut days, mut whole) = (Ledger::default(), Ledger::default());
    for n in 0..DAYS {
        let day = first + n.days();
        for key in edges {
            let facts = facts(noise, day, 1 + noise.0 % 40_000_000);
            days.add_edge(day, key.clone(), &facts);
            whole.add_edge(first, key.clone(), &facts);
        }
    }
    let entries = (EDGES * usize::try_from(DAYS).unwrap()) as f64;
    let json: usize = days
        .edges
        .iter()
        .map(|entry| serde_json::to_string(&entry).unwrap().len())
        .sum();
    let (days, whole) = (days.pack().unwrap().len(), whole.pack().unwrap().len());
    print(
        "month-json-bytes-an-edge-and-day",
        json as f64 / entries,
        None,
    );
    print("month-bytes-an-edge-and-day", days as f64 / entries, None);
    print(
        "month-whole-bytes-an-edge",
        whole as f64 / EDGES as f64,
        None,
    );
    // Each roll-up writes it again, into one partition. DynamoDB allows a burst of 300 seconds.
    let written = (days + whole).div_ceil(1_024) as f64;
    print(
        "month-write-units-a-roll-up",
        written,
        Some(300.0 * PARTITION_WRITES),
    );
    print(
        "month-write-units-a-second",
        written / ROLL_UP_EVERY,
        Some(PARTITION_WRITES),
    );
}

fn print(name: &str, value: f64, limit: Option<f64>) {
    let limit_text = limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
    println!("scale {name} {value:.3} {limit_text}");
    assert!(
        limit.is_none_or(|limit| value <= limit),
        "{name} is beyond its limit"
    );
}

fn item_bytes(ledger: &Ledger, records: usize) -> usize {
    ledger.pack().unwrap().len() + records * ReceiptId::BYTES + ITEM_AROUND
}

/// Returns a batch of records. The edge of each is drawn evenly.
fn fold(noise: &mut Noise, edges: &[EdgeKey], records: usize) -> Ledger {
    let day: Date = "2026-11-21".parse().unwrap();
    let mut ledger = Ledger::default();
    for _ in 0..records {
        let key = &edges[noise.below(EDGES)];
        ledger.add_edge(day, key.clone(), &facts(noise, day, 1));
    }
    ledger
}

/// Returns the facts of `events` events on a day, with one to three classes.
fn facts(noise: &mut Noise, day: Date, events: u64) -> EdgeFacts {
    let ms = |noise: &mut Noise| SignedDuration::from_millis(noise.below(43_200_000) as i64);
    let first_seen = start_of(day) + ms(noise);
    let classes = [
        DataClass::EmailAddress,
        DataClass::PhoneNumber,
        DataClass::PersonName,
    ];
    let many = 1 + noise.below(3);
    let classes = classes[..many]
        .iter()
        .map(|class| {
            let path = format!("$.detail.customer.{}", class.to_string().to_lowercase());
            let facts = ClassFacts {
                events,
                confidence: Confidence::new(95),
                only_test_data: false,
                paths: [serde_json::from_value(path.into()).unwrap()].into(),
                more_paths: false,
            };
            (*class, facts)
        })
        .collect();
    EdgeFacts {
        events,
        events_with_findings: events,
        first_seen: Some(first_seen),
        last_seen: Some(if events == 1 {
            first_seen
        } else {
            first_seen + ms(noise)
        }),
        classes,
        ..EdgeFacts::default()
    }
}

/// Returns one edge of five hundred services with ten event types each, over a bus and a queue.
fn edge(engine: &Engine, n: usize) -> EdgeKey {
    let name = |text: &str| Name::masked(engine, text);
    let letters = |n: usize| -> String {
        [n / 26 % 26, n % 26]
            .map(|digit| char::from(b'a' + digit as u8))
            .iter()
            .collect()
    };
    let (producer, consumer) = (letters(n / 10), letters(n * 7 + n / 10));
    EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, name(&format!("shop-{producer}"))),
            consumer: Party::new(PartyKind::Service, name(&format!("team-{consumer}"))),
            channels: vec![
                Channel::new(ChannelKind::Bus, name("shop")),
                Channel::new(ChannelKind::Queue, name(&format!("team-{consumer}-jobs"))),
            ],
            event_type: name(&format!("Order{}", letters(n % 10))),
        },
        basis: Basis::Matched,
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A generator of numbers that look random and are the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
