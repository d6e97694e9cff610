//! V2 buses of EventBridge ("Amazon EventBridge event bus (Custom)"), their subscribers and their sources.
//!
//! Shapes: `AWS::EventsV2::EventBus` and its neighbours in the template reference of CloudFormation.

use piitrail_flow::topology::declared::{
    Declaration, DeclaredInput, DeclaredRule, DeclaredSubscriber, DeclaredTarget,
    DeclaredTransformer, Document, Setting,
};
use piitrail_flow::topology::{FilterScope, ResourceKind as Kind};
use serde_json::json;

use super::Part;
use super::values::{is_state, number};
use crate::note::NoteKind;
use crate::value::Value;

/// For how many days a V2 bus keeps events that does not say so ("Creating a bus").
const DEFAULT_RETENTION: u64 = 1;

/// The kind of a target by the parameters that only this kind has.
const TARGET_PARAMETERS: &[(&str, Kind)] = &[
    ("EventBusV2Parameters", Kind::Bus),
    ("FirehoseParameters", Kind::Firehose),
    ("HttpParameters", Kind::ApiDestination),
    ("KinesisParameters", Kind::Stream),
    ("LambdaParameters", Kind::Function),
    ("SnsParameters", Kind::Topic),
    ("SqsParameters", Kind::Queue),
    ("StepFunctionsParameters", Kind::StateMachine),
];

impl Part<'_> {
    pub(super) fn v2_bus(&mut self) {
        let key = self.key(self.at(&["EncryptionConfiguration", "KmsKeyIdentifier"]));
        let days = match number(self.at(&["StorageConfiguration", "RetentionPeriodInDays"])) {
            Setting::Default => Setting::Is(DEFAULT_RETENTION),
            said => said,
        };
        self.own_resource(key, days);
    }

    pub(super) fn subscriber(&mut self) {
        let invoked = self.at(&["InvokeConfiguration"]).cloned();
        let invoked = invoked.unwrap_or(Value::Null);
        let buses = self.ends_needed(&["EventBusArn"], Kind::Bus, "bus");
        let Some(target) = invoked.get("TargetArn") else {
            self.note(NoteKind::Missing("target's ARN"));
            return;
        };
        let parameters = |name: &str| invoked.get(name);
        let usual = TARGET_PARAMETERS
            .iter()
            .find(|(name, _)| parameters(name).is_some());
        let usual = usual.map_or(Kind::Other, |(_, kind)| *kind);
        let sets_attributes = ["SnsParameters", "SqsParameters"]
            .into_iter()
            .filter_map(parameters)
            .any(|given| given.get("MessageAttributes").is_some());
        let filters = self.scoped_filters();
        let transformer = if parameters("UniversalTargetParameters").is_some() {
            self.note(NoteKind::OpaqueInput);
            DeclaredTransformer::Unknown
        } else {
            self.transformer()
        };
        let (name, _) = self.naming.name(self.id, self.resource);
        let queues = self.at(&["OnFailureConfiguration", "Arn"]).cloned();
        let queues = self.failure_holders(queues.as_ref());
        let stopped = is_state(self.at(&["State"]), "STOPPED");
        let targets = self.ends(target, usual);
        for (bus, to) in buses
            .iter()
            .flat_map(|bus| targets.iter().map(move |to| (bus, to)))
        {
            for dead_letters in &queues {
                let subscriber = DeclaredSubscriber {
                    bus: bus.end.name().clone(),
                    name: name.clone(),
                    id: Some(self.label()),
                    filters: filters.clone(),
                    to: to.end.clone(),
                    transformer: transformer.clone(),
                    sets_attributes,
                    dead_letters: dead_letters.clone(),
                    disabled: stopped.unwrap_or(false),
                    origin: self.origin(),
                };
                let is_certain = bus.is_certain && to.is_certain && stopped.is_some();
                self.declare_if(is_certain, Declaration::Subscriber(Box::new(subscriber)));
            }
        }
    }

    /// The filters, each with its scope. One of which nothing is known takes everything.
    fn scoped_filters(&mut self) -> Vec<(FilterScope, Document)> {
        let Some(given) = self.at(&["FilterConfiguration"]).cloned() else {
            return Vec::new();
        };
        let filters = match given.get("Filters") {
            Some(filters) => filters.clone(),
            None if given.as_map().is_some() || given == Value::Null => return Vec::new(),
            None => given,
        };
        let Some(filters) = filters.as_list() else {
            self.note(NoteKind::Approximated("its filters"));
            return vec![(FilterScope::Data, Document::Unknown)];
        };
        let mut scoped = Vec::new();
        for filter in filters {
            let scope = filter.get("Scope").and_then(Value::as_text);
            let Some(scope) = scope.and_then(FilterScope::named) else {
                self.note(NoteKind::Approximated("the scope of one of its filters"));
                scoped.push((FilterScope::Data, Document::Unknown));
                continue;
            };
            if let Some(pattern) = filter.get("Pattern") {
                scoped.push((scope, self.condition(pattern, "one of its filters")));
            }
        }
        scoped
    }

    fn transformer(&mut self) -> DeclaredTransformer {
        let kind = self.at(&["Transformer", "Type"]).map(Value::as_text);
        let keys = ["Transformer", "JsonataConfiguration", "Expression"];
        let expression = self.at(&keys).and_then(Value::as_text);
        match (kind, expression) {
            (None | Some(Some("RAW")), _) => DeclaredTransformer::Raw,
            (Some(Some("WITH_METADATA")), _) => DeclaredTransformer::WithMetadata,
            (Some(Some("JSONATA")), Some(text)) => DeclaredTransformer::Jsonata(text.to_owned()),
            _ => {
                self.note(NoteKind::OpaqueInput);
                DeclaredTransformer::Unknown
            }
        }
    }

    /// Reads an event source of a V2 bus. It forwards the events of an AWS service from the default bus,
    /// or those of a partner from the partner's bus, so it is shown as a rule.
    pub(super) fn event_source(&mut self) {
        let buses = self.ends_needed(&["EventBusArn"], Kind::Bus, "bus");
        let of_service = ["Configuration", "AwsServiceEventsConfiguration"];
        let of_partner = ["Configuration", "PartnerEventsConfiguration"];
        let (given, from, source) = if let Some(given) = self.at(&of_service).cloned() {
            let source = given.get("AwsService").and_then(Value::as_text);
            let source = source.map_or_else(any, |source| json!([source]));
            (given, self.naming.default_bus(), source)
        } else if let Some(given) = self.at(&of_partner).cloned() {
            let named = given.get("PartnerEventSourceArn");
            let named = named.and_then(Value::as_text).and_then(|arn| {
                let (_, name) = arn.split_once(":event-source/")?;
                Some(name.to_owned())
            });
            let name = named.unwrap_or_else(|| format!("unknown:{}", self.id.id));
            (given, self.naming.bus_here(&name), any())
        } else {
            self.note(NoteKind::Missing(
                "configuration of a source that is known here",
            ));
            return;
        };
        let pattern = given
            .get("Pattern")
            .filter(|one| **one != Value::Null)
            .cloned();
        let pattern = pattern.map(|pattern| self.condition(&pattern, "its event pattern"));
        let pattern = pattern.unwrap_or_else(|| Document::Json(json!({})));
        let pattern = pattern.with_field("source", source);
        let queues = self.failure_holders(given.at(&["OnFailureConfiguration", "Arn"]));
        let mut targets = Vec::new();
        for to in &buses {
            for dead_letters in &queues {
                targets.push(DeclaredTarget {
                    to: to.end.clone(),
                    input: DeclaredInput::Whole,
                    dead_letters: dead_letters.clone(),
                    is_approximate: !to.is_certain,
                    origin: self.origin(),
                });
            }
        }
        let (name, _) = self.naming.name(self.id, self.resource);
        self.declare(Declaration::Rule(DeclaredRule {
            bus: from.name().clone(),
            name,
            id: Some(self.label()),
            pattern: Some(pattern),
            is_scheduled: false,
            disabled: false,
            targets,
            origin: self.origin(),
        }));
    }
}

/// A comparison that every event passes.
fn any() -> serde_json::Value {
    json!([{ "exists": true }])
}
