//! Reads the label of a value: a field's name, a question, a path, an object identifier, or an object
//! with one of them (`{"ref": "dob", "title": "Date of birth"}`).

use super::{Half, Holds};
use crate::field_name::{FieldName, Numbers};
use crate::json::{Opens, RawString, Reader, Value, Written};
use crate::walk::Walk;

impl Walk<'_> {
    /// Returns the meaning of a label, if it has one.
    pub(super) fn read_label(
        &mut self,
        label: Half,
        value_key: &str,
        text: &str,
    ) -> Option<FieldName> {
        let key = label.key.string(text).raw;
        if label.holds == Holds::Container {
            let mut texts = Vec::new();
            if !matches!(key, "name" | "Name" | "names") {
                texts_of_label(text, label.written.start as usize, &mut texts);
            }
            let mut meanings = texts.into_iter().filter_map(|label| {
                let read = self.label(
                    of_identifier_type(label.raw).unwrap_or(label.raw),
                    label.written,
                );
                is_label(&read).then_some(read)
            });
            return meanings.next();
        }
        let written = label.written.string(text);
        let name = label_of(written.raw, key, value_key)?;
        let read = self.label(name, written.written);
        is_label(&read).then_some(read)
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

/// Returns true if a name can be a label: it says something about the value beside it.
fn is_label(name: &FieldName) -> bool {
    name.has_meaning() || name.numbers == Numbers::IdsOfMails
}

/// Returns true for the words of a question around the thing it asks for.
fn is_of_questions(word: &str) -> bool {
    const WORDS: [&str; 39] = [
        "what", "what's", "whats", "is", "your", "please", "enter", "provide", "the", "are",
        "tell", "us", "give", "our", "my", "?", "which", "were", "you", "wie", "lautet", "ihr",
        "ihre", "dein", "deine", "bitte", "quel", "quelle", "est", "votre", "cuál", "cual", "tu",
        "su", "qual", "seu", "sua", "wat", "uw",
    ];
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Collects the texts of a label that is an object, such as `{"ref": "dob", "title": "Date of
/// birth"}` or a type of FHIR. It starts at `at`.
fn texts_of_label<'t>(text: &'t str, at: usize, texts: &mut Vec<RawString<'t>>) {
    const MOST_KEYS: usize = 64;
    const MOST_TEXTS: usize = 8;
    const KEYS: [&str; 10] = [
        "title", "label", "name", "text", "ref", "key", "question", "code", "display", "id",
    ];
    let mut reader = Reader::starting(text, at);
    let mut open = Vec::new();
    let Ok(Value::Opens(first)) = reader.value() else {
        return;
    };
    open.push((first, true));
    // The label's object, and the lists and objects in it, to a depth at which a type of FHIR ends.
    for _ in 0..MOST_KEYS {
        let Some((opens, is_first)) = open.last_mut() else {
            return;
        };
        let (opens, was_first) = (*opens, std::mem::take(is_first));
        let key = match opens {
            Opens::Object => match reader.opens_key(was_first) {
                Ok(true) => reader.string().ok().filter(|_| reader.colon().is_ok()),
                _ => None,
            },
            Opens::Array => reader
                .item(was_first)
                .is_ok_and(|has_more| has_more)
                .then(|| RawString::plain("")),
        };
        let Some(key) = key else {
            open.pop();
            continue;
        };
        match reader.value() {
            Ok(Value::Leaf(leaf))
                if !leaf.is_number
                    && KEYS.iter().any(|known| known.eq_ignore_ascii_case(key.raw)) =>
            {
                texts.push(leaf.string);
            }
            Ok(Value::Leaf(_) | Value::Literal) => {}
            Ok(Value::Opens(inner)) if open.len() < 3 => open.push((inner, true)),
            Ok(Value::Opens(inner)) if reader.skip_container(inner).is_ok() => {}
            _ => return,
        }
        if texts.len() == MOST_TEXTS {
            return;
        }
    }
}

/// Returns the field name for a type of identifier (HL7 table 0203).
fn of_identifier_type(code: &str) -> Option<&'static str> {
    Some(match code {
        "MR" | "PI" | "PT" | "MRT" => "medical record number",
        "SS" => "ssn",
        "DL" => "driver license number",
        "PPN" => "passport number",
        "NI" | "NNxxx" | "CZ" => "national id",
        "MB" | "SN" | "MA" | "MC" => "insurance member id",
        "NPI" => "npi",
        "DEA" => "dea number",
        "TAX" => "tax id",
        _ => return None,
    })
}

/// Returns the field name for the object identifier of a register of persons, as FHIR and HL7 use
/// them (the HL7 OID registry).
fn of_register(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.16.840.1.113883.4.1" => "ssn",
        "2.16.840.1.113883.4.6" => "npi",
        "2.16.840.1.113883.4.572" => "medicare beneficiary identifier",
        "2.16.840.1.113883.2.1.4.1" => "nhs number",
        "2.16.840.1.113883.2.4.6.3" => "bsn",
        "2.16.578.1.12.4.1.4.1" => "fodselsnummer",
        "1.2.752.129.2.1.3.1" => "personnummer",
        "1.2.246.21" => "henkilotunnus",
        "1.2.208.176.1.2" => "cpr nummer",
        "2.16.756.5.32" => "ahv nummer",
        "1.2.250.1.213.1.4.8" => "nir",
        "2.16.840.1.113883.2.9.4.3.2" => "codice fiscale",
        "2.16.840.1.113883.13.237" => "cpf",
        _ if oid.starts_with("2.16.840.1.113883.4.3.") => "driver license number",
        _ if oid.starts_with("2.16.840.1.113883.4.330.") => "passport number",
        _ => return None,
    })
}

/// Returns the part of a path that names the value: `/name/familyName`, `emails[type eq "work"].value`
/// (RFC 6901, RFC 7644).
fn last_of_path(path: &str) -> Option<&str> {
    path.rsplit(['/', '.']).find_map(|part| {
        let name = part.split('[').next().unwrap_or(part);
        let is_position = name
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
        (!is_position && !matches!(name, "value" | "values")).then_some(name)
    })
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
    if key == "path" {
        return last_of_path(label);
    }
    if let Some(oid) = label.strip_prefix("urn:oid:") {
        return of_register(oid);
    }
    if !label.contains(':') || !label.contains("://") && !label.starts_with("urn:") {
        return Some(label);
    }
    label.rsplit(['/', ':', '#']).find(|part| !part.is_empty())
}
