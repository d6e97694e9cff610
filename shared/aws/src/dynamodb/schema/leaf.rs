//! Defines the items of months: a tree of leaves for each grain, by the bits of the hashes of their
//! entries.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use piitrail_flow::ledger::Place;
use piitrail_flow::store::{FlowId, StoreError};
use piitrail_flow::time::Day;
use sha2::{Digest, Sha256};

use super::{Condition, FACTS, Item, SK, THROUGH, expire, instant, instant_of, key};

const IS_SPLIT: &str = "is_split";

/// The maximum size of the content of a leaf, in bytes. A larger leaf is split before it is
/// written. Half of the size limit of an item is read and written quickly.
pub(in crate::dynamodb) const LEAF_MAX: usize = 192 * 1024;

/// The grains of a rolled-up month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::dynamodb) enum Rolled {
    /// The days of the month.
    Days,
    /// The month as a whole.
    Month,
    /// The people in the events of each day. They have one tree for each day, because they are
    /// larger than everything else, and a day that has passed is not written again.
    People,
}

impl Rolled {
    pub(in crate::dynamodb) fn prefix(self) -> &'static str {
        match self {
            Self::Days => "days#",
            Self::Month => "month#",
            Self::People => "people#",
        }
    }
}

/// Returns the prefix of the leaves of a day's people: `21#`.
pub(in crate::dynamodb) fn tree_of_people(day: Day) -> String {
    format!("{:02}#", day.day())
}

/// Returns the partition of a month.
pub(in crate::dynamodb) fn rolled(month: Day) -> String {
    format!("rolled#{}", month.strftime("%Y-%m"))
}

/// A part of a month: the edges and places whose hash begins with some bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(in crate::dynamodb) struct Leaf {
    /// The tree, if the grain has several: `21#`.
    pub(in crate::dynamodb) tree: String,
    /// The bits, as `0` and `1`.
    pub(in crate::dynamodb) bits: String,
    /// The instant up to which the leaf contains the journal.
    pub(in crate::dynamodb) through: Option<Timestamp>,
    /// True if the item is only the mark of a leaf that was split.
    pub(in crate::dynamodb) is_split: bool,
}

impl Leaf {
    /// Returns true if this leaf contains the entries of another one, or did before it was split.
    pub(in crate::dynamodb) fn is_above(&self, other: &Self) -> bool {
        self.tree == other.tree && other.bits.starts_with(&self.bits)
    }

    /// Returns true if an edge or place with these bits belongs to this leaf.
    pub(in crate::dynamodb) fn holds(&self, tree: &str, bits: u32) -> bool {
        self.tree == tree && has_bits(bits, &self.bits)
    }
}

/// The maximum depth of a tree of leaves.
pub(in crate::dynamodb) const BITS_MAX: usize = 24;

/// Returns the bits of the flow of an edge, or of a place, as a number whose highest bit is the
/// first.
pub(in crate::dynamodb) fn bits_of_flow(flow: FlowId) -> u32 {
    let [a, b, c, d, ..] = *flow.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

pub(in crate::dynamodb) fn bits_of_place(place: &Place) -> u32 {
    let name = place.as_ref().map_or_else(String::new, ToString::to_string);
    let digest = Sha256::digest(name.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// Returns true if `bits` are the highest bits of a number.
pub(in crate::dynamodb) fn has_bits(number: u32, bits: &str) -> bool {
    bits.bytes()
        .zip((0..u32::BITS).rev())
        .all(|(bit, place)| (number >> place) & 1 == u32::from(bit == b'1'))
}

/// The attributes of a leaf.
pub(in crate::dynamodb) const LEAF: &[&str] = &[FACTS, THROUGH, IS_SPLIT];

/// Returns the condition that the leaf in the table is this one.
pub(in crate::dynamodb) fn leaf_is(leaf: &Leaf) -> (Condition, Option<AttributeValue>) {
    match leaf.through {
        None => (
            (
                "attribute_not_exists(#through) AND attribute_not_exists(#is_split)",
                &[THROUGH, IS_SPLIT],
            ),
            None,
        ),
        Some(through) => (
            ("#through = :value", &[THROUGH]),
            Some(AttributeValue::S(instant(through))),
        ),
    }
}

fn leaf_key(month: Day, grain: Rolled, leaf: &Leaf) -> Item {
    let Leaf { tree, bits, .. } = leaf;
    key(rolled(month), format!("{}{tree}{bits}", grain.prefix()))
}

pub(in crate::dynamodb) fn leaf_item(
    month: Day,
    grain: Rolled,
    leaf: &Leaf,
    facts: Option<Vec<u8>>,
    expires_at: Option<Timestamp>,
) -> Item {
    let mut item = leaf_key(month, grain, leaf);
    if let Some(facts) = facts {
        item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(facts)));
    }
    if let Some(through) = leaf.through {
        item.insert(THROUGH.to_owned(), AttributeValue::S(instant(through)));
    }
    if leaf.is_split {
        item.insert(IS_SPLIT.to_owned(), AttributeValue::Bool(true));
    }
    expire(&mut item, expires_at);
    item
}

pub(in crate::dynamodb) fn leaf_of(item: &Item, grain: Rolled) -> Result<Leaf, StoreError> {
    let empty = leaf_at(item, grain).ok_or_else(|| {
        StoreError::unreadable("a month", "it contains an item with an invalid key")
    })?;
    Ok(Leaf {
        through: instant_of(item, THROUGH)?,
        is_split: item.contains_key(IS_SPLIT),
        ..empty
    })
}

/// Returns the empty leaf with the key of this item, or `None` if the key is not that of a leaf.
pub(in crate::dynamodb) fn leaf_at(item: &Item, grain: Rolled) -> Option<Leaf> {
    let name = item.get(SK)?.as_s().ok()?.strip_prefix(grain.prefix())?;
    let (tree, bits) = name.split_at(name.rfind('#').map_or(0, |end| end + 1));
    let is_leaf = bits.bytes().all(|bit| matches!(bit, b'0' | b'1'));
    is_leaf.then(|| Leaf {
        tree: tree.to_owned(),
        bits: bits.to_owned(),
        ..Leaf::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_in_the_leaf_of_its_first_bits() {
        assert!(has_bits(0b1010 << 28, ""));
        assert!(has_bits(0b1010 << 28, "1"));
        assert!(has_bits(0b1010 << 28, "101"));
        assert!(!has_bits(0b1010 << 28, "11"));
    }
}
