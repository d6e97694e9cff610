//! Tests of the embedded store: the suite of all stores, and what happens to a file on disk.

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

mod files;
mod versions;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Returns the message of an error with its sources.
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

/// Records batches as the pipeline does: without the records that another writer counted.
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
    // The file does not exist yet, because creating it is part of the race.
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
        // Do half of what `record` does, and then end the process.
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

#[tokio::test]
async fn who_was_slower_with_the_same_deliveries_is_told_so() {
    let store = SqliteStore::in_memory();
    conformance::who_was_slower_with_the_same_deliveries_is_told_so(&store).await;
}

const ERASED: &str = "2026-11.3fa9c2:email:0bd93fd741c8d045778f56b9be168475";

/// Returns true if a file of the folder contains the text.
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
    // An earlier version deletes like this: the content of the row stays in the page.
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

/// Counts events with a planted value into a file, and asserts that the file does not contain it.
async fn nothing_is_in_the_file(value: &str, word: &str) {
    let values = [value.to_owned(), word.to_owned()];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    count_into(&store, value, word, now()).await;
    // Search the file, its journal, and the file again after the journal was merged into it.
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
