//! Tests of writing, reading and rolling up while clocks differ and time is short.

use super::*;
use piitrail_flow::home::Home;
use piitrail_flow::store::FlowId;

/// A ledger that the first version wrote. It is stored as text and not generated, so that it stays
/// what that version wrote.
const LEDGER_OF_VERSION_1: &str = r#"{"edges":[[["2026-11-20",{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"unattributed"},"channels":[{"kind":"bus","name":"shop"}],"event_type":"OrderPlaced","basis":"observed"}],{"events":3,"events_with_findings":2,"first_seen":"2026-11-20T08:14:33Z","last_seen":"2026-11-20T18:05:57Z","classes":{"EMAIL_ADDRESS":{"events":2,"confidence":99,"paths":["$.detail.customer.email"]}}}]],"coverage":[[["2026-11-20",{"kind":"bus","name":"shop"}],{"deliveries":3}]]}"#;

/// Stores a batch and the head as the first version wrote them.
fn keep_as_version_1(table: &StubBackend) {
    let mut old = GzEncoder::new(Vec::new(), Compression::best());
    old.write_all(LEDGER_OF_VERSION_1.as_bytes()).unwrap();
    let facts = base64::encode(old.finish().unwrap());
    let receipt = base64::encode(ReceiptId::of("old").as_bytes());
    let batch = format!("12:00:00.000Z#{:?}", ReceiptId::of("its batch"));
    table.put(&json!({
        "pk": { "S": "journal#2026-11-20" }, "sk": { "S": batch },
        "facts": { "B": facts }, "receipts": { "B": receipt },
    }));
    table.put(&json!({
        "pk": { "S": "journal" }, "sk": { "S": "first" }, "day": { "S": "2026-11-20" },
    }));
}

#[tokio::test(start_paused = true)]
async fn a_table_of_the_first_version_is_read_written_and_rolled_up() {
    let table = StubBackend::new(0);
    keep_as_version_1(&table);
    let store = table.store();
    assert_eq!(events_in(&store, now()).await, 3);
    let again = PossibleRedelivery {
        id: ReceiptId::of("old"),
        since: now() - 26.hours(),
        until: now(),
    };
    let counted = store.which_were_counted(&[again]).await.unwrap();
    assert_eq!(counted, [ReceiptId::of("old")].into());

    store.record(&batch("new", now())).await.unwrap();
    assert_eq!(events_in(&table.store(), now()).await, 4);
    let later = now() + 3.hours();
    let set_out = store
        .roll_up(now() + 2.hours(), &Retention::default())
        .await;
    assert_eq!(set_out.unwrap().batches, 0);
    let rolled_up = store.roll_up(later, &Retention::default()).await.unwrap();
    assert_eq!(rolled_up.batches, 2);
    assert_eq!(events_in(&table.store(), later).await, 4);
    assert_eq!(events_in(&table.store(), later + 1.hours()).await, 4);
}

/// A ledger that the second version packed, before homes existed.
const LEDGER_OF_VERSION_2: &str = include_str!("../../../../flow/src/ledger/packed/format_2.hex");

#[tokio::test(start_paused = true)]
async fn a_table_of_the_second_version_is_read_with_homes_unknown_and_raises_nothing_again() {
    let facts: Vec<u8> = LEDGER_OF_VERSION_2
        .trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let mut ledger = Ledger::unpack(&facts).unwrap();
    let table = StubBackend::new(0);
    let batch_id = ReceiptId::of("its batch");
    table.put(&json!({
        "pk": { "S": "journal#2026-11-20" }, "sk": { "S": format!("12:00:00.000Z#{batch_id:?}") },
        "facts": { "B": base64::encode(&facts) },
        "receipts": { "B": base64::encode(ReceiptId::of("old").as_bytes()) },
    }));
    table.put(&json!({
        "pk": { "S": "journal" }, "sk": { "S": "first" }, "version": { "N": "2" },
        "day": { "S": "2026-11-20" }, "lanes": { "N": "1" },
    }));
    for (_, key) in ledger.edges.keys() {
        let mut mark = now().as_millisecond().to_be_bytes().to_vec();
        mark.extend_from_slice(batch_id.as_bytes());
        let mut item = json!({
            "pk": { "S": format!("flow#{}", FlowId::of(&key.flow)) }, "sk": { "S": "first" },
        });
        for facts in ledger.edges.values() {
            for class in facts.classes.keys() {
                item[class.to_string()] = json!({ "B": base64::encode(&mark) });
            }
        }
        table.put(&item);
    }
    let store = table.store();
    assert_eq!(events_in(&store, now()).await, 15);

    // The same flows, with homes that are known by now.
    ledger.edges = std::mem::take(&mut ledger.edges)
        .into_iter()
        .map(|((day, mut key), facts)| {
            for channel in &mut key.flow.channels {
                channel.home = Home::of("111122223333", "eu-central-1");
            }
            ((day, key), facts)
        })
        .collect();
    let upgraded = Batch {
        at: now(),
        receipts: [ReceiptId::of("after the upgrade")].into(),
        ledger,
        sightings: Sightings::default(),
    };
    assert_eq!(store.record(&upgraded).await.unwrap(), None);
    assert_eq!(events_in(&table.store(), now()).await, 30);
    // In a second account the same classes are new.
    let mut elsewhere = upgraded.clone();
    elsewhere.receipts = [ReceiptId::of("elsewhere")].into();
    elsewhere.ledger.edges = std::mem::take(&mut elsewhere.ledger.edges)
        .into_iter()
        .map(|((day, mut key), facts)| {
            for channel in &mut key.flow.channels {
                channel.home = Home::of("444455556666", "eu-central-1");
            }
            ((day, key), facts)
        })
        .collect();
    let announced = table.store().record(&elsewhere).await.unwrap().unwrap();
    assert!(
        announced.first_seen.len() > 20,
        "{}",
        announced.first_seen.len()
    );
}

#[tokio::test(start_paused = true)]
async fn what_writers_with_wrong_clocks_write_is_never_lost() {
    // The minutes by which each writer's clock is behind.
    const BEHIND: [i64; 4] = [0, 9, 95, 5_000];
    for seed in 0..3 {
        let table = StubBackend::new(seed);
        let mut chance = Chance::new(seed);
        let store = || table.store().with_lanes(2);
        let mut writers = BEHIND.map(|_| store());
        let mut now = now();
        let mut written = 0;
        for _ in 0..12 {
            let minutes = 1 + i64::try_from(chance.below(40)).unwrap();
            now += minutes.minutes();
            tokio::time::advance(Duration::from_mins(minutes.unsigned_abs())).await;
            writers[usize::try_from(chance.below(4)).unwrap()] = store();
            // All writers write with the head as it was before, then after it has changed.
            for is_rolled_up in [false, true] {
                if is_rolled_up {
                    store().roll_up(now, &Retention::default()).await.unwrap();
                }
                for (writer, behind) in writers.iter().zip(BEHIND) {
                    written += 1;
                    let batch = batch(&written.to_string(), now - behind.minutes());
                    writer.record(&batch).await.unwrap();
                }
            }
            // Another writer, which does not know that the batch was written, writes it again.
            let again = batch(&written.to_string(), now - BEHIND[3].minutes());
            store().record(&again).await.unwrap();
            // Two minutes later every reader sees the roll-up.
            let read = events_in(&store(), now + 2.minutes()).await;
            assert_eq!(read, written, "seed {seed}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_writer_whose_clock_is_far_behind_does_not_keep_the_roll_up_from_ending() {
    let table = StubBackend::new(0);
    let written_long_ago = |id: &str| Batch {
        at: "2025-06-01T00:00:07Z".parse().unwrap(),
        ..batch(id, now())
    };
    table.store().record(&written_long_ago("1")).await.unwrap();
    table.store().record(&batch("2", now())).await.unwrap();
    let keep = Retention::default();
    let at = |hours: i64| now() + hours.hours();
    table.store().roll_up(at(2), &keep).await.unwrap();
    let rolled_up = table.store().roll_up(at(3), &keep).await.unwrap();
    assert_eq!(rolled_up.batches, 2);
    assert!(rolled_up.through > Some(now()), "{rolled_up:?}");
    // From now on a late writer writes after the fence.
    table.store().record(&written_long_ago("3")).await.unwrap();
    assert_eq!(events_in(&table.store(), at(4)).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_changed_retention_holds_for_what_is_there() {
    let table = StubBackend::new(0);
    let store = table.store();
    assert_eq!(store.retention().await.unwrap(), None);
    store.record(&batch("1", now())).await.unwrap();
    let long = Retention::default();
    store.roll_up(now() + 2.hours(), &long).await.unwrap();
    store.roll_up(now() + 3.hours(), &long).await.unwrap();
    let expire_at = || -> BTreeSet<String> {
        let leaves = table.items_of("rolled#");
        let of = |leaf: &serde_json::Value| leaf["expires_at"]["N"].as_str().unwrap().to_owned();
        leaves.iter().map(of).collect()
    };
    let before = expire_at();
    assert_eq!(before.len(), 2, "its days, and it as a whole");
    let short = Retention {
        days: 31,
        months: 2,
    };
    store.roll_up(now() + 4.hours(), &short).await.unwrap();
    assert_eq!(store.retention().await.unwrap(), Some(short));
    let after = expire_at();
    assert!(after.iter().max() < before.iter().min(), "{after:?}");
    assert_eq!(events_in(&store, now() + 5.hours()).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_does_not_see_the_last_minute_misses_nothing() {
    // Several steps in quick succession, and one that takes minutes.
    for (batches, call_takes) in [(40, Duration::ZERO), (12, Duration::from_secs(7))] {
        let table = StubBackend::new(0);
        let store = table.store();
        let keep = Retention::default();
        for n in 0..batches {
            let at = now() + (3 * i64::try_from(n).unwrap()).minutes();
            store.record(&batch(&n.to_string(), at)).await.unwrap();
        }
        store.roll_up(now() + 3.hours(), &keep).await.unwrap();
        table.lag();
        table.take(call_takes);
        let began = Instant::now();
        let rolled_up = store.roll_up(now() + 4.hours(), &keep).await.unwrap();
        assert_eq!(rolled_up.batches, batches);
        let took = i64::try_from(began.elapsed().as_secs()).unwrap();
        assert!(call_takes.is_zero() || took > 60, "{took}");
        table.take(Duration::ZERO);
        let just_after = now() + 4.hours() + (took + 5).seconds();
        assert_eq!(events_in(&table.store(), just_after).await, batches);
        // Two minutes later no read lags that far behind.
        table.lag();
        let later = just_after + 2.minutes();
        assert_eq!(events_in(&table.store(), later).await, batches);
    }
}

#[tokio::test(start_paused = true)]
async fn a_roll_up_ends_before_it_is_cut_off_and_the_next_goes_on() {
    let table = StubBackend::new(0);
    let deadline = Deadline::default();
    let store = table.store().with_deadline(deadline.clone());
    let keep = Retention::default();
    for n in 0..100 {
        let at = now() + n.minutes();
        store.record(&batch(&n.to_string(), at)).await.unwrap();
    }
    store.roll_up(now() + 3.hours(), &keep).await.unwrap();
    table.take(Duration::from_secs(1));
    let mut runs = 0;
    let mut batches = 0;
    while batches < 100 {
        runs += 1;
        let end = Instant::now() + Duration::from_secs(100);
        deadline.set(Some(end));
        let at = now() + 4.hours() + (runs * 15).minutes();
        batches += store.roll_up(at, &keep).await.unwrap().batches;
        assert!(Instant::now() <= end, "run {runs}");
    }
    assert!(runs > 1);
    assert_eq!(batches, 100);
}
