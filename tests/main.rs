//! End-to-end tests: the deployed stack on a local AWS, the template, and the command line against
//! them.
//!
//! `make test` installs and builds what these tests need. Without it they fail with a message that
//! says so.

#![expect(
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test says what is wrong by panicking"
)]

mod command_line;
mod company;
mod cost;
mod deadlines;
mod dependencies;
mod deployed;
mod goldens;
mod lambda_invoke;
mod machine_room;
mod people;
mod privacy;
mod schema;
mod shop;
mod start;
mod store;
mod template;
mod unreadable_topology;
