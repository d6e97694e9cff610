//! The patterns of a bus: of its rules and archives, or of the subscribers of a V2 bus, by their number.

use std::collections::HashSet;

use eventbridge_pattern::{Event, Pattern, RuleSet};
use serde_json::Value;

use crate::topology::EventPattern;

/// Patterns as one machine.
pub(super) struct Patterns {
    rules: RuleSet<usize>,
    /// Those without a pattern, which accept every event.
    unfiltered: Vec<usize>,
    /// Those of whose pattern a value is unknown: what they accept, AWS perhaps declines.
    uncertain: HashSet<usize>,
}

/// A pattern that accepts an event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Accepting {
    pub(super) number: usize,
    /// False if a bound was reached before it was decided.
    pub(super) is_decided: bool,
    /// False if it is not decided, or if a value of the pattern is unknown.
    pub(super) is_certain: bool,
}

impl Patterns {
    /// Compiles patterns, numbered in their order. `None` accepts every event.
    pub(super) fn of<'p>(patterns: impl IntoIterator<Item = Option<&'p EventPattern>>) -> Self {
        let mut rules = Vec::new();
        let mut unfiltered = Vec::new();
        let mut uncertain = HashSet::new();
        for (number, pattern) in patterns.into_iter().enumerate() {
            match pattern {
                Some(pattern) => rules.push((number, pattern.compiled())),
                None => unfiltered.push(number),
            }
            if pattern.is_some_and(EventPattern::is_approximate) {
                uncertain.insert(number);
            }
        }
        Self {
            rules: rules.into_iter().collect(),
            unfiltered,
            uncertain,
        }
    }

    /// Compiles patterns for events of an unknown source or detail type: without their conditions on the
    /// two. Those that have such a condition are uncertain.
    pub(super) fn without_kind<'p>(
        patterns: impl IntoIterator<Item = Option<&'p EventPattern>>,
    ) -> Self {
        let mut rules: Vec<(usize, Pattern)> = Vec::new();
        let mut unfiltered = Vec::new();
        let mut uncertain = HashSet::new();
        for (number, pattern) in patterns.into_iter().enumerate() {
            let whole = pattern.map(EventPattern::json);
            let rest = whole.and_then(rest_of);
            let asks_for_kind = rest.as_ref() != whole;
            if asks_for_kind || pattern.is_some_and(EventPattern::is_approximate) {
                uncertain.insert(number);
            }
            match rest.and_then(|rest| Pattern::from_value(&rest).ok()) {
                Some(pattern) => rules.push((number, pattern)),
                None => unfiltered.push(number),
            }
        }
        Self {
            rules: rules
                .iter()
                .map(|(number, pattern)| (*number, pattern))
                .collect(),
            unfiltered,
            uncertain,
        }
    }

    /// Returns the patterns that accept an event, in their order.
    pub(super) fn accepting(&self, event: &Event<'_>) -> Vec<Accepting> {
        let matches = self.rules.matches(event);
        let decided = matches.matched.into_iter().chain(&self.unfiltered);
        let decided = decided.map(|number| (*number, true));
        let undecided = matches.undecided.into_iter().map(|one| (*one, false));
        let mut accepting: Vec<Accepting> = decided
            .chain(undecided)
            .map(|(number, is_decided)| Accepting {
                number,
                is_decided,
                is_certain: is_decided && !self.uncertain.contains(&number),
            })
            .collect();
        accepting.sort_unstable();
        accepting
    }
}

/// Returns a pattern without its conditions on the source and the detail type, or `None` if it then
/// accepts everything.
fn rest_of(pattern: &Value) -> Option<Value> {
    let mut rest = pattern.as_object()?.clone();
    rest.remove("source");
    rest.remove("detail-type");
    if let Some(branches) = rest.remove("$or") {
        let branches = branches.as_array().into_iter().flatten();
        // If one branch accepts everything, so do all together.
        if let Some(branches) = branches.map(rest_of).collect::<Option<Vec<Value>>>() {
            rest.insert("$or".to_owned(), branches.into());
        }
    }
    (!rest.is_empty()).then_some(Value::Object(rest))
}
