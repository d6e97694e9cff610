//! One run of the scheduled step.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Diagnostic;
use piitrail_aws::announcer::{AnnounceError, Announcer};
use piitrail_aws::dynamodb::DynamoStore;
use piitrail_aws::telemetry::{Metrics, with_causes};
use piitrail_flow::store::{Retention, Store, StoreError};
use serde::Serialize;

/// After how long an announcement is taken to be left behind: a tracer runs for at most 15 minutes.
const LEFT_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// What a run did.
#[derive(Debug, Serialize)]
pub(crate) struct Done {
    /// Batches folded into days and months.
    batches: u64,
    /// Up to when all batches are folded.
    through: Option<Timestamp>,
    /// Events sent that had been left unsent.
    announced: u64,
}

/// Why a run failed. What it did until then is done; the next goes on from there.
#[derive(thiserror::Error)]
pub(crate) enum RunError {
    /// The journal could not be rolled up.
    #[error("the journal could not be rolled up; the next run goes on where this one stopped")]
    RollUp(#[source] StoreError),
    /// What was left unsent could not be sent.
    #[error("what was seen for the first time could not be sent; the next run tries again")]
    Announce(#[source] AnnounceError),
}

impl RunError {
    fn kind(&self) -> &'static str {
        match self {
            Self::RollUp(_) => "RollUpFailed",
            Self::Announce(_) => "AnnouncementFailed",
        }
    }
}

impl fmt::Debug for RunError {
    /// The kind alone: the runtime logs a handler's error in this form, and its sources have been
    /// logged by then.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

impl From<RunError> for Diagnostic {
    fn from(error: RunError) -> Self {
        Self {
            error_type: error.kind().to_owned(),
            error_message: error.to_string(),
        }
    }
}

/// Rolls up, then sends what was left. A failure of the one does not keep the other from being done.
pub(crate) async fn handle(
    store: &DynamoStore,
    announcer: Option<&Announcer>,
    keep: &Retention,
    request_id: &str,
    clock: impl Fn() -> Timestamp,
) -> Result<Done, RunError> {
    let began = clock();
    let rolled = store.roll_up(began, keep).await;
    let sent = match announcer {
        Some(announcer) => announcer.announce_left(store, began - LEFT_AFTER).await,
        None => Ok(0),
    };
    let took = u64::try_from(clock().duration_since(began).as_millis()).unwrap_or(0);
    let units = store.take_units();
    Metrics::default()
        .count(
            "BatchesRolledUp",
            rolled.as_ref().map_or(0, |rolled| rolled.batches),
        )
        .count("AnnouncedLate", *sent.as_ref().unwrap_or(&0))
        .units("ReadUnits", units.read)
        .units("WriteUnits", units.written)
        .milliseconds("Duration", took)
        .property("RequestId", request_id)
        .emit("rollup", began);
    let rolled = rolled.map_err(|error| {
        tracing::error!(
            request_id,
            error = with_causes(&error),
            "the journal could not be rolled up"
        );
        RunError::RollUp(error)
    })?;
    let sent = sent.map_err(|error| {
        tracing::error!(
            request_id,
            error = with_causes(&error),
            "what was left unsent could not be sent"
        );
        RunError::Announce(error)
    })?;
    Ok(Done {
        batches: rolled.batches,
        through: rolled.through,
        announced: sent,
    })
}
