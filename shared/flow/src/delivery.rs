//! A delivery: one record out of an envelope, and what the envelope says of its way here.
//!
//! What is in here is raw: it comes from whoever sent the record and lives for one invocation.
//! Nothing of it is kept; what is kept is made from it by the pipeline ([`crate::name::Name`],
//! [`crate::edge::EdgePath`]). For the same reason none of these types can be printed.

use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{Unread, UnreadSet};
use serde_json::Value;

use crate::channel::ChannelKind;
use crate::home::Home;
use crate::limit::Limit;
use crate::party::PartyKind;

/// A channel as an envelope names it, not yet masked.
#[derive(Clone, PartialEq, Eq)]
pub struct RawChannel {
    /// What it is.
    pub kind: ChannelKind,
    /// Its name, without region and account; `None` for an event bus, which an event does not name.
    pub name: Option<String>,
    /// Where it is.
    pub home: Home,
}

impl RawChannel {
    /// An event bus, which an event names neither by name nor by home: the account and the region in
    /// an event are its sender's.
    pub const BUS: Self = Self {
        kind: ChannelKind::Bus,
        name: None,
        home: Home::UNKNOWN,
    };

    /// The channel an ARN names: the last part of `arn:aws:sqs:eu-west-1:123456789012:orders`.
    pub fn from_arn(kind: ChannelKind, arn: &str) -> Self {
        Self {
            kind,
            name: Some(resource_name(arn).to_owned()),
            home: Home::of_arn(arn),
        }
    }
}

/// The name in an ARN: what stands behind the account, without a leading type and without what
/// follows it (`table/orders/stream/2026-…` is `orders`). Text that is no ARN is its own name.
pub fn resource_name(arn: &str) -> &str {
    let Some(resource) = arn
        .strip_prefix("arn:")
        .and_then(|rest| rest.splitn(5, ':').nth(4))
    else {
        return arn;
    };
    let mut parts = resource.split('/');
    match (parts.next(), parts.next()) {
        (Some("table" | "stream" | "event-bus" | "rule"), Some(name)) => name,
        _ => resource,
    }
}

/// What the envelope says of who published, for the topology to name.
#[derive(Clone, PartialEq, Eq)]
pub enum Sender {
    /// An event source: `com.shop.orders`, a `CloudEvent`'s `source`.
    Source(String),
    /// A Lambda function by its name.
    Function(String),
    /// The session name of an assumed role: a Lambda function's name if there is such a function.
    Session(String),
    /// A table, whose stream this is.
    Table(String),
    /// A bucket, whose notification this is.
    Bucket(String),
}

impl Sender {
    /// Its name, whatever it is: what the rules of a detection's configuration call a source.
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

/// What holds the record at the place it was taken from, and so is its consumer.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// A dead-letter queue or a log group.
    pub kind: PartyKind,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub home: Home,
}

/// How a record came here.
#[derive(Clone)]
pub struct Arrival {
    /// What identifies it over redeliveries: the source's own id, prefixed with the source.
    pub id: String,
    /// What earlier versions of Piitrail identified it by, where that is another id.
    pub earlier_id: Option<String>,
    /// What the Lambda response names it by, where one record can fail alone.
    pub item: Option<String>,
    /// The channels it came over, in order of travel; the last is where it was taken from.
    pub channels: Vec<RawChannel>,
    /// Who published, where the envelope says.
    pub sender: Option<Sender>,
    /// Where the sender is, as far as the envelope says.
    pub sender_home: Home,
    /// What it was taken from, where that is a consumer itself.
    pub holder: Option<Holder>,
    /// The type of event.
    pub event_type: Arc<str>,
    /// When it was published.
    pub time: Option<Timestamp>,
    /// How often it was received, this time included; `None` where the source does not count and a
    /// retry looks like a first time.
    pub receive_count: Option<u32>,
    /// When it was first received; where the source does not say, when it was published.
    pub first_received: Option<Timestamp>,
    /// Whether it came out of an archive replay.
    pub replay: bool,
    /// SNS message attributes by name, `{"Type","Value"}` each, for filter policies. Shared, as the
    /// headers are, by all records out of one message: there may be thousands.
    pub attributes: Option<Arc<Value>>,
    /// The record of a table's stream as filters see it, `{"eventName","dynamodb"}`, as JSON.
    pub change: Option<String>,
    /// What travels beside the body and may carry personal data too, as a JSON object: message
    /// attributes, a subject, a partition key.
    pub headers: Option<Arc<str>>,
}

impl Arrival {
    /// The arrival of something of which nothing is known but an id given by us.
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

    /// Whether it may have been counted before, so that the store must be asked.
    pub fn may_be_again(&self) -> bool {
        self.receive_count.is_none_or(|count| count > 1)
    }

    /// Adds what an envelope carries beside the body, as JSON, to what those around it carry. Where
    /// both have one of that name, both are looked at.
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

    /// What keeping it costs in memory, in bytes, without what is shared.
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
    /// Bytes that are neither (encrypted, binary), or a pointer to a body kept elsewhere: what it
    /// carries is unknown, for this reason.
    Opaque(Unread),
}

/// One record out of an envelope.
pub struct Delivery {
    /// How it came.
    pub arrival: Arrival,
    /// What it carries.
    pub document: Document,
    /// The limit that was reached in opening it.
    pub limit: Option<Limit>,
    /// Why a part of the body is known to be unread before it is searched.
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
