//! Tests of homes: two accounts are told apart, and records of earlier versions, which have no
//! home, are not counted as a third.

use serde_json::{Value, json};

use super::*;
use piitrail_flow::home::Home;

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";

/// Returns the key of the sample flow in an account.
fn key_at(account: &str) -> EdgeKey {
    let home = Home::of(account, "eu-west-1");
    let mut key = key("orders", "mailer", Basis::Observed);
    key.flow.consumer = key.flow.consumer.at(home);
    for channel in &mut key.flow.channels {
        channel.home = home;
    }
    key
}

async fn store_at(accounts: &[Option<&str>]) -> MemoryStore {
    let mut ledger = Ledger::default();
    for (account, on) in accounts
        .iter()
        .zip(["2026-11-18", "2026-11-19", "2026-11-20"])
    {
        let key = account.map_or_else(|| key("orders", "mailer", Basis::Observed), key_at);
        let facts = facts(1, DataClass::EmailAddress, "$.email");
        let coverage = Coverage {
            deliveries: 1,
            ..Coverage::default()
        };
        ledger.add_coverage(day(on), key.flow.channels.last().cloned(), &coverage);
        ledger.add_edge(day(on), key, &facts);
    }
    store_of(ledger).await
}

async fn shown(store: &MemoryStore, format: &str) -> String {
    let asked = request(&json!({ "report": "map", "format": format }));
    text(answer(store, &asked, now()).await.unwrap())
}

#[tokio::test]
async fn the_same_names_in_two_accounts_are_two_edges() {
    let store = store_at(&[Some(ONE), Some(TWO)]).await;
    let map = ask(&store, &json!({ "report": "map" })).await;
    assert_eq!(map["edges"].as_array().unwrap().len(), 2);
    let edge = &map["edges"][0];
    assert_eq!(edge["consumer"], "function/mailer");
    assert_eq!(edge["channels"], json!(["bus/shop", "queue/jobs"]));
    let home = json!({ "account": ONE, "region": "eu-west-1" });
    assert_eq!(edge["consumer_home"], home);
    assert_eq!(edge["producer_home"], Value::Null);
    assert_eq!(edge["channel_homes"], json!([home, home]));
    assert_eq!(map["coverage"].as_array().unwrap().len(), 2);
    assert_eq!(map["parties"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_edge_that_was_recorded_before_its_home_was_known_is_the_same_edge() {
    let store = store_at(&[None, Some(ONE)]).await;
    let map = ask(&store, &json!({ "report": "map" })).await;
    assert_eq!(edges(&map), ["orders > function/mailer: 2"]);
    assert_eq!(map["edges"][0]["consumer_home"]["account"], ONE);
    assert_eq!(map["coverage"].as_array().unwrap().len(), 1);
    // With two accounts the edge may belong to either, so it is neither lost nor counted twice.
    let store = store_at(&[None, Some(ONE), Some(TWO)]).await;
    let map = ask(&store, &json!({ "report": "map" })).await;
    assert_eq!(edges(&map), ["orders > function/mailer: 1"; 3]);
}

#[tokio::test]
async fn text_and_pictures_name_homes_only_where_there_are_several() {
    let one = store_at(&[None, Some(ONE)]).await;
    let two = store_at(&[Some(ONE), Some(TWO)]).await;
    for format in crate::render::names() {
        assert!(!shown(&one, format).await.contains('@'), "{format}");
        let writes_homes = matches!(format, "table" | "mermaid" | "dot");
        let text = shown(&two, format).await;
        assert_eq!(
            text.contains("mailer@eu-west-1/111111111111"),
            writes_homes,
            "{format}: {text}"
        );
    }
    let csv = shown(&two, "csv").await;
    assert!(
        csv.contains(",,eu-west-1/111111111111,eu-west-1/111111111111 > eu-west-1/111111111111"),
        "{csv}"
    );
}

#[tokio::test]
async fn a_home_is_a_filter() {
    let store = store_at(&[Some(ONE), Some(TWO)]).await;
    for (filters, count) in [
        (json!({ "account": ONE }), 1),
        (json!({ "region": "eu-west-1" }), 2),
        (json!({ "region": "us-east-1" }), 0),
        (json!({ "consumer": "function/mailer" }), 2),
        (
            json!({ "consumer": "function/mailer@eu-west-1/222222222222" }),
            1,
        ),
        (json!({ "consumer": "mailer@*/222222222222" }), 1),
        (json!({ "channel": "queue/jobs@eu-west-1/111111111111" }), 1),
        (json!({ "channel": "jobs@eu-west-1/333333333333" }), 0),
    ] {
        let map = ask(&store, &json!({ "report": "map", "filters": filters })).await;
        assert_eq!(map["edges"].as_array().unwrap().len(), count, "{filters}");
    }
    let refusal = refusal(&json!({ "report": "map", "filters": { "account": "12" } }));
    assert_eq!(refusal.field.as_deref(), Some("filters.account"));
}

/// Returns the notes and caveats of an answer, inside it or beside it.
async fn said(store: &MemoryStore, asked: &Value) -> String {
    let answer = answer(store, &request(asked), now()).await.unwrap();
    answer.caveats.join(" ") + &body_of(answer.body)
}

#[tokio::test]
async fn every_format_says_how_many_edges_a_filter_by_home_left_out_because_it_could_not_tell() {
    const ONE_EDGE: &str = "1 edge is left out because the account or region of one of its parties or \
                            channels is unknown, so it may be in this one too";
    let store = store_at(&[None, Some(ONE), Some(TWO)]).await;
    let nowhere = store_at(&[None]).await;
    for format in crate::render::names() {
        let ask = |filters: Value| json!({ "report": "map", "format": format, "filters": filters });
        let by_account = said(&store, &ask(json!({ "account": ONE }))).await;
        assert!(by_account.contains(ONE_EDGE), "{format}: {by_account}");
        let by_region = said(&nowhere, &ask(json!({ "region": "eu-west-1" }))).await;
        assert!(by_region.contains(ONE_EDGE), "{format}: {by_region}");
        // An edge that another filter leaves out is not counted as left out for an unknown home.
        for filters in [
            json!({ "account": ONE, "tier": "restricted" }),
            json!({ "account": ONE, "region": "us-east-1", "consumer": "nobody" }),
            json!({}),
        ] {
            let text = said(&store, &ask(filters)).await;
            assert!(
                !text.contains("left out because the account"),
                "{format}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn several_edges_without_a_home_are_counted_and_a_home_that_differs_is_not() {
    let mut ledger = Ledger::default();
    let facts = facts(1, DataClass::EmailAddress, "$.email");
    for consumer in ["a", "b"] {
        ledger.add_edge(
            day("2026-11-20"),
            key("orders", consumer, Basis::Observed),
            &facts,
        );
    }
    ledger.add_edge(day("2026-11-20"), key_at(TWO), &facts);
    let store = store_of(ledger).await;
    let asked = json!({ "report": "map", "format": "table", "filters": { "account": ONE } });
    let text = said(&store, &asked).await;
    assert!(
        text.contains(
            "2 edges are left out because the account or region of one of their parties or"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn a_flow_whose_home_becomes_known_between_two_pages_is_not_shown_again() {
    let store = store_at(&[None]).await;
    let record = async |receipt: &str, key: EdgeKey| {
        let mut ledger = Ledger::default();
        let facts = facts(1, DataClass::EmailAddress, "$.email");
        ledger.add_edge(day("2026-11-20"), key, &facts);
        let batch = Batch {
            at: now(),
            receipts: [ReceiptId::of(receipt)].into(),
            ledger,
            sightings: Sightings::default(),
        };
        store.record(&batch).await.unwrap();
    };
    record("another", key("orders", "printer", Basis::Observed)).await;
    let first = ask(&store, &json!({ "report": "map", "limit": 1 })).await;
    assert_eq!(edges(&first), ["orders > function/mailer: 1"]);
    record("its tap", key_at(ONE)).await;
    let rest = ask(&store, &json!({ "report": "map", "page": first["next"] })).await;
    assert_eq!(edges(&rest), ["orders > function/printer: 1"]);
}

#[tokio::test]
async fn flows_with_the_same_names_are_all_shown_over_several_pages() {
    let store = store_at(&[None, Some(ONE), Some(TWO)]).await;
    let mut page = Value::Null;
    let mut shown = Vec::new();
    for _ in 0..3 {
        let map = ask(
            &store,
            &json!({ "report": "map", "limit": 1, "page": page }),
        )
        .await;
        shown.push(map["edges"][0]["consumer_home"]["account"].clone());
        page = map["next"].clone();
    }
    assert_eq!(shown, [Value::Null, json!(ONE), json!(TWO)]);
    assert_eq!(page, Value::Null);
}
