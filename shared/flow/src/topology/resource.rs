//! Resources: everything in AWS that a route may start from or lead to, with its properties.

use std::fmt;

use serde::Serialize;

use super::name::NameProblem;
use super::origin::Origin;
use crate::home::Located;

piitrail_detect::listed! {
    /// The kind of a resource.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ResourceKind {
        /// An `EventBridge` event bus.
        Bus,
        /// An SQS queue.
        Queue,
        /// An SNS topic.
        Topic,
        /// A Kinesis stream. In a topology file also a table's stream, by the table's name.
        Stream,
        /// A `DynamoDB` table, which stands for its stream when a route starts from it.
        Table,
        /// An `EventBridge` pipe.
        Pipe,
        /// A Lambda function.
        Function,
        /// A service with the name that the topology gives it. It may be a vendor.
        Service,
        /// A log group that keeps the records it receives.
        LogGroup,
        /// An archive of an event bus.
        Archive,
        /// A Step Functions state machine.
        StateMachine,
        /// A Firehose stream.
        Firehose,
        /// An API destination of `EventBridge`: an address outside of AWS.
        ApiDestination,
        /// An S3 bucket.
        Bucket,
        /// An endpoint of a subscription: an HTTPS address, an e-mail address, a telephone.
        Endpoint,
        /// An `OpenSearch` domain or collection.
        OpenSearch,
        /// A Redshift cluster or workgroup.
        Redshift,
        /// An ECS task.
        EcsTask,
        /// A queue of AWS Batch.
        BatchJob,
        /// An API of API Gateway.
        Api,
        /// An API of `AppSync`.
        GraphqlApi,
        /// A model or a knowledge base of Bedrock.
        Bedrock,
        /// A data store of `HealthLake`.
        HealthLake,
        /// A schedule. It sends a constant at a time.
        Schedule,
        /// Anything else in AWS.
        Other,
    }
}

impl ResourceKind {
    /// Returns the kind as other tools read it: `table-stream`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bus => "bus",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Stream => "stream",
            Self::Table => "table-stream",
            Self::Pipe => "pipe",
            Self::Function => "function",
            Self::Service => "service",
            Self::LogGroup => "log-group",
            Self::Archive => "archive",
            Self::StateMachine => "state-machine",
            Self::Firehose => "firehose",
            Self::ApiDestination => "api-destination",
            Self::Bucket => "bucket",
            Self::Endpoint => "endpoint",
            Self::OpenSearch => "opensearch",
            Self::Redshift => "redshift",
            Self::EcsTask => "ecs-task",
            Self::BatchJob => "batch-job",
            Self::Api => "api",
            Self::GraphqlApi => "graphql-api",
            Self::Bedrock => "bedrock",
            Self::HealthLake => "healthlake",
            Self::Schedule => "schedule",
            Self::Other => "other",
        }
    }

    /// Returns the key of this kind in a topology file: `log_group`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::LogGroup => "log_group",
            Self::StateMachine => "state_machine",
            Self::ApiDestination => "api_destination",
            Self::EcsTask => "ecs_task",
            Self::BatchJob => "batch_job",
            Self::GraphqlApi => "graphql_api",
            other => other.as_str(),
        }
    }

    /// Returns the kind for a sentence: `a log group`.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Bus => "an event bus",
            Self::Queue => "a queue",
            Self::Topic => "a topic",
            Self::Stream => "a stream",
            Self::Table => "a table",
            Self::Pipe => "a pipe",
            Self::Function => "a function",
            Self::Service => "a service",
            Self::LogGroup => "a log group",
            Self::Archive => "an archive",
            Self::StateMachine => "a state machine",
            Self::Firehose => "a Firehose stream",
            Self::ApiDestination => "an API destination",
            Self::Bucket => "a bucket",
            Self::Endpoint => "an endpoint",
            Self::OpenSearch => "an OpenSearch domain",
            Self::Redshift => "a Redshift cluster",
            Self::EcsTask => "an ECS task",
            Self::BatchJob => "a Batch queue",
            Self::Api => "an API",
            Self::GraphqlApi => "a GraphQL API",
            Self::Bedrock => "a Bedrock model",
            Self::HealthLake => "a HealthLake data store",
            Self::Schedule => "a schedule",
            Self::Other => "another resource",
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ResourceKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An end of a route: a resource by its kind, its name and its home.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    kind: ResourceKind,
    name: Located,
}

impl End {
    /// Returns the end that a text names: a name, a name with its home
    /// (`orders@eu-west-1/222222222222`), or an ARN.
    ///
    /// # Errors
    /// If the text is empty, if the part after `@` is not a home, or if it is an ARN of another
    /// kind.
    pub fn named(kind: ResourceKind, text: &str) -> Result<Self, NameProblem> {
        Ok(Self {
            kind,
            name: super::name::located(kind, text)?,
        })
    }

    /// Returns the end that an ARN names. Returns `None` if it is not an ARN, or if no route leads
    /// to its kind.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let (kind, name) = super::name::of_arn(arn)?;
        Some(Self { kind, name })
    }

    /// Creates an end with a name that was checked before: it is not empty, and has no `@` in it
    /// unless it names a service or an endpoint.
    pub(crate) fn new(kind: ResourceKind, name: Located) -> Self {
        Self { kind, name }
    }

    /// Returns the end that any text names: an ARN, the URL of a queue, a name, or a name that is
    /// defined elsewhere, such as `param:Bus`. The text gives the kind if it can; otherwise the
    /// kind is `usual`. A text that AWS would refuse as a name is kept in a form that no AWS name
    /// has.
    pub fn of_text(usual: ResourceKind, text: &str) -> Self {
        if let Some(end) = Self::of_arn(text) {
            return Self::new(end.kind, super::name::writable(end.kind, end.name));
        }
        if let Some(name) = super::name::of_queue_url(text) {
            let kind = ResourceKind::Queue;
            return Self::new(kind, super::name::writable(kind, name));
        }
        if usual == ResourceKind::Function
            && let Some(name) = super::name::of_partial_function(text)
        {
            return Self::new(usual, super::name::writable(usual, name));
        }
        if text.starts_with("arn:")
            && let Ok(end) = Self::named(ResourceKind::Other, text)
        {
            return Self::new(end.kind, super::name::writable(end.kind, end.name));
        }
        let name = Located {
            name: text.to_owned(),
            ..Located::default()
        };
        Self::new(usual, super::name::writable(usual, name))
    }

    /// Returns the same end with this home.
    #[must_use]
    pub fn at(self, home: crate::home::Home) -> Self {
        let name = Located { home, ..self.name };
        Self { name, ..self }
    }

    /// Returns the kind of the resource.
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// Returns the name and the home of the resource.
    pub fn name(&self) -> &Located {
        &self.name
    }

    /// Returns true if both may be the same resource.
    pub fn fits(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name.fits(&other.name)
    }
}

/// The encryption at rest of the data in a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// The encryption is unknown.
    #[default]
    Unknown,
    /// The data is not encrypted.
    None,
    /// The data is encrypted with a key that the AWS service owns.
    ServiceDefault,
    /// The data is encrypted with the account's key that AWS manages for the service:
    /// `alias/aws/sqs`.
    AwsManaged,
    /// The data is encrypted with a customer's key: its id, alias or ARN.
    CustomerManaged(String),
}

impl Encryption {
    /// Returns the word for it in files and answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::ServiceDefault => "service-default",
            Self::AwsManaged => "aws-managed",
            Self::CustomerManaged(_) => "customer-managed",
        }
    }

    /// Returns the key, if a customer manages it.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::CustomerManaged(key) => Some(key),
            _ => None,
        }
    }

    /// Returns whether the data is encrypted, or `None` if that is unknown.
    pub fn is_encrypted(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::None => Some(false),
            Self::ServiceDefault | Self::AwsManaged | Self::CustomerManaged(_) => Some(true),
        }
    }
}

/// The retention of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retention {
    /// The data is kept for this number of seconds.
    Seconds(u64),
    /// The data is kept until somebody deletes it.
    Forever,
}

/// The units of a retention from the largest, with their seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Retention {
    /// Reads `14d`, `36h`, `90m`, `60s` or `forever`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "forever" {
            return Some(Self::Forever);
        }
        let unit = text.chars().next_back()?;
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*seconds).map(Self::Seconds)
    }
}

impl fmt::Display for Retention {
    /// Writes the retention in the largest unit that needs no fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forever => f.write_str("forever"),
            Self::Seconds(seconds) => {
                let whole = UNITS.iter().find(|(_, unit)| seconds % unit == 0);
                let (name, unit) = whole.copied().unwrap_or(('s', 1));
                write!(f, "{}{name}", seconds / unit)
            }
        }
    }
}

/// The properties of a resource beside its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// The id in the template: its logical id, or its address.
    pub id: Option<String>,
    /// True if AWS generates the name when the resource is created. The name here is then the
    /// logical id, and the name in AWS is `STACK-ID-` and random characters.
    pub is_name_generated: bool,
    /// The encryption.
    pub encryption: Encryption,
    /// The retention.
    pub retention: Option<Retention>,
    /// The place where it is written.
    pub origin: Origin,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_and_a_key_of_its_own() {
        let all = ResourceKind::ALL;
        for (index, kind) in all.iter().enumerate() {
            for other in &all[index + 1..] {
                assert_ne!(kind.as_str(), other.as_str());
                assert_ne!(kind.key(), other.key());
            }
        }
    }

    #[test]
    fn a_retention_is_written_as_it_is_read() {
        for text in ["14d", "36h", "90m", "61s", "0d", "forever"] {
            let retention = Retention::parse(text).unwrap();
            assert_eq!(retention.to_string(), text);
        }
        assert_eq!(Retention::parse("24h").unwrap().to_string(), "1d");
        for wrong in [
            "",
            "d",
            "4",
            "-1d",
            "4 d",
            "4w",
            "99999999999999999999d",
            "300000000000000000d",
        ] {
            assert_eq!(Retention::parse(wrong), None, "{wrong}");
        }
    }
}
