//! The history of the topology: which one holds from which day on.

use async_trait::async_trait;

use super::error::StoreError;
use crate::time::Day;
use crate::topology::Topology;

/// The part of a store that keeps topologies.
#[async_trait]
pub trait TopologyHistory: Send + Sync {
    /// Keeps a topology that holds from this day on.
    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError>;

    /// The topology that holds on a day; `None` where none was imported by then.
    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError>;
}
