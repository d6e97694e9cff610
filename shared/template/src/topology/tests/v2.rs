//! Tests with V2 buses.

use super::*;

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
    assert_eq!(of("One"), (0, true));
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
