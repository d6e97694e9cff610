//! Deploys the template as CloudFormation does.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::{Aws, MachineRoom, REGION, functions, repository, wait_for};

const NAME: &str = "piitrail";

/// The functions of template.yaml, by the folder in which it expects their `bootstrap`.
const FUNCTIONS: [&str; 3] = ["tracer", "rollup", "report"];

/// A deployed stack with its outputs.
pub(crate) struct Stack<'r> {
    aws: &'r Aws,
    outputs: BTreeMap<String, String>,
}

impl<'r> Stack<'r> {
    /// The bus of the deployed tap.
    pub(crate) const BUS: &'static str = "shop";

    /// The subject keys of the deployed tracer.
    pub(crate) const SUBJECT_KEYS: &'static str = r#"{"epochs": [{"epoch": "2026-11", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}"#;

    /// Deploys template.yaml with the functions of this workspace and a tap on [`Self::BUS`].
    pub(crate) fn deploy(room: &'r MachineRoom) -> Self {
        let aws = room.aws();
        aws.json(
            "events",
            "AWSEvents.CreateEventBus",
            &json!({ "Name": Self::BUS }),
        );
        let bucket = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>\
             </CreateBucketConfiguration>"
        );
        aws.rest("s3", "PUT", "/code", bucket.as_bytes());
        // As `sam package` does, the code is put into a bucket, and the template refers to it.
        let mut template = fs::read_to_string(repository().join("template.yaml")).unwrap();
        for name in FUNCTIONS {
            aws.rest(
                "s3",
                "PUT",
                &format!("/code/{name}.zip"),
                &functions::package(name),
            );
            let built = format!("CodeUri: target/lambda/{name}/\n");
            assert!(template.contains(&built), "template.yaml has no {built}");
            template = template.replace(&built, &format!("CodeUri: s3://code/{name}.zip\n"));
        }
        let secret = aws.json(
            "secretsmanager",
            "secretsmanager.CreateSecret",
            &json!({ "Name": "subject-keys", "SecretString": Self::SUBJECT_KEYS }),
        );
        let parameters = [
            ("SubjectKeySecretArn", secret["ARN"].as_str().unwrap()),
            ("CustomerIdFields", "customerId"),
            ("SubjectIndex", "on"),
            ("Architecture", "x86_64"),
            ("EventBusName", Self::BUS),
            ("AnnounceBusName", Self::BUS),
            ("BatchWindowSeconds", "1"),
        ];
        let names: Vec<_> = (1..)
            .zip(parameters)
            .map(|(at, pair)| (parameter(at), pair))
            .collect();
        let mut fields = vec![
            ("Action", "CreateStack"),
            ("Version", "2010-05-15"),
            ("StackName", NAME),
            ("TemplateBody", &template),
            ("Capabilities.member.1", "CAPABILITY_IAM"),
            ("Capabilities.member.2", "CAPABILITY_AUTO_EXPAND"),
        ];
        for ((key, value), (name, content)) in &names {
            fields.extend([(key.as_str(), *name), (value.as_str(), *content)]);
        }
        aws.form("cloudformation", &fields);
        let outputs = wait_for("the stack", Duration::from_mins(1), || finished(aws));
        mend_event_source(aws);
        Self { aws, outputs }
    }

    /// Returns an output of the template.
    pub(crate) fn output(&self, name: &str) -> &str {
        self.outputs
            .get(name)
            .unwrap_or_else(|| panic!("the template has no output {name}"))
    }

    /// Invokes the report function with a request.
    pub(crate) fn report(&self, request: &Value) -> Value {
        let answer = self.aws.invoke(self.output("ReportFunctionName"), request);
        assert_eq!(answer.error, None, "{request}: {}", answer.payload);
        answer.payload
    }

    /// Waits until the tracer has read everything that the tap has received.
    pub(crate) fn wait_until_read(&self) {
        let queue = self.output("TapQueueUrl");
        wait_for("an empty tap", Duration::from_mins(2), || {
            (self.aws.queue_depth(queue) == (0, 0)).then_some(())
        });
    }

    /// Starts or stops the delivery from the tap's queue to the tracer.
    pub(crate) fn feed_tracer(&self, feed: bool) {
        update_event_source(self.aws, &json!({ "Enabled": feed }));
    }

    /// Sends a message to the tap's queue, as a broken rule would. The queue's policy, which allows
    /// only the rule to send, is removed meanwhile. Returns the message's id.
    pub(crate) fn send_past_the_policy(&self, body: &str) -> String {
        let queue = self.output("TapQueueUrl");
        let request = json!({ "QueueUrl": queue, "AttributeNames": ["Policy"] });
        let held = self
            .aws
            .json("sqs", "AmazonSQS.GetQueueAttributes", &request);
        let restrict = |policy: &Value| {
            let change = json!({ "QueueUrl": queue, "Attributes": { "Policy": policy } });
            self.aws
                .json("sqs", "AmazonSQS.SetQueueAttributes", &change);
        };
        restrict(&json!(""));
        let sent = self.aws.send_message(queue, body).unwrap();
        restrict(&held["Attributes"]["Policy"]);
        sent
    }

    /// Lets failed messages be redelivered after a second instead of twelve minutes.
    pub(crate) fn hurry_retries(&self) {
        let change = json!({
            "QueueUrl": self.output("TapQueueUrl"),
            "Attributes": { "VisibilityTimeout": "1" },
        });
        self.aws
            .json("sqs", "AmazonSQS.SetQueueAttributes", &change);
    }

    /// Returns the template as CloudFormation has it after the SAM transform, before its references
    /// are resolved.
    pub(crate) fn template(&self) -> Value {
        let answer = describe(self.aws, "GetTemplate");
        let answer = Document::parse(&answer).unwrap();
        serde_json::from_str(&text(answer.root(), "TemplateBody")).unwrap()
    }
}

fn parameter(at: usize) -> (String, String) {
    let member = format!("Parameters.member.{at}");
    (
        format!("{member}.ParameterKey"),
        format!("{member}.ParameterValue"),
    )
}

/// Returns the outputs of the stack once it is complete.
fn finished(aws: &Aws) -> Option<BTreeMap<String, String>> {
    let answer = describe(aws, "DescribeStacks");
    let answer = Document::parse(&answer).unwrap();
    match text(answer.root(), "StackStatus").as_str() {
        "CREATE_COMPLETE" => {
            let outputs = answer
                .descendants()
                .filter(|node| node.has_tag_name("OutputKey"));
            let outputs = outputs.map(|key| key.parent().unwrap());
            Some(
                outputs
                    .map(|node| (text(node, "OutputKey"), text(node, "OutputValue")))
                    .collect(),
            )
        }
        "CREATE_IN_PROGRESS" => None,
        failed => panic!("{failed}: {}", describe(aws, "DescribeStackEvents")),
    }
}

fn describe(aws: &Aws, action: &str) -> String {
    let fields = [
        ("Action", action),
        ("Version", "2010-05-15"),
        ("StackName", NAME),
    ];
    aws.form("cloudformation", &fields)
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    let found = node
        .descendants()
        .find(|inner| inner.tag_name().name() == name);
    found
        .and_then(|inner| inner.text())
        .unwrap_or_default()
        .to_owned()
}

/// Sets the number in `ScalingConfig` again, as a number. `MiniStack` treats a number from a
/// parameter as text there, and its poller then stops at a comparison.
fn mend_event_source(aws: &Aws) {
    let mapping = event_source(aws);
    let limit = &mapping["ScalingConfig"]["MaximumConcurrency"];
    let limit = limit
        .as_u64()
        .or_else(|| limit.as_str()?.parse().ok())
        .unwrap();
    update_event_source(
        aws,
        &json!({ "ScalingConfig": { "MaximumConcurrency": limit } }),
    );
}

fn event_source(aws: &Aws) -> Value {
    let answer = aws.rest("lambda", "GET", "/2015-03-31/event-source-mappings/", b"");
    let mut answer: Value = serde_json::from_slice(&answer).unwrap();
    answer["EventSourceMappings"][0].take()
}

fn update_event_source(aws: &Aws, change: &Value) {
    let mapping = event_source(aws);
    let path = format!(
        "/2015-03-31/event-source-mappings/{}",
        mapping["UUID"].as_str().unwrap()
    );
    aws.rest("lambda", "PUT", &path, change.to_string().as_bytes());
}
