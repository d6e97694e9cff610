//! Maps CloudFormation types to kinds of resources, and lists the types that move no records.

use piitrail_flow::topology::ResourceKind as Kind;

const KINDS: &[(&str, Kind)] = &[
    ("AWS::ApiGateway::RestApi", Kind::Api),
    ("AWS::ApiGatewayV2::Api", Kind::Api),
    ("AWS::AppSync::Api", Kind::GraphqlApi),
    ("AWS::AppSync::GraphQLApi", Kind::GraphqlApi),
    ("AWS::Batch::JobQueue", Kind::BatchJob),
    ("AWS::DynamoDB::GlobalTable", Kind::Table),
    ("AWS::DynamoDB::Table", Kind::Table),
    ("AWS::ECS::Cluster", Kind::EcsTask),
    ("AWS::ECS::TaskDefinition", Kind::EcsTask),
    ("AWS::Elasticsearch::Domain", Kind::OpenSearch),
    ("AWS::Events::ApiDestination", Kind::ApiDestination),
    ("AWS::Events::Archive", Kind::Archive),
    ("AWS::Events::EventBus", Kind::Bus),
    ("AWS::EventsV2::EventBus", Kind::Bus),
    ("AWS::Kinesis::Stream", Kind::Stream),
    ("AWS::KinesisFirehose::DeliveryStream", Kind::Firehose),
    ("AWS::Lambda::Function", Kind::Function),
    ("AWS::Logs::LogGroup", Kind::LogGroup),
    ("AWS::OpenSearchServerless::Collection", Kind::OpenSearch),
    ("AWS::OpenSearchService::Domain", Kind::OpenSearch),
    ("AWS::Pipes::Pipe", Kind::Pipe),
    ("AWS::Redshift::Cluster", Kind::Redshift),
    ("AWS::RedshiftServerless::Workgroup", Kind::Redshift),
    ("AWS::S3::Bucket", Kind::Bucket),
    ("AWS::SNS::Topic", Kind::Topic),
    ("AWS::SQS::Queue", Kind::Queue),
    ("AWS::StepFunctions::StateMachine", Kind::StateMachine),
];

/// Returns the kind of resource that a type is, or `None` if no route starts from it or leads to
/// it.
pub(super) fn kind_of(kind: &str) -> Option<Kind> {
    let row = KINDS.iter().find(|(name, _)| *name == kind);
    row.map(|(_, kind)| *kind)
}

/// Returns the types that a bare name of this kind may refer to.
pub(super) fn types_of(kind: Kind) -> Vec<&'static str> {
    let rows = KINDS.iter().filter(|(_, of)| *of == kind);
    rows.map(|(name, _)| *name).collect()
}

/// Other known types of the services that move records, besides those above and those that make
/// routes.
const KNOWN: &[&str] = &[
    "AWS::DynamoDB::KinesisStreamingDestination",
    "AWS::Events::Connection",
    "AWS::Events::Endpoint",
    "AWS::Events::EventBusPolicy",
    "AWS::EventsV2::ResourcePolicy",
    "AWS::Kinesis::ResourcePolicy",
    "AWS::Kinesis::StreamConsumer",
    "AWS::Lambda::Alias",
    "AWS::Lambda::CodeSigningConfig",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::LayerVersionPermission",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
    "AWS::S3::AccessPoint",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicInlinePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueueInlinePolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::StepFunctions::Activity",
    "AWS::StepFunctions::StateMachineAlias",
    "AWS::StepFunctions::StateMachineVersion",
];

/// The services none of whose types moves records between the resources of the map.
const SERVICES_WITHOUT_ROUTES: &[&str] = &[
    "AWS::ACMPCA::",
    "AWS::AmazonMQ::",
    "AWS::Amplify::",
    "AWS::ApiGateway::",
    "AWS::ApiGatewayV2::",
    "AWS::AppConfig::",
    "AWS::AppSync::",
    "AWS::ApplicationAutoScaling::",
    "AWS::ApplicationInsights::",
    "AWS::Athena::",
    "AWS::AutoScaling::",
    "AWS::Backup::",
    "AWS::Batch::",
    "AWS::Bedrock::",
    "AWS::Budgets::",
    "AWS::CDK::",
    "AWS::CertificateManager::",
    "AWS::Chatbot::",
    "AWS::CloudFormation::",
    "AWS::CloudFront::",
    "AWS::CloudTrail::",
    "AWS::CloudWatch::",
    "AWS::CodeBuild::",
    "AWS::CodeDeploy::",
    "AWS::CodePipeline::",
    "AWS::CodeStar",
    "AWS::Cognito::",
    "AWS::Config::",
    "AWS::DMS::",
    "AWS::EC2::",
    "AWS::ECR::",
    "AWS::ECS::",
    "AWS::EFS::",
    "AWS::EKS::",
    "AWS::ElastiCache::",
    "AWS::ElasticLoadBalancing",
    "AWS::EventSchemas::",
    "AWS::Glue::",
    "AWS::GuardDuty::",
    "AWS::IAM::",
    "AWS::InspectorV2::",
    "AWS::IoT::",
    "AWS::KMS::",
    "AWS::LakeFormation::",
    "AWS::Location::",
    "AWS::Logs::",
    "AWS::MSK::",
    "AWS::OpenSearchServerless::",
    "AWS::OpenSearchService::",
    "AWS::Organizations::",
    "AWS::QuickSight::",
    "AWS::RAM::",
    "AWS::RDS::",
    "AWS::Redshift",
    "AWS::ResourceGroups::",
    "AWS::Route53",
    "AWS::SES::",
    "AWS::SSM::",
    "AWS::SSO::",
    "AWS::SageMaker::",
    "AWS::SecretsManager::",
    "AWS::SecurityHub::",
    "AWS::Serverless::",
    "AWS::ServiceDiscovery::",
    "AWS::Synthetics::",
    "AWS::VpcLattice::",
    "AWS::WAF",
    "AWS::XRay::",
    "Custom::",
];

/// The types that pass records on in a way that is not followed.
const NOT_FOLLOWED: &[&str] = &[
    "AWS::CloudFormation::StackSet",
    "AWS::EventSchemas::Discoverer",
    "AWS::Events::Endpoint",
    "AWS::IoT::TopicRule",
    "AWS::Logs::AccountPolicy",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::ReceiptRule",
    "Custom::AWS",
];

/// Returns true if a type passes records on in a way that is not followed.
pub(super) fn is_not_followed(kind: &str) -> bool {
    NOT_FOLLOWED.contains(&kind)
}

/// Returns true if a type is known here, even if it makes no route. A Terraform type without a
/// counterpart was noted when the plan was read.
pub(super) fn is_known(kind: &str) -> bool {
    let of_terraform = !kind.contains("::");
    of_terraform
        || KNOWN.contains(&kind)
        || SERVICES_WITHOUT_ROUTES
            .iter()
            .any(|service| kind.starts_with(service))
}
