//! The check digits that prove a candidate: one file per algorithm, each from its authority's own
//! definition, its published examples as tests beside it.
//!
//! Every function here takes bytes that a detector has already cut out, allocates nothing, and
//! answers yes or no in time linear in its input.

pub(crate) mod luhn;
pub(crate) mod mod97;
