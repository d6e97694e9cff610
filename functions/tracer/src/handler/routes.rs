//! Caches the routes of the topology in the store.
//!
//! They are read again when they are old, and replaced by routes without consumers if the topology
//! cannot be used.

use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};
use piitrail_aws::telemetry::with_causes;
use piitrail_flow::routes::Router;
use piitrail_flow::store::{StoreError, TopologyHistory as _};
use piitrail_flow::time::day_of;
use piitrail_flow::topology::Topology;

use super::Handler;

/// The age at which a topology is read from the store again.
const TOPOLOGY_MAX_AGE: SignedDuration = SignedDuration::from_secs(300);

/// The routes, and the time at which they were read.
#[derive(Clone)]
pub(super) struct Routes {
    pub(super) router: Arc<Router>,
    read_at: Timestamp,
    /// True if the topology in the table could not be used when it was last read.
    pub(super) is_unreadable: bool,
}

impl Handler {
    /// Returns the routes of the topology in the store, and reads them again if they are old.
    pub(super) async fn routes(&self, now: Timestamp) -> Result<Routes, StoreError> {
        let known = self
            .routes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(routes) = &known
            && now.duration_since(routes.read_at) < TOPOLOGY_MAX_AGE
        {
            return Ok(routes.clone());
        }
        let read = self.store.topology(day_of(now));
        let read = if known.is_some() {
            // Half of the remaining time at most, so that the records can still be counted with the
            // old routes.
            let action = "read the topology";
            let read = self.deadline.halfway().bound(read).await;
            read.unwrap_or(Err(StoreError::OutOfTime { action }))
        } else {
            read.await
        };
        let is_unreadable = matches!(read, Err(StoreError::Unreadable { .. }));
        let fresh = match (read, known) {
            (Ok(topology), _) => self.compile(topology, now),
            // Routes that are some minutes old are better than no routes.
            (Err(error), Some(routes)) => {
                tracing::warn!(
                    error = with_causes(&error),
                    "the topology could not be refreshed; the tracer keeps using the one it read before"
                );
                Routes {
                    read_at: now,
                    is_unreadable: is_unreadable || routes.is_unreadable,
                    ..routes
                }
            }
            // The topology is damaged or of another version. Records are traced nevertheless, with
            // unattributed consumers, because failing them would send all of them to the
            // dead-letter queue.
            (Err(error @ StoreError::Unreadable { .. }), None) => {
                tracing::error!(
                    error = with_causes(&error),
                    "the topology in the table cannot be used, so all consumers are shown as unattributed; import it again"
                );
                self.unattributed(now)
            }
            (Err(error), None) => return Err(error),
        };
        *self.routes.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }

    fn compile(&self, topology: Option<Topology>, now: Timestamp) -> Routes {
        let router = Router::new(&topology.unwrap_or_default(), &self.engine);
        Routes {
            router: Arc::new(self.with_tap(router)),
            read_at: now,
            is_unreadable: false,
        }
    }

    /// Returns routes that replace a topology that cannot be used.
    fn unattributed(&self, now: Timestamp) -> Routes {
        let router = Router::of_unreadable_topology(&self.engine);
        Routes {
            router: Arc::new(self.with_tap(router)),
            read_at: now,
            is_unreadable: true,
        }
    }

    fn with_tap(&self, router: Router) -> Router {
        match &self.tap {
            Some(tap) => router.with_tap(&tap.queue, &tap.bus),
            None => router,
        }
    }
}
