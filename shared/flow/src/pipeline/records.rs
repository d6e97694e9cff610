//! Records on their way to be counted: the receipt of each, and what the store is asked about those
//! that may have been counted before.

use std::collections::VecDeque;

use jiff::{Span as Duration, Timestamp};

use crate::delivery::Arrival;
use crate::envelope::{Opened, Payload, Unreadable};
use crate::store::{PossibleRedelivery, ReceiptId};

/// How far back the store is searched for a record that does not say when it was first received: SQS
/// keeps a message for at most 14 days, streams keep a record for less unless configured otherwise.
const SEARCHED_BACK_DAYS: i64 = 14;

/// How far ahead another clock may run before it is taken for wrong.
pub(super) const CLOCK_AHEAD_SECONDS: i64 = 300;

/// Bytes of opened records that are held before they are counted. One more record may be opened below
/// this bound, so that at most this and [`RECORD_MAX`](crate::envelope::RECORD_MAX) are held.
const HELD_BYTES_MAX: usize = 16 << 20;

/// Records out of one payload or several, waiting to be opened and counted.
///
/// They are opened while they are counted, a few at a time: what the payloads unpack to is never held
/// as a whole.
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
    /// Records out of files. A file may be traced any number of times, whatever receive count its
    /// messages have, so the store is asked about each of them.
    pub fn of_files() -> Self {
        Self {
            are_of_files: true,
            ..Self::default()
        }
    }

    /// Adds a payload. `id` identifies it where it carries no id of its own; `number` is what failures
    /// are reported under.
    pub fn open(&mut self, payload: &'p [u8], id: &str, number: u64) {
        self.open_known_as(payload, id, None, number);
    }

    /// Adds a payload that an earlier version of Piitrail identified by another id, where it carries
    /// no id of its own: what was counted under that id is not counted again.
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

    /// Opens at least one record and about as many as this, as long as they are small enough to be
    /// held together. Empty where all have been opened.
    pub(super) fn open_some(&mut self, wanted: usize) -> Vec<Record> {
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
                held.push(Record::new(opened, id, earlier.as_deref(), *number));
            });
            if !is_open {
                self.payloads.pop_front();
            }
        }
        held
    }

    /// Hands over how each record arrived that was not opened, and the number of its payload.
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
pub(super) struct Record {
    pub(super) payload: u64,
    pub(super) receipt: ReceiptId,
    /// The receipt that an earlier version kept of it.
    pub(super) earlier_receipt: Option<ReceiptId>,
    pub(super) opened: Opened,
}

impl Record {
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

    /// The questions to the store, where the record may have been counted before.
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

    /// The question to the store, where the record may have been counted before.
    pub(super) fn possible_redelivery(&self, now: Timestamp) -> Option<PossibleRedelivery> {
        let arrival = Some(self.arrival()).filter(|arrival| arrival.may_be_again())?;
        let earliest = now
            .checked_sub(Duration::new().hours(24 * SEARCHED_BACK_DAYS))
            .unwrap_or(Timestamp::UNIX_EPOCH);
        // A time in the future says nothing about when the record was first received.
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

/// The time of a batch: now, or the time the last of its records was first received where this
/// clock is behind that. Redelivered records are searched for from then on.
pub(super) fn written_at(chunk: &[Record], now: Timestamp) -> Timestamp {
    let latest = now
        .checked_add(Duration::new().seconds(CLOCK_AHEAD_SECONDS))
        .unwrap_or(now);
    chunk
        .iter()
        .filter_map(|record| record.arrival().first_received)
        .filter(|first| *first <= latest)
        .fold(now, Timestamp::max)
}

/// The receipt of a record with this id.
fn receipt_of(opened: &Opened, id: &str) -> ReceiptId {
    match opened {
        Opened::Delivery(_) => ReceiptId::of(id),
        // Not the receipt that the record gets when a later delivery of it can be read.
        Opened::Unreadable(Unreadable { reason, .. }) => {
            ReceiptId::of(&format!("unreadable:{}:{id}", reason.name()))
        }
    }
}
