//! Expands functions of the Serverless Framework, their events and their destinations, as version 3
//! compiles them, with its ids. Source:
//! <https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml>

use std::collections::HashMap;

use crate::node::{Build, Entries, Tree};
use crate::note::NoteKind;
use crate::world::World;

pub(super) struct Service<'s, 'f> {
    pub(super) world: &'s mut World<'f>,
    pub(super) file: usize,
    /// The prefix of functions' names, if it is known: service and stage.
    pub(super) prefix: Option<String>,
    pub(super) resources: Entries,
    /// The names of functions in CloudFormation.
    pub(super) names: HashMap<String, String>,
    /// The condition of the function that is being read.
    pub(super) condition: Option<Tree>,
}

/// An event of a function.
pub(super) struct Event<'e> {
    pub(super) key: &'e str,
    /// The function's part of ids.
    pub(super) prefix: &'e str,
    kind: &'e str,
    pub(super) config: &'e Tree,
    /// The position among the function's events of its kind, from 1.
    pub(super) index: usize,
}

impl Event<'_> {
    pub(super) fn build(&self) -> Build {
        Build(self.config.line)
    }

    pub(super) fn get(&self, name: &str) -> Option<Tree> {
        let value = self.config.get(name)?;
        (!value.is_null()).then(|| value.clone())
    }

    /// Returns a property, or the whole event if it is written as a text or a function.
    pub(super) fn get_or_whole(&self, name: &str) -> Option<Tree> {
        let is_whole = self.config.as_map().is_none() || self.config.intrinsic().is_some();
        if is_whole {
            return Some(self.config.clone());
        }
        self.get(name)
    }

    pub(super) fn function(&self) -> Tree {
        self.build().attribute(self.key, "Arn")
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.config.get("enabled").and_then(|tree| tree.as_bool()) == Some(false)
    }
}

impl Service<'_, '_> {
    pub(super) fn function(&mut self, key: &str, function: &Tree) {
        if function.as_map().is_none() {
            let kind = NoteKind::Malformed("the function");
            self.world
                .note_of(self.file, function.line, Some(key.to_owned()), kind);
            return;
        }
        let build = Build(function.line);
        let prefix = id_of_function(key);
        self.names
            .insert(format!("{prefix}LambdaFunction"), key.to_owned());
        let name = function.get("name").cloned();
        let name = name.or_else(|| {
            let prefix = self.prefix.as_ref()?;
            Some(build.text(format!("{prefix}-{key}")))
        });
        let dead_letters = function.get("onError").cloned();
        let dead_letters = dead_letters.map(|arn| build.map([("TargetArn", arn)]));
        let tags = function
            .get("tags")
            .and_then(|tags| tags.as_map())
            .map(|tags| {
                let tag = |(key, value): (&String, &Tree)| {
                    build.map([("Key", build.text(key)), ("Value", value.clone())])
                };
                build.list(tags.iter().map(tag).collect())
            });
        let properties = build.some([
            ("FunctionName", name),
            ("Handler", function.get("handler").cloned()),
            ("Runtime", function.get("runtime").cloned()),
            ("DeadLetterConfig", dead_letters),
            ("Environment", environment(function, build)),
            ("KmsKeyArn", function.get("kmsKeyArn").cloned()),
            ("Tags", tags),
        ]);
        // What is made for the function exists with it.
        self.condition = function.get("condition").cloned();
        self.add(key, "AWS::Lambda::Function", &properties);
        self.destinations(key, &prefix, function);
        self.events(key, &prefix, function);
        self.condition = None;
    }

    pub(super) fn add(&mut self, id: &str, kind: &str, properties: &Tree) {
        let build = Build(properties.line);
        let condition = self.condition.clone();
        let resource = build.some([
            ("Type", Some(build.text(kind))),
            ("Condition", condition),
            ("Properties", Some(properties.clone())),
        ]);
        self.resources.insert(id.to_owned(), resource);
    }

    pub(super) fn note(&mut self, key: &str, line: u32, kind: NoteKind) {
        self.world
            .note_of(self.file, line, Some(key.to_owned()), kind);
    }

    fn destinations(&mut self, key: &str, prefix: &str, function: &Tree) {
        let Some(config) = function.get("destinations") else {
            return;
        };
        let build = Build(config.line);
        let mut outcomes = Vec::new();
        for (name, outcome) in [("onSuccess", "OnSuccess"), ("onFailure", "OnFailure")] {
            if let Some(target) = config.get(name) {
                let arn = destination(target);
                outcomes.push((outcome, build.map([("Destination", arn)])));
            }
        }
        let properties = build.map([
            ("FunctionName", build.reference(key)),
            ("DestinationConfig", build.map(outcomes)),
            ("Qualifier", build.text("$LATEST")),
        ]);
        let id = format!("{prefix}LambdaEvConf");
        self.add(&id, "AWS::Lambda::EventInvokeConfig", &properties);
    }

    fn events(&mut self, key: &str, prefix: &str, function: &Tree) {
        let Some(events) = function.get("events").filter(|events| !events.is_null()) else {
            return;
        };
        let Some(items) = events.as_list() else {
            self.note(key, events.line, NoteKind::Malformed("the list of events"));
            return;
        };
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for item in items {
            let Some((kind, config)) = item.single() else {
                match item.as_text() {
                    Some(_) => self.note(key, item.line, NoteKind::ApiEvent),
                    None => self.note(key, item.line, NoteKind::Malformed("the event")),
                }
                continue;
            };
            let index = seen.entry(kind).or_insert(0);
            *index += 1;
            let event = Event {
                key,
                prefix,
                kind,
                config,
                index: *index,
            };
            self.event(&event);
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        match event.kind {
            "sqs" => self.mapping(event, "SQS"),
            "stream" => self.mapping(event, "stream"),
            "msk" => self.mapping(event, "MSK"),
            "activemq" => self.mapping(event, "ActiveMQ"),
            "rabbitmq" => self.mapping(event, "RabbitMQ"),
            "kafka" => self.mapping(event, "Kafka"),
            "documentdb" => self.mapping(event, "DocumentDB"),
            "sns" => self.topic(event),
            "schedule" => self.schedule(event),
            "eventBridge" => self.event_bridge(event),
            "cloudwatchEvent" => self.cloudwatch_event(event),
            "cloudwatchLog" => self.log_group(event),
            "s3" => self.bucket(event),
            "iot" => self.iot_rule(event),
            "http" | "httpApi" | "websocket" | "alb" | "alexaSkill" | "alexaSmartHome"
            | "cloudFront" => self.note(event.key, event.config.line, NoteKind::ApiEvent),
            kind => {
                let kind = NoteKind::UnknownEvent(kind.to_owned());
                self.note(event.key, event.config.line, kind);
            }
        }
    }

    fn log_group(&mut self, event: &Event<'_>) {
        let build = event.build();
        let properties = build.some([
            ("LogGroupName", event.get_or_whole("logGroup")),
            ("FilterPattern", event.get("filter")),
            ("DestinationArn", Some(event.function())),
        ]);
        let id = format!(
            "{}LogsSubscriptionFilterCloudWatchLog{}",
            event.prefix, event.index
        );
        self.add(&id, "AWS::Logs::SubscriptionFilter", &properties);
    }

    fn bucket(&mut self, event: &Event<'_>) {
        let build = event.build();
        let Some(bucket) = event.get_or_whole("bucket") else {
            self.note(
                event.key,
                event.config.line,
                NoteKind::Malformed("the bucket's event"),
            );
            return;
        };
        let kind = event
            .get("event")
            .unwrap_or_else(|| build.text("s3:ObjectCreated:*"));
        let rules = event.get("rules");
        let rules = rules
            .as_ref()
            .and_then(|rules| rules.as_list())
            .map(|rules| {
                let rule = |rule: &Tree| {
                    let (name, value) = rule.single()?;
                    Some(build.map([("Name", build.text(name)), ("Value", value.clone())]))
                };
                let rules = build.list(rules.iter().filter_map(rule).collect());
                build.map([("S3Key", build.map([("Rules", rules)]))])
            });
        let notification = build.some([
            ("Event", Some(kind)),
            ("Function", Some(event.function())),
            ("Filter", rules),
        ]);
        let existing = event
            .get("existing")
            .and_then(|existing| existing.as_bool());
        let named = bucket.as_text().map(str::to_owned);
        let id = match &named {
            Some(name) if existing != Some(true) => {
                format!("S3Bucket{}", capitalised(&alphanumeric(name)))
            }
            _ => format!("{}CustomS3{}", event.prefix, event.index),
        };
        let known = self.resources.get(&id).and_then(|bucket| {
            let properties = bucket.get("Properties")?;
            properties
                .get("NotificationConfiguration")?
                .get("LambdaConfigurations")?
                .as_list()
        });
        let mut notifications = known.unwrap_or_default().to_vec();
        notifications.push(notification);
        let configuration = build.map([("LambdaConfigurations", build.list(notifications))]);
        let properties = build.map([
            ("BucketName", bucket),
            ("NotificationConfiguration", configuration),
        ]);
        let kind = match existing {
            Some(true) => "Custom::S3BucketNotifications",
            _ => "AWS::S3::Bucket",
        };
        self.add(&id, kind, &properties);
    }

    fn iot_rule(&mut self, event: &Event<'_>) {
        let build = event.build();
        let action = build.map([("FunctionArn", event.function())]);
        let payload = build.some([
            ("Sql", event.get("sql")),
            ("RuleDisabled", Some(build.bool(event.is_disabled()))),
            (
                "Actions",
                Some(build.list(vec![build.map([("Lambda", action)])])),
            ),
        ]);
        let properties = build.some([
            ("RuleName", event.get("name")),
            ("TopicRulePayload", Some(payload)),
        ]);
        let id = format!("{}IotTopicRule{}", event.prefix, event.index);
        self.add(&id, "AWS::IoT::TopicRule", &properties);
    }
}

/// Resolves a destination: a function of the service by its key, an ARN, or `{type, arn}`.
pub(super) fn destination(target: &Tree) -> Tree {
    if let Some(arn) = target.get("arn") {
        return arn.clone();
    }
    match target.as_text() {
        Some(text) if !text.starts_with("arn:") && !text.contains("${") => {
            Build(target.line).attribute(text, "Arn")
        }
        _ => target.clone(),
    }
}

fn environment(function: &Tree, build: Build) -> Option<Tree> {
    let variables = function.get("environment")?.clone();
    Some(build.map([("Variables", variables)]))
}

/// Returns a function's key in the form that ids contain.
fn id_of_function(key: &str) -> String {
    capitalised(&key.replace('-', "Dash").replace('_', "Underscore"))
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

pub(super) fn alphanumeric(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_the_framework_writes_them() {
        assert_eq!(id_of_function("pdf-make_now"), "PdfDashmakeUnderscorenow");
    }
}
