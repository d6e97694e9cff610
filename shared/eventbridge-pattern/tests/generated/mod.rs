//! Generates patterns and events that are likely to match: few names, few values, every operator.

use proptest::prelude::*;
use serde_json::{Value, json};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("order.created".to_owned()),
        Just("10.0.0.7".to_owned()),
        Just("2001:db8::1".to_owned()),
        Just("ÜnÏcode".to_owned()),
        Just("a\"b\\c*".to_owned()),
        "[abAB*]{0,4}",
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-3i64..6).prop_map(Value::from),
        prop_oneof![Just(0.5), Just(300.0), Just(-1.25), Just(1e300)].prop_map(Value::from),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("a"), Just("b"), Just("c"), Just("a-b")].prop_map(str::to_owned)
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        3 => number(),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

/// Generates a value of an event.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Generates an event.
pub(crate) fn event() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(name(), value(), 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn wildcard() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![Just("*"), Just("a"), Just("b"), Just(r"\*"), Just(r"\\")],
        0..5,
    )
    .prop_map(|pieces| pieces.concat().replace("**", "*").replace("**", "*"))
    .prop_filter("asterisks apart", |text| !text.contains("**"))
}

/// Generates an alternative of a pattern's array.
pub(crate) fn condition() -> impl Strategy<Value = Value> {
    let texts = prop::collection::vec("[abAB]{1,2}", 1..3);
    prop_oneof![
        4 => leaf(),
        1 => text().prop_map(|text| json!({"prefix": text})),
        1 => text().prop_map(|text| json!({"suffix": text})),
        1 => text().prop_map(|text| json!({"prefix": {"equals-ignore-case": text}})),
        1 => text().prop_map(|text| json!({"suffix": {"equals-ignore-case": text}})),
        1 => text().prop_map(|text| json!({"equals-ignore-case": text})),
        1 => wildcard().prop_map(|text| json!({"wildcard": text})),
        1 => text().prop_map(|text| json!({"anything-but": text})),
        1 => prop::collection::vec(number(), 1..3).prop_map(|numbers| json!({"anything-but": numbers})),
        1 => texts.prop_map(|texts| json!({"anything-but": {"prefix": texts}})),
        1 => "[abAB]{1,2}".prop_map(|text| json!({"anything-but": {"suffix": text}})),
        1 => text().prop_map(|text| json!({"anything-but": {"equals-ignore-case": text}})),
        1 => wildcard().prop_map(|text| json!({"anything-but": {"wildcard": text}})),
        1 => number().prop_map(|number| json!({"numeric": ["=", number]})),
        1 => (-3i64..3).prop_map(|low| json!({"numeric": [">", low, "<=", low + 2]})),
        1 => (-3i64..3).prop_map(|high| json!({"numeric": ["<", high]})),
        1 => prop_oneof![Just("10.0.0.0/24"), Just("0.0.0.0/0"), Just("2001:db8::/32"), Just("::/0")]
            .prop_map(|range| json!({"cidr": range})),
        1 => any::<bool>().prop_map(|exists| json!({"exists": exists})),
    ]
}

/// Generates a pattern.
pub(crate) fn pattern() -> impl Strategy<Value = Value> {
    let field = prop::collection::vec(condition(), 1..4).prop_map(Value::from);
    let fields = field.prop_recursive(3, 12, 3, |inner| {
        let object = prop::collection::btree_map(name(), inner, 1..3)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
            .boxed();
        prop_oneof![
            3 => object.clone(),
            1 => prop::collection::vec(object, 2..4).prop_map(|branches| json!({"$or": branches})),
        ]
    });
    prop::collection::btree_map(name(), fields, 1..4)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}
