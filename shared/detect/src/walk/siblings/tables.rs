//! Tables whose columns are named in one place and whose rows stand in another: answers of databases
//! and of spreadsheets.
//!
//! The names are a list of texts or of objects (`{"Name": "dob", "Type": "date"}`), or the first row.
//! A row is a list, or an object with a list in it (`{"f": [{"v": …}]}`).

use super::{Half, Inside};
use crate::field_name::{FieldName, Slot};
use crate::json::{Malformed, Opens, Reader, Value};
use crate::limits::Limit;
use crate::path::{Node, Step};
use crate::walk::{Field, Source, Walk};

/// The fewest names with a meaning that make a first row the names of the columns.
const FEWEST_NAMES: usize = 2;

impl Walk<'_> {
    /// Searches rows, each item under the name of its column. Returns false if there are no names.
    #[cold]
    pub(super) fn search_rows(
        &mut self,
        columns: Option<Half>,
        rows: Half,
        text: &str,
        node: &Node<'_>,
        inside: &Inside,
    ) -> bool {
        let start = rows.written.start as usize;
        let (names, first) = match columns {
            Some(columns) => (self.columns(text, columns.written.start as usize), 0),
            None => (self.first_row(text, start), 1),
        };
        let has_meaning = names.iter().any(FieldName::has_meaning);
        if !has_meaning || !self.may_read_again(rows.written.length()) {
            return false;
        }
        let child = node.child(Step::Key(rows.key.string(text)));
        let mut source = Source {
            reader: Reader::starting(text, start),
            text,
        };
        // They were read before, so they are JSON.
        let _ = self.rows(&mut source, (&names, first), &child, inside);
        true
    }

    /// Searches the rows from the `first` on.
    fn rows(
        &mut self,
        source: &mut Source<'_>,
        (names, first): (&[FieldName], usize),
        node: &Node<'_>,
        inside: &Inside,
    ) -> Result<(), Malformed> {
        if !matches!(source.reader.value()?, Value::Opens(Opens::Array)) {
            return Ok(());
        }
        let mut row = 0;
        while source.reader.item(row == 0)? {
            let child = node.child(Step::Index(row));
            row += 1;
            match source.reader.value()? {
                Value::Opens(opens) if row <= first => source.reader.skip_container(opens)?,
                Value::Opens(Opens::Array) => self.cells(source, names, &child, inside)?,
                Value::Opens(Opens::Object) => {
                    let mut is_first = true;
                    while source.reader.opens_key(is_first)? {
                        is_first = false;
                        let key = source.reader.string()?;
                        source.reader.colon()?;
                        match source.reader.value()? {
                            Value::Opens(Opens::Array) => {
                                let list = child.child(Step::Key(key));
                                self.cells(source, names, &list, inside)?;
                            }
                            Value::Opens(opens) => source.reader.skip_container(opens)?,
                            Value::Leaf(_) | Value::Literal => {}
                        }
                    }
                }
                Value::Leaf(_) | Value::Literal => {}
            }
        }
        Ok(())
    }

    fn cells(
        &mut self,
        source: &mut Source<'_>,
        names: &[FieldName],
        node: &Node<'_>,
        inside: &Inside,
    ) -> Result<(), Malformed> {
        let mut column = 0;
        while source.reader.item(column == 0)? {
            let field = Field {
                name: names.get(column).copied().unwrap_or_default(),
                above: inside.above,
            };
            let cell = node.child(Step::Index(column));
            self.value(source, &cell, &field, &mut None, inside.depth)?;
            column += 1;
        }
        Ok(())
    }

    /// Returns the meanings of the names of columns that are listed at `at`: texts, or objects with a
    /// name. An object there has the list in it (`schema.fields`).
    fn columns(&mut self, text: &str, at: usize) -> Vec<FieldName> {
        let mut reader = Reader::starting(text, at);
        let Ok(Value::Opens(Opens::Object)) = reader.value() else {
            return self.listed_names(text, at, false);
        };
        let mut is_first = true;
        while reader.opens_key(is_first) == Ok(true) {
            is_first = false;
            let Ok(key) = reader.string() else { break };
            if reader.colon().is_err() {
                break;
            }
            let from = reader.offset();
            match reader.value() {
                Ok(Value::Opens(Opens::Array)) if self.look_up(key).slot == Slot::Columns => {
                    return self.listed_names(text, from, false);
                }
                Ok(Value::Opens(opens)) if reader.skip_container(opens).is_ok() => {}
                Ok(Value::Leaf(_) | Value::Literal) => {}
                _ => break,
            }
        }
        Vec::new()
    }

    /// Returns the meanings of the texts in the first row, if they are names of columns.
    fn first_row(&mut self, text: &str, at: usize) -> Vec<FieldName> {
        let mut reader = Reader::starting(text, at);
        let is_list = |value| matches!(value, Ok(Value::Opens(Opens::Array)));
        if !is_list(reader.value()) || reader.item(true) != Ok(true) {
            return Vec::new();
        }
        let mut from = reader.offset();
        if matches!(reader.value(), Ok(Value::Opens(Opens::Object))) {
            let has_key = reader.opens_key(true) == Ok(true) && reader.string().is_ok();
            if !has_key || reader.colon().is_err() {
                return Vec::new();
            }
            from = reader.offset();
        }
        let names = self.listed_names(text, from, true);
        let known = names.iter().filter(|name| name.has_meaning()).count();
        if known < FEWEST_NAMES || known * 2 < names.len() {
            return Vec::new();
        }
        names
    }

    /// Returns the meanings of the names in the list at `at`. If the list is a row, an item that is
    /// not a text makes it one of values.
    fn listed_names(&mut self, text: &str, at: usize, is_row: bool) -> Vec<FieldName> {
        // No database takes more columns. MySQL's limit is the largest.
        const MOST_COLUMNS: usize = 4_096;
        let mut names = Vec::new();
        let mut reader = Reader::starting(text, at);
        let Ok(Value::Opens(Opens::Array)) = reader.value() else {
            return names;
        };
        while reader.item(names.is_empty()) == Ok(true) {
            if names.len() == MOST_COLUMNS {
                if !is_row {
                    self.limits.reached(Limit::Siblings);
                }
                break;
            }
            let name = match reader.value() {
                Ok(Value::Leaf(leaf)) if !leaf.is_number => Some(self.label_name(leaf.string)),
                Ok(Value::Opens(Opens::Object)) => self.name_in_object(&mut reader, is_row),
                _ => None,
            };
            let Some(name) = name else {
                return Vec::new();
            };
            names.push(name);
        }
        names
    }

    /// Returns the meaning of the name in the object that has been opened, and reads past it. In a
    /// row, the only field is the name.
    fn name_in_object(&mut self, reader: &mut Reader<'_>, is_row: bool) -> Option<FieldName> {
        let mut name = None;
        let mut is_first = true;
        while reader.opens_key(is_first).ok()? {
            is_first = false;
            let key = reader.string().ok()?;
            reader.colon().ok()?;
            match reader.value().ok()? {
                Value::Leaf(leaf) if !leaf.is_number => {
                    let is_name = is_row || self.look_up(key).slot == Slot::Name;
                    let knows_it = |name: &FieldName| name.has_meaning();
                    if is_name && !name.as_ref().is_some_and(knows_it) {
                        name = Some(self.label_name(leaf.string));
                    }
                }
                Value::Opens(opens) => reader.skip_container(opens).ok()?,
                Value::Leaf(_) | Value::Literal => {}
            }
        }
        Some(name.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use crate::Engine;
    use crate::limits::Limit;

    fn found(document: &str) -> Vec<(String, &'static str)> {
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        let findings = scan.findings.iter();
        findings
            .map(|finding| (finding.path.as_str().to_owned(), finding.class.name()))
            .collect()
    }

    #[test]
    fn the_columns_of_a_table_name_its_cells() {
        for (document, name, date) in [
            (
                r#"{"headers": ["Last name", "DOB"], "rows": [["Souza", "1984-07-06"]]}"#,
                "$.rows[0][0]",
                "$.rows[0][1]",
            ),
            (
                r#"{"ResultSetMetadata": {"ColumnInfo": [{"Name": "last_name", "Type": "varchar"}, {"Name": "dob"}]},
                    "Rows": [{"Data": [{"VarCharValue": "Souza"}, {"VarCharValue": "1984-07-06"}]}]}"#,
                "$.Rows[0].Data[0].VarCharValue",
                "$.Rows[0].Data[1].VarCharValue",
            ),
            (
                r#"{"schema": {"fields": [{"type": "STRING", "name": "last_name"}, {"name": "birth_date"}]},
                    "rows": [{"f": [{"v": "Souza"}, {"v": "1984-07-06"}]}]}"#,
                "$.rows[0].f[0].v",
                "$.rows[0].f[1].v",
            ),
            (
                r#"{"records": [[{"stringValue": "Souza"}, {"stringValue": "1984-07-06"}]],
                    "columnMetadata": [{"label": "last_name", "name": "c1"}, {"name": "dob", "label": "dob"}]}"#,
                "$.records[0][0].stringValue",
                "$.records[0][1].stringValue",
            ),
            (
                r#"{"resultSetMetaData": {"rowType": [{"name": "LAST_NAME"}, {"name": "DOB"}]}, "data": [["Souza", "1984-07-06"]]}"#,
                "$.data[0][0]",
                "$.data[0][1]",
            ),
        ] {
            let name = (name.to_owned(), "PERSON_NAME");
            let date = (date.to_owned(), "DATE_OF_BIRTH");
            assert_eq!(found(document), [name, date], "{document}");
        }
    }

    #[test]
    fn the_first_row_may_be_the_names() {
        for (document, name) in [
            (
                r#"{"values": [["First name", "Date of birth"], ["Ana", "1984-07-06"]]}"#,
                "$.values[1][0]",
            ),
            (
                r#"{"Rows": [{"Data": [{"VarCharValue": "last_name"}, {"VarCharValue": "dob"}]},
                             {"Data": [{"VarCharValue": "Souza"}, {"VarCharValue": "1984-07-06"}]}]}"#,
                "$.Rows[1].Data[0].VarCharValue",
            ),
        ] {
            assert!(
                found(document).contains(&(name.to_owned(), "PERSON_NAME")),
                "{document}"
            );
            assert_eq!(found(document).len(), 2, "{document}");
        }
        assert!(found(r#"{"values": [["Ana", "Rui"], ["Souza", "Berg"]]}"#).is_empty());
        assert!(found(r#"{"data": [["Open", "Total"], ["Blue", "12"]]}"#).is_empty());
    }

    #[test]
    fn columns_without_a_name_are_counted() {
        let document = |count: usize| {
            let columns: Vec<&str> = [vec!["x"; count], vec!["email"]].concat();
            let mut row = vec![serde_json::json!(1); count];
            row.push("jane@shop.dev".into());
            serde_json::json!({ "columns": columns, "rows": [row] }).to_string()
        };
        let scan = |count| Engine::new().scan_json(document(count).as_bytes()).unwrap();
        assert!(scan(100).limits.is_empty());
        assert_eq!(scan(5_000).limits.get(Limit::Siblings), 1);
    }
}
