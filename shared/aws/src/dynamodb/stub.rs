//! A stub of the DynamoDB operations that this crate uses, behind the SDK's HTTP client. It makes
//! faults that the service has and no emulator makes: answers that are lost after the write, pages
//! cut short, items left unread or unwritten, throttling, and requests that are applied although
//! their sender was killed.
//!
//! The conformance suite keeps it true to the service: the tests package runs the suite against an
//! emulator of the whole service, and this crate runs it against the stub.
//!
//! It is in one file, because it is one service: each call reads and changes the same items.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use piitrail_flow::store::Store;
use piitrail_flow::store::conformance::faults::{Backend, Chance};
use serde_json::{Map, Value, json};

use super::{Client, DynamoStore};

type Item = Map<String, Value>;

type Items = BTreeMap<(String, String), Item>;

/// A table with a partition and a sort key, and the faults to make.
#[derive(Debug)]
pub(super) struct Stub {
    items: Mutex<Items>,
    /// The items that an eventually consistent read returns, if it lags behind.
    lagging: Mutex<Option<Items>>,
    /// The time that each call takes.
    takes: Mutex<Duration>,
    /// The number of calls of each operation.
    calls: Mutex<BTreeMap<String, usize>>,
    chance: Mutex<Chance>,
    faults: AtomicBool,
    is_throttling: AtomicBool,
}

/// The stub as a backend of the fault suite.
#[derive(Clone, Debug)]
pub(super) struct StubBackend(Arc<Stub>);

impl StubBackend {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Stub {
            items: Mutex::default(),
            lagging: Mutex::default(),
            takes: Mutex::default(),
            calls: Mutex::default(),
            chance: Mutex::new(Chance::new(seed)),
            faults: AtomicBool::new(false),
            is_throttling: AtomicBool::new(false),
        }))
    }

    /// Starts or stops throttling every call.
    pub(super) fn throttle(&self, on: bool) {
        self.0.is_throttling.store(on, Ordering::Relaxed);
    }

    /// Stores an item that is written as DynamoDB's JSON.
    pub(super) fn put(&self, item: &Value) {
        let mut items = self.0.items.lock().unwrap();
        items.insert(key_of(item), item.as_object().unwrap().clone());
    }

    /// Makes later eventually consistent reads return the table as it is now.
    pub(super) fn lag(&self) {
        let items = self.0.items.lock().unwrap().clone();
        *self.0.lagging.lock().unwrap() = Some(items);
    }

    /// Makes each call take this long.
    pub(super) fn take(&self, long: Duration) {
        *self.0.takes.lock().unwrap() = long;
    }

    /// Returns the number of calls of an operation.
    pub(super) fn calls(&self, operation: &str) -> usize {
        let calls = self.0.calls.lock().unwrap();
        calls.get(operation).copied().unwrap_or(0)
    }

    /// Returns the items of the partitions with this prefix.
    pub(super) fn items_of(&self, partition: &str) -> Vec<Value> {
        let items = self.0.items.lock().unwrap();
        let found = items
            .iter()
            .filter(|((pk, _), _)| pk.starts_with(partition));
        found.map(|(_, item)| json!(item)).collect()
    }

    pub(super) fn store(&self) -> DynamoStore {
        let stub = self.clone();
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "stub"))
            .retry_config(aws_config::retry::RetryConfig::standard().with_max_attempts(2))
            .http_client(http_client_fn(move |_, _| {
                SharedHttpConnector::new(stub.clone())
            }))
            .build();
        DynamoStore::new(Client::from_conf(config), "piitrail")
    }
}

impl Backend for StubBackend {
    fn instance(&self, chance: &mut Chance) -> Box<dyn Store> {
        let lanes = [1, 1, 4][usize::try_from(chance.below(3)).unwrap()];
        Box::new(self.store().with_lanes(lanes))
    }

    fn set_faults(&self, on: bool) {
        self.0.faults.store(on, Ordering::Relaxed);
    }
}

impl HttpConnector for StubBackend {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let stub = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            if stub.is_throttling.load(Ordering::Relaxed) {
                return failure(400, "ThrottlingException");
            }
            let fault = if stub.faults.load(Ordering::Relaxed) {
                stub.chance.lock().unwrap().below(16)
            } else {
                u64::MAX
            };
            // The write is applied before the sender waits for the first time, so a sender that is
            // killed there does not know that it was applied.
            let early = (fault == 0).then(|| stub.answer(&request, true));
            tokio::task::yield_now().await;
            let takes = *stub.takes.lock().unwrap();
            if !takes.is_zero() {
                tokio::time::sleep(takes).await;
            }
            match fault {
                1 => return failure(400, "ThrottlingException"),
                2 => return failure(500, "InternalServerError"),
                3 => return Err(ConnectorError::io("the connection was cut".into())),
                _ => {}
            }
            let answer = early.unwrap_or_else(|| stub.answer(&request, fault < 8));
            tokio::task::yield_now().await;
            match fault {
                4 => Err(ConnectorError::timeout("the answer was lost".into())),
                5 => failure(500, "InternalServerError"),
                _ => answer,
            }
        })
    }
}

type Answer = Result<HttpResponse, ConnectorError>;

#[expect(clippy::unnecessary_wraps, reason = "what a connector gives")]
fn response(status: u16, body: &Value) -> Answer {
    let mut response =
        HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()));
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

fn failure(status: u16, code: &str) -> Answer {
    response(status, &json!({ "__type": code, "message": code }))
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name]["S"].as_str().unwrap()
}

fn key_of(item: &Value) -> (String, String) {
    (text(item, "pk").to_owned(), text(item, "sk").to_owned())
}

impl Stub {
    fn answer(&self, request: &HttpRequest, is_short: bool) -> Answer {
        let target = request.headers().get("x-amz-target").unwrap();
        let (_, operation) = target.split_once('.').unwrap();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        *self
            .calls
            .lock()
            .unwrap()
            .entry(operation.to_owned())
            .or_default() += 1;
        let mut items = self.items.lock().unwrap();
        let lagging = self.lagging.lock().unwrap();
        let is_consistent = body["ConsistentRead"] == true
            || body["RequestItems"]["piitrail"]["ConsistentRead"] == true;
        let read = match &*lagging {
            Some(lagging) if !is_consistent => lagging,
            _ => &*items,
        };
        match operation {
            "GetItem" => {
                let item = read.get(&key_of(&body["Key"]));
                response(200, &item.map_or(json!({}), |item| json!({ "Item": item })))
            }
            "BatchGetItem" => {
                let wanted = body["RequestItems"]["piitrail"]["Keys"].as_array().unwrap();
                assert!(wanted.len() <= 100, "{} keys in a batch", wanted.len());
                let left = usize::from(is_short && wanted.len() > 1);
                let (now, unread) = wanted.split_at(wanted.len() - left);
                let found: Vec<_> = now
                    .iter()
                    .filter_map(|key| read.get(&key_of(key)))
                    .collect();
                let unread = match unread {
                    [] => json!({}),
                    keys => json!({ "piitrail": { "Keys": keys } }),
                };
                response(
                    200,
                    &json!({ "Responses": { "piitrail": found }, "UnprocessedKeys": unread }),
                )
            }
            "BatchWriteItem" => {
                let wanted = body["RequestItems"]["piitrail"].as_array().unwrap();
                assert!(wanted.len() <= 25, "{} items in a batch", wanted.len());
                let left = usize::from(is_short && wanted.len() > 1);
                let (now, later) = wanted.split_at(wanted.len() - left);
                for change in now {
                    if let Some(item) = change["PutRequest"]["Item"].as_object() {
                        items.insert(key_of(&change["PutRequest"]["Item"]), item.clone());
                    } else {
                        items.remove(&key_of(&change["DeleteRequest"]["Key"]));
                    }
                }
                let later = match later {
                    [] => json!({}),
                    changes => json!({ "piitrail": changes }),
                };
                response(200, &json!({ "UnprocessedItems": later }))
            }
            "PutItem" => {
                let key = key_of(&body["Item"]);
                if !holds(&body, items.get(&key)) {
                    return failure(400, "ConditionalCheckFailedException");
                }
                items.insert(key, body["Item"].as_object().unwrap().clone());
                response(200, &json!({}))
            }
            "DeleteItem" => {
                items.remove(&key_of(&body["Key"]));
                response(200, &json!({}))
            }
            "UpdateItem" => {
                let key = key_of(&body["Key"]);
                if !holds(&body, items.get(&key)) {
                    return failure(400, "ConditionalCheckFailedException");
                }
                update(&mut items, &body);
                response(200, &json!({}))
            }
            "TransactWriteItems" => transact(&mut items, &body),
            "Query" => query(read, &body, is_short),
            other => panic!("the stub does not know {other}"),
        }
    }
}

fn transact(items: &mut Items, body: &Value) -> Answer {
    let writes: Vec<(&str, &Value)> = body["TransactItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|write| {
            let (kind, write) = write.as_object().unwrap().iter().next().unwrap();
            (kind.as_str(), write)
        })
        .collect();
    assert!(
        writes.len() <= 100,
        "{} items in a transaction",
        writes.len()
    );
    let key =
        |kind: &str, write: &Value| key_of(&write[if kind == "Put" { "Item" } else { "Key" }]);
    let reasons: Vec<Value> = writes
        .iter()
        .map(|(kind, write)| {
            let stands = items.get(&key(kind, write));
            match stands {
                _ if holds(write, stands) => json!({ "Code": "None" }),
                Some(item) if write["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD" => {
                    json!({ "Code": "ConditionalCheckFailed", "Item": item })
                }
                _ => json!({ "Code": "ConditionalCheckFailed" }),
            }
        })
        .collect();
    if reasons.iter().any(|reason| reason["Code"] != "None") {
        let body = json!({
            "__type": "TransactionCanceledException", "Message": "canceled",
            "CancellationReasons": reasons,
        });
        return response(400, &body);
    }
    for (kind, write) in writes {
        if kind == "Put" {
            items.insert(key(kind, write), write["Item"].as_object().unwrap().clone());
        } else {
            update(items, write);
        }
    }
    response(200, &json!({}))
}

/// Applies `SET #a = :a, #b = :b`.
fn update(items: &mut Items, body: &Value) {
    let item = items
        .entry(key_of(&body["Key"]))
        .or_insert_with(|| body["Key"].as_object().unwrap().clone());
    let expression = body["UpdateExpression"].as_str().unwrap();
    for part in expression.strip_prefix("SET ").unwrap().split(", ") {
        let (name, value) = part.split_once(" = ").unwrap();
        item.insert(
            named(body, name),
            body["ExpressionAttributeValues"][value].clone(),
        );
    }
}

fn named(body: &Value, name: &str) -> String {
    body["ExpressionAttributeNames"][name]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Returns true if the condition of a write is true of the stored item.
fn holds(body: &Value, item: Option<&Item>) -> bool {
    let Some(condition) = body["ConditionExpression"].as_str() else {
        return true;
    };
    condition.split(" AND ").all(|part| {
        if let Some(name) = part
            .strip_prefix("attribute_not_exists(")
            .and_then(|rest| rest.strip_suffix(')'))
        {
            return !item.is_some_and(|item| item.contains_key(&named(body, name)));
        }
        let (name, value) = part.split_once(" = ").unwrap();
        let value = &body["ExpressionAttributeValues"][value];
        item.is_some_and(|item| item.get(&named(body, name)) == Some(value))
    })
}

fn query(items: &Items, body: &Value, is_short: bool) -> Answer {
    let value = |name: &str| text(&body["ExpressionAttributeValues"], name).to_owned();
    let condition = body["KeyConditionExpression"].as_str().unwrap();
    let is_in = |sk: &str| match condition {
        "#pk = :pk" => true,
        "#pk = :pk AND #sk >= :from" => *sk >= *value(":from"),
        "#pk = :pk AND #sk < :before" => *sk < *value(":before"),
        "#pk = :pk AND #sk <= :sk" => *sk <= *value(":sk"),
        "#pk = :pk AND #sk BETWEEN :from AND :to" => *sk >= *value(":from") && *sk <= *value(":to"),
        "#pk = :pk AND begins_with(#sk, :grain)" => sk.starts_with(&value(":grain")),
        other => panic!("the stub does not know {other}"),
    };
    let pk = value(":pk");
    let after = body["ExclusiveStartKey"]
        .is_object()
        .then(|| key_of(&body["ExclusiveStartKey"]));
    let mut found: Vec<&Item> = items
        .range((pk.clone(), String::new())..)
        .take_while(|((of, _), _)| *of == pk)
        .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after))
        .filter(|((_, sk), _)| is_in(sk))
        .map(|(_, item)| item)
        .collect();
    if body["ScanIndexForward"] == false {
        found.reverse();
    }
    let most = match body["Limit"].as_u64() {
        Some(limit) if !is_short => usize::try_from(limit).unwrap(),
        Some(_) => 1,
        None if is_short => 1,
        None => 3,
    };
    let mut answer = json!({ "Count": found.len().min(most) });
    if found.len() > most {
        found.truncate(most);
        let last = found[most - 1];
        answer["LastEvaluatedKey"] = json!({ "pk": last["pk"], "sk": last["sk"] });
    }
    answer["Items"] = json!(found);
    response(200, &answer)
}
