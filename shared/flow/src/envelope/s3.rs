//! S3 event notifications, on their own or in a queue or topic.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>. The
//! notification does not carry the object. Its key and its requester can identify people
//! (`uploads/jane.doe@…/passport.png`), so each record is a document.

use serde::Deserialize;

use super::Envelope;
use super::fields::TopFields;
use super::opener::Opener;
use crate::delivery::{Arrival, Document, Sender};
use crate::home::Home;
use crate::time::from_rfc3339;

pub(super) struct S3Notification;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct S3Record {
    event_name: String,
    event_time: Option<String>,
    aws_region: Option<String>,
    s3: Entity,
    #[serde(default)]
    response_elements: ResponseElements,
}

#[derive(Deserialize)]
struct Entity {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    sequencer: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResponseElements {
    #[serde(rename = "x-amz-request-id")]
    request_id: Option<String>,
}

impl Envelope for S3Notification {
    fn recognises(&self, fields: &TopFields<'_>) -> bool {
        fields.has_records_of("aws:s3")
    }

    fn open(&self, fields: &TopFields<'_>, _text: &str, around: &Arrival, opener: &mut Opener<'_>) {
        let Some(records) = fields.records else {
            return;
        };
        opener.each_record(
            records,
            around,
            |opener, record: S3Record, text, mut arrival| {
                let id = (
                    record.response_elements.request_id,
                    record.s3.object.sequencer,
                );
                if let (true, (Some(request), Some(sequencer))) = (opener.is_outermost(), id) {
                    arrival.id = format!("s3:{}/{request}/{sequencer}", record.s3.bucket.name);
                }
                arrival.event_type = record.event_name.into();
                arrival.time = record
                    .event_time
                    .as_deref()
                    .and_then(from_rfc3339)
                    .or(arrival.time);
                arrival.first_received = arrival.first_received.or(arrival.time);
                arrival.sender = Some(Sender::Bucket(record.s3.bucket.name));
                let region = record.aws_region.as_deref();
                arrival.sender_home = Home::of("", region.unwrap_or_default());
                opener.deliver(arrival, Document::Json(text.to_owned()), None);
            },
        );
    }
}
