//! Reads EventBridge Pipes.

use piitrail_flow::topology::declared::{Declaration, DeclaredEnrichment, DeclaredPipe};
use piitrail_flow::topology::{PipeEvent, ResourceKind as Kind};

use super::Part;
use super::values::{is_state, number};
use crate::value::Value;

/// The kind of a pipe's target, by the parameters that only one kind of target has.
const TARGETS: &[(&str, Kind)] = &[
    ("BatchJobParameters", Kind::BatchJob),
    ("CloudWatchLogsParameters", Kind::LogGroup),
    ("EcsTaskParameters", Kind::EcsTask),
    ("EventBridgeEventBusParameters", Kind::Bus),
    ("KinesisStreamParameters", Kind::Stream),
    ("LambdaFunctionParameters", Kind::Function),
    ("RedshiftDataParameters", Kind::Redshift),
    ("SqsQueueParameters", Kind::Queue),
    ("StepFunctionStateMachineParameters", Kind::StateMachine),
];

/// The kind of a pipe's source, by its parameters.
const SOURCES: &[(&str, Kind)] = &[
    ("ActiveMQBrokerParameters", Kind::Other),
    ("DynamoDBStreamParameters", Kind::Table),
    ("KinesisStreamParameters", Kind::Stream),
    ("ManagedStreamingKafkaParameters", Kind::Other),
    ("RabbitMQBrokerParameters", Kind::Other),
    ("SelfManagedKafkaParameters", Kind::Other),
];

fn by_parameters(rows: &[(&str, Kind)], parameters: Option<&Value>, otherwise: Kind) -> Kind {
    let row = rows
        .iter()
        .find(|(name, _)| parameters.is_some_and(|given| given.get(name).is_some()));
    row.map_or(otherwise, |(_, kind)| *kind)
}

impl Part<'_> {
    pub(super) fn pipe(&mut self) {
        let key = self.key(self.at(&["KmsKeyIdentifier"]));
        self.own_resource(key, number(None));
        let (Some(own), Some(source), Some(target)) = (
            self.naming.own(self.id),
            self.at(&["Source"]).cloned(),
            self.at(&["Target"]).cloned(),
        ) else {
            return;
        };
        let reads = self.at(&["SourceParameters"]).cloned();
        let sends = self.at(&["TargetParameters"]).cloned();
        let criteria = reads.as_ref().and_then(|reads| reads.get("FilterCriteria"));
        let filters = self.filters(criteria);
        let mut on_failure = None;
        for parameters in ["DynamoDBStreamParameters", "KinesisStreamParameters"] {
            let keys = ["SourceParameters", parameters, "DeadLetterConfig", "Arn"];
            on_failure = on_failure.or_else(|| self.end_at(&keys, Kind::Queue));
        }
        let template = self.at(&["EnrichmentParameters", "InputTemplate"]).cloned();
        let template = self.input_template(template.as_ref());
        let enrichment = self.end_at(&["Enrichment"], Kind::Function);
        let enrichment = enrichment.map(|by| DeclaredEnrichment {
            by,
            input_template: template,
        });
        let input_template = sends.as_ref().and_then(|sends| sends.get("InputTemplate"));
        let input_template = self.input_template(input_template);
        let of_event = |key: &str| {
            let event = sends.as_ref()?.get("EventBridgeEventBusParameters")?;
            event.get(key)?.as_text().map(ToOwned::to_owned)
        };
        let event = PipeEvent {
            source: of_event("Source"),
            detail_type: of_event("DetailType"),
        };
        let usual = by_parameters(SOURCES, reads.as_ref(), Kind::Queue);
        let Some(from) = self.ends(&source, usual).into_iter().next() else {
            return;
        };
        let usual = by_parameters(TARGETS, sends.as_ref(), Kind::Other);
        let Some(to) = self.ends(&target, usual).into_iter().next() else {
            return;
        };
        self.declare(Declaration::Pipe(Box::new(DeclaredPipe {
            name: own.name().clone(),
            from,
            filters,
            enrichment,
            to,
            input_template,
            event,
            on_failure,
            disabled: is_state(self.at(&["DesiredState"]), "STOPPED"),
            origin: self.origin(),
        })));
    }
}
