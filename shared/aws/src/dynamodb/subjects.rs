//! Keeps the subject index in the table: where each person was seen, by fingerprint.
//!
//! | item | `pk` | `sk` | attributes |
//! |---|---|---|---|
//! | a person on some edges | `subject#2026-11.3fa9c2:email:0bd9…` | `2026-11-21#<hash>`, the last day and a hash of the content | `facts`, `expires_at` |
//!
//! The sightings of a person in one batch are one item, whatever edges they were on. The key of the
//! item follows from its content, so writing it again writes the same item. Therefore no write
//! needs a read or a condition, two writers never conflict, and 25 items go in one call. A reader
//! merges the items it finds. An instance caches what it has written: seeing a person on the same
//! edges again costs nothing until the next day, or until a person is erased, which the head
//! counts.
//!
//! The alternative is one item for each edge, which is read, merged and written back. With four
//! consumers of an event that would be four writes and a read instead of one write, and a call for
//! each instead of one for 25. The design here needs more space, some hundred bytes for each person
//! and day, until the last day is no longer kept.
//!
//! Sightings are written before the batch. If the batch is then not counted, its records are
//! delivered again and the same items are written again. So every counted batch has its sightings.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use piitrail_flow::edge::EdgeKey;
use piitrail_flow::store::{ReceiptId, StoreError};
use piitrail_flow::subject::{Sighting, Sightings, SubjectId};

use super::schema::{self, FACTS, Head, Item};
use super::table::{Change, Conditional, Range};
use super::{DynamoStore, RACES_MAX, raced};

/// The maximum number of sightings that an instance caches as written, at 16 bytes each.
const REMEMBERED_MAX: usize = 200_000;

/// The maximum number of edges in one item: far below the size limit of an item, however long their
/// names are.
const EDGES_MAX: usize = 250;

const WRITE: &str = "record where a subject was seen";
const READ: &str = "read where a subject was seen";
const ERASE: &str = "erase a subject";

/// The content of an item: the edges on which a person was seen.
type Seen = Vec<(EdgeKey, Sighting)>;

fn partition(subject: &SubjectId) -> String {
    format!("subject#{subject}")
}

/// Returns an item that expires this many days after its last day.
fn item_of(subject: &SubjectId, seen: &Seen, days: u32) -> Result<Item, StoreError> {
    let packed = schema::zip(seen)?;
    let last_seen = seen
        .iter()
        .map(|(_, sighting)| sighting.last_seen)
        .max()
        .unwrap_or_default();
    let content = ReceiptId::of_bytes(&packed);
    let mut item = schema::key(partition(subject), format!("{last_seen}#{content:?}"));
    item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(packed)));
    schema::expire(&mut item, schema::days_after(last_seen, days.into()));
    Ok(item)
}

fn seen_in(item: &Item) -> Result<Seen, StoreError> {
    schema::bytes_of(item, FACTS)
        .ok_or_else(|| StoreError::unreadable("a sighting", "it is missing"))
        .and_then(schema::unzip)
}

/// Returns the hash by which a sighting is cached.
fn mark(subject: &SubjectId, edge: &EdgeKey, sighting: &Sighting) -> Result<ReceiptId, StoreError> {
    serde_json::to_string(&(subject, edge, sighting))
        .map(|text| ReceiptId::of(&text))
        .map_err(|e| StoreError::backend("write JSON", e))
}

impl DynamoStore {
    /// Writes sightings. Those that this instance wrote before are skipped, unless a person was
    /// erased since, because that person may be among them.
    pub(super) async fn write_sightings(
        &self,
        sightings: &Sightings,
        erasures: u64,
    ) -> Result<(), StoreError> {
        let mut marks = Vec::new();
        {
            let mut cache = self.cache();
            if cache.erasures != erasures {
                cache.sighted.clear();
                cache.erasures = erasures;
            }
        }
        let mut new: BTreeMap<&SubjectId, Seen> = BTreeMap::new();
        for (subject, edge, sighting) in sightings.iter() {
            let mark = mark(subject, edge, sighting)?;
            if !self.cache().sighted.contains(&mark) {
                marks.push(mark);
                let seen = new.entry(subject).or_default();
                seen.push((edge.clone(), sighting.clone()));
            }
        }
        let mut changes = Vec::new();
        for (subject, seen) in new {
            for seen in seen.chunks(EDGES_MAX) {
                changes.push(Change::Put(item_of(
                    subject,
                    &seen.to_vec(),
                    self.keep.days,
                )?));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        self.table.change_all(WRITE, changes).await?;
        let mut cache = self.cache();
        if cache.sighted.len() + marks.len() > REMEMBERED_MAX {
            cache.sighted.clear();
        }
        cache.sighted.extend(marks);
        Ok(())
    }

    /// Reads the sightings of these people.
    pub(super) async fn find_sightings(
        &self,
        subjects: &[SubjectId],
    ) -> Result<Sightings, StoreError> {
        let mut sightings = Sightings::default();
        for subject in subjects {
            for item in self.items_of(subject).await? {
                let Ok(seen) = seen_in(&item) else {
                    sightings.damaged.insert(schema::name_of(&item));
                    continue;
                };
                for (edge, sighting) in seen {
                    sightings.add(subject.clone(), edge, &sighting);
                }
            }
        }
        Ok(sightings)
    }

    /// Deletes the sightings of these people. Returns the number of edges on which they had been
    /// seen.
    pub(super) async fn erase(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        let mut erased = Sightings::default();
        for subject in subjects {
            let mut changes = Vec::new();
            for mut item in self.items_of(subject).await? {
                // An item that cannot be read is deleted too.
                for (edge, sighting) in seen_in(&item).unwrap_or_default() {
                    erased.add(subject.clone(), edge, &sighting);
                }
                item.retain(|name, _| name == schema::PK || name == schema::SK);
                changes.push(Change::Delete(item));
            }
            self.table.change_all(ERASE, changes).await?;
        }
        self.count_erasure().await?;
        Ok(erased.len() as u64)
    }

    /// Counts the erasure in the head. Each instance reads the head within minutes, and then no
    /// longer takes a deleted sighting for written.
    async fn count_erasure(&self) -> Result<(), StoreError> {
        for _ in 0..RACES_MAX {
            let Some(head) = self.head().await? else {
                return Ok(());
            };
            let next = Head {
                erasures: head.erasures + 1,
                ..head.clone()
            };
            if self.replace_head(Some(&head), &next).await? == Conditional::Applied {
                return Ok(());
            }
        }
        Err(raced(ERASE))
    }

    async fn items_of(&self, subject: &SubjectId) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let range = Range {
                pk: partition(subject),
                condition: "",
                values: Vec::new(),
                attributes: &[FACTS],
                consistent: true,
                start,
                limit: None,
            };
            let (page, next) = self.table.query(READ, &range).await?;
            items.extend(page);
            start = next;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}
