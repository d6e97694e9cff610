//! Defines the errors of patterns and events.
//!
//! Messages name places and causes. They never quote a value, because an event is payload, and a
//! pattern's values may be payload too.

use std::str::Utf8Error;

use thiserror::Error;

use crate::json::{JsonError, JsonFault};

/// The reason a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// The text is not JSON.
    #[error("the pattern is not JSON at byte {offset}: {reason}")]
    NotJson {
        /// The byte at which reading stopped.
        offset: usize,
        /// The problem.
        reason: &'static str,
    },
    /// The text is JSON, but not a pattern.
    #[error("the pattern is refused at {path}: {reason}")]
    Refused {
        /// The place in the pattern, such as `$.detail.state[0].prefix`.
        path: String,
        /// The problem, and what would be accepted.
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

/// The reason an event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// The bytes are not JSON in UTF-8.
    #[error("the event is not JSON at byte {offset}: {reason}")]
    NotJson {
        /// The byte at which reading stopped.
        offset: usize,
        /// The problem.
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

/// The error of a match that was given up: the event has so many array elements under names that
/// mean several arrays at once that the answer would need unbounded work.
///
/// No real event comes near. Treat it as "unknown", never as "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "matching the event's arrays takes more than 500,000 comparisons, so the match was not decided"
)]
pub struct Undecided;

/// The reason the input of a target is refused, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The members of the target are not of the documented types.
    #[error("the target's Input, InputPath or InputTransformer is not of the documented form")]
    Form,
    /// More than one of the three settings is given.
    #[error("a target takes only one of Input, InputPath and InputTransformer")]
    MoreThanOne,
    /// `Input` is not JSON.
    #[error("Input is not JSON; a plain text needs quotation marks around it")]
    Input,
    /// A path is not in the subset of `JSONPath` that `EventBridge` supports.
    #[error("a path of the target cannot be followed: {reason}")]
    Path {
        /// A description of accepted paths.
        reason: &'static str,
    },
    /// A transformer is refused.
    #[error("the input transformer is refused: {reason}")]
    Template {
        /// The problem.
        reason: &'static str,
    },
    /// The filled template is larger than a target accepts.
    #[error("the target's input is larger than 1 MiB; AWS fails such an invocation")]
    TooLarge,
}

/// The reason a filter of an event source mapping or a subscription is refused, or cannot be
/// applied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The filter is not of the documented form.
    #[error(
        "the filter is not of the documented form: {{\"Filters\": [{{\"Pattern\": \"…\"}}]}}, or a policy object"
    )]
    Form,
    /// The pattern of a filter is refused.
    #[error("the filter's pattern is refused")]
    Pattern(#[from] PatternError),
    /// The filters are more than Lambda's maximum of ten.
    #[error("an event source mapping takes at most 10 filters")]
    TooManyFilters,
    /// A filter on a stream's data is not JSON.
    #[error("a filter on the data of a stream must name fields of it, not values")]
    StreamText,
    /// The record is not an object.
    #[error("the record is not a JSON object")]
    Record,
    /// The record cannot be read.
    #[error("the record cannot be read")]
    Event(#[from] EventError),
    /// The match was given up.
    #[error("the filter could not be decided")]
    Undecided(#[from] Undecided),
    /// A policy on attributes is nested.
    #[error("a filter policy on attributes may not be nested; set the scope to MessageBody")]
    Nested,
    /// The policy has more keys than SNS's maximum of five, of which only those at the top level
    /// count.
    #[error("a filter policy takes at most 5 keys at its top")]
    TooManyKeys,
    /// The policy has more combinations than SNS's maximum of 150.
    #[error("a filter policy's values multiply to more than 150 combinations")]
    TooManyCombinations,
}
