//! Channels: what carries an event from its producer to its consumer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::home::Home;
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

/// An event bus, queue, topic, stream or pipe. Written `queue/orders`, without its home.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// What it is.
    pub kind: ChannelKind,
    /// Its name, without region and account.
    pub name: Name,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Home::is_unknown")]
    pub home: Home,
}

impl Channel {
    /// A channel whose home is not known.
    pub fn new(kind: ChannelKind, name: Name) -> Self {
        Self {
            kind,
            name,
            home: Home::UNKNOWN,
        }
    }

    /// The same channel in a home.
    #[must_use]
    pub fn at(self, home: Home) -> Self {
        Self { home, ..self }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}
