//! Handles one invocation: reads the request, answers it and writes the metrics line.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use lambda_runtime::{Context, Diagnostic};
use piitrail_aws::telemetry::{Metrics, with_causes};
use piitrail_flow::store::StoreError;
use piitrail_report::render::plain;
use piitrail_report::{Answer, Body, Refusal, ReportError, Request, Sources};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// The maximum size of a response, in bytes. Lambda's limit is 6 MB.
const RESPONSE_MAX: usize = 5_900_000;

/// The function's response, before it is serialised.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Response {
    /// An answer.
    Answer {
        /// The media type of the answer.
        content_type: &'static str,
        /// The answer: an object for JSON, otherwise text.
        body: Value,
        /// `base64` if the answer is a binary file.
        #[serde(skip_serializing_if = "Option::is_none")]
        encoding: Option<&'static str>,
        /// Statements on how the answer differs from the request.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        caveats: Vec<String>,
        /// The description of the answer, if its format contains only rows: the file beside a csv.
        #[serde(skip_serializing_if = "Option::is_none")]
        about: Option<Value>,
        /// The `page` to request next.
        next: Option<String>,
    },
    /// The request cannot be answered. This is an answer and not an error of the function, because
    /// the sender can correct the request and no alarm should ring.
    Refusal {
        /// The problem and what would be accepted instead.
        refused: Refusal,
    },
}

impl Response {
    fn of(answer: Answer) -> Self {
        let (body, encoding) = match answer.body {
            Body::Data(data) => (data, None),
            Body::Text(pieces) => (Value::String(plain(&pieces)), None),
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
            about: answer.about,
            next: answer.next,
        }
    }
}

/// The reason a request was not answered. The text goes to the caller and is not logged, because a
/// request may name people.
#[derive(thiserror::Error)]
pub(crate) enum InvocationError {
    /// The store did not answer in time.
    #[error(
        "the report was not finished before the function's timeout: there was no time left to {action}; shorten the span with from and to, or raise the function's timeout"
    )]
    OutOfTime {
        /// The action that was not finished: `read the journal`.
        action: &'static str,
    },
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The answer could not be serialised.
    #[error("the answer could not be serialised")]
    Response(#[source] serde_json::Error),
}

impl InvocationError {
    /// Returns the kind of failure, for Lambda and for logs.
    fn kind(&self) -> &'static str {
        match self {
            Self::OutOfTime { .. } => "OutOfTime",
            Self::Report(ReportError::Store(_)) => "StoreUnavailable",
            Self::Report(_) | Self::Response(_) => "AnswerFailed",
        }
    }
}

impl fmt::Debug for InvocationError {
    /// Writes only the kind, because the runtime logs a handler's error in this form.
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

/// Answers a request. The response is serialised only here, because its serialised size is what
/// Lambda limits.
pub(crate) async fn handle(
    sources: Sources<'_>,
    payload: Value,
    context: &Context,
    clock: impl Fn() -> Timestamp,
) -> Result<Box<RawValue>, InvocationError> {
    let began = clock();
    let request_id = context.request_id.as_str();
    let answered = answer(sources, payload, began, RESPONSE_MAX).await;
    let took = u64::try_from(clock().duration_since(began).as_millis()).unwrap_or(0);
    match &answered {
        Ok(Answered::Answer(_)) => {}
        Ok(Answered::Refusal(_)) => tracing::warn!(request_id, "a request was refused"),
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
    let is_answer = matches!(answered, Ok(Answered::Answer(_)));
    Metrics::default()
        .count("Requests", 1)
        .count("Refused", u64::from(!is_answer))
        .milliseconds("Duration", took)
        .property("RequestId", request_id)
        .emit(&context.env_config.function_name, began);
    match answered? {
        Answered::Answer(response) => Ok(response),
        Answered::Refusal(refused) => serialised(&Response::Refusal { refused }),
    }
}

/// The outcome of a request.
enum Answered {
    /// The response as it is sent.
    Answer(Box<RawValue>),
    /// The reason the request cannot be answered.
    Refusal(Refusal),
}

fn serialised(response: &Response) -> Result<Box<RawValue>, InvocationError> {
    to_raw_value(response).map_err(InvocationError::Response)
}

async fn answer(
    sources: Sources<'_>,
    payload: Value,
    now: Timestamp,
    room: usize,
) -> Result<Answered, InvocationError> {
    let request = match Request::from_value(payload) {
        Ok(request) => request,
        Err(refused) => return Ok(Answered::Refusal(refused)),
    };
    // The size is measured after serialisation, because formats and JSON add escapes.
    let send = |answer: Answer| {
        let response = serialised(&Response::of(answer))?;
        let bytes = response.get().len();
        Ok((response, bytes))
    };
    match piitrail_report::answer_within(sources, &request, now, room, send).await {
        Ok(response) => Ok(Answered::Answer(response)),
        Err(InvocationError::Report(ReportError::Refused(refused))) => {
            Ok(Answered::Refusal(refused))
        }
        Err(InvocationError::Report(ReportError::TooLarge)) => {
            Ok(Answered::Refusal(too_large(room)))
        }
        Err(InvocationError::Report(ReportError::Store(StoreError::OutOfTime { action }))) => {
            Err(InvocationError::OutOfTime { action })
        }
        Err(error) => Err(error),
    }
}

/// Returns the refusal of an answer that is too large and cannot be cut.
fn too_large(room: usize) -> Refusal {
    Refusal {
        field: Some("limit".to_owned()),
        problem: format!(
            "the answer is larger than the {room} bytes that Lambda sends in one response"
        ),
        expected:
            "a smaller limit (`page` continues with the other edges), filters, or a format that is \
                   sent in parts: json, csv or table"
                .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use piitrail_flow::edge::{Basis, EdgeFacts, EdgeKey, Flow};
    use piitrail_flow::ledger::Ledger;
    use piitrail_flow::name::Name;
    use piitrail_flow::party::{Party, PartyKind};
    use piitrail_flow::store::{Batch, Counting as _, MemoryStore, ReceiptId};
    use piitrail_flow::subject::Sightings;
    use serde_json::json;

    use super::*;

    async fn ask(request: Value) -> Value {
        let now = || "2026-11-21T12:00:00Z".parse().unwrap();
        let response = handle(
            (&MemoryStore::default()).into(),
            request,
            &Context::default(),
            now,
        )
        .await;
        serde_json::from_str(response.unwrap().get()).unwrap()
    }

    #[tokio::test]
    async fn json_is_an_object_in_the_response_and_everything_else_is_text() {
        let map = ask(json!({ "report": "map" })).await;
        assert_eq!(map["content_type"], "application/json");
        assert_eq!(map["body"]["report"], "map");
        let table = ask(json!({ "report": "map", "format": "table" })).await;
        assert!(table["body"].as_str().unwrap().contains("PRODUCER"));
        assert!(map.get("about").is_none() && table.get("about").is_none());
    }

    #[tokio::test]
    async fn what_describes_a_csv_is_beside_it_in_the_response() {
        let csv = ask(json!({ "report": "map", "format": "csv", "limit": 7 })).await;
        assert!(csv["body"].as_str().unwrap().starts_with("producer,"));
        assert_eq!(csv["about"]["parameters"]["limit"], 7);
        assert_eq!(csv["about"]["coverage"], json!([]));
        assert!(csv["about"]["notes"][0].is_string());
    }

    #[tokio::test]
    async fn a_limit_that_is_too_large_is_refused_and_not_lowered() {
        let refused = ask(json!({ "report": "map", "limit": 4_001 })).await;
        assert_eq!(refused["refused"]["field"], "limit");
        assert_eq!(
            refused["refused"]["expected"],
            "a whole number from 1 to 4000"
        );
    }

    #[tokio::test]
    async fn a_request_that_cannot_be_answered_is_refused_and_is_no_error_of_the_function() {
        let refused =
            ask(json!({ "report": "subject", "filters": { "tier": "restricted" } })).await;
        assert_eq!(refused["refused"]["field"], "filters.tier");
        assert!(refused.get("body").is_none());
    }

    /// Creates a store with this many edges, whose names are full of quotes.
    async fn store_of(edges: usize) -> MemoryStore {
        let name = |text: &str| -> Name { serde_json::from_value(text.into()).unwrap() };
        let mut ledger = Ledger::default();
        for edge in 0..edges {
            let key = EdgeKey {
                flow: Flow {
                    producer: Party::new(PartyKind::Service, name("orders")),
                    consumer: Party::new(PartyKind::Function, name(&format!("f-{edge:04}"))),
                    channels: Vec::new(),
                    event_type: name(&"\"".repeat(1 + edge % 90)),
                },
                basis: Basis::Observed,
            };
            let facts = EdgeFacts {
                events: 1,
                ..EdgeFacts::default()
            };
            ledger.add_edge("2026-11-20".parse().unwrap(), key, &facts);
        }
        let store = MemoryStore::default();
        let batch = Batch {
            at: now(),
            receipts: [ReceiptId::of("m-1")].into(),
            ledger,
            sightings: Sightings::default(),
        };
        store.record(&batch).await.unwrap();
        store
    }

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    /// Returns the names of the consumers in an answer.
    fn consumers(format: &str, body: &Value) -> Vec<String> {
        let text = if format == "json" {
            body["edges"].to_string()
        } else {
            body.as_str().unwrap().to_owned()
        };
        text.split("f-")
            .skip(1)
            .map(|rest| rest[..4].to_owned())
            .collect()
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_is_cut_and_the_pages_hold_every_edge_once() {
        const ROOM: usize = 40_000;
        let store = store_of(1_000).await;
        for format in ["json", "csv", "table"] {
            let mut page = Value::Null;
            let mut found = Vec::new();
            let mut pages = 0;
            loop {
                let request = json!({ "report": "map", "format": format, "page": page });
                let Ok(Answered::Answer(response)) =
                    answer((&store).into(), request, now(), ROOM).await
                else {
                    panic!("{format} was not answered");
                };
                assert!(response.get().len() <= ROOM, "{}", response.get().len());
                assert!(response.get().len() > ROOM / 3 || pages > 0);
                let response: Value = serde_json::from_str(response.get()).unwrap();
                found.extend(consumers(format, &response["body"]));
                pages += 1;
                page = response["next"].clone();
                if page.is_null() {
                    break;
                }
                assert!(
                    response
                        .to_string()
                        .contains("more do not fit into one response"),
                    "{response}"
                );
            }
            assert!((3..100).contains(&pages), "{format}: {pages} pages");
            let all: Vec<String> = (0..1_000).map(|edge| format!("{edge:04}")).collect();
            assert_eq!(found, all, "{format}");
        }
    }

    #[tokio::test]
    async fn a_picture_that_is_too_large_is_refused() {
        let store = store_of(1_000).await;
        for format in ["mermaid", "dot"] {
            let request = json!({ "report": "map", "format": format });
            let answered = answer((&store).into(), request, now(), 20_000).await;
            let Ok(Answered::Refusal(refused)) = answered else {
                panic!("{format} was answered");
            };
            assert_eq!(refused.field.as_deref(), Some("limit"));
            assert!(refused.expected.contains("csv"));
        }
    }

    #[test]
    fn a_file_of_bytes_is_sent_in_base64() {
        let answer = Answer {
            body: Body::Bytes(vec![0x89, b'P', b'N', b'G', 0xff]),
            media_type: "image/png",
            caveats: Vec::new(),
            about: None,
            next: None,
        };
        assert_eq!(
            serde_json::to_value(Response::of(answer)).unwrap(),
            json!({ "content_type": "image/png", "body": "iVBOR/8=", "encoding": "base64", "next": null })
        );
    }
}
