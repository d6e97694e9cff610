//! Opens any string leaf. Opening must take bounded time, must not panic, and must give the same
//! result twice.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use piitrail_detect::Engine;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fuzz_target!(|text: &str| {
    assert_eq!(ENGINE.scan_text(text), ENGINE.scan_text(text));
});
