//! `piitrail trace`: files instead of Lambda payloads, the same pipeline.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use piitrail_detect::CustomerIdNames;
use piitrail_flow::envelope::Reason;
use piitrail_flow::limit::consequence_of;
use piitrail_flow::pipeline::{BATCH_MAX, FailureReason, Outcome, Records, Tracer};
use piitrail_flow::plural::counted;
use piitrail_flow::routes::Router;
use piitrail_flow::store::{FirstSeen, Outbox, ReceiptId, all_pending_announcements};
use piitrail_flow::subject::Fingerprinting;
use piitrail_flow::time::day_of;
use piitrail_flow::unread;
use piitrail_flow::vocabulary::Vocabulary;

use crate::args;
use crate::failure::{Ending, Failure};
use crate::input::{Documents, Found, Input, Listing, Source};
use crate::output::{self, Style};
use crate::pointer::{Missing, Pointer};
use crate::store::{self, Use};
use crate::subject::key_file;
use crate::{detection, progress, topology};

/// Bytes of documents held before they are counted.
const HELD_BYTES_MAX: usize = 16 << 20;

/// First-seen classes listed one by one; the rest is a number.
const NEWS_LISTED: usize = 20;

/// Failed records listed one by one; the rest is a number.
const FAILURES_LISTED: usize = 20;

/// What the pipeline is given in place of a damaged document: it counts it as unreadable, as it does
/// every document that is cut off.
const DAMAGED: &[u8] = b"{";

/// Traces input into the store.
pub(crate) async fn run(
    trace: args::Trace,
    quiet: bool,
    now: Timestamp,
) -> Result<Ending, Failure> {
    let Listing { files, mut unread } = Listing::of(&trace.input.paths)?;
    let pointer = Pointer::parse(trace.input.at.as_deref())?;
    let store = store::open(&trace.store.store, Use::Write).await?;
    let engine = Arc::new(detection::engine(&trace.detection, now)?);
    let router = if let Some(path) = &trace.topology {
        topology::router_from_file(path, &engine)?
    } else {
        let stored = store.topology(day_of(now)).await?;
        let topology = stored.unwrap_or_default();
        Router::new(&topology, &engine).map_err(Failure::StoredTopology)?
    };

    let router = match trace.bus {
        Some(bus) => router.with_bus(bus),
        None => router,
    };

    let keys = match &trace.subject_key {
        Some(path) => Some(key_file::read(path)?),
        None => None,
    };
    let customer_ids: CustomerIdNames = trace.customer_id_field.iter().collect();
    let fingerprinting = keys.as_ref().map(|ring| Fingerprinting {
        key: ring.newest(),
        customer_ids: &customer_ids,
        index: trace.subject_index,
    });

    // Events older than the store's retention are counted on the day they are traced.
    let keep = store.retention().await?.unwrap_or_default();
    let vocabulary = Vocabulary::default();
    let bar = progress::over(&files, quiet);
    let mut run = Run {
        tracer: Tracer {
            engine: &engine,
            router: &router,
            store: store.as_ref(),
            fingerprinting,
            vocabulary: &vocabulary,
            keep,
        },
        outbox: store.as_ref(),
        now,
        started: Instant::now(),
        held: Held::default(),
        outcome: Outcome::default(),
        documents: 0,
        failures: Vec::new(),
        failure_count: 0,
        skipped: 0,
    };
    let advance = |read| bar.inc(read);
    'files: for file in &files {
        for document in Documents::of(file, &advance) {
            match document {
                Ok(document) => run.take(document, &pointer),
                Err(error) => unread.failed.push(error),
            }
            if run.held.is_full() {
                run.count().await;
            }
            if !run.outcome.store_errors.is_empty() {
                // What cannot be written now cannot be written a gigabyte later.
                break 'files;
            }
        }
    }
    run.count().await;
    bar.finish_and_clear();
    if quiet {
        run.keep_silent(&trace.store.store).await?;
    } else {
        run.summarise(&trace.store.store, files.len())?;
        run.announce(&trace.store.store).await?;
    }
    unread.print(&mut output::stderr(), quiet)?;
    if let Some(error) = run.outcome.store_errors.pop() {
        // Some of the records could not be written: the store is not usable.
        return Err(Failure::Store(error));
    }
    if run.documents == 0 && unread.failed.is_empty() {
        return Err(Failure::NothingRead);
    }
    Ok(unread.ending(run.documents, run.failure_count))
}

/// Where a document stands, and how many bytes were skipped there because they are damaged.
#[derive(Clone)]
struct Place {
    source: Source,
    skipped: u64,
}

/// Documents that are not counted yet.
#[derive(Default)]
struct Held {
    documents: Vec<Waiting>,
    bytes: usize,
}

/// A document that is not counted yet, and where it comes from.
struct Waiting {
    payload: Vec<u8>,
    id: String,
    /// The id that an earlier version knew it by.
    earlier: Option<String>,
    place: Place,
}

impl Held {
    fn is_full(&self) -> bool {
        self.documents.len() >= BATCH_MAX || self.bytes >= HELD_BYTES_MAX
    }
}

struct Run<'t> {
    tracer: Tracer<'t>,
    outbox: &'t dyn Outbox,
    /// When it started, by both clocks.
    now: Timestamp,
    started: Instant,
    held: Held,
    outcome: Outcome,
    documents: u64,
    failures: Vec<(Place, Uncounted)>,
    failure_count: u64,
    /// Bytes that were skipped because they are damaged.
    skipped: u64,
}

impl Run<'_> {
    fn take(&mut self, found: Found, pointer: &Pointer) {
        self.documents += 1;
        let mut place = Place {
            source: found.source,
            skipped: 0,
        };
        let document = match found.input {
            Input::Document(document) => document,
            Input::TooLarge => return self.fail(place, unreadable(Reason::TooLarge)),
            Input::Damaged { bytes } => {
                place.skipped = bytes;
                self.skipped += bytes;
                return self.hold(Waiting {
                    payload: DAMAGED.to_vec(),
                    id: found.id,
                    earlier: None,
                    place,
                });
            }
        };
        let payload = match pointer.pick(&document) {
            Ok(payload) => payload,
            Err(Missing::NotJson) => return self.fail(place, unreadable(Reason::NotJson)),
            Err(Missing::Nothing) => return self.fail(place, Uncounted::NothingAtPointer),
        };
        // A payload that is itself a JSON string is what the string says.
        let text: Option<String> = if payload.starts_with(b"\"") {
            serde_json::from_slice(payload).ok()
        } else {
            None
        };
        let payload = text.as_ref().map_or(payload, String::as_bytes);
        let earlier = found.was_known_by_path.then(|| {
            let content = ReceiptId::of_bytes(payload);
            format!("document:{}:{content:?}", place.source)
        });
        self.hold(Waiting {
            payload: payload.to_vec(),
            id: found.id,
            earlier,
            place,
        });
    }

    fn hold(&mut self, document: Waiting) {
        self.held.bytes += document.payload.len();
        self.held.documents.push(document);
    }

    fn fail(&mut self, place: Place, reason: Uncounted) {
        self.failure_count += 1;
        if self.failures.len() < FAILURES_LISTED {
            self.failures.push((place, reason));
        }
    }

    async fn count(&mut self) {
        let Held { documents, .. } = std::mem::take(&mut self.held);
        if documents.is_empty() {
            return;
        }
        let mut records = Records::of_files();
        for (number, document) in documents.iter().enumerate() {
            let earlier = document.earlier.as_deref();
            records.open_known_as(&document.payload, &document.id, earlier, number as u64);
        }
        // A long run is not all of one moment: what is written goes behind what was rolled up meanwhile.
        let now = self
            .now
            .checked_add(self.started.elapsed())
            .unwrap_or(self.now);
        let mut outcome = self.tracer.count(records, now).await;
        let failed: Vec<_> = outcome
            .unreadable
            .drain(..)
            .chain(outcome.unrecorded.drain(..))
            .collect();
        for failed in failed {
            let index = usize::try_from(failed.payload).unwrap_or(usize::MAX);
            if let Some(document) = documents.get(index) {
                self.fail(document.place.clone(), Uncounted::Record(failed.reason));
            }
        }
        self.outcome.add(outcome);
    }

    /// Says what was seen for the first time. In a file of ours that settles it; in a table it is
    /// the scheduled step's to send.
    async fn announce(&self, store: &str) -> Result<(), Failure> {
        let is_table = store::is_table(store);
        let announcements = if is_table {
            self.outcome.announcements.clone()
        } else {
            all_pending_announcements(self.outbox, Timestamp::MAX).await?
        };
        let all: Vec<&FirstSeen> = announcements
            .iter()
            .flat_map(|announcement| &announcement.first_seen)
            .collect();
        if all.is_empty() {
            return Ok(());
        }
        let mut news: Vec<&FirstSeen> = all.clone();
        news.sort_by_key(|first| (first.class.tier(), first.to_string()));
        let mut out = output::stdout(Style::Text);
        writeln!(
            out,
            "  {} for the first time:",
            counted(all.len() as u64, "data class")
        )?;
        for first in news.iter().take(NEWS_LISTED) {
            writeln!(out, "    {first}")?;
        }
        if news.len() > NEWS_LISTED {
            writeln!(out, "    and {} more", news.len() - NEWS_LISTED)?;
        }
        out.flush()?;
        drop(out);
        if !is_table {
            for announcement in &announcements {
                self.outbox.mark_announced(announcement).await?;
            }
        }
        Ok(())
    }

    /// Marks what this run saw for the first time as announced without printing it, so that a later run
    /// does not print it either. What other runs left to be announced stays.
    async fn keep_silent(&self, store: &str) -> Result<(), Failure> {
        if store::is_table(store) {
            return Ok(());
        }
        for announcement in &self.outcome.announcements {
            self.outbox.mark_announced(announcement).await?;
        }
        Ok(())
    }

    fn summarise(&self, store: &str, files: usize) -> Result<(), Failure> {
        let outcome = &self.outcome;
        let mut out = output::stdout(Style::Text);
        writeln!(
            out,
            "traced {} from {} into {store}",
            counted(self.documents, "document"),
            counted(files as u64, "file")
        )?;
        writeln!(
            out,
            "  {}, {} with personal data, {} counted before",
            counted(outcome.deliveries, "record"),
            outcome.with_findings,
            outcome.again
        )?;
        for (name, count) in &outcome.limits {
            writeln!(
                out,
                "  limit {name} was reached {}: {}",
                counted(*count, "time"),
                consequence_of(name)
            )?;
        }
        if outcome.unread_events > 0 {
            writeln!(
                out,
                "  {} not read whole:",
                counted(outcome.unread_events, "record")
            )?;
        }
        for (reason, count) in &outcome.unread {
            writeln!(
                out,
                "    {reason} {}: {}; {}",
                counted(*count, "record"),
                unread::consequence_of(reason),
                unread::remedy_of(reason)
            )?;
        }
        if self.failure_count > 0 {
            writeln!(
                out,
                "  {} could not be read or written:",
                counted(self.failure_count, "record")
            )?;
            for (Place { source, skipped }, reason) in &self.failures {
                let (name, explanation) = (reason.name(), reason.explanation());
                write!(out, "    {source}  {name}: {explanation}")?;
                if *skipped > 0 {
                    write!(out, "; {} skipped", counted(*skipped, "byte"))?;
                }
                writeln!(out)?;
            }
            let more = self.failure_count - self.failures.len() as u64;
            if more > 0 {
                writeln!(out, "    and {more} more")?;
            }
        }
        if self.skipped > 0 {
            writeln!(
                out,
                "  {} skipped where documents are damaged",
                counted(self.skipped, "byte")
            )?;
        }
        out.flush()?;
        Ok(())
    }
}

/// Why a document or a record of it is not counted.
#[derive(Clone, Copy, Debug)]
enum Uncounted {
    /// `--at` points at nothing in the document.
    NothingAtPointer,
    /// The record failed.
    Record(FailureReason),
}

/// A document that could not be read.
fn unreadable(reason: Reason) -> Uncounted {
    Uncounted::Record(FailureReason::Unreadable(reason))
}

impl Uncounted {
    fn name(self) -> &'static str {
        match self {
            Self::NothingAtPointer => "nothing_at_pointer",
            Self::Record(reason) => reason.name(),
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::NothingAtPointer => "there is nothing where --at points",
            Self::Record(reason) => reason.explanation(),
        }
    }
}
