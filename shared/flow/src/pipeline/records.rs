//! Records that wait to be counted, with their receipts and the questions to the store about those
//! that may have been counted before.

use std::collections::VecDeque;

use jiff::{Span as Duration, Timestamp};

use crate::delivery::Arrival;
use crate::envelope::{Opened, Payload, Unreadable};
use crate::store::{PossibleRedelivery, ReceiptId};

/// The number of days for which the store is searched for a record that does not say when it was
/// first received. SQS keeps a message for at most 14 days, and streams keep a record for less
/// unless configured otherwise.
const SEARCHED_BACK_DAYS: i64 = 14;

/// The number of seconds by which another clock may be ahead before it counts as wrong.
pub(super) const CLOCK_AHEAD_SECONDS: i64 = 300;

/// The number of bytes of opened records that are held before they are counted. Below this bound
/// one more record may be opened, so at most this and [`RECORD_MAX`](crate::envelope::RECORD_MAX)
/// are held.
const HELD_BYTES_MAX: usize = 16 << 20;

/// Records of one or several payloads that wait to be opened and counted.
///
/// They are opened a few at a time while they are counted, so the unpacked content of the payloads
/// is never held as a whole.
#[derive(Default)]
pub struct Records<'p> {
    payloads: VecDeque<Waiting<'p>>,
    are_of_files: bool,
}

/// A payload that still has records to be opened.
struct Waiting<'p> {
    payload: Payload<'p>,
    id: String,
    earlier: Option<String>,
    number: u64,
}

impl<'p> Records<'p> {
    /// Creates records that come from files. A file may be traced any number of times, so the
    /// receive count in its messages is ignored and the store is asked about each of them.
    pub fn of_files() -> Self {
        Self {
            are_of_files: true,
            ..Self::default()
        }
    }

    /// Adds a payload. `id` identifies the payload if it contains no id. Failures are reported with
    /// `number`.
    pub fn open(&mut self, payload: &'p [u8], id: &str, number: u64) {
        self.open_known_as(payload, id, None, number);
    }

    /// Adds a payload for which an earlier version of Piitrail used the id `earlier`, if it
    /// contains no id. Records that were counted with that id are not counted again.
    pub fn open_known_as(
        &mut self,
        payload: &'p [u8],
        id: &str,
        earlier: Option<&str>,
        number: u64,
    ) {
        self.payloads.push_back(Waiting {
            payload: Payload::new(payload, id),
            id: id.to_owned(),
            earlier: earlier.map(str::to_owned),
            number,
        });
    }

    /// Opens at least one record and about `wanted` records, as long as they are small enough to be
    /// held together. Returns an empty list if all records have been opened.
    pub(super) fn open_some(&mut self, wanted: usize) -> Vec<RecordToCount> {
        let mut held = Vec::new();
        let mut bytes = 0;
        while held.len() < wanted
            && bytes < HELD_BYTES_MAX
            && let Some(waiting) = self.payloads.front_mut()
        {
            let Waiting {
                payload,
                id,
                earlier,
                number,
            } = waiting;
            let is_open = payload.open_next(&mut |mut opened| {
                bytes += opened.weight();
                if self.are_of_files {
                    opened.arrival_mut().receive_count = None;
                }
                held.push(RecordToCount::new(opened, id, earlier.as_deref(), *number));
            });
            if !is_open {
                self.payloads.pop_front();
            }
        }
        held
    }

    /// Passes the arrival of each unopened record, and the number of its payload, to `each`.
    pub(super) fn name_rest(&mut self, mut each: impl FnMut(Arrival, u64)) {
        for Waiting {
            mut payload,
            number,
            ..
        } in self.payloads.drain(..)
        {
            while payload.name_next(&mut |arrival| each(arrival, number)) {}
        }
    }
}

/// A record to be counted.
pub(super) struct RecordToCount {
    pub(super) payload: u64,
    pub(super) receipt: ReceiptId,
    /// The receipt that an earlier version wrote for the record.
    pub(super) earlier_receipt: Option<ReceiptId>,
    pub(super) opened: Opened,
}

impl RecordToCount {
    fn new(mut opened: Opened, id: &str, earlier: Option<&str>, payload: u64) -> Self {
        let arrival = opened.arrival_mut();
        let earlier_id = arrival.earlier_id.take().or_else(|| {
            let rest = arrival.id.strip_prefix(id)?;
            Some(format!("{}{rest}", earlier?))
        });
        Self {
            payload,
            receipt: receipt_of(&opened, &opened.arrival().id),
            earlier_receipt: earlier_id.map(|id| receipt_of(&opened, &id)),
            opened,
        }
    }

    pub(super) fn arrival(&self) -> &Arrival {
        self.opened.arrival()
    }

    /// Returns the questions to the store, if the record may have been counted before.
    pub(super) fn possible_redeliveries(
        &self,
        now: Timestamp,
    ) -> impl Iterator<Item = PossibleRedelivery> {
        let question = self.possible_redelivery(now);
        let earlier = question
            .zip(self.earlier_receipt)
            .map(|(question, id)| PossibleRedelivery { id, ..question });
        question.into_iter().chain(earlier)
    }

    /// Returns the question to the store, if the record may have been counted before.
    pub(super) fn possible_redelivery(&self, now: Timestamp) -> Option<PossibleRedelivery> {
        let arrival = Some(self.arrival()).filter(|arrival| arrival.may_be_again())?;
        let earliest = now
            .checked_sub(Duration::new().hours(24 * SEARCHED_BACK_DAYS))
            .unwrap_or(Timestamp::UNIX_EPOCH);
        // A time in the future does not say when the record was first received.
        let since = arrival
            .first_received
            .filter(|first| *first <= now)
            .map_or(earliest, |first| first.max(earliest));
        Some(PossibleRedelivery {
            id: self.receipt,
            since,
            until: now,
        })
    }
}

/// Returns the time of a batch: now, or the latest time at which one of its records was first
/// received if this clock is behind. The search for redelivered records begins at that time.
pub(super) fn written_at(chunk: &[RecordToCount], now: Timestamp) -> Timestamp {
    let latest = now
        .checked_add(Duration::new().seconds(CLOCK_AHEAD_SECONDS))
        .unwrap_or(now);
    chunk
        .iter()
        .filter_map(|record| record.arrival().first_received)
        .filter(|first| *first <= latest)
        .fold(now, Timestamp::max)
}

/// Returns the receipt of a record with this id.
fn receipt_of(opened: &Opened, id: &str) -> ReceiptId {
    match opened {
        Opened::Delivery(_) => ReceiptId::of(id),
        // A later delivery of the record that can be read gets another receipt.
        Opened::Unreadable(Unreadable { reason, .. }) => {
            ReceiptId::of(&format!("unreadable:{}:{id}", reason.name()))
        }
    }
}
