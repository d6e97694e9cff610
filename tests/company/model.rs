//! Models a company: the resources in its accounts, and what its services send.
//!
//! The topology file, the templates, the deployment and the reference are all generated from this
//! model, and none of them from another.

use serde_json::Value;

use crate::machine_room::REGION;

/// A named resource in one of the company's accounts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) name: String,
    pub(crate) account: &'static str,
}

impl At {
    pub(crate) fn new(name: impl Into<String>, account: &'static str) -> Self {
        Self {
            name: name.into(),
            account,
        }
    }

    /// Returns the name as the topology file writes it: `orders@eu-west-1/111111111111`.
    pub(crate) fn located(&self) -> String {
        format!("{}@{REGION}/{}", self.name, self.account)
    }
}

/// The kind of resource that a route leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Bus,
    Queue,
    Topic,
    Stream,
    Function,
    StateMachine,
    Firehose,
    LogGroup,
    /// A table. It is never a target; only its stream carries records.
    Table,
    /// A vendor or a service that runs elsewhere. It is in no account.
    Service,
}

impl Kind {
    /// Returns the key in the topology file.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Bus => "bus",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Stream => "stream",
            Self::Function => "function",
            Self::StateMachine => "state_machine",
            Self::Firehose => "firehose",
            Self::LogGroup => "log_group",
            Self::Table => "table",
            Self::Service => "service",
        }
    }
}

/// The end of one step of a route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct To {
    pub(crate) kind: Kind,
    pub(crate) at: At,
}

impl To {
    pub(crate) fn new(kind: Kind, at: &At) -> Self {
        Self {
            kind,
            at: at.clone(),
        }
    }
}

/// The part of an event that a target receives.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Whole,
    /// `Input`
    Constant(Value),
    /// `InputPath`
    Path(String),
    /// `InputTransformer`: names with their paths, and the template.
    Transformer(Vec<(&'static str, &'static str)>, String),
    /// `InputTemplate` of a pipe.
    Template(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) name: String,
    /// The account of its events.
    pub(crate) account: &'static str,
    pub(crate) source: String,
    pub(crate) owns: Vec<To>,
}

#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) to: To,
    pub(crate) input: Input,
    pub(crate) dead_letters: Option<At>,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) pattern: Value,
    pub(crate) is_disabled: bool,
    pub(crate) targets: Vec<Target>,
}

#[derive(Clone, Debug)]
pub(crate) struct Archive {
    pub(crate) name: String,
    pub(crate) pattern: Option<Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Bus {
    pub(crate) at: At,
    pub(crate) rules: Vec<Rule>,
    pub(crate) archives: Vec<Archive>,
    /// The queue of its tap.
    pub(crate) tap: Option<At>,
}

/// An event source mapping, with its function and its filters.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) to: To,
    pub(crate) filters: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) at: At,
    /// At most one, because the pollers of a queue compete for its messages.
    pub(crate) mapping: Option<Mapping>,
    pub(crate) redrive: Option<At>,
    /// True for a dead-letter queue.
    pub(crate) is_dead_letters: bool,
}

/// The part of a message that a filter policy applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Attributes,
    Body,
}

#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) to: To,
    pub(crate) policy: Option<(Value, Scope)>,
    pub(crate) is_raw: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Topic {
    pub(crate) at: At,
    pub(crate) subscriptions: Vec<Subscription>,
    /// The service that publishes to it, if one does.
    pub(crate) producer: Option<String>,
}

/// A Kinesis stream, or the stream of a table.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) at: At,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) is_table: bool,
}

/// The source that a pipe reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PipeSource {
    Queue(At),
    Stream(At),
    Table(At),
}

#[derive(Clone, Debug)]
pub(crate) struct Pipe {
    pub(crate) at: At,
    pub(crate) from: PipeSource,
    pub(crate) filters: Vec<Value>,
    pub(crate) enrichment: Option<To>,
    pub(crate) to: To,
    pub(crate) input: Input,
    /// The source and detail type of the events that it puts on a bus, if they are configured.
    pub(crate) event: Option<(String, String)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Company {
    pub(crate) services: Vec<Service>,
    pub(crate) buses: Vec<Bus>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) topics: Vec<Topic>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) pipes: Vec<Pipe>,
}

impl Company {
    pub(crate) fn bus(&self, at: &At) -> &Bus {
        self.buses.iter().find(|bus| bus.at == *at).unwrap()
    }
}

/// The way in which something was sent.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    /// `PutEvents`, or a replay of an archive of that bus.
    Event { bus: At, replay: Option<String> },
    /// `Publish`, with these message attributes, all of them strings.
    Message {
        topic: At,
        attributes: Vec<(&'static str, &'static str)>,
    },
    /// A change of a table.
    Change { table: At, name: &'static str },
}

/// An event, a message or a change that a service sent.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) sent: Sent,
    /// The number of the service.
    pub(crate) by: usize,
    pub(crate) detail_type: String,
    /// The detail of an event, the message, or the new image of a change.
    pub(crate) body: Value,
    /// The data classes in the body, each with its value.
    pub(crate) planted: Vec<(&'static str, String)>,
}
