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

    /// Returns the topology that holds on a day, with the day from which it holds, or `None` if
    /// none was kept by then.
    async fn kept_topology(&self, on: Day) -> Result<Option<KeptTopology>, StoreError>;

    /// Returns the topology that holds on a day, or `None` if none was kept by then.
    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError> {
        Ok(self.kept_topology(on).await?.map(|kept| kept.topology))
    }
}

/// A topology that a store keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptTopology {
    /// The day from which it holds.
    pub from: Day,
    /// The topology.
    pub topology: Topology,
}
