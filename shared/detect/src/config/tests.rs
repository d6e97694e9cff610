use super::*;
use crate::{Engine, Marks, Scan, ScanOptions};

fn engine(config: &str) -> Engine {
    Engine::with_config(config.parse().unwrap())
}

fn error(config: &str) -> String {
    config.parse::<Config>().unwrap_err().to_string()
}

fn found(scan: &Scan) -> Vec<(&str, &str, u8)> {
    scan.findings
        .iter()
        .map(|f| (f.path.as_str(), f.class.name(), f.confidence.percent()))
        .collect()
}

const EVENT: &str =
    r#"{"customer": {"email": "jane@shop.dev", "city": "Mainz", "street": "Hauptstraße 5"}}"#;

#[test]
fn an_empty_configuration_changes_nothing() {
    for config in ["", "# nothing yet\n", "classes: {off: []}"] {
        let scan = engine(config).scan_json(EVENT.as_bytes()).unwrap();
        assert_eq!(scan, Engine::new().scan_json(EVENT.as_bytes()).unwrap());
    }
}

#[test]
fn classes_are_on_and_off() {
    let scan = engine("classes: {off: [CITY]}")
        .scan_json(EVENT.as_bytes())
        .unwrap();
    let classes: Vec<_> = found(&scan).iter().map(|found| found.1).collect();
    assert_eq!(classes, ["EMAIL_ADDRESS", "STREET_ADDRESS"]);
    let scan = engine("classes: {on: [CITY]}")
        .scan_json(EVENT.as_bytes())
        .unwrap();
    assert_eq!(found(&scan).len(), 1);
}

#[test]
fn a_class_that_is_off_leaves_its_values_to_nobody_else_and_still_masks() {
    let engine = engine("classes: {off: [EMAIL_ADDRESS]}");
    let scan = engine
        .scan_json(br#"{"by": {"jane@shop.dev": {"city": "Mainz", "zip": "55116"}}}"#)
        .unwrap();
    assert!(!scan.findings.is_empty());
    for finding in &scan.findings {
        assert!(finding.path.as_str().starts_with("$.by.{EMAIL_ADDRESS}"));
        assert_ne!(finding.class, DataClass::EmailAddress);
    }
}

#[test]
fn rules_deny_and_allow_by_path_source_and_class() {
    let engine = engine(
        "deny:\n  - paths: [\"$.customer\"]\n    sources: [\"com.shop.*\"]\n\
         allow:\n  - classes: [EMAIL_ADDRESS]\n",
    );
    let of = |source| {
        let options = ScanOptions {
            source,
            ..ScanOptions::default()
        };
        let scan = engine.scan_json_with(EVENT.as_bytes(), options).unwrap();
        found(&scan).len()
    };
    assert_eq!(of(Some("com.shop.orders")), 1);
    assert_eq!((of(Some("org.else")), of(None)), (3, 3));
}

#[test]
fn the_least_confidence_decides() {
    let text = br#"{"x": "4485527627509597", "email": "jane@shop.dev"}"#;
    let sure = engine("confidence: 95").scan_json(text).unwrap();
    assert_eq!(found(&sure).len(), 1);
    assert_eq!(found(&Engine::new().scan_json(text).unwrap()).len(), 2);
}

const OWN: &str = r"
own_classes:
  - name: LOYALTY_CARD
    tier: confidential
    regex: 'LC-\d{8}'
    fields: [loyalty card]
  - name: PROJECT_NAME
    tier: internal
    words: [blue heron, Öresund]
  - name: SEAT
    tier: internal
    fields: [seatNumber]
";

#[test]
fn classes_of_ones_own_are_found_by_pattern_word_and_name() {
    let scan = engine(OWN)
        .scan_json(
            r#"{"note": "card LC-12345678 in the Blue Heron", "loyaltyCard": "LC-00000001", "at": "ÖRESUND",
                "seat_number": "14C", "s": "LC-1", "by": {"LC-87654321": 1}, "escaped": "LC\u002d00000002"}"#
                .as_bytes(),
        )
        .unwrap();
    assert_eq!(
        found(&scan),
        [
            ("$.at", "PROJECT_NAME", 75),
            ("$.by.{LOYALTY_CARD}", "LOYALTY_CARD", 75),
            ("$.escaped", "LOYALTY_CARD", 75),
            ("$.loyaltyCard", "LOYALTY_CARD", 90),
            ("$.note", "LOYALTY_CARD", 75),
            ("$.note", "PROJECT_NAME", 75),
            ("$.seat_number", "SEAT", 90),
        ]
    );
    assert_eq!(scan.findings[4].class.tier(), Tier::Confidential);
    assert_eq!((scan.findings[4].start, scan.findings[4].end), (5, 16));
}

#[test]
fn the_catalogue_finds_the_same_beside_classes_of_ones_own() {
    let texts = include_str!("../../tests/data/business_events.jsonl");
    let (own, plain) = (engine(OWN), Engine::new());
    for line in texts.lines() {
        assert_eq!(
            own.scan_json(line.as_bytes()).unwrap(),
            plain.scan_json(line.as_bytes()).unwrap()
        );
    }
}

#[test]
fn rules_and_classes_know_classes_of_ones_own() {
    let engine = engine(&format!("{OWN}classes: {{off: [SEAT]}}\n"));
    let scan = engine.scan_json(br#"{"seatNumber": "14C"}"#).unwrap();
    assert!(scan.findings.is_empty());
}

#[test]
fn declared_test_values_are_marked_and_not_dropped() {
    let engine = engine(&format!(
        "{OWN}test_data: [\"lc 0000 0000\", \"@shop.test\"]\n"
    ));
    let scan = engine
        .scan_json(br#"{"a": "LC-00000000", "email": "jane@Shop.test", "b": "LC-00000001"}"#)
        .unwrap();
    let marked = scan.findings.iter().map(|f| f.marks == Marks::TEST_DATA);
    assert_eq!(marked.collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn a_pattern_that_matches_everywhere_is_bounded_and_counted() {
    let engine = engine("own_classes: [{name: LETTER, tier: internal, regex: '[a-z]'}]");
    let scan = engine.scan_text(&"x ".repeat(100_000));
    assert_eq!(scan.findings.len(), 64);
    assert_eq!(scan.limits.get(crate::Limit::Findings), 1);
}

#[test]
fn an_error_says_the_line_and_what_to_do() {
    for (config, parts) in [
        ("confidence: 0", &["line 1", "from 1 to 100"][..]),
        (
            "\nclasses:\n  off: [EMAIL]",
            &["line 3", "EMAIL", "own_classes"],
        ),
        ("deny:\n  - {}", &["line 2", "paths, sources or classes"]),
        (
            "deny:\n  - paths:\n    - detail.a",
            &["line 3", "start with $"],
        ),
        (
            "allow:\n  - classes: [CITY]",
            &["line 2", "exceptions to `deny`"],
        ),
        ("colour: blue", &["line 1", "colour"]),
        ("deny:\n  - path: [x]", &["line 2", "path"]),
        (
            "own_classes:\n  - {name: card, tier: internal, fields: [x]}",
            &["line 2", "LOYALTY_CARD"],
        ),
        (
            "own_classes:\n  - {name: CITY, tier: internal, fields: [x]}",
            &["line 2", "catalogue"],
        ),
        (
            "own_classes:\n  - {name: A, tier: secret, fields: [x]}",
            &["line 2", "restricted, confidential or internal"],
        ),
        (
            "own_classes:\n  - {name: A, tier: internal}",
            &["line 2", "regex, words or fields"],
        ),
        (
            "own_classes:\n  - {name: A, tier: internal, regex: '('}",
            &["line 2", "unclosed group"],
        ),
        (
            "own_classes:\n  - {name: A, tier: internal, regex: 'a*'}",
            &["line 2", "nothing at all"],
        ),
        (
            "own_classes:\n  - {name: A, tier: internal, regex: '((a{99}){99}){99}'}",
            &["line 2", "too large"],
        ),
        (
            "own_classes:\n  - {name: A, tier: internal, regex: a, words: [b]}",
            &["line 2", "one of them"],
        ),
        ("test_data: [' - ']", &["line 1", "empty"]),
        ("confidence: [1", &["line"]),
    ] {
        let error = error(config);
        for part in parts {
            assert!(error.contains(part), "{config}: {error}");
        }
    }
    let many = (0..33).map(|n| format!("  - {{name: A{n}, tier: internal, fields: [x]}}\n"));
    let many = format!("own_classes:\n{}", many.collect::<String>());
    assert!(error(&many).contains("line 34"));
}

#[test]
fn the_sample_of_the_repository_is_read_and_does_what_it_says() {
    let sample = include_str!("../../../../events/piitrail.yaml");
    let options = ScanOptions {
        source: Some("com.shop.loadtest.7"),
        ..ScanOptions::default()
    };
    let event =
        br#"{"card": "4485527627509597", "bonus_card_number": "LC-00000000", "city": "Mainz"}"#;
    let engine = engine(sample);
    let scan = engine.scan_json_with(event, options).unwrap();
    assert_eq!(
        found(&scan).iter().map(|f| f.1).collect::<Vec<_>>(),
        ["CREDIT_CARD"]
    );
    let scan = engine.scan_json(event).unwrap();
    assert_eq!(found(&scan)[0], ("$.bonus_card_number", "LOYALTY_CARD", 90));
    assert!(scan.findings[0].marks.contains(Marks::TEST_DATA));
}
