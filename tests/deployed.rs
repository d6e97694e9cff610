//! Tests the deployed system: template.yaml, the real binaries, a thousand events over a bus, a
//! poison message, a redelivery, and every number of the map that the report function draws.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::command_line::piitrail;
use crate::machine_room::{MachineRoom, Stack, wait_for};
use crate::shop;

/// The number of redelivered events: the tracer counts them, "crashes" before the queue is told,
/// and the queue delivers them again.
const REDELIVERED: usize = 40;

/// A message that begins as JSON and is cut off.
const POISON: &str = r#"{"detail": {"customer": "cut o"#;

#[test]
fn the_deployed_stack_draws_the_map_of_what_was_sent_number_by_number() {
    let room = MachineRoom::start();
    let stack = Stack::deploy(&room);
    let aws = room.aws();
    import_topology(&room, &stack);
    let news = aws.queue_of_events("news", Stack::BUS, &json!({ "source": ["piitrail"] }));

    let mut events = shop::events();
    let redelivered = events.split_off(events.len() - REDELIVERED);
    aws.put_events(&events);
    stack.wait_until_read();

    stack.feed_tracer(false);
    aws.put_events(&redelivered);
    count_without_telling_the_queue(&room, &stack);
    stack.feed_tracer(true);
    stack.wait_until_read();

    stack.hurry_retries();
    let tap = stack.output("TapQueueUrl");
    assert_eq!(
        aws.send_message(tap, POISON),
        Err(403),
        "who is not the rule"
    );
    let poison = stack.send_past_the_policy(POISON);
    let dead = wait_for(
        "the poison in the dead letters",
        Duration::from_mins(1),
        || {
            aws.receive_messages(stack.output("DeadLettersUrl"), 0)
                .into_iter()
                .next()
        },
    );
    assert_eq!(
        (&dead["MessageId"], &dead["Body"]),
        (&json!(poison), &json!(POISON))
    );
    assert_eq!(aws.queue_depth(stack.output("DeadLettersUrl")), (1, 0));

    let answer = stack.report(&json!({ "report": "map" }));
    let map = &answer["body"];
    everything_new_was_said_once(aws.events_in(&news), map);

    // The roll-up changes nothing on the map. Batches that were just written are not merged yet.
    let rolled = aws.invoke(stack.output("RollupFunctionName"), &json!({}));
    assert_eq!(rolled.error, None, "{}", rolled.payload);
    assert_eq!(rolled.payload["announced"], 0, "{}", rolled.payload);
    let again = stack.report(&json!({ "report": "map" }));
    assert_eq!(again["body"], *map);

    let drawn: Vec<_> = map["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(counts)
        .collect();
    assert_eq!(json!(drawn), shop::edges(), "{map:#}");
    let coverage = json!([{
        "place": "bus/shop",
        // The home of the tap's queue. A machine room has one account.
        "home": { "account": "000000000000", "region": crate::machine_room::REGION },
        "deliveries": shop::EVENTS,
        // It counts once, although it was delivered five times.
        "unreadable": { "not_json": 1 },
        "limits": {},
    }]);
    assert_eq!(map["coverage"], coverage);

    assert_eq!(
        piitrail(
            &room,
            &[
                "report",
                "map",
                "--format",
                "json",
                "--store",
                &store(&stack)
            ]
        ),
        format!("{map:#}\n"),
        "the command line and the function answer alike"
    );
}

/// Asserts that each class of each edge of the map was announced exactly once.
fn everything_new_was_said_once(events: Vec<Value>, map: &Value) {
    let mut said: Vec<Value> = events
        .into_iter()
        .map(|mut event| {
            assert_eq!(event["detail-type"], "Data class first seen");
            let mut detail = event["detail"].take();
            assert_eq!(detail["version"], "1");
            assert!(
                detail["paths"]
                    .as_array()
                    .is_some_and(|paths| !paths.is_empty())
            );
            for field in ["channels", "class", "consumer", "eventType", "producer"] {
                assert!(!detail[field].is_null(), "{detail}");
            }
            json!([
                detail["producer"].take(),
                detail["consumer"].take(),
                detail["channels"].take(),
                detail["eventType"].take(),
                detail["class"].take(),
            ])
        })
        .collect();
    let mut expected: Vec<Value> = Vec::new();
    for edge in map["edges"].as_array().unwrap() {
        for class in edge["classes"].as_array().unwrap() {
            if class["only_test_data"] != true {
                expected.push(json!([
                    edge["producer"],
                    edge["consumer"],
                    edge["channels"],
                    edge["event_type"],
                    class["class"],
                ]));
            }
        }
    }
    said.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(said, expected);
}

/// Returns an edge in the form of the expected map: without its times and other fields of its
/// classes.
fn counts(edge: &Value) -> Value {
    let (first, last) = (edge["first_seen"].as_str(), edge["last_seen"].as_str());
    assert!(first.is_some() && first <= last, "{edge}");
    let classes: BTreeMap<_, _> = edge["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| {
            let facts = json!({ "events": class["events"], "paths": class["paths"] });
            (class["class"].as_str().unwrap(), facts)
        })
        .collect();
    json!({
        "producer": edge["producer"],
        "consumer": edge["consumer"],
        "channels": edge["channels"],
        "event_type": edge["event_type"],
        "basis": edge["basis"],
        "events": edge["events"],
        "events_with_findings": edge["events_with_findings"],
        "classes": classes,
    })
}

fn store(stack: &Stack<'_>) -> String {
    format!("dynamodb://{}", stack.output("TableName"))
}

fn import_topology(room: &MachineRoom, stack: &Stack<'_>) {
    let file = room.folder().join("topology.json");
    fs::write(&file, shop::topology().to_string()).unwrap();
    piitrail(
        room,
        &[
            "topology",
            "import",
            file.to_str().unwrap(),
            "--store",
            &store(stack),
        ],
    );
}

/// Receives the waiting messages as an event source mapping does, lets the tracer count them, and
/// does not delete them. For the queue the tracer has crashed after its write.
fn count_without_telling_the_queue(room: &MachineRoom, stack: &Stack<'_>) {
    let aws = room.aws();
    let mut records = Vec::new();
    while records.len() < REDELIVERED {
        let messages = aws.receive_messages(stack.output("TapQueueUrl"), 5);
        records.extend(messages.iter().map(|message| {
            json!({
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": stack.output("TapQueueArn"),
                "awsRegion": crate::machine_room::REGION,
            })
        }));
    }
    let answer = aws.invoke(
        stack.output("TracerFunctionName"),
        &json!({ "Records": records }),
    );
    assert_eq!(answer.error, None, "{answer:?}");
    assert_eq!(answer.payload, json!({ "batchItemFailures": [] }));
}
