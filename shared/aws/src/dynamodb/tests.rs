//! The books in DynamoDB when everything fails.

use piitrail_flow::store::conformance::{self, faults};

use super::stub::StubBackend;

/// Scenarios. Waiting costs nothing here, for the clock of the runtime jumps ahead; the SDK does.
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
