//! Makes calls for many items: `BatchGetItem` and `BatchWriteItem`.

use aws_sdk_dynamodb::types::{
    DeleteRequest, KeysAndAttributes, PutRequest, ReturnConsumedCapacity, WriteRequest,
};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use piitrail_flow::store::StoreError;

use super::Table;
use super::patience::store_error;
use crate::dynamodb::schema::Item;

/// The maximum number of items in one `BatchWriteItem` call.
const CHANGES_MAX: usize = 25;

/// The maximum number of keys in one `BatchGetItem` call.
const KEYS_MAX: usize = 100;

/// The number of these calls that are made concurrently.
const CALLS_AT_ONCE: usize = 8;

/// An unconditional change to an item.
#[derive(Debug)]
pub(in crate::dynamodb) enum Change {
    /// Writes the item.
    Put(Item),
    /// Deletes the item with this key.
    Delete(Item),
}

impl Table {
    /// Reads the items that exist, in any order, consistently or eventually consistently.
    pub(in crate::dynamodb) async fn get_all(
        &self,
        keys: Vec<Item>,
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        // Collected in a list, because the compiler does not accept closures that borrow here.
        let mut calls = Vec::new();
        for chunk in keys.chunks(KEYS_MAX) {
            calls.push(self.get_chunk(chunk.to_vec(), consistent));
        }
        let mut answers = stream::iter(calls).buffer_unordered(CALLS_AT_ONCE);
        let mut found = Vec::new();
        while let Some(items) = answers.try_next().await? {
            found.extend(items);
        }
        Ok(found)
    }

    /// Reads the items that exist, of at most as many keys as one call accepts.
    async fn get_chunk(
        &self,
        mut left: Vec<Item>,
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        let mut attempt = 0;
        while !left.is_empty() {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut left)))
                .consistent_read(consistent)
                .build()
                .map_err(|e| StoreError::backend("read items", e))?;
            let answer = self
                .patiently("read items", || {
                    self.client
                        .batch_get_item()
                        .request_items(&self.name, wanted.clone())
                        .return_consumed_capacity(ReturnConsumedCapacity::Total)
                        .send()
                })
                .await?
                .map_err(|e| store_error("read items", e))?;
            for capacity in answer.consumed_capacity() {
                self.consumed.add_read(Some(capacity));
            }
            for (_, items) in answer.responses.unwrap_or_default() {
                found.extend(items);
            }
            left = answer
                .unprocessed_keys
                .unwrap_or_default()
                .remove(&self.name)
                .map(|unprocessed| unprocessed.keys)
                .unwrap_or_default();
            if !left.is_empty() && !self.wait(attempt).await {
                return Err(StoreError::Throttled("keys were left unread".into()));
            }
            attempt += 1;
        }
        Ok(found)
    }

    /// Makes changes to items, each independently of the others. If the call fails, some of them
    /// may have been made.
    pub(in crate::dynamodb) async fn change_all(
        &self,
        action: &'static str,
        changes: Vec<Change>,
    ) -> Result<(), StoreError> {
        let failed = |e| StoreError::backend(action, e);
        let mut requests = Vec::with_capacity(changes.len());
        for change in changes {
            let request = WriteRequest::builder();
            requests.push(match change {
                Change::Put(item) => {
                    let put = PutRequest::builder().set_item(Some(item));
                    request.put_request(put.build().map_err(failed)?).build()
                }
                Change::Delete(key) => {
                    let delete = DeleteRequest::builder().set_key(Some(key));
                    request
                        .delete_request(delete.build().map_err(failed)?)
                        .build()
                }
            });
        }
        for chunk in requests.chunks(CHANGES_MAX) {
            let mut left = chunk.to_vec();
            let mut attempt = 0;
            while !left.is_empty() {
                let wanted = std::mem::take(&mut left);
                let answer = self
                    .patiently(action, || {
                        self.client
                            .batch_write_item()
                            .request_items(&self.name, wanted.clone())
                            .return_consumed_capacity(ReturnConsumedCapacity::Total)
                            .send()
                    })
                    .await?
                    .map_err(|e| store_error(action, e))?;
                for capacity in answer.consumed_capacity() {
                    self.consumed.add_written(Some(capacity));
                }
                left = answer
                    .unprocessed_items
                    .unwrap_or_default()
                    .remove(&self.name)
                    .unwrap_or_default();
                if !left.is_empty() && !self.wait(attempt).await {
                    return Err(StoreError::Throttled("items were left unwritten".into()));
                }
                attempt += 1;
            }
        }
        Ok(())
    }
}
