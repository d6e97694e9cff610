//! The books in memory: for tests, and the plainest statement of what a store must do.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Batch, Claim, Page, PageToken, ReceiptId, Store, StoreError};
use crate::ledger::Ledger;
use crate::subject::{Sightings, SubjectId};
use crate::time::{Day, Span};
use crate::topology::Topology;

/// Edges on one page. Small, so that tests see several.
const PAGE_ENTRIES: usize = 100;

/// A store that ends with the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    receipts: BTreeSet<ReceiptId>,
    ledger: Ledger,
    sightings: Sightings,
    topologies: BTreeMap<Day, Topology>,
}

impl MemoryStore {
    fn books(&self) -> MutexGuard<'_, Books> {
        // A panic while it was held cannot have left a batch half written: `record` checks first
        // and then only adds.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn counted(&self, claims: &[Claim]) -> Result<BTreeSet<ReceiptId>, StoreError> {
        let books = self.books();
        Ok(claims
            .iter()
            .map(|claim| claim.id)
            .filter(|id| books.receipts.contains(id))
            .collect())
    }

    async fn record(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut books = self.books();
        let known: BTreeSet<ReceiptId> = batch
            .receipts
            .intersection(&books.receipts)
            .copied()
            .collect();
        if !known.is_empty() {
            return if known.len() == batch.receipts.len() {
                Ok(())
            } else {
                Err(StoreError::AlreadyCounted(known))
            };
        }
        books.receipts.extend(&batch.receipts);
        books.ledger.merge(batch.ledger.clone());
        books.sightings.merge(&batch.sightings);
        Ok(())
    }

    async fn read(
        &self,
        span: Span,
        _now: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<Page, StoreError> {
        let skip: usize = match page {
            Some(token) => token.0.parse().map_err(|_| StoreError::BadPageToken)?,
            None => 0,
        };
        let books = self.books();
        let mut rest = books
            .ledger
            .edges
            .iter()
            .filter(|((day, _), _)| span.contains(*day))
            .skip(skip);
        let edges = rest
            .by_ref()
            .take(PAGE_ENTRIES)
            .map(|(edge, facts)| (edge.clone(), facts.clone()))
            .collect();
        let next = rest
            .next()
            .map(|_| PageToken(skip.saturating_add(PAGE_ENTRIES).to_string()));
        let coverage = books
            .ledger
            .coverage
            .iter()
            .filter(|((day, _), _)| skip == 0 && span.contains(*day))
            .map(|(place, coverage)| (place.clone(), coverage.clone()))
            .collect();
        Ok(Page {
            ledger: Ledger { edges, coverage },
            next,
        })
    }

    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        Ok(self.books().sightings.of(subjects))
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        Ok(self.books().sightings.erase(subjects))
    }

    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.books().topologies.insert(from, topology.clone());
        Ok(())
    }

    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError> {
        let books = self.books();
        let latest = books
            .topologies
            .range((Bound::Unbounded, Bound::Included(on)))
            .next_back();
        Ok(latest.map(|(_, topology)| topology.clone()))
    }
}
