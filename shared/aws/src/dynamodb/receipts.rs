//! Which deliveries were counted: asked only of messages that say they came again.

use jiff::ToSpan as _;
use piitrail_flow::time::start_of;

use super::schema::RECEIPTS;
use super::table::Range;
use super::{
    BTreeMap, BTreeSet, Claim, Day, DynamoStore, NonZeroU16, ReceiptId, StoreError, Timestamp,
    day_of, schema,
};

/// How much earlier than a message says it first came its receipt is looked for: clocks of hosts in
/// one region differ by milliseconds.
const CLOCK_SKEW_SECONDS: i64 = 10;

impl DynamoStore {
    pub(super) async fn receipts(
        &self,
        claims: &[Claim],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let mut found = BTreeSet::new();
        if claims.is_empty() {
            return Ok(found);
        }
        let Some(head) = self.head().await? else {
            return Ok(found);
        };
        // Where a writer that is below what was rolled up writes: see `record.rs`.
        let last = claims
            .iter()
            .map(|claim| day_of(claim.until))
            .chain(head.through.map(day_of))
            .max()
            .unwrap_or(head.day);

        // In each lane it may have been written in, by writers of any number of lanes so far.
        let mut lanes: BTreeMap<u16, Vec<&Claim>> = BTreeMap::new();
        for claim in claims {
            let mut count = NonZeroU16::MIN;
            let mut at = BTreeSet::new();
            while count.get() <= head.lanes {
                at.insert(claim.id.lane(count));
                match count.checked_mul(TWO) {
                    Some(more) => count = more,
                    None => break,
                }
            }
            for lane in at {
                lanes.entry(lane).or_default().push(claim);
            }
        }
        for (lane, claims) in lanes {
            let since = claims
                .iter()
                .map(|claim| claim.since)
                .min()
                .unwrap_or(Timestamp::MIN);
            let since = since
                .checked_sub(CLOCK_SKEW_SECONDS.seconds())
                .unwrap_or(since)
                .max(start_of(head.day));
            let wanted: BTreeSet<ReceiptId> = claims.iter().map(|claim| claim.id).collect();
            self.receipts_of_lane(lane, since, last, &wanted, &mut found)
                .await?;
        }
        Ok(found)
    }

    async fn receipts_of_lane(
        &self,
        lane: u16,
        since: Timestamp,
        last: Day,
        wanted: &BTreeSet<ReceiptId>,
        found: &mut BTreeSet<ReceiptId>,
    ) -> Result<(), StoreError> {
        const ACTION: &str = "read receipts";
        let mut day = day_of(since);
        let mut from = schema::moment(since);
        let mut left = wanted.len();
        // A day without entries costs half a read unit, and a claim reaches back two weeks at most.
        while day <= last && left > 0 {
            let mut start = None;
            loop {
                let range = Range {
                    pk: schema::journal(day, lane),
                    condition: "#sk >= :from",
                    values: vec![(":from", from.clone())],
                    attributes: &[RECEIPTS],
                    consistent: true,
                    start,
                };
                let (items, next) = self.table.query(ACTION, &range).await?;
                for item in &items {
                    for receipt in schema::receipts_of(item)?.intersection(wanted) {
                        left -= usize::from(found.insert(*receipt));
                    }
                }
                start = next;
                if start.is_none() || left == 0 {
                    break;
                }
            }
            day = day.tomorrow().map_err(|e| StoreError::backend(ACTION, e))?;
            // Every entry's sort key begins with a digit.
            "0".clone_into(&mut from);
        }
        Ok(())
    }
}

const TWO: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);
