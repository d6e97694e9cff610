//! Counting: batches, and the receipts of the deliveries they counted.

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::first_seen::Announcement;
use crate::ledger::Ledger;
use crate::subject::Sightings;

/// The part of a store that counts each delivery once.
#[async_trait]
pub trait Counting: Send + Sync {
    /// Returns the deliveries among these that were counted before.
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError>;

    /// Writes a batch, all or nothing. Recording the same batch again changes nothing. If the batch
    /// shows a class for the first time, the same write adds a marker and an announcement, which
    /// waits in the outbox until it was sent. Returns that announcement, or `None` if nothing is
    /// new.
    ///
    /// # Errors
    /// [`StoreError::AlreadyCounted`] if another writer counted one of the deliveries first.
    /// Nothing was written, and the caller folds again without them.
    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError>;
}

/// Identifies a delivery in the store: the first 16 bytes of the SHA-256 of its id. Ids come from
/// AWS or from the sender and differ in length; their hashes do not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptId([u8; Self::BYTES]);

impl ReceiptId {
    /// The length in bytes. At 2^40 receipts the chance that any two ids collide is 2^-49.
    pub const BYTES: usize = 16;

    /// Returns the receipt of the delivery with this id.
    pub fn of(id: &str) -> Self {
        Self::of_bytes(id.as_bytes())
    }

    /// Returns the receipt of a delivery that is identified by these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let mut bytes = [0; Self::BYTES];
        bytes.copy_from_slice(&digest[..Self::BYTES]);
        Self(bytes)
    }

    /// Returns the bytes that a store keeps.
    pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Creates a receipt from the bytes that a store kept.
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

/// A delivery that may have been counted before, and the time in which that may have happened.
#[derive(Clone, Copy, Debug)]
pub struct PossibleRedelivery {
    /// The receipt of the delivery.
    pub id: ReceiptId,
    /// The time it was first received. It cannot have been counted earlier.
    pub since: Timestamp,
    /// The present time. It cannot have been counted later.
    pub until: Timestamp,
}

/// Everything that one call to [`Counting::record`] writes, all or nothing.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The time at which the batch was folded, by the tracer's clock.
    pub at: Timestamp,
    /// The deliveries counted in the ledger, and the records counted as unreadable.
    pub receipts: BTreeSet<ReceiptId>,
    /// The edges and the coverage of these deliveries.
    pub ledger: Ledger,
    /// The people seen and their edges. Empty if no subject index is kept.
    pub sightings: Sightings,
}

impl Batch {
    /// Returns the id of the batch. The same receipts give the same id. It hashes all of them, so it
    /// is worth keeping.
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

    /// Returns the id of one attempt to write the batch, from the batch's id and its time. A tracer
    /// that is not sure whether the batch was written retries with the same time. A second tracer
    /// that folds the same deliveries makes the same batch with another time.
    pub fn attempt_id(&self) -> ReceiptId {
        let mut written = [0; ReceiptId::BYTES + 8];
        let (id, at) = written.split_at_mut(ReceiptId::BYTES);
        id.copy_from_slice(self.id().as_bytes());
        at.copy_from_slice(&self.at.as_millisecond().to_be_bytes());
        ReceiptId::of_bytes(&written)
    }
}
