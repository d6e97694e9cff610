//! Adds content of the journal to months. Each leaf of a month's trees receives what it does not
//! contain yet.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use jiff::Timestamp;
use piitrail_flow::edge::{EdgeFacts, EdgeKey};
use piitrail_flow::ledger::{Coverage, Ledger, Place};
use piitrail_flow::store::{FlowId, Retention, StoreError};
use piitrail_flow::time::{Day, last_of_month, month_of};

use super::windows::Windows;
use crate::dynamodb::schema::{self, BITS_MAX, FACTS, Head, Item, LEAF_MAX, Leaf, Rolled};
use crate::dynamodb::table::{Conditional, Range, Transacted};
use crate::dynamodb::{DynamoStore, RACES_MAX, raced};

impl DynamoStore {
    /// Sets the expiry of every existing leaf after the retention was changed.
    pub(super) async fn restamp(
        &self,
        head: &Head,
        keep: Retention,
    ) -> Result<Conditional, StoreError> {
        for month in &head.months {
            for grain in [Rolled::Days, Rolled::People, Rolled::Month] {
                let expires_at = expires_at(*month, grain, keep);
                for (leaf, mut item) in self.leaves(*month, grain, "").await? {
                    let facts = item.remove(FACTS).and_then(|facts| match facts {
                        AttributeValue::B(facts) => Some(facts.into_inner()),
                        _ => None,
                    });
                    let (condition, value) = schema::leaf_is(&leaf);
                    let item = schema::leaf_item(*month, grain, &leaf, facts, expires_at);
                    let written = self
                        .table
                        .put_if("apply a retention", item, Some(condition), value)
                        .await?;
                    if written == Conditional::Rejected {
                        return Ok(Conditional::Rejected);
                    }
                }
            }
        }
        Ok(Conditional::Applied)
    }

    /// Adds to each leaf of a tree what it does not contain yet.
    pub(super) async fn fold_month(
        &self,
        month: Day,
        grain: Rolled,
        tree: &str,
        parts: &[Part],
        to: Timestamp,
        keep: &Retention,
    ) -> Result<(), StoreError> {
        for _ in 0..RACES_MAX {
            let root = Leaf {
                tree: tree.to_owned(),
                ..Leaf::default()
            };
            let mut leaves = self.leaves(month, grain, tree).await?;
            if leaves.is_empty() {
                let item = schema::leaf_item(month, grain, &root, None, None);
                if self
                    .table
                    .put_if("begin a month", item.clone(), Some(schema::IS_NEW), None)
                    .await?
                    == Conditional::Rejected
                {
                    continue;
                }
                leaves.push((root, item));
            }
            if self
                .fold_leaves(month, grain, leaves, parts, to, keep)
                .await?
                == Conditional::Applied
            {
                return Ok(());
            }
        }
        Err(raced("roll up a month"))
    }

    async fn fold_leaves(
        &self,
        month: Day,
        grain: Rolled,
        mut leaves: Vec<(Leaf, Item)>,
        parts: &[Part],
        to: Timestamp,
        keep: &Retention,
    ) -> Result<Conditional, StoreError> {
        let expires_at = expires_at(month, grain, *keep);
        // Leaves are unpacked one at a time, which bounds the memory.
        while let Some((leaf, item)) = leaves.pop() {
            let mut merged = self.held_in(&item, month).await?;
            let mut is_changed = false;
            for part in parts.iter().filter(|part| Some(part.end) > leaf.through) {
                is_changed |= part.merge_into(&mut merged, &leaf, grain, month);
            }
            if !is_changed {
                continue;
            }
            let facts = schema::pack(&merged)?;
            let (condition, value) = schema::leaf_is(&leaf);
            if facts.len() <= LEAF_MAX || leaf.bits.len() >= BITS_MAX {
                let next = Leaf {
                    through: Some(to),
                    ..leaf
                };
                let item = schema::leaf_item(month, grain, &next, Some(facts), expires_at);
                let written = self
                    .table
                    .put_if("roll up a month", item, Some(condition), value)
                    .await?;
                if written == Conditional::Rejected {
                    return Ok(Conditional::Rejected);
                }
                continue;
            }
            // The old content of the leaf is split first. Each half then receives its new content
            // in a later round.
            let held = Part::of(&self.held_in(&item, month).await?, to);
            let mark = Leaf {
                through: None,
                is_split: true,
                ..leaf.clone()
            };
            let mark = schema::leaf_item(month, grain, &mark, None, expires_at);
            let mut writes = vec![(mark, condition, value)];
            for bit in ["0", "1"] {
                let half = Leaf {
                    bits: format!("{}{bit}", leaf.bits),
                    ..leaf.clone()
                };
                let mut ledger = Ledger::default();
                held.merge_into(&mut ledger, &half, grain, month);
                let facts = schema::pack(&ledger)?;
                let item = schema::leaf_item(month, grain, &half, Some(facts), expires_at);
                writes.push((item.clone(), schema::IS_NEW, None));
                leaves.push((half, item));
            }
            if self.put_all(writes).await? == Conditional::Rejected {
                return Ok(Conditional::Rejected);
            }
        }
        Ok(Conditional::Applied)
    }

    /// Writes all items, each on its condition, or none of them.
    async fn put_all(
        &self,
        items: Vec<(Item, schema::Condition, Option<AttributeValue>)>,
    ) -> Result<Conditional, StoreError> {
        const ACTION: &str = "split a month";
        let mut writes = Vec::with_capacity(items.len());
        for (item, (condition, names), value) in items {
            let mut put = Put::builder()
                .table_name(self.table.name())
                .set_item(Some(item))
                .condition_expression(condition);
            for name in names {
                put = put.expression_attribute_names(format!("#{name}"), *name);
            }
            if let Some(value) = value {
                put = put.expression_attribute_values(":value", value);
            }
            let put = put.build().map_err(|e| StoreError::backend(ACTION, e))?;
            writes.push(TransactWriteItem::builder().put(put).build());
        }
        Ok(match self.table.transact(ACTION, writes).await? {
            Transacted::Applied => Conditional::Applied,
            Transacted::Rejected(_) => Conditional::Rejected,
        })
    }

    /// Returns the content of a leaf. A new leaf is empty. So is one whose content cannot be read,
    /// and a copy of it is kept.
    async fn held_in(&self, leaf: &Item, month: Day) -> Result<Ledger, StoreError> {
        if !leaf.contains_key(FACTS) {
            return Ok(Ledger::default());
        }
        if let Ok(ledger) = schema::ledger_of(leaf) {
            return Ok(ledger);
        }
        self.set_aside(std::slice::from_ref(leaf), month).await?;
        Ok(Ledger::default())
    }

    /// Reads the leaves of a tree. A leaf that does not say up to when it contains the journal is
    /// replaced by an empty one, and a copy of it is kept. An item that is not a leaf is left out.
    async fn leaves(
        &self,
        month: Day,
        grain: Rolled,
        tree: &str,
    ) -> Result<Vec<(Leaf, Item)>, StoreError> {
        let mut leaves = Vec::new();
        let mut start = None;
        loop {
            let range = Range {
                pk: schema::rolled(month),
                condition: "begins_with(#sk, :grain)",
                values: vec![(":grain", format!("{}{tree}", grain.prefix()))],
                attributes: schema::LEAF,
                consistent: true,
                start,
                limit: None,
            };
            let (items, next) = self.table.query("read a month", &range).await?;
            for item in items {
                if let Ok(leaf) = schema::leaf_of(&item, grain) {
                    leaves.push((leaf, item));
                    continue;
                }
                self.set_aside(std::slice::from_ref(&item), month).await?;
                if let Some(leaf) = schema::leaf_at(&item, grain) {
                    let empty = schema::leaf_item(month, grain, &leaf, None, None);
                    self.table.put("begin a month", empty.clone()).await?;
                    leaves.push((leaf, empty));
                }
            }
            start = next;
            if start.is_none() {
                break;
            }
        }
        // The mark of a split leaf only says that a tree exists. Nothing is added to it.
        if leaves.iter().any(|(leaf, _)| !leaf.is_split) {
            leaves.retain(|(leaf, _)| !leaf.is_split);
        }
        Ok(leaves)
    }
}

/// Returns the time at which the items of a month expire. Its days expire when the last of them is
/// no longer kept. The month as a whole never expires earlier, however few months are kept.
fn expires_at(month: Day, grain: Rolled, keep: Retention) -> Option<Timestamp> {
    let days = schema::days_after(last_of_month(month), keep.days.into());
    match grain {
        Rolled::Days | Rolled::People => days,
        // `None` means never.
        Rolled::Month => Some(schema::days_after(month, 31 * i64::from(keep.months))?.max(days?)),
    }
}

/// The content of one window about one month, with the position of each entry in a tree.
pub(super) struct Part {
    end: Timestamp,
    edges: Vec<(u32, Day, EdgeKey, EdgeFacts)>,
    coverage: Vec<(u32, Day, Place, Coverage)>,
}

impl Part {
    fn new(end: Timestamp) -> Self {
        Self {
            end,
            edges: Vec::new(),
            coverage: Vec::new(),
        }
    }

    fn of(ledger: &Ledger, end: Timestamp) -> Self {
        let mut part = Self::new(end);
        for ((day, key), facts) in &ledger.edges {
            part.push_edge(*day, key, facts);
        }
        for ((day, place), coverage) in &ledger.coverage {
            part.push_coverage(*day, place, coverage);
        }
        part
    }

    fn push_edge(&mut self, day: Day, key: &EdgeKey, facts: &EdgeFacts) {
        let bits = schema::bits_of_flow(FlowId::of(&key.flow));
        self.edges.push((bits, day, key.clone(), facts.clone()));
    }

    fn push_coverage(&mut self, day: Day, place: &Place, coverage: &Coverage) {
        let bits = schema::bits_of_place(place);
        self.coverage
            .push((bits, day, place.clone(), coverage.clone()));
    }

    /// Adds the entries that belong to a leaf. Returns true if there are any.
    fn merge_into(&self, ledger: &mut Ledger, leaf: &Leaf, grain: Rolled, month: Day) -> bool {
        let stands_under = |day: Day| match grain {
            Rolled::Days | Rolled::People => day,
            Rolled::Month => month,
        };
        let mut is_changed = false;
        for (bits, day, key, facts) in &self.edges {
            let is_here = match grain {
                Rolled::Days | Rolled::Month => leaf.holds("", *bits),
                Rolled::People => leaf.holds(&schema::tree_of_people(*day), *bits),
            };
            if !is_here {
                continue;
            }
            let (facts, people) = facts.clone().split_people();
            let part = match grain {
                Rolled::Days | Rolled::Month => Some(facts),
                Rolled::People => people,
            };
            if let Some(part) = part {
                ledger.add_edge(stands_under(*day), key.clone(), &part);
                is_changed = true;
            }
        }
        if grain != Rolled::People {
            for (bits, day, place, coverage) in &self.coverage {
                if leaf.holds("", *bits) {
                    ledger.add_coverage(stands_under(*day), place.clone(), coverage);
                    is_changed = true;
                }
            }
        }
        is_changed
    }
}

/// Returns the days on which people were counted.
pub(super) fn days_with_people(parts: &[Part]) -> BTreeSet<Day> {
    parts
        .iter()
        .flat_map(|part| &part.edges)
        .filter(|(_, _, _, facts)| !facts.people.is_unknown())
        .map(|(_, day, _, _)| *day)
        .collect()
}

type Months = BTreeMap<Day, BTreeMap<Timestamp, Part>>;

fn part_of(months: &mut Months, day: Day, end: Timestamp) -> &mut Part {
    let parts = months.entry(month_of(day)).or_default();
    parts.entry(end).or_insert_with(|| Part::new(end))
}

/// Splits the content of windows by month.
pub(super) fn by_month(windows: &Windows) -> BTreeMap<Day, Vec<Part>> {
    let mut months = Months::new();
    for (end, ledger) in windows {
        for ((day, key), facts) in &ledger.edges {
            part_of(&mut months, *day, *end).push_edge(*day, key, facts);
        }
        for ((day, place), coverage) in &ledger.coverage {
            part_of(&mut months, *day, *end).push_coverage(*day, place, coverage);
        }
    }
    months
        .into_iter()
        .map(|(month, parts)| (month, parts.into_values().collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn nothing_of_a_month_goes_while_it_is_kept_and_all_of_it_goes() {
        for (days, months) in [(400, 84), (400, 12), (400, 2), (31, 84), (1, 1)] {
            let keep = Retention { days, months };
            for month in ["2024-02-01", "2025-10-01", "2026-11-01"] {
                let month: Day = month.parse().unwrap();
                let of_days = expires_at(month, Rolled::Days, keep).unwrap();
                assert!(keep.first_day(of_days) > month, "{keep:?} {month}");
                assert!(keep.first_day(of_days - 48.hours()) <= month);
                assert_eq!(expires_at(month, Rolled::People, keep), Some(of_days));
                let whole = expires_at(month, Rolled::Month, keep).unwrap();
                assert!(keep.first_month(whole) > month, "{keep:?} {month}");
                assert!(whole >= of_days, "{keep:?} {month}");
            }
        }
        let for_ever = Retention {
            days: 400,
            months: u32::MAX,
        };
        let month = "2026-11-01".parse().unwrap();
        assert_eq!(expires_at(month, Rolled::Month, for_ever), None);
    }
}
