//! Reads the outbox, whose entries name batches with a pending announcement.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piitrail_detect::DataClass;
use piitrail_flow::store::{
    Announcement, Batch, FirstSeen, Markers, New, PageToken, PendingAnnouncements, ReceiptId,
    StoreError, first_seen,
};
use piitrail_flow::subject::Sightings;
use piitrail_flow::time::day_of;

use super::DynamoStore;
use super::schema::{self, Item, PK};
use super::table::Range;

/// The number of entries in a page. Each names a batch of up to 400 KB.
const OUTBOX_PAGE: i32 = 20;

/// The prefix of a page token of the outbox.
const OUTBOX_TOKEN: &str = "outbox#";

impl DynamoStore {
    /// Reads a page of the announcements that were recorded before an instant and not marked as
    /// sent. The page is small, because it is sent before the next one is read.
    pub(super) async fn outbox(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        const ACTION: &str = "read the outbox";
        // The token is the key of the last entry of the previous page. That entry may be one that
        // cannot be read.
        let after = page
            .map(|PageToken(token)| {
                token
                    .strip_prefix(OUTBOX_TOKEN)
                    .ok_or(StoreError::BadPageToken)
            })
            .transpose()?;
        let range = Range {
            pk: schema::OUTBOX.to_owned(),
            condition: "#sk < :before",
            values: vec![(":before", schema::instant(before))],
            attributes: &[],
            consistent: true,
            start: after.map(|sk| schema::key(schema::OUTBOX.to_owned(), sk.to_owned())),
            limit: Some(OUTBOX_PAGE),
        };
        let (items, next) = self.table.query(ACTION, &range).await?;
        let entries: Vec<OutboxEntry> = items
            .iter()
            .filter_map(|item| OutboxEntry::of(item.get(schema::SK)?.as_s().ok()?))
            .collect();
        let keys = entries.iter().map(OutboxEntry::batch_key).collect();
        let key_of = |item: &Item| {
            let part = |name| item.get(name)?.as_s().ok().cloned();
            Some((part(PK)?, part(schema::SK)?))
        };
        let batches = self.table.get_all(keys, true).await?.into_iter();
        let mut batches: BTreeMap<_, Item> = batches
            .filter_map(|item| Some((key_of(&item)?, item)))
            .collect();
        let mut announcements = Vec::with_capacity(entries.len());
        for entry in entries {
            // If the batch has expired, the announcement is empty and only needs to be marked as
            // sent.
            let batch = key_of(&entry.batch_key()).and_then(|key| batches.remove(&key));
            let first_seen = match batch {
                None => Vec::new(),
                Some(item) => match self.news_of(&entry, &item).await {
                    Ok(first_seen) => first_seen,
                    // This entry stays in the outbox, and the others are sent.
                    Err(StoreError::Unreadable { what, .. }) => {
                        tracing::error!(
                            what,
                            entry = entry.sk,
                            "an announcement in the outbox cannot be read and is skipped"
                        );
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            announcements.push(Announcement {
                id: entry.sk,
                first_seen,
            });
        }
        Ok(PendingAnnouncements {
            announcements,
            next: next
                .and_then(|key| key.get(schema::SK)?.as_s().ok().cloned())
                .map(|sk| PageToken(format!("{OUTBOX_TOKEN}{sk}"))),
        })
    }

    /// Returns the flows and classes that the batch of an entry showed for the first time: those
    /// whose marker names the batch, and those without a marker, because the writer died before it
    /// wrote them.
    async fn news_of(
        &self,
        entry: &OutboxEntry,
        item: &Item,
    ) -> Result<Vec<FirstSeen>, StoreError> {
        let batch = Batch {
            at: entry.at,
            receipts: schema::receipts_of(item)?,
            ledger: schema::ledger_of(item)?,
            sightings: Sightings::default(),
        };
        let id = entry.batch;
        let mut news = first_seen(&batch);
        let marks = self.marks_of(news.keys(), true).await?;
        let mut unmarked = New::new();
        for (flow, classes) in &mut news {
            let markers: BTreeMap<DataClass, Markers> = marks
                .get(flow)
                .map(|item| schema::markers_of(item).collect())
                .unwrap_or_default();
            for (class, seen) in classes.iter_mut() {
                let markers = markers.get(class).cloned().unwrap_or_default();
                let free: Vec<_> = seen.extract_if(.., |first| !markers.have(first)).collect();
                if !free.is_empty() {
                    unmarked.entry(*flow).or_default().insert(*class, free);
                }
                seen.retain(|first| markers.are_of(first, id));
            }
        }
        if !unmarked.is_empty() {
            self.read_marked(unmarked.keys(), true).await?;
        }
        for (flow, classes) in self.mark_all(id, &mut Vec::new(), unmarked).await? {
            for (class, seen) in classes {
                let of_class = news.entry(flow).or_default().entry(class).or_default();
                of_class.extend(seen);
            }
        }
        Ok(in_order(news))
    }
}

/// An entry of the outbox, with the key of the batch that it announces.
struct OutboxEntry {
    sk: String,
    at: Timestamp,
    lane: u16,
    batch_sk: String,
    batch: ReceiptId,
}

impl OutboxEntry {
    /// Parses the sort key of an entry. An entry that cannot be read is logged and stays in the
    /// outbox.
    fn of(sk: &str) -> Option<Self> {
        let Some((at, lane, batch_sk, batch)) = schema::batch_of_outbox(sk) else {
            tracing::error!(
                entry = sk,
                "an entry of the outbox does not name a batch and is skipped"
            );
            return None;
        };
        Some(Self {
            sk: sk.to_owned(),
            at,
            lane,
            batch_sk,
            batch,
        })
    }

    fn batch_key(&self) -> Item {
        let partition = schema::journal(day_of(self.at), self.lane);
        schema::key(partition, self.batch_sk.clone())
    }
}

/// Returns the new flows and classes in order.
pub(super) fn in_order(news: New) -> Vec<FirstSeen> {
    news.into_values()
        .flat_map(BTreeMap::into_values)
        .flatten()
        .collect()
}
