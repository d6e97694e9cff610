//! The way of a record: this is the page to start reading from.
//!
//! ```text
//! Lambda payload
//!   → Records::open              takes every record out, nested envelopes unwrapped
//!   → Tracer::leave_out_counted  asks the store which redelivered records were counted before
//!   → Tracer::route              who receives it, over which channels, as which event type
//!   → Tracer::look               detect: walks each document once, findings per path
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
mod look;
mod outcome;
mod records;
mod tally;
mod write;

use invocation_time::InvocationTime;
use look::Headers;
pub use outcome::{FailedRecord, FailureReason, Outcome};
pub use records::Records;
use records::{Record, written_at};
use tally::{Part, Seen, Tally};

/// The most deliveries in one batch: a write then stays far below `DynamoDB`'s 400 KB for an item.
pub const BATCH_MAX: usize = 1_000;

/// The most sightings that are held before they are written. With a subject index, a batch ends
/// there.
const SIGHTINGS_HELD_MAX: usize = 10_000;

/// Counts deliveries with an engine, routes and a store.
pub struct Tracer<'t> {
    /// Finds personal data.
    pub engine: &'t Engine,
    /// Knows who receives.
    pub router: &'t Router,
    /// Where batches are written.
    pub store: &'t dyn Counting,
    /// Makes fingerprints of people; without it people are not counted.
    pub fingerprinting: Option<Fingerprinting<'t>>,
    /// Bounds how many event types are told apart.
    pub vocabulary: &'t Vocabulary,
    /// How long the store keeps its content. An event that says it is older is counted on the day it
    /// was traced.
    pub keep: Retention,
}

/// What is collected over all chunks of an invocation.
struct Run {
    time: InvocationTime,
    /// Receipts that are not counted (again). The set is of the whole invocation: the store is only
    /// asked about redelivered messages, so a duplicate in an earlier chunk is found here.
    counted: BTreeSet<ReceiptId>,
    outcome: Outcome,
}

/// What the records of one chunk share.
#[derive(Default)]
struct Chunk {
    tally: Tally,
    headers: Headers,
}

impl Tracer<'_> {
    /// Counts records, each once, whatever was redelivered. `now` is the time of the invocation.
    pub async fn count(&self, records: Records, now: Timestamp) -> Outcome {
        self.count_while(records, now, &|| true).await
    }

    /// Counts records as long as `has_time` says so. The others are reported as not counted, so that
    /// they are delivered again.
    pub async fn count_while(
        &self,
        records: Records,
        now: Timestamp,
        has_time: &(dyn Fn() -> bool + Sync),
    ) -> Outcome {
        let mut run = Run {
            time: InvocationTime::new(now, self.keep),
            counted: BTreeSet::new(),
            outcome: Outcome::default(),
        };
        let mut waiting = records.list.into_iter();
        while has_time() {
            let chunk: Vec<Record> = waiting.by_ref().take(BATCH_MAX).collect();
            if chunk.is_empty() {
                break;
            }
            self.count_chunk(chunk, has_time, &mut run).await;
        }
        run.outcome.out_of_time(waiting);
        run.outcome
    }

    async fn count_chunk(
        &self,
        mut records: Vec<Record>,
        has_time: &(dyn Fn() -> bool + Sync),
        run: &mut Run,
    ) {
        self.leave_out_counted(&mut records, run).await;
        let at = written_at(&records, run.time.now);
        let mut chunk = Chunk::default();
        let mut parts = Vec::with_capacity(records.len());
        let mut sightings = 0;
        let mut waiting = records.into_iter();
        while has_time()
            && let Some(record) = waiting.next()
        {
            let Some(part) = self.part(record, &mut chunk, run) else {
                continue;
            };
            sightings += part.seen.sightings.len();
            parts.push(part);
            if sightings >= SIGHTINGS_HELD_MAX {
                sightings = 0;
                let held = std::mem::take(&mut parts);
                self.write(held, &chunk.tally, at, &mut run.outcome).await;
            }
        }
        self.write(parts, &chunk.tally, at, &mut run.outcome).await;
        run.outcome.out_of_time(waiting);
    }

    /// Asks the store which of the redelivered records were counted before. Where it does not
    /// answer, redelivered records are taken out of the chunk and reported as failed, because
    /// counting them might count them twice. All others are counted.
    async fn leave_out_counted(&self, records: &mut Vec<Record>, run: &mut Run) {
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
                let is_redelivery = |record: &mut Record| record.possible_redelivery(now).is_some();
                for record in records.extract_if(.., is_redelivery) {
                    run.outcome
                        .add_unrecorded(&record, FailureReason::StoreUnavailable);
                }
                run.outcome.store_errors.push(error);
            }
        }
    }

    /// What one record adds to the batch; `None` where it was counted before.
    fn part(&self, record: Record, chunk: &mut Chunk, run: &mut Run) -> Option<Part> {
        let Record {
            payload,
            receipt,
            earlier_receipt,
            opened,
        } = record;
        let was_counted_earlier = earlier_receipt.is_some_and(|id| run.counted.contains(&id));
        let (item, seen) = match opened {
            Opened::Unreadable(Unreadable { arrival, reason }) => {
                run.outcome.unreadable.push(FailedRecord {
                    item: arrival.item.clone(),
                    payload,
                    reason: FailureReason::Unreadable(reason),
                });
                if was_counted_earlier || !run.counted.insert(receipt) {
                    return None;
                }
                let coverage = Coverage {
                    unreadable: BTreeMap::from([(reason.as_str().to_owned(), 1)]),
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

    /// A record that is only counted in the coverage of the channel it was taken from.
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
