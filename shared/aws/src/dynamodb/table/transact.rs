//! Makes the transaction call, which writes all of its items or none.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem};
use piitrail_flow::store::StoreError;

use super::Table;
use super::patience::{is_throttled, out_of_time, store_error};
use crate::dynamodb::schema::Item;

/// The result of a transaction.
#[derive(Debug)]
pub(in crate::dynamodb) enum Transacted {
    /// All items were written.
    Applied,
    /// At least one condition did not hold, and nothing was written. For each item of the
    /// transaction, in order, it has the stored item if its condition failed.
    Rejected(Vec<Option<Item>>),
}

impl Table {
    /// Writes all items or none. The SDK gives each request a token, so a request that is sent
    /// again because its answer was lost is the same transaction.
    pub(in crate::dynamodb) async fn transact(
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
                        self.consumed.add_written(Some(capacity));
                    }
                    return Ok(Transacted::Applied);
                }
                Err(error) => error,
            };
            // DynamoDB does not report the cost of failed conditions and conflicts; each item costs
            // as if it were written.
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
}
