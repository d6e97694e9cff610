//! Reads EventBridge and its scheduler.

use piitrail_flow::topology::declared::{
    Declaration, DeclaredArchive, DeclaredInput, DeclaredRule, DeclaredTarget,
};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::Part;
use super::values::{is_state, number};
use crate::value::Value;

/// The kind of a target, by the parameters that only one kind of target has.
const TARGET_PARAMETERS: &[(&str, Kind)] = &[
    ("AppSyncParameters", Kind::GraphqlApi),
    ("BatchParameters", Kind::BatchJob),
    ("EcsParameters", Kind::EcsTask),
    ("EventBridgeParameters", Kind::Bus),
    ("KinesisParameters", Kind::Stream),
    ("RedshiftDataParameters", Kind::Redshift),
    ("SqsParameters", Kind::Queue),
];

fn usual_target(target: &Value) -> Kind {
    let row = TARGET_PARAMETERS.iter();
    let mut fitting = row.filter(|(name, _)| target.get(name).is_some());
    fitting.next().map_or(Kind::Other, |(_, kind)| *kind)
}

impl Part<'_> {
    pub(super) fn bus(&mut self) {
        let key = self.key(self.at(&["KmsKeyIdentifier"]));
        self.own_resource(key, number(None));
        self.own_dead_letters(&["DeadLetterConfig", "Arn"]);
    }

    pub(super) fn rule(&mut self) {
        let buses = match self.at(&["EventBusName"]).cloned() {
            Some(Value::Null) | None => vec![self.naming.default_bus()],
            Some(name) => self.ends(&name, Kind::Bus),
        };
        let pattern = self.at(&["EventPattern"]).cloned();
        let pattern = pattern
            .filter(|pattern| *pattern != Value::Null)
            .map(|pattern| self.condition(&pattern, "its event pattern"));
        let given = self.at(&["Targets"]).cloned();
        let mut targets = Vec::new();
        for target in given.as_ref().and_then(Value::as_list).unwrap_or_default() {
            let Some(arn) = target.get("Arn") else {
                continue;
            };
            let input = self.input(target);
            let dead_letters = target.at(&["DeadLetterConfig", "Arn"]);
            let dead_letters =
                dead_letters.and_then(|arn| self.ends(arn, Kind::Queue).into_iter().next());
            for to in self.ends(arn, usual_target(target)) {
                targets.push(DeclaredTarget {
                    to,
                    input: input.clone(),
                    dead_letters: dead_letters.clone(),
                    origin: self.origin(),
                });
            }
        }
        let (name, _) = self.naming.name(self.id, self.resource);
        for bus in buses {
            self.declare(Declaration::Rule(DeclaredRule {
                bus: bus.name().clone(),
                name: name.clone(),
                id: Some(self.label()),
                pattern: pattern.clone(),
                is_scheduled: self.at(&["ScheduleExpression"]).is_some(),
                disabled: is_state(self.at(&["State"]), "DISABLED"),
                targets: targets.clone(),
                origin: self.origin(),
            }));
        }
    }

    pub(super) fn archive(&mut self) {
        let key = self.key(self.at(&["KmsKeyIdentifier"]));
        let days = number(self.at(&["RetentionDays"]));
        self.own_resource(key, days);
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let bus = self.end_at(&["SourceArn"], Kind::Bus);
        let bus = bus.or_else(|| self.end_at(&["EventSourceArn"], Kind::Bus));
        let Some(bus) = bus else {
            return;
        };
        let pattern = self.at(&["EventPattern"]).cloned();
        let pattern = pattern.filter(|pattern| *pattern != Value::Null);
        let pattern = pattern.map(|pattern| self.condition(&pattern, "its event pattern"));
        self.declare(Declaration::Archive(DeclaredArchive {
            bus: bus.name().clone(),
            name: own.name().name.clone(),
            pattern,
            origin: self.origin(),
        }));
    }

    pub(super) fn schedule(&mut self) {
        let Some(target) = self.at(&["Target"]).cloned() else {
            return;
        };
        let Some(arn) = target.get("Arn") else {
            return;
        };
        let input: DeclaredInput = self.input(&target);
        let dead_letters = target.at(&["DeadLetterConfig", "Arn"]);
        let dead_letters =
            dead_letters.and_then(|arn| self.ends(arn, Kind::Queue).into_iter().next());
        for to in self.ends(arn, usual_target(&target)) {
            self.declare(Declaration::Route(PlainRoute {
                kind: PlainRouteKind::Schedule,
                from: End::clock(),
                to,
                via: Some(self.label()),
                filter: None,
                input: input.clone().into_json(),
                disabled: is_state(self.at(&["State"]), "DISABLED"),
                dead_letters: dead_letters.as_ref().map(|end| end.name().clone()),
                origin: self.origin(),
            }));
        }
    }
}
