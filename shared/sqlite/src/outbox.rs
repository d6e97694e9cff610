//! Writes markers of what was seen for the first time, and keeps the outbox of pending
//! announcements.

use jiff::Timestamp;
use piitrail_flow::store::{
    Announcement, Batch, Markers, PageToken, PendingAnnouncements, ReceiptId, StoreError,
    first_seen,
};
use piitrail_flow::time::from_rfc3339;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::fault::failed;
use crate::{json, reading, recording};

/// The number of announcements in a page of the outbox.
const OUTBOX_PAGE: usize = 20;

/// Writes the new markers, and an announcement of them.
pub(crate) fn mark_first_seen(
    connection: &Connection,
    batch: &Batch,
) -> Result<Option<Announcement>, StoreError> {
    let mut known = connection
        .prepare_cached("SELECT at, markers FROM first_seen WHERE flow = ?1 AND class = ?2")
        .map_err(recording)?;
    let mut mark = connection
        .prepare_cached(
            "INSERT INTO first_seen (flow, class, at, markers) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (flow, class) DO UPDATE SET markers = excluded.markers",
        )
        .map_err(recording)?;
    let id = batch.id();
    let mut new = Vec::new();
    for (flow, classes) in first_seen(batch) {
        for (class, seen) in classes {
            let row = known
                .query_row(params![flow.as_bytes(), class.to_string()], |row| {
                    Ok((row.get::<_, String>(0)?, row.get(1)?))
                })
                .optional()
                .map_err(recording)?;
            let before = row
                .map(|(at, markers)| markers_of(&at, markers))
                .transpose()?;
            let mut markers = before.clone().unwrap_or_default();
            let at = seen.iter().map(|first| first.at).min().unwrap_or(batch.at);
            new.extend(markers.admit(seen, id));
            if before.as_ref() != Some(&markers) {
                mark.execute(params![
                    flow.as_bytes(),
                    class.to_string(),
                    at.to_string(),
                    markers.to_bytes()
                ])
                .map_err(recording)?;
            }
        }
    }
    if new.is_empty() {
        return Ok(None);
    }
    let announcement = Announcement {
        id: format!("{id:?}"),
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

/// Parses the markers of a row. A row of an earlier version has none, and counts as one marker
/// without homes.
fn markers_of(at: &str, markers: Option<Vec<u8>>) -> Result<Markers, StoreError> {
    let read = match markers {
        Some(bytes) => Markers::from_bytes(&bytes),
        None => from_rfc3339(at)
            .map(|at| Markers::without_homes(at, ReceiptId::from_bytes([0; ReceiptId::BYTES]))),
    };
    read.ok_or_else(|| StoreError::unreadable("a marker", "it is not of the form of one"))
}

/// Reads a page of the announcements that were recorded before an instant and not marked as sent.
pub(crate) fn pending(
    connection: &Connection,
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
    // A full page may be the last; then an empty page follows.
    page.next = last.filter(|_| page.announcements.len() == OUTBOX_PAGE);
    Ok(page)
}

/// Marks an announcement as sent.
pub(crate) fn mark_sent(
    connection: &Connection,
    announcement: &Announcement,
) -> Result<(), StoreError> {
    connection
        .execute("DELETE FROM announcement WHERE id = ?1", [&announcement.id])
        .map(|_| ())
        .map_err(|e| failed("mark an announcement as sent", e))
}
