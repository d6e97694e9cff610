//! Tests of events that were not read whole: no format shows them as read.

use serde_json::json;

use super::people::ring;
use super::*;

/// Returns the facts of events that were not read whole.
fn unread(events: u64, reasons: &[(&str, u64)]) -> EdgeFacts {
    EdgeFacts {
        events: 9,
        part_unread: events,
        unread: reasons
            .iter()
            .map(|(name, events)| (KnownOrLater::of_name(name), *events))
            .collect(),
        ..EdgeFacts::default()
    }
}

/// Creates a store with three edges: one without classes and one with classes, both with events
/// that were not read whole, and one whose events were all read.
async fn store() -> MemoryStore {
    let mut ledger = Ledger::default();
    let mut add = |day: &str, consumer: &str, basis: Basis, facts: &EdgeFacts| {
        ledger.add_edge(super::day(day), key("orders", consumer, basis), facts);
    };
    let dark = unread(4, &[("encrypted", 3), ("depth", 2)]);
    add("2026-11-19", "dark", Basis::Observed, &dark);
    add("2026-11-20", "dark", Basis::Observed, &dark);
    // The same events, seen at the bus.
    add("2026-11-20", "dark", Basis::Matched, &dark);
    let mut half = facts(9, DataClass::EmailAddress, "$.email");
    half.merge(&unread(1, &[("compressed", 1)]));
    add("2026-11-20", "half", Basis::Observed, &half);
    add("2026-11-20", "clean", Basis::Observed, &unread(0, &[]));
    store_of(ledger).await
}

async fn in_format(format: &str) -> String {
    let asked = request(&json!({ "report": "map", "format": format }));
    text(answer(&store().await, &asked, now()).await.unwrap())
}

fn line<'t>(text: &'t str, word: &str) -> &'t str {
    let mut lines = text.lines();
    lines.find(|line| line.contains(word)).unwrap()
}

#[tokio::test]
async fn json_counts_events_that_were_not_read_whole_by_reason() {
    let map = ask(&store().await, &json!({ "report": "map" })).await;
    let of = |consumer: &str| {
        let edges = map["edges"].as_array().unwrap().iter();
        let name = format!("function/{consumer}");
        edges.clone().find(|edge| edge["consumer"] == name).unwrap()
    };
    assert_eq!(of("dark")["unread_events"], 8);
    assert_eq!(of("dark")["unread"], json!({ "encrypted": 6, "depth": 4 }));
    assert_eq!(of("half")["unread_events"], 1);
    assert_eq!(of("clean")["unread_events"], 0);
    assert_eq!(of("clean")["unread"], json!({}));
}

#[tokio::test]
async fn csv_has_columns_for_them() {
    let csv = in_format("csv").await;
    let header = csv.lines().next().unwrap().trim_end();
    assert!(header.contains(",unread_events,unread,"), "{header}");
    assert!(line(&csv, "dark").contains(",unknown,"));
    assert!(
        line(&csv, "dark")
            .trim_end()
            .contains(",8,depth:4 encrypted:6,")
    );
    assert!(line(&csv, "half").contains("\"EMAIL_ADDRESS, part unread\""));
    assert!(line(&csv, "clean").contains(",none,"));
}

#[tokio::test]
async fn a_table_says_unknown_and_why_and_what_to_do() {
    let table = in_format("table").await;
    assert!(line(&table, "dark").contains("unknown"), "{table}");
    assert!(line(&table, "half").contains("EMAIL_ADDRESS, part unread"));
    assert!(line(&table, "clean").contains("none"));
    assert!(
        line(&table, "not read whole").starts_with("9 events"),
        "{table}"
    );
    let encrypted = line(&table, "encrypted 6 events");
    assert!(encrypted.contains("piitrail trace"), "{encrypted}");
    line(&table, "compressed 1 event:");
    line(&table, "what is nested deeper was not searched");
}

#[tokio::test]
async fn pictures_draw_unknown_otherwise_than_clean() {
    let mermaid = in_format("mermaid").await;
    let style_of = |number: &str| {
        let mut styles = mermaid
            .lines()
            .filter_map(|line| line.trim().strip_prefix("linkStyle "));
        let found = styles.find(|style| style.split([' ', ',']).next() == Some(number));
        found.unwrap().split_once(' ').unwrap().1.to_owned()
    };
    let arrows: Vec<&str> = mermaid
        .lines()
        .filter(|line| line.contains("-->"))
        .collect();
    let number = |word: &str| {
        let is_drawn = |line: &&str| line.contains(word);
        arrows.iter().position(is_drawn).unwrap().to_string()
    };
    let (dark, half) = (number(">unknown"), number("EMAIL_ADDRESS, part unread"));
    let clean = (0..arrows.len()).map(|n| n.to_string());
    let clean = clean
        .into_iter()
        .find(|n| *n != dark && *n != half)
        .unwrap();
    assert_eq!(arrows.len(), 3);
    assert_ne!(style_of(&dark), style_of(&clean));
    assert_ne!(style_of(&half), style_of(&clean));

    let dot = in_format("dot").await;
    let style = |line: &str| line.rsplit_once("\", ").unwrap().1.to_owned();
    let clean = dot
        .lines()
        .find(|line| line.contains("->") && !line.contains("unknown") && !line.contains("unread"));
    assert_ne!(style(line(&dot, "unknown")), style(clean.unwrap()));
    assert!(line(&dot, "EMAIL_ADDRESS, part unread").contains("dotted"));
}

#[tokio::test]
async fn events_that_an_earlier_version_counted_as_unreadable_are_unknown_without_a_reason() {
    let mut ledger = Ledger::default();
    let facts = EdgeFacts {
        events: 5,
        unreadable: 5,
        ..EdgeFacts::default()
    };
    ledger.add_edge(
        day("2026-11-20"),
        key("orders", "x", Basis::Observed),
        &facts,
    );
    let asked = request(&json!({ "report": "map", "format": "table" }));
    let table = text(
        answer(&store_of(ledger).await, &asked, now())
            .await
            .unwrap(),
    );
    assert!(
        line(&table, "earlier version").contains("5 events"),
        "{table}"
    );
}

#[tokio::test]
async fn a_person_who_was_not_found_may_be_in_what_was_not_read() {
    let ring = ring(&[("2026-11", 1)]);
    let subjects = ring.ids(|key| piitrail_detect::Subject::of_email(key, "ada@navy-mail.org"));
    let ask_for =
        |format: &str| json!({ "report": "subject", "subjects": subjects, "format": format });
    let found = ask(&store().await, &ask_for("json")).await;
    assert_eq!(found["unread_events"], 9);
    assert_eq!(found["unread"]["encrypted"], 6);
    let table = answer(&store().await, &request(&ask_for("table")), now()).await;
    let table = text(table.unwrap());
    let note = line(&table, "not read whole");
    assert!(
        note.contains("9 events") && note.contains("does not prove"),
        "{note}"
    );
}
