//! Implements the store in a DynamoDB table.
//!
//! [`schema`] defines the items of the table, and [`table`] makes the calls. `record.rs` writes a
//! batch, `markers.rs` marks flows and classes that were seen for the first time, `outbox.rs` reads
//! pending announcements, `receipts.rs` finds redelivered messages that were counted, `months.rs`
//! merges finished batches into months, `read.rs` reads months and the rest of the journal, and
//! `subjects.rs` keeps the subject index.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::num::NonZeroU16;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use jiff::{SignedDuration, Timestamp};
use piitrail_detect::DataClass;
use piitrail_flow::store::{
    Announcement, Batch, Counting, FlowId, KeptTopology, Markers, Outbox, Page, PageToken,
    PendingAnnouncements, PossibleRedelivery, Query, Reading, ReceiptId, Retention, RollUp,
    RolledUp, StoreError, SubjectIndex, TopologyHistory,
};
use piitrail_flow::subject::{Sightings, SubjectId};
use piitrail_flow::time::{Day, day_of};
use piitrail_flow::topology::{Readings, Topology};
use tokio::time::Instant;

use crate::deadline::Deadline;
#[cfg(feature = "profiles")]
use crate::sdk;
use crate::sdk::Aws;

mod markers;
mod months;
mod outbox;
mod read;
mod receipts;
mod record;
mod schema;
#[cfg(test)]
mod stub;
mod subjects;
mod table;
#[cfg(test)]
mod tests;

use schema::{Head, SCHEMA_VERSION};
pub use table::Units;
use table::{Conditional, Table};

/// The number of days for which a batch is kept in the journal. It is merged into months within
/// hours. Its receipts are needed as long as a message may be redelivered, which SQS limits to 14
/// days.
pub const JOURNAL_DAYS: i64 = 30;

/// The maximum age of a cached head. Together with the time a function may run, it limits how long
/// a writer that has not read the fence may still write a batch: see `months::SETTLED_AFTER`.
const HEAD_MAX_AGE: Duration = Duration::from_mins(5);

/// The amount by which a writer's clock may be ahead of a reader's for its batch to be seen at
/// once. Shortly before midnight such a writer stores its batch under the next day.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_mins(15);

/// The maximum number of (flow, class) pairs that an instance caches as marked.
const MARKED_MAX: usize = 200_000;

/// The maximum number of lanes. They are enough for a million events a second, as the flow crate's
/// bench `scale` calculates.
pub const LANES_MAX: u16 = 256;

/// The number of lanes that are read concurrently.
const LANES_AT_ONCE: usize = 8;

/// The number of attempts of a write that loses races with other writers.
const RACES_MAX: u32 = 8;

/// The store in a DynamoDB table.
#[derive(Debug)]
pub struct DynamoStore {
    table: Table,
    lanes: NonZeroU16,
    keep: Retention,
    cache: Mutex<Cache>,
}

/// Content of the table that an instance has read and need not read again.
#[derive(Debug, Default)]
struct Cache {
    head: Option<CachedHead>,
    /// The markers that are known to exist.
    marked: HashMap<(FlowId, DataClass), Markers>,
    /// The flows whose markers were read for batches with this time, which are the batches of one
    /// invocation.
    asked: (Option<Timestamp>, HashSet<FlowId>),
    /// The hashes of the sightings that are known to be written, valid for this count of erasures.
    sighted: HashSet<ReceiptId>,
    erasures: u64,
    /// The names of items that the running roll-up could not read.
    damaged: BTreeSet<String>,
}

/// A head, with the time at which it was read.
#[derive(Clone, Debug)]
struct CachedHead {
    head: Head,
    read_at: Instant,
    /// The time of the first batch that used it. It is needed because the clock of this process
    /// stands still while Lambda keeps the function frozen between two invocations.
    used_at: Option<Timestamp>,
}

impl CachedHead {
    /// Returns true if it may still be used for a batch with this time.
    fn is_fresh(&self, at: Timestamp) -> bool {
        let is_near = |used_at: Timestamp| at.duration_since(used_at).unsigned_abs() < HEAD_MAX_AGE;
        self.read_at.elapsed() < HEAD_MAX_AGE && self.used_at.is_none_or(is_near)
    }
}

/// The time after which a call without an answer is repeated. Every call here may be repeated.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the store in a table for a function, with the credentials and the region that Lambda put
/// into the environment.
pub fn open(aws: &Aws, table: impl Into<String>) -> DynamoStore {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT);
    DynamoStore::new(Client::new(&aws.with_timeouts(timeouts)), table)
}

/// Opens the store in a table for the command line, with the credentials and the region of the
/// environment or of a profile, including single sign-on.
#[cfg(feature = "profiles")]
pub async fn open_as_a_person(table: impl Into<String>) -> DynamoStore {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT);
    DynamoStore::new(Client::new(&sdk::of_a_person(timeouts).await), table)
}

impl DynamoStore {
    /// Creates the store in a table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            table: Table::new(client, table.into()),
            lanes: NonZeroU16::MIN,
            keep: Retention::default(),
            cache: Mutex::default(),
        }
    }

    /// Sets the number of lanes that batches are written in, at most [`LANES_MAX`]. Lanes are
    /// partitions.
    ///
    /// A lane accepts a thousand write units a second, which is 20,000 records in batches of a
    /// hundred. A redelivered message is looked up in all lanes.
    #[must_use]
    pub fn with_lanes(mut self, lanes: u16) -> Self {
        self.lanes = NonZeroU16::new(lanes.min(LANES_MAX)).unwrap_or(NonZeroU16::MIN);
        self
    }

    /// Sets the retention. The subject index is kept as long as days are.
    #[must_use]
    pub fn with_retention(mut self, keep: Retention) -> Self {
        self.keep = keep;
        self
    }

    /// Sets the deadline of all calls.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Deadline) -> Self {
        self.table.set_deadline(deadline);
        self
    }

    /// Returns the cost of the calls since the last time this was called.
    pub fn take_units(&self) -> Units {
        self.table.take_units()
    }

    /// Connects before the first request needs it, so that the handshake happens in the init phase,
    /// which Lambda runs at full speed. A failure shows at the first request.
    pub async fn connect(&self) {
        let _ = self.head().await;
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // A cache may lose its content at any time.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache_head(&self, head: Head) {
        self.cache().head = Some(CachedHead {
            head,
            read_at: Instant::now(),
            used_at: None,
        });
    }

    /// Reads the head from the table.
    async fn head(&self) -> Result<Option<Head>, StoreError> {
        let item = self.table.get(schema::head_key(), true).await?;
        let head = item.as_ref().map(schema::head_of).transpose()?;
        if let Some(head) = &head {
            self.cache_head(head.clone());
        }
        Ok(head)
    }

    /// Returns a head that covers a batch of this time by this writer. Creates or changes the head
    /// if it does not.
    async fn head_for(&self, at: Timestamp) -> Result<Head, StoreError> {
        let fits = |head: &Head| {
            head.version == SCHEMA_VERSION
                && head.day <= day_of(head.behind_fence(at))
                && head.lanes >= self.lanes.get()
        };
        if let Some(known) = &mut self.cache().head
            && fits(&known.head)
            && known.is_fresh(at)
        {
            known.used_at.get_or_insert(at);
            return Ok(known.head.clone());
        }
        for _ in 0..RACES_MAX {
            let known = self.head().await?;
            let wanted = match &known {
                Some(head) if fits(head) => return Ok(head.clone()),
                Some(head) => Head {
                    version: SCHEMA_VERSION,
                    day: head.day.min(day_of(head.behind_fence(at))),
                    lanes: head.lanes.max(self.lanes.get()),
                    ..head.clone()
                },
                None => Head::new(day_of(at), self.lanes.get()),
            };
            if self.replace_head(known.as_ref(), &wanted).await? == Conditional::Applied {
                return Ok(wanted);
            }
        }
        Err(raced("mark where the journal begins"))
    }

    /// Replaces the head if the table still contains the known one.
    async fn replace_head(
        &self,
        known: Option<&Head>,
        head: &Head,
    ) -> Result<Conditional, StoreError> {
        let next = Head {
            changes: known.map_or(0, |known| known.changes) + 1,
            ..head.clone()
        };
        let (condition, value) = known.map_or((schema::IS_NEW, None), schema::head_is);
        let item = schema::head_item(&next);
        let written = self
            .table
            .put_if("write the head", item, Some(condition), value)
            .await?;
        if written == Conditional::Applied {
            self.cache_head(next);
        }
        Ok(written)
    }
}

/// Returns the error of a write that lost every race with other writers.
fn raced(action: &'static str) -> StoreError {
    StoreError::Throttled(
        format!("every attempt to {action} met a change by another writer").into(),
    )
}

#[async_trait]
impl Counting for DynamoStore {
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        self.receipts(redeliveries).await
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        if !batch.sightings.is_empty() {
            let erasures = self.head_for(batch.at).await?.erasures;
            self.write_sightings(&batch.sightings, erasures).await?;
        }
        // Writing many sightings may have taken time, so the head is checked again.
        let head = self.head_for(batch.at).await?;
        self.write(batch, &head).await
    }
}

#[async_trait]
impl Reading for DynamoStore {
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        self.page(query, page).await
    }
}

#[async_trait]
impl RollUp for DynamoStore {
    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError> {
        self.fold(now, keep).await
    }

    async fn retention(&self) -> Result<Option<Retention>, StoreError> {
        Ok(self.head().await?.and_then(|head| head.keep))
    }
}

#[async_trait]
impl Outbox for DynamoStore {
    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        self.outbox(before, page).await
    }

    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError> {
        let key = schema::key(schema::OUTBOX.to_owned(), announcement.id.clone());
        self.table.delete("mark an announcement as sent", key).await
    }
}

#[async_trait]
impl SubjectIndex for DynamoStore {
    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        self.find_sightings(subjects).await
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        self.erase(subjects).await
    }
}

#[async_trait]
impl TopologyHistory for DynamoStore {
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.table
            .put("keep the topology", schema::topology_item(from, topology)?)
            .await
    }

    async fn put_readings(&self, readings: &Readings) -> Result<(), StoreError> {
        self.table
            .put(
                "keep when accounts were read",
                schema::readings_item(readings)?,
            )
            .await
    }

    async fn readings(&self) -> Result<Readings, StoreError> {
        let item = self.table.get(schema::readings_key(), false).await?;
        let readings = item.as_ref().map(schema::readings_of).transpose()?;
        Ok(readings.unwrap_or_default())
    }

    async fn kept_topology(&self, on: Day) -> Result<Option<KeptTopology>, StoreError> {
        self.table
            .last_up_to("read the topology", schema::TOPOLOGY, on.to_string(), false)
            .await?
            .as_ref()
            .map(schema::topology_of)
            .transpose()
    }
}
