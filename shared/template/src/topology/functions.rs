//! Reads Lambda functions, their mappings and destinations, and state machines.

use piitrail_flow::topology::declared::{Declaration, DeclaredMapping};
use piitrail_flow::topology::{PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::Part;
use super::values::{is_on, number};
use crate::note::NoteKind;

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
        if self.at(&["EventSourceArn"]).is_none() {
            if self.at(&["SelfManagedEventSource"]).is_some() {
                let source = "it reads a Kafka cluster outside of AWS, and routes from there are not \
                              followed";
                self.note(NoteKind::NotOnMap(source.to_owned()));
            } else {
                self.note(NoteKind::Missing("event source"));
            }
            return;
        }
        // Only streams have a position to start from.
        let usual = match self.at(&["StartingPosition"]) {
            Some(_) => Kind::Stream,
            None => Kind::Queue,
        };
        let sources = self.ends_at(&["EventSourceArn"], usual);
        let functions = self.ends_needed(&["FunctionName"], Kind::Function, "function");
        let criteria = self.at(&["FilterCriteria"]).cloned();
        let filters = self.filters(criteria.as_ref());
        let on_failure = ["DestinationConfig", "OnFailure", "Destination"];
        let on_failure = self.at(&on_failure).cloned();
        let holders = self.failure_holders(on_failure.as_ref());
        let enabled = is_on(self.at(&["Enabled"]), true);
        for from in &sources {
            for to in &functions {
                for on_failure in &holders {
                    let mapping = DeclaredMapping {
                        from: from.end.clone(),
                        to: to.end.clone(),
                        id: Some(self.label()),
                        disabled: enabled == Some(false),
                        filters: filters.clone(),
                        on_failure: on_failure.clone(),
                        origin: self.origin(),
                    };
                    let is_certain = from.is_certain && to.is_certain && enabled.is_some();
                    self.declare_if(is_certain, Declaration::Mapping(mapping));
                }
            }
        }
    }

    pub(super) fn invoke_config(&mut self) {
        let functions = self.ends_needed(&["FunctionName"], Kind::Function, "function");
        for (event, kind, usual) in [
            ("OnSuccess", PlainRouteKind::OnSuccess, Kind::Other),
            ("OnFailure", PlainRouteKind::OnFailure, Kind::Queue),
        ] {
            let destinations = self.ends_at(&["DestinationConfig", event, "Destination"], usual);
            for from in &functions {
                for to in &destinations {
                    let route = PlainRoute {
                        via: Some(self.label()),
                        ..self.plain(kind, from.end.clone(), to.end.clone())
                    };
                    let is_certain = from.is_certain && to.is_certain;
                    self.declare_if(is_certain, Declaration::Route(route));
                }
            }
        }
    }
}
