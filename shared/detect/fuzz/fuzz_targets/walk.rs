//! Walks any bytes. The walk must accept what `serde_json` accepts, refuse everything else, and
//! never panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use piitrail_detect::Engine;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fuzz_target!(|bytes: &[u8]| {
    // With a byte order mark the walk accepts more than `serde_json`.
    let is_marked = [
        &b"\xff\xfe"[..],
        b"\xfe\xff",
        b"\0\0\xfe\xff",
        b"\xef\xbb\xbf",
    ]
    .iter()
    .any(|mark| bytes.starts_with(mark));
    if is_marked {
        let _ = ENGINE.scan_json(bytes);
        return;
    }
    let is_json = std::str::from_utf8(bytes).is_ok()
        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
    let scan = ENGINE.scan_json(bytes);
    assert_eq!(scan.is_ok(), is_json);
    for finding in scan.into_iter().flat_map(|scan| scan.findings) {
        assert!(finding.start < finding.end);
        assert_eq!(finding.path.folded().folded(), finding.path.folded());
    }
});
