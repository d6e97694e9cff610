//! Events that were not read whole: the third part of the format.
//!
//! Most edges have none, so this part lists only the rows that have some.

use std::collections::BTreeMap;

use piitrail_detect::Unread;
use serde::{Deserialize, Serialize};

use super::PackError;
use crate::counts::KnownOrLater;
use crate::edge::{EdgeFacts, EdgeKey};
use crate::ledger::Ledger;
use crate::time::Day;

/// The rows of edge and day with events that were not read whole.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct UnreadRows {
    /// The names of the reasons, each once.
    reasons: Vec<KnownOrLater<Unread>>,
    rows: Vec<UnreadRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct UnreadRow {
    /// The number of the row of edge and day, in the order of the columns.
    row: u32,
    part_unread: u64,
    /// The number of events for each reason, with the index of the reason.
    events: Vec<(u32, u64)>,
}

impl UnreadRows {
    /// Collects the rows of a ledger.
    pub(super) fn of(ledger: &Ledger) -> Self {
        let is_unread = |facts: &EdgeFacts| facts.part_unread > 0 || !facts.unread.is_empty();
        if !ledger.edges.values().any(is_unread) {
            return Self::default();
        }
        // In the columns, the days of an edge stand one after the other.
        let in_order: BTreeMap<(&EdgeKey, Day), &EdgeFacts> = ledger
            .edges
            .iter()
            .map(|((day, key), facts)| ((key, *day), facts))
            .collect();
        let mut reasons: BTreeMap<&KnownOrLater<Unread>, u32> = BTreeMap::new();
        let named = in_order.values().flat_map(|facts| facts.unread.keys());
        for (index, name) in named
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .enumerate()
        {
            reasons.insert(name, super::count(index));
        }
        let rows = in_order.values().enumerate();
        Self {
            rows: rows
                .filter(|(_, facts)| is_unread(facts))
                .map(|(row, facts)| UnreadRow {
                    row: super::count(row),
                    part_unread: facts.part_unread,
                    events: facts
                        .unread
                        .iter()
                        .map(|(reason, events)| (reasons[reason], *events))
                        .collect(),
                })
                .collect(),
            reasons: reasons.into_keys().cloned().collect(),
        }
    }

    /// Returns a reader that gives out the rows in the order of the columns.
    pub(super) fn reader(&self) -> UnreadReader<'_> {
        UnreadReader {
            reasons: &self.reasons,
            rows: self.rows.iter().peekable(),
        }
    }
}

/// The rows that are still to be given out.
pub(super) struct UnreadReader<'u> {
    reasons: &'u [KnownOrLater<Unread>],
    rows: std::iter::Peekable<std::slice::Iter<'u, UnreadRow>>,
}

impl UnreadReader<'_> {
    /// Adds the unread events of the row with this number to the facts.
    pub(super) fn add(&mut self, row: u32, facts: &mut EdgeFacts) -> Result<(), PackError> {
        let Some(unread) = self.rows.next_if(|unread| unread.row == row) else {
            return Ok(());
        };
        facts.part_unread = unread.part_unread;
        for (reason, events) in &unread.events {
            let name = self
                .reasons
                .get(*reason as usize)
                .ok_or(PackError::damaged("a reason beyond its dictionary"))?;
            facts.unread.insert(name.clone(), *events);
        }
        Ok(())
    }
}
