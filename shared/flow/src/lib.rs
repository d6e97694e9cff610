//! Piitrail's domain: what is in an envelope, who receives it, what it adds up to, and the answers.
//!
//! No AWS here. [`pipeline`] is the page to start from for the way of a record, [`report`] for the
//! way of a question.

pub mod announcement;
pub mod delivery;
pub mod edge;
pub mod envelope;
pub mod ledger;
pub mod name;
pub mod panics;
pub mod people;
pub mod pipeline;
pub mod plural;
pub mod render;
pub mod report;
pub mod routes;
pub mod store;
pub mod subject;
pub mod time;
pub mod topology;
pub mod vocabulary;
