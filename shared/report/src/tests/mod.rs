//! Claims about questions and answers: nothing counted twice, nothing left out, nothing that can do
//! harm where it is shown.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use piitrail_detect::{Confidence, Engine};
use serde_json::{Value, json};

use crate::*;
use jiff::Timestamp;
use piitrail_detect::DataClass;
use piitrail_flow::channel::{Channel, ChannelKind};
use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, EdgePath, Flow};
use piitrail_flow::ledger::{Coverage, Ledger};
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use piitrail_flow::store::conformance::planted::{PROVABLE, assert_absent, count_into};
use piitrail_flow::store::{Batch, Counting as _, MemoryStore, ReceiptId, Retention, RollUp as _};
use piitrail_flow::subject::Sightings;
use piitrail_flow::time::Day;
use proptest::prelude::*;

mod homes;
mod people;
mod requests;
mod subject;
mod unread;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn name(text: &str) -> Name {
    Name::masked(&ENGINE, text)
}

fn key(producer: &str, consumer: &str, basis: Basis) -> EdgeKey {
    EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, name(producer)),
            consumer: Party::new(PartyKind::Function, name(consumer)),
            channels: vec![
                Channel::new(ChannelKind::Bus, name("shop")),
                Channel::new(ChannelKind::Queue, name("jobs")),
            ],
            event_type: name("OrderPlaced"),
        },
        basis,
    }
}

fn facts(events: u64, class: DataClass, path: &str) -> EdgeFacts {
    let paths = [serde_json::from_value::<EdgePath>(path.into()).unwrap()];
    EdgeFacts {
        events,
        events_with_findings: events,
        first_seen: Some(now()),
        last_seen: Some(now()),
        classes: [(
            class,
            ClassFacts {
                events,
                confidence: Confidence::new(90),
                only_test_data: false,
                paths: paths.into(),
                more_paths: false,
            },
        )]
        .into(),
        ..EdgeFacts::default()
    }
}

#[tokio::test]
async fn every_format_says_that_the_topology_could_not_be_read() {
    let seen = Coverage {
        deliveries: 7,
        limits: [("topology_unreadable".to_owned(), 7)].into(),
        ..Coverage::default()
    };
    let mut ledger = Ledger::default();
    ledger.add_coverage(day("2026-11-20"), None, &seen);
    let store = store_of(ledger).await;
    for format in render::names() {
        let asked = Request::from_value(json!({ "report": "map", "format": format })).unwrap();
        let answer = answer(&store, &asked, now()).await.unwrap();
        let said = answer.caveats.join(" ") + &body_of(answer.body);
        assert!(
            said.contains("the topology could not be read while 7 events were traced"),
            "{format}: {said}"
        );
    }
}

fn body_of(body: Body) -> String {
    String::from_utf8(body.into_bytes().unwrap()).unwrap()
}

async fn store_of(ledger: Ledger) -> MemoryStore {
    let store = MemoryStore::default();
    let batch = Batch {
        at: now(),
        receipts: BTreeSet::from([ReceiptId::of("m-1")]),
        ledger,
        sightings: Sightings::default(),
    };
    store.record(&batch).await.unwrap();
    store
}

async fn sample() -> MemoryStore {
    let mut ledger = Ledger::default();
    let email = || facts(10, DataClass::EmailAddress, "$.detail.email");
    ledger.add_edge(
        day("2026-11-19"),
        key("orders", "mailer", Basis::Matched),
        &email(),
    );
    ledger.add_edge(
        day("2026-11-20"),
        key("orders", "mailer", Basis::Matched),
        &email(),
    );
    // The same twenty events, of which the tap at the consumer missed two and knows more of.
    ledger.add_edge(
        day("2026-11-20"),
        key("orders", "mailer", Basis::Observed),
        &facts(18, DataClass::PersonName, "$.detail.name"),
    );
    ledger.add_edge(
        day("2026-11-20"),
        key("payments", "ledger", Basis::Observed),
        &facts(3, DataClass::CreditCard, "$.card"),
    );
    let mut nobody = key("orders", "x", Basis::Observed);
    nobody.flow.consumer = Party::UNATTRIBUTED;
    ledger.add_edge(
        day("2026-11-20"),
        nobody,
        &EdgeFacts {
            events: 5,
            unreadable: 5,
            ..EdgeFacts::default()
        },
    );
    let seen = Coverage {
        deliveries: 28,
        unreadable: [("not_json".to_owned(), 2)].into(),
        limits: [("depth".to_owned(), 1)].into(),
    };
    ledger.add_coverage(day("2026-11-20"), None, &seen);
    store_of(ledger).await
}

fn request(value: &Value) -> Request {
    Request::from_value(value.clone()).unwrap()
}

fn refusal(value: &Value) -> Refusal {
    Request::from_value(value.clone()).unwrap_err()
}

/// The answer as text, whatever the format.
fn text(answer: Answer) -> String {
    String::from_utf8(answer.body.into_bytes().unwrap()).unwrap()
}

async fn ask(store: &MemoryStore, asked: &Value) -> Value {
    let answer = answer(store, &request(asked), now()).await.unwrap();
    assert_eq!(answer.media_type, "application/json");
    match answer.body {
        Body::Data(data) => data,
        Body::Bytes(_) => panic!("JSON is handed on as data"),
    }
}

/// `producer > consumer: events` of an answer's edges.
fn edges(answer: &Value) -> Vec<String> {
    answer["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| {
            let text = |field: &str| edge[field].as_str().unwrap().to_owned();
            format!(
                "{} > {}: {}",
                text("producer"),
                text("consumer"),
                edge["events"]
            )
        })
        .collect()
}

#[tokio::test]
async fn days_add_up_and_two_measurements_of_one_flow_do_not() {
    let map = ask(&sample().await, &json!({ "report": "map" })).await;
    assert_eq!(
        edges(&map),
        [
            "orders > function/mailer: 20",
            "orders > unattributed: 5",
            "payments > function/ledger: 3"
        ]
    );
    let mailer = &map["edges"][0];
    assert_eq!(mailer["basis"], "observed");
    let classes: BTreeSet<&str> = mailer["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| class["class"].as_str().unwrap())
        .collect();
    assert_eq!(classes, BTreeSet::from(["EMAIL_ADDRESS", "PERSON_NAME"]));
}

#[tokio::test]
async fn what_could_not_be_seen_is_in_the_answer() {
    let store = sample().await;
    let map = ask(&store, &json!({ "report": "map" })).await;
    assert_eq!(map["coverage"][0]["unreadable"]["not_json"], 2);
    assert_eq!(map["edges"][1]["unreadable"], 5);
    let asked = request(&json!({ "report": "map", "format": "table" }));
    let table = text(answer(&store, &asked, now()).await.unwrap());
    for said in ["unattributed", "not_json", "depth", "unknown"] {
        assert!(table.contains(said), "{said} is not in\n{table}");
    }
}

#[tokio::test]
async fn a_span_counts_its_days_alone() {
    let store = sample().await;
    let map = ask(
        &store,
        &json!({ "report": "map", "from": "2026-11-19", "to": "2026-11-19" }),
    )
    .await;
    assert_eq!(edges(&map), ["orders > function/mailer: 10"]);
    let empty = ask(&store, &json!({ "report": "map", "from": "2027-01-01" })).await;
    assert!(edges(&empty).is_empty());
}

#[tokio::test]
async fn each_filter_leaves_what_matches_it() {
    let store = sample().await;
    for (filters, expected) in [
        (
            json!({ "producer": "payments" }),
            vec!["payments > function/ledger: 3"],
        ),
        (
            json!({ "consumer": "function/mailer" }),
            vec!["orders > function/mailer: 20"],
        ),
        (
            json!({ "consumer": "mailer" }),
            vec!["orders > function/mailer: 20"],
        ),
        (
            json!({ "consumer": "unattributed" }),
            vec!["orders > unattributed: 5"],
        ),
        (
            json!({ "class": "CREDIT_CARD" }),
            vec!["payments > function/ledger: 3"],
        ),
        (
            json!({ "tier": "restricted" }),
            vec!["payments > function/ledger: 3"],
        ),
        (
            json!({ "channel": "queue/jobs", "class": "PERSON_NAME" }),
            vec!["orders > function/mailer: 20"],
        ),
        (
            json!({ "channel": "shop", "producer": "payments" }),
            vec!["payments > function/ledger: 3"],
        ),
        (json!({ "channel": "queue/shop" }), vec![]),
        (json!({ "event_type": "OrderLost" }), vec![]),
    ] {
        let map = ask(&store, &json!({ "report": "map", "filters": filters })).await;
        assert_eq!(edges(&map), expected, "{filters}");
    }
}

#[tokio::test]
async fn pages_show_every_edge_once() {
    let mut ledger = Ledger::default();
    for n in 0..=u8::MAX {
        let consumer = format!(
            "f-{}-{}",
            char::from(b'a' + n / 26),
            char::from(b'a' + n % 26)
        );
        ledger.add_edge(
            day("2026-11-20"),
            key("orders", &consumer, Basis::Matched),
            &EdgeFacts {
                events: 1,
                ..EdgeFacts::default()
            },
        );
    }
    let total = ledger.edges.len();
    let store = store_of(ledger).await;
    let mut seen = BTreeSet::new();
    let mut count = 0;
    let mut page = Value::Null;
    loop {
        let map = ask(
            &store,
            &json!({ "report": "map", "limit": 50, "page": page }),
        )
        .await;
        let edges = edges(&map);
        assert!(edges.len() <= 50);
        count += edges.len();
        seen.extend(edges);
        page = map["next"].clone();
        if page.is_null() {
            break;
        }
    }
    assert_eq!((count, seen.len()), (total, total));
}

#[tokio::test]
async fn an_edge_that_appears_between_two_pages_moves_no_other() {
    let store = sample().await;
    let asked = json!({ "report": "map", "limit": 1 });
    let first = ask(&store, &asked).await;
    let mut ledger = Ledger::default();
    // Sorts before everything that was shown.
    ledger.add_edge(
        day("2026-11-20"),
        key("aaa", "mailer", Basis::Matched),
        &facts(1, DataClass::EmailAddress, "$.email"),
    );
    let batch = Batch {
        at: now(),
        receipts: BTreeSet::from([ReceiptId::of("m-2")]),
        ledger,
        sightings: Sightings::default(),
    };
    store.record(&batch).await.unwrap();
    let rest = ask(&store, &json!({ "report": "map", "page": first["next"] })).await;
    assert_eq!(edges(&first), ["orders > function/mailer: 20"]);
    assert_eq!(
        edges(&rest),
        ["orders > unattributed: 5", "payments > function/ledger: 3"]
    );
    assert_eq!(rest["next"], Value::Null);
}

#[tokio::test]
async fn an_answer_that_is_not_quite_what_was_asked_says_so_in_every_format() {
    let mut ledger = Ledger::default();
    for (on, consumer) in [("2025-06-20", "mailer"), ("2026-11-20", "labels")] {
        let facts = facts(1, DataClass::EmailAddress, "$.detail.email");
        ledger.add_edge(day(on), key("orders", consumer, Basis::Matched), &facts);
    }
    let store = store_of(ledger).await;
    let keep = Retention {
        days: 30,
        months: 24,
    };
    store.roll_up(now(), &keep).await.unwrap();
    let whole = "for 2025-06 only a monthly total is kept";
    let cut = "1 of 2 edges are shown";
    for format in crate::render::names() {
        let asked = json!({ "report": "map", "format": format, "from": "2025-06-10", "limit": 1 });
        let answer = answer(&store, &request(&asked), now()).await.unwrap();
        let beside = answer.caveats.join("\n");
        let inside = text(answer);
        for said in [whole, cut] {
            let is_inside = inside.contains(said);
            assert!(is_inside || beside.contains(said), "{format}: {said}");
            assert_eq!(is_inside, matches!(format, "table" | "mermaid" | "dot"));
        }
    }
    let map = ask(&store, &json!({ "report": "map", "from": "2025-06-10" })).await;
    assert_eq!(map["whole_months"], json!(["2025-06"]));
    let map = ask(&store, &json!({ "report": "map", "from": "2025-06-01" })).await;
    assert_eq!(map["whole_months"], json!([]));
}

/// Names that try to get out of where they are put, in every format.
async fn hostile(format: &str) -> String {
    let mut ledger = Ledger::default();
    for (producer, consumer) in [
        ("a\"]; b -->", "<script>alert(1)</script>"),
        ("=HYPERLINK(\"x\")", "@SUM(A1)"),
        ("two\nlines\r\n,\"quoted\"", "\u{1b}[31mred\u{1b}[0m"),
        ("\u{202e}gnp.exe", "end %% click n0 call x()"),
        ("-->|x| n1", "}}\n    style n0 fill:#f00"),
        ("back\\slash\\", "\\\""),
    ] {
        let mut key = key(producer, consumer, Basis::Matched);
        key.flow.event_type = name(producer);
        ledger.add_edge(
            day("2026-11-20"),
            key,
            &facts(1, DataClass::EmailAddress, "$.a"),
        );
    }
    let store = store_of(ledger).await;
    let asked = request(&json!({ "report": "map", "format": format, "width": 120 }));
    text(answer(&store, &asked, now()).await.unwrap())
}

#[tokio::test]
async fn hostile_names_stay_what_they_are_in_json_and_csv() {
    let map: Value = serde_json::from_str(&hostile("json").await).unwrap();
    assert_eq!(map["edges"].as_array().unwrap().len(), 6);
    let text = hostile("csv").await;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    for cell in rows.iter().flatten() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
}

#[tokio::test]
async fn hostile_names_cannot_leave_their_label_in_a_graph() {
    let mermaid = hostile("mermaid").await;
    assert!(!mermaid.contains('\u{1b}') && !mermaid.contains("<script") && !mermaid.contains("%%"));
    for line in mermaid.lines().skip(1) {
        let known = line.starts_with("    n")
            || line.starts_with("    linkStyle")
            || line.starts_with("    style n");
        assert!(known, "{line}");
        assert!(line.matches('"').count() <= 2, "{line}");
    }
    let dot = hostile("dot").await;
    assert!(!dot.contains('\u{1b}'));
    for line in dot.lines().filter(|line| line.contains("label=")) {
        // Inside the quotes every quote and backslash is escaped: taken out, nothing is left over.
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        let quotes = bare.matches('"').count();
        assert!(quotes.is_multiple_of(2) && quotes <= 8, "{line}");
    }
}

#[tokio::test]
async fn hostile_names_cannot_write_on_a_terminal() {
    let table = hostile("table").await;
    assert!(
        table.chars().all(|c| c == '\n' || !c.is_control()),
        "{table:?}"
    );
    assert!(!table.contains('\u{202e}'));
}

#[tokio::test]
async fn the_same_store_gives_the_same_bytes() {
    for format in crate::render::names() {
        let asked = request(&json!({ "report": "map", "format": format }));
        let first = answer(&sample().await, &asked, now()).await.unwrap();
        assert_eq!(answer(&sample().await, &asked, now()).await.unwrap(), first);
        assert!(!text(first).is_empty());
    }
}

#[tokio::test]
async fn nothing_recorded_is_an_answer_too() {
    let store = MemoryStore::default();
    for format in crate::render::names() {
        let asked = request(&json!({ "report": "map", "format": format }));
        let answer = answer(&store, &asked, now()).await.unwrap();
        assert!(!text(answer).is_empty(), "{format}");
    }
}

/// Counts planted values, and searches the map in every format for them.
async fn nothing_is_in_an_answer(value: &str, word: &str) {
    let values = [value.to_owned(), word.to_owned()];
    let store = MemoryStore::default();
    count_into(&store, value, word, now()).await;
    for format in crate::render::names() {
        let asked = request(&json!({ "report": "map", "format": format }));
        let answer = answer(&store, &asked, now()).await.unwrap();
        assert_absent(format, text(answer).as_bytes(), &values);
    }
}

#[tokio::test]
async fn nothing_that_was_planted_is_in_an_answer() {
    for value in PROVABLE {
        nothing_is_in_an_answer(value, "Quexlowitzka").await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn generated_values_are_nowhere_in_an_answer(
        local in "[a-z]{4,9}[.][a-z]{5,9}", host in "[a-z]{7,10}", word in "[A-Z][a-z]{9,14}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let value = format!("{local}@{host}.com");
        runtime.block_on(nothing_is_in_an_answer(&value, &format!("{word}zq")));
    }
}
