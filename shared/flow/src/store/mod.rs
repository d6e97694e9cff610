//! The store port: where batches, announcements, sightings and topologies are kept, and how each
//! delivery is kept from counting twice.
//!
//! The port has parts, each a trait in a file of its own, so that whoever uses a store says which
//! parts of it:
//!
//! | part | what for | used by |
//! |---|---|---|
//! | [`Counting`] | batches and the receipts of what they counted | the pipeline |
//! | [`Reading`] | what was recorded in a span of days | reports |
//! | [`RollUp`] | merging days into months, deleting what expired | the roll-up |
//! | [`Outbox`] | announcements that are still to be sent | the announcer |
//! | [`SubjectIndex`] | where people were seen | the report and the erasure of a person |
//! | [`TopologyHistory`] | the topology of each day | the tracer, the import |
//!
//! A [`Store`] has all parts. Memory, SQLite (`piitrail-sqlite`) and DynamoDB (`piitrail-aws`) are
//! stores and pass one conformance suite ([`conformance`]). The protocol of a tracer is:
//!
//! 1. ask [`Counting::which_were_counted`] about the deliveries that may have come before;
//! 2. fold the others into a [`Ledger`](crate::ledger::Ledger);
//! 3. [`Counting::record`] the ledger together with the receipts of what was folded, all or nothing;
//! 4. send what [`Counting::record`] says was seen for the first time, then
//!    [`Outbox::mark_announced`].
//!
//! Recording the same batch again (a lost response, a retried request) changes nothing.
//!
//! # What counts once, and what does not
//! A *delivery* counts once: one message of a queue, one record of a stream, one event handed to the
//! function, whatever is redelivered, regrouped or crashed. Two deliveries count twice: an event that
//! EventBridge itself delivers twice comes as two messages with ids of their own, and nothing says
//! that they are one. The replay of an archive comes as new deliveries and is counted separately, as
//! `replayed`.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod counting;
mod error;
mod first_seen;
mod markers;
mod memory;
mod outbox;
mod reading;
mod roll_up;
mod subject_index;
mod topology_history;

pub use counting::{Batch, Counting, PossibleRedelivery, ReceiptId};
pub use error::{OutOfTime, StoreError};
pub use first_seen::{Announcement, FirstSeen, FlowId, New, first_seen};
pub use markers::Markers;
pub use memory::MemoryStore;
pub use outbox::{Outbox, PendingAnnouncements, all_pending_announcements};
pub use reading::{Grain, Page, PageToken, Query, Reading, read_all};
pub use roll_up::{Retention, RollUp, RolledUp};
pub use subject_index::SubjectIndex;
pub use topology_history::TopologyHistory;

/// A store with all parts of the port.
pub trait Store: Counting + Reading + RollUp + Outbox + SubjectIndex + TopologyHistory {}

impl<S> Store for S where S: Counting + Reading + RollUp + Outbox + SubjectIndex + TopologyHistory {}

#[cfg(test)]
mod tests;
