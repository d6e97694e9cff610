//! Keeps receipts: the ids of the deliveries and of the write attempts that were counted.

use std::collections::BTreeSet;

use piitrail_flow::store::{ReceiptId, StoreError};
use piitrail_flow::time::{Day, days_before};
use rusqlite::Connection;

use crate::{reading, recording};

/// Adds receipts, and returns those that existed already.
pub(crate) fn keep(
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

/// The number of days for which receipts of earlier versions are kept after the upgrade. SQS keeps
/// a message for at most 14 days; the rest is for files that are traced again.
const EARLIER_KEPT_DAYS: u32 = 30;

/// Deletes the receipts of earlier versions when their time is over. It begins with the first call.
pub(crate) fn forget_earlier(connection: &Connection, today: Day) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE receipt SET earlier_since = ?1 WHERE earlier_since = ''",
        [today.to_string()],
    )?;
    let first_kept = days_before(today, EARLIER_KEPT_DAYS).to_string();
    connection
        .execute("DELETE FROM receipt WHERE earlier_since < ?1", [first_kept])
        .map(|_| ())
}

/// Returns the receipts that exist.
pub(crate) fn which_are_kept(
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
