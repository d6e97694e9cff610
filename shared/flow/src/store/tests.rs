//! Both stores of this crate against the suite, and what a file on disk has to withstand.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use piitrail_detect::{DataClass, Engine};
use rusqlite::Connection;

use super::conformance::faults::{self, Backend, Chance};
use super::*;
use crate::edge::{Basis, EdgeFacts, EdgeKey, Party, PartyKind};
use crate::ledger::Coverage;
use crate::name::Name;
use crate::subject::Sighting;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Receipts and a ledger that counts one event for each.
fn batch(ids: &[usize]) -> Batch {
    let engine = Engine::new();
    let key = EdgeKey {
        producer: Party::new(PartyKind::Service, Name::masked(&engine, "orders")),
        consumer: Party::UNATTRIBUTED,
        channels: Vec::new(),
        event_type: Name::masked(&engine, "OrderPlaced"),
        basis: Basis::Observed,
    };
    let facts = EdgeFacts {
        events: 1,
        ..EdgeFacts::default()
    };
    let seen = Coverage {
        deliveries: 1,
        ..Coverage::default()
    };
    let mut ledger = Ledger::default();
    let today = crate::time::day_of(now());
    for _ in ids {
        ledger.add_edge(today, key.clone(), &facts);
        ledger.add_coverage(today, None, &seen);
    }
    Batch {
        at: now(),
        receipts: ids.iter().map(|n| ReceiptId::of(&n.to_string())).collect(),
        ledger,
        sightings: Sightings::default(),
    }
}

async fn events_in(store: &dyn Store) -> (u64, u64) {
    let whole = read_all(store, &Query::days(Span::default(), now()))
        .await
        .unwrap()
        .ledger;
    (
        whole.edges.values().map(|facts| facts.events).sum(),
        whole.coverage.values().map(|seen| seen.deliveries).sum(),
    )
}

/// What an error says, sources included.
fn told(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += ": ";
        text += &error.to_string();
        source = error.source();
    }
    text
}

#[tokio::test]
async fn memory_passes_the_suite() {
    conformance::run(|| async { MemoryStore::default() }).await;
}

#[tokio::test]
async fn sqlite_passes_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    let count = AtomicUsize::new(0);
    conformance::run(|| async {
        let number = count.fetch_add(1, Ordering::Relaxed);
        SqliteStore::open(&folder.path().join(format!("{number}.sqlite"))).unwrap()
    })
    .await;
}

#[tokio::test]
async fn what_one_process_wrote_another_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    SqliteStore::open(&path)
        .unwrap()
        .record(&batch(&[1, 2]))
        .await
        .unwrap();
    let reopened = SqliteStore::open_existing(&path).unwrap();
    assert_eq!(events_in(&reopened).await, (2, 2));
    reopened.record(&batch(&[1, 2])).await.unwrap();
    assert_eq!(events_in(&reopened).await, (2, 2));
}

/// Records as the pipeline does: without what another writer counted.
fn record_all(store: &SqliteStore, ids: &[usize]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut left: Vec<usize> = ids.to_vec();
    loop {
        match runtime.block_on(store.record(&batch(&left))) {
            Ok(_) => return,
            Err(StoreError::AlreadyCounted(known)) => {
                left.retain(|n| !known.contains(&ReceiptId::of(&n.to_string())));
                if left.is_empty() {
                    return;
                }
            }
            Err(error) => panic!("{}", told(&error)),
        }
    }
}

#[tokio::test]
async fn two_processes_that_record_overlapping_batches_count_each_delivery_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let start = Arc::new(Barrier::new(4));
    // The file does not exist yet: making it is part of the race.
    let writers: Vec<_> = (0..4_usize)
        .map(|writer| {
            let (path, start) = (path.clone(), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                let store = SqliteStore::open(&path).unwrap();
                for round in 0..10 {
                    let first = round * 20 + writer * 5;
                    let ids: Vec<usize> = (first..first + 20).collect();
                    record_all(&store, &ids);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let expected: BTreeSet<usize> = (0..4_usize)
        .flat_map(|writer| {
            (0..10).flat_map(move |round| {
                let first = round * 20 + writer * 5;
                first..first + 20
            })
        })
        .collect();
    let store = SqliteStore::open_existing(&path).unwrap();
    let count = expected.len() as u64;
    assert_eq!(events_in(&store).await, (count, count));
}

#[tokio::test]
async fn who_was_slower_with_the_same_deliveries_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteStore::open(&folder.path().join("books.sqlite")).unwrap();
    for store in [&MemoryStore::default() as &dyn Store, &sqlite] {
        let first = batch(&[1, 2]);
        // Folded from the same input by another process, a moment later.
        let second = Batch {
            at: now() + jiff::SignedDuration::from_millis(1),
            ..first.clone()
        };
        store.record(&first).await.unwrap();
        for _ in 0..2 {
            let told = store.record(&second).await.unwrap_err();
            assert!(matches!(told, StoreError::AlreadyCounted(ids) if ids == first.receipts));
            // An answer that was lost is asked for again with the same batch.
            assert_eq!(store.record(&first).await.unwrap(), None);
        }
        assert_eq!(events_in(store).await, (2, 2));
    }
}

#[tokio::test]
async fn a_writer_that_stops_midway_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    store.record(&batch(&[1])).await.unwrap();
    {
        // Half of what `record` does, and then the process is gone.
        let mut other = Connection::open(&path).unwrap();
        let transaction = other.transaction().unwrap();
        transaction
            .execute(
                "INSERT INTO receipt (id) VALUES (?1)",
                [ReceiptId::of("2").as_bytes()],
            )
            .unwrap();
        transaction
            .execute(
                "UPDATE edge SET facts = '{\"events\":99,\"events_with_findings\":0}'",
                [],
            )
            .unwrap();
        drop(transaction);
    }
    assert_eq!(events_in(&store).await, (1, 1));
    let claim = Claim {
        id: ReceiptId::of("2"),
        since: now(),
        until: now(),
    };
    assert!(store.counted(&[claim]).await.unwrap().is_empty());
    store.record(&batch(&[2])).await.unwrap();
    assert_eq!(events_in(&store).await, (2, 2));
}

#[tokio::test]
async fn a_batch_that_cannot_be_merged_leaves_its_receipts_out_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    store.record(&batch(&[1])).await.unwrap();
    Connection::open(&path)
        .unwrap()
        .execute("UPDATE coverage SET facts = 'damaged'", [])
        .unwrap();
    let error = store.record(&batch(&[2])).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
    let claim = Claim {
        id: ReceiptId::of("2"),
        since: now(),
        until: now(),
    };
    assert!(store.counted(&[claim]).await.unwrap().is_empty());
}

fn refusal(path: &Path) -> String {
    told(&SqliteStore::open(path).unwrap_err())
}

#[test]
fn a_file_of_another_version_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let message = refusal(&path);
    assert!(
        message.contains("another version") && message.contains("99"),
        "{message}"
    );
}

/// A file as the first version made it, with one batch in it: kept as it was, not made from what the
/// code says today.
const FILE_OF_VERSION_1: &str = r#"
CREATE TABLE edge (day TEXT NOT NULL, edge TEXT NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (day, edge)) WITHOUT ROWID;
CREATE TABLE coverage (day TEXT NOT NULL, place TEXT NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (day, place)) WITHOUT ROWID;
CREATE TABLE receipt (id BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE topology (valid_from TEXT PRIMARY KEY, topology TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO edge VALUES ('2026-11-20',
    '{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"unattributed"},"channels":[{"kind":"bus","name":"shop"}],"event_type":"OrderPlaced","basis":"observed"}',
    '{"events":3,"events_with_findings":2,"first_seen":"2026-11-20T08:14:33Z","last_seen":"2026-11-20T18:05:57Z","classes":{"EMAIL_ADDRESS":{"events":2,"confidence":99,"paths":["$.detail.customer.email"]}}}');
INSERT INTO coverage VALUES ('2026-11-20', '{"kind":"bus","name":"shop"}', '{"deliveries":3}');
PRAGMA user_version = 1;
"#;

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_to_this_one_with_all_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(FILE_OF_VERSION_1).unwrap();
    old.execute(
        "INSERT INTO receipt (id) VALUES (?1)",
        [ReceiptId::of("1").as_bytes()],
    )
    .unwrap();
    drop(old);

    let store = SqliteStore::open_existing(&path).unwrap();
    assert_eq!(events_in(&store).await, (3, 3));
    let known = store.record(&batch(&[1, 2])).await.unwrap_err();
    assert!(matches!(known, StoreError::AlreadyCounted(ids) if ids.len() == 1));
    store.record(&batch(&[2])).await.unwrap();
    store.roll_up(now(), &Retention::default()).await.unwrap();
    let read = read_all(&store, &Query::days(Span::default(), now()))
        .await
        .unwrap();
    let (_, facts) = read.ledger.edges.first_key_value().unwrap();
    assert_eq!((facts.events, facts.events_with_findings), (3, 2));
    assert_eq!(facts.classes[&DataClass::EmailAddress].events, 2);
    assert_eq!(events_in(&store).await, (4, 4));
}

#[test]
fn what_is_kept_longer_than_there_are_days_is_kept_whole() {
    let forever = Retention {
        days: u32::MAX,
        ..Retention::default()
    };
    assert_eq!(forever.first_day(now()).to_string(), "0000-01-01");
}

#[test]
fn somebody_elses_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.sqlite");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let message = refusal(&path);
    assert!(message.contains("cannot read"), "{message}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "not a database, but long enough to be looked at ".repeat(40);
    std::fs::write(&path, &text).unwrap();
    let message = refusal(&path);
    assert!(message.contains("not a database"), "{message}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_store_that_must_exist_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing.sqlite");
    assert!(SqliteStore::open_existing(&path).is_err());
    assert!(!path.exists());
}

#[test]
fn an_empty_file_is_no_store_to_be_read_and_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.sqlite");
    std::fs::write(&path, "").unwrap();
    let refused = SqliteStore::open_existing(&path).unwrap_err();
    assert!(told(&refused).contains("nothing in the file"), "{refused}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    SqliteStore::open(&path).unwrap();
    SqliteStore::open_existing(&path).unwrap();
}

#[test]
fn receipts_tell_nothing_and_differ_where_ids_do() {
    assert_ne!(ReceiptId::of("a"), ReceiptId::of("b"));
    assert!(!format!("{:?}", ReceiptId::of("jane@x.com")).contains("jane"));
    let batches = [batch(&[1, 2]), batch(&[1]), batch(&[2, 1])].map(|batch| batch.id());
    assert_eq!(batches[0], batches[2]);
    assert_ne!(batches[0], batches[1]);
}

#[tokio::test]
async fn where_a_person_was_seen_goes_when_the_days_go() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteStore::open(&folder.path().join("books.sqlite")).unwrap();
    for store in [&MemoryStore::default() as &dyn Store, &sqlite] {
        let mut sightings = Sightings::default();
        let id: SubjectId = "2026-11:email:0bd93fd741c8d045778f56b9be168475"
            .parse()
            .unwrap();
        let edge = batch(&[1]).ledger.edges.keys().next().unwrap().1.clone();
        for (event_type, last_seen) in [("Old", "2025-01-10"), ("New", "2026-11-20")] {
            let sighting = Sighting {
                first_seen: "2025-01-02".parse().unwrap(),
                last_seen: last_seen.parse().unwrap(),
                classes: [DataClass::EmailAddress].into(),
            };
            let edge = EdgeKey {
                event_type: Name::masked(&Engine::new(), event_type),
                ..edge.clone()
            };
            sightings.add(id.clone(), edge, &sighting);
        }
        let recorded = Batch {
            sightings,
            ..batch(&[1])
        };
        store.record(&recorded).await.unwrap();
        store.roll_up(now(), &Retention::default()).await.unwrap();
        let left = store.sightings_of(std::slice::from_ref(&id)).await.unwrap();
        let left: Vec<&str> = left
            .iter()
            .map(|(_, edge, _)| edge.event_type.as_str())
            .collect();
        assert_eq!(left, ["New"]);
    }
}
/// A store on books that outlive it. With faults on, its calls fail before they do anything, or do
/// it and then do not say so; each waits once before and once after.
struct Flaky<S> {
    books: Arc<S>,
    faults: Arc<AtomicBool>,
    chance: Mutex<Chance>,
}

enum Fault {
    None,
    Before,
    After,
}

impl<S> Flaky<S> {
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let fault = match self.chance.lock().unwrap().below(8) {
            _ if !self.faults.load(Ordering::Relaxed) => Fault::None,
            0 => Fault::Before,
            1 => Fault::After,
            _ => Fault::None,
        };
        tokio::task::yield_now().await;
        if matches!(fault, Fault::Before) {
            return Err(StoreError::Throttled("slow down".into()));
        }
        let result = call.await;
        tokio::task::yield_now().await;
        match fault {
            Fault::After => Err(StoreError::backend("answer", "the answer was lost")),
            _ => result,
        }
    }
}

#[async_trait]
impl<S: Store> Store for Flaky<S> {
    async fn counted(&self, claims: &[Claim]) -> Result<BTreeSet<ReceiptId>, StoreError> {
        self.call(self.books.counted(claims)).await
    }

    async fn record(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        self.call(self.books.record(batch)).await
    }

    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        self.call(self.books.pending_announcements(before, page))
            .await
    }

    async fn announced(&self, announcement: &Announcement) -> Result<(), StoreError> {
        self.call(self.books.announced(announcement)).await
    }

    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError> {
        self.call(self.books.read(query, page)).await
    }

    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError> {
        self.call(self.books.roll_up(now, keep)).await
    }

    async fn sightings_of(&self, subjects: &[SubjectId]) -> Result<Sightings, StoreError> {
        self.call(self.books.sightings_of(subjects)).await
    }

    async fn erase_subject(&self, subjects: &[SubjectId]) -> Result<u64, StoreError> {
        self.call(self.books.erase_subject(subjects)).await
    }

    async fn put_topology(&self, from: Day, topology: &Topology) -> Result<(), StoreError> {
        self.call(self.books.put_topology(from, topology)).await
    }

    async fn topology(&self, on: Day) -> Result<Option<Topology>, StoreError> {
        self.call(self.books.topology(on)).await
    }
}

struct FlakyBackend<S> {
    books: Arc<S>,
    faults: Arc<AtomicBool>,
}

impl<S: Store> FlakyBackend<S> {
    fn new(books: S) -> Self {
        Self {
            books: Arc::new(books),
            faults: Arc::new(AtomicBool::new(false)),
        }
    }
}

impl<S: Store + 'static> Backend for FlakyBackend<S> {
    fn instance(&self, chance: &mut Chance) -> Box<dyn Store> {
        Box::new(Flaky {
            books: Arc::clone(&self.books),
            faults: Arc::clone(&self.faults),
            chance: Mutex::new(chance.clone()),
        })
    }

    fn set_faults(&self, on: bool) {
        self.faults.store(on, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn memory_equals_the_truth_whatever_fails() {
    for seed in 0..faults::runs(1_000) {
        faults::run(&FlakyBackend::new(MemoryStore::default()), seed).await;
    }
}

#[tokio::test]
async fn a_file_equals_the_truth_whatever_fails() {
    for seed in 0..faults::runs(1_000) {
        faults::run(&FlakyBackend::new(SqliteStore::in_memory()), seed).await;
    }
}

#[tokio::test]
async fn a_tracer_may_die_at_any_await_point() {
    faults::kill_at_every_await_point(|| FlakyBackend::new(MemoryStore::default())).await;
    faults::kill_at_every_await_point(|| FlakyBackend::new(SqliteStore::in_memory())).await;
}
