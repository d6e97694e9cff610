//! Converts what differs between Terraform and CloudFormation by more than names: arguments with
//! another shape, and resources that are a part of another one.

use indexmap::IndexMap;

use crate::template::Resource;
use crate::value::{Map, Reason, Value};

use super::types::{REDRIVE, TARGET};

/// Converts the properties that differ by more than names.
pub(super) fn amend(kind: &str, properties: &mut Map) {
    let mut rename = |old: &str, new: &str| {
        if let Some(value) = properties.remove(old) {
            properties.insert(new.to_owned(), value);
        }
    };
    match kind {
        "AWS::Events::Rule" => {
            rename("IsEnabled", "State");
            if let Some(Value::Bool(enabled)) = properties.get("State") {
                let state = if *enabled { "ENABLED" } else { "DISABLED" };
                properties.insert("State".to_owned(), Value::text(state));
            }
        }
        TARGET => {
            rename("TargetId", "Id");
            for (old, new) in [
                ("BatchTarget", "BatchParameters"),
                ("EcsTarget", "EcsParameters"),
                ("KinesisTarget", "KinesisParameters"),
                ("RedshiftTarget", "RedshiftDataParameters"),
                ("SqsTarget", "SqsParameters"),
            ] {
                rename(old, new);
            }
            if let Some(Value::Map(transformer)) = properties.get_mut("InputTransformer")
                && let Some(paths) = transformer.remove("InputPaths")
            {
                transformer.insert("InputPathsMap".to_owned(), paths);
            }
        }
        "AWS::Lambda::EventSourceMapping" => {
            rename("Arn", "MappingArn");
            name_filters(properties);
            name_destinations(properties);
        }
        "AWS::Pipes::Pipe" => {
            if let Some(Value::Map(reads)) = properties.get_mut("SourceParameters") {
                name_filters(reads);
            }
        }
        "AWS::Kinesis::Stream" => {
            let is_encrypted = properties.remove("EncryptionType") == Some(Value::text("KMS"));
            let key = properties.remove("KmsKeyId");
            if is_encrypted {
                let key = key.map(|key| ("KeyId".to_owned(), key));
                let encryption = Value::Map(key.into_iter().collect());
                properties.insert("StreamEncryption".to_owned(), encryption);
            }
        }
        "AWS::KinesisFirehose::DeliveryStream" => amend_firehose(properties),
        "AWS::StepFunctions::StateMachine" => amend_state_machine(properties),
        "AWS::Logs::DeliveryDestination" => {
            if let Some(Value::Map(mut given)) =
                properties.remove("DeliveryDestinationConfiguration")
                && let Some(arn) = given.remove("DestinationResourceArn")
            {
                properties.insert("DestinationResourceArn".to_owned(), arn);
            }
        }
        "AWS::Lambda::EventInvokeConfig" => name_destinations(properties),
        "AWS::SQS::QueuePolicy" => listed(properties, "Queues"),
        "AWS::SNS::TopicPolicy" => listed(properties, "Topics"),
        "AWS::SQS::Queue" | "AWS::SNS::Subscription" | REDRIVE => {
            // A policy that is known only after apply refers to the queue it names.
            if let Some(target @ (Value::Resource(_) | Value::OneOf(_))) =
                properties.get("RedrivePolicy").cloned()
            {
                let policy = Map::from([("deadLetterTargetArn".to_owned(), target)]);
                properties.insert("RedrivePolicy".to_owned(), Value::Map(policy));
            }
        }
        "AWS::DynamoDB::Table" => amend_table(properties),
        "Custom::S3BucketNotifications" => amend_notifications(properties),
        _ => {}
    }
}

/// Returns the entries of a bucket's notifications with their `filter_prefix` and `filter_suffix` as a
/// filter.
fn with_key_filters(entries: Value) -> Value {
    let Value::List(entries) = entries else {
        return entries;
    };
    let with = |entry: Value| {
        let Value::Map(mut entry) = entry else {
            return entry;
        };
        let rules: Vec<Value> = [("FilterPrefix", "prefix"), ("FilterSuffix", "suffix")]
            .into_iter()
            .filter_map(|(old, name)| {
                let value = entry.remove(old)?;
                Some(Value::Map(Map::from([
                    ("Name".to_owned(), Value::text(name)),
                    ("Value".to_owned(), value),
                ])))
            })
            .collect();
        if !rules.is_empty() {
            let rules = Map::from([("Rules".to_owned(), Value::List(rules))]);
            let filter = Map::from([("S3Key".to_owned(), Value::Map(rules))]);
            entry.insert("Filter".to_owned(), Value::Map(filter));
        }
        Value::Map(entry)
    };
    Value::List(entries.into_iter().map(with).collect())
}

fn name_filters(properties: &mut Map) {
    if let Some(Value::Map(criteria)) = properties.get_mut("FilterCriteria")
        && let Some(filters) = criteria.remove("Filter")
    {
        criteria.insert("Filters".to_owned(), filters);
    }
}

fn amend_state_machine(properties: &mut Map) {
    if let Some(Value::Map(logging)) = properties.get_mut("LoggingConfiguration")
        && let Some(group) = logging.remove("LogDestination")
    {
        let group = Map::from([("LogGroupArn".to_owned(), group)]);
        let to = Map::from([("CloudWatchLogsLogGroup".to_owned(), Value::Map(group))]);
        logging.insert("Destinations".to_owned(), Value::List(vec![Value::Map(to)]));
    }
}

fn amend_table(properties: &mut Map) {
    if let Some(Value::Map(sse)) = properties.get_mut("SSESpecification") {
        for (old, new) in [("Enabled", "SSEEnabled"), ("KmsKeyArn", "KMSMasterKeyId")] {
            if let Some(value) = sse.remove(old) {
                sse.insert(new.to_owned(), value);
            }
        }
    }
    let enabled = properties
        .remove("StreamEnabled")
        .and_then(|value| value.as_bool());
    if enabled == Some(true) {
        let view = properties.remove("StreamViewType");
        let view = view
            .into_iter()
            .map(|view| ("StreamViewType".to_owned(), view));
        let stream = Value::Map(view.collect());
        properties.insert("StreamSpecification".to_owned(), stream);
    }
}

fn amend_notifications(properties: &mut Map) {
    let mut configuration = Map::new();
    for (old, new) in [
        ("LambdaFunction", "LambdaFunctionConfigurations"),
        ("Queue", "QueueConfigurations"),
        ("Topic", "TopicConfigurations"),
    ] {
        match properties.remove(old) {
            Some(Value::List(items)) if items.is_empty() => {}
            Some(value) => {
                configuration.insert(new.to_owned(), with_key_filters(value));
            }
            None => {}
        }
    }
    if properties
        .remove("Eventbridge")
        .and_then(|value| value.as_bool())
        == Some(true)
    {
        let nothing = Value::Map(Map::new());
        configuration.insert("EventBridgeConfiguration".to_owned(), nothing);
    }
    let configuration = Value::Map(configuration);
    properties.insert("NotificationConfiguration".to_owned(), configuration);
}

fn amend_firehose(properties: &mut Map) {
    let encryption = properties.get("DeliveryStreamEncryptionConfigurationInput");
    let is_encrypted = encryption.and_then(|given| given.get("Enabled")?.as_bool());
    if is_encrypted == Some(false) {
        properties.remove("DeliveryStreamEncryptionConfigurationInput");
    }
    for (destination, block, inner) in [
        (
            "HttpEndpointDestinationConfiguration",
            "EndpointConfiguration",
            "Url",
        ),
        (
            "IcebergDestinationConfiguration",
            "CatalogConfiguration",
            "CatalogArn",
        ),
    ] {
        if let Some(Value::Map(given)) = properties.get_mut(destination)
            && let Some(value) = given.remove(inner)
        {
            let value = Map::from([(inner.to_owned(), value)]);
            given.insert(block.to_owned(), Value::Map(value));
        }
    }
}

/// Renames the destinations of a mapping (`destination_arn`) and of a function (`destination`).
fn name_destinations(properties: &mut Map) {
    let Some(Value::Map(config)) = properties.get_mut("DestinationConfig") else {
        return;
    };
    for outcome in config.values_mut() {
        if let Value::Map(outcome) = outcome
            && let Some(arn) = outcome.remove("DestinationArn")
        {
            outcome.insert("Destination".to_owned(), arn);
        }
    }
}

fn listed(properties: &mut Map, name: &str) {
    if let Some(value) = properties.remove(name) {
        properties.insert(name.to_owned(), Value::List(vec![value]));
    }
}

/// Moves targets into their rules and redrive policies onto their queues. A target whose rule is
/// not in the plan becomes a rule of its own, with an unknown pattern.
pub(super) fn join_parts(resources: &mut IndexMap<String, Resource>) {
    let parts: Vec<(String, Resource)> = resources
        .iter()
        .filter(|(_, resource)| matches!(resource.kind.as_str(), TARGET | REDRIVE))
        .map(|(address, resource)| (address.clone(), resource.clone()))
        .collect();
    let mut rules: IndexMap<(String, String), String> = IndexMap::new();
    for (address, resource) in resources.iter() {
        if resource.kind == "AWS::Events::Rule"
            && let Some(name) = resource.property("Name").and_then(Value::as_text)
        {
            rules.insert((bus_of(resource), name.to_owned()), address.clone());
        }
    }
    for (address, mut part) in parts {
        resources.shift_remove(&address);
        if part.kind == REDRIVE {
            let queue = part.properties.remove("QueueUrl");
            let policy = part.properties.remove("RedrivePolicy");
            if let (Some(Value::Resource(queue)), Some(policy)) = (queue, policy)
                && let Some(queue) = resources.get_mut(&queue.resource.id)
            {
                queue.properties.insert("RedrivePolicy".to_owned(), policy);
            }
            continue;
        }
        let bus = bus_of(&part);
        let rule = part.properties.remove("Rule");
        let rules: Vec<String> = match &rule {
            Some(Value::Text(name)) => rules
                .get(&(bus, name.clone()))
                .cloned()
                .into_iter()
                .collect(),
            Some(rule) => rule
                .alternatives()
                .iter()
                .filter_map(|rule| match rule {
                    Value::Resource(reference) => Some(reference.resource.id.clone()),
                    _ => None,
                })
                .collect(),
            None => Vec::new(),
        };
        let bus = part.properties.remove("EventBusName");
        let target = Value::Map(part.properties);
        let mut is_placed = false;
        for rule in rules {
            if let Some(rule) = resources.get_mut(&rule) {
                let targets = rule.properties.entry("Targets".to_owned());
                let targets = targets.or_insert_with(|| Value::List(Vec::new()));
                if let Value::List(targets) = targets {
                    targets.push(target.clone());
                    is_placed = true;
                }
            }
        }
        if is_placed {
            continue;
        }
        let mut properties = Map::from([
            (
                "EventPattern".to_owned(),
                Value::Unknown(Reason::AfterApply),
            ),
            ("Targets".to_owned(), Value::List(vec![target])),
        ]);
        properties.extend(rule.map(|name| ("Name".to_owned(), name)));
        properties.extend(bus.map(|bus| ("EventBusName".to_owned(), bus)));
        "AWS::Events::Rule".clone_into(&mut part.kind);
        part.properties = properties;
        resources.insert(address, part);
    }
}

/// Returns the bus of a rule or a target, to compare the two.
fn bus_of(resource: &Resource) -> String {
    match resource.property("EventBusName") {
        None => "default".to_owned(),
        Some(Value::Text(name)) => name.clone(),
        Some(other) => crate::value::placeholder(other),
    }
}
