//! Piitrail's domain: opens envelopes, finds the consumers of each record, and adds up its edges.
//!
//! This crate uses no AWS SDK and no files. Start with [`pipeline`], the way of a record.

pub mod announcement;
pub mod channel;
pub mod counts;
pub mod delivery;
pub mod edge;
pub mod envelope;
pub mod home;
pub mod ledger;
pub mod limit;
pub mod name;
pub mod panics;
pub mod party;
pub mod people;
pub mod pipeline;
pub mod plural;
pub mod routes;
pub mod store;
pub mod subject;
pub mod time;
pub mod topology;
pub mod visible;
pub mod vocabulary;
