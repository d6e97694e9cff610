//! Reads SAM, CloudFormation, CDK output, Terraform plans and Serverless Framework files into
//! resources whose values are resolved, and converts them to the topology. It stands before both
//! ways through the code: the traffic half routes with the topology, and the gate compares it.
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
//! # The content of a reading
//! [`read()`] takes all files at once and never fails. A [`Reading`] has one [`Template`] for each
//! stack: each file, and each nested stack whose file is among the files, with the parameters from
//! its nesting stack. A template has its [`Form`] and its resources by id, in CloudFormation's
//! shape whatever the form:
//!
//! | form | id | what is made |
//! |---|---|---|
//! | CloudFormation, CDK | logical id | loops of `Fn::ForEach` are expanded |
//! | SAM | logical id; resources made for events have the ids that SAM gives | rules, schedules, mappings, subscriptions, queues, permissions, aliases, invoke configs, the policies of connectors |
//! | Serverless Framework | a function's key; for other resources the id in its CloudFormation | the same for its events |
//! | Terraform plan | address | targets are moved into their rules, redrive policies onto their queues |
//!
//! Every property is a resolved [`Value`]: a literal, a [`Reference`] to a resource, an [`Outside`]
//! name, [`Value::Unknown`] with its [`Reason`], a [`Value::Joined`] text of these, or
//! [`Value::OneOf`] several that depend on an unknown condition. Parameters have their defaults,
//! pseudo parameters have the values of [`Settings`], and the stack's own name is defined
//! elsewhere. A property that takes a map or JSON text is read with [`Value::document`]. [`Ends`]
//! also finds the resource that a value names by ARN, URL or name, across all templates.
//!
//! [`topology()`] converts a reading to channels and routes.
//!
//! A resource whose condition is false is left out and has a note. One whose condition is unknown
//! is included with [`Certainty::OnCondition`]. Everything that was not understood has a [`Note`]
//! with its line.
//!
//! # Resource types that carry routes
//! These types are the input of the step from resources to routes. All other types are passed
//! through as they are.
//!
//! - `AWS::Events::{EventBus, Rule, Archive, Connection, ApiDestination, EventBusPolicy,
//!   Endpoint}`. A rule without `EventBusName` is on the default bus. `State` is `ENABLED` or
//!   `DISABLED`.
//! - `AWS::EventsV2::{EventBus, Subscriber, EventSource}`
//! - `AWS::Scheduler::Schedule`, `AWS::Pipes::Pipe`
//! - `AWS::SQS::{Queue, QueuePolicy}`: a redrive is `RedrivePolicy.deadLetterTargetArn`.
//! - `AWS::SNS::{Topic, Subscription, TopicPolicy}`: a topic may have its own `Subscription` list.
//! - `AWS::Lambda::{Function, Alias, EventSourceMapping, EventInvokeConfig, Permission, Url}`:
//!   targets may be an alias, whose `FunctionName` is the function. A function's own dead-letter
//!   queue is `DeadLetterConfig.TargetArn`.
//! - `AWS::Kinesis::{Stream, StreamConsumer}`, `AWS::KinesisFirehose::DeliveryStream`
//! - `AWS::DynamoDB::{Table, GlobalTable, KinesisStreamingDestination}`: `StreamSpecification` says
//!   whether there is a stream.
//! - `AWS::S3::Bucket`: `NotificationConfiguration` with `LambdaConfigurations`,
//!   `QueueConfigurations`, `TopicConfigurations` and `EventBridgeConfiguration`.
//!   `Custom::S3BucketNotifications` (CDK, Terraform, Serverless) has the same under `BucketName`;
//!   the CDK and Terraform name the lists as the S3 API does (`LambdaFunctionConfigurations` with
//!   `LambdaFunctionArn` and `Events`).
//! - `AWS::Logs::{LogGroup, SubscriptionFilter, Destination}`
//! - `AWS::StepFunctions::{StateMachine, StateMachineAlias}`
//! - `AWS::IoT::TopicRule`, `AWS::Cognito::UserPool` (`LambdaConfig`)
//! - `AWS::ApiGateway::RestApi`, `AWS::ApiGatewayV2::Api`, `AWS::AppSync::GraphQLApi`: ends of
//!   routes only. Roles, and the APIs that SAM makes itself, have an id but no properties.
//! - `AWS::Serverless::Connector`: `Source`, `Destination` and `Permissions` as they are written.
//! - `AWS::CloudFormation::Stack`: if its file was not given, it is the end of references to its
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
