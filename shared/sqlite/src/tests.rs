//! The embedded store against the suite of every store, and what a file on disk has to withstand.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use jiff::Timestamp;
use piitrail_detect::DataClass;
use piitrail_flow::home::Home;
use piitrail_flow::store::conformance::flaky::FlakyBackend;
use piitrail_flow::store::conformance::planted::{PROVABLE, assert_absent, count_into};
use piitrail_flow::store::conformance::{self, batch_of_events, events_in, faults};
use piitrail_flow::store::{
    Batch, Counting as _, PossibleRedelivery, Query, ReceiptId, Retention, RollUp as _, StoreError,
    SubjectIndex as _, TopologyHistory as _, read_all,
};
use piitrail_flow::subject::Sightings;
use piitrail_flow::time::{Day, Span};
use piitrail_flow::topology::Topology;
use proptest::prelude::*;
use rusqlite::Connection;

use super::SqliteStore;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
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
        .record(&batch_of_events(&[1, 2]))
        .await
        .unwrap();
    let reopened = SqliteStore::open_existing(&path).unwrap();
    assert_eq!(events_in(&reopened).await, (2, 2));
    reopened.record(&batch_of_events(&[1, 2])).await.unwrap();
    assert_eq!(events_in(&reopened).await, (2, 2));
}

/// Records as the pipeline does: without what another writer counted.
fn record_all(store: &SqliteStore, ids: &[usize]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut left: Vec<usize> = ids.to_vec();
    loop {
        match runtime.block_on(store.record(&batch_of_events(&left))) {
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
async fn a_writer_that_stops_midway_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    store.record(&batch_of_events(&[1])).await.unwrap();
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
    let redelivery = PossibleRedelivery {
        id: ReceiptId::of("2"),
        since: now(),
        until: now(),
    };
    assert!(
        store
            .which_were_counted(&[redelivery])
            .await
            .unwrap()
            .is_empty()
    );
    store.record(&batch_of_events(&[2])).await.unwrap();
    assert_eq!(events_in(&store).await, (2, 2));
}

#[tokio::test]
async fn a_batch_that_cannot_be_merged_leaves_its_receipts_out_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    store.record(&batch_of_events(&[1])).await.unwrap();
    Connection::open(&path)
        .unwrap()
        .execute("UPDATE coverage SET facts = 'damaged'", [])
        .unwrap();
    let error = store.record(&batch_of_events(&[2])).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
    let redelivery = PossibleRedelivery {
        id: ReceiptId::of("2"),
        since: now(),
        until: now(),
    };
    assert!(
        store
            .which_were_counted(&[redelivery])
            .await
            .unwrap()
            .is_empty()
    );
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
    let known = store.record(&batch_of_events(&[1, 2])).await.unwrap_err();
    assert!(matches!(known, StoreError::AlreadyCounted(ids) if ids.len() == 1));
    store.record(&batch_of_events(&[2])).await.unwrap();
    store.roll_up(now(), &Retention::default()).await.unwrap();
    let read = read_all(&store, &Query::days(Span::default(), now()))
        .await
        .unwrap();
    let (_, facts) = read.ledger.edges.first_key_value().unwrap();
    assert_eq!((facts.events, facts.events_with_findings), (3, 2));
    assert_eq!(facts.classes[&DataClass::EmailAddress].events, 2);
    assert_eq!(events_in(&store).await, (4, 4));
}

/// A store that the second version made of three sample payloads: kept as it was, not made from what the
/// code says today.
const FILE_OF_VERSION_2: &str = include_str!("version_2.sql");

#[tokio::test]
async fn a_file_of_the_second_version_is_read_with_homes_unknown_and_raises_nothing_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(FILE_OF_VERSION_2).unwrap();
    drop(old);
    let store = SqliteStore::open_existing(&path).unwrap();
    let before = read_all(&store, &Query::days(Span::default(), now()))
        .await
        .unwrap();
    let events: u64 = before.ledger.edges.values().map(|facts| facts.events).sum();
    assert_eq!((before.ledger.edges.len(), events), (11, 15));
    assert!(store.topology(day("2026-11-20")).await.unwrap().is_some());

    // The same flows again, their homes known by now: no class is new, and nothing is lost.
    let home = Home::of("111122223333", "eu-central-1");
    let mut ledger = before.ledger.clone().split_off(day("2026-01-01"));
    ledger.edges = std::mem::take(&mut ledger.edges)
        .into_iter()
        .map(|((day, mut key), facts)| {
            for channel in &mut key.flow.channels {
                channel.home = home;
            }
            ((day, key), facts)
        })
        .collect();
    let batch = Batch {
        at: now(),
        receipts: BTreeSet::from([ReceiptId::of("after the upgrade")]),
        ledger,
        sightings: Sightings::default(),
    };
    assert_eq!(store.record(&batch).await.unwrap(), None);
    let after = read_all(&store, &Query::days(Span::default(), now()))
        .await
        .unwrap();
    let events: u64 = after.ledger.edges.values().map(|facts| facts.events).sum();
    assert_eq!((after.ledger.edges.len(), events), (22, 30));
    let version: i32 = Connection::open(&path)
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 5);
}

#[tokio::test]
async fn receipts_of_an_earlier_version_are_recognised_for_thirty_days_and_then_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(FILE_OF_VERSION_2).unwrap();
    let earlier = ReceiptId::of("traced before the upgrade");
    old.execute("INSERT INTO receipt (id) VALUES (?1)", [earlier.as_bytes()])
        .unwrap();
    drop(old);
    let store = SqliteStore::open_existing(&path).unwrap();
    let this_version = ReceiptId::of("traced after the upgrade");
    let batch = Batch {
        at: now(),
        receipts: BTreeSet::from([this_version]),
        ledger: piitrail_flow::ledger::Ledger::default(),
        sightings: Sightings::default(),
    };
    store.record(&batch).await.unwrap();
    let known = async |days: i64| {
        let at = now() + jiff::SignedDuration::from_hours(24 * days);
        store.roll_up(at, &Retention::default()).await.unwrap();
        let asked = [earlier, this_version].map(|id| PossibleRedelivery {
            id,
            since: Timestamp::UNIX_EPOCH,
            until: at,
        });
        store.which_were_counted(&asked).await.unwrap()
    };
    assert_eq!(known(100).await, [earlier, this_version].into());
    assert_eq!(known(130).await, [earlier, this_version].into());
    assert_eq!(known(131).await, [this_version].into());
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
fn a_database_of_another_program_is_not_taken_for_a_store_by_its_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.sqlite");
    // Another program's, of its own version 1, with a table of the name of one of ours.
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE edge (a, b); PRAGMA user_version = 1;")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    for open in [
        SqliteStore::open,
        SqliteStore::open_existing,
        SqliteStore::open_to_read,
    ] {
        let message = told(&open(&path).unwrap_err());
        assert!(message.contains("another program"), "{message}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    // Like ours, but marked as another program's.
    let path = folder.path().join("marked.sqlite");
    let marked = Connection::open(&path).unwrap();
    marked.execute_batch(FILE_OF_VERSION_1).unwrap();
    marked.pragma_update(None, "application_id", 7).unwrap();
    drop(marked);
    let message = told(&SqliteStore::open_to_read(&path).unwrap_err());
    assert!(message.contains("another program"), "{message}");
}

#[test]
fn a_store_says_whose_file_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    drop(SqliteStore::open(&path).unwrap());
    let id: u32 = Connection::open(&path)
        .unwrap()
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .unwrap();
    assert_eq!(id.to_be_bytes(), *b"PIIt");
}

#[tokio::test]
async fn reading_a_store_changes_nothing_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    store.record(&batch_of_events(&[1, 2])).await.unwrap();
    drop(store);
    let before = std::fs::read(&path).unwrap();
    let reader = SqliteStore::open_to_read(&path).unwrap();
    assert_eq!(events_in(&reader).await, (2, 2));
    assert!(reader.record(&batch_of_events(&[3])).await.is_err());
    drop(reader);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_store_that_was_deleted_or_replaced_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    store.record(&batch_of_events(&[1])).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let error = store.record(&batch_of_events(&[2])).await.unwrap_err();
    assert!(told(&error).contains("deleted"), "{}", told(&error));
    std::fs::write(&path, "another file").unwrap();
    assert!(store.record(&batch_of_events(&[3])).await.is_err());
}

#[test]
fn of_those_who_open_a_new_store_at_once_all_succeed() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..60 {
        let path = folder.path().join(format!("{round}.sqlite"));
        let start = Barrier::new(8);
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    start.wait();
                    let opened = SqliteStore::open(&path);
                    assert!(opened.is_ok(), "{}", told(&opened.unwrap_err()));
                });
            }
        });
    }
}

#[tokio::test]
async fn a_bit_that_turned_is_an_error_or_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    store
        .record(&batch_of_events(&(0..300).collect::<Vec<_>>()))
        .await
        .unwrap();
    store
        .put_topology(day("2026-11-01"), &Topology::default())
        .await
        .unwrap();
    drop(store);
    let whole = std::fs::read(&path).unwrap();
    let read = |path: &Path| {
        let store = SqliteStore::open_to_read(path)?;
        let query = Query::days(Span::default(), now());
        std::thread::scope(|threads| {
            let read = || {
                tokio::runtime::Builder::new_current_thread()
                    .build()
                    .unwrap()
                    .block_on(read_all(&store, &query))
            };
            threads.spawn(read).join().unwrap()
        })
    };
    let expected = read(&path).unwrap().ledger;
    let damaged = folder.path().join("damaged.sqlite");
    // The facts of the map, the header and the list of rows of each page, and places in between.
    let facts = |at: &usize| whole[*at..].starts_with(br#""events""#);
    let facts = (0..whole.len()).filter(facts).flat_map(|at| at..at + 60);
    let headers = (0..whole.len()).filter(|at| at % 4_096 < 24);
    let others = (0..whole.len()).step_by(211);
    let places: BTreeSet<usize> = facts.chain(headers).chain(others).collect();
    for bit in places.into_iter().flat_map(|at| at * 8..at * 8 + 8) {
        if bit / 8 >= whole.len() {
            break;
        }
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&damaged, &bytes).unwrap();
        if let Ok(page) = read(&damaged) {
            assert_eq!(page.ledger, expected, "bit {bit} changed the map");
        }
    }
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
    assert!(told(&refused).contains("the file is empty"), "{refused}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    SqliteStore::open(&path).unwrap();
    SqliteStore::open_existing(&path).unwrap();
}

#[tokio::test]
async fn who_was_slower_with_the_same_deliveries_is_told_so() {
    let store = SqliteStore::in_memory();
    conformance::who_was_slower_with_the_same_deliveries_is_told_so(&store).await;
}

const ERASED: &str = "2026-11.3fa9c2:email:0bd93fd741c8d045778f56b9be168475";

/// Whether a text stands in a file of the folder.
fn is_in_a_file(folder: &Path, text: &str) -> bool {
    let mut entries = std::fs::read_dir(folder).unwrap();
    entries.any(|entry| {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        content
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

#[tokio::test]
async fn of_an_erased_person_nothing_is_left_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    // Kept open, so that the journal stays beside the file.
    let store = SqliteStore::open(&path).unwrap();
    let index = Connection::open(&path).unwrap();
    index
        .execute_batch("INSERT INTO sighted_edge VALUES (1, '{}')")
        .unwrap();
    let see = |subject: &str| {
        let sql = "INSERT INTO sighting VALUES (?1, 1, '2026-11-20', '2026-11-20', '[]')";
        index.execute(sql, [subject]).unwrap();
    };
    for number in 0..2_000 {
        see(&format!("2026-11.3fa9c2:email:{number:032x}"));
    }
    see(ERASED);
    assert!(is_in_a_file(folder.path(), ERASED));
    // As an earlier version deletes: what was in the row stays in the page.
    index
        .execute_batch("PRAGMA secure_delete = 0; DELETE FROM sighting WHERE subject LIKE '%:0%'; PRAGMA wal_checkpoint")
        .unwrap();
    drop(index);
    assert!(is_in_a_file(folder.path(), ERASED));
    let erased = store
        .erase_subject(&[ERASED.parse().unwrap()])
        .await
        .unwrap();
    assert_eq!(erased, 0);
    assert!(!is_in_a_file(folder.path(), ERASED));
    for _ in 0..2 {
        let index = Connection::open(&path).unwrap();
        index
            .execute(
                "INSERT INTO sighting VALUES (?1, 1, '2026-11-20', '2026-11-20', '[]')",
                [ERASED],
            )
            .unwrap();
        let erased = store
            .erase_subject(&[ERASED.parse().unwrap()])
            .await
            .unwrap();
        assert_eq!(erased, 1);
        assert!(!is_in_a_file(folder.path(), ERASED));
    }
}

#[tokio::test]
async fn where_a_person_was_seen_goes_when_the_days_go() {
    let store = SqliteStore::in_memory();
    conformance::where_a_person_was_seen_goes_when_the_days_go(&store).await;
}

#[tokio::test]
async fn a_file_equals_the_truth_whatever_fails() {
    for seed in 0..faults::runs(1_000) {
        faults::run(&FlakyBackend::new(SqliteStore::in_memory()), seed).await;
    }
}

#[tokio::test]
async fn a_tracer_may_die_at_any_await_point() {
    faults::kill_at_every_await_point(|| FlakyBackend::new(SqliteStore::in_memory())).await;
}

/// Counts planted values into a file, and searches it for them.
async fn nothing_is_in_the_file(value: &str, word: &str) {
    let values = [value.to_owned(), word.to_owned()];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    count_into(&store, value, word, now()).await;
    // The file, its journal, and the file again after the journal went into it.
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        assert_absent("a file", &content, &values);
    }
    drop(store);
    assert_absent("the file", &std::fs::read(&path).unwrap(), &values);
}

#[tokio::test]
async fn nothing_that_was_planted_is_in_the_file() {
    for value in PROVABLE {
        nothing_is_in_the_file(value, "Quexlowitzka").await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn generated_values_are_nowhere_in_the_file(
        local in "[a-z]{4,9}[.][a-z]{5,9}", host in "[a-z]{7,10}", word in "[A-Z][a-z]{9,14}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let value = format!("{local}@{host}.com");
        runtime.block_on(nothing_is_in_the_file(&value, &format!("{word}zq")));
    }
}
