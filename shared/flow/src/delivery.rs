//! A delivery: one record out of an envelope, and what the envelope says about its way.
//!
//! These types hold raw content from the sender of the record and live for one invocation. None of
//! it is stored. The pipeline makes everything that is stored from it ([`crate::name::Name`],
//! [`crate::edge::EdgePath`]). For the same reason none of these types implements `Debug` or
//! `Display`.

use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{Unread, UnreadSet};
use serde_json::Value;

use crate::channel::ChannelKind;
use crate::home::Home;
use crate::limit::Limit;
use crate::party::PartyKind;

/// A channel as an envelope names it, not masked.
#[derive(Clone, PartialEq, Eq)]
pub struct RawChannel {
    /// The kind of the channel.
    pub kind: ChannelKind,
    /// The name, without region and account. `None` for an event bus, which an event does not name.
    pub name: Option<String>,
    /// The home of the channel.
    pub home: Home,
}

impl RawChannel {
    /// An event bus. An event has neither its name nor its home: the account and the region in an
    /// event are its sender's.
    pub const BUS: Self = Self {
        kind: ChannelKind::Bus,
        name: None,
        home: Home::UNKNOWN,
    };

    /// Returns the channel that an ARN names: the last part of
    /// `arn:aws:sqs:eu-west-1:123456789012:orders`.
    pub fn from_arn(kind: ChannelKind, arn: &str) -> Self {
        Self {
            kind,
            name: Some(resource_name(arn).to_owned()),
            home: Home::of_arn(arn),
        }
    }
}

/// Returns the name in an ARN: the part after the account, without a leading type and without
/// anything after the name (`table/orders/stream/2026-…` gives `orders`). Text that is not an ARN
/// is returned as it is.
pub fn resource_name(arn: &str) -> &str {
    let Some(resource) = arn
        .strip_prefix("arn:")
        .and_then(|rest| rest.splitn(5, ':').nth(4))
    else {
        return arn;
    };
    let mut parts = resource.split('/');
    match (parts.next(), parts.next()) {
        (Some("table" | "stream" | "event-bus" | "event-busv2" | "rule"), Some(name)) => name,
        _ => resource,
    }
}

/// The publisher, as the envelope describes it. The topology turns it into a party.
#[derive(Clone, PartialEq, Eq)]
pub enum Sender {
    /// An event source: `com.shop.orders`, or the `source` of a `CloudEvent`.
    Source(String),
    /// The name of a Lambda function.
    Function(String),
    /// The session name of an assumed role. It is a Lambda function's name if a function with this
    /// name exists.
    Session(String),
    /// The table whose stream it is.
    Table(String),
    /// The bucket whose notification it is.
    Bucket(String),
}

impl Sender {
    /// Returns the name. The rules of a detection configuration call it the source.
    pub fn name(&self) -> &str {
        match self {
            Self::Source(name)
            | Self::Function(name)
            | Self::Session(name)
            | Self::Table(name)
            | Self::Bucket(name) => name,
        }
    }
}

/// The place a record was taken from, if that place holds the record and so is its consumer.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// The kind of the party: a dead-letter queue or a log group.
    pub kind: PartyKind,
    /// The name of the party.
    pub name: String,
    /// The home of the party.
    pub home: Home,
}

/// The way of a record to the place it was taken from.
#[derive(Clone)]
pub struct Arrival {
    /// The id that a record keeps when it is redelivered: the source's own id, prefixed with the
    /// source.
    pub id: String,
    /// The id that earlier versions of Piitrail used, if it differs.
    pub earlier_id: Option<String>,
    /// The id of the record in the Lambda response, if the record can fail alone.
    pub item: Option<String>,
    /// The channels, in order of travel. The record was taken from the last one.
    pub channels: Vec<RawChannel>,
    /// The publisher, if the envelope names it.
    pub sender: Option<Sender>,
    /// The home of the sender, as far as the envelope says.
    pub sender_home: Home,
    /// The party that held the record, if the place it was taken from is a consumer itself.
    pub holder: Option<Holder>,
    /// The type of the event.
    pub event_type: Arc<str>,
    /// The time at which the event was published.
    pub time: Option<Timestamp>,
    /// The number of times the record was received, including this one. `None` if the source does
    /// not count, so that a retry looks like a first delivery.
    pub receive_count: Option<u32>,
    /// The time at which the record was first received, or was published if the source does not
    /// say.
    pub first_received: Option<Timestamp>,
    /// True if the record came out of an archive replay.
    pub replay: bool,
    /// SNS message attributes by name, `{"Type","Value"}` each, for filter policies. Like the
    /// headers, they are shared by all records of one message, of which there may be thousands.
    pub attributes: Option<Arc<Value>>,
    /// The record of a table's stream in the form that filters match, `{"eventName","dynamodb"}`,
    /// as JSON.
    pub change: Option<String>,
    /// Content beside the body that may carry personal data too, as a JSON object: message
    /// attributes, a subject, a partition key.
    pub headers: Option<Arc<str>>,
}

impl Arrival {
    /// Creates an arrival of which nothing is known but an id that we chose.
    pub fn unknown(id: String) -> Self {
        Self {
            id,
            earlier_id: None,
            item: None,
            channels: Vec::new(),
            sender: None,
            sender_home: Home::UNKNOWN,
            holder: None,
            event_type: "payload".into(),
            time: None,
            receive_count: None,
            first_received: None,
            replay: false,
            attributes: None,
            change: None,
            headers: None,
        }
    }

    /// Returns true if the record may have been counted before, so that the store must be asked.
    pub fn may_be_again(&self) -> bool {
        self.receive_count.is_none_or(|count| count > 1)
    }

    /// Adds a header, as JSON, to those of the surrounding envelopes. If two headers have the same
    /// name, both are kept and searched.
    pub(crate) fn add_header(&mut self, name: &str, json: &str) {
        let headers = match self
            .headers
            .as_deref()
            .and_then(|text| text.strip_prefix('{'))
        {
            None => format!(r#"{{"{name}":{json}}}"#),
            Some(around) => format!(r#"{{"{name}":{json},{around}"#),
        };
        self.headers = Some(headers.into());
    }

    /// Returns the memory of the arrival in bytes, without the parts that it shares with others.
    pub(crate) fn weight(&self) -> usize {
        let channels: usize = self
            .channels
            .iter()
            .map(|channel| size_of::<RawChannel>() + channel.name.as_ref().map_or(0, String::len))
            .sum();
        let sender = match &self.sender {
            Some(
                Sender::Source(name)
                | Sender::Function(name)
                | Sender::Session(name)
                | Sender::Table(name)
                | Sender::Bucket(name),
            ) => name.len(),
            None => 0,
        };
        size_of::<Self>()
            + self.id.len()
            + self.earlier_id.as_ref().map_or(0, String::len)
            + self.item.as_ref().map_or(0, String::len)
            + channels
            + sender
            + self.holder.as_ref().map_or(0, |holder| holder.name.len())
            + self.event_type.len()
            + self.change.as_ref().map_or(0, String::len)
    }
}

/// The body of a delivery.
pub enum Document {
    /// JSON text.
    Json(String),
    /// Text that is not JSON.
    Text(String),
    /// Bytes that are neither JSON nor text (encrypted, binary), or a pointer to a body stored
    /// elsewhere. The content is unknown for this reason.
    Opaque(Unread),
}

/// One record out of an envelope.
pub struct Delivery {
    /// The way of the record.
    pub arrival: Arrival,
    /// The body of the record.
    pub document: Document,
    /// The limit that was reached when the record was opened.
    pub limit: Option<Limit>,
    /// The reasons why a part of the body is unread, as far as they are known before the search.
    pub unread: UnreadSet,
}

#[cfg(test)]
mod tests {
    use super::resource_name;

    #[test]
    fn a_name_is_found_in_every_form_of_arn() {
        for (arn, name) in [
            (
                "arn:aws:sqs:eu-west-1:123456789012:orders.fifo",
                "orders.fifo",
            ),
            (
                "arn:aws:sns:eu-west-1:123456789012:order-news",
                "order-news",
            ),
            (
                "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
                "clicks",
            ),
            (
                "arn:aws:dynamodb:eu-west-1:1:table/customers/stream/2026-11-21T00:00:00.000",
                "customers",
            ),
            (
                "arn:aws:events:eu-west-1:123456789012:event-bus/shop",
                "shop",
            ),
            ("arn:aws-cn:sqs:cn-north-1:123456789012:q", "q"),
            ("arn:aws:s3:::invoices", "invoices"),
            ("orders", "orders"),
            ("arn:aws:sqs", "arn:aws:sqs"),
        ] {
            assert_eq!(resource_name(arn), name, "{arn}");
        }
    }
}
