//! Tests the language case by case, from AWS's documentation ("Comparison operators for use in
//! event patterns", "Event patterns: best practices", "Creating event patterns"): for each operator
//! what matches, what does not, and what is refused.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, not the functions they share"
)]

use eventbridge_pattern::{Event, Pattern, PatternError, RuleSet};

/// Matches a pattern and an event, both with the field `v`.
fn answer(condition: &str, value: &str) -> Result<bool, PatternError> {
    let pattern = Pattern::parse(&format!(r#"{{"v": [{condition}]}}"#))?;
    let text = format!(r#"{{"v": {value}}}"#);
    let event = Event::parse(text.as_bytes()).unwrap();
    let alone = pattern.matches(&event).unwrap();
    let rules: RuleSet<()> = [((), pattern)].into_iter().collect();
    assert_eq!(
        alone,
        !rules.matches(&event).matched.is_empty(),
        "{condition} {value}"
    );
    Ok(alone)
}

const MATCH: &[(&str, &str)] = &[
    (r#""running""#, r#""running""#),
    (r#""running""#, r#"["stopped", "running"]"#),
    (r#""""#, r#""""#),
    ("null", "null"),
    ("true", "true"),
    ("false", "[true, false]"),
    ("300", "3.0e2"),
    ("300.0", "300"),
    ("0", "-0.0"),
    ("123456789012345678901", "123456789012345678901"),
    (r#""caf\u00e9""#, r#""café""#),
    (r#"{"exactly": "a"}"#, r#""a""#),
    (r#"{"prefix": "us-"}"#, r#""us-east-1""#),
    (r#"{"prefix": ""}"#, r#""""#),
    (
        r#"{"prefix": {"equals-ignore-case": "EventB"}}"#,
        r#""eventbridge""#,
    ),
    (r#"{"suffix": ".png"}"#, r#""picture.png""#),
    (
        r#"{"suffix": {"equals-ignore-case": ".png"}}"#,
        r#""picture.PNG""#,
    ),
    (r#"{"equals-ignore-case": "alarm"}"#, r#""ALARM""#),
    (r#"{"equals-ignore-case": ""}"#, r#""""#),
    (r#"{"wildcard": "dir/*.png"}"#, r#""dir/sub/a.png""#),
    (r#"{"wildcard": "*"}"#, r#""""#),
    (r#"{"wildcard": "a\\*b\\\\*"}"#, r#""a*b\\c""#),
    (r#"{"anything-but": "initializing"}"#, r#""running""#),
    (r#"{"anything-but": 123}"#, "456"),
    (r#"{"anything-but": 123}"#, r#""123""#),
    (r#"{"anything-but": "123"}"#, "123"),
    (r#"{"anything-but": ["stopped", "overloaded"]}"#, "null"),
    (r#"{"anything-but": ["a"]}"#, r#"["a", "b"]"#),
    (r#"{"anything-but": [100, 200, 300]}"#, "150"),
    (
        r#"{"anything-but": {"equals-ignore-case": ["initializing", "stopped"]}}"#,
        r#""Running""#,
    ),
    (r#"{"anything-but": {"prefix": "init"}}"#, r#""running""#),
    (r#"{"anything-but": {"prefix": ["init", "stop"]}}"#, "5"),
    (r#"{"anything-but": {"suffix": ".txt"}}"#, r#""a.png""#),
    (
        r#"{"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}"#,
        r#""/usr/share/x""#,
    ),
    (r#"{"numeric": ["=", 3.018e2]}"#, "301.8"),
    (r#"{"numeric": ["<", 10]}"#, "9.999999"),
    (r#"{"numeric": ["<=", 10]}"#, "10"),
    (r#"{"numeric": [">", 0, "<=", 5]}"#, "5"),
    (r#"{"numeric": [">=", -5e9]}"#, "-5000000000"),
    (r#"{"cidr": "10.0.0.0/24"}"#, r#""10.0.0.17""#),
    (r#"{"cidr": "2001:db8::/32"}"#, r#""2001:db8:ffff::9""#),
    (r#""10.0.0.7""#, r#""10.0.0.7""#),
    (r#"{"exists": true}"#, "false"),
    (r#"{"exists": false}"#, "{}"),
    (r#"{"exists": false}"#, r#"{"inner": 1}"#),
    (r#"{"exists": false}"#, "[]"),
];

const NO_MATCH: &[(&str, &str)] = &[
    (r#""running""#, r#""Running""#),
    (r#""running""#, r#"{"running": "running"}"#),
    (r#""""#, "null"),
    ("null", r#""null""#),
    ("true", r#""true""#),
    ("300", r#""300""#),
    ("123456789012345678901", "123456789012345678902"),
    (r#"{"exactly": "a"}"#, r#""b""#),
    (r#"{"prefix": "us-"}"#, r#""eu-west-1""#),
    (r#"{"prefix": ""}"#, "1"),
    (
        r#"{"prefix": {"equals-ignore-case": "EventB"}}"#,
        r#""event""#,
    ),
    (r#"{"suffix": ".png"}"#, r#""picture.PNG""#),
    (r#"{"suffix": {"equals-ignore-case": ".png"}}"#, r#""png""#),
    (r#"{"equals-ignore-case": "alarm"}"#, r#""alarms""#),
    (r#"{"wildcard": "dir/*.png"}"#, r#""dir/a.jpg""#),
    (r#"{"wildcard": "*"}"#, "5"),
    (r#"{"wildcard": "a\\*b"}"#, r#""axb""#),
    (r#"{"anything-but": "initializing"}"#, r#""initializing""#),
    (r#"{"anything-but": 123}"#, "1.23e2"),
    (
        r#"{"anything-but": ["stopped", "overloaded"]}"#,
        r#""stopped""#,
    ),
    (r#"{"anything-but": ["a"]}"#, "[]"),
    (r#"{"anything-but": [100, 200, 300]}"#, "200.0"),
    (
        r#"{"anything-but": {"equals-ignore-case": "initializing"}}"#,
        r#""INITIALIZING""#,
    ),
    (
        r#"{"anything-but": {"prefix": "init"}}"#,
        r#""initializing""#,
    ),
    (
        r#"{"anything-but": {"suffix": [".txt", ".png"]}}"#,
        r#""a.png""#,
    ),
    (
        r#"{"anything-but": {"wildcard": "*/lib/*"}}"#,
        r#""/usr/lib/x""#,
    ),
    (r#"{"numeric": ["=", 3.018e2]}"#, r#""301.8""#),
    (r#"{"numeric": ["<", 10]}"#, "10"),
    (r#"{"numeric": [">", 0, "<=", 5]}"#, "0"),
    (r#"{"numeric": [">", 0]}"#, "null"),
    (r#"{"cidr": "10.0.0.0/24"}"#, r#""10.0.1.0""#),
    (r#"{"cidr": "10.0.0.0/24"}"#, r#""10.0.0""#),
    (r#"{"exists": true}"#, "[]"),
    (r#"{"exists": true}"#, "{}"),
    (r#"{"exists": false}"#, "null"),
];

/// Conditions that are refused, with the place of the error.
const REFUSED: &[(&str, &str)] = &[
    ("", "$.v"),
    ("[]", "$.v"),
    ("{}", "$.v[0]"),
    (r#"{"prefx": "a"}"#, "$.v[0].prefx"),
    (r#"{"prefix": "a", "suffix": "b"}"#, "$.v[0].prefix"),
    (r#"{"exactly": 5}"#, "$.v[0].exactly"),
    (r#"{"prefix": 5}"#, "$.v[0].prefix"),
    (r#"{"prefix": {"wildcard": "a"}}"#, "$.v[0].prefix"),
    (r#"{"suffix": ["a"]}"#, "$.v[0].suffix"),
    (
        r#"{"equals-ignore-case": null}"#,
        "$.v[0]['equals-ignore-case']",
    ),
    (r#"{"wildcard": "a**b"}"#, "$.v[0].wildcard"),
    (r#"{"wildcard": "a\\b"}"#, "$.v[0].wildcard"),
    (r#"{"wildcard": ["a"]}"#, "$.v[0].wildcard"),
    (r#"{"anything-but": []}"#, "$.v[0]['anything-but']"),
    (r#"{"anything-but": ["a", 1]}"#, "$.v[0]['anything-but']"),
    (r#"{"anything-but": null}"#, "$.v[0]['anything-but']"),
    (r#"{"anything-but": [true]}"#, "$.v[0]['anything-but']"),
    (
        r#"{"anything-but": {"prefix": ""}}"#,
        "$.v[0]['anything-but'].prefix",
    ),
    (
        r#"{"anything-but": {"numeric": [">", 5]}}"#,
        "$.v[0]['anything-but'].numeric",
    ),
    (
        r#"{"anything-but": {"prefix": [5]}}"#,
        "$.v[0]['anything-but'].prefix",
    ),
    (
        r#"{"anything-but": {"wildcard": "a**"}}"#,
        "$.v[0]['anything-but'].wildcard",
    ),
    (r#"{"numeric": []}"#, "$.v[0].numeric"),
    (r#"{"numeric": 5}"#, "$.v[0].numeric"),
    (r#"{"numeric": ["!=", 5]}"#, "$.v[0].numeric"),
    (r#"{"numeric": ["<", "5"]}"#, "$.v[0].numeric"),
    (r#"{"numeric": ["<", 5, ">", 0]}"#, "$.v[0].numeric"),
    (r#"{"numeric": [">", 5, "<", 5]}"#, "$.v[0].numeric"),
    (r#"{"numeric": ["=", 1e400]}"#, "$.v[0].numeric"),
    (r#"{"cidr": "10.0.0.0"}"#, "$.v[0].cidr"),
    (r#"{"cidr": "10.0.0.0/33"}"#, "$.v[0].cidr"),
    (r#"{"cidr": "10.0.0.300/8"}"#, "$.v[0].cidr"),
    (r#"{"cidr": "2001:db8::/129"}"#, "$.v[0].cidr"),
    (r#"{"exists": "yes"}"#, "$.v[0].exists"),
    (r#""a", {"exists": 1}"#, "$.v[1].exists"),
];

#[test]
fn what_the_documentation_says_matches_matches() {
    for (condition, value) in MATCH {
        assert_eq!(answer(condition, value), Ok(true), "{condition} on {value}");
    }
}

#[test]
fn what_the_documentation_says_does_not_match_does_not() {
    for (condition, value) in NO_MATCH {
        assert_eq!(
            answer(condition, value),
            Ok(false),
            "{condition} on {value}"
        );
    }
}

#[test]
fn refusals_name_the_place() {
    for (condition, place) in REFUSED {
        match answer(condition, "1") {
            Err(PatternError::Refused { path, reason }) => {
                assert_eq!(
                    path.replace(".anything-but", "['anything-but']")
                        .replace(".equals-ignore-case", "['equals-ignore-case']"),
                    *place,
                    "{condition}"
                );
                assert!(!reason.is_empty());
            }
            other => panic!("{condition} is not refused: {other:?}"),
        }
    }
}

fn matches(pattern: &str, event: &str) -> bool {
    let pattern = Pattern::parse(pattern).unwrap();
    let event = Event::parse(event.as_bytes()).unwrap();
    let alone = pattern.matches(&event).unwrap();
    let rules: RuleSet<()> = [((), pattern)].into_iter().collect();
    assert_eq!(alone, !rules.matches(&event).matched.is_empty());
    alone
}

#[test]
fn or_multiplies_at_any_level() {
    let pattern = r#"{"a": [1], "$or": [{"b": [2]}, {"c": {"$or": [{"d": [3]}, {"e": [4]}]}}]}"#;
    assert!(matches(pattern, r#"{"a": 1, "b": 2}"#));
    assert!(matches(pattern, r#"{"a": 1, "c": {"e": 4}}"#));
    assert!(!matches(pattern, r#"{"b": 2}"#));
    assert!(!matches(pattern, r#"{"a": 1, "c": {"e": 3}}"#));
}

#[test]
fn or_is_a_field_where_it_is_no_operator() {
    assert!(matches(r#"{"$or": {"a": [1]}}"#, r#"{"$or": {"a": 1}}"#));
    assert!(matches(
        r#"{"$or": ["a", {"prefix": "b"}]}"#,
        r#"{"$or": "bc"}"#
    ));
    assert!(!matches(
        r#"{"$or": [{"prefix": "a"}, {"prefix": "b"}]}"#,
        r#"{"prefix": "a"}"#
    ));
    for refused in [
        r#"{"$or": [{"a": [1]}]}"#,
        r#"{"$or": []}"#,
        r#"{"$or": [{"a": [1]}, {"numeric": [1]}]}"#,
        r#"{"$or": [{"a": [1]}, {}]}"#,
    ] {
        assert!(Pattern::parse(refused).is_err(), "{refused}");
    }
}

#[test]
fn a_later_list_takes_the_place_of_an_earlier_one() {
    assert!(matches(r#"{"a": [1], "a": [2]}"#, r#"{"a": 2}"#));
    assert!(!matches(r#"{"a": [1], "a": [2]}"#, r#"{"a": 1}"#));
    assert!(matches(
        r#"{"a": [1], "$or": [{"a": [2]}, {"b": [3]}]}"#,
        r#"{"a": 2}"#
    ));
    assert!(matches(
        r#"{"$or": [{"a": [2]}, {"b": [3]}], "a": [1]}"#,
        r#"{"a": 1}"#
    ));
}

#[test]
fn elements_of_one_array_do_not_mix() {
    let both = r#"{"d": {"a": [1], "b": [2]}}"#;
    assert!(matches(both, r#"{"d": [{"a": 0}, {"a": 1, "b": 2}]}"#));
    assert!(!matches(both, r#"{"d": [{"a": 1}, {"b": 2}]}"#));
    // Values in different arrays match together.
    assert!(matches(
        r#"{"x": {"a": [1]}, "y": {"b": [2]}}"#,
        r#"{"x": [{}, {"a": 1}], "y": [{"b": 2}]}"#
    ));
    // Absence is required of the element that the fields before it chose.
    let absent = r#"{"d": {"a": [1], "b": [{"exists": false}]}}"#;
    assert!(matches(absent, r#"{"d": [{"a": 1}, {"b": 2}]}"#));
    assert!(!matches(absent, r#"{"d": [{"a": 1, "b": 2}]}"#));
    let nested = r#"{"u": {"t": {"k": ["color"], "v": ["blue"]}}}"#;
    assert!(matches(
        nested,
        r#"{"u": [{"t": [{"k": "size"}, {"k": "color", "v": "blue"}]}]}"#
    ));
    assert!(!matches(
        nested,
        r#"{"u": [{"t": [{"k": "color"}]}, {"t": [{"v": "blue"}]}]}"#
    ));
}

#[test]
fn a_numbers_digits_are_an_address_unless_the_field_is_compared_with_numbers() {
    // Recorded from AWS's engine: it compares the digits of `100` with those of 00000000 to
    // FFFFFFFF.
    assert!(matches(
        r#"{"ip": [{"cidr": "0.0.0.0/0"}]}"#,
        r#"{"ip": 100}"#
    ));
    assert!(!matches(
        r#"{"ip": [{"cidr": "10.0.0.0/8"}]}"#,
        r#"{"ip": 100}"#
    ));
    assert!(!matches(
        r#"{"ip": [{"cidr": "0.0.0.0/0"}, {"numeric": ["=", 5]}]}"#,
        r#"{"ip": 100}"#
    ));
    let or = r#"{"$or": [{"ip": [{"cidr": "0.0.0.0/0"}]}, {"ip": [5]}]}"#;
    assert!(!matches(or, r#"{"ip": 100}"#));
    assert!(matches(or, r#"{"ip": "10.0.0.7"}"#));
}

#[test]
fn a_dot_in_a_name_is_a_level() {
    assert!(matches(r#"{"a.b": [1]}"#, r#"{"a": {"b": 1}}"#));
    assert!(matches(r#"{"a": {"b": [1]}}"#, r#"{"a.b": 1}"#));
}

#[test]
fn malformed_patterns_and_events_are_errors() {
    for text in [
        "",
        "[]",
        "5",
        "{",
        r#"{"a": [1]} x"#,
        r#"{"a": 1}"#,
        r#"{"a": {}}"#,
        "{}",
    ] {
        assert!(Pattern::parse(text).is_err(), "{text}");
    }
    for text in ["", "[]", "5", "{", "{\"a\": }", "{} {}", "\u{feff}{}"] {
        assert!(Event::parse(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Event::parse(b"{\"a\": \"\xff\"}").is_err());
}

#[test]
fn bounds_are_kept() {
    let deep = |levels: usize| r#"{"a": "#.repeat(levels) + "[1]" + &"}".repeat(levels);
    assert!(Pattern::parse(&deep(200)).is_ok());
    assert!(Pattern::parse(&deep(2_000)).is_err());
    assert!(Event::parse(deep(900).as_bytes()).is_ok());
    assert!(Event::parse(deep(2_000).as_bytes()).is_err());

    let fields = |count: usize| {
        let fields: Vec<String> = (0..count).map(|n| format!(r#""f{n}": [1]"#)).collect();
        format!("{{{}}}", fields.join(","))
    };
    assert!(Pattern::parse(&fields(256)).is_ok());
    assert!(Pattern::parse(&fields(257)).is_err());

    let or = |count: usize| {
        let ors: Vec<String> = (0..count)
            .map(|n| format!(r#""o{n}": {{"$or": [{{"a": [1]}}, {{"b": [1]}}]}}"#))
            .collect();
        format!("{{{}}}", ors.join(","))
    };
    assert!(Pattern::parse(&or(9)).is_ok());
    assert!(Pattern::parse(&or(10)).is_err());
}

#[test]
fn an_entangled_event_is_undecided_and_not_endless() {
    // One name with many arrays of many elements: the choices in each multiply.
    let array = format!(
        r#""a": [{}]"#,
        vec![r#"{"x": 1, "y": 1, "z": 1}"#; 200].join(",")
    );
    let event = format!("{{{}}}", vec![array; 8].join(","));
    let event = Event::parse(event.as_bytes()).unwrap();
    let pattern = Pattern::parse(r#"{"a": {"x": [1], "y": [1], "z": [1], "zz": [1]}}"#).unwrap();
    assert!(pattern.matches(&event).is_err());
    let rules: RuleSet<u8> = [(7, pattern)].into_iter().collect();
    // The machine sees at once that `zz` has no value.
    assert!(rules.matches(&event).undecided.is_empty());
}
