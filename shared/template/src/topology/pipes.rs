//! Reads EventBridge Pipes.

use piitrail_flow::topology::declared::{Declaration, DeclaredEnrichment, DeclaredPipe};
use piitrail_flow::topology::{PipeEvent, ResourceKind as Kind};

use super::events::receiver;
use super::values::{is_state, number};
use super::{Candidate, Part};
use crate::note::NoteKind;
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
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        self.pipe_logs();
        let reads = self.at(&["SourceParameters"]).cloned();
        let sends = self.at(&["TargetParameters"]).cloned();
        let criteria = reads.as_ref().and_then(|reads| reads.get("FilterCriteria"));
        let filters = self.filters(criteria);
        let on_failure = ["DynamoDBStreamParameters", "KinesisStreamParameters"];
        let on_failure = on_failure.into_iter().find_map(|parameters| {
            let keys = ["SourceParameters", parameters, "DeadLetterConfig", "Arn"];
            self.at(&keys).cloned()
        });
        let holders = self.failure_holders(on_failure.as_ref());
        let template = self.at(&["EnrichmentParameters", "InputTemplate"]).cloned();
        let (template, is_template_known) = self.input_template(template.as_ref());
        let enrichments = self.ends_at(&["Enrichment"], Kind::Function);
        let input_template = sends.as_ref().and_then(|sends| sends.get("InputTemplate"));
        let (input_template, is_input_known) = self.input_template(input_template);
        let event = event_of(sends.as_ref());
        let usual = by_parameters(SOURCES, reads.as_ref(), Kind::Queue);
        let sources = self.ends_needed(&["Source"], usual, "source");
        let usual = by_parameters(TARGETS, sends.as_ref(), Kind::Other);
        let task = sends
            .as_ref()
            .and_then(|sends| sends.get("EcsTaskParameters"));
        let target = receiver(self.at(&["Target"]), task).cloned();
        let targets = target
            .map(|target| self.ends(&target, usual))
            .unwrap_or_default();
        if targets.is_empty() {
            self.note(NoteKind::Missing("target"));
        }
        let stopped = is_state(self.at(&["DesiredState"]), "STOPPED");
        let is_known = is_template_known
            && is_input_known
            && stopped.is_some()
            && enrichments.iter().all(|one| one.is_certain);
        let enrichments: Vec<Option<&Candidate>> = if enrichments.is_empty() {
            vec![None]
        } else {
            enrichments.iter().map(Some).collect()
        };
        let mut number = 0;
        for (from, to) in sources
            .iter()
            .flat_map(|from| targets.iter().map(move |to| (from, to)))
        {
            for (enrichment, on_failure) in enrichments
                .iter()
                .flat_map(|one| holders.iter().map(move |holder| (one, holder)))
            {
                number += 1;
                let mut name = own.name().clone();
                if number > 1 {
                    // The other pipe that it may be.
                    name.name = format!("{} ({number})", name.name);
                }
                let pipe = DeclaredPipe {
                    name,
                    from: from.end.clone(),
                    filters: filters.clone(),
                    enrichment: enrichment.map(|one| DeclaredEnrichment {
                        by: one.end.clone(),
                        input_template: template.clone(),
                    }),
                    to: to.end.clone(),
                    input_template: input_template.clone(),
                    event: event.clone(),
                    on_failure: on_failure.clone(),
                    disabled: stopped.unwrap_or(false),
                    origin: self.origin(),
                };
                let is_certain = from.is_certain && to.is_certain && is_known;
                self.declare_if(is_certain, Declaration::Pipe(Box::new(pipe)));
            }
        }
    }
}

/// Returns the fields of the event that a pipe puts on a bus.
fn event_of(sends: Option<&Value>) -> PipeEvent {
    let given = sends.and_then(|sends| sends.get("EventBridgeEventBusParameters"));
    let of = |key: &str| given?.get(key).filter(|value| **value != Value::Null);
    let text = |key: &str| of(key).and_then(Value::as_text).map(ToOwned::to_owned);
    let is_unknown = |key: &str| of(key).is_some_and(|value| value.as_text().is_none());
    PipeEvent {
        source: text("Source"),
        detail_type: text("DetailType"),
        is_unknown: is_unknown("Source") || is_unknown("DetailType"),
    }
}
