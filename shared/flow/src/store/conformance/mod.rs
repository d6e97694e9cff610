//! One suite that every store must pass.
//!
//! Each function is a claim about a part of the [store port](super) and runs against an empty
//! store. There is one file for each part of the port. [`run`] runs all claims. A store's own test
//! calls it with a function that makes an empty store.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a suite of assertions"
)]

use std::future::Future;
use std::sync::{Arc, LazyLock};

use piitrail_detect::Engine;

use super::Store;

mod counting;
pub mod faults;
pub mod flaky;
mod outbox;
pub mod planted;
mod roll_up;
mod samples;
mod subject_index;
mod topology_history;

pub use counting::who_was_slower_with_the_same_deliveries_is_told_so;
pub use samples::{batch_of_events, events_in};
pub use subject_index::where_a_person_was_seen_goes_when_the_days_go;

/// One engine for all claims, because building it costs more than most of them.
static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new()));

/// Runs every claim against its own empty store.
///
/// # Panics
/// If the store breaks a claim. The message names the claim.
pub async fn run<S, F>(mut empty_store: impl FnMut() -> F)
where
    S: Store,
    F: Future<Output = S>,
{
    counting::run(&mut empty_store).await;
    outbox::run(&mut empty_store).await;
    roll_up::run(&mut empty_store).await;
    topology_history::run(&mut empty_store).await;
    subject_index::run(&mut empty_store).await;
}
