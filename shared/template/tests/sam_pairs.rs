//! Our expansion of SAM against what the official translator made of the same templates.
//!
//! The pairs lie beside the project (`../shared/data/templates/sam_translator.jsonl`) and are not part
//! of it; without them there is nothing to test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use piitrail_template::{Certainty, File, Form, Reading, Settings, Value, read};
use serde_json::Value as Json;

const PAIRS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/templates/sam_translator.jsonl"
);

/// The types that events, dead letters, destinations and connectors make.
const COMPARED: &[&str] = &[
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

fn read_one(name: &str, text: &str) -> Reading {
    let file = File {
        name,
        bytes: text.as_bytes(),
    };
    read(&[file], &Settings::default())
}

/// Properties that say nothing about who receives what, and that only SAM's own deployment needs.
fn comparable(kind: &str, properties: &piitrail_template::Map) -> piitrail_template::Map {
    let mut properties = properties.clone();
    if kind != "AWS::Events::Rule" {
        properties.remove("Tags");
    }
    properties.remove("Cors");
    // In which order a bucket has its notifications means nothing.
    if let Some(Value::Map(configuration)) = properties.get_mut("NotificationConfiguration")
        && let Some(Value::List(lambdas)) = configuration.get_mut("LambdaConfigurations")
    {
        lambdas.sort_by_key(|lambda| format!("{lambda:?}"));
    }
    properties
}

fn differences(ours: &Reading, official: &Reading) -> String {
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

#[test]
fn the_expansion_agrees_with_the_official_translator() {
    let Ok(pairs) = fs::read_to_string(PAIRS) else {
        eprintln!("skipped: ../shared/data/templates/sam_translator.jsonl is not here");
        return;
    };
    let (mut agreed, mut refused, mut differing) = (0, 0, String::new());
    for line in pairs.lines() {
        let pair: Json = serde_json::from_str(line).unwrap();
        let name = pair["name"].as_str().unwrap();
        let ours = read_one(name, pair["input"].as_str().unwrap());
        assert_eq!(ours.templates.len(), 1, "{name}: {:?}", ours.notes);
        assert_eq!(ours.templates[0].form, Form::Sam, "{name}");
        if pair["output"].get("Resources").is_none() {
            refused += 1;
            continue;
        }
        let official = read_one(name, &pair["output"].to_string());
        let said = differences(&ours, &official);
        if said.is_empty() {
            agreed += 1;
        } else {
            writeln!(differing, "{name}\n{said}").unwrap();
        }
    }
    println!("SAM pairs: {agreed} agree, {refused} are refused by the translator and were read");
    assert!(differing.is_empty(), "{differing}");
    assert_eq!(agreed + refused, 98);
}
