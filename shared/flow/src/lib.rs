//! Piitrail's domain: what is in an envelope, who receives it, and what it adds up to.
//!
//! No AWS and no files here. Start with [`pipeline`], the way of a record.

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
pub mod vocabulary;
