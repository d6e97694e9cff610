//! Keeps the subject index in the file. Sightings are written with their batch, and erased by
//! person.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use piitrail_flow::edge::EdgeKey;
use piitrail_flow::store::StoreError;
use piitrail_flow::subject::{Sighting, Sightings, SubjectId};
use piitrail_flow::time::Day;

use crate::fault::failed;
use crate::{json, reading, recording};

/// Adds sightings, in the transaction of their batch.
pub(super) fn record(connection: &Connection, sightings: &Sightings) -> Result<(), StoreError> {
    for (subject, edge, sighting) in sightings.iter() {
        let subject = subject.to_string();
        let edge = edge_number(connection, edge)?;
        let known = connection
            .prepare_cached(
                "SELECT first_seen, last_seen, classes FROM sighting WHERE subject = ?1 AND edge = ?2",
            )
            .map_err(recording)?
            .query_row(params![subject, edge], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()
            .map_err(recording)?;
        let mut merged = sighting.clone();
        if let Some(row) = known {
            let known = sighting_of(&row)?;
            merged.merge(&known);
            if merged == known {
                continue;
            }
        }
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO sighting (subject, edge, first_seen, last_seen, classes)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut replace| {
                let classes = serde_json::to_string(&merged.classes).unwrap_or_default();
                let (first, last) = (merged.first_seen.to_string(), merged.last_seen.to_string());
                replace.execute(params![subject, edge, first, last, classes])
            })
            .map_err(recording)?;
    }
    Ok(())
}

fn edge_number(connection: &Connection, edge: &EdgeKey) -> Result<i64, StoreError> {
    let edge = json(edge)?;
    connection
        .prepare_cached("INSERT OR IGNORE INTO sighted_edge (edge) VALUES (?1)")
        .and_then(|mut insert| insert.execute([&edge]))
        .map_err(recording)?;
    connection
        .prepare_cached("SELECT id FROM sighted_edge WHERE edge = ?1")
        .and_then(|mut select| select.query_row([&edge], |row| row.get(0)))
        .map_err(recording)
}

/// Reads the sightings of these people.
pub(super) fn of(connection: &Connection, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
    let mut sightings = Sightings::default();
    let mut select = connection
        .prepare_cached(
            "SELECT first_seen, last_seen, classes, sighted_edge.edge
             FROM sighting JOIN sighted_edge ON sighted_edge.id = sighting.edge WHERE subject = ?1",
        )
        .map_err(reading)?;
    for subject in subjects {
        let mut rows = select.query([subject.to_string()]).map_err(reading)?;
        while let Some(row) = rows.next().map_err(reading)? {
            let text = |index| row.get::<_, String>(index).map_err(reading);
            let sighting = sighting_of(&(text(0)?, text(1)?, text(2)?))?;
            let edge =
                serde_json::from_str(&text(3)?).map_err(|e| StoreError::unreadable("a key", e))?;
            sightings.add(subject.clone(), edge, &sighting);
        }
    }
    Ok(sightings)
}

/// Deletes these people from the index. Afterwards neither the file nor its journal contains
/// anything of them. The file is rewritten, because a store that an earlier version wrote may
/// contain copies in unused pages.
pub(super) fn erase(
    connection: &mut Connection,
    subjects: &[SubjectId],
) -> Result<u64, StoreError> {
    let erasing = |e| failed("erase a subject", e);
    let transaction = connection.transaction().map_err(erasing)?;
    let mut erased = 0;
    for subject in subjects {
        erased += transaction
            .execute(
                "DELETE FROM sighting WHERE subject = ?1",
                [subject.to_string()],
            )
            .map_err(erasing)? as u64;
    }
    transaction.commit().map_err(erasing)?;
    connection.execute_batch("VACUUM").map_err(erasing)?;
    let is_busy: bool = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(erasing)?;
    if is_busy {
        return Err(StoreError::backend(
            "erase a subject",
            "the index is erased, but another process is using the store, and copies are still in its \
             journal; erase again when the process has ended",
        ));
    }
    Ok(erased)
}

/// Deletes the sightings before a day, and the edges without sightings.
pub(super) fn forget_before(connection: &Connection, day: &str) -> rusqlite::Result<()> {
    let forgotten = connection.execute("DELETE FROM sighting WHERE last_seen < ?1", [day])?;
    if forgotten > 0 {
        connection.execute(
            "DELETE FROM sighted_edge WHERE id NOT IN (SELECT edge FROM sighting)",
            [],
        )?;
    }
    Ok(())
}

/// Parses a row: first day, last day, classes.
fn sighting_of((first, last, classes): &(String, String, String)) -> Result<Sighting, StoreError> {
    let day = |text: &str| -> Result<Day, StoreError> {
        text.parse()
            .map_err(|e: jiff::Error| StoreError::unreadable("a day", e))
    };
    let classes: BTreeSet<_> =
        serde_json::from_str(classes).map_err(|e| StoreError::unreadable("classes", e))?;
    Ok(Sighting {
        first_seen: day(first)?,
        last_seen: day(last)?,
        classes,
    })
}
