//! One invocation: read the request, answer it, write the metrics line.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use piitrail_aws::telemetry::{Metrics, with_causes};
use piitrail_flow::store::{Store, StoreError};
use piitrail_report::{Answer, Body, Refusal, ReportError, Request};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// The most that a response may weigh, in bytes: Lambda's limit is 6 MB.
const RESPONSE_MAX: usize = 5_900_000;

/// What the function sends, before it is serialised.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Response {
    /// An answer.
    Answer {
        /// Its media type.
        content_type: &'static str,
        /// The answer: an object where it is JSON, text otherwise.
        body: Value,
        /// `base64` where the answer is a file of bytes.
        #[serde(skip_serializing_if = "Option::is_none")]
        encoding: Option<&'static str>,
        /// How the answer differs from the request.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        caveats: Vec<String>,
        /// The page to ask for next.
        next: Option<String>,
    },
    /// The request cannot be answered. This is an answer and not an error of the function, because
    /// the sender can correct the request and no alarm should ring.
    Refusal {
        /// What is wrong, and what would be right.
        refused: Refusal,
    },
}

impl Response {
    fn of(answer: Answer) -> Self {
        let (body, encoding) = match answer.body {
            Body::Data(data) => (data, None),
            Body::Bytes(bytes) => match String::from_utf8(bytes) {
                Ok(text) => (Value::String(text), None),
                Err(error) => (
                    Value::String(STANDARD.encode(error.as_bytes())),
                    Some("base64"),
                ),
            },
        };
        Self::Answer {
            content_type: answer.media_type,
            body,
            encoding,
            caveats: answer.caveats,
            next: answer.next,
        }
    }
}

/// Why a request was not answered. The text goes to the caller and is not logged, because a request
/// may name people.
#[derive(thiserror::Error)]
pub(crate) enum InvocationError {
    /// The store did not answer in time.
    #[error(
        "the report was not finished before the function's timeout: there was no time left to {action}; shorten the span with from and to, or raise the function's timeout"
    )]
    OutOfTime {
        /// What was not done: `read the journal`.
        action: &'static str,
    },
    /// The report could not be made.
    #[error(transparent)]
    Report(ReportError),
    /// The answer could not be serialised.
    #[error("the answer could not be serialised")]
    Response(#[source] serde_json::Error),
}

impl InvocationError {
    /// What kind of failure it is, for Lambda and for logs.
    fn kind(&self) -> &'static str {
        match self {
            Self::OutOfTime { .. } => "OutOfTime",
            Self::Report(ReportError::Store(_)) => "StoreUnavailable",
            Self::Report(_) | Self::Response(_) => "AnswerFailed",
        }
    }
}

impl fmt::Debug for InvocationError {
    /// The kind alone: the runtime logs a handler's error in this form.
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

/// Answers a request. The response is serialised here and once: its size is what Lambda measures.
pub(crate) async fn handle(
    store: &dyn Store,
    payload: Value,
    request_id: &str,
    clock: impl Fn() -> Timestamp,
) -> Result<Box<RawValue>, InvocationError> {
    let began = clock();
    let answered = answer(store, payload, began).await;
    let took = u64::try_from(clock().duration_since(began).as_millis()).unwrap_or(0);
    match &answered {
        Ok(Response::Answer { .. }) => {}
        Ok(Response::Refusal { .. }) => tracing::warn!(request_id, "a request was refused"),
        Err(InvocationError::OutOfTime { action }) => {
            tracing::error!(
                request_id,
                action,
                "the report was not finished before the timeout"
            );
        }
        Err(InvocationError::Report(error)) => {
            tracing::error!(
                request_id,
                error = with_causes(error),
                "a request could not be answered"
            );
        }
        Err(InvocationError::Response(_)) => {
            tracing::error!(request_id, "an answer could not be serialised");
        }
    }
    let is_answer = matches!(answered, Ok(Response::Answer { .. }));
    Metrics::default()
        .count("Requests", 1)
        .count("Refused", u64::from(!is_answer))
        .milliseconds("Duration", took)
        .property("RequestId", request_id)
        .emit("report", began);
    let response = serialised(&answered?)?;
    if response.get().len() <= RESPONSE_MAX {
        return Ok(response);
    }
    tracing::warn!(
        request_id,
        "an answer was larger than Lambda's limit and was refused"
    );
    serialised(&Response::Refusal {
        refused: Refusal {
            field: Some("limit".to_owned()),
            problem: format!(
                "the answer is larger than the {RESPONSE_MAX} bytes that Lambda sends in one response"
            ),
            expected: "ask for fewer edges with limit and continue with page, or use filters"
                .to_owned(),
        },
    })
}

fn serialised(response: &Response) -> Result<Box<RawValue>, InvocationError> {
    to_raw_value(response).map_err(InvocationError::Response)
}

async fn answer(
    store: &dyn Store,
    payload: Value,
    now: Timestamp,
) -> Result<Response, InvocationError> {
    let request = match Request::from_value(payload) {
        Ok(request) => request,
        Err(refused) => return Ok(Response::Refusal { refused }),
    };
    match piitrail_report::answer(store, &request, now).await {
        Ok(answer) => Ok(Response::of(answer)),
        Err(ReportError::Refused(refused)) => Ok(Response::Refusal { refused }),
        Err(ReportError::Store(StoreError::OutOfTime { action })) => {
            Err(InvocationError::OutOfTime { action })
        }
        Err(error) => Err(InvocationError::Report(error)),
    }
}

#[cfg(test)]
mod tests {
    use piitrail_flow::store::MemoryStore;
    use serde_json::json;

    use super::*;

    async fn ask(request: Value) -> Value {
        let now = || "2026-11-21T12:00:00Z".parse().unwrap();
        let response = handle(&MemoryStore::default(), request, "r", now).await;
        serde_json::from_str(response.unwrap().get()).unwrap()
    }

    #[tokio::test]
    async fn json_is_an_object_in_the_response_and_everything_else_is_text() {
        let map = ask(json!({ "report": "map" })).await;
        assert_eq!(map["content_type"], "application/json");
        assert_eq!(map["body"]["report"], "map");
        let table = ask(json!({ "report": "map", "format": "table" })).await;
        assert!(table["body"].as_str().unwrap().contains("PRODUCER"));
    }

    #[tokio::test]
    async fn a_request_that_cannot_be_answered_is_refused_and_is_no_error_of_the_function() {
        let refused =
            ask(json!({ "report": "subject", "filters": { "tier": "restricted" } })).await;
        assert_eq!(refused["refused"]["field"], "filters");
        assert!(refused.get("body").is_none());
    }

    #[test]
    fn a_file_of_bytes_is_sent_in_base64() {
        let answer = Answer {
            body: Body::Bytes(vec![0x89, b'P', b'N', b'G', 0xff]),
            media_type: "image/png",
            caveats: Vec::new(),
            next: None,
        };
        assert_eq!(
            serde_json::to_value(Response::of(answer)).unwrap(),
            json!({ "content_type": "image/png", "body": "iVBOR/8=", "encoding": "base64", "next": null })
        );
    }
}
