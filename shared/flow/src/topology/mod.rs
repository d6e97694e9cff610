//! The topology: the resources in the accounts, and the routes that move records between them.
//!
//! It tells the tracer who receives the records of a tap. A [`Topology`] is made in only two ways:
//! read from its file form (`file/`), which people write and stores keep, or built from parts
//! ([`Draft`]). Both check it, so users of a topology can rely on this: every name is valid, every
//! pattern, filter and input is compiled, every route leads to something that can receive it, and
//! an AWS name belongs to one service. `error.rs` has the errors of a file, with their place.
//! [`crate::routes`] finds consumers with the model.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::home::Located;

mod by_name;
mod change;
mod check;
mod condition;
pub mod declared;
mod difference;
mod draft;
mod error;
mod file;
mod generated;
mod input;
mod jsonata;
mod listing;
mod name;
mod node;
mod origin;
mod overlay;
mod parties;
mod pulled;
mod resource;
mod route;
mod service;
mod services_file;
mod subscriber;
#[cfg(test)]
mod tests;

pub(crate) use by_name::ByName;
pub use change::Change;
pub(crate) use condition::Record;
pub use condition::{EventPattern, FilterPolicy, FilterPolicyScope, FilteredSource, Filters};
pub use difference::{Aspect, ChangedRoute, Difference, Direction};
pub use draft::Draft;
pub use error::{EntryPlace, FormProblem, Part, Problem, TopologyError};
use file::File;
pub(crate) use generated::GeneratedNames;
pub(crate) use input::NotSent;
pub use input::{Input, InputForm, InputTransformer};
pub(crate) use jsonata::Made;
pub use jsonata::{Jsonata, JsonataError};
pub use listing::{Encrypted, ListedResource, ListedRoute, Listing};
pub use name::NameProblem;
pub use node::{Node, When};
pub use origin::Origin;
pub(crate) use parties::Owners;
pub use parties::Parties;
pub use pulled::{AwsService, Gap, GapReason, LastRead, PulledPart, Readings, UnknownService};
pub use resource::{Encryption, End, Resource, ResourceKind, Retention};
pub use route::{PlainRoute, PlainRouteKind, Route, RouteKind};
pub use service::{About, Decision, Scope, Service, ServiceName};
pub use services_file::{Assignable, ClaimedTwice, ClaimsNothing, ServicesFile, Unsettled};
pub(crate) use subscriber::Metadata;
pub use subscriber::{FilterScope, ScopedFilterError, ScopedFilters, Subscriber, Transformer};

/// The resources and routes of the accounts, as far as they are known. A topology may be empty.
///
/// It serialises in the form of the topology file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    parts: Draft,
}

/// A queue that only the tracer reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Tap {
    /// The queue of the tap. It is not a channel of any edge.
    pub queue: Located,
    /// The bus whose events a rule sends to the queue. The rule sends all of them.
    pub bus: Located,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// An event bus. A classic bus has rules and archives, and a V2 bus has subscribers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bus {
    /// The rules of the bus.
    pub rules: Vec<Rule>,
    /// The archives of the bus, which hold data too.
    pub archives: Vec<Archive>,
    /// Its subscribers. A bus that has any, or a retention, keeps what it receives.
    pub subscribers: Vec<Subscriber>,
}

/// A rule of a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The name of the rule.
    pub name: String,
    /// The id in the template, if it differs from the name.
    pub id: Option<String>,
    /// True if the rule is disabled, so that it sends nothing.
    pub disabled: bool,
    /// The event pattern.
    pub pattern: EventPattern,
    /// The targets for the events that it accepts.
    pub targets: Vec<Target>,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// An archive of a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Archive {
    /// The name of the archive.
    pub name: String,
    /// The event pattern. Without one, the archive keeps every event.
    pub pattern: Option<EventPattern>,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// A target of a rule, with the input that it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The end to which it sends.
    pub to: End,
    /// The input.
    pub input: Input,
    /// The dead-letter queue.
    pub dead_letters: Option<Located>,
    /// True if it is unknown whether the target exists.
    pub is_approximate: bool,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// A consumer of a queue or a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Consumer {
    /// The consumer: a function with an event source mapping, or a service that polls by itself.
    pub to: End,
    /// The id of the mapping in the template.
    pub id: Option<String>,
    /// True if the mapping is disabled.
    pub disabled: bool,
    /// The filters.
    pub filters: Filters,
    /// The place for records on which the function failed.
    pub on_failure: Option<End>,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// An SQS queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    /// The consumers of the queue.
    pub consumers: Vec<Consumer>,
    /// The services that send to the queue, for messages that do not name their sender.
    pub producers: Vec<ServiceName>,
    /// True if it is a dead-letter queue, so that it is a consumer itself.
    pub dead_letter: bool,
}

/// An SNS topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topic {
    /// The subscriptions of the topic.
    pub subscriptions: Vec<Subscription>,
    /// The services that publish to the topic, because a notification does not name its publisher.
    pub producers: Vec<ServiceName>,
}

/// A subscription of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The subscriber.
    pub to: End,
    /// The id in the template.
    pub id: Option<String>,
    /// The filter policy.
    pub filter_policy: Option<FilterPolicy>,
    /// True if the message is delivered as it is (`RawMessageDelivery`) and not inside a
    /// notification.
    pub is_raw: bool,
    /// The dead-letter queue.
    pub dead_letters: Option<Located>,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// A Kinesis stream or a table's stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// The consumers of the stream.
    pub consumers: Vec<Consumer>,
    /// The services that write to the stream, because a record does not name its writer.
    pub producers: Vec<ServiceName>,
}

/// An `EventBridge` pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipe {
    /// The source: a queue or a stream.
    pub from: End,
    /// True if the pipe is stopped.
    pub disabled: bool,
    /// The filters.
    pub filters: Filters,
    /// The enrichment of a record before it is sent.
    pub enrichment: Option<Enrichment>,
    /// The target.
    pub to: End,
    /// The input, made from the record or from the answer of the enrichment.
    pub input: Input,
    /// The fields of the event for a bus, which wraps the record.
    pub event: PipeEvent,
    /// The queue or topic for records that could not be delivered.
    pub dead_letters: Option<End>,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// The enrichment of a pipe. It receives the accepted records, and its answer is sent to the
/// target.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrichment {
    /// The end that enriches.
    pub by: End,
    /// The input that it is sent.
    pub input: Input,
}

/// The fields of the event that a pipe puts on a bus around the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipeEvent {
    /// The event's `source`. Without one it is `Pipe NAME`.
    pub source: Option<String>,
    /// The event's `detail-type`. Without one it is `Event from aws:sqs`, by the kind of source.
    pub detail_type: Option<String>,
    /// True if one of the two is set to an unknown value.
    pub is_unknown: bool,
}

impl Topology {
    /// Reads the text of a topology file, YAML or JSON (JSON is YAML).
    ///
    /// # Errors
    /// The first problem, with its line and column. The file's content is not quoted.
    pub fn parse(text: &str) -> Result<Self, TopologyError> {
        Draft::parse(text)?.finish()
    }

    /// Returns the services by name.
    pub fn services(&self) -> &BTreeMap<ServiceName, Service> {
        &self.parts.services
    }

    /// Returns the queues that only the tracer reads.
    pub fn taps(&self) -> &[Tap] {
        &self.parts.taps
    }

    /// Returns the event buses.
    pub fn buses(&self) -> &BTreeMap<Located, Bus> {
        &self.parts.buses
    }

    /// Returns the SQS queues.
    pub fn queues(&self) -> &BTreeMap<Located, Queue> {
        &self.parts.queues
    }

    /// Returns the SNS topics.
    pub fn topics(&self) -> &BTreeMap<Located, Topic> {
        &self.parts.topics
    }

    /// Returns the Kinesis streams, and the streams of tables that a person wrote among them.
    pub fn streams(&self) -> &BTreeMap<Located, Stream> {
        &self.parts.streams
    }

    /// Returns the streams of tables by table.
    pub fn tables(&self) -> &BTreeMap<Located, Stream> {
        &self.parts.tables
    }

    /// Returns the pipes.
    pub fn pipes(&self) -> &BTreeMap<Located, Pipe> {
        &self.parts.pipes
    }

    /// Returns the encryption, retention and ids of resources.
    pub fn resources(&self) -> &BTreeMap<End, Resource> {
        &self.parts.resources
    }

    /// Returns the routes that pass on every record: redrives, destinations of functions,
    /// notifications of buckets.
    pub fn plain_routes(&self) -> &[PlainRoute] {
        &self.parts.routes
    }

    /// Returns true if both describe the same resources and routes, whatever changed before.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let Draft {
            services,
            taps,
            buses,
            queues,
            topics,
            streams,
            tables,
            pipes,
            resources,
            routes,
            changes: _,
        } = &self.parts;
        let other = &other.parts;
        *services == other.services
            && *taps == other.taps
            && *buses == other.buses
            && *queues == other.queues
            && *topics == other.topics
            && *streams == other.streams
            && *tables == other.tables
            && *pipes == other.pipes
            && *resources == other.resources
            && *routes == other.routes
    }

    /// Returns the parts, to build another topology from them.
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
