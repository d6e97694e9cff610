//! A wrapper that makes any store flaky, for the fault suite.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use jiff::Timestamp;

use super::faults::{Backend, Chance};
use crate::store::{
    Announcement, Batch, Counting, KeptTopology, Outbox, Page, PageToken, PendingAnnouncements,
    PossibleRedelivery, Query, Reading, ReceiptId, Retention, RollUp, RolledUp, Store, StoreError,
    SubjectIndex, TopologyHistory,
};
use crate::subject::{Sightings, SubjectId};
use crate::time::Day;
use crate::topology::{Readings, Topology};

/// An instance of a store that outlives it. With faults on, its calls fail before they do anything,
/// or do their work and fail to answer. Each call awaits once before its work and once after it, so
/// that the caller can be killed there.
struct Flaky<S> {
    store: Arc<S>,
    faults: Arc<AtomicBool>,
    chance: Mutex<Chance>,
}

enum Fault {
    None,
    Before,
    After,
}

/// Awaits once, so that a caller that is killed at an await point can be killed here.
async fn yield_now() {
    let mut has_waited = false;
    poll_fn(|context| {
        if has_waited {
            return Poll::Ready(());
        }
        has_waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl<S> Flaky<S> {
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let fault = match self.chance.lock().unwrap().below(8) {
            _ if !self.faults.load(Ordering::Relaxed) => Fault::None,
            0 => Fault::Before,
            1 => Fault::After,
            _ => Fault::None,
        };
        yield_now().await;
        if matches!(fault, Fault::Before) {
            return Err(StoreError::Throttled("slow down".into()));
        }
        let result = call.await;
        yield_now().await;
        match fault {
            Fault::After => Err(StoreError::backend("answer", "the answer was lost")),
            _ => result,
        }
    }
}

#[async_trait]
impl<S: Counting> Counting for Flaky<S> {
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        self.call(self.store.which_were_counted(redeliveries)).await
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        self.call(self.store.record(batch)).await
    }
}

#[async_trait]
impl<S: Reading> Reading for Flaky<S> {
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        self.call(self.store.read(query, page)).await
    }
}

#[async_trait]
impl<S: RollUp> RollUp for Flaky<S> {
    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError> {
        self.call(self.store.roll_up(now, keep)).await
    }
}

#[async_trait]
impl<S: Outbox> Outbox for Flaky<S> {
    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        self.call(self.store.pending_announcements(before, page))
            .await
    }

    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError> {
        self.call(self.store.mark_announced(announcement)).await
    }
}

#[async_trait]
impl<S: SubjectIndex> SubjectIndex for Flaky<S> {
    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        self.call(self.store.sightings_of(subjects)).await
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        self.call(self.store.erase_subject(subjects)).await
    }
}

#[async_trait]
impl<S: TopologyHistory> TopologyHistory for Flaky<S> {
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.call(self.store.put_topology(from, topology)).await
    }

    async fn put_readings(&self, readings: &Readings) -> Result<(), StoreError> {
        self.call(self.store.put_readings(readings)).await
    }

    async fn readings(&self) -> Result<Readings, StoreError> {
        self.call(self.store.readings()).await
    }

    async fn kept_topology(&self, on: Day) -> Result<Option<KeptTopology>, StoreError> {
        self.call(self.store.kept_topology(on)).await
    }
}

/// A backend whose instances share one store and are all flaky.
#[derive(Debug)]
pub struct FlakyBackend<S> {
    store: Arc<S>,
    faults: Arc<AtomicBool>,
}

impl<S: Store> FlakyBackend<S> {
    /// Creates a backend on this store, with faults off.
    pub fn new(store: S) -> Self {
        Self {
            store: Arc::new(store),
            faults: Arc::new(AtomicBool::new(false)),
        }
    }
}

impl<S: Store + 'static> Backend for FlakyBackend<S> {
    fn instance(&self, chance: &mut Chance) -> Box<dyn Store> {
        Box::new(Flaky {
            store: Arc::clone(&self.store),
            faults: Arc::clone(&self.faults),
            chance: Mutex::new(chance.clone()),
        })
    }

    fn set_faults(&self, on: bool) {
        self.faults.store(on, Ordering::Relaxed);
    }
}
