//! A stand-in for AWS behind the SDK's HTTP client. A test says what each operation answers; the
//! stub keeps the operations that were called.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_cbor::Encoder;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use piitrail_flow::home::Home;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Action, Place};

pub(super) const ACCOUNT: &str = "111111111111";
pub(super) const REGION: &str = "eu-west-1";

/// The path of the operations of V2 buses.
pub(super) const V2: &str = "service/AWSEventsV2/operation/";

/// A request, as far as tests look at it.
pub(super) struct Request<'r> {
    /// The IAM action of the operation: `sqs:ListQueues`.
    pub(super) action: &'r str,
    /// The path and the query.
    pub(super) uri: &'r str,
    /// The body, JSON or a form.
    pub(super) body: &'r str,
}

impl Request<'_> {
    /// Returns a text of the JSON body, or of the form.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        if let Ok(body) = serde_json::from_str::<Value>(self.body) {
            return body[name].as_str().map(ToOwned::to_owned);
        }
        let pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name);
        values.next().map(|(_, value)| value.replace("%3A", ":"))
    }
}

/// An answer: its status and its body, JSON or XML.
pub(super) type Answer = (u16, String);

/// Answers with JSON.
#[expect(
    clippy::needless_pass_by_value,
    reason = "every caller makes it for this call"
)]
pub(super) fn ok(body: Value) -> Answer {
    (200, body.to_string())
}

/// Answers with a refusal that every protocol understands.
pub(super) fn refuse(status: u16, code: &str) -> Answer {
    (status, format!("refused {code}"))
}

#[derive(Clone)]
pub(super) struct Stub(Arc<Shared>);

struct Shared {
    answer: Box<dyn Fn(&Request<'_>) -> Answer + Send + Sync>,
    calls: Mutex<Vec<String>>,
    limits: Mutex<BTreeMap<&'static str, Limit>>,
}

/// A token bucket that holds the calls of one second.
struct Limit {
    per_second: f64,
    tokens: f64,
    at: Instant,
    throttled: usize,
}

impl Limit {
    fn allows(&mut self) -> bool {
        let now = Instant::now();
        let grown = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + grown).min(self.per_second);
        self.at = now;
        let is_allowed = self.tokens >= 1.0;
        if is_allowed {
            self.tokens -= 1.0;
        } else {
            self.throttled += 1;
        }
        is_allowed
    }
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stub")
    }
}

impl Stub {
    pub(super) fn new(answer: impl Fn(&Request<'_>) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            answer: Box::new(answer),
            calls: Mutex::default(),
            limits: Mutex::default(),
        }))
    }

    /// Throttles the calls of each action above its rate.
    pub(super) fn with_limits(self, actions: impl Iterator<Item = Action>) -> Self {
        let limits = actions.map(|action| {
            let per_second = f64::from(action.per_second);
            let limit = Limit {
                per_second,
                tokens: per_second,
                at: Instant::now(),
                throttled: 0,
            };
            (action.name, limit)
        });
        *self.0.limits.lock().unwrap() = limits.collect();
        self
    }

    /// Returns the number of calls that were throttled.
    pub(super) fn throttled(&self) -> usize {
        let limits = self.0.limits.lock().unwrap();
        limits.values().map(|limit| limit.throttled).sum()
    }

    /// Returns the actions that were called, in their order.
    pub(super) fn calls(&self) -> Vec<String> {
        self.0.calls.lock().unwrap().clone()
    }

    pub(super) fn config(&self) -> SdkConfig {
        let stub = self.clone();
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "a", "b", None, None, "stub",
            )))
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| {
                SharedHttpConnector::new(stub.clone())
            }))
            .build()
    }

    /// Returns the only place that the stub stands for.
    pub(super) fn place(&self) -> Place {
        Place {
            home: Home::of(ACCOUNT, REGION),
            config: Ok(self.config()),
        }
    }
}

impl HttpConnector for Stub {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let body = String::from_utf8_lossy(body).into_owned();
        let action = action(&request, &body);
        self.0.calls.lock().unwrap().push(action.clone());
        let mut limits = self.0.limits.lock().unwrap();
        let limit = limits.get_mut(action.as_str());
        let is_allowed = limit.is_none_or(Limit::allows);
        drop(limits);
        let (status, answer) = if is_allowed {
            (self.0.answer)(&Request {
                action: &action,
                uri: request.uri(),
                body: &body,
            })
        } else {
            refuse(429, "ThrottlingException")
        };
        let response = if request.uri().contains(V2) {
            in_cbor(status, &answer)
        } else {
            response(&action, status, answer)
        };
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn response(action: &str, status: u16, answer: String) -> HttpResponse {
    let is_xml =
        action.starts_with("sns:") || action.starts_with("s3:") || action.starts_with("sts:");
    let body = match answer.strip_prefix("refused ") {
        None => answer,
        Some(code) if action.starts_with("s3:") => {
            format!("<Error><Code>{code}</Code><Message>no</Message></Error>")
        }
        Some(code) if is_xml => format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        ),
        Some(code) => json!({ "__type": code, "message": "no" }).to_string(),
    };
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    let kind = if is_xml {
        "text/xml"
    } else {
        "application/json"
    };
    response.headers_mut().insert("content-type", kind);
    response
}

/// Answers in CBOR, the only protocol of the V2 buses.
fn in_cbor(status: u16, answer: &str) -> HttpResponse {
    let answer = match answer.strip_prefix("refused ") {
        Some(code) => json!({ "__type": code, "message": "no" }),
        None => serde_json::from_str(answer).unwrap(),
    };
    let mut encoder = Encoder::new(Vec::new());
    encode(&mut encoder, &answer);
    let body = SdkBody::from(encoder.into_writer());
    let mut response = HttpResponse::new(status.try_into().unwrap(), body);
    let headers = response.headers_mut();
    headers.insert("content-type", "application/cbor");
    headers.insert("smithy-protocol", "rpc-v2-cbor");
    response
}

fn encode(encoder: &mut Encoder, value: &Value) {
    match value {
        Value::Null => drop(encoder.null()),
        Value::Bool(given) => drop(encoder.boolean(*given)),
        Value::Number(given) => {
            let given = given.as_i64().unwrap();
            encoder.integer(given.try_into().unwrap());
        }
        Value::String(text) => drop(encoder.str(text)),
        Value::Array(items) => {
            encoder.array(items.len());
            for item in items {
                encode(encoder, item);
            }
        }
        Value::Object(fields) => {
            encoder.map(fields.len());
            for (name, value) in fields {
                encoder.str(name);
                encode(encoder, value);
            }
        }
    }
}

/// Returns the IAM action of a request: by its target, its form, or its method and path.
fn action(request: &HttpRequest, body: &str) -> String {
    let uri = request.uri();
    let host = uri.split("://").nth(1).unwrap_or(uri);
    let (host, path) = host.split_once('/').unwrap_or((host, ""));
    let service = host.split('.').next().unwrap_or_default();
    if let Some(target) = request.headers().get("x-amz-target") {
        let operation = target.rsplit('.').next().unwrap_or_default();
        return format!("{service}:{operation}");
    }
    if let Some(operation) = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="))
    {
        return format!("{service}:{operation}");
    }
    if let Some(operation) = path.strip_prefix(V2) {
        return format!("events:{operation}");
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_list = path.trim_end_matches('/').split('/').count();
    match service {
        "lambda" if path.starts_with("2015-03-31/functions") => "lambda:ListFunctions".to_owned(),
        "lambda" if path.starts_with("2015-03-31/event-source-mappings") => {
            "lambda:ListEventSourceMappings".to_owned()
        }
        "lambda" if path.ends_with("event-invoke-config/list") => {
            "lambda:ListFunctionEventInvokeConfigs".to_owned()
        }
        "pipes" if is_list == 2 => "pipes:ListPipes".to_owned(),
        "pipes" => "pipes:DescribePipe".to_owned(),
        "scheduler" if is_list == 1 => "scheduler:ListSchedules".to_owned(),
        "scheduler" => "scheduler:GetSchedule".to_owned(),
        _ if query.contains("notification") => "s3:GetBucketNotification".to_owned(),
        _ if query.contains("encryption") => "s3:GetEncryptionConfiguration".to_owned(),
        "s3" => "s3:ListAllMyBuckets".to_owned(),
        other => format!("{other}:{path}"),
    }
}
