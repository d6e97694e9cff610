//! Writes a batch to the store, or smaller batches if the store cannot take it in one piece.

use super::outcome::{FailedRecord, FailureReason};
use super::{Chunk, Run, Tracer};
use crate::store::{Batch, StoreError};

/// The number of paths kept for each class if a single delivery is too large for the store.
pub(super) const PATHS_IN_A_TIGHT_BATCH: usize = 4;

impl Tracer<'_> {
    /// Writes a chunk as one batch, or as smaller ones if the store cannot take it in one piece.
    pub(super) async fn write(&self, chunk: Chunk, run: &mut Run) {
        let Chunk {
            tally, parts, at, ..
        } = chunk;
        let at = at.unwrap_or(run.time.now);
        let outcome = &mut run.outcome;
        let mut pending = vec![parts];
        while let Some(mut parts) = pending.pop() {
            if parts.is_empty() {
                continue;
            }
            let mut batch = tally.batch(&parts, at);
            let mut recorded = self.store.record(&batch).await;
            if let (Err(StoreError::TooLarge { .. }), [_]) = (&recorded, &*parts)
                && trim(&mut batch)
            {
                recorded = self.store.record(&batch).await;
            }
            match recorded {
                Ok(announcement) => {
                    outcome.announcements.extend(announcement);
                    outcome.batches += 1;
                    outcome.edges += batch.ledger.edges.len() as u64;
                }
                Err(StoreError::AlreadyCounted(known))
                    if parts.iter().any(|part| known.contains(&part.receipt)) =>
                {
                    // Another writer counted some records first. The others are added up again
                    // without them.
                    let before = parts.len();
                    parts.retain(|part| !known.contains(&part.receipt));
                    outcome.again += (before - parts.len()) as u64;
                    pending.push(parts);
                }
                Err(StoreError::TooLarge { bytes, limit }) if parts.len() > 1 => {
                    let pieces = bytes.div_ceil(limit.max(1)).clamp(2, parts.len());
                    let piece = parts.len().div_ceil(pieces);
                    while parts.len() > piece {
                        let first = (parts.len() - 1) / piece * piece;
                        pending.push(parts.split_off(first));
                    }
                    pending.push(parts);
                }
                Err(error) => {
                    let failed = parts.into_iter().map(|part| FailedRecord {
                        item: part.item,
                        payload: part.payload,
                        reason: FailureReason::NotRecorded,
                    });
                    outcome.unrecorded.extend(failed);
                    outcome.store_errors.push(error);
                }
            }
        }
    }
}

/// Keeps only a few paths of each class. Returns true if any path was dropped.
fn trim(batch: &mut Batch) -> bool {
    let mut trimmed = false;
    for class in batch
        .ledger
        .edges
        .values_mut()
        .flat_map(|facts| facts.classes.values_mut())
    {
        while class.paths.len() > PATHS_IN_A_TIGHT_BATCH {
            class.paths.pop_last();
            class.more_paths = true;
            trimmed = true;
        }
    }
    trimmed
}
