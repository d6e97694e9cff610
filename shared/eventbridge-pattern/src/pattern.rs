//! Represents one pattern, and matches events with it condition by condition.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::arrays::{self, Budget, Offer};
use crate::condition::Condition;
use crate::error::{PatternError, Undecided};
use crate::event::Event;
use crate::parse;
use crate::paths::{FieldId, Found, Paths, StepId};

/// An event pattern.
///
/// To match one event against many patterns, put them into [`RuleSet`](crate::RuleSet).
#[derive(Clone)]
pub struct Pattern {
    paths: Paths,
    combinations: Arc<[Vec<Field>]>,
}

/// The conditions of a pattern on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) path: Arc<str>,
    pub(crate) conditions: Arc<[Condition]>,
    id: FieldId,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern")
            .field("fields", &self.paths.field_count())
            .field("combinations", &self.combinations.len())
            .finish()
    }
}

impl Pattern {
    /// Parses a pattern from its JSON text.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut paths = Paths::new();
        let mut combinations: Vec<Vec<Field>> = parse::parse(text)?
            .into_iter()
            .map(|combination| {
                let mut fields: Vec<Field> = combination
                    .into_iter()
                    .map(|(path, conditions)| Field {
                        id: paths.field(&path),
                        path,
                        conditions,
                    })
                    .collect();
                fields.sort_by(|a, b| path_order(&a.path, &b.path));
                fields
            })
            .collect();
        share_numbers(&mut combinations);
        Ok(Self {
            paths,
            combinations: combinations.into(),
        })
    }

    /// Parses a pattern from a value.
    pub fn from_value(value: &serde_json::Value) -> Result<Self, PatternError> {
        Self::parse(&value.to_string())
    }

    /// Returns true if the event matches.
    pub fn matches(&self, event: &Event<'_>) -> Result<bool, Undecided> {
        let mut found = self.paths.find(event);
        found.sort_by_field();
        let mut budget = Budget::new();
        for fields in &*self.combinations {
            let offers: Vec<Offer> = fields
                .iter()
                .map(|field| offer(event, &found, field.id, &field.conditions))
                .collect();
            if arrays::can_agree(&offers, found.steps(), &mut budget).map_err(|_| Undecided)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn combinations(&self) -> &[Vec<Field>] {
        &self.combinations
    }
}

/// Compares two paths in the engine's order, in which the fields of arrays are matched.
pub(crate) fn path_order(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// Applies an effect of the engine: numbers in one combination stop addresses in another from
/// reading digits.
///
/// The engine puts all combinations of a pattern into one machine, in which those that begin with
/// the same fields share the state that compares the next field. If any of them compares it with
/// numbers, none of them reads a number's digits as those of an address (see
/// [`Condition::Address`]).
fn share_numbers(combinations: &mut [Vec<Field>]) {
    type Beginning = usize;
    let mut conditions = combinations
        .iter()
        .flatten()
        .flat_map(|field| &*field.conditions);
    if !conditions.any(Condition::reads_digits) {
        return;
    }
    let mut beginnings: HashMap<(Beginning, FieldId, Arc<[Condition]>), Beginning> = HashMap::new();
    let mut numeric: HashSet<(Beginning, FieldId)> = HashSet::new();
    let mut addressed: Vec<(usize, usize, Beginning)> = Vec::new();
    for (place, fields) in combinations.iter().enumerate() {
        let mut beginning = 0;
        for (index, field) in fields.iter().enumerate() {
            if field.conditions.iter().any(Condition::is_numeric) {
                numeric.insert((beginning, field.id));
            }
            if field.conditions.iter().any(Condition::reads_digits) {
                addressed.push((place, index, beginning));
            }
            let next = beginnings.len() + 1;
            let key = (beginning, field.id, Arc::clone(&field.conditions));
            beginning = *beginnings.entry(key).or_insert(next);
        }
    }
    for (place, index, beginning) in addressed {
        let field = &mut combinations[place][index];
        if numeric.contains(&(beginning, field.id)) {
            field.conditions = field
                .conditions
                .iter()
                .map(Condition::without_digits)
                .collect();
        }
    }
}

pub(crate) fn offer(
    event: &Event<'_>,
    found: &Found,
    field: FieldId,
    conditions: &[Condition],
) -> Offer {
    Offer {
        values: values(event, found, field, conditions).collect(),
        absent: conditions.contains(&Condition::Absent),
    }
}

/// Returns the values of a field: the array element of each, and true if it satisfies one of the
/// conditions.
pub(crate) fn values<'v>(
    event: &'v Event<'_>,
    found: &'v Found,
    field: FieldId,
    conditions: &'v [Condition],
) -> impl Iterator<Item = (Option<StepId>, bool)> + 'v {
    found.of(field).iter().map(move |value| {
        let satisfies = event
            .leaf(value.node)
            .is_some_and(|leaf| conditions.iter().any(|condition| condition.accepts(leaf)));
        (value.within, satisfies)
    })
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}
