//! The top-level fields of an envelope, by which its form is recognised.

use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::decode::is_json;
use super::list::each_element;

/// The top-level fields that tell envelopes apart, and all fields that the envelopes need of an
/// EventBridge event, the most common form, and of CloudWatch Logs. So a text is read only once.
/// Field values are not parsed, and all other fields are skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TopFields<'t> {
    #[serde(borrow, rename = "Records")]
    pub(super) records: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) awslogs: Option<&'t RawValue>,
    #[serde(borrow, rename = "logEvents")]
    pub(super) log_events: Option<&'t RawValue>,
    #[serde(borrow, rename = "logGroup")]
    pub(super) log_group: Option<&'t RawValue>,
    #[serde(borrow, rename = "messageType")]
    pub(super) message_type: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) owner: Option<&'t RawValue>,
    #[serde(borrow, rename = "detail-type")]
    pub(super) detail_type: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) detail: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) source: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) id: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) time: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) account: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) region: Option<&'t RawValue>,
    #[serde(borrow, rename = "replay-name")]
    pub(super) replay_name: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) specversion: Option<&'t RawValue>,
    #[serde(borrow, rename = "type")]
    pub(super) event_type: Option<&'t RawValue>,
    #[serde(borrow, rename = "Type")]
    pub(super) sns_type: Option<&'t RawValue>,
    #[serde(borrow, rename = "TopicArn")]
    pub(super) topic_arn: Option<&'t RawValue>,
    #[serde(borrow, rename = "Message")]
    pub(super) message: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventName")]
    pub(super) event_name: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) dynamodb: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) data: Option<&'t RawValue>,
    #[serde(skip)]
    pub(super) record_source: Option<String>,
}

/// The reason why a text has no top-level fields.
pub(super) enum NotAnEnvelope {
    NotJson,
    OtherForm,
}

impl<'t> TopFields<'t> {
    pub(super) fn of(text: &'t str) -> Result<Self, NotAnEnvelope> {
        let mut fields: Self = serde_json::from_str(text).map_err(|e| {
            // A duplicate key only means another form. Only a syntax error makes the text
            // unreadable.
            if e.is_data() && is_json(text) {
                NotAnEnvelope::OtherForm
            } else {
                NotAnEnvelope::NotJson
            }
        })?;
        fields.record_source = fields.records.and_then(first_record_source);
        Ok(fields)
    }

    /// Returns true if these are records of the source: `aws:sqs`.
    pub(super) fn has_records_of(&self, source: &str) -> bool {
        self.record_source.as_deref() == Some(source)
    }
}

/// Reads the value of a field. A missing field is read as `null`.
pub(super) fn read<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(raw.map_or("null", RawValue::get)).ok()
}

/// Returns the `eventSource` of the first record that has one.
pub(super) fn first_record_source(records: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Source {
        #[serde(rename = "eventSource", alias = "EventSource")]
        event_source: String,
    }
    let mut source = None;
    each_element(records, |raw| {
        let record = serde_json::from_str::<Source>(raw.get());
        source = record.ok().map(|record| record.event_source);
        if source.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    source
}
