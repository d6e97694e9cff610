//! Tests that every case that AWS's own engine answered has the same answer here.
//!
//! The cases are outside of the repository. If they are missing, the test prints so and passes.

use std::io::Write as _;

use eventbridge_pattern::{Event, Pattern, RuleSet};
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
        // Written directly to standard error, because the output of a passing test is captured and
        // hidden.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no cases at {path}");
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

#[test]
fn the_patterns_of_all_cases_together_answer_as_each_alone() {
    let Some(text) = cases() else { return };
    let mut patterns = Vec::new();
    let mut events = Vec::new();
    for line in text.lines() {
        let case: Case<'_> = serde_json::from_str(line).unwrap();
        events.push(case.event.get());
        patterns.extend(Pattern::parse(case.pattern.get()));
    }
    let rules: RuleSet<usize> = patterns.iter().cloned().enumerate().collect();
    // Every event against every pattern takes minutes in a debug build, so only every 60th event is
    // used.
    for text in events.iter().step_by(60) {
        let event = Event::parse(text.as_bytes()).unwrap();
        let together: Vec<usize> = rules.matches(&event).matched.into_iter().copied().collect();
        let alone: Vec<usize> = (0..patterns.len())
            .filter(|&place| patterns[place].matches(&event).unwrap())
            .collect();
        assert_eq!(together, alone);
    }
}
