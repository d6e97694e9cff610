//! The table: the only file that knows its keys and attributes.
//!
//! | what | `pk` | `sk` | attributes |
//! |---|---|---|---|
//! | a batch | `journal#2026-11-21`, the day it was written, and `#3`, its lane, but for lane 0 | `12:00:00.000Z#<batch id>` | `facts`, `receipts`, `expires_at` |
//! | the head | `journal` | `first` | see [`Head`] |
//! | a flow's classes | `flow#<flow id>` | `first` | one for each class: when, and the batch that showed it |
//! | what is to be sent | `outbox` | when, and which batch | `expires_at` |
//! | a month's days | `rolled#2026-11` | `days#<prefix>` | `facts`, `through`, `is_split`, `expires_at` |
//! | who was in a month's days | `rolled#2026-11` | `people#21#<prefix>` | the same |
//! | a month as a whole | `rolled#2026-11` | `month#<prefix>` | the same |
//! | where a person was seen | `subject#2026-11.3fa9c2:email:0bd9…` | `2026-11-21#<hash>` | see `subjects.rs` |
//! | a topology | `topology` | `2026-11-21`, the day from which it holds | `facts` |
//!
//! # Why a journal
//! A batch is one item, written by one `PutItem`: counters, paths and the receipts of what was
//! counted go in together or not at all, and the same batch written again is the same item. That
//! makes a write atomic and idempotent without a transaction, which would cost twice, without a
//! read, and without two writers ever touching one item. The others that were weighed:
//!
//! - *An item for each edge and day, counters added to.* A unit for each edge a batch touches, two
//!   in the transaction that receipts would need, and hot edges conflict: fifty edges are a hundred
//!   units a batch, against three here (`make cost`, a hundred records).
//! - *An item for each writer and day, counters and receipts together.* One update a batch, but a
//!   write is billed by the whole item, which grows with each batch's receipts: it has to be closed
//!   every few batches, and is then a journal with rewriting.
//!
//! What a journal costs instead is reading, so it is read once: a scheduled step folds what is
//! settled into months, and a reader reads months and the tail.
//!
//! # Why two grains
//! A span of ninety days is two or three whole months and two ends. A month as a whole is a
//! fourteenth of its days (the flow crate's bench `scale`); its days stand together in columns, each
//! edge defined once. Both are trees of leaves by the bits of an edge's hash, so that no item passes
//! the bound however many edges there are: a leaf that grows too large is split in two. Each leaf says up to when it holds
//! the journal (`through`), and is written on the condition that it still says what was read: a
//! crash between two leaves, or two steps at once, count nothing twice. A leaf that was split stays
//! as a mark, so that nobody writes it again.
//!
//! A batch stands under the day it was *written*, so that a reader goes from the head's `through`
//! to today and has everything. Nothing is ever scanned.
//!
//! # Why a fence
//! What was folded is read by nobody, so nothing may be written there any more; but a writer knows
//! the head as it was minutes ago, its clock may be wrong by any amount, and a condition on the head
//! in each write would make it a transaction, twice as dear, with all writers on one item. So the
//! roll-up first says up to when it will fold, the fence, and folds at its next run, when every
//! writer that had not read the fence is done. One that has read it, whatever its clock says, writes
//! behind it.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::{Timestamp, ToSpan as _};
use piitrail_detect::DataClass;
use piitrail_flow::ledger::{Ledger, Place};
use piitrail_flow::store::{Batch, FlowId, ReceiptId, StoreError};
use piitrail_flow::time::{Day, day_of, from_rfc3339, start_of};
use piitrail_flow::topology::Topology;
use sha2::{Digest, Sha256};

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
pub(super) const FACTS: &str = "facts";
pub(super) const RECEIPTS: &str = "receipts";
pub(super) const EXPIRES_AT: &str = "expires_at";
pub(super) const THROUGH: &str = "through";
const IS_SPLIT: &str = "is_split";
const VERSION: &str = "version";
const DAY: &str = "day";
const LANES: &str = "lanes";
const MONTHS: &str = "months";
const DAYS_FROM: &str = "days_from";
const HAS_PEOPLE: &str = "has_people";
const CHANGES: &str = "changes";
const ERASURES: &str = "erasures";
const SETTLED: &str = "settled";
const FENCE: &str = "fence";
const FENCED_AT: &str = "fenced_at";
const THROUGH_BEFORE: &str = "through_before";
const ROLLED_AT: &str = "rolled_at";

/// The version of this schema. The first had no lanes, no months and no markers, and its facts were
/// JSON: its journal is read where it lies, and its head is brought to this version by the first
/// writer.
pub(super) const SCHEMA_VERSION: u32 = 2;

/// DynamoDB takes 400 KB an item, names and keys included.
pub(super) const ITEM_MAX: usize = 390 * 1024;

/// Facts of one leaf of a month: half of what an item takes, so that an hour's growth fits.
pub(super) const LEAF_MAX: usize = 192 * 1024;

pub(super) type Item = HashMap<String, AttributeValue>;

// ---- the journal ----------------------------------------------------------------------------

/// The partition of what was written on a day in a lane.
pub(super) fn journal(day: Day, lane: u16) -> String {
    match lane {
        0 => format!("journal#{day}"),
        lane => format!("journal#{day}#{lane}"),
    }
}

/// Which of so many lanes a batch is written in. It follows from what it counts, so that the same
/// batch written again is the same item.
pub(super) fn lane_of(batch: ReceiptId, lanes: NonZeroU16) -> u16 {
    let [first, second, ..] = *batch.as_bytes();
    u16::from_be_bytes([first, second]) % lanes
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

/// When the batch with this sort key was written.
pub(super) fn written_at(day: Day, sk: &str) -> Option<Timestamp> {
    let (moment, _) = sk.split_once('#')?;
    from_rfc3339(&format!("{day}T{moment}"))
}

/// A batch as an item, as if it had been folded at `at`.
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

/// The ledger of an item's facts.
pub(super) fn ledger_of(item: &Item) -> Result<Ledger, StoreError> {
    let packed = item
        .get(FACTS)
        .and_then(|value| value.as_b().ok())
        .ok_or_else(|| StoreError::unreadable("facts", "they are missing"))?;
    Ledger::unpack(packed.as_ref()).map_err(|e| StoreError::unreadable("facts", e))
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

// ---- the head -------------------------------------------------------------------------------

/// Where everything begins, and how far it is rolled up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of the schema.
    pub(super) version: u32,
    /// The first day of the journal.
    pub(super) day: Day,
    /// The most lanes ever written in.
    pub(super) lanes: u16,
    /// Up to when the journal is folded into months, this instant included.
    pub(super) through: Option<Timestamp>,
    /// Up to when it may be folded, this instant included. Never before `through`.
    pub(super) settled: Option<Timestamp>,
    /// Up to when it may be folded next: whoever knows it writes behind it. Never before `settled`.
    pub(super) fence: Option<Timestamp>,
    /// When the fence was set.
    pub(super) fenced_at: Option<Timestamp>,
    /// The months there are, by their first day.
    pub(super) months: BTreeSet<Day>,
    /// The first month whose days are kept.
    pub(super) days_from: Option<Day>,
    /// What `through` was before `rolled_at`: where a reader begins who may not see yet what was
    /// written then.
    pub(super) through_before: Option<Timestamp>,
    /// When it was last rolled up.
    pub(super) rolled_at: Option<Timestamp>,
    /// Whether any month has people.
    pub(super) has_people: bool,
    /// How often people were erased from the subject index: what an instance remembers to have
    /// written there is good until then.
    pub(super) erasures: u64,
    /// How often this item was changed.
    pub(super) changes: u64,
}

impl Head {
    /// Of books in which nothing was written yet, by who begins them on this day in so many lanes.
    pub(super) fn new(day: Day, lanes: u16) -> Self {
        Self {
            version: SCHEMA_VERSION,
            day,
            lanes,
            through: None,
            settled: None,
            fence: None,
            fenced_at: None,
            months: BTreeSet::new(),
            days_from: None,
            through_before: None,
            rolled_at: None,
            has_people: false,
            erasures: 0,
            changes: 0,
        }
    }

    /// Settles what stands before the fence, and sets the next. The last was set long enough ago for
    /// every writer who does not know it to be done.
    pub(super) fn move_fence(&mut self, next: Timestamp, now: Timestamp) {
        self.settled = self.fence;
        if Some(next) > self.fence {
            self.fence = Some(next);
            self.fenced_at = Some(now);
        }
    }

    /// When something is written that was folded at `at`: then, or right behind the fence.
    pub(super) fn behind_fence(&self, at: Timestamp) -> Timestamp {
        match self.fence {
            Some(fence) if at <= fence => fence + 1.millisecond(),
            _ => at,
        }
    }
}

pub(super) fn head_key() -> Item {
    key("journal".to_owned(), "first".to_owned())
}

pub(super) fn head_item(head: &Head) -> Item {
    let mut item = head_key();
    let mut set = |name: &str, value| item.insert(name.to_owned(), value);
    set(VERSION, AttributeValue::N(head.version.to_string()));
    set(DAY, AttributeValue::S(head.day.to_string()));
    set(LANES, AttributeValue::N(head.lanes.to_string()));
    if head.has_people {
        set(HAS_PEOPLE, AttributeValue::Bool(true));
    }
    if head.erasures > 0 {
        set(ERASURES, AttributeValue::N(head.erasures.to_string()));
    }
    set(CHANGES, AttributeValue::N(head.changes.to_string()));
    for (name, at) in [
        (THROUGH, head.through),
        (SETTLED, head.settled),
        (FENCE, head.fence),
        (FENCED_AT, head.fenced_at),
        (THROUGH_BEFORE, head.through_before),
        (ROLLED_AT, head.rolled_at),
    ] {
        if let Some(at) = at {
            set(name, AttributeValue::S(instant(at)));
        }
    }
    if !head.months.is_empty() {
        let months = head.months.iter().map(ToString::to_string).collect();
        set(MONTHS, AttributeValue::Ss(months));
    }
    if let Some(day) = head.days_from {
        set(DAYS_FROM, AttributeValue::S(day.to_string()));
    }
    item
}

pub(super) fn head_of(item: &Item) -> Result<Head, StoreError> {
    let unreadable = |why: &'static str| StoreError::unreadable("a head", why);
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let number = |name: &str| -> Option<u32> { item.get(name)?.as_n().ok()?.parse().ok() };
    let day = |text: &String| text.parse().map_err(|_| unreadable("a day of it is none"));
    let version = number(VERSION).unwrap_or(1);
    if version > SCHEMA_VERSION {
        return Err(StoreError::unreadable(
            "a schema",
            format!("the table has version {version}, this program has {SCHEMA_VERSION}"),
        ));
    }
    let months = match item.get(MONTHS) {
        Some(AttributeValue::Ss(months)) => months.iter().map(day).collect::<Result<_, _>>()?,
        _ => BTreeSet::new(),
    };
    Ok(Head {
        version,
        day: text(DAY)
            .map(day)
            .ok_or(unreadable("its day is missing"))??,
        lanes: number(LANES)
            .and_then(|lanes| u16::try_from(lanes).ok())
            .unwrap_or(1),
        through: instant_of(item, THROUGH)?,
        settled: instant_of(item, SETTLED)?,
        fence: instant_of(item, FENCE)?,
        fenced_at: instant_of(item, FENCED_AT)?,
        months,
        days_from: text(DAYS_FROM).map(day).transpose()?,
        through_before: instant_of(item, THROUGH_BEFORE)?,
        rolled_at: instant_of(item, ROLLED_AT)?,
        has_people: item.contains_key(HAS_PEOPLE),
        erasures: number(ERASURES).unwrap_or(0).into(),
        changes: number(CHANGES).unwrap_or(0).into(),
    })
}

/// A condition, and the names it speaks of.
pub(super) type Condition = (&'static str, &'static [&'static str]);

/// Nothing stands there.
pub(super) const IS_NEW: Condition = ("attribute_not_exists(#pk)", &[PK]);

/// The head that stands there is this one: whoever changes it counts the change.
pub(super) fn head_is(head: &Head) -> (Condition, Option<AttributeValue>) {
    match head.changes {
        // The first version did not count.
        0 => (("attribute_not_exists(#changes)", &[CHANGES]), None),
        changes => (
            ("#changes = :value", &[CHANGES]),
            Some(AttributeValue::N(changes.to_string())),
        ),
    }
}

// ---- first seen -----------------------------------------------------------------------------

/// The partition of a flow.
pub(super) fn flow(flow: FlowId) -> String {
    format!("flow#{flow}")
}

pub(super) fn flow_key(flow: FlowId) -> Item {
    key(self::flow(flow), "first".to_owned())
}

/// The attribute of a class. A name of ours ends in no such sign.
pub(super) fn class_attribute(class: DataClass) -> String {
    class.to_string()
}

/// What stands there: when the class was first seen, and the batch that showed it.
pub(super) fn mark(at: Timestamp, batch: ReceiptId) -> AttributeValue {
    let mut bytes = at.as_millisecond().to_be_bytes().to_vec();
    bytes.extend_from_slice(batch.as_bytes());
    AttributeValue::B(Blob::new(bytes))
}

/// The classes a flow's item marks, with the batch that showed each.
pub(super) fn marks_of(item: &Item) -> impl Iterator<Item = (&str, &[u8])> {
    item.iter().filter_map(|(name, value)| {
        let mark = value.as_b().ok()?.as_ref();
        Some((name.as_str(), mark.get(8..)?))
    })
}

pub(super) const OUTBOX: &str = "outbox";

/// What says that a batch's news is still to be sent.
pub(super) fn outbox_item(at: Timestamp, lane: u16, batch: ReceiptId) -> Item {
    key(OUTBOX.to_owned(), outbox_entry(at, lane, batch))
}

/// The sort key of what is to be sent of a batch: when it was written, and where it stands.
pub(super) fn outbox_entry(at: Timestamp, lane: u16, batch: ReceiptId) -> String {
    format!("{}#{batch:?}#{lane}", instant(at))
}

/// When, in which lane and as which entry the batch of an outbox's entry was written.
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

// ---- months ---------------------------------------------------------------------------------

/// What is rolled up of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rolled {
    /// Each of its days.
    Days,
    /// It as a whole.
    Month,
    /// Who was in the events of each day. By itself, and a tree for each day: it is larger than
    /// everything else, and what is over is not written again.
    People,
}

impl Rolled {
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Days => "days#",
            Self::Month => "month#",
            Self::People => "people#",
        }
    }
}

/// What the leaves of a day's people begin with: `21#`.
pub(super) fn tree_of_people(day: Day) -> String {
    format!("{:02}#", day.day())
}

/// The partition of a month.
pub(super) fn rolled(month: Day) -> String {
    format!("rolled#{}", month.strftime("%Y-%m"))
}

/// A part of a month: the edges and places whose hash begins with some bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Leaf {
    /// The tree, where there are several: `21#`.
    pub(super) tree: String,
    /// The bits, as `0` and `1`.
    pub(super) bits: String,
    /// Up to when it holds what the journal has for it.
    pub(super) through: Option<Timestamp>,
    /// Whether it is only a mark that it was split.
    pub(super) is_split: bool,
}

impl Leaf {
    /// Whether this holds, or held before it was split, what another does.
    pub(super) fn is_above(&self, other: &Self) -> bool {
        self.tree == other.tree && other.bits.starts_with(&self.bits)
    }

    /// Whether an edge or place belongs here, by its bits.
    pub(super) fn holds(&self, tree: &str, bits: u32) -> bool {
        self.tree == tree && has_bits(bits, &self.bits)
    }
}

/// The deepest a tree of leaves goes.
pub(super) const BITS_MAX: usize = 24;

/// The bits of an edge's flow, or a place, as a number whose highest bit is the first.
pub(super) fn bits_of_flow(flow: FlowId) -> u32 {
    let [a, b, c, d, ..] = *flow.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

pub(super) fn bits_of_place(place: &Place) -> u32 {
    let name = place.as_ref().map_or_else(String::new, ToString::to_string);
    let digest = Sha256::digest(name.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// Whether a number's highest bits are these.
pub(super) fn has_bits(number: u32, bits: &str) -> bool {
    bits.bytes()
        .zip((0..u32::BITS).rev())
        .all(|(bit, place)| (number >> place) & 1 == u32::from(bit == b'1'))
}

/// The attributes of a leaf.
pub(super) const LEAF: &[&str] = &[FACTS, THROUGH, IS_SPLIT];

/// The leaf that stands there is this one.
pub(super) fn leaf_is(leaf: &Leaf) -> (Condition, Option<AttributeValue>) {
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

pub(super) fn leaf_item(
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

pub(super) fn leaf_of(item: &Item, grain: Rolled) -> Result<Leaf, StoreError> {
    let name = item
        .get(SK)
        .and_then(|sk| sk.as_s().ok()?.strip_prefix(grain.prefix()))
        .ok_or_else(|| StoreError::unreadable("a month", "a key of it is none"))?;
    let (tree, bits) = name.split_at(name.rfind('#').map_or(0, |end| end + 1));
    if !bits.bytes().all(|bit| matches!(bit, b'0' | b'1')) {
        return Err(StoreError::unreadable("a month", "a key of it is none"));
    }
    Ok(Leaf {
        tree: tree.to_owned(),
        bits: bits.to_owned(),
        through: instant_of(item, THROUGH)?,
        is_split: item.contains_key(IS_SPLIT),
    })
}

// ---- topologies -----------------------------------------------------------------------------

/// The partition of topologies.
pub(super) const TOPOLOGY: &str = "topology";

/// A topology as an item.
pub(super) fn topology_item(from: Day, topology: &Topology) -> Result<Item, StoreError> {
    let facts = zip(topology)?;
    within(ITEM_MAX, facts.len())?;
    let mut item = key(TOPOLOGY.to_owned(), from.to_string());
    item.insert(FACTS.to_owned(), AttributeValue::B(Blob::new(facts)));
    Ok(item)
}

/// The topology of its item.
pub(super) fn topology_of(item: &Item) -> Result<Topology, StoreError> {
    let packed = item
        .get(FACTS)
        .and_then(|value| value.as_b().ok())
        .ok_or_else(|| StoreError::unreadable("a topology", "it is missing"))?;
    unzip(packed.as_ref())
}

// ---- attributes -----------------------------------------------------------------------------

pub(super) fn key(pk: String, sk: String) -> Item {
    Item::from([
        (PK.to_owned(), AttributeValue::S(pk)),
        (SK.to_owned(), AttributeValue::S(sk)),
    ])
}

/// An instant as text that sorts as time does.
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
                .ok_or_else(|| StoreError::unreadable("a month", "its time is none"))
        })
        .transpose()
}

pub(super) fn expire(item: &mut Item, at: Option<Timestamp>) {
    if let Some(at) = at {
        let seconds = at.as_second().to_string();
        item.insert(EXPIRES_AT.to_owned(), AttributeValue::N(seconds));
    }
}

/// When something that is kept so many days after the last of its own goes.
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

/// The most that a topology is unpacked to, in bytes: what is larger was not written here.
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
    fn a_flow_is_in_the_leaf_of_its_first_bits() {
        assert!(has_bits(0b1010 << 28, ""));
        assert!(has_bits(0b1010 << 28, "1"));
        assert!(has_bits(0b1010 << 28, "101"));
        assert!(!has_bits(0b1010 << 28, "11"));
    }

    #[test]
    fn a_head_reads_back_and_one_of_a_later_version_is_refused() {
        let head = Head {
            version: SCHEMA_VERSION,
            day: "2026-11-21".parse().unwrap(),
            lanes: 4,
            through: from_rfc3339("2026-11-21T12:00:00.000Z"),
            settled: from_rfc3339("2026-11-21T12:30:00.000Z"),
            fence: from_rfc3339("2026-11-21T13:00:00.000Z"),
            fenced_at: from_rfc3339("2026-11-21T13:25:00.000Z"),
            months: BTreeSet::from(["2026-11-01".parse().unwrap()]),
            days_from: Some("2025-10-01".parse().unwrap()),
            through_before: None,
            rolled_at: from_rfc3339("2026-11-21T12:30:00.000Z"),
            has_people: true,
            erasures: 2,
            changes: 7,
        };
        assert_eq!(head_of(&head_item(&head)).unwrap(), head);
        let newer = Head {
            version: SCHEMA_VERSION + 1,
            ..head
        };
        assert!(head_of(&head_item(&newer)).is_err());
    }

    #[test]
    fn the_head_of_the_first_version_is_read() {
        let mut item = head_key();
        item.insert("day".to_owned(), AttributeValue::S("2026-11-21".to_owned()));
        let head = head_of(&item).unwrap();
        assert_eq!((head.version, head.lanes, head.through), (1, 1, None));
    }

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
