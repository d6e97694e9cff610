//! The form of a topology as YAML or JSON, version 1: what a person writes, what `topology show`
//! prints, and what stores keep.
//!
//! Buses, queues, topics, streams and pipes stand under their names; where there are several of one
//! name, or where it matters, `account` and `region` say which one it is, or the name itself does:
//! `orders@eu-west-1/222222222222`, or an ARN. A name without a home fits any home.
//!
//! A key that is not listed here is refused. What the form cannot say, such as "exactly one of", is
//! checked when `read.rs` makes the model of it; `write.rs` makes the form of a model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{FilterPolicyScope, InputTransformer};
use crate::home::{Account, Located, Region};

mod read;
mod write;

/// The version of this form.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    version: Spanned<u32>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    services: BTreeMap<String, Spanned<ServiceForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    taps: Vec<Spanned<TapForm>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    buses: BTreeMap<String, BusForm>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    queues: BTreeMap<String, QueueForm>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    topics: BTreeMap<String, TopicForm>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    streams: BTreeMap<String, StreamForm>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pipes: BTreeMap<String, Spanned<PipeForm>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceForm {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    functions: Vec<Located>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tables: Vec<Located>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buckets: Vec<Located>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TapForm {
    queue: Located,
    bus: Located,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BusForm {
    #[serde(default, skip_serializing)]
    account: Option<Account>,
    #[serde(default, skip_serializing)]
    region: Option<Region>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Spanned<RuleForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    archives: Vec<Spanned<ArchiveForm>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    name: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    pattern: Value,
    targets: Vec<Spanned<TargetForm>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArchiveForm {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<Value>,
}

/// Exactly one destination, and at most one input.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bus: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topic: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stream: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    function: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log_group: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_transformer: Option<InputTransformer>,
}

/// Exactly one of `function` and `service`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsumerForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    function: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    filters: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueForm {
    #[serde(default, skip_serializing)]
    account: Option<Account>,
    #[serde(default, skip_serializing)]
    region: Option<Region>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    consumers: Vec<Spanned<ConsumerForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    producers: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dead_letter: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicForm {
    #[serde(default, skip_serializing)]
    account: Option<Account>,
    #[serde(default, skip_serializing)]
    region: Option<Region>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subscriptions: Vec<Spanned<SubscriptionForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    producers: Vec<String>,
}

/// Exactly one of `queue`, `function` and `service`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    function: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter_policy: Option<Value>,
    #[serde(default)]
    filter_policy_scope: FilterPolicyScope,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamForm {
    #[serde(default, skip_serializing)]
    account: Option<Account>,
    #[serde(default, skip_serializing)]
    region: Option<Region>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    consumers: Vec<Spanned<ConsumerForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    producers: Vec<String>,
}

/// Exactly one of `queue` and `stream`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PipeForm {
    #[serde(default, skip_serializing)]
    account: Option<Account>,
    #[serde(default, skip_serializing)]
    region: Option<Region>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<Located>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stream: Option<Located>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    filters: Vec<Value>,
    target: TargetForm,
}
