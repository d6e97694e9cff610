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
    /// Which of these deliveries were counted before.
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError>;

    /// Writes a batch, all or nothing, and once however often it is called with the same batch. What
    /// the batch shows for the first time is written with it: a marker, and an announcement that
    /// waits in the outbox until it was sent. Returns that announcement; `None` where nothing is new.
    ///
    /// # Errors
    /// [`StoreError::AlreadyCounted`] where another writer was faster with one of the deliveries:
    /// nothing was written, and the caller folds again without them.
    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError>;
}

/// Identifies a delivery in the store: the first 16 bytes of the SHA-256 of its id. Ids are given by
/// AWS or by the sender; hashes of them have one size.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptId([u8; Self::BYTES]);

impl ReceiptId {
    /// The length in bytes. At 2^40 receipts the chance that any two ids collide is 2^-49.
    pub const BYTES: usize = 16;

    /// The receipt of the delivery with this id.
    pub fn of(id: &str) -> Self {
        Self::of_bytes(id.as_bytes())
    }

    /// The receipt of bytes that are their own id.
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

/// A delivery that may have been counted before, and in which time.
#[derive(Clone, Copy, Debug)]
pub struct PossibleRedelivery {
    /// Which delivery.
    pub id: ReceiptId,
    /// When it was first received: it cannot have been counted earlier.
    pub since: Timestamp,
    /// Now: it cannot have been counted later.
    pub until: Timestamp,
}

/// What one call to [`Counting::record`] writes: all of it or nothing.
#[derive(Clone, Debug)]
pub struct Batch {
    /// When it was folded, by the tracer's clock.
    pub at: Timestamp,
    /// The deliveries counted in the ledger, and the records counted as unreadable.
    pub receipts: BTreeSet<ReceiptId>,
    /// What they add up to.
    pub ledger: Ledger,
    /// Which people were seen where; empty where no subject index is kept.
    pub sightings: Sightings,
}

impl Batch {
    /// The id of the batch: the same receipts make the same batch.
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

    /// Identifies one attempt to write the batch by its id and its time. A tracer that is not sure
    /// whether the batch was written retries with the same time. A second tracer that folds the same
    /// deliveries makes the same batch at another time.
    pub fn attempt_id(&self) -> ReceiptId {
        let mut written = [0; ReceiptId::BYTES + 8];
        let (id, at) = written.split_at_mut(ReceiptId::BYTES);
        id.copy_from_slice(self.id().as_bytes());
        at.copy_from_slice(&self.at.as_millisecond().to_be_bytes());
        ReceiptId::of_bytes(&written)
    }
}
