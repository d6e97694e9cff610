//! The table: the only file that knows its keys and attributes.
//!
//! | what | `pk` | `sk` | attributes |
//! |---|---|---|---|
//! | a batch | `journal#2026-11-21`, the day it was written | `12:00:00.000Z#<batch id>` | `facts`, `receipts`, `days`, `expires_at` |
//! | the first day of the journal | `journal` | `first` | `day` |
//! | a topology | `topology` | `2026-11-21`, the day from which it holds | `facts` |
//!
//! A batch is one item, written by one `PutItem`: counters, paths and the receipts of what was
//! counted go in together or not at all, and the same batch written again is the same item. That
//! makes a write atomic and idempotent without a transaction, which would cost twice, and without a
//! read. The item is packed (gzip), for a write costs by its size: fifty edges with their paths and
//! a hundred receipts are about 4 KB.
//!
//! Readers merge. A batch stands under the day it was *written*, so that a reader of a span of event
//! days begins at the first of them and goes on to today: an event is not written before it
//! happened. Nothing is ever scanned.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read as _, Write as _};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::store::{Batch, ReceiptId, StoreError};
use piitrail_flow::time::{Day, day_of};
use piitrail_flow::topology::Topology;

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
pub(super) const FACTS: &str = "facts";
pub(super) const RECEIPTS: &str = "receipts";
pub(super) const EXPIRES_AT: &str = "expires_at";
pub(super) const DAY: &str = "day";

/// DynamoDB takes 400 KB an item, names and keys included.
pub(super) const ITEM_MAX: usize = 390 * 1024;

/// The most that an item's facts are unpacked to, in bytes: what is larger was not written here.
const UNPACKED_MAX: u64 = 64 << 20;

pub(super) type Item = HashMap<String, AttributeValue>;

/// The partition of what was written on a day.
pub(super) fn journal(day: Day) -> String {
    format!("journal#{day}")
}

/// The sort key of a batch within its day. Time first, so that what was written since a moment is
/// one range.
pub(super) fn entry(at: Timestamp, batch: ReceiptId) -> String {
    format!("{}#{batch:?}", moment(at))
}

/// The first possible sort key of an instant within its day.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%H:%M:%S%.3fZ").to_string()
}

/// The key of the item that says when the journal begins.
pub(super) fn first_day_key() -> Item {
    key("journal".to_owned(), "first".to_owned())
}

/// The partition of topologies.
pub(super) const TOPOLOGY: &str = "topology";

pub(super) fn key(pk: String, sk: String) -> Item {
    Item::from([
        (PK.to_owned(), AttributeValue::S(pk)),
        (SK.to_owned(), AttributeValue::S(sk)),
    ])
}

/// A batch as an item.
pub(super) fn batch_item(batch: &Batch, expires_at: Option<i64>) -> Result<Item, StoreError> {
    let facts = pack(&batch.ledger)?;
    let mut receipts = Vec::with_capacity(batch.receipts.len() * ReceiptId::BYTES);
    for receipt in &batch.receipts {
        receipts.extend_from_slice(receipt.as_bytes());
    }
    let bytes = facts.len() + receipts.len();
    if bytes > ITEM_MAX {
        return Err(StoreError::TooLarge {
            bytes,
            limit: ITEM_MAX,
        });
    }
    let mut item = key(journal(day_of(batch.at)), entry(batch.at, batch.id()));
    item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(facts)));
    item.insert(RECEIPTS.to_owned(), AttributeValue::B(Blob::new(receipts)));
    if let Some(expires_at) = expires_at {
        item.insert(
            EXPIRES_AT.to_owned(),
            AttributeValue::N(expires_at.to_string()),
        );
    }
    Ok(item)
}

/// The ledger of a batch's item.
pub(super) fn ledger_of(item: &Item) -> Result<Ledger, StoreError> {
    unpack(item, "a batch")
}

/// The receipts of a batch's item.
pub(super) fn receipts_of(item: &Item) -> Result<BTreeSet<ReceiptId>, StoreError> {
    let bytes = item
        .get(RECEIPTS)
        .and_then(|value| value.as_b().ok())
        .ok_or_else(|| StoreError::unreadable("a batch", "its receipts are missing"))?;
    let (chunks, rest) = bytes.as_ref().as_chunks::<{ ReceiptId::BYTES }>();
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

/// A topology as an item.
pub(super) fn topology_item(from: Day, topology: &Topology) -> Result<Item, StoreError> {
    let facts = pack(topology)?;
    if facts.len() > ITEM_MAX {
        return Err(StoreError::TooLarge {
            bytes: facts.len(),
            limit: ITEM_MAX,
        });
    }
    let mut item = key(TOPOLOGY.to_owned(), from.to_string());
    item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(facts)));
    Ok(item)
}

/// The topology of its item.
pub(super) fn topology_of(item: &Item) -> Result<Topology, StoreError> {
    unpack(item, "a topology")
}

/// The day of the item that says when the journal begins.
pub(super) fn first_day_of(item: &Item) -> Result<Day, StoreError> {
    item.get(DAY)
        .and_then(|value| value.as_s().ok())
        .ok_or_else(|| StoreError::unreadable("the first day", "it is missing"))?
        .parse()
        .map_err(|e: jiff::Error| StoreError::unreadable("the first day", e))
}

fn pack(value: &impl serde::Serialize) -> Result<Vec<u8>, StoreError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    serde_json::to_writer(&mut encoder, value)
        .map_err(std::io::Error::from)
        .and_then(|()| encoder.flush())
        .and_then(|()| encoder.finish())
        .map_err(|e| StoreError::backend("pack an item", e))
}

fn unpack<T: serde::de::DeserializeOwned>(
    item: &Item,
    what: &'static str,
) -> Result<T, StoreError> {
    let packed = item
        .get(FACTS)
        .and_then(|value| value.as_b().ok())
        .ok_or_else(|| StoreError::unreadable(what, "its facts are missing"))?;
    let mut json = Vec::new();
    GzDecoder::new(packed.as_ref())
        .take(UNPACKED_MAX)
        .read_to_end(&mut json)
        .map_err(|e| StoreError::unreadable(what, e))?;
    serde_json::from_slice(&json).map_err(|e| StoreError::unreadable(what, e))
}
