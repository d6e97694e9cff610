//! The tables of the file, by version, and which version a file has.

use piitrail_flow::store::StoreError;
use rusqlite::Transaction;

use crate::opening;

/// `PRAGMA user_version` of the files this version reads and writes.
pub(crate) const SCHEMA_VERSION: i32 = 3;

/// Days are written `2026-11-21`, so that text sorts as time. `WITHOUT ROWID` keeps each table in
/// one tree by its key.
const SCHEMA_1: &str = "
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

/// What the second version adds. A month is stored like a day, under its first day.
const SCHEMA_2: &str = "
CREATE TABLE edge_month (
    day   TEXT NOT NULL,
    edge  TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (day, edge)
) WITHOUT ROWID;
CREATE TABLE coverage_month (
    day   TEXT NOT NULL,
    place TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (day, place)
) WITHOUT ROWID;
CREATE TABLE first_seen (
    flow  BLOB NOT NULL,   -- FlowId
    class TEXT NOT NULL,
    at    TEXT NOT NULL,
    PRIMARY KEY (flow, class)
) WITHOUT ROWID;
CREATE TABLE announcement (
    id         TEXT PRIMARY KEY,
    at         INTEGER NOT NULL,   -- ms since 1970
    first_seen TEXT NOT NULL       -- a list of FirstSeen as JSON
) WITHOUT ROWID;
";

/// What the third version adds. Edges and places have homes, as fields of their JSON. A row of before
/// has no markers and counts as one without homes.
const SCHEMA_3: &str = "
ALTER TABLE first_seen ADD COLUMN markers BLOB;   -- Markers
";

/// The statements that bring a file of each version to the next one, starting with an empty file.
pub(crate) const STEPS: [&str; SCHEMA_VERSION as usize] = [SCHEMA_1, SCHEMA_2, SCHEMA_3];

/// The version of the file's schema; 0 for an empty file. An error where the file is not a store, or
/// is of a later version. It is read in a transaction, because another process may be creating the
/// store at the same time.
pub(crate) fn version_of(connection: &Transaction<'_>) -> Result<usize, StoreError> {
    let version: i32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(opening)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(opening)?;
    usize::try_from(version)
        .ok()
        .filter(|version| *version <= STEPS.len() && (*version > 0 || tables == 0))
        .ok_or_else(|| {
            StoreError::unreadable(
                "a schema",
                format!("the file has version {version}, and this version of piitrail uses {SCHEMA_VERSION}"),
            )
        })
}
