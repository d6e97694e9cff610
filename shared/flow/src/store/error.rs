//! The errors of a store.

use std::collections::BTreeSet;
use std::error::Error;

use super::counting::ReceiptId;

/// An error of a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another writer counted some of the batch's deliveries in the meantime.
    #[error("another writer counted {} deliveries of the batch already; build the batch again without them", .0.len())]
    AlreadyCounted(BTreeSet<ReceiptId>),
    /// The store asked the caller to slow down.
    #[error("the store is throttled; the batch can be tried again later")]
    Throttled(#[source] Box<dyn Error + Send + Sync>),
    /// The time of the invocation ended before the store answered. The write may have been applied.
    #[error("there was no time left to {action}")]
    OutOfTime {
        /// The action that was tried, such as `record a batch`.
        action: &'static str,
    },
    /// The store could not be reached or answered with an error.
    #[error("the store could not {action}")]
    Backend {
        /// The action that was tried, such as `record a batch`.
        action: &'static str,
        /// The answer of the store.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// This version cannot read the form of the stored content.
    #[error(
        "the store holds {what} this version cannot read; it was written by another version of piitrail or damaged"
    )]
    Unreadable {
        /// The part of the store that could not be read.
        what: &'static str,
        /// The reason it could not be read.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A newer version of Piitrail wrote the store.
    #[error(
        "the store has version {found}, but this version reads stores up to version {known}; use a newer piitrail"
    )]
    NewerVersion {
        /// The version of the store.
        found: u32,
        /// The newest version that can be read.
        known: u32,
    },
    /// A batch is larger than the store's limit for one write.
    #[error("a batch of {bytes} bytes exceeds the store's limit of {limit} bytes for one write")]
    TooLarge {
        /// The size of the batch.
        bytes: usize,
        /// The limit of the store.
        limit: usize,
    },
    /// The page token is damaged or belongs to another store.
    #[error("the page token does not come from this store; start again without a token")]
    BadPageToken,
}

/// The time for an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there was no time left")]
pub struct OutOfTime;

impl StoreError {
    /// Creates an error for a failure of the store itself during `action`.
    pub fn backend(action: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Backend {
            action,
            source: source.into(),
        }
    }

    /// Creates an error for content that this version cannot read.
    pub fn unreadable(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unreadable {
            what,
            source: source.into(),
        }
    }
}
