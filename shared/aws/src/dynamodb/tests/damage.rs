//! Tests of items that cannot be read: they are left out and named, and everything else is
//! processed.

use super::*;

/// Creates a store with three events, written at these hours of the day.
async fn three_events(table: &StubBackend) -> DynamoStore {
    let store = table.store();
    for n in 0..3 {
        let recorded = batch(&n.to_string(), now() + n.minutes());
        store.record(&recorded).await.unwrap();
    }
    store
}

/// Damages an attribute of the first item of a partition. Returns the name by which it is reported.
fn damage(table: &StubBackend, partition: &str, attribute: &str) -> String {
    damage_item(table, table.items_of(partition).remove(0), attribute)
}

fn damage_item(table: &StubBackend, mut item: serde_json::Value, attribute: &str) -> String {
    item[attribute] = match attribute {
        "through" => json!({ "S": "the day after tomorrow" }),
        _ => json!({ "B": base64::encode(b"\x03 not what was written") }),
    };
    table.put(&item);
    let part = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    format!("{} {}", part("pk"), part("sk"))
}

async fn read(table: &StubBackend, now: Timestamp) -> (u64, BTreeSet<String>) {
    let store = table.store();
    let query = Query::sum(Span::default(), now);
    let page = read_all(&store, &query).await.unwrap();
    let events = page.ledger.edges.values().map(|facts| facts.events).sum();
    (events, page.damaged)
}

#[tokio::test(start_paused = true)]
async fn a_damaged_batch_is_left_out_and_named_before_and_after_the_roll_up() {
    let table = StubBackend::new(0);
    let store = three_events(&table).await;
    let named = BTreeSet::from([damage(&table, "journal#", "facts")]);
    assert_eq!(read(&table, now() + 1.hours()).await, (2, named.clone()));

    let keep = Retention::default();
    store.roll_up(now() + 3.hours(), &keep).await.unwrap();
    let rolled_up = store.roll_up(now() + 4.hours(), &keep).await.unwrap();
    assert_eq!(rolled_up.damaged, named);
    assert_eq!(read(&table, now() + 5.hours()).await, (2, named.clone()));
    // A year later the batch itself has expired, and the map still says that something is missing.
    let months = table.items_of("rolled#");
    let copies = table.items_of("damaged");
    assert_eq!((months.is_empty(), copies.len()), (false, 1));
    let next = store.roll_up(now() + 5.hours(), &keep).await.unwrap();
    assert_eq!(next.damaged, BTreeSet::new(), "it is told once");
}

#[tokio::test(start_paused = true)]
async fn a_damaged_month_is_left_out_and_named_and_what_comes_later_is_added() {
    let keep = Retention::default();
    for attribute in ["facts", "through"] {
        let table = StubBackend::new(0);
        let store = three_events(&table).await;
        store.roll_up(now() + 3.hours(), &keep).await.unwrap();
        store.roll_up(now() + 4.hours(), &keep).await.unwrap();
        assert_eq!(read(&table, now() + 4.hours()).await, (3, BTreeSet::new()));

        let named: BTreeSet<String> = table
            .items_of("rolled#2026-11")
            .into_iter()
            .map(|item| damage_item(&table, item, attribute))
            .collect();
        let (events, told) = read(&table, now() + 5.hours()).await;
        assert_eq!(events, 0, "{attribute}");
        assert!(
            !told.is_empty() && told.is_subset(&named),
            "{attribute}: {told:?}"
        );

        let later = batch("later", now() + 5.hours());
        store.record(&later).await.unwrap();
        store.roll_up(now() + 7.hours(), &keep).await.unwrap();
        let rolled_up = store.roll_up(now() + 8.hours(), &keep).await.unwrap();
        assert!(
            named.is_subset(&rolled_up.damaged),
            "{attribute}: {rolled_up:?}"
        );
        let (events, told) = read(&table, now() + 9.hours()).await;
        assert_eq!((events, told), (1, rolled_up.damaged), "{attribute}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_nobody_wrote_is_named_with_what_can_be_printed_of_it() {
    let table = StubBackend::new(0);
    three_events(&table).await;
    table.put(&json!({
        "pk": { "S": "journal#2026-11-21" }, "sk": { "S": "9\u{1b}[2J\u{202e}\nx" },
        "facts": { "B": base64::encode(b"x") },
    }));
    let named = BTreeSet::from(["journal#2026-11-21 9?[2J??x".to_owned()]);
    assert_eq!(read(&table, now() + 1.hours()).await, (3, named));
}

#[tokio::test(start_paused = true)]
async fn damaged_receipts_of_one_batch_fail_no_redelivered_message() {
    let table = StubBackend::new(0);
    let store = three_events(&table).await;
    damage(&table, "journal#", "receipts");
    let asked: Vec<_> = (0..3)
        .map(|n| PossibleRedelivery {
            id: ReceiptId::of(&n.to_string()),
            since: now(),
            until: now() + 1.hours(),
        })
        .collect();
    let known = store.which_were_counted(&asked).await.unwrap();
    assert_eq!(known.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_sighting_is_left_out_and_named() {
    let table = StubBackend::new(0);
    let store = table.store();
    let jane: SubjectId = "2026-11:email:0bd93fd741c8d045778f56b9be168475"
        .parse()
        .unwrap();
    let mut seen = batch("1", now());
    let edge = seen.ledger.edges.keys().next().unwrap().1.clone();
    let sighting = Sighting {
        first_seen: day_of(now()),
        last_seen: day_of(now()),
        classes: BTreeSet::from([DataClass::EmailAddress]),
    };
    seen.sightings.add(jane.clone(), edge, &sighting);
    store.record(&seen).await.unwrap();
    let named = damage(&table, "subject#", "facts");
    let found = store.sightings_of(&[jane]).await.unwrap();
    assert_eq!(found.damaged, BTreeSet::from([named]));
    assert!(found.is_empty());
}
