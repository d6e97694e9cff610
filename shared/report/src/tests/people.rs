//! Tests of the number of people, from payloads to the map.

use piitrail_detect::{CustomerIdNames, Engine};
use piitrail_flow::pipeline::{Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::{MemoryStore, Retention, Store};
use piitrail_flow::subject::{Fingerprinting, KeyRing};
use piitrail_flow::topology::Topology;
use serde_json::{Value, json};

use super::now;
use super::{request, text};
use crate::answer;

/// Creates a key ring with a key for each epoch.
pub(crate) fn ring(epochs: &[(&str, u8)]) -> KeyRing {
    use base64::Engine as _;
    let keys: Vec<Value> = epochs
        .iter()
        .map(|(epoch, byte)| {
            let key = base64::engine::general_purpose::STANDARD.encode([*byte; 32]);
            json!({ "epoch": epoch, "key": key })
        })
        .collect();
    KeyRing::parse(&json!({ "epochs": keys }).to_string()).unwrap()
}

const TOPOLOGY: &str = "
version: 1
services: {orders: {sources: [shop.orders]}}
buses:
  shop:
    rules:
      - name: everything
        pattern: {source: [shop.orders]}
        targets:
          - {function: mailer}
          - {function: labels, input_path: $.detail.address}
";

/// Returns an order of the customer `n`, as EventBridge sends it.
pub(crate) fn order(id: usize, n: usize) -> String {
    json!({
        "version": "0", "id": format!("4cabdb1f-94d2-4bd7-9b4f-87f3{id:08x}"), "detail-type": "OrderPlaced",
        "source": "shop.orders", "time": "2026-11-20T10:00:00Z",
        "detail": {
            "customer": { "email": format!("grace.{n}@navy-mail.org"), "phone": format!("+44 20 7123 {n:04}") },
            "address": { "street": "12 Analytical Row", "city": "London" },
        },
    })
    .to_string()
}

async fn trace(store: &MemoryStore, ring: Option<&KeyRing>, payloads: &[String]) {
    trace_into(store, ring, false, payloads).await;
}

pub(crate) async fn trace_into(
    store: &dyn Store,
    ring: Option<&KeyRing>,
    index: bool,
    payloads: &[String],
) {
    let engine = std::sync::Arc::new(Engine::new());
    let router = Router::new(&Topology::parse(TOPOLOGY).unwrap(), &engine);
    let customer_ids = CustomerIdNames::default();
    let tracer = Tracer {
        engine: &engine,
        router: &router,
        store,
        fingerprinting: ring.map(|ring| Fingerprinting {
            key: ring.newest(),
            customer_ids: &customer_ids,
            index,
        }),
        vocabulary: &piitrail_flow::vocabulary::Vocabulary::default(),
        keep: Retention::default(),
    };
    let mut records = Records::default();
    for payload in payloads {
        records.open(payload.as_bytes(), "payload", 0);
    }
    assert!(tracer.count(records, now()).await.is_clean());
}

async fn ask(store: &MemoryStore, format: &str) -> String {
    let asked = request(&json!({ "report": "map", "format": format }));
    text(answer(store, &asked, now()).await.unwrap())
}

async fn map(store: &MemoryStore) -> Value {
    serde_json::from_str(&ask(store, "json").await).unwrap()
}

#[tokio::test]
async fn the_map_says_about_how_many_people_each_consumer_was_told_of() {
    let store = MemoryStore::default();
    let orders: Vec<String> = (0..300).map(|id| order(id, id % 100)).collect();
    trace(&store, Some(&ring(&[("2026-11", 1)])), &orders).await;
    let map = map(&store).await;
    let of = |consumer: &str| {
        let mut edges = map["edges"].as_array().unwrap().iter();
        edges.find(|edge| edge["consumer"] == consumer).unwrap()["people"].clone()
    };
    let mailer = of("function/mailer");
    assert_eq!(mailer["events"], 300);
    assert_eq!(mailer["low"], mailer["high"]);
    assert!(
        (95..=105).contains(&mailer["low"].as_u64().unwrap()),
        "{mailer}"
    );
    // A postal address without a name or number identifies nobody.
    assert_eq!(
        of("function/labels"),
        json!({ "low": 0, "high": 0, "events": 300 })
    );
    // The whole map has the same hundred people.
    assert_eq!(map["people"]["low"], mailer["low"]);
    assert!(ask(&store, "table").await.contains("PEOPLE"));
}

#[tokio::test]
async fn without_a_key_the_number_of_people_is_unknown() {
    let store = MemoryStore::default();
    trace(&store, None, &[order(1, 1)]).await;
    let map = map(&store).await;
    assert_eq!(map["edges"][0]["people"], Value::Null);
    assert_eq!(map["people"], Value::Null);
    assert!(ask(&store, "csv").await.contains("unknown"));
    let table = ask(&store, "table").await;
    assert!(
        !table.contains("PEOPLE") && table.contains("the number of people is unknown"),
        "{table}"
    );
}

#[tokio::test]
async fn people_are_left_out_where_that_is_asked_for() {
    let store = MemoryStore::default();
    trace(&store, Some(&ring(&[("2026-11", 1)])), &[order(1, 1)]).await;
    let asked = json!({ "report": "map", "without_people": true });
    let map = super::ask(&store, &asked).await;
    assert_eq!(map["people"], Value::Null);
    assert_eq!(map["edges"][0]["people"], Value::Null);
    assert_eq!(map["edges"][0]["events"], 1);
}

#[tokio::test]
async fn what_was_traced_without_a_key_or_with_another_one_shows() {
    let store = MemoryStore::default();
    trace(&store, None, &[order(1, 1)]).await;
    trace(
        &store,
        Some(&ring(&[("a", 1)])),
        &[order(2, 2), order(3, 3)],
    )
    .await;
    trace(&store, Some(&ring(&[("a", 1), ("b", 2)])), &[order(4, 2)]).await;
    let map = map(&store).await;
    let people = &map["edges"].as_array().unwrap().last().unwrap()["people"];
    assert_eq!(*people, json!({ "low": 2, "high": 3, "events": 3 }));
    let table = ask(&store, "table").await;
    assert!(table.contains("≥2–3"), "{table}");
    // Events in which people were not counted may contain more people, on the map as on each edge.
    let looked_at = &map["people"]["events"];
    let said = format!("at least 2–3 people in {looked_at} of ");
    assert!(table.contains(&said), "{table}");
}
