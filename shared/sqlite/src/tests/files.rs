//! Tests of recognising, opening and reading the file of a store.

use super::versions::FILE_OF_VERSION_1;
use super::*;

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
    assert!(message.contains("another program"), "{message}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_of_another_program_is_not_taken_for_a_store_by_its_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.sqlite");
    // A file of another program, with version 1 and a table that has the name of one of ours.
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
    // A file with our tables, but with another program's application id.
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
    // The facts of the map, the header and the row list of each page, and positions in between.
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
    for open in [
        SqliteStore::open,
        SqliteStore::open_existing,
        SqliteStore::open_to_read,
    ] {
        let message = told(&open(&path).unwrap_err());
        assert!(
            message.contains(": the file is not a SQLite database; "),
            "{message}"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
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
