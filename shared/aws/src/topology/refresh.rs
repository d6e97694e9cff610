//! Puts what was read of accounts into the topology that a store keeps.

use jiff::Timestamp;
use piitrail_flow::store::{KeptTopology, StoreError, TopologyHistory};
use piitrail_flow::time::{Day, day_of};
use piitrail_flow::topology::{
    Change, PulledPart, ServicesFile, Topology, TopologyError, Unsettled,
};

/// The reason why what was read could not be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was read contradicts what the store has.
    #[error("what was read does not fit the topology in the store")]
    Contradiction(#[source] TopologyError),
}

/// The topology after a reading.
#[derive(Debug)]
pub struct Refreshed {
    /// The topology.
    pub topology: Topology,
    /// The day from which it holds.
    pub from: Day,
    /// True if it describes the same resources and routes as before. Then only the time of the reading was
    /// written.
    pub is_unchanged: bool,
    /// The resources that several services claim.
    pub unsettled: Unsettled,
}

/// Replaces what earlier readings found by these parts, and writes the topology if it differs, with the changes
/// that led to it.
///
/// Two refreshes of one store at the same time may lose what the first one to write found, until it is read again.
///
/// # Errors
/// The store cannot be read or written, or a part contradicts what a person wrote.
pub async fn refresh<H: TopologyHistory + ?Sized>(
    history: &H,
    parts: Vec<PulledPart>,
    services: Option<ServicesFile>,
    changes: Vec<Change>,
    now: Timestamp,
) -> Result<Refreshed, RefreshError> {
    let today = day_of(now);
    let kept = history.kept_topology(today).await?;
    let before = kept.as_ref().map(|kept| kept.topology.clone());
    let mut draft = before.unwrap_or_default().into_draft();
    let mut readings = history.readings().await?;
    readings.add(&parts, now);
    draft.replace(parts);
    let unsettled = services.map(|services| services.apply(&mut draft, &[]));
    let topology = draft.finish().map_err(RefreshError::Contradiction)?;
    let is_unchanged = kept
        .as_ref()
        .is_some_and(|kept| kept.topology.says_the_same_as(&topology));
    let KeptTopology { from, topology } = KeptTopology::following(kept, topology, today, changes);
    if !is_unchanged {
        history.put_topology(from, &topology).await?;
    }
    history.put_readings(&readings).await?;
    Ok(Refreshed {
        topology,
        from,
        is_unchanged,
        unsettled: unsettled.unwrap_or_default(),
    })
}
