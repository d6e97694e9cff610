//! JSON, for programs: everything the report holds.

use super::Format;
use crate::report::Report;

pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn render(&self, report: &Report, _width: Option<u16>) -> Option<String> {
        serde_json::to_string_pretty(&report.data)
            .ok()
            .map(|text| text + "\n")
    }
}
