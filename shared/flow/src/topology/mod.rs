//! The topology: what exists in the accounts, and the routes that move records from one to another.
//!
//! It says who receives what the tap sees. A [`Topology`] is made in two ways and in no other: read from
//! its file form (`file/`), in which a person writes it and stores keep it, or built from parts
//! ([`Draft`]). Both check it, so that whoever holds a topology need not: every name is one, every
//! pattern, filter and input is compiled, a route leads to something that can receive it, and an AWS name
//! belongs to one service. `error.rs` says what is wrong with a file, and where.
//! [`crate::routes`] turns the model into answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::home::Located;

mod by_name;
mod check;
mod condition;
pub mod declared;
mod difference;
mod draft;
mod error;
mod file;
mod input;
mod listing;
mod name;
mod origin;
mod overlay;
mod parties;
mod resource;
mod route;
mod service;
mod services_file;
#[cfg(test)]
mod tests;

pub(crate) use by_name::ByName;
pub(crate) use condition::Record;
pub use condition::{EventPattern, FilterPolicy, FilterPolicyScope, FilteredSource, Filters};
pub use difference::{Aspect, ChangedRoute, Difference, Direction};
pub use draft::Draft;
pub use error::{EntryPlace, FormProblem, Problem, TopologyError};
use file::File;
pub(crate) use input::NotSent;
pub use input::{Input, InputForm, InputTransformer};
pub use listing::{Encrypted, ListedResource, ListedRoute, Listing};
pub use name::NameProblem;
pub use origin::Origin;
pub(crate) use parties::Owners;
pub use parties::Parties;
pub use resource::{Encryption, End, Resource, ResourceKind, Retention};
pub use route::{PlainRoute, PlainRouteKind, Route, RouteKind};
pub use service::{About, Decision, Scope, Service, ServiceName};
pub use services_file::{Assignable, ClaimedTwice, ServicesFile};

/// Who publishes and who receives, as far as it is known. An empty topology knows nothing.
///
/// It serialises in the form of the topology file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    parts: Draft,
}

/// A queue that only the tracer reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Tap {
    /// The tap's own queue. It is not a channel of any edge.
    pub queue: Located,
    /// The bus of which a rule sends all events to the queue.
    pub bus: Located,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// An event bus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bus {
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Its archives, which hold data too.
    pub archives: Vec<Archive>,
}

/// A rule of a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What a template calls it, where that differs from its name.
    pub id: Option<String>,
    /// Whether it is disabled: then it sends nothing.
    pub disabled: bool,
    /// Its event pattern.
    pub pattern: EventPattern,
    /// Where it sends the events it accepts.
    pub targets: Vec<Target>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// An archive of a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Archive {
    /// Its name.
    pub name: String,
    /// Its event pattern; without one it keeps every event.
    pub pattern: Option<EventPattern>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// Where a rule sends events, and what it sends of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Where it sends.
    pub to: End,
    /// What it sends.
    pub input: Input,
    /// The queue that holds what could not be delivered.
    pub dead_letters: Option<Located>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// Who polls a queue or reads a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Consumer {
    /// Who it is: a function, by an event source mapping, or a service that polls by itself.
    pub to: End,
    /// What a template calls the mapping.
    pub id: Option<String>,
    /// Whether the mapping is disabled.
    pub disabled: bool,
    /// What it takes.
    pub filters: Filters,
    /// Where the mapping sends what the function failed on.
    pub on_failure: Option<End>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// An SQS queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    /// Who polls it.
    pub consumers: Vec<Consumer>,
    /// Services that send to it, for messages that do not name their sender.
    pub producers: Vec<ServiceName>,
    /// Whether it is a dead-letter queue: then it is a consumer itself.
    pub dead_letter: bool,
}

/// An SNS topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topic {
    /// Who subscribes.
    pub subscriptions: Vec<Subscription>,
    /// Services that publish to it: a notification does not name its publisher.
    pub producers: Vec<ServiceName>,
}

/// A subscription of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// Who subscribes.
    pub to: End,
    /// What a template calls it.
    pub id: Option<String>,
    /// What it takes.
    pub filter_policy: Option<FilterPolicy>,
    /// Whether it delivers the message as it is (`RawMessageDelivery`) and not wrapped in a
    /// notification.
    pub is_raw: bool,
    /// The queue that holds what could not be delivered.
    pub dead_letters: Option<Located>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// A Kinesis stream, or a table's stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// Who reads it.
    pub consumers: Vec<Consumer>,
    /// Services that write to it: a record does not name its writer.
    pub producers: Vec<ServiceName>,
}

/// An `EventBridge` pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipe {
    /// What it reads: a queue or a stream.
    pub from: End,
    /// Whether it is stopped.
    pub disabled: bool,
    /// What it takes.
    pub filters: Filters,
    /// Who changes what it took before it is sent.
    pub enrichment: Option<Enrichment>,
    /// Where it sends.
    pub to: End,
    /// What it sends of a record, or of what the enrichment made of it.
    pub input: Input,
    /// The event that a bus gets: it wraps the record.
    pub event: PipeEvent,
    /// The queue or topic that holds what could not be delivered.
    pub dead_letters: Option<End>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// The enrichment of a pipe: it receives what the filters accept, and what it answers goes to the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrichment {
    /// Who enriches.
    pub by: End,
    /// What it is given.
    pub input: Input,
}

/// What a pipe into a bus writes on the event around the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipeEvent {
    /// The event's `source`; without one it is `Pipe NAME`.
    pub source: Option<String>,
    /// The event's `detail-type`; without one it is `Event from aws:sqs`, by the kind of source.
    pub detail_type: Option<String>,
}

impl Topology {
    /// Reads the text of a topology file, YAML or JSON (JSON is YAML).
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column. The file's content is not quoted.
    pub fn parse(text: &str) -> Result<Self, TopologyError> {
        Draft::parse(text)?.finish()
    }

    /// Services by name.
    pub fn services(&self) -> &BTreeMap<ServiceName, Service> {
        &self.parts.services
    }

    /// Queues that only the tracer reads.
    pub fn taps(&self) -> &[Tap] {
        &self.parts.taps
    }

    /// Event buses.
    pub fn buses(&self) -> &BTreeMap<Located, Bus> {
        &self.parts.buses
    }

    /// SQS queues.
    pub fn queues(&self) -> &BTreeMap<Located, Queue> {
        &self.parts.queues
    }

    /// SNS topics.
    pub fn topics(&self) -> &BTreeMap<Located, Topic> {
        &self.parts.topics
    }

    /// Kinesis streams, and the streams of tables that a person wrote among them.
    pub fn streams(&self) -> &BTreeMap<Located, Stream> {
        &self.parts.streams
    }

    /// Streams of tables, by the table.
    pub fn tables(&self) -> &BTreeMap<Located, Stream> {
        &self.parts.tables
    }

    /// Pipes.
    pub fn pipes(&self) -> &BTreeMap<Located, Pipe> {
        &self.parts.pipes
    }

    /// What is known of resources beside their routes.
    pub fn resources(&self) -> &BTreeMap<End, Resource> {
        &self.parts.resources
    }

    /// Routes that pass on everything: redrives, destinations of functions, notifications of buckets.
    pub fn plain_routes(&self) -> &[PlainRoute] {
        &self.parts.routes
    }

    /// The parts, to build another topology from.
    pub fn into_draft(self) -> Draft {
        self.parts
    }
}

impl Serialize for Topology {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        File::from(&self.parts).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Topology {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = File::deserialize(deserializer)?;
        file.into_draft()
            .and_then(Draft::finish)
            .map_err(|error| serde::de::Error::custom(error.with_problem()))
    }
}
