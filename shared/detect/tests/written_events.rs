//! Documents with personal data and, as often, with data that only looks like it.
//!
//! `data/business_events.jsonl` has events as shops, clinics, banks and carriers publish them, in
//! nineteen locales. `data/system_events.jsonl` has webhooks, audit logs, streams of databases and
//! clinical resources in the forms of widespread systems. Both were written for this test with
//! invented values. Each line has an `event` and, in `personal`, every path and class. The engine
//! must reach the accuracy that the project promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use piitrail_detect::Engine;
use serde_json::Value;

#[test]
fn business_events_are_read_as_a_person_would_read_them() {
    assert_accurate(include_str!("data/business_events.jsonl"));
}

#[test]
fn events_of_widespread_systems_are_read_as_a_person_would_read_them() {
    assert_accurate(include_str!("data/system_events.jsonl"));
}

fn assert_accurate(lines: &str) {
    let engine = Engine::new();
    let (mut right, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let expected = line["personal"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                (
                    pair[0].as_str().unwrap().to_owned(),
                    pair[1].as_str().unwrap(),
                )
            })
            .collect::<BTreeSet<_>>();
        let scan = engine
            .scan_json(line["event"].to_string().as_bytes())
            .unwrap();
        let found = scan
            .findings
            .iter()
            .map(|finding| (finding.path.to_string(), finding.class.name()))
            .collect::<BTreeSet<_>>();
        right += expected.intersection(&found).count();
        missed.extend(expected.difference(&found).map(|pair| format!("{pair:?}")));
        wrong.extend(found.difference(&expected).map(|pair| format!("{pair:?}")));
    }
    let count = |number: usize| f64::from(u32::try_from(number).unwrap());
    let f1 = 2.0 * count(right) / (2.0 * count(right) + count(missed.len()) + count(wrong.len()));
    assert!(
        f1 >= 0.97,
        "F1 {f1:.3}\nmissed {missed:#?}\nwrong {wrong:#?}"
    );
}
