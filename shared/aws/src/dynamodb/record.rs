//! Writes a batch with one `PutItem`, or with a transaction if it shows something for the first
//! time.

use jiff::ToSpan as _;
use piitrail_flow::store::{Announcement, Batch, PossibleRedelivery, StoreError, first_seen};

use super::markers::FLOWS_MAX;
use super::outbox::in_order;
use super::schema::{self, Head};
use super::{DynamoStore, JOURNAL_DAYS};

pub(super) const ACTION: &str = "record a batch";

impl DynamoStore {
    /// Writes a batch under this head. Returns the announcement of what it shows for the first
    /// time.
    pub(super) async fn write(
        &self,
        batch: &Batch,
        head: &Head,
    ) -> Result<Option<Announcement>, StoreError> {
        let at = head.behind_fence(batch.at);
        if at != batch.at {
            // The batch is late: its clock went back, or it is written again after so long that it
            // may have been merged. Nothing may be written before the fence, so the receipts tell
            // whether the batch was written before.
            let counted = self.receipts(&redeliveries(batch)).await?;
            if !counted.is_empty() {
                return if counted.len() == batch.receipts.len() {
                    Ok(None)
                } else {
                    Err(StoreError::AlreadyCounted(counted))
                };
            }
        }
        let mut new = first_seen(batch);
        self.drop_marked(&mut new);
        if !new.is_empty() {
            self.ask_once(new.keys(), batch.at).await?;
            self.drop_marked(&mut new);
        }
        if new.len() > FLOWS_MAX && batch.receipts.len() > 1 {
            return Err(StoreError::TooLarge {
                bytes: new.len(),
                limit: FLOWS_MAX,
            });
        }
        let id = batch.id();
        let lane = schema::lane_of(id, self.lanes);
        let expires_at = at.checked_add((24 * JOURNAL_DAYS).hours()).ok();
        let item = schema::batch_item(batch, at, lane, expires_at)?;
        if !new.is_empty() && !self.has_news(&new) {
            // Only homes became known of flows that are marked. That is not announced, so it needs
            // no transaction with the batch.
            self.mark_all(id, &mut Vec::new(), std::mem::take(&mut new))
                .await?;
        }
        let mut puts = vec![item, schema::outbox_item(at, lane, id)];
        match self.mark_all(id, &mut puts, new).await {
            Ok(first_seen) if puts.is_empty() => {
                Ok((!first_seen.is_empty()).then(|| Announcement {
                    id: schema::outbox_entry(at, lane, id),
                    first_seen: in_order(first_seen),
                }))
            }
            // Nothing is new, or other writers have marked all of it.
            Ok(_) => {
                self.table.put(ACTION, puts.swap_remove(0)).await?;
                Ok(None)
            }
            // The batch is written. The next reader of the outbox marks and announces the rest.
            Err(_) if puts.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Returns the receipts of a batch that may have been written before, as queries to the store.
fn redeliveries(batch: &Batch) -> Vec<PossibleRedelivery> {
    batch
        .receipts
        .iter()
        .map(|id| PossibleRedelivery {
            id: *id,
            since: batch.at,
            until: batch.at,
        })
        .collect()
}
