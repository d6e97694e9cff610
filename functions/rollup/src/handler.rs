//! Handles one run of the roll-up.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Context, Diagnostic};
use piitrail_aws::announcer::{AnnounceError, Announcer, SentLate};
use piitrail_aws::dynamodb::DynamoStore;
use piitrail_aws::telemetry::{Metrics, with_causes};
use piitrail_flow::store::{Retention, RollUp as _, StoreError};
use serde::Serialize;

/// The age from which an announcement counts as left unsent. A tracer runs for at most 15 minutes,
/// so it does not send the announcement itself any more.
const LEFT_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// The result of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Done {
    /// The number of batches merged into days and months.
    batches: u64,
    /// The time up to which all batches are merged.
    through: Option<Timestamp>,
    /// The number of events sent that tracers had left unsent.
    announced: u64,
    /// The work for which there was no time. The next run continues with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unfinished: Vec<&'static str>,
    /// The keys of damaged items of the table, which were left out.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    damaged: BTreeSet<String>,
}

/// The reason a run failed. Its work up to the failure is kept, and the next run continues from
/// there.
#[derive(thiserror::Error)]
pub(crate) enum RunError {
    /// The journal could not be rolled up.
    #[error(
        "batches could not be merged into days and months; the next run continues where this one stopped"
    )]
    RollUp(#[source] StoreError),
    /// Announcements that tracers had left could not be sent.
    #[error(
        "announcements of data seen for the first time could not be sent; the next run tries again"
    )]
    Announce(#[source] AnnounceError),
    /// Both failed.
    #[error(
        "batches could not be merged into days and months, and announcements of data seen for the first time could not be sent; the next run continues where this one stopped"
    )]
    Both(#[source] StoreError),
}

impl RunError {
    fn kind(&self) -> &'static str {
        match self {
            Self::RollUp(_) => "RollUpFailed",
            Self::Announce(_) => "AnnouncementFailed",
            Self::Both(_) => "RollUpAndAnnouncementFailed",
        }
    }
}

impl fmt::Debug for RunError {
    /// Writes only the kind, because the runtime logs a handler's error in this form, and its
    /// sources have been logged before.
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

/// Rolls up the journal, and sends the announcements that tracers left unsent. Both run
/// concurrently, so that neither uses up the time of the other, and a failure of one does not stop
/// the other.
pub(crate) async fn handle(
    store: &DynamoStore,
    announcer: Option<&Announcer>,
    keep: &Retention,
    context: &Context,
    clock: impl Fn() -> Timestamp,
) -> Result<Done, RunError> {
    let began = clock();
    let request_id = context.request_id.as_str();
    let send = async {
        match announcer {
            Some(announcer) => announcer.announce_left(store, began - LEFT_AFTER).await,
            None => SentLate::default(),
        }
    };
    let (rolled, late) = tokio::join!(store.roll_up(began, keep), Box::pin(send));
    let took = u64::try_from(clock().duration_since(began).as_millis()).unwrap_or(0);
    let units = store.take_units();
    Metrics::default()
        .count(
            "BatchesRolledUp",
            rolled.as_ref().map_or(0, |rolled| rolled.batches),
        )
        .count("AnnouncedLate", late.events)
        .count(
            "DamagedItems",
            rolled
                .as_ref()
                .map_or(0, |rolled| rolled.damaged.len() as u64),
        )
        .units("ReadUnits", units.read)
        .units("WriteUnits", units.written)
        .milliseconds("Duration", took)
        .property("RequestId", request_id)
        .emit(&context.env_config.function_name, began);
    if let Err(error) = &rolled {
        tracing::error!(
            request_id,
            error = with_causes(error),
            "batches could not be merged into days and months"
        );
    }
    if let Some(error) = &late.failed {
        tracing::error!(
            request_id,
            error = with_causes(error),
            sent = late.events,
            "some announcements that tracers left unsent could not be sent"
        );
    }
    // An outbox that is too long for one run is not a failure as long as each run shortens it.
    let is_out_of_time = late.announcements > 0
        && late
            .failed
            .as_ref()
            .is_some_and(AnnounceError::is_out_of_time);
    let failed = late.failed.filter(|_| !is_out_of_time);
    let rolled = match (rolled, failed) {
        (Ok(rolled), None) => rolled,
        (Ok(_), Some(error)) => return Err(RunError::Announce(error)),
        (Err(error), None) => return Err(RunError::RollUp(error)),
        (Err(error), Some(_)) => return Err(RunError::Both(error)),
    };
    let mut unfinished = Vec::new();
    if rolled.is_unfinished {
        unfinished.push("roll-up");
    }
    if is_out_of_time {
        unfinished.push("announcements");
    }
    if !unfinished.is_empty() {
        tracing::warn!(
            request_id,
            unfinished = unfinished.join(", "),
            "the run stopped before its timeout; the next run continues"
        );
    }
    Ok(Done {
        batches: rolled.batches,
        through: rolled.through,
        announced: late.events,
        unfinished,
        damaged: rolled.damaged,
    })
}
