//! Renders a text table, for terminals.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
};

use piitrail_flow::visible;

use super::{Body, Format, Layout, Piece, RenderError, label, paint};
use crate::document::{Cell as DocumentCell, Column, Contents, Document};

/// One line below the header and no other lines. The first column shows where a group of rows
/// begins.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

pub(super) struct TextTable;

impl Format for TextTable {
    fn name(&self) -> &'static str {
        "table"
    }

    fn media_type(&self) -> &'static str {
        "text/plain; charset=utf-8"
    }

    fn shows_notes(&self) -> bool {
        true
    }

    fn is_cut_by_rows(&self) -> bool {
        true
    }

    fn wraps_lines(&self) -> bool {
        true
    }

    fn suits(&self, _contents: Contents) -> bool {
        true
    }

    fn render(&self, document: Document, layout: Layout) -> Result<Body, RenderError> {
        let mut table = Table::new();
        table.load_style(STYLE);
        if let Some(width) = layout.width {
            table
                .set_width(width.get())
                .set_content_arrangement(ContentArrangement::Dynamic);
        }
        let columns = &document.table.columns;
        table.set_header(
            columns
                .iter()
                .filter(|column| column.is_on_terminals)
                .map(|column| column.name.replace('_', " ").to_uppercase()),
        );
        let shown = columns
            .iter()
            .filter(|column| column.is_on_terminals)
            .count();
        let rows = rows_of(&document);
        let mut above: Option<&str> = None;
        for row in &rows {
            let first = row.first().map(String::as_str);
            let repeats = above == first;
            if above.is_some() && !repeats {
                table.add_row(vec![Cell::new(""); shown]);
            }
            above = first;
            let cells = columns.iter().zip(row).enumerate();
            table.add_row(cells.filter(|(_, (column, _))| column.is_on_terminals).map(
                |(index, (column, cell))| {
                    // Rows are sorted by their first column, so it is printed once per group and
                    // reads as a heading.
                    let text = if index == 0 && repeats {
                        ""
                    } else {
                        cell.as_str()
                    };
                    let alignment = if column.is_number {
                        CellAlignment::Right
                    } else {
                        CellAlignment::Left
                    };
                    Cell::new(text).set_alignment(alignment)
                },
            ));
        }
        if layout.width.is_some() {
            keep_words_whole(&mut table, columns, &rows);
        }
        let lines: String = table
            .lines()
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect();
        let mut pieces = paint::pieces(&lines);
        let mut below = String::from("\n");
        for note in document.notes.iter().chain(&document.caveats) {
            below.push_str(&visible::escaped(note));
            below.push('\n');
        }
        pieces.push(Piece {
            text: below,
            tier: None,
        });
        Ok(Body::Text(pieces))
    }
}

/// Keeps the words of the last column whole on a narrow terminal. Names of hosts and channels may
/// be broken, but nobody can search for a data class that is cut in two.
fn keep_words_whole(table: &mut Table, columns: &[Column], rows: &[Vec<String>]) {
    let last = columns.iter().rposition(|column| column.is_on_terminals);
    let longest = rows
        .iter()
        .filter_map(|row| row.get(last?))
        .flat_map(|cell| cell.split(' '))
        .map(|word| paint::unmarked(word).chars().count())
        .max();
    let shown = columns
        .iter()
        .filter(|column| column.is_on_terminals)
        .count();
    if let (Some(longest), Some(column)) = (
        longest,
        shown.checked_sub(1).and_then(|i| table.column_mut(i)),
    ) {
        let with_padding = u16::try_from(longest).unwrap_or(u16::MAX).saturating_add(2);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(with_padding)));
    }
}

/// Returns the rows as text, with the names of data classes marked.
fn rows_of(document: &Document) -> Vec<Vec<String>> {
    let rows = document.table.rows.iter();
    rows.map(|row| {
        let cells = row.iter().map(|cell| match cell {
            DocumentCell::Classes { .. } => label::cell_with(cell, document.names, paint::marked),
            _ => visible::escaped(&label::cell(cell, document.names)).into_owned(),
        });
        cells.collect()
    })
    .collect()
}
