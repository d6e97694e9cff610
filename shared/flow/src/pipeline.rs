//! The way of a record: this is the page to start reading from.
//!
//! ```text
//! Lambda payload
//!   → envelope::open      every record inside, nested envelopes unwrapped; a bad one stands alone
//!   → store.counted       of those that may have come before: which were counted?
//!   → routes              who receives it, and what each consumer's transformer leaves of it
//!   → detect              walk the document once, findings per path
//!   → ledger              fold findings into edges by day, in memory
//!   → store.record        one atomic, idempotent write per batch
//!   → response            only the records that failed
//! ```
//!
//! The functions and the command line wire this up and do nothing beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{DataClass, Engine, LimitsReached, Scan, ScanOptions, Subject};

use crate::announcement::{EVENT_SOURCE, FIRST_SEEN_DETAIL_TYPE};
use crate::channel::Channel;
use crate::delivery::{Arrival, Delivery, Document, Sender};
use crate::edge::{ClassFacts, EdgeKey, Flow};
use crate::envelope::{Opened, Unreadable};
use crate::ledger::{Coverage, EVENT_TIME, EVENT_TYPES, NAME_LENGTH};
use crate::name::Name;
use crate::people::People;
use crate::routes::{Received, Router};
use crate::store::{
    Announcement, Batch, PossibleRedelivery, ReceiptId, Retention, Store, StoreError,
};
use crate::subject::{Fingerprinting, Sighting, Sightings, SubjectId};
use crate::time::{Day, day_of};
use crate::vocabulary::Vocabulary;

mod records;
mod tally;

pub use records::Records;
use records::{CLOCK_AHEAD_SECONDS, Record, written_at};
use tally::{Part, Passage, Seen, Shape, Tally};

/// The most deliveries folded into one batch: a write then stays far below DynamoDB's 400 KB.
pub const BATCH_MAX: usize = 1_000;

/// The most people of one event that are indexed; all of them are counted.
const INDEXED_MAX: usize = 1_000;

/// Sightings that are held before they are written: with a subject index, a batch ends there.
const SIGHTINGS_HELD_MAX: usize = 10_000;

/// Paths kept per class where a single delivery is too large for the store.
const PATHS_IN_A_TIGHT_BATCH: usize = 4;

/// What counts deliveries: the engine, the routes and the store.
pub struct Tracer<'t> {
    /// Finds personal data.
    pub engine: &'t Engine,
    /// Knows who receives.
    pub router: &'t Router,
    /// Where it is written.
    pub store: &'t dyn Store,
    /// Tells people apart; without it they are not counted.
    pub fingerprinting: Option<Fingerprinting<'t>>,
    /// Bounds what is told apart.
    pub vocabulary: &'t Vocabulary,
    /// How long the store keeps its content: an event that says it is older counts on the day it came.
    pub keep: Retention,
}

/// What became of the records of a payload.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Records that were read, those counted before included.
    pub deliveries: u64,
    /// Records of those that had been counted before, and were left out.
    pub again: u64,
    /// Records of those with at least one finding.
    pub with_findings: u64,
    /// Findings in all, over distinct (class, path, document).
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
    /// Bounds reached, by name.
    pub limits: BTreeMap<String, u64>,
    /// What was seen for the first time: to be sent, and then said to be sent.
    pub announcements: Vec<Announcement>,
}

/// A record that failed: what the response names it by, where it came from, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRecord {
    /// What the Lambda response names it by; `None` where it cannot fail alone.
    pub item: Option<String>,
    /// The number of the payload it came in, as given to [`Records::open`].
    pub payload: u64,
    /// Why, by name: `not_json`.
    pub reason: &'static str,
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

    /// Adds what became of another payload's records.
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
        for (name, count) in other.limits {
            *self.limits.entry(name).or_default() += count;
        }
    }

    fn unrecorded(&mut self, record: &Record, reason: &'static str) {
        self.unrecorded.push(FailedRecord {
            item: record.arrival().item.clone(),
            payload: record.payload,
            reason,
        });
    }

    /// Reports records that there was no time to count.
    fn out_of_time(&mut self, left: impl ExactSizeIterator<Item = Record>) {
        if left.len() > 0 {
            let action = "count all records of the invocation";
            self.store_errors.push(StoreError::OutOfTime { action });
        }
        for record in left {
            self.unrecorded(&record, "out_of_time");
        }
    }

    fn limit(&mut self, name: &str, count: u64) {
        *self.limits.entry(name.to_owned()).or_default() += count;
    }
}

/// When an invocation is, and how far back what it counts may lie.
#[derive(Clone, Copy)]
struct Present {
    now: Timestamp,
    today: Day,
    /// The first day that is kept: what says that it is older would be let go of as soon as it is
    /// rolled up. Replays and exports of archives bring old events; 1970 is a clock never set.
    first_day: Day,
}

impl Present {
    fn new(now: Timestamp, keep: Retention) -> Self {
        // Whole milliseconds, as every other time here.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self {
            now,
            today: day_of(now),
            first_day: keep.first_month(now),
        }
    }

    /// The time an event gives itself, or now where that cannot be, and whether its clock is wrong.
    fn plausible(&self, time: Option<Timestamp>) -> (Timestamp, bool) {
        let now = self.now;
        match time {
            None => (now, false),
            Some(at) if at > now => (now, at.duration_since(now).as_secs() > CLOCK_AHEAD_SECONDS),
            Some(at) if day_of(at) < self.first_day => (now, true),
            Some(at) => (at, false),
        }
    }
}

impl Tracer<'_> {
    /// Counts records: each once, whatever was redelivered. `now` is the time of the invocation.
    pub async fn count(&self, records: Records, now: Timestamp) -> Outcome {
        self.count_while(records, now, &|| true).await
    }

    /// The same, as long as there is time. Records that are left then are reported as not counted,
    /// and come again.
    pub async fn count_while(
        &self,
        records: Records,
        now: Timestamp,
        has_time: &(dyn Fn() -> bool + Sync),
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let present = Present::new(now, self.keep);
        let mut list = records.list.into_iter();
        // Of the whole invocation: a store may not say of a first delivery that it came in the batch
        // before.
        let mut known = BTreeSet::new();
        while has_time() {
            let chunk: Vec<Record> = list.by_ref().take(BATCH_MAX).collect();
            if chunk.is_empty() {
                break;
            }
            self.count_chunk(chunk, present, has_time, &mut known, &mut outcome)
                .await;
        }
        outcome.out_of_time(list);
        outcome
    }

    async fn count_chunk(
        &self,
        mut chunk: Vec<Record>,
        present: Present,
        has_time: &(dyn Fn() -> bool + Sync),
        known: &mut BTreeSet<ReceiptId>,
        outcome: &mut Outcome,
    ) {
        let now = present.now;
        let redeliveries: Vec<PossibleRedelivery> = chunk
            .iter()
            .filter_map(|record| record.possible_redelivery(now))
            .collect();
        let counted = if redeliveries.is_empty() {
            BTreeSet::new()
        } else {
            match self.store.which_were_counted(&redeliveries).await {
                Ok(counted) => counted,
                Err(error) => {
                    // Without the answer nothing that came before may be counted, and it comes once
                    // more. What came for the first time does not wait for it.
                    for record in
                        chunk.extract_if(.., |record| record.possible_redelivery(now).is_some())
                    {
                        outcome.unrecorded(&record, "books_unavailable");
                    }
                    outcome.store_errors.push(error);
                    BTreeSet::new()
                }
            }
        };

        let at = written_at(&chunk, now);
        known.extend(counted);
        let mut tally = Tally::default();
        let mut beside = Beside::default();
        let mut parts = Vec::with_capacity(chunk.len());
        let mut sightings = 0;
        let mut left = chunk.into_iter();
        while has_time()
            && let Some(record) = left.next()
        {
            let part = self.part(record, present, known, &mut tally, &mut beside, outcome);
            if let Some(part) = part {
                sightings += part.seen.sightings.len();
                parts.push(part);
            }
            if sightings >= SIGHTINGS_HELD_MAX {
                sightings = 0;
                let held = std::mem::take(&mut parts);
                self.record(held, &tally, at, outcome).await;
            }
        }
        self.record(parts, &tally, at, outcome).await;
        outcome.out_of_time(left);
    }

    /// What one record adds to the store; `None` where it was counted before.
    fn part(
        &self,
        record: Record,
        present: Present,
        known: &mut BTreeSet<ReceiptId>,
        tally: &mut Tally,
        beside: &mut Beside,
        outcome: &mut Outcome,
    ) -> Option<Part> {
        let Record {
            payload,
            receipt,
            opened,
        } = record;
        let (item, seen) = match opened {
            Opened::Unreadable(Unreadable { arrival, reason }) => {
                outcome.unreadable.push(FailedRecord {
                    item: arrival.item.clone(),
                    payload,
                    reason: reason.as_str(),
                });
                if !known.insert(receipt) {
                    return None;
                }
                let seen = Seen {
                    place: tally.place(present.today, self.place(&arrival)),
                    coverage: Coverage {
                        unreadable: BTreeMap::from([(reason.as_str().to_owned(), 1)]),
                        ..Coverage::default()
                    },
                    passages: Vec::new(),
                    sightings: Sightings::default(),
                };
                (arrival.item, seen)
            }
            Opened::Delivery(delivery) => {
                outcome.deliveries += 1;
                if !known.insert(receipt) {
                    outcome.again += 1;
                    return None;
                }
                // Nothing here is meant to panic; if something does, it takes one record and no other.
                let folding =
                    AssertUnwindSafe(|| self.fold(&delivery, present, tally, beside, outcome));
                let Ok(seen) = panic::catch_unwind(folding) else {
                    outcome.unrecorded.push(FailedRecord {
                        item: delivery.arrival.item,
                        payload,
                        reason: "defect",
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

    /// Folds one delivery into edges: one for each consumer, with what that consumer received.
    fn fold(
        &self,
        delivery: &Delivery,
        present: Present,
        tally: &mut Tally,
        beside: &mut Beside,
        outcome: &mut Outcome,
    ) -> Seen {
        let arrival = &delivery.arrival;
        let mut coverage = Coverage {
            deliveries: 1,
            ..Coverage::default()
        };
        let mut passages = Vec::new();
        let mut sightings = Sightings::default();
        if is_own(arrival) {
            coverage.limits.insert("own_event".to_owned(), 1);
            outcome.limit("own_event", 1);
            return Seen {
                place: tally.place(present.today, self.place(arrival)),
                coverage,
                passages,
                sightings,
            };
        }
        let (at, is_wrong) = present.plausible(arrival.time);
        if is_wrong {
            coverage.limits.insert(EVENT_TIME.to_owned(), 1);
        }
        let day = day_of(at);
        let mut routed = self.router.route(delivery);
        let mut event_type = self.router.name(&arrival.event_type);
        if self
            .vocabulary
            .admit(present.today, &mut routed.producer, &mut event_type)
        {
            coverage.limits.insert(EVENT_TYPES.to_owned(), 1);
        }
        if event_type.is_cut() || routed.producer.name.as_ref().is_some_and(Name::is_cut) {
            coverage.limits.insert(NAME_LENGTH.to_owned(), 1);
        }
        let source = arrival.sender.as_ref().map(Sender::name);
        let headers = beside.look_of(self, arrival, source, tally);
        let whole = self.look(&delivery.document, source, tally);
        let mut limits = LimitsReached::default();
        let mut found = 0;
        for look in headers.iter().map(|look| &**look).chain(&whole) {
            limits.merge(&look.limits);
            found += look.findings;
        }
        outcome.findings += found;
        outcome.with_findings += u64::from(found > 0);

        for consumption in routed.consumptions {
            let changed = match &consumption.received {
                Received::Whole => None,
                Received::Changed(document) => Some(self.look(document, source, tally)),
            };
            if let Some(Some(look)) = &changed {
                limits.merge(&look.limits);
            }
            // A transformer leaves nothing of what travels beside the body.
            let (body, beside) = match &changed {
                Some(look) => (look.as_ref(), None),
                None => (whole.as_ref(), headers.as_deref()),
            };
            let mut people = body.map(|look| look.people.clone()).unwrap_or_default();
            if let (Some(_), Some(beside)) = (body, beside) {
                people.merge_same_events(&beside.people);
            }
            let shapes = [body, beside].map(|look| look.map_or(Shape::EMPTY, |look| look.shape));
            let shape = tally.union(shapes[0], shapes[1]);
            let key = EdgeKey {
                flow: Flow {
                    producer: routed.producer.clone(),
                    consumer: consumption.consumer,
                    channels: consumption.channels,
                    event_type: event_type.clone(),
                },
                basis: consumption.basis,
            };
            let subjects = body.iter().chain(&beside).flat_map(|look| &look.subjects);
            self.index(subjects, day, &key, tally.classes(shape), &mut sightings);
            let passage = Passage {
                edge: tally.edge(day, key),
                at,
                is_replay: arrival.replay,
                is_unreadable: body.is_none(),
                shape,
                people,
            };
            tally.pass(&mut passages, passage);
        }
        let looks = headers.iter().map(|look| &**look).chain(&whole);
        let is_too_many = looks.map(|look| look.subjects.len()).sum::<usize>() > INDEXED_MAX;
        let index_limit = is_too_many.then_some("subject_index");
        let names = routed.limits.into_iter().chain(delivery.limit);
        count_limits(&mut coverage, names.chain(index_limit), &limits);
        for (name, count) in &coverage.limits {
            outcome.limit(name, *count);
        }
        Seen {
            place: tally.place(day, routed.taken_from),
            coverage,
            passages,
            sightings,
        }
    }

    /// Notes that these people were seen on an edge, where that is kept.
    fn index<'l>(
        &self,
        people: impl Iterator<Item = &'l Subject>,
        day: Day,
        edge: &EdgeKey,
        classes: &BTreeMap<DataClass, ClassFacts>,
        sightings: &mut Sightings,
    ) {
        let Some(with) = self.fingerprinting.filter(|with| with.index) else {
            return;
        };
        let sighting = Sighting {
            first_seen: day,
            last_seen: day,
            classes: classes.keys().copied().collect(),
        };
        for subject in people.take(INDEXED_MAX) {
            let id = SubjectId {
                epoch: with.key.epoch.clone(),
                subject: *subject,
            };
            sightings.add(id, edge.clone(), &sighting);
        }
    }

    /// What a document carries; `None` where the body cannot be looked at.
    fn look(&self, document: &Document, source: Option<&str>, tally: &mut Tally) -> Option<Look> {
        match document {
            Document::Json(text) => Some(self.look_at_json(text, source, tally)),
            Document::Text(text) => Some(self.look_at_text(text, source, tally)),
            Document::Opaque => None,
        }
    }

    fn look_at_json(&self, text: &str, source: Option<&str>, tally: &mut Tally) -> Look {
        let options = self.scan_options(source);
        match self.engine.scan_json_with(text.as_bytes(), options) {
            Ok(scan) => self.look_of(scan, tally),
            // It was taken for JSON and is not quite (an engine's bound on its form): text.
            Err(_) => self.look_at_text(text, source, tally),
        }
    }

    fn look_at_text(&self, text: &str, source: Option<&str>, tally: &mut Tally) -> Look {
        let scan = self.engine.scan_text_with(text, self.scan_options(source));
        self.look_of(scan, tally)
    }

    fn scan_options<'a>(&'a self, source: Option<&'a str>) -> ScanOptions<'a> {
        ScanOptions {
            source,
            subjects: self.fingerprinting.map(|with| with.subjects()),
        }
    }

    fn look_of(&self, scan: Scan, tally: &mut Tally) -> Look {
        let mut look = Look {
            shape: tally.shape(&scan),
            findings: scan.findings.len() as u64,
            limits: scan.limits,
            people: People::default(),
            subjects: Vec::new(),
        };
        if let Some(with) = self.fingerprinting {
            look.people = People::of_one_event(&with.key.epoch, &scan.subjects);
            if with.index {
                look.subjects = scan.subjects;
            }
        }
        look
    }

    /// The channel a record was taken from.
    fn place(&self, arrival: &Arrival) -> Option<Channel> {
        self.router.channels(arrival).pop()
    }

    /// Writes parts as one batch, in smaller ones where the store cannot take them in one piece.
    async fn record(&self, parts: Vec<Part>, tally: &Tally, now: Timestamp, outcome: &mut Outcome) {
        let mut pending = vec![parts];
        while let Some(mut parts) = pending.pop() {
            if parts.is_empty() {
                continue;
            }
            let mut batch = tally.batch(&parts, now);
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
                    // Another writer was faster; what is left is added up again without those.
                    let before = parts.len();
                    parts.retain(|part| !known.contains(&part.receipt));
                    outcome.again += (before - parts.len()) as u64;
                    pending.push(parts);
                }
                Err(StoreError::TooLarge { .. }) if parts.len() > 1 => {
                    let rest = parts.split_off(parts.len() / 2);
                    pending.push(rest);
                    pending.push(parts);
                }
                Err(error) => {
                    let failed = parts.into_iter().map(|part| FailedRecord {
                        item: part.item,
                        payload: part.payload,
                        reason: "not_recorded",
                    });
                    outcome.unrecorded.extend(failed);
                    outcome.store_errors.push(error);
                }
            }
        }
    }
}

/// Counts the bounds that were reached on a delivery's way, and in searching what it carries.
fn count_limits(
    coverage: &mut Coverage,
    on_the_way: impl Iterator<Item = &'static str>,
    in_search: &LimitsReached,
) {
    let on_the_way = on_the_way.map(|name| (name, 1));
    let in_search = in_search.iter();
    let in_search = in_search.map(|(limit, count)| (limit.name(), u64::from(count)));
    for (name, count) in on_the_way.chain(in_search) {
        *coverage.limits.entry(name.to_owned()).or_default() += count;
    }
}

/// Leaves few paths of each class. Whether there was anything to leave out.
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

/// What a scan found.
struct Look {
    shape: Shape,
    people: People,
    /// The same people one by one, where they are indexed.
    subjects: Vec<Subject>,
    findings: u64,
    limits: LimitsReached,
}

/// What travels beside the body of the message at hand. It is looked at once, however many records
/// the message holds.
#[derive(Default)]
struct Beside {
    last: Option<BesideLook>,
}

struct BesideLook {
    text: Arc<str>,
    source: Option<String>,
    look: Arc<Look>,
}

impl Beside {
    fn look_of(
        &mut self,
        tracer: &Tracer<'_>,
        arrival: &Arrival,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Option<Arc<Look>> {
        let headers = arrival.headers.as_ref()?;
        Some(self.look(tracer, headers, source, tally))
    }

    fn look(
        &mut self,
        tracer: &Tracer<'_>,
        headers: &Arc<str>,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Arc<Look> {
        if let Some(last) = &self.last
            && Arc::ptr_eq(&last.text, headers)
            && last.source.as_deref() == source
        {
            return Arc::clone(&last.look);
        }
        let look = Arc::new(tracer.look_at_json(headers, source, tally));
        self.last = Some(BesideLook {
            text: Arc::clone(headers),
            source: source.map(str::to_owned),
            look: Arc::clone(&look),
        });
        look
    }
}

/// Whether it is an announcement of ours that came round to a tap. Tracing it would show nothing:
/// it holds no personal data, and goes to whoever asked for it.
fn is_own(arrival: &Arrival) -> bool {
    let is_ours = matches!(&arrival.sender, Some(Sender::Source(source)) if source == EVENT_SOURCE);
    is_ours && &*arrival.event_type == FIRST_SEEN_DETAIL_TYPE
}

#[cfg(test)]
mod tests;
