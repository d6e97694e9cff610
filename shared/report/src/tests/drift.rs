//! Claims about what changed between two days.

use piitrail_flow::home::Home;
use piitrail_flow::topology::Change;

use super::*;

fn topology(rules: &str) -> Topology {
    Topology::parse(&format!(
        "{{version: 1, buses: {{shop: {{rules: [{rules}]}}}}}}"
    ))
    .unwrap()
}

const OLD: &str = "
  {name: mail, pattern: {source: [shop]}, targets: [{function: mailer}]},
  {name: audit, pattern: {source: [shop]}, targets: [{function: audit}]}";

const NEW: &str = "
  {name: mail, pattern: {source: [shop]}, targets: [{function: mailer}]},
  {name: vendors, pattern: {source: [shop]}, targets: [{function: vendor}]}";

fn over_the_bus(consumer: &str) -> EdgeKey {
    let mut key = key("orders", consumer, Basis::Matched);
    key.flow.channels.truncate(1);
    key
}

/// On the 10th `audit` and `mailer` receive cards. After a change on the 15th, `vendor` receives them in
/// place of `audit`, and `mailer` receives e-mail addresses.
async fn store() -> MemoryStore {
    let mut ledger = Ledger::default();
    let card = facts(3, DataClass::CreditCard, "$.card");
    let email = facts(2, DataClass::EmailAddress, "$.email");
    ledger.add_edge(day("2026-11-10"), over_the_bus("audit"), &card);
    ledger.add_edge(day("2026-11-10"), over_the_bus("mailer"), &card);
    ledger.add_edge(day("2026-11-10"), over_the_bus("same"), &card);
    ledger.add_edge(day("2026-11-20"), over_the_bus("vendor"), &card);
    ledger.add_edge(day("2026-11-20"), over_the_bus("mailer"), &email);
    // The home of this one became known.
    let mut located = over_the_bus("same");
    located.flow.consumer.home = Home::of("222222222222", "eu-west-1");
    ledger.add_edge(day("2026-11-20"), located, &card);
    let store = store_of(ledger).await;
    let change = |id: &str, action: Option<&str>, names: &[&str]| Change {
        at: "2026-11-15T10:00:00Z".parse().unwrap(),
        id: id.to_owned(),
        action: action.map(ToOwned::to_owned),
        names: names.iter().map(|&name| name.to_owned()).collect(),
    };
    let changes = vec![
        change("6f0c", Some("events:PutTargets"), &["vendors"]),
        change("unrelated", Some("sqs:CreateQueue"), &["other"]),
    ];
    for (from, topology) in [
        ("2026-11-01", topology(OLD)),
        ("2026-11-15", topology(NEW).with_changes(changes)),
    ] {
        store.put_topology(day(from), &topology).await.unwrap();
    }
    store
}

async fn drift(store: &MemoryStore, fields: Value) -> (Value, Vec<String>) {
    let mut asked = json!({ "report": "drift", "format": "json" });
    let own = asked.as_object_mut().unwrap();
    own.extend(fields.as_object().unwrap().clone());
    let answer = answer(store, &Request::from_value(asked).unwrap(), now())
        .await
        .unwrap();
    let Body::Data(data) = answer.body else {
        panic!("json is data");
    };
    (data, answer.caveats)
}

fn told(answer: &Value) -> Vec<String> {
    let edges = answer["edges"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    edges
        .map(|edge| {
            format!(
                "{} {} +{} -{} {}",
                text(&edge["what"]),
                text(&edge["consumer"]),
                edge["new_classes"],
                edge["gone_classes"],
                edge["changes"]
            )
        })
        .collect()
}

#[tokio::test]
async fn edges_are_new_gone_or_carry_other_classes_and_name_the_change_that_did_it() {
    let (answer, caveats) = drift(&store().await, json!({ "from": "2026-11-10" })).await;
    assert_eq!(
        told(&answer),
        [
            r#"gone function/audit +[] -["CREDIT_CARD"] []"#,
            r#"changed function/mailer +["EMAIL_ADDRESS"] -["CREDIT_CARD"] []"#,
            r#"new function/vendor +["CREDIT_CARD"] -[] ["events:PutTargets 6f0c"]"#,
        ]
    );
    assert_eq!(caveats, [""; 0]);
}

#[tokio::test]
async fn routes_are_added_and_removed_with_the_change_that_named_them() {
    let (answer, _) = drift(&store().await, json!({ "from": "2026-11-10" })).await;
    let routes = answer["routes"].as_array().unwrap().iter();
    let routes: Vec<String> = routes
        .map(|route| {
            format!(
                "{} {} {} > {} {}",
                route["what"], route["via"], route["from"], route["to"], route["changes"]
            )
            .replace('"', "")
        })
        .collect();
    assert_eq!(
        routes,
        [
            "added vendors bus/shop > function/vendor [events:PutTargets 6f0c]",
            "removed audit bus/shop > function/audit []",
        ]
    );
    assert_eq!(answer["changes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_drifts_between_a_day_and_itself() {
    let days = json!({ "from": "2026-11-21", "to": "2026-11-21" });
    let (answer, _) = drift(&store().await, days).await;
    // Nothing came after the day, so everything is gone that came before.
    assert!(told(&answer).iter().all(|line| line.starts_with("gone")));
    assert_eq!(answer["routes"], json!([]));
}

#[tokio::test]
async fn without_days_the_last_thirty_are_compared_and_a_missing_topology_is_said() {
    let (answer, caveats) = drift(&store().await, json!({})).await;
    assert_eq!(
        (&answer["from"], &answer["to"]),
        (&json!("2026-10-22"), &json!("2026-11-21"))
    );
    assert_eq!(answer["routes"].as_array().unwrap().len(), 2);
    assert_eq!(caveats, [""; 0]);
    let (_, caveats) = drift(&MemoryStore::default(), json!({})).await;
    assert!(
        caveats[0].starts_with("the store has no topology of 2026-10-22 and of 2026-11-21"),
        "{caveats:?}"
    );
}

#[tokio::test]
async fn a_spreadsheet_has_edges_and_routes_and_a_table_says_how_many() {
    let store = store().await;
    let in_format = async |format: &str| {
        let asked = json!({ "report": "drift", "from": "2026-11-10", "format": format });
        let asked = Request::from_value(asked).unwrap();
        body_of(answer(&store, &asked, now()).await.unwrap().body)
    };
    let csv = in_format("csv").await;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let what: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(
        what,
        [
            "gone edge",
            "other classes",
            "new edge",
            "added route",
            "removed route"
        ]
    );
    let table = in_format("table").await;
    assert!(
        table.contains("1 edge new, 1 edge gone, 1 edge with other data classes, 2 routes changed"),
        "{table}"
    );
    println!("{table}");
}
