//! The calls to the table. Each adds up what it cost, is made again while the table throttles it, and
//! ends at the deadline of the invocation.

use std::error::Error;
use std::fmt::Debug;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, DeleteRequest, KeysAndAttributes, PutRequest,
    ReturnConsumedCapacity, TransactWriteItem, WriteRequest,
};
use piitrail_flow::store::StoreError;

use crate::deadline::Deadline;

use super::Units;
use super::schema::{Item, PK, SK};

/// The first wait where the table asks to slow down; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The longest single wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How often a call is tried where nobody said until when.
const TRIES_WITHOUT_A_DEADLINE: u32 = 6;

/// Items in one `BatchWriteItem`.
const CHANGES_MAX: usize = 25;

/// Keys in one `BatchGetItem`.
const KEYS_MAX: usize = 100;

/// A table and what was asked of it.
#[derive(Debug)]
pub(super) struct Table {
    client: Client,
    name: String,
    /// What the table says the calls so far cost, in thousandths of a unit.
    read: AtomicU64,
    written: AtomicU64,
    /// Until when calls may wait.
    deadline: Deadline,
}

/// How a write on a condition went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Conditional {
    /// The condition held, and the item was written.
    Applied,
    /// The condition did not hold, and nothing was written.
    Rejected,
}

/// A change to an item, whatever stands there.
#[derive(Debug)]
pub(super) enum Change {
    /// It is written.
    Put(Item),
    /// What has this key is deleted.
    Delete(Item),
}

/// How a transaction went.
#[derive(Debug)]
pub(super) enum Transacted {
    /// All of it was written.
    Applied,
    /// Conditions did not hold, nothing was written. By the place of each item in the transaction:
    /// what stood there where its condition failed.
    Rejected(Vec<Option<Item>>),
}

/// One page of a range of sort keys.
pub(super) struct Range<'q> {
    /// The partition.
    pub(super) pk: String,
    /// On the sort key, named `#sk`, with the values below: `#sk >= :from`.
    pub(super) condition: &'static str,
    pub(super) values: Vec<(&'static str, String)>,
    /// The attributes wanted; the keys come too.
    pub(super) attributes: &'q [&'q str],
    pub(super) consistent: bool,
    pub(super) start: Option<Item>,
    /// Items in a page, at most; `None` leaves it to DynamoDB, which ends a page at 1 MB.
    pub(super) limit: Option<i32>,
}

impl Table {
    pub(super) fn new(client: Client, name: String) -> Self {
        Self {
            client,
            name,
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
            deadline: Deadline::default(),
        }
    }

    pub(super) fn take_units(&self) -> Units {
        Units {
            read: from_thousandths(self.read.swap(0, Ordering::Relaxed)),
            written: from_thousandths(self.written.swap(0, Ordering::Relaxed)),
        }
    }

    pub(super) fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// An item as it is, or as it was within the last second.
    pub(super) async fn get(
        &self,
        key: Item,
        consistent: bool,
    ) -> Result<Option<Item>, StoreError> {
        let answer = self
            .patiently("read an item", || {
                self.client
                    .get_item()
                    .table_name(&self.name)
                    .set_key(Some(key.clone()))
                    .consistent_read(consistent)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
            })
            .await?
            .map_err(|e| store_error("read an item", e))?;
        self.count_read(answer.consumed_capacity());
        Ok(answer.item)
    }

    /// Those of the items that are there, as they are or as they were within the last second.
    pub(super) async fn get_all(
        &self,
        keys: Vec<Item>,
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        for chunk in keys.chunks(KEYS_MAX) {
            let mut left = chunk.to_vec();
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
                    self.count_read(Some(capacity));
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
        }
        Ok(found)
    }

    /// Makes changes to items, each by itself: some may be made where it fails.
    pub(super) async fn change_all(
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
                    self.count_written(Some(capacity));
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

    /// Writes an item whatever stands there.
    pub(super) async fn put(&self, action: &'static str, item: Item) -> Result<(), StoreError> {
        self.put_if(action, item, None, None).await.map(|_| ())
    }

    /// Writes an item where a condition holds, with at most one value in it, `:value`.
    pub(super) async fn put_if(
        &self,
        action: &'static str,
        item: Item,
        condition: Option<(&'static str, &'static [&'static str])>,
        value: Option<AttributeValue>,
    ) -> Result<Conditional, StoreError> {
        let result = self
            .patiently(action, || {
                let mut put = self
                    .client
                    .put_item()
                    .table_name(&self.name)
                    .set_item(Some(item.clone()))
                    .return_consumed_capacity(ReturnConsumedCapacity::Total);
                if let Some((condition, names)) = condition {
                    put = put.condition_expression(condition);
                    for name in names {
                        put = put.expression_attribute_names(format!("#{name}"), *name);
                    }
                }
                if let Some(value) = &value {
                    put = put.expression_attribute_values(":value", value.clone());
                }
                put.send()
            })
            .await?;
        match result {
            Ok(answer) => {
                self.count_written(answer.consumed_capacity());
                Ok(Conditional::Applied)
            }
            // A condition that fails costs a unit a KB all the same and does not say so.
            Err(e) if is_condition(&e) => {
                self.written.fetch_add(1_000, Ordering::Relaxed);
                Ok(Conditional::Rejected)
            }
            Err(e) => Err(store_error(action, e)),
        }
    }

    pub(super) async fn delete(&self, action: &'static str, key: Item) -> Result<(), StoreError> {
        let answer = self
            .patiently(action, || {
                self.client
                    .delete_item()
                    .table_name(&self.name)
                    .set_key(Some(key.clone()))
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
            })
            .await?
            .map_err(|e| store_error(action, e))?;
        self.count_written(answer.consumed_capacity());
        Ok(())
    }

    /// Writes all of them or none. The SDK gives each request a token, so that one sent again because
    /// its answer was lost is the same transaction.
    pub(super) async fn transact(
        &self,
        action: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Transacted, StoreError> {
        let mut attempt = 0;
        let mut last: Option<SdkError<TransactWriteItemsError>> = None;
        loop {
            let call = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send();
            let Ok(result) = self.deadline.bound(call).await else {
                return Err(out_of_time(action, last));
            };
            let error = match result {
                Ok(answer) => {
                    for capacity in answer.consumed_capacity() {
                        self.count_written(Some(capacity));
                    }
                    return Ok(Transacted::Applied);
                }
                Err(error) => error,
            };
            // What conditions and conflicts cost is not said; each item costs as if written.
            if let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) =
                error.as_service_error()
            {
                let reasons = canceled.cancellation_reasons();
                let is = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
                if is("ConditionalCheckFailed") {
                    let stood = reasons
                        .iter()
                        .map(|reason| {
                            (reason.code() == Some("ConditionalCheckFailed"))
                                .then(|| reason.item().cloned().unwrap_or_default())
                        })
                        .collect();
                    return Ok(Transacted::Rejected(stood));
                }
                let is_passing = is("TransactionConflict")
                    || is("ThrottlingError")
                    || is("ProvisionedThroughputExceeded");
                if is_passing && self.wait(attempt).await {
                    attempt += 1;
                    last = Some(error);
                    continue;
                }
                return Err(if is_passing {
                    StoreError::Throttled(Box::new(error))
                } else {
                    StoreError::backend(action, error)
                });
            }
            let is_passing =
                is_throttled(&error) || error.code() == Some("TransactionInProgressException");
            if is_passing && self.wait(attempt).await {
                attempt += 1;
                last = Some(error);
                continue;
            }
            return Err(store_error(action, error));
        }
    }

    /// One page of a range, and where the next begins.
    pub(super) async fn query(
        &self,
        action: &'static str,
        range: &Range<'_>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let condition = if range.condition.is_empty() {
            "#pk = :pk".to_owned()
        } else {
            format!("#pk = :pk AND {}", range.condition)
        };
        let projection: Vec<String> = [PK, SK]
            .iter()
            .chain(range.attributes)
            .map(|name| format!("#{name}"))
            .collect();
        let answer = self
            .patiently(action, || {
                let mut query = self
                    .client
                    .query()
                    .table_name(&self.name)
                    .consistent_read(range.consistent)
                    .key_condition_expression(&condition)
                    .projection_expression(projection.join(", "))
                    .expression_attribute_values(":pk", AttributeValue::S(range.pk.clone()))
                    .set_exclusive_start_key(range.start.clone())
                    .set_limit(range.limit)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total);
                for name in [PK, SK].iter().chain(range.attributes) {
                    query = query.expression_attribute_names(format!("#{name}"), *name);
                }
                for (name, value) in &range.values {
                    query =
                        query.expression_attribute_values(*name, AttributeValue::S(value.clone()));
                }
                query.send()
            })
            .await?
            .map_err(|e| store_error(action, e))?;
        self.count_read(answer.consumed_capacity());
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    /// The last item of a partition up to a sort key, as it is or as it was within the last second.
    pub(super) async fn last_up_to(
        &self,
        action: &'static str,
        pk: &str,
        sk: String,
        consistent: bool,
    ) -> Result<Option<Item>, StoreError> {
        let answer = self
            .patiently(action, || {
                self.client
                    .query()
                    .table_name(&self.name)
                    .key_condition_expression("#pk = :pk AND #sk <= :sk")
                    .expression_attribute_names("#pk", PK)
                    .expression_attribute_names("#sk", SK)
                    .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
                    .expression_attribute_values(":sk", AttributeValue::S(sk.clone()))
                    .consistent_read(consistent)
                    .scan_index_forward(false)
                    .limit(1)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
            })
            .await?
            .map_err(|e| store_error(action, e))?;
        self.count_read(answer.consumed_capacity());
        Ok(answer.items.unwrap_or_default().pop())
    }

    /// Makes a call, and makes it again while the table throttles it and there is time. Where the time
    /// ends, the error says what the table answered last.
    async fn patiently<T, E, F>(
        &self,
        action: &'static str,
        call: impl Fn() -> F,
    ) -> Result<Result<T, SdkError<E>>, StoreError>
    where
        F: Future<Output = Result<T, SdkError<E>>>,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let mut attempt = 0;
        let mut last = None;
        loop {
            let Ok(result) = self.deadline.bound(call()).await else {
                return Err(out_of_time(action, last));
            };
            match result {
                Err(error) if is_throttled(&error) => {
                    if !self.wait(attempt).await {
                        return Err(store_error(action, error));
                    }
                    attempt += 1;
                    last = Some(error);
                }
                result => return Ok(result),
            }
        }
    }

    /// Whether this much time is left of the invocation.
    pub(super) fn has_time_for(&self, work: Duration) -> bool {
        self.deadline.has_time_for(work)
    }

    /// Waits longer with each attempt; `false` where there is no time left to. Half of the wait is
    /// drawn by lot, so that instances that were throttled together do not come back together.
    async fn wait(&self, attempt: u32) -> bool {
        let longest = LONGEST_WAIT.min(FIRST_WAIT * 2_u32.saturating_pow(attempt.min(10)));
        // What the standard library keeps hash maps unpredictable with is random enough.
        let lot = RandomState::new().hash_one(attempt) >> 40;
        let part = u32::try_from(lot).unwrap_or(0);
        let wait = longest / 2 + (longest / 2).mul_f64(f64::from(part) / f64::from(1 << 24));
        let goes_on = if self.deadline.is_set() {
            self.has_time_for(wait)
        } else {
            attempt + 1 < TRIES_WITHOUT_A_DEADLINE
        };
        if goes_on {
            tokio::time::sleep(wait).await;
        }
        goes_on
    }

    fn count_read(&self, consumed: Option<&ConsumedCapacity>) {
        count(&self.read, consumed);
    }

    fn count_written(&self, consumed: Option<&ConsumedCapacity>) {
        count(&self.written, consumed);
    }

    /// The table's name, for the items of a transaction.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Adds what a call cost. Capacity comes in halves of a unit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cost is small and not negative"
)]
fn count(total: &AtomicU64, consumed: Option<&ConsumedCapacity>) {
    let units = consumed
        .and_then(ConsumedCapacity::capacity_units)
        .unwrap_or(0.0);
    total.fetch_add((units * 1000.0).round() as u64, Ordering::Relaxed);
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn from_thousandths(thousandths: u64) -> f64 {
    thousandths as f64 / 1000.0
}

fn is_condition<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

fn is_throttled<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    matches!(
        error.code(),
        Some(
            "ProvisionedThroughputExceededException"
                | "ThrottlingException"
                | "RequestLimitExceeded"
                | "LimitExceededException"
        )
    )
}

/// A call was dropped at the deadline: the table throttled it until then, or did not answer.
fn out_of_time<E>(action: &'static str, last: Option<SdkError<E>>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    last.map_or(StoreError::OutOfTime { action }, |throttled| {
        StoreError::Throttled(Box::new(throttled))
    })
}

/// What DynamoDB answered, kept whole as the source. Its messages name tables and limits, never an
/// item's content.
fn store_error<E>(action: &'static str, error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if is_throttled(&error) {
        StoreError::Throttled(Box::new(error))
    } else {
        StoreError::backend(action, error)
    }
}
