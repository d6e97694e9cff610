//! Makes the few AWS calls of the tests as plain requests.
//!
//! `MiniStack` takes the caller from the credential's name and does not check signatures of its
//! root caller, so a request needs no SDK. It evaluates plain HTTP as such in
//! `aws:SecureTransport`. The template denies plain HTTP, so the tests send their requests as a
//! proxy does that has ended TLS.

use std::time::Duration;

use serde_json::{Value, json};

/// The region of all resources.
pub(crate) const REGION: &str = "eu-west-1";

/// A client of one room.
pub(crate) struct Aws {
    endpoint: String,
    /// The id of the access key. `MiniStack` takes twelve digits as the root of that account.
    caller: String,
    agent: ureq::Agent,
}

/// The answer of a function.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The payload it returned.
    pub(crate) payload: Value,
    /// `X-Amz-Function-Error`, if it failed.
    pub(crate) error: Option<String>,
}

impl Aws {
    /// Creates a client of the room at `endpoint`.
    pub(super) fn at(endpoint: String) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_mins(2)))
            .http_status_as_error(false)
            .build()
            .into();
        Self {
            endpoint,
            caller: "test".to_owned(),
            agent,
        }
    }

    /// Returns a client of the same room as the root of an account.
    pub(crate) fn of_account(&self, account: &str) -> Self {
        Self {
            endpoint: self.endpoint.clone(),
            caller: account.to_owned(),
            agent: self.agent.clone(),
        }
    }

    /// Returns the id of the access key.
    pub(crate) fn caller(&self) -> &str {
        &self.caller
    }

    /// Returns the address: `http://127.0.0.1:PORT`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub(super) fn is_up(&self) -> bool {
        self.agent
            .get(format!("{}/_ministack/health", self.endpoint))
            .call()
            .is_ok_and(|answer| answer.status() == 200)
    }

    /// Calls a service that uses JSON, by its target (`AmazonSQS.SendMessage`).
    pub(crate) fn json(&self, service: &str, target: &str, body: &Value) -> Value {
        let (status, answer) = self.try_json(service, target, body);
        assert!(status == 200, "{target}: {status} {answer}");
        answer
    }

    /// Makes a call that may be refused. Returns the status and the answer.
    fn try_json(&self, service: &str, target: &str, body: &Value) -> (u16, Value) {
        let request = ureq::http::Request::post(&self.endpoint)
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.0");
        let (status, _, answer) = self.send(service, request, body.to_string().as_bytes());
        let answer = String::from_utf8(answer).unwrap();
        (
            status,
            serde_json::from_str(&answer).unwrap_or(json!(answer)),
        )
    }

    /// Calls a service that uses forms and XML.
    pub(crate) fn form(&self, service: &str, fields: &[(&str, &str)]) -> String {
        let body: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        let request = ureq::http::Request::post(&self.endpoint)
            .header("content-type", "application/x-www-form-urlencoded");
        let (status, _, answer) = self.send(service, request, body.join("&").as_bytes());
        let answer = String::from_utf8(answer).unwrap();
        assert!(status == 200, "{:?}: {status} {answer}", fields[0]);
        answer
    }

    /// Calls a service that uses paths: `PUT`, `/code/tracer.zip`.
    pub(crate) fn rest(&self, service: &str, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint));
        let (status, _, answer) = self.send(service, request, body);
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {}",
            String::from_utf8_lossy(&answer)
        );
        answer
    }

    /// Invokes a function and waits for its answer.
    pub(crate) fn invoke(&self, function: &str, payload: &Value) -> Answer {
        let path = format!(
            "{}/2015-03-31/functions/{function}/invocations",
            self.endpoint
        );
        let request = ureq::http::Request::post(path);
        let (status, error, answer) = self.send("lambda", request, payload.to_string().as_bytes());
        let text = String::from_utf8(answer).unwrap();
        assert!(status == 200, "invoking {function}: {status} {text}");
        Answer {
            payload: serde_json::from_str(&text).unwrap(),
            error,
        }
    }

    /// Puts events on a bus, ten at a time, which is the service's maximum.
    pub(crate) fn put_events(&self, entries: &[Value]) {
        for ten in entries.chunks(10) {
            let answer = self.json("events", "AWSEvents.PutEvents", &json!({ "Entries": ten }));
            assert_eq!(answer["FailedEntryCount"], 0, "{answer}");
        }
    }

    /// Sends a message. Returns its id, or the status of the refusal.
    pub(crate) fn send_message(&self, queue_url: &str, body: &str) -> Result<String, u16> {
        let message = json!({ "QueueUrl": queue_url, "MessageBody": body });
        match self.try_json("sqs", "AmazonSQS.SendMessage", &message) {
            (200, answer) => Ok(answer["MessageId"].as_str().unwrap().to_owned()),
            (status, _) => Err(status),
        }
    }

    /// Receives up to ten messages of a queue, with their attributes. They stay invisible for
    /// `hidden` seconds.
    pub(crate) fn receive_messages(&self, queue_url: &str, hidden: u32) -> Vec<Value> {
        let request = json!({
            "QueueUrl": queue_url, "MaxNumberOfMessages": 10, "VisibilityTimeout": hidden,
            "MessageSystemAttributeNames": ["All"],
        });
        match self.json("sqs", "AmazonSQS.ReceiveMessage", &request)["Messages"].take() {
            Value::Array(messages) => messages,
            _ => Vec::new(),
        }
    }

    /// Creates a queue for the events of a bus that a pattern accepts. Returns its URL.
    pub(crate) fn queue_of_events(&self, name: &str, bus: &str, pattern: &Value) -> String {
        let made = self.json(
            "sqs",
            "AmazonSQS.CreateQueue",
            &json!({ "QueueName": name }),
        );
        let rule = json!({
            "Name": name, "EventBusName": bus, "EventPattern": pattern.to_string(),
        });
        self.json("events", "AWSEvents.PutRule", &rule);
        let arn = format!("arn:aws:sqs:{REGION}:000000000000:{name}");
        let targets = json!({
            "Rule": name, "EventBusName": bus, "Targets": [{ "Id": name, "Arn": arn }],
        });
        self.json("events", "AWSEvents.PutTargets", &targets);
        made["QueueUrl"].as_str().unwrap().to_owned()
    }

    /// Returns the events that a queue has received.
    pub(crate) fn events_in(&self, queue_url: &str) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let messages = self.receive_messages(queue_url, 600);
            if messages.is_empty() {
                return events;
            }
            events.extend(messages.iter().map(|message| {
                serde_json::from_str::<Value>(message["Body"].as_str().unwrap()).unwrap()
            }));
        }
    }

    /// Returns the number of messages in a queue: those waiting, and those in flight.
    pub(crate) fn queue_depth(&self, queue_url: &str) -> (u64, u64) {
        let request = json!({ "QueueUrl": queue_url, "AttributeNames": ["All"] });
        let answer = self.json("sqs", "AmazonSQS.GetQueueAttributes", &request);
        let number = |name: &str| {
            answer["Attributes"][name]
                .as_str()
                .unwrap()
                .parse()
                .unwrap()
        };
        (
            number("ApproximateNumberOfMessages"),
            number("ApproximateNumberOfMessagesNotVisible"),
        )
    }

    /// Returns every item of a table.
    pub(crate) fn all_items(&self, table: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut request = json!({ "TableName": table });
        loop {
            let mut page = self.json("dynamodb", "DynamoDB_20120810.Scan", &request);
            items.append(page["Items"].as_array_mut().unwrap());
            match page["LastEvaluatedKey"].take() {
                Value::Null => return items,
                next => request["ExclusiveStartKey"] = next,
            }
        }
    }

    /// Returns every line of every log group.
    pub(crate) fn all_log_lines(&self) -> Vec<String> {
        let call =
            |name: &str, body: &Value| self.json("logs", &format!("Logs_20140328.{name}"), body);
        let mut lines = Vec::new();
        for group in call("DescribeLogGroups", &json!({}))["logGroups"]
            .as_array()
            .unwrap()
        {
            let group = &group["logGroupName"];
            let mut request = json!({ "logGroupName": group });
            loop {
                let mut page = call("FilterLogEvents", &request);
                let events = page["events"].as_array().unwrap();
                lines.extend(
                    events
                        .iter()
                        .map(|event| event["message"].as_str().unwrap().to_owned()),
                );
                match page["nextToken"].take() {
                    Value::Null => break,
                    next => request["nextToken"] = next,
                }
            }
        }
        lines
    }

    fn send(
        &self,
        service: &str,
        request: ureq::http::request::Builder,
        body: &[u8],
    ) -> (u16, Option<String>, Vec<u8>) {
        let request = request
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={}/20260101/{REGION}/{service}/aws4_request, \
                     SignedHeaders=host, Signature=0",
                    self.caller
                ),
            )
            .header("x-forwarded-proto", "https")
            .body(body)
            .unwrap();
        let mut answer = self.agent.run(request).unwrap();
        let error = answer.headers().get("x-amz-function-error");
        let error = error.map(|kind| kind.to_str().unwrap().to_owned());
        let body = answer
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()
            .unwrap();
        (answer.status().as_u16(), error, body)
    }
}

fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}
