//! Claims about events that are not read whole: their edge says so, and gives the reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use piitrail_detect::Unread;

use super::*;
use crate::counts::{KnownOrLater, UnreadEvents};
use crate::store::Retention;

/// Returns the facts of the only edge that a payload gives.
async fn facts_of(payload: &str) -> EdgeFacts {
    let store = MemoryStore::default();
    let outcome = count(&store, payload).await;
    assert!(outcome.is_clean(), "{outcome:?}");
    let mut edges = ledger_in(&store).await.edges;
    assert_eq!(edges.len(), 1, "{payload}");
    edges.pop_first().unwrap().1
}

async fn facts_of_body(body: &str) -> EdgeFacts {
    facts_of(&batch(&[message("m-1", body, 1)])).await
}

/// Returns a stream record with these bytes as its data.
fn record(data: &[u8]) -> String {
    json!({ "Records": [{
        "eventSource": "aws:kinesis",
        "eventSourceARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
        "kinesis": { "sequenceNumber": "1", "partitionKey": "p", "data": STANDARD.encode(data) },
    }] })
    .to_string()
}

fn names(unread: &UnreadEvents) -> Vec<&str> {
    unread.keys().map(KnownOrLater::name).collect()
}

fn noise(mark: &[u8]) -> Vec<u8> {
    let noise = (0..300_u32).map(|n| u8::try_from(n * 7919 % 128).unwrap() | 0x80);
    mark.iter().copied().chain(noise).collect()
}

const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const KMS: &[u8] = &[1, 2, 2, 0, 0x78];
const ARMOUR: &str =
    "-----BEGIN PGP MESSAGE-----\n\nhQEMA5b2Xh1kRzKDAQf/ZmFrZQ==\n-----END PGP MESSAGE-----";

#[tokio::test]
async fn a_body_that_cannot_be_read_is_unreadable_for_a_reason() {
    let pointer = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]"#;
    let notification = json!({
        "Type": "Notification", "MessageId": "n-1", "Message": pointer,
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:news",
    })
    .to_string();
    for (body, reason) in [
        (ARMOUR, "encrypted"),
        (&STANDARD.encode(noise(KMS)), "encrypted"),
        (&STANDARD.encode(noise(ZSTD)), "compressed"),
        (pointer, "stored_elsewhere"),
        (&notification, "stored_elsewhere"),
        (r#"{"s3BucketName":"b","s3Key":"k"}"#, "stored_elsewhere"),
        ("s3://claims/2026/7.json", "stored_elsewhere"),
        (&STANDARD.encode(noise(b"")), "binary"),
    ] {
        let facts = facts_of_body(body).await;
        assert_eq!(names(&facts.unread), [reason], "{body}");
        assert_eq!(
            (facts.events, facts.unreadable, facts.part_unread),
            (1, 1, 0)
        );
    }
}

#[tokio::test]
async fn bytes_of_a_stream_that_are_no_text_are_unreadable_for_a_reason() {
    for (data, reason) in [
        (noise(KMS), "encrypted"),
        (noise(ZSTD), "compressed"),
        (noise(b"BZh91AY"), "compressed"),
        (noise(b"Obj\x01"), "binary"),
        (noise(b"PAR1"), "binary"),
        (noise(b""), "binary"),
        (b"\0\0\0\0\x07\x0cAmelia\x02".to_vec(), "binary"),
    ] {
        let facts = facts_of(&record(&data)).await;
        assert_eq!(names(&facts.unread), [reason], "{data:?}");
        assert_eq!((facts.unreadable, facts.part_unread), (1, 0), "{data:?}");
    }
}

#[tokio::test]
async fn a_part_that_cannot_be_read_leaves_the_rest_and_says_so() {
    let detail = json!({
        "email": "ada@analytical-engines.org",
        "body": STANDARD.encode(noise(ZSTD)), "isBase64Encoded": true,
    });
    let facts = facts_of(&event("e-1", &detail).to_string()).await;
    assert_eq!(names(&facts.unread), ["compressed"]);
    assert_eq!((facts.unreadable, facts.part_unread), (0, 1));
    assert_eq!(facts.classes[&DataClass::EmailAddress].events, 1);

    for (detail, reason) in [
        (json!({ "bucket": "b", "key": "k" }), "stored_elsewhere"),
        (
            json!({ "claimCheck": "s3://claims/2026/7.json" }),
            "stored_elsewhere",
        ),
        (
            json!({ "ciphertext": STANDARD.encode(noise(b"")), "iv": "48V1" }),
            "encrypted",
        ),
    ] {
        let facts = facts_of(&event("e-1", &detail).to_string()).await;
        assert_eq!(names(&facts.unread), [reason], "{detail}");
        assert_eq!((facts.unreadable, facts.part_unread), (0, 1));
    }
    let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(300), "]".repeat(300));
    assert_eq!(names(&facts_of_body(&deep).await.unread), ["depth"]);
}

#[tokio::test]
async fn what_was_read_whole_is_not_unread() {
    for body in [
        r#"{"email":"ada@analytical-engines.org"}"#,
        "a line of a log",
        r#"{"bucket":"b","key":"k","size":7,"customer":"Ada Lovelace"}"#,
    ] {
        let facts = facts_of_body(body).await;
        assert_eq!((facts.unreadable, facts.part_unread), (0, 0), "{body}");
        assert!(facts.unread.is_empty());
    }
}

#[tokio::test]
async fn text_in_utf_16_and_utf_32_is_read() {
    let text = r#"{"email":"ada@analytical-engines.org"}"#;
    let little = |unit: u16| unit.to_le_bytes();
    let utf_16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(little))
        .collect();
    let utf_32: Vec<u8> = [0, 0, 0xfe, 0xff]
        .into_iter()
        .chain(text.chars().flat_map(|c| u32::from(c).to_be_bytes()))
        .collect();
    for data in [utf_16, utf_32, [b"\xef\xbb\xbf", text.as_bytes()].concat()] {
        let facts = facts_of(&record(&data)).await;
        assert!(facts.classes.contains_key(&DataClass::EmailAddress));
        assert_eq!((facts.unreadable, facts.part_unread), (0, 0));
    }
}

#[tokio::test]
async fn months_know_what_was_not_read() {
    let store = MemoryStore::default();
    let both = batch(&[
        message("m-1", ARMOUR, 1),
        message(
            "m-2",
            r#"{"payload":"vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zo"}"#,
            1,
        ),
    ]);
    let outcome = count(&store, &both).await;
    assert_eq!(outcome.unread_events, 2);
    assert_eq!(outcome.unread[&Unread::Encrypted.into()], 2);
    let later = now() + jiff::SignedDuration::from_hours(48);
    store.roll_up(later, &Retention::default()).await.unwrap();
    let sum = Query::sum(Span::default(), later);
    let ledger = read_all(&store, &sum).await.unwrap().ledger;
    let facts = ledger.edges.values().next().unwrap();
    assert_eq!((facts.unreadable, facts.part_unread), (1, 1));
    assert_eq!(facts.unread[&Unread::Encrypted.into()], 2);
}
