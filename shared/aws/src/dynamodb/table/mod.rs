//! Makes the calls to the table.
//!
//! Each call adds up its cost (`units.rs`), and is repeated while the table throttles it, until the
//! deadline of the invocation (`patience.rs`). This file has the calls for one item and for a
//! range, `batch.rs` those for many items, and `transact.rs` the transaction.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use piitrail_flow::store::StoreError;

use self::patience::store_error;
use self::units::Consumed;
use super::schema::{Item, PK, SK};
use crate::deadline::Deadline;

mod batch;
mod patience;
mod transact;
mod units;

pub(in crate::dynamodb) use self::batch::Change;
pub(in crate::dynamodb) use self::transact::Transacted;
pub use self::units::Units;

/// A table, with the cost of its calls and their deadline.
#[derive(Debug)]
pub(in crate::dynamodb) struct Table {
    client: Client,
    name: String,
    consumed: Consumed,
    /// The deadline of calls.
    deadline: Deadline,
}

/// The result of a conditional write.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::dynamodb) enum Conditional {
    /// The condition held, and the item was written.
    Applied,
    /// The condition did not hold, and nothing was written.
    Rejected,
}

/// A query for one page of a range of sort keys.
pub(in crate::dynamodb) struct Range<'q> {
    /// The partition.
    pub(in crate::dynamodb) pk: String,
    /// A condition on the sort key `#sk` with the values below: `#sk >= :from`. Empty for the whole
    /// partition.
    pub(in crate::dynamodb) condition: &'static str,
    pub(in crate::dynamodb) values: Vec<(&'static str, String)>,
    /// The attributes to read, in addition to the keys.
    pub(in crate::dynamodb) attributes: &'q [&'q str],
    pub(in crate::dynamodb) consistent: bool,
    pub(in crate::dynamodb) start: Option<Item>,
    /// The maximum number of items in a page. With `None`, DynamoDB ends a page at 1 MB.
    pub(in crate::dynamodb) limit: Option<i32>,
}

impl Table {
    pub(in crate::dynamodb) fn new(client: Client, name: String) -> Self {
        Self {
            client,
            name,
            consumed: Consumed::default(),
            deadline: Deadline::default(),
        }
    }

    /// Returns the cost of the calls since the last time this was called.
    pub(in crate::dynamodb) fn take_units(&self) -> Units {
        self.consumed.take()
    }

    pub(in crate::dynamodb) fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// Reads an item, consistently or eventually consistently (as it was within the last second).
    pub(in crate::dynamodb) async fn get(
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
        self.consumed.add_read(answer.consumed_capacity());
        Ok(answer.item)
    }

    /// Writes an item, and replaces the one with the same key.
    pub(in crate::dynamodb) async fn put(
        &self,
        action: &'static str,
        item: Item,
    ) -> Result<(), StoreError> {
        self.put_if(action, item, None, None).await.map(|_| ())
    }

    /// Writes an item if a condition holds. The condition may refer to one value, `:value`.
    pub(in crate::dynamodb) async fn put_if(
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
                self.consumed.add_written(answer.consumed_capacity());
                Ok(Conditional::Applied)
            }
            // A condition that fails costs a unit per KB too, but the answer does not report it.
            Err(e) if is_condition(&e) => {
                self.consumed.add_write_unit();
                Ok(Conditional::Rejected)
            }
            Err(e) => Err(store_error(action, e)),
        }
    }

    pub(in crate::dynamodb) async fn delete(
        &self,
        action: &'static str,
        key: Item,
    ) -> Result<(), StoreError> {
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
        self.consumed.add_written(answer.consumed_capacity());
        Ok(())
    }

    /// Reads one page of a range. Returns its items and the key at which the next page begins.
    pub(in crate::dynamodb) async fn query(
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
        self.consumed.add_read(answer.consumed_capacity());
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    /// Reads the last item of a partition up to a sort key.
    pub(in crate::dynamodb) async fn last_up_to(
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
        self.consumed.add_read(answer.consumed_capacity());
        Ok(answer.items.unwrap_or_default().pop())
    }

    /// Returns the table's name, for the items of a transaction.
    pub(in crate::dynamodb) fn name(&self) -> &str {
        &self.name
    }
}

fn is_condition<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}
