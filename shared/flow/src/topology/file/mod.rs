//! The form of a topology as YAML or JSON, version 1. People write it, `topology show --format
//! yaml` prints it, and stores keep it.
//!
//! Buses, queues, topics, streams, tables and pipes stand under their names. If several have the
//! same name, or if it matters, `account` and `region` give the home. The name itself can give it
//! too: `orders@eu-west-1/222222222222`, or an ARN. A name without a home fits any home.
//!
//! A key that is not listed here is refused. `read.rs` turns the form into the model and checks the
//! rules that the form cannot express, such as "exactly one of". `write.rs` turns a model into the
//! form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::resource::ResourceKind;
use super::{About, Change, FilterPolicyScope, InputTransformer, PlainRouteKind};
use crate::home::{Account, Region};

mod read;
mod write;

pub(super) use read::service;

/// The version of this form.
pub(super) const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    version: Spanned<u32>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    services: BTreeMap<String, Spanned<ServiceForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    taps: Vec<Spanned<TapForm>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    buses: BTreeMap<String, Spanned<BusForm>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    queues: BTreeMap<String, Spanned<QueueForm>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    topics: BTreeMap<String, Spanned<TopicForm>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    streams: BTreeMap<String, Spanned<StreamForm>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tables: BTreeMap<String, Spanned<StreamForm>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pipes: BTreeMap<String, Spanned<PipeForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    resources: Vec<Spanned<ResourceForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Spanned<RouteForm>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
}

/// A form that names an end with a key of the end's kind, such as `queue: orders`, beside other
/// keys.
trait NamesEnd {
    /// Takes the names out of the form. Returns each kind whose key the form has, with its name if
    /// given.
    fn take_names(&mut self) -> Vec<(ResourceKind, Option<String>)>;
    /// Writes the name under the key of its kind.
    fn set_name(&mut self, kind: ResourceKind, name: String);
}

/// Defines a form with one key for each kind of end, and the keys beside them.
macro_rules! form_with_end {
    (
        $(#[$about:meta])*
        $visible:vis struct $name:ident [$($key:ident: $kind:ident),+ $(,)?] {
            $($(#[$attribute:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        $visible struct $name {
            $(
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $key: Option<String>,
            )+
            $($(#[$attribute])* $field: $type,)*
        }

        impl NamesEnd for $name {
            fn take_names(&mut self) -> Vec<(ResourceKind, Option<String>)> {
                vec![$((ResourceKind::$kind, self.$key.take())),+]
            }

            fn set_name(&mut self, kind: ResourceKind, name: String) {
                match kind {
                    $(ResourceKind::$kind => self.$key = Some(name),)+
                    // The model has checked the kind, so this is one of those above.
                    #[allow(unreachable_patterns)]
                    _ => {}
                }
            }
        }
    };
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceForm {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sources: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) functions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tables: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) buckets: Vec<String>,
    /// The resources that the service owns beside these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) owns: Vec<Spanned<EndForm>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<About>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TapForm {
    queue: String,
    bus: String,
}

#[derive(Default, Serialize, Deserialize)]
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subscribers: Vec<Spanned<SubscriberForm>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    pattern: Value,
    /// True if a value of its condition is unknown, so that it takes more than AWS does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    approximate: bool,
    targets: Vec<Spanned<TargetForm>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArchiveForm {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<Value>,
    /// True if a value of its condition is unknown, so that it takes more than AWS does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    approximate: bool,
}

form_with_end! {
    /// A target. It has exactly one destination and at most one input. The keys `event_*` are for a
    /// pipe into a bus.
    struct TargetForm [
        bus: Bus, queue: Queue, topic: Topic, stream: Stream, function: Function, service: Service,
        log_group: LogGroup, state_machine: StateMachine, firehose: Firehose,
        api_destination: ApiDestination, redshift: Redshift, ecs_task: EcsTask, batch_job: BatchJob,
        api: Api, graphql_api: GraphqlApi, bedrock: Bedrock, healthlake: HealthLake, other: Other,
    ] {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input_path: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input_transformer: Option<InputTransformer>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input_template: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_source: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_detail_type: Option<String>,
        /// True if one of these two is set to an unknown value.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        event_unknown: bool,
        /// True if it is unknown whether this target exists.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        approximate: bool,
        /// The dead-letter queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dlq: Option<String>,
    }
}

form_with_end! {
    /// Exactly one destination, and at most one transformer.
    struct SubscriberForm [
        bus: Bus, queue: Queue, topic: Topic, stream: Stream, function: Function, service: Service,
        log_group: LogGroup, state_machine: StateMachine, firehose: Firehose,
        api_destination: ApiDestination, redshift: Redshift, ecs_task: EcsTask, batch_job: BatchJob,
        api: Api, graphql_api: GraphqlApi, bedrock: Bedrock, healthlake: HealthLake, other: Other,
    ] {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        disabled: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filters: Option<ScopedFiltersForm>,
        /// True if a value of its condition is unknown, so that it takes more than AWS does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        approximate: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        with_metadata: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jsonata: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unknown_input: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        message_attributes: bool,
        /// The queue that is told which events could not be delivered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dlq: Option<String>,
    }
}

/// One pattern for each part of an event.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopedFiltersForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system_metadata: Option<Value>,
}

form_with_end! {
    /// A consumer, with exactly one of these ends.
    struct ConsumerForm [function: Function, service: Service] {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        disabled: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        filters: Vec<Value>,
        /// True if a value of its condition is unknown, so that it takes more than AWS does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        approximate: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_failure: Option<EndForm>,
    }
}

#[derive(Default, Serialize, Deserialize)]
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

#[derive(Default, Serialize, Deserialize)]
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

form_with_end! {
    /// A subscription, with exactly one of these ends.
    struct SubscriptionForm [
        queue: Queue, function: Function, service: Service, firehose: Firehose, endpoint: Endpoint,
    ] {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter_policy: Option<Value>,
        #[serde(default)]
        filter_policy_scope: FilterPolicyScope,
        /// True if a value of its condition is unknown, so that it takes more than AWS does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        approximate: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        raw: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dlq: Option<String>,
    }
}

#[derive(Default, Serialize, Deserialize)]
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

form_with_end! {
    /// A pipe, with exactly one of these sources.
    struct PipeForm [queue: Queue, stream: Stream, table: Table] {
        #[serde(default, skip_serializing)]
        account: Option<Account>,
        #[serde(default, skip_serializing)]
        region: Option<Region>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        disabled: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        filters: Vec<Value>,
        /// True if a value of its condition is unknown, so that it takes more than AWS does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        approximate: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enrichment: Option<EnrichmentForm>,
        target: TargetForm,
        /// The place for records that could not be delivered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_failure: Option<EndForm>,
    }
}

form_with_end! {
    /// An enrichment, with exactly one of these ends.
    struct EnrichmentForm [
        function: Function, state_machine: StateMachine, api: Api, api_destination: ApiDestination,
        service: Service,
    ] {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input_template: Option<String>,
    }
}

form_with_end! {
    /// An end, with exactly one of these keys.
    pub(super) struct EndForm [
        bus: Bus, queue: Queue, topic: Topic, stream: Stream, table: Table, pipe: Pipe,
        function: Function, service: Service, log_group: LogGroup, archive: Archive,
        state_machine: StateMachine, firehose: Firehose, api_destination: ApiDestination,
        bucket: Bucket, endpoint: Endpoint, opensearch: OpenSearch, redshift: Redshift,
        ecs_task: EcsTask, batch_job: BatchJob, api: Api, graphql_api: GraphqlApi,
        bedrock: Bedrock, healthlake: HealthLake, schedule: Schedule, other: Other,
    ] {}
}

form_with_end! {
    /// A resource, with exactly one of these ends.
    struct ResourceForm [
        bus: Bus, queue: Queue, topic: Topic, stream: Stream, table: Table, pipe: Pipe,
        function: Function, service: Service, log_group: LogGroup, archive: Archive,
        state_machine: StateMachine, firehose: Firehose, api_destination: ApiDestination,
        bucket: Bucket, endpoint: Endpoint, opensearch: OpenSearch, redshift: Redshift,
        ecs_task: EcsTask, batch_job: BatchJob, api: Api, graphql_api: GraphqlApi,
        bedrock: Bedrock, healthlake: HealthLake, schedule: Schedule, other: Other,
    ] {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// True if AWS generates the name. The name given here is then the logical id.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        generated_name: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encryption: Option<EncryptionForm>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retention: Option<String>,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EncryptionForm {
    None,
    ServiceDefault,
    AwsManaged,
    CustomerManaged,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteForm {
    kind: PlainRouteKind,
    from: EndForm,
    to: EndForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    via: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    /// True if it is unknown whether the route exists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    approximate: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dlq: Option<String>,
}
