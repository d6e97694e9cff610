//! Renders CSV (RFC 4180), for spreadsheets.

use super::{Body, Format, Layout, RenderError, label};
use crate::document::{Contents, Document, Names};

pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn media_type(&self) -> &'static str {
        "text/csv; charset=utf-8"
    }

    fn is_cut_by_rows(&self) -> bool {
        true
    }

    fn is_rows_alone(&self) -> bool {
        true
    }

    fn suits(&self, _contents: Contents) -> bool {
        true
    }

    fn render(&self, document: Document, _layout: Layout) -> Result<Body, RenderError> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer
            .write_record(document.table.columns.iter().map(|column| column.name))
            .map_err(failed)?;
        for row in &document.table.rows {
            writer
                .write_record(
                    row.iter()
                        .map(|cell| harmless(label::cell(cell, Names::Plain))),
                )
                .map_err(failed)?;
        }
        writer.into_inner().map(Body::Bytes).map_err(failed)
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> RenderError {
    RenderError::Csv(Box::new(error))
}

/// Escapes a cell that a spreadsheet would read as a formula. Names come from events, which anybody
/// may write. <https://owasp.org/www-community/attacks/CSV_Injection>
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_name_that_is_a_formula_is_disarmed() {
        assert_eq!(
            harmless("=HYPERLINK(\"x\")".to_owned()),
            "'=HYPERLINK(\"x\")"
        );
        assert_eq!(harmless("orders".to_owned()), "orders");
    }
}
