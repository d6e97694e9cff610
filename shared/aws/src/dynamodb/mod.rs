//! The books in DynamoDB.
//!
//! [`schema`] knows the table; this module knows the calls. A batch is one `PutItem`. What a
//! redelivered message needs to know is a `Query` over what was written since it first came.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity, ReturnConsumedCapacity};
use jiff::{Timestamp, ToSpan};
use piitrail_flow::ledger::Ledger;
use piitrail_flow::store::{Batch, Claim, Page, PageToken, ReceiptId, Store, StoreError};
use piitrail_flow::subject::{Sightings, SubjectId};
use piitrail_flow::time::{Day, Span, day_of};
use piitrail_flow::topology::Topology;

mod schema;

use schema::{DAY, FACTS, Item, PK, RECEIPTS, SK};

/// How long a batch is kept before DynamoDB removes it: the 400 days that a year's audit looks back
/// with time to spare.
pub const KEPT_DAYS: i64 = 400;

/// How much earlier than a message says it first came its receipt is looked for: clocks of hosts in
/// one region differ by milliseconds.
const CLOCK_SKEW_SECONDS: i64 = 10;

/// The store in a DynamoDB table.
#[derive(Debug)]
pub struct DynamoStore {
    client: Client,
    table: String,
    /// Whether this instance has made sure that the journal's first day is known.
    has_marked_first_day: AtomicBool,
    /// What the table says the calls so far cost, in thousandths of a unit.
    read: AtomicU64,
    written: AtomicU64,
}

/// What calls cost, as DynamoDB counts it: a write unit is 1 KB written, a read unit 4 KB read
/// consistently or 8 KB eventually.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub written: f64,
}

/// Opens the store in a table, with the credentials and the region of the environment.
///
/// A call that gets no answer in time is tried again: every call here may be repeated.
pub async fn open(table: impl Into<String>) -> DynamoStore {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .build();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(5))
        .load()
        .await;
    DynamoStore::new(Client::new(&config), table)
}

impl DynamoStore {
    /// The store in this table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
            has_marked_first_day: AtomicBool::new(false),
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
        }
    }

    /// What the calls since the last time this was asked cost.
    pub fn take_units(&self) -> Units {
        Units {
            read: from_thousandths(self.read.swap(0, Ordering::Relaxed)),
            written: from_thousandths(self.written.swap(0, Ordering::Relaxed)),
        }
    }

    /// Connects before the first request needs it: the handshake is then paid in the init phase,
    /// which Lambda runs at full speed. A failure shows at the first request.
    pub async fn connect(&self) {
        let _ = self.get(schema::first_day_key()).await;
    }

    async fn get(&self, key: Item) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|e| store_error("read an item", e))?;
        count(&self.read, answer.consumed_capacity());
        Ok(answer.item)
    }

    async fn put(&self, action: &'static str, item: Item) -> Result<(), StoreError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|e| store_error(action, e))?;
        count(&self.written, answer.consumed_capacity());
        Ok(())
    }

    /// Remembers the first day the journal was written on, so that a reader of everything knows
    /// where to begin. Once an instance: the day only moves back, and an instance's first is its
    /// earliest.
    async fn mark_first_day(&self, day: Day) -> Result<(), StoreError> {
        if self.has_marked_first_day.load(Ordering::Relaxed) {
            return Ok(());
        }
        let result = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(schema::first_day_key()))
            .update_expression("SET #day = :day")
            .condition_expression("attribute_not_exists(#day) OR #day > :day")
            .expression_attribute_names("#day", DAY)
            .expression_attribute_values(":day", AttributeValue::S(day.to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match result {
            Ok(answer) => count(&self.written, answer.consumed_capacity()),
            // A condition that fails costs a unit and does not say so.
            Err(e) if e.code() == Some("ConditionalCheckFailedException") => {
                self.written.fetch_add(1000, Ordering::Relaxed);
            }
            Err(e) => return Err(store_error("mark the first day", e)),
        }
        self.has_marked_first_day.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// The days of the journal that can hold events of a span.
    async fn journal_days(
        &self,
        span: Span,
        now: Timestamp,
    ) -> Result<Option<(Day, Day)>, StoreError> {
        let Some(item) = self.get(schema::first_day_key()).await? else {
            return Ok(None);
        };
        let first_written = schema::first_day_of(&item)?;
        let first = span
            .from
            .map_or(first_written, |from| from.max(first_written));
        let last = day_of(now);
        Ok((first <= last).then_some((first, last)))
    }

    async fn receipts_since(
        &self,
        day: Day,
        from: String,
        wanted: &BTreeSet<ReceiptId>,
        found: &mut BTreeSet<ReceiptId>,
    ) -> Result<(), StoreError> {
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("#pk = :pk AND #sk >= :from")
                .projection_expression("#receipts")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_names("#receipts", RECEIPTS)
                .expression_attribute_values(":pk", AttributeValue::S(schema::journal(day)))
                .expression_attribute_values(":from", AttributeValue::S(from.clone()))
                .set_exclusive_start_key(start)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|e| store_error("read receipts", e))?;
            count(&self.read, answer.consumed_capacity());
            for item in answer.items() {
                found.extend(schema::receipts_of(item)?.intersection(wanted));
            }
            start = answer.last_evaluated_key;
            if start.is_none() || found.len() == wanted.len() {
                return Ok(());
            }
        }
    }
}

#[async_trait]
impl Store for DynamoStore {
    async fn counted(&self, claims: &[Claim]) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let mut found = BTreeSet::new();
        let Some(since) = claims.iter().map(|claim| claim.since).min() else {
            return Ok(found);
        };
        let Some(item) = self.get(schema::first_day_key()).await? else {
            return Ok(found);
        };
        let first_written = schema::first_day_of(&item)?;
        let since = since
            .checked_sub(CLOCK_SKEW_SECONDS.seconds())
            .unwrap_or(since);
        let wanted: BTreeSet<ReceiptId> = claims.iter().map(|claim| claim.id).collect();

        // The journal's days from the first reception on. Where the last one lies is not known
        // here, and need not be: a day without entries costs half a read unit, and a claim reaches
        // back at most two weeks.
        let mut day = day_of(since).max(first_written);
        let from = if day == day_of(since) {
            schema::moment(since)
        } else {
            String::new()
        };
        self.receipts_since(day, non_empty(from), &wanted, &mut found)
            .await?;
        let last = claims
            .iter()
            .map(|claim| day_of(claim.until))
            .max()
            .unwrap_or(day);
        while day < last && found.len() < wanted.len() {
            day = day
                .tomorrow()
                .map_err(|e| StoreError::backend("read receipts", e))?;
            self.receipts_since(day, non_empty(String::new()), &wanted, &mut found)
                .await?;
        }
        Ok(found)
    }

    async fn record(&self, batch: &Batch) -> Result<(), StoreError> {
        self.mark_first_day(day_of(batch.at)).await?;
        let expires_at = batch
            .at
            .checked_add((24 * KEPT_DAYS).hours())
            .map(Timestamp::as_second)
            .ok();
        self.put("record a batch", schema::batch_item(batch, expires_at)?)
            .await
    }

    async fn read(
        &self,
        span: Span,
        now: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<Page, StoreError> {
        let Some((first, last)) = self.journal_days(span, now).await? else {
            return match page {
                Some(_) => Err(StoreError::BadPageToken),
                None => Ok(Page::default()),
            };
        };
        // A token is where the next page begins: a day, and after which entry of it.
        let (day, after): (Day, Option<String>) = match page {
            Some(token) => serde_json::from_str(&token.0).map_err(|_| StoreError::BadPageToken)?,
            None => (first, None),
        };
        let start = after.map(|sk| schema::key(schema::journal(day), sk));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk")
            .projection_expression("#facts")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#facts", FACTS)
            .expression_attribute_values(":pk", AttributeValue::S(schema::journal(day)))
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|e| store_error("read the journal", e))?;
        count(&self.read, answer.consumed_capacity());
        let mut ledger = Ledger::default();
        for item in answer.items() {
            ledger.merge(schema::ledger_of(item)?);
        }
        ledger.retain(span);

        let next = match answer
            .last_evaluated_key
            .as_ref()
            .and_then(|key| key.get(SK)?.as_s().ok())
        {
            Some(sk) => Some((day, Some(sk.clone()))),
            None if day < last => {
                let tomorrow = day
                    .tomorrow()
                    .map_err(|e| StoreError::backend("read the journal", e))?;
                Some((tomorrow, None))
            }
            None => None,
        };
        let next = next
            .map(|next| serde_json::to_string(&next).map(PageToken))
            .transpose()
            .map_err(|e| StoreError::backend("make a page token", e))?;
        Ok(Page { ledger, next })
    }

    async fn sightings_of(&self, _subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        Ok(Sightings::default())
    }

    async fn erase_subject(&self, _subjects: &[SubjectId]) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.put("keep the topology", schema::topology_item(from, topology)?)
            .await
    }

    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND #sk <= :on")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", AttributeValue::S(schema::TOPOLOGY.to_owned()))
            .expression_attribute_values(":on", AttributeValue::S(on.to_string()))
            .scan_index_forward(false)
            .limit(1)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|e| store_error("read the topology", e))?;
        count(&self.read, answer.consumed_capacity());
        answer.items().first().map(schema::topology_of).transpose()
    }
}

/// A sort key may not be empty; every entry's begins with a digit.
fn non_empty(from: String) -> String {
    if from.is_empty() {
        "0".to_owned()
    } else {
        from
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

/// What DynamoDB answered, kept whole as the source. Its messages name tables and limits, never an
/// item's content.
fn store_error<E, R>(action: &'static str, error: SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let throttled = matches!(
        error.code(),
        Some(
            "ProvisionedThroughputExceededException"
                | "ThrottlingException"
                | "RequestLimitExceeded"
                | "LimitExceededException"
        )
    );
    if throttled {
        StoreError::Throttled(Box::new(error))
    } else {
        StoreError::backend(action, error)
    }
}
