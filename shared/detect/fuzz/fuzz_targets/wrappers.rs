//! Searches documents with any wrappers, types and names beside a value. The search must not panic
//! and must give the same result twice, and no path may show a mailbox.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use piitrail_detect::Engine;
use serde_json::{Value, json};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fuzz_target!(|parts: (&str, &str, &str, u8)| {
    let (name, key, value, shape) = parts;
    let document: Value = match shape % 6 {
        0 => json!({ name: { key: value, "value": value }, "type": key }),
        1 => json!({ "name": name, "type": key, "value": [value, { "stringValue": value }] }),
        2 => json!({ "columns": [name, key], "rows": [[value, value], [value]] }),
        3 => json!({ key: { "reference": name, "display": value }, "resourceType": key }),
        4 => {
            json!({ "extension": [{ "url": name, "extension": [{ "url": key, "valueString": value }] }] })
        }
        _ => json!({ name: [[value], { key: value }], "system": key, "number": value }),
    };
    let document = document.to_string();
    let scan = ENGINE.scan_json(document.as_bytes());
    assert_eq!(scan, ENGINE.scan_json(document.as_bytes()));
    for finding in scan.into_iter().flat_map(|scan| scan.findings) {
        assert!(!finding.path.as_str().contains("jane@shop.dev"));
    }
});
