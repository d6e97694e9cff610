//! Tests of questions and answers: nothing is counted twice, nothing is left out, and nothing harms
//! the reader's terminal or program.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use piitrail_detect::{Confidence, Engine};
use serde_json::{Value, json};

use crate::*;
use jiff::Timestamp;
use piitrail_detect::DataClass;
use piitrail_flow::channel::{Channel, ChannelKind};
use piitrail_flow::counts::KnownOrLater;
use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, EdgePath, Flow};
use piitrail_flow::ledger::{Coverage, Ledger};
use piitrail_flow::limit::Limit;
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use piitrail_flow::store::conformance::planted::{PROVABLE, assert_absent, count_into};
use piitrail_flow::store::{
    Batch, Counting as _, MemoryStore, ReceiptId, Retention, RollUp as _, TopologyHistory as _,
};
use piitrail_flow::subject::Sightings;
use piitrail_flow::time::Day;
use piitrail_flow::topology::Topology;
use proptest::prelude::*;

mod drift;
mod homes;
mod hostile;
mod kept;
mod key_order;
mod map;
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
        limits: [(Limit::TopologyUnreadable.into(), 7)].into(),
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
    // A store whose topology is missing says so in every answer.
    let from = day("2026-01-01");
    store
        .put_topology(from, &Topology::default())
        .await
        .unwrap();
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
    // The same twenty events at another tap: the consumer's tap missed two of them and saw more
    // classes.
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
        unreadable: [(KnownOrLater::of_name("not_json"), 2)].into(),
        limits: [(KnownOrLater::of_name("depth"), 1)].into(),
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

/// Returns the answer as text, in any format.
fn text(answer: Answer) -> String {
    String::from_utf8(answer.body.into_bytes().unwrap()).unwrap()
}

async fn ask(store: &MemoryStore, asked: &Value) -> Value {
    let answer = answer(store, &request(asked), now()).await.unwrap();
    assert_eq!(answer.media_type, "application/json");
    match answer.body {
        Body::Data(data) => data,
        Body::Text(_) | Body::Bytes(_) => panic!("JSON is handed on as data"),
    }
}

/// Returns `producer > consumer: events` for each edge of an answer.
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

/// Counts events with a planted value, and asserts that the map contains it in no format.
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
