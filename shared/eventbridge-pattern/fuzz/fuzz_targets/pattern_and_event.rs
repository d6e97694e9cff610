//! Reads two texts, a pattern and an event, which a zero byte separates. No input may panic, and a
//! rule set that has the pattern twice and another one must answer as the pattern alone does.
//!
//! ```sh
//! cd shared/eventbridge-pattern && cargo +nightly fuzz run pattern_and_event -- -max_total_time=60
//! ```
#![no_main]

use eventbridge_pattern::{Event, Pattern, RuleSet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(middle) = data.iter().position(|&byte| byte == 0) else {
        return;
    };
    let (pattern, event) = (&data[..middle], &data[middle + 1..]);
    let Ok(pattern) = std::str::from_utf8(pattern) else {
        return;
    };
    let (Ok(pattern), Ok(event)) = (Pattern::parse(pattern), Event::parse(event)) else {
        return;
    };
    let other =
        Pattern::parse(r#"{"a": [{"exists": true}, {"wildcard": "*a*"}, {"anything-but": 1}]}"#)
            .expect("the pattern is valid");
    let Ok(alone) = pattern.matches(&event) else {
        return;
    };
    let rules: RuleSet<u8> = [(1, pattern.clone()), (2, other), (3, pattern)]
        .into_iter()
        .collect();
    let matches = rules.matches(&event);
    if matches.undecided.is_empty() {
        assert_eq!(alone, matches.matched.contains(&&1));
        assert_eq!(alone, matches.matched.contains(&&3));
    }
});
