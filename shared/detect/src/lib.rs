//! Finds personal data in JSON and text.

// Wired to their detectors one by one.
#![allow(dead_code)]

mod checksum;
mod class;

pub use class::{DataClass, Evidence, Tier, UnknownDataClass};
