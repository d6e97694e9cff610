//! Defines the tables of the file by version, and finds the version of a file.

use piitrail_flow::store::StoreError;
use rusqlite::{Transaction, params};

use crate::merged::{FACT_TABLES, checksum};
use crate::open::opening;

/// The `PRAGMA user_version` of files that this version reads and writes.
pub(crate) const SCHEMA_VERSION: i32 = 7;

/// The `PRAGMA application_id` of a store: `PIIt`. Stores of the first three versions have none.
pub(crate) const APPLICATION_ID: i32 = 0x5049_4974;

/// The first version. Days are written as `2026-11-21`, so that text sorts by time. `WITHOUT ROWID`
/// keeps each table in one tree by its key.
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

/// The second version adds months. A month is stored like a day, under its first day.
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

/// The third version adds homes to edges and places, as fields of their JSON. A row of an earlier
/// version has no markers and counts as one without homes.
const SCHEMA_3: &str = "
ALTER TABLE first_seen ADD COLUMN markers BLOB;   -- Markers
";

/// The fourth version adds a checksum to each row of facts, a mark to the receipts of earlier
/// versions, and the subject index, which most files have already.
///
/// A receipt of an earlier version may be a hash of a document, so it is kept only as long as its
/// record may be redelivered. `earlier_since` is empty until the first roll-up after the upgrade
/// writes its day there. Receipts of this version are not marked, and kept.
///
/// The subject index contains each edge once, however many people were seen on it.
const SCHEMA_4: &str = "
ALTER TABLE receipt ADD COLUMN earlier_since TEXT;
UPDATE receipt SET earlier_since = '';
ALTER TABLE edge ADD COLUMN checksum INTEGER;
ALTER TABLE coverage ADD COLUMN checksum INTEGER;
ALTER TABLE edge_month ADD COLUMN checksum INTEGER;
ALTER TABLE coverage_month ADD COLUMN checksum INTEGER;
CREATE TABLE IF NOT EXISTS sighted_edge (
    id   INTEGER PRIMARY KEY,
    edge TEXT NOT NULL UNIQUE   -- EdgeKey as JSON
);
CREATE TABLE IF NOT EXISTS sighting (
    subject    TEXT NOT NULL,     -- EPOCH:KIND:FINGERPRINT
    edge       INTEGER NOT NULL REFERENCES sighted_edge,
    first_seen TEXT NOT NULL,
    last_seen  TEXT NOT NULL,
    classes    TEXT NOT NULL,     -- JSON
    PRIMARY KEY (subject, edge)
) WITHOUT ROWID;
";

/// The fifth version adds events that were not read whole to the facts. An earlier version would
/// ignore them and show an edge that has only such events as one without personal data.
const SCHEMA_5: &str = "";

/// The sixth version adds state machines, Firehose streams and other kinds of consumers to the
/// edges, which an earlier version cannot read.
const SCHEMA_6: &str = "";

/// The seventh version adds when accounts were last read. There is at most one row.
const SCHEMA_7: &str = "
CREATE TABLE readings (
    id       INTEGER PRIMARY KEY CHECK (id = 0),
    readings TEXT NOT NULL   -- Readings as JSON
);
";

/// The tables by which a file without an application id is recognised, with their first columns:
/// those of the first version, then those that the second version added.
const TABLES: [&[(&str, &str)]; 2] = [
    &[
        ("edge", "day,edge,facts"),
        ("coverage", "day,place,facts"),
        ("receipt", "id"),
        ("topology", "valid_from,topology"),
    ],
    &[
        ("edge_month", "day,edge,facts"),
        ("coverage_month", "day,place,facts"),
        ("first_seen", "flow,class,at"),
        ("announcement", "id,at,first_seen"),
    ],
];

/// The statements that upgrade a file of each version to the next one, starting with an empty file.
pub(crate) const STEPS: [&str; SCHEMA_VERSION as usize] = [
    SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5, SCHEMA_6, SCHEMA_7,
];

/// Adds a checksum to each row of facts that has none.
pub(crate) fn add_checksums(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    for (table, key) in FACT_TABLES {
        let rows: Vec<[String; 3]> = transaction
            .prepare(&format!(
                "SELECT day, {key}, facts FROM {table} WHERE checksum IS NULL"
            ))?
            .query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?
            .collect::<rusqlite::Result<_>>()?;
        let mut update = transaction.prepare(&format!(
            "UPDATE {table} SET checksum = ?3 WHERE day = ?1 AND {key} = ?2"
        ))?;
        for [day, key, facts] in rows {
            update.execute(params![day, key, checksum(&day, &key, &facts)])?;
        }
    }
    Ok(())
}

/// Returns the version of the file's schema, or 0 for an empty file. A file that is not a store, or
/// is of a later version, is an error. The version is read in a transaction, because another
/// process may be creating the store at the same time.
pub(crate) fn version_of(connection: &Transaction<'_>) -> Result<usize, StoreError> {
    let number = |name: &str| -> Result<i32, StoreError> {
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(opening)
    };
    let (id, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(opening)?;
    let is_ours = id == APPLICATION_ID
        || (id == 0 && version > 0 && has_our_tables(connection, version).map_err(opening)?);
    match usize::try_from(version) {
        Ok(0) if id == 0 && tables == 0 => Ok(0),
        Ok(version @ 1..=STEPS_COUNT) if is_ours => Ok(version),
        Ok(found) if is_ours && found > STEPS_COUNT => Err(StoreError::NewerVersion {
            found: version.unsigned_abs(),
            known: SCHEMA_VERSION.unsigned_abs(),
        }),
        _ if is_ours => Err(StoreError::unreadable(
            "a schema",
            format!("version {version} is not the version of a store"),
        )),
        _ => Err(StoreError::backend(
            "open the file",
            "the file is a database of another program, and not a store of piitrail",
        )),
    }
}

const STEPS_COUNT: usize = STEPS.len();

fn has_our_tables(connection: &Transaction<'_>, version: i32) -> rusqlite::Result<bool> {
    let mut columns = connection.prepare("SELECT group_concat(name) FROM pragma_table_info(?1)")?;
    let of_version = usize::try_from(version).unwrap_or_default();
    for (table, expected) in TABLES.iter().take(of_version).copied().flatten() {
        let found: Option<String> = columns.query_row([table], |row| row.get(0))?;
        if !found.is_some_and(|found| found.starts_with(expected)) {
            return Ok(false);
        }
    }
    Ok(true)
}
