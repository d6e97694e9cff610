//! Claims about the content of edges and coverage.

use super::*;

#[tokio::test]
async fn an_event_without_findings_is_counted_too() {
    let store = MemoryStore::default();
    let body = event("e-1", &json!({ "total": 7 })).to_string();
    count(&store, &batch(&[message("m-1", &body, 1)])).await;
    let ledger = ledger_in(&store).await;
    let facts = ledger.edges.values().next().unwrap();
    assert_eq!((facts.events, facts.events_with_findings), (1, 0));
    assert!(facts.classes.is_empty());
}

#[tokio::test]
async fn a_class_counts_events_and_not_findings() {
    let store = MemoryStore::default();
    let body = |n: u32| {
        let detail = json!({ "email": format!("ada.{n}@analytical-engines.org"), "cc": ["b@x-mail.org", "c@x-mail.org"] });
        event("e", &detail).to_string()
    };
    count(
        &store,
        &batch(&[message("m-1", &body(1), 1), message("m-2", &body(2), 1)]),
    )
    .await;
    let ledger = ledger_in(&store).await;
    let class = &ledger.edges.values().next().unwrap().classes[&DataClass::EmailAddress];
    assert_eq!(class.events, 2);
    let paths: Vec<&str> = class.paths.iter().map(EdgePath::as_str).collect();
    assert_eq!(paths, ["$.detail.cc[*]", "$.detail.email"]);
}

#[tokio::test]
async fn an_event_is_counted_on_the_day_it_gives_itself_unless_that_lies_ahead() {
    let store = MemoryStore::default();
    let mut ahead = event("e-2", &json!({}));
    ahead["time"] = json!("2027-01-01T00:00:00Z");
    let mut odd = event("e-3", &json!({}));
    odd["time"] = json!("the day after tomorrow");
    for payload in [event("e-1", &json!({})), ahead, odd] {
        count(&store, &payload.to_string()).await;
    }
    let ledger = ledger_in(&store).await;
    let days: Vec<(String, u64)> = ledger
        .edges
        .iter()
        .map(|((day, _), facts)| (day.to_string(), facts.events))
        .collect();
    assert_eq!(
        days,
        [("2026-11-20".to_owned(), 1), ("2026-11-21".to_owned(), 2)]
    );
    assert!(
        ledger
            .edges
            .values()
            .all(|facts| facts.last_seen <= Some(now()))
    );
}

#[tokio::test]
async fn an_event_older_than_what_is_kept_counts_today_and_the_coverage_says_so() {
    for (months, oldest, kept) in [
        (84, "2019-12-01", true),
        (84, "2019-11-30", false),
        (13, "2025-11-01", true),
        (13, "2025-10-31", false),
    ] {
        let store = MemoryStore::default();
        let vocabulary = Vocabulary::default();
        let tracer = Tracer {
            engine: &ENGINE,
            router: &Router::unattributed(&ENGINE),
            store: &store,
            fingerprinting: None,
            vocabulary: &vocabulary,
            keep: Retention { days: 1, months },
        };
        let mut event = event("e-1", &json!({}));
        event["time"] = json!(format!("{oldest}T10:00:00Z"));
        let payload = event.to_string();
        let mut records = Records::default();
        records.open(payload.as_bytes(), "payload-1", 0);
        tracer.count(records, now()).await;
        // Events must be counted on a day that the next roll-up keeps.
        store.roll_up(now(), &tracer.keep).await.unwrap();
        let ledger = ledger_in(&store).await;
        assert_eq!(ledger.edges.len(), 1, "{months} months, {oldest}");
        let limits: u64 = ledger
            .coverage
            .values()
            .filter_map(|coverage| coverage.limits.get(&Limit::EventTime.into()))
            .sum();
        assert_eq!(limits, u64::from(!kept), "{months} months, {oldest}");
    }
}

#[tokio::test]
async fn names_of_a_megabyte_are_told_apart_by_their_beginning_and_the_coverage_says_so() {
    for (field, events) in [("source", 1), ("detail-type", 1), ("id", 0)] {
        let store = MemoryStore::default();
        let mut event = event("e-1", &json!({ "email": "ada@analytical-engines.org" }));
        event[field] = "Order".repeat(200_000).into();
        let outcome = count(&store, &event.to_string()).await;
        assert!(outcome.is_clean());
        let ledger = ledger_in(&store).await;
        let edges: Vec<_> = ledger.edges.keys().collect();
        assert_eq!(edges.len(), 1, "{field}");
        assert!(serde_json::to_string(&edges).unwrap().len() < 2_000);
        let limits: u64 = ledger
            .coverage
            .values()
            .filter_map(|coverage| coverage.limits.get(&Limit::NameLength.into()))
            .sum();
        assert_eq!(limits, events, "{field}");
    }
}

#[tokio::test]
async fn personal_data_beside_the_body_is_on_the_edge_of_each_record_of_the_message() {
    let store = MemoryStore::default();
    let record = |key: &str| {
        json!({
            "eventSource": "aws:s3", "eventName": key,
            "s3": { "bucket": { "name": "b" }, "object": { "key": "x" } },
        })
    };
    let mut sent = message("m-1", &batch(&[record("Put"), record("Delete")]), 1);
    sent["messageAttributes"] = json!({ "to": { "stringValue": "ada@analytical-engines.org" } });
    let outcome = count(&store, &batch(&[sent])).await;
    assert_eq!(outcome.with_findings, 2);
    let ledger = ledger_in(&store).await;
    assert_eq!(ledger.edges.len(), 2);
    assert!(ledger.edges.values().all(|facts| {
        facts.events_with_findings == 1 && facts.classes[&DataClass::EmailAddress].events == 1
    }));
}

#[test]
fn headers_are_looked_at_once_for_all_records_of_a_message() {
    let (store, router) = (MemoryStore::default(), Router::unattributed(&ENGINE));
    let tracer = tracer(&store, &router);
    let headers: Arc<str> = r#"{"to":"ada@analytical-engines.org"}"#.into();
    let mut tally = Tally::default();
    let mut searched = Headers::default();
    let mut triage = |text: &Arc<str>| searched.triage_text_once(&tracer, text, None, &mut tally);
    let first = triage(&headers);
    assert!(Arc::ptr_eq(&first, &triage(&headers)));
    assert!(!Arc::ptr_eq(&first, &triage(&"{}".into())));
}

#[tokio::test]
async fn an_opaque_body_is_counted_as_unknown() {
    let store = MemoryStore::default();
    let pointer = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b"}]"#;
    let outcome = count(&store, &batch(&[message("m-1", pointer, 1)])).await;
    assert!(outcome.is_clean());
    let ledger = ledger_in(&store).await;
    let facts = ledger.edges.values().next().unwrap();
    assert_eq!((facts.events, facts.unreadable), (1, 1));
}

#[tokio::test]
async fn a_bound_reached_is_in_the_outcome_and_in_coverage() {
    const DEPTH: Limit = Limit::Search(piitrail_detect::Limit::Depth);
    let store = MemoryStore::default();
    let mut body = event("e-1", &json!({})).to_string();
    for _ in 0..7 {
        body = json!({ "Type": "Notification", "MessageId": "n", "TopicArn": "arn:aws:sns:a:1:t", "Message": body }).to_string();
    }
    let outcome = count(&store, &body).await;
    assert_eq!(outcome.limits[&Limit::EnvelopeNesting.into()], 1);
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let outcome = count(&store, &deep).await;
    assert_eq!(outcome.limits[&DEPTH.into()], 1);
    let ledger = ledger_in(&store).await;
    for limit in [Limit::EnvelopeNesting, DEPTH] {
        let mut places = ledger.coverage.values();
        assert!(places.any(|seen| seen.limits.contains_key(&limit.into())));
    }
}

#[tokio::test]
async fn a_consumer_behind_a_transformer_is_said_to_have_what_it_received() {
    let router = router(
        "
version: 1
taps: [{queue: jobs, bus: shop}]
buses:
  shop:
    rules:
      - name: all
        pattern: {source: [com.shop.orders]}
        targets:
          - {function: whole}
          - {function: part, input_path: $.detail.address}
          - {function: none, input: {ping: true}}
          - {function: made, input_transformer: {paths: {e: $.detail.email}, template: '{\"to\": <e>}'}}
",
    );
    let store = MemoryStore::default();
    let detail = json!({ "email": "ada@analytical-engines.org", "address": { "postcode": "SW1A 1AA", "city": "London" } });
    let body = event("e-1", &detail).to_string();
    count_with(&store, &router, &batch(&[message("m-1", &body, 1)])).await;
    let ledger = ledger_in(&store).await;
    let paths = |consumer: &str| -> Vec<String> {
        let (_, facts) = ledger
            .edges
            .iter()
            .find(|((_, key), _)| key.flow.consumer.to_string() == format!("function/{consumer}"))
            .unwrap();
        assert_eq!(facts.events, 1);
        facts
            .classes
            .get(&DataClass::EmailAddress)
            .map(|class| class.paths.iter().map(ToString::to_string).collect())
            .unwrap_or_default()
    };
    assert_eq!(paths("whole"), ["$.detail.email"]);
    assert!(paths("part").is_empty());
    assert!(paths("none").is_empty());
    assert_eq!(paths("made"), ["$.to"]);
    assert!(
        ledger
            .edges
            .keys()
            .all(|(_, key)| key.basis == Basis::Matched)
    );
}

#[test]
fn the_parties_nobody_can_name_are_told_apart() {
    assert_ne!(Party::UNATTRIBUTED, Party::NO_CONSUMER);
}
