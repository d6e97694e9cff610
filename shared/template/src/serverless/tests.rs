//! Tests a service with every kind of event, variable and destination.

use crate::note::NoteKind;
use crate::template::{File, Form, Reading, Resource, Settings};
use crate::value::{OutsideKind, Value};

const SERVICE: &str = include_str!("../../tests/inputs/serverless.yml");

fn reading() -> Reading {
    let files = [File {
        name: "serverless.yml",
        bytes: SERVICE.as_bytes(),
    }];
    crate::read(&files, &Settings::default())
}

fn resource(id: &str) -> Resource {
    let reading = reading();
    let resources = &reading.templates[0].resources;
    let known: Vec<_> = resources.keys().collect();
    resources
        .get(id)
        .unwrap_or_else(|| panic!("{id} of {known:?}"))
        .clone()
}

fn id_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::Resource(reference)) => reference.resource.id.clone(),
        other => panic!("{other:?}"),
    }
}

fn outside(value: Option<&Value>) -> String {
    match value {
        Some(Value::Outside(outside)) => outside.to_string(),
        other => panic!("{other:?}"),
    }
}

fn text<'r>(resource: &'r Resource, name: &str) -> &'r str {
    resource.property(name).and_then(Value::as_text).unwrap()
}

#[test]
fn functions_have_their_key_as_id_and_their_name_by_service_and_stage() {
    assert_eq!(reading().templates[0].form, Form::Serverless);
    let function = resource("place-order");
    assert_eq!(function.kind, "AWS::Lambda::Function");
    assert_eq!(text(&function, "FunctionName"), "shop-test-place-order");
    let dead = function.property("DeadLetterConfig").unwrap();
    assert_eq!(id_of(dead.get("TargetArn")), "Alarms");
    let permission = resource("Permission");
    assert_eq!(id_of(permission.property("FunctionName")), "shipOrder");
}

#[test]
fn variables_are_put_in_and_what_is_not_known_is_named() {
    assert_eq!(text(&resource("Ready"), "QueueName"), "second");
    assert_eq!(
        resource("Ready").property("MessageRetentionPeriod"),
        Some(&Value::Number(7.into()))
    );
    assert_eq!(
        text(&resource("Dead"), "QueueName"),
        "dead-us-east-1-shop-test"
    );
    let logs = resource("ShipOrderLogsSubscriptionFilterCloudWatchLog2");
    assert_eq!(outside(logs.property("LogGroupName")), "var:env:GROUP");
    let cluster = resource("ShipOrderEventSourceMappingMSKshopcluster");
    assert_eq!(
        outside(cluster.property("EventSourceArn")),
        "{{resolve:ssm:/shop/cluster}}"
    );
    let broker = resource("ShipOrderEventSourceMappingActiveMQ");
    let Some(Value::Outside(broker)) = broker.property("EventSourceArn") else {
        panic!();
    };
    assert_eq!(
        (broker.kind, broker.name.as_str()),
        (OutsideKind::StackOutput, "other-stack.Broker")
    );
    let notes = reading().notes;
    let variables = notes
        .iter()
        .filter(|note| matches!(note.kind, NoteKind::Variable(_)));
    assert_eq!(variables.count(), 2, "{notes:?}");
}

#[test]
fn rules_have_their_bus_pattern_transformer_and_dead_letters() {
    let rule = resource(
        "ShoptestplaceorderruleEventBridgeRule"
            .replace("rule", "rule1")
            .as_str(),
    );
    assert_eq!(
        id_of(rule.property("EventBusName")),
        "ShoptestEventBridgeEventBus"
    );
    let target = &rule.property("Targets").unwrap().as_list().unwrap()[0];
    assert_eq!(id_of(target.get("Arn")), "place-order");
    assert_eq!(id_of(target.at(&["DeadLetterConfig", "Arn"])), "Dead");
    let schedule = resource("Shoptestplaceorderrule2EventBridgeRule");
    assert!(schedule.property("EventPattern").is_none());
    let target = &schedule.property("Targets").unwrap().as_list().unwrap()[0];
    assert!(target.at(&["InputTransformer", "InputTemplate"]).is_some());
    assert_eq!(
        text(&resource("Shoptestplaceorderrule3EventBridgeRule"), "State"),
        "DISABLED"
    );
    resource("PlaceDashorderEventsRuleCloudWatchEvent1");
    for index in 1..=3 {
        resource(&format!("ShipOrderEventsRuleSchedule{index}"));
    }
    assert_eq!(
        resource("ShipOrderEventsSchedulerSchedule3").kind,
        "AWS::Scheduler::Schedule"
    );
}

#[test]
fn mappings_have_their_source_filter_and_destination() {
    let queue = resource("ShipOrderEventSourceMappingSQSReady");
    assert_eq!(id_of(queue.property("EventSourceArn")), "Ready");
    assert_eq!(id_of(queue.property("FunctionName")), "shipOrder");
    let filters = queue
        .property("FilterCriteria")
        .unwrap()
        .get("Filters")
        .unwrap();
    assert_eq!(filters.as_list().unwrap().len(), 1);
    let named = resource("ShipOrderEventSourceMappingSQSfirstshoptest");
    assert!(text(&named, "EventSourceArn").ends_with(":first-shop-test"));
    let table = resource("ShipOrderEventSourceMappingDynamodbOrders");
    let failure = table.property("DestinationConfig").unwrap();
    assert_eq!(id_of(failure.at(&["OnFailure", "Destination"])), "Dead");
    resource("ShipOrderEventSourceMappingKinesisclicks");
}

#[test]
fn topics_are_made_unless_they_are_named_by_arn() {
    let returns = resource("SNSTopicReturns");
    let own = returns.property("Subscription").unwrap().as_list().unwrap();
    assert_eq!(id_of(own[0].get("Endpoint")), "shipOrder");
    let refunds = resource("ShipOrderSnsSubscriptionrefunds");
    assert_eq!(id_of(refunds.property("TopicArn")), "SNSTopicRefunds");
    let redrive = refunds.property("RedrivePolicy").unwrap();
    assert_eq!(id_of(redrive.get("deadLetterTargetArn")), "Dead");
    let alarms = resource("ShipOrderSnsSubscriptionalarms");
    assert_eq!(id_of(alarms.property("TopicArn")), "Alarms");
}

#[test]
fn destinations_and_buckets_lead_to_and_from_functions() {
    let config = resource("PlaceDashorderLambdaEvConf");
    let destinations = config.property("DestinationConfig").unwrap();
    assert_eq!(
        id_of(destinations.at(&["OnSuccess", "Destination"])),
        "shipOrder"
    );
    assert_eq!(
        id_of(destinations.at(&["OnFailure", "Destination"])),
        "Dead"
    );
    let bucket = resource("S3BucketPhotos");
    let notifications = bucket.property("NotificationConfiguration").unwrap();
    let lambdas = notifications
        .get("LambdaConfigurations")
        .unwrap()
        .as_list()
        .unwrap();
    assert_eq!(id_of(lambdas[0].get("Function")), "shipOrder");
    assert_eq!(
        resource("ShipOrderCustomS32").kind,
        "Custom::S3BucketNotifications"
    );
}

#[test]
fn what_is_not_understood_is_said_with_its_line() {
    let notes = reading().notes;
    let odd = notes
        .iter()
        .find(|note| matches!(&note.kind, NoteKind::UnknownEvent(name) if name == "odd"));
    let line = SERVICE
        .lines()
        .position(|line| line.contains("odd:"))
        .unwrap()
        + 1;
    assert_eq!(odd.unwrap().line as usize, line);
    let requests = notes
        .iter()
        .filter(|note| note.kind == NoteKind::ApiEvent)
        .count();
    assert_eq!(requests, 3);
    assert!(notes.iter().all(|note| note.line > 0));
}

#[test]
fn a_stage_that_only_the_command_line_knows_makes_no_names() {
    let text =
        "service: shop\nprovider: {stage: '${opt:stage}'}\nfunctions: {ship: {handler: a.b}}\n";
    let files = [File {
        name: "serverless.yml",
        bytes: text.as_bytes(),
    }];
    let reading = crate::read(&files, &Settings::default());
    let function = &reading.templates[0].resources["ship"];
    assert!(function.property("FunctionName").is_none());
}

#[test]
fn functions_variables_and_resources_may_be_in_other_files() {
    let file = |name, text: &'static str| File {
        name,
        bytes: text.as_bytes(),
    };
    let files = [
        file(
            "a/serverless.yml",
            "service: shop\nprovider: {name: aws}\ncustom: ${file(./custom.yml)}\nfunctions: ${file(functions.yml)}\nresources: [\"${file(../resources.yml)}\"]\n",
        ),
        file("a/custom.yml", "bus: orders\n"),
        file(
            "a/functions.yml",
            "ship: {handler: a.b, events: [{sqs: !GetAtt Queue.Arn}]}\n",
        ),
        file(
            "resources.yml",
            "Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: '${self:custom.bus}'}}}\n",
        ),
    ];
    let reading = crate::read(&files, &Settings::default());
    assert_eq!(reading.templates.len(), 1);
    assert!(reading.notes.is_empty(), "{:?}", reading.notes);
    let resources = &reading.templates[0].resources;
    assert_eq!(text(&resources["Queue"], "QueueName"), "orders");
    assert!(
        resources.contains_key("ShipEventSourceMappingSQSQueue"),
        "{resources:?}"
    );
    assert_eq!(
        id_of(resources["ShipEventSourceMappingSQSQueue"].property("FunctionName")),
        "ship"
    );
}
