//! Many patterns as one machine.
//!
//! Patterns are taken apart into *clauses* (one field's alternatives), equal clauses of all patterns
//! becoming one. An event's values are put through one index per field (`field_index.rs`), which
//! says which clauses are satisfied. Each combination of clauses waits on its rarest clause, so that
//! only combinations with a chance are looked at; the others cost nothing.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::arrays::{self, Budget, Offer, Spent};
use crate::condition::Condition;
use crate::event::Event;
use crate::field_index::{ClauseId, Clauses, FieldIndex, FieldIndexBuilder, Scratch, number_of};
use crate::paths::{FieldId, Found, Paths};
use crate::pattern::{Pattern, offer};

/// Many patterns, each under a key: a rule's name, an index, whatever tells them apart.
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
    paths: Paths,
    /// By field.
    fields: Vec<FieldIndex>,
    clauses: Vec<Clause>,
    /// The clauses that the absence of their field satisfies.
    absences: Vec<(FieldId, ClauseId)>,
    combinations: Vec<Combination>,
    /// By clause: the combinations that are looked at when it is satisfied.
    waiting: Vec<Vec<u32>>,
}

struct Clause {
    field: FieldId,
    conditions: Arc<[Condition]>,
    absent: bool,
}

struct Combination {
    rule: u32,
    /// In the order of their paths.
    clauses: Box<[ClauseId]>,
}

/// What a rule set says of an event.
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
            .field("fields", &self.fields.len())
            .field("clauses", &self.clauses.len())
            .field("combinations", &self.combinations.len())
            .finish_non_exhaustive()
    }
}

impl<K> FromIterator<(K, Pattern)> for RuleSet<K> {
    fn from_iter<I: IntoIterator<Item = (K, Pattern)>>(rules: I) -> Self {
        let mut set = Self {
            keys: Vec::new(),
            paths: Paths::new(),
            fields: Vec::new(),
            clauses: Vec::new(),
            absences: Vec::new(),
            combinations: Vec::new(),
            waiting: Vec::new(),
        };
        let mut known: HashMap<(FieldId, Arc<[Condition]>), ClauseId> = HashMap::new();
        for (key, pattern) in rules {
            let rule = number_of(set.keys.len());
            set.keys.push(key);
            for fields in pattern.combinations() {
                let clauses = fields
                    .iter()
                    .map(|field| {
                        let id = set.paths.field(&field.path);
                        let clause = (id, Arc::clone(&field.conditions));
                        *known.entry(clause).or_insert_with_key(|(id, conditions)| {
                            set.clauses.push(Clause {
                                field: *id,
                                absent: conditions.contains(&Condition::Absent),
                                conditions: Arc::clone(conditions),
                            });
                            number_of(set.clauses.len() - 1)
                        })
                    })
                    .collect();
                set.combinations.push(Combination { rule, clauses });
            }
        }
        set.index();
        set
    }
}

impl<K> RuleSet<K> {
    /// Fills the indexes from the clauses and combinations.
    fn index(&mut self) {
        let mut builders: Vec<FieldIndexBuilder> = Vec::new();
        builders.resize_with(self.paths.field_count(), FieldIndexBuilder::default);
        for (id, clause) in (0..).zip(&self.clauses) {
            builders[clause.field as usize].add(id, &clause.conditions);
            if clause.absent {
                self.absences.push((clause.field, id));
            }
        }
        self.fields = builders.into_iter().map(FieldIndexBuilder::build).collect();

        let mut used = vec![0u32; self.clauses.len()];
        for combination in &self.combinations {
            for &clause in &combination.clauses {
                used[clause as usize] += 1;
            }
        }
        self.waiting = vec![Vec::new(); self.clauses.len()];
        for (id, combination) in (0..).zip(&self.combinations) {
            let rarest = combination.clauses.iter().min_by_key(|clause| {
                let place = **clause as usize;
                used[place].saturating_mul(openness(&self.clauses[place].conditions))
            });
            if let Some(&rarest) = rarest {
                self.waiting[rarest as usize].push(id);
            }
        }
    }

    /// How many patterns the set holds.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the set holds no pattern.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The patterns that the event matches.
    pub fn matches(&self, event: &Event<'_>) -> Matches<'_, K> {
        let found = self.paths.find(event);
        let satisfied = self.satisfied(event, &found);
        let mut budget = Budget::new();
        let mut matched = Vec::with_capacity(16);
        let mut undecided = Vec::new();
        for clause in satisfied.iter() {
            for &id in &self.waiting[clause as usize] {
                let combination = &self.combinations[id as usize];
                let clauses = &*combination.clauses;
                if !clauses.iter().all(|&clause| satisfied.has(clause)) {
                    continue;
                }
                match self.agrees(event, &found, clauses, &mut budget) {
                    Ok(true) => matched.push(combination.rule),
                    Ok(false) => {}
                    Err(Spent) => undecided.push(combination.rule),
                }
            }
        }
        matched.sort_unstable();
        matched.dedup();
        undecided.sort_unstable();
        undecided.dedup();
        undecided.retain(|rule| matched.binary_search(rule).is_err());
        let keys = |rules: Vec<u32>| {
            rules
                .into_iter()
                .map(|rule| &self.keys[rule as usize])
                .collect()
        };
        Matches {
            matched: keys(matched),
            undecided: keys(undecided),
        }
    }

    /// The clauses that some value, or the absence of any, may satisfy.
    fn satisfied(&self, event: &Event<'_>, found: &Found) -> Clauses {
        let mut satisfied = Clauses::none_of(self.clauses.len());
        let mut scratch = Scratch::default();
        for value in found.values() {
            if let Some(leaf) = event.leaf(value.node) {
                self.fields[value.field as usize].satisfied_by(leaf, &mut satisfied, &mut scratch);
            }
        }
        for &(field, clause) in &self.absences {
            // A field that only has values inside array elements may still be absent from the
            // element that matters; `agrees` finds out.
            if found.of(field).all(|(_, value)| value.within.is_some()) {
                satisfied.satisfy(clause);
            }
        }
        satisfied
    }

    /// Whether clauses that are each satisfied can be so together.
    fn agrees(
        &self,
        event: &Event<'_>,
        found: &Found,
        clauses: &[ClauseId],
        budget: &mut Budget,
    ) -> Result<bool, Spent> {
        // Without arrays of objects there is nothing to disagree about.
        if found.steps.is_empty() {
            return Ok(true);
        }
        let clauses = clauses.iter().map(|&clause| &self.clauses[clause as usize]);
        let mut in_arrays = 0;
        let mut absence_in_arrays = false;
        for clause in clauses.clone() {
            if found
                .of(clause.field)
                .any(|(_, value)| value.within.is_some())
            {
                in_arrays += 1;
                absence_in_arrays |= clause.absent;
            }
        }
        if in_arrays < 2 && !absence_in_arrays {
            return Ok(true);
        }
        let offers: Vec<Offer> = clauses
            .map(|clause| offer(event, found, clause.field, &clause.conditions))
            .collect();
        arrays::can_agree(&offers, &found.steps, budget)
    }
}

/// How readily the conditions are satisfied, by rule of thumb.
fn openness(conditions: &[Condition]) -> u32 {
    conditions
        .iter()
        .map(|condition| match condition {
            Condition::Exact(_) | Condition::Number { .. } | Condition::Address { .. } => 1,
            Condition::Text(_) | Condition::Between(..) | Condition::Literal(_) => 8,
            Condition::Not(_) | Condition::Exists | Condition::Absent => 64,
        })
        .fold(0, u32::saturating_add)
}
