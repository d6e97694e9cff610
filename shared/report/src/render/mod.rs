//! Rendering a document: one file per format, one line in [`FORMATS`].
//!
//! The last step of a document's way. The same document gives the same bytes.

use crate::document::Document;

mod csv;
mod dot;
mod json;
mod label;
mod mermaid;
mod table;

static FORMATS: &[&dyn Format] = &[
    &json::Json,
    &table::TextTable,
    &mermaid::Mermaid,
    &dot::Dot,
    &csv::Csv,
];

/// A form an answer can take.
pub(crate) trait Format: Sync {
    /// Its name in a request.
    fn name(&self) -> &'static str;

    /// Its media type.
    fn content_type(&self) -> &'static str;

    /// Whether the document's notes and caveats are in it.
    fn shows_notes(&self) -> bool {
        false
    }

    /// The document in this form; `None` where it cannot be shown so. `width` bounds a line of text,
    /// in columns.
    fn render(&self, document: &Document, width: Option<u16>) -> Option<String>;
}

/// The format of this name.
pub(crate) fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// Names of the formats there are.
pub fn names() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.name()).collect()
}
