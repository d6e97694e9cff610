//! What can be wrong with a pattern or an event.
//!
//! Messages name places and causes. They never quote a value: an event is payload, and a pattern's
//! values may be.

use std::str::Utf8Error;

use thiserror::Error;

use crate::json::{JsonError, JsonFault};

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// The text is not JSON.
    #[error("the pattern is not JSON at byte {offset}: {reason}")]
    NotJson {
        /// The byte at which reading stopped.
        offset: usize,
        /// What stands in the way.
        reason: &'static str,
    },
    /// The text is JSON, but not a pattern.
    #[error("the pattern is refused at {path}: {reason}")]
    Refused {
        /// The place in the pattern, such as `$.detail.state[0].prefix`.
        path: String,
        /// What stands in the way, and what would be accepted.
        reason: &'static str,
    },
}

impl From<JsonError> for PatternError {
    fn from(error: JsonError) -> Self {
        Self::NotJson {
            offset: error.offset,
            reason: error.fault.describe(),
        }
    }
}

/// Why an event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// The bytes are not JSON in UTF-8.
    #[error("the event is not JSON at byte {offset}: {reason}")]
    NotJson {
        /// The byte at which reading stopped.
        offset: usize,
        /// What stands in the way.
        reason: &'static str,
    },
    /// The bytes are JSON, but an event is a JSON object.
    #[error("the event is not a JSON object")]
    NotAnObject,
    /// The event is 4 GiB or more.
    #[error("the event is larger than 4 GiB; an event bus carries at most 1 MiB")]
    TooLarge,
}

impl EventError {
    pub(crate) fn not_utf8(error: &Utf8Error) -> Self {
        Self::NotJson {
            offset: error.valid_up_to(),
            reason: JsonFault::Utf8.describe(),
        }
    }
}

impl From<JsonError> for EventError {
    fn from(error: JsonError) -> Self {
        Self::NotJson {
            offset: error.offset,
            reason: error.fault.describe(),
        }
    }
}

/// A match that was given up: the event has so many array elements under names that mean several
/// arrays at once that the answer would take unbounded work.
///
/// No event that a sane producer sends comes near; treat it as "unknown", never as "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the event's arrays are too entangled to decide the match within one million comparisons")]
pub struct Undecided;
