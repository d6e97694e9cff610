//! Questions about what was recorded, and their answers in every format.
//!
//! The way of a request: [`answer()`] finds the question and the format by name; the question reads the
//! store and makes a [`document::Document`]; the format in [`render`] turns the document into text.
//! The report function and `piitrail report` take the same [`Request`].
//!
//! `question` uses `document`, `render` uses `document`, and only `answer` knows both.

mod answer;
pub mod document;
mod error;
mod question;
pub mod render;
mod request;
#[cfg(test)]
mod tests;

pub use answer::{Answer, answer, names};
pub use error::ReportError;
pub use request::{EDGES_MAX, Filters, Request, SUBJECTS_MAX};
