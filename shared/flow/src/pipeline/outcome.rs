//! What became of the records of a payload: counts, failures and announcements.

use std::collections::BTreeSet;

use piitrail_detect::UnreadSet;

use super::records::{Record, Records};
use crate::counts::{self, LimitCounts, UnreadEvents};
use crate::envelope::Reason;
use crate::ledger::Coverage;
use crate::store::{Announcement, StoreError};

/// What became of the records of a payload.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Records that were read, including those that were counted before.
    pub deliveries: u64,
    /// Records of those that were counted before, and therefore not counted again.
    pub again: u64,
    /// Records of those with at least one finding.
    pub with_findings: u64,
    /// Findings in total, over distinct (class, path, document).
    pub findings: u64,
    /// Edges touched.
    pub edges: u64,
    /// Batches written.
    pub batches: u64,
    /// Records that could not be read.
    pub unreadable: Vec<FailedRecord>,
    /// Records that were read and could not be written to the store.
    pub unrecorded: Vec<FailedRecord>,
    /// Why they could not be written, once per batch.
    pub store_errors: Vec<StoreError>,
    /// How often each limit was reached.
    pub limits: LimitCounts,
    /// Records that were read, and not whole.
    pub unread_events: u64,
    /// Records of those by reason.
    pub unread: UnreadEvents,
    /// What was seen for the first time: to be sent, and then to be marked as sent.
    pub announcements: Vec<Announcement>,
}

/// A record that failed: its name in the response, where it came from, and why it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRecord {
    /// Its item identifier in the Lambda response; `None` where it cannot fail alone.
    pub item: Option<String>,
    /// The number of the payload it came in, as given to [`Records::open`](super::Records::open).
    pub payload: u64,
    /// Why it failed.
    pub reason: FailureReason,
}

piitrail_detect::listed! {
    /// Why a record failed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum FailureReason {
        /// It could not be read.
        Unreadable(Reason),
        /// The store did not say whether it was counted before.
        StoreUnavailable,
        /// The store did not take its batch.
        NotRecorded,
        /// The time of the invocation was over.
        OutOfTime,
        /// Piitrail itself failed on it.
        Defect,
    }
}

impl FailureReason {
    /// Every reason there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::every()
    }

    /// The reason's name in logs and responses: `not_json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable(reason) => reason.name(),
            Self::StoreUnavailable => "store_unavailable",
            Self::NotRecorded => "not_recorded",
            Self::OutOfTime => "out_of_time",
            Self::Defect => "defect",
        }
    }

    /// The reason in words, with what becomes of the record.
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
    /// The items to report as failed. `None` where a failed record has no item: then the whole
    /// invocation has failed.
    pub fn failed_items(&self) -> Option<BTreeSet<&str>> {
        self.unreadable
            .iter()
            .chain(&self.unrecorded)
            .map(|failed| failed.item.as_deref())
            .collect()
    }

    /// Whether every record was read and written.
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

    /// Reports a record that was read and could not be written.
    pub(super) fn add_unrecorded(&mut self, record: &Record, reason: FailureReason) {
        self.unrecorded.push(FailedRecord {
            item: record.arrival().item.clone(),
            payload: record.payload,
            reason,
        });
    }

    /// Reports a record that could not be read. A message fails once, however many of the records in it
    /// cannot be read.
    pub(super) fn add_unreadable(&mut self, failed: FailedRecord) {
        if failed.item.is_none() || self.unreadable.last() != Some(&failed) {
            self.unreadable.push(failed);
        }
    }

    /// Reports the records that there was no time to count: those that were opened, and the others.
    pub(super) fn add_out_of_time(
        &mut self,
        opened: impl Iterator<Item = Record>,
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

    /// Counts a record of which parts were not read, for these reasons.
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
