//! Tests of files of other versions.

use super::*;

#[test]
fn a_file_of_a_newer_version_is_refused_with_what_to_use_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let message = refusal(&path);
    assert!(
        message.contains("version 99") && message.contains("use a newer piitrail"),
        "{message}"
    );
}

/// A file that the first version made, with one batch in it. It is stored as text and not
/// generated, so that it stays what that version wrote.
pub(super) const FILE_OF_VERSION_1: &str = r#"
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

/// A store that the second version made of three sample payloads. It is stored as text and not
/// generated, so that it stays what that version wrote.
const FILE_OF_VERSION_2: &str = include_str!("../version_2.sql");

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

    // The same flows with known homes: no class is new, and nothing is lost.
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
    assert_eq!(version, 7);
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

#[tokio::test]
async fn a_roll_up_says_how_many_days_it_merged_and_how_many_months_it_deleted() {
    let store = SqliteStore::in_memory();
    {
        let connection = store.connection();
        for (table, key, days) in [
            ("edge", "edge", &["2026-08-01", "2026-08-02"][..]),
            ("coverage", "place", &["2026-08-02", "2026-11-20"]),
            ("edge_month", "edge", &["2019-01-01", "2026-01-01"]),
        ] {
            // Facts of no edge, so that no merge is needed to count them.
            let sql = format!("INSERT INTO {table} (day, {key}, facts) VALUES (?1, '', '')");
            for day in days {
                connection.execute(&sql, [day]).unwrap();
            }
        }
    }
    let counted = crate::ledger::expired(&store.connection(), "2026-10-01", "2020-01-01").unwrap();
    assert_eq!(counted, (2, 1));
}
