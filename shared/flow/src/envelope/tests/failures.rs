//! Claims about records that cannot be read.

use super::*;

#[test]
fn one_unreadable_record_fails_alone_by_its_id() {
    let wrong_type =
        json!({ "messageId": "m-2", "body": 5, "eventSource": "aws:sqs", "eventSourceARN": QUEUE });
    let no_body = json!({ "messageId": "m-4", "eventSource": "aws:sqs", "eventSourceARN": QUEUE, "kinesis": 7 });
    let opened = open_json(&batch(&[
        message("m-1", "{}"),
        wrong_type,
        message("m-3", "{\"cut\": "),
        no_body,
        message("m-5", ""),
        message("m-6", "{}"),
    ]));
    assert_eq!(
        failures(&opened),
        [
            (Some("m-2"), Reason::WrongForm),
            (Some("m-3"), Reason::NotJson),
            (Some("m-4"), Reason::WrongForm),
            (Some("m-5"), Reason::Empty),
        ]
    );
    assert_eq!(opened.len(), 6);
}

#[test]
fn a_record_of_the_wrong_form_is_known_by_the_id_it_will_have_when_it_is_read() {
    let wrong =
        json!({ "messageId": "m-1", "body": 5, "eventSource": "aws:sqs", "eventSourceARN": QUEUE });
    let opened = open_json(&batch(&[wrong]));
    let Opened::Unreadable(failed) = &opened[0] else {
        panic!("was read")
    };
    assert_eq!(
        failed.arrival.id,
        only(&batch(&[message("m-1", "{}")])).arrival.id
    );
}

#[test]
fn stream_records_fail_alone_by_their_sequence_number() {
    let mut bad_base64 = kinesis_record(b"x");
    bad_base64["kinesis"]["data"] = json!("~~~");
    let mut bad_gzip = kinesis_record(b"x");
    bad_gzip["kinesis"]["data"] = json!("H4sIAAAA");
    let no_data = json!({ "eventSource": "aws:kinesis", "eventSourceARN": STREAM, "kinesis": { "sequenceNumber": "7" } });
    let bad_image = json!({
        "eventSource": "aws:dynamodb", "eventSourceARN": TABLE_STREAM, "eventName": "INSERT",
        "dynamodb": { "SequenceNumber": "8", "NewImage": { "a": "not an attribute value" } },
    });
    assert_eq!(
        failures(&open_json(&batch(&[
            bad_base64,
            bad_gzip,
            no_data,
            kinesis_record(b"")
        ]))),
        [
            (Some("4959"), Reason::BadBase64),
            (Some("4959"), Reason::BadGzip),
            (Some("7"), Reason::WrongForm),
            (Some("4959"), Reason::Empty),
        ]
    );
    assert_eq!(
        failures(&open_json(&batch(&[bad_image]))),
        [(Some("8"), Reason::WrongForm)]
    );
}

#[test]
fn a_payload_that_cannot_be_read_says_why() {
    for (payload, reason) in [
        (&b"{\"a\": "[..], Reason::NotJson),
        (b"[{\"a\": 1}", Reason::NotJson),
        (b"{}{}", Reason::NotJson),
        (b"\xff\xfa", Reason::NotUtf8),
        (b"", Reason::Empty),
        (b" \n", Reason::Empty),
        (br#"{"awslogs":{"data":"~"}}"#, Reason::BadBase64),
        (br#"{"awslogs":{"data":"aGVsbG8="}}"#, Reason::BadGzip),
        (br#"{"awslogs":{"data":7}}"#, Reason::WrongForm),
        (br#"{"awslogs":7}"#, Reason::WrongForm),
        (
            br#"{"source":7,"detail-type":"x","detail":{}}"#,
            Reason::WrongForm,
        ),
        (
            br#"{"specversion":"1.0","source":"a","type":"b","id":7}"#,
            Reason::WrongForm,
        ),
        (
            br#"{"Type":"Notification","TopicArn":7,"Message":"x"}"#,
            Reason::WrongForm,
        ),
        (br#"{"logGroup":"g","logEvents":7}"#, Reason::WrongForm),
    ] {
        let opened = open_bytes(payload);
        assert_eq!(
            failures(&opened),
            [(None, reason)],
            "{}",
            String::from_utf8_lossy(payload)
        );
        assert_eq!(opened.len(), 1);
    }
}
