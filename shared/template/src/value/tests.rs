//! Tests joining, and reading text that is made of parts.

use super::*;

fn param(name: &str) -> Value {
    Value::Outside(Outside {
        kind: OutsideKind::Parameter,
        name: name.to_owned(),
    })
}

fn dynamic(name: &str) -> Value {
    Value::Outside(Outside {
        kind: OutsideKind::DynamicReference,
        name: name.to_owned(),
    })
}

#[test]
fn literal_parts_join_to_a_literal() {
    let parts = [Value::text("a"), Value::Number(1.into()), Value::Bool(true)];
    assert_eq!(Value::joined(parts), Value::text("a1true"));
    assert_eq!(Value::joined([]), Value::text(""));
    assert_eq!(Value::joined([Value::text(""), param("P")]), param("P"));
}

#[test]
fn a_dynamic_reference_is_an_outside_name_alone_and_inside_a_text() {
    assert_eq!(
        Value::joined([Value::text("{{resolve:ssm:/a/b}}")]),
        dynamic("{{resolve:ssm:/a/b}}")
    );
    let parts = [
        Value::text("x-{{resolve:ssm:/"),
        param("Stage"),
        Value::text("/b}}-y"),
    ];
    assert_eq!(
        Value::joined(parts),
        Value::Joined(vec![
            Value::text("x-"),
            dynamic("{{resolve:ssm:/${Stage}/b}}"),
            Value::text("-y")
        ])
    );
    assert_eq!(
        Value::joined([Value::text("{{resolve:ssm:/a")]),
        Value::text("{{resolve:ssm:/a")
    );
}

#[test]
fn a_pattern_in_text_is_read_with_parts_that_are_not_literal() {
    let text = Value::Joined(vec![
        Value::text("{\"source\":[\"shop\"],\"account\":[\""),
        param("Account"),
        Value::text("\"]}"),
    ]);
    let document = text.document().unwrap();
    assert_eq!(
        document.get("account"),
        Some(&Value::List(vec![param("Account")]))
    );
    assert_eq!(
        document.get("source").unwrap().literal().unwrap()[0],
        "shop"
    );
    assert!(document.literal().is_none());
    let outside_a_string =
        Value::Joined(vec![Value::text("{\"a\":"), param("A"), Value::text("}")]);
    assert!(outside_a_string.document().is_none());
}

#[test]
fn an_outside_name_has_one_text() {
    let shown = |value: &Value| match value {
        Value::Outside(outside) => outside.to_string(),
        _ => String::new(),
    };
    assert_eq!(shown(&param("BusName")), "param:BusName");
    assert_eq!(shown(&dynamic("{{resolve:ssm:/a}}")), "{{resolve:ssm:/a}}");
}
