//! Opening envelopes: the first step of a record's way. A Lambda payload goes in, deliveries come out
//! one by one.
//!
//! Each envelope is one file that implements [`Envelope`] and one line in [`ENVELOPES`]. Its top-level
//! fields are also listed in [`TopFields`], so that a text is read once for all envelopes. An envelope
//! inside another one is opened in turn, to a bounded depth. A payload is opened one record after the
//! other ([`Payload`]), so that what a whole payload unpacks to is never held. An envelope reads the
//! fields it needs and ignores all others. A text that no envelope recognises is delivered as it is. A
//! record that cannot be read becomes one [`Unreadable`], and the other records are not affected.

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

/// The deepest nesting of envelopes that is opened (SNS in SQS is two). What is nested deeper is
/// delivered as it is and counted as [`Limit::EnvelopeNesting`](crate::limit::Limit::EnvelopeNesting).
pub const NESTING_MAX: usize = 6;

/// The most that compressed data is unpacked to, in bytes. CloudWatch Logs sends at most a few
/// megabytes; a record beyond this is unreadable for [`Reason::TooLarge`].
pub const UNPACKED_MAX: u64 = 32 << 20;

/// The most that is held of the records inside one record of a payload, in bytes. A record that holds
/// more is cut there and fails alone with [`Reason::TooLarge`].
///
/// A payload is opened record by record ([`Payload`]), so this and [`UNPACKED_MAX`] bound what opening
/// holds at a time, however much a whole payload unpacks to.
pub const RECORD_MAX: usize = 64 << 20;

/// The most records in a payload's own list. AWS hands over at most 10,000. A payload with more is cut
/// there and fails as a whole with [`Reason::TooLarge`]: what is kept of each record until the end, its
/// receipt and whether it failed, then stays below 25 MB.
pub const RECORDS_MAX: usize = 250_000;

/// Message attributes under which senders commonly write the event type, beside the body.
const EVENT_TYPE_ATTRIBUTES: [&str; 6] = [
    "event_type",
    "eventType",
    "EventType",
    "event-type",
    "ce-type",
    "ce_type",
];

/// Envelopes in the order they are tried: the first one that recognises a text opens it.
static ENVELOPES: &[&dyn Envelope] = &[
    &sqs::Batch,
    &sns::Event,
    &sns::Notification,
    &kinesis::Event,
    &dynamodb_stream::Event,
    &dynamodb_stream::Change,
    &s3::Notification,
    &cloudwatch_logs::Subscription,
    &cloudwatch_logs::Messages,
    &eventbridge::Event,
    &cloudevents::Structured,
];

/// One form in which records arrive.
trait Envelope: Sync {
    /// Whether a text with these top-level fields has the envelope's form.
    fn recognises(&self, fields: &TopFields<'_>) -> bool;

    /// Takes the records out. `text` is the whole text of the envelope, `around` how it came.
    fn open(&self, fields: &TopFields<'_>, text: &str, around: &Arrival, opener: &mut Opener<'_>);
}

/// What comes out of an envelope.
pub enum Opened {
    /// A record.
    Delivery(Delivery),
    /// A record that could not be read.
    Unreadable(Unreadable),
}

impl Opened {
    /// How it arrived.
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

    /// What keeping it costs in memory, in bytes, without what is shared.
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

/// Opens a payload and hands over the records inside, in order.
///
/// `id` identifies the payload where it carries no id of its own (the invocation's request id; the
/// file and line on one machine).
pub fn open(payload: &[u8], id: &str, sink: &mut dyn FnMut(Opened)) {
    let mut payload = Payload::new(payload, id);
    while payload.open_next(sink) {}
}

#[cfg(test)]
mod tests;
