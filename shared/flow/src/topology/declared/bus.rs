//! Declares the rules and archives of a bus.

use serde_json::json;

use super::super::check::TARGETS;
use super::super::{
    Archive, End, EventPattern, Input, Origin, PlainRoute, PlainRouteKind, ResourceKind, Rule,
    Target,
};
use super::{Declarations, DeclaredInput, Document, Refusal, fitting};
use crate::home::Located;

/// A rule, with a pattern, a schedule, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredRule {
    /// The bus of the rule.
    pub bus: Located,
    /// The name of the rule.
    pub name: String,
    /// The id of the rule in its template, if it differs from the name.
    pub id: Option<String>,
    /// The `EventPattern`.
    pub pattern: Option<Document>,
    /// True if the rule has a `ScheduleExpression`.
    pub is_scheduled: bool,
    /// True if the `State` is `DISABLED`.
    pub disabled: bool,
    /// The targets of the rule.
    pub targets: Vec<DeclaredTarget>,
    /// The place where it is written.
    pub origin: Origin,
}

/// A target of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredTarget {
    /// The `Arn`.
    pub to: End,
    /// The input that the target is sent.
    pub input: DeclaredInput,
    /// The `DeadLetterConfig.Arn`.
    pub dead_letters: Option<End>,
    /// True if it is unknown whether the target exists.
    pub is_approximate: bool,
    /// The place where it is written.
    pub origin: Origin,
}

/// An archive.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredArchive {
    /// The bus of the archive.
    pub bus: Located,
    /// The name of the archive.
    pub name: String,
    /// The `EventPattern`. Without one, the archive keeps every event.
    pub pattern: Option<Document>,
    /// The place where it is written.
    pub origin: Origin,
}

/// The name of the end from which all schedules start, because no resource sends their records.
const SCHEDULE: &str = "schedule";

impl End {
    /// Returns the end from which schedules start.
    pub fn clock() -> Self {
        let name = Located {
            name: SCHEDULE.to_owned(),
            ..Located::default()
        };
        Self::new(ResourceKind::Schedule, name)
    }
}

fn event_pattern(document: Document) -> Result<EventPattern, Refusal> {
    let is_approximate = document.is_approximate();
    let json = match document {
        // Every event has a source.
        Document::Unknown => json!({ "source": [{ "exists": true }] }),
        known => known.json("event pattern")?,
    };
    Ok(EventPattern::new(json)?.approximating(is_approximate))
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
                    is_approximate: target.is_approximate,
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
                    is_approximate: target.is_approximate,
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

    /// Returns the name if no other rule or subscriber of the bus has it. Two templates that are never
    /// deployed together may both use a name; then a number is added in a form that no AWS name can
    /// have.
    pub(super) fn free_name(&mut self, bus: &Located, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 1_usize;
        while !self.rule_names.insert((bus.clone(), free.clone())) {
            number += 1;
            free = format!("{name}#{number}");
        }
        free
    }
}
