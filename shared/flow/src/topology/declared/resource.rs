//! What exists: how it is encrypted, and how long it keeps what it receives.

use super::super::{Encryption, End, Origin, Resource, ResourceKind as Kind, Retention};
use super::Declarations;

/// A property that may not be set, or whose value cannot be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Setting<T> {
    /// It is not set: AWS's default counts.
    #[default]
    Default,
    /// It is set to this.
    Is(T),
    /// It is set to a value that is not known here.
    Unknown,
}

/// What a resource says about its encryption at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySetting {
    /// Switched off.
    Off,
    /// With a key that the service owns.
    ServiceOwned,
    /// With the key that AWS manages in the account for the service.
    AwsManaged,
    /// With this key: its id, alias or ARN.
    Key(String),
}

impl KeySetting {
    /// What a key's id, alias or ARN comes to: the aliases under `aws/` are those of AWS.
    pub fn of_key(key: &str) -> Self {
        let alias = key.rsplit_once(":alias/").map(|(_, alias)| alias);
        let alias = alias.or_else(|| key.strip_prefix("alias/"));
        if alias.is_some_and(|alias| alias.starts_with("aws/")) {
            Self::AwsManaged
        } else {
            Self::Key(key.to_owned())
        }
    }
}

/// A resource.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredResource {
    /// What it is.
    pub end: End,
    /// What a template calls it.
    pub id: Option<String>,
    /// Whether AWS makes its name.
    pub is_name_generated: bool,
    /// How it is encrypted.
    pub key: Setting<KeySetting>,
    /// How long it keeps what it receives: a queue in seconds, a stream in hours, an archive and a log
    /// group in days; zero days of an archive are for ever.
    pub retention: Setting<u64>,
    /// Whether a table has a stream. Of no meaning for others.
    pub has_stream: bool,
    /// Where it is written.
    pub origin: Origin,
}

impl DeclaredResource {
    /// A resource of which nothing else is said.
    pub fn new(end: End) -> Self {
        Self {
            end,
            id: None,
            is_name_generated: false,
            key: Setting::Default,
            retention: Setting::Default,
            has_stream: false,
            origin: Origin::default(),
        }
    }
}

impl Declarations {
    pub(super) fn declare_resource(&mut self, declared: DeclaredResource) {
        let name = declared.end.name().clone();
        match declared.end.kind() {
            Kind::Bus => {
                self.draft.buses.entry(name).or_default();
            }
            Kind::Queue => {
                self.draft.queues.entry(name).or_default();
            }
            Kind::Topic => {
                self.draft.topics.entry(name).or_default();
            }
            Kind::Stream => {
                self.draft.streams.entry(name).or_default();
            }
            Kind::Table if declared.has_stream => {
                self.draft.tables.entry(name).or_default();
            }
            _ => {}
        }
        let kind = declared.end.kind();
        let known = Resource {
            id: declared.id,
            is_name_generated: declared.is_name_generated,
            encryption: encryption(kind, declared.key),
            retention: retention(kind, declared.retention),
            origin: declared.origin,
        };
        self.draft.resources.insert(declared.end, known);
    }
}

/// How something of this kind is encrypted. The defaults are those of the services' guides: SQS encrypts
/// new queues with SSE-SQS since 2022, S3 new objects with SSE-S3 since 2023; SNS, Kinesis and Firehose
/// encrypt nothing unless they are told to; EventBridge, DynamoDB, CloudWatch Logs and Step Functions
/// always do. What holds nothing itself, and what is not AWS's, is unknown.
fn encryption(kind: Kind, key: Setting<KeySetting>) -> Encryption {
    match (key, kind) {
        // The key of a function protects its environment variables, not what it is given.
        (_, Kind::Function | Kind::Service | Kind::Endpoint) | (Setting::Unknown, _) => {
            Encryption::Unknown
        }
        (Setting::Is(KeySetting::Key(key)), _) => Encryption::CustomerManaged(key),
        (Setting::Is(KeySetting::AwsManaged), _) => Encryption::AwsManaged,
        (Setting::Is(KeySetting::ServiceOwned), _)
        | (
            _,
            Kind::Bus
            | Kind::Table
            | Kind::Bucket
            | Kind::LogGroup
            | Kind::Archive
            | Kind::StateMachine,
        )
        | (Setting::Default, Kind::Queue) => Encryption::ServiceDefault,
        (Setting::Is(KeySetting::Off), _)
        | (Setting::Default, Kind::Topic | Kind::Stream | Kind::Firehose) => Encryption::None,
        (Setting::Default, _) => Encryption::Unknown,
    }
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// How long something of this kind keeps what it receives.
fn retention(kind: Kind, said: Setting<u64>) -> Option<Retention> {
    let seconds = |number: u64, unit: u64| Some(Retention::Seconds(number.saturating_mul(unit)));
    match (kind, said) {
        (_, Setting::Unknown) => None,
        (Kind::Queue, Setting::Default) => seconds(4, DAY),
        (Kind::Queue, Setting::Is(number)) => seconds(number, 1),
        // A table's stream keeps its records for a day, and that cannot be changed.
        (Kind::Table, _) | (Kind::Stream, Setting::Default) => seconds(1, DAY),
        (Kind::Stream, Setting::Is(number)) => seconds(number, HOUR),
        (Kind::Archive, Setting::Is(0)) | (Kind::Archive | Kind::LogGroup, Setting::Default) => {
            Some(Retention::Forever)
        }
        (Kind::Archive | Kind::LogGroup, Setting::Is(number)) => seconds(number, DAY),
        _ => None,
    }
}
