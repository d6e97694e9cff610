//! Tests the JSON Schema of the report function's request with an independent validator.

use std::io::Write as _;
use std::process::{Command, Stdio};

use piitrail_report::Request;
use serde_json::{Value, json};

use crate::machine_room::{functions, tool};

/// A script that prints for each instance whether it is valid.
const VALIDATE: &str = "
import json, sys
from jsonschema import Draft202012Validator
given = json.load(sys.stdin)
Draft202012Validator.check_schema(given['schema'])
validator = Draft202012Validator(given['schema'])
for instance in given['instances']:
    print(validator.is_valid(instance))
";

fn schema() -> Value {
    let output = Command::new(functions::program("piitrail"))
        .args(["report", "--schema"])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn valid(schema: &Value, instances: &[Value]) -> Vec<bool> {
    let mut python = Command::new(tool("python"))
        .args(["-c", VALIDATE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let given = json!({ "schema": schema, "instances": instances }).to_string();
    let mut stdin = python.stdin.take().unwrap();
    stdin.write_all(given.as_bytes()).unwrap();
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line == "True").collect()
}

#[test]
fn the_schema_accepts_the_requests_that_are_answered_and_no_others() {
    let requests = [
        json!({ "report": "map" }),
        json!({ "report": "map", "format": "table", "width": 80 }),
        json!({ "report": "map", "from": "2026-11-01", "to": "2026-11-30", "limit": 10 }),
        json!({ "report": "map", "filters": { "tier": "restricted", "class": "CREDIT_CARD" } }),
        json!({ "report": "map", "without_people": true }),
        json!({ "report": "subject", "subjects": ["2026-11:email:00000000000000000000000000000000"] }),
        json!({}),
        json!([]),
        json!({ "report": "mop" }),
        json!({ "report": "map", "format": "pdf" }),
        json!({ "report": "map", "colour": "red" }),
        json!({ "report": "map", "limit": 0 }),
        json!({ "report": "map", "limit": 4_000 }),
        json!({ "report": "map", "limit": 4_001 }),
        json!({ "report": "map", "limit": "many" }),
        json!({ "report": "map", "width": 80 }),
        json!({ "report": "map", "width": null, "page": null }),
        json!({ "report": "map", "format": "table", "width": 0 }),
        json!({ "report": "map", "format": "csv", "width": 80 }),
        json!({ "report": "subject", "subjects": ["2026-11:email:00000000000000000000000000000000"], "filters": { "account": "222222222222" } }),
        json!({ "report": "map", "filters": { "tier": "secret" } }),
        json!({ "report": "map", "filters": { "colour": "red" } }),
        json!({ "report": "map", "subjects": [] }),
        json!({ "report": "subject" }),
        json!({ "report": "subject", "subjects": [] }),
        json!({ "report": "subject", "subjects": ["a"], "filters": { "tier": "restricted" } }),
    ];
    let valid = valid(&schema(), &requests);
    assert_eq!(valid.len(), requests.len());
    for (request, is_valid) in requests.iter().zip(valid) {
        let answered = Request::from_value(request.clone());
        assert_eq!(is_valid, answered.is_ok(), "{request}: {answered:?}");
    }
    assert!(
        requests
            .iter()
            .any(|request| Request::from_value(request.clone()).is_ok())
    );
}
