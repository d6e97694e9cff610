//! Defines the reasons a request is not answered.

use piitrail_flow::store::StoreError;

use crate::refusal::Refusal;
use crate::render::RenderError;

/// The reason a request was not answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The request cannot be answered as it is.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The answer exceeds the size limit and cannot be cut.
    #[error("the answer does not fit")]
    TooLarge,
    /// The store could not be read.
    #[error("the store could not be read")]
    Store(#[from] StoreError),
    /// The answer could not be written in the format.
    #[error("the answer could not be written as {format}")]
    Render {
        /// The name of the format.
        format: &'static str,
        /// The reason.
        #[source]
        source: RenderError,
    },
}
