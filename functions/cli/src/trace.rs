//! `piitrail trace`: files instead of Lambda payloads, the same pipeline.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
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
use piitrail_flow::vocabulary::Vocabulary;

use crate::args;
use crate::failure::Failure;
use crate::input::{self, Documents, Input, Source};
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

/// Traces input into the store. Whether every record was read and written.
pub(crate) async fn run(trace: args::Trace, quiet: bool, now: Timestamp) -> Result<bool, Failure> {
    let files = inputs(&trace.input.paths)?;
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

    // What the books will not keep is not written on its own day.
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
    };
    let advance = |read| bar.inc(read);
    'files: for file in &files {
        for document in Documents::open(file, &advance)? {
            let (source, document) = document?;
            run.take(source, document, &pointer);
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
    let fine = run.failure_count == 0;
    if quiet {
        run.keep_silent(&trace.store.store).await?;
    } else {
        run.summarise(&trace.store.store, files.len())?;
        run.announce(&trace.store.store).await?;
    }
    match run.outcome.store_errors.pop() {
        // Some of the books could not be written: that is not a bad record but an unusable store.
        Some(error) => Err(Failure::Store(error)),
        None => Ok(fine),
    }
}

/// The files to read; standard input where none is named and something is piped in.
pub(crate) fn inputs(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if paths.is_empty() {
        if std::io::stdin().is_terminal() {
            return Err(Failure::NoInput);
        }
        return Ok(vec![PathBuf::from("-")]);
    }
    Ok(input::files(paths)?)
}

/// Records opened and not counted yet, and where they come from.
struct Held {
    records: Records,
    sources: Vec<Source>,
    bytes: usize,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            records: Records::of_files(),
            sources: Vec::new(),
            bytes: 0,
        }
    }
}

impl Held {
    fn is_full(&self) -> bool {
        self.records.len() >= BATCH_MAX || self.bytes >= HELD_BYTES_MAX
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
    failures: Vec<(Source, Uncounted)>,
    failure_count: u64,
}

impl Run<'_> {
    fn take(&mut self, source: Source, document: Input, pointer: &Pointer) {
        self.documents += 1;
        let Input::Document(document) = document else {
            return self.fail(source, unreadable(Reason::TooLarge));
        };
        let payload = match pointer.pick(&document) {
            Ok(payload) => payload,
            Err(Missing::NotJson) => return self.fail(source, unreadable(Reason::NotJson)),
            Err(Missing::Nothing) => return self.fail(source, Uncounted::NothingAtPointer),
        };
        // A payload that is itself a JSON string is what the string says.
        let text: Option<String> = if payload.starts_with(b"\"") {
            serde_json::from_slice(payload).ok()
        } else {
            None
        };
        let payload = text.as_ref().map_or(payload, String::as_bytes);
        let id = format!("document:{source}:{:?}", ReceiptId::of_bytes(payload));
        let number = self.held.sources.len() as u64;
        self.held.bytes += payload.len();
        self.held.records.open(payload, &id, number);
        self.held.sources.push(source);
    }

    fn fail(&mut self, source: Source, reason: Uncounted) {
        self.failure_count += 1;
        if self.failures.len() < FAILURES_LISTED {
            self.failures.push((source, reason));
        }
    }

    async fn count(&mut self) {
        let Held {
            records, sources, ..
        } = std::mem::take(&mut self.held);
        if records.is_empty() {
            return;
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
            if let Some(source) = sources.get(index) {
                self.fail(source.clone(), Uncounted::Record(failed.reason));
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
        let mut out = std::io::stdout().lock();
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
        drop(out);
        if !is_table {
            for announcement in &announcements {
                self.outbox.mark_announced(announcement).await?;
            }
        }
        Ok(())
    }

    /// Settles what this run saw for the first time without a word: who asked for none is not to be
    /// told the next time. What others left to be said is left to be said.
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
        let mut out = std::io::stdout().lock();
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
        if self.failure_count > 0 {
            writeln!(
                out,
                "  {} could not be read or written:",
                counted(self.failure_count, "record")
            )?;
            for (source, reason) in &self.failures {
                writeln!(
                    out,
                    "    {source}  {}: {}",
                    reason.name(),
                    reason.explanation()
                )?;
            }
            let more = self.failure_count - self.failures.len() as u64;
            if more > 0 {
                writeln!(out, "    and {more} more")?;
            }
        }
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
