//! The answers of an account, in the form that AWS documents for each operation.

use serde_json::json;

use super::super::stub::{ACCOUNT, Answer, REGION, Request, V2, ok};

pub(super) fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

/// The answers of an account with one of everything, and two pages of queues.
#[expect(clippy::too_many_lines, reason = "one answer after the other")]
pub(super) fn answer(request: &Request<'_>) -> Answer {
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
