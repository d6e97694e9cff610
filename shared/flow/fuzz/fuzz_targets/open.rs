//! Any bytes as a Lambda payload. Opening may not panic, gives every payload at least one record
//! or says why not, holds no more than its bounds, and does the same again the second time. The
//! same claims stand as property tests in `envelope/tests/`, for every `cargo test`.
//!
//! ```sh
//! cd shared/flow && cargo +nightly fuzz run open -- -max_total_time=60
//! ```
#![no_main]

use libfuzzer_sys::fuzz_target;
use piitrail_flow::delivery::{Arrival, Delivery, Document};
use piitrail_flow::envelope::{self, Opened, PAYLOAD_MAX, Unreadable};

/// What came out, in short: ids, items and sizes.
fn opened(payload: &[u8]) -> Vec<(String, Option<String>, usize)> {
    let mut list = Vec::new();
    envelope::open(payload, "payload", &mut |one| {
        let (Arrival { id, item, .. }, size) = match one {
            Opened::Delivery(Delivery {
                arrival, document, ..
            }) => match document {
                Document::Json(text) | Document::Text(text) => (arrival, text.len()),
                Document::Opaque(_) => (arrival, 0),
            },
            Opened::Unreadable(Unreadable { arrival, .. }) => (arrival, 0),
        };
        list.push((id, item, size));
    });
    list
}

fuzz_target!(|payload: &[u8]| {
    let first = opened(payload);
    let held: usize = first.iter().map(|(id, _, size)| id.len() + size).sum();
    assert!(held <= PAYLOAD_MAX + 4 * payload.len() + 1_024);
    assert!(first == opened(payload));
});
