//! The store in memory, for tests. It is also the simplest statement of what a store must do.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_detect::DataClass;

use super::counting::{Batch, Counting, PossibleRedelivery, ReceiptId};
use super::error::StoreError;
use super::first_seen::{Announcement, FlowId, first_seen};
use super::markers::Markers;
use super::outbox::{Outbox, PendingAnnouncements};
use super::reading::{Page, PageToken, Query, Reading};
use super::roll_up::{Retention, RollUp, RolledUp};
use super::subject_index::SubjectIndex;
use super::topology_history::{KeptTopology, TopologyHistory};
use crate::ledger::Ledger;
use crate::subject::{Sightings, SubjectId};
use crate::time::{Day, last_of_month};
use crate::topology::{Readings, Topology};

/// The number of announcements in a page of the outbox.
const OUTBOX_PAGE: usize = 20;

/// A store whose content ends with the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: Mutex<MemoryContent>,
}

#[derive(Debug, Default)]
struct MemoryContent {
    receipts: BTreeSet<ReceiptId>,
    /// The ids of the attempts that wrote a batch.
    writings: BTreeSet<ReceiptId>,
    sightings: Sightings,
    /// Facts and coverage by day.
    days: Ledger,
    /// Facts and coverage by month, under its first day, for days that are no longer kept.
    months: Ledger,
    markers: BTreeMap<(FlowId, DataClass), Markers>,
    outbox: BTreeMap<(Timestamp, String), Announcement>,
    topologies: BTreeMap<Day, Topology>,
    readings: Readings,
}

impl MemoryStore {
    fn content(&self) -> MutexGuard<'_, MemoryContent> {
        // A panic while the lock was held cannot have left a batch half written: `record` checks
        // everything first and only then adds.
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Counting for MemoryStore {
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let content = self.content();
        Ok(redeliveries
            .iter()
            .map(|redelivery| redelivery.id)
            .filter(|id| content.receipts.contains(id))
            .collect())
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        let mut content = self.content();
        let known: BTreeSet<ReceiptId> = batch
            .receipts
            .intersection(&content.receipts)
            .copied()
            .collect();
        let attempt = batch.attempt_id();
        if !known.is_empty() {
            return if content.writings.contains(&attempt) {
                Ok(None)
            } else {
                Err(StoreError::AlreadyCounted(known))
            };
        }
        content.receipts.extend(&batch.receipts);
        content.writings.insert(attempt);
        content.sightings.merge(&batch.sightings);
        content.days.merge(batch.ledger.clone());

        let id = batch.id();
        let mut new = Vec::new();
        for (flow, classes) in first_seen(batch) {
            for (class, seen) in classes {
                let markers = content.markers.entry((flow, class)).or_default();
                new.extend(markers.admit(seen, id));
            }
        }
        if new.is_empty() {
            return Ok(None);
        }
        let announcement = Announcement {
            id: format!("{id:?}"),
            first_seen: new,
        };
        content
            .outbox
            .insert((batch.at, announcement.id.clone()), announcement.clone());
        Ok(Some(announcement))
    }
}

#[async_trait]
impl Reading for MemoryStore {
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        if page.is_some() {
            return Err(StoreError::BadPageToken);
        }
        let span = query.span;
        let content = self.content();
        let mut ledger = content.days.clone();
        ledger.retain(span);
        let mut months = content.months.clone();
        months.retain_months(span);
        let whole_months = months
            .days()
            .into_iter()
            .filter(|month| !span.covers(*month, last_of_month(*month)))
            .collect();
        ledger.merge(months);
        Ok(Page {
            ledger,
            whole_months,
            damaged: BTreeSet::new(),
            next: None,
        })
    }
}

#[async_trait]
impl RollUp for MemoryStore {
    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError> {
        let mut content = self.content();
        let first_day = keep.first_day(now);
        let first_month = keep.first_month(now);
        let mut rolled = std::mem::take(&mut content.days);
        content.days = rolled.split_off(first_day);
        content.months.merge(rolled.by_month());
        content.months = content.months.split_off(first_month);
        content.sightings.forget_before(first_day);
        Ok(RolledUp::default())
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        let from = match page {
            None => Bound::Unbounded,
            Some(PageToken(token)) => {
                let (at, id) = token.split_once(' ').ok_or(StoreError::BadPageToken)?;
                let at = at.parse().map_err(|_| StoreError::BadPageToken)?;
                Bound::Excluded((at, id.to_owned()))
            }
        };
        let end = (before, String::new());
        if let Bound::Excluded(from) = &from
            && *from >= end
        {
            return Ok(PendingAnnouncements::default());
        }
        let content = self.content();
        let mut pending = content.outbox.range((from, Bound::Excluded(end)));
        let found: Vec<_> = pending.by_ref().take(OUTBOX_PAGE).collect();
        let is_last = pending.next().is_none();
        Ok(PendingAnnouncements {
            next: found
                .last()
                .filter(|_| !is_last)
                .map(|((at, id), _)| PageToken(format!("{at} {id}"))),
            announcements: found
                .into_iter()
                .map(|(_, announcement)| announcement.clone())
                .collect(),
        })
    }

    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError> {
        let mut content = self.content();
        content.outbox.retain(|(_, id), _| *id != announcement.id);
        Ok(())
    }
}

#[async_trait]
impl SubjectIndex for MemoryStore {
    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        Ok(self.content().sightings.of(subjects))
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        Ok(self.content().sightings.erase(subjects))
    }
}

#[async_trait]
impl TopologyHistory for MemoryStore {
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.content().topologies.insert(from, topology.clone());
        Ok(())
    }

    async fn put_readings(&self, readings: &Readings) -> Result<(), StoreError> {
        self.content().readings = readings.clone();
        Ok(())
    }

    async fn readings(&self) -> Result<Readings, StoreError> {
        Ok(self.content().readings.clone())
    }

    async fn kept_topology(&self, on: Day) -> Result<Option<KeptTopology>, StoreError> {
        let content = self.content();
        let latest = content
            .topologies
            .range((Bound::Unbounded, Bound::Included(on)))
            .next_back();
        Ok(latest.map(|(from, topology)| KeptTopology {
            from: *from,
            topology: topology.clone(),
        }))
    }
}
