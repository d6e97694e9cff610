//! Runs every checksum on any bytes, and on digits and capitals. A checksum must not panic, and
//! must give the same answer twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piitrail_detect::fuzzing::believers;

fuzz_target!(|bytes: &[u8]| {
    assert_eq!(believers(bytes), believers(bytes));
    // Random bytes rarely get past the first test of a checksum.
    const LIKELY: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<+-./ 012345678989";
    let likely: Vec<u8> = bytes.iter().map(|b| LIKELY[usize::from(b & 63)]).collect();
    believers(&likely);
});
