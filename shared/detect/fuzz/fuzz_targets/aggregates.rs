//! Reads the message of an aggregate of Kinesis records, with the right checksum. Reading must not
//! panic, and each record must come from bytes of its own.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|message: &[u8]| {
    assert!(piitrail_detect::fuzzing::records_in_aggregate(message) <= message.len());
});
