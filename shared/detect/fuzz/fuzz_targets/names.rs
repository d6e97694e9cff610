//! Masks any name and searches a document with it as a key. A masked name must not change when it
//! is masked again, and every key must be readable.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use piitrail_detect::Engine;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fuzz_target!(|name: &str| {
    let masked = ENGINE.mask_name(name).into_owned();
    assert_eq!(ENGINE.mask_name(&masked), masked.as_str());
    let document = serde_json::json!({ name: "Jane Doe" }).to_string();
    assert!(ENGINE.scan_json(document.as_bytes()).is_ok());
});
