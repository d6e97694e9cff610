//! Compares two topologies: finds the routes that were added, removed or changed.
//!
//! Ids that only templates use do not count as changes: neither a rule with another id, nor a queue
//! whose name AWS makes and that has another id, if all its routes stay the same. The order and the spelling of a pattern do not
//! count either. A route becomes wider if it accepts more records than before, passes on more of a
//! record, or leads to a place where records are less protected.

use std::collections::{BTreeMap, BTreeSet};

use eventbridge_pattern::Pattern;
use serde::Serialize;
use serde_json::Value;

use super::{End, Route, RouteKind, Topology};

/// The difference between two topologies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Routes that only the newer topology has.
    pub added: Vec<Route>,
    /// Routes that only the older topology has.
    pub removed: Vec<Route>,
    /// Routes that both have and that changed.
    pub changed: Vec<ChangedRoute>,
}

/// A route that is in both topologies and changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedRoute {
    /// The route before.
    pub before: Route,
    /// The route after.
    pub after: Route,
    /// The changes, each with its direction.
    pub changes: BTreeMap<Aspect, Direction>,
}

impl ChangedRoute {
    /// Returns true if the route lets more through in some aspect.
    pub fn widens(&self) -> bool {
        self.changes
            .values()
            .any(|direction| *direction == Direction::Wider)
    }
}

/// An aspect in which a route can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The records that it accepts: an event pattern, filters, a filter policy.
    Pattern,
    /// The part of a record that it passes on.
    Transformer,
    /// The encryption of its target.
    Encryption,
    /// The place for records that could not be delivered.
    DeadLetters,
    /// Whether it is switched on.
    State,
    /// Whether it is known that it exists.
    Certainty,
}

impl Aspect {
    /// Returns the name of the aspect.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Transformer => "transformer",
            Self::Encryption => "encryption",
            Self::DeadLetters => "dead-letters",
            Self::State => "state",
            Self::Certainty => "certainty",
        }
    }
}

/// The direction of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// It lets more through, or that could not be ruled out.
    Wider,
    /// It lets less through.
    Narrower,
}

impl Direction {
    /// Returns the name of the direction.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Narrower => "narrower",
        }
    }
}

impl Topology {
    /// Returns the difference from this topology to a newer one.
    pub fn difference(&self, newer: &Self) -> Difference {
        let (before, after) = (self.routes(), newer.routes());
        let is_id = |topology: &Self, end: &End| {
            let known = topology.resources().get(end);
            known.is_some_and(|known| known.is_name_generated)
        };
        let renamed = renamed_ends(&before, &after, |old, new| {
            is_id(self, old) && is_id(newer, new)
        });
        let named_as_before = |end: &End| renamed.get(end).unwrap_or(end).clone();
        let mut left: Vec<Option<Route>> = before.into_iter().map(Some).collect();
        let mut rest = Vec::new();
        // Equal routes are paired first, then those with the same name, then those between the same
        // ends.
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
        // From the weakest: no key, the service's, the account's, a customer's.
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
    /// Returns true if there is no difference.
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

/// Finds renamed ends. Returns each newer end with the older end that it stands for. A pair is the
/// only end of its kind that is gone and the only new one with the same routes. `are_ids` is true for two
/// ends that have ids of their templates in place of names: another name in AWS is another resource.
fn renamed_ends(
    before: &[Route],
    after: &[Route],
    are_ids: impl Fn(&End, &End) -> bool,
) -> BTreeMap<End, End> {
    let ends = |routes: &[Route]| -> BTreeSet<End> {
        routes
            .iter()
            .flat_map(|route| [route.from.clone(), route.to.clone()])
            .collect()
    };
    let (old, new) = (ends(before), ends(after));
    let gone: Vec<&End> = old.difference(&new).collect();
    let come: BTreeSet<&End> = new.difference(&old).collect();
    // The role of an end is the list of its routes: their kinds, conditions and other ends, by name
    // if that name is in both topologies.
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
            ([gone], [come]) if gone.kind() == come.kind() && are_ids(gone, come) => {
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
            // The two are only written differently.
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
    if before.is_approximate != after.is_approximate {
        change(Aspect::Certainty, before.is_approximate);
    }
    changes
}

/// Returns true if every record that a narrower pattern accepts is certainly accepted by a wider
/// one. An empty list accepts everything.
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

/// Returns true if more of a record is passed on after than before, or if that is not certain.
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
                    // A longer path below the same place passes on only a part of it.
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
