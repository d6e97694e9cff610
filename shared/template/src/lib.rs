//! Reads SAM, CloudFormation, CDK output, Terraform plans and Serverless Framework files into
//! resources whose values are resolved, and from there into the topology. Stands before both ways
//! through the code: the traffic half routes with what it reads, and the gate compares it.
//!
//! ```
//! use piitrail_template::{Attribute, File, Form, Settings, Value, read};
//!
//! let template = b"
//! Transform: AWS::Serverless-2016-10-31
//! Resources:
//!   Orders: {Type: AWS::SQS::Queue}
//!   Ship:
//!     Type: AWS::Serverless::Function
//!     Properties:
//!       Events:
//!         Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
//! ";
//! let reading = read(&[File { name: "template.yaml", bytes: template }], &Settings::default());
//! let template = &reading.templates[0];
//! assert_eq!(template.form, Form::Sam);
//! let mapping = &template.resources["ShipOrder"];
//! assert_eq!(mapping.kind, "AWS::Lambda::EventSourceMapping");
//! let Some(Value::Resource(queue)) = mapping.property("EventSourceArn") else { panic!() };
//! assert_eq!(queue.resource.id, "Orders");
//! assert_eq!(queue.attribute, Attribute::Named("Arn".to_owned()));
//! ```
//!
//! # What a reading gives
//! [`read()`] takes all files at once and never fails. A [`Reading`] has one [`Template`] for each stack:
//! each file, and each nested stack whose file is among the files, with the parameters that its stack
//! gives. A template has its [`Form`] and its resources by id, in CloudFormation's shape whatever the form:
//!
//! | form | id | what is made |
//! |---|---|---|
//! | CloudFormation, CDK | logical id | loops of `Fn::ForEach` are written out |
//! | SAM | logical id; what events make has the ids that SAM gives | rules, schedules, mappings, subscriptions, queues, permissions, aliases, invoke configs, the policies of connectors |
//! | Serverless Framework | a function's key; all else the id in its CloudFormation | the same for its events |
//! | Terraform plan | address | targets stand in their rules, redrive policies on their queues |
//!
//! Every property is a [`Value`] that is resolved to an end: a literal, a [`Reference`] to a resource, an
//! [`Outside`] name, [`Value::Unknown`] with its [`Reason`], a [`Value::Joined`] text of these, or
//! [`Value::OneOf`] several by a condition that cannot be known. Parameters have their defaults, pseudo
//! parameters what [`Settings`] says, and the stack's own name is one that is made elsewhere. A property
//! that takes a map or JSON text is read with [`Value::document`]. [`Ends`] finds the resource that a
//! value names also by ARN, URL or name, across all templates.
//!
//! [`topology()`] makes the channels and routes of a reading.
//!
//! A resource whose condition is false is not there and has a note; one whose condition cannot be
//! known is there with [`Certainty::OnCondition`]. What was not understood is a [`Note`] with its
//! line.
//!
//! # Resource types that carry routes
//! For the step from resources to routes. All other types are passed through as they are.
//!
//! - `AWS::Events::{EventBus, Rule, Archive, Connection, ApiDestination, EventBusPolicy, Endpoint}`;
//!   `AWS::EventsV2::*` is read as it is. A rule without `EventBusName` is on the default bus. `State`
//!   is `ENABLED` or `DISABLED`.
//! - `AWS::Scheduler::Schedule`, `AWS::Pipes::Pipe`
//! - `AWS::SQS::{Queue, QueuePolicy}`: a redrive is `RedrivePolicy.deadLetterTargetArn`.
//! - `AWS::SNS::{Topic, Subscription, TopicPolicy}`: a topic may have its own `Subscription` list.
//! - `AWS::Lambda::{Function, Alias, EventSourceMapping, EventInvokeConfig, Permission, Url}`: targets may
//!   be an alias, whose `FunctionName` is the function. A function's own dead letters are
//!   `DeadLetterConfig.TargetArn`.
//! - `AWS::Kinesis::{Stream, StreamConsumer}`, `AWS::KinesisFirehose::DeliveryStream`
//! - `AWS::DynamoDB::{Table, GlobalTable, KinesisStreamingDestination}`: `StreamSpecification` says whether
//!   there is a stream.
//! - `AWS::S3::Bucket`: `NotificationConfiguration` with `LambdaConfigurations`, `QueueConfigurations`,
//!   `TopicConfigurations` and `EventBridgeConfiguration`. `Custom::S3BucketNotifications` (CDK,
//!   Terraform, Serverless) has the same under `BucketName`; the CDK and Terraform name the lists as the
//!   S3 API does (`LambdaFunctionConfigurations` with `LambdaFunctionArn` and `Events`).
//! - `AWS::Logs::{LogGroup, SubscriptionFilter, Destination}`
//! - `AWS::StepFunctions::{StateMachine, StateMachineAlias}`
//! - `AWS::IoT::TopicRule`, `AWS::Cognito::UserPool` (`LambdaConfig`)
//! - `AWS::ApiGateway::RestApi`, `AWS::ApiGatewayV2::Api`, `AWS::AppSync::GraphQLApi`: ends only; roles
//!   and the APIs that SAM makes by itself are there by their id without properties.
//! - `AWS::Serverless::Connector`: `Source`, `Destination` and `Permissions` as they are written.
//! - `AWS::CloudFormation::Stack`: one whose file was not given is the end of what refers to its
//!   outputs (`Outputs.NAME`).

mod cloudformation;
mod ends;
pub mod limits;
mod node;
mod note;
mod read;
mod sam;
mod serverless;
mod template;
mod terraform;
mod topology;
mod value;
mod world;
mod yaml;

pub use ends::{End, Ends};
pub use note::{Note, NoteKind};
pub use read::read;
pub use template::{Certainty, File, Form, Reading, Resource, Settings, Template};
pub use topology::{Imported, topology};
pub use value::{Attribute, Map, Outside, OutsideKind, Reason, Reference, ResourceId, Value};
pub use yaml::Unreadable;
