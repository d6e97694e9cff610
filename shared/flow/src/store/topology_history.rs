//! The history of the topology: each topology with the day from which it holds.

use async_trait::async_trait;

use super::error::StoreError;
use crate::time::Day;
use crate::topology::{Change, Readings, Topology};

/// The part of a store that keeps topologies, and when they were read from accounts.
#[async_trait]
pub trait TopologyHistory: Send + Sync {
    /// Keeps a topology that holds from this day on.
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError>;

    /// Returns the topology that holds on a day, with the day from which it holds, or `None` if
    /// none was kept by then.
    async fn kept_topology(&self, on: Day) -> Result<Option<KeptTopology>, StoreError>;

    /// Keeps the last readings of accounts in place of those that are kept.
    async fn put_readings(&self, readings: &Readings) -> Result<(), StoreError>;

    /// Returns the last readings of accounts.
    async fn readings(&self) -> Result<Readings, StoreError>;

    /// Returns the topology that holds on a day, or `None` if none was kept by then.
    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError> {
        Ok(self.kept_topology(on).await?.map(|kept| kept.topology))
    }

    /// Returns the changes of every topology that began to hold after one day and until another, in
    /// the order of time.
    async fn topology_changes(&self, after: Day, until: Day) -> Result<Vec<Change>, StoreError> {
        let mut changes = Vec::new();
        let mut on = Some(until);
        while let Some(day) = on {
            let kept = self.kept_topology(day).await?;
            let Some(kept) = kept.filter(|kept| kept.from > after) else {
                break;
            };
            changes.extend_from_slice(kept.topology.changes());
            on = kept.from.yesterday().ok();
        }
        changes.sort();
        Ok(changes)
    }
}

/// A topology that a store keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptTopology {
    /// The day from which it holds.
    pub from: Day,
    /// The topology.
    pub topology: Topology,
}

impl KeptTopology {
    /// Returns what to keep after a topology was read on a day, given what is kept for that day.
    ///
    /// If it describes the same resources and routes as before, it holds from the same day on, and
    /// the changes that led to it stay. If it differs, it holds from today, and these changes led to
    /// it, beside those of earlier today.
    pub fn following(
        before: Option<Self>,
        topology: Topology,
        today: Day,
        mut changes: Vec<Change>,
    ) -> Self {
        let mut from = today;
        if let Some(before) = before {
            let is_same = before.topology.says_the_same_as(&topology);
            if is_same {
                from = before.from;
                changes = before.topology.changes().to_vec();
            } else if before.from == today {
                changes.extend_from_slice(before.topology.changes());
            }
        }
        Self {
            from,
            topology: topology.with_changes(changes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(from: &str, queue: &str, ids: &[&str]) -> KeptTopology {
        let topology = Topology::parse(&format!("{{version: 1, queues: {{{queue}: {{}}}}}}"));
        KeptTopology {
            from: from.parse().unwrap(),
            topology: topology.unwrap().with_changes(changes(ids)),
        }
    }

    fn changes(ids: &[&str]) -> Vec<Change> {
        let change = |id: &&str| Change {
            at: jiff::Timestamp::UNIX_EPOCH,
            id: (*id).to_owned(),
            action: None,
            names: Vec::new(),
        };
        ids.iter().map(change).collect()
    }

    fn following(before: Option<KeptTopology>, queue: &str, ids: &[&str]) -> KeptTopology {
        let read = kept("2026-11-21", queue, &[]).topology;
        let today = "2026-11-21".parse().unwrap();
        KeptTopology::following(before, read, today, changes(ids))
    }

    #[test]
    fn a_topology_that_changed_holds_from_today_with_the_changes_that_led_to_it() {
        let before = kept("2026-11-01", "old", &["1"]);
        assert_eq!(
            following(Some(before), "new", &["2"]),
            kept("2026-11-21", "new", &["2"])
        );
        assert_eq!(
            following(None, "new", &["2"]),
            kept("2026-11-21", "new", &["2"])
        );
    }

    #[test]
    fn a_topology_that_did_not_change_holds_from_the_same_day_with_its_own_changes() {
        let before = kept("2026-11-01", "old", &["1"]);
        assert_eq!(following(Some(before.clone()), "old", &["2"]), before);
    }

    #[test]
    fn the_changes_of_one_day_are_kept_together() {
        let before = kept("2026-11-21", "old", &["1"]);
        assert_eq!(
            following(Some(before), "new", &["2"]),
            kept("2026-11-21", "new", &["1", "2"])
        );
    }
}
