//! What changed between two topologies: routes by their ends, their kind and their meaning.
//!
//! Ids that only templates use do not count as changes: neither a rule with another id, nor a queue with
//! another id that all its routes follow. The order and the spelling of a pattern do not count either. A
//! route becomes wider if it takes more records than before, passes more of a record, or leads to where
//! records are less protected.

use std::collections::{BTreeMap, BTreeSet};

use eventbridge_pattern::Pattern;
use serde::Serialize;
use serde_json::Value;

use super::{End, Route, RouteKind, Topology};

/// What changed from one topology to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Routes that were not there.
    pub added: Vec<Route>,
    /// Routes that are not there any more.
    pub removed: Vec<Route>,
    /// Routes that changed.
    pub changed: Vec<ChangedRoute>,
}

/// A route that is in both topologies, and differs.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedRoute {
    /// The route before.
    pub before: Route,
    /// The route after.
    pub after: Route,
    /// What differs, each with whether it lets more through.
    pub changes: BTreeMap<Aspect, Direction>,
}

impl ChangedRoute {
    /// Whether it lets more through in some respect.
    pub fn widens(&self) -> bool {
        self.changes
            .values()
            .any(|direction| *direction == Direction::Wider)
    }
}

/// In what respect a route differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Which records it takes: an event pattern, filters, a filter policy.
    Pattern,
    /// What it passes on of a record.
    Transformer,
    /// How what it leads to is encrypted.
    Encryption,
    /// Where what could not be delivered goes.
    DeadLetters,
    /// Whether it is switched on.
    State,
}

impl Aspect {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Transformer => "transformer",
            Self::Encryption => "encryption",
            Self::DeadLetters => "dead-letters",
            Self::State => "state",
        }
    }
}

/// Whether a change lets more through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// It does, or it could not be shown that it does not.
    Wider,
    /// It lets less through.
    Narrower,
}

impl Direction {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Narrower => "narrower",
        }
    }
}

impl Topology {
    /// What changed from this topology to a newer one.
    pub fn difference(&self, newer: &Self) -> Difference {
        let (before, after) = (self.routes(), newer.routes());
        let renamed = renamed_ends(&before, &after);
        let named_as_before = |end: &End| renamed.get(end).unwrap_or(end).clone();
        let mut left: Vec<Option<Route>> = before.into_iter().map(Some).collect();
        let mut rest = Vec::new();
        // Equal routes first, then those of the same name, then those between the same ends.
        let mut pending: Vec<Route> = after;
        let closeness: [fn(&Route, &Route) -> bool; 3] = [
            |before, after| before.condition == after.condition && before.input == after.input,
            |before, after| before.via == after.via,
            |_, _| true,
        ];
        let mut pairs = Vec::new();
        for is_close in closeness {
            for route in pending.drain(..) {
                let (from, to) = (named_as_before(&route.from), named_as_before(&route.to));
                let same = left.iter_mut().find(|before| {
                    before.as_ref().is_some_and(|before| {
                        before.kind == route.kind
                            && before.is_enrichment == route.is_enrichment
                            && before.from == from
                            && before.to == to
                            && is_close(before, &route)
                    })
                });
                match same.and_then(Option::take) {
                    Some(before) => pairs.push((before, route)),
                    None => rest.push(route),
                }
            }
            pending = std::mem::take(&mut rest);
        }
        let mut difference = Difference {
            added: pending,
            removed: left.into_iter().flatten().collect(),
            changed: Vec::new(),
        };
        for (before, after) in pairs {
            let mut changes = changes_of(&before, &after, &named_as_before);
            if let Some(direction) = self.protection_changes(&before.to, newer, &after.to) {
                changes.insert(Aspect::Encryption, direction);
            }
            if !changes.is_empty() {
                difference.changed.push(ChangedRoute {
                    before,
                    after,
                    changes,
                });
            }
        }
        difference.sort();
        difference
    }

    fn protection_changes(&self, before: &End, newer: &Self, after: &End) -> Option<Direction> {
        let of = |topology: &Self, end: &End| {
            let known = topology.resources().get(end);
            known
                .map(|known| known.encryption.clone())
                .unwrap_or_default()
        };
        let (before, after) = (of(self, before), of(newer, after));
        if before == after {
            return None;
        }
        // From weakest: nobody's key, the service's, the account's, a customer's.
        let strength = |encryption: &super::Encryption| match encryption {
            super::Encryption::Unknown => None,
            super::Encryption::None => Some(0),
            super::Encryption::ServiceDefault => Some(1),
            super::Encryption::AwsManaged => Some(2),
            super::Encryption::CustomerManaged(_) => Some(3),
        };
        Some(match (strength(&before), strength(&after)) {
            (None, _) => return None,
            (Some(before), Some(after)) if after >= before => Direction::Narrower,
            _ => Direction::Wider,
        })
    }
}

impl Difference {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    fn sort(&mut self) {
        fn key(route: &Route) -> (&End, RouteKind, &End, &str) {
            (&route.from, route.kind, &route.to, &route.via)
        }
        self.added.sort_by(|one, other| key(one).cmp(&key(other)));
        self.removed.sort_by(|one, other| key(one).cmp(&key(other)));
        self.changed
            .sort_by(|one, other| key(&one.after).cmp(&key(&other.after)));
    }
}

/// Ends of the newer routes that stand for an end of the older ones under another name, each with that
/// end: the only end of its kind that is gone, and the only new one, whose routes are the same.
fn renamed_ends(before: &[Route], after: &[Route]) -> BTreeMap<End, End> {
    let ends = |routes: &[Route]| -> BTreeSet<End> {
        routes
            .iter()
            .flat_map(|route| [route.from.clone(), route.to.clone()])
            .collect()
    };
    let (old, new) = (ends(before), ends(after));
    let gone: Vec<&End> = old.difference(&new).collect();
    let come: BTreeSet<&End> = new.difference(&old).collect();
    // What an end is by its routes: their kinds, conditions and the other ends, where those have kept
    // their names.
    let role = |end: &End, routes: &[Route]| -> Vec<String> {
        let other = |other: &End| {
            if other == end {
                "itself".to_owned()
            } else if old.contains(other) && new.contains(other) {
                format!("{other:?}")
            } else {
                other.kind().as_str().to_owned()
            }
        };
        let mut role: Vec<String> = routes
            .iter()
            .filter(|route| route.from == *end || route.to == *end)
            .map(|route| {
                format!(
                    "{} {} {} {:?} {:?}",
                    route.kind.as_str(),
                    other(&route.from),
                    other(&route.to),
                    route.condition,
                    route.input
                )
            })
            .collect();
        role.sort();
        role
    };
    let mut by_role: BTreeMap<Vec<String>, (Vec<&End>, Vec<&End>)> = BTreeMap::new();
    for end in gone {
        by_role.entry(role(end, before)).or_default().0.push(end);
    }
    for end in come {
        by_role.entry(role(end, after)).or_default().1.push(end);
    }
    by_role
        .into_values()
        .filter_map(|(gone, come)| match (&gone[..], &come[..]) {
            ([gone], [come]) if gone.kind() == come.kind() => {
                Some(((*come).clone(), (*gone).clone()))
            }
            _ => None,
        })
        .collect()
}

fn changes_of(
    before: &Route,
    after: &Route,
    named_as_before: &impl Fn(&End) -> End,
) -> BTreeMap<Aspect, Direction> {
    let mut changes = BTreeMap::new();
    let mut change = |aspect, is_wider| {
        let direction = if is_wider {
            Direction::Wider
        } else {
            Direction::Narrower
        };
        changes.insert(aspect, direction);
    };
    if before.condition != after.condition {
        match (
            covers(&before.condition, &after.condition),
            covers(&after.condition, &before.condition),
        ) {
            // Another spelling of the same.
            (true, true) => {}
            (is_covered, _) => change(Aspect::Pattern, !is_covered),
        }
    }
    if before.input != after.input {
        change(
            Aspect::Transformer,
            passes_more(before.input.as_ref(), after.input.as_ref()),
        );
    }
    let holder = after.dead_letters.as_ref().map(named_as_before);
    if before.dead_letters != holder {
        change(Aspect::DeadLetters, holder.is_some());
    }
    if before.disabled != after.disabled {
        change(Aspect::State, before.disabled);
    }
    changes
}

/// Whether every record that one of the narrower patterns takes is certain to be taken by one of the
/// wider. No pattern at all takes everything.
fn covers(wider: &[Value], narrower: &[Value]) -> bool {
    if wider.is_empty() {
        return true;
    }
    if narrower.is_empty() {
        return false;
    }
    let parse = |patterns: &[Value]| -> Option<Vec<Pattern>> {
        patterns
            .iter()
            .map(|pattern| Pattern::from_value(pattern).ok())
            .collect()
    };
    let (Some(wider), Some(narrower)) = (parse(wider), parse(narrower)) else {
        return false;
    };
    narrower
        .iter()
        .all(|narrow| wider.iter().any(|wide| wide.covers(narrow)))
}

/// Whether more of a record is passed on after than before; true where that is not certain.
fn passes_more(before: Option<&Value>, after: Option<&Value>) -> bool {
    let text = |input: &Value, key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
    match (before, after) {
        // Everything was passed on before.
        (None, _) => false,
        (Some(_), None) => true,
        // A constant passes nothing on.
        (Some(_), Some(after)) if after.get("input").is_some() => false,
        (Some(before), Some(after)) => {
            match (text(before, "input_path"), text(after, "input_path")) {
                (Some(before), Some(after)) => {
                    // A longer path below the same place passes on a part of it.
                    let below = after.strip_prefix(&before);
                    !below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                }
                _ => true,
            }
        }
    }
}

#[cfg(test)]
mod tests;
