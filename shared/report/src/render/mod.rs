//! Renders documents: one file per format, and one line each in [`FORMATS`].
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

/// A format of answers.
pub(crate) trait Format: Sync {
    /// Returns the name in a request.
    fn name(&self) -> &'static str;

    /// Returns the media type.
    fn media_type(&self) -> &'static str;

    /// Returns true if the document's notes and caveats are part of the output.
    fn shows_notes(&self) -> bool {
        false
    }

    /// Returns true if the output lists edges one by one, so that an answer can be cut between two
    /// of them.
    fn is_cut_by_rows(&self) -> bool {
        false
    }

    /// Returns true if lines are wrapped at a width.
    fn wraps_lines(&self) -> bool {
        false
    }

    /// Returns true if the output contains only rows, so that their description needs a place
    /// beside it.
    fn is_rows_alone(&self) -> bool {
        false
    }

    /// Returns true if the format can show documents with these contents.
    fn suits(&self, contents: Contents) -> bool;

    /// Renders a document.
    fn render(&self, document: Document, layout: Layout) -> Result<Body, RenderError>;
}

/// A rendered document.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// JSON that is not serialised yet, because the caller may put it into a larger object.
    Data(Value),
    /// Text for people, in pieces, some of which have a colour on a terminal.
    Text(Vec<Piece>),
    /// The bytes of a file.
    Bytes(Vec<u8>),
}

/// Returns the text of pieces without colours.
pub fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

impl Body {
    /// Returns the bytes of a file with this content. JSON is indented.
    ///
    /// # Errors
    /// Returns [`RenderError::Json`] if JSON cannot be written.
    pub fn into_bytes(self) -> Result<Vec<u8>, RenderError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Text(pieces) => Ok(plain(&pieces).into_bytes()),
            Self::Data(data) => json::pretty(&data),
        }
    }
}

/// The layout of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layout {
    /// The width of a line of text in columns, or `None` for no limit.
    pub(crate) width: Option<NonZeroU16>,
}

/// The reason a document could not be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The format needs a drawing, and the document has none.
    #[error("this answer has no drawing")]
    NoDrawing,
    /// JSON could not be written.
    #[error("could not write JSON")]
    Json(#[from] serde_json::Error),
    /// CSV could not be written.
    #[error("could not write CSV")]
    Csv(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Returns the format of this name.
pub(crate) fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// Returns the formats that can show documents with these contents.
pub(crate) fn suiting(contents: Contents) -> Vec<&'static dyn Format> {
    let formats = FORMATS.iter().copied();
    formats.filter(|format| format.suits(contents)).collect()
}

/// Returns the names of all formats.
pub fn names() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.name()).collect()
}
