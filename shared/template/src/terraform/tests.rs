//! Tests with plans as Terraform writes them, cut to what a test needs.

use crate::template::{File, Reading, Settings};
use crate::value::{Attribute, OutsideKind, Value};

use super::without_indices;

fn read(plan: &serde_json::Value) -> Reading {
    let bytes = plan.to_string();
    let file = File {
        name: "plan.json",
        bytes: bytes.as_bytes(),
    };
    crate::read(&[file], &Settings::default())
}

#[expect(clippy::needless_pass_by_value)]
fn planned(address: &str, values: serde_json::Value) -> serde_json::Value {
    let kind = without_indices(address);
    let kind = kind.rsplit("module.").next().unwrap();
    let kind = kind
        .split('.')
        .find(|part| part.starts_with("aws_"))
        .unwrap();
    serde_json::json!({"address": address, "mode": "managed", "type": kind, "values": values})
}

fn id_of(value: &Value) -> &str {
    match value {
        Value::Resource(reference) => &reference.resource.id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_target_that_is_known_after_apply_is_followed_to_its_function() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_cloudwatch_event_rule.r", serde_json::json!({"name": "r", "event_pattern": "{}"})),
            planned("aws_cloudwatch_event_target.t", serde_json::json!({"rule": "r", "input_path": ""})),
            planned("aws_lambda_function.f", serde_json::json!({"function_name": "f"})),
        ]}},
        "configuration": {"root_module": {"resources": [
            {"address": "aws_cloudwatch_event_target.t", "expressions": {
                "arn": {"references": ["aws_lambda_function.f.arn", "aws_lambda_function.f"]},
                "rule": {"references": ["aws_cloudwatch_event_rule.r.name", "aws_cloudwatch_event_rule.r"]},
                "dead_letter_config": [{"arn": {"references": ["aws_sqs_queue.gone"]}}]
            }}
        ]}}
    });
    let reading = read(&plan);
    let resources = &reading.templates[0].resources;
    assert!(!resources.contains_key("aws_cloudwatch_event_target.t"));
    let rule = &resources["aws_cloudwatch_event_rule.r"];
    let targets = rule.property("Targets").unwrap().as_list().unwrap();
    assert_eq!(targets.len(), 1);
    assert_eq!(
        id_of(targets[0].get("Arn").unwrap()),
        "aws_lambda_function.f"
    );
    assert!(matches!(
        targets[0].at(&["DeadLetterConfig", "Arn"]),
        Some(Value::Unknown(_))
    ));
    assert!(targets[0].get("InputPath").is_none());
}

#[test]
fn references_lead_through_modules_both_ways() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {
            "resources": [planned("aws_sns_topic.t", serde_json::json!({"name": "t"}))],
            "child_modules": [{"address": "module.q[0]", "resources": [
                planned("module.q[0].aws_sqs_queue.own", serde_json::json!({"name": "q"})),
                planned("module.q[0].aws_sns_topic_subscription.s", serde_json::json!({"protocol": "sqs"})),
            ]}]
        }, "outputs": {"queue": {}}},
        "configuration": {"root_module": {
            "outputs": {"queue": {"expression": {"references": ["module.q[0].arn", "module.q"]}}},
            "module_calls": {"q": {
                "expressions": {"topic": {"references": ["aws_sns_topic.t.arn", "aws_sns_topic.t"]}},
                "module": {
                    "outputs": {"arn": {"expression": {"references": ["aws_sqs_queue.own.arn", "aws_sqs_queue.own"]}}},
                    "resources": [{"address": "aws_sns_topic_subscription.s", "expressions": {
                        "topic_arn": {"references": ["var.topic"]},
                        "endpoint": {"references": ["aws_sqs_queue.own.arn", "aws_sqs_queue.own"]}
                    }}]
                }
            }}
        }}
    });
    let reading = read(&plan);
    let template = &reading.templates[0];
    let subscription = &template.resources["module.q[0].aws_sns_topic_subscription.s"];
    assert_eq!(
        id_of(subscription.property("TopicArn").unwrap()),
        "aws_sns_topic.t"
    );
    let queue = "module.q[0].aws_sqs_queue.own";
    assert_eq!(id_of(subscription.property("Endpoint").unwrap()), queue);
    assert_eq!(id_of(&template.outputs["queue"]), queue);
}

#[test]
fn a_variable_is_outside_and_one_of_several_instances_is_found_by_its_index() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_sqs_queue.q[\"a\"]", serde_json::json!({"name": "a"})),
            planned("aws_sqs_queue.q[\"b\"]", serde_json::json!({"name": "b"})),
            planned("aws_lambda_event_source_mapping.m", serde_json::json!({"filter_criteria": [{"filter": [{"pattern": "{}"}]}]})),
            planned("aws_lambda_event_source_mapping.n", serde_json::json!({})),
        ]}},
        "configuration": {"root_module": {"resources": [
            {"address": "aws_lambda_event_source_mapping.m", "expressions": {
                "event_source_arn": {"references": ["aws_sqs_queue.q[\"b\"].arn", "aws_sqs_queue.q[\"b\"]", "aws_sqs_queue.q"]},
                "function_name": {"references": ["var.function"]}}},
            {"address": "aws_lambda_event_source_mapping.n", "expressions": {
                "event_source_arn": {"references": ["aws_sqs_queue.q", "each.key"]}}}
        ]}}
    });
    let reading = read(&plan);
    let resources = &reading.templates[0].resources;
    let mapping = &resources["aws_lambda_event_source_mapping.m"];
    let Some(Value::Resource(queue)) = mapping.property("EventSourceArn") else {
        panic!("{mapping:?}");
    };
    assert_eq!(queue.resource.id, "aws_sqs_queue.q[\"b\"]");
    assert_eq!(queue.attribute, Attribute::Named("Arn".to_owned()));
    let Some(Value::Outside(function)) = mapping.property("FunctionName") else {
        panic!("{mapping:?}");
    };
    assert_eq!(
        (function.kind, function.name.as_str()),
        (OutsideKind::Parameter, "function")
    );
    let filters = mapping
        .property("FilterCriteria")
        .unwrap()
        .get("Filters")
        .unwrap();
    assert_eq!(filters.as_list().unwrap().len(), 1);
    let several = resources["aws_lambda_event_source_mapping.n"].property("EventSourceArn");
    assert_eq!(several.unwrap().alternatives().len(), 2);
}

#[test]
fn redrive_policies_are_found_in_text_in_references_and_beside_the_queue() {
    let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:111122223333:dead"}"#;
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_sqs_queue.dead", serde_json::json!({"name": "dead"})),
            planned("aws_sqs_queue.a", serde_json::json!({"name": "a", "redrive_policy": policy})),
            planned("aws_sqs_queue.b", serde_json::json!({"name": "b"})),
            planned("aws_sqs_queue.c", serde_json::json!({"name": "c"})),
            planned("aws_sqs_queue_redrive_policy.c", serde_json::json!({})),
        ]}},
        "configuration": {"root_module": {"resources": [
            {"address": "aws_sqs_queue.b", "expressions": {"redrive_policy": {"references": ["aws_sqs_queue.dead.arn", "aws_sqs_queue.dead"]}}},
            {"address": "aws_sqs_queue_redrive_policy.c", "expressions": {
                "queue_url": {"references": ["aws_sqs_queue.c.id", "aws_sqs_queue.c"]},
                "redrive_policy": {"references": ["aws_sqs_queue.dead.arn", "aws_sqs_queue.dead"]}}}
        ]}}
    });
    let reading = read(&plan);
    let resources = &reading.templates[0].resources;
    let dead = |id: &str| {
        let policy = resources[id]
            .property("RedrivePolicy")
            .unwrap()
            .document()
            .unwrap();
        policy.get("deadLetterTargetArn").unwrap().clone()
    };
    assert!(matches!(dead("aws_sqs_queue.a"), Value::Text(_)));
    assert_eq!(id_of(&dead("aws_sqs_queue.b")), "aws_sqs_queue.dead");
    assert_eq!(id_of(&dead("aws_sqs_queue.c")), "aws_sqs_queue.dead");
    assert!(!resources.contains_key("aws_sqs_queue_redrive_policy.c"));
}

#[test]
fn null_is_nothing_and_a_pattern_is_not_the_resource_it_is_made_of() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_sqs_queue.q", serde_json::json!({"name": "q", "kms_master_key_id": null})),
            planned("aws_cloudwatch_event_rule.r", serde_json::json!({"name": "r"})),
        ]}},
        "configuration": {"root_module": {"resources": [
            {"address": "aws_sqs_queue.q", "expressions": {"kms_master_key_id": {"references": ["var.key"]}}},
            {"address": "aws_cloudwatch_event_rule.r", "expressions": {"event_pattern": {"references": ["aws_sqs_queue.q.arn", "aws_sqs_queue.q"]}}}
        ]}}
    });
    let reading = read(&plan);
    let resources = &reading.templates[0].resources;
    assert!(
        resources["aws_sqs_queue.q"]
            .property("KmsMasterKeyId")
            .is_none()
    );
    let pattern = resources["aws_cloudwatch_event_rule.r"].property("EventPattern");
    assert!(matches!(pattern, Some(Value::Unknown(_))), "{pattern:?}");
}

#[test]
fn the_logs_of_a_state_machine_and_their_deliveries_have_the_shape_of_cloudformation() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_sfn_state_machine.m", serde_json::json!({
                "name": "m",
                "logging_configuration": [{
                    "include_execution_data": true, "level": "ALL",
                    "log_destination": "arn:aws:logs:us-east-1:111122223333:log-group:g:*",
                }],
            })),
            planned("aws_cloudwatch_log_delivery_destination.d", serde_json::json!({
                "name": "d",
                "delivery_destination_configuration": [{"destination_resource_arn": "arn:aws:s3:::b"}],
            })),
        ]}},
    });
    let reading = read(&plan);
    let resources = &reading.templates[0].resources;
    let logging = resources["aws_sfn_state_machine.m"].property("LoggingConfiguration");
    let to = logging
        .unwrap()
        .get("Destinations")
        .unwrap()
        .as_list()
        .unwrap();
    let group = to[0]
        .at(&["CloudWatchLogsLogGroup", "LogGroupArn"])
        .unwrap();
    assert!(group.as_text().unwrap().ends_with(":log-group:g:*"));
    let destination = &resources["aws_cloudwatch_log_delivery_destination.d"];
    let arn = destination.property("DestinationResourceArn").unwrap();
    assert_eq!(arn.as_text(), Some("arn:aws:s3:::b"));
}

#[test]
fn firehose_and_pipes_have_the_spelling_of_cloudformation() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_kinesis_firehose_delivery_stream.h", serde_json::json!({
                "name": "h",
                "kinesis_source_configuration": [{"kinesis_stream_arn": "arn:aws:kinesis:eu-west-1:1:stream/s"}],
                "extended_s3_configuration": [{
                    "bucket_arn": "arn:aws:s3:::b",
                    "processing_configuration": [{"enabled": true, "processors": [{"type": "Lambda", "parameters": [
                        {"parameter_name": "LambdaArn", "parameter_value": "arn:aws:lambda:eu-west-1:1:function:f"}]}]}],
                }],
                "http_endpoint_configuration": [{"url": "https://x.example"}],
            })),
            planned("aws_pipes_pipe.p", serde_json::json!({
                "name": "p",
                "source_parameters": [{
                    "dynamodb_stream_parameters": [{"dead_letter_config": [{"arn": "dead"}]}],
                    "filter_criteria": [{"filter": [{"pattern": "{}"}]}],
                }],
                "target_parameters": [{"eventbridge_event_bus_parameters": [{"source": "s", "detail_type": "t"}]}],
            })),
        ]}},
    });
    let reading = read(&plan);
    let resources = &reading.templates[0].resources;
    let text = |id: &str, keys: &[&str]| {
        let mut value = resources[id].property(keys[0]).unwrap();
        for key in &keys[1..] {
            value = match key.parse::<usize>() {
                Ok(index) => &value.as_list().unwrap()[index],
                Err(_) => value.get(key).unwrap(),
            };
        }
        value.as_text().unwrap().to_owned()
    };
    let hose = "aws_kinesis_firehose_delivery_stream.h";
    assert!(
        text(
            hose,
            &["KinesisStreamSourceConfiguration", "KinesisStreamARN"]
        )
        .ends_with("stream/s")
    );
    let s3 = "ExtendedS3DestinationConfiguration";
    assert_eq!(text(hose, &[s3, "BucketARN"]), "arn:aws:s3:::b");
    let function = [
        s3,
        "ProcessingConfiguration",
        "Processors",
        "0",
        "Parameters",
        "0",
        "ParameterValue",
    ];
    assert!(text(hose, &function).ends_with("function:f"));
    let url = [
        "HttpEndpointDestinationConfiguration",
        "EndpointConfiguration",
        "Url",
    ];
    assert_eq!(text(hose, &url), "https://x.example");
    let pipe = "aws_pipes_pipe.p";
    let filter = [
        "SourceParameters",
        "FilterCriteria",
        "Filters",
        "0",
        "Pattern",
    ];
    assert_eq!(text(pipe, &filter), "{}");
    let dead = [
        "SourceParameters",
        "DynamoDBStreamParameters",
        "DeadLetterConfig",
        "Arn",
    ];
    assert_eq!(text(pipe, &dead), "dead");
    let event = [
        "TargetParameters",
        "EventBridgeEventBusParameters",
        "DetailType",
    ];
    assert_eq!(text(pipe, &event), "t");
}

#[test]
fn the_arn_of_a_target_is_that_of_the_resource_it_sends_to() {
    let arn = "arn:aws:sqs:eu-west-1:222222222222:jobs";
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_sqs_queue.jobs", serde_json::json!({"name": "jobs", "arn": arn})),
            planned("aws_sqs_queue.other", serde_json::json!({
                "name": "other", "redrive_policy": format!("{{\"deadLetterTargetArn\":\"{arn}\"}}"),
            })),
            planned("aws_cloudwatch_event_rule.r", serde_json::json!({"name": "r", "event_pattern": "{\"source\":[\"a\"]}"})),
            planned("aws_cloudwatch_event_target.t", serde_json::json!({"rule": "r", "arn": arn})),
        ]}},
    });
    let reading = read(&plan);
    let settings = Settings::default();
    let imported = crate::topology(&reading, &settings, piitrail_flow::home::Home::UNKNOWN);
    let listing = imported.draft.finish().unwrap().listing();
    let routes: Vec<String> = listing
        .routes
        .iter()
        .map(|route| format!("{} {} -> {}", route.kind.as_str(), route.from, route.to))
        .collect();
    assert_eq!(
        routes,
        [
            "rule default -> aws_sqs_queue.jobs",
            "redrive aws_sqs_queue.other -> aws_sqs_queue.jobs",
        ]
    );
    let queues = listing
        .resources
        .iter()
        .filter(|one| one.kind.to_string() == "queue");
    assert_eq!(queues.count(), 2);
}

#[test]
fn an_instance_refers_to_the_instance_of_its_own_key() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_sqs_queue.q[\"a\"]", serde_json::json!({"name": "a"})),
            planned("aws_sqs_queue.q[\"b\"]", serde_json::json!({"name": "b"})),
            planned("aws_lambda_event_source_mapping.m[\"b\"]", serde_json::json!({})),
        ]}},
        "configuration": {"root_module": {"resources": [
            {"address": "aws_lambda_event_source_mapping.m", "expressions": {
                "event_source_arn": {"references": ["aws_sqs_queue.q", "each.key"]}}}
        ]}}
    });
    let reading = read(&plan);
    let mapping = &reading.templates[0].resources["aws_lambda_event_source_mapping.m[\"b\"]"];
    let source = mapping.property("EventSourceArn").unwrap();
    assert_eq!(id_of(source), "aws_sqs_queue.q[\"b\"]");
}

/// A module with a queue and a mapping of it, in two instances.
fn module_of_two(outside: &serde_json::Value) -> serde_json::Value {
    let inner = |key: &str| {
        let at = format!("module.svc[\"{key}\"]");
        serde_json::json!({"address": at, "resources": [
            planned(&format!("{at}.aws_sqs_queue.q"), serde_json::json!({"name": key})),
            planned(&format!("{at}.aws_lambda_event_source_mapping.m"), serde_json::json!({})),
        ]})
    };
    serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {
            "resources": [planned("aws_lambda_event_source_mapping.m", serde_json::json!({}))],
            "child_modules": [inner("a"), inner("b")],
        }},
        "configuration": {"root_module": {
            "resources": [{"address": "aws_lambda_event_source_mapping.m", "expressions": {
                "event_source_arn": {"references": outside}}}],
            "module_calls": {"svc": {"module": {
                "outputs": {"queue": {"expression": {"references": ["aws_sqs_queue.q.arn", "aws_sqs_queue.q"]}}},
                "resources": [{"address": "aws_lambda_event_source_mapping.m", "expressions": {
                    "event_source_arn": {"references": ["aws_sqs_queue.q.arn", "aws_sqs_queue.q"]}}}],
            }}},
        }},
    })
}

#[test]
fn an_instance_of_a_module_refers_to_its_own_resources_and_an_index_to_one_instance() {
    let references =
        serde_json::json!(["module.svc[\"b\"].queue", "module.svc[\"b\"]", "module.svc"]);
    let reading = read(&module_of_two(&references));
    let resources = &reading.templates[0].resources;
    let source = |id: &str| resources[id].property("EventSourceArn").unwrap();
    for key in ["a", "b"] {
        let at = format!("module.svc[\"{key}\"]");
        assert_eq!(
            id_of(source(&format!("{at}.aws_lambda_event_source_mapping.m"))),
            format!("{at}.aws_sqs_queue.q")
        );
    }
    let queue = id_of(source("aws_lambda_event_source_mapping.m"));
    assert_eq!(queue, "module.svc[\"b\"].aws_sqs_queue.q");
    // Without an index it may be either.
    let reading = read(&module_of_two(&serde_json::json!(["module.svc"])));
    let resources = &reading.templates[0].resources;
    let source = resources["aws_lambda_event_source_mapping.m"].property("EventSourceArn");
    assert!(source.is_none_or(|source| !matches!(source, Value::Resource(_))));
}

#[test]
fn a_value_of_a_map_is_not_the_key_of_an_instance() {
    let plan = serde_json::json!({
        "format_version": "1.0",
        "planned_values": {"root_module": {"resources": [
            planned("aws_sqs_queue.q[\"x\"]", serde_json::json!({"name": "x"})),
            planned("aws_sqs_queue.q[\"y\"]", serde_json::json!({"name": "y"})),
            planned("aws_lambda_event_source_mapping.m[\"x\"]", serde_json::json!({})),
        ]}},
        "configuration": {"root_module": {"resources": [
            {"address": "aws_lambda_event_source_mapping.m", "expressions": {
                "event_source_arn": {"references": ["aws_sqs_queue.q", "each.value.queue", "each.value"]}}}
        ]}}
    });
    let reading = read(&plan);
    let mapping = &reading.templates[0].resources["aws_lambda_event_source_mapping.m[\"x\"]"];
    let source = mapping.property("EventSourceArn").unwrap();
    assert_eq!(source.alternatives().len(), 2);
}
