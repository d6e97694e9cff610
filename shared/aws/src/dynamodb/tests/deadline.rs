//! Tests of deadlines and throttling.

use super::*;
use crate::dynamodb::tests::outbox::fan_out;

#[tokio::test(start_paused = true)]
async fn a_throttled_writer_waits_until_its_deadline_and_then_says_what_was_not_written() {
    let table = StubBackend::new(0);
    let deadline = Deadline::default();
    let store = table.store().with_deadline(deadline.clone());
    store.record(&batch("1", now())).await.unwrap();

    table.throttle(true);
    let began = Instant::now();
    deadline.set(Some(began + Duration::from_secs(20)));
    let error = store.record(&batch("2", now())).await.unwrap_err();
    assert!(matches!(error, StoreError::Throttled(_)), "{error:?}");
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(10), "{waited:?}");
    assert!(waited <= Duration::from_secs(20), "{waited:?}");

    table.throttle(false);
    deadline.set(None);
    store.record(&batch("2", now())).await.unwrap();
    assert_eq!(events_in(&store, now()).await, 2);
}

/// Calls one method of the store. Its name tells which call was late.
async fn ask(store: &DynamoStore, question: &str) -> Result<(), StoreError> {
    let people = ["2026-11:email:0bd93fd741c8d045778f56b9be168475"
        .parse()
        .unwrap()];
    let redelivery = PossibleRedelivery {
        id: ReceiptId::of("1"),
        since: now(),
        until: now(),
    };
    let days = Query::days(Span::default(), now());
    match question {
        "counted" => store.which_were_counted(&[redelivery]).await.map(drop),
        "record" => store.record(&fan_out("2", 0, 3, now())).await.map(drop),
        "pending" => store
            .pending_announcements(now() + 1.hours(), None)
            .await
            .map(drop),
        "announced" => {
            let first_seen = Vec::new();
            let id = "1".to_owned();
            store.mark_announced(&Announcement { id, first_seen }).await
        }
        "read" => read_all(store, &days).await.map(drop),
        "roll up" => store
            .roll_up(now() + 3.hours(), &Retention::default())
            .await
            .map(drop),
        "retention" => store.retention().await.map(drop),
        "sightings" => store.sightings_of(&people).await.map(drop),
        "erase" => store.erase_subject(&people).await.map(drop),
        "put topology" => {
            let topology = Topology::default();
            store.put_topology(day_of(now()), &topology).await
        }
        "topology" => store.topology(day_of(now())).await.map(drop),
        other => panic!("{other}"),
    }
}

const QUESTIONS: [&str; 11] = [
    "counted",
    "record",
    "pending",
    "announced",
    "read",
    "roll up",
    "retention",
    "sightings",
    "erase",
    "put topology",
    "topology",
];

#[tokio::test(start_paused = true)]
async fn no_call_outlives_the_deadline_whatever_the_table_does() {
    // The table answers after an hour, or after more than half of the time, or it throttles, or no
    // time is left.
    for (takes, is_throttling, seconds) in
        [(3_600, false, 6), (3, false, 5), (0, true, 6), (1, true, 0)]
    {
        for question in QUESTIONS {
            let table = StubBackend::new(0);
            table.store().record(&batch("1", now())).await.unwrap();
            table.take(Duration::from_secs(takes));
            table.throttle(is_throttling);
            let deadline = Deadline::default();
            let store = table.store().with_deadline(deadline.clone());
            let began = Instant::now();
            deadline.set(Some(began + Duration::from_secs(seconds)));
            let answer = ask(&store, question).await;
            let took = began.elapsed();
            assert!(took <= Duration::from_secs(seconds), "{question}: {took:?}");
            let is_slow = takes < seconds;
            let is_said = matches!(
                answer,
                Err(StoreError::OutOfTime { .. } | StoreError::Throttled(_))
            );
            assert!(is_slow || is_said, "{question}: {answer:?}");
            // After the deadline no call begins.
            tokio::time::sleep_until(began + Duration::from_secs(seconds)).await;
            let again = Instant::now();
            ask(&store, question).await.unwrap_err();
            assert_eq!(again.elapsed(), Duration::ZERO, "{question}");
        }
    }
}
