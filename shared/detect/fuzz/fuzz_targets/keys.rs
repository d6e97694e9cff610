//! Searches keys, which can be personal data like values. Wherever a key can stand, it must be
//! searched and masked without a panic, in bounded time, and with the same result twice, and no
//! path may show a mailbox.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use piitrail_detect::Engine;
use serde_json::{Value, json};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fuzz_target!(|parts: (&str, &str, u8, u8)| {
    let (part, other, repeats, place) = parts;
    let key = format!("{part}jane@shop.dev{other}").repeat(usize::from(repeats).max(1));
    let document: Value = match place % 6 {
        0 => json!({ &key: 1, other: { &key: part } }),
        1 => json!({ "body": json!({ &key: part }).to_string() }),
        2 => json!({ "body": format!("a=1&{key}={part}") }),
        3 => json!({ "NewImage": { "m": { "M": { &key: { "S": part } } } } }),
        4 => json!({ "customers": { &key: { "name": other } }, "name": &key, "value": part }),
        _ => json!({ "columns": [&key, part], "rows": [[other, part]] }),
    };
    let document = document.to_string();
    let scan = ENGINE.scan_json(document.as_bytes());
    assert_eq!(scan, ENGINE.scan_json(document.as_bytes()));
    for finding in scan.into_iter().flat_map(|scan| scan.findings) {
        assert!(!finding.path.as_str().contains(" jane@shop.dev "));
    }
});
