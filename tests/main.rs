//! End to end: the deployed stack on a local AWS, the template, the command line against it.
//!
//! `make test` installs and builds what these need; without it they say so and fail.

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
