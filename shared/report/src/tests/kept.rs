//! Claims about what keeps the events of an edge beside its consumer.

use super::*;

/// `orders` sends to a queue over a bus, the function `mailer` polls the queue; another rule invokes
/// `audit`; a third one sends to Firehose.
const TOPOLOGY: &str = "
version: 1
buses:
  shop:
    rules:
      - name: paid
        pattern: {detail-type: [OrderPlaced]}
        targets: [{queue: jobs, dlq: undelivered}, {function: audit}, {firehose: lake}]
      - {name: other, pattern: {detail-type: [Other]}, targets: [{queue: jobs, dlq: of-another-rule}]}
      - {name: off, disabled: true, pattern: {source: [x]}, targets: [{queue: jobs, dlq: of-a-disabled-rule}]}
  done:
    rules:
      - {name: results, pattern: {source: [lambda]}, targets: [{function: count}]}
      - {name: shop-only, pattern: {source: [shop]}, targets: [{function: never}]}
queues:
  jobs: {consumers: [{function: mailer, on_failure: {topic: alarms}}]}
  jobs-failed: {consumers: [{function: redrive}]}
topics:
  alarms: {subscriptions: [{queue: on-call}, {endpoint: 'https://pager.example.com'}]}
routes:
  - {kind: redrive, from: {queue: jobs}, to: {queue: jobs-failed}}
  - {kind: on-failure, from: {function: audit}, to: {queue: audit-failed}}
  - {kind: on-success, from: {function: audit}, to: {bus: done}}
  - {kind: on-failure, from: {function: mailer}, to: {queue: of-asynchronous-invocations}}
  - {kind: delivery, from: {firehose: lake}, to: {bucket: events}}
  - {kind: on-failure, from: {firehose: lake}, to: {bucket: broken-events}}
resources:
  - {queue: jobs-failed, encryption: aws-managed, retention: 14d}
";

/// The flow of the bus, to a consumer, over the queue if it polls it.
fn edge(kind: PartyKind, consumer: &str, is_polled: bool) -> EdgeKey {
    let mut key = key("orders", consumer, Basis::Matched);
    key.flow.consumer = Party::new(kind, name(consumer));
    key.flow.channels.truncate(if is_polled { 2 } else { 1 });
    key
}

async fn store() -> MemoryStore {
    let mut ledger = Ledger::default();
    for key in [
        edge(PartyKind::Function, "mailer", true),
        edge(PartyKind::Function, "audit", false),
        edge(PartyKind::Firehose, "lake", false),
    ] {
        let facts = facts(3, DataClass::CreditCard, "$.card");
        ledger.add_edge(day("2026-11-20"), key, &facts);
    }
    let store = store_of(ledger).await;
    let topology = Topology::parse(TOPOLOGY).unwrap();
    store
        .put_topology(day("2026-11-01"), &topology)
        .await
        .unwrap();
    store
}

async fn map(store: &MemoryStore, more: Value) -> Value {
    let mut asked = json!({ "report": "map", "format": "json" });
    asked
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let asked = Request::from_value(asked).unwrap();
    let Body::Data(data) = answer(store, &asked, now()).await.unwrap().body else {
        panic!("json is data");
    };
    data
}

fn kept_by(map: &Value, consumer: &str) -> Vec<String> {
    let edges = map["edges"].as_array().unwrap();
    let edge = edges.iter().find(|edge| edge["consumer"] == consumer);
    let keepers = edge.unwrap()["kept_by"].as_array();
    let text = |keeper: &Value| {
        format!(
            "{} {}",
            keeper["when"].as_str().unwrap(),
            keeper["name"].as_str().unwrap()
        )
    };
    keepers.into_iter().flatten().map(text).collect()
}

#[tokio::test]
async fn the_logs_of_a_bus_and_of_a_state_machine_keep_events_if_they_have_their_data() {
    let mut ledger = Ledger::default();
    let key = edge(PartyKind::StateMachine, "checkout", false);
    ledger.add_edge(
        day("2026-11-20"),
        key,
        &facts(3, DataClass::CreditCard, "$.card"),
    );
    let store = store_of(ledger).await;
    let topology = Topology::parse(
        "
version: 1
buses: {shop: {rules: [{name: r, pattern: {source: [orders]}, targets: [{state_machine: checkout}]}]}}
routes:
  - {kind: logs, from: {bus: shop}, to: {log_group: of-the-bus}}
  - {kind: logs, from: {state_machine: checkout}, to: {log_group: of-executions}, filter: errors}
",
    )
    .unwrap();
    let from = day("2026-11-01");
    store.put_topology(from, &topology).await.unwrap();
    assert_eq!(
        kept_by(&map(&store, json!({})).await, "state-machine/checkout"),
        [
            "on-failure log-group/of-executions",
            "always log-group/of-the-bus",
        ]
    );
}

#[tokio::test]
async fn an_edge_names_what_keeps_its_events_and_when() {
    let map = map(&store().await, json!({})).await;
    assert_eq!(
        kept_by(&map, "function/mailer"),
        [
            "on-failure queue/on-call",
            "on-failure topic/alarms",
            "on-failure function/redrive",
            "on-failure dead-letter-queue/jobs-failed",
            "on-failure dead-letter-queue/undelivered",
            "on-failure endpoint/https://pager.example.com",
        ]
    );
    assert_eq!(
        kept_by(&map, "function/audit"),
        [
            "on-success bus/done",
            "on-success function/count",
            "on-failure dead-letter-queue/audit-failed",
        ]
    );
    assert_eq!(
        kept_by(&map, "firehose/lake"),
        ["on-failure bucket/broken-events", "always bucket/events"]
    );
}

#[tokio::test]
async fn a_rule_for_the_events_of_another_source_keeps_nothing_of_them() {
    let mut ledger = Ledger::default();
    let key = edge(PartyKind::Function, "mailer", false);
    let producer = key.flow.producer.name.as_ref().unwrap().to_string();
    ledger.add_edge(
        day("2026-11-20"),
        key,
        &facts(3, DataClass::CreditCard, "$.card"),
    );
    let store = store_of(ledger).await;
    let topology = Topology::parse(&format!(
        "
version: 1
buses: {{shop: {{rules: [
  {{name: other, pattern: {{source: [some.other]}}, targets: [{{function: mailer, dlq: of-others}}]}},
  {{name: own, pattern: {{source: [{producer}]}}, targets: [{{function: mailer, dlq: of-these}}]}}]}}}}
"
    ))
    .unwrap();
    let from = day("2026-11-01");
    store.put_topology(from, &topology).await.unwrap();
    assert_eq!(
        kept_by(&map(&store, json!({})).await, "function/mailer"),
        ["on-failure dead-letter-queue/of-these"]
    );
}

#[tokio::test]
async fn a_keeper_says_how_and_for_how_long_it_keeps_events() {
    let map = map(
        &store().await,
        json!({ "filters": { "consumer": "mailer" } }),
    )
    .await;
    let keepers = map["edges"][0]["kept_by"].as_array().unwrap();
    let keeper = |name: &str| keepers.iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(
        keeper("dead-letter-queue/jobs-failed"),
        &json!({
            "name": "dead-letter-queue/jobs-failed", "kind": "dead-letter-queue", "home": null,
            "when": "on-failure", "encryption": "aws-managed", "retention": "14d",
        })
    );
    assert_eq!(keeper("topic/alarms")["encryption"], "unknown");
}

#[tokio::test]
async fn the_topology_of_the_last_day_asked_for_says_what_keeps_events() {
    let store = store().await;
    let later = Topology::parse("version: 1\nqueues: {jobs: {}}").unwrap();
    store.put_topology(day("2026-11-21"), &later).await.unwrap();
    let map_then = map(&store, json!({ "to": "2026-11-20" })).await;
    assert_eq!(kept_by(&map_then, "function/audit").len(), 3);
    let map_now = map(&store, json!({})).await;
    assert_eq!(kept_by(&map_now, "function/audit"), [""; 0]);
    let map_before = map(&store, json!({ "to": "2026-10-31" })).await;
    assert_eq!(map_before["edges"], json!([]));
}

#[tokio::test]
async fn every_format_shows_what_keeps_events() {
    let store = store().await;
    for format in render::names() {
        let asked = Request::from_value(json!({ "report": "map", "format": format })).unwrap();
        let text = body_of(answer(&store, &asked, now()).await.unwrap().body);
        for keeper in ["dead-letter-queue/jobs-failed", "bucket/events", "bus/done"] {
            assert!(text.contains(keeper), "{format}: {keeper} in {text}");
        }
    }
}

#[tokio::test]
async fn a_note_says_what_is_kept_in_one_sentence() {
    let asked = Request::from_value(json!({ "report": "map", "format": "table" })).unwrap();
    let text = body_of(answer(&store().await, &asked, now()).await.unwrap().body);
    let expected = "on failure: dead-letter-queue/jobs-failed keeps what function/mailer receives: \
                    CREDIT_CARD (encryption aws-managed, kept 14d)";
    assert!(text.contains(expected), "{text}");
}

#[tokio::test]
async fn a_map_of_a_store_without_a_topology_says_that_what_keeps_events_is_unknown() {
    let store = MemoryStore::default();
    let caveats = async |consumer: &str| {
        let mut ledger = Ledger::default();
        let key = edge(PartyKind::Function, consumer, false);
        ledger.add_edge(
            day("2026-11-20"),
            key,
            &facts(3, DataClass::CreditCard, "$.card"),
        );
        let batch = Batch {
            at: now(),
            receipts: BTreeSet::new(),
            ledger,
            sightings: Sightings::default(),
        };
        store.record(&batch).await.unwrap();
        let asked = Request::from_value(json!({ "report": "map", "format": "json" })).unwrap();
        answer(&store, &asked, now()).await.unwrap().caveats
    };
    let said = caveats("mailer").await;
    assert!(
        said[0].starts_with("the store has no topology of 2026-11-21"),
        "{said:?}"
    );
}
