//! Questions about what was recorded, and their answers in every format.
//!
//! The way of a request: [`answer()`] finds the question and the format by name; the question reads the
//! store, merges what was recorded into a [`graph::Graph`] and makes a [`document::Document`]; the
//! format in [`render`] gives the document its form.
//! The report function and `piitrail report` take the same [`Request`].
//!
//! `graph` uses neither questions nor formats, `question` uses `graph` and `document`, `render` uses
//! `document`, and only `answer` knows both.

mod answer;
pub mod document;
mod error;
pub mod graph;
mod question;
pub mod render;
mod request;
#[cfg(test)]
mod tests;

pub use answer::{Answer, answer, names};
pub use error::ReportError;
pub use graph::Filters;
pub use request::{EDGES_MAX, Request, SUBJECTS_MAX};
