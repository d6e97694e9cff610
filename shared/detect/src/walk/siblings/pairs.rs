//! Values that a sibling names: `{"name": "email", "value": …}`, `{"system": "phone", "value": …}`,
//! and rows whose columns have names.
//!
//! They are searched when their object has ended, so that the order of keys makes no difference.

use super::{Half, Holds, Inside, Siblings};
use crate::class::DataClass;
use crate::field_name::{FieldName, Numbers};
use crate::json::{Leaf, Malformed, Opens, RawString, Reader, Value, Written};
use crate::limits::Limit;
use crate::path::{Node, Step};
use crate::walk::{Field, Source, Walk};

impl Walk<'_> {
    /// Searches the value of `{"Name": "phone_number", "Value": …}` under the name beside it. If
    /// there is no name, it is searched under its kind (`{"system": "phone", "value": …}`).
    #[cold]
    pub(super) fn search_pairs(
        &mut self,
        siblings: &Siblings,
        findings_from: usize,
        text: &str,
        node: &Node<'_>,
        inside: &Inside,
    ) {
        for (name, value) in [
            (siblings.name, siblings.value),
            (siblings.kind, siblings.value),
            (siblings.kind, siblings.number),
        ] {
            if let (Some(name), Some(value)) = (name, value)
                && self.search_pair(name, value, findings_from, text, node, inside)
            {
                if let Some(last) = siblings.last_value
                    && last.is_another_than(value)
                {
                    self.search_pair(name, last, findings_from, text, node, inside);
                }
                // Findings that the value proved by itself exist already. Only those that need the
                // name are new.
                self.drop_repeated(findings_from);
                return;
            }
        }
    }

    /// Searches a value under the name beside it. Returns true if that name has a meaning.
    fn search_pair(
        &mut self,
        name: Half,
        value: Half,
        findings_from: usize,
        text: &str,
        node: &Node<'_>,
        inside: &Inside,
    ) -> bool {
        let (key, value_key) = (name.key.string(text), value.key.string(text));
        let Some(label) = label_of(name.written.string(text).raw, key.raw, value_key.raw) else {
            return false;
        };
        let read = self.label(label, name.written.string(text).written);
        let is_message_id = read.numbers == Numbers::IdsOfMails;
        if !read.has_meaning() && !is_message_id {
            return false;
        }
        let field = Field {
            name: read,
            above: inside.above,
        };
        let child = node.child(Step::Key(value_key));
        if value.holds == Holds::Container {
            if self.may_read_again(value.written.length()) {
                let reader = Reader::starting(text, value.written.start as usize);
                let mut source = Source { reader, text };
                // It was read before, so it is JSON.
                let _ = self.value(&mut source, &child, &field, &mut None, inside.depth);
            }
            return true;
        }
        if is_message_id {
            self.forget_mailboxes(findings_from, &child);
        }
        let leaf = Leaf {
            string: value.written.string(text),
            is_number: value.holds == Holds::Number,
        };
        // A document in it was searched with the object, and is not searched again.
        let before = self.limits;
        self.visit_string(leaf, &field, &child, &mut None, Limit::Depth.bound());
        self.limits.forget(Limit::Depth, &before);
        true
    }

    /// Drops the e-mail addresses at `node`, because their field holds ids of e-mails.
    fn forget_mailboxes(&mut self, findings_from: usize, node: &Node<'_>) {
        let path = self.path_of(node);
        let mut at = findings_from;
        while let Some(finding) = self.findings.get(at) {
            if finding.class == DataClass::EmailAddress && finding.path == path {
                self.findings.swap_remove(at);
            } else {
                at += 1;
            }
        }
    }

    /// Searches rows, each item under the name of its column.
    #[cold]
    pub(super) fn search_rows(
        &mut self,
        columns: Half,
        rows: Half,
        text: &str,
        node: &Node<'_>,
        inside: &Inside,
    ) {
        let names = self.columns(columns, text);
        let has_meaning = names.iter().any(FieldName::has_meaning);
        if !has_meaning || !self.may_read_again(rows.written.length()) {
            return;
        }
        let child = node.child(Step::Key(rows.key.string(text)));
        let reader = Reader::starting(text, rows.written.start as usize);
        let mut source = Source { reader, text };
        // They were read before, so they are JSON.
        let _ = self.rows(&mut source, &names, &child, inside);
    }

    fn rows(
        &mut self,
        source: &mut Source<'_>,
        names: &[FieldName],
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
                Value::Opens(Opens::Array) => {}
                Value::Opens(opens) => {
                    source.reader.skip_container(opens)?;
                    continue;
                }
                Value::Leaf(_) | Value::Literal => continue,
            }
            let mut column = 0;
            while source.reader.item(column == 0)? {
                let field = Field {
                    name: names.get(column).copied().unwrap_or_default(),
                    above: inside.above,
                };
                let cell = child.child(Step::Index(column));
                self.value(source, &cell, &field, &mut None, inside.depth)?;
                column += 1;
            }
        }
        Ok(())
    }

    /// Returns the meanings of the names of columns, which are an array of strings.
    fn columns(&mut self, columns: Half, text: &str) -> Vec<FieldName> {
        // No database takes more columns. MySQL's limit is the largest.
        const MOST_COLUMNS: usize = 4_096;
        let mut names = Vec::new();
        let mut reader = Reader::starting(text, columns.written.start as usize);
        let Ok(Value::Opens(Opens::Array)) = reader.value() else {
            return names;
        };
        while reader.item(names.is_empty()) == Ok(true) {
            if names.len() == MOST_COLUMNS {
                self.limits.reached(Limit::Siblings);
                break;
            }
            let Ok(Value::Leaf(leaf)) = reader.value() else {
                return Vec::new();
            };
            names.push(self.label_name(leaf.string));
        }
        names
    }

    /// Returns the meaning of a label's text: a field's name, or the question that asks for it.
    fn label(&mut self, label: &str, written: Written) -> FieldName {
        let is_question = label.contains([' ', '?'])
            && (label.contains('?') || label.split(' ').any(is_of_questions));
        if is_question && written == Written::Plain {
            let words = label
                .split([' ', '?'])
                .filter(|word| !is_of_questions(word));
            let asked_for = words.collect::<Vec<_>>().join(" ");
            return self.label_name(RawString::plain(&asked_for));
        }
        self.label_name(RawString {
            raw: label,
            written,
        })
    }
}

/// Returns true for the words of a question around the thing it asks for.
fn is_of_questions(word: &str) -> bool {
    const WORDS: [&str; 16] = [
        "what", "what's", "whats", "is", "your", "please", "enter", "provide", "the", "are",
        "tell", "us", "give", "our", "my", "?",
    ];
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Returns the part of a label that names the value. Of an address
/// (`http://hl7.org/fhir/sid/us-ssn`) it is the last part. A `url` names a value only in FHIR's
/// extensions; otherwise it is a location.
fn label_of<'t>(label: &'t str, key: &str, value_key: &str) -> Option<&'t str> {
    let is_extension =
        value_key == "extension" || value_key.starts_with("value") && value_key.len() > 5;
    if key.eq_ignore_ascii_case("url") && !is_extension {
        return None;
    }
    if !label.contains(':') || !label.contains("://") && !label.starts_with("urn:") {
        return Some(label);
    }
    label.rsplit(['/', ':', '#']).find(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    #[test]
    fn both_values_of_a_change_are_named() {
        let document = r#"{"field": "First name", "toString": "Olu", "fromString": "Oda"}"#;
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        let paths: Vec<_> = scan
            .findings
            .iter()
            .map(|found| found.path.as_str())
            .collect();
        assert_eq!(paths, ["$.fromString", "$.toString"]);
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

    #[test]
    fn a_document_in_the_value_of_a_pair_is_no_deeper_than_it_is() {
        let document =
            r#"{"key": "email", "value": "{\"customer\": {\"email\": \"jane@shop.dev\"}}"}"#;
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        let paths: Vec<_> = scan
            .findings
            .iter()
            .map(|found| found.path.as_str())
            .collect();
        assert_eq!(paths, ["$.value(json).customer.email"]);
        assert!(scan.limits.is_empty() && scan.unread.is_empty());
    }
}
