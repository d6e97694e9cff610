//! Why a store could not do what it was asked.

use std::collections::BTreeSet;
use std::error::Error;

use super::counting::ReceiptId;

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another writer counted some of the batch's deliveries in the meantime.
    #[error("another writer counted {} deliveries of the batch already; build the batch again without them", .0.len())]
    AlreadyCounted(BTreeSet<ReceiptId>),
    /// The store asks to slow down.
    #[error("the store is throttled; the batch can be tried again later")]
    Throttled(#[source] Box<dyn Error + Send + Sync>),
    /// The time of the invocation was over before the store answered. A write may have been applied.
    #[error("there was no time left to {action}")]
    OutOfTime {
        /// What was tried: `record a batch`.
        action: &'static str,
    },
    /// The store could not be reached or answered with an error.
    #[error("the store could not {action}")]
    Backend {
        /// What was tried: `record a batch`.
        action: &'static str,
        /// What it answered.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The stored content is not of a form that this version reads.
    #[error(
        "the store holds {what} this version cannot read; it was written by another version of piitrail or damaged"
    )]
    Unreadable {
        /// Which part.
        what: &'static str,
        /// Why it could not be read.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A batch is larger than the store's limit for one write.
    #[error("a batch of {bytes} bytes exceeds the store's limit of {limit} bytes for one write")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A page token of another store, or a damaged one.
    #[error("the page token does not come from this store; start again without a token")]
    BadPageToken,
}

/// The time for an action was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there was no time left")]
pub struct OutOfTime;

impl StoreError {
    /// A failure of the store itself, while doing `action`.
    pub fn backend(action: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Backend {
            action,
            source: source.into(),
        }
    }

    /// Content this version cannot read.
    pub fn unreadable(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unreadable {
            what,
            source: source.into(),
        }
    }
}
