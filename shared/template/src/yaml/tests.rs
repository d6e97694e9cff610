//! Tests tags, lines, repeated keys, and the bounds.

use std::fmt::Write as _;

use super::*;
use crate::limits::MAX_NODES;

fn tree(text: &str) -> Tree {
    read(text.as_bytes(), &mut MAX_NODES.clone()).unwrap().root
}

fn refusal(text: &str) -> Unreadable {
    match read(text.as_bytes(), &mut MAX_NODES.clone()) {
        Ok(_) => panic!("it was read"),
        Err(refusal) => refusal,
    }
}

#[test]
fn short_forms_become_long_forms() {
    let short =
        "a: !Sub '${X}'\nb: !GetAtt q.Arn\nc: !If [C, !Ref A, !Ref B]\nd: !Join\n  - ''\n  - [x]\n";
    let long = r#"{"a": {"Fn::Sub": "${X}"}, "b": {"Fn::GetAtt": "q.Arn"},
        "c": {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "B"}]}, "d": {"Fn::Join": ["", ["x"]]}}"#;
    let (short, long) = (tree(short), tree(long));
    let function = |tree: &Tree, key: &str| tree.get(key).unwrap().single().unwrap().0.to_owned();
    for key in ["a", "b", "c", "d"] {
        assert_eq!(function(&short, key), function(&long, key));
    }
    let branches = short.get("c").unwrap().single().unwrap().1.clone();
    assert_eq!(branches.as_list().unwrap()[2].ref_id(), Some("B"));
}

#[test]
fn of_a_key_that_occurs_twice_the_last_is_kept_and_its_line_is_said() {
    let document = read(b"a: 1\nb: 2\na: 3\n", &mut MAX_NODES.clone()).unwrap();
    assert_eq!(document.root.get("a").unwrap().kind, Kind::Number(3.into()));
    assert_eq!(document.repeated_keys, [3]);
}

#[test]
fn a_value_has_the_line_of_its_key() {
    let root = tree("a: 1\n\nb:\n  c:\n    - x\n");
    let b = root.get("b").unwrap();
    assert_eq!((b.line, b.get("c").unwrap().line), (3, 4));
}

#[test]
fn merge_keys_fill_in_what_is_not_written() {
    let root =
        tree("base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\nuse:\n  <<: [*b, *o]\n  x: 9\n");
    let merged = root.get("use").unwrap();
    let number = |key: &str| merged.get(key).unwrap().scalar_text().unwrap();
    assert_eq!(
        (number("x"), number("y"), number("z")),
        ("9".into(), "2".into(), "4".into())
    );
}

#[test]
fn an_alias_bomb_takes_no_more_memory_than_its_text() {
    let mut text = String::from("a0: &a0 [x, x]\n");
    for i in 1..60 {
        writeln!(text, "a{i}: &a{i} [*a{}, *a{}]", i - 1, i - 1).unwrap();
    }
    let mut left = 1000;
    assert!(read(text.as_bytes(), &mut left).is_ok());
    assert!(left > 700, "{left}");
}

#[test]
fn nesting_through_aliases_is_bounded_like_nesting_that_is_written() {
    let mut text = String::from("a0: &a0 [x]\n");
    for i in 1..200 {
        writeln!(text, "a{i}: &a{i} [*a{}]", i - 1).unwrap();
    }
    assert!(matches!(refusal(&text), Unreadable::TooDeep { .. }));
    let brackets = format!("a: {}{}", "[".repeat(5000), "]".repeat(5000));
    assert!(matches!(
        refusal(&brackets),
        Unreadable::Syntax { .. } | Unreadable::TooDeep { .. }
    ));
}

#[test]
fn an_alias_inside_its_own_anchor_is_not_followed() {
    let root = tree("a: &a\n  b: *a\n");
    assert!(root.get("a").unwrap().get("b").unwrap().is_null());
}

#[test]
fn a_number_with_a_leading_zero_stays_text() {
    let root = tree("a: 012345678901\nb: 2010-09-09\nc: 1.5\nd: 12345678901\ne: 0\n");
    let is_text = |key: &str| root.get(key).unwrap().as_text().is_some();
    assert!(is_text("a") && is_text("b"));
    assert!(!is_text("c") && !is_text("d") && !is_text("e"));
}

#[test]
fn refusals_say_the_line_and_nothing_of_the_file() {
    let refused = refusal("a: 1\nb: [jane@example.com\nc: }\n");
    assert!(refused.line() >= 2);
    assert!(!refused.to_string().contains("jane"));
    assert_eq!(refusal("just text"), Unreadable::NoMap);
    assert_eq!(refusal(""), Unreadable::NoMap);
    assert!(matches!(
        read(b"\xff\xfe", &mut 9).err(),
        Some(Unreadable::NotText)
    ));
}

#[test]
fn a_key_is_what_is_written() {
    let root = tree("on: 1\nYes: 2\n200: 3\n0x1: 4\n");
    let keys: Vec<_> = root.as_map().unwrap().keys().collect();
    assert_eq!(keys, ["on", "Yes", "200", "0x1"]);
}
