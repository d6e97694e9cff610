//! Expands `AWS::Serverless::Function`: the function, its role, alias and URL, and its events.

use crate::node::{Build, Entries, Tree};
use crate::note::NoteKind;
use crate::world::Raw;

use super::{Expansion, Target, tags_to_list};

/// The properties that SAM turns into other resources, or that only locate the code.
const NOT_OF_THE_FUNCTION: &[&str] = &[
    "Events",
    "Policies",
    "EventInvokeConfig",
    "DeadLetterQueue",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "AutoPublishCodeSha256",
    "DeploymentPreference",
    "ProvisionedConcurrencyConfig",
    "FunctionUrlConfig",
    "CodeUri",
    "InlineCode",
    "ImageUri",
    "VersionDescription",
    "VersionDeletionPolicy",
    "PropagateTags",
    "RolePath",
    "PermissionsBoundary",
    "AssumeRolePolicyDocument",
];

impl Expansion<'_, '_> {
    pub(super) fn function(&mut self, id: &str, raw: Raw) {
        let build = Build(raw.line);
        let properties = raw.properties.clone();
        let condition = raw.condition.clone();
        self.plain_function(id, raw);
        let alias = self.alias(id, &properties, condition.as_ref(), build);
        let target = Target {
            id: id.to_owned(),
            arn: match &alias {
                Some((alias, _)) => build.reference(alias),
                None => build.attribute(id, "Arn"),
            },
            name: build.reference(alias.as_ref().map_or(id, |(alias, _)| alias)),
            condition,
        };
        self.function_url(&target, &properties, build);
        let config = properties.get("EventInvokeConfig");
        let is_empty = |config: &&Tree| config.as_map().is_some_and(indexmap::IndexMap::is_empty);
        if let Some(config) = config.filter(|config| !is_empty(config)) {
            let qualifier = alias.map(|(_, name)| name);
            self.event_invoke_config(&target, config, qualifier);
        }
        self.events(&target, properties.get("Events"));
    }

    fn plain_function(&mut self, id: &str, mut raw: Raw) {
        let build = Build(raw.line);
        raw.policies = policy_names(raw.properties.get("Policies"));
        if let Some(queue) = raw.properties.get("DeadLetterQueue") {
            let build = Build(queue.line);
            let config = build.some([("TargetArn", queue.get("TargetArn").cloned())]);
            raw.properties.insert("DeadLetterConfig".to_owned(), config);
        }
        let has_role = raw.properties.contains_key("Role");
        if !has_role {
            let role = build.attribute(&format!("{id}Role"), "Arn");
            raw.properties.insert("Role".to_owned(), role);
        }
        raw.properties
            .retain(|name, _| !NOT_OF_THE_FUNCTION.contains(&name.as_str()));
        let condition = raw.condition.clone();
        "AWS::Lambda::Function".clone_into(&mut raw.kind);
        tags_to_list(&mut raw.properties, raw.line);
        self.made.insert(id.to_owned(), raw);
        if !has_role {
            let role = build.map([]);
            self.add(
                format!("{id}Role"),
                "AWS::IAM::Role",
                id,
                condition.as_ref(),
                &role,
            );
        }
    }

    /// Returns the id and the name of the alias.
    fn alias(
        &mut self,
        id: &str,
        properties: &Entries,
        condition: Option<&String>,
        build: Build,
    ) -> Option<(String, String)> {
        let name = properties.get("AutoPublishAlias")?;
        let line = name.line;
        let Some(name) = self.plain(name).filter(|name| !name.is_empty()) else {
            self.note(id, line, NoteKind::Malformed("the function's alias"));
            return None;
        };
        let alias = format!("{id}Alias{}", name.replace('-', "D").replace('_', "U"));
        let properties = build.map([
            ("Name", build.text(&name)),
            ("FunctionName", build.reference(id)),
        ]);
        self.add(
            alias.clone(),
            "AWS::Lambda::Alias",
            id,
            condition,
            &properties,
        );
        Some((alias, name))
    }

    fn function_url(&mut self, target: &Target, properties: &Entries, build: Build) {
        let Some(config) = properties.get("FunctionUrlConfig") else {
            return;
        };
        let id = &target.id;
        let condition = target.condition.as_ref();
        let auth = config.get("AuthType").cloned();
        let url = build.some([
            ("TargetFunctionArn", Some(target.name.clone())),
            ("AuthType", auth.clone()),
            ("InvokeMode", config.get("InvokeMode").cloned()),
        ]);
        self.add(format!("{id}Url"), "AWS::Lambda::Url", id, condition, &url);
        if auth.as_ref().and_then(|auth| auth.as_text()) != Some("NONE") {
            return;
        }
        let permission = |action: &str, more: (&'static str, Tree)| {
            build.map([
                ("Action", build.text(action)),
                ("FunctionName", target.name.clone()),
                ("Principal", build.text("*")),
                more,
            ])
        };
        let auth = ("FunctionUrlAuthType", build.text("NONE"));
        let url = permission("lambda:InvokeFunctionUrl", auth);
        let via = ("InvokedViaFunctionUrl", build.bool(true));
        let invoke = permission("lambda:InvokeFunction", via);
        let kind = "AWS::Lambda::Permission";
        self.add(
            format!("{id}UrlPublicPermissions"),
            kind,
            id,
            condition,
            &url,
        );
        let name = format!("{id}URLInvokeAllowPublicAccess");
        self.add(name, kind, id, condition, &invoke);
    }

    /// Expands the events of a function.
    fn events(&mut self, target: &Target, events: Option<&Tree>) {
        for (kind, event) in self.events_of(target, events) {
            match kind.as_str() {
                "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => {
                    self.function_rule(target, &event, kind == "Schedule");
                }
                "ScheduleV2" => self.schedule(target, &event),
                "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka"
                | "DocumentDB" => self.mapping(target, &event, &kind),
                "SNS" => self.topic(target, &event),
                "S3" => self.bucket(target, &event),
                "CloudWatchLogs" => self.log_group(target, &event),
                "IoTRule" => self.iot_rule(target, &event),
                "Cognito" => self.user_pool(target, &event),
                "AlexaSkill" => self.skill(target, &event),
                "Api" => self.rest_request(target, &event),
                "HttpApi" => {
                    if let Some(others) = events.and_then(|events| events.as_map()) {
                        self.http_request(target, &event, others);
                    }
                }
                _ => self.note(&target.id, event.line, NoteKind::UnknownEvent(kind)),
            }
        }
    }
}

/// Returns the names of policy templates and managed policies: `SQSPollerPolicy`, or the last part
/// of an ARN.
fn policy_names(policies: Option<&Tree>) -> Vec<String> {
    let Some(policies) = policies else {
        return Vec::new();
    };
    let items = match policies.as_list() {
        Some(items) => items,
        None => std::slice::from_ref(policies),
    };
    let mut names = Vec::new();
    for item in items {
        if let Some(text) = item.as_text() {
            names.push(text.rsplit('/').next().unwrap_or(text).to_owned());
        } else if let Some((name, _)) = item.single() {
            let is_template = name != "Statement" && item.intrinsic().is_none();
            if is_template {
                names.push(name.to_owned());
            }
        }
    }
    names
}
