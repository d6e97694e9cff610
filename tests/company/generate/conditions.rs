//! Generates the patterns, filters, filter policies and inputs of a company.

use serde_json::{Value, json};

use super::{ACCOUNTS, Dice, WORDS};
use crate::company::model::{Input, Scope};

pub(super) fn policy(dice: &mut Dice) -> Option<(Value, Scope)> {
    let tier = *dice.one(&["gold", "silver", "tin"]);
    Some(match dice.below(10) {
        0 => (json!({ "tier": [tier] }), Scope::Attributes),
        1 => (
            json!({ "tier": [{ "anything-but": tier }] }),
            Scope::Attributes,
        ),
        2 => (json!({ "tier": [{ "exists": false }] }), Scope::Attributes),
        3 => (
            json!({ "tier": [{ "prefix": "g" }], "region": [{ "exists": true }] }),
            Scope::Attributes,
        ),
        4 => (json!({ "detail": { "tier": [tier] } }), Scope::Body),
        5 => (
            json!({ "detail": { "total": [{ "numeric": [">=", 200] }] } }),
            Scope::Body,
        ),
        6 => (json!({ "tier": [{ "anything-but": [tier] }] }), Scope::Body),
        _ => return None,
    })
}

pub(super) fn input(dice: &mut Dice) -> Input {
    const ID: (&str, &str) = ("id", "$.detail.id");
    const TIER: (&str, &str) = ("tier", "$.detail.tier");
    const EMAIL: (&str, &str) = ("email", "$.detail.customer.email");
    let made = |paths: &[(&'static str, &'static str)], template: &str| {
        Input::Transformer(paths.to_vec(), template.to_owned())
    };
    match dice.below(20) {
        0 => Input::Constant(json!({ "ping": true, "detail": { "tier": "gold" } })),
        1 => Input::Path("$.detail".to_owned()),
        2 => Input::Path("$.detail.customer".to_owned()),
        3 => Input::Path("$.detail.payment".to_owned()),
        4 => Input::Path("$.detail.id".to_owned()),
        5 => made(
            &[ID, TIER, EMAIL],
            r#"{"id": <id>, "tier": <tier>, "email": <email>}"#,
        ),
        6 => made(
            &[
                ("name", "$.detail.customer.fullName"),
                ("phone", "$.detail.customer.phone"),
            ],
            r#"{"customer": {"fullName": <name>, "phone": <phone>}, "rule": <aws.events.rule-name>}"#,
        ),
        7 => made(
            &[
                ("iban", "$.detail.payment.iban"),
                ("total", "$.detail.total"),
            ],
            r#"{"payment": {"iban": <iban>}, "total": <total>}"#,
        ),
        8 => made(&[ID, EMAIL], r#""Order <id> for <email>""#),
        9 => made(
            &[ID, ("total", "$.detail.total")],
            r#"{"id": <id>, "total": <total>}"#,
        ),
        10 => made(
            &[("card", "$.detail.payment.cardNumber"), TIER],
            r#"{"payment": {"cardNumber": <card>}, "detail": {"tier": <tier>}}"#,
        ),
        _ => Input::Whole,
    }
}

/// Returns a pattern of one to three conditions.
pub(crate) fn pattern(dice: &mut Dice) -> Value {
    let mut pattern = json!({});
    for _ in 0..=dice.below(3) {
        merge(&mut pattern, condition(dice));
    }
    // Piitrail reads a pattern in this order. It matters for a field inside and outside of an `$or`.
    pattern.sort_all_objects();
    pattern
}

fn merge(into: &mut Value, from: Value) {
    let Value::Object(fields) = from else {
        return *into = from;
    };
    for (name, value) in fields {
        if into.get(&name).is_some_and(Value::is_object) && value.is_object() {
            merge(&mut into[&name], value);
        } else {
            into[&name] = value;
        }
    }
}

/// Returns one operator on a field of the events.
fn condition(dice: &mut Dice) -> Value {
    let detail = |fields: Value| json!({ "detail": fields });
    let word = *dice.one(&WORDS);
    let letter = &word[..1];
    let tier = *dice.one(&["gold", "silver", "tin"]);
    let total = dice.below(400);
    match dice.below(34) {
        0 => {
            json!({ "source": (0..12).map(|_| format!("co.{}", dice.one(&WORDS))).collect::<Vec<_>>() })
        }
        1 => json!({ "source": [{ "prefix": format!("co.{letter}") }, { "prefix": "co.re" }] }),
        2 => json!({ "source": [{ "suffix": "s" }, { "suffix": "g" }] }),
        3 => json!({ "source": [{ "anything-but": { "prefix": format!("co.{letter}") } }] }),
        4 => json!({ "source": [{ "anything-but": [format!("co.{word}"), "co.search"] }] }),
        5 => json!({ "source": [{ "wildcard": "co.*in*" }] }),
        6 => json!({ "account": [dice.one(&ACCOUNTS), dice.one(&ACCOUNTS)] }),
        7 => json!({ "detail-type": [{ "suffix": "Placed" }, { "suffix": "Moved" }] }),
        8 => json!({ "detail-type": [{ "anything-but": { "suffix": "Closed" } }] }),
        9 => {
            json!({ "detail-type": [{ "prefix": { "equals-ignore-case": letter } }, { "suffix": { "equals-ignore-case": "PLACED" } }] })
        }
        10 => detail(json!({ "tier": [tier, "silver"] })),
        11 => detail(json!({ "tier": [{ "anything-but": tier }] })),
        12 => detail(json!({ "tier": [{ "anything-but": { "suffix": ["r", "n"] } }] })),
        13 => detail(
            json!({ "tier": [{ "anything-but": { "equals-ignore-case": ["GOLD", "Tin"] } }] }),
        ),
        14 => detail(json!({ "tier": [{ "anything-but": { "wildcard": "*il*" } }] })),
        15 => detail(json!({ "tier": [{ "equals-ignore-case": tier.to_uppercase() }] })),
        16 => detail(json!({ "tier": [{ "anything-but": { "prefix": ["g", "x"] } }] })),
        17 => detail(json!({ "total": [{ "numeric": [">", total] }] })),
        18 => detail(json!({ "total": [{ "numeric": [">=", total / 2, "<", total + 50] }] })),
        19 => detail(json!({ "total": [{ "numeric": ["<=", total] }, 450] })),
        20 => detail(json!({ "total": [{ "anything-but": [total, 7] }] })),
        21 => detail(json!({ "coupon": [{ "exists": dice.often(50) }] })),
        22 => detail(json!({ "customer": { "email": [{ "exists": dice.often(60) }] } })),
        23 => detail(
            json!({ "ip": [{ "cidr": dice.one(&["81.0.0.0/9", "81.128.0.0/9", "81.64.0.0/10"]) }] }),
        ),
        24 => detail(
            json!({ "path": [{ "wildcard": dice.one(&["north/*", "*/shelf*", "*h/*/box"]) }] }),
        ),
        25 => detail(json!({ "tags": [dice.one(&["vip", "new", "late"])] })),
        26 => detail(json!({ "tags": [{ "anything-but": ["vip", "late"] }] })),
        27 => detail(
            json!({ "lines": { "sku": [{ "prefix": "a" }], "qty": [{ "numeric": [">", 2] }] } }),
        ),
        28 => detail(json!({ "lines": { "sku": ["a-one", "b-two"], "qty": [1, 2, 3] } })),
        29 => detail(json!({ "flag": [dice.often(50)] })),
        30 => detail(json!({ "note": [null, ""] })),
        31 => {
            json!({ "$or": [{ "source": [{ "prefix": format!("co.{letter}") }] }, { "detail": { "tier": [tier] } }] })
        }
        32 => detail(json!({ "$or": [
            { "total": [{ "numeric": [">", total] }] },
            { "tags": ["late"], "flag": [true] },
            { "coupon": [{ "exists": true }] },
        ] })),
        _ => json!({ "source": [{ "prefix": "co." }] }),
    }
}

/// Returns a pattern for the events that pipes put on a bus.
pub(super) fn pipe_pattern(dice: &mut Dice) -> Value {
    match dice.below(7) {
        0 => json!({ "source": [{ "prefix": "Pipe " }] }),
        1 => json!({ "source": [{ "prefix": "co.pipes." }] }),
        2 => json!({ "detail-type": ["Event from aws:sqs", "Event from aws:dynamodb"] }),
        3 => json!({ "detail": { "body": [{ "prefix": "{" }] } }),
        4 => json!({ "detail": { "eventSource": ["aws:kinesis", "aws:sqs"] } }),
        5 => json!({ "detail": { "awsRegion": ["eu-west-1"] } }),
        _ => json!({ "detail": { "detail": { "tier": ["gold", "tin"] } } }),
    }
}

/// Returns a filter on the body of a message or the data of a record.
pub(super) fn body_filter(field: &str, dice: &mut Dice) -> Value {
    let tier = *dice.one(&["gold", "silver", "tin"]);
    let fields = match dice.below(10) {
        0 | 1 => json!({ "detail": { "tier": [tier] } }),
        2 => json!({ "tier": [{ "anything-but": [tier] }] }),
        3 => json!({ "source": [{ "prefix": "co." }] }),
        4 => json!({ "detail": { "total": [{ "numeric": [">", 150] }] } }),
        5 => json!({ "detail": { "customer": { "email": [{ "exists": true }] } } }),
        6 => json!({ "Type": ["Notification"] }),
        7 => json!({ "Message": [{ "prefix": "{" }] }),
        8 => json!({ "eventSource": [{ "prefix": "aws:" }] }),
        _ => {
            json!({ "$or": [{ "tier": [tier] }, { "detail": { "flag": [true] } }, { "email": [{ "exists": true }] }] })
        }
    };
    json!({ field: fields })
}

/// Returns a filter on the records of a table.
pub(super) fn change_filter(dice: &mut Dice) -> Value {
    let tier = *dice.one(&["gold", "silver", "tin"]);
    match dice.below(3) {
        0 => json!({ "eventName": ["INSERT"] }),
        1 => json!({ "dynamodb": { "NewImage": { "tier": { "S": [tier] } } } }),
        _ => json!({ "dynamodb": { "NewImage": { "email": { "S": [{ "exists": true }] } } } }),
    }
}
