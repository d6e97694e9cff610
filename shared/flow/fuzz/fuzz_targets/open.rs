//! Opens any bytes as a Lambda payload. Opening must not panic, must give every payload at least
//! one record or a reason, must stay within its memory bounds, and must do the same the second
//! time. The property tests in `envelope/tests/` claim the same for every `cargo test`.
//!
//! ```sh
//! cd shared/flow && cargo +nightly fuzz run open -- -max_total_time=60
//! ```
#![no_main]

use libfuzzer_sys::fuzz_target;
use piitrail_flow::delivery::{Arrival, Delivery, Document};
use piitrail_flow::envelope::{Opened, Payload, RECORD_MAX, Unreadable};

/// Returns the ids, items and sizes of the opened records, by step.
fn opened(payload: &[u8]) -> Vec<Vec<(String, Option<String>, usize)>> {
    let mut payload = Payload::new(payload, "payload");
    let mut steps = Vec::new();
    loop {
        let mut step = Vec::new();
        let is_open = payload.open_next(&mut |one| {
            let (Arrival { id, item, .. }, size) = match one {
                Opened::Delivery(Delivery {
                    arrival, document, ..
                }) => match document {
                    Document::Json(text) | Document::Text(text) => (arrival, text.len()),
                    Document::Opaque(_) => (arrival, 0),
                },
                Opened::Unreadable(Unreadable { arrival, .. }) => (arrival, 0),
            };
            step.push((id, item, size));
        });
        if !is_open {
            return steps;
        }
        steps.push(step);
    }
}

fuzz_target!(|payload: &[u8]| {
    let first = opened(payload);
    for step in &first {
        let held: usize = step.iter().map(|(id, _, size)| id.len() + size).sum();
        assert!(held <= RECORD_MAX);
    }
    assert!(first == opened(payload));
});
