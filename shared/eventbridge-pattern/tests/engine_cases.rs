//! Every case that AWS's own engine answered must be answered alike.
//!
//! The cases live outside the repository. Where they are absent the test says so and passes.

use eventbridge_pattern::{Event, Pattern};
use serde_json::value::RawValue;

#[derive(serde::Deserialize)]
struct Case<'a> {
    name: String,
    #[serde(borrow)]
    pattern: &'a RawValue,
    #[serde(borrow)]
    event: &'a RawValue,
    #[serde(rename = "match")]
    matches: Option<bool>,
    #[serde(default)]
    error: bool,
}

fn cases() -> Option<String> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/eventbridge_patterns.jsonl"
    );
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        println!("SKIPPED: no cases at {path}");
    }
    text
}

#[test]
fn every_case_is_answered_as_the_engine_answers_it() {
    let Some(text) = cases() else { return };
    let mut wrong = Vec::new();
    let mut answered = 0;
    for line in text.lines() {
        let case: Case<'_> = serde_json::from_str(line).unwrap();
        let expected = if case.error { None } else { case.matches };
        let event = Event::parse(case.event.get().as_bytes()).unwrap();
        let answer = Pattern::parse(case.pattern.get())
            .ok()
            .map(|pattern| pattern.matches(&event).unwrap());
        if answer != expected {
            wrong.push(case.name);
        }
        answered += 1;
    }
    assert!(wrong.is_empty(), "answered differently: {wrong:?}");
    assert!(answered > 0);
}
