//! Defines the keys and attributes of the table. No other module knows them.
//!
//! | item | `pk` | `sk` | attributes |
//! |---|---|---|---|
//! | a batch | `journal#2026-11-21`, the day it was written, followed by its lane (`#3`) except for lane 0 | `12:00:00.000Z#<batch id>` | `facts`, `receipts`, `expires_at` |
//! | the head | `journal` | `first` | see [`Head`] |
//! | a flow's classes | `flow#<flow id>` | `first` | one for each class: when, and the batch that showed it |
//! | a pending announcement | `outbox` | when, and which batch | none: the item is deleted when it was sent |
//! | a month's days | `rolled#2026-11` | `days#<prefix>` | `facts`, `through`, `is_split`, `expires_at` |
//! | the people of a month's day | `rolled#2026-11` | `people#21#<prefix>` | the same |
//! | a month as a whole | `rolled#2026-11` | `month#<prefix>` | the same |
//! | sightings of a person | `subject#2026-11.3fa9c2:email:0bd9…` | `2026-11-21#<hash>` | see `subjects.rs` |
//! | a damaged item | `damaged` | the key of the original item | `facts`, `expires_at` |
//! | a topology | `topology` | `2026-11-21`, the first day on which it is valid | `facts` |
//! | when accounts were read | `readings` | `last` | `facts` |
//!
//! # Why a journal
//! A batch is one item, written by one `PutItem`: counters, paths and the receipts of what was
//! counted are written together or not at all, and writing the same batch again writes the same
//! item. So a write is atomic and idempotent. It needs no transaction, which would cost twice as
//! much, and no read, and two writers never write to the same item. The alternatives that were
//! considered:
//!
//! - *One item for each edge and day, to which counters are added.* This costs a unit for each edge
//!   of a batch, and two in the transaction that receipts would need, and frequent edges conflict:
//!   fifty edges are a hundred units a batch, against three here (`make cost`, a hundred records).
//! - *One item for each writer and day, with counters and receipts.* This is one update a batch,
//!   but a write is billed by the size of the whole item, which grows with each batch's receipts.
//!   The item has to be closed every few batches, and is then a journal with rewriting.
//!
//! The price of a journal is reading, so it is read only once: the roll-up merges finished batches
//! into months, and a reader reads months and the rest of the journal.
//!
//! # Why two grains
//! A span of ninety days is two or three whole months and two ends. A month as a whole has a
//! fourteenth of the size of its days (the flow crate's bench `scale`). Its days are stored
//! together in columns, with each edge defined once. Both grains are trees of leaves by the bits of
//! an edge's hash, so that no item exceeds the size limit however many edges there are: a leaf that
//! grows too large is split in two. Each leaf says up to when it contains the journal (`through`),
//! and is written on the condition that it still says what was read. So a crash between two leaves,
//! or two runs at once, count nothing twice. A split leaf stays as a mark, so that no run writes it
//! again.
//!
//! A batch is stored under the day on which it was *written*, so that a reader who goes from the
//! head's `through` to today has everything. Nothing is ever scanned.
//!
//! # Why a fence
//! Readers skip the part of the journal that was merged, so nothing may be written there any more.
//! But a writer knows the head as it was minutes ago, and its clock may be wrong by any amount. A
//! condition on the head in each write would make the write a transaction, which costs twice as
//! much and makes all writers use one item. So a roll-up first records up to when the next one will
//! merge: the fence. The next run merges up to the fence, when every writer that has not read it
//! has ended. A writer that has read the fence writes after it, whatever its clock says.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use piitrail_detect::DataClass;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::store::{Batch, FlowId, KeptTopology, Markers, ReceiptId, StoreError};
use piitrail_flow::time::{Day, day_of, from_rfc3339, start_of};
use piitrail_flow::topology::Topology;

mod head;
mod leaf;
mod readings;

pub(super) use head::{Head, SCHEMA_VERSION, head_is, head_item, head_key, head_of};
pub(super) use leaf::{
    BITS_MAX, LEAF, LEAF_MAX, Leaf, Rolled, bits_of_flow, bits_of_place, leaf_at, leaf_is,
    leaf_item, leaf_of, rolled, tree_of_people,
};
pub(super) use readings::{readings_item, readings_key, readings_of};

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
pub(super) const FACTS: &str = "facts";
pub(super) const RECEIPTS: &str = "receipts";
pub(super) const EXPIRES_AT: &str = "expires_at";
pub(super) const THROUGH: &str = "through";

/// The maximum size of an item in bytes. DynamoDB accepts 400 KB including names and keys.
pub(super) const ITEM_MAX: usize = 390 * 1024;

pub(super) type Item = HashMap<String, AttributeValue>;

// ---- the journal ----------------------------------------------------------------------------

/// Returns the partition of the batches written on a day in a lane.
pub(super) fn journal(day: Day, lane: u16) -> String {
    match lane {
        0 => format!("journal#{day}"),
        lane => format!("journal#{day}#{lane}"),
    }
}

/// Returns the lane of a batch, out of `lanes`. It follows from the receipts of the batch, so that
/// writing the same batch again writes the same item.
pub(super) fn lane_of(batch: ReceiptId, lanes: NonZeroU16) -> u16 {
    let [first, second, ..] = *batch.as_bytes();
    u16::from_be_bytes([first, second]) % lanes
}

/// Returns the sort key of a batch within its day. It begins with the time, so that the batches
/// written since an instant are one range.
pub(super) fn entry(at: Timestamp, batch: ReceiptId) -> String {
    format!("{}#{batch:?}", moment(at))
}

/// Returns the least sort key of an instant within its day.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%H:%M:%S%.3fZ").to_string()
}

/// Returns the time at which the batch with this sort key was written.
pub(super) fn written_at(day: Day, sk: &str) -> Option<Timestamp> {
    let (moment, _) = sk.split_once('#')?;
    from_rfc3339(&format!("{day}T{moment}"))
}

/// Returns a batch as an item, written at the time `at`.
pub(super) fn batch_item(
    batch: &Batch,
    at: Timestamp,
    lane: u16,
    expires_at: Option<Timestamp>,
) -> Result<Item, StoreError> {
    let facts = pack(&batch.ledger)?;
    let mut receipts = Vec::with_capacity(batch.receipts.len() * ReceiptId::BYTES);
    for receipt in &batch.receipts {
        receipts.extend_from_slice(receipt.as_bytes());
    }
    within(ITEM_MAX, facts.len() + receipts.len())?;
    let mut item = key(journal(day_of(at), lane), entry(at, batch.id()));
    item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(facts)));
    item.insert(RECEIPTS.to_owned(), AttributeValue::B(Blob::new(receipts)));
    expire(&mut item, expires_at);
    Ok(item)
}

/// Returns the bytes of an attribute.
pub(super) fn bytes_of<'i>(item: &'i Item, attribute: &str) -> Option<&'i [u8]> {
    Some(item.get(attribute)?.as_b().ok()?.as_ref())
}

/// Unpacks the ledger from the facts of an item.
pub(super) fn ledger_of(item: &Item) -> Result<Ledger, StoreError> {
    let packed =
        bytes_of(item, FACTS).ok_or_else(|| StoreError::unreadable("facts", "they are missing"))?;
    Ledger::unpack(packed).map_err(|e| StoreError::unreadable("facts", e))
}

/// Returns the receipts of a batch's item.
pub(super) fn receipts_of(item: &Item) -> Result<BTreeSet<ReceiptId>, StoreError> {
    let bytes = bytes_of(item, RECEIPTS)
        .ok_or_else(|| StoreError::unreadable("a batch", "its receipts are missing"))?;
    let (chunks, rest) = bytes.as_chunks::<{ ReceiptId::BYTES }>();
    if !rest.is_empty() {
        return Err(StoreError::unreadable(
            "a batch",
            "its receipts are cut off",
        ));
    }
    Ok(chunks
        .iter()
        .map(|chunk| ReceiptId::from_bytes(*chunk))
        .collect())
}

// ---- first seen -----------------------------------------------------------------------------

/// Returns the partition of a flow.
pub(super) fn flow(flow: FlowId) -> String {
    format!("flow#{flow}")
}

pub(super) fn flow_key(flow: FlowId) -> Item {
    key(self::flow(flow), "first".to_owned())
}

/// Returns the attribute of a class: its name. It is in capitals, unlike every other attribute.
pub(super) fn class_attribute(class: DataClass) -> String {
    class.to_string()
}

/// Returns the value of the attribute.
pub(super) fn marks(markers: &Markers) -> AttributeValue {
    AttributeValue::B(Blob::new(markers.to_bytes()))
}

/// Returns the classes that a flow's item marks, with their markers.
pub(super) fn markers_of(item: &Item) -> impl Iterator<Item = (DataClass, Markers)> {
    item.iter().filter_map(|(name, value)| {
        let markers = Markers::from_bytes(value.as_b().ok()?.as_ref())?;
        Some((name.parse().ok()?, markers))
    })
}

pub(super) const OUTBOX: &str = "outbox";

/// Returns the outbox entry for a batch whose announcement is pending.
pub(super) fn outbox_item(at: Timestamp, lane: u16, batch: ReceiptId) -> Item {
    key(OUTBOX.to_owned(), outbox_entry(at, lane, batch))
}

/// Returns the sort key of an outbox entry: the time, the lane and the id of its batch.
pub(super) fn outbox_entry(at: Timestamp, lane: u16, batch: ReceiptId) -> String {
    format!("{}#{batch:?}#{lane}", instant(at))
}

/// Parses the sort key of an outbox entry. Returns the time, the lane, the sort key and the id of
/// its batch.
pub(super) fn batch_of_outbox(sk: &str) -> Option<(Timestamp, u16, String, ReceiptId)> {
    let mut parts = sk.split('#');
    let at = from_rfc3339(parts.next()?)?;
    let batch = parts.next()?;
    let lane = parts.next()?.parse().ok()?;
    let id = batch
        .as_bytes()
        .as_chunks::<2>()
        .0
        .iter()
        .map(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok())
        .collect::<Option<Vec<u8>>>()?;
    let id = ReceiptId::from_bytes(id.try_into().ok()?);
    Some((at, lane, format!("{}#{batch}", moment(at)), id))
}

// ---- what cannot be read --------------------------------------------------------------------

/// The partition of damaged items: copies of items that a roll-up left out.
pub(super) const DAMAGED: &str = "damaged";

/// The maximum length of the name of a damaged item, in bytes. A sort key has at most 1,024.
const DAMAGED_MAX: usize = 300;

/// Returns the key of an item for people: `journal#2026-11-21 12:00:00.000Z#0bd9…`. Only printable
/// ASCII is kept, because the key may have been written by another program, and the name is
/// printed.
pub(super) fn name_of(item: &Item) -> String {
    let part = |name| item.get(name).and_then(|value| value.as_s().ok());
    let name = format!(
        "{} {}",
        part(PK).map_or("?", String::as_str),
        part(SK).map_or("?", String::as_str)
    );
    name.chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .take(DAMAGED_MAX)
        .collect()
}

/// Returns the copy of an item that cannot be read.
pub(super) fn damaged_item(item: &Item, expires_at: Option<Timestamp>) -> Item {
    let mut copy = key(DAMAGED.to_owned(), name_of(item));
    if let Some(facts) = item.get(FACTS) {
        copy.insert(FACTS.to_owned(), facts.clone());
    }
    expire(&mut copy, expires_at);
    copy
}

// ---- topologies -----------------------------------------------------------------------------

/// The partition of topologies.
pub(super) const TOPOLOGY: &str = "topology";

/// Returns a topology as an item.
pub(super) fn topology_item(from: Day, topology: &Topology) -> Result<Item, StoreError> {
    let facts = zip(topology)?;
    within(ITEM_MAX, facts.len())?;
    let mut item = key(TOPOLOGY.to_owned(), from.to_string());
    item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(facts)));
    Ok(item)
}

/// Reads the topology from its item.
pub(super) fn topology_of(item: &Item) -> Result<KeptTopology, StoreError> {
    let packed = bytes_of(item, FACTS)
        .ok_or_else(|| StoreError::unreadable("a topology", "it is missing"))?;
    let from = item
        .get(SK)
        .and_then(|value| value.as_s().ok()?.parse().ok())
        .ok_or_else(|| StoreError::unreadable("a topology", "its day is missing"))?;
    let topology = unzip(packed)?;
    Ok(KeptTopology { from, topology })
}

/// A condition, with the attribute names in it.
pub(super) type Condition = (&'static str, &'static [&'static str]);

/// The condition that the item does not exist.
pub(super) const IS_NEW: Condition = ("attribute_not_exists(#pk)", &[PK]);

// ---- attributes -----------------------------------------------------------------------------

pub(super) fn key(pk: String, sk: String) -> Item {
    Item::from([
        (PK.to_owned(), AttributeValue::S(pk)),
        (SK.to_owned(), AttributeValue::S(sk)),
    ])
}

/// Returns an instant as text that sorts by time.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn instant_of(item: &Item, name: &str) -> Result<Option<Timestamp>, StoreError> {
    item.get(name)
        .map(|value| {
            value
                .as_s()
                .ok()
                .and_then(|text| from_rfc3339(text))
                .ok_or_else(|| StoreError::unreadable("a month", "its time is not valid"))
        })
        .transpose()
}

pub(super) fn expire(item: &mut Item, at: Option<Timestamp>) {
    if let Some(at) = at {
        let seconds = at.as_second().to_string();
        item.insert(EXPIRES_AT.to_owned(), AttributeValue::N(seconds));
    }
}

/// Returns the time at which an item expires that is kept for this many days after its last day.
pub(super) fn days_after(day: Day, days: i64) -> Option<Timestamp> {
    let seconds = start_of(day)
        .as_second()
        .checked_add(days.checked_add(1)?.checked_mul(86_400)?)?;
    Timestamp::from_second(seconds).ok()
}

fn within(limit: usize, bytes: usize) -> Result<(), StoreError> {
    if bytes > limit {
        return Err(StoreError::TooLarge { bytes, limit });
    }
    Ok(())
}

pub(super) fn pack(ledger: &Ledger) -> Result<Vec<u8>, StoreError> {
    ledger
        .pack()
        .map_err(|e| StoreError::backend("pack a ledger", e))
}

/// The maximum size of an unpacked topology, in bytes. This crate writes none that is larger.
const UNPACKED_MAX: u64 = 64 << 20;

pub(super) fn zip(value: &impl serde::Serialize) -> Result<Vec<u8>, StoreError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    serde_json::to_writer(&mut encoder, value)
        .map_err(std::io::Error::from)
        .and_then(|()| encoder.flush())
        .and_then(|()| encoder.finish())
        .map_err(|e| StoreError::backend("pack JSON", e))
}

pub(super) fn unzip<T: serde::de::DeserializeOwned>(packed: &[u8]) -> Result<T, StoreError> {
    let mut json = Vec::new();
    GzDecoder::new(packed)
        .take(UNPACKED_MAX)
        .read_to_end(&mut json)
        .map_err(|e| StoreError::unreadable("JSON", e))?;
    serde_json::from_slice(&json).map_err(|e| StoreError::unreadable("JSON", e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_the_outbox_says_where_its_batch_is() {
        let at = from_rfc3339("2026-11-21T12:00:00.007Z").unwrap();
        let batch = ReceiptId::of("batch");
        let (written, lane, sk, id) = batch_of_outbox(&outbox_entry(at, 3, batch)).unwrap();
        assert_eq!((written, lane, sk), (at, 3, entry(at, batch)));
        assert_eq!(id, batch);
        assert_eq!(written_at(day_of(at), &entry(at, batch)), Some(at));
        for damaged in [
            "",
            "x",
            "2026-11-21T12:00:00Z#zz#0",
            "2026-11-21T12:00:00Z#ab",
        ] {
            assert!(batch_of_outbox(damaged).is_none(), "{damaged}");
        }
    }
}
