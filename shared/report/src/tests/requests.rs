//! Tests of requests: one that cannot be answered is refused with the name of the field.

use serde_json::{Value, json};

use super::{refusal, request};
use crate::questions;

/// Asserts that the refusal of a request names this field, contains this text, and repeats none of
/// the values.
fn is_refused(asked: &Value, field: Option<&str>, said: &str) {
    let refusal = refusal(asked);
    assert_eq!(refusal.field.as_deref(), field, "{asked}: {refusal}");
    let text = refusal.to_string();
    assert!(text.contains(said), "{asked}: {text}");
    for value in [
        "jane",
        "mop",
        "pdf",
        "yesterday",
        "second",
        "SHOE_SIZE",
        "red\"",
    ] {
        assert!(!text.contains(value), "{asked}: {text}");
    }
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_what_would_be_right() {
    for (asked, field, said) in [
        (json!({}), Some("report"), r#"{"report":"map""#),
        (json!([]), None, r#"{"report":"map""#),
        (
            json!({ "report": "mop" }),
            Some("report"),
            "one of map, subject",
        ),
        (
            json!({ "report": "map", "format": "pdf" }),
            Some("format"),
            "json, table, mermaid, dot, csv",
        ),
    ] {
        is_refused(&asked, field, said);
    }
}

#[test]
fn the_refusal_of_a_value_says_what_its_field_expects() {
    for (asked, field, said) in [
        (
            json!({ "report": "map", "from": "2026-11-21", "to": "2026-11-20" }),
            Some("to"),
            "before it begins",
        ),
        (
            json!({ "report": "map", "from": "yesterday" }),
            Some("from"),
            "2026-11-01",
        ),
        (
            json!({ "report": "map", "page": "second" }),
            Some("page"),
            "`next` of the previous answer",
        ),
        (
            json!({ "report": "map", "page": "1.AAAA" }),
            Some("page"),
            "",
        ),
        (
            json!({ "report": "map", "page": format!("1.{}", "A".repeat(100_000)) }),
            Some("page"),
            "",
        ),
        (
            json!({ "report": "map", "limit": 0 }),
            Some("limit"),
            "a whole number from 1 to 4000",
        ),
        (
            json!({ "report": "map", "limit": -1 }),
            Some("limit"),
            "from 1 to 4000",
        ),
        (
            json!({ "report": "map", "limit": 4001 }),
            Some("limit"),
            "a whole number from 1 to 4000",
        ),
        (
            json!({ "report": "subject", "subjects": ["x"], "limit": 1_000_000 }),
            Some("limit"),
            "a whole number from 1 to 4000",
        ),
        (
            json!({ "report": "map", "limit": "jane" }),
            Some("limit"),
            "a whole number from 1 to 4000",
        ),
        (
            json!({ "report": "map", "format": "table", "width": 0 }),
            Some("width"),
            "a whole number from 1 to 65535",
        ),
        (
            json!({ "report": "map", "to": "2026-11-31" }),
            Some("to"),
            "a day, as in 2026-11-01",
        ),
        (
            json!({ "report": "map", "filters": { "account": "jane" } }),
            Some("filters.account"),
            "the twelve digits of an AWS account",
        ),
        (
            json!({ "report": "map", "filters": { "region": "jane@shop.dev" } }),
            Some("filters.region"),
            "as in eu-west-1",
        ),
        (
            json!({ "report": "map", "filters": { "class": "jane_EMAIL" } }),
            Some("filters.class"),
            "the name of a data class",
        ),
        (
            json!({ "report": "map", "filters": { "class": "credit card" } }),
            Some("filters.class"),
            "the nearest are CREDIT_CARD",
        ),
        (
            json!({ "report": "subject" }),
            Some("subjects"),
            "`piitrail subject id` prints",
        ),
    ] {
        is_refused(&asked, field, said);
    }
}

#[test]
fn a_field_that_the_question_does_not_take_is_refused_with_those_it_takes() {
    for (asked, field, said) in [
        (
            json!({ "report": "map", "colour": "red" }),
            Some("colour"),
            "one of its fields: report, format, from,",
        ),
        (
            json!({ "report": "map", "filters": { "colour": "red" } }),
            Some("filters.colour"),
            "filters.tier",
        ),
        (
            json!({ "report": "map", "filters": "restricted" }),
            Some("filters"),
            "filters.tier",
        ),
        (
            json!({ "report": "map", "filters": { "class": "SHOE_SIZE" } }),
            Some("filters.class"),
            "CREDIT_CARD",
        ),
        (
            json!({ "report": "map", "filters": { "tier": "secret" } }),
            Some("filters.tier"),
            "one of restricted, confidential, internal",
        ),
        // Fields of one question are not accepted for another.
        (
            json!({ "report": "subject", "subjects": [], "filters": { "tier": "restricted" } }),
            Some("filters.tier"),
            "subjects",
        ),
        (
            json!({ "report": "subject", "without_people": true }),
            Some("without_people"),
            "subjects",
        ),
        (
            json!({ "report": "map", "subjects": [] }),
            Some("subjects"),
            "filters.tier",
        ),
        // A key that is not the name of a field may be a value.
        (
            json!({ "report": "map", "jane@shop.dev": 1 }),
            None,
            "filters.tier",
        ),
    ] {
        is_refused(&asked, field, said);
    }
}

#[test]
fn a_field_that_is_null_was_left_out() {
    request(&json!({ "report": "map", "page": null, "format": null, "limit": null }));
}

#[test]
fn every_field_says_what_it_means_and_stands_in_the_schema() {
    let schema = crate::schema::schema();
    for (index, question) in questions().iter().enumerate() {
        let described = &schema["oneOf"][index]["properties"];
        assert_eq!(described["report"]["const"], question.name);
        assert_eq!(
            described["format"]["enum"],
            json!(crate::schema::formats(question))
        );
        for field in question.fields() {
            assert!(field.description.len() > 10, "{}: {field:?}", question.name);
            assert!(
                field.expected.len() > 8 && field.expected != "text",
                "{field:?}"
            );
            let pointer = field.path.replace('.', "/properties/");
            let property = described.pointer(&format!("/{pointer}"));
            assert!(property.is_some(), "{}: {}", question.name, field.path);
            assert_eq!(property.unwrap()["x-expected"], field.expected);
        }
    }
}

#[test]
fn a_width_is_refused_where_no_line_is_wrapped() {
    for format in crate::render::names() {
        let asked = json!({ "report": "map", "format": format, "width": 80 });
        if format == "table" {
            request(&asked);
        } else {
            is_refused(&asked, Some("width"), "the format table");
        }
    }
}

#[test]
fn the_schema_says_how_many_edges_there_may_be() {
    let limit = &crate::schema::schema()["oneOf"][0]["properties"]["limit"];
    assert_eq!(
        (&limit["minimum"], &limit["maximum"]),
        (&json!(1), &json!(crate::EDGES_MAX))
    );
    request(&json!({ "report": "map", "limit": crate::EDGES_MAX }));
}
