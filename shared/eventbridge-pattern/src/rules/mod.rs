//! Matches an event with many patterns as one machine.
//!
//! `compile` splits the patterns, and `machine` matches an event with the result. This file maps
//! rules to their keys.

mod compile;
mod machine;

use std::borrow::Borrow;
use std::fmt;

use self::machine::Machine;
use crate::bits;
use crate::event::Event;
use crate::pattern::Pattern;

/// Many patterns, each with a key: a rule's name, an index, or anything else that identifies it.
///
/// ```
/// use eventbridge_pattern::{Event, Pattern, RuleSet};
///
/// let rules: RuleSet<&str> = [
///     ("orders", Pattern::parse(r#"{"source": ["shop.orders"]}"#)?),
///     ("large", Pattern::parse(r#"{"detail": {"total": [{"numeric": [">", 100]}]}}"#)?),
///     ("billing", Pattern::parse(r#"{"source": ["shop.billing"]}"#)?),
/// ]
/// .into_iter()
/// .collect();
///
/// let event = Event::parse(br#"{"source": "shop.orders", "detail": {"total": 250}}"#)?;
/// assert_eq!(rules.matches(&event).matched, [&"orders", &"large"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RuleSet<K> {
    keys: Vec<K>,
    machine: Machine,
}

/// The answer of a rule set for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matches<'r, K> {
    /// The keys of the patterns that match, in the order in which they were given.
    pub matched: Vec<&'r K>,
    /// The keys of the patterns that could not be decided; see [`Undecided`](crate::Undecided).
    /// Almost always empty.
    pub undecided: Vec<&'r K>,
}

impl<K> fmt::Debug for RuleSet<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSet")
            .field("rules", &self.keys.len())
            .field("machine", &self.machine)
            .finish()
    }
}

impl<K, P: Borrow<Pattern>> FromIterator<(K, P)> for RuleSet<K> {
    fn from_iter<I: IntoIterator<Item = (K, P)>>(rules: I) -> Self {
        let (keys, patterns): (Vec<K>, Vec<P>) = rules.into_iter().unzip();
        let patterns: Vec<&Pattern> = patterns.iter().map(Borrow::borrow).collect();
        let machine = Machine::of(&patterns);
        Self { keys, machine }
    }
}

impl<K> RuleSet<K> {
    /// Returns the number of patterns in the set.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns true if the set has no pattern.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns the patterns that the event matches.
    pub fn matches(&self, event: &Event<'_>) -> Matches<'_, K> {
        self.machine.run(event, |matched, undecided| Matches {
            matched: self.keys_of(matched),
            undecided: self.keys_of(undecided),
        })
    }

    fn keys_of(&self, rules: &[u64]) -> Vec<&K> {
        if rules.iter().all(|&word| word == 0) {
            return Vec::new();
        }
        let mut keys = Vec::with_capacity(bits::count(rules));
        bits::each(rules, |rule| keys.push(&self.keys[rule as usize]));
        keys
    }
}
