//! A name is masked once and for all, and any key can be read.
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
