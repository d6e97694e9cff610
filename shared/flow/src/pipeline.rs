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

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use jiff::{Span as Duration, Timestamp};
use piitrail_detect::{DataClass, Engine, LimitsReached, Marks, Scan, ScanOptions, Subject};

use crate::announcement::{EVENT_SOURCE, FIRST_SEEN_DETAIL_TYPE};
use crate::delivery::{Arrival, Delivery, Document, Sender};
use crate::edge::{Channel, ClassFacts, EdgeFacts, EdgeKey, EdgePath};
use crate::envelope::{self, Opened, Reason, Unreadable};
use crate::ledger::{Coverage, Ledger};
use crate::name::Name;
use crate::people::People;
use crate::routes::{Received, Router};
use crate::store::{Announcement, Batch, Claim, ReceiptId, Store, StoreError};
use crate::subject::{Fingerprinting, Sighting, Sightings, SubjectId};
use crate::time::{Day, day_of, days_before};
use crate::vocabulary::Vocabulary;

/// The most deliveries folded into one batch: a write then stays far below DynamoDB's 400 KB.
pub const BATCH_MAX: usize = 1_000;

/// How far back the books are searched for a record that does not say when it first came: SQS keeps
/// a message for at most 14 days, streams for less unless asked.
const SEARCHED_BACK_DAYS: i64 = 14;

/// The most people of one event that are indexed; all of them are counted.
const INDEXED_MAX: usize = 1_000;

/// Sightings that are held before they are written: with a subject index, a batch ends there.
const SIGHTINGS_HELD_MAX: usize = 10_000;

/// Paths kept per class where a single delivery is too large for the store.
const PATHS_IN_A_TIGHT_BATCH: usize = 4;

/// What counts deliveries: the engine, the routes and the books.
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
    /// Records that were read and could not be written to the books.
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

    fn limit(&mut self, name: &str, count: u64) {
        *self.limits.entry(name.to_owned()).or_default() += count;
    }
}

/// Records out of one payload or several, waiting to be counted.
#[derive(Default)]
pub struct Records {
    list: Vec<(u64, Opened)>,
}

impl Records {
    /// Opens a payload and adds what is inside. `id` identifies it where it carries no id of its
    /// own; `number` is what failures are reported under.
    pub fn open(&mut self, payload: &[u8], id: &str, number: u64) {
        envelope::open(payload, id, &mut |opened| self.list.push((number, opened)));
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

/// One record's part of the books, kept apart until the batch is written.
struct Part {
    receipt: ReceiptId,
    item: Option<String>,
    payload: u64,
    ledger: Ledger,
    sightings: Sightings,
}

impl Tracer<'_> {
    /// Counts records: each once, whatever was redelivered. `now` is the time of the invocation.
    pub async fn count(&self, records: Records, now: Timestamp) -> Outcome {
        let mut outcome = Outcome::default();
        // Whole milliseconds, as every other time here.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let lanes = self.store.lanes();
        let mut by_lane: BTreeMap<u16, VecDeque<(u64, Opened)>> = BTreeMap::new();
        for (payload, opened) in records.list {
            let lane = receipt(&opened).lane(lanes);
            by_lane
                .entry(lane)
                .or_default()
                .push_back((payload, opened));
        }
        for mut list in by_lane.into_values() {
            while !list.is_empty() {
                let chunk = list.drain(..list.len().min(BATCH_MAX)).collect();
                self.count_chunk(chunk, now, &mut outcome).await;
            }
        }
        outcome
    }

    async fn count_chunk(&self, chunk: Vec<(u64, Opened)>, now: Timestamp, outcome: &mut Outcome) {
        let claims: Vec<Claim> = chunk
            .iter()
            .filter_map(|(_, opened)| claim(opened, now))
            .collect();
        let counted = if claims.is_empty() {
            BTreeSet::new()
        } else {
            match self.store.counted(&claims).await {
                Ok(counted) => counted,
                Err(error) => {
                    // Without the answer nothing may be counted: all of it comes again.
                    for (payload, opened) in &chunk {
                        outcome.unrecorded.push(FailedRecord {
                            item: arrival(opened).item.clone(),
                            payload: *payload,
                            reason: "books_unavailable",
                        });
                    }
                    outcome.store_errors.push(error);
                    return;
                }
            }
        };

        let mut seen = counted;
        let mut beside = Beside::default();
        let mut parts = Vec::with_capacity(chunk.len());
        let mut sightings = 0;
        for (payload, opened) in chunk {
            if let Some(part) = self.part(payload, opened, now, &mut seen, &mut beside, outcome) {
                sightings += part.sightings.len();
                parts.push(part);
            }
            if sightings >= SIGHTINGS_HELD_MAX {
                sightings = 0;
                self.record(std::mem::take(&mut parts), now, outcome).await;
            }
        }
        self.record(parts, now, outcome).await;
    }

    /// What one record adds to the books; `None` where it was counted before.
    fn part(
        &self,
        payload: u64,
        opened: Opened,
        now: Timestamp,
        seen: &mut BTreeSet<ReceiptId>,
        beside: &mut Beside,
        outcome: &mut Outcome,
    ) -> Option<Part> {
        let mut ledger = Ledger::default();
        let mut sightings = Sightings::default();
        match opened {
            Opened::Unreadable(Unreadable { arrival, reason }) => {
                outcome.unreadable.push(FailedRecord {
                    item: arrival.item.clone(),
                    payload,
                    reason: reason.as_str(),
                });
                let receipt = failure_receipt(&arrival, reason);
                if !seen.insert(receipt) {
                    return None;
                }
                let coverage = Coverage {
                    unreadable: BTreeMap::from([(reason.as_str().to_owned(), 1)]),
                    ..Coverage::default()
                };
                ledger.add_coverage(day_of(now), self.place(&arrival), &coverage);
                Some(Part {
                    receipt,
                    item: arrival.item,
                    payload,
                    ledger,
                    sightings,
                })
            }
            Opened::Delivery(delivery) => {
                outcome.deliveries += 1;
                let receipt = ReceiptId::of(&delivery.arrival.id);
                if !seen.insert(receipt) {
                    outcome.again += 1;
                    return None;
                }
                // Nothing here is meant to panic; if something does, it takes one record and no other.
                let folding = AssertUnwindSafe(|| {
                    self.fold(&delivery, now, beside, &mut ledger, &mut sightings, outcome);
                });
                if panic::catch_unwind(folding).is_err() {
                    outcome.unrecorded.push(FailedRecord {
                        item: delivery.arrival.item,
                        payload,
                        reason: "defect",
                    });
                    return None;
                }
                Some(Part {
                    receipt,
                    item: delivery.arrival.item,
                    payload,
                    ledger,
                    sightings,
                })
            }
        }
    }

    /// Folds one delivery into edges: one for each consumer, with what that consumer received.
    fn fold(
        &self,
        delivery: &Delivery,
        now: Timestamp,
        beside: &mut Beside,
        ledger: &mut Ledger,
        sightings: &mut Sightings,
        outcome: &mut Outcome,
    ) {
        let arrival = &delivery.arrival;
        let mut coverage = Coverage {
            deliveries: 1,
            ..Coverage::default()
        };
        if is_own(arrival) {
            coverage.limits.insert("own_event".to_owned(), 1);
            outcome.limit("own_event", 1);
            ledger.add_coverage(day_of(now), self.place(arrival), &coverage);
            return;
        }
        let (at, is_wrong) = plausible(arrival.time, now);
        if is_wrong {
            coverage.limits.insert("event_time".to_owned(), 1);
        }
        let day = day_of(at);
        let mut routed = self.router.route(delivery);
        let mut event_type = Name::masked(self.engine, &arrival.event_type);
        if self
            .vocabulary
            .admit(day_of(now), &mut routed.producer, &mut event_type)
        {
            coverage.limits.insert("event_types".to_owned(), 1);
        }
        let source = arrival.sender.as_ref().map(Sender::name);
        let headers = beside.look_of(self, arrival, source);
        let whole = self.look(&delivery.document, source);
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
                Received::Changed(document) => Some(self.look(document, source)),
            };
            if let Some(Some(look)) = &changed {
                limits.merge(&look.limits);
            }
            // A transformer leaves nothing of what travels beside the body.
            let (body, beside) = match &changed {
                Some(look) => (look.as_ref(), None),
                None => (whole.as_ref(), headers.as_deref()),
            };
            let mut facts = EdgeFacts {
                events: 1,
                replayed: u64::from(arrival.replay),
                unreadable: u64::from(body.is_none()),
                first_seen: Some(at),
                last_seen: Some(at),
                classes: body.map(|look| look.classes.clone()).unwrap_or_default(),
                people: body.map(|look| look.people.clone()).unwrap_or_default(),
                ..EdgeFacts::default()
            };
            for (class, seen) in beside.iter().flat_map(|look| &look.classes) {
                let known = facts.classes.entry(*class).or_insert_with(|| seen.clone());
                known.merge(seen);
                known.events = 1;
            }
            if let (Some(_), Some(beside)) = (body, beside) {
                facts.people.merge_same_events(&beside.people);
            }
            facts.events_with_findings = u64::from(!facts.classes.is_empty());
            let key = EdgeKey {
                producer: routed.producer.clone(),
                consumer: consumption.consumer,
                channels: consumption.channels,
                event_type: event_type.clone(),
                basis: consumption.basis,
            };
            let people = body.iter().chain(&beside).flat_map(|look| &look.subjects);
            self.index(people, day, &key, &facts, sightings);
            ledger.add_edge(day, key, &facts);
        }
        // Two rules may send one event over the same way to the same consumer: it is one event.
        for facts in ledger.edges.values_mut() {
            facts.count_as_one_event();
        }
        let looks = headers.iter().map(|look| &**look).chain(&whole);
        let is_too_many = looks.map(|look| look.subjects.len()).sum::<usize>() > INDEXED_MAX;
        let index_limit = is_too_many.then_some("subject_index");
        for name in routed
            .limits
            .into_iter()
            .chain(delivery.limit)
            .chain(index_limit)
        {
            *coverage.limits.entry(name.to_owned()).or_default() += 1;
        }
        for (limit, count) in limits.iter() {
            *coverage.limits.entry(limit.name().to_owned()).or_default() += u64::from(count);
        }
        for (name, count) in &coverage.limits {
            outcome.limit(name, *count);
        }
        ledger.add_coverage(day, self.place(arrival), &coverage);
    }

    /// Notes that these people were seen on an edge, where that is kept.
    fn index<'l>(
        &self,
        people: impl Iterator<Item = &'l Subject>,
        day: Day,
        edge: &EdgeKey,
        facts: &EdgeFacts,
        sightings: &mut Sightings,
    ) {
        let Some(with) = self.fingerprinting.filter(|with| with.index) else {
            return;
        };
        let sighting = Sighting {
            first_seen: day,
            last_seen: day,
            classes: facts.classes.keys().copied().collect(),
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
    fn look(&self, document: &Document, source: Option<&str>) -> Option<Look> {
        match document {
            Document::Json(text) => Some(self.look_at_json(text, source)),
            Document::Text(text) => Some(self.look_at_text(text, source)),
            Document::Opaque => None,
        }
    }

    fn look_at_json(&self, text: &str, source: Option<&str>) -> Look {
        let options = self.scan_options(source);
        match self.engine.scan_json_with(text.as_bytes(), options) {
            Ok(scan) => self.look_of(&scan),
            // It was taken for JSON and is not quite (an engine's bound on its form): text.
            Err(_) => self.look_at_text(text, source),
        }
    }

    fn look_at_text(&self, text: &str, source: Option<&str>) -> Look {
        self.look_of(&self.engine.scan_text_with(text, self.scan_options(source)))
    }

    fn scan_options<'a>(&'a self, source: Option<&'a str>) -> ScanOptions<'a> {
        ScanOptions {
            source,
            subjects: self.fingerprinting.map(|with| with.subjects()),
        }
    }

    fn look_of(&self, scan: &Scan) -> Look {
        let mut look = Look::from(scan);
        if let Some(with) = self.fingerprinting {
            look.people = People::of_one_event(&with.key.epoch, &scan.subjects);
            if with.index {
                look.subjects.clone_from(&scan.subjects);
            }
        }
        look
    }

    /// The channel a record was taken from.
    fn place(&self, arrival: &Arrival) -> Option<Channel> {
        self.router.channels(arrival).pop()
    }

    /// Writes parts as one batch, in smaller ones where the store cannot take them in one piece.
    async fn record(&self, parts: Vec<Part>, now: Timestamp, outcome: &mut Outcome) {
        let mut pending = vec![parts];
        while let Some(mut parts) = pending.pop() {
            if parts.is_empty() {
                continue;
            }
            let batch = batch_of(&parts, now);
            match self.store.record(&batch).await {
                Ok(announcement) => {
                    outcome.announcements.extend(announcement);
                    outcome.batches += 1;
                    outcome.edges += batch.ledger.edges.len() as u64;
                }
                Err(StoreError::AlreadyCounted(known))
                    if parts.iter().any(|part| known.contains(&part.receipt)) =>
                {
                    // Another writer was faster; what is left is folded again without those.
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
                Err(StoreError::TooLarge { .. }) if trim(&mut parts) => pending.push(parts),
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

fn batch_of(parts: &[Part], at: Timestamp) -> Batch {
    let mut ledger = Ledger::default();
    let mut sightings = Sightings::default();
    for part in parts {
        ledger.merge_from(&part.ledger);
        sightings.merge(&part.sightings);
    }
    Batch {
        at,
        receipts: parts.iter().map(|part| part.receipt).collect(),
        ledger,
        sightings,
    }
}

/// Leaves few paths of each class. Whether there was anything to leave out.
fn trim(parts: &mut [Part]) -> bool {
    let mut trimmed = false;
    for class in parts
        .iter_mut()
        .flat_map(|part| part.ledger.edges.values_mut())
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

/// What a scan found, as an edge keeps it.
#[derive(Default)]
struct Look {
    classes: BTreeMap<DataClass, ClassFacts>,
    people: People,
    /// The same people one by one, where they are indexed.
    subjects: Vec<Subject>,
    findings: u64,
    limits: LimitsReached,
}

impl From<&Scan> for Look {
    fn from(scan: &Scan) -> Self {
        let mut classes: BTreeMap<DataClass, ClassFacts> = BTreeMap::new();
        for finding in &scan.findings {
            let class = classes
                .entry(finding.class)
                .or_insert_with(|| ClassFacts::of_one_event(finding.confidence));
            class.confidence = class.confidence.max(finding.confidence);
            class.only_test_data &= finding.marks.contains(Marks::TEST_DATA);
            class.add_path(EdgePath::from(&finding.path));
        }
        Self {
            classes,
            people: People::default(),
            subjects: Vec::new(),
            findings: scan.findings.len() as u64,
            limits: scan.limits,
        }
    }
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
    ) -> Option<Arc<Look>> {
        let headers = arrival.headers.as_ref()?;
        Some(self.look(tracer, headers, source))
    }

    fn look(&mut self, tracer: &Tracer<'_>, headers: &Arc<str>, source: Option<&str>) -> Arc<Look> {
        if let Some(last) = &self.last
            && Arc::ptr_eq(&last.text, headers)
            && last.source.as_deref() == source
        {
            return Arc::clone(&last.look);
        }
        let look = Arc::new(tracer.look_at_json(headers, source));
        self.last = Some(BesideLook {
            text: Arc::clone(headers),
            source: source.map(str::to_owned),
            look: Arc::clone(&look),
        });
        look
    }
}

fn arrival(opened: &Opened) -> &Arrival {
    match opened {
        Opened::Delivery(delivery) => &delivery.arrival,
        Opened::Unreadable(unreadable) => &unreadable.arrival,
    }
}

/// What a record is known by in the books.
fn receipt(opened: &Opened) -> ReceiptId {
    match opened {
        Opened::Unreadable(Unreadable { arrival, reason }) => failure_receipt(arrival, *reason),
        Opened::Delivery(delivery) => ReceiptId::of(&delivery.arrival.id),
    }
}

/// What to ask the books of a record that may have been counted before.
fn claim(opened: &Opened, now: Timestamp) -> Option<Claim> {
    let arrival = Some(arrival(opened)).filter(|arrival| arrival.may_be_again())?;
    let id = receipt(opened);
    let earliest = now
        .checked_sub(Duration::new().hours(24 * SEARCHED_BACK_DAYS))
        .unwrap_or(Timestamp::UNIX_EPOCH);
    // A time in the future is no time of ours: nothing can be said of when it came.
    let since = arrival
        .first_received
        .filter(|first| *first <= now)
        .map_or(earliest, |first| first.max(earliest));
    Some(Claim {
        id,
        since,
        until: now,
    })
}

/// The receipt of a record counted as unreadable: apart from its own, which it gets when it is read
/// after all.
fn failure_receipt(arrival: &Arrival, reason: Reason) -> ReceiptId {
    ReceiptId::of(&format!("unreadable:{}:{}", reason.as_str(), arrival.id))
}

/// How far ahead of ours another clock may run before it is taken for wrong.
const CLOCK_AHEAD_SECONDS: i64 = 300;

/// How long ago an event may have happened and still stand on its own day, in days: the seven years
/// that months are kept. Replays and exports of archives bring old ones; 1970 is a clock that was
/// never set.
const EVENT_AGE_MAX_DAYS: u32 = 7 * 365;

/// The time an event gives itself, or now where that cannot be, and whether its clock is wrong.
fn plausible(time: Option<Timestamp>, now: Timestamp) -> (Timestamp, bool) {
    match time {
        None => (now, false),
        Some(at) if at > now => (now, at.duration_since(now).as_secs() > CLOCK_AHEAD_SECONDS),
        Some(at) if day_of(at) < days_before(day_of(now), EVENT_AGE_MAX_DAYS) => (now, true),
        Some(at) => (at, false),
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
