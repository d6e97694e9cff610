//! Declares resources: their encryption and their retention.

use super::super::{Encryption, End, Origin, Resource, ResourceKind as Kind, Retention};
use super::Declarations;

/// A property that may not be set, or whose value may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Setting<T> {
    /// The property is not set, so AWS's default applies.
    #[default]
    Default,
    /// The property is set to this value.
    Is(T),
    /// The property is set to an unknown value.
    Unknown,
}

/// The setting of a resource's encryption at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySetting {
    /// Encryption is switched off.
    Off,
    /// Encryption uses a key that the service owns.
    ServiceOwned,
    /// Encryption uses the key that AWS manages in the account for the service.
    AwsManaged,
    /// Encryption uses this key: its id, alias or ARN.
    Key(String),
}

impl KeySetting {
    /// Returns the setting for a key's id, alias or ARN. The aliases under `aws/` belong to AWS.
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

/// A resource as AWS describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredResource {
    /// The kind and the name of the resource.
    pub end: End,
    /// The id in the template.
    pub id: Option<String>,
    /// True if AWS generates the name.
    pub is_name_generated: bool,
    /// The encryption.
    pub key: Setting<KeySetting>,
    /// The retention: of a queue in seconds, of a stream in hours, of an archive, a log group and a V2
    /// bus in days. Zero days of an archive mean forever.
    pub retention: Setting<u64>,
    /// True if a table has a stream. It has no meaning for other kinds.
    pub has_stream: bool,
    /// The place where it is written.
    pub origin: Origin,
}

impl DeclaredResource {
    /// Creates a resource with default settings.
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

/// Returns the encryption of a resource of this kind. The defaults come from the services' guides:
/// SQS encrypts new queues with SSE-SQS since 2022, and S3 new objects with SSE-S3 since 2023. SNS,
/// Kinesis and Firehose encrypt nothing by default. EventBridge, DynamoDB, CloudWatch Logs and Step
/// Functions always encrypt. For anything that holds no data itself or is not part of AWS, it is
/// unknown.
fn encryption(kind: Kind, key: Setting<KeySetting>) -> Encryption {
    match (key, kind) {
        // The key of a function protects its environment variables and not its payloads.
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

/// Returns the retention of a resource of this kind.
fn retention(kind: Kind, said: Setting<u64>) -> Option<Retention> {
    let seconds = |number: u64, unit: u64| Some(Retention::Seconds(number.saturating_mul(unit)));
    match (kind, said) {
        (_, Setting::Unknown) => None,
        (Kind::Queue, Setting::Default) => seconds(4, DAY),
        (Kind::Queue, Setting::Is(number)) => seconds(number, 1),
        // A table's stream always keeps its records for a day.
        (Kind::Table, _) | (Kind::Stream, Setting::Default) => seconds(1, DAY),
        (Kind::Stream, Setting::Is(number)) => seconds(number, HOUR),
        (Kind::Archive, Setting::Is(0)) | (Kind::Archive | Kind::LogGroup, Setting::Default) => {
            Some(Retention::Forever)
        }
        (Kind::Archive | Kind::LogGroup | Kind::Bus, Setting::Is(number)) => seconds(number, DAY),
        _ => None,
    }
}
