//! Declares the subscriptions of topics and the event source mappings of queues and streams.

use serde_json::Value;

use super::super::check::{CONSUMERS, SUBSCRIBERS};
use super::super::{
    Consumer, End, FilterPolicy, FilterPolicyScope, FilteredSource, Filters, Origin,
    ResourceKind as Kind, Subscription,
};
use super::{Declarations, Document, Refusal, fitting};
use crate::home::Located;

/// A subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredSubscription {
    /// The topic.
    pub topic: Located,
    /// The endpoint.
    pub to: End,
    /// The id in the template. AWS's own list of subscriptions has no names.
    pub id: Option<String>,
    /// The `FilterPolicy`.
    pub filter_policy: Option<Document>,
    /// The `FilterPolicyScope`.
    pub scope: FilterPolicyScope,
    /// The `RawMessageDelivery`.
    pub is_raw: bool,
    /// The `RedrivePolicy.deadLetterTargetArn`.
    pub dead_letters: Option<End>,
    /// The place where it is written.
    pub origin: Origin,
}

/// Returns the kind of a subscription's endpoint from its protocol.
pub fn kind_of_protocol(protocol: &str) -> Kind {
    match protocol {
        "sqs" => Kind::Queue,
        "lambda" => Kind::Function,
        "firehose" => Kind::Firehose,
        _ => Kind::Endpoint,
    }
}

/// An event source mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredMapping {
    /// The `EventSourceArn`.
    pub from: End,
    /// The `FunctionName`.
    pub to: End,
    /// The id in the template.
    pub id: Option<String>,
    /// True if `Enabled` is false.
    pub disabled: bool,
    /// The patterns of `FilterCriteria`.
    pub filters: Vec<Document>,
    /// The `DestinationConfig.OnFailure`.
    pub on_failure: Option<End>,
    /// The place where it is written.
    pub origin: Origin,
}

/// Compiles the filters of a mapping or a pipe.
pub(super) fn filters(given: Vec<Document>, from: Kind) -> Result<Filters, Refusal> {
    let source = FilteredSource::of(from).ok_or(Refusal::SourceNotFollowed(from))?;
    let is_approximate = given.iter().any(Document::is_approximate);
    // If one filter takes everything, the others decide nothing.
    let takes_all = given.iter().any(|one| matches!(one, Document::Unknown));
    let given = if takes_all { Vec::new() } else { given };
    let patterns: Result<Vec<Value>, Refusal> =
        given.into_iter().map(|one| one.json("filter")).collect();
    let filters = Filters::new(patterns?, source).map_err(Refusal::Filter)?;
    Ok(filters.approximating(is_approximate))
}

impl Declarations {
    pub(super) fn declare_subscription(
        &mut self,
        declared: DeclaredSubscription,
    ) -> Result<(), Refusal> {
        let policy = declared.filter_policy.filter(|policy| !policy.is_empty());
        let policy = policy.map(|policy| {
            let read = if policy.is_approximate() {
                FilterPolicy::approximate
            } else {
                FilterPolicy::new
            };
            let json = policy.json("filter policy")?;
            read(json, declared.scope).map_err(Refusal::FilterPolicy)
        });
        let subscription = Subscription {
            filter_policy: policy.transpose()?,
            to: fitting(declared.to, SUBSCRIBERS, Kind::Endpoint),
            id: declared.id,
            is_raw: declared.is_raw,
            dead_letters: self.dead_letter_queue(declared.dead_letters),
            origin: declared.origin,
        };
        let topic = self.draft.topics.entry(declared.topic).or_default();
        topic.subscriptions.push(subscription);
        Ok(())
    }

    pub(super) fn declare_mapping(&mut self, declared: DeclaredMapping) -> Result<(), Refusal> {
        let consumer = Consumer {
            filters: filters(declared.filters, declared.from.kind())?,
            to: fitting(declared.to, CONSUMERS, Kind::Function),
            id: declared.id,
            disabled: declared.disabled,
            on_failure: self.failure_holder(declared.on_failure),
            origin: declared.origin,
        };
        let name = declared.from.name().clone();
        let consumers = match declared.from.kind() {
            Kind::Queue => &mut self.draft.queues.entry(name).or_default().consumers,
            Kind::Table => &mut self.draft.tables.entry(name).or_default().consumers,
            _ => &mut self.draft.streams.entry(name).or_default().consumers,
        };
        consumers.push(consumer);
        Ok(())
    }
}
