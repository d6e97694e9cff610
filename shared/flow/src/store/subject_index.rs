//! The subject index: where people were seen, by their fingerprints.

use async_trait::async_trait;

use super::error::StoreError;
use crate::subject::{Sightings, SubjectId};

/// The part of a store that keeps where people were seen.
#[async_trait]
pub trait SubjectIndex: Send + Sync {
    /// Where these people were seen.
    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError>;

    /// Deletes where these people were seen, and returns on how many edges that was. Counts stay.
    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError>;
}
