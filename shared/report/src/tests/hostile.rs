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
    for cell in rows.iter().flatten() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
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
