//! Handles one invocation: counts the records of the payload, returns those that failed, and writes
//! the metrics line.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use jiff::Timestamp;
use lambda_runtime::{Context, Diagnostic};
use piitrail_aws::Aws;
use piitrail_aws::announcer::Announcer;
use piitrail_aws::config::{self, Tap};
use piitrail_aws::deadline::Deadline;
use piitrail_aws::dynamodb::{DynamoStore, Units};
use piitrail_aws::subject_keys::SubjectKeys;
use piitrail_aws::telemetry::{Metrics, with_causes};
use piitrail_detect::{Config, CustomerIdNames, Engine};
use piitrail_flow::pipeline::{Outcome, Records, Tracer};
use piitrail_flow::store::{Retention, StoreError};
use piitrail_flow::subject::{Fingerprinting, KeyRing};
use piitrail_flow::time::day_of;
use piitrail_flow::vocabulary::Vocabulary;
use routes::Routes;

mod routes;

/// The state that an instance of the function keeps between invocations.
pub(crate) struct Handler {
    engine: Arc<Engine>,
    store: DynamoStore,
    announcer: Option<Announcer>,
    vocabulary: Vocabulary,
    tap: Option<Tap>,
    keep: Retention,
    people: Option<People>,
    routes: Mutex<Option<Routes>>,
    is_cold: AtomicBool,
    deadline: Deadline,
}

/// The settings for counting people.
struct People {
    keys: SubjectKeys,
    customer_ids: CustomerIdNames,
    index: bool,
}

/// The reason an invocation failed as a whole. Lambda keeps the text, so it contains nothing of a
/// payload.
#[derive(thiserror::Error)]
pub(crate) enum InvocationError {
    /// The topology could not be read, so the consumers are not known.
    #[error("the topology could not be read from the table")]
    Topology(#[source] StoreError),
    /// A record without an item identifier failed, so Lambda cannot retry it alone.
    #[error(
        "{count} records failed, and Lambda has no id to retry them one by one; the first failed because of {reason}"
    )]
    Records {
        /// The number of records that failed.
        count: usize,
        /// The reason the first one failed: `not_json`.
        reason: &'static str,
    },
}

impl InvocationError {
    /// Returns the kind of failure, for Lambda and for logs.
    fn kind(&self) -> &'static str {
        match self {
            Self::Topology(_) => "TopologyUnavailable",
            Self::Records { .. } => "RecordsFailed",
        }
    }
}

impl fmt::Debug for InvocationError {
    /// Writes only the kind, because the runtime logs a handler's error in this form, and its
    /// sources have been logged before.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self {
            error_type: error.kind().to_owned(),
            error_message: error.to_string(),
        }
    }
}

impl Handler {
    /// Creates the function's state. `now` is the time of the start: dates of birth in later years
    /// are not plausible.
    pub(crate) fn new(
        detection: Config,
        store: DynamoStore,
        announcer: Option<Announcer>,
        tap: Option<Tap>,
        keep: Retention,
        deadline: Deadline,
        now: Timestamp,
    ) -> Self {
        let engine = Engine::with_config(detection).in_year(day_of(now).year());
        Self {
            engine: Arc::new(engine),
            store,
            announcer,
            vocabulary: Vocabulary::default(),
            tap,
            keep,
            people: None,
            routes: Mutex::new(None),
            is_cold: AtomicBool::new(true),
            deadline,
        }
    }

    /// Enables counting people, if `people` is given.
    pub(crate) fn with_people(mut self, aws: &Aws, people: Option<config::People>) -> Self {
        if let Some(people) = people {
            self.people = Some(People {
                keys: SubjectKeys::open(aws, people.secret, self.deadline.clone()),
                customer_ids: people.customer_id_fields.iter().collect(),
                index: people.index,
            });
        }
        self
    }

    /// Connects to the table and reads the topology in the init phase. A failure does not stop the
    /// start, because the first invocation tries again and reports it.
    pub(crate) async fn warm_up(&self, now: Timestamp) {
        if let Err(error) = self.routes(now).await {
            tracing::warn!(
                error = with_causes(&error),
                "the topology could not be read during initialisation; the first invocation tries again"
            );
        }
        self.ring(now).await;
    }

    /// Counts the records of a payload, and returns those that failed.
    pub(crate) async fn handle(
        &self,
        payload: &str,
        context: &Context,
        clock: impl Fn() -> Timestamp,
    ) -> Result<SqsBatchResponse, InvocationError> {
        let began = clock();
        let request_id = context.request_id.as_str();
        self.deadline.begin_invocation(context.deadline, began);
        let is_cold = self.is_cold.swap(false, Ordering::Relaxed);
        let routes = self.routes(began).await.map_err(|error| {
            tracing::error!(
                request_id,
                error = with_causes(&error),
                "the topology could not be read; all records of this invocation are delivered again"
            );
            InvocationError::Topology(error)
        })?;
        let ring = self.ring(began).await;
        let tracer = Tracer {
            engine: &self.engine,
            router: &routes.router,
            store: &self.store,
            fingerprinting: ring
                .as_deref()
                .zip(self.people.as_ref())
                .map(|(ring, people)| Fingerprinting {
                    key: ring.newest(),
                    customer_ids: &people.customer_ids,
                    index: people.index,
                }),
            vocabulary: &self.vocabulary,
            keep: self.keep,
        };
        let mut records = Records::default();
        records.open(payload.as_bytes(), &format!("invocation:{request_id}"), 0);
        let has_time = || !self.deadline.is_over();
        let outcome = tracer.count_while(records, began, &has_time).await;
        log(&outcome, request_id);
        self.announce(&outcome, request_id).await;
        let took = u64::try_from(clock().duration_since(began).as_millis()).unwrap_or(0);
        metrics(&outcome, self.store.take_units(), took)
            .count("TopologyUnreadable", u64::from(routes.is_unreadable))
            .property("RequestId", request_id)
            .property("ColdStart", is_cold)
            .emit(&context.env_config.function_name, began);
        answer(&outcome)
    }

    /// Sends the announcements of this invocation. Those that cannot be sent stay in the outbox of
    /// the store, and the roll-up sends them. The records are not delivered again because of that.
    async fn announce(&self, outcome: &Outcome, request_id: &str) {
        let Some(announcer) = &self.announcer else {
            return;
        };
        for announcement in &outcome.announcements {
            if let Err(error) = announcer.announce(&self.store, announcement).await {
                tracing::warn!(
                    request_id,
                    error = with_causes(&error),
                    events = announcement.first_seen.len(),
                    "announcements of data seen for the first time were not sent; the roll-up sends them"
                );
                // Further attempts would fail too, and SQS waits for the response.
                return;
            }
        }
    }

    /// Returns the subject keys. If they cannot be read, records are traced without them, and the
    /// map shows in how many events people were not counted.
    async fn ring(&self, now: Timestamp) -> Option<Arc<KeyRing>> {
        let keys = &self.people.as_ref()?.keys;
        match keys.ring(now).await {
            Ok(ring) => {
                if keys.is_stale(now) {
                    tracing::warn!(
                        "the subject keys could not be refreshed; the tracer keeps using those it read before"
                    );
                }
                Some(ring)
            }
            Err(error) => {
                tracing::error!(
                    error = with_causes(&error),
                    "the subject keys could not be read; people are not counted"
                );
                None
            }
        }
    }
}

fn log(outcome: &Outcome, request_id: &str) {
    for failed in &outcome.unreadable {
        tracing::warn!(
            request_id,
            item = failed.item.as_deref(),
            reason = failed.reason.name(),
            "a record could not be read"
        );
    }
    for error in &outcome.store_errors {
        tracing::error!(
            request_id,
            error = with_causes(error),
            records = outcome.unrecorded.len(),
            "records could not be written to the store; they are delivered again"
        );
    }
    for (limit, count) in &outcome.limits {
        tracing::warn!(
            request_id,
            limit = limit.name(),
            count,
            consequence = limit.consequence(),
            "a limit was reached"
        );
    }
    for (reason, records) in &outcome.unread {
        tracing::warn!(
            request_id,
            reason = reason.name(),
            records,
            consequence = reason.consequence(),
            "records were not read whole"
        );
    }
}

fn metrics(outcome: &Outcome, units: Units, took: u64) -> Metrics {
    let new = outcome.announcements.iter();
    let first_seen: usize = new.map(|announcement| announcement.first_seen.len()).sum();
    Metrics::default()
        .count("Deliveries", outcome.deliveries)
        .count("CountedBefore", outcome.again)
        .count("DeliveriesWithFindings", outcome.with_findings)
        .count("Findings", outcome.findings)
        .count("Edges", outcome.edges)
        .count("FirstSeen", first_seen as u64)
        .count("Batches", outcome.batches)
        .count("Unreadable", outcome.unreadable.len() as u64)
        .count("NotReadWhole", outcome.unread_events)
        .count("Unrecorded", outcome.unrecorded.len() as u64)
        .count("BoundsReached", outcome.limits.values().sum())
        .units("ReadUnits", units.read)
        .units("WriteUnits", units.written)
        .milliseconds("Duration", took)
}

/// Returns the item identifiers of the records that failed, or an error if one of them has none.
fn answer(outcome: &Outcome) -> Result<SqsBatchResponse, InvocationError> {
    let mut response = SqsBatchResponse::default();
    let Some(items) = outcome.failed_items() else {
        let failed: Vec<_> = outcome
            .unreadable
            .iter()
            .chain(&outcome.unrecorded)
            .collect();
        return Err(InvocationError::Records {
            count: failed.len(),
            reason: failed
                .first()
                .map_or("unknown", |failed| failed.reason.name()),
        });
    };
    response.batch_item_failures = items
        .into_iter()
        .map(|item| {
            let mut failure = BatchItemFailure::default();
            item.clone_into(&mut failure.item_identifier);
            failure
        })
        .collect();
    Ok(response)
}
