//! Rules and archives of a bus.

use super::super::check::TARGETS;
use super::super::{
    Archive, End, EventPattern, Input, Origin, PlainRoute, PlainRouteKind, ResourceKind, Rule,
    Target,
};
use super::{Declarations, DeclaredInput, Document, Refusal, fitting};
use crate::home::Located;

/// A rule: with a pattern, with a schedule, or with both.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredRule {
    /// Its bus.
    pub bus: Located,
    /// Its name.
    pub name: String,
    /// What a template calls it, where that differs.
    pub id: Option<String>,
    /// `EventPattern`.
    pub pattern: Option<Document>,
    /// Whether it has a `ScheduleExpression`.
    pub is_scheduled: bool,
    /// Whether its `State` is `DISABLED`.
    pub disabled: bool,
    /// Its targets.
    pub targets: Vec<DeclaredTarget>,
    /// Where it is written.
    pub origin: Origin,
}

/// A target of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredTarget {
    /// `Arn`.
    pub to: End,
    /// What it is sent.
    pub input: DeclaredInput,
    /// `DeadLetterConfig.Arn`.
    pub dead_letters: Option<End>,
    /// Where it is written.
    pub origin: Origin,
}

/// An archive.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredArchive {
    /// Its bus.
    pub bus: Located,
    /// Its name.
    pub name: String,
    /// `EventPattern`; without one it keeps every event.
    pub pattern: Option<Document>,
    /// Where it is written.
    pub origin: Origin,
}

/// What all schedules start from: no resource sends what they send.
const SCHEDULE: &str = "schedule";

impl End {
    /// The clock, from which schedules start.
    pub fn clock() -> Self {
        let name = Located {
            name: SCHEDULE.to_owned(),
            ..Located::default()
        };
        Self::new(ResourceKind::Schedule, name)
    }
}

fn event_pattern(document: Document) -> Result<EventPattern, Refusal> {
    Ok(EventPattern::new(document.json("event pattern")?)?)
}

impl Declarations {
    pub(super) fn declare_rule(&mut self, rule: DeclaredRule) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let pattern = rule.pattern.map(event_pattern).transpose();
        let pattern = pattern.unwrap_or_else(|refusal| {
            refusals.push(refusal);
            None
        });
        let mut targets = Vec::new();
        for (index, target) in rule.targets.into_iter().enumerate() {
            let to = fitting(target.to, TARGETS, ResourceKind::Other);
            if rule.is_scheduled {
                let dead_letters = self.dead_letter_queue(target.dead_letters.clone());
                self.draft.routes.push(PlainRoute {
                    kind: PlainRouteKind::Schedule,
                    from: End::clock(),
                    to: to.clone(),
                    via: Some(rule.id.clone().unwrap_or_else(|| rule.name.clone())),
                    filter: None,
                    input: target.input.clone().into_json(),
                    disabled: rule.disabled,
                    dead_letters,
                    origin: target.origin,
                });
            }
            if pattern.is_none() {
                continue;
            }
            match Input::new(target.input.form()) {
                Ok(input) => targets.push(Target {
                    to,
                    input,
                    dead_letters: self.dead_letter_queue(target.dead_letters),
                    origin: target.origin,
                }),
                Err(problem) => refusals.push(Refusal::Input {
                    number: index + 1,
                    problem,
                }),
            }
        }
        if let Some(pattern) = pattern {
            let name = self.free_name(&rule.bus, &rule.name);
            let rules = &mut self.draft.buses.entry(rule.bus).or_default().rules;
            rules.push(Rule {
                id: rule.id.filter(|id| *id != name),
                name,
                disabled: rule.disabled,
                pattern,
                targets,
                origin: rule.origin,
            });
        }
        refusals
    }

    pub(super) fn declare_archive(&mut self, archive: DeclaredArchive) -> Result<(), Refusal> {
        let pattern = archive.pattern.map(event_pattern).transpose()?;
        let archives = &mut self.draft.buses.entry(archive.bus).or_default().archives;
        archives.push(Archive {
            name: archive.name,
            pattern,
            origin: archive.origin,
        });
        Ok(())
    }

    /// The name, or where another rule of the bus has it, as in two templates that are never deployed
    /// together, the name with a number that no AWS name can have.
    fn free_name(&mut self, bus: &Located, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 1_usize;
        while !self.rule_names.insert((bus.clone(), free.clone())) {
            number += 1;
            free = format!("{name}#{number}");
        }
        free
    }
}
