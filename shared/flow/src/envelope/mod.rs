//! Opens envelopes, the first step of a record's way: turns a Lambda payload into deliveries, one
//! by one.
//!
//! Each envelope is one file that implements [`Envelope`] and one line in [`ENVELOPES`]. Its
//! top-level fields are also listed in [`TopFields`], so that a text is read once for all
//! envelopes. An envelope inside another one is opened in turn, to a bounded depth. A payload is
//! opened record by record ([`Payload`]), so that its whole unpacked content is never held. An
//! envelope reads the fields it needs and ignores all others. A text that no envelope recognises is
//! delivered as it is. A record that cannot be read becomes one [`Unreadable`], and the other
//! records are not affected.

use crate::delivery::{Arrival, Delivery, Document};

mod cloudevents;
mod cloudwatch_logs;
mod decode;
mod dynamodb_stream;
mod eventbridge;
mod fields;
mod kinesis;
mod list;
mod opener;
mod payload;
mod pointer;
mod random_id;
mod s3;
mod sns;
mod sqs;
mod unreadable;

use fields::TopFields;
use opener::Opener;
pub use payload::Payload;
pub use unreadable::{Reason, Unreadable};

/// The deepest nesting of envelopes that is opened (SNS in SQS is two). A deeper envelope is
/// delivered as it is and counted as
/// [`Limit::EnvelopeNesting`](crate::limit::Limit::EnvelopeNesting).
pub const NESTING_MAX: usize = 6;

/// The most bytes to which compressed data is unpacked. CloudWatch Logs sends at most a few
/// megabytes. A larger record is unreadable with [`Reason::TooLarge`].
pub const UNPACKED_MAX: u64 = 32 << 20;

/// The most bytes held of the records inside one record of a payload. A larger record is cut there
/// and fails alone with [`Reason::TooLarge`].
///
/// A payload is opened record by record ([`Payload`]), so this and [`UNPACKED_MAX`] bound the
/// memory for opening, however much a whole payload unpacks to.
pub const RECORD_MAX: usize = 64 << 20;

/// The most records in a payload's own list. AWS sends at most 10,000. A payload with more is cut
/// there and fails as a whole with [`Reason::TooLarge`]. The receipt and the failure of each record
/// are kept until the end, and this bound keeps them below 25 MB.
pub const RECORDS_MAX: usize = 250_000;

/// The message attributes in which senders commonly write the event type, beside the body.
const EVENT_TYPE_ATTRIBUTES: [&str; 6] = [
    "event_type",
    "eventType",
    "EventType",
    "event-type",
    "ce-type",
    "ce_type",
];

/// The envelopes in the order in which they are tried. The first one that recognises a text opens
/// it.
static ENVELOPES: &[&dyn Envelope] = &[
    &sqs::SqsBatch,
    &sns::SnsEvent,
    &sns::SnsNotification,
    &kinesis::KinesisEvent,
    &dynamodb_stream::StreamEvent,
    &dynamodb_stream::Change,
    &s3::S3Notification,
    &cloudwatch_logs::LogsSubscription,
    &cloudwatch_logs::Messages,
    &eventbridge::EventBridgeEvent,
    &cloudevents::Structured,
];

/// A form in which records arrive.
trait Envelope: Sync {
    /// Returns true if a text with these top-level fields is this envelope.
    fn recognises(&self, fields: &TopFields<'_>) -> bool;

    /// Passes the records inside to the opener. `text` is the whole text of the envelope and
    /// `around` its arrival.
    fn open(&self, fields: &TopFields<'_>, text: &str, around: &Arrival, opener: &mut Opener<'_>);
}

/// A record out of an envelope.
pub enum Opened {
    /// A record that could be read.
    Delivery(Delivery),
    /// A record that could not be read.
    Unreadable(Unreadable),
}

impl Opened {
    /// Returns the arrival of the record.
    pub fn arrival(&self) -> &Arrival {
        match self {
            Self::Delivery(delivery) => &delivery.arrival,
            Self::Unreadable(unreadable) => &unreadable.arrival,
        }
    }

    pub(crate) fn arrival_mut(&mut self) -> &mut Arrival {
        match self {
            Self::Delivery(delivery) => &mut delivery.arrival,
            Self::Unreadable(unreadable) => &mut unreadable.arrival,
        }
    }

    fn into_arrival(self) -> Arrival {
        match self {
            Self::Delivery(delivery) => delivery.arrival,
            Self::Unreadable(unreadable) => unreadable.arrival,
        }
    }

    /// Returns the memory of the record in bytes, without the parts that it shares with others.
    pub(crate) fn weight(&self) -> usize {
        let carried = match self {
            Self::Delivery(Delivery {
                document: Document::Json(text) | Document::Text(text),
                ..
            }) => text.len(),
            Self::Delivery(_) | Self::Unreadable(_) => 0,
        };
        self.arrival().weight() + carried
    }
}

/// Opens a payload and passes the records inside to `sink`, in order.
///
/// `id` identifies the payload if it contains no id. It is the invocation's request id, or the file
/// and line on one machine.
pub fn open(payload: &[u8], id: &str, sink: &mut dyn FnMut(Opened)) {
    let mut payload = Payload::new(payload, id);
    while payload.open_next(sink) {}
}

#[cfg(test)]
mod tests;
