//! Claims about the subject index: where people were seen, and how they are erased.

use std::collections::BTreeSet;
use std::future::Future;

use piitrail_detect::DataClass;

use super::ENGINE;
use super::samples::{batch_of, batch_of_events, day, key, now, person, sample_ledger, whole};
use crate::edge::{Basis, EdgeKey, Flow};
use crate::ledger::Ledger;
use crate::name::Name;
use crate::store::{Batch, Counting, Reading, ReceiptId, Retention, Store, SubjectIndex};
use crate::subject::{Sighting, Sightings, SubjectId};

/// Runs every claim against its own empty store.
pub(super) async fn run<S, F>(mut empty_store: impl FnMut() -> F)
where
    S: Counting + Reading + SubjectIndex,
    F: Future<Output = S>,
{
    where_a_person_was_seen_reads_back(&empty_store().await).await;
    sightings_join_and_again_they_change_nothing(&empty_store().await).await;
    people_and_epochs_are_kept_apart(&empty_store().await).await;
    a_person_of_whom_nothing_else_is_known_is_kept_too(&empty_store().await).await;
    many_people_at_once_are_all_kept(&empty_store().await).await;
    an_erased_person_is_gone_and_the_counts_stay(&empty_store().await).await;
    a_person_who_is_seen_again_is_there_again(&empty_store().await).await;
}

async fn where_a_person_was_seen_reads_back(store: &(impl Counting + Reading + SubjectIndex)) {
    assert!(
        store
            .sightings_of(&[subject("2026-11", 1)])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.sightings_of(&[]).await.unwrap().is_empty());
    let seen = sightings(&[
        (1, "mailer", "2026-11-20", EMAIL),
        (1, "labels", "2026-11-21", NAME),
    ]);
    record(store, "m-1", &seen).await;
    let found = store.sightings_of(&[subject("2026-11", 1)]).await.unwrap();
    assert_eq!(found, seen);
}

async fn sightings_join_and_again_they_change_nothing(
    store: &(impl Counting + Reading + SubjectIndex),
) {
    let parts = [
        sightings(&[(1, "mailer", "2026-11-20", EMAIL)]),
        // Later, earlier and in-between days, with other classes and with the same.
        sightings(&[(1, "mailer", "2026-11-21", NAME)]),
        sightings(&[(1, "mailer", "2026-11-02", EMAIL)]),
        sightings(&[(1, "mailer", "2026-11-10", PHONE)]),
        sightings(&[
            (1, "labels", "2026-11-10", EMAIL),
            (2, "mailer", "2026-11-10", EMAIL),
        ]),
    ];
    let mut all = Sightings::default();
    for round in 0..2 {
        for (number, part) in parts.iter().enumerate() {
            // Each round has other batches: the messages were redelivered in other groups.
            record(store, &format!("m-{round}-{number}"), part).await;
            all.merge(part);
        }
        let people = [subject("2026-11", 1), subject("2026-11", 2)];
        assert_eq!(store.sightings_of(&people).await.unwrap(), all);
    }
    let mut spanning = sightings(&[(1, "mailer", "2026-10-01", EMAIL)]);
    spanning.merge(&sightings(&[(1, "mailer", "2026-11-30", EMAIL)]));
    record(store, "m-3", &spanning).await;
    all.merge(&spanning);
    let people = [subject("2026-11", 1), subject("2026-11", 2)];
    assert_eq!(store.sightings_of(&people).await.unwrap(), all);
}

async fn people_and_epochs_are_kept_apart(store: &(impl Counting + Reading + SubjectIndex)) {
    let mut seen = sightings(&[(1, "mailer", "2026-11-20", EMAIL)]);
    let old = subject("2026-10", 1);
    seen.add(old.clone(), edge("labels"), &sighting("2026-10-31", NAME));
    record(store, "m-1", &seen).await;
    let found = store
        .sightings_of(std::slice::from_ref(&old))
        .await
        .unwrap();
    assert_eq!(found, seen.of(&[old]));
    assert_eq!(found.len(), 1);
    assert!(
        store
            .sightings_of(&[subject("2026-11", 2)])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_person_of_whom_nothing_else_is_known_is_kept_too(
    store: &(impl Counting + Reading + SubjectIndex),
) {
    let mut seen = Sightings::default();
    let mut nothing = sighting("2026-11-20", EMAIL);
    nothing.classes.clear();
    seen.add(subject("2026-11", 1), edge("mailer"), &nothing);
    record(store, "m-1", &seen).await;
    let found = store.sightings_of(&[subject("2026-11", 1)]).await.unwrap();
    assert_eq!(found, seen);
}

async fn many_people_at_once_are_all_kept(store: &(impl Counting + Reading + SubjectIndex)) {
    let people: Vec<u64> = (1..=250).collect();
    let mut all = Sightings::default();
    for (round, on) in ["2026-11-20", "2026-11-21"].into_iter().enumerate() {
        let seen: Vec<_> = people
            .iter()
            .flat_map(|n| ["mailer", "labels"].map(|consumer| (*n, consumer, on, EMAIL)))
            .collect();
        let seen = sightings(&seen);
        record(store, &format!("m-{round}"), &seen).await;
        all.merge(&seen);
    }
    let subjects: Vec<SubjectId> = people.iter().map(|n| subject("2026-11", *n)).collect();
    assert_eq!(store.sightings_of(&subjects).await.unwrap(), all);
}

async fn an_erased_person_is_gone_and_the_counts_stay(
    store: &(impl Counting + Reading + SubjectIndex),
) {
    let seen = sightings(&[
        (1, "mailer", "2026-11-20", EMAIL),
        (1, "labels", "2026-11-20", EMAIL),
        (2, "mailer", "2026-11-20", EMAIL),
    ]);
    let batch = Batch {
        sightings: seen.clone(),
        ..batch_of(&["m-1"], sample_ledger(1))
    };
    store.record(&batch).await.unwrap();
    let (erased, other) = (subject("2026-11", 1), subject("2026-11", 2));
    assert_eq!(
        store
            .erase_subject(std::slice::from_ref(&erased))
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        store
            .erase_subject(std::slice::from_ref(&erased))
            .await
            .unwrap(),
        0
    );
    assert!(store.sightings_of(&[erased]).await.unwrap().is_empty());
    let left = store
        .sightings_of(std::slice::from_ref(&other))
        .await
        .unwrap();
    assert_eq!(left, seen.of(&[other]));
    assert_eq!(whole(store).await, batch.ledger);
}

async fn a_person_who_is_seen_again_is_there_again(
    store: &(impl Counting + Reading + SubjectIndex),
) {
    record(
        store,
        "m-1",
        &sightings(&[(1, "mailer", "2026-11-20", EMAIL)]),
    )
    .await;
    store.erase_subject(&[subject("2026-11", 1)]).await.unwrap();
    let again = sightings(&[(1, "mailer", "2026-11-21", EMAIL)]);
    record(store, "m-2", &again).await;
    let found = store.sightings_of(&[subject("2026-11", 1)]).await.unwrap();
    assert_eq!(found, again);
}

const EMAIL: DataClass = DataClass::EmailAddress;
const NAME: DataClass = DataClass::PersonName;
const PHONE: DataClass = DataClass::PhoneNumber;

async fn record(store: &(impl Counting + Reading + SubjectIndex), id: &str, sightings: &Sightings) {
    let batch = Batch {
        receipts: BTreeSet::from([ReceiptId::of(id)]),
        sightings: sightings.clone(),
        ..batch_of(&[], Ledger::default())
    };
    store.record(&batch).await.unwrap();
}

fn subject(epoch: &str, n: u64) -> SubjectId {
    SubjectId {
        epoch: epoch.parse().unwrap(),
        subject: person(n),
    }
}

fn edge(consumer: &str) -> EdgeKey {
    EdgeKey {
        flow: Flow {
            ..key("orders", consumer).flow
        },
        basis: Basis::Observed,
    }
}

fn sighting(on: &str, class: DataClass) -> Sighting {
    Sighting {
        first_seen: day(on),
        last_seen: day(on),
        classes: BTreeSet::from([class]),
    }
}

/// Returns sightings from person, consumer, day and class.
fn sightings(seen: &[(u64, &str, &str, DataClass)]) -> Sightings {
    let mut sightings = Sightings::default();
    for (n, consumer, on, class) in seen {
        sightings.add(
            subject("2026-11", *n),
            edge(consumer),
            &sighting(on, *class),
        );
    }
    sightings
}

/// Claims that a person's sightings are deleted together with the days. It holds only for stores
/// that delete at the roll-up and not by a time to live, so it is not part of [`run`](super::run).
pub async fn where_a_person_was_seen_goes_when_the_days_go(store: &dyn Store) {
    let mut sightings = Sightings::default();
    let id: SubjectId = "2026-11:email:0bd93fd741c8d045778f56b9be168475"
        .parse()
        .unwrap();
    let edge = batch_of_events(&[1])
        .ledger
        .edges
        .keys()
        .next()
        .unwrap()
        .1
        .clone();
    for (event_type, last_seen) in [("Old", "2025-01-10"), ("New", "2026-11-20")] {
        let sighting = Sighting {
            first_seen: "2025-01-02".parse().unwrap(),
            last_seen: last_seen.parse().unwrap(),
            classes: [DataClass::EmailAddress].into(),
        };
        let edge = EdgeKey {
            flow: Flow {
                event_type: Name::masked(&ENGINE, event_type),
                ..edge.flow.clone()
            },
            ..edge.clone()
        };
        sightings.add(id.clone(), edge, &sighting);
    }
    let recorded = Batch {
        sightings,
        ..batch_of_events(&[1])
    };
    store.record(&recorded).await.unwrap();
    store.roll_up(now(), &Retention::default()).await.unwrap();
    let left = store.sightings_of(std::slice::from_ref(&id)).await.unwrap();
    let left: Vec<&str> = left
        .iter()
        .map(|(_, edge, _)| edge.flow.event_type.as_str())
        .collect();
    assert_eq!(left, ["New"]);
}
