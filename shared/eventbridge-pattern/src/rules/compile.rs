//! Compiles many patterns into one machine.

use std::collections::HashMap;
use std::sync::Arc;

use super::machine::{Clause, Combination, Machine};
use crate::bits;
use crate::condition::Condition;
use crate::field_index::{ClauseId, FieldIndexBuilder, number_of};
use crate::paths::{FieldId, Paths};
use crate::pattern::{Pattern, path_order};

/// One combination of clauses for a rule to match.
struct Asked {
    rule: u32,
    clauses: Vec<ClauseId>,
}

impl Machine {
    /// Builds a machine whose rules are numbered as the patterns are.
    pub(super) fn of(patterns: &[&Pattern]) -> Self {
        let mut paths = paths_of(patterns);
        let (clauses, asked) = clauses_of(patterns, &mut paths);
        let mut builders: Vec<FieldIndexBuilder> = Vec::new();
        builders.resize_with(paths.field_count(), FieldIndexBuilder::default);
        for (id, clause) in (0..).zip(&clauses) {
            builders[clause.field as usize].add(id, &clause.conditions);
        }
        let absences = (0..)
            .zip(&clauses)
            .filter_map(|(id, clause)| clause.absent.then_some(id))
            .collect();
        let mut machine = Self {
            paths,
            fields: builders.into_iter().map(FieldIndexBuilder::build).collect(),
            absences,
            awaited: vec![0; bits::words(clauses.len())],
            clauses,
            combinations: Vec::with_capacity(asked.len()),
            others: Vec::new(),
            rules: patterns.len(),
        };
        machine.wait_on_the_rarest(&asked);
        machine
    }

    /// Assigns each combination to the one of its clauses that is satisfied least often.
    fn wait_on_the_rarest(&mut self, asked: &[Asked]) {
        let mut used = vec![0u32; self.clauses.len()];
        for &clause in asked.iter().flat_map(|all| &all.clauses) {
            used[clause as usize] += 1;
        }
        let often = |clause: ClauseId| {
            let conditions = &self.clauses[clause as usize].conditions;
            used[clause as usize].saturating_mul(openness(conditions))
        };
        let mut waiting = vec![Vec::new(); self.clauses.len()];
        for all in asked {
            // A pattern names at least one field, so every combination has a clause.
            let rarest = all.clauses.iter().copied().min_by_key(|&one| often(one));
            if let Some(rarest) = rarest {
                waiting[rarest as usize].push(all);
            }
        }
        for (clause, waiting) in (0..).zip(waiting) {
            if waiting.is_empty() {
                continue;
            }
            bits::insert(&mut self.awaited, clause);
            let start = number_of(self.combinations.len());
            for all in waiting {
                let first_other = number_of(self.others.len());
                let others = all.clauses.iter().filter(|&&other| other != clause);
                self.others.extend(others);
                self.combinations.push(Combination {
                    rule: all.rule,
                    others: first_other..number_of(self.others.len()),
                });
            }
            let end = number_of(self.combinations.len());
            self.clauses[clause as usize].waiting = start..end;
        }
    }
}

/// Returns all fields of the patterns, numbered in the order of their paths.
fn paths_of(patterns: &[&Pattern]) -> Paths {
    let mut names: Vec<&str> = patterns
        .iter()
        .flat_map(|pattern| pattern.combinations())
        .flatten()
        .map(|field| &*field.path)
        .collect();
    // Thousands of rules name a few fields, and the engine's order is slow to compare.
    names.sort_unstable();
    names.dedup();
    names.sort_by(|a, b| path_order(a, b));
    let mut paths = Paths::new();
    for name in names {
        paths.field(name);
    }
    paths
}

/// Returns the clauses of all patterns, without duplicates, numbered by field.
fn clauses_of<'p>(patterns: &[&'p Pattern], paths: &mut Paths) -> (Vec<Clause>, Vec<Asked>) {
    let mut known: HashMap<(FieldId, &'p [Condition]), ClauseId> = HashMap::new();
    let mut met: Vec<(FieldId, &'p Arc<[Condition]>)> = Vec::new();
    let mut asked = Vec::new();
    for (rule, pattern) in (0..).zip(patterns) {
        for fields in pattern.combinations() {
            let clauses = fields
                .iter()
                .map(|field| {
                    let id = paths.field(&field.path);
                    *known.entry((id, &field.conditions)).or_insert_with(|| {
                        met.push((id, &field.conditions));
                        number_of(met.len() - 1)
                    })
                })
                .collect();
            asked.push(Asked { rule, clauses });
        }
    }

    let mut by_field: Vec<ClauseId> = (0..number_of(met.len())).collect();
    by_field.sort_by_key(|&clause| met[clause as usize].0);
    let mut numbers = vec![0; met.len()];
    for (number, &clause) in (0..).zip(&by_field) {
        numbers[clause as usize] = number;
    }
    for clause in asked.iter_mut().flat_map(|all| &mut all.clauses) {
        *clause = numbers[*clause as usize];
    }
    let clauses = by_field
        .into_iter()
        .map(|clause| {
            let (field, conditions) = met[clause as usize];
            Clause {
                field,
                absent: conditions.contains(&Condition::Absent),
                conditions: Arc::clone(conditions),
                waiting: 0..0,
            }
        })
        .collect();
    (clauses, asked)
}

/// Estimates how often the conditions are satisfied.
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
