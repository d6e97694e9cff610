//! The outcome of a payload's records: counts, failures and announcements.

use std::collections::BTreeSet;

use piitrail_detect::UnreadSet;

use super::records::{RecordToCount, Records};
use crate::counts::{self, LimitCounts, UnreadEvents};
use crate::envelope::Reason;
use crate::ledger::Coverage;
use crate::store::{Announcement, StoreError};

/// The outcome of a payload's records.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The number of records that were read, including those that were counted before.
    pub deliveries: u64,
    /// The number of these records that were counted before and therefore not counted again.
    pub again: u64,
    /// The number of these records with at least one finding.
    pub with_findings: u64,
    /// The number of findings, over distinct (class, path, document).
    pub findings: u64,
    /// The number of edges in the batches.
    pub edges: u64,
    /// The number of batches that were written.
    pub batches: u64,
    /// Records that could not be read.
    pub unreadable: Vec<FailedRecord>,
    /// Records that were read but could not be written to the store.
    pub unrecorded: Vec<FailedRecord>,
    /// The errors of the store, one for each batch that could not be written.
    pub store_errors: Vec<StoreError>,
    /// The number of times each limit was reached.
    pub limits: LimitCounts,
    /// The number of records that were read, but not whole.
    pub unread_events: u64,
    /// The number of these records by reason.
    pub unread: UnreadEvents,
    /// The announcements of classes that are new. They are sent and then marked as sent.
    pub announcements: Vec<Announcement>,
}

/// A record that failed, with the place it came from and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRecord {
    /// The item identifier in the Lambda response, or `None` if the record cannot fail alone.
    pub item: Option<String>,
    /// The number of its payload, as given to [`Records::open`](super::Records::open).
    pub payload: u64,
    /// The reason why it failed.
    pub reason: FailureReason,
}

piitrail_detect::listed! {
    /// The reason why a record failed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum FailureReason {
        /// The record could not be read.
        Unreadable(Reason),
        /// The store did not say if the record was counted before.
        StoreUnavailable,
        /// The store did not take the batch of the record.
        NotRecorded,
        /// The time of the invocation ended.
        OutOfTime,
        /// Piitrail itself failed on the record.
        Defect,
    }
}

impl FailureReason {
    /// Returns every reason.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::every()
    }

    /// Returns the reason's name in logs and responses: `not_json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable(reason) => reason.name(),
            Self::StoreUnavailable => "store_unavailable",
            Self::NotRecorded => "not_recorded",
            Self::OutOfTime => "out_of_time",
            Self::Defect => "defect",
        }
    }

    /// Returns the reason in words, with the consequence for the record.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Unreadable(reason) => reason.explanation(),
            Self::StoreUnavailable => {
                "the store did not say whether it was counted before; it is not counted"
            }
            Self::NotRecorded => "the store did not take it; it is not counted",
            Self::OutOfTime => "there was no time left to count it",
            Self::Defect => "a defect of piitrail; please report it",
        }
    }
}

impl Outcome {
    /// Returns the items to report as failed, or `None` if a failed record has no item, so that the
    /// whole invocation must fail.
    pub fn failed_items(&self) -> Option<BTreeSet<&str>> {
        self.unreadable
            .iter()
            .chain(&self.unrecorded)
            .map(|failed| failed.item.as_deref())
            .collect()
    }

    /// Returns true if every record was read and written.
    pub fn is_clean(&self) -> bool {
        self.unreadable.is_empty() && self.unrecorded.is_empty()
    }

    /// Adds the outcome of another payload.
    pub fn add(&mut self, other: Self) {
        self.deliveries += other.deliveries;
        self.again += other.again;
        self.with_findings += other.with_findings;
        self.findings += other.findings;
        self.edges += other.edges;
        self.batches += other.batches;
        self.unreadable.extend(other.unreadable);
        self.unrecorded.extend(other.unrecorded);
        self.store_errors.extend(other.store_errors);
        self.announcements.extend(other.announcements);
        counts::add(&mut self.limits, &other.limits);
        self.unread_events += other.unread_events;
        counts::add(&mut self.unread, &other.unread);
    }

    /// Reports a record that was read but could not be written.
    pub(super) fn add_unrecorded(&mut self, record: &RecordToCount, reason: FailureReason) {
        self.unrecorded.push(FailedRecord {
            item: record.arrival().item.clone(),
            payload: record.payload,
            reason,
        });
    }

    /// Reports a record that could not be read. A message is reported once, even if several records
    /// in it cannot be read.
    pub(super) fn add_unreadable(&mut self, failed: FailedRecord) {
        if failed.item.is_none() || self.unreadable.last() != Some(&failed) {
            self.unreadable.push(failed);
        }
    }

    /// Reports the records that there was no time to count, both opened and unopened.
    pub(super) fn add_out_of_time(
        &mut self,
        opened: impl Iterator<Item = RecordToCount>,
        mut others: Records<'_>,
    ) {
        let known = self.unrecorded.len();
        for record in opened {
            self.add_unrecorded(&record, FailureReason::OutOfTime);
        }
        others.name_rest(|arrival, payload| {
            self.unrecorded.push(FailedRecord {
                item: arrival.item,
                payload,
                reason: FailureReason::OutOfTime,
            });
        });
        if self.unrecorded.len() > known {
            let action = "count all records of the invocation";
            self.store_errors.push(StoreError::OutOfTime { action });
        }
    }

    /// Counts the findings of one record.
    pub(super) fn add_findings(&mut self, findings: u64) {
        self.findings += findings;
        self.with_findings += u64::from(findings > 0);
    }

    /// Counts a record of which parts were not read, under each of these reasons.
    pub(super) fn add_unread(&mut self, reasons: UnreadSet) {
        self.unread_events += u64::from(!reasons.is_empty());
        for reason in reasons.iter() {
            counts::count(&mut self.unread, reason, 1);
        }
    }

    /// Counts the limits that one record reached.
    pub(super) fn add_limits(&mut self, coverage: &Coverage) {
        counts::add(&mut self.limits, &coverage.limits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_name_and_an_explanation_of_its_own() {
        let names: BTreeSet<&str> = FailureReason::all().map(FailureReason::name).collect();
        let explanations: BTreeSet<&str> = FailureReason::all()
            .map(FailureReason::explanation)
            .collect();
        assert_eq!(names.len(), FailureReason::all().count());
        assert_eq!(explanations.len(), FailureReason::all().count());
    }
}
