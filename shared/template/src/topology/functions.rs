//! Reads Lambda functions, their mappings and destinations, and state machines.

use piitrail_flow::topology::declared::{Declaration, DeclaredMapping};
use piitrail_flow::topology::{PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::Part;
use super::values::number;
use crate::note::NoteKind;
use crate::value::Value;

impl Part<'_> {
    pub(super) fn function(&mut self) {
        self.plain_resource();
        self.own_dead_letters(&["DeadLetterConfig", "TargetArn"]);
    }

    pub(super) fn state_machine(&mut self) {
        let key = self.key(self.at(&["EncryptionConfiguration", "KmsKeyId"]));
        self.own_resource(key, number(None));
        self.execution_logs();
    }

    pub(super) fn mapping(&mut self) {
        let Some(source) = self.at(&["EventSourceArn"]).cloned() else {
            let source = "it reads a message broker, and routes from there are not followed";
            self.note(NoteKind::NotOnMap(source.to_owned()));
            return;
        };
        let Some(function) = self.at(&["FunctionName"]).cloned() else {
            return;
        };
        // Only streams have a position to start from.
        let usual = match self.at(&["StartingPosition"]) {
            Some(_) => Kind::Stream,
            None => Kind::Queue,
        };
        let criteria = self.at(&["FilterCriteria"]).cloned();
        let filters = self.filters(criteria.as_ref());
        let on_failure = self.end_at(
            &["DestinationConfig", "OnFailure", "Destination"],
            Kind::Queue,
        );
        for from in self.ends(&source, usual) {
            for to in self.ends(&function, Kind::Function) {
                self.declare(Declaration::Mapping(DeclaredMapping {
                    from: from.clone(),
                    to,
                    id: Some(self.label()),
                    disabled: self.at(&["Enabled"]).and_then(Value::as_bool) == Some(false),
                    filters: filters.clone(),
                    on_failure: on_failure.clone(),
                    origin: self.origin(),
                }));
            }
        }
    }

    pub(super) fn invoke_config(&mut self) {
        let Some(from) = self.end_at(&["FunctionName"], Kind::Function) else {
            return;
        };
        for (event, kind, usual) in [
            ("OnSuccess", PlainRouteKind::OnSuccess, Kind::Other),
            ("OnFailure", PlainRouteKind::OnFailure, Kind::Queue),
        ] {
            let destination = self
                .at(&["DestinationConfig", event, "Destination"])
                .cloned();
            let Some(destination) = destination else {
                continue;
            };
            for to in self.ends(&destination, usual) {
                self.declare(Declaration::Route(PlainRoute {
                    kind,
                    from: from.clone(),
                    to,
                    via: Some(self.label()),
                    filter: None,
                    input: None,
                    disabled: false,
                    dead_letters: None,
                    origin: self.origin(),
                }));
            }
        }
    }
}
