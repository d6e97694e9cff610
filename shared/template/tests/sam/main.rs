//! Tests our expansion of SAM against the official translator, aws-sam-translator.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compare;
mod oracle;
mod pairs;
