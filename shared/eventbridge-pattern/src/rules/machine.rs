//! Matches an event with many patterns at once.
//!
//! Patterns are split into *clauses* (one field's alternatives), and equal clauses of all patterns
//! are one. One index per field (`field_index`) finds the clauses that an event's values satisfy.
//! Each combination of clauses waits on its rarest clause, so that only combinations that have a
//! chance are checked; the others cost nothing. Bit sets record the clauses, fields and rules found
//! so far. For the number of rules that a bus has they are on the stack.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::arrays::{self, Budget, Offer, Spent};
use crate::bits::{self, Buffer};
use crate::condition::Condition;
use crate::event::Event;
use crate::field_index::{ClauseId, FieldIndex, Scratch};
use crate::paths::{FieldId, Found, Paths};
use crate::pattern::{offer, values};

pub(super) struct Machine {
    /// The fields, numbered in the order of their paths.
    pub(super) paths: Paths,
    /// The index of each field.
    pub(super) fields: Vec<FieldIndex>,
    /// The clauses, sorted by field, so that ascending numbers are in the order of their paths.
    pub(super) clauses: Vec<Clause>,
    /// The clauses that the absence of their field satisfies.
    pub(super) absences: Vec<ClauseId>,
    /// The clauses that combinations wait on.
    pub(super) awaited: Vec<u64>,
    /// The combinations, sorted by the clause that they wait on.
    pub(super) combinations: Vec<Combination>,
    /// The other clauses of combinations, besides those that they wait on.
    pub(super) others: Vec<ClauseId>,
    pub(super) rules: usize,
}

pub(super) struct Clause {
    pub(super) field: FieldId,
    pub(super) conditions: Arc<[Condition]>,
    pub(super) absent: bool,
    /// The combinations that wait on it.
    pub(super) waiting: Range<u32>,
}

pub(super) struct Combination {
    pub(super) rule: u32,
    pub(super) others: Range<u32>,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("fields", &self.fields.len())
            .field("clauses", &self.clauses.len())
            .field("combinations", &self.combinations.len())
            .finish_non_exhaustive()
    }
}

/// The number of words of bits that are kept on the stack: room for about a thousand rules.
const WORDS_ON_STACK: usize = 64;

impl Machine {
    /// Calls `answer` with the rules that match, and with those that could not be decided.
    pub(super) fn run<R>(&self, event: &Event<'_>, answer: impl FnOnce(&[u64], &[u64]) -> R) -> R {
        let [clauses, fields, rules] =
            [self.clauses.len(), self.fields.len(), self.rules].map(bits::words);
        let mut buffer = Buffer::<WORDS_ON_STACK>::new();
        let words = buffer.zeros(clauses + 2 * fields + 2 * rules);
        let (satisfied, words) = words.split_at_mut(clauses);
        let (outside, words) = words.split_at_mut(fields);
        let (inside, words) = words.split_at_mut(fields);
        let (matched, undecided) = words.split_at_mut(rules);

        let found = self.paths.find(event);
        let mut scratch = Scratch::new();
        for value in found.values() {
            let side = if value.within.is_some() {
                &mut *inside
            } else {
                &mut *outside
            };
            bits::insert(side, value.field);
            if let Some(leaf) = event.leaf(value.node) {
                self.fields[value.field as usize].satisfied_by(leaf, satisfied, &mut scratch);
            }
        }
        for &clause in &self.absences {
            // A field that only has values inside array elements may be absent from the element
            // that matters; `Together` decides that.
            if !bits::contains(outside, self.clauses[clause as usize].field) {
                bits::insert(satisfied, clause);
            }
        }

        let mut together = Together {
            machine: self,
            event,
            inside,
            found,
            budget: Budget::new(),
        };
        bits::each_in_both(satisfied, &self.awaited, |clause| {
            for combination in slice(&self.combinations, &self.clauses[clause as usize].waiting) {
                let others = slice(&self.others, &combination.others);
                let all_satisfied = others.iter().all(|&other| bits::contains(satisfied, other));
                if !all_satisfied {
                    continue;
                }
                match together.agree(clause, others) {
                    Ok(true) => bits::insert(matched, combination.rule),
                    Ok(false) => {}
                    Err(Spent) => bits::insert(undecided, combination.rule),
                }
            }
        });
        for (undecided, matched) in undecided.iter_mut().zip(&*matched) {
            *undecided &= !matched;
        }
        answer(matched, undecided)
    }
}

#[inline]
fn slice<'s, T>(all: &'s [T], range: &Range<u32>) -> &'s [T] {
    &all[range.start as usize..range.end as usize]
}

/// Decides whether clauses that an event satisfies each can be satisfied together. Only values
/// inside arrays of objects can disagree.
struct Together<'t> {
    machine: &'t Machine,
    event: &'t Event<'t>,
    /// The fields that have values inside arrays of objects.
    inside: &'t [u64],
    found: Found,
    budget: Budget,
}

impl Together<'_> {
    #[inline]
    fn agree(&mut self, first: ClauseId, others: &[ClauseId]) -> Result<bool, Spent> {
        if self.found.steps().is_empty() {
            return Ok(true);
        }
        self.agree_inside(first, others)
    }

    fn agree_inside(&mut self, first: ClauseId, others: &[ClauseId]) -> Result<bool, Spent> {
        // A value outside of arrays of objects agrees with everything.
        let clauses = others
            .iter()
            .chain([&first])
            .map(|&clause| &self.machine.clauses[clause as usize])
            .filter(|clause| bits::contains(self.inside, clause.field));
        let may_be_absent = clauses.clone().any(|clause| clause.absent);
        if !may_be_absent && clauses.clone().count() < 2 {
            return Ok(true);
        }
        self.found.sort_by_field();
        let (event, found) = (self.event, &self.found);
        let compared: usize = clauses
            .clone()
            .map(|clause| found.of(clause.field).len())
            .sum();
        self.budget.spend(compared)?;
        if !may_be_absent {
            let values = clauses
                .clone()
                .map(|clause| values(event, found, clause.field, &clause.conditions));
            if let Some(answer) = arrays::one_level(values, found.steps()) {
                return Ok(answer);
            }
        }
        let mut clauses: Vec<&Clause> = clauses.collect();
        // This is the order of their paths.
        clauses.sort_unstable_by_key(|clause| clause.field);
        let offers: Vec<Offer> = clauses
            .into_iter()
            .map(|clause| offer(event, found, clause.field, &clause.conditions))
            .collect();
        arrays::can_agree(&offers, found.steps(), &mut self.budget)
    }
}
