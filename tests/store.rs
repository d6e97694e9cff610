//! Tests the store in DynamoDB with the suite that every store must pass, against an emulated
//! table.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use jiff::Timestamp;
use piitrail_aws::dynamodb::DynamoStore;
use piitrail_detect::Engine;
use piitrail_flow::pipeline::{Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::{Retention, conformance};
use piitrail_flow::topology::Topology;
use piitrail_flow::vocabulary::Vocabulary;
use serde_json::{Value, json};

use crate::machine_room::{MachineRoom, REGION};
use crate::shop;

#[tokio::test]
async fn dynamodb_passes_the_suite_of_every_store() {
    let room = MachineRoom::start();
    let tables = AtomicU32::new(0);
    conformance::run(|| {
        let table = format!("store-{}", tables.fetch_add(1, Ordering::Relaxed));
        create(&room, &table);
        let store = DynamoStore::new(client(&room), table);
        async { store }
    })
    .await;
}

/// The maximum number of write units of a batch of a hundred of the shop's events. `cargo test -p
/// piitrail-tests store -- --nocapture` prints the actual number.
const UNITS_OF_A_BATCH: f64 = 10.0;

#[tokio::test]
async fn what_a_batch_costs_follows_its_edges_and_not_its_events() {
    let room = MachineRoom::start();
    create(&room, "store");
    let store = DynamoStore::new(client(&room), "store");
    let engine = Arc::new(Engine::new());
    let topology = Topology::parse(&shop::topology().to_string()).unwrap();
    let router = Router::new(&topology, &engine).with_tap("tap", "shop");
    let tracer = Tracer {
        engine: &engine,
        router: &router,
        store: &store,
        fingerprinting: None,
        vocabulary: &Vocabulary::default(),
        keep: Retention::default(),
    };
    let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();

    let events = shop::events();
    let mut total = 0.0;
    for (number, batch) in events.chunks(100).enumerate() {
        let payload = sqs_batch(batch, number).to_string();
        let mut records = Records::default();
        records.open(payload.as_bytes(), "invocation", 0);
        let outcome = tracer.count(records, now).await;
        assert!(outcome.is_clean(), "{outcome:?}");
        let units = store.take_units();
        // The first batches also mark what they show for the first time; `make cost` prints that
        // cost.
        if outcome.announcements.is_empty() {
            assert!(
                units.written <= UNITS_OF_A_BATCH,
                "batch {number} cost {units:?}"
            );
            assert!(
                units.read.abs() < f64::EPSILON,
                "nothing came again, and yet {units:?}"
            );
        } else {
            assert!(number < 3, "batch {number} showed something new");
        }
        total += units.written;
    }
    println!(
        "{total} write units for {} events in batches of 100",
        events.len()
    );
}

/// Returns the payload that the tap's queue passes to the tracer for these entries of `PutEvents`.
fn sqs_batch(entries: &[Value], number: usize) -> Value {
    let records: Vec<Value> = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
            let event = json!({
                "version": "0",
                "id": format!("event-{number}-{index}"),
                "detail-type": entry["DetailType"],
                "source": entry["Source"],
                "account": "123456789012",
                "time": "2026-11-21T11:59:00Z",
                "region": REGION,
                "resources": [],
                "detail": detail,
            });
            json!({
                "messageId": format!("message-{number}-{index}"),
                "body": event.to_string(),
                "attributes": { "ApproximateReceiveCount": "1" },
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:{REGION}:123456789012:tap"),
            })
        })
        .collect();
    json!({ "Records": records })
}

/// Creates an empty table with the keys of template.yaml.
pub(crate) fn create(room: &MachineRoom, table: &str) {
    let table = json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
    });
    room.aws()
        .json("dynamodb", "DynamoDB_20120810.CreateTable", &table);
}

pub(crate) fn client(room: &MachineRoom) -> Client {
    Client::from_conf(config(room).build())
}

pub(crate) fn config(room: &MachineRoom) -> aws_sdk_dynamodb::config::Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(room.aws().endpoint())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
}
