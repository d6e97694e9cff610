//! Tests of single properties. `tests/scores` compares whole templates with their expected
//! topology.

use piitrail_flow::topology::{ListedRoute, Listing, Topology};

use super::*;
use crate::template::File;

fn import(files: &[(&str, &str)], home: Home) -> (Topology, Vec<String>) {
    let files: Vec<File<'_>> = files
        .iter()
        .map(|(name, text)| File {
            name,
            bytes: text.as_bytes(),
        })
        .collect();
    let settings = Settings::default();
    let reading = crate::read(&files, &settings);
    let imported = topology(&reading, &settings, home);
    let notes = reading.notes.iter().chain(&imported.notes);
    let notes = notes.map(ToString::to_string).collect();
    (imported.draft.finish().unwrap(), notes)
}

fn listing(text: &str) -> Listing {
    import(&[("t.yaml", text)], Home::UNKNOWN).0.listing()
}

fn lines(routes: &[ListedRoute]) -> Vec<String> {
    let line = |route: &ListedRoute| {
        let ListedRoute {
            from,
            to,
            via,
            kind,
            ..
        } = route;
        format!("{} {from} -> {to} via {via}", kind.as_str())
    };
    routes.iter().map(line).collect()
}

#[test]
fn every_kind_of_route_is_read() {
    let listing = listing(
        "
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}]}}
  F: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: !GetAtt Dead.Arn}}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F}}
  Stream: {Type: AWS::Kinesis::Stream}
  Reader: {Type: AWS::Kinesis::StreamConsumer, Properties: {StreamARN: !GetAtt Stream.Arn}}
  FanOut:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !Ref Reader, FunctionName: !Ref Live, StartingPosition: LATEST, Enabled: false}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        TopicConfigurations: [{Event: 's3:ObjectCreated:*', Topic: !Ref Topic}]
        EventBridgeConfiguration: {EventBridgeEnabled: true}
  Notifications:
    Type: Custom::S3BucketNotifications
    Properties:
      BucketName: !Ref Bucket
      NotificationConfiguration:
        LambdaFunctionConfigurations: [{Events: ['s3:ObjectRemoved:*'], LambdaFunctionArn: !GetAtt F.Arn, Filter: {Key: {}}}]
  Hose:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Stream.Arn}
      HttpEndpointDestinationConfiguration:
        EndpointConfiguration: {Url: 'https://collector.example/in'}
        S3Configuration: {BucketARN: !GetAtt Bucket.Arn}
  Log: {Type: AWS::Logs::LogGroup}
  ToHose:
    Type: AWS::Logs::SubscriptionFilter
    Properties: {LogGroupName: !Ref Log, DestinationArn: !GetAtt Hose.Arn, FilterPattern: ''}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties: {State: DISABLED, Target: {Arn: !GetAtt F.Arn, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}
  Hourly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 hour)
      EventPattern: {source: [a]}
      Targets: [{Id: a, Arn: !GetAtt F.Arn}]
  Table: {Type: AWS::DynamoDB::Table, Properties: {KinesisStreamSpecification: {StreamArn: !GetAtt Stream.Arn}}}
",
    );
    let mut lines = lines(&listing.routes);
    lines.sort();
    assert_eq!(
        lines,
        [
            "bucket-notification Bucket -> F via Notifications",
            "bucket-notification Bucket -> Topic via Bucket",
            "bucket-notification Bucket -> default via Bucket",
            "delivery Hose -> https://collector.example/in via Hose",
            "delivery Stream -> Hose via Hose",
            "delivery Table -> Stream via Table",
            "event-source-mapping Stream -> F via FanOut",
            "logs Log -> Hose via ToHose",
            "on-failure Bus -> Dead via Bus",
            "on-failure F -> Dead via F",
            "on-failure Hose -> Bucket via Hose",
            "on-failure schedule -> Dead via Nightly",
            "rule default -> F via Hourly",
            "schedule schedule -> F via Hourly",
            "schedule schedule -> F via Nightly",
            "subscription Topic -> F via Topic",
        ]
    );
    let disabled = listing.routes.iter().filter(|route| route.disabled);
    assert_eq!(disabled.count(), 3);
}

#[test]
fn encryption_and_retention_are_what_the_template_says() {
    let listing = listing(
        "
Parameters: {KeyElsewhere: {Type: String}}
Resources:
  Key: {Type: AWS::KMS::Key}
  Plain: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: false, MessageRetentionPeriod: '60'}}
  Own: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !Ref Key, SqsManagedSseEnabled: false}}
  Aws: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: alias/aws/sns}}
  Given: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref KeyElsewhere}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {StreamEncryption: {EncryptionType: KMS, KeyId: alias/x}, RetentionPeriodHours: 48}}
  Table: {Type: AWS::DynamoDB::Table, Properties: {SSESpecification: {SSEEnabled: true}}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !GetAtt Key.Arn}}]
  Hose: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {DeliveryStreamEncryptionConfigurationInput: {KeyType: AWS_OWNED_CMK}}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
",
    );
    let known: Vec<String> = listing
        .resources
        .iter()
        .map(|one| {
            let key = one.key.as_deref().unwrap_or("-");
            let kept = one.retention.as_deref().unwrap_or("-");
            format!("{} {} {key} {kept}", one.id, one.encryption)
        })
        .collect();
    assert_eq!(
        known,
        [
            "Own customer-managed Key 4d",
            "Plain none - 1m",
            "Aws aws-managed - -",
            "Given customer-managed param:KeyElsewhere -",
            "Stream customer-managed alias/x 2d",
            "Table aws-managed - 1d",
            "Log service-default - 30d",
            "Hose service-default - -",
            "Bucket customer-managed Key -",
        ]
    );
}

#[test]
fn a_home_is_that_of_the_deployment_unless_an_arn_says_another() {
    let text = "
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [a]}
      Targets:
        - {Id: a, Arn: !GetAtt Queue.Arn}
        - {Id: b, Arn: !Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:other'}
        - {Id: c, Arn: 'arn:aws:events:eu-west-2:444455556666:event-bus/theirs'}
";
    let names = |home| {
        let (topology, _) = import(&[("t.yaml", text)], home);
        let bus = topology.buses().iter().next().unwrap();
        let targets = bus.1.rules[0].targets.iter();
        let mut names: Vec<String> = targets.map(|one| one.to.name().to_string()).collect();
        names.insert(0, bus.0.to_string());
        names
    };
    assert_eq!(
        names(Home::UNKNOWN),
        ["default", "jobs", "other", "theirs@eu-west-2/444455556666"]
    );
    assert_eq!(
        names(Home::of("222222222222", "eu-west-1")),
        [
            "default@eu-west-1/222222222222",
            "jobs@eu-west-1/222222222222",
            "other@eu-west-1/222222222222",
            "theirs@eu-west-2/444455556666"
        ]
    );
}

#[test]
fn two_stacks_may_have_a_resource_of_one_id() {
    let text = "Resources: {Queue: {Type: AWS::SQS::Queue}}";
    let files = [("orders/template.yaml", text), ("mail/template.yaml", text)];
    let (topology, _) = import(&files, Home::UNKNOWN);
    let ids: Vec<String> = topology
        .listing()
        .resources
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids, ["Queue", "mail/Queue"]);
}

#[test]
fn a_value_that_is_not_known_is_taken_to_be_accepted_and_said() {
    let (topology, notes) = import(
        &[(
            "t.yaml",
            "
Parameters: {Account: {Type: String}, Policy: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [a], account: [!Ref Account], detail: {kind: [{prefix: x}]}}
      Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]
  Whole:
    Type: AWS::Events::Rule
    Properties: {EventPattern: !Ref Policy, Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Policy, Protocol: sqs, Endpoint: !GetAtt Queue.Arn, FilterPolicy: !Ref Policy}
",
        )],
        Home::UNKNOWN,
    );
    let rules = &topology.buses().values().next().unwrap().rules;
    let anything = serde_json::json!([{ "exists": true }]);
    assert_eq!(
        *rules[0].pattern.json(),
        serde_json::json!({"source": ["a"], "detail": {"kind": [{"prefix": "x"}]}})
    );
    assert_eq!(
        *rules[1].pattern.json(),
        serde_json::json!({ "source": anything })
    );
    let topic = topology.topics().values().next().unwrap();
    let policy = topic.subscriptions[0].filter_policy.as_ref().unwrap();
    assert_eq!(*policy.json(), serde_json::json!({}));
    // What AWS perhaps declines is not said to be matched.
    assert!(policy.is_approximate());
    assert!(rules.iter().all(|rule| rule.pattern.is_approximate()));
    for line in [5, 10, 13] {
        let place = format!("t.yaml:{line}: ");
        assert!(
            notes.iter().any(|note| note.starts_with(&place)),
            "{line} {notes:?}"
        );
    }
}

#[test]
fn a_template_with_a_part_that_is_not_known_keeps_the_rest() {
    let listing = listing(
        r#"
Parameters: {Stage: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [a]}
      Targets:
        - Id: a
          Arn: !GetAtt Queue.Arn
          InputTransformer:
            InputPathsMap: {id: $.detail.id}
            InputTemplate: !Sub '{"stage": "${Stage}", "number": ${Stage}, "id": <id>}'
"#,
    );
    assert_eq!(lines(&listing.routes), ["rule default -> Queue via Rule"]);
    assert!(listing.routes[0].transformer);
}

mod uncertain;
mod v2;
