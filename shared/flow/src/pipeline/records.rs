//! Records on their way to be counted: the receipt of each, and what the store is asked about those
//! that may have been counted before.

use jiff::{Span as Duration, Timestamp};

use crate::delivery::Arrival;
use crate::envelope::{self, Opened, Unreadable};
use crate::store::{PossibleRedelivery, ReceiptId};

/// How far back the store is searched for a record that does not say when it was first received: SQS
/// keeps a message for at most 14 days, streams keep a record for less unless configured otherwise.
const SEARCHED_BACK_DAYS: i64 = 14;

/// How far ahead another clock may run before it is taken for wrong.
pub(super) const CLOCK_AHEAD_SECONDS: i64 = 300;

/// Records out of one payload or several, waiting to be counted.
#[derive(Default)]
pub struct Records {
    pub(super) list: Vec<Record>,
    are_of_files: bool,
}

impl Records {
    /// Records out of files. A file may be traced any number of times, whatever receive count its
    /// messages have, so the store is asked about each of them.
    pub fn of_files() -> Self {
        Self {
            are_of_files: true,
            ..Self::default()
        }
    }

    /// Opens a payload and adds what is inside. `id` identifies it where it carries no id of its
    /// own; `number` is what failures are reported under.
    pub fn open(&mut self, payload: &[u8], id: &str, number: u64) {
        self.open_known_as(payload, id, None, number);
    }

    /// Opens a payload that an earlier version of Piitrail identified by another id, where it carries
    /// no id of its own: what was counted under that id is not counted again.
    pub fn open_known_as(&mut self, payload: &[u8], id: &str, earlier: Option<&str>, number: u64) {
        envelope::open(payload, id, &mut |mut opened| {
            let arrival = arrival_mut(&mut opened);
            if self.are_of_files {
                arrival.receive_count = None;
            }
            let earlier_id = arrival.earlier_id.take().or_else(|| {
                let rest = arrival.id.strip_prefix(id)?;
                Some(format!("{}{rest}", earlier?))
            });
            self.list.push(Record {
                payload: number,
                receipt: receipt_of(&opened, &arrival_of(&opened).id),
                earlier_receipt: earlier_id.map(|id| receipt_of(&opened, &id)),
                opened,
            });
        });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
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
    pub(super) fn arrival(&self) -> &Arrival {
        arrival_of(&self.opened)
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
            ReceiptId::of(&format!("unreadable:{}:{id}", reason.as_str()))
        }
    }
}

fn arrival_of(opened: &Opened) -> &Arrival {
    match opened {
        Opened::Delivery(delivery) => &delivery.arrival,
        Opened::Unreadable(unreadable) => &unreadable.arrival,
    }
}

fn arrival_mut(opened: &mut Opened) -> &mut Arrival {
    match opened {
        Opened::Delivery(delivery) => &mut delivery.arrival,
        Opened::Unreadable(unreadable) => &mut unreadable.arrival,
    }
}
