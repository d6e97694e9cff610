//! Tests of the subject report, from payloads to the answer and to erasure.

use piitrail_detect::{Subject as Person, SubjectKey};
use serde_json::json;

use super::people::{order, ring, trace_into};
use super::{ask, now, refusal, request, text};
use crate::answer;
use piitrail_flow::home::Home;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::store::{
    Batch, Counting as _, MemoryStore, Query, ReceiptId, SubjectIndex as _, read_all,
};
use piitrail_flow::subject::{KeyRing, Sightings, SubjectId};
use piitrail_flow::time::Span;

fn ids(ring: &KeyRing, email: &str) -> Vec<SubjectId> {
    ring.ids(|key| Person::of_email(key, email))
}

/// Creates a store with the orders of two customers, two of them by the first.
async fn traced(ring: &KeyRing) -> MemoryStore {
    let store = MemoryStore::default();
    trace_into(
        &store,
        Some(ring),
        true,
        &[order(1, 1), order(2, 1), order(3, 2)],
    )
    .await;
    store
}

#[tokio::test]
async fn a_person_is_found_by_another_writing_and_by_nothing_else() {
    let ring = ring(&[("2026-10", 1), ("2026-11", 2)]);
    let store = traced(&ring).await;
    let mut subjects = ids(&ring, " Grace.1@NAVY-mail.org");
    subjects.extend(ring.ids(|key| Person::of_phone(key, "+44 (0)20-7123 0001")));
    let found = ask(
        &store,
        &json!({ "report": "subject", "subjects": subjects }),
    )
    .await;
    let edges = found["edges"].as_array().unwrap();
    assert_eq!(
        edges.len(),
        1,
        "the labels were never told who it is for: {found}"
    );
    assert_eq!(edges[0]["consumer"], "function/mailer");
    assert_eq!(edges[0]["known_by"], json!(["email", "phone"]));
    assert_eq!(edges[0]["epochs"], json!([ring.newest().epoch]));
    assert_eq!(edges[0]["first_seen"], "2026-11-20");
    let classes = edges[0]["classes"].as_array().unwrap();
    assert!(
        classes.contains(&json!("EMAIL_ADDRESS")) && classes.contains(&json!("STREET_ADDRESS"))
    );

    let nobody = ids(&ring, "grace.3@navy-mail.org");
    let nothing = ask(&store, &json!({ "report": "subject", "subjects": nobody })).await;
    assert_eq!(nothing["edges"], json!([]));
    let before = json!({ "report": "subject", "subjects": ids(&ring, "grace.1@navy-mail.org"), "to": "2026-11-19" });
    assert_eq!(ask(&store, &before).await["edges"], json!([]));
}

#[tokio::test]
async fn who_was_indexed_before_epochs_had_check_values_is_found_and_erased() {
    let ring = ring(&[("2026-11", 2)]);
    let store = traced(&ring).await;
    let subjects = ids(&ring, "grace.1@navy-mail.org");
    let asked = json!({ "report": "subject", "subjects": subjects });
    let found = ask(&store, &asked).await;

    // A store with the sightings of an earlier build, which wrote epochs without check values.
    let sightings = store.sightings_of(&subjects).await.unwrap();
    let mut before = Sightings::default();
    for (id, edge, sighting) in sightings.iter() {
        let id = SubjectId {
            epoch: id.epoch.without_check(),
            ..id.clone()
        };
        before.add(id, edge.clone(), sighting);
    }
    let earlier = Batch {
        at: now(),
        receipts: [ReceiptId::of("before")].into(),
        ledger: Ledger::default(),
        sightings: before,
    };
    store.record(&earlier).await.unwrap();
    assert_eq!(
        ask(&store, &asked).await,
        found,
        "nothing stands there twice"
    );
    assert_eq!(found["subjects"].as_array().unwrap().len(), 1);

    let old = MemoryStore::default();
    old.record(&earlier).await.unwrap();
    assert_eq!(
        ask(&old, &asked).await["edges"].as_array().unwrap().len(),
        1
    );
    assert_eq!(old.erase_subject(&subjects).await.unwrap(), 1);
    assert_eq!(ask(&old, &asked).await["edges"], json!([]));
}

#[tokio::test]
async fn every_format_can_show_it() {
    let ring = ring(&[("2026-11", 2)]);
    let store = traced(&ring).await;
    for format in crate::render::names() {
        let asked = json!({
            "report": "subject",
            "format": format,
            "subjects": ids(&ring, "grace.1@navy-mail.org"),
        });
        let body = text(answer(&store, &request(&asked), now()).await.unwrap());
        assert!(body.contains("mailer"), "{format}: {body}");
    }
}

#[tokio::test]
async fn without_the_index_people_are_counted_and_not_kept_one_by_one() {
    let ring = ring(&[("2026-11", 2)]);
    let store = MemoryStore::default();
    trace_into(&store, Some(&ring), false, &[order(1, 1)]).await;
    let subjects = ids(&ring, "grace.1@navy-mail.org");
    assert!(store.sightings_of(&subjects).await.unwrap().is_empty());
}

#[tokio::test]
async fn erasing_a_person_or_a_key_leaves_the_counts() {
    let mut ring = ring(&[("2026-10", 1)]);
    let store = traced(&ring).await;
    let contents = || async {
        read_all(&store, &Query::days(Span::default(), now()))
            .await
            .unwrap()
            .ledger
    };
    let before = contents().await;
    let (one, two) = (
        ids(&ring, "grace.1@navy-mail.org"),
        ids(&ring, "grace.2@navy-mail.org"),
    );
    assert_eq!(store.erase_subject(&one).await.unwrap(), 1);
    assert!(store.sightings_of(&one).await.unwrap().is_empty());
    assert_eq!(store.sightings_of(&two).await.unwrap().len(), 1);

    // After its key is destroyed, nobody can compute the fingerprint that would find the other
    // person.
    ring.rotate(&"2026-11".parse().unwrap(), new_key()).unwrap();
    ring.shred(&"2026-10".parse().unwrap()).unwrap();
    let asked = ids(&ring, "grace.2@navy-mail.org");
    assert!(store.sightings_of(&asked).await.unwrap().is_empty());
    assert_eq!(contents().await, before);
    let map = ask(&store, &json!({ "report": "map" })).await;
    assert_eq!(map["people"]["low"], 2);
}

fn new_key() -> SubjectKey {
    SubjectKey::new(zeroize::Zeroizing::new([9; SubjectKey::BYTES]))
}

#[test]
fn a_question_about_nobody_or_about_too_many_is_refused() {
    let some = ids(&ring(&[("a", 1)]), "grace.1@navy-mail.org");
    for subjects in [Vec::new(), vec![some[0].clone(); 2_000]] {
        let refusal = refusal(&json!({ "report": "subject", "subjects": subjects }));
        assert_eq!(refusal.field.as_deref(), Some("subjects"));
    }
}

#[test]
fn what_is_no_subject_is_not_repeated() {
    for subjects in [
        json!("jane@shop.dev"),
        json!(["jane@shop.dev"]),
        json!([{ "jane@shop.dev": 1 }]),
        json!({ "email": "jane@shop.dev" }),
    ] {
        let refusal = refusal(&json!({ "report": "subject", "subjects": subjects }));
        assert!(!refusal.to_string().contains("jane"), "{refusal}");
        assert!(
            refusal.to_string().contains("piitrail subject id"),
            "{refusal}"
        );
    }
}

#[tokio::test]
async fn a_home_is_a_filter_and_what_it_cannot_tell_is_counted() {
    let ring = ring(&[("2026-11", 2)]);
    let store = traced(&ring).await;
    let subjects = ids(&ring, "grace.1@navy-mail.org");
    let all = ask(
        &store,
        &json!({ "report": "subject", "subjects": subjects }),
    )
    .await;
    let home = &all["edges"][0]["channel_homes"][0];
    let found = async |filters: serde_json::Value| {
        let asked = json!({ "report": "subject", "subjects": subjects, "filters": filters });
        let answer = answer(&store, &request(&asked), now()).await.unwrap();
        let caveats = answer.caveats.join(" ");
        let data: serde_json::Value = serde_json::from_str(&text(answer)).unwrap();
        (data["edges"].as_array().unwrap().len(), caveats)
    };
    assert_eq!(
        found(json!({ "account": home["account"] })).await.0,
        1,
        "{all}"
    );
    let (edges, caveats) = found(json!({ "account": "999999999999" })).await;
    assert_eq!(edges, 0);
    let is_known =
        home["account"].is_string() && all["edges"][0]["consumer_home"]["account"].is_string();
    assert_eq!(
        caveats.contains("1 edge is left out"),
        !is_known,
        "{all} {caveats}"
    );
}

#[tokio::test]
async fn a_page_names_the_consumers_of_all_pages_and_one_for_each_account() {
    let ring = ring(&[("2026-11", 2)]);
    let store = traced(&ring).await;
    let subjects = ids(&ring, "grace.1@navy-mail.org");
    let known = store.sightings_of(&subjects).await.unwrap();
    let mut others = Sightings::default();
    for (id, edge, sighting) in known.iter() {
        for account in ["111111111111", "222222222222"] {
            let mut edge = edge.clone();
            edge.flow.consumer = super::key("shop", "labels", edge.basis).flow.consumer;
            edge.flow.consumer.home = Home::of(account, "eu-west-1");
            others.add(id.clone(), edge, sighting);
        }
    }
    let batch = Batch {
        at: now(),
        receipts: [ReceiptId::of("others")].into(),
        ledger: Ledger::default(),
        sightings: others,
    };
    store.record(&batch).await.unwrap();
    for limit in [1, 50] {
        let asked = json!({
            "report": "subject", "format": "table", "subjects": subjects, "limit": limit
        });
        let table = text(answer(&store, &request(&asked), now()).await.unwrap());
        assert!(
            table.contains("the person was found on 3 edges to 3 consumers"),
            "{limit}: {table}"
        );
    }
}

#[tokio::test]
async fn nobody_found_with_a_key_that_was_never_used_is_said_to_prove_nothing() {
    let used = ring(&[("2026-11", 2)]);
    let store = traced(&used).await;
    let caveat = async |ring: &KeyRing| {
        let subjects = ids(ring, "grace.3@navy-mail.org");
        let asked = json!({ "report": "subject", "subjects": subjects, "format": "table" });
        text(answer(&store, &request(&asked), now()).await.unwrap())
    };
    let another = caveat(&ring(&[("2026-11", 3)])).await;
    let epoch = used.newest().epoch.as_str();
    assert!(
        another.contains("only with other keys") && another.contains(epoch),
        "{another}"
    );
    let same = caveat(&used).await;
    assert!(
        same.contains("does not prove") && !same.contains("other keys"),
        "{same}"
    );
    let empty = MemoryStore::default();
    let asked =
        json!({ "report": "subject", "subjects": ids(&used, "a@b.org"), "format": "table" });
    let never = text(answer(&empty, &request(&asked), now()).await.unwrap());
    assert!(never.contains("does not say with which keys"), "{never}");
}
