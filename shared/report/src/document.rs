//! What a question answers with, before a format gives it a form: data, a table, a drawing and notes.

use piitrail_detect::Tier;

/// An answer before it is rendered.
#[derive(Debug, Default)]
pub struct Document {
    /// Everything, for programs.
    pub data: serde_json::Value,
    /// For terminals and spreadsheets.
    pub table: Table,
    /// What is said below a table.
    pub notes: Vec<String>,
    /// In what the answer is not what was asked for: said below a table and beside everything else.
    pub caveats: Vec<String>,
    /// For drawing, where the answer is one.
    pub drawing: Option<Drawing>,
    /// Where it goes on.
    pub next: Option<String>,
}

/// Columns and rows of text.
#[derive(Debug, Default)]
pub struct Table {
    /// Names of the columns, as in CSV: `event_type`.
    pub columns: Vec<Column>,
    /// One cell a column each.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name: `event_type`.
    pub name: &'static str,
    /// Whether it holds numbers, which stand to the right.
    pub numeric: bool,
    /// Whether a terminal shows it; a spreadsheet gets them all.
    pub terminal: bool,
}

/// Who sends to whom.
#[derive(Debug, Default)]
pub struct Drawing {
    /// The parties.
    pub nodes: Vec<Node>,
    /// The arrows between them.
    pub arrows: Vec<Arrow>,
}

/// A party to draw.
#[derive(Debug)]
pub struct Node {
    /// What is written on it.
    pub label: String,
    /// What it is: `service`, `dead-letter-queue`.
    pub kind: &'static str,
}

/// An arrow to draw.
#[derive(Debug)]
pub struct Arrow {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it reaches.
    pub to: usize,
    /// What is written along it, line by line.
    pub label: Vec<String>,
    /// The most sensitive tier that travels it.
    pub tier: Option<Tier>,
}
