//! Tests that a function answers before Lambda ends it, whatever AWS does: it reports what was not
//! done, and unreported records are delivered again.
//!
//! A function stops waiting 2.25 seconds before its end. The tests accept answers until one second
//! before it, because they share the machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::machine_room::loopback::{Answered, Call, Does, Function};

/// The time that must be left of an invocation after its answer.
const SPARE: Duration = Duration::from_secs(1);

const SECRET: (&str, &str) = ("PIITRAIL_SUBJECT_KEY_SECRET", "subject-keys");
const BUS: (&str, &str) = ("PIITRAIL_ANNOUNCE_BUS", "shop");

/// Answers every call with success, as an empty table does.
fn works(call: &Call<'_>) -> Does {
    Does::Answers(match call.target.split_once('.').unwrap().1 {
        "Query" => json!({ "Count": 0, "Items": [] }),
        "BatchGetItem" => json!({ "Responses": {}, "UnprocessedKeys": {} }),
        "PutEvents" => json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "1" }] }),
        _ => json!({}),
    })
}

fn is_write(call: &Call<'_>) -> bool {
    [
        "PutItem",
        "UpdateItem",
        "TransactWriteItems",
        "BatchWriteItem",
    ]
    .iter()
    .any(|operation| call.target.ends_with(operation))
}

fn messages(count: usize) -> Value {
    let message = |n: usize| {
        json!({
            "messageId": format!("m-{n}"),
            "receiptHandle": "r",
            // This domain is not reserved for examples, because test data is not announced.
            "body": json!({ "email": "jane.doe@gmail.com" }).to_string(),
            "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1795687200000" },
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:jobs",
            "awsRegion": "eu-west-1",
        })
    };
    json!({ "Records": (0..count).map(message).collect::<Vec<_>>() })
}

/// Invokes a function with this many seconds left, and asserts that the answer came in time.
fn in_time(function: &Function, event: &Value, seconds: u64) -> Answered {
    let left = Duration::from_secs(seconds);
    let answer = function.invoke(event, left);
    // With almost no time left the function answers at once.
    let limit = left.saturating_sub(SPARE).max(Duration::from_millis(900));
    assert!(answer.took < limit, "{seconds} s left: {answer:?}");
    answer
}

/// Returns the number of messages that a tracer's answer names as failed.
fn failed(answer: &Answered) -> usize {
    assert!(!answer.is_error, "{answer:?}");
    answer.payload["batchItemFailures"]
        .as_array()
        .map_or(0, Vec::len)
}

#[test]
fn a_tracer_that_cannot_read_the_topology_fails_before_its_end() {
    let tracer = Function::start("tracer", &[], |call| {
        if call.is_init {
            Does::Fails
        } else {
            Does::Hangs
        }
    });
    let answer = in_time(&tracer, &messages(3), 5);
    assert!(answer.is_error, "{answer:?}");
    assert_eq!(answer.payload["errorType"], "TopologyUnavailable");
}

#[test]
fn a_tracer_names_every_message_that_a_hanging_table_did_not_take() {
    let tracer = Function::start("tracer", &[], |call| {
        if is_write(call) {
            Does::Hangs
        } else {
            works(call)
        }
    });
    assert_eq!(failed(&in_time(&tracer, &messages(5_000), 6)), 5_000);
}

#[test]
fn a_tracer_names_every_message_that_a_failing_table_did_not_take() {
    let tracer = Function::start("tracer", &[], |call| {
        if is_write(call) {
            Does::Fails
        } else {
            works(call)
        }
    });
    for seconds in [1, 4] {
        assert_eq!(failed(&in_time(&tracer, &messages(3), seconds)), 3);
    }
}

#[test]
fn a_bus_that_hangs_fails_no_record() {
    let sends = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sends);
    let tracer = Function::start("tracer", &[BUS], move |call| {
        if call.target == "AWSEvents.PutEvents" {
            counted.fetch_add(1, Ordering::Relaxed);
            Does::Hangs
        } else {
            works(call)
        }
    });
    assert_eq!(failed(&in_time(&tracer, &messages(3), 4)), 0);
    assert!(
        sends.load(Ordering::Relaxed) > 0,
        "nothing was sent to the bus"
    );
}

#[test]
fn a_secret_that_hangs_leaves_time_to_count_the_records() {
    let tracer = Function::start("tracer", &[SECRET], |call| {
        match call.target.starts_with("secretsmanager") {
            true if call.is_init => Does::Fails,
            true => Does::Hangs,
            false => works(call),
        }
    });
    assert_eq!(failed(&in_time(&tracer, &messages(3), 6)), 0);
}

#[test]
fn a_report_that_cannot_be_finished_says_so_before_its_end() {
    let report = Function::start("report", &[], |call| {
        if call.is_init {
            works(call)
        } else {
            Does::Hangs
        }
    });
    for seconds in [2, 5] {
        let request = json!({ "report": "map", "format": "table" });
        let answer = in_time(&report, &request, seconds);
        assert_eq!(answer.payload["errorType"], "OutOfTime", "{answer:?}");
        let message = answer.payload["errorMessage"].as_str().unwrap();
        assert!(message.contains("no time left to read"), "{message}");
    }
}

#[test]
fn a_roll_up_says_what_it_did_not_do_before_its_end() {
    let rollup = Function::start("rollup", &[BUS], |_| Does::Hangs);
    let answer = in_time(&rollup, &json!({}), 4);
    assert_eq!(answer.payload["errorType"], "RollUpAndAnnouncementFailed");
}

#[test]
fn an_outbox_that_is_longer_than_the_time_gets_shorter() {
    // Three thousand announcements whose batches have expired. Each has to be removed from the
    // outbox.
    const ENTRIES: usize = 3_000;
    let sk = |n: usize| {
        format!(
            "2026-11-01T00:00:{:02}.{:03}Z#{n:032x}#0",
            n / 1_000,
            n % 1_000
        )
    };
    let rollup = Function::start("rollup", &[BUS], move |call| {
        let answer = match call.target.split_once('.').unwrap().1 {
            "Query" if call.body["ExpressionAttributeValues"][":pk"]["S"] == "outbox" => {
                let after = call.body["ExclusiveStartKey"]["sk"]["S"].as_str();
                let from = after.map_or(0, |after| {
                    usize::from_str_radix(after.split('#').nth(1).unwrap(), 16).unwrap() + 1
                });
                let limit = call.body["Limit"].as_u64().unwrap_or(100);
                let to = ENTRIES.min(from + usize::try_from(limit).unwrap());
                let key = |n| json!({ "pk": { "S": "outbox" }, "sk": { "S": sk(n) } });
                let mut answer = json!({ "Items": (from..to).map(key).collect::<Vec<_>>() });
                if to < ENTRIES {
                    answer["LastEvaluatedKey"] = key(to - 1);
                }
                answer
            }
            _ => match works(call) {
                Does::Answers(answer) => answer,
                _ => json!({}),
            },
        };
        Does::Takes(Duration::from_millis(5), answer)
    });
    let answer = in_time(&rollup, &json!({}), 5);
    assert!(!answer.is_error, "{answer:?}");
    assert_eq!(answer.payload["unfinished"], json!(["announcements"]));
}
