//! Maps the types of the AWS provider and their arguments to the names of CloudFormation.

use crate::node::Entries;
use crate::value::{Map, Value};
use crate::world::World;

use super::amend::amend;
use super::{Place, Plan, Planned};

/// A type, with the arguments whose name in CloudFormation is not simply their own in Pascal case.
type Type = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const TYPES: &[Type] = &[
    ("aws_cloudwatch_event_bus", "AWS::Events::EventBus", &[]),
    (
        "aws_cloudwatch_event_bus_policy",
        "AWS::Events::EventBusPolicy",
        &[("policy", "Statement")],
    ),
    (
        "aws_cloudwatch_event_rule",
        "AWS::Events::Rule",
        &[("tags", "Tags")],
    ),
    ("aws_cloudwatch_event_target", TARGET, &[]),
    (
        "aws_cloudwatch_event_archive",
        "AWS::Events::Archive",
        &[("name", "ArchiveName"), ("event_source_arn", "SourceArn")],
    ),
    (
        "aws_cloudwatch_event_connection",
        "AWS::Events::Connection",
        &[],
    ),
    (
        "aws_cloudwatch_event_api_destination",
        "AWS::Events::ApiDestination",
        &[],
    ),
    (
        "aws_cloudwatch_event_endpoint",
        "AWS::Events::Endpoint",
        &[],
    ),
    (
        "aws_sqs_queue",
        "AWS::SQS::Queue",
        &[
            ("name", "QueueName"),
            ("message_retention_seconds", "MessageRetentionPeriod"),
        ],
    ),
    (
        "aws_sqs_queue_policy",
        "AWS::SQS::QueuePolicy",
        &[("policy", "PolicyDocument"), ("queue_url", "Queues")],
    ),
    ("aws_sqs_queue_redrive_policy", REDRIVE, &[]),
    ("aws_sns_topic", "AWS::SNS::Topic", &[("name", "TopicName")]),
    (
        "aws_sns_topic_policy",
        "AWS::SNS::TopicPolicy",
        &[("arn", "Topics"), ("policy", "PolicyDocument")],
    ),
    ("aws_sns_topic_subscription", "AWS::SNS::Subscription", &[]),
    ("aws_lambda_function", "AWS::Lambda::Function", &[]),
    ("aws_lambda_alias", "AWS::Lambda::Alias", &[]),
    ("aws_lambda_permission", "AWS::Lambda::Permission", &[]),
    (
        "aws_lambda_event_source_mapping",
        "AWS::Lambda::EventSourceMapping",
        &[],
    ),
    (
        "aws_lambda_function_event_invoke_config",
        "AWS::Lambda::EventInvokeConfig",
        &[],
    ),
    (
        "aws_lambda_function_url",
        "AWS::Lambda::Url",
        &[("function_name", "TargetFunctionArn")],
    ),
    (
        "aws_kinesis_stream",
        "AWS::Kinesis::Stream",
        &[("retention_period", "RetentionPeriodHours")],
    ),
    (
        "aws_kinesis_stream_consumer",
        "AWS::Kinesis::StreamConsumer",
        &[],
    ),
    (
        "aws_kinesis_firehose_delivery_stream",
        "AWS::KinesisFirehose::DeliveryStream",
        &[
            ("name", "DeliveryStreamName"),
            (
                "kinesis_source_configuration",
                "KinesisStreamSourceConfiguration",
            ),
            (
                "extended_s3_configuration",
                "ExtendedS3DestinationConfiguration",
            ),
            (
                "opensearch_configuration",
                "AmazonopensearchserviceDestinationConfiguration",
            ),
            (
                "http_endpoint_configuration",
                "HttpEndpointDestinationConfiguration",
            ),
            (
                "opensearchserverless_configuration",
                "AmazonOpenSearchServerlessDestinationConfiguration",
            ),
            (
                "elasticsearch_configuration",
                "ElasticsearchDestinationConfiguration",
            ),
            ("iceberg_configuration", "IcebergDestinationConfiguration"),
            ("redshift_configuration", "RedshiftDestinationConfiguration"),
            ("s3_configuration", "S3DestinationConfiguration"),
            (
                "server_side_encryption",
                "DeliveryStreamEncryptionConfigurationInput",
            ),
            (
                "snowflake_configuration",
                "SnowflakeDestinationConfiguration",
            ),
            ("splunk_configuration", "SplunkDestinationConfiguration"),
        ],
    ),
    (
        "aws_dynamodb_table",
        "AWS::DynamoDB::Table",
        &[
            ("name", "TableName"),
            ("server_side_encryption", "SSESpecification"),
        ],
    ),
    (
        "aws_dynamodb_kinesis_streaming_destination",
        "AWS::DynamoDB::KinesisStreamingDestination",
        &[],
    ),
    (
        "aws_s3_bucket",
        "AWS::S3::Bucket",
        &[("bucket", "BucketName")],
    ),
    (
        "aws_s3_bucket_notification",
        "Custom::S3BucketNotifications",
        &[("bucket", "BucketName")],
    ),
    ("aws_pipes_pipe", "AWS::Pipes::Pipe", &[]),
    ("aws_scheduler_schedule", "AWS::Scheduler::Schedule", &[]),
    (
        "aws_sfn_state_machine",
        "AWS::StepFunctions::StateMachine",
        &[
            ("name", "StateMachineName"),
            ("definition", "DefinitionString"),
        ],
    ),
    (
        "aws_cloudwatch_log_group",
        "AWS::Logs::LogGroup",
        &[("name", "LogGroupName")],
    ),
    (
        "aws_cloudwatch_log_subscription_filter",
        "AWS::Logs::SubscriptionFilter",
        &[("log_group", "LogGroupName")],
    ),
    ("aws_cloudwatch_log_delivery", "AWS::Logs::Delivery", &[]),
    (
        "aws_cloudwatch_log_delivery_source",
        "AWS::Logs::DeliverySource",
        &[],
    ),
    (
        "aws_cloudwatch_log_delivery_destination",
        "AWS::Logs::DeliveryDestination",
        &[],
    ),
    (
        "aws_cloudwatch_log_resource_policy",
        "AWS::Logs::ResourcePolicy",
        &[],
    ),
    (
        "aws_iot_topic_rule",
        "AWS::IoT::TopicRule",
        &[("name", "RuleName")],
    ),
    ("aws_kms_key", "AWS::KMS::Key", &[]),
    ("aws_kms_alias", "AWS::KMS::Alias", &[]),
    (
        "aws_iam_role",
        "AWS::IAM::Role",
        &[
            ("name", "RoleName"),
            ("assume_role_policy", "AssumeRolePolicyDocument"),
        ],
    ),
    (
        "aws_iam_role_policy",
        "AWS::IAM::RolePolicy",
        &[("policy", "PolicyDocument")],
    ),
    (
        "aws_iam_policy",
        "AWS::IAM::ManagedPolicy",
        &[("policy", "PolicyDocument")],
    ),
    (
        "aws_opensearch_domain",
        "AWS::OpenSearchService::Domain",
        &[],
    ),
    (
        "aws_batch_job_queue",
        "AWS::Batch::JobQueue",
        &[("name", "JobQueueName")],
    ),
    ("aws_codebuild_project", "AWS::CodeBuild::Project", &[]),
    ("aws_codepipeline", "AWS::CodePipeline::Pipeline", &[]),
    (
        "aws_ecs_cluster",
        "AWS::ECS::Cluster",
        &[("name", "ClusterName")],
    ),
    ("aws_ecs_task_definition", "AWS::ECS::TaskDefinition", &[]),
    (
        "aws_elasticsearch_domain",
        "AWS::Elasticsearch::Domain",
        &[],
    ),
    (
        "aws_opensearchserverless_collection",
        "AWS::OpenSearchServerless::Collection",
        &[],
    ),
    ("aws_redshift_cluster", "AWS::Redshift::Cluster", &[]),
    (
        "aws_redshiftserverless_workgroup",
        "AWS::RedshiftServerless::Workgroup",
        &[],
    ),
    ("aws_msk_cluster", "AWS::MSK::Cluster", &[]),
    ("aws_mq_broker", "AWS::AmazonMQ::Broker", &[]),
    ("aws_cognito_user_pool", "AWS::Cognito::UserPool", &[]),
    ("aws_api_gateway_rest_api", "AWS::ApiGateway::RestApi", &[]),
    ("aws_apigatewayv2_api", "AWS::ApiGatewayV2::Api", &[]),
    ("aws_appsync_graphql_api", "AWS::AppSync::GraphQLApi", &[]),
];

/// A part of a rule, until [`super::amend::join_parts`] moves it there.
pub(super) const TARGET: &str = "aws_cloudwatch_event_target";
/// A part of a queue.
pub(super) const REDRIVE: &str = "aws_sqs_queue_redrive_policy";

/// The blocks that are one object in CloudFormation.
const OBJECTS: &[&str] = &[
    "activemq_broker_parameters",
    "batch_job_parameters",
    "batch_target",
    "cloudwatch_logs_parameters",
    "dead_letter_config",
    "delivery_destination_configuration",
    "dynamodb_stream_parameters",
    "ecs_parameters",
    "ecs_target",
    "ecs_task_parameters",
    "elasticsearch_configuration",
    "enrichment_parameters",
    "environment",
    "eventbridge_parameters",
    "http_parameters",
    "iceberg_configuration",
    "kinesis_parameters",
    "kinesis_stream_parameters",
    "lambda_function_parameters",
    "managed_streaming_kafka_parameters",
    "opensearchserverless_configuration",
    "processing_configuration",
    "rabbitmq_broker_parameters",
    "redshift_data_parameters",
    "redshift_target",
    "s3_configuration",
    "self_managed_kafka_parameters",
    "snowflake_configuration",
    "sqs_parameters",
    "step_function_state_machine_parameters",
    "log_config",
    "logging_configuration",
    "destination_config",
    "on_failure",
    "on_success",
    "input_transformer",
    "filter_criteria",
    "source_parameters",
    "target_parameters",
    "self_managed_event_source",
    "tracing_config",
    "vpc_config",
    "target",
    "flexible_time_window",
    "retry_policy",
    "scaling_config",
    "kinesis_source_configuration",
    "extended_s3_configuration",
    "opensearch_configuration",
    "http_endpoint_configuration",
    "redshift_configuration",
    "splunk_configuration",
    "server_side_encryption",
    "s3_backup_configuration",
    "sqs_queue_parameters",
    "eventbridge_event_bus_parameters",
    "document_db_event_source_config",
    "sqs_target",
    "kinesis_target",
    "http_target",
    "logging_configuration",
    "log_destination",
];

/// The arguments whose name in CloudFormation has other capitals than their own in Pascal case, wherever they
/// stand.
const SPELLINGS: &[(&str, &str)] = &[
    ("activemq_broker_parameters", "ActiveMQBrokerParameters"),
    ("bucket_arn", "BucketARN"),
    ("cloudwatch_logs_parameters", "CloudWatchLogsParameters"),
    ("cluster_jdbcurl", "ClusterJDBCURL"),
    ("domain_arn", "DomainARN"),
    ("dynamodb_stream_parameters", "DynamoDBStreamParameters"),
    (
        "eventbridge_event_bus_parameters",
        "EventBridgeEventBusParameters",
    ),
    ("eventbridge_parameters", "EventBridgeParameters"),
    ("hec_endpoint", "HECEndpoint"),
    ("key_arn", "KeyARN"),
    ("kinesis_stream_arn", "KinesisStreamARN"),
    ("rabbitmq_broker_parameters", "RabbitMQBrokerParameters"),
];

/// The maps whose keys are data.
const FREE_KEYS: &[&str] = &["tags", "tags_all", "variables", "input_paths", "endpoints"];

/// The types that carry no events and so need no note.
const NO_ROUTES: &[&str] = &[
    "aws_iam_",
    "aws_vpc",
    "aws_subnet",
    "aws_security_group",
    "aws_route",
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_eip",
    "aws_instance",
    "aws_s3_bucket_",
    "aws_s3_object",
    "aws_cloudwatch_metric",
    "aws_cloudwatch_dashboard",
    "aws_ssm_parameter",
    "aws_secretsmanager_",
    "aws_lambda_layer",
    "aws_acm_",
    "aws_wafv2_",
    "aws_api_gateway_",
    "aws_apigatewayv2_",
    "aws_dynamodb_table_item",
    "aws_ecr_",
    "aws_ecs_",
    "aws_lb",
    "aws_autoscaling_",
    "aws_appautoscaling_",
];

pub(super) fn is_known(kind: &str) -> bool {
    TYPES.iter().any(|(name, ..)| *name == kind)
}

pub(super) fn is_no_route(kind: &str) -> bool {
    !kind.starts_with("aws_") || NO_ROUTES.iter().any(|prefix| kind.starts_with(prefix))
}

/// Returns the type and the properties of a planned resource.
pub(super) fn resource(
    plan: &Plan,
    world: &mut World<'_>,
    address: &str,
    planned: &Planned,
) -> (String, Map) {
    let nothing = Entries::new();
    let values = planned.values.as_map().unwrap_or(&nothing);
    let raw = plan.block(
        world,
        values,
        planned.expressions.as_ref(),
        Place {
            module: &planned.module,
            index: address.ends_with(']').then(|| {
                let start = address.rfind('[').unwrap_or(address.len());
                &address[start..]
            }),
        },
    );
    let known = TYPES.iter().find(|(name, ..)| *name == planned.kind);
    let Some((_, kind, renamed)) = known else {
        return (planned.kind.clone(), shaped(raw, &[]));
    };
    let mut properties = shaped(raw, renamed);
    // Its own ARN is no reference to itself.
    let own = values.get("arn").and_then(|arn| arn.as_text());
    if let Some(arn) = own.filter(|arn| plan.arns.get(*arn).is_some_and(|of| of == address)) {
        properties.insert("Arn".to_owned(), Value::text(arn));
    }
    amend(kind, &mut properties);
    properties.retain(|_, value| *value != Value::Null);
    ((*kind).to_owned(), properties)
}

/// Returns arguments with CloudFormation's names. Blocks that are objects there become objects.
fn shaped(arguments: Map, renamed: &[(&str, &str)]) -> Map {
    let mut properties = Map::new();
    for (name, value) in arguments {
        if matches!(name.as_str(), "id" | "tags_all") {
            continue;
        }
        let mut names = renamed.iter().chain(SPELLINGS);
        let new = names.find(|(old, _)| *old == name);
        let new = new.map_or_else(|| pascal(&name), |(_, new)| (*new).to_owned());
        if let Some(value) = shape(&name, value) {
            properties.insert(new, value);
        }
    }
    properties
}

fn shape(name: &str, value: Value) -> Option<Value> {
    match value {
        _ if FREE_KEYS.contains(&name) && name != "tags" => Some(value),
        Value::Map(tags) if name == "tags" => {
            let tag = |(key, value)| {
                Value::Map(Map::from([
                    ("Key".to_owned(), Value::Text(key)),
                    ("Value".to_owned(), value),
                ]))
            };
            Some(Value::List(tags.into_iter().map(tag).collect()))
        }
        Value::List(items) if OBJECTS.contains(&name) => shape("", items.into_iter().next()?),
        Value::List(items) => {
            let items = items.into_iter().filter_map(|item| shape("", item));
            Some(Value::List(items.collect()))
        }
        Value::Map(entries) => Some(Value::Map(shaped(entries, &[]))),
        value => Some(value),
    }
}

/// Returns `dead_letter_config` as CloudFormation writes it: `DeadLetterConfig`.
pub(super) fn pascal(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    let mut upper = true;
    for character in name.chars() {
        match character {
            '_' => upper = true,
            letter if upper => {
                pascal.extend(letter.to_uppercase());
                upper = false;
            }
            other => pascal.push(other),
        }
    }
    pascal
}
