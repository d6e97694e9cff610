//! Expands the events that make rules and schedules, for functions and state machines, with their
//! dead-letter queues.

use crate::node::{Build, Kind, Tree};
use crate::note::NoteKind;

use super::event::Event;
use super::{Expansion, Target};

/// The maximum length of the id of a rule's target in EventBridge.
const TARGET_ID: usize = 64;

/// Returns an id that is cut so that EventBridge accepts it with its suffix.
fn target_id(id: &str, suffix: &str) -> String {
    let kept = id.len().min(TARGET_ID - suffix.len());
    // All characters of an id that AWS accepts are single bytes, so this moves only in other ids.
    let mut end = kept;
    while !id.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &id[..end])
}

impl Expansion<'_, '_> {
    /// Adds a rule that invokes a function, and the permission.
    pub(super) fn function_rule(&mut self, target: &Target, event: &Event, is_schedule: bool) {
        self.rule(target, event, is_schedule, None);
        let build = event.build();
        let source = Some(build.attribute(&event.id, "Arn"));
        self.permission(
            target,
            event,
            "events.amazonaws.com",
            &[("SourceArn", source)],
            "",
        );
    }

    /// Adds a rule with one target. `role` is the role of a state machine's rule.
    pub(super) fn rule(
        &mut self,
        target: &Target,
        event: &Event,
        is_schedule: bool,
        role: Option<Tree>,
    ) {
        let build = event.build();
        let dead_letters = self.dead_letters(target, event, true);
        let suffix = match role {
            Some(_) => "StepFunctionsTarget",
            None => "LambdaTarget",
        };
        // A function's schedule does not take an id.
        let named = event
            .get("Target")
            .and_then(|named| named.get("Id").cloned());
        let named = named.filter(|_| !is_schedule || role.is_some());
        let rule_target = build.some([
            ("Arn", Some(target.arn.clone())),
            (
                "Id",
                Some(named.unwrap_or_else(|| build.text(target_id(&event.id, suffix)))),
            ),
            ("RoleArn", role),
            ("Input", event.get("Input")),
            ("InputPath", event.get("InputPath").filter(|_| !is_schedule)),
            (
                "DeadLetterConfig",
                dead_letters.map(|arn| build.map([("Arn", arn)])),
            ),
            ("RetryPolicy", event.get("RetryPolicy")),
            (
                "InputTransformer",
                event.get("InputTransformer").filter(|_| !is_schedule),
            ),
        ]);
        let name = if is_schedule { "Name" } else { "RuleName" };
        let properties = build.some([
            (
                "Description",
                event.get("Description").filter(|_| is_schedule),
            ),
            (
                "EventBusName",
                event.get("EventBusName").filter(|_| !is_schedule),
            ),
            (
                "EventPattern",
                event.get("Pattern").filter(|_| !is_schedule),
            ),
            ("Name", event.get(name)),
            (
                "ScheduleExpression",
                event.get("Schedule").filter(|_| is_schedule),
            ),
            ("State", state(event)),
            ("Targets", Some(build.list(vec![rule_target]))),
        ]);
        let kind = "AWS::Events::Rule";
        self.add_event(target, event, kind, &properties);
    }

    /// Adds the Scheduler schedule of a `ScheduleV2` event, with a role.
    pub(super) fn schedule(&mut self, target: &Target, event: &Event) {
        let build = event.build();
        let condition = target.condition.as_ref();
        let dead_letters = self.dead_letters(target, event, false);
        let role = event.get("RoleArn").unwrap_or_else(|| {
            let role = format!("{}Role", event.id);
            let arn = build.attribute(&role, "Arn");
            self.add(
                role,
                "AWS::IAM::Role",
                &target.id,
                condition,
                &build.map([]),
            );
            arn
        });
        let schedule_target = build.some([
            ("Arn", Some(target.arn.clone())),
            ("RoleArn", Some(role)),
            ("Input", event.get("Input")),
            (
                "DeadLetterConfig",
                dead_letters.map(|arn| build.map([("Arn", arn)])),
            ),
            ("RetryPolicy", event.get("RetryPolicy")),
        ]);
        let omits_name = event.get("OmitName").and_then(|omit| omit.as_bool());
        let name = match omits_name {
            Some(true) => None,
            _ => Some(event.get("Name").unwrap_or_else(|| build.text(&event.id))),
        };
        let window = event.get("FlexibleTimeWindow");
        let window = window.unwrap_or_else(|| build.map([("Mode", build.text("OFF"))]));
        let mut properties = vec![
            ("Name", name),
            ("FlexibleTimeWindow", Some(window)),
            ("Target", Some(schedule_target)),
        ];
        for property in [
            "ScheduleExpression",
            "State",
            "Description",
            "StartDate",
            "EndDate",
            "ScheduleExpressionTimezone",
            "GroupName",
            "KmsKeyArn",
        ] {
            properties.push((property, event.get(property)));
        }
        let properties = build.some(properties);
        let kind = "AWS::Scheduler::Schedule";
        self.add(event.id.clone(), kind, &target.id, condition, &properties);
    }

    /// Returns the ARN of an event's dead-letter queue, which is made for `Type: SQS`. The queue of
    /// a rule also needs a policy.
    fn dead_letters(&mut self, target: &Target, event: &Event, of_a_rule: bool) -> Option<Tree> {
        let config = event.get("DeadLetterConfig")?;
        let build = Build(config.line);
        if let Some(arn) = config.get("Arn") {
            return Some(arn.clone());
        }
        let named = config.get("QueueLogicalId");
        let is_valid = config.get_text("Type") == Some("SQS")
            && named.is_none_or(|named| named.as_text().is_some());
        if !is_valid {
            let kind = NoteKind::Malformed("the event's dead-letter queue");
            self.note(&target.id, config.line, kind);
            return None;
        }
        let named = named.and_then(|named| named.as_text());
        let queue = named.map_or_else(|| format!("{}Queue", event.id), str::to_owned);
        let arn = build.attribute(&queue, "Arn");
        let condition = target.condition.as_ref();
        self.add(
            queue.clone(),
            "AWS::SQS::Queue",
            &target.id,
            condition,
            &build.map([]),
        );
        if of_a_rule {
            let statement = build.map([
                ("Action", build.text("sqs:SendMessage")),
                ("Effect", build.text("Allow")),
                (
                    "Principal",
                    build.map([("Service", build.text("events.amazonaws.com"))]),
                ),
                ("Resource", arn.clone()),
                (
                    "Condition",
                    source_is(build, build.attribute(&event.id, "Arn")),
                ),
            ]);
            let policy = queue_policy(build, statement, build.reference(&queue));
            let id = format!("{}QueuePolicy", event.id);
            self.add(id, "AWS::SQS::QueuePolicy", &target.id, condition, &policy);
        }
        Some(arn)
    }
}

/// Builds a queue policy with one statement.
pub(super) fn queue_policy(build: Build, statement: Tree, queue: Tree) -> Tree {
    build.map([
        (
            "PolicyDocument",
            build.map([
                ("Version", build.text("2012-10-17")),
                ("Statement", build.list(vec![statement])),
            ]),
        ),
        ("Queues", build.list(vec![queue])),
    ])
}

/// Builds the condition of a statement that its source is this ARN.
pub(super) fn source_is(build: Build, arn: Tree) -> Tree {
    build.map([("ArnEquals", build.map([("aws:SourceArn", arn)]))])
}

/// Returns `State`, or the state that `Enabled` means. The translator treats an `Enabled` that is a
/// function as true.
fn state(event: &Event) -> Option<Tree> {
    let enabled = event.get("Enabled").map(|enabled| match &enabled.kind {
        Kind::Bool(enabled) => *enabled,
        _ => enabled.as_bool().unwrap_or(true),
    });
    let text = |enabled| if enabled { "ENABLED" } else { "DISABLED" };
    match enabled {
        Some(enabled) => Some(event.build().text(text(enabled))),
        None => event.get("State"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_id_is_cut_before_its_suffix() {
        assert_eq!(
            target_id("FunctionEvent", "LambdaTarget"),
            "FunctionEventLambdaTarget"
        );
        let long = "A".repeat(80);
        assert_eq!(target_id(&long, "LambdaTarget").len(), 64);
        assert_eq!(target_id(&"ö".repeat(40), "LambdaTarget").len(), 64);
    }
}
