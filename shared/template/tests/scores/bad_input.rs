//! Tests bad input: reading ends, is bounded, and reports the line of each problem.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use piitrail_template::Note;

use crate::import;

/// Returns the notes of a template whose import must succeed.
fn notes(text: &str) -> Vec<Note> {
    let (reading, imported) = import("t.yaml", text);
    imported.draft.finish().unwrap();
    reading.notes.into_iter().chain(imported.notes).collect()
}

fn said(notes: &[Note], line: u32, what: &str) -> bool {
    notes
        .iter()
        .any(|note| note.line == line && note.to_string().contains(what))
}

#[test]
fn half_deleted_resources_and_invalid_patterns_are_said_with_their_lines() {
    let notes = notes(
        "
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: 'no json'}}
  NoPattern:
    Type: AWS::Events::Rule
  NoTargets: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}}}
  Invalid:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {source: a}, Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}
  NoJson:
    Type: AWS::Events::Rule
    Properties: {EventPattern: '{', Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}
  Gone:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt Deleted.Arn}, {}]}
  Mapping: {Type: AWS::Lambda::EventSourceMapping}
  Pipe: {Type: AWS::Pipes::Pipe, Properties: {Source: !GetAtt Queue.Arn}}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {TopicArn: x, Protocol: sqs}}
  Policy: {Type: AWS::SQS::QueuePolicy, Properties: {PolicyDocument: 'no json', Queues: 7}}
  Nothing: {}
  NoSuch: {Type: AWS::SQS::Queeue}
  NoService: {Type: AWS::Nonsense::Thing}
",
    );
    for (line, what) in [
        (3, "redrive policy is not JSON"),
        (4, "no event pattern"),
        (7, "event pattern is not valid"),
        (10, "event pattern is not JSON"),
        (13, "does not define"),
        (13, "no target's ARN"),
        (16, "no event source"),
        (17, "no target"),
        (18, "no endpoint"),
        (19, "policy is not JSON"),
        (20, "the resource is not written as it must be"),
        (21, "AWS::SQS::Queeue is not known"),
        (22, "AWS::Nonsense::Thing is not known"),
    ] {
        assert!(said(&notes, line, what), "{line} {what}: {notes:#?}");
    }
}

#[test]
fn buses_in_a_circle_and_aliases_in_a_circle_come_to_an_end() {
    let text = "
Resources:
  A: {Type: AWS::Events::EventBus, Properties: {Name: a}}
  B: {Type: AWS::Events::EventBus, Properties: {Name: b}}
  AToB:
    Type: AWS::Events::Rule
    Properties: {EventBusName: !Ref A, EventPattern: {source: [x]}, Targets: [{Id: b, Arn: !GetAtt B.Arn}]}
  BToA:
    Type: AWS::Events::Rule
    Properties: {EventBusName: !Ref B, EventPattern: {source: [x]}, Targets: [{Id: a, Arn: !GetAtt A.Arn}]}
  One: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Other}}
  Other: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref One}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Q.Arn, FunctionName: !Ref One}
  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Q.Arn}}}
";
    let (_, imported) = import("t.yaml", text);
    assert_eq!(imported.draft.finish().unwrap().routes().len(), 4);
}

#[test]
fn fifty_megabytes_are_read_or_refused_in_bounded_time() {
    let mut text = String::with_capacity(51 << 20);
    text.push_str("Resources:\n  Bus: {Type: AWS::Events::EventBus}\n");
    let description = "x".repeat(400);
    let mut number = 0;
    while text.len() < 50 << 20 {
        writeln!(
            text,
            "  R{number}: {{Type: AWS::Events::Rule, Properties: {{EventBusName: !Ref Bus, \
             Description: '{description}', EventPattern: {{source: [a{number}]}}, Targets: [{{Id: t, Arn: !GetAtt Bus.Arn}}]}}}}"
        )
        .unwrap();
        number += 1;
    }
    let started = Instant::now();
    let (reading, imported) = import("large.yaml", &text);
    let routes = imported.draft.finish().unwrap().routes().len();
    let took = started.elapsed();
    println!(
        "50 MB: {number} rules, {routes} routes, {} notes, {took:.1?}",
        reading.notes.len()
    );
    assert_eq!(routes, number);
    // The limit allows for a debug build on a busy machine; quadratic time would exceed it.
    assert!(took < Duration::from_mins(5), "{took:?}");
}
