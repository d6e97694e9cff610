//! Tests of the store in DynamoDB while any call may fail.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::base64;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use jiff::ToSpan as _;
use piitrail_detect::{Confidence, DataClass, Engine};
use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, Flow};
use piitrail_flow::ledger::Ledger;
use piitrail_flow::name::Name;
use piitrail_flow::party::{Party, PartyKind};
use piitrail_flow::store::conformance::faults::{self, Chance, until_killed};
use piitrail_flow::store::{
    Announcement, Batch, Counting, Outbox, PossibleRedelivery, Query, ReceiptId, Retention, RollUp,
    StoreError, SubjectIndex, TopologyHistory, all_pending_announcements, conformance, first_seen,
    read_all,
};
use piitrail_flow::subject::{Sighting, Sightings, SubjectId};
use piitrail_flow::time::{Span, day_of};
use piitrail_flow::topology::Topology;
use serde_json::json;
use tokio::time::Instant;

use super::stub::StubBackend;
use super::{DynamoStore, HEAD_MAX_AGE};
use crate::announcer::Announcer;
use crate::deadline::Deadline;

mod damage;
mod deadline;
mod many_edges;
mod outbox;
mod roll_up;
mod subjects;

/// The number of scenarios. Waiting takes no time here, because the clock of the runtime jumps
/// ahead, but the SDK does.
const RUNS: u64 = 100;

#[tokio::test(start_paused = true)]
async fn the_stub_passes_the_suite_of_every_store() {
    conformance::run(|| async { StubBackend::new(0).store() }).await;
}

#[tokio::test(start_paused = true)]
async fn the_table_equals_the_truth_whatever_fails() {
    for seed in 0..faults::runs(RUNS) {
        faults::run(&StubBackend::new(seed), seed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_tracer_may_die_at_any_await_point() {
    faults::kill_at_every_await_point(|| StubBackend::new(0)).await;
}

/// `docs/COUNTING.md` describes this behaviour, and what counting the message once would cost.
#[tokio::test(start_paused = true)]
async fn a_message_that_two_tracers_get_for_the_first_time_counts_twice_unless_their_batches_are_one()
 {
    for (apart, counted) in [(0, 1), (1, 2), (1_000, 2)] {
        let stub = StubBackend::new(0);
        for at in [now(), now() + apart.milliseconds()] {
            let tracer = stub.store();
            tracer.record(&batch("m-1", at)).await.unwrap();
        }
        assert_eq!(events_in(&stub.store(), now()).await, counted, "{apart} ms");
    }
    // If the second delivery is marked as redelivered, the store is asked and finds it.
    let store = StubBackend::new(0).store();
    store.record(&batch("m-1", now())).await.unwrap();
    let again = PossibleRedelivery {
        id: ReceiptId::of("m-1"),
        since: now(),
        until: now(),
    };
    let found = store.which_were_counted(&[again]).await.unwrap();
    assert_eq!(found.len(), 1);
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Returns a batch with one event, delivered with this id.
fn batch(id: &str, at: Timestamp) -> Batch {
    let name = |text: &str| Name::masked(&Engine::new(), text);
    let key = EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, name("orders")),
            consumer: Party::UNATTRIBUTED,
            channels: Vec::new(),
            event_type: name("OrderPlaced"),
        },
        basis: Basis::Observed,
    };
    let facts = EdgeFacts {
        events: 1,
        ..EdgeFacts::default()
    };
    let mut ledger = Ledger::default();
    ledger.add_edge(day_of(at), key, &facts);
    Batch {
        at,
        receipts: [ReceiptId::of(id)].into(),
        ledger,
        sightings: Sightings::default(),
    }
}

async fn events_in(store: &DynamoStore, now: Timestamp) -> u64 {
    let all = Query::days(Span::default(), now);
    let read = read_all(store, &all).await.unwrap();
    read.ledger.edges.values().map(|facts| facts.events).sum()
}
