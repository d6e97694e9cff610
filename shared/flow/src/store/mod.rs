//! The store port: where ledgers and topologies are kept, and how each delivery is kept from
//! counting twice.
//!
//! Memory, SQLite (`piitrail-sqlite`) and DynamoDB (`piitrail-aws`) stand behind one trait and pass
//! one conformance suite
//! ([`conformance`]). The protocol of a tracer is:
//!
//! 1. of the deliveries that may have come before, ask [`Store::which_were_counted`];
//! 2. fold the others into a [`Ledger`];
//! 3. [`Store::record`] the ledger together with the receipts of what was folded, all or nothing;
//! 4. send what [`Store::record`] says was seen for the first time, then [`Store::mark_announced`].
//!
//! Recording the same batch again (a lost response, a retried request) changes nothing.
//!
//! # What counts once, and what does not
//! A *delivery* counts once: one message of a queue, one record of a stream, one event handed to the
//! function, whatever is redelivered, regrouped or crashed. Two deliveries count twice: an event
//! that EventBridge itself delivers twice comes as two messages with ids of their own, and nothing
//! says that they are one; an archive's replay comes as new deliveries and is counted apart, as
//! `replayed`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ledger::Ledger;
use crate::subject::{Sightings, SubjectId};
use crate::time::{Day, Span};
use crate::topology::Topology;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod first_seen;
mod memory;
mod retention;

pub use first_seen::{Announcement, FirstSeen, FlowId, first_seen};
pub use memory::MemoryStore;
pub use retention::{Retention, RolledUp};

/// What identifies a delivery in the store: the first 16 bytes of the SHA-256 of its id. Ids are
/// given by AWS or by the sender; hashed, they have one size and tell nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptId([u8; Self::BYTES]);

impl ReceiptId {
    /// The length in bytes. At 2^40 receipts the chance that any two ids collide is 2^-49.
    pub const BYTES: usize = 16;

    /// The receipt of the delivery with this id.
    pub fn of(id: &str) -> Self {
        Self::of_bytes(id.as_bytes())
    }

    /// The receipt of something that is its own id.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let mut bytes = [0; Self::BYTES];
        bytes.copy_from_slice(&digest[..Self::BYTES]);
        Self(bytes)
    }

    /// The bytes a store keeps.
    pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// A receipt read back from a store.
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// A delivery that may have been counted before, and since when.
#[derive(Clone, Copy, Debug)]
pub struct PossibleRedelivery {
    /// Which delivery.
    pub id: ReceiptId,
    /// When it was first received: it cannot have been counted earlier.
    pub since: Timestamp,
    /// Now: it cannot have been counted later.
    pub until: Timestamp,
}

/// What one call to [`Store::record`] writes: all of it or nothing.
#[derive(Clone, Debug)]
pub struct Batch {
    /// When it was folded, by the tracer's clock.
    pub at: Timestamp,
    /// The deliveries counted in the ledger, and the records counted as unreadable.
    pub receipts: BTreeSet<ReceiptId>,
    /// What they add up to.
    pub ledger: Ledger,
    /// Who was seen where; empty where no subject index is kept.
    pub sightings: Sightings,
}

impl Batch {
    /// The batch's own identity: the same receipts make the same batch.
    pub fn id(&self) -> ReceiptId {
        let mut hash = Sha256::new();
        for receipt in &self.receipts {
            hash.update(receipt.as_bytes());
        }
        let digest = hash.finalize();
        let mut bytes = [0; ReceiptId::BYTES];
        bytes.copy_from_slice(&digest[..ReceiptId::BYTES]);
        ReceiptId(bytes)
    }

    /// Identifies one attempt to write the batch: its id and its time. A tracer that is not sure that
    /// the batch was written tries again with the same time; a second tracer that folds the same
    /// deliveries makes the same batch at another time.
    pub fn attempt_id(&self) -> ReceiptId {
        let mut written = [0; ReceiptId::BYTES + 8];
        let (id, at) = written.split_at_mut(ReceiptId::BYTES);
        id.copy_from_slice(self.id().as_bytes());
        at.copy_from_slice(&self.at.as_millisecond().to_be_bytes());
        ReceiptId::of_bytes(&written)
    }
}

/// What is read of the store.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// The days.
    pub span: Span,
    /// Now: how far an open span reaches.
    pub now: Timestamp,
    /// In which parts.
    pub grain: Grain,
    /// Whether to read who was in the events, as far as it is known: it is kept by the day, and
    /// larger than everything else.
    pub people: bool,
}

/// In which parts the days of a span are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Each day by itself, as long as days are kept.
    Days,
    /// Any: months that lie in the span whole may come as one, under their first day, which is
    /// cheaper to read.
    Sum,
}

impl Query {
    /// Every day by itself, with its people.
    pub fn days(span: Span, now: Timestamp) -> Self {
        Self {
            span,
            now,
            grain: Grain::Days,
            people: true,
        }
    }

    /// What the days of the span add up to, with its people.
    pub fn sum(span: Span, now: Timestamp) -> Self {
        Self {
            span,
            now,
            grain: Grain::Sum,
            people: true,
        }
    }
}

/// Where the next page begins. Its content is the store's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub String);

/// A part of what was recorded in a span. All pages merged are the whole.
#[derive(Debug, Default)]
pub struct Page {
    /// The part.
    pub ledger: Ledger,
    /// Months, by their first day, of which only some days are in the span, and of which no days
    /// are kept any more: their numbers are those of the whole month, under its first day.
    pub whole_months: BTreeSet<Day>,
    /// Where the next begins; `None` on the last.
    pub next: Option<PageToken>,
}

/// The store.
#[async_trait]
pub trait Store: Send + Sync {
    /// Which of these deliveries were counted already.
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError>;

    /// Writes a batch, all or nothing, and once however often it is called with the same batch.
    /// With it, in the same write, goes what it shows for the first time: a marker, and an
    /// announcement that waits until it was sent. `None` where there is nothing new in it.
    ///
    /// [`StoreError::AlreadyCounted`] where another writer was faster with one of the deliveries:
    /// nothing was written, and the caller folds again without them.
    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError>;

    /// A page of the outbox: announcements that were recorded before an instant and never
    /// [announced](Self::mark_announced), because whoever recorded them crashed or could not send them.
    /// They come in the order they were recorded in, a page at a time, so that a long outbox is sent
    /// while it is read.
    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError>;

    /// Says that an announcement was sent.
    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError>;

    /// Reads what was recorded for the days of a span, a page at a time. What is rolled up between
    /// two pages changes nothing of their sum; a store that can read all at one moment has one page.
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError>;

    /// Puts together what belongs together, and lets go of what is no longer kept. It may be called
    /// at any time, by several at once, and may crash at any time: the store says the same before,
    /// meanwhile and after. A store with many writers puts together at one call what was settled at
    /// the one before.
    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError>;

    /// How long the store was last told to keep what it holds, where it knows.
    async fn retention(&self) -> Result<Option<Retention>, StoreError> {
        Ok(None)
    }

    /// Where these people were seen.
    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError>;

    /// Forgets where these people were seen, and says on how many edges that was. Counts stay.
    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError>;

    /// Keeps the topology as it is from this day on.
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError>;

    /// The topology as it was on a day; `None` where none was imported by then.
    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError>;
}

/// A page of the outbox.
#[derive(Debug, Default, PartialEq)]
pub struct PendingAnnouncements {
    /// What is to be sent.
    pub announcements: Vec<Announcement>,
    /// Where the next page begins; `None` on the last. It stays good while announcements of this page
    /// are marked as sent.
    pub next: Option<PageToken>,
}

/// Reads all pages of the outbox.
pub async fn all_pending_announcements(
    store: &dyn Store,
    before: Timestamp,
) -> Result<Vec<Announcement>, StoreError> {
    let mut announcements = Vec::new();
    let mut page = PendingAnnouncements::default();
    loop {
        page = store
            .pending_announcements(before, page.next.as_ref())
            .await?;
        announcements.append(&mut page.announcements);
        if page.next.is_none() {
            return Ok(announcements);
        }
    }
}

/// Reads all pages of a span.
pub async fn read_all(store: &dyn Store, query: &Query) -> Result<Page, StoreError> {
    let mut whole = Page::default();
    loop {
        let page = store.read(query, whole.next.as_ref()).await?;
        whole.ledger.merge(page.ledger);
        whole.whole_months.extend(page.whole_months);
        whole.next = page.next;
        if whole.next.is_none() {
            return Ok(whole);
        }
    }
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another writer counted some of the batch's deliveries in the meantime.
    #[error("{} deliveries of the batch were counted by another writer; fold again without them", .0.len())]
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
    /// What was read is not what this version writes.
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
    /// One batch is larger than the store takes in one piece.
    #[error("a batch of {bytes} bytes is larger than the {limit} the store takes in one piece")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A page token of another store, or a damaged one.
    #[error("the page token is not one this store gave; start again without it")]
    BadPageToken,
}

/// The time to do something in was over.
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

#[cfg(test)]
mod tests;
