//! `piitrail trace`: runs the pipeline over files instead of Lambda payloads.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use piitrail_detect::{CustomerIdNames, Engine};
use piitrail_flow::envelope::Reason;
use piitrail_flow::pipeline::{BATCH_MAX, FailureReason, Outcome, Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::{Outbox, ReceiptId, Store, StoreError};
use piitrail_flow::subject::Fingerprinting;
use piitrail_flow::time::day_of;
use piitrail_flow::vocabulary::Vocabulary;

use crate::args;
use crate::failure::{Ending, Failure};
use crate::input::{Documents, Found, Input, Listing, Source};
use crate::output;
use crate::pointer::{Missing, Pointer};
use crate::store::{self, Use};
use crate::subject::key_file;
use crate::{detection, progress, topology};

mod summary;

/// The number of bytes of documents that are collected before they are counted.
const HELD_BYTES_MAX: usize = 16 << 20;

/// The maximum number of failed records that are listed. The others are only counted.
const FAILURES_LISTED: usize = 20;

/// The document that the pipeline receives in place of a damaged one. It counts it as unreadable,
/// like every document that is cut off.
const DAMAGED: &[u8] = b"{";

/// Traces the input into the store.
pub(crate) async fn run(
    trace: args::Trace,
    quiet: bool,
    now: Timestamp,
) -> Result<Ending, Failure> {
    let Listing { files, mut unread } = Listing::of(&trace.input.paths)?;
    let pointer = trace.input.at;
    let engine = Arc::new(detection::engine(&trace.detection, now)?);
    let router = if trace.topology.is_empty() {
        None
    } else {
        Some(topology::router_from_files(
            &trace.topology,
            &trace.topology_files,
            quiet,
            &engine,
        )?)
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

    // The store is opened when there is something to write, so that a mistyped path leaves no empty
    // store behind.
    let bar = progress::over(&files, quiet);
    let advance = |read| bar.inc(read);
    let mut documents = files
        .iter()
        .flat_map(|file| Documents::of(file, &advance))
        .peekable();
    while let Some(Err(error)) = documents.next_if(Result::is_err) {
        unread.failed.push(error);
    }
    if documents.peek().is_none() {
        bar.finish_and_clear();
        unread.print(&mut output::stderr(), quiet)?;
        return unread.of_nothing(trace.input.paths);
    }

    let store = store::open(&trace.store.store, Use::Write).await?;
    let router = match router {
        Some(router) => router,
        None => router_from_store(store.as_ref(), now, &engine).await?,
    };
    let router = match trace.bus {
        Some(bus) => router.with_bus(bus),
        None => router,
    };
    warn_of_other_buses(&router)?;

    // Events older than the store's retention are counted on the day they are traced.
    let keep = store.retention().await?.unwrap_or_default();
    let vocabulary = Vocabulary::default();
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
    for document in documents {
        match document {
            Ok(document) => run.take(document, &pointer),
            Err(error) => unread.failed.push(error),
        }
        if run.held.is_full() {
            run.count().await;
        }
        if !run.outcome.store_errors.is_empty() {
            // The store failed once, so reading a further gigabyte of input would be in vain.
            break;
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
        // Some records could not be written, so the store is not usable.
        return Err(Failure::Store(error));
    }
    Ok(unread.ending(run.failure_count))
}

/// Returns the router for the topology in the store.
async fn router_from_store(
    store: &dyn Store,
    now: Timestamp,
    engine: &Arc<Engine>,
) -> Result<Router, Failure> {
    let topology = store
        .topology(day_of(now))
        .await
        .map_err(|error| match error {
            StoreError::Unreadable { .. } => Failure::StoredTopology(error),
            error => error.into(),
        })?;
    Ok(Router::new(&topology.unwrap_or_default(), engine))
}

/// Prints a note if `--bus` is no bus of the topology, or may be several of them.
fn warn_of_other_buses(router: &Router) -> Result<(), Failure> {
    let others = router.other_buses();
    let others: Vec<String> = others.iter().map(ToString::to_string).collect();
    if !others.is_empty() {
        writeln!(
            output::stderr(),
            "note: --bus is not exactly one bus of the topology, so its consumers are unattributed; give one of its buses: {}",
            others.join(", ")
        )?;
    }
    Ok(())
}

/// The position of a document, and the number of damaged bytes that were skipped there.
#[derive(Clone)]
struct Place {
    source: Source,
    skipped: u64,
}

/// The documents that are not counted yet.
#[derive(Default)]
struct Held {
    documents: Vec<Waiting>,
    bytes: usize,
}

/// A document that is not counted yet, and its position.
struct Waiting {
    payload: Vec<u8>,
    id: String,
    /// The id that an earlier version gave to the document.
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
    /// The start of the run, by the wall clock and by the monotonic clock.
    now: Timestamp,
    started: Instant,
    held: Held,
    outcome: Outcome,
    documents: u64,
    failures: Vec<(Place, Uncounted)>,
    failure_count: u64,
    /// The number of damaged bytes that were skipped.
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
        // If the payload is a JSON string, its content is the document.
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
        // A long run must not write with the time of its start, because the roll-up may have passed
        // that time meanwhile.
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
}

/// The reason a document, or a record in it, is not counted.
#[derive(Clone, Copy, Debug)]
enum Uncounted {
    /// The pointer of `--at` leads to nothing in the document.
    NothingAtPointer,
    /// The record failed.
    Record(FailureReason),
}

/// Returns the failure for a document that could not be read.
fn unreadable(reason: Reason) -> Uncounted {
    Uncounted::Record(FailureReason::Unreadable(reason))
}

impl Uncounted {
    fn name(self) -> &'static str {
        match self {
            Self::NothingAtPointer => Missing::Nothing.name(),
            Self::Record(reason) => reason.name(),
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::NothingAtPointer => Missing::Nothing.explanation(),
            Self::Record(reason) => reason.explanation(),
        }
    }
}
