//! Tests of names that try to break out of their position in a format.

use super::*;

/// Returns the answer in a format, with names that try to break out of their position.
async fn hostile(format: &str) -> String {
    let mut ledger = Ledger::default();
    for (producer, consumer) in [
        ("a\"]; b -->", "<script>alert(1)</script>"),
        ("=HYPERLINK(\"x\")", "@SUM(A1)"),
        ("two\nlines\r\n,\"quoted\"", "\u{1b}[31mred\u{1b}[0m"),
        ("\u{202e}gnp.exe", "end %% click n0 call x()"),
        ("-->|x| n1", "}}\n    style n0 fill:#f00"),
        ("back\\slash\\", "\\\""),
    ] {
        let mut key = key(producer, consumer, Basis::Matched);
        key.flow.event_type = name(producer);
        ledger.add_edge(
            day("2026-11-20"),
            key,
            &facts(1, DataClass::EmailAddress, "$.a"),
        );
    }
    let store = store_of(ledger).await;
    let width = (format == "table").then_some(120);
    let asked = request(&json!({ "report": "map", "format": format, "width": width }));
    text(answer(&store, &asked, now()).await.unwrap())
}

#[tokio::test]
async fn hostile_names_stay_what_they_are_in_json_and_csv() {
    let map: Value = serde_json::from_str(&hostile("json").await).unwrap();
    assert_eq!(map["edges"].as_array().unwrap().len(), 6);
    let text = hostile("csv").await;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    // `render/csv.rs` tests every sign and everything that may stand before it.
    let is_disarmed = |cell: &str| cell.starts_with("'=HYPERLINK");
    assert!(rows.iter().flatten().any(is_disarmed));
}

#[tokio::test]
async fn hostile_names_cannot_leave_their_label_in_a_graph() {
    let mermaid = hostile("mermaid").await;
    assert!(!mermaid.contains('\u{1b}') && !mermaid.contains("<script") && !mermaid.contains("%%"));
    for line in mermaid.lines().skip(1) {
        let known = line.starts_with("    n")
            || line.starts_with("    linkStyle")
            || line.starts_with("    style n");
        assert!(known, "{line}");
        assert!(line.matches('"').count() <= 2, "{line}");
    }
    let dot = hostile("dot").await;
    assert!(!dot.contains('\u{1b}'));
    for line in dot.lines().filter(|line| line.contains("label=")) {
        // Every quote and backslash inside the quotes is escaped, so none is left after removing
        // the escapes.
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        let quotes = bare.matches('"').count();
        assert!(quotes.is_multiple_of(2) && quotes <= 8, "{line}");
    }
}

#[tokio::test]
async fn hostile_names_cannot_write_on_a_terminal() {
    let table = hostile("table").await;
    assert!(
        table.chars().all(|c| c == '\n' || !c.is_control()),
        "{table:?}"
    );
    assert!(!table.contains('\u{202e}'));
}

/// Names that look alike, or like nothing.
const ALIKE: [&str; 10] = [
    "",
    " ",
    "shop",
    "shop ",
    "sh\u{200b}op",
    "sh\u{3164}op",
    "sh\u{ffa0}op",
    "sh\u{e0041}op",
    "sh\u{fe0f}op",
    "sh\\u{200b}op",
];

/// Returns the map in a format, with senders whose names look alike.
async fn alike(format: &str) -> String {
    let mut ledger = Ledger::default();
    for producer in ALIKE {
        let mut key = key(producer, "mailer", Basis::Matched);
        key.flow.event_type = name(producer);
        key.flow.channels = vec![Channel::new(ChannelKind::Queue, name(producer))];
        ledger.add_edge(
            day("2026-11-20"),
            key,
            &facts(1, DataClass::EmailAddress, "$.a"),
        );
    }
    let store = store_of(ledger).await;
    let asked = request(&json!({ "report": "map", "format": format }));
    text(answer(&store, &asked, now()).await.unwrap())
}

#[tokio::test]
async fn names_that_look_alike_look_different_in_every_format_and_none_is_empty() {
    for format in crate::render::names() {
        let text = alike(format).await;
        let is_seen = |c: char| c == '\n' || c == '\r' || !piitrail_flow::visible::is_hidden(c);
        assert!(text.chars().all(is_seen), "{format}: {text}");
        // A backslash is written in another way in some formats.
        let text = text.replace("#92;", "\\").replace("\\\\", "\\");
        for escape in ["200b", "3164", "ffa0", "e0041", "fe0f"] {
            assert!(
                text.contains(&format!("sh\\u{{{escape}}}op")),
                "{format}: {text}"
            );
        }
        assert!(text.contains("sh\\u{5c}u{200b}op"), "{format}: {text}");
        assert!(text.contains("\\u{20}"), "{format}: {text}");
        if format == "json" {
            assert!(text.contains("\"producer\": \"\""), "{text}");
        } else {
            assert!(
                text.contains("(empty)") && text.contains("queue/(empty)"),
                "{format}: {text}"
            );
        }
    }
    let csv = alike("csv").await;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| row.unwrap()[0].to_owned());
    let senders: std::collections::BTreeSet<String> = rows.collect();
    assert_eq!(senders.len(), ALIKE.len());
    assert!(senders.contains("(empty)"));
}
