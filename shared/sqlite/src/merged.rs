//! Tables whose rows are facts as JSON beside their key, merged as they are written.

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
    select: "SELECT facts FROM edge WHERE day = ?1 AND edge = ?2",
    replace: "INSERT OR REPLACE INTO edge (day, edge, facts) VALUES (?1, ?2, ?3)",
};

pub(crate) static EDGE_MONTHS: MergedTable = MergedTable {
    select: "SELECT facts FROM edge_month WHERE day = ?1 AND edge = ?2",
    replace: "INSERT OR REPLACE INTO edge_month (day, edge, facts) VALUES (?1, ?2, ?3)",
};

pub(crate) static COVERAGE_DAYS: MergedTable = MergedTable {
    select: "SELECT facts FROM coverage WHERE day = ?1 AND place = ?2",
    replace: "INSERT OR REPLACE INTO coverage (day, place, facts) VALUES (?1, ?2, ?3)",
};

pub(crate) static COVERAGE_MONTHS: MergedTable = MergedTable {
    select: "SELECT facts FROM coverage_month WHERE day = ?1 AND place = ?2",
    replace: "INSERT OR REPLACE INTO coverage_month (day, place, facts) VALUES (?1, ?2, ?3)",
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
            let known: Option<String> = select
                .query_row(params![day, key], |row| row.get(0))
                .optional()
                .map_err(recording)?;
            let merged = match known {
                Some(known) => {
                    let mut known: F = serde_json::from_str(&known)
                        .map_err(|e| StoreError::unreadable("an edge", e))?;
                    merge(&mut known, facts);
                    json(&known)?
                }
                None => json(facts)?,
            };
            replace
                .execute(params![day, key, merged])
                .map_err(recording)?;
        }
        Ok(())
    }
}

/// Calls `take` with each row of day, key and facts that a statement selects.
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
