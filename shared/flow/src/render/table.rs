//! A text table, for terminals.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::Format;
use crate::report::Report;

pub(super) struct TextTable;

impl Format for TextTable {
    fn name(&self) -> &'static str {
        "table"
    }

    fn content_type(&self) -> &'static str {
        "text/plain; charset=utf-8"
    }

    fn render(&self, report: &Report, width: Option<u16>) -> Option<String> {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        if let Some(width) = width {
            table
                .set_width(width)
                .set_content_arrangement(ContentArrangement::Dynamic);
        }
        let columns = &report.table.columns;
        table.set_header(
            columns
                .iter()
                .filter(|column| column.terminal)
                .map(|column| column.name.replace('_', " ").to_uppercase()),
        );
        let mut above: Option<&str> = None;
        for row in &report.table.rows {
            let mut cells = Vec::new();
            for (index, (column, cell)) in columns.iter().zip(row).enumerate() {
                if !column.terminal {
                    continue;
                }
                // Rows are sorted by their first column: said once, it reads as a heading.
                let repeats = index == 0 && above == Some(cell.as_str());
                let text = if repeats { "" } else { cell.as_str() };
                let alignment = if column.numeric {
                    CellAlignment::Right
                } else {
                    CellAlignment::Left
                };
                cells.push(Cell::new(text).set_alignment(alignment));
            }
            above = row.first().map(String::as_str);
            table.add_row(cells);
        }
        let mut text: String = table
            .lines()
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect();
        for note in &report.notes {
            text.push_str(note);
            text.push('\n');
        }
        Some(text)
    }
}
