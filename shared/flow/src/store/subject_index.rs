//! The subject index: the edges on which people were seen, by their fingerprints.

use async_trait::async_trait;

use super::error::StoreError;
use crate::subject::{Sightings, SubjectId};

/// The part of a store that keeps the edges on which people were seen.
#[async_trait]
pub trait SubjectIndex: Send + Sync {
    /// Returns the edges on which these people were seen.
    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError>;

    /// Deletes the sightings of these people and returns the number of edges. Counts stay.
    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError>;
}
