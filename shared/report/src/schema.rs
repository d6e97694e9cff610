//! Generates the JSON Schema of a request.

use serde_json::{Map, Value, json};

use crate::fields::{self, EXPECTED};
use crate::question::{QUESTIONS, Question};
use crate::request::{FORMAT, REPORT, WIDTH, formats_of, wrapping};

/// Returns the names of the formats of a question. The first is the default.
pub fn formats(question: &Question) -> Vec<&'static str> {
    formats_of(question)
        .iter()
        .map(|format| format.name())
        .collect()
}

/// Returns the JSON Schema (draft 2020-12) of all valid requests, with one alternative for each
/// question.
pub fn schema() -> Value {
    let questions = QUESTIONS.iter().map(|question| {
        let mut properties = Map::new();
        let mut names = vec![json!(REPORT)];
        properties.insert(REPORT.to_owned(), json!({ "const": question.name }));
        properties.insert(
            FORMAT.to_owned(),
            json!({
                "enum": formats(question),
                "description": "Output format. Without it, the answer is JSON",
            }),
        );
        for schema in question.schemas() {
            properties.extend(fields::properties(&schema));
            names.extend(fields::required(&schema));
        }
        let mut properties = Value::Object(properties);
        for field in question.fields() {
            let pointer = format!("/{}", field.path.replace('.', "/properties/"));
            if let Some(Value::Object(property)) = properties.pointer_mut(&pointer) {
                property.insert(EXPECTED.to_owned(), json!(field.expected));
            }
        }
        let wrapping: Vec<&str> = wrapping(question)
            .iter()
            .map(|format| format.name())
            .collect();
        json!({
            "title": question.name,
            "description": question.about,
            "type": "object",
            "properties": properties,
            "required": names,
            "additionalProperties": false,
            "if": { "properties": { WIDTH: { "type": "integer" } }, "required": [WIDTH] },
            "then": { "properties": { FORMAT: { "enum": wrapping } }, "required": [FORMAT] },
        })
    });
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A request to Piitrail's report function",
        "oneOf": questions.collect::<Vec<_>>(),
    });
    schema.sort_all_objects();
    schema
}
