//! Turns AWS's description of each resource into parts of a topology.
//!
//! A template and an account describe resources in the same terms: a rule has a pattern and
//! targets, a queue has a redrive policy, a mapping has filters. A reader of either makes a
//! [`Declaration`] of each resource. [`Declarations::add`] decides in one place what a declaration
//! means: its routes, the default encryption, the retention, and which queues hold dead letters.
//!
//! No declaration is refused as a whole. A part that AWS would refuse is left out and returned as a
//! [`Refusal`], which the caller shows with the line or the ARN that it knows.

use std::collections::HashSet;

use eventbridge_pattern::{FilterError, PatternError, TargetError};
use serde_json::Value;

use super::{
    Draft, End, FilterScope, InputForm, InputTransformer, JsonataError, PlainRoute, PlainRouteKind,
    ResourceKind, ScopedFilterError,
};
use crate::home::Located;

mod bus;
mod logged;
mod pipe;
mod readers;
mod resource;
mod subscriber;

pub use bus::{DeclaredArchive, DeclaredRule, DeclaredTarget};
pub use logged::Logged;
pub use pipe::{DeclaredEnrichment, DeclaredPipe};
pub use readers::{DeclaredMapping, DeclaredSubscription, kind_of_protocol};
pub use resource::{DeclaredResource, KeySetting, Setting};
pub use subscriber::{DeclaredSubscriber, DeclaredTransformer};

/// AWS's description of one resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Declaration {
    /// A resource, with its encryption and its retention.
    Resource(DeclaredResource),
    /// A rule of a bus.
    Rule(DeclaredRule),
    /// An archive of a bus.
    Archive(DeclaredArchive),
    /// A subscriber of a V2 bus.
    Subscriber(Box<DeclaredSubscriber>),
    /// A subscription of a topic.
    Subscription(DeclaredSubscription),
    /// An event source mapping.
    Mapping(DeclaredMapping),
    /// A pipe.
    Pipe(Box<DeclaredPipe>),
    /// A redrive, a destination of a function, a notification of a bucket, a schedule, a delivery
    /// of Firehose or a log subscription.
    Route(PlainRoute),
}

impl Declaration {
    /// Returns the declaration of something of which it is unknown whether it exists. What is certain
    /// about a resource that may not exist stays the same, because no record reaches it then.
    #[must_use]
    pub fn approximating(self) -> Self {
        match self {
            Self::Resource(resource) => Self::Resource(resource),
            Self::Rule(rule) => Self::Rule(DeclaredRule {
                targets: rule
                    .targets
                    .into_iter()
                    .map(|target| DeclaredTarget {
                        is_approximate: true,
                        ..target
                    })
                    .collect(),
                ..rule
            }),
            Self::Archive(archive) => Self::Archive(DeclaredArchive {
                pattern: Some(approximating(archive.pattern)),
                ..archive
            }),
            Self::Subscriber(one) => {
                let mut filters = one.filters.clone();
                filters.push((FilterScope::Data, Document::Unknown));
                Self::Subscriber(Box::new(DeclaredSubscriber { filters, ..*one }))
            }
            Self::Subscription(one) => Self::Subscription(DeclaredSubscription {
                filter_policy: Some(approximating(one.filter_policy)),
                ..one
            }),
            Self::Mapping(mapping) => Self::Mapping(DeclaredMapping {
                filters: all_approximating(mapping.filters),
                ..mapping
            }),
            Self::Pipe(pipe) => {
                let filters = all_approximating(pipe.filters.clone());
                Self::Pipe(Box::new(DeclaredPipe { filters, ..*pipe }))
            }
            Self::Route(route) => Self::Route(PlainRoute {
                is_approximate: true,
                ..route
            }),
        }
    }
}

fn approximating(condition: Option<Document>) -> Document {
    condition.map_or(Document::Unknown, Document::approximating)
}

fn all_approximating(filters: Vec<Document>) -> Vec<Document> {
    if filters.is_empty() {
        return vec![Document::Unknown];
    }
    filters.into_iter().map(Document::approximating).collect()
}

/// A property that AWS accepts as JSON or as JSON text.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// The JSON value.
    Json(Value),
    /// The JSON text.
    Text(String),
    /// The value, in which every value is accepted where the true one is not known.
    Approximate(Value),
    /// Nothing of it is known: everything is accepted.
    Unknown,
}

impl Document {
    /// Returns the document, of which it is unknown whether it applies.
    #[must_use]
    pub fn approximating(self) -> Self {
        match self {
            Self::Json(value) => Self::Approximate(value),
            // A text that is not JSON is refused where it is declared.
            Self::Text(text) => {
                serde_json::from_str(&text).map_or_else(|_| Self::Text(text), Self::Approximate)
            }
            approximate => approximate,
        }
    }

    /// Returns true if it accepts more than AWS does.
    fn is_approximate(&self) -> bool {
        matches!(self, Self::Approximate(_) | Self::Unknown)
    }

    /// Returns the document with this field, in place of one of the same name. A document that is no
    /// object is left as it is, and is refused where it is declared.
    #[must_use]
    pub fn with_field(self, name: &str, value: Value) -> Self {
        let with = |mut document: Value| {
            if let Some(fields) = document.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
            document
        };
        match self {
            Self::Json(document) => Self::Json(with(document)),
            Self::Text(text) => {
                Self::Json(with(serde_json::from_str(&text).unwrap_or(Value::Null)))
            }
            Self::Approximate(document) => Self::Approximate(with(document)),
            Self::Unknown => Self::Approximate(with(Value::Object(serde_json::Map::new()))),
        }
    }

    /// Returns true if it is known and has no fields.
    fn is_empty(&self) -> bool {
        let is_empty = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
        match self {
            Self::Json(value) => is_empty(value),
            Self::Text(text) => serde_json::from_str(text).is_ok_and(|value| is_empty(&value)),
            Self::Approximate(_) | Self::Unknown => false,
        }
    }

    fn json(self, what: &'static str) -> Result<Value, Refusal> {
        match self {
            Self::Json(value) | Self::Approximate(value) => Ok(value),
            Self::Unknown => Ok(Value::Object(serde_json::Map::new())),
            Self::Text(text) => serde_json::from_str(&text).map_err(|_| Refusal::NotJson(what)),
        }
    }
}

/// The input that a target is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DeclaredInput {
    /// The record as it is.
    #[default]
    Whole,
    /// The `Input`, as JSON. A text that is not JSON is sent as it is.
    Constant(Document),
    /// The `InputPath`.
    Path(String),
    /// The `InputTransformer`.
    Transformer(InputTransformer),
    /// The `InputTemplate` of a pipe.
    Template(String),
}

impl DeclaredInput {
    fn form(self) -> InputForm {
        match self {
            Self::Whole => InputForm::Whole,
            Self::Constant(Document::Text(text)) => {
                InputForm::Constant(serde_json::from_str(&text).unwrap_or(Value::String(text)))
            }
            Self::Constant(Document::Json(value) | Document::Approximate(value)) => {
                InputForm::Constant(value)
            }
            Self::Constant(Document::Unknown) => InputForm::Constant(Value::Null),
            Self::Path(path) => InputForm::Path(path),
            Self::Transformer(transformer) => InputForm::Transformer(transformer),
            Self::Template(template) => InputForm::Template(template),
        }
    }

    /// Returns the input as a plain route keeps it.
    pub fn into_json(self) -> Option<Value> {
        match self.form() {
            InputForm::Constant(constant) => Some(constant),
            form => form.to_json(),
        }
    }
}

/// The reason why a part of a declaration is left out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A text must be JSON and is not.
    #[error("its {0} is not JSON")]
    NotJson(&'static str),
    /// EventBridge would refuse the pattern.
    #[error("its event pattern is not valid: {0}")]
    Pattern(#[from] PatternError),
    /// Lambda or Pipes would refuse a filter.
    #[error("one of its filters is not valid: {0}")]
    Filter(FilterError),
    /// SNS would refuse the filter policy.
    #[error("its filter policy is not valid: {0}")]
    FilterPolicy(FilterError),
    /// AWS would refuse the input of a target.
    #[error("what its target {number} is to be sent is not valid: {problem}")]
    Input {
        /// The number of the target, from 1.
        number: usize,
        /// The reason why AWS would refuse it.
        #[source]
        problem: TargetError,
    },
    /// EventBridge would refuse a filter of a subscriber.
    #[error("one of its filters is not valid: {0}")]
    ScopedFilter(#[from] ScopedFilterError),
    /// EventBridge would refuse the expression of a subscriber.
    #[error("its JSONata expression is not valid: {0}")]
    Jsonata(#[from] JsonataError),
    /// The records of the source are not followed, as with a message broker.
    #[error("it reads {}, and routes from there are not followed", .0.in_words())]
    SourceNotFollowed(ResourceKind),
}

/// The parts of a topology, to which declarations are added.
#[derive(Debug, Default)]
pub struct Declarations {
    draft: Draft,
    /// The names of the rules and subscribers that were added, each with its bus.
    rule_names: HashSet<(Located, String)>,
}

impl Declarations {
    /// Returns the parts.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// Adds a declaration. Returns the parts that were left out.
    pub fn add(&mut self, declaration: Declaration) -> Vec<Refusal> {
        match declaration {
            Declaration::Resource(resource) => {
                self.declare_resource(resource);
                Vec::new()
            }
            Declaration::Rule(rule) => self.declare_rule(rule),
            Declaration::Archive(archive) => {
                self.declare_archive(archive).err().into_iter().collect()
            }
            Declaration::Subscriber(one) => {
                self.declare_subscriber(*one).err().into_iter().collect()
            }
            Declaration::Subscription(one) => {
                self.declare_subscription(one).err().into_iter().collect()
            }
            Declaration::Mapping(mapping) => {
                self.declare_mapping(mapping).err().into_iter().collect()
            }
            Declaration::Pipe(pipe) => self.declare_pipe(*pipe).err().into_iter().collect(),
            Declaration::Route(route) => {
                self.declare_route(route);
                Vec::new()
            }
        }
    }

    fn declare_route(&mut self, route: PlainRoute) {
        let holds_failures = matches!(
            route.kind,
            PlainRouteKind::Redrive | PlainRouteKind::OnFailure
        );
        if holds_failures {
            self.holds_dead_letters(&route.to);
        }
        if let Some(queue) = &route.dead_letters {
            self.holds_dead_letters(&End::new(ResourceKind::Queue, queue.clone()));
        }
        self.draft.routes.push(route);
    }

    /// Marks a queue that receives undelivered records as a dead-letter queue, because it holds
    /// data even if nobody reads it.
    fn holds_dead_letters(&mut self, end: &End) {
        if end.kind() == ResourceKind::Queue {
            self.draft
                .queues
                .entry(end.name().clone())
                .or_default()
                .dead_letter = true;
        }
    }

    /// Returns the name of a dead-letter queue and marks the queue as one.
    fn dead_letter_queue(&mut self, end: Option<End>) -> Option<Located> {
        let name = end?.name().clone();
        self.holds_dead_letters(&End::new(ResourceKind::Queue, name.clone()));
        Some(name)
    }

    /// Returns the holder of failed records and marks it as a dead-letter queue if it is a queue.
    fn failure_holder(&mut self, end: Option<End>) -> Option<End> {
        let end = fitting(end?, super::check::FAILURE_HOLDERS, ResourceKind::Other);
        self.holds_dead_letters(&end);
        Some(end)
    }
}

/// Returns the end with a kind that is valid in its place. An end of another kind gets the usual
/// kind there, because its kind could not be told from its name.
fn fitting(end: End, kinds: &[ResourceKind], usual: ResourceKind) -> End {
    if kinds.contains(&end.kind()) {
        end
    } else {
        End::new(usual, end.name().clone())
    }
}

#[cfg(test)]
mod tests;
