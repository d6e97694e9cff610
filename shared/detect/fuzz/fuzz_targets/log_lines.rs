//! Searches documents and labels inside a text, after any prefix. The search must not panic, must
//! give the same result twice, and every finding must be within the text.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use piitrail_detect::Engine;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fuzz_target!(|parts: (&str, &str, &str)| {
    let (before, label, value) = parts;
    let object = serde_json::json!({ label: value }).to_string();
    for text in [
        format!("{before} {object} {before}"),
        format!("{before} {label}={value}"),
        format!("{before} '{label}': '{value}'"),
        format!("{before}<{label}>{value}</{label}>"),
        format!("{before}\r\nform-data; name=\"{label}\"\r\n\r\n{value}\r\n"),
    ] {
        let scan = ENGINE.scan_text(&text);
        assert_eq!(scan, ENGINE.scan_text(&text));
        let length = text.chars().count();
        for finding in scan
            .findings
            .iter()
            .filter(|finding| finding.path.as_str() == "$")
        {
            assert!(finding.start < finding.end && finding.end as usize <= length);
        }
    }
});
