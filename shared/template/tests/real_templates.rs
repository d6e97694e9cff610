//! Tests that templates from real projects are read and their form is recognised.
//!
//! They lie beside the project (`../shared/data/templates`) and are not part of it. Without them
//! the tests do nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use piitrail_template::{End, Ends, File, Form, NoteKind, Reading, Settings, Value, read};
use serde_json::Value as Json;

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/templates"
);

/// The files whose form is not SAM.
const FORMS: &[(&str, Form)] = &[
    ("cdk-", Form::Cdk),
    ("central-bus-devops.yaml", Form::CloudFormation),
    ("foreach-topics.yml", Form::CloudFormation),
    ("multi-bus-orange.yaml", Form::CloudFormation),
    ("shop-dlq-nested.yaml", Form::CloudFormation),
    ("sls-", Form::Serverless),
    ("tf-", Form::TerraformPlan),
    ("unicorn-subscription.yaml", Form::CloudFormation),
];

fn read_file(path: &Path) -> Reading {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    let file = File {
        name: &name,
        bytes: &bytes,
    };
    read(&[file], &Settings::default())
}

#[test]
fn every_template_is_read_and_recognised() {
    let Ok(entries) = fs::read_dir(FOLDER) else {
        eprintln!("skipped: ../shared/data/templates is not here");
        return;
    };
    let mut read = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_data = path
            .extension()
            .is_none_or(|kind| kind == "md" || kind == "jsonl");
        if is_data {
            continue;
        }
        let reading = read_file(&path);
        assert_eq!(reading.templates.len(), 1, "{name}: {:?}", reading.notes);
        let form = FORMS.iter().find(|(prefix, _)| name.starts_with(prefix));
        let form = form.map_or(Form::Sam, |(_, form)| *form);
        assert_eq!(reading.templates[0].form, form, "{name}");
        let is_fault = |kind: &NoteKind| {
            matches!(
                kind,
                NoteKind::Malformed(_)
                    | NoteKind::NoSuchName(_)
                    | NoteKind::UnknownFunction(_)
                    | NoteKind::UnknownEvent(_)
                    | NoteKind::Limit(_)
            )
        };
        for note in &reading.notes {
            assert!(!is_fault(&note.kind), "{note}");
            assert!(note.line > 0, "{note}");
        }
        read += 1;
    }
    assert!(read >= 33, "only {read} templates");
    println!("templates: {read} of {read} recognised");
}

/// Asserts that every id in the answers written by hand is a resource, and that every name that
/// they list as defined elsewhere is the value of a property.
#[test]
fn the_ends_of_the_routes_that_were_read_by_hand_are_there() {
    let Ok(expected) = fs::read_to_string(Path::new(FOLDER).join("expected.jsonl")) else {
        eprintln!("skipped: ../shared/data/templates/expected.jsonl is not here");
        return;
    };
    let mut missing = Vec::new();
    let mut found = 0;
    for line in expected.lines() {
        let expected: Json = serde_json::from_str(line).unwrap();
        let name = expected["file"].as_str().unwrap();
        if expected["certain"] != true {
            continue;
        }
        let reading = read_file(&Path::new(FOLDER).join(name));
        let known = ends_of(&reading);
        for route in expected["routes"].as_array().unwrap() {
            for key in ["from", "via", "to", "dlq"] {
                let Some(end) = route[key].as_str() else {
                    continue;
                };
                if matches!(end, "default" | "schedule") || known.contains(end) {
                    found += 1;
                } else {
                    missing.push(format!("{name}: {key} {end}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(found > 80, "{found}");
}

/// Returns the resource ids, and the ends of all properties as text.
fn ends_of(reading: &Reading) -> BTreeSet<String> {
    let ends = Ends::new(reading, &Settings::default());
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (id, resource) in reading.resources() {
        known.insert(id.id);
        for value in resource.properties.values() {
            collect(&ends, value, &mut known);
        }
    }
    known
}

fn collect(ends: &Ends, value: &Value, known: &mut BTreeSet<String>) {
    match value {
        Value::List(items) => items.iter().for_each(|item| collect(ends, item, known)),
        Value::Map(entries) => entries
            .values()
            .for_each(|value| collect(ends, value, known)),
        value => {
            for end in ends.of(value, &["AWS::Events::EventBus"]) {
                match end {
                    End::Outside(outside) => known.insert(outside.to_string()),
                    End::Resource(reference) => known.insert(reference.resource.id),
                    End::Elsewhere(name) => known.insert(name),
                    End::Unknown(_) => false,
                };
            }
        }
    }
}
