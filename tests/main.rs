//! End to end.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what is wrong by panicking"
)]

mod goldens;
