//! One invocation: read the request, answer it, write the metrics line.

use std::fmt;

use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use piitrail_aws::telemetry::{Metrics, with_causes};
use piitrail_flow::store::{Store, StoreError};
use piitrail_report::{ReportError, Request};
use serde::Serialize;
use serde_json::Value;

/// The most that a response may weigh: Lambda's limit is 6 MB.
const RESPONSE_MAX: usize = 5_900_000;

/// An answer as Lambda sends it.
#[derive(Debug, Serialize)]
pub(crate) struct Response {
    content_type: &'static str,
    /// The answer: an object where it is JSON, text otherwise.
    body: Value,
    /// In what it is not what was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caveats: Vec<String>,
    /// The page to ask for next.
    next: Option<String>,
}

/// Why a request was not answered. The text goes to whoever asked; it is not logged, for a request
/// may name people.
#[derive(thiserror::Error)]
pub(crate) enum InvocationError {
    /// The request is not of the form.
    #[error(
        "the request is not of the expected form: {0}; a small one is {{\"report\":\"map\",\"format\":\"table\"}}"
    )]
    Request(#[source] serde_json::Error),
    /// The store did not answer in time.
    #[error(
        "the report was not finished before the function's timeout: there was no time left to {action}; ask for fewer days with from and to, or give the function more time"
    )]
    OutOfTime {
        /// What was not done: `read the journal`.
        action: &'static str,
    },
    /// The report could not be made.
    #[error(transparent)]
    Report(ReportError),
    /// The answer is larger than Lambda sends.
    #[error(
        "the answer is larger than a Lambda response may be; ask for fewer edges with `limit`, or use filters"
    )]
    TooLarge,
}

impl InvocationError {
    /// What kind of failure it is, for Lambda and for logs.
    fn kind(&self) -> &'static str {
        match self {
            Self::OutOfTime { .. } => "OutOfTime",
            Self::Report(ReportError::Store(_)) => "BooksUnavailable",
            Self::Request(_) | Self::Report(_) => "BadRequest",
            Self::TooLarge => "AnswerTooLarge",
        }
    }
}

impl fmt::Debug for InvocationError {
    /// The kind alone: the runtime logs a handler's error in this form, and what serde says of a
    /// request quotes it.
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

/// Answers a request.
pub(crate) async fn handle(
    store: &dyn Store,
    payload: Value,
    request_id: &str,
    clock: impl Fn() -> Timestamp,
) -> Result<Response, InvocationError> {
    let began = clock();
    let answered = answer(store, payload, began).await;
    let took = u64::try_from(clock().duration_since(began).as_millis()).unwrap_or(0);
    match &answered {
        Ok(_) => {}
        Err(InvocationError::Report(ReportError::Store(error))) => {
            tracing::error!(
                request_id,
                error = with_causes(error),
                "the books could not be read"
            );
        }
        Err(error @ InvocationError::OutOfTime { .. }) => {
            tracing::error!(request_id, error = %error, "the report was not finished in time");
        }
        Err(_) => tracing::warn!(request_id, "a request was refused"),
    }
    Metrics::default()
        .count("Requests", 1)
        .count("Refused", u64::from(answered.is_err()))
        .milliseconds("Duration", took)
        .property("RequestId", request_id)
        .emit("report", began);
    answered
}

async fn answer(
    store: &dyn Store,
    payload: Value,
    now: Timestamp,
) -> Result<Response, InvocationError> {
    let request: Request = serde_json::from_value(payload).map_err(InvocationError::Request)?;
    let answer = piitrail_report::answer(store, &request, now)
        .await
        .map_err(|error| match error {
            ReportError::Store(StoreError::OutOfTime { action }) => {
                InvocationError::OutOfTime { action }
            }
            error => InvocationError::Report(error),
        })?;
    if answer.body.len() > RESPONSE_MAX {
        return Err(InvocationError::TooLarge);
    }
    let body = if answer.content_type == "application/json" {
        serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body))
    } else {
        Value::String(answer.body)
    };
    Ok(Response {
        content_type: answer.content_type,
        body,
        caveats: answer.caveats,
        next: answer.next,
    })
}
