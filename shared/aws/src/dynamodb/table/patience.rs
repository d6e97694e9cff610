//! Repeats calls that the table throttles, until the deadline.

use std::error::Error;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use piitrail_flow::store::StoreError;

use super::Table;

/// The first wait after the table throttled a call. Each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The longest single wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The number of attempts of a call if there is no deadline.
const TRIES_WITHOUT_A_DEADLINE: u32 = 6;

impl Table {
    /// Makes a call, and repeats it while the table throttles it and there is time. If the time
    /// runs out, the error contains the last answer of the table.
    pub(super) async fn patiently<T, E, F>(
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

    /// Returns true if the invocation has this much time left.
    pub(in crate::dynamodb) fn has_time_for(&self, work: Duration) -> bool {
        self.deadline.has_time_for(work)
    }

    /// Waits longer with each attempt. Returns `false` without waiting if there is no time left.
    /// Half of the wait is random, so that instances that were throttled together do not retry
    /// together.
    pub(super) async fn wait(&self, attempt: u32) -> bool {
        let longest = LONGEST_WAIT.min(FIRST_WAIT * 2_u32.saturating_pow(attempt.min(10)));
        // The randomness of the standard library's hash maps is enough here.
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
}

pub(super) fn is_throttled<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
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

/// Returns the error of a call that was dropped at the deadline: the table throttled it until then,
/// or did not answer.
pub(super) fn out_of_time<E>(action: &'static str, last: Option<SdkError<E>>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    last.map_or(StoreError::OutOfTime { action }, |throttled| {
        StoreError::Throttled(Box::new(throttled))
    })
}

/// Returns the error of a call, with DynamoDB's answer as its source. DynamoDB's messages contain
/// names of tables and limits, never the content of an item.
pub(super) fn store_error<E>(action: &'static str, error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if is_throttled(&error) {
        StoreError::Throttled(Box::new(error))
    } else {
        StoreError::backend(action, error)
    }
}
