//! Matches events against patterns, by "Creating Amazon EventBridge event patterns", "Comparison
//! operators for use in event patterns" and "Amazon SNS subscription filter policies".

use serde_json::{Map, Value, json};

/// Returns true if one of the alternatives of a pattern accepts an event.
pub(super) fn matches(pattern: &Value, event: Option<&Value>) -> bool {
    alternatives(pattern, &[], vec![json!({})])
        .iter()
        .any(|alternative| accepts(alternative, event))
}

/// Returns the patterns without `$or` that a pattern stands for. For a field that is named both
/// inside and outside of an `$or`, the later one applies (`testWithRuleOverride` in the tests of
/// AWS's event-ruler).
fn alternatives(pattern: &Value, path: &[&str], before: Vec<Value>) -> Vec<Value> {
    let mut all = before;
    for (name, accepted) in pattern.as_object().unwrap() {
        let within = [path, &[name.as_str()]].concat();
        match accepted {
            Value::Array(branches) if name == "$or" => {
                let each = branches.iter();
                all = each
                    .flat_map(|branch| alternatives(branch, path, all.clone()))
                    .collect();
            }
            Value::Object(_) => all = alternatives(accepted, &within, all),
            conditions => {
                for alternative in &mut all {
                    let field = within
                        .iter()
                        .fold(alternative, |fields, name| &mut fields[*name]);
                    *field = conditions.clone();
                }
            }
        }
    }
    all
}

/// Returns true if every field of the pattern accepts its value in the event. In an array, one
/// element must satisfy the whole pattern for it.
fn accepts(pattern: &Value, event: Option<&Value>) -> bool {
    let fields: &Map<String, Value> = pattern.as_object().unwrap();
    fields.iter().all(|(name, accepted)| {
        let value = event.and_then(|event| event.get(name));
        match (accepted, value) {
            (Value::Object(_), Some(Value::Array(elements))) => {
                elements.iter().any(|one| accepts(accepted, Some(one)))
            }
            (Value::Object(_), value) => accepts(accepted, value),
            (Value::Array(conditions), value) => is_accepted(conditions, value),
            _ => panic!("no pattern: {pattern}"),
        }
    })
}

/// Returns true if a filter policy on attributes accepts a message. A missing attribute satisfies
/// only `exists: false`, and only if there is another attribute: "An empty set of attributes
/// results in the filter not matching" ("Key matching").
pub(super) fn matches_attributes(policy: &Value, attributes: &[(String, String)]) -> bool {
    if attributes.is_empty() {
        return false;
    }
    let attributes = attributes
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.clone())));
    matches(policy, Some(&Value::Object(attributes.collect())))
}

/// Returns true if one of the conditions accepts a value, or one element of an array.
fn is_accepted(conditions: &[Value], value: Option<&Value>) -> bool {
    let Some(value) = value.filter(|value| !value.is_object()) else {
        // "Exists matching only works on leaf nodes."
        return conditions
            .iter()
            .any(|one| one.get("exists") == Some(&Value::from(false)));
    };
    match value {
        Value::Array(elements) => elements
            .iter()
            .any(|one| conditions.iter().any(|condition| satisfies(condition, one))),
        one => conditions.iter().any(|condition| satisfies(condition, one)),
    }
}

fn satisfies(condition: &Value, value: &Value) -> bool {
    let Some(operator) = condition.as_object() else {
        return condition == value;
    };
    let (name, operand) = operator.iter().next().unwrap();
    match name.as_str() {
        "exists" => operand == &Value::from(true),
        "anything-but" => match operand {
            Value::Object(_) => {
                let (inner, listed) = operand.as_object().unwrap().iter().next().unwrap();
                !each(listed).iter().any(|one| compares(inner, one, value))
            }
            listed => !each(listed).contains(&value),
        },
        "numeric" => is_in_range(operand.as_array().unwrap(), value),
        other => compares(other, operand, value),
    }
}

/// Returns a value, or the values of a list.
fn each(operand: &Value) -> Vec<&Value> {
    match operand {
        Value::Array(elements) => elements.iter().collect(),
        one => vec![one],
    }
}

/// Evaluates the operators on text.
fn compares(name: &str, operand: &Value, value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    if let Some(folded) = operand.get("equals-ignore-case") {
        // `{"prefix": {"equals-ignore-case": …}}`
        return compares(
            name,
            &Value::from(folded.as_str().unwrap().to_lowercase()),
            &Value::from(text.to_lowercase()),
        );
    }
    let operand = operand.as_str().unwrap();
    match name {
        "prefix" => text.starts_with(operand),
        "suffix" => text.ends_with(operand),
        "equals-ignore-case" => text.to_lowercase() == operand.to_lowercase(),
        "wildcard" => is_like(operand, text),
        "cidr" => is_in_block(operand, text),
        other => panic!("no operator: {other}"),
    }
}

fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|after| {
            (0..=after.len())
                .filter(|at| after.is_char_boundary(*at))
                .any(|at| is_like(rest, &after[at..]))
        }),
    }
}

fn is_in_block(block: &str, text: &str) -> bool {
    let number = |text: &str| text.parse::<std::net::Ipv4Addr>().ok().map(u32::from);
    let (start, bits) = block.split_once('/').unwrap();
    let bits: u32 = bits.parse().unwrap();
    let kept = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    number(text).is_some_and(|own| own & kept == number(start).unwrap() & kept)
}

fn is_in_range(operand: &[Value], value: &Value) -> bool {
    let Some(own) = value.as_f64() else {
        return false;
    };
    operand.chunks(2).all(|pair| {
        let bound = pair[1].as_f64().unwrap();
        match pair[0].as_str().unwrap() {
            "=" => (own - bound).abs() < f64::EPSILON,
            "<" => own < bound,
            "<=" => own <= bound,
            ">" => own > bound,
            ">=" => own >= bound,
            other => panic!("no comparison: {other}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_answer_as_the_documentation_says() {
        let event = json!({
            "source": "shop.orders", "empty": "",
            "detail": {
                "total": 12, "country": "De", "ip": "81.20.1.2", "path": "a/b/c.txt",
                "tags": ["vip", "new"], "lines": [{ "sku": "s-1", "qty": 1 }, { "sku": "s-2", "qty": 5 }],
                "flag": true, "nothing": null,
            },
        });
        for (pattern, is_accepted) in [
            (json!({ "source": ["shop.orders"] }), true),
            (json!({ "source": [{ "prefix": "shop." }] }), true),
            (json!({ "source": [{ "suffix": ".Orders" }] }), false),
            (
                json!({ "source": [{ "suffix": { "equals-ignore-case": ".ORDERS" } }] }),
                true,
            ),
            (
                json!({ "source": [{ "anything-but": ["shop.orders"] }] }),
                false,
            ),
            (
                json!({ "source": [{ "anything-but": { "prefix": "shop." } }] }),
                false,
            ),
            (
                json!({ "source": [{ "anything-but": { "suffix": ["x", "y"] } }] }),
                true,
            ),
            (
                json!({ "source": [{ "anything-but": { "wildcard": "*.pay*" } }] }),
                true,
            ),
            (json!({ "missing": [{ "anything-but": "x" }] }), false),
            (
                json!({ "detail": { "total": [{ "numeric": [">", 10, "<=", 12] }] } }),
                true,
            ),
            (
                json!({ "detail": { "total": [{ "numeric": ["=", 13] }] } }),
                false,
            ),
            (
                json!({ "detail": { "country": [{ "equals-ignore-case": "DE" }] } }),
                true,
            ),
            (
                json!({ "detail": { "ip": [{ "cidr": "81.20.0.0/16" }] } }),
                true,
            ),
            (
                json!({ "detail": { "ip": [{ "cidr": "81.21.0.0/16" }] } }),
                false,
            ),
            (
                json!({ "detail": { "path": [{ "wildcard": "a/*/*.txt" }] } }),
                true,
            ),
            (json!({ "detail": { "tags": ["new"] } }), true),
            (
                json!({ "detail": { "tags": [{ "anything-but": "vip" }] } }),
                true,
            ),
            (
                json!({ "detail": { "lines": { "sku": ["s-1"], "qty": [1] } } }),
                true,
            ),
            (
                json!({ "detail": { "lines": { "sku": ["s-1"], "qty": [5] } } }),
                false,
            ),
            (
                json!({ "detail": { "flag": [true], "nothing": [null] } }),
                true,
            ),
            (json!({ "empty": [""] }), true),
            (
                json!({ "detail": { "coupon": [{ "exists": false }] } }),
                true,
            ),
            (
                json!({ "other": { "coupon": [{ "exists": false }] } }),
                true,
            ),
            (json!({ "detail": { "total": [{ "exists": true }] } }), true),
            (
                json!({ "$or": [{ "source": ["x"] }, { "detail": { "flag": [true] } }] }),
                true,
            ),
            (
                json!({ "$or": [{ "source": ["x"] }, { "detail": { "flag": [false] } }] }),
                false,
            ),
        ] {
            assert_eq!(matches(&pattern, Some(&event)), is_accepted, "{pattern}");
        }
    }

    #[test]
    fn a_field_inside_and_outside_of_an_or_takes_what_stands_later() {
        // Objects are sorted here, and `$or` sorts before every letter.
        let pattern = json!({ "$or": [{ "tier": ["tin"] }, { "flag": [true] }], "tier": ["gold"] });
        assert!(matches(
            &pattern,
            Some(&json!({ "tier": "gold", "flag": false }))
        ));
        assert!(!matches(
            &pattern,
            Some(&json!({ "tier": "tin", "flag": false }))
        ));
    }

    #[test]
    fn a_policy_on_attributes_declines_a_message_without_them() {
        let policy = json!({ "tier": [{ "anything-but": "tin" }] });
        let gold = [("tier".to_owned(), "gold".to_owned())];
        assert!(matches_attributes(&policy, &gold));
        assert!(!matches_attributes(&policy, &[]));
        let absent = json!({ "tier": [{ "exists": false }] });
        assert!(!matches_attributes(&absent, &[]));
        assert!(matches_attributes(
            &absent,
            &[("region".to_owned(), "eu".to_owned())]
        ));
    }
}
