//! Compares two readings of one template: ours, and that of the official translator's output.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use piitrail_template::{Certainty, File, Map, Reading, Settings, Value, read};

/// The types that events, dead-letter queues, destinations and connectors make.
const COMPARED: &[&str] = &[
    "AWS::Cognito::UserPool",
    "AWS::Events::Rule",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Logs::SubscriptionFilter",
    "AWS::S3::Bucket",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
];

pub(crate) fn read_one(name: &str, text: &str) -> Reading {
    let file = File {
        name,
        bytes: text.as_bytes(),
    };
    read(&[file], &Settings::default())
}

/// Returns the properties without those that do not affect who receives what and that only SAM's
/// own deployment needs.
fn comparable(kind: &str, properties: &Map) -> Map {
    let mut properties = properties.clone();
    if kind != "AWS::Events::Rule" {
        properties.remove("Tags");
    }
    properties.remove("Cors");
    // The order of a bucket's notifications has no meaning.
    if let Some(Value::Map(configuration)) = properties.get_mut("NotificationConfiguration")
        && let Some(Value::List(lambdas)) = configuration.get_mut("LambdaConfigurations")
    {
        lambdas.sort_by_key(|lambda| format!("{lambda:?}"));
    }
    properties
}

/// Returns the differences, or an empty text if there are none.
pub(crate) fn differences(ours: &Reading, official: &Reading) -> String {
    let mut said = String::new();
    let (ours, official) = (
        &ours.templates[0].resources,
        &official.templates[0].resources,
    );
    let names: BTreeSet<&String> = ours.keys().chain(official.keys()).collect();
    for id in names {
        let (our, their) = (ours.get(id), official.get(id));
        let kind = our.or(their).map_or("", |resource| resource.kind.as_str());
        if !COMPARED.contains(&kind) {
            continue;
        }
        match (our, their) {
            (Some(our), Some(their)) => {
                let is_certain = |c: &Certainty| *c == Certainty::Certain;
                if our.kind != their.kind
                    || is_certain(&our.certainty) != is_certain(&their.certainty)
                {
                    writeln!(said, "  {id}: another type or condition").unwrap();
                }
                let (our, their) = (
                    comparable(kind, &our.properties),
                    comparable(kind, &their.properties),
                );
                for name in our.keys().chain(their.keys()).collect::<BTreeSet<_>>() {
                    if our.get(name) != their.get(name) {
                        let (our, their) = (our.get(name), their.get(name));
                        writeln!(said, "  {id}.{name}:\n    {our:?}\n    {their:?}").unwrap();
                    }
                }
            }
            (Some(_), None) => writeln!(said, "  {id} ({kind}) is made only by us").unwrap(),
            (None, _) => writeln!(said, "  {id} ({kind}) is missing").unwrap(),
        }
    }
    said
}
