//! Parties: the publishers and receivers of data.
//!
//! A party is a service that the topology names, or an AWS resource that no service claims.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::home::Home;
use crate::name::Name;

piitrail_detect::listed! {
    /// The kind of a party.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum PartyKind {
        /// A service as the topology names it, or an event source.
        Service,
        /// A Lambda function that no service claims.
        Function,
        /// A DynamoDB table, as the producer of its stream.
        Table,
        /// An S3 bucket, as the producer of its notifications.
        Bucket,
        /// A dead-letter queue. It holds messages that could not be delivered.
        DeadLetterQueue,
        /// An EventBridge archive, or what a V2 bus keeps, by the name of the bus.
        Archive,
        /// A log group that keeps bodies.
        LogGroup,
        /// An unknown producer or consumer.
        Unattributed,
        /// No consumer: the bus is known and none of its rules accepted the event.
        NoConsumer,
        /// A Step Functions state machine.
        StateMachine,
        /// A Firehose stream.
        Firehose,
        /// An API destination: an address outside of AWS that no service claims.
        ApiDestination,
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
        /// Anything else in AWS.
        Resource,
    }
}

impl PartyKind {
    /// Returns true if the party stores what it receives and is not a service: a table, a bucket, a
    /// dead-letter queue, an archive, a log group, a search index, a warehouse.
    pub fn holds_data(self) -> bool {
        match self {
            Self::Table
            | Self::Bucket
            | Self::DeadLetterQueue
            | Self::Archive
            | Self::LogGroup
            | Self::OpenSearch
            | Self::Redshift
            | Self::HealthLake => true,
            Self::Service
            | Self::Function
            | Self::Unattributed
            | Self::NoConsumer
            | Self::StateMachine
            | Self::Firehose
            | Self::ApiDestination
            | Self::Endpoint
            | Self::EcsTask
            | Self::BatchJob
            | Self::Api
            | Self::GraphqlApi
            | Self::Bedrock
            | Self::Resource => false,
        }
    }

    /// Returns true if the party is unknown or there is none.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Unattributed | Self::NoConsumer)
    }

    /// Returns the kind as it is written before a name: `dead-letter-queue`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Function => "function",
            Self::Table => "table",
            Self::Bucket => "bucket",
            Self::DeadLetterQueue => "dead-letter-queue",
            Self::Archive => "archive",
            Self::LogGroup => "log-group",
            Self::Unattributed => "unattributed",
            Self::NoConsumer => "no-consumer",
            Self::StateMachine => "state-machine",
            Self::Firehose => "firehose",
            Self::ApiDestination => "api-destination",
            Self::Endpoint => "endpoint",
            Self::OpenSearch => "opensearch",
            Self::Redshift => "redshift",
            Self::EcsTask => "ecs-task",
            Self::BatchJob => "batch-job",
            Self::Api => "api",
            Self::GraphqlApi => "graphql-api",
            Self::Bedrock => "bedrock",
            Self::HealthLake => "healthlake",
            Self::Resource => "resource",
        }
    }
}

/// A producer or a consumer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Party {
    /// The kind of the party.
    pub kind: PartyKind,
    /// The name, or `None` if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The home. A service that the topology names has none, because it may be in several.
    #[serde(default, skip_serializing_if = "Home::is_unknown")]
    pub home: Home,
}

impl Party {
    /// Creates a party with an unknown home.
    pub fn new(kind: PartyKind, name: Name) -> Self {
        Self {
            kind,
            name: Some(name),
            home: Home::UNKNOWN,
        }
    }

    /// Returns the same party with this home.
    #[must_use]
    pub fn at(self, home: Home) -> Self {
        Self { home, ..self }
    }

    /// Returns the party for people, with [`Name::shown`].
    pub fn shown(&self) -> String {
        let is_empty = |name: &&Name| name.as_str().is_empty();
        // The name is the last part of the text.
        let after = self.name.as_ref().filter(is_empty).map_or("", Name::shown);
        format!("{self}{after}")
    }

    /// Returns true if both may be one, as far as their homes are known.
    pub fn fits(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name && self.home.fits(&other.home)
    }

    /// An unknown party.
    pub const UNATTRIBUTED: Self = Self {
        kind: PartyKind::Unattributed,
        name: None,
        home: Home::UNKNOWN,
    };

    /// No consumer: no rule of the bus accepted the event.
    pub const NO_CONSUMER: Self = Self {
        kind: PartyKind::NoConsumer,
        name: None,
        home: Home::UNKNOWN,
    };
}

impl fmt::Display for Party {
    /// Writes a service as its name and everything else with its kind: `archive/all-events`. A
    /// service whose name looks like a kind (an event source called `unattributed`) is written with
    /// its kind too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let looks_like_a_kind = |name: &Name| {
            let first = name.as_str().split('/').next();
            PartyKind::ALL
                .iter()
                .any(|kind| Some(kind.as_str()) == first)
        };
        match (&self.kind, &self.name) {
            (PartyKind::Service, Some(name)) if !looks_like_a_kind(name) => name.fmt(f),
            (kind, Some(name)) => {
                // The name of a log group begins with a slash itself.
                let between = if name.as_str().starts_with('/') {
                    ""
                } else {
                    "/"
                };
                write!(f, "{}{between}{name}", kind.as_str())
            }
            (kind, None) => f.write_str(kind.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use piitrail_detect::Engine;

    use super::*;

    #[test]
    fn no_event_source_can_pass_for_the_unknown_or_for_another_kind() {
        let engine = Engine::new();
        let party = |kind, name: &str| Party::new(kind, Name::masked(&engine, name)).to_string();
        assert_eq!(party(PartyKind::Service, "orders"), "orders");
        assert_eq!(party(PartyKind::Service, "/shop/orders"), "/shop/orders");
        assert_eq!(party(PartyKind::Archive, "all"), "archive/all");
        assert_eq!(
            party(PartyKind::Service, "archive/all"),
            "service/archive/all"
        );
        assert_eq!(
            party(PartyKind::Service, "unattributed"),
            "service/unattributed"
        );
        assert_eq!(Party::UNATTRIBUTED.to_string(), "unattributed");
    }

    #[test]
    fn an_empty_name_is_said_to_people() {
        let empty = |kind| Party::new(kind, Name::masked(&Engine::new(), ""));
        assert_eq!(empty(PartyKind::Service).shown(), "(empty)");
        assert_eq!(empty(PartyKind::Archive).shown(), "archive/(empty)");
        assert_eq!(empty(PartyKind::Service).to_string(), "");
        assert_eq!(Party::UNATTRIBUTED.shown(), "unattributed");
    }
}
