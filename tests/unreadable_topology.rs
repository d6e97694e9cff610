//! Tests that a topology that the tracer cannot read fails no record: the records are traced, and
//! the map says that their consumers could not be named. Records fail only if the table cannot be
//! reached (`deadlines.rs`).

use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::limit::Limit;
use serde_json::{Value, json};

use crate::machine_room::loopback::{Call, Does, Function};

const MESSAGES: u64 = 3;

fn gzip(text: &str) -> Value {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    json!({ "B": STANDARD.encode(packed.finish().unwrap()) })
}

/// Returns what a tracer records of messages while the table contains a topology with these facts.
fn traced(facts: Option<Value>) -> Ledger {
    let mut topology = json!({ "pk": { "S": "topology" }, "sk": { "S": "2026-11-01" } });
    if let Some(facts) = facts {
        topology["facts"] = facts;
    }
    let written = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&written);
    let tracer = Function::start("tracer", &[], move |call: &Call<'_>| {
        let operation = call.target.split_once('.').unwrap().1;
        if matches!(operation, "PutItem" | "TransactWriteItems") {
            seen.lock().unwrap().push(call.body.clone());
        }
        Does::Answers(match operation {
            "Query" if call.body["ExpressionAttributeValues"][":pk"]["S"] == "topology" => {
                json!({ "Count": 1, "Items": [topology] })
            }
            "Query" => json!({ "Count": 0, "Items": [] }),
            "BatchGetItem" => json!({ "Responses": {}, "UnprocessedKeys": {} }),
            _ => json!({}),
        })
    });
    let message = |n: u64| {
        json!({
            "messageId": format!("m-{n}"), "body": json!({ "email": "jane.doe@gmail.com" }).to_string(),
            "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1795687200000" },
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:jobs",
        })
    };
    let event = json!({ "Records": (0..MESSAGES).map(message).collect::<Vec<_>>() });
    let answer = tracer.invoke(&event, Duration::from_secs(20));
    assert!(!answer.is_error, "{answer:?}");
    assert_eq!(answer.payload["batchItemFailures"], json!([]));

    let mut ledger = Ledger::default();
    for call in written.lock().unwrap().iter() {
        let puts = call["TransactItems"].as_array().into_iter().flatten();
        let items = puts.map(|put| &put["Put"]["Item"]).chain([&call["Item"]]);
        for facts in items.filter_map(|item| item["facts"]["B"].as_str()) {
            ledger.merge(Ledger::unpack(&STANDARD.decode(facts).unwrap()).unwrap());
        }
    }
    ledger
}

fn consumers(ledger: &Ledger) -> Vec<String> {
    let edges = ledger.edges.keys();
    edges
        .map(|(_, edge)| edge.flow.consumer.to_string())
        .collect()
}

fn times_reached(ledger: &Ledger) -> u64 {
    let coverage = ledger.coverage.values();
    coverage
        .filter_map(|seen| seen.limits.get(&Limit::TopologyUnreadable.into()))
        .sum()
}

#[test]
fn records_are_traced_without_a_topology_that_cannot_be_read_and_the_coverage_says_so() {
    let known = r#"{"version":1,"queues":{"jobs":{"consumers":[{"function":"worker"}]}}}"#;
    let ledger = traced(Some(gzip(known)));
    assert_eq!(consumers(&ledger), ["function/worker"]);
    assert_eq!(times_reached(&ledger), 0);

    let with_a_new_field = known.replace("{\"version\"", "{\"zones\":[],\"version\"");
    let newer = known.replace(":1,", ":2,");
    let whole = gzip(known);
    let cut = &whole["B"].as_str().unwrap()[..40];
    for facts in [
        Some(gzip(&with_a_new_field)),
        Some(gzip(&newer)),
        Some(gzip("")),
        Some(json!({ "B": cut })),
        Some(json!({ "B": "" })),
        Some(json!({ "S": "text" })),
        None,
    ] {
        let name = format!("{facts:?}");
        let ledger = traced(facts);
        assert_eq!(consumers(&ledger), ["unattributed"], "{name}");
        assert_eq!(times_reached(&ledger), MESSAGES, "{name}");
    }
}
