//! Expands `AWS::Serverless::StateMachine`: the state machine, its roles and alias, and its events.

use crate::node::{Build, Tree};
use crate::note::NoteKind;
use crate::world::Raw;

use super::event::Event;
use super::{Expansion, Target, tags_to_list};

/// The properties that have another name in CloudFormation.
const RENAMED: &[(&str, &str)] = &[
    ("DefinitionUri", "DefinitionS3Location"),
    ("Logging", "LoggingConfiguration"),
    ("Name", "StateMachineName"),
    ("Role", "RoleArn"),
    ("Tracing", "TracingConfiguration"),
    ("Type", "StateMachineType"),
];

const NOT_OF_THE_MACHINE: &[&str] = &[
    "Events",
    "Policies",
    "AutoPublishAlias",
    "UseAliasAsEventTarget",
    "DeploymentPreference",
    "PermissionsBoundary",
    "PropagateTags",
    "RolePath",
];

impl Expansion<'_, '_> {
    pub(super) fn state_machine(&mut self, id: &str, mut raw: Raw) {
        let build = Build(raw.line);
        let events = raw.properties.get("Events").cloned();
        let condition = raw.condition.clone();
        let alias = raw.properties.get("AutoPublishAlias").cloned();
        let alias = alias.and_then(|alias| self.plain(&alias));
        let use_alias = raw.properties.get("UseAliasAsEventTarget");
        let use_alias = use_alias.and_then(|tree| tree.as_bool()) == Some(true);
        raw.properties
            .retain(|name, _| !NOT_OF_THE_MACHINE.contains(&name.as_str()));
        for (sam, plain) in RENAMED {
            if let Some(value) = raw.properties.shift_remove(*sam) {
                raw.properties.insert((*plain).to_owned(), value);
            }
        }
        let has_role = raw.properties.contains_key("RoleArn");
        let role = format!("{id}Role");
        if !has_role {
            let arn = build.attribute(&role, "Arn");
            raw.properties.insert("RoleArn".to_owned(), arn);
        }
        "AWS::StepFunctions::StateMachine".clone_into(&mut raw.kind);
        tags_to_list(&mut raw.properties, raw.line);
        self.made.insert(id.to_owned(), raw);
        if !has_role {
            self.add(
                role,
                "AWS::IAM::Role",
                id,
                condition.as_ref(),
                &build.map([]),
            );
        }
        let mut arn = build.reference(id);
        if let Some(alias) = alias {
            let made = format!("{id}Alias{alias}");
            let properties = build.map([
                ("Name", build.text(alias)),
                ("StateMachineArn", build.reference(id)),
            ]);
            let kind = "AWS::StepFunctions::StateMachineAlias";
            self.add(made.clone(), kind, id, condition.as_ref(), &properties);
            if use_alias {
                arn = build.reference(&made);
            }
        }
        let target = Target {
            id: id.to_owned(),
            name: arn.clone(),
            arn,
            condition,
        };
        self.state_machine_events(&target, events.as_ref());
    }

    fn state_machine_events(&mut self, target: &Target, events: Option<&Tree>) {
        for (kind, event) in self.events_of(target, events) {
            match kind.as_str() {
                "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => {
                    let is_schedule = kind == "Schedule";
                    let role = event.get("RoleArn").filter(|_| is_schedule);
                    let role = role.unwrap_or_else(|| self.event_role(target, &event));
                    self.rule(target, &event, is_schedule, Some(role));
                }
                "ScheduleV2" => self.schedule(target, &event),
                "Api" => {
                    self.event_role(target, &event);
                    self.note(&target.id, event.line, NoteKind::ApiEvent);
                }
                _ => self.note(&target.id, event.line, NoteKind::UnknownEvent(kind)),
            }
        }
    }

    /// Adds the role with which EventBridge starts the state machine.
    fn event_role(&mut self, target: &Target, event: &Event) -> Tree {
        let build = event.build();
        let role = format!("{}Role", event.id);
        let arn = build.attribute(&role, "Arn");
        let condition = target.condition.as_ref();
        self.add(
            role,
            "AWS::IAM::Role",
            &target.id,
            condition,
            &build.map([]),
        );
        arn
    }
}
