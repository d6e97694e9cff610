//! Tests laws that hold for all patterns and events.

#![expect(
    clippy::expect_used,
    reason = "clippy knows tests by their attribute, not the functions they share"
)]

mod generated;

use eventbridge_pattern::{Event, Pattern, RuleSet};
use generated::{condition, event, pattern, value};
use proptest::prelude::*;
use serde_json::{Value, json};

fn matches(pattern: &Value, event: &Value) -> bool {
    let pattern = Pattern::parse(&pattern.to_string()).expect("generated patterns are patterns");
    let text = event.to_string();
    let event = Event::parse(text.as_bytes()).expect("generated events are events");
    pattern.matches(&event).expect("generated events are small")
}

/// Returns true if a pattern requires the absence of something.
fn asks_for_absence(pattern: &Value) -> bool {
    pattern.to_string().contains(r#""exists":false"#)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn compiled_together_and_one_by_one_patterns_answer_alike(
        patterns in prop::collection::vec(pattern(), 1..8),
        events in prop::collection::vec(event(), 1..6),
    ) {
        let parsed: Vec<Pattern> = patterns
            .iter()
            .map(|pattern| Pattern::parse(&pattern.to_string()).expect("generated patterns are patterns"))
            .collect();
        let rules: RuleSet<usize> = parsed.iter().cloned().enumerate().collect();
        for event in &events {
            let text = event.to_string();
            let event = Event::parse(text.as_bytes()).expect("generated events are events");
            let together: Vec<usize> = rules.matches(&event).matched.into_iter().copied().collect();
            let alone: Vec<usize> = (0..parsed.len())
                .filter(|&place| parsed[place].matches(&event) == Ok(true))
                .collect();
            prop_assert_eq!(together, alone);
        }
    }

    #[test]
    fn a_pattern_that_covers_another_matches_whatever_that_one_matches(
        one in pattern(),
        other in pattern(),
        events in prop::collection::vec(event(), 1..6),
    ) {
        let parse = |pattern: &Value| Pattern::parse(&pattern.to_string()).expect("generated patterns are patterns");
        prop_assert!(parse(&one).covers(&parse(&one)));
        if parse(&one).covers(&parse(&other)) {
            for event in &events {
                prop_assert!(!matches(&other, event) || matches(&one, event), "{} {} {}", one, other, event);
            }
        }
    }

    #[test]
    fn an_unrelated_field_changes_no_positive_patterns_answer(
        pattern in pattern(),
        event in event(),
        added in value(),
    ) {
        let mut wider = event.clone();
        wider["unrelated"] = added;
        prop_assert_eq!(matches(&pattern, &event), matches(&pattern, &wider));
    }

    #[test]
    fn more_of_anything_takes_no_match_from_a_positive_pattern(
        pattern in pattern().prop_filter("positive", |pattern| !asks_for_absence(pattern)),
        event in event(),
        added in value(),
    ) {
        // `a` may be a field that the pattern names; an additional value can only add matches.
        let mut wider = event.clone();
        let before = wider.get("a").cloned().unwrap_or_else(|| json!([]));
        wider["a"] = match before {
            Value::Array(mut values) => {
                values.push(added);
                Value::Array(values)
            }
            single => json!([single, added]),
        };
        let was_array_of_containers = event["a"].is_object();
        prop_assume!(!was_array_of_containers);
        prop_assert!(!matches(&pattern, &event) || matches(&pattern, &wider));
    }

    #[test]
    fn one_more_alternative_takes_no_match_away(
        first in condition(),
        second in condition(),
        value in value(),
    ) {
        let event = json!({"a": value});
        // The engine's one exception: a field that is also compared with numbers no longer reads a
        // number's digits as those of an address.
        prop_assume!(first.get("cidr").is_none());
        let narrow = matches(&json!({"a": [first]}), &event);
        let wide = matches(&json!({"a": [first, second]}), &event);
        prop_assert!(!narrow || wide);
    }

    #[test]
    fn an_or_is_the_sum_of_its_branches(
        shared in condition(),
        left in condition(),
        right in condition(),
        event in event(),
    ) {
        let either = json!({"a": [shared], "$or": [{"b": [left]}, {"c": [right]}]});
        let sum = matches(&json!({"a": [shared], "b": [left]}), &event)
            || matches(&json!({"a": [shared], "c": [right]}), &event);
        prop_assert_eq!(matches(&either, &event), sum);
    }

    #[test]
    fn whatever_the_bytes_nothing_panics(pattern in ".{0,60}", event in prop::collection::vec(any::<u8>(), 0..80)) {
        let event = Event::parse(&event);
        if let (Ok(pattern), Ok(event)) = (Pattern::parse(&pattern), event) {
            let _ = pattern.matches(&event);
        }
    }

    #[test]
    fn json_is_read_as_serde_json_reads_it(event in event()) {
        let spaced = serde_json::to_string_pretty(&event).expect("a value is written");
        prop_assert!(Event::parse(spaced.as_bytes()).is_ok());
        let cut = &spaced[..spaced.len() - 1];
        prop_assert!(Event::parse(cut.as_bytes()).is_err());
    }
}
