//! Claims about the readers, with answers in the form that AWS documents for each operation.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use piitrail_flow::topology::{End, Readings, ResourceKind as Kind, Topology};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::stub::{ACCOUNT, Answer, REGION, Request, Stub, V2, ok, refuse};
use super::*;

fn home() -> Home {
    Home::of(ACCOUNT, REGION)
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

/// The answers of an account with one of everything, and two pages of queues.
#[expect(clippy::too_many_lines, reason = "one answer after the other")]
fn answer(request: &Request<'_>) -> Answer {
    let sns = |operation: &str, result: &str| -> Answer {
        (
            200,
            format!(
                "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
            ),
        )
    };
    let entry =
        |key: &str, value: &str| format!("<entry><key>{key}</key><value>{value}</value></entry>");
    if request.uri.contains(V2) {
        return answer_of_v2(request);
    }
    match request.action {
        "events:ListEventBuses" => ok(json!({ "EventBuses": [
            { "Name": "default", "Arn": arn("events", "event-bus/default") },
            { "Name": "shop", "Arn": arn("events", "event-bus/shop") },
        ]})),
        "events:DescribeEventBus" => {
            let name = request.text("Name").unwrap();
            let mut bus = json!({ "Name": name, "Arn": arn("events", &format!("event-bus/{name}")) });
            if name == "shop" {
                bus["KmsKeyIdentifier"] = json!("alias/shop");
                bus["DeadLetterConfig"] = json!({ "Arn": arn("sqs", "lost") });
                bus["LogConfig"] = json!({ "IncludeDetail": "FULL", "Level": "INFO" });
            }
            ok(bus)
        }
        "events:ListRules" if request.text("EventBusName").unwrap() == "shop" => {
            ok(json!({ "Rules": [
                {
                    "Name": "orders", "State": "ENABLED",
                    "EventPattern": r#"{"source":["shop.orders"]}"#,
                },
                {
                    "Name": "Events-Archive-all", "State": "ENABLED", "EventPattern": "{}",
                    "ManagedBy": "prod.vhs.events.aws.internal",
                },
            ]}))
        }
        "events:ListRules" => ok(json!({ "Rules": [
            { "Name": "nightly", "State": "DISABLED", "ScheduleExpression": "rate(1 day)" },
        ]})),
        "events:ListTargetsByRule" if request.text("Rule").unwrap() == "orders" => {
            ok(json!({ "Targets": [
                {
                    "Id": "1", "Arn": arn("sqs", "jobs"),
                    "DeadLetterConfig": { "Arn": arn("sqs", "lost") },
                    "InputTransformer": {
                        "InputPathsMap": { "id": "$.detail.id" }, "InputTemplate": r#"{"id": <id>}"#,
                    },
                },
                { "Id": "2", "Arn": arn("events", "api-destination/mailwing/0a1b"), "InputPath": "$.detail" },
            ]}))
        }
        "events:ListTargetsByRule" => ok(json!({ "Targets": [
            { "Id": "1", "Arn": arn("lambda", "function:ship"), "Input": r#"{"night":true}"# },
        ]})),
        "events:ListArchives" => ok(json!({ "Archives": [{ "ArchiveName": "all" }] })),
        "events:DescribeArchive" => ok(json!({
            "ArchiveName": "all", "EventSourceArn": arn("events", "event-bus/shop"), "RetentionDays": 30,
        })),
        "events:ListApiDestinations" => ok(json!({ "ApiDestinations": [
            { "Name": "mailwing", "ApiDestinationArn": arn("events", "api-destination/mailwing/0a1b") },
        ]})),
        "pipes:ListPipes" => ok(json!({ "Pipes": [{ "Name": "returns" }] })),
        "pipes:DescribePipe" => ok(json!({
            "Name": "returns", "Arn": arn("pipes", "pipe/returns"), "DesiredState": "RUNNING",
            "Source": arn("kinesis", "stream/clicks"),
            "SourceParameters": {
                "FilterCriteria": { "Filters": [{ "Pattern": r#"{"data":{"kind":["return"]}}"# }] },
                "KinesisStreamParameters": {
                    "StartingPosition": "LATEST", "DeadLetterConfig": { "Arn": arn("sqs", "lost") },
                },
            },
            "Enrichment": arn("lambda", "function:ship"),
            "Target": arn("events", "event-bus/shop"),
            "TargetParameters": {
                "InputTemplate": r#"{"it": <$.data>}"#,
                "EventBridgeEventBusParameters": { "Source": "shop.returns", "DetailType": "Returned" },
            },
        })),
        "scheduler:ListSchedules" => ok(json!({ "Schedules": [
            { "Name": "weekly", "GroupName": "reports" },
        ]})),
        "scheduler:GetSchedule" => ok(json!({
            "Name": "weekly", "GroupName": "reports", "State": "ENABLED",
            "Target": { "Arn": arn("sqs", "jobs"), "RoleArn": "arn:aws:iam::1:role/x", "Input": "run" },
        })),
        "sqs:ListQueues" => match request.text("NextToken").as_deref() {
            None => ok(json!({ "QueueUrls": ["https://q/jobs"], "NextToken": "2" })),
            _ => ok(json!({ "QueueUrls": ["https://q/lost"] })),
        },
        "sqs:GetQueueAttributes" => {
            let url = request.text("QueueUrl").unwrap();
            let name = url.rsplit('/').next().unwrap();
            let mut attributes = json!({
                "QueueArn": arn("sqs", name), "MessageRetentionPeriod": "345600",
                "SqsManagedSseEnabled": "true",
            });
            if name == "jobs" {
                let redrive = json!({ "deadLetterTargetArn": arn("sqs", "lost"), "maxReceiveCount": 3 });
                attributes["RedrivePolicy"] = json!(redrive.to_string());
                attributes["KmsMasterKeyId"] = json!("alias/aws/sqs");
            }
            ok(json!({ "Attributes": attributes }))
        }
        "sns:ListTopics" => {
            let topic = arn("sns", "news");
            sns("ListTopics", &format!("<Topics><member><TopicArn>{topic}</TopicArn></member></Topics>"))
        }
        "sns:GetTopicAttributes" => sns(
            "GetTopicAttributes",
            &format!("<Attributes>{}</Attributes>", entry("KmsMasterKeyId", "alias/aws/sns")),
        ),
        "sns:ListSubscriptionsByTopic" => {
            let member = |arn: &str| {
                let queue = self::arn("sqs", "jobs");
                format!(
                    "<member><SubscriptionArn>{arn}</SubscriptionArn><Protocol>sqs</Protocol><Endpoint>{queue}</Endpoint></member>"
                )
            };
            let members = member(&arn("sns", "news:1")) + &member("PendingConfirmation");
            sns("ListSubscriptionsByTopic", &format!("<Subscriptions>{members}</Subscriptions>"))
        }
        "sns:GetSubscriptionAttributes" => {
            let attributes = [
                entry("FilterPolicy", r#"{"kind":["sale"]}"#),
                entry("FilterPolicyScope", "MessageBody"),
                entry("RawMessageDelivery", "true"),
            ];
            let attributes = attributes.concat();
            sns("GetSubscriptionAttributes", &format!("<Attributes>{attributes}</Attributes>"))
        }
        "kinesis:ListStreams" => ok(json!({ "StreamNames": ["clicks"], "HasMoreStreams": false })),
        "kinesis:DescribeStreamSummary" => ok(json!({ "StreamDescriptionSummary": {
            "StreamName": "clicks", "StreamARN": arn("kinesis", "stream/clicks"), "StreamStatus": "ACTIVE",
            "RetentionPeriodHours": 48, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis",
            "StreamCreationTimestamp": 1, "EnhancedMonitoring": [], "OpenShardCount": 1,
        }})),
        "lambda:ListFunctions" => ok(json!({ "Functions": [{
            "FunctionName": "ship", "FunctionArn": arn("lambda", "function:ship"),
            "DeadLetterConfig": { "TargetArn": arn("sqs", "lost") },
            "Environment": { "Variables": { "TOKEN": "secret-of-a-function" } },
        }]})),
        "lambda:ListEventSourceMappings" => ok(json!({ "EventSourceMappings": [
            {
                "UUID": "1", "EventSourceArn": arn("sqs", "jobs"), "State": "Enabled",
                "FunctionArn": arn("lambda", "function:ship:live"),
                "FilterCriteria": { "Filters": [{ "Pattern": r#"{"body":{"a":[1]}}"# }] },
            },
            {
                "UUID": "2", "State": "Disabled", "FunctionArn": arn("lambda", "function:ship"),
                "EventSourceArn": arn("dynamodb", "table/orders/stream/2026-01-01T00:00:00.000"),
                "DestinationConfig": { "OnFailure": { "Destination": arn("sqs", "lost") } },
            },
        ]})),
        "lambda:ListFunctionEventInvokeConfigs" => ok(json!({ "FunctionEventInvokeConfigs": [{
            "FunctionArn": arn("lambda", "function:ship:$LATEST"),
            "DestinationConfig": { "OnSuccess": { "Destination": arn("events", "event-bus/shop") } },
        }]})),
        "states:ListStateMachines" => ok(json!({ "stateMachines": [{
            "stateMachineArn": arn("states", "stateMachine:refund"), "name": "refund", "type": "STANDARD",
            "creationDate": 1,
        }]})),
        "states:DescribeStateMachine" => ok(json!({
            "stateMachineArn": arn("states", "stateMachine:refund"), "name": "refund", "type": "STANDARD",
            "creationDate": 1, "definition": "{}", "roleArn": "arn:aws:iam::1:role/x",
            "loggingConfiguration": { "level": "ERROR", "includeExecutionData": true, "destinations": [
                { "cloudWatchLogsLogGroup": { "logGroupArn": arn("logs", "log-group:/aws/lambda/ship:*") } },
            ]},
        })),
        "dynamodb:ListTables" => ok(json!({ "TableNames": ["orders"] })),
        "dynamodb:DescribeTable" => ok(json!({ "Table": {
            "TableName": "orders", "TableArn": arn("dynamodb", "table/orders"),
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
        }})),
        "dynamodb:DescribeKinesisStreamingDestination" => ok(json!({
            "TableName": "orders",
            "KinesisDataStreamDestinations": [
                { "StreamArn": arn("kinesis", "stream/clicks"), "DestinationStatus": "ACTIVE" },
            ],
        })),
        "firehose:ListDeliveryStreams" => ok(json!({
            "DeliveryStreamNames": ["lake"], "HasMoreDeliveryStreams": false,
        })),
        "firehose:DescribeDeliveryStream" => ok(json!({ "DeliveryStreamDescription": {
            "DeliveryStreamName": "lake", "DeliveryStreamARN": arn("firehose", "deliverystream/lake"),
            "DeliveryStreamStatus": "ACTIVE", "DeliveryStreamType": "KinesisStreamAsSource", "VersionId": "1",
            "HasMoreDestinations": false,
            "Source": { "KinesisStreamSourceDescription": { "KinesisStreamARN": arn("kinesis", "stream/clicks") } },
            "Destinations": [{
                "DestinationId": "1",
                "HttpEndpointDestinationDescription": {
                    "EndpointConfiguration": { "Url": "https://collect.example.com" },
                    "S3BackupMode": "AllData",
                    "S3DestinationDescription": {
                        "RoleARN": "arn:aws:iam::1:role/x", "BucketARN": "arn:aws:s3:::uploads",
                        "BufferingHints": {}, "CompressionFormat": "GZIP", "EncryptionConfiguration": {},
                    },
                },
            }],
        }})),
        "s3:ListAllMyBuckets" => (
            200,
            "<ListAllMyBucketsResult><Buckets><Bucket><Name>uploads</Name><BucketRegion>eu-west-1</BucketRegion></Bucket>\
             <Bucket><Name>far</Name><BucketRegion>us-east-1</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>"
                .to_owned(),
        ),
        "s3:GetBucketNotification" => {
            let queue = arn("sqs", "jobs");
            (
                200,
                format!(
                    "<NotificationConfiguration><QueueConfiguration><Queue>{queue}</Queue><Event>s3:ObjectCreated:*</Event>\
                     <Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule></S3Key></Filter>\
                     </QueueConfiguration><EventBridgeConfiguration/></NotificationConfiguration>"
                ),
            )
        }
        "s3:GetEncryptionConfiguration" => (
            200,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256\
             </SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
                .to_owned(),
        ),
        "logs:DescribeLogGroups" => ok(json!({ "logGroups": [{
            "logGroupName": "/aws/lambda/ship", "arn": arn("logs", "log-group:/aws/lambda/ship:*"),
            "retentionInDays": 7,
        }]})),
        "logs:DescribeSubscriptionFilters" => ok(json!({ "subscriptionFilters": [{
            "filterName": "to-lake", "filterPattern": "ERROR",
            "destinationArn": arn("firehose", "deliverystream/lake"),
        }]})),
        "logs:DescribeDeliverySources" => ok(json!({ "deliverySources": [
            { "name": "shop-logs", "resourceArns": [arn("events", "event-bus/shop")] },
            { "name": "carts-logs", "resourceArns": [arn("events", "event-busv2/carts/b1")] },
        ]})),
        "logs:DescribeDeliveries" => ok(json!({ "deliveries": [
            { "deliverySourceName": "shop-logs", "deliveryDestinationArn": arn("logs", "delivery-destination:d1") },
            { "deliverySourceName": "carts-logs", "deliveryDestinationArn": arn("logs", "delivery-destination:d2") },
        ]})),
        "logs:DescribeDeliveryDestinations" => ok(json!({ "deliveryDestinations": [
            {
                "arn": arn("logs", "delivery-destination:d1"),
                "deliveryDestinationConfiguration": {
                    "destinationResourceArn": arn("logs", "log-group:/aws/lambda/ship:*"),
                },
            },
            {
                "arn": arn("logs", "delivery-destination:d2"),
                "deliveryDestinationConfiguration": { "destinationResourceArn": arn("firehose", "deliverystream/lake") },
            },
        ]})),
        other => panic!("no answer for {other}: {} {}", request.uri, request.body),
    }
}

/// The answers about V2 buses: one with a subscriber and an event source, and one that another account
/// shares.
fn answer_of_v2(request: &Request<'_>) -> Answer {
    let carts = arn("events", "event-busv2/carts/b1");
    match request.action {
        "events:ListEventBuses" => ok(json!({ "EventBuses": [
            { "Name": "carts", "EventBusArn": carts },
            { "Name": "shared", "EventBusArn": "arn:aws:events:eu-west-1:999999999999:event-busv2/shared/b9" },
        ]})),
        "events:DescribeEventBus" => ok(json!({
            "Name": "carts", "EventBusArn": carts,
            "EncryptionConfiguration": { "KmsKeyIdentifier": "alias/carts" },
            "StorageConfiguration": { "RetentionPeriodInDays": 3 },
        })),
        "events:ListSubscribers" => ok(json!({ "Subscribers": [
            { "Name": "large", "SubscriberArn": arn("events", "subscriber/large/s1") },
        ]})),
        "events:DescribeSubscriber" => ok(json!({
            "Name": "large", "SubscriberArn": arn("events", "subscriber/large/s1"), "EventBusArn": carts,
            "State": "RUNNING",
            "InvokeConfiguration": { "RoleArn": "r", "TargetArn": arn("sqs", "jobs") },
            "FilterConfiguration": { "Language": "EVENT_BRIDGE_PATTERN", "Filters": [
                { "Scope": "DATA", "Pattern": r#"{"detail":{"total":[{"numeric":[">",100]}]}}"# },
                { "Scope": "METADATA", "Pattern": r#"{"tenant":["acme"]}"# },
            ]},
            "Transformer": { "Type": "WITH_METADATA" },
            "OnFailureConfiguration": { "Arn": arn("sqs", "lost") },
            "LogConfiguration": { "Level": "INFO" },
        })),
        "events:ListEventSources" => ok(json!({ "EventSources": [
            { "Name": "uploads", "EventSourceArn": arn("events", "event-source/uploads/e1") },
        ]})),
        "events:DescribeEventSource" => ok(json!({
            "Name": "uploads", "EventBusArn": carts,
            "Configuration": { "AwsServiceEventsConfiguration": {
                "AwsService": "aws.s3", "Pattern": r#"{"detail-type":["Object Created"]}"#,
            }},
        })),
        other => panic!("no answer for {other}: {} {}", request.uri, request.body),
    }
}

async fn topology_of(stub: &Stub) -> (Topology, Pulled) {
    let pulled = pull(vec![stub.place()], |_, _| true, |_, _| {}).await;
    let mut draft = Draft::default();
    let parts = pulled.parts.clone();
    draft.replace(parts);
    (draft.finish().unwrap(), pulled)
}

/// Returns the gaps, each with its service.
fn gaps(pulled: &Pulled) -> Vec<String> {
    let parts = pulled.parts.iter();
    let gaps = parts.flat_map(|part| part.gaps.iter().map(move |gap| (part, gap)));
    gaps.map(|(part, gap)| format!("{}: {} {}", part.service, gap.action, gap.reason))
        .collect()
}

/// The whole account, as its topology file.
const EXPECTED: &str = include_str!("account.yaml");

#[tokio::test(start_paused = true)]
async fn every_description_becomes_a_part_of_the_topology() {
    let stub = Stub::new(answer);
    let (topology, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), Vec::<String>::new());
    assert!(pulled.left_out.is_empty(), "{:?}", pulled.left_out);
    assert!(pulled.parts.iter().all(|part| part.is_whole));
    let found = serde_json::to_value(&topology).unwrap();
    let expected = Topology::parse(EXPECTED).unwrap();
    assert!(
        topology.says_the_same_as(&expected),
        "{}",
        serde_json::to_string_pretty(&found).unwrap()
    );
    let resources: usize = pulled.figures.iter().map(|one| one.resources).sum();
    assert_eq!(resources, 17);
    assert_eq!(
        pulled.figures.iter().map(|one| one.calls).sum::<usize>(),
        stub.calls().len()
    );
    assert!(!found.to_string().contains("secret-of-a-function"));
}

#[tokio::test(start_paused = true)]
async fn the_policy_allows_the_calls_that_are_made_and_no_others() {
    let stub = Stub::new(answer);
    topology_of(&stub).await;
    let made: BTreeSet<String> = stub.calls().into_iter().collect();
    let made: Vec<&str> = made.iter().map(String::as_str).collect();
    assert_eq!(made, actions());
    assert_eq!(policy()["Statement"][0]["Action"], json!(actions()));
    let documented = include_str!("../../../../docs/TOPOLOGY.md");
    for action in actions() {
        assert!(
            documented.contains(action),
            "{action} is not in docs/TOPOLOGY.md"
        );
        let verb = action.split_once(':').unwrap().1;
        assert!(
            ["List", "Describe", "Get"]
                .iter()
                .any(|read| verb.starts_with(read)),
            "{action}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_call_is_denied_is_a_gap_by_its_name_and_all_else_is_read() {
    for denied in actions() {
        let stub = Stub::new(move |request| {
            if request.action == denied {
                return refuse(403, "AccessDeniedException");
            }
            answer(request)
        });
        let (_, pulled) = topology_of(&stub).await;
        let needs = |reader: &&Reader| reader.actions.iter().any(|one| one.name == denied);
        let without: BTreeSet<AwsService> = READERS
            .iter()
            .filter(needs)
            .map(|reader| reader.service)
            .collect();
        let expected = without
            .iter()
            .map(|service| format!("{service}: {denied} denied"));
        let found: BTreeSet<String> = gaps(&pulled).into_iter().collect();
        assert_eq!(found, expected.collect());
        for part in &pulled.parts {
            assert_eq!(part.is_whole, !without.contains(&part.service), "{denied}");
        }
        let mut readings = Readings::default();
        readings.add(&pulled.parts, Timestamp::UNIX_EPOCH);
        for (_, service, last) in readings.iter() {
            assert_eq!(last.at.is_none(), without.contains(&service));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_throttled_for_good_is_a_gap_and_a_short_throttle_is_none() {
    let stub = Stub::new(|request| match request.action {
        "lambda:ListFunctions" => refuse(429, "TooManyRequestsException"),
        _ => answer(request),
    });
    let began = Instant::now();
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["lambda: lambda:ListFunctions throttled"]);
    assert!(began.elapsed() < Duration::from_mins(1));

    let refusals = AtomicUsize::new(0);
    let stub = Stub::new(move |request| match request.action {
        "sqs:ListQueues" if refusals.fetch_add(1, Ordering::Relaxed) < 3 => {
            refuse(400, "ThrottlingException")
        }
        "kinesis:DescribeStreamSummary" if refusals.fetch_add(1, Ordering::Relaxed) < 3 => {
            refuse(500, "InternalFailure")
        }
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_action_that_is_throttled_away_is_not_called_for_every_resource() {
    let stub = Stub::new(|request| match request.action {
        "sqs:ListQueues" => {
            let urls: Vec<String> = (0..2_000).map(|n| format!("https://q/{n}")).collect();
            ok(json!({ "QueueUrls": urls }))
        }
        "sqs:GetQueueAttributes" => refuse(400, "ThrottlingException"),
        _ => answer(request),
    });
    let began = Instant::now();
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["sqs: sqs:GetQueueAttributes throttled"]);
    assert!(
        began.elapsed() < Duration::from_mins(5),
        "{:?}",
        began.elapsed()
    );
    assert!(stub.calls().len() < 300);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_is_unavailable_and_one_that_answers_nonsense_unreadable() {
    let stub = Stub::new(|request| match request.action {
        "states:ListStateMachines" => refuse(503, "ServiceUnavailable"),
        "pipes:DescribePipe" => (200, "<html>".to_owned()),
        "firehose:ListDeliveryStreams" => refuse(400, "ValidationException"),
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(
        gaps(&pulled),
        [
            "pipes: pipes:DescribePipe unreadable",
            "states: states:ListStateMachines unavailable",
            "firehose: firehose:ListDeliveryStreams unreadable",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_is_deleted_while_it_is_read_is_no_gap() {
    let stub = Stub::new(|request| match request.action {
        "sqs:GetQueueAttributes" if request.text("QueueUrl").unwrap().ends_with("lost") => {
            refuse(400, "QueueDoesNotExist")
        }
        _ => answer(request),
    });
    let (topology, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), Vec::<String>::new());
    let lost = End::named(Kind::Queue, &arn("sqs", "lost")).unwrap();
    assert!(!topology.resources().contains_key(&lost));
}

#[tokio::test(start_paused = true)]
async fn a_list_without_an_end_is_not_followed_for_ever() {
    let stub = Stub::new(|request| match request.action {
        "sqs:ListQueues" => ok(json!({ "QueueUrls": [], "NextToken": "again" })),
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["sqs: sqs:ListQueues unreadable"]);
}

#[tokio::test(start_paused = true)]
async fn a_pattern_that_is_not_understood_is_named_and_removes_nothing_else() {
    let stub = Stub::new(|request| match request.action {
        "events:ListRules" => ok(json!({ "Rules": [
            { "Name": "strange", "State": "ENABLED", "EventPattern": "{\"source\":\"text\"}" },
        ]})),
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["events: events:ListRules unreadable"]);
    assert_eq!(pulled.left_out[0].name, "strange");
    assert!(pulled.parts.iter().all(|part| part.is_whole));
}

/// The answers of the service that gives roles out.
fn sts(request: &Request<'_>) -> Answer {
    let may = request.body.contains("222222222222");
    match request.action {
        "sts:GetCallerIdentity" => (
            200,
            format!("<GetCallerIdentityResponse><GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"),
        ),
        "sts:AssumeRole" if may => (
            200,
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>B\
             </SecretAccessKey><SessionToken>C</SessionToken><Expiration>2026-11-28T00:00:00Z</Expiration>\
             </Credentials></AssumeRoleResult></AssumeRoleResponse>"
                .to_owned(),
        ),
        "sts:AssumeRole" => refuse(403, "AccessDenied"),
        _ => answer(request),
    }
}

#[tokio::test(start_paused = true)]
async fn the_accounts_of_the_roles_are_read_and_one_that_may_not_be_assumed_is_a_gap() {
    let stub = Stub::new(sts);
    let role = |account: &str| Role::new(&format!("arn:aws:iam::{account}:role/piitrail")).unwrap();
    let roles = [role("222222222222"), role("333333333333")];
    let regions = ["eu-west-1", "us-east-1"].map(|name| Region::new(name).unwrap());
    let places = super::places(&stub.config(), &roles, &regions)
        .await
        .unwrap();
    let homes: Vec<String> = places.iter().map(|place| place.home.to_string()).collect();
    let [a, b] = ["222222222222", "333333333333"];
    let expected =
        [a, b].map(|account| regions.map(|region| format!("{}/{account}", region.as_str())));
    assert_eq!(homes, expected.concat());
    let pulled = pull(places, |_, _| true, |_, _| {}).await;
    assert_eq!(pulled.parts.len(), 4 * READERS.len());
    for part in &pulled.parts {
        let is_denied = part.home.account == Account::new(b);
        assert_eq!(part.is_whole, !is_denied);
        let gap = Gap {
            action: "sts:AssumeRole".to_owned(),
            reason: GapReason::Denied,
        };
        assert_eq!(part.gaps.contains(&gap), is_denied);
    }

    let twice = [role(a), role(a)];
    assert!(
        super::places(&stub.config(), &twice, &regions)
            .await
            .is_err()
    );
    let own = super::places(&stub.config(), &[], &[]).await.unwrap();
    assert_eq!(
        own.iter().map(|place| place.home).collect::<Vec<_>>(),
        [home()]
    );
    assert!(Role::new("arn:aws:iam::222222222222:user/x").is_none());
}

#[test]
fn every_service_has_one_reader() {
    let services: BTreeSet<AwsService> = READERS.iter().map(|reader| reader.service).collect();
    assert_eq!(services.len(), READERS.len());
    assert_eq!(services, AwsService::all().collect());
    for reader in &READERS {
        for action in reader.actions {
            let (prefix, _) = action.name.split_once(':').unwrap();
            let own = match reader.service {
                AwsService::EventsV2 => "events",
                service => service.as_str(),
            };
            // Where the logs of buses go stands in another service.
            assert!(prefix == own || (own == "events" && prefix == "logs"));
            assert!(action.per_second > 0);
        }
    }
}

/// A stand-in with AWS's own rates: a call above the rate of its action is throttled.
fn with_limits(queues: usize, rules: usize, functions: usize) -> Stub {
    let urls: Vec<String> = (0..queues).map(|n| format!("https://q/{n}")).collect();
    Stub::new(move |request| {
        let page = |all: usize, size: usize, token: Option<String>| {
            let from: usize = token.and_then(|token| token.parse().ok()).unwrap_or(0);
            let to = (from + size).min(all);
            (from..to, (to < all).then(|| to.to_string()))
        };
        match request.action {
            "sqs:ListQueues" => {
                let (range, next) = page(queues, 1_000, request.text("NextToken"));
                ok(json!({ "QueueUrls": urls[range], "NextToken": next }))
            }
            "sqs:GetQueueAttributes" => {
                let url = request.text("QueueUrl").unwrap();
                let name = url.rsplit('/').next().unwrap();
                ok(json!({ "Attributes": { "QueueArn": arn("sqs", name) } }))
            }
            "events:ListEventBuses" => ok(json!({ "EventBuses": [
                { "Name": "shop", "Arn": arn("events", "event-bus/shop") },
            ]})),
            "events:ListRules" => {
                let (range, next) = page(rules, 100, request.text("NextToken"));
                let rules: Vec<Value> = range
                    .map(|n| json!({ "Name": format!("r{n}"), "EventPattern": r#"{"source":["a"]}"# }))
                    .collect();
                ok(json!({ "Rules": rules, "NextToken": next }))
            }
            "events:ListTargetsByRule" => {
                ok(json!({ "Targets": [{ "Id": "1", "Arn": arn("sqs", "1") }] }))
            }
            "lambda:ListFunctions" => {
                let marker = request.uri.split("Marker=").nth(1);
                let marker = marker.map(|text| text.split('&').next().unwrap().to_owned());
                let (range, next) = page(functions, 50, marker);
                let functions: Vec<Value> = range
                    .map(|n| json!({ "FunctionArn": arn("lambda", &format!("function:f{n}")) }))
                    .collect();
                ok(json!({ "Functions": functions, "NextMarker": next }))
            }
            "lambda:ListFunctionEventInvokeConfigs" => {
                ok(json!({ "FunctionEventInvokeConfigs": [] }))
            }
            _ => answer(request),
        }
    })
    .with_limits(READERS.iter().flat_map(|reader| reader.actions).copied())
}

/// The time is that of a clock that jumps ahead while everything waits, so the answers of AWS take
/// no time in it.
#[tokio::test(start_paused = true)]
async fn a_large_account_is_read_within_ten_minutes_and_near_the_slowest_services_rate() {
    let stub = with_limits(10_000, 3_000, 5_000);
    let began = Instant::now();
    let pulled = pull(vec![stub.place()], |_, _| true, |_, _| {}).await;
    let took = began.elapsed();
    assert_eq!(gaps(&pulled), Vec::<String>::new());
    assert_eq!(stub.throttled(), 0);
    // Lambda is the slowest: a call for each function, and its lists, at 15 calls a second.
    let slowest = Duration::from_secs_f64((5_000.0 + 100.0 + 1.0) / 15.0);
    println!(
        "pull: {} calls in {took:?}; the slowest service's rate allows {slowest:?}",
        stub.calls().len()
    );
    assert!(took < Duration::from_mins(10), "{took:?}");
    assert!(took < slowest.mul_f64(1.2), "{took:?} for {slowest:?}");
}
