//! The store port: keeps batches, announcements, sightings and topologies, and counts each delivery
//! once.
//!
//! The port has parts, each a trait in its own file. A function names the parts it needs:
//!
//! | part | what for | used by |
//! |---|---|---|
//! | [`Counting`] | batches and the receipts of the deliveries they counted | the pipeline |
//! | [`Reading`] | edges and coverage for a span of days | reports |
//! | [`RollUp`] | merging days into months, deleting expired data | the roll-up |
//! | [`Outbox`] | announcements that are still to be sent | the announcer |
//! | [`SubjectIndex`] | the edges of each person | the report and the erasure of a person |
//! | [`TopologyHistory`] | the topology of each day | the tracer, the import |
//!
//! A [`Store`] has all parts. Memory, SQLite (`piitrail-sqlite`) and DynamoDB (`piitrail-aws`) are
//! stores and pass one conformance suite ([`conformance`]). A tracer uses a store in four steps:
//!
//! 1. It asks [`Counting::which_were_counted`] about the deliveries that may be redeliveries.
//! 2. It folds the others into a [`Ledger`](crate::ledger::Ledger).
//! 3. It calls [`Counting::record`] with the ledger and the receipts of these deliveries. This
//!    writes all or nothing.
//! 4. It sends the announcement that [`Counting::record`] returned, then calls
//!    [`Outbox::mark_announced`].
//!
//! Recording the same batch again after a lost response or a retried request changes nothing.
//!
//! # Which deliveries are counted once
//! A *delivery* counts once: one message of a queue, one record of a stream, or one event handed to
//! the function. This holds when deliveries are redelivered or regrouped and when a tracer crashes.
//! Two deliveries count twice. If EventBridge itself delivers an event twice, the two messages have
//! different ids and nothing marks them as the same event. The replay of an archive comes as new
//! deliveries and is also counted as `replayed`.

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
pub use topology_history::{KeptTopology, TopologyHistory};

/// A store with all parts of the port.
pub trait Store: Counting + Reading + RollUp + Outbox + SubjectIndex + TopologyHistory {}

impl<S> Store for S where S: Counting + Reading + RollUp + Outbox + SubjectIndex + TopologyHistory {}

#[cfg(test)]
mod tests;
