//! Minimal cases of values that were missed or wrongly found in real payloads, by kind.
//!
//! The cases lie beside the project (`../shared/data/field_cases.jsonl`) and are not part of it. If
//! they are absent, the test says so. Every case must pass, except those of `NOT_YET` and those of
//! `ELSEWHERE`. The latter are about envelopes, and the crate that opens envelopes tests them. A
//! case of `NOT_YET` that passes must leave the list.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use piitrail_detect::Engine;
use serde_json::Value;

/// The kinds of cases about envelopes: the records in them, and whether they could be read.
const ELSEWHERE: [&str; 2] = ["opaque-shown-as-none", "fifo-group-id"];

/// The cases that do not pass yet.
const NOT_YET: [&str; 0] = [];

#[test]
fn every_case_from_the_field_passes() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/field_cases.jsonl"
    );
    let Ok(cases) = std::fs::read_to_string(path) else {
        eprintln!("skipped: ../shared/data/field_cases.jsonl is not here");
        return;
    };
    let engine = Engine::new();
    let mut wrong = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let (id, kind) = (case["id"].as_str().unwrap(), case["kind"].as_str().unwrap());
        if ELSEWHERE.contains(&kind) {
            continue;
        }
        let faults = faults(&engine, &case);
        match (NOT_YET.contains(&id), faults.is_empty()) {
            (false, false) => wrong.push(format!("{id}: {}", faults.join("; "))),
            (true, true) => wrong.push(format!("{id} passes now: take it off the list")),
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Returns the problems with the findings of a case, as places and classes without values.
fn faults(engine: &Engine, case: &Value) -> Vec<String> {
    let scan = engine
        .scan_json(case["event"].to_string().as_bytes())
        .unwrap();
    let found: Vec<(&str, &str)> = scan
        .findings
        .iter()
        .map(|finding| (finding.path.as_str(), finding.class.name()))
        .collect();
    let finds = |expected: &Value| {
        found.iter().any(|(path, class)| {
            is_at(expected["path"].as_str().unwrap(), path) && is_of(&expected["class"], class)
        })
    };
    let list = |name: &str| case[name].as_array().unwrap().clone();
    let missed = list("expect").into_iter().filter(|one| !finds(one));
    let missed = missed.map(|one| format!("missed {} at {}", one["class"], one["path"]));
    let wrong = list("forbid").into_iter().filter(finds);
    let wrong = wrong.map(|one| format!("wrong {} at {}", one["class"], one["path"]));
    missed.chain(wrong).collect()
}

fn is_at(expected: &str, path: &str) -> bool {
    match expected.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == expected,
    }
}

fn is_of(expected: &Value, class: &str) -> bool {
    match expected {
        Value::Array(any) => any.iter().any(|one| is_of(one, class)),
        one => one == class || one == "*",
    }
}
