//! Answers questions about the recorded flows, in every format.
//!
//! The path of a request: [`Request::from_value`] finds the question and the format by name and
//! reads the question's parameters. [`answer()`] lets the question read the store, merge the
//! records into a [`graph::Graph`] and make a [`document::Document`]. The format in [`render`]
//! turns the document into text or bytes. The report function and `piitrail report` take the same
//! [`Request`], and [`schema::schema`] describes it.
//!
//! `graph` uses neither questions nor formats, `question` uses `graph` and `document`, `render`
//! uses `document`, and only `request`, `schema` and `answer` know both.

mod answer;
pub mod document;
mod error;
pub mod fields;
pub mod graph;
mod key_order;
mod page;
mod question;
mod refusal;
pub mod render;
mod request;
pub mod schema;
mod shared_fields;
#[cfg(test)]
mod tests;
mod text;

pub use answer::{Answer, Sources, answer, answer_within};
pub use error::ReportError;
pub use question::{Question, questions};
pub use refusal::Refusal;
pub use render::Body;
pub use request::Request;
pub use shared_fields::EDGES_MAX;
