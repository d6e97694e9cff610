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
        serde_json::json!({"source": ["a"], "account": anything, "detail": {"kind": [{"prefix": "x"}]}})
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

#[test]
fn a_firehose_backup_keeps_everything_or_what_failed_by_its_mode() {
    let listing = listing(
        "
Resources:
  S3:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::main
        S3BackupMode: Enabled
        S3BackupConfiguration: {BucketARN: 'arn:aws:s3:::copy'}
  Off:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::main
        S3BackupConfiguration: {BucketARN: 'arn:aws:s3:::no-copy'}
  Http:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      HttpEndpointDestinationConfiguration:
        EndpointConfiguration: {Url: 'https://collect.example.com'}
        S3Configuration: {BucketARN: 'arn:aws:s3:::failed'}
  Search:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      AmazonopensearchserviceDestinationConfiguration:
        DomainARN: arn:aws:es:eu-west-1:111111111111:domain/search
        S3BackupMode: AllDocuments
        S3Configuration: {BucketARN: 'arn:aws:s3:::all'}
",
    );
    let routes = listing.routes.iter();
    let routes: Vec<String> = routes
        .map(|route| format!("{} {} {}", route.from, route.kind.as_str(), route.to))
        .filter(|route| !route.contains("example") && !route.contains("main"))
        .collect();
    assert_eq!(
        routes,
        [
            "S3 delivery copy",
            "Http on-failure failed",
            "Search delivery search@eu-west-1/111111111111",
            "Search delivery all",
        ]
    );
}

const V2: &str = r#"
Parameters: {Elsewhere: {Type: String}}
Resources:
  Orders:
    Type: AWS::EventsV2::EventBus
    Properties:
      Name: orders
      StorageConfiguration: {RetentionPeriodInDays: 14}
      EncryptionConfiguration: {KmsKeyIdentifier: alias/orders}
  Next: {Type: AWS::EventsV2::EventBus, Properties: {Name: next}}
  Jobs: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
  Large:
    Type: AWS::EventsV2::Subscriber
    Properties:
      Name: large-orders
      EventBusArn: !Ref Orders
      FilterConfiguration:
        Filters:
          - {Scope: DATA, Pattern: '{"detail":{"total":[{"numeric":[">",500]}]}}'}
          - {Scope: SYSTEM_METADATA, Pattern: '{"aws:Source":["shop.orders"]}'}
      InvokeConfiguration:
        TargetArn: !GetAtt Jobs.Arn
        RoleArn: arn:aws:iam::111122223333:role/deliver
        SqsParameters: {MessageAttributes: {a: {DataType: String, StringValue: b}}}
      Transformer: {Type: JSONATA, JsonataConfiguration: {Expression: '{% $events.Data.detail %}'}}
      OnFailureConfiguration: {Arn: !GetAtt Failed.Arn}
      State: STOPPED
  Onward:
    Type: AWS::EventsV2::Subscriber
    Properties:
      Name: onward
      EventBusArn: !GetAtt Orders.EventBusArn
      InvokeConfiguration: {TargetArn: !Ref Next, RoleArn: r}
      Transformer: {Type: WITH_METADATA}
  Shared:
    Type: AWS::EventsV2::Subscriber
    Properties:
      Name: shared
      EventBusArn: arn:aws:events:us-east-1:444455556666:event-busv2/theirs/EXAMPLE1234567890abcdef
      InvokeConfiguration:
        TargetArn: arn:aws:events:::aws-sdk:dynamodb:putItem
        RoleArn: r
        UniversalTargetParameters: {Input: '{% $events %}'}
  Files:
    Type: AWS::EventsV2::EventSource
    Properties:
      Name: files
      EventBusArn: !Ref Orders
      Configuration: {AwsServiceEventsConfiguration: {AwsService: aws.s3, Pattern: '{"detail-type":["Object Created"]}'}}
  Tickets:
    Type: AWS::EventsV2::EventSource
    Properties:
      Name: tickets
      EventBusArn: !Ref Orders
      Configuration: {PartnerEventsConfiguration: {PartnerEventSourceArn: 'arn:aws:events:us-east-1::event-source/aws.partner/desk.example/1'}}
"#;

#[test]
fn a_v2_bus_its_subscribers_and_its_sources_are_read() {
    let (topology, notes) = import(&[("t.yaml", V2)], Home::UNKNOWN);
    let listing = topology.listing();
    let mut lines = lines(&listing.routes);
    lines.sort();
    assert_eq!(
        lines,
        [
            "on-failure Orders -> Failed via Large",
            "rule aws.partner/desk.example/1 -> Orders via Tickets",
            "rule default -> Orders via Files",
            "subscriber Orders -> Jobs via Large",
            "subscriber Orders -> Next via Onward",
            "subscriber theirs@*/444455556666 -> aws-sdk:dynamodb:putItem via Shared",
        ]
    );
    let kept: Vec<String> = listing
        .resources
        .iter()
        .filter(|one| one.kind == ResourceKind::Bus && one.retention.is_some())
        .map(|one| format!("{} {} {:?}", one.id, one.encryption, one.retention))
        .collect();
    // A bus that does not say how long it keeps events keeps them for a day.
    assert_eq!(
        kept,
        [
            r#"Next service-default Some("1d")"#,
            r#"Orders customer-managed Some("14d")"#
        ]
    );
    let orders = End::named(ResourceKind::Bus, "orders").unwrap();
    let large = &topology.buses()[orders.name()].subscribers[0];
    assert_eq!(
        (large.name.as_str(), large.disabled),
        ("large-orders", true)
    );
    assert!(large.sets_attributes);
    let routes = topology.routes();
    let large = routes.iter().find(|route| route.via == "Large").unwrap();
    assert_eq!(
        large.condition,
        [serde_json::json!({
            "Data": {"detail": {"total": [{"numeric": [">", 500]}]}},
            "SystemMetadata": {"aws:Source": ["shop.orders"]},
        })]
    );
    assert_eq!(
        large.input,
        Some(serde_json::json!({ "jsonata": "{% $events.Data.detail %}" }))
    );
    let files = routes.iter().find(|route| route.via == "Files").unwrap();
    assert_eq!(
        files.condition,
        [serde_json::json!({ "source": ["aws.s3"], "detail-type": ["Object Created"] })]
    );
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].contains("Shared: what it makes of an event"),
        "{notes:?}"
    );
}

#[test]
fn a_subscriber_that_aws_would_refuse_is_said_with_its_line() {
    let (topology, notes) = import(
        &[(
            "t.yaml",
            r#"
Resources:
  Bus: {Type: AWS::EventsV2::EventBus, Properties: {Name: b}}
  Wild:
    Type: AWS::EventsV2::Subscriber
    Properties:
      Name: wild
      EventBusArn: !Ref Bus
      InvokeConfiguration: {TargetArn: 'arn:aws:sqs:us-east-1:111122223333:q'}
      FilterConfiguration: {Filters: [{Scope: DATA, Pattern: '{"detail":{"a":[{"wildcard":"*x"}]}}'}]}
  Bare:
    Type: AWS::EventsV2::Subscriber
    Properties:
      Name: bare
      EventBusArn: !Ref Bus
      InvokeConfiguration: {TargetArn: 'arn:aws:sqs:us-east-1:111122223333:q'}
      Transformer: {Type: JSONATA, JsonataConfiguration: {Expression: '$events.Data'}}
"#,
        )],
        Home::UNKNOWN,
    );
    assert!(topology.routes().is_empty());
    assert!(
        notes[0].starts_with("t.yaml:4: Wild: one of its filters is not valid: a filter of a"),
        "{notes:?}"
    );
    assert!(
        notes[1].starts_with("t.yaml:11: Bare: its JSONata expression is not valid: a JSONata"),
        "{notes:?}"
    );
}

#[test]
fn filters_with_a_value_that_is_not_known_are_approximate() {
    let (topology, notes) = import(
        &[(
            "t.yaml",
            r#"
Parameters: {Kind: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  F: {Type: AWS::Lambda::Function}
  One:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref F, FilterCriteria: {Filters: [{Pattern: !Sub '{"body":{"kind":["${Kind}"]}}'}]}}
  Two:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref F, FilterCriteria: {Filters: [{Pattern: !Ref Kind}, {Pattern: '{"body":{"kind":["a"]}}'}]}}
  Known:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref F, FilterCriteria: {Filters: [{Pattern: '{"body":{"kind":["a"]}}'}]}}
  Bus: {Type: AWS::EventsV2::EventBus, Properties: {Name: b}}
  Subscriber:
    Type: AWS::EventsV2::Subscriber
    Properties:
      Name: s
      EventBusArn: !Ref Bus
      InvokeConfiguration: {TargetArn: !GetAtt Queue.Arn}
      FilterConfiguration: {Filters: [{Scope: DATA, Pattern: !Ref Kind}]}
"#,
        )],
        Home::UNKNOWN,
    );
    let consumers = &topology.queues().values().next().unwrap().consumers;
    let of = |id: &str| {
        let one = consumers.iter().find(|one| one.id.as_deref() == Some(id));
        let filters = &one.unwrap().filters;
        (filters.json().len(), filters.is_approximate())
    };
    assert_eq!(of("One"), (1, true));
    assert_eq!(of("Two"), (0, true));
    assert_eq!(of("Known"), (1, false));
    let bus = topology.buses().values().next().unwrap();
    assert!(bus.subscribers[0].filters.is_approximate());
    assert_eq!(notes.len(), 3, "{notes:?}");
}

#[test]
fn logs_that_keep_what_a_bus_or_a_state_machine_received_are_routes() {
    let listing = listing(
        "
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop, LogConfig: {IncludeDetail: FULL, Level: INFO}}}
  Failing: {Type: AWS::Events::EventBus, Properties: {Name: failing, LogConfig: {IncludeDetail: FULL, Level: ERROR}}}
  Bare: {Type: AWS::Events::EventBus, Properties: {Name: bare, LogConfig: {IncludeDetail: NONE, Level: TRACE}}}
  V2: {Type: AWS::EventsV2::EventBus, Properties: {Name: v2}}
  Sub:
    Type: AWS::EventsV2::Subscriber
    Properties:
      Name: sub
      EventBusArn: !GetAtt V2.EventBusArn
      InvokeConfiguration: {TargetArn: !GetAtt Q.Arn, RoleArn: r}
      LogConfiguration: {Level: INFO, IncludePayload: FULL}
  Q: {Type: AWS::SQS::Queue}
  BusSource: {Type: AWS::Logs::DeliverySource, Properties: {Name: bus-logs, ResourceArn: !GetAtt Bus.Arn, LogType: INFO_LOGS}}
  FailingSource: {Type: AWS::Logs::DeliverySource, Properties: {Name: failing-logs, ResourceArn: !GetAtt Failing.Arn, LogType: ERROR_LOGS}}
  BareSource: {Type: AWS::Logs::DeliverySource, Properties: {Name: bare-logs, ResourceArn: !GetAtt Bare.Arn, LogType: TRACE_LOGS}}
  V2Source: {Type: AWS::Logs::DeliverySource, Properties: {Name: v2-logs, ResourceArn: !GetAtt V2.EventBusArn, LogType: INFO_LOGS}}
  Group: {Type: AWS::Logs::LogGroup}
  Bucket: {Type: AWS::S3::Bucket}
  ToGroup: {Type: AWS::Logs::DeliveryDestination, Properties: {Name: to-group, DestinationResourceArn: !GetAtt Group.Arn}}
  ToBucket: {Type: AWS::Logs::DeliveryDestination, Properties: {Name: to-bucket, DestinationResourceArn: !GetAtt Bucket.Arn}}
  One: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: !Ref BusSource, DeliveryDestinationArn: !GetAtt ToGroup.Arn}}
  Two: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: failing-logs, DeliveryDestinationArn: !GetAtt ToBucket.Arn}}
  Three: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: bare-logs, DeliveryDestinationArn: !GetAtt ToBucket.Arn}}
  Four: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: v2-logs, DeliveryDestinationArn: !GetAtt ToBucket.Arn}}
  Loud:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      LoggingConfiguration:
        Level: ALL
        IncludeExecutionData: true
        Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: !GetAtt Group.Arn}}]
  Quiet:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      LoggingConfiguration:
        Level: ALL
        IncludeExecutionData: false
        Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: !GetAtt Group.Arn}}]
",
    );
    let logs = listing
        .routes
        .iter()
        .filter(|one| one.kind.as_str() == "logs");
    let logs = logs.map(|one| (one.from.as_str(), one.to.as_str(), one.pattern_or_filter));
    let mut logs: Vec<_> = logs.collect();
    logs.sort_unstable();
    assert_eq!(
        logs,
        [
            ("Bus", "Group", false),
            ("Failing", "Bucket", true),
            ("Loud", "Group", false),
            ("V2", "Bucket", false),
        ]
    );
}
