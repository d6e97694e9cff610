//! Claims about the whole way of a record: it is counted once, and none of its values are kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_detect::{DataClass, Engine};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::edge::{Basis, EdgeFacts, EdgePath};
use crate::ledger::Ledger;
use crate::limit::Limit;
use crate::party::Party;
use crate::store::conformance::planted::{self, QUEUE, assert_absent, batch, message, planted};
use crate::store::{
    Announcement, Batch, MemoryStore, Page, PageToken, Query, Reading, RollUp, StoreError, read_all,
};
use crate::time::Span;
use crate::topology::Topology;

mod counting;
mod edges;
mod failures;
mod payloads;
mod unpacked;
mod unread;

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new()));

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Returns an event with the id that EventBridge would give to an event of this name.
fn event(name: &str, detail: &Value) -> Value {
    let number = name
        .bytes()
        .fold(0_u32, |sum, byte| sum * 31 + u32::from(byte));
    json!({
        "id": format!("4cabdb1f-94d2-4bd7-9b4f-87f3{number:08x}"), "detail-type": "OrderPlaced", "source": "com.shop.orders",
        "time": "2026-11-20T10:00:00Z", "detail": detail,
    })
}

fn order(id: &str, receive_count: u32) -> Value {
    let event = event(id, &json!({ "email": "ada@analytical-engines.org" }));
    message(id, &event.to_string(), receive_count)
}

/// Returns a tracer that does not count people.
fn tracer<'t>(store: &'t dyn Counting, router: &'t Router) -> Tracer<'t> {
    Tracer {
        engine: &ENGINE,
        router,
        store,
        fingerprinting: None,
        // Each tracer gets its own, because it counts the event types it has met.
        vocabulary: Box::leak(Box::default()),
        keep: Retention::default(),
    }
}

async fn count_with(store: &dyn Counting, router: &Router, payload: &str) -> Outcome {
    let tracer = tracer(store, router);
    let mut records = Records::default();
    records.open(payload.as_bytes(), "payload-1", 0);
    tracer.count(records, now()).await
}

async fn count(store: &dyn Counting, payload: &str) -> Outcome {
    count_with(store, &Router::unattributed(&ENGINE), payload).await
}

async fn ledger_in(store: &dyn Reading) -> Ledger {
    read_all(store, &Query::days(Span::default(), now()))
        .await
        .unwrap()
        .ledger
}

async fn events_in(store: &dyn Reading) -> u64 {
    ledger_in(store)
        .await
        .edges
        .values()
        .map(|facts| facts.events)
        .sum()
}

fn router(yaml: &str) -> Router {
    Router::new(&Topology::parse(yaml).unwrap(), &ENGINE)
}

/// A store that returns each given error once and then works.
#[derive(Default)]
struct Faulty {
    store: MemoryStore,
    answers: Mutex<VecDeque<StoreError>>,
    batch_max: Option<usize>,
    paths_max: Option<usize>,
    is_deaf: bool,
    sizes: Mutex<Vec<usize>>,
}

impl Faulty {
    fn answering(answers: impl IntoIterator<Item = StoreError>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            ..Self::default()
        }
    }
}

#[async_trait]
impl Counting for Faulty {
    async fn which_were_counted(
        &self,
        redeliveries: &[PossibleRedelivery],
    ) -> Result<BTreeSet<ReceiptId>, StoreError> {
        if self.is_deaf {
            return Err(StoreError::backend("read receipts", "no answer"));
        }
        self.store.which_were_counted(redeliveries).await
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        self.sizes.lock().unwrap().push(batch.receipts.len());
        let paths = |facts: &EdgeFacts| facts.classes.values().map(|class| class.paths.len()).sum();
        let most: usize = batch.ledger.edges.values().map(paths).max().unwrap_or(0);
        if self.batch_max.is_some_and(|max| batch.receipts.len() > max)
            || self.paths_max.is_some_and(|max| most > max)
        {
            return Err(StoreError::TooLarge { bytes: 2, limit: 1 });
        }
        if let Some(error) = self.answers.lock().unwrap().pop_front() {
            return Err(error);
        }
        self.store.record(batch).await
    }
}

#[async_trait]
impl Reading for Faulty {
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        self.store.read(query, page).await
    }
}
