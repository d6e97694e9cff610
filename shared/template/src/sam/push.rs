//! Expands the events that a service sends to the function: from topics, buckets, log groups,
//! devices and user pools. Each needs a permission for the service.

use crate::node::{Kind, Tree};
use crate::note::NoteKind;

use super::event::Event;
use super::schedule::{queue_policy, source_is};
use super::{Expansion, Target};

impl Expansion<'_, '_> {
    /// Adds the permission of a service to invoke the function.
    pub(super) fn permission(
        &mut self,
        target: &Target,
        event: &Event,
        principal: &str,
        sources: &[(&'static str, Option<Tree>)],
        suffix: &str,
    ) {
        let id = format!("{}Permission{suffix}", event.id);
        self.permission_named(id, target, event, principal, sources);
    }

    pub(super) fn permission_named(
        &mut self,
        id: String,
        target: &Target,
        event: &Event,
        principal: &str,
        sources: &[(&'static str, Option<Tree>)],
    ) {
        let build = event.build();
        let mut properties = vec![
            ("Action", Some(build.text("lambda:InvokeFunction"))),
            ("FunctionName", Some(target.name.clone())),
            ("Principal", Some(build.text(principal))),
        ];
        properties.extend(sources.iter().cloned());
        let properties = build.some(properties);
        let kind = "AWS::Lambda::Permission";
        self.add(id, kind, &target.id, target.condition.as_ref(), &properties);
    }

    pub(super) fn topic(&mut self, target: &Target, event: &Event) {
        let build = event.build();
        let topic = event.get("Topic");
        let queue = event.get("SqsSubscription");
        let through_queue = queue.as_ref().is_some_and(|queue| match &queue.kind {
            Kind::Map(entries) => !entries.is_empty(),
            _ => queue.as_bool().unwrap_or(false),
        });
        if !through_queue {
            self.subscription(target, event, "lambda", target.arn.clone());
            let source = ("SourceArn", topic);
            self.permission(target, event, "sns.amazonaws.com", &[source], "");
            return;
        }
        let Some(topic) = topic else {
            self.note(
                &target.id,
                event.line,
                NoteKind::Malformed("the topic's event"),
            );
            return;
        };
        let existing = queue.as_ref().and_then(|queue| queue.as_map());
        let (arn, url, policy) = match existing {
            None => {
                let id = format!("{}Queue", event.id);
                let arn_and_url = (build.attribute(&id, "Arn"), build.reference(&id));
                let is_fifo = self.is_fifo(&topic);
                let fifo = is_fifo.then(|| ("FifoQueue", build.bool(true)));
                let properties = build.map(fifo);
                let condition = target.condition.as_ref();
                self.add(id, "AWS::SQS::Queue", &target.id, condition, &properties);
                (arn_and_url.0, arn_and_url.1, None)
            }
            Some(existing) => {
                let (Some(arn), Some(url)) = (existing.get("QueueArn"), existing.get("QueueUrl"))
                else {
                    let kind = NoteKind::Malformed("the topic event's queue");
                    self.note(&target.id, event.line, kind);
                    return;
                };
                let policy = existing.get("QueuePolicyLogicalId");
                let policy = policy.and_then(|id| id.as_text()).map(str::to_owned);
                (arn.clone(), url.clone(), policy)
            }
        };
        let batch = existing.and_then(|existing| existing.get("BatchSize"));
        let batch = batch.cloned().unwrap_or_else(|| build.number(10));
        let mapping = Event {
            id: format!("{}EventSourceMapping", event.id),
            line: event.line,
            properties: build.map([
                ("Queue", arn.clone()),
                ("BatchSize", batch),
                ("Enabled", build.bool(true)),
            ]),
        };
        self.mapping(target, &mapping, "SQS");
        let statement = build.map([
            ("Action", build.text("sqs:SendMessage")),
            ("Effect", build.text("Allow")),
            ("Principal", build.text("*")),
            ("Resource", arn.clone()),
            ("Condition", source_is(build, topic)),
        ]);
        let id = policy.unwrap_or_else(|| format!("{}QueuePolicy", event.id));
        let policy = queue_policy(build, statement, url);
        let condition = target.condition.as_ref();
        self.add(id, "AWS::SQS::QueuePolicy", &target.id, condition, &policy);
        self.subscription(target, event, "sqs", arn);
    }

    fn subscription(&mut self, target: &Target, event: &Event, protocol: &str, endpoint: Tree) {
        let build = event.build();
        let properties = build.some([
            ("Protocol", Some(build.text(protocol))),
            ("Endpoint", Some(endpoint)),
            ("TopicArn", event.get("Topic")),
            ("Region", event.get("Region")),
            ("FilterPolicy", event.get("FilterPolicy")),
            ("FilterPolicyScope", event.get("FilterPolicyScope")),
            ("RedrivePolicy", event.get("RedrivePolicy")),
        ]);
        let kind = "AWS::SNS::Subscription";
        self.add_event(target, event, kind, &properties);
    }

    fn is_fifo(&mut self, topic: &Tree) -> bool {
        let properties = topic
            .referenced_id()
            .and_then(|id| self.originals.get(id)?.get("Properties"));
        let fifo = properties
            .and_then(|properties| properties.get("FifoTopic"))
            .cloned();
        let fifo = fifo.and_then(|fifo| self.plain(&fifo));
        fifo.is_some_and(|fifo| fifo.eq_ignore_ascii_case("true"))
    }

    pub(super) fn bucket(&mut self, target: &Target, event: &Event) {
        let build = event.build();
        let bucket = event.get("Bucket");
        let bucket = bucket.as_ref().and_then(|bucket| bucket.ref_id());
        let Some(bucket) = bucket.filter(|id| self.originals.contains_key(*id)) else {
            self.note(&target.id, event.line, NoteKind::NotInTemplate("bucket"));
            return;
        };
        let account = build.reference("AWS::AccountId");
        let source = ("SourceAccount", Some(account));
        self.permission(target, event, "s3.amazonaws.com", &[source], "");
        for kind in items(event.get("Events")) {
            let notification = build.some([
                ("Event", Some(kind)),
                ("Function", Some(target.arn.clone())),
                ("Filter", event.get("Filter")),
            ]);
            let notification = match &target.condition {
                Some(condition) => build.either(condition, notification),
                None => notification,
            };
            self.notifications.push((bucket.to_owned(), notification));
        }
    }

    pub(super) fn log_group(&mut self, target: &Target, event: &Event) {
        let build = event.build();
        let group = event.get("LogGroupName");
        let source = group.clone().map(|group| {
            let text = format!(
                "arn:{}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{__LogGroupName__}}:*",
                self.world.settings.partition
            );
            build.sub(&text, Some(build.map([("__LogGroupName__", group)])))
        });
        self.permission(
            target,
            event,
            "logs.amazonaws.com",
            &[("SourceArn", source)],
            "",
        );
        let properties = build.some([
            ("LogGroupName", group),
            ("FilterPattern", event.get("FilterPattern")),
            ("DestinationArn", Some(target.arn.clone())),
        ]);
        let kind = "AWS::Logs::SubscriptionFilter";
        self.add_event(target, event, kind, &properties);
    }

    pub(super) fn iot_rule(&mut self, target: &Target, event: &Event) {
        let build = event.build();
        let text = format!(
            "arn:{}:iot:${{AWS::Region}}:${{AWS::AccountId}}:rule/${{RuleName}}",
            self.world.settings.partition
        );
        let name = build.map([("RuleName", build.reference(&event.id))]);
        let sources = [
            ("SourceArn", Some(build.sub(&text, Some(name)))),
            ("SourceAccount", Some(build.sub("${AWS::AccountId}", None))),
        ];
        self.permission(target, event, "iot.amazonaws.com", &sources, "");
        let action = build.map([("FunctionArn", target.arn.clone())]);
        let action = build.map([("Lambda", action)]);
        let payload = build.some([
            ("Sql", event.get("Sql")),
            ("AwsIotSqlVersion", event.get("AwsIotSqlVersion")),
            ("RuleDisabled", Some(build.bool(false))),
            ("Actions", Some(build.list(vec![action]))),
        ]);
        let properties = build.map([("TopicRulePayload", payload)]);
        let kind = "AWS::IoT::TopicRule";
        self.add_event(target, event, kind, &properties);
    }

    pub(super) fn user_pool(&mut self, target: &Target, event: &Event) {
        let build = event.build();
        let pool = event.get("UserPool");
        let pool = pool.as_ref().and_then(|pool| pool.ref_id());
        let Some(pool) = pool.filter(|id| self.originals.contains_key(*id)) else {
            self.note(&target.id, event.line, NoteKind::NotInTemplate("user pool"));
            return;
        };
        let function = match target.name.ref_id() {
            Some(id) => id.to_owned(),
            None => target.id.clone(),
        };
        let source = ("SourceArn", Some(build.attribute(pool, "Arn")));
        let id = format!("{function}CognitoPermission");
        self.permission_named(id, target, event, "cognito-idp.amazonaws.com", &[source]);
        for trigger in items(event.get("Trigger")) {
            if let Some(trigger) = trigger.as_text() {
                let trigger = trigger.to_owned();
                self.triggers
                    .push((pool.to_owned(), trigger, target.arn.clone()));
            }
        }
    }

    pub(super) fn skill(&mut self, target: &Target, event: &Event) {
        let token = ("EventSourceToken", event.get("SkillId"));
        self.permission(target, event, "alexa-appkit.amazon.com", &[token], "");
        self.note(&target.id, event.line, NoteKind::ApiEvent);
    }
}

/// Returns the items of a list, or a single value as one item.
fn items(tree: Option<Tree>) -> Vec<Tree> {
    match tree {
        None => Vec::new(),
        Some(tree) => match tree.as_list() {
            Some(items) => items.to_vec(),
            None => vec![tree],
        },
    }
}
