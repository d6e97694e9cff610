//! Renders JSON, for programs: all data of the document.

use serde_json::Value;

use super::{Body, Format, Layout, RenderError};
use crate::document::{Contents, Document};
use crate::key_order;

pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn is_cut_by_rows(&self) -> bool {
        true
    }

    fn suits(&self, _contents: Contents) -> bool {
        true
    }

    fn render(&self, document: Document, _layout: Layout) -> Result<Body, RenderError> {
        let mut data = document.about;
        data.extend(document.rows);
        Ok(Body::Data(Value::Object(key_order::sorted(data))))
    }
}

/// Serialises with line breaks and indentation, for files and terminals.
pub(super) fn pretty(data: &Value) -> Result<Vec<u8>, RenderError> {
    let mut bytes = serde_json::to_vec_pretty(data)?;
    bytes.push(b'\n');
    Ok(bytes)
}
