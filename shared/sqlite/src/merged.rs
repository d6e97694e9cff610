//! Writes tables whose rows are facts as JSON beside their key. A new entry is merged into the
//! existing row.

use std::collections::BTreeMap;

use piitrail_flow::store::StoreError;
use piitrail_flow::time::Day;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{json, reading, recording};

/// The statements of a table whose rows are merged.
pub(crate) struct MergedTable {
    select: &'static str,
    replace: &'static str,
}

pub(crate) static EDGE_DAYS: MergedTable = MergedTable {
    select: "SELECT facts, checksum FROM edge WHERE day = ?1 AND edge = ?2",
    replace: "INSERT OR REPLACE INTO edge (day, edge, facts, checksum) VALUES (?1, ?2, ?3, ?4)",
};

pub(crate) static EDGE_MONTHS: MergedTable = MergedTable {
    select: "SELECT facts, checksum FROM edge_month WHERE day = ?1 AND edge = ?2",
    replace: "INSERT OR REPLACE INTO edge_month (day, edge, facts, checksum) VALUES (?1, ?2, ?3, ?4)",
};

pub(crate) static COVERAGE_DAYS: MergedTable = MergedTable {
    select: "SELECT facts, checksum FROM coverage WHERE day = ?1 AND place = ?2",
    replace: "INSERT OR REPLACE INTO coverage (day, place, facts, checksum) VALUES (?1, ?2, ?3, ?4)",
};

pub(crate) static COVERAGE_MONTHS: MergedTable = MergedTable {
    select: "SELECT facts, checksum FROM coverage_month WHERE day = ?1 AND place = ?2",
    replace: "INSERT OR REPLACE INTO coverage_month (day, place, facts, checksum) VALUES (?1, ?2, ?3, ?4)",
};

impl MergedTable {
    /// Merges each entry into its row.
    pub(crate) fn merge<K: Serialize, F: Serialize + DeserializeOwned + Default>(
        &self,
        connection: &Connection,
        entries: &BTreeMap<(Day, K), F>,
        merge: impl Fn(&mut F, &F),
    ) -> Result<(), StoreError> {
        let mut select = connection.prepare_cached(self.select).map_err(recording)?;
        let mut replace = connection.prepare_cached(self.replace).map_err(recording)?;
        for ((day, key), facts) in entries {
            let day = day.to_string();
            let key = json(key)?;
            let known: Option<(String, Option<u32>)> = select
                .query_row(params![day, key], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
                .map_err(recording)?;
            let merged = match known {
                Some((known, kept)) => {
                    verify(kept, &day, &key, &known)?;
                    let mut known: F = serde_json::from_str(&known)
                        .map_err(|e| StoreError::unreadable("an edge", e))?;
                    merge(&mut known, facts);
                    json(&known)?
                }
                None => json(facts)?,
            };
            replace
                .execute(params![day, key, merged, checksum(&day, &key, &merged)])
                .map_err(recording)?;
        }
        Ok(())
    }
}

/// Returns the checksum of a row (CRC-32, as in gzip), which reveals a bit that changed on the
/// disk.
pub(crate) fn checksum(day: &str, key: &str, facts: &str) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in [day, key, facts] {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize()
}

/// The tables of facts, each with the column that is its key together with the day.
pub(crate) const FACT_TABLES: [(&str, &str); 4] = [
    ("edge", "edge"),
    ("coverage", "place"),
    ("edge_month", "edge"),
    ("coverage_month", "place"),
];

/// Verifies every row of facts. A row whose day was damaged would not be among the rows of a span.
pub(crate) fn verify_all(connection: &Connection) -> Result<(), StoreError> {
    for (table, key) in FACT_TABLES {
        let sql = format!("SELECT day, {key}, facts, checksum FROM {table}");
        let mut statement = connection.prepare(&sql).map_err(reading)?;
        let mut rows = statement.query([]).map_err(reading)?;
        while let Some(row) = rows.next().map_err(reading)? {
            verify_row(row)?;
        }
    }
    Ok(())
}

/// Returns the day, key and facts of a row if its checksum is right.
fn verify_row<'r>(row: &'r rusqlite::Row<'_>) -> Result<[&'r str; 3], StoreError> {
    let text = |index: usize| {
        row.get_ref(index).map_err(reading).and_then(|value| {
            value
                .as_str()
                .map_err(|e| StoreError::unreadable("a row", e))
        })
    };
    let (day, key, facts) = (text(0)?, text(1)?, text(2)?);
    let kept = row.get(3).map_err(|e| StoreError::unreadable("a row", e))?;
    verify(kept, day, key, facts)?;
    Ok([day, key, facts])
}

fn verify(kept: Option<u32>, day: &str, key: &str, facts: &str) -> Result<(), StoreError> {
    if kept == Some(checksum(day, key, facts)) {
        return Ok(());
    }
    Err(StoreError::unreadable(
        "a row",
        "the row does not have its checksum, so it was damaged; restore the store from a copy",
    ))
}

/// Calls `take` with each row of day, key, facts and checksum that a statement selects.
pub(crate) fn for_each_entry<K: DeserializeOwned, F: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    days: &[&str],
    mut take: impl FnMut(Day, K, F),
) -> Result<(), StoreError> {
    let mut rows = connection.prepare_cached(sql).map_err(reading)?;
    let mut rows = rows.query(params_from_iter(days)).map_err(reading)?;
    while let Some(row) = rows.next().map_err(reading)? {
        let (day, key, facts) = entry(row)?;
        take(day, key, facts);
    }
    Ok(())
}

/// Parses a row of day, key, facts and checksum.
fn entry<K: DeserializeOwned, F: DeserializeOwned>(
    row: &rusqlite::Row<'_>,
) -> Result<(Day, K, F), StoreError> {
    let [day, key, facts] = verify_row(row)?;
    let day: Day = day
        .parse()
        .map_err(|e: jiff::Error| StoreError::unreadable("a day", e))?;
    let key = serde_json::from_str(key).map_err(|e| StoreError::unreadable("a key", e))?;
    let facts = serde_json::from_str(facts).map_err(|e| StoreError::unreadable("facts", e))?;
    Ok((day, key, facts))
}
