//! Channels: what carries an event from its producer to its consumer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::Name;

/// What kind of channel carries an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// An EventBridge event bus.
    Bus,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A Kinesis stream or a table's stream.
    Stream,
    /// An EventBridge pipe.
    Pipe,
}

impl ChannelKind {
    /// The kind as it is written before a name: `bus`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bus => "bus",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Stream => "stream",
            Self::Pipe => "pipe",
        }
    }
}

/// An event bus, queue, topic, stream or pipe. Written `queue/orders`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// What it is.
    pub kind: ChannelKind,
    /// Its name, without region and account.
    pub name: Name,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}
