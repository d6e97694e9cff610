//! The ledger: edges and coverage by day, folded in memory and merged everywhere else.
//!
//! A tracer folds an invocation into a ledger, a store keeps many ledgers and returns them in
//! pages, and a report merges the pages. Merging is associative and commutative, so none of them
//! depends on the order. The tests of this module hold these laws.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::counts::{self, LimitCounts, UnreadableRecords};
use crate::edge::{EdgeFacts, EdgeKey};
use crate::limit::Limit;
use crate::time::{Day, Span, last_of_month, month_of};

mod packed;

pub use packed::PackError;

/// The deliveries and the unreadable records of one place on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The number of deliveries that were read.
    pub deliveries: u64,
    /// The number of records that could not be read, by reason. A redelivered record counts once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unreadable: UnreadableRecords,
    /// The number of times each limit was reached.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: LimitCounts,
}

impl Coverage {
    /// Counts a limit that was reached `times` times.
    pub(crate) fn add_limit(&mut self, limit: Limit, times: u64) {
        counts::count(&mut self.limits, limit, times);
    }

    /// Adds the coverage of the same place from another batch or day.
    pub fn merge(&mut self, other: &Self) {
        self.deliveries = self.deliveries.saturating_add(other.deliveries);
        counts::add(&mut self.unreadable, &other.unreadable);
        counts::add(&mut self.limits, &other.limits);
    }
}

/// Moves the entries of one map into another and merges entries with the same key.
fn merge_entries<K: Ord, V>(
    into: &mut BTreeMap<K, V>,
    from: BTreeMap<K, V>,
    merge: fn(&mut V, &V),
) {
    if into.is_empty() {
        *into = from;
        return;
    }
    for (key, value) in from {
        match into.entry(key) {
            Entry::Occupied(mut known) => merge(known.get_mut(), &value),
            Entry::Vacant(place) => {
                place.insert(value);
            }
        }
    }
}

/// The place where coverage is counted: the channel that a record was taken from, or `None` if the
/// function was invoked directly.
pub type Place = Option<Channel>;

/// Edges and coverage by day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The facts by day and edge.
    #[serde(with = "entries", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub edges: BTreeMap<(Day, EdgeKey), EdgeFacts>,
    /// The coverage by day and place.
    #[serde(with = "entries", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub coverage: BTreeMap<(Day, Place), Coverage>,
}

impl Ledger {
    /// Returns true if the ledger has neither edges nor coverage.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty() && self.coverage.is_empty()
    }

    /// Adds facts to an edge on a day.
    pub fn add_edge(&mut self, day: Day, key: EdgeKey, facts: &EdgeFacts) {
        self.edges.entry((day, key)).or_default().merge(facts);
    }

    /// Adds coverage to a place on a day.
    pub fn add_coverage(&mut self, day: Day, place: Place, coverage: &Coverage) {
        self.coverage
            .entry((day, place))
            .or_default()
            .merge(coverage);
    }

    /// Adds the edges and the coverage of another ledger.
    pub fn merge(&mut self, other: Self) {
        merge_entries(&mut self.edges, other.edges, EdgeFacts::merge);
        merge_entries(&mut self.coverage, other.coverage, Coverage::merge);
    }

    /// Returns the days that have facts or coverage.
    pub fn days(&self) -> BTreeSet<Day> {
        let of_edges = self.edges.keys().map(|(day, _)| *day);
        let of_coverage = self.coverage.keys().map(|(day, _)| *day);
        of_edges.chain(of_coverage).collect()
    }

    /// Returns the same facts and coverage, with each day's under the first day of its month.
    #[must_use]
    pub fn by_month(self) -> Self {
        let mut months = Self::default();
        for ((day, key), facts) in self.edges {
            months.add_edge(month_of(day), key, &facts);
        }
        for ((day, place), coverage) in self.coverage {
            months.add_coverage(month_of(day), place, &coverage);
        }
        months
    }

    /// Removes everything from a day on and returns it.
    #[must_use]
    pub fn split_off(&mut self, from: Day) -> Self {
        let mut rest = Self::default();
        self.edges.retain(|(day, key), facts| {
            if *day >= from {
                rest.add_edge(*day, key.clone(), facts);
            }
            *day < from
        });
        self.coverage.retain(|(day, place), coverage| {
            if *day >= from {
                rest.add_coverage(*day, place.clone(), coverage);
            }
            *day < from
        });
        rest
    }

    /// Keeps only the days in the span.
    pub fn retain(&mut self, span: Span) {
        self.edges.retain(|(day, _), _| span.contains(*day));
        self.coverage.retain(|(day, _), _| span.contains(*day));
    }

    /// Keeps only the months that overlap the span. Each month stands under its first day.
    pub fn retain_months(&mut self, span: Span) {
        let reaches = |month: Day| span.overlaps(month, last_of_month(month));
        self.edges.retain(|(month, _), _| reaches(*month));
        self.coverage.retain(|(month, _), _| reaches(*month));
    }
}

/// Serialises maps whose keys are structures as lists of entries, because JSON keys are text only.
mod entries {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}

#[cfg(test)]
mod tests;
