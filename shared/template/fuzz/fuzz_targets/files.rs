//! Reads one or two files, which a zero byte separates. No input may panic, reading twice must give
//! the same result, all methods of every value must work, and the topology must be consistent.
//!
//! ```sh
//! cd shared/template && cargo +nightly fuzz run files -- -max_total_time=60
//! ```
#![no_main]

use libfuzzer_sys::fuzz_target;
use piitrail_flow::home::Home;
use piitrail_template::{Ends, File, Settings, read, topology};

fuzz_target!(|data: &[u8]| {
    let files: Vec<File<'_>> = ["a/template.yaml", "a/nested.yaml"]
        .into_iter()
        .zip(data.splitn(2, |&byte| byte == 0))
        .map(|(name, bytes)| File { name, bytes })
        .collect();
    let reading = read(&files, &Settings::default());
    let ends = Ends::new(&reading, &Settings::default());
    for (id, resource) in reading.resources() {
        assert!(reading.resource(&id).is_some());
        for value in resource.properties.values() {
            ends.of(value, &["AWS::Events::EventBus"]);
            value.document();
            value.literal();
        }
    }
    let imported = topology(&reading, &Settings::default(), Home::UNKNOWN);
    assert!(imported.draft.finish().is_ok());
    assert_eq!(reading, read(&files, &Settings::default()));
});
