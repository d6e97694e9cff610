//! What is wrong with a topology, and where.
//!
//! An error names the line, the entry and the key, and says what would be right. It quotes no value of
//! the file, because the file may be something else than a topology. An unknown key is named where it
//! looks like a key.

use std::fmt;

use eventbridge_pattern::{FilterError, PatternError, TargetError};

use super::name::NameProblem;
use super::origin::Origin;
use super::resource::ResourceKind;

/// Why a topology cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TopologyError {
    /// The file is not YAML, or not a topology.
    #[error("{origin}this cannot be read as a part of a topology")]
    Form {
        /// Where in the file.
        origin: Origin,
        /// What is wrong.
        #[source]
        problem: FormProblem,
    },
    /// A version of the file that this program does not know.
    #[error("{origin}the topology has version {version}; this program reads version 1")]
    Version {
        /// Where in the file.
        origin: Origin,
        /// The version it says.
        version: u32,
    },
    /// One entry is not valid, or names something that does not exist.
    #[error("{place} is not valid")]
    Entry {
        /// Which entry.
        place: Box<EntryPlace>,
        /// What is wrong, and what would be right.
        #[source]
        problem: Box<Problem>,
    },
}

/// What is wrong with the form of a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormProblem {
    /// A key that no entry of this kind has.
    #[error("the key{} is unknown; the keys here are {}", quoted(.key.as_deref()), .known.join(", "))]
    UnknownKey {
        /// The key, where it looks like one.
        key: Option<String>,
        /// The keys that are known here.
        known: Vec<&'static str>,
    },
    /// A key that is required.
    #[error("the key `{0}` is missing")]
    MissingKey(&'static str),
    /// A key that is given twice.
    #[error("the key{} is given twice", quoted(.0.as_deref()))]
    DuplicateKey(Option<String>),
    /// A value of another type.
    #[error("the value must be {0}")]
    WrongType(String),
    /// A value that is not one of the choices.
    #[error("the value must be one of {}", .0.join(", "))]
    WrongChoice(Vec<&'static str>),
    /// Neither YAML nor JSON.
    #[error("this is not valid YAML or JSON")]
    Syntax,
}

/// What is wrong with an entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// None or several of the keys of which exactly one is needed.
    #[error("it needs exactly one of {}; {}", keys(.of), which_are_given(.given))]
    NotExactlyOne {
        /// The kinds of which one is needed.
        of: &'static [ResourceKind],
        /// Those that are given.
        given: Vec<ResourceKind>,
    },
    /// An end of a kind that cannot stand here.
    #[error("it leads to something of a kind that cannot stand here; the kinds are {}", keys(.of))]
    WrongEnd {
        /// The kinds that may stand here.
        of: &'static [ResourceKind],
    },
    /// Several inputs.
    #[error("it may have only one of input, input_path, input_transformer and input_template")]
    SeveralInputs,
    /// An input of a rule in a pipe, or the reverse.
    #[error("{0}")]
    OtherInput(&'static str),
    /// A name that AWS cannot give.
    #[error(transparent)]
    Name(#[from] NameProblem),
    /// An empty name of a rule or of what a service owns.
    #[error("a name is empty; give the name that AWS shows")]
    EmptyName,
    /// A name that no service may have.
    #[error(
        "a service must have a name, and not unattributed or no-consumer: with these the map shows \
         that nobody is known"
    )]
    ServiceName,
    /// A tap of a bus that is not described.
    #[error("the bus of this tap is missing; add it under buses, even without rules")]
    UnknownBus,
    /// An entry whose name gives another home than its fields.
    #[error("its name and its account or region contradict each other; keep one of the two")]
    TwoHomes,
    /// Two entries that name the same resource.
    #[error("another entry names the same resource; an ARN and a name with a home may be the same")]
    NamedTwice,
    /// A rule with the name of another rule of its bus.
    #[error("rule {first} has the same name; a bus has one rule of each name")]
    RuleTwice {
        /// The first rule of this name, from 1.
        first: usize,
    },
    /// An AWS name that two services claim.
    #[error("its {kind} {number} belongs to service {other} too; a {kind} belongs to one service")]
    TwoOwners {
        /// `source`, `function`, `table`, `bucket`, or another kind.
        kind: &'static str,
        /// Which one of the list, from 1.
        number: usize,
        /// The other service.
        other: String,
    },
    /// An AWS name that a service claims twice.
    #[error("its {kind} {number} is listed twice; list each {kind} once")]
    OwnedTwice {
        /// `source`, `function`, `table`, `bucket`, or another kind.
        kind: &'static str,
        /// Which one of the list, from 1.
        number: usize,
    },
    /// A retention in a form that cannot be read.
    #[error("a retention is a number with d, h, m or s behind it, as in 14d, or forever")]
    Retention,
    /// A key without the encryption that has one.
    #[error("a key is given where encryption is not customer-managed; give both or neither")]
    KeyOfNobody,
    /// An event pattern that is not valid.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A filter or a filter policy that is not valid.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// An input, a path or a transformer that is not valid.
    #[error(transparent)]
    Input(#[from] TargetError),
}

/// An entry of a topology, and where it is written.
#[derive(Clone, Debug)]
pub struct EntryPlace {
    origin: Origin,
    entry: EntryName,
}

/// An entry of a topology. Entries of lists are named by their index.
#[derive(Clone, Debug)]
pub(crate) enum EntryName {
    Service(String),
    Tap(usize),
    Rule(String, usize),
    Archive(String, usize),
    Target(String, usize, usize),
    ConsumerOfQueue(String, usize),
    ConsumerOfStream(String, usize),
    Subscription(String, usize),
    Pipe(String),
    Resource(usize),
    Route(usize),
    /// A kind of entry and its name, for what concerns the entry as a whole.
    Named(&'static str, String),
}

impl EntryPlace {
    pub(crate) fn new(origin: Origin, entry: EntryName) -> Self {
        Self { origin, entry }
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    pub(crate) fn entry(&self) -> &EntryName {
        &self.entry
    }

    /// The error that this entry is not valid.
    pub(crate) fn refuse(&self, problem: impl Into<Problem>) -> TopologyError {
        TopologyError::Entry {
            place: Box::new(self.clone()),
            problem: Box::new(problem.into()),
        }
    }
}

impl fmt::Display for EntryPlace {
    /// `line 7, column 11: bus shop, rule 1, target 2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.entry)
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name) => write!(f, "service {name}"),
            Self::Tap(index) => write!(f, "tap {}", index + 1),
            Self::Rule(bus, rule) => write!(f, "bus {bus}, rule {}", rule + 1),
            Self::Archive(bus, archive) => write!(f, "bus {bus}, archive {}", archive + 1),
            Self::Target(bus, rule, target) => {
                write!(f, "bus {bus}, rule {}, target {}", rule + 1, target + 1)
            }
            Self::ConsumerOfQueue(queue, index) => {
                write!(f, "queue {queue}, consumer {}", index + 1)
            }
            Self::ConsumerOfStream(stream, index) => {
                write!(f, "stream {stream}, consumer {}", index + 1)
            }
            Self::Subscription(topic, index) => {
                write!(f, "topic {topic}, subscription {}", index + 1)
            }
            Self::Pipe(name) => write!(f, "pipe {name}"),
            Self::Resource(index) => write!(f, "resource {}", index + 1),
            Self::Route(index) => write!(f, "route {}", index + 1),
            Self::Named(kind, name) => write!(f, "{kind} {name}"),
        }
    }
}

impl TopologyError {
    /// The error of a file that is not of the form. The message of the YAML reader is not kept,
    /// because it quotes the file.
    pub(super) fn form(error: &serde_saphyr::Error) -> Self {
        Self::Form {
            origin: error.location().map(Origin::from).unwrap_or_default(),
            problem: FormProblem::of(error.without_snippet()),
        }
    }

    /// The error and what is wrong, for where only one message can be given.
    pub(super) fn with_problem(&self) -> String {
        match self {
            Self::Form { problem, .. } => format!("{self}: {problem}"),
            Self::Entry { problem, .. } => format!("{self}: {problem}"),
            Self::Version { .. } => self.to_string(),
        }
    }
}

impl FormProblem {
    fn of(error: &serde_saphyr::Error) -> Self {
        use serde_saphyr::Error;
        match error {
            Error::SerdeUnknownField {
                field, expected, ..
            } => Self::UnknownKey {
                key: looks_like_a_key(field).then(|| field.clone()),
                known: expected.clone(),
            },
            Error::SerdeMissingField { field, .. } => Self::MissingKey(field),
            Error::DuplicateMappingKey { key, .. } => {
                Self::DuplicateKey(key.clone().filter(|key| looks_like_a_key(key)))
            }
            Error::SerdeUnknownVariant { expected, .. } => Self::WrongChoice(expected.clone()),
            Error::Unexpected { expected, .. } => Self::WrongType(plain_type(expected)),
            Error::SerdeInvalidType { expected, .. }
            | Error::SerdeInvalidValue { expected, .. }
            | Error::SerdeInvalidLength { expected, .. } => Self::WrongType(plain_type(expected)),
            Error::InvalidScalar { ty, .. } => Self::WrongType(plain_type(ty)),
            Error::NullIntoString { .. } => Self::WrongType("a text".to_owned()),
            Error::InvalidBooleanStrict { .. } => Self::WrongType("true or false".to_owned()),
            _ => Self::Syntax,
        }
    }
}

/// The YAML reader's name of a type in plain words.
fn plain_type(expected: &str) -> String {
    match expected {
        "mapping start" => "a mapping of keys to values",
        "sequence start" => "a list",
        "string scalar" | "a string" => "a text",
        other if other.starts_with("struct ") => "a mapping of keys to values",
        other => other,
    }
    .to_owned()
}

/// Whether a text may be shown as a key: a misspelling is, and an e-mail address or a number is not.
fn looks_like_a_key(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn quoted(key: Option<&str>) -> String {
    key.map(|key| format!(" `{key}`")).unwrap_or_default()
}

fn keys(kinds: &[ResourceKind]) -> String {
    let keys: Vec<&str> = kinds.iter().map(|kind| kind.key()).collect();
    keys.join(", ")
}

fn which_are_given(kinds: &[ResourceKind]) -> String {
    match kinds {
        [] => "none is given".to_owned(),
        kinds => {
            let keys: Vec<&str> = kinds.iter().map(|kind| kind.key()).collect();
            format!("{} are given", keys.join(" and "))
        }
    }
}
