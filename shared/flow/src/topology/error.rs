//! The errors of a topology, with their place.
//!
//! An error names the line, the entry and the key, and says how to correct it. It quotes no value
//! of the file, because the file may not be a topology at all. An unknown key is shown only if it
//! looks like a key. This file has over 400 lines because all texts about a topology stand together.

use std::fmt;

use eventbridge_pattern::{FilterError, PatternError, TargetError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Segment, Track};
use serde_saphyr::Spanned;

use super::file::VERSION;
use super::jsonata::JsonataError;
use super::name::NameProblem;
use super::origin::Origin;
use super::resource::ResourceKind;
use super::subscriber::ScopedFilterError;

/// The reason why a topology cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TopologyError {
    /// The file is not YAML, or an entry of it has another form.
    #[error("{origin}{part} cannot be read")]
    Form {
        /// The place in the file.
        origin: Origin,
        /// The part that cannot be read.
        part: Part,
        /// The problem.
        #[source]
        problem: FormProblem,
    },
    /// This program does not know the version of the file.
    #[error("{origin}the file has version {version}, but this program reads version {VERSION}; {}", if *.version > VERSION { "use a newer piitrail" } else { "write `version: 1`" })]
    Version {
        /// The place in the file.
        origin: Origin,
        /// The version in the file.
        version: u32,
    },
    /// An entry is not valid, or names something that does not exist.
    #[error("{place} is not valid")]
    Entry {
        /// The entry.
        place: Box<EntryPlace>,
        /// The problem and how to correct it.
        #[source]
        problem: Box<Problem>,
    },
}

/// A problem with the form of a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormProblem {
    /// The entry has an unknown key.
    #[error("the key{} is unknown; the keys here are {}", quoted(.key.as_deref()), .known.join(", "))]
    UnknownKey {
        /// The key, if it looks like one.
        key: Option<String>,
        /// The keys that are known here.
        known: Vec<&'static str>,
    },
    /// A required key is missing.
    #[error("the key `{key}` is missing{}", as_in(*.written))]
    MissingKey {
        /// The key.
        key: &'static str,
        /// How the section is written.
        written: Option<&'static str>,
    },
    /// A key is given twice.
    #[error("the key{} is given twice", quoted(.0.as_deref()))]
    DuplicateKey(Option<String>),
    /// A value has another type.
    #[error("the value must be {expected}{}", as_in(*.written))]
    WrongType {
        /// The type that it must have.
        expected: String,
        /// How the section is written.
        written: Option<&'static str>,
    },
    /// A value is not one of the choices.
    #[error("the value must be one of {}", .0.join(", "))]
    WrongChoice(Vec<&'static str>),
    /// The file is neither YAML nor JSON.
    #[error("this is not valid YAML or JSON")]
    Syntax,
}

/// A problem with an entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// None or several keys are given where exactly one is needed.
    #[error("it needs exactly one of {}; {}", keys(.of), which_are_given(.given))]
    NotExactlyOne {
        /// The kinds, of which one is needed.
        of: &'static [ResourceKind],
        /// The kinds that are given.
        given: Vec<ResourceKind>,
    },
    /// The end has a kind that is not valid here.
    #[error("it leads to something of a kind that cannot stand here; the kinds are {}", keys(.of))]
    WrongEnd {
        /// The valid kinds.
        of: &'static [ResourceKind],
    },
    /// Several inputs are given.
    #[error("it may have only one of input, input_path, input_transformer and input_template")]
    SeveralInputs,
    /// A pipe has an input of a rule, or the reverse.
    #[error("{0}")]
    OtherInput(&'static str),
    /// AWS cannot give the name.
    #[error(transparent)]
    Name(#[from] NameProblem),
    /// A rule, or something that a service owns, has an empty name.
    #[error("a name is empty; give the name that AWS shows")]
    EmptyName,
    /// No service may have the name.
    #[error(
        "a service must have a name, and not unattributed or no-consumer: with these the map shows \
         that nobody is known"
    )]
    ServiceName,
    /// A tap listens to a bus that is not described.
    #[error("the bus of this tap is missing; add it under buses, even without rules")]
    UnknownBus,
    /// The name of an entry gives another home than its fields.
    #[error("its name and its account or region contradict each other; keep one of the two")]
    TwoHomes,
    /// Two entries name the same resource.
    #[error("another entry names the same resource; an ARN and a name with a home may be the same")]
    NamedTwice,
    /// A rule has the same name as another rule of its bus.
    #[error("rule {first} has the same name; a bus has one rule of each name")]
    RuleTwice {
        /// The number of the first rule with this name, from 1.
        first: usize,
    },
    /// A subscriber with the name of another subscriber of its bus.
    #[error("subscriber {first} has the same name; a bus has one subscriber of each name")]
    SubscriberTwice {
        /// The first subscriber of this name, from 1.
        first: usize,
    },
    /// Several transformers.
    #[error("it may have only one of with_metadata, jsonata and unknown_input")]
    SeveralTransformers,
    /// Two services claim the same AWS name.
    #[error("its {kind} {number} belongs to service {other} too; a {kind} belongs to one service")]
    TwoOwners {
        /// The kind: `source`, `function`, `table`, `bucket`, or another.
        kind: &'static str,
        /// The number in the list, from 1.
        number: usize,
        /// The other service.
        other: String,
    },
    /// A service claims an AWS name twice.
    #[error("its {kind} {number} is listed twice; list each {kind} once")]
    OwnedTwice {
        /// The kind: `source`, `function`, `table`, `bucket`, or another.
        kind: &'static str,
        /// The number in the list, from 1.
        number: usize,
    },
    /// A retention cannot be read.
    #[error("a retention is a number with d, h, m or s behind it, as in 14d, or forever")]
    Retention,
    /// A key is given without the encryption that uses it.
    #[error("a key is given where encryption is not customer-managed; give both or neither")]
    KeyOfNobody,
    /// An event pattern is not valid.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A filter or a filter policy is not valid.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// An input, a path or a transformer is not valid.
    #[error(transparent)]
    Input(#[from] TargetError),
    /// A filter of a subscriber that is not valid.
    #[error(transparent)]
    ScopedFilter(#[from] ScopedFilterError),
    /// An expression that is not valid.
    #[error(transparent)]
    Jsonata(#[from] JsonataError),
}

/// An entry of a topology, and the place where it is written.
#[derive(Clone, Debug)]
pub struct EntryPlace {
    origin: Origin,
    entry: EntryName,
}

/// An entry of a topology. An entry of a list is named by its index.
#[derive(Clone, Debug)]
pub(crate) enum EntryName {
    Service(String),
    Tap(usize),
    Rule(String, usize),
    Archive(String, usize),
    Subscriber(String, usize),
    Target(String, usize, usize),
    ConsumerOfQueue(String, usize),
    ConsumerOfStream(String, usize),
    Subscription(String, usize),
    Pipe(String),
    Resource(usize),
    Route(usize),
    /// A kind of entry and its name, for problems of the entry as a whole.
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

    /// Returns the error that this entry is not valid.
    pub(crate) fn refuse(&self, problem: impl Into<Problem>) -> TopologyError {
        TopologyError::Entry {
            place: Box::new(self.clone()),
            problem: Box::new(problem.into()),
        }
    }
}

impl fmt::Display for EntryPlace {
    /// Writes `line 7, column 11: bus shop, rule 1, target 2`.
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
            Self::Subscriber(bus, number) => write!(f, "bus {bus}, subscriber {}", number + 1),
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
    /// Creates the error for a file of another form. The message of the YAML reader is dropped,
    /// because it quotes the file. A file of another version has another form too, so its version
    /// is told first.
    pub(super) fn form<F: DeserializeOwned>(text: &str, error: &serde_saphyr::Error) -> Self {
        if let Ok(Versioned { version }) = serde_saphyr::from_str(text)
            && version.value != VERSION
        {
            return Self::Version {
                origin: version.referenced.into(),
                version: version.value,
            };
        }
        let mut part = Part::that_fails::<F>(text);
        let problem = FormProblem::of(error.without_snippet(), &part);
        if matches!(problem, FormProblem::UnknownKey { .. }) {
            // The key is named by the problem. It may be no key.
            part.0.pop();
        }
        Self::Form {
            origin: error.location().map(Origin::from).unwrap_or_default(),
            part,
            problem,
        }
    }

    /// Returns the error with its problem, for callers that can show only one message.
    pub(super) fn with_problem(&self) -> String {
        match self {
            Self::Form { problem, .. } => format!("{self}: {problem}"),
            Self::Entry { problem, .. } => format!("{self}: {problem}"),
            Self::Version { .. } => self.to_string(),
        }
    }
}

/// A file of any version.
#[derive(Deserialize)]
struct Versioned {
    version: Spanned<u32>,
}

/// A part of a file, by the keys that lead to it: `buses, shop, rules, entry 1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part(Vec<String>);

impl Part {
    /// Returns the part of a text that cannot be read as an `F`. It reads the text again.
    fn that_fails<F: DeserializeOwned>(text: &str) -> Self {
        let mut track = Track::new();
        // The error is known already.
        let _ = serde_saphyr::with_deserializer_from_str(text, |reader| {
            F::deserialize(serde_path_to_error::Deserializer::new(reader, &mut track))
        });
        let path = track.path();
        let steps = path.iter().filter_map(|step| match step {
            Segment::Seq { index } => Some(format!("entry {}", index + 1)),
            Segment::Map { key } if SPANNED.contains(&key.as_str()) => None,
            Segment::Map { key } if looks_like_a_key(key) => Some(key.clone()),
            Segment::Map { .. } => Some("an entry".to_owned()),
            Segment::Enum { .. } | Segment::Unknown => None,
        });
        Self(steps.collect())
    }

    /// Returns how the section of the part is written.
    fn written(&self) -> Option<&'static str> {
        let section = self.0.first()?;
        WRITTEN
            .iter()
            .find_map(|(name, written)| (section == name).then_some(*written))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0[..] {
            [] => f.write_str("the file"),
            steps => f.write_str(&steps.join(", ")),
        }
    }
}

/// The fields of a value whose place in the file is kept, which are no keys of the file.
const SPANNED: &[&str] = &["value", "referenced", "defined"];

/// An example of each section.
pub(super) const WRITTEN: &[(&str, &str)] = &[
    ("version", "version: 1"),
    ("services", "services: {shipping: {functions: [ship]}}"),
    ("taps", "taps: [{queue: tap, bus: shop}]"),
    (
        "buses",
        "buses: {shop: {rules: [{name: all, pattern: {source: [orders]}, targets: [{queue: jobs}]}]}}",
    ),
    ("queues", "queues: {jobs: {consumers: [{function: work}]}}"),
    ("topics", "topics: {news: {subscriptions: [{queue: jobs}]}}"),
    (
        "streams",
        "streams: {clicks: {consumers: [{function: count}]}}",
    ),
    (
        "tables",
        "tables: {orders: {consumers: [{function: index}]}}",
    ),
    (
        "pipes",
        "pipes: {forward: {queue: jobs, target: {bus: shop}}}",
    ),
    (
        "resources",
        "resources: [{queue: jobs, encryption: none, retention: 4d}]",
    ),
    (
        "routes",
        "routes: [{kind: redrive, from: {queue: jobs}, to: {queue: failed}}]",
    ),
];

fn as_in(written: Option<&str>) -> String {
    written
        .map(|written| format!(", as in `{written}`"))
        .unwrap_or_default()
}

impl FormProblem {
    fn of(error: &serde_saphyr::Error, part: &Part) -> Self {
        use serde_saphyr::Error;
        let written = part.written();
        let wrong = |expected: &str| Self::WrongType {
            expected: plain_type(expected),
            // The example shows sections and entries, not every key of an entry.
            written: written.filter(|_| part.0.len() <= 2),
        };
        match error {
            Error::SerdeUnknownField {
                field, expected, ..
            } => Self::UnknownKey {
                key: looks_like_a_key(field).then(|| field.clone()),
                known: expected.clone(),
            },
            Error::SerdeMissingField { field, .. } => Self::MissingKey {
                key: field,
                written,
            },
            Error::DuplicateMappingKey { key, .. } => {
                Self::DuplicateKey(key.clone().filter(|key| looks_like_a_key(key)))
            }
            Error::SerdeUnknownVariant { expected, .. } => Self::WrongChoice(expected.clone()),
            Error::Unexpected { expected, .. } => wrong(expected),
            Error::SerdeInvalidType { expected, .. }
            | Error::SerdeInvalidValue { expected, .. }
            | Error::SerdeInvalidLength { expected, .. } => wrong(expected),
            Error::InvalidScalar { ty, .. } => wrong(ty),
            Error::NullIntoString { .. } => wrong("a text"),
            Error::InvalidBooleanStrict { .. } => wrong("true or false"),
            _ => Self::Syntax,
        }
    }
}

/// Returns the YAML reader's name of a type in plain words.
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

/// Returns true if a text may be shown as a key. A misspelled key may, an e-mail address or a
/// number may not.
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
