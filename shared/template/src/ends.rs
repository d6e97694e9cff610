//! Finds the resource that a value names: by a reference, or by a literal ARN, URL or name that
//! belongs to a resource of the same reading.

use std::collections::HashMap;

use crate::template::{Reading, Settings};
use crate::value::{
    Attribute, Outside, OutsideKind, Reason, Reference, ResourceId, Value, placeholder,
};

/// The result of resolving a value that names a resource.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// A resource of the reading. The attribute is the one that the value refers to; for a literal
    /// name or ARN it is [`Attribute::Ref`].
    Resource(Reference),
    /// A name that is defined elsewhere.
    Outside(Outside),
    /// An ARN, a URL or a name of a resource that is not in the reading, as it was written. Parts
    /// that are not literal are written `${…}`.
    Elsewhere(String),
    /// Unknown, with the reason.
    Unknown(Reason),
}

/// The property of each type that has a resource's name in AWS.
const NAMES: &[(&str, &str)] = &[
    ("AWS::ApiGateway::RestApi", "Name"),
    ("AWS::ApiGatewayV2::Api", "Name"),
    ("AWS::AppSync::Api", "Name"),
    ("AWS::AppSync::GraphQLApi", "Name"),
    ("AWS::Batch::JobQueue", "JobQueueName"),
    ("AWS::CodeBuild::Project", "Name"),
    ("AWS::CodePipeline::Pipeline", "Name"),
    ("AWS::DynamoDB::GlobalTable", "TableName"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::ECS::TaskDefinition", "Family"),
    ("AWS::Elasticsearch::Domain", "DomainName"),
    ("AWS::Events::ApiDestination", "Name"),
    ("AWS::Events::Archive", "ArchiveName"),
    ("AWS::Events::Connection", "Name"),
    ("AWS::Events::EventBus", "Name"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::EventsV2::EventBus", "Name"),
    ("AWS::EventsV2::EventSource", "Name"),
    ("AWS::EventsV2::Subscriber", "Name"),
    ("AWS::IoT::TopicRule", "RuleName"),
    ("AWS::Kinesis::Stream", "Name"),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Logs::DeliveryDestination", "Name"),
    ("AWS::Logs::DeliverySource", "Name"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::OpenSearchServerless::Collection", "Name"),
    ("AWS::OpenSearchService::Domain", "DomainName"),
    ("AWS::Pipes::Pipe", "Name"),
    ("AWS::Redshift::Cluster", "ClusterIdentifier"),
    ("AWS::RedshiftServerless::Workgroup", "WorkgroupName"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
    ("AWS::Scheduler::Schedule", "Name"),
    ("AWS::StepFunctions::StateMachine", "StateMachineName"),
];

/// Returns the property that has the AWS name of a resource of this type.
pub(crate) fn name_property(kind: &str) -> Option<&'static str> {
    let row = NAMES.iter().find(|(named, _)| *named == kind);
    row.map(|(_, property)| *property)
}

/// The resource types in the ARNs of a service, by the prefix of the part after the account.
const ARNS: &[(&str, &str, &[&str])] = &[
    (
        "aoss",
        "collection/",
        &["AWS::OpenSearchServerless::Collection"],
    ),
    (
        "appsync",
        "apis/",
        &["AWS::AppSync::GraphQLApi", "AWS::AppSync::Api"],
    ),
    (
        "appsync",
        "endpoints/graphql-api/",
        &["AWS::AppSync::GraphQLApi"],
    ),
    ("batch", "job-queue/", &["AWS::Batch::JobQueue"]),
    ("codebuild", "project/", &["AWS::CodeBuild::Project"]),
    ("codepipeline", "", &["AWS::CodePipeline::Pipeline"]),
    ("ecs", "cluster/", &["AWS::ECS::Cluster"]),
    ("ecs", "task-definition/", &["AWS::ECS::TaskDefinition"]),
    (
        "es",
        "domain/",
        &[
            "AWS::OpenSearchService::Domain",
            "AWS::Elasticsearch::Domain",
        ],
    ),
    // The name in it is the id of the API.
    (
        "execute-api",
        "",
        &["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"],
    ),
    (
        "dynamodb",
        "table/",
        &["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"],
    ),
    ("events", "event-bus/", &["AWS::Events::EventBus"]),
    ("events", "event-busv2/", &["AWS::EventsV2::EventBus"]),
    (
        "events",
        "api-destination/",
        &["AWS::Events::ApiDestination"],
    ),
    ("events", "archive/", &["AWS::Events::Archive"]),
    ("events", "rule/", &["AWS::Events::Rule"]),
    (
        "firehose",
        "deliverystream/",
        &["AWS::KinesisFirehose::DeliveryStream"],
    ),
    ("kinesis", "stream/", &["AWS::Kinesis::Stream"]),
    ("lambda", "function:", &["AWS::Lambda::Function"]),
    (
        "logs",
        "delivery-destination:",
        &["AWS::Logs::DeliveryDestination"],
    ),
    ("logs", "log-group:", &["AWS::Logs::LogGroup"]),
    ("pipes", "pipe/", &["AWS::Pipes::Pipe"]),
    ("redshift", "cluster:", &["AWS::Redshift::Cluster"]),
    (
        "redshift-serverless",
        "workgroup/",
        &["AWS::RedshiftServerless::Workgroup"],
    ),
    ("s3", "", &["AWS::S3::Bucket"]),
    ("sns", "", &["AWS::SNS::Topic"]),
    ("sqs", "", &["AWS::SQS::Queue"]),
    (
        "states",
        "stateMachine:",
        &["AWS::StepFunctions::StateMachine"],
    ),
];

/// The names of a reading's resources.
#[derive(Debug)]
pub struct Ends {
    /// By type and name. `None` if two resources of the type have the name.
    names: HashMap<(&'static str, String), Option<ResourceId>>,
    /// The values of SSM parameters by their name. `None` if two parameters have it.
    parameters: HashMap<String, Option<Value>>,
    /// By ARN, which a Terraform plan knows of what exists already. `None` if two resources have it.
    arns: HashMap<String, Option<ResourceId>>,
    account: String,
    region: String,
}

impl Ends {
    /// Collects the names. `settings` must be those that the files were read with: an ARN of
    /// another account names no resource here.
    pub fn new(reading: &Reading, settings: &Settings) -> Self {
        let mut names = HashMap::new();
        let mut arns = HashMap::new();
        let mut parameters: HashMap<String, Option<Value>> = HashMap::new();
        for (id, resource) in reading.resources() {
            let own = resource.property("Arn").and_then(Value::as_text);
            if let Some(arn) = own.filter(|arn| arn.starts_with("arn:")) {
                arns.entry(arn.to_owned())
                    .and_modify(|known| *known = None)
                    .or_insert_with(|| Some(id.clone()));
            }
            if resource.kind == "AWS::SSM::Parameter"
                && let (Some(name), Some(value)) = (
                    resource.property("Name").and_then(Value::as_text),
                    resource.property("Value"),
                )
            {
                parameters
                    .entry(name.to_owned())
                    .and_modify(|known| *known = None)
                    .or_insert_with(|| Some(value.clone()));
            }
            let row = NAMES.iter().find(|(kind, _)| *kind == resource.kind);
            let Some((kind, property)) = row else {
                continue;
            };
            let Some(name) = resource.property(property).and_then(name_text) else {
                continue;
            };
            names
                .entry((*kind, name))
                .and_modify(|known| *known = None)
                .or_insert(Some(id));
        }
        Self {
            names,
            arns,
            parameters,
            account: settings.account.clone(),
            region: settings.region.clone(),
        }
    }

    /// Returns the ends of a value: more than one if they depend on an unknown condition. `kinds`
    /// are the CloudFormation types that a bare name may refer to, such as `AWS::Events::EventBus`
    /// for a rule's `EventBusName`. An ARN or URL has a type of its own.
    pub fn of(&self, value: &Value, kinds: &[&str]) -> Vec<End> {
        let alternatives = value.alternatives().iter();
        let set = alternatives.filter(|value| **value != Value::Null);
        set.map(|value| self.end(value, kinds)).collect()
    }

    fn end(&self, value: &Value, kinds: &[&str]) -> End {
        match value {
            Value::Resource(reference) => End::Resource(reference.clone()),
            Value::Outside(outside) => match self.parameter(outside) {
                Some(value @ (Value::Resource(_) | Value::Text(_) | Value::Joined(_))) => {
                    self.end(value, kinds)
                }
                _ => End::Outside(outside.clone()),
            },
            Value::Unknown(reason) => End::Unknown(*reason),
            Value::Text(_) | Value::Joined(_) => self.written(value, kinds),
            _ => End::Unknown(Reason::Malformed),
        }
    }

    /// Returns the value of a parameter of SSM that one of the files sets, for `{{resolve:ssm:NAME}}`.
    fn parameter(&self, outside: &Outside) -> Option<&Value> {
        if outside.kind != OutsideKind::DynamicReference {
            return None;
        }
        let name = outside
            .name
            .strip_prefix("{{resolve:ssm:")?
            .strip_suffix("}}")?;
        // A version may follow the name.
        let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
        self.parameters.get(name)?.as_ref()
    }

    /// Finds the end of a name, an ARN or a URL that is literal or joined.
    fn written(&self, value: &Value, kinds: &[&str]) -> End {
        let text = placeholder(value);
        let parts = match value {
            Value::Joined(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        if let Some(resource) = self.arns.get(&text).cloned().flatten() {
            return End::Resource(Reference {
                resource,
                attribute: Attribute::Named("Arn".to_owned()),
            });
        }
        if let Some(qualified) = qualified(parts) {
            return qualified;
        }
        if let Some(named) = arn_parts(&text).or_else(|| queue_url_parts(&text)) {
            let Named { kinds, name, .. } = named;
            let known = self.may_be_here(&named).then(|| self.known(kinds, name));
            return known
                .flatten()
                .or_else(|| names_one_part(parts, name))
                .unwrap_or(End::Elsewhere(text));
        }
        self.known(kinds, &text).unwrap_or(End::Elsewhere(text))
    }

    /// Returns true if a resource of this account and region may be in the files. The region is
    /// compared only for buses, because a rule can send to a bus of the same name in another
    /// region. For other types, a literal region is that of the template's own deployment.
    fn may_be_here(&self, named: &Named<'_>) -> bool {
        let is_literal = |part: &str| !part.is_empty() && !part.contains("${");
        let other_account = is_literal(named.account) && named.account != self.account;
        let other_region = is_literal(named.region) && named.region != self.region;
        let is_bus = named.kinds.iter().any(|kind| kind.ends_with("::EventBus"));
        !(other_account || is_bus && other_region)
    }

    fn known(&self, kinds: &[&str], name: &str) -> Option<End> {
        let mut found = NAMES
            .iter()
            .filter(|(kind, _)| kinds.contains(kind))
            .filter_map(|(kind, _)| self.names.get(&(*kind, name.to_owned()))?.clone());
        let resource = found.next()?;
        Some(End::Resource(Reference {
            resource,
            attribute: Attribute::Ref,
        }))
    }
}

/// Returns a name in the form in which names are compared: literal, or with `${…}` for parts that
/// are defined elsewhere.
fn name_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Joined(parts) if !parts.iter().any(|part| matches!(part, Value::Unknown(_))) => {
            Some(placeholder(value))
        }
        _ => None,
    }
}

/// The parts of an ARN or a URL.
struct Named<'t> {
    kinds: &'static [&'static str],
    name: &'t str,
    region: &'t str,
    account: &'t str,
}

/// Returns the types that an ARN can name, and the name in it.
fn arn_parts(text: &str) -> Option<Named<'_>> {
    let mut parts = text.splitn(6, ':');
    if parts.next() != Some("arn") {
        return None;
    }
    let service = parts.nth(1)?;
    let (region, account) = (parts.next()?, parts.next()?);
    let rest = parts.next()?;
    let (_, prefix, kinds) = ARNS
        .iter()
        .find(|(named, prefix, _)| *named == service && rest.starts_with(prefix))?;
    let name = &rest[prefix.len()..];
    // A name may be followed by a qualifier, a stream, a log group's `:*`, or a bucket's keys.
    let end = match service {
        "logs" => name.find(':'),
        "events" if *prefix == "rule/" => None,
        _ => name.find([':', '/']),
    };
    let name = &name[..end.unwrap_or(name.len())];
    // A rule's ARN has the bus before the rule's name, unless it is the default bus.
    let name = match *prefix {
        "rule/" => name.rsplit('/').next().unwrap_or(name),
        _ => name,
    };
    Some(Named {
        kinds,
        name,
        region,
        account,
    })
}

/// Returns the queue in a queue's URL.
fn queue_url_parts(text: &str) -> Option<Named<'_>> {
    let mut parts = text.strip_prefix("https://sqs.")?.splitn(3, '/');
    let region = parts.next()?.split('.').next()?;
    let account = parts.next()?;
    Some(Named {
        kinds: &["AWS::SQS::Queue"],
        name: parts.next()?,
        region,
        account,
    })
}

/// Returns the end of a resource with something behind it: the version or alias of a function, the keys of
/// a bucket.
fn qualified(parts: &[Value]) -> Option<End> {
    let [first, Value::Text(rest), ..] = parts else {
        return None;
    };
    if !rest.starts_with([':', '/']) {
        return None;
    }
    match first {
        Value::Resource(reference) => Some(End::Resource(reference.clone())),
        Value::Outside(outside) => Some(End::Outside(outside.clone())),
        _ => None,
    }
}

/// Returns the end of an ARN whose name is a single part that is not literal: that part.
fn names_one_part(parts: &[Value], name: &str) -> Option<End> {
    let part = parts
        .iter()
        .find(|part| !matches!(part, Value::Text(_)) && placeholder(part) == name)?;
    match part {
        Value::Resource(reference) => Some(End::Resource(reference.clone())),
        Value::Outside(outside) => Some(End::Outside(outside.clone())),
        Value::Unknown(reason) => Some(End::Unknown(*reason)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::template::{File, Settings};

    use super::*;

    const TEMPLATE: &str = "
Parameters:
  Elsewhere: {Type: String}
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${AWS::StackName}-queue'}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      ByName: orders
      ByArn: !Sub 'arn:aws:events:us-east-1:${AWS::AccountId}:event-bus/orders'
      JoinedName: !Sub 'arn:aws:sqs:us-east-1:111122223333:${AWS::StackName}-queue'
      JoinedAttribute: !Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Queue.QueueName}'
      Url: !Sub 'https://sqs.us-east-1.amazonaws.com/111122223333/${AWS::StackName}-queue'
      Parameter: !Sub 'arn:aws:events:us-east-1:111122223333:event-bus/${Elsewhere}'
      Other: arn:aws:sqs:us-east-1:111122223333:other
      Imported: !ImportValue bus-arn
      OtherAccount: arn:aws:events:us-east-1:444455556666:event-bus/orders
      OtherRegion: !Sub 'arn:aws:events:us-west-2:${AWS::AccountId}:event-bus/orders'
";

    fn end(property: &str) -> End {
        let file = File {
            name: "t.yaml",
            bytes: TEMPLATE.as_bytes(),
        };
        let reading = crate::read(&[file], &Settings::default());
        let ends = Ends::new(&reading, &Settings::default());
        let rule = &reading.templates[0].resources["Rule"];
        let value = rule.property(property).unwrap();
        ends.of(value, &["AWS::Events::EventBus"]).remove(0)
    }

    fn id(property: &str) -> String {
        match end(property) {
            End::Resource(reference) => reference.resource.id,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_name_an_arn_and_a_url_find_the_resource_of_that_name() {
        assert_eq!(id("ByName"), "Bus");
        assert_eq!(id("ByArn"), "Bus");
        assert_eq!(id("JoinedName"), "Queue");
        assert_eq!(id("JoinedAttribute"), "Queue");
        assert_eq!(id("Url"), "Queue");
    }

    #[test]
    fn what_is_elsewhere_stays_elsewhere() {
        let End::Outside(parameter) = end("Parameter") else {
            panic!();
        };
        assert_eq!(parameter.to_string(), "param:Elsewhere");
        assert_eq!(
            end("Other"),
            End::Elsewhere("arn:aws:sqs:us-east-1:111122223333:other".to_owned())
        );
        for elsewhere in ["OtherAccount", "OtherRegion"] {
            assert!(matches!(end(elsewhere), End::Elsewhere(_)));
        }
        let End::Outside(import) = end("Imported") else {
            panic!();
        };
        assert_eq!(import.to_string(), "import:bus-arn");
    }
}
