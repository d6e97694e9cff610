//! The nodes of a map: channels, and the parties that send and receive.

use std::fmt;

use serde::Serialize;

use crate::channel::Channel;
use crate::home::Home;
use crate::party::Party;

/// A channel or a party: the end of a route or of an arrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A channel.
    Channel(Channel),
    /// A party.
    Party(Party),
}

impl Node {
    /// Returns the account and region it belongs to.
    pub fn home(&self) -> Home {
        match self {
            Self::Channel(channel) => channel.home,
            Self::Party(party) => party.home,
        }
    }

    /// Returns the same node in another home.
    #[must_use]
    pub fn at(self, home: Home) -> Self {
        match self {
            Self::Channel(channel) => Self::Channel(channel.at(home)),
            Self::Party(party) => Self::Party(party.at(home)),
        }
    }

    /// Returns the kind as it is written before the name: `queue`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Channel(channel) => channel.kind.as_str(),
            Self::Party(party) => party.kind.as_str(),
        }
    }

    /// Returns the node for people, with [`Name::shown`](crate::name::Name::shown).
    pub fn shown(&self) -> String {
        match self {
            Self::Channel(channel) => channel.shown(),
            Self::Party(party) => party.shown(),
        }
    }

    /// Returns true if both may be one, as far as their homes are known.
    pub fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Channel(one), Self::Channel(other)) => one.fits(other),
            (Self::Party(one), Self::Party(other)) => one.fits(other),
            _ => false,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(channel) => channel.fmt(f),
            Self::Party(party) => party.fmt(f),
        }
    }
}

/// The events that a resource keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Every event.
    Always,
    /// An event that its consumer processed.
    OnSuccess,
    /// An event that could not be delivered or processed.
    OnFailure,
}

impl When {
    /// Returns the words for a sentence: `on failure`.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::OnSuccess => "on success",
            Self::OnFailure => "on failure",
        }
    }
}
