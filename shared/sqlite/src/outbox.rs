//! Markers of what was seen for the first time, and the outbox of what is still to be announced.

use jiff::Timestamp;
use piitrail_flow::store::{
    Announcement, Batch, PageToken, PendingAnnouncements, StoreError, first_seen,
};
use rusqlite::{Connection, params};

use crate::{json, reading, recording};

/// Announcements in a page of the outbox.
const OUTBOX_PAGE: usize = 20;

/// Writes the markers that are new, and an announcement of them.
pub(crate) fn mark_first_seen(
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

/// A page of the announcements that were recorded before an instant and not marked as sent.
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
    // A full page may be the last; then an empty one follows.
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
        .map_err(|e| StoreError::backend("mark an announcement as sent", e))
}
