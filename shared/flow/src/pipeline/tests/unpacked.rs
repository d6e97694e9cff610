//! Claims about messages that unpack to much more than their size.

use std::io::Write as _;

use base64::Engine as _;

use super::*;
use crate::envelope::Reason;
use crate::pipeline::FailureReason;

const MEGABYTE: usize = 1_000_000;

/// Returns the body of a message with a CloudWatch Logs subscription whose log events have these
/// texts.
fn logs(events: &[String]) -> String {
    let events: Vec<Value> = events
        .iter()
        .enumerate()
        .map(|(id, text)| json!({ "id": id.to_string(), "message": text }))
        .collect();
    let unpacked = json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/aws/lambda/checkout",
        "logEvents": events,
    });
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(unpacked.to_string().as_bytes()).unwrap();
    let data = base64::engine::general_purpose::STANDARD.encode(packed.finish().unwrap());
    json!({ "awslogs": { "data": data } }).to_string()
}

/// Returns 42 KB that unpack to this number of megabytes.
fn bomb(megabytes: usize) -> String {
    logs(&["-".repeat(megabytes * MEGABYTE)])
}

fn log_event(line: &str) -> String {
    line.repeat(2_180 / line.len())
}

#[tokio::test]
async fn messages_that_unpack_to_much_do_not_fail_their_neighbours() {
    let store = MemoryStore::default();
    let bomb = bomb(31);
    assert!((40_000..44_000).contains(&bomb.len()), "{}", bomb.len());
    let messages: Vec<Value> = (0..500)
        .map(|n| match n {
            100 | 250 | 499 => message(&format!("m-{n}"), &bomb, 1),
            _ => order(&format!("m-{n}"), 1),
        })
        .collect();
    let outcome = count(&store, &batch(&messages)).await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::new()), "{outcome:?}");
    assert_eq!(events_in(&store).await, 500);
}

#[tokio::test]
async fn a_message_that_unpacks_to_more_than_the_limit_fails_alone_by_its_id() {
    let store = MemoryStore::default();
    let bomb = bomb(34);
    let messages: Vec<Value> = (0..20)
        .map(|n| match n % 7 {
            3 => message(&format!("m-{n}"), &bomb, 1),
            _ => order(&format!("m-{n}"), 1),
        })
        .collect();
    let outcome = count(&store, &batch(&messages)).await;
    assert_eq!(
        outcome.failed_items(),
        Some(BTreeSet::from(["m-10", "m-17", "m-3"]))
    );
    assert!(
        outcome
            .unreadable
            .iter()
            .all(|failed| { failed.reason == FailureReason::Unreadable(Reason::TooLarge) })
    );
    assert_eq!(events_in(&store).await, 17);
}

#[tokio::test]
async fn a_message_of_many_records_that_cannot_be_read_fails_once() {
    let lines = vec![String::from("x"); 3];
    let damaged = logs(&lines).replace("awslogs", "other");
    let records = json!({ "Records": [1, 2, 3, { "eventSource": "aws:s3" }] }).to_string();
    let store = MemoryStore::default();
    let messages = [message("m-1", &records, 1), message("m-2", &damaged, 1)];
    let outcome = count(&store, &batch(&messages)).await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::from(["m-1"])));
    assert_eq!(outcome.unreadable.len(), 1);
}

#[tokio::test]
async fn ordinary_log_messages_that_add_up_to_much_are_all_counted() {
    let store = MemoryStore::default();
    let line = log_event("a request took 12 milliseconds to be answered; ");
    let body = logs(&vec![line; 100]);
    let messages: Vec<Value> = (0..297)
        .map(|n| message(&format!("m-{n}"), &body, 1))
        .collect();
    let outcome = count(&store, &batch(&messages)).await;
    assert_eq!(outcome.failed_items(), Some(BTreeSet::new()));
    assert_eq!(events_in(&store).await, 297 * 100);
}

/// Messages are received up to five times in batches of 500, each time in another order.
#[tokio::test]
async fn ten_bombs_put_none_of_four_thousand_messages_into_the_dead_letters() {
    let store = MemoryStore::default();
    let bomb = bomb(31);
    let too_large = self::bomb(34);
    let body = |n: usize| match n % 400 {
        7 if n < 2_000 => Some(&bomb),
        7 => Some(&too_large),
        _ => None,
    };
    let mut queue: Vec<usize> = (0..4_000).collect();
    for receive in 1..=5 {
        // 1,259 is prime, so each round has another order of all messages.
        queue.sort_by_key(|n| (n * 1_259 * receive as usize) % 4_001);
        let mut failed = Vec::new();
        for numbers in queue.chunks(500) {
            let messages: Vec<Value> = numbers
                .iter()
                .map(|n| match body(*n) {
                    Some(body) => message(&format!("m-{n}"), body, receive),
                    None => order(&format!("m-{n}"), receive),
                })
                .collect();
            let outcome = count(&store, &batch(&messages)).await;
            match outcome.failed_items() {
                Some(items) => failed.extend(
                    numbers
                        .iter()
                        .filter(|n| items.contains(&*format!("m-{n}"))),
                ),
                None => failed.extend(numbers),
            }
        }
        queue = failed;
    }
    queue.sort_unstable();
    assert_eq!(queue, [2_007, 2_407, 2_807, 3_207, 3_607]);
    assert_eq!(events_in(&store).await, 3_995);
}

#[test]
fn opened_records_are_held_up_to_a_bound() {
    let bomb = bomb(31);
    let small = logs(&vec![log_event("-"); 450]);
    let mut messages = vec![message("m-0", &bomb, 1); 4];
    messages.extend(vec![message("m-1", &small, 1); 40]);
    let payload = batch(&messages);
    let mut records = Records::default();
    records.open(payload.as_bytes(), "invocation:1", 0);
    let mut held = Vec::new();
    loop {
        let opened = records.open_some(BATCH_MAX * 1_000);
        if opened.is_empty() {
            break;
        }
        held.push(opened.iter().map(|record| record.opened.weight()).sum());
    }
    assert!(
        held.iter().all(|bytes: &usize| *bytes < 40 * MEGABYTE),
        "{held:?}"
    );
    assert_eq!(held[..4].len(), 4);
    assert!(held.len() >= 6, "{held:?}");
}
