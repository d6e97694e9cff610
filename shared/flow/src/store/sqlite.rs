//! The books in one SQLite file: the embedded store.
//!
//! Facts lie as JSON beside their key, and are merged by the same law as everywhere else
//! ([`EdgeFacts::merge`]) inside the transaction that checks the receipts, so that several processes
//! may trace into one file. What a batch costs follows the edges it touches, not its records.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Batch, Claim, Page, PageToken, ReceiptId, Store, StoreError};
use crate::edge::{EdgeFacts, EdgeKey};
use crate::ledger::{Coverage, Ledger, Place};
use crate::subject::{Sightings, SubjectId};
use crate::time::{Day, Span};
use crate::topology::Topology;

mod subjects;

/// Rows on one page.
const PAGE_ROWS: i64 = 5_000;

/// How long a writer waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// `PRAGMA user_version` of the files this version reads and writes.
const SCHEMA_VERSION: i32 = 1;

/// Days are written `2026-11-21`, so that text sorts as time. `WITHOUT ROWID` keeps each table in
/// one tree by its key.
const SCHEMA: &str = "
CREATE TABLE edge (
    day   TEXT NOT NULL,
    edge  TEXT NOT NULL,   -- EdgeKey as JSON
    facts TEXT NOT NULL,   -- EdgeFacts as JSON
    PRIMARY KEY (day, edge)
) WITHOUT ROWID;
CREATE TABLE coverage (
    day   TEXT NOT NULL,
    place TEXT NOT NULL,   -- Place as JSON
    facts TEXT NOT NULL,   -- Coverage as JSON
    PRIMARY KEY (day, place)
) WITHOUT ROWID;
CREATE TABLE receipt (
    id BLOB PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE topology (
    valid_from TEXT PRIMARY KEY,
    topology   TEXT NOT NULL
) WITHOUT ROWID;
";

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

    /// Opens a store that must exist, to be read.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::with(Connection::open_with_flags(path, flags).map_err(opening)?)
    }

    fn with(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(BUSY_TIMEOUT).map_err(opening)?;
        // Looked at before anything is changed: it may be somebody else's file.
        if is_empty(&connection)? {
            connection
                .pragma_update(None, "journal_mode", "wal")
                .map_err(opening)?;
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(opening)?;
            // Another process may have been faster.
            if is_empty(&transaction)? {
                transaction.execute_batch(SCHEMA).map_err(opening)?;
                transaction
                    .pragma_update(None, "user_version", SCHEMA_VERSION)
                    .map_err(opening)?;
            }
            transaction.commit().map_err(opening)?;
        }
        // Beside the books and not needed by them: a file from before it is given it.
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

/// Whether the file is still to be made a store; an error where it is something else than one.
fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    let version: i32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(opening)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(opening)?;
    match version {
        SCHEMA_VERSION => Ok(false),
        0 if tables == 0 => Ok(true),
        _ => Err(StoreError::unreadable(
            "a schema",
            format!("the file has version {version}, this program has {SCHEMA_VERSION}"),
        )),
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
    async fn counted(&self, claims: &[Claim]) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let connection = self.connection();
        counted_of(&connection, claims.iter().map(|claim| claim.id))
    }

    async fn record(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(recording)?;
        let known = counted_of(&transaction, batch.receipts.iter().copied())?;
        if !known.is_empty() {
            return if known.len() == batch.receipts.len() {
                Ok(())
            } else {
                Err(StoreError::AlreadyCounted(known))
            };
        }
        {
            let mut receipt = transaction
                .prepare_cached("INSERT INTO receipt (id) VALUES (?1)")
                .map_err(recording)?;
            for id in &batch.receipts {
                receipt.execute([id.as_bytes()]).map_err(recording)?;
            }
            for ((day, key), facts) in &batch.ledger.edges {
                merge_row(
                    &transaction,
                    &EDGE,
                    *day,
                    key,
                    |known: Option<EdgeFacts>| {
                        let mut merged = known.unwrap_or_default();
                        merged.merge(facts);
                        merged
                    },
                )?;
            }
            for ((day, place), coverage) in &batch.ledger.coverage {
                merge_row(
                    &transaction,
                    &COVERAGE,
                    *day,
                    place,
                    |known: Option<Coverage>| {
                        let mut merged = known.unwrap_or_default();
                        merged.merge(coverage);
                        merged
                    },
                )?;
            }
        }
        subjects::record(&transaction, &batch.sightings)?;
        transaction.commit().map_err(recording)
    }

    async fn read(
        &self,
        span: Span,
        _now: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<Page, StoreError> {
        let connection = self.connection();
        let after: Option<(String, String)> = match page {
            Some(token) => {
                Some(serde_json::from_str(&token.0).map_err(|_| StoreError::BadPageToken)?)
            }
            None => None,
        };
        let from = span.from.map_or_else(String::new, |day| day.to_string());
        let to = span
            .to
            .map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
        let (after_day, after_edge) = after.clone().unwrap_or_default();

        let mut ledger = Ledger::default();
        let mut last = None;
        let mut count = 0;
        {
            let mut rows = connection
                .prepare_cached(
                    "SELECT day, edge, facts FROM edge
                     WHERE day BETWEEN ?1 AND ?2 AND (day, edge) > (?3, ?4)
                     ORDER BY day, edge LIMIT ?5",
                )
                .map_err(reading)?;
            let mut rows = rows
                .query(params![from, to, after_day, after_edge, PAGE_ROWS])
                .map_err(reading)?;
            while let Some(row) = rows.next().map_err(reading)? {
                let (day, key, facts) = entry::<EdgeKey, EdgeFacts>(row)?;
                ledger.add_edge(day, key, &facts);
                last = Some((
                    row.get::<_, String>(0).map_err(reading)?,
                    row.get::<_, String>(1).map_err(reading)?,
                ));
                count += 1;
            }
        }
        if after.is_none() {
            let mut rows = connection
                .prepare_cached(
                    "SELECT day, place, facts FROM coverage WHERE day BETWEEN ?1 AND ?2",
                )
                .map_err(reading)?;
            let mut rows = rows.query(params![from, to]).map_err(reading)?;
            while let Some(row) = rows.next().map_err(reading)? {
                let (day, place, coverage) = entry::<Place, Coverage>(row)?;
                ledger.add_coverage(day, place, &coverage);
            }
        }
        let next = match last {
            Some(last) if count == PAGE_ROWS => Some(PageToken(json(&last)?)),
            _ => None,
        };
        Ok(Page { ledger, next })
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

/// The statements of a table whose rows are merged.
struct MergedTable {
    select: &'static str,
    replace: &'static str,
}

static EDGE: MergedTable = MergedTable {
    select: "SELECT facts FROM edge WHERE day = ?1 AND edge = ?2",
    replace: "INSERT OR REPLACE INTO edge (day, edge, facts) VALUES (?1, ?2, ?3)",
};

static COVERAGE: MergedTable = MergedTable {
    select: "SELECT facts FROM coverage WHERE day = ?1 AND place = ?2",
    replace: "INSERT OR REPLACE INTO coverage (day, place, facts) VALUES (?1, ?2, ?3)",
};

fn merge_row<K: Serialize, F: Serialize + DeserializeOwned>(
    connection: &Connection,
    table: &MergedTable,
    day: Day,
    key: &K,
    merge: impl FnOnce(Option<F>) -> F,
) -> Result<(), StoreError> {
    let day = day.to_string();
    let key = json(key)?;
    let known: Option<String> = connection
        .prepare_cached(table.select)
        .and_then(|mut select| {
            select
                .query_row(params![day, key], |row| row.get(0))
                .optional()
        })
        .map_err(recording)?;
    let known: Option<F> = known
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|e| StoreError::unreadable("an edge", e))?;
    let merged = json(&merge(known))?;
    connection
        .prepare_cached(table.replace)
        .and_then(|mut replace| replace.execute(params![day, key, merged]))
        .map_err(recording)?;
    Ok(())
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

/// A row of day, key and facts.
fn entry<K: DeserializeOwned, F: DeserializeOwned>(
    row: &rusqlite::Row<'_>,
) -> Result<(Day, K, F), StoreError> {
    let text = |index: usize| {
        row.get_ref(index).map_err(reading).and_then(|value| {
            value
                .as_str()
                .map_err(|e| StoreError::unreadable("a row", e))
        })
    };
    let day: Day = text(0)?
        .parse()
        .map_err(|e: jiff::Error| StoreError::unreadable("a day", e))?;
    let key = serde_json::from_str(text(1)?).map_err(|e| StoreError::unreadable("a key", e))?;
    let facts = serde_json::from_str(text(2)?).map_err(|e| StoreError::unreadable("facts", e))?;
    Ok((day, key, facts))
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::backend("write JSON", e))
}
