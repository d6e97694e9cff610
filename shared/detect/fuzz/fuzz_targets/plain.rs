//! Any leaf is read as a person reads it, in its own order and with every place within it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piitrail_detect::fuzzing::is_read_in_order;

fuzz_target!(|text: &str| assert!(is_read_in_order(text)));
