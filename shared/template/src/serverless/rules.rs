//! Expands the events that make rules and schedules.

use crate::node::{Build, Tree};

use super::events::{Event, Service, alphanumeric, capitalised};

impl Service<'_, '_> {
    pub(super) fn schedule(&mut self, event: &Event<'_>) {
        let build = event.build();
        let rates = event.get_or_whole("rate");
        let rates = match rates.as_ref().map(|rates| (rates, rates.as_list())) {
            Some((_, Some(rates))) => rates.to_vec(),
            Some((rate, None)) => vec![rate.clone()],
            None => Vec::new(),
        };
        let state = build.text(if event.is_disabled() {
            "DISABLED"
        } else {
            "ENABLED"
        });
        let input = event.get("input").map(|input| match input.as_map() {
            Some(_) if input.intrinsic().is_none() => {
                build.map([("Fn::ToJsonString", input.clone())])
            }
            _ => input,
        });
        let by_scheduler = event.get("method").and_then(|method| method.scalar_text());
        let by_scheduler = by_scheduler.as_deref() == Some("scheduler");
        for (more, rate) in rates.into_iter().enumerate() {
            let index = event.index + more;
            if by_scheduler {
                let target =
                    build.some([("Arn", Some(event.function())), ("Input", input.clone())]);
                let properties = build.some([
                    ("ScheduleExpression", Some(rate)),
                    ("State", Some(state.clone())),
                    ("Name", event.get("name")),
                    ("Target", Some(target)),
                ]);
                let id = format!("{}EventsSchedulerSchedule{index}", event.prefix);
                self.add(&id, "AWS::Scheduler::Schedule", &properties);
                continue;
            }
            let target = build.some([
                ("Arn", Some(event.function())),
                ("Input", input.clone()),
                ("InputPath", event.get("inputPath")),
                (
                    "InputTransformer",
                    event.get("inputTransformer").map(|tree| transformer(&tree)),
                ),
            ]);
            let properties = build.some([
                ("ScheduleExpression", Some(rate)),
                ("State", Some(state.clone())),
                ("Name", event.get("name")),
                ("Targets", Some(build.list(vec![target]))),
            ]);
            let id = format!("{}EventsRuleSchedule{index}", event.prefix);
            self.add(&id, "AWS::Events::Rule", &properties);
        }
    }

    pub(super) fn event_bridge(&mut self, event: &Event<'_>) {
        let build = event.build();
        let bus = event.get("eventBus");
        let name = bus
            .as_ref()
            .and_then(|bus| bus.as_text())
            .unwrap_or("default");
        let is_own = !name.starts_with("arn:")
            && !name.starts_with("aws.partner")
            && !name.contains("${")
            && name != "default";
        let bus = if is_own {
            let id = format!("{}EventBridgeEventBus", capitalised(&alphanumeric(name)));
            let properties = build.map([("Name", build.text(name))]);
            // If the file itself defines a bus under this id, the rule uses that bus.
            if !self.resources.contains_key(&id) {
                self.add(&id, "AWS::Events::EventBus", &properties);
            }
            Some(build.reference(&id))
        } else {
            bus
        };
        let dead_letters = event.get("deadLetterQueueArn");
        let input = event.get("input").map(|input| match input.as_map() {
            Some(_) if input.intrinsic().is_none() => {
                build.map([("Fn::ToJsonString", input.clone())])
            }
            _ => input,
        });
        let target = build.some([
            ("Arn", Some(event.function())),
            ("Input", input),
            ("InputPath", event.get("inputPath")),
            (
                "InputTransformer",
                event.get("inputTransformer").map(|tree| transformer(&tree)),
            ),
            (
                "DeadLetterConfig",
                dead_letters.map(|arn| build.map([("Arn", arn)])),
            ),
            ("RetryPolicy", event.get("retryPolicy")),
        ]);
        let state = build.text(if event.is_disabled() {
            "DISABLED"
        } else {
            "ENABLED"
        });
        let properties = build.some([
            ("EventBusName", bus),
            ("EventPattern", event.get("pattern")),
            ("ScheduleExpression", event.get("schedule")),
            ("State", Some(state)),
            ("Targets", Some(build.list(vec![target]))),
        ]);
        let name = self.resources.get(event.key);
        let name = name.and_then(|function| function.get("Properties")?.get("FunctionName"));
        let name = name.and_then(|name| name.scalar_text());
        let name = name.unwrap_or_else(|| event.key.to_owned());
        let name = capitalised(&alphanumeric(&format!("{name}-rule-{}", event.index)));
        let id = format!("{name}EventBridgeRule");
        self.add(&id, "AWS::Events::Rule", &properties);
    }

    pub(super) fn cloudwatch_event(&mut self, event: &Event<'_>) {
        let build = event.build();
        let target = build.some([
            ("Arn", Some(event.function())),
            ("Input", event.get("input")),
            ("InputPath", event.get("inputPath")),
            (
                "InputTransformer",
                event.get("inputTransformer").map(|tree| transformer(&tree)),
            ),
        ]);
        let state = build.text(if event.is_disabled() {
            "DISABLED"
        } else {
            "ENABLED"
        });
        let properties = build.some([
            ("EventPattern", event.get("event")),
            ("State", Some(state)),
            ("Targets", Some(build.list(vec![target]))),
        ]);
        let id = format!("{}EventsRuleCloudWatchEvent{}", event.prefix, event.index);
        self.add(&id, "AWS::Events::Rule", &properties);
    }
}

/// Converts the framework's own spelling of a transformer.
fn transformer(tree: &Tree) -> Tree {
    Build(tree.line).some([
        ("InputPathsMap", tree.get("inputPathsMap").cloned()),
        ("InputTemplate", tree.get("inputTemplate").cloned()),
    ])
}
