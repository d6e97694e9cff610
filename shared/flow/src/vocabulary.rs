//! Bounds the number of distinct event types, so that a producer that puts an id into each event
//! type cannot fill the store.
//!
//! It stands between the routes and the ledger. Events beyond a bound are still counted, under one
//! event type for all of them, and the coverage says how many there were.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::name::Name;
use crate::party::Party;
use crate::time::Day;

/// The most event types of one producer that are told apart on one day.
pub const TYPES_OF_A_PRODUCER_MAX: usize = 500;

/// The most producers that are told apart on one day.
pub const PRODUCERS_MAX: usize = 2_000;

/// The most event types of all producers that are told apart on one day.
pub const TYPES_MAX: usize = 10_000;

/// The event types that one instance of a tracer has met today.
#[derive(Debug, Default)]
pub struct Vocabulary {
    met: Mutex<Met>,
}

#[derive(Debug, Default)]
struct Met {
    today: Day,
    types: BTreeMap<Party, BTreeSet<Name>>,
    count: usize,
}

impl Vocabulary {
    /// Adds a producer and its event type. If a bound is reached, it replaces them with the names
    /// that stand for all others and returns true.
    pub fn admit(&self, today: Day, producer: &mut Party, event_type: &mut Name) -> bool {
        // A panic while the lock was held left at most one type that was not counted.
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if met.today != today {
            *met = Met {
                today,
                ..Met::default()
            };
        }
        let Met { types, count, .. } = &mut *met;
        if let Some(known) = types.get_mut(producer) {
            if known.contains(event_type) {
                return false;
            }
            if known.len() < TYPES_OF_A_PRODUCER_MAX && *count < TYPES_MAX {
                known.insert(event_type.clone());
                *count += 1;
                return false;
            }
            *event_type = Name::other();
            return true;
        }
        if types.len() < PRODUCERS_MAX && *count < TYPES_MAX {
            types.insert(producer.clone(), BTreeSet::from([event_type.clone()]));
            *count += 1;
            return false;
        }
        *producer = Party::UNATTRIBUTED;
        *event_type = Name::other();
        true
    }
}

#[cfg(test)]
mod tests {
    use piitrail_detect::Engine;

    use super::*;
    use crate::party::PartyKind;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_hundred_thousand_event_types_become_few_and_all_are_counted() {
        let engine = Engine::new();
        let vocabulary = Vocabulary::default();
        let name = |raw: &str| Name::masked(&engine, raw);
        let parties: Vec<Party> = (0..40)
            .map(|n| Party::new(PartyKind::Service, name(&format!("p{n}x"))))
            .collect();
        let types: Vec<Name> = (1..=200)
            .map(|length| name(&format!("Type{}", "x".repeat(length))))
            .collect();
        let mut edges = BTreeSet::new();
        let mut beyond = 0;
        for n in 0..100_000_usize {
            let mut producer = parties[n % 40].clone();
            let mut event_type = if n % 3 == 0 {
                // The names have only letters, so that they are not all masked to the same name.
                let letters: String = n
                    .to_string()
                    .bytes()
                    .map(|digit| char::from(digit - b'0' + b'a'))
                    .collect();
                name(&format!("Order_{letters}"))
            } else {
                types[n / 40 % 200].clone()
            };
            beyond +=
                u32::from(vocabulary.admit(day("2026-11-21"), &mut producer, &mut event_type));
            edges.insert((producer, event_type));
        }
        assert!(edges.len() <= TYPES_MAX + 41, "{}", edges.len());
        assert!(beyond > 10_000, "{beyond}");
    }

    #[test]
    fn a_known_type_is_never_beyond_the_bound_and_a_new_day_begins_anew() {
        let engine = Engine::new();
        let vocabulary = Vocabulary::default();
        let admit = |on: &str, producer: &str, event_type: &str| {
            let mut producer = Party::new(PartyKind::Service, Name::masked(&engine, producer));
            let mut event_type = Name::masked(&engine, event_type);
            let beyond = vocabulary.admit(day(on), &mut producer, &mut event_type);
            (beyond, event_type.to_string())
        };
        let letters = |n: usize| "z".repeat(n);
        for n in 1..=TYPES_OF_A_PRODUCER_MAX {
            vocabulary.admit(
                day("2026-11-21"),
                &mut Party::new(PartyKind::Service, Name::masked(&engine, "shop")),
                &mut Name::masked(&engine, &letters(n)),
            );
        }
        // Names are cut at 256 characters, so only this many were distinct.
        assert_eq!(
            admit("2026-11-21", "shop", &letters(7)),
            (false, letters(7))
        );
        assert_eq!(
            admit("2026-11-22", "shop", "New"),
            (false, "New".to_owned())
        );
    }
}
