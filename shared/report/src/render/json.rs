//! JSON, for programs: everything the document holds.

use super::Format;
use crate::document::Document;

pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn render(&self, document: &Document, _width: Option<u16>) -> Option<String> {
        serde_json::to_string_pretty(&document.data)
            .ok()
            .map(|text| text + "\n")
    }
}
