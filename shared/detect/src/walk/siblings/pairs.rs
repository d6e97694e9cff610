//! Values that a sibling names: `{"name": "email", "value": …}`, `{"system": "phone", "value": …}`,
//! and lists of changes (`{"field": "surname", "before": …, "after": …}`).
//!
//! They are searched when their object has ended, so that the order of keys makes no difference.

use super::{Half, Holds, Inside, Siblings};
use crate::class::DataClass;
use crate::field_name::Numbers;
use crate::finding::Finding;
use crate::json::{Leaf, Reader};
use crate::limits::Limit;
use crate::path::{Node, Step};
use crate::walk::{Field, Source, Walk};

impl Walk<'_> {
    /// Searches the values of `{"Name": "phone_number", "Value": …}` under the name beside them. If
    /// there is no name, they are searched under their kind (`{"system": "phone", "value": …}`).
    #[cold]
    pub(super) fn search_pairs(
        &mut self,
        siblings: &Siblings,
        findings_from: usize,
        text: &str,
        node: &Node<'_>,
        inside: &Inside,
    ) {
        self.forget_labels(siblings, findings_from, text, node);
        let names = siblings.names.both().map(|name| (name, true));
        let kinds = siblings.kinds.both().map(|kind| (kind, false));
        for (label, is_name) in names.chain(kinds) {
            let versions = siblings.versions.both().filter(|_| is_name);
            let number = siblings.number.filter(|_| !is_name);
            let mut is_named = false;
            for value in siblings.values.both().chain(versions).chain(number) {
                is_named |= self.search_pair(label, value, findings_from, text, node, inside);
            }
            if is_named {
                // Findings that the value proved by itself exist already. Only those that need the
                // name are new.
                self.drop_repeated(findings_from);
                return;
            }
        }
    }

    /// Searches a value under the label beside it. Returns true if that label has a meaning.
    fn search_pair(
        &mut self,
        label: Half,
        value: Half,
        findings_from: usize,
        text: &str,
        node: &Node<'_>,
        inside: &Inside,
    ) -> bool {
        let value_key = value.key.string(text);
        let Some(read) = self.read_label(label, value_key.raw, text) else {
            return false;
        };
        let is_message_id = read.numbers == Numbers::IdsOfMails;
        let field = Field {
            name: read,
            above: inside.above,
        };
        let child = node.child(Step::Key(value_key));
        let found_from = self.findings.len();
        if value.holds == Holds::Container {
            if self.may_read_again(value.written.length()) {
                let reader = Reader::starting(text, value.written.start as usize);
                let mut source = Source { reader, text };
                // It was read before, so it is JSON.
                let _ = self.value(&mut source, &child, &field, &mut None, inside.depth);
            }
            self.prefer_to_ids(findings_from, found_from);
            return true;
        }
        if is_message_id {
            self.forget_mailboxes(findings_from, &child);
        }
        let leaf = Leaf {
            string: value.written.string(text),
            is_number: value.holds == Holds::Number,
        };
        // A document in it was searched with the object. It is not searched again, unless it is a
        // list, whose items belong to the label.
        let is_list = leaf.string.raw.starts_with('[');
        let depth = Limit::Depth.bound() - usize::from(is_list);
        let before = self.limits;
        self.visit_string(leaf, &field, &child, &mut None, depth);
        self.limits.forget(Limit::Depth, &before);
        self.prefer_to_ids(findings_from, found_from);
        true
    }

    /// Drops names of persons and users at the label of a value: `given_name` is none.
    fn forget_labels(
        &mut self,
        siblings: &Siblings,
        findings_from: usize,
        text: &str,
        node: &Node<'_>,
    ) {
        if self.findings.len() == findings_from {
            return;
        }
        let says_value = siblings.values.both().any(|value| {
            let key = value.key.string(text).raw;
            matches!(key, "v" | "val") || key.to_ascii_lowercase().contains("value")
        });
        let is_mere_label = |label: &Half| {
            const KEYS: [&str; 8] = [
                "name",
                "key",
                "k",
                "attribute",
                "field",
                "label",
                "property",
                "friendlyname",
            ];
            let key = label.key.string(text).raw;
            KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
        };
        for label in siblings
            .names
            .both()
            .filter(|half| says_value && is_mere_label(half))
        {
            let path = self.path_of(&node.child(Step::Key(label.key.string(text))));
            self.drop_found(findings_from, |finding| {
                matches!(finding.class, DataClass::Username | DataClass::PersonName)
                    && finding.path == path
            });
        }
    }

    /// Drops an id of a customer or of a country among the findings from `from` on, which the name
    /// around the pair announced, if a finding after `better_from` says what the same value is.
    fn prefer_to_ids(&mut self, from: usize, better_from: usize) {
        // A value of a pair is one number. A long text with many numbers is no id.
        const MOST: usize = 4;
        let better: Vec<_> = self
            .findings
            .iter()
            .skip(better_from)
            .filter(|finding| !is_general_id(finding.class))
            .take(MOST)
            .map(|finding| (finding.path.clone(), finding.start))
            .collect();
        for (path, start) in better {
            self.drop_found(from, |finding| {
                is_general_id(finding.class) && finding.start == start && finding.path == path
            });
        }
    }

    /// Drops the findings from `from` on that fit.
    fn drop_found(&mut self, from: usize, fits: impl Fn(&Finding) -> bool) {
        let mut kept = from;
        for at in from..self.findings.len() {
            if !fits(&self.findings[at]) {
                self.findings.swap(kept, at);
                kept += 1;
            }
        }
        self.findings.truncate(kept.max(from));
    }

    /// Drops the e-mail addresses at `node`, because their field holds ids of e-mails.
    fn forget_mailboxes(&mut self, findings_from: usize, node: &Node<'_>) {
        let path = self.path_of(node);
        self.drop_found(findings_from, |finding| {
            finding.class == DataClass::EmailAddress && finding.path == path
        });
    }
}

/// Returns true for ids whose kind a better label may tell.
const fn is_general_id(class: DataClass) -> bool {
    matches!(class, DataClass::CustomerId | DataClass::NationalId)
}

#[cfg(test)]
mod tests {
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

    fn found(document: &str) -> Vec<(String, &'static str)> {
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        let findings = scan.findings.iter();
        findings
            .map(|finding| (finding.path.as_str().to_owned(), finding.class.name()))
            .collect()
    }

    #[test]
    fn a_label_is_not_personal_data_itself() {
        for (document, path, class) in [
            (
                r#"{"UserAttributes": [{"Name": "given_name", "Value": "Ana"}]}"#,
                "$.UserAttributes[0].Value",
                "PERSON_NAME",
            ),
            (
                r#"{"userAttributes": [{"name": "birthdate", "value": "1984-07-06"}]}"#,
                "$.userAttributes[0].value",
                "DATE_OF_BIRTH",
            ),
            (
                r#"{"actor": [{"k": "first_name", "v": "Ana"}]}"#,
                "$.actor[0].v",
                "PERSON_NAME",
            ),
        ] {
            assert_eq!(found(document), [(path.to_owned(), class)], "{document}");
        }
        let names = found(r#"{"first_name": "Ana", "v": "x", "last_name": "Souza"}"#);
        assert_eq!(names.len(), 2);
    }

    #[test]
    fn versions_of_a_value_are_named_by_the_field_beside_them() {
        for (document, first, second) in [
            (
                r#"{"field": "surname", "before": "Berg", "after": "Lund"}"#,
                "$.after",
                "$.before",
            ),
            (
                r#"{"to": "Lund", "from": "Berg", "fieldName": "lastName"}"#,
                "$.from",
                "$.to",
            ),
            (
                r#"{"attribute": "last_name", "old": "Berg", "new": "Lund"}"#,
                "$.new",
                "$.old",
            ),
        ] {
            let name = |path: &str| (path.to_owned(), "PERSON_NAME");
            assert_eq!(found(document), [name(first), name(second)], "{document}");
        }
        assert!(found(r#"{"field": "status", "before": "Open", "after": "Closed"}"#).is_empty());
        assert!(found(r#"{"name": "Jane", "from": "1990-01-02", "to": "1990-02-01"}"#).is_empty());
    }

    #[test]
    fn a_patch_names_its_value_by_its_path() {
        for (document, class) in [
            (
                r#"{"op": "add", "path": "/name/familyName", "value": "Souza"}"#,
                "PERSON_NAME",
            ),
            (
                r#"{"op": "replace", "path": "/birthDate", "value": "1984-07-06"}"#,
                "DATE_OF_BIRTH",
            ),
            (
                r#"{"op": "replace", "path": "name.givenName", "value": "Ana"}"#,
                "PERSON_NAME",
            ),
            (
                r#"{"op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "912 345 678"}"#,
                "PHONE_NUMBER",
            ),
        ] {
            assert_eq!(
                found(document),
                [("$.value".to_owned(), class)],
                "{document}"
            );
        }
        assert!(found(r#"{"op": "replace", "path": "/status", "value": "Active"}"#).is_empty());
    }

    #[test]
    fn a_label_may_be_an_object() {
        for (document, path, class) in [
            (
                r#"{"field": {"id": "x1", "ref": "first_name"}, "type": "text", "text": "Ana"}"#,
                "$.text",
                "PERSON_NAME",
            ),
            (
                r#"{"type": "date", "date": "1984-07-06", "field": {"title": "Date of birth"}}"#,
                "$.date",
                "DATE_OF_BIRTH",
            ),
            (
                r#"{"question": {"text": "What is your last name?"}, "answer": "Souza"}"#,
                "$.answer",
                "PERSON_NAME",
            ),
            (
                r#"{"type": {"coding": [{"code": "MR"}]}, "value": "MR-654321"}"#,
                "$.value",
                "MEDICAL_RECORD_NUMBER",
            ),
            (
                r#"{"key": "question_1", "label": "Full name", "value": "Ana Souza"}"#,
                "$.value",
                "PERSON_NAME",
            ),
        ] {
            assert_eq!(found(document), [(path.to_owned(), class)], "{document}");
        }
    }

    #[test]
    fn an_identifier_of_a_register_is_not_a_customers_id_too() {
        for (identifier, class) in [
            (
                r#"{"system": "urn:oid:2.16.840.1.113883.4.1", "value": "212-09-9321"}"#,
                "US_SSN",
            ),
            (
                r#"{"system": "http://fhir.dev/NamingSystem/bsn", "value": "111222333"}"#,
                "NL_BSN",
            ),
            (
                r#"{"type": {"text": "Passport number"}, "value": "X1234567"}"#,
                "PASSPORT",
            ),
        ] {
            let document =
                format!(r#"{{"resourceType": "Patient", "identifier": [{identifier}]}}"#);
            let path = "$.identifier[0].value".to_owned();
            assert_eq!(found(&document), [(path, class)], "{document}");
        }
    }

    #[test]
    fn the_name_around_a_pair_gives_way_to_its_label() {
        let document = r#"{"identityDocument": [{"Type": {"Text": "DATE_OF_BIRTH"}, "ValueDetection": {"Text": "03/18/1978"}}]}"#;
        let path = "$.identityDocument[0].ValueDetection.Text".to_owned();
        assert_eq!(found(document), [(path, "DATE_OF_BIRTH")]);
    }

    #[test]
    fn a_list_in_the_string_of_a_pair_belongs_to_its_label() {
        let document = r#"{"displayName": "Surname", "newValue": "[\"Lund\"]"}"#;
        assert_eq!(
            found(document),
            [("$.newValue(json)[0]".to_owned(), "PERSON_NAME")]
        );
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
