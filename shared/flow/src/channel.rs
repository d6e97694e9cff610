//! Channels: the buses, queues, topics, streams and pipes that carry events.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::home::Home;
use crate::name::Name;

/// The kind of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// An EventBridge event bus.
    Bus,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A Kinesis stream or the stream of a DynamoDB table.
    Stream,
    /// An EventBridge pipe.
    Pipe,
}

impl ChannelKind {
    /// Returns the kind as it is written before a name: `bus`.
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
    /// The kind of the channel.
    pub kind: ChannelKind,
    /// The name, without region and account.
    pub name: Name,
    /// The home of the channel.
    #[serde(default, skip_serializing_if = "Home::is_unknown")]
    pub home: Home,
}

impl Channel {
    /// Creates a channel with an unknown home.
    pub fn new(kind: ChannelKind, name: Name) -> Self {
        Self {
            kind,
            name,
            home: Home::UNKNOWN,
        }
    }

    /// Returns the same channel with this home.
    #[must_use]
    pub fn at(self, home: Home) -> Self {
        Self { home, ..self }
    }

    /// Returns the channel for people, with [`Name::shown`].
    pub fn shown(&self) -> String {
        format!("{}/{}", self.kind.as_str(), self.name.shown())
    }

    /// Returns true if both may be one, as far as their homes are known.
    pub fn fits(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name && self.home.fits(&other.home)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}
