//! Writes the company as CloudFormation templates, one for each of its accounts.
//!
//! Resources in the same account are referred to by their logical id, all others by their ARN.
//! Functions have a placeholder as code, because these templates are read and, as far as
//! `MiniStack` supports them, deployed without real code.
//!
//! The file has more than 400 lines: one function for each kind of resource.

use serde_json::{Map, Value, json};

use super::model::{
    At, Company, Input, Kind, Mapping, Pipe, PipeSource, Scope, Subscription, Target, To,
};
use crate::machine_room::REGION;

/// Returns the template of each account, as JSON text.
pub(crate) fn templates(company: &Company) -> Vec<(&'static str, String)> {
    let mut accounts: Vec<&'static str> = company.buses.iter().map(|bus| bus.at.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
        .into_iter()
        .map(|account| (account, Template::of(company, account).text()))
        .collect()
}

struct Template<'c> {
    company: &'c Company,
    account: &'static str,
    resources: Map<String, Value>,
}

/// Returns `orders-jobs` as the middle of a logical id: `OrdersJobs`.
fn camel(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| part[..1].to_uppercase() + &part[1..])
        .collect()
}

fn id(kind: Kind, at: &At) -> String {
    format!("{}{}", camel(kind.key()), camel(&at.name))
}

fn arn(kind: Kind, at: &At) -> String {
    let Some((service, path)) = (match kind {
        Kind::Bus => Some(("events", "event-bus/")),
        Kind::Queue => Some(("sqs", "")),
        Kind::Topic => Some(("sns", "")),
        Kind::Stream => Some(("kinesis", "stream/")),
        Kind::Function => Some(("lambda", "function:")),
        Kind::StateMachine => Some(("states", "stateMachine:")),
        Kind::Firehose => Some(("firehose", "deliverystream/")),
        Kind::LogGroup => Some(("logs", "log-group:")),
        Kind::Table => Some(("dynamodb", "table/")),
        Kind::Service => None,
    }) else {
        // A vendor is reached through an API destination with its name.
        return format!(
            "arn:aws:events:{REGION}:111111111111:api-destination/{}",
            at.name
        );
    };
    format!(
        "arn:aws:{service}:{REGION}:{}:{path}{}",
        at.account, at.name
    )
}

impl<'c> Template<'c> {
    fn of(company: &'c Company, account: &'static str) -> Self {
        let mut template = Self {
            company,
            account,
            resources: Map::new(),
        };
        template.functions();
        template.channels();
        template.permissions();
        template.buses();
        for pipe in company
            .pipes
            .iter()
            .filter(|pipe| pipe.at.account == account)
        {
            template.pipe(pipe);
        }
        template
    }

    fn text(self) -> String {
        let template = json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": self.resources,
        });
        serde_json::to_string_pretty(&template).unwrap()
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "every caller makes both for this call"
    )]
    fn add(&mut self, id: String, kind: &str, properties: Value) {
        let resource = json!({ "Type": kind, "Properties": properties });
        assert!(
            self.resources.insert(id.clone(), resource).is_none(),
            "{id}"
        );
    }

    /// Returns the ARN of a resource, as a reference if it is in this account.
    fn refer(&self, kind: Kind, at: &At) -> Value {
        let has_attribute = matches!(
            kind,
            Kind::Bus | Kind::Queue | Kind::Stream | Kind::Function
        );
        match kind {
            _ if at.account != self.account => json!(arn(kind, at)),
            Kind::Topic => json!({ "Ref": id(kind, at) }),
            _ if has_attribute => json!({ "Fn::GetAtt": [id(kind, at), "Arn"] }),
            _ => json!(arn(kind, at)),
        }
    }

    /// Adds every function of the account that a route leads to or a service owns.
    fn functions(&mut self) {
        let company = self.company;
        let mut all: Vec<&To> = company.services.iter().flat_map(|one| &one.owns).collect();
        let rules = company.buses.iter().flat_map(|bus| &bus.rules);
        all.extend(
            rules
                .flat_map(|rule| &rule.targets)
                .map(|target| &target.to),
        );
        let topics = company.topics.iter();
        all.extend(
            topics
                .flat_map(|topic| &topic.subscriptions)
                .map(|one| &one.to),
        );
        let queues = company
            .queues
            .iter()
            .filter_map(|queue| queue.mapping.as_ref());
        let streams = company.streams.iter().flat_map(|stream| &stream.mappings);
        all.extend(queues.chain(streams).map(|mapping| &mapping.to));
        for pipe in &company.pipes {
            all.extend([&pipe.to].into_iter().chain(&pipe.enrichment));
        }
        all.sort_unstable();
        all.dedup();
        for to in all {
            if to.kind == Kind::Function && to.at.account == self.account {
                let properties = json!({
                    "FunctionName": to.at.name, "Runtime": "python3.12", "Handler": "index.handler",
                    "Role": format!("arn:aws:iam::{}:role/company", self.account),
                    "Code": { "ZipFile": "def handler(event, context): pass" },
                });
                self.add(
                    id(Kind::Function, &to.at),
                    "AWS::Lambda::Function",
                    properties,
                );
            }
        }
    }

    fn channels(&mut self) {
        let (company, account) = (self.company, self.account);
        let taps = company.buses.iter().filter_map(|bus| bus.tap.as_ref());
        for tap in taps.filter(|tap| tap.account == account) {
            self.add(
                id(Kind::Queue, tap),
                "AWS::SQS::Queue",
                json!({ "QueueName": tap.name }),
            );
        }
        for queue in company
            .queues
            .iter()
            .filter(|queue| queue.at.account == account)
        {
            let mut properties = json!({ "QueueName": queue.at.name });
            if let Some(dead) = &queue.redrive {
                let dead = self.refer(Kind::Queue, dead);
                properties["RedrivePolicy"] =
                    json!({ "deadLetterTargetArn": dead, "maxReceiveCount": 3 });
            }
            self.add(id(Kind::Queue, &queue.at), "AWS::SQS::Queue", properties);
            let source = self.refer(Kind::Queue, &queue.at);
            if let Some(mapping) = &queue.mapping {
                self.mapping(
                    mapping,
                    &source,
                    &format!("MappingOf{}", camel(&queue.at.name)),
                    false,
                );
            }
        }
        for topic in company
            .topics
            .iter()
            .filter(|topic| topic.at.account == account)
        {
            self.add(
                id(Kind::Topic, &topic.at),
                "AWS::SNS::Topic",
                json!({ "TopicName": topic.at.name }),
            );
            for (number, subscription) in topic.subscriptions.iter().enumerate() {
                let id = format!("SubscriptionOf{}{number}", camel(&topic.at.name));
                let properties = self.subscription(&topic.at, subscription);
                self.add(id, "AWS::SNS::Subscription", properties);
            }
        }
        for stream in company
            .streams
            .iter()
            .filter(|stream| stream.at.account == account)
        {
            let name = camel(&stream.at.name);
            let source = if stream.is_table {
                let table = id(Kind::Table, &stream.at);
                let properties = json!({
                    "TableName": stream.at.name, "BillingMode": "PAY_PER_REQUEST",
                    "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
                    "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
                    "StreamSpecification": { "StreamViewType": "NEW_AND_OLD_IMAGES" },
                });
                self.add(table.clone(), "AWS::DynamoDB::Table", properties);
                json!({ "Fn::GetAtt": [table, "StreamArn"] })
            } else {
                let properties = json!({ "Name": stream.at.name, "ShardCount": 1 });
                self.add(
                    id(Kind::Stream, &stream.at),
                    "AWS::Kinesis::Stream",
                    properties,
                );
                self.refer(Kind::Stream, &stream.at)
            };
            for (number, mapping) in stream.mappings.iter().enumerate() {
                self.mapping(mapping, &source, &format!("MappingOf{name}{number}"), true);
            }
        }
    }

    /// Allows topics and rules to send to the queues, and rules to send to the topics.
    fn permissions(&mut self) {
        for (kind, of, key, id) in [
            (
                "AWS::SQS::Queue",
                "AWS::SQS::QueuePolicy",
                "Queues",
                "MaySend",
            ),
            (
                "AWS::SNS::Topic",
                "AWS::SNS::TopicPolicy",
                "Topics",
                "MayPublish",
            ),
        ] {
            let all: Vec<Value> = self
                .resources
                .iter()
                .filter(|(_, resource)| resource["Type"] == kind)
                .map(|(id, _)| json!({ "Ref": id }))
                .collect();
            if all.is_empty() {
                continue;
            }
            let action = if key == "Queues" {
                "sqs:SendMessage"
            } else {
                "sns:Publish"
            };
            let properties = json!({
                key: all,
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{
                        "Effect": "Allow", "Action": action, "Resource": "*",
                        "Principal": { "Service": ["events.amazonaws.com", "sns.amazonaws.com"] },
                    }],
                },
            });
            self.add(id.to_owned(), of, properties);
        }
    }

    fn subscription(&self, topic: &At, subscription: &Subscription) -> Value {
        let to = &subscription.to;
        let is_queue = to.kind == Kind::Queue;
        let mut properties = json!({
            "TopicArn": self.refer(Kind::Topic, topic),
            "Protocol": if is_queue { "sqs" } else { "lambda" },
            "Endpoint": self.refer(to.kind, &to.at),
        });
        if is_queue && subscription.is_raw {
            properties["RawMessageDelivery"] = json!(true);
        }
        if let Some((policy, scope)) = &subscription.policy {
            properties["FilterPolicy"] = policy.clone();
            properties["FilterPolicyScope"] = json!(match scope {
                Scope::Attributes => "MessageAttributes",
                Scope::Body => "MessageBody",
            });
        }
        properties
    }

    fn mapping(&mut self, mapping: &Mapping, source: &Value, id: &str, is_stream: bool) {
        let mut properties = json!({
            "EventSourceArn": source, "FunctionName": self.refer(mapping.to.kind, &mapping.to.at),
        });
        if is_stream {
            properties["StartingPosition"] = json!("TRIM_HORIZON");
        }
        if !mapping.filters.is_empty() {
            properties["FilterCriteria"] = filters(&mapping.filters);
        }
        self.add(id.to_owned(), "AWS::Lambda::EventSourceMapping", properties);
    }

    fn buses(&mut self) {
        let (company, account) = (self.company, self.account);
        for bus in company.buses.iter().filter(|bus| bus.at.account == account) {
            let name = camel(&bus.at.name);
            let own = id(Kind::Bus, &bus.at);
            self.add(
                own.clone(),
                "AWS::Events::EventBus",
                json!({ "Name": bus.at.name }),
            );
            for rule in &bus.rules {
                let targets: Vec<Value> = (0..)
                    .zip(&rule.targets)
                    .map(|(number, target)| self.target(target, number))
                    .collect();
                let properties = json!({
                    "Name": rule.name, "EventBusName": { "Ref": own }, "EventPattern": rule.pattern,
                    "State": if rule.is_disabled { "DISABLED" } else { "ENABLED" }, "Targets": targets,
                });
                let id = format!("RuleOf{name}{}", camel(&rule.name));
                self.add(id, "AWS::Events::Rule", properties);
            }
            for archive in &bus.archives {
                let mut properties = json!({
                    "ArchiveName": archive.name, "SourceArn": { "Fn::GetAtt": [own, "Arn"] },
                });
                if let Some(pattern) = &archive.pattern {
                    properties["EventPattern"] = pattern.clone();
                }
                let id = format!("Archive{}", camel(&archive.name));
                self.add(id, "AWS::Events::Archive", properties);
            }
        }
    }

    fn target(&self, target: &Target, number: usize) -> Value {
        let mut form = json!({
            "Id": format!("target-{number}"), "Arn": self.refer(target.to.kind, &target.to.at),
        });
        match &target.input {
            Input::Whole | Input::Template(_) => {}
            Input::Constant(constant) => form["Input"] = json!(constant.to_string()),
            Input::Path(path) => form["InputPath"] = json!(path),
            Input::Transformer(paths, template) => {
                let paths: Map<String, Value> = paths
                    .iter()
                    .map(|(name, path)| ((*name).to_owned(), json!(path)))
                    .collect();
                form["InputTransformer"] =
                    json!({ "InputPathsMap": paths, "InputTemplate": template });
            }
        }
        if let Some(dead) = &target.dead_letters {
            form["DeadLetterConfig"] = json!({ "Arn": self.refer(Kind::Queue, dead) });
        }
        if matches!(
            target.to.kind,
            Kind::Bus | Kind::Stream | Kind::StateMachine | Kind::Firehose
        ) {
            form["RoleArn"] = json!(format!("arn:aws:iam::{}:role/company", self.account));
        }
        form
    }

    fn pipe(&mut self, pipe: &Pipe) {
        let (source, parameters) = match &pipe.from {
            PipeSource::Queue(at) => (self.refer(Kind::Queue, at), "SqsQueueParameters"),
            PipeSource::Stream(at) => (self.refer(Kind::Stream, at), "KinesisStreamParameters"),
            PipeSource::Table(at) => {
                let arn = format!("{}/stream/2026-01-01T00:00:00.000", arn(Kind::Table, at));
                let own = json!({ "Fn::GetAtt": [id(Kind::Table, at), "StreamArn"] });
                let source = if at.account == self.account {
                    own
                } else {
                    json!(arn)
                };
                (source, "DynamoDBStreamParameters")
            }
        };
        let mut of_source = json!({});
        if !matches!(pipe.from, PipeSource::Queue(_)) {
            of_source[parameters] = json!({ "StartingPosition": "LATEST" });
        }
        if !pipe.filters.is_empty() {
            of_source["FilterCriteria"] = filters(&pipe.filters);
        }
        let mut of_target = json!({});
        if let Input::Template(template) = &pipe.input {
            of_target["InputTemplate"] = json!(template);
        }
        if let Some((source, detail_type)) = &pipe.event {
            of_target["EventBridgeEventBusParameters"] =
                json!({ "Source": source, "DetailType": detail_type });
        }
        let mut properties = json!({
            "Name": pipe.at.name, "RoleArn": format!("arn:aws:iam::{}:role/company", self.account),
            "Source": source, "SourceParameters": of_source,
            "Target": self.refer(pipe.to.kind, &pipe.to.at), "TargetParameters": of_target,
        });
        if let Some(enrichment) = &pipe.enrichment {
            properties["Enrichment"] = self.refer(enrichment.kind, &enrichment.at);
        }
        let id = format!("Pipe{}", camel(&pipe.at.name));
        self.add(id, "AWS::Pipes::Pipe", properties);
    }
}

fn filters(filters: &[Value]) -> Value {
    let patterns: Vec<Value> = filters
        .iter()
        .map(|filter| json!({ "Pattern": filter.to_string() }))
        .collect();
    json!({ "Filters": patterns })
}
