//! From what AWS says of one resource to the parts of a topology.
//!
//! A template and an account say the same things in the same terms: a rule has a pattern and targets, a
//! queue has a redrive policy, a mapping has filters. Whoever reads either makes a [`Declaration`] of each,
//! and [`Declarations::add`] decides here, once, what it means: which routes it makes, how something is
//! encrypted that says nothing about it, how long it keeps what it receives, and which queues hold dead
//! letters.
//!
//! Nothing is refused as a whole. A part that AWS would refuse is left out and comes back as a
//! [`Refusal`], which the caller shows with the line or the ARN that it knows.

use std::collections::HashSet;

use eventbridge_pattern::{FilterError, PatternError, TargetError};
use serde_json::Value;

use super::{Draft, End, InputForm, InputTransformer, PlainRoute, PlainRouteKind, ResourceKind};
use crate::home::Located;

mod bus;
mod pipe;
mod readers;
mod resource;

pub use bus::{DeclaredArchive, DeclaredRule, DeclaredTarget};
pub use pipe::{DeclaredEnrichment, DeclaredPipe};
pub use readers::{DeclaredMapping, DeclaredSubscription, kind_of_protocol};
pub use resource::{DeclaredResource, KeySetting, Setting};

/// What AWS says of one resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Declaration {
    /// That it exists, how it is encrypted, and how long it keeps what it receives.
    Resource(DeclaredResource),
    /// A rule of a bus.
    Rule(DeclaredRule),
    /// An archive of a bus.
    Archive(DeclaredArchive),
    /// A subscription of a topic.
    Subscription(DeclaredSubscription),
    /// An event source mapping.
    Mapping(DeclaredMapping),
    /// A pipe.
    Pipe(Box<DeclaredPipe>),
    /// Redrives, destinations of functions, notifications of buckets, schedules, deliveries of Firehose
    /// and log subscriptions.
    Route(PlainRoute),
}

/// A property that AWS takes as JSON or as its text.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// The value itself.
    Json(Value),
    /// Its text.
    Text(String),
}

impl Document {
    fn json(self, what: &'static str) -> Result<Value, Refusal> {
        match self {
            Self::Json(value) => Ok(value),
            Self::Text(text) => serde_json::from_str(&text).map_err(|_| Refusal::NotJson(what)),
        }
    }
}

/// What a target sends of a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DeclaredInput {
    /// The record as it is.
    #[default]
    Whole,
    /// `Input`: JSON. A text that is no JSON is sent as the text that it is.
    Constant(Document),
    /// `InputPath`.
    Path(String),
    /// `InputTransformer`.
    Transformer(InputTransformer),
    /// A pipe's `InputTemplate`.
    Template(String),
}

impl DeclaredInput {
    fn form(self) -> InputForm {
        match self {
            Self::Whole => InputForm::Whole,
            Self::Constant(Document::Json(value)) => InputForm::Constant(value),
            Self::Constant(Document::Text(text)) => {
                InputForm::Constant(serde_json::from_str(&text).unwrap_or(Value::String(text)))
            }
            Self::Path(path) => InputForm::Path(path),
            Self::Transformer(transformer) => InputForm::Transformer(transformer),
            Self::Template(template) => InputForm::Template(template),
        }
    }

    /// The input as a plain route keeps it: the constant itself, or what stands in its place.
    pub fn into_json(self) -> Option<Value> {
        match self.form() {
            InputForm::Constant(constant) => Some(constant),
            form => form.to_json(),
        }
    }
}

/// Why a part of a declaration is left out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A text that must be JSON is not.
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
    /// AWS would refuse what a target is to be sent.
    #[error("what its target {number} is to be sent is not valid: {problem}")]
    Input {
        /// Which target, from 1.
        number: usize,
        /// What is wrong.
        #[source]
        problem: TargetError,
    },
    /// A source whose records are not followed, such as a message broker.
    #[error("it reads {}, and routes from there are not followed", .0.in_words())]
    SourceNotFollowed(ResourceKind),
}

/// The parts of a topology, while declarations are added to them.
#[derive(Debug, Default)]
pub struct Declarations {
    draft: Draft,
    /// The names of the rules so far, each with its bus.
    rule_names: HashSet<(Located, String)>,
}

impl Declarations {
    /// The parts.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// Adds what a declaration says. Returns what of it was left out.
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

    /// A queue that receives what could not be delivered holds data whether or not anybody reads it.
    fn holds_dead_letters(&mut self, end: &End) {
        if end.kind() == ResourceKind::Queue {
            self.draft
                .queues
                .entry(end.name().clone())
                .or_default()
                .dead_letter = true;
        }
    }

    /// The queue of what could not be delivered, marked as one.
    fn dead_letter_queue(&mut self, end: Option<End>) -> Option<Located> {
        let name = end?.name().clone();
        self.holds_dead_letters(&End::new(ResourceKind::Queue, name.clone()));
        Some(name)
    }

    /// The holder of what failed, marked as one where it is a queue.
    fn failure_holder(&mut self, end: Option<End>) -> Option<End> {
        let end = fitting(end?, super::check::FAILURE_HOLDERS, ResourceKind::Other);
        self.holds_dead_letters(&end);
        Some(end)
    }
}

/// The end, as something that may stand in its place: an end whose kind could not be told from its name
/// is taken for the kind that is usual there.
fn fitting(end: End, kinds: &[ResourceKind], usual: ResourceKind) -> End {
    if kinds.contains(&end.kind()) {
        end
    } else {
        End::new(usual, end.name().clone())
    }
}

#[cfg(test)]
mod tests;
