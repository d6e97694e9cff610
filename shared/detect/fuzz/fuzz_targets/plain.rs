//! Makes the plain form of any leaf. It must keep the order of the leaf, and every offset must map
//! into it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piitrail_detect::fuzzing::is_read_in_order;

fuzz_target!(|text: &str| assert!(is_read_in_order(text)));
