//! The item with the last readings of accounts. It is written after each pull, so it is one small item apart
//! from the topology.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use piitrail_flow::store::StoreError;
use piitrail_flow::topology::Readings;

use super::{FACTS, ITEM_MAX, Item, bytes_of, key, unzip, within, zip};

/// The partition of the item.
const READINGS: &str = "readings";

/// The sort key of the item: there is only one.
const LAST: &str = "last";

/// Returns the key of the item.
pub(in crate::dynamodb) fn readings_key() -> Item {
    key(READINGS.to_owned(), LAST.to_owned())
}

/// Returns the readings as an item.
pub(in crate::dynamodb) fn readings_item(readings: &Readings) -> Result<Item, StoreError> {
    let facts = zip(readings)?;
    within(ITEM_MAX, facts.len())?;
    let mut item = readings_key();
    item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(facts)));
    Ok(item)
}

/// Reads the readings from their item.
pub(in crate::dynamodb) fn readings_of(item: &Item) -> Result<Readings, StoreError> {
    let packed = bytes_of(item, FACTS)
        .ok_or_else(|| StoreError::unreadable("the readings of accounts", "they are missing"))?;
    unzip(packed)
}
