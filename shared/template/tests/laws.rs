//! Tests the properties that hold for every input: no panic, the same result twice, bounded time,
//! and a topology that is consistent and reads back as it is written.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use piitrail_flow::home::Home;
use piitrail_flow::topology::Topology;
use piitrail_template::limits::Limit;
use piitrail_template::{Ends, File, NoteKind, Reading, Settings, Value, read, topology};
use proptest::prelude::*;

const SAM: &str = include_str!("inputs/sam/every_event.yaml");
const SERVERLESS: &str = include_str!("inputs/serverless.yml");
const PLAN: &str = r#"{"format_version":"1.0","planned_values":{"root_module":{"resources":[
{"address":"aws_cloudwatch_event_rule.r","mode":"managed","type":"aws_cloudwatch_event_rule","values":{"name":"r"}},
{"address":"aws_cloudwatch_event_target.t","mode":"managed","type":"aws_cloudwatch_event_target","values":{"rule":"r"}}],
"child_modules":[{"address":"module.m[\"a\"]","resources":[
{"address":"module.m[\"a\"].aws_sqs_queue.q[0]","mode":"managed","type":"aws_sqs_queue","values":{"name":"q","tags":{"a":"b"}}}]}]}},
"configuration":{"root_module":{"module_calls":{"m":{"expressions":{"x":{"references":["var.y"]}},"module":{"outputs":{"o":{"expression":{"references":["aws_sqs_queue.q[0].arn"]}}},
"resources":[{"address":"aws_sqs_queue.q","expressions":{"redrive_policy":{"references":["var.x"]}}}]}}},
"resources":[{"address":"aws_cloudwatch_event_target.t","expressions":{"arn":{"references":["module.m[\"a\"].o","module.m"]}}}]}}}"#;

fn read_bytes(bytes: &[u8]) -> Reading {
    let file = File {
        name: "a/template.yaml",
        bytes,
    };
    let reading = read(&[file], &Settings::default());
    let ends = Ends::new(&reading, &Settings::default());
    for (_, resource) in reading.resources() {
        for value in resource.properties.values() {
            ends.of(value, &["AWS::SQS::Queue"]);
            value.document();
            value.literal();
        }
    }
    let imported = topology(&reading, &Settings::default(), Home::UNKNOWN);
    for note in reading.notes.iter().chain(&imported.notes) {
        assert!(!note.to_string().is_empty());
    }
    let topology = imported.draft.finish().unwrap();
    let written = serde_json::to_string(&topology).unwrap();
    assert_eq!(
        serde_json::from_str::<Topology>(&written).unwrap(),
        topology
    );
    reading
}

/// A change of a text: at a position, remove some characters and insert others.
#[derive(Debug, Clone)]
struct Change {
    at: prop::sample::Index,
    cut: usize,
    put: &'static str,
}

fn change() -> impl Strategy<Value = Change> {
    let put = prop::sample::select(vec![
        "",
        "",
        "[",
        "]",
        "{",
        "}",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "!Ref ",
        "!Sub ",
        "!GetAtt ",
        "!If ",
        "${",
        "}",
        "${self:",
        "*a ",
        "&a ",
        "<<: ",
        "null",
        "[]",
        "{}",
        "'",
        "\"",
        "Fn::ForEach::X",
        "AWS::NoValue",
        "{{resolve:",
        "ö",
        "\u{0}",
        "[0]",
        "\"references\":",
        "Events:",
        ".",
    ]);
    (any::<prop::sample::Index>(), 0..40_usize, put).prop_map(|(at, cut, put)| Change {
        at,
        cut,
        put,
    })
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for change in changes {
        let at = change.at.index(text.len() + 1);
        let end = (at + change.cut).min(text.len());
        text.splice(at..end, change.put.chars());
    }
    text.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_damaged_template_is_read_without_a_panic_and_the_same_twice(
        which in 0..3_usize,
        changes in prop::collection::vec(change(), 1..12),
    ) {
        let text = changed([SAM, SERVERLESS, PLAN][which], &changes);
        let first = read_bytes(text.as_bytes());
        prop_assert_eq!(first, read_bytes(text.as_bytes()));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_bytes(&bytes);
    }
}

#[test]
fn the_inputs_of_these_laws_are_read_without_a_fault() {
    for text in [SAM, SERVERLESS, PLAN] {
        let reading = read_bytes(text.as_bytes());
        assert_eq!(reading.templates.len(), 1, "{:?}", reading.notes);
        assert!(!reading.templates[0].resources.is_empty());
    }
}

/// Compares two sizes: the time of the larger is at most proportional, so nothing is quadratic.
#[test]
fn time_is_in_proportion_to_the_template() {
    let template = |rules: usize| {
        let mut text = String::from("Parameters: {P: {Type: String, Default: x}}\nResources:\n");
        for i in 0..rules {
            writeln!(
                text,
                "  Rule{i}:\n    Type: AWS::Events::Rule\n    Properties:\n      EventPattern: {{source: [!Sub '${{P}}-{i}']}}\n      Targets: [{{Arn: !GetAtt Rule{}.Arn}}]",
                i / 2
            )
            .unwrap();
        }
        text
    };
    let time = |text: &str| {
        let start = Instant::now();
        let reading = read_bytes(text.as_bytes());
        assert!(matches!(
            reading.templates[0].resources["Rule1"].property("Targets"),
            Some(Value::List(_))
        ));
        start.elapsed()
    };
    let (small, large) = (template(500), template(8000));
    let small = (0..3).map(|_| time(&small)).min().unwrap();
    let large = time(&large);
    assert!(
        large < small * 64 + Duration::from_secs(1),
        "{small:?} {large:?}"
    );
}

/// Reads 50 MB of resources, and 50 MB of numbers only, which are too many values: those after the limit are
/// left out.
#[test]
#[ignore = "takes a quarter of a minute"]
fn fifty_megabytes_are_read_up_to_the_limit() {
    let mut rules = String::from("{\"Resources\": {");
    let mut index = 0;
    while rules.len() < 50 << 20 {
        writeln!(
            rules,
            "\"Rule{index}\": {{\"Type\": \"AWS::Events::Rule\", \"Properties\": {{\"EventPattern\": {{\"source\": [\"{}\"]}}, \"Targets\": [{{\"Arn\": {{\"Fn::GetAtt\": [\"Rule0\", \"Arn\"]}}}}]}}}},",
            "x".repeat(300)
        )
        .unwrap();
        index += 1;
    }
    rules += "\"Last\": {\"Type\": \"AWS::SQS::Queue\"}}}";
    let start = Instant::now();
    let reading = read_bytes(rules.as_bytes());
    println!("{index} rules in {:?}", start.elapsed());
    assert_eq!(reading.templates[0].resources.len(), index + 1);
    drop((reading, rules));
    let numbers = format!(
        "Resources: {{Q: {{Type: AWS::SQS::Queue}}, R: {{Type: AWS::SQS::Queue, Properties: {{Tags: [{}]}}}}}}",
        "1,".repeat(25 << 20)
    );
    let start = Instant::now();
    let reading = read_bytes(numbers.as_bytes());
    println!("numbers in {:?}", start.elapsed());
    assert_eq!(reading.templates[0].resources.len(), 2);
    let is_limit =
        |note: &piitrail_template::Note| matches!(note.kind, NoteKind::Limit(Limit::Values));
    assert!(reading.notes.iter().any(is_limit), "{:?}", reading.notes);
}

/// Reads the deepest allowed templates with the two megabytes of a thread's stack: functions inside
/// functions, conditions that refer to conditions, and stacks that need each other's outputs.
#[test]
fn the_deepest_template_fits_a_small_stack() {
    let nested = format!(
        "Parameters: {{P: {{Type: String}}}}\nConditions: {{U: !Equals [!Ref P, x]}}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      A: {}x{}\n",
        "{'Fn::If': [U, ".repeat(44),
        ", y]}".repeat(44)
    );
    let mut conditions = String::from("Conditions:\n  C0: !Equals [a, a]\n");
    for i in 1..5000 {
        writeln!(conditions, "  C{i}: !Not [!Condition C{}]", i - 1).unwrap();
    }
    conditions += "Resources: {Q: {Type: AWS::SQS::Queue, Condition: C4999}}\n";
    let inner = "Parameters: {P: {Type: String}}\nResources: {Q: {Type: AWS::SQS::Queue}}\nOutputs: {O: {Value: !Ref P}}\n";
    let mut outer = String::from("Resources:\n");
    for i in 0..400 {
        writeln!(
            outer,
            "  S{i}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: inner.yaml, Parameters: {{P: !GetAtt S{}.Outputs.O}}}}}}",
            i + 1
        )
        .unwrap();
    }
    let files = [
        ("nested.yaml", nested.as_str()),
        ("conditions.yaml", conditions.as_str()),
        ("outer.yaml", outer.as_str()),
        ("inner.yaml", inner),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()));
    let read_them = move || {
        let files = files.iter().map(|(name, text)| File {
            name,
            bytes: text.as_bytes(),
        });
        read(&files.collect::<Vec<_>>(), &Settings::default())
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let reading = thread.spawn(read_them).unwrap().join().unwrap();
    assert!(reading.templates[0].resources["Q"].property("A").is_some());
    assert!(reading.templates.len() > 100, "{}", reading.templates.len());
}
