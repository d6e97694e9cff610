//! Implements the store in one SQLite file, for one machine without AWS.
//!
//! Facts are stored as JSON beside their key. They are merged by the rule of all stores
//! ([`EdgeFacts::merge`]), in the transaction that checks the receipts, so that several processes
//! may trace into one file. The cost of a batch depends on the edges it touches, not on its
//! records.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_flow::edge::EdgeFacts;
use piitrail_flow::ledger::Coverage;
use piitrail_flow::store::{
    Announcement, Batch, Counting, KeptTopology, Outbox, Page, PageToken, PendingAnnouncements,
    PossibleRedelivery, Query, Reading, ReceiptId, Retention, RollUp, RolledUp, StoreError,
    SubjectIndex, TopologyHistory,
};
use piitrail_flow::subject::{Sightings, SubjectId};
use piitrail_flow::time::Day;
use piitrail_flow::topology::{Readings, Topology};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;

mod fault;
mod ledger;
mod merged;
mod open;
mod outbox;
mod receipts;
mod schema;
mod subjects;
#[cfg(test)]
mod tests;

use fault::failed;
use merged::{COVERAGE_DAYS, EDGE_DAYS};
use open::Place;

/// A store in one file.
#[derive(Debug)]
pub struct SqliteStore {
    /// The file, or `None` for a store in memory.
    place: Option<Place>,
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens a store, and creates it if the file does not exist.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::at(path, open::or_create(path)?))
    }

    /// Opens a store that must exist. An empty file is not a store.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::at(path, open::existing(path)?))
    }

    /// Opens a store for reading. It must exist, and may be read-only. The whole file is checked
    /// for damage.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::at(path, open::to_read(path)?))
    }

    /// Creates a store in memory, for tests that need thousands of them.
    #[cfg(test)]
    fn in_memory() -> Self {
        Self::open(Path::new(":memory:")).unwrap()
    }

    fn at(path: &Path, connection: Connection) -> Self {
        Self {
            place: Place::of(path),
            connection: Mutex::new(connection),
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A transaction that a panic interrupted was rolled back when it was dropped.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn recording(error: rusqlite::Error) -> StoreError {
    failed("record a batch", error)
}

fn reading(error: rusqlite::Error) -> StoreError {
    failed("read the file", error)
}

#[async_trait]
impl Counting for SqliteStore {
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let connection = self.connection();
        receipts::which_are_kept(
            &connection,
            redeliveries.iter().map(|redelivery| redelivery.id),
        )
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(recording)?;
        // The attempt has a receipt too, so that of two writers of the same batch only one is
        // counted.
        let writing = BTreeSet::from([batch.attempt_id()]);
        let is_again = !receipts::keep(&transaction, &writing)?.is_empty();
        if is_again && !batch.receipts.is_empty() {
            return Ok(None);
        }
        let known = receipts::keep(&transaction, &batch.receipts)?;
        if !known.is_empty() {
            return Err(StoreError::AlreadyCounted(known));
        }
        subjects::record(&transaction, &batch.sightings)?;
        EDGE_DAYS.merge(&transaction, &batch.ledger.edges, EdgeFacts::merge)?;
        COVERAGE_DAYS.merge(&transaction, &batch.ledger.coverage, Coverage::merge)?;
        let announcement = outbox::mark_first_seen(&transaction, batch)?;
        transaction.commit().map_err(recording)?;
        // SQLite can still write to a deleted file, but nobody could read the content.
        if self
            .place
            .as_ref()
            .is_some_and(|place| !place.is_unchanged())
        {
            return Err(StoreError::backend(
                "record a batch",
                "the file of the store was deleted or replaced",
            ));
        }
        Ok(announcement)
    }
}

#[async_trait]
impl Reading for SqliteStore {
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        if page.is_some() {
            return Err(StoreError::BadPageToken);
        }
        ledger::read(&mut self.connection(), query)
    }
}

#[async_trait]
impl RollUp for SqliteStore {
    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError> {
        ledger::roll_up(&mut self.connection(), now, *keep)
    }
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        outbox::pending(&self.connection(), before, page)
    }

    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError> {
        outbox::mark_sent(&self.connection(), announcement)
    }
}

#[async_trait]
impl SubjectIndex for SqliteStore {
    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        subjects::of(&self.connection(), subjects)
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        subjects::erase(&mut self.connection(), subjects)
    }
}

#[async_trait]
impl TopologyHistory for SqliteStore {
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO topology (valid_from, topology) VALUES (?1, ?2)",
                params![from.to_string(), json(topology)?],
            )
            .map(|_| ())
            .map_err(|e| failed("write the topology", e))
    }

    async fn put_readings(&self, readings: &Readings) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO readings (id, readings) VALUES (0, ?1)",
                [json(readings)?],
            )
            .map(|_| ())
            .map_err(|e| StoreError::backend("write when accounts were read", e))
    }

    async fn readings(&self) -> Result<Readings, StoreError> {
        let text: Option<String> = self
            .connection()
            .query_row("SELECT readings FROM readings", [], |row| row.get(0))
            .optional()
            .map_err(reading)?;
        let unreadable = |e| StoreError::unreadable("when accounts were read", e);
        let readings = text.map(|text| serde_json::from_str(&text).map_err(unreadable));
        Ok(readings.transpose()?.unwrap_or_default())
    }

    async fn kept_topology(&self, on: Day) -> Result<Option<KeptTopology>, StoreError> {
        let kept: Option<(String, String)> = self
            .connection()
            .query_row(
                "SELECT valid_from, topology FROM topology WHERE valid_from <= ?1
                 ORDER BY valid_from DESC LIMIT 1",
                [on.to_string()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(reading)?;
        let Some((from, text)) = kept else {
            return Ok(None);
        };
        let unreadable = |e| StoreError::unreadable("a topology", e);
        let from = from
            .parse()
            .map_err(|e| StoreError::unreadable("the day of a topology", e))?;
        let topology = serde_json::from_str(&text).map_err(unreadable)?;
        Ok(Some(KeptTopology { from, topology }))
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::backend("write JSON", e))
}
