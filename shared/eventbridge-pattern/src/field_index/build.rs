//! Builds the index of one field from its conditions.

use super::needles::Needles;
use super::parts::Parts;
use super::{ClauseId, FieldIndex, Hit, Map, number_of};
use crate::condition::{Condition, Excluded};
use crate::intervals::Intervals;
use crate::number::Number;
use crate::text::{Key, Text};

/// Prefixes, or suffixes in reverse order of their bytes.
type PartTexts = Vec<(Box<[u8]>, Hit)>;

/// Collects a field's conditions before they are indexed.
#[derive(Default)]
pub(crate) struct FieldIndexBuilder {
    index: FieldIndex,
    begins: PartTexts,
    ends: PartTexts,
    lower_begins: PartTexts,
    lower_ends: PartTexts,
    ranges: Vec<(Number, Number, Hit)>,
    v4: Vec<(u32, u32, Hit)>,
    v6: Vec<(u128, u128, Hit)>,
    texts: Vec<(Text, Hit)>,
}

impl FieldIndexBuilder {
    pub(crate) fn add(&mut self, clause: ClauseId, conditions: &[Condition]) {
        for condition in conditions {
            self.add_condition(clause, condition);
        }
    }

    fn add_condition(&mut self, clause: ClauseId, condition: &Condition) {
        let hit = Hit::Satisfies(clause);
        let index = &mut self.index;
        match condition {
            Condition::Exact(text) => insert(&mut index.strings, bytes(text), hit),
            Condition::Address { range, digits } => {
                self.v4
                    .extend(range.of_v4().map(|(low, high)| (low, high, hit)));
                let (low, high) = range.of_v6();
                self.v6.push((low, high, hit));
                index.digits.push((*range, *digits, clause));
            }
            Condition::Number {
                comparable: Some(number),
                ..
            } => insert(&mut index.numbers, *number, hit),
            Condition::Number {
                comparable: None,
                spelled,
            } => insert(&mut index.spelled, spelled.clone(), hit),
            Condition::Literal(word) => index.literals.push((*word, clause)),
            Condition::Between(low, high) => self.ranges.push((*low, *high, hit)),
            Condition::Text(text) => self.add_text(text, hit),
            Condition::Not(excluded) => self.add_not(clause, excluded),
            Condition::Exists => index.any.push(clause),
            // No value can satisfy absence.
            Condition::Absent => {}
        }
    }

    fn add_not(&mut self, clause: ClauseId, excluded: &Excluded) {
        let denies = Hit::Denies(number_of(self.index.nots.len()));
        self.index.nots.push(clause);
        match excluded {
            Excluded::Strings(strings) => {
                for text in strings {
                    insert(&mut self.index.strings, bytes(text), denies);
                }
            }
            Excluded::Numbers(numbers) => {
                for number in numbers {
                    insert(&mut self.index.numbers, *number, denies);
                }
            }
            Excluded::Texts(texts) => {
                for text in texts {
                    self.add_text(text, denies);
                }
            }
        }
    }

    fn add_text(&mut self, text: &Text, hit: Hit) {
        let backwards = |text: &str| text.bytes().rev().collect();
        match text.key() {
            Key::Lower(lower) => insert(&mut self.index.lower_strings, bytes(lower), hit),
            Key::Begins { text, lower: false } => self.begins.push((bytes(text), hit)),
            Key::Begins { text, lower: true } => self.lower_begins.push((bytes(text), hit)),
            Key::Ends { text, lower: false } => self.ends.push((backwards(text), hit)),
            Key::Ends { text, lower: true } => self.lower_ends.push((backwards(text), hit)),
            Key::Needle { .. } | Key::Anything => self.texts.push((text.clone(), hit)),
        }
    }

    pub(crate) fn build(self) -> FieldIndex {
        FieldIndex {
            begins: Parts::new(self.begins),
            ends: Parts::new(self.ends),
            lower_begins: Parts::new(self.lower_begins),
            lower_ends: Parts::new(self.lower_ends),
            ranges: intervals(&self.ranges),
            v4: intervals(&self.v4),
            v6: intervals(&self.v6),
            needles: Needles::new(self.texts),
            ..self.index
        }
    }
}

fn bytes(text: &str) -> Box<[u8]> {
    text.as_bytes().into()
}

fn insert<K: Eq + std::hash::Hash>(map: &mut Map<K>, key: K, hit: Hit) {
    let hits = map.entry(key).or_default();
    if !hits.contains(&hit) {
        hits.push(hit);
    }
}

fn intervals<T: Ord + Copy>(all: &[(T, T, Hit)]) -> Option<Intervals<T, Hit>> {
    (!all.is_empty()).then(|| Intervals::new(all))
}
