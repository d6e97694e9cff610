//! Rendering a document: one file per format, one line in [`FORMATS`].
//!
//! Rendering is the last step of an answer. The same document always gives the same bytes.

use std::num::NonZeroU16;

use serde_json::Value;

use crate::document::{Contents, Document};

mod csv;
mod dot;
mod json;
mod label;
mod mermaid;
mod paint;
mod table;

pub use paint::Piece;

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
    fn media_type(&self) -> &'static str;

    /// Whether the document's notes and caveats are in it.
    fn shows_notes(&self) -> bool {
        false
    }

    /// Whether it shows edges one by one, so that an answer can be cut between two of them.
    fn is_cut_by_rows(&self) -> bool {
        false
    }

    /// Whether it has lines that are wrapped at a width.
    fn wraps_lines(&self) -> bool {
        false
    }

    /// Whether it holds rows alone, so that what describes them has its place beside it.
    fn is_rows_alone(&self) -> bool {
        false
    }

    /// Whether it can show documents with these contents.
    fn suits(&self, contents: Contents) -> bool;

    /// The document in this form.
    fn render(&self, document: Document, layout: Layout) -> Result<Body, RenderError>;
}

/// A document in a format.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// JSON that is not serialised yet, because the caller may put it into a larger object.
    Data(Value),
    /// Text for people, with the parts that have a colour on a terminal.
    Text(Vec<Piece>),
    /// A file.
    Bytes(Vec<u8>),
}

/// The text of pieces, without colours.
pub fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

impl Body {
    /// The bytes of a file that holds this. JSON is indented.
    ///
    /// # Errors
    /// [`RenderError::Json`] where JSON cannot be written.
    pub fn into_bytes(self) -> Result<Vec<u8>, RenderError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Text(pieces) => Ok(plain(&pieces).into_bytes()),
            Self::Data(data) => json::pretty(&data),
        }
    }
}

/// The layout of the answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layout {
    /// The width of a line of text in columns; unbounded if not given.
    pub(crate) width: Option<NonZeroU16>,
}

/// Why a document could not be written in a format.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The format draws, and the document has no drawing.
    #[error("this answer has no drawing")]
    NoDrawing,
    /// JSON could not be written.
    #[error("could not write JSON")]
    Json(#[from] serde_json::Error),
    /// CSV could not be written.
    #[error("could not write CSV")]
    Csv(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The format of this name.
pub(crate) fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// The formats that can show documents with these contents.
pub(crate) fn suiting(contents: Contents) -> Vec<&'static dyn Format> {
    let formats = FORMATS.iter().copied();
    formats.filter(|format| format.suits(contents)).collect()
}

/// The names of all formats.
pub fn names() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.name()).collect()
}
