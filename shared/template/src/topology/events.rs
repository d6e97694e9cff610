//! Reads EventBridge and its scheduler.

use piitrail_flow::topology::declared::{
    Declaration, DeclaredArchive, DeclaredRule, DeclaredTarget,
};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::values::{is_state, number};
use super::{Candidate, Part};
use crate::note::NoteKind;
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

/// Returns the resource that a target sends to. For a task of ECS the ARN names the cluster, and the task is
/// what receives the event.
pub(super) fn receiver<'v>(
    arn: Option<&'v Value>,
    ecs_parameters: Option<&'v Value>,
) -> Option<&'v Value> {
    let task = ecs_parameters.and_then(|given| given.get("TaskDefinitionArn"));
    task.filter(|task| **task != Value::Null).or(arn)
}

impl Part<'_> {
    pub(super) fn bus(&mut self) {
        let key = self.key(self.at(&["KmsKeyIdentifier"]));
        self.own_resource(key, number(None));
        self.own_dead_letters(&["DeadLetterConfig", "Arn"]);
    }

    pub(super) fn rule(&mut self) {
        let buses = match self.at(&["EventBusName"]).cloned() {
            Some(Value::Null) | None => vec![Candidate {
                end: self.naming.default_bus(),
                is_certain: true,
            }],
            Some(name) => {
                let mut buses = self.ends(&name, Kind::Bus);
                if name.alternatives().contains(&Value::Null) {
                    buses.push(Candidate {
                        end: self.naming.default_bus(),
                        is_certain: false,
                    });
                }
                buses
            }
        };
        let pattern = self.condition_at(&["EventPattern"], "its event pattern");
        let is_scheduled = self
            .at(&["ScheduleExpression"])
            .is_some_and(|one| *one != Value::Null);
        if pattern.is_none() && !is_scheduled {
            self.note(NoteKind::Missing("event pattern or schedule"));
        }
        let given = self.at(&["Targets"]).cloned();
        if given
            .as_ref()
            .is_some_and(|given| given.as_list().is_none())
        {
            self.note(NoteKind::Unread("its targets"));
        }
        let mut targets = Vec::new();
        for target in given.as_ref().and_then(Value::as_list).unwrap_or_default() {
            let arn = receiver(target.get("Arn"), target.get("EcsParameters")).cloned();
            let Some(arn) = arn else {
                self.note(NoteKind::Missing("target's ARN"));
                continue;
            };
            // Where the whole target may be missing, so may each of its properties.
            let is_there = !arn.alternatives().contains(&Value::Null);
            let present = target.present();
            let target = if is_there { target } else { &present };
            let (input, is_known) = self.input(target);
            let queues = self.failure_holders(target.at(&["DeadLetterConfig", "Arn"]));
            for to in self.ends(&arn, usual_target(target)) {
                for dead_letters in &queues {
                    targets.push(DeclaredTarget {
                        to: to.end.clone(),
                        input: input.clone(),
                        dead_letters: dead_letters.clone(),
                        is_approximate: !(to.is_certain && is_known),
                        origin: self.origin(),
                    });
                }
            }
        }
        let (name, _) = self.naming.name(self.id, self.resource);
        let disabled = is_state(self.at(&["State"]), "DISABLED");
        for bus in buses {
            let rule = DeclaredRule {
                bus: bus.end.name().clone(),
                name: name.clone(),
                id: Some(self.label()),
                pattern: pattern.clone(),
                is_scheduled,
                disabled: disabled.unwrap_or(false),
                targets: targets.clone(),
                origin: self.origin(),
            };
            let is_certain = bus.is_certain && disabled.is_some();
            self.declare_if(is_certain, Declaration::Rule(rule));
        }
    }

    pub(super) fn archive(&mut self) {
        let key = self.key(self.at(&["KmsKeyIdentifier"]));
        let days = number(self.at(&["RetentionDays"]));
        self.own_resource(key, days);
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let source = match self.at(&["SourceArn"]) {
            Some(_) => "SourceArn",
            None => "EventSourceArn",
        };
        let buses = self.ends_needed(&[source], Kind::Bus, "bus");
        let pattern = self.condition_at(&["EventPattern"], "its event pattern");
        for bus in buses {
            let archive = DeclaredArchive {
                bus: bus.end.name().clone(),
                name: own.name().name.clone(),
                pattern: pattern.clone(),
                origin: self.origin(),
            };
            self.declare_if(bus.is_certain, Declaration::Archive(archive));
        }
    }

    pub(super) fn schedule(&mut self) {
        let target = self.at(&["Target"]).cloned().unwrap_or(Value::Null);
        let arn = receiver(target.get("Arn"), target.get("EcsParameters")).cloned();
        let Some(arn) = arn else {
            self.note(NoteKind::Missing("target's ARN"));
            return;
        };
        let (input, is_known) = self.input(&target);
        let queues = self.failure_holders(target.at(&["DeadLetterConfig", "Arn"]));
        let disabled = is_state(self.at(&["State"]), "DISABLED");
        for to in self.ends(&arn, usual_target(&target)) {
            for dead_letters in &queues {
                let route = PlainRoute {
                    via: Some(self.label()),
                    input: input.clone().into_json(),
                    disabled: disabled.unwrap_or(false),
                    dead_letters: dead_letters.as_ref().map(|end| end.name().clone()),
                    ..self.plain(PlainRouteKind::Schedule, End::clock(), to.end.clone())
                };
                let is_certain = to.is_certain && disabled.is_some() && is_known;
                self.declare_if(is_certain, Declaration::Route(route));
            }
        }
    }
}
