//! Tests of the subject index.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_person_who_was_erased_elsewhere_is_there_again_when_seen_again() {
    let table = StubBackend::new(0);
    let warm = table.store();
    let jane: SubjectId = "2026-11:email:0bd93fd741c8d045778f56b9be168475"
        .parse()
        .unwrap();
    let seen = |id: &str| {
        let mut batch = batch(id, now());
        let edge = batch.ledger.edges.keys().next().unwrap().1.clone();
        let sighting = Sighting {
            first_seen: day_of(now()),
            last_seen: day_of(now()),
            classes: BTreeSet::from([DataClass::EmailAddress]),
        };
        batch.sightings.add(jane.clone(), edge, &sighting);
        batch
    };
    let people = std::slice::from_ref(&jane);
    // The writer reads the head again after five minutes, measured by the clock of the runtime, or
    // by the time of batches if the function was frozen in between.
    for (runs, sleeps) in [(HEAD_MAX_AGE, 0), (Duration::ZERO, 5)] {
        warm.record(&seen(&format!("1 {sleeps}"))).await.unwrap();
        assert_eq!(table.store().erase_subject(people).await.unwrap(), 1);
        assert!(warm.sightings_of(people).await.unwrap().is_empty());
        tokio::time::advance(runs).await;
        let mut again = seen(&format!("2 {sleeps}"));
        again.at += sleeps.minutes();
        warm.record(&again).await.unwrap();
        assert_eq!(warm.sightings_of(people).await.unwrap(), again.sightings);
    }
}

#[tokio::test(start_paused = true)]
async fn where_a_person_was_seen_goes_when_the_days_go() {
    let table = StubBackend::new(0);
    let keep = Retention {
        days: 31,
        months: 12,
    };
    let mut batch = batch("1", now());
    let edge = batch.ledger.edges.keys().next().unwrap().1.clone();
    let sighting = Sighting {
        first_seen: day_of(now()),
        last_seen: day_of(now()),
        classes: BTreeSet::new(),
    };
    let jane = "2026-11:email:0bd93fd741c8d045778f56b9be168475";
    batch.sightings.add(jane.parse().unwrap(), edge, &sighting);
    let store = table.store().with_retention(keep);
    store.record(&batch).await.unwrap();
    let kept = table.items_of("subject#");
    // 2026-11-21 and the 31 days after it have passed when 2026-12-23 begins.
    let gone: Timestamp = "2026-12-23T00:00:00Z".parse().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        kept[0]["expires_at"]["N"],
        json!(gone.as_second().to_string())
    );
}
