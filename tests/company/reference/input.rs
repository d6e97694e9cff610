//! Evaluates the inputs of targets, by "Amazon EventBridge input transformation" and "Amazon
//! EventBridge Pipes input transformation".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::company::model::Input;

/// Returns the text that a rule's target receives for an event.
pub(super) fn of_rule(input: &Input, event: &Value, rule: &str) -> String {
    match input {
        Input::Whole => event.to_string(),
        Input::Constant(constant) => constant.to_string(),
        // A path that selects nothing gives `null`.
        Input::Path(path) => select(event, path).unwrap_or(&Value::Null).to_string(),
        Input::Transformer(paths, template) => fill(template, &|name| {
            if name == "aws.events.rule-name" {
                return Some(Value::from(rule));
            }
            let (_, path) = paths.iter().find(|(own, _)| *own == name)?;
            select(event, path).cloned()
        }),
        Input::Template(_) => panic!("a rule has no InputTemplate"),
    }
}

/// Returns the text that a pipe sends for a record. Its templates see the body or the data parsed
/// ("Implicit body data parsing").
pub(super) fn of_pipe(input: &Input, record: &Value) -> String {
    let Input::Template(template) = input else {
        return record.to_string();
    };
    let mut parsed = record.clone();
    for (field, is_base64) in [("body", false), ("data", true)] {
        let Some(text) = record.get(field).and_then(Value::as_str) else {
            continue;
        };
        let text = if is_base64 {
            String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
        } else {
            text.to_owned()
        };
        parsed[field] = serde_json::from_str(&text).unwrap_or(Value::from(text));
    }
    fill(template, &|path| select(&parsed, path).cloned())
}

/// Returns the part at a path of names: `$.detail.customer.email`.
fn select<'e>(event: &'e Value, path: &str) -> Option<&'e Value> {
    path.trim_start_matches('$')
        .split('.')
        .filter(|name| !name.is_empty())
        .try_fold(event, |part, name| part.get(name))
}

/// Replaces each `<name>` by its value: as text inside quotes, as JSON outside. A name without a
/// value becomes the empty string.
fn fill(template: &str, value: &dyn Fn(&str) -> Option<Value>) -> String {
    let mut filled = String::new();
    let mut rest = template;
    let mut is_quoted = false;
    while let Some(at) = rest.find(['<', '"']) {
        filled += &rest[..at];
        if rest[at..].starts_with('"') {
            is_quoted = !is_quoted;
            filled.push('"');
            rest = &rest[at + 1..];
            continue;
        }
        let end = at + rest[at..].find('>').unwrap();
        let found = value(&rest[at + 1..end]).unwrap_or(Value::from(""));
        match found {
            Value::String(text) if is_quoted => filled += &text,
            other => filled += &other.to_string(),
        }
        rest = &rest[end + 1..];
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_transformer_quotes_text_where_the_template_does_not() {
        let event = json!({ "detail": { "id": "o-1", "total": 5 } });
        let paths = vec![("id", "$.detail.id"), ("total", "$.detail.total")];
        let template = r#"{"id": <id>, "note": "<id> for <total>", "none": <none>}"#;
        let input = Input::Transformer(paths, template.to_owned());
        assert_eq!(
            of_rule(&input, &event, "r"),
            r#"{"id": "o-1", "note": "o-1 for 5", "none": ""}"#
        );
    }

    #[test]
    fn the_template_of_a_pipe_sees_the_parsed_body() {
        let record = json!({ "body": r#"{"id":"o-1"}"# });
        let input = Input::Template(r#"{"id": <$.body.id>}"#.to_owned());
        assert_eq!(of_pipe(&input, &record), r#"{"id": "o-1"}"#);
    }

    #[test]
    fn a_path_that_selects_nothing_sends_null() {
        let input = Input::Path("$.detail.none".to_owned());
        assert_eq!(of_rule(&input, &json!({ "detail": {} }), "r"), "null");
    }
}
