//! Tests of what depends on a condition or a value that the templates do not say.

use super::*;

/// The routes, each with `perhaps` if it may not exist or may take less.
fn told(text: &str) -> Vec<String> {
    let listing = listing(text);
    let line = |route: &ListedRoute| {
        let perhaps = if route.approximate { " perhaps" } else { "" };
        format!(
            "{} {} -> {}{perhaps}",
            route.kind.as_str(),
            route.from,
            route.to
        )
    };
    listing.routes.iter().map(line).collect()
}

const AROUND: &str = "
Parameters: {Stage: {Type: String}, Name: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  A: {Type: AWS::SQS::Queue}
  B: {Type: AWS::SQS::Queue}
  F: {Type: AWS::Lambda::Function}
";

#[test]
fn a_part_that_may_be_missing_is_on_the_map_and_not_certain() {
    for (targets, expected) in [
        (
            "[{Id: a, Arn: !GetAtt A.Arn}, !If [Prod, {Id: b, Arn: !GetAtt B.Arn}, !Ref AWS::NoValue]]",
            ["rule default -> A", "rule default -> B perhaps"],
        ),
        (
            "!If [Prod, [{Id: a, Arn: !GetAtt A.Arn}, {Id: b, Arn: !GetAtt B.Arn}], [{Id: a, Arn: !GetAtt A.Arn}]]",
            ["rule default -> A", "rule default -> B perhaps"],
        ),
        (
            "[{Id: a, Arn: !If [Prod, !GetAtt A.Arn, !GetAtt B.Arn]}]",
            ["rule default -> A perhaps", "rule default -> B perhaps"],
        ),
    ] {
        let rule =
            "  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: ";
        assert_eq!(
            told(&format!("{AROUND}{rule}{targets}}}}}\n")),
            expected,
            "{targets}"
        );
    }
}

#[test]
fn a_route_whose_state_or_condition_is_unknown_is_not_certain() {
    let told = told(&format!(
        "{AROUND}
  ByState: {{Type: AWS::Events::Rule, Properties: {{State: !Ref Stage, EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !GetAtt A.Arn}}]}}}}
  ByCondition: {{Type: AWS::Events::Rule, Condition: Prod, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !GetAtt B.Arn}}]}}}}
  Mapping: {{Type: AWS::Lambda::EventSourceMapping, Condition: Prod, Properties: {{EventSourceArn: !GetAtt A.Arn, FunctionName: !Ref F}}}}
  Switched: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt B.Arn, FunctionName: !Ref F, Enabled: !If [Prod, true, false]}}}}
  Redriven: {{Type: AWS::SQS::Queue, Properties: {{RedrivePolicy: !If [Prod, {{deadLetterTargetArn: !GetAtt A.Arn}}, !Ref AWS::NoValue]}}}}
"
    ));
    assert_eq!(
        told,
        [
            "rule default -> A perhaps",
            "rule default -> B perhaps",
            "event-source-mapping A -> F perhaps",
            "event-source-mapping B -> F perhaps",
            "redrive Redriven -> A perhaps",
        ]
    );
}

#[test]
fn everything_in_a_stack_whose_condition_is_unknown_is_not_certain() {
    let outer = "
Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources: {Inner: {Type: AWS::CloudFormation::Stack, Condition: Prod, Properties: {TemplateURL: inner.yaml}}}
";
    let inner = "
Resources:
  A: {Type: AWS::SQS::Queue}
  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt A.Arn}]}}
";
    let (topology, _) = import(&[("t.yaml", outer), ("inner.yaml", inner)], Home::UNKNOWN);
    let listing = topology.listing();
    assert!(!listing.routes.is_empty());
    assert!(
        listing.routes.iter().all(|route| route.approximate),
        "{:?}",
        listing.routes
    );
}

#[test]
fn a_condition_with_an_unknown_part_has_none_there() {
    let (topology, _) = import(
        &[(
            "t.yaml",
            &format!(
                "{AROUND}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        source: [a]
        detail: {{kind: [!Ref Stage], $or: [{{x: [1]}}, {{y: [!Ref Stage]}}], deep: {{er: [!Ref Stage]}}}}
      Targets: [{{Id: a, Arn: !GetAtt A.Arn}}]
  Chosen:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: !If [Prod, {{source: [a], detail-type: [x]}}, {{source: [a]}}]
      Targets: [{{Id: a, Arn: !GetAtt A.Arn}}]
"
            ),
        )],
        Home::UNKNOWN,
    );
    let rules = &topology.buses().values().next().unwrap().rules;
    for rule in rules {
        // `detail` may be missing, or anything but a map, for all that is known.
        assert_eq!(*rule.pattern.json(), serde_json::json!({"source": ["a"]}));
        assert!(rule.pattern.is_approximate());
    }
}

#[test]
fn a_subscription_of_an_unknown_form_may_have_either() {
    let (topology, _) = import(
        &[(
            "t.yaml",
            &format!(
                "{AROUND}
  Topic: {{Type: AWS::SNS::Topic}}
  Raw: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt A.Arn, RawMessageDelivery: !Ref Stage}}}}
  Scope: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt B.Arn, FilterPolicyScope: !Ref Stage, FilterPolicy: {{a: [b]}}}}}}
"
            ),
        )],
        Home::UNKNOWN,
    );
    let subscriptions = &topology.topics().values().next().unwrap().subscriptions;
    let forms: Vec<(&str, bool, bool)> = subscriptions
        .iter()
        .map(|one| {
            let policy = one.filter_policy.as_ref().unwrap();
            assert_eq!(*policy.json(), serde_json::json!({}));
            (
                one.id.as_deref().unwrap(),
                one.is_raw,
                policy.is_approximate(),
            )
        })
        .collect();
    assert_eq!(
        forms,
        [
            ("Raw", false, true),
            ("Raw", true, true),
            ("Scope", false, true)
        ]
    );
}

#[test]
fn a_pipe_says_which_fields_of_its_event_are_unknown() {
    let (topology, _) = import(
        &[(
            "t.yaml",
            &format!(
                "{AROUND}
  Bus: {{Type: AWS::Events::EventBus}}
  Path: {{Type: AWS::Pipes::Pipe, Properties: {{Source: !GetAtt A.Arn, Target: !GetAtt Bus.Arn, TargetParameters: {{EventBridgeEventBusParameters: {{DetailType: $.body.kind}}}}}}}}
  Unknown: {{Type: AWS::Pipes::Pipe, Properties: {{Source: !GetAtt A.Arn, Target: !GetAtt Bus.Arn, TargetParameters: {{EventBridgeEventBusParameters: {{Source: !Ref Stage}}}}}}}}
  Either: {{Type: AWS::Pipes::Pipe, Properties: {{Name: either, Source: !GetAtt A.Arn, Target: !If [Prod, !GetAtt Bus.Arn, !GetAtt B.Arn]}}}}
"
            ),
        )],
        Home::UNKNOWN,
    );
    let event = |name: &str| {
        let pipe = topology.pipes().iter().find(|(at, _)| at.name == name);
        pipe.unwrap().1.event.clone()
    };
    assert_eq!(event("Path").detail_type.as_deref(), Some("$.body.kind"));
    assert!(event("Unknown").is_unknown && !event("Path").is_unknown);
    // Both pipes that it may be are on the map.
    for name in ["either", "either (2)"] {
        let pipe = topology.pipes().iter().find(|(at, _)| at.name == name);
        assert!(pipe.unwrap().1.filters.is_approximate(), "{name}");
    }
}

#[test]
fn what_a_resource_lacks_is_said_with_its_line() {
    let (_, notes) = import(
        &[(
            "t.yaml",
            &format!(
                "{AROUND}
  R1: {{Type: AWS::Events::Rule, Properties: {{Targets: []}}}}
  R2: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a}}]}}}}
  R3: {{Type: AWS::Events::Archive, Properties: {{}}}}
  R4: {{Type: AWS::Scheduler::Schedule, Properties: {{}}}}
  R5: {{Type: AWS::Pipes::Pipe, Properties: {{Source: !GetAtt A.Arn}}}}
  R6: {{Type: AWS::SNS::Subscription, Properties: {{Protocol: sqs}}}}
  R7: {{Type: AWS::SQS::Queue, Properties: {{RedrivePolicy: 'no json'}}}}
  R8: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt A.Arn}}}}
  R9: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{FunctionName: !Ref F}}}}
  R10: {{Type: AWS::Lambda::EventInvokeConfig, Properties: {{}}}}
  R11: {{Type: AWS::KinesisFirehose::DeliveryStream, Properties: {{}}}}
  R12: {{Type: AWS::Logs::SubscriptionFilter, Properties: {{LogGroupName: g}}}}
  R13: {{Type: AWS::S3::Bucket, Properties: {{NotificationConfiguration: {{QueueConfigurations: [{{Event: x}}]}}}}}}
  R14: {{Type: AWS::EventsV2::Subscriber, Properties: {{}}}}
  R15: {{Type: AWS::DynamoDB::KinesisStreamingDestination, Properties: {{}}}}
"
            ),
        )],
        Home::UNKNOWN,
    );
    for number in 1..=15 {
        let of = format!(": R{number}: ");
        assert!(
            notes.iter().any(|note| note.contains(&of)),
            "R{number} {notes:#?}"
        );
    }
}

#[test]
fn a_qualified_name_is_the_resource_and_an_output_has_its_own_name() {
    assert_eq!(
        told(&format!(
            "{AROUND}
  Live: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !Sub '${{F.Arn}}:live'}}]}}}}
  Nested: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: elsewhere.yaml}}}}
  Outputs: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !GetAtt Nested.Outputs.One}}, {{Id: b, Arn: !GetAtt Nested.Outputs.Two}}]}}}}
  Api: {{Type: AWS::ApiGateway::RestApi}}
  Called: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !Sub 'arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/prod/POST/x'}}]}}}}
  Task: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: work}}}}
  Cluster: {{Type: AWS::ECS::Cluster}}
  Runs: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !GetAtt Cluster.Arn, EcsParameters: {{TaskDefinitionArn: !Ref Task}}}}]}}}}
"
        )),
        [
            "rule default -> F",
            "rule default -> output:Nested.One",
            "rule default -> output:Nested.Two",
            "rule default -> Api",
            "rule default -> Task",
        ]
    );
}

#[test]
fn firehose_sends_its_records_to_the_function_that_transforms_them() {
    assert_eq!(
        told(&format!(
            "{AROUND}
  Bucket: {{Type: AWS::S3::Bucket}}
  Hose:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Bucket.Arn
        ProcessingConfiguration:
          Enabled: true
          Processors: [{{Type: Lambda, Parameters: [{{ParameterName: LambdaArn, ParameterValue: !Sub '${{F.Arn}}:$LATEST'}}]}}]
"
        )),
        ["delivery Hose -> Bucket", "delivery Hose -> F"]
    );
}

#[test]
fn logs_of_errors_keep_what_failed() {
    let listing = listing(
        "
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop, LogConfig: {IncludeDetail: FULL, Level: TRACE}}}
  Group: {Type: AWS::Logs::LogGroup}
  Errors: {Type: AWS::Logs::DeliverySource, Properties: {Name: e, LogType: ERROR_LOGS, ResourceArn: !GetAtt Bus.Arn}}
  To: {Type: AWS::Logs::DeliveryDestination, Properties: {Name: d, DestinationResourceArn: !GetAtt Group.Arn}}
  Delivery: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: !Ref Errors, DeliveryDestinationArn: !GetAtt To.Arn}}
",
    );
    let [route] = &listing.routes[..] else {
        panic!("{:?}", listing.routes);
    };
    assert!(route.pattern_or_filter);
}

#[test]
fn an_input_of_which_a_part_is_unknown_is_the_whole_record_and_not_certain() {
    for transformer in [
        "{InputPathsMap: {e: !If [Prod, $.detail.ip, $.detail.email]}, InputTemplate: '{\"i\": <e>}'}",
        "!If [Prod, {InputPathsMap: {e: $.detail.ip}, InputTemplate: '{\"i\": <e>}'}, !Ref AWS::NoValue]",
    ] {
        let told = told(&format!(
            "{AROUND}
  Rule: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !GetAtt A.Arn, InputTransformer: {transformer}}}]}}}}
"
        ));
        assert_eq!(told, ["rule default -> A perhaps"], "{transformer}");
    }
}

#[test]
fn a_target_that_may_be_missing_keeps_its_own_input() {
    let (topology, _) = import(
        &[(
            "t.yaml",
            &format!(
                "{AROUND}
  Rule: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: !If [Prod, [{{Id: a, Arn: !GetAtt A.Arn}}], [{{Id: b, Arn: !GetAtt B.Arn, InputPath: $.detail.ip}}]]}}}}
"
            ),
        )],
        Home::UNKNOWN,
    );
    let rule = &topology.buses().values().next().unwrap().rules[0];
    let is_changed: Vec<bool> = rule
        .targets
        .iter()
        .map(|target| target.input.is_transformer())
        .collect();
    assert_eq!(is_changed, [false, true]);
    assert!(rule.targets.iter().all(|target| target.is_approximate));
}

#[test]
fn an_empty_filter_policy_is_none_and_a_replica_of_a_table_has_its_own_stream() {
    assert_eq!(
        told(&format!(
            "{AROUND}
  Topic: {{Type: AWS::SNS::Topic}}
  All: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt A.Arn, FilterPolicy: {{}}}}}}
  Stream: {{Type: AWS::Kinesis::Stream}}
  Table: {{Type: AWS::DynamoDB::GlobalTable, Properties: {{Replicas: [{{Region: eu-west-1, KinesisStreamSpecification: {{StreamArn: !GetAtt Stream.Arn}}}}]}}}}
  Maybe: {{Type: AWS::SQS::Queue, Condition: Prod}}
  Rule: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !GetAtt Maybe.Arn}}]}}}}
  Partial: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt B.Arn, FunctionName: '999999999999:function:partial'}}}}
"
        )),
        [
            "rule default -> Maybe perhaps",
            "subscription Topic -> A",
            "event-source-mapping B -> partial@*/999999999999",
            "delivery Table -> Stream",
        ]
    );
}

#[test]
fn a_parameter_of_ssm_that_a_file_sets_leads_to_its_resource() {
    let files = [
        (
            "bus.yaml",
            "Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  P: {Type: AWS::SSM::Parameter, Properties: {Name: /bus/arn, Value: !GetAtt Bus.Arn}}
",
        ),
        (
            "rules.yaml",
            "Parameters: {Bus: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /bus/arn}}
Resources:
  A: {Type: AWS::SQS::Queue}
  ByParameter: {Type: AWS::Events::Rule, Properties: {EventBusName: !Ref Bus, EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt A.Arn}]}}
  ByReference: {Type: AWS::Events::Rule, Properties: {EventBusName: '{{resolve:ssm:/bus/arn}}', EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt A.Arn}]}}
",
        ),
    ];
    let (topology, _) = import(&files, Home::UNKNOWN);
    let buses: Vec<(String, usize)> = topology
        .buses()
        .iter()
        .map(|(name, bus)| (name.name.clone(), bus.rules.len()))
        .collect();
    assert_eq!(buses, [("shop".to_owned(), 2)]);
}

#[test]
fn what_passes_records_on_and_is_not_followed_is_said() {
    let (_, notes) = import(
        &[(
            "t.yaml",
            "
Resources:
  R1: {Type: AWS::IoT::TopicRule}
  R2: {Type: AWS::Logs::AccountPolicy}
  R3: {Type: AWS::SES::ReceiptRule}
  R4: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {PreSignUp: arn}}}
  R5: {Type: AWS::Events::Endpoint}
  Fine: {Type: AWS::Cognito::UserPool}
",
        )],
        Home::UNKNOWN,
    );
    assert_eq!(notes.len(), 5, "{notes:#?}");
    assert!(
        notes.iter().all(|note| note.contains("is not followed")),
        "{notes:#?}"
    );
}
