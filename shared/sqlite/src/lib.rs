//! The store in one SQLite file, for one machine without AWS.
//!
//! Facts lie as JSON beside their key, and are merged by the same law as everywhere else
//! ([`EdgeFacts::merge`]), inside the transaction that checks the receipts, so that several processes
//! may trace into one file. What a batch costs follows the edges it touches, not its records.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;

use piitrail_flow::edge::{EdgeFacts, EdgeKey};
use piitrail_flow::ledger::{Coverage, Ledger, Place};
use piitrail_flow::store::{
    Announcement, Batch, Page, PageToken, PendingAnnouncements, PossibleRedelivery, Query,
    ReceiptId, Retention, RolledUp, Store, StoreError, first_seen,
};
use piitrail_flow::subject::{Sightings, SubjectId};
use piitrail_flow::time::{Day, Span, last_of_month, month_of};
use piitrail_flow::topology::Topology;

mod merged;
mod schema;
mod subjects;
#[cfg(test)]
mod tests;

use merged::{COVERAGE_DAYS, COVERAGE_MONTHS, EDGE_DAYS, EDGE_MONTHS, for_each_entry};
use schema::{SCHEMA_VERSION, STEPS, version_of};

/// How long a writer waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Announcements in a page of the outbox.
const OUTBOX_PAGE: usize = 20;

/// A store in one file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens a store, and makes it where there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with(Connection::open(path).map_err(opening)?)
    }

    /// Opens a store that must exist, to be read. An empty file is none.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(opening)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(opening)?;
        let version = version_of(&connection.transaction().map_err(opening)?)?;
        if version == 0 {
            return Err(StoreError::backend("read", "there is nothing in the file"));
        }
        Self::with(connection)
    }

    /// A store that ends with the process, for tests that need ten thousand.
    #[cfg(test)]
    fn in_memory() -> Self {
        Self::with(Connection::open_in_memory().unwrap()).unwrap()
    }

    fn with(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(BUSY_TIMEOUT).map_err(opening)?;
        // Looked at before anything is changed: it may be somebody else's file.
        let version = version_of(&connection.transaction().map_err(opening)?)?;
        if version == 0 {
            connection
                .pragma_update(None, "journal_mode", "wal")
                .map_err(opening)?;
        }
        if version < STEPS.len() {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(opening)?;
            // Another process may have been faster.
            for step in STEPS.iter().skip(version_of(&transaction)?) {
                transaction.execute_batch(step).map_err(opening)?;
            }
            transaction
                .pragma_update(None, "user_version", SCHEMA_VERSION)
                .map_err(opening)?;
            transaction.commit().map_err(opening)?;
        }
        // Beside the store and not needed by them: a file from before it is given it.
        connection
            .execute_batch(subjects::SCHEMA)
            .map_err(opening)?;
        // In WAL with NORMAL a power cut may lose the last transactions but never splits one: the
        // receipts go with the facts, and tracing the input again makes up for it.
        connection
            .pragma_update(None, "synchronous", "normal")
            .map_err(opening)?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A transaction that a panic interrupted was rolled back when it was dropped.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn opening(error: rusqlite::Error) -> StoreError {
    StoreError::backend("open the file", error)
}

fn recording(error: rusqlite::Error) -> StoreError {
    StoreError::backend("record a batch", error)
}

fn reading(error: rusqlite::Error) -> StoreError {
    StoreError::backend("read", error)
}

#[async_trait]
impl Store for SqliteStore {
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let connection = self.connection();
        counted_of(
            &connection,
            redeliveries.iter().map(|redelivery| redelivery.id),
        )
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(recording)?;
        // The writing is a receipt of its own: of two who folded the same, one was not counted.
        let writing = BTreeSet::from([batch.attempt_id()]);
        let is_again = !keep_receipts(&transaction, &writing)?.is_empty();
        if is_again && !batch.receipts.is_empty() {
            return Ok(None);
        }
        let known = keep_receipts(&transaction, &batch.receipts)?;
        if !known.is_empty() {
            return Err(StoreError::AlreadyCounted(known));
        }
        subjects::record(&transaction, &batch.sightings)?;
        EDGE_DAYS.merge(&transaction, &batch.ledger.edges, EdgeFacts::merge)?;
        COVERAGE_DAYS.merge(&transaction, &batch.ledger.coverage, Coverage::merge)?;
        let announcement = mark_first_seen(&transaction, batch)?;
        transaction.commit().map_err(recording)?;
        Ok(announcement)
    }

    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        let (last_at, last_id): (i64, &str) = match page {
            None => (i64::MIN, ""),
            Some(PageToken(token)) => {
                let (at, id) = token.split_once(' ').ok_or(StoreError::BadPageToken)?;
                (at.parse().map_err(|_| StoreError::BadPageToken)?, id)
            }
        };
        let connection = self.connection();
        let mut rows = connection
            .prepare_cached(
                "SELECT at, id, first_seen FROM announcement
                 WHERE at < ?1 AND (at, id) > (?2, ?3) ORDER BY at, id",
            )
            .map_err(reading)?;
        let mut rows = rows
            .query((before.as_millisecond(), last_at, last_id))
            .map_err(reading)?;
        let mut page = PendingAnnouncements::default();
        let mut last = None;
        while page.announcements.len() < OUTBOX_PAGE
            && let Some(row) = rows.next().map_err(reading)?
        {
            let at: i64 = row.get(0).map_err(reading)?;
            let id: String = row.get(1).map_err(reading)?;
            let first_seen: String = row.get(2).map_err(reading)?;
            last = Some(PageToken(format!("{at} {id}")));
            page.announcements.push(Announcement {
                id,
                first_seen: serde_json::from_str(&first_seen)
                    .map_err(|e| StoreError::unreadable("an announcement", e))?,
            });
        }
        // A full page may be the last; then an empty one follows.
        page.next = last.filter(|_| page.announcements.len() == OUTBOX_PAGE);
        Ok(page)
    }

    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM announcement WHERE id = ?1", [&announcement.id])
            .map(|_| ())
            .map_err(|e| StoreError::backend("mark an announcement as sent", e))
    }

    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        if page.is_some() {
            return Err(StoreError::BadPageToken);
        }
        let Span { from, to } = query.span;
        let last = to.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
        let first = |from: Option<Day>| from.map_or_else(String::new, |day| day.to_string());
        let (first_day, first_month) = (first(from), first(from.map(month_of)));
        let days = [&*first_day, &*last];
        let months = [&*first_month, &*last];

        let mut page = Page::default();
        let Page {
            ledger,
            whole_months,
            ..
        } = &mut page;
        let mut note_month = |month: Day| {
            if !query.span.covers(month, last_of_month(month)) {
                whole_months.insert(month);
            }
        };
        // All of it as it stood at one moment: what a roll-up moves meanwhile is neither missed nor
        // read twice.
        let mut connection = self.connection();
        let moment = connection.transaction().map_err(reading)?;
        let sql = "SELECT day, edge, facts FROM edge_month WHERE day BETWEEN ?1 AND ?2";
        for_each_entry(&moment, sql, &months, |month, key: EdgeKey, facts| {
            note_month(month);
            ledger.add_edge(month, key, &facts);
        })?;
        let sql = "SELECT day, edge, facts FROM edge WHERE day BETWEEN ?1 AND ?2";
        for_each_entry(&moment, sql, &days, |day, key: EdgeKey, facts| {
            ledger.add_edge(day, key, &facts);
        })?;
        let sql = "SELECT day, place, facts FROM coverage_month WHERE day BETWEEN ?1 AND ?2";
        for_each_entry(&moment, sql, &months, |month, place: Place, coverage| {
            note_month(month);
            ledger.add_coverage(month, place, &coverage);
        })?;
        let sql = "SELECT day, place, facts FROM coverage WHERE day BETWEEN ?1 AND ?2";
        for_each_entry(&moment, sql, &days, |day, place: Place, coverage| {
            ledger.add_coverage(day, place, &coverage);
        })?;
        Ok(page)
    }

    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError> {
        let rolling = |e| StoreError::backend("roll days up to months", e);
        let first_day = keep.first_day(now).to_string();
        let first_month = keep.first_month(now).to_string();
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(rolling)?;
        let mut past = Ledger::default();
        let sql = "SELECT day, edge, facts FROM edge WHERE day < ?1";
        for_each_entry(
            &transaction,
            sql,
            &[&first_day],
            |day, key: EdgeKey, facts| {
                past.add_edge(month_of(day), key, &facts);
            },
        )?;
        let sql = "SELECT day, place, facts FROM coverage WHERE day < ?1";
        for_each_entry(
            &transaction,
            sql,
            &[&first_day],
            |day, place: Place, coverage| {
                past.add_coverage(month_of(day), place, &coverage);
            },
        )?;
        EDGE_MONTHS.merge(&transaction, &past.edges, EdgeFacts::merge)?;
        COVERAGE_MONTHS.merge(&transaction, &past.coverage, Coverage::merge)?;
        for (table, first) in [
            ("edge", &first_day),
            ("coverage", &first_day),
            ("edge_month", &first_month),
            ("coverage_month", &first_month),
        ] {
            transaction
                .execute(&format!("DELETE FROM {table} WHERE day < ?1"), [first])
                .map_err(rolling)?;
        }
        subjects::forget_before(&transaction, &first_day).map_err(rolling)?;
        transaction.commit().map_err(rolling)?;
        Ok(RolledUp::default())
    }

    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        subjects::of(&self.connection(), subjects)
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        subjects::erase(&mut self.connection(), subjects)
    }

    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO topology (valid_from, topology) VALUES (?1, ?2)",
                params![from.to_string(), json(topology)?],
            )
            .map(|_| ())
            .map_err(|e| StoreError::backend("keep the topology", e))
    }

    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError> {
        let text: Option<String> = self
            .connection()
            .query_row(
                "SELECT topology FROM topology WHERE valid_from <= ?1
                 ORDER BY valid_from DESC LIMIT 1",
                [on.to_string()],
                |row| row.get(0),
            )
            .optional()
            .map_err(reading)?;
        text.map(|text| {
            serde_json::from_str(&text).map_err(|e| StoreError::unreadable("a topology", e))
        })
        .transpose()
    }
}

/// Writes the markers that are new, and what is to be sent of them.
fn mark_first_seen(
    connection: &Connection,
    batch: &Batch,
) -> Result<Option<Announcement>, StoreError> {
    let mut mark = connection
        .prepare_cached("INSERT OR IGNORE INTO first_seen (flow, class, at) VALUES (?1, ?2, ?3)")
        .map_err(recording)?;
    let mut new = Vec::new();
    for (flow, classes) in first_seen(batch) {
        for (class, first) in classes {
            let rows = mark
                .execute(params![
                    flow.as_bytes(),
                    class.to_string(),
                    first.at.to_string()
                ])
                .map_err(recording)?;
            if rows > 0 {
                new.push(first);
            }
        }
    }
    if new.is_empty() {
        return Ok(None);
    }
    let announcement = Announcement {
        id: format!("{:?}", batch.id()),
        first_seen: new,
    };
    connection
        .execute(
            "INSERT INTO announcement (id, at, first_seen) VALUES (?1, ?2, ?3)",
            params![
                announcement.id,
                batch.at.as_millisecond(),
                json(&announcement.first_seen)?
            ],
        )
        .map_err(recording)?;
    Ok(Some(announcement))
}

/// Adds receipts, and says which were there already.
fn keep_receipts(
    connection: &Connection,
    receipts: &BTreeSet<ReceiptId>,
) -> Result<BTreeSet<ReceiptId>, StoreError> {
    let mut insert = connection
        .prepare_cached("INSERT OR IGNORE INTO receipt (id) VALUES (?1)")
        .map_err(recording)?;
    let mut known = BTreeSet::new();
    for id in receipts {
        if insert.execute([id.as_bytes()]).map_err(recording)? == 0 {
            known.insert(*id);
        }
    }
    Ok(known)
}

fn counted_of(
    connection: &Connection,
    ids: impl Iterator<Item = ReceiptId>,
) -> Result<BTreeSet<ReceiptId>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT 1 FROM receipt WHERE id = ?1")
        .map_err(reading)?;
    let mut known = BTreeSet::new();
    for id in ids {
        if select.exists([id.as_bytes()]).map_err(reading)? {
            known.insert(id);
        }
    }
    Ok(known)
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::backend("write JSON", e))
}
