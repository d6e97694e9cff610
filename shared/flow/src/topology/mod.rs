//! The topology: services, buses, rules, targets, queues and who polls them.
//!
//! It says who receives what the tap sees. This module is the model, which can only hold what makes
//! sense: a target has exactly one destination and at most one input. `file.rs` is its form as YAML or
//! JSON, in which a person writes it and stores keep it, `error.rs` says what is wrong with a file.
//! [`crate::routes`] compiles the model into answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::home::{Home, Located};

mod error;
mod file;
mod origin;
#[cfg(test)]
mod tests;

pub(crate) use error::{EntryName, Place};
pub use error::{FormProblem, Problem, TopologyError};
use file::File;
pub use origin::Origin;

/// Who publishes and who receives, as far as it is known. An empty topology knows nothing.
///
/// It serialises in the form of the topology file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// Services by name, and the AWS names they go by.
    pub services: BTreeMap<String, Service>,
    /// Queues that only the tracer reads, and the bus whose events each receives.
    pub taps: Vec<Tap>,
    /// Event buses by name.
    pub buses: BTreeMap<Located, Bus>,
    /// SQS queues by name.
    pub queues: BTreeMap<Located, Queue>,
    /// SNS topics by name.
    pub topics: BTreeMap<Located, Topic>,
    /// Kinesis streams by name, and the streams of tables by the table's name.
    pub streams: BTreeMap<Located, Stream>,
    /// EventBridge pipes by name.
    pub pipes: BTreeMap<Located, Pipe>,
}

/// The AWS names that a service goes by. Each name belongs to one service at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// Event sources it publishes under (EventBridge `source`, CloudEvents `source`).
    pub sources: Vec<String>,
    /// Lambda functions it consists of.
    pub functions: Vec<Located>,
    /// DynamoDB tables it owns: it is the producer of their streams.
    pub tables: Vec<Located>,
    /// S3 buckets it owns: it is the producer of their notifications.
    pub buckets: Vec<Located>,
    /// Where it is written in the file.
    pub origin: Origin,
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
    /// Whether it is disabled: then it sends nothing.
    pub disabled: bool,
    /// Its event pattern.
    pub pattern: Value,
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
    pub pattern: Option<Value>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// Where a rule sends events, and what it sends of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Where it sends.
    pub to: Destination,
    /// What it sends.
    pub input: Input,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// Where a rule or a pipe sends, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Another event bus.
    Bus(Located),
    /// An SQS queue.
    Queue(Located),
    /// An SNS topic.
    Topic(Located),
    /// A Kinesis stream.
    Stream(Located),
    /// A Lambda function.
    Function(Located),
    /// Anything else, by the name of the service that runs it: an API destination, a state machine.
    Service(String),
    /// A log group that keeps the event.
    LogGroup(Located),
}

/// What a target sends of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The event as it is.
    Whole,
    /// A constant (`Input`).
    Constant(Value),
    /// A part of the event (`InputPath`).
    Path(String),
    /// A text made from parts of the event (`InputTransformer`).
    Transformer(InputTransformer),
}

/// EventBridge's `InputTransformer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputTransformer {
    /// Names for parts of the event (`InputPathsMap`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, String>,
    /// The text with `<name>` in their places (`InputTemplate`).
    pub template: String,
}

/// Who polls a queue or reads a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Consumer {
    /// Who it is.
    pub receiver: Receiver,
    /// The patterns of the mapping's `FilterCriteria`; it receives what one of them accepts, and
    /// everything where there are none.
    pub filters: Vec<Value>,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// Who receives records at the end of a way, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A Lambda function, by an event source mapping.
    Function(Located),
    /// A service that polls by itself.
    Service(String),
}

/// An SQS queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    /// Who polls it.
    pub consumers: Vec<Consumer>,
    /// Services that send to it, for messages that do not name their sender.
    pub producers: Vec<String>,
    /// Whether it is a dead-letter queue: then it is a consumer itself.
    pub dead_letter: bool,
}

/// An SNS topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topic {
    /// Who subscribes.
    pub subscriptions: Vec<Subscription>,
    /// Services that publish to it: a notification does not name its publisher.
    pub producers: Vec<String>,
}

/// A subscription of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// Who subscribes.
    pub to: Subscriber,
    /// Its `FilterPolicy`.
    pub filter_policy: Option<Value>,
    /// Its `FilterPolicyScope`.
    pub filter_policy_scope: FilterPolicyScope,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// What subscribes to a topic, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscriber {
    /// An SQS queue.
    Queue(Located),
    /// A Lambda function.
    Function(Located),
    /// Anything else, by the name of who receives it: an HTTPS endpoint, an e-mail provider.
    Service(String),
}

/// What a subscription's filter policy looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilterPolicyScope {
    /// The message attributes.
    #[default]
    MessageAttributes,
    /// The message.
    MessageBody,
}

/// A Kinesis stream, or a table's stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// Who reads it.
    pub consumers: Vec<Consumer>,
    /// Services that write to it: a record does not name its writer.
    pub producers: Vec<String>,
}

/// An EventBridge pipe. The language of its input is not read: its consumer is shown with all of the
/// record.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipe {
    /// What it reads.
    pub from: PipeSource,
    /// The patterns of its `FilterCriteria`; it takes what one of them accepts.
    pub filters: Vec<Value>,
    /// Where it sends.
    pub to: Destination,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// What a pipe reads, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PipeSource {
    /// An SQS queue.
    Queue(Located),
    /// A stream.
    Stream(Located),
}

impl From<&Receiver> for Destination {
    fn from(receiver: &Receiver) -> Self {
        match receiver {
            Receiver::Function(name) => Self::Function(name.clone()),
            Receiver::Service(name) => Self::Service(name.clone()),
        }
    }
}

impl From<&Subscriber> for Destination {
    fn from(subscriber: &Subscriber) -> Self {
        match subscriber {
            Subscriber::Queue(name) => Self::Queue(name.clone()),
            Subscriber::Function(name) => Self::Function(name.clone()),
            Subscriber::Service(name) => Self::Service(name.clone()),
        }
    }
}

impl Topology {
    /// Reads the text of a topology file, YAML or JSON (JSON is YAML), and checks it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column. The file's content is not quoted.
    pub fn parse(text: &str) -> Result<Self, TopologyError> {
        let file: File = serde_saphyr::from_str(text).map_err(|e| TopologyError::form(&e))?;
        let topology = file.into_topology()?;
        topology.check()?;
        Ok(topology)
    }

    /// Checks what the types do not: that names refer to something, and belong to one service.
    /// Patterns are checked where they are compiled, in [`crate::routes::Router::new`].
    ///
    /// # Errors
    /// The first entry that is wrong.
    pub fn check(&self) -> Result<(), TopologyError> {
        for (index, tap) in self.taps.iter().enumerate() {
            if !self.buses.keys().any(|bus| bus.fits(&tap.bus)) {
                let place = Place::new(tap.origin, EntryName::Tap(index));
                return Err(place.refuse(Problem::UnknownBus));
            }
        }
        let mut owners: BTreeMap<(&str, Located), &str> = BTreeMap::new();
        for (name, service) in &self.services {
            let sources = service.sources.iter().map(|source| Located {
                name: source.clone(),
                home: Home::UNKNOWN,
            });
            let names: [(&str, Vec<Located>); 4] = [
                ("source", sources.collect()),
                ("function", service.functions.clone()),
                ("table", service.tables.clone()),
                ("bucket", service.buckets.clone()),
            ];
            for (kind, names) in names {
                for (index, owned) in names.into_iter().enumerate() {
                    if let Some(other) = owners.insert((kind, owned), name) {
                        let place = Place::new(service.origin, EntryName::Service(name.clone()));
                        return Err(place.refuse(Problem::TwoOwners {
                            kind,
                            number: index + 1,
                            other: other.to_owned(),
                        }));
                    }
                }
            }
        }
        Ok(())
    }
}

impl Serialize for Topology {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        File::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Topology {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = File::deserialize(deserializer)?;
        file.into_topology()
            .map_err(|error| serde::de::Error::custom(error.with_problem()))
    }
}
