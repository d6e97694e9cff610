//! Finds the deliveries that were counted. The store is asked only about messages that may have
//! been redelivered.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use jiff::ToSpan as _;
use piitrail_flow::store::{PossibleRedelivery, ReceiptId, StoreError};
use piitrail_flow::time::{Day, day_of, start_of};

use super::schema::RECEIPTS;
use super::table::Range;
use super::{CLOCK_AHEAD, DynamoStore, LANES_AT_ONCE, schema};

/// The number of seconds before a message was first received from which its receipt is searched,
/// because the clocks of hosts in one region differ by milliseconds. A writer whose clock is behind
/// stores its batch no earlier than its messages were received.
const CLOCK_SKEW_SECONDS: i64 = 10;

impl DynamoStore {
    pub(super) async fn receipts(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let mut found = BTreeSet::new();
        if redeliveries.is_empty() {
            return Ok(found);
        }
        let Some(head) = self.head().await? else {
            return Ok(found);
        };
        // A late writer stores its batch after the fence: see `record.rs`.
        let last = redeliveries
            .iter()
            .map(|redelivery| day_of(redelivery.until + CLOCK_AHEAD))
            .chain(head.fence.map(day_of))
            .max()
            .unwrap_or(head.day);

        let since = redeliveries
            .iter()
            .map(|redelivery| redelivery.since)
            .min()
            .unwrap_or(Timestamp::MIN);
        let since = since
            .checked_sub(CLOCK_SKEW_SECONDS.seconds())
            .unwrap_or(since)
            .max(start_of(head.day));
        let wanted: BTreeSet<ReceiptId> = redeliveries
            .iter()
            .map(|redelivery| redelivery.id)
            .collect();
        // The batch may be in any lane, because the message was in another batch when it was first
        // delivered.
        let mut lanes = Vec::new();
        for lane in 0..head.lanes {
            lanes.push(self.receipts_of_lane(lane, since, last, &wanted));
        }
        let mut read = stream::iter(lanes).buffer_unordered(LANES_AT_ONCE);
        while found.len() < wanted.len() {
            let Some(of_lane) = read.try_next().await? else {
                break;
            };
            found.extend(of_lane);
        }
        Ok(found)
    }

    async fn receipts_of_lane(
        &self,
        lane: u16,
        since: Timestamp,
        last: Day,
        wanted: &BTreeSet<ReceiptId>,
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        const ACTION: &str = "read receipts";
        let mut found = BTreeSet::new();
        let mut day = day_of(since);
        let mut from = schema::moment(since);
        // A day without entries costs half a read unit, and the search goes back two weeks at most.
        while day <= last && found.len() < wanted.len() {
            let mut start = None;
            loop {
                let range = Range {
                    pk: schema::journal(day, lane),
                    condition: "#sk >= :from",
                    values: vec![(":from", from.clone())],
                    attributes: &[RECEIPTS],
                    consistent: true,
                    start,
                    limit: None,
                };
                let (items, next) = self.table.query(ACTION, &range).await?;
                for item in &items {
                    if let Ok(receipts) = schema::receipts_of(item) {
                        found.extend(receipts.intersection(wanted));
                    } else {
                        // An error would send every redelivered message to the dead-letter queue.
                        // Records of this batch may be counted again instead. Reports name the item
                        // if its facts are damaged too.
                        tracing::error!(
                            item = schema::name_of(item),
                            "the receipts of a batch cannot be read, so its records may count twice"
                        );
                    }
                }
                start = next;
                if start.is_none() || found.len() == wanted.len() {
                    break;
                }
            }
            day = day.tomorrow().map_err(|e| StoreError::backend(ACTION, e))?;
            // Every entry's sort key begins with a digit.
            "0".clone_into(&mut from);
        }
        Ok(found)
    }
}
