//! Tests of the map: its totals, its span, its filters and its pages.

use super::*;
use piitrail_detect::Tier;

#[tokio::test]
async fn days_add_up_and_two_measurements_of_one_flow_do_not() {
    let map = ask(&sample().await, &json!({ "report": "map" })).await;
    assert_eq!(
        edges(&map),
        [
            "orders > function/mailer: 20",
            "orders > unattributed: 5",
            "payments > function/ledger: 3"
        ]
    );
    let mailer = &map["edges"][0];
    assert_eq!(mailer["basis"], "observed");
    let classes: BTreeSet<&str> = mailer["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| class["class"].as_str().unwrap())
        .collect();
    assert_eq!(classes, BTreeSet::from(["EMAIL_ADDRESS", "PERSON_NAME"]));
}

#[tokio::test]
async fn what_could_not_be_seen_is_in_the_answer() {
    let store = sample().await;
    let map = ask(&store, &json!({ "report": "map" })).await;
    assert_eq!(map["coverage"][0]["unreadable"]["not_json"], 2);
    assert_eq!(map["edges"][1]["unreadable"], 5);
    let asked = request(&json!({ "report": "map", "format": "table" }));
    let table = text(answer(&store, &asked, now()).await.unwrap());
    for said in ["unattributed", "not_json", "depth", "unknown"] {
        assert!(table.contains(said), "{said} is not in\n{table}");
    }
}

#[tokio::test]
async fn a_span_counts_its_days_alone() {
    let store = sample().await;
    let map = ask(
        &store,
        &json!({ "report": "map", "from": "2026-11-19", "to": "2026-11-19" }),
    )
    .await;
    assert_eq!(edges(&map), ["orders > function/mailer: 10"]);
    let empty = ask(&store, &json!({ "report": "map", "from": "2027-01-01" })).await;
    assert!(edges(&empty).is_empty());
}

#[tokio::test]
async fn each_filter_leaves_what_matches_it() {
    let store = sample().await;
    for (filters, expected) in [
        (
            json!({ "producer": "payments" }),
            vec!["payments > function/ledger: 3"],
        ),
        (
            json!({ "consumer": "function/mailer" }),
            vec!["orders > function/mailer: 20"],
        ),
        (
            json!({ "consumer": "mailer" }),
            vec!["orders > function/mailer: 20"],
        ),
        (
            json!({ "consumer": "unattributed" }),
            vec!["orders > unattributed: 5"],
        ),
        (
            json!({ "class": "CREDIT_CARD" }),
            vec!["payments > function/ledger: 3"],
        ),
        (
            json!({ "tier": "restricted" }),
            vec!["payments > function/ledger: 3"],
        ),
        (
            json!({ "channel": "queue/jobs", "class": "PERSON_NAME" }),
            vec!["orders > function/mailer: 20"],
        ),
        (
            json!({ "channel": "shop", "producer": "payments" }),
            vec!["payments > function/ledger: 3"],
        ),
        (json!({ "channel": "queue/shop" }), vec![]),
        (json!({ "event_type": "OrderLost" }), vec![]),
    ] {
        let map = ask(&store, &json!({ "report": "map", "filters": filters })).await;
        assert_eq!(edges(&map), expected, "{filters}");
    }
}

#[tokio::test]
async fn pages_show_every_edge_once() {
    let mut ledger = Ledger::default();
    for n in 0..=u8::MAX {
        let consumer = format!(
            "f-{}-{}",
            char::from(b'a' + n / 26),
            char::from(b'a' + n % 26)
        );
        ledger.add_edge(
            day("2026-11-20"),
            key("orders", &consumer, Basis::Matched),
            &EdgeFacts {
                events: 1,
                ..EdgeFacts::default()
            },
        );
    }
    let total = ledger.edges.len();
    let store = store_of(ledger).await;
    let mut seen = BTreeSet::new();
    let mut count = 0;
    let mut page = Value::Null;
    loop {
        let map = ask(
            &store,
            &json!({ "report": "map", "limit": 50, "page": page }),
        )
        .await;
        let edges = edges(&map);
        assert!(edges.len() <= 50);
        count += edges.len();
        seen.extend(edges);
        page = map["next"].clone();
        if page.is_null() {
            break;
        }
    }
    assert_eq!((count, seen.len()), (total, total));
}

#[tokio::test]
async fn an_edge_that_appears_between_two_pages_moves_no_other() {
    let store = sample().await;
    let asked = json!({ "report": "map", "limit": 1 });
    let first = ask(&store, &asked).await;
    let mut ledger = Ledger::default();
    // This edge sorts before everything that was shown.
    ledger.add_edge(
        day("2026-11-20"),
        key("aaa", "mailer", Basis::Matched),
        &facts(1, DataClass::EmailAddress, "$.email"),
    );
    let batch = Batch {
        at: now(),
        receipts: BTreeSet::from([ReceiptId::of("m-2")]),
        ledger,
        sightings: Sightings::default(),
    };
    store.record(&batch).await.unwrap();
    let rest = ask(&store, &json!({ "report": "map", "page": first["next"] })).await;
    assert_eq!(edges(&first), ["orders > function/mailer: 20"]);
    assert_eq!(
        edges(&rest),
        ["orders > unattributed: 5", "payments > function/ledger: 3"]
    );
    assert_eq!(rest["next"], Value::Null);
}

#[tokio::test]
async fn an_answer_that_is_not_quite_what_was_asked_says_so_in_every_format() {
    let mut ledger = Ledger::default();
    for (on, consumer) in [("2025-06-20", "mailer"), ("2026-11-20", "labels")] {
        let facts = facts(1, DataClass::EmailAddress, "$.detail.email");
        ledger.add_edge(day(on), key("orders", consumer, Basis::Matched), &facts);
    }
    let store = store_of(ledger).await;
    let keep = Retention {
        days: 30,
        months: 24,
    };
    store.roll_up(now(), &keep).await.unwrap();
    let whole = "for 2025-06 only a monthly total is kept";
    let cut = "1 of 2 edges are shown";
    for format in crate::render::names() {
        let asked = json!({ "report": "map", "format": format, "from": "2025-06-10", "limit": 1 });
        let answer = answer(&store, &request(&asked), now()).await.unwrap();
        let beside = answer.caveats.join("\n");
        let inside = text(answer);
        for said in [whole, cut] {
            let is_inside = inside.contains(said);
            assert!(is_inside || beside.contains(said), "{format}: {said}");
            assert_eq!(is_inside, matches!(format, "table" | "mermaid" | "dot"));
        }
    }
    let map = ask(&store, &json!({ "report": "map", "from": "2025-06-10" })).await;
    assert_eq!(map["whole_months"], json!(["2025-06"]));
    let map = ask(&store, &json!({ "report": "map", "from": "2025-06-01" })).await;
    assert_eq!(map["whole_months"], json!([]));
}

#[tokio::test]
async fn a_table_says_which_of_its_words_are_data_classes_at_every_width() {
    let mut ledger = Ledger::default();
    for class in [
        DataClass::EmailAddress,
        DataClass::CreditCard,
        DataClass::City,
        DataClass::HealthCondition,
    ] {
        // A service with the name of a data class must not be taken for one.
        let key = key("CREDIT_CARD", "IBAN_CODE", Basis::Observed);
        ledger.add_edge(day("2026-11-20"), key, &facts(1, class, "$.a"));
    }
    let store = store_of(ledger).await;
    for width in [None, Some(40), Some(60), Some(80), Some(200)] {
        let asked = json!({ "report": "map", "format": "table", "width": width });
        let answer = answer(&store, &request(&asked), now()).await.unwrap();
        let Body::Text(pieces) = answer.body else {
            panic!("a table is text");
        };
        let coloured: Vec<(&str, Tier)> = pieces
            .iter()
            .filter_map(|piece| Some((piece.text.as_str(), piece.tier?)))
            .collect();
        assert_eq!(
            coloured,
            [
                ("HEALTH_CONDITION", Tier::Restricted),
                ("CREDIT_CARD", Tier::Restricted),
                ("EMAIL_ADDRESS", Tier::Confidential),
                ("CITY", Tier::Internal),
            ],
            "{width:?}"
        );
        assert!(!render::plain(&pieces).contains(['\u{e0031}', '\u{e007f}']));
    }
}

#[tokio::test]
async fn a_name_that_nothing_has_is_told_from_one_that_received_nothing() {
    let mut ledger = Ledger::default();
    let facts = facts(3, DataClass::CreditCard, "$.card");
    ledger.add_edge(
        day("2026-11-20"),
        key("orders", "mailer", Basis::Matched),
        &facts,
    );
    let store = store_of(ledger).await;
    let caveats = async |filters: Value| {
        let asked = json!({ "report": "map", "filters": filters, "format": "json" });
        answer(&store, &request(&asked), now())
            .await
            .unwrap()
            .caveats
            .join("\n")
    };
    let mistyped = caveats(json!({ "producer": "ordres" })).await;
    assert!(
        mistyped.starts_with("no producer of these days"),
        "{mistyped}"
    );
    assert!(mistyped.ends_with("the nearest are orders"), "{mistyped}");
    assert!(!mistyped.contains("ordres"), "{mistyped}");
    // It is a name of this map, and not of a consumer.
    let other_role = caveats(json!({ "consumer": "orders" })).await;
    assert!(
        other_role.starts_with("no consumer of these days"),
        "{other_role}"
    );
    let channel = caveats(json!({ "channel": "topic/nothing" })).await;
    assert!(channel.starts_with("no channel of these days"), "{channel}");
    assert_eq!(caveats(json!({ "producer": "orders" })).await, "");
}
