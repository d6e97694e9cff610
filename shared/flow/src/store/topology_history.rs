//! The history of the topology: each topology with the day from which it holds.

use async_trait::async_trait;

use super::error::StoreError;
use crate::time::Day;
use crate::topology::Topology;

/// The part of a store that keeps topologies.
#[async_trait]
pub trait TopologyHistory: Send + Sync {
    /// Keeps a topology that holds from this day on.
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError>;

    /// Returns the topology that holds on a day, or `None` if none was imported by then.
    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError>;
}
