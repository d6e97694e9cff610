//! Expands the events that Lambda polls for. Each becomes an event source mapping.

use crate::node::{Kind, Tree};

use super::event::Event;
use super::{Expansion, Target};

/// The properties that a mapping has unchanged from the event.
const SAME: &[&str] = &[
    "StartingPosition",
    "StartingPositionTimestamp",
    "BatchSize",
    "Enabled",
    "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds",
    "ParallelizationFactor",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "TumblingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "KmsKeyArn",
    "ScalingConfig",
    "ProvisionedPollerConfig",
    "MetricsConfig",
    "LoggingConfig",
];

impl Expansion<'_, '_> {
    pub(super) fn mapping(&mut self, target: &Target, event: &Event, kind: &str) {
        let build = event.build();
        let source = match kind {
            "SQS" => event.get("Queue"),
            "MQ" => event.get("Broker"),
            "DocumentDB" => event.get("Cluster"),
            "SelfManagedKafka" => None,
            _ => event.get("Stream"),
        };
        let mut properties = vec![
            ("EventSourceArn", source),
            ("FunctionName", Some(target.name.clone())),
            (
                "DestinationConfig",
                event.get("DestinationConfig").map(without_type),
            ),
        ];
        properties.extend(SAME.iter().map(|name| (*name, event.get(name))));
        let servers = event.get("KafkaBootstrapServers").map(|servers| {
            let endpoints = build.map([("KafkaBootstrapServers", servers)]);
            build.map([("Endpoints", endpoints)])
        });
        properties.push(("SelfManagedEventSource", servers));
        let kafka = build.some([
            ("ConsumerGroupId", event.get("ConsumerGroupId")),
            ("SchemaRegistryConfig", event.get("SchemaRegistryConfig")),
        ]);
        let kafka = kafka
            .as_map()
            .is_some_and(|map| !map.is_empty())
            .then_some(kafka);
        match kind {
            "MSK" => properties.push(("AmazonManagedKafkaEventSourceConfig", kafka)),
            "SelfManagedKafka" => properties.push(("SelfManagedKafkaEventSourceConfig", kafka)),
            "DocumentDB" => {
                let names = ["DatabaseName", "CollectionName", "FullDocument"];
                let config = build.some(names.map(|name| (name, event.get(name))));
                properties.push(("DocumentDBEventSourceConfig", Some(config)));
            }
            _ => {}
        }
        let properties = build.some(properties);
        let kind = "AWS::Lambda::EventSourceMapping";
        self.add_event(target, event, kind, &properties);
    }
}

/// Returns a destination without the type that only SAM reads.
fn without_type(config: Tree) -> Tree {
    let Some(failure) = config.get("OnFailure").and_then(|failure| failure.as_map()) else {
        return config;
    };
    let mut failure = failure.clone();
    failure.shift_remove("Type");
    let build = crate::node::Build(config.line);
    let mut entries = config.as_map().cloned().unwrap_or_default();
    entries.insert("OnFailure".to_owned(), build.node(Kind::Map(failure)));
    build.node(Kind::Map(entries))
}
