//! The way of a record through the code. Start reading here.
//!
//! ```text
//! Lambda payload
//!   → Records::open_some         takes records out, a few at a time, nested envelopes unwrapped
//!   → Tracer::leave_out_counted  asks the store which redelivered records were counted before
//!   → Tracer::route              who receives it, over which channels, as which event type
//!   → Tracer::triage             detect: walks each document once, findings per path
//!   → Tracer::hop                what one consumer received, as one event on one edge
//!   → Tally::batch               adds hops up to edges by day, in memory
//!   → Tracer::write              one atomic, idempotent write per batch
//!   → Outcome::failed_items      the response: only the records that failed
//! ```
//!
//! The functions and the command line connect these steps to their input and their store, and do
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{self, AssertUnwindSafe};

use jiff::Timestamp;
use piitrail_detect::Engine;

use crate::delivery::Arrival;
use crate::envelope::{Opened, Unreadable};
use crate::ledger::Coverage;
use crate::routes::Router;
use crate::store::{Counting, PossibleRedelivery, ReceiptId, Retention};
use crate::subject::{Fingerprinting, Sightings};
use crate::time::Day;
use crate::vocabulary::Vocabulary;

mod fold;
mod invocation_time;
mod outcome;
mod records;
mod tally;
mod triage;
mod write;

use invocation_time::InvocationTime;
pub use outcome::{FailedRecord, FailureReason, Outcome};
pub use records::Records;
use records::{RecordToCount, written_at};
use tally::{Part, Seen, Tally};
use triage::Headers;

/// The most deliveries in one batch, so that a write stays far below `DynamoDB`'s 400 KB for an
/// item.
pub const BATCH_MAX: usize = 1_000;

/// The number of sightings at which a batch ends, if a subject index is kept.
const SIGHTINGS_HELD_MAX: usize = 10_000;

/// Counts deliveries with an engine, routes and a store.
pub struct Tracer<'t> {
    /// Finds personal data.
    pub engine: &'t Engine,
    /// Finds the consumers of a record.
    pub router: &'t Router,
    /// The store to which batches are written.
    pub store: &'t dyn Counting,
    /// Makes fingerprints of people. Without it, people are not counted.
    pub fingerprinting: Option<Fingerprinting<'t>>,
    /// Bounds the number of event types that are told apart.
    pub vocabulary: &'t Vocabulary,
    /// The retention of the store. An event that claims to be older is counted on the day it was
    /// traced.
    pub keep: Retention,
}

/// The state of an invocation, over all its chunks.
struct Run {
    time: InvocationTime,
    /// Receipts that are not counted again. The set covers the whole invocation: the store is only
    /// asked about redelivered messages, so a duplicate of an earlier chunk is found here.
    counted: BTreeSet<ReceiptId>,
    outcome: Outcome,
}

/// The parts collected for the next batch.
#[derive(Default)]
struct Chunk {
    tally: Tally,
    headers: Headers,
    parts: Vec<Part>,
    /// The number of sightings in the parts.
    sightings: usize,
    /// The time of the batch, or `None` before the first record.
    at: Option<Timestamp>,
}

impl Chunk {
    fn is_full(&self) -> bool {
        self.parts.len() >= BATCH_MAX || self.sightings >= SIGHTINGS_HELD_MAX
    }
}

impl Tracer<'_> {
    /// Counts each record once, even if it was redelivered. `now` is the time of the invocation.
    pub async fn count(&self, records: Records<'_>, now: Timestamp) -> Outcome {
        self.count_while(records, now, &|| true).await
    }

    /// Counts records until `has_time` returns false. The others are reported as not counted, so
    /// that they are redelivered.
    ///
    /// Records are opened a few at a time. Until their batch is written, only their parts are kept.
    pub async fn count_while(
        &self,
        mut records: Records<'_>,
        now: Timestamp,
        has_time: &(dyn Fn() -> bool + Sync),
    ) -> Outcome {
        let mut run = Run {
            time: InvocationTime::new(now, self.keep),
            counted: BTreeSet::new(),
            outcome: Outcome::default(),
        };
        let mut chunk = Chunk::default();
        let mut opened = Vec::new().into_iter();
        while has_time() {
            let Some(record) = opened.next() else {
                let mut some = records.open_some(BATCH_MAX - chunk.parts.len());
                if some.is_empty() {
                    break;
                }
                self.leave_out_counted(&mut some, &mut run).await;
                let at = written_at(&some, run.time.now);
                chunk.at = chunk.at.max(Some(at));
                opened = some.into_iter();
                continue;
            };
            let Some(part) = self.part(record, &mut chunk, &mut run) else {
                continue;
            };
            chunk.sightings += part.seen.sightings.len();
            chunk.parts.push(part);
            if chunk.is_full() {
                let at = chunk.at;
                self.write(std::mem::take(&mut chunk), &mut run).await;
                // Records that were opened together with these may be in the next batch.
                chunk.at = at;
            }
        }
        self.write(chunk, &mut run).await;
        run.outcome.add_out_of_time(opened, records);
        run.outcome
    }

    /// Asks the store which of the redelivered records were counted before. If the store fails,
    /// redelivered records are removed from `records` and reported as failed, because they might be
    /// counted twice. All others are counted.
    async fn leave_out_counted(&self, records: &mut Vec<RecordToCount>, run: &mut Run) {
        let now = run.time.now;
        let redeliveries: Vec<PossibleRedelivery> = records
            .iter()
            .flat_map(|record| record.possible_redeliveries(now))
            .collect();
        if redeliveries.is_empty() {
            return;
        }
        match self.store.which_were_counted(&redeliveries).await {
            Ok(counted) => run.counted.extend(counted),
            Err(error) => {
                let is_redelivery =
                    |record: &mut RecordToCount| record.possible_redelivery(now).is_some();
                for record in records.extract_if(.., is_redelivery) {
                    run.outcome
                        .add_unrecorded(&record, FailureReason::StoreUnavailable);
                }
                run.outcome.store_errors.push(error);
            }
        }
    }

    /// Returns the part that one record adds to the batch, or `None` if it was counted before.
    fn part(&self, record: RecordToCount, chunk: &mut Chunk, run: &mut Run) -> Option<Part> {
        let RecordToCount {
            payload,
            receipt,
            earlier_receipt,
            opened,
        } = record;
        let was_counted_earlier = earlier_receipt.is_some_and(|id| run.counted.contains(&id));
        let (item, seen) = match opened {
            Opened::Unreadable(Unreadable { arrival, reason }) => {
                run.outcome.add_unreadable(FailedRecord {
                    item: arrival.item.clone(),
                    payload,
                    reason: FailureReason::Unreadable(reason),
                });
                if was_counted_earlier || !run.counted.insert(receipt) {
                    return None;
                }
                let coverage = Coverage {
                    unreadable: BTreeMap::from([(reason.into(), 1)]),
                    ..Coverage::default()
                };
                let seen = self.seen_at(&arrival, run.time.today, coverage, &mut chunk.tally);
                (arrival.item, seen)
            }
            Opened::Delivery(delivery) => {
                run.outcome.deliveries += 1;
                if was_counted_earlier || !run.counted.insert(receipt) {
                    run.outcome.again += 1;
                    return None;
                }
                // Nothing here should panic. If something does, only this record fails.
                let folding =
                    AssertUnwindSafe(|| self.fold(&delivery, chunk, run.time, &mut run.outcome));
                let Ok(seen) = panic::catch_unwind(folding) else {
                    run.outcome.unrecorded.push(FailedRecord {
                        item: delivery.arrival.item,
                        payload,
                        reason: FailureReason::Defect,
                    });
                    return None;
                };
                (delivery.arrival.item, seen)
            }
        };
        Some(Part {
            receipt,
            item,
            payload,
            seen,
        })
    }

    /// Returns the part of a record that is only counted in the coverage of its channel.
    fn seen_at(&self, arrival: &Arrival, day: Day, coverage: Coverage, tally: &mut Tally) -> Seen {
        Seen {
            place: tally.place(day, self.router.channels(arrival).pop()),
            coverage,
            hops: Vec::new(),
            sightings: Sightings::default(),
        }
    }
}

#[cfg(test)]
mod tests;
