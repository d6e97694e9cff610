//! The check digits that prove a candidate: one file per algorithm, each from its authority's own
//! definition, its published examples as tests beside it.
//!
//! Every function here takes bytes that a detector has already cut out, allocates nothing, and
//! answers yes or no in time linear in its input.

pub(crate) mod aws_access_key;
pub(crate) mod date;
pub(crate) mod e164;
pub(crate) mod iban;
pub(crate) mod iso3166;
#[cfg(test)]
mod laws;
pub(crate) mod luhn;
pub(crate) mod mod97;
pub(crate) mod normalise;
pub(crate) mod postal_code;
pub(crate) mod swift;
pub(crate) mod token_crc32;
pub(crate) mod uk_nino;
pub(crate) mod us_ssn;
mod weighted_sum;
