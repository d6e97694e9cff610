//! Finds the data of a patient in messages of HL7 version 2: lines that begin with the name of a
//! segment, with fields between bars.
//!
//! The meanings of the fields are those of HL7 v2.5.1, chapters 3 and 6.

use memchr::{memchr_iter, memchr2};

use super::Labelled;
use crate::shape::{self, Shape};
use crate::walk::{Field, Walk};

/// A field: its segment and number, the first and the last of its components (none for all), and the
/// name of a field with the same meaning.
type SegmentField = (&'static str, usize, Option<(usize, usize)>, &'static str);

const FIELDS: &[SegmentField] = &[
    ("PID", 2, Some((1, 1)), "medical record number"),
    ("PID", 3, Some((1, 1)), "medical record number"),
    ("PID", 5, Some((1, 3)), "full name"),
    ("PID", 6, Some((1, 3)), "mother name"),
    ("PID", 7, Some((1, 1)), "date of birth"),
    ("PID", 8, Some((1, 1)), "gender"),
    ("PID", 9, Some((1, 3)), "full name"),
    ("PID", 11, Some((1, 1)), "street address"),
    ("PID", 11, Some((5, 5)), "postal code"),
    ("PID", 13, Some((1, 1)), "phone number"),
    ("PID", 14, Some((1, 1)), "phone number"),
    ("PID", 16, Some((1, 1)), "marital status"),
    ("PID", 17, Some((1, 1)), "religion"),
    ("PID", 19, None, "ssn"),
    ("PID", 20, Some((1, 1)), "driver license number"),
    ("NK1", 2, Some((1, 3)), "full name"),
    ("NK1", 4, Some((1, 1)), "street address"),
    ("NK1", 5, Some((1, 1)), "phone number"),
    ("GT1", 3, Some((1, 3)), "full name"),
    ("GT1", 5, Some((1, 1)), "street address"),
    ("GT1", 6, Some((1, 1)), "phone number"),
    ("PV1", 7, Some((2, 3)), "full name"),
    ("PV1", 8, Some((2, 3)), "full name"),
    ("OBR", 16, Some((2, 3)), "full name"),
    ("ORC", 12, Some((2, 3)), "full name"),
    ("IN1", 16, Some((1, 3)), "full name"),
    ("IN1", 18, Some((1, 1)), "date of birth"),
    ("IN1", 36, None, "insurance member id"),
    ("DG1", 3, Some((1, 1)), "diagnosis code"),
    ("DG1", 3, Some((2, 2)), "diagnosis"),
    ("DG1", 4, None, "diagnosis"),
    ("AL1", 3, Some((2, 2)), "allergy"),
];

/// Returns true if a text has the segment that identifies a patient.
#[inline]
pub(in crate::walk::leaf) fn has_segments(text: &str, shape: Shape) -> bool {
    let bytes = text.as_bytes();
    shape.has(shape::SPACE) && memchr_iter(b'|', bytes).any(|at| bytes[..at].ends_with(b"PID"))
}

impl Walk<'_> {
    /// Adds the data of patients in segments to the hits.
    #[cold]
    pub(in crate::walk::leaf) fn search_segments(&mut self, text: &str, field: &Field) {
        let bytes = text.as_bytes();
        let mut start = 0;
        while start < text.len() {
            let rest = &bytes[start..];
            let end = start + memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
            let name = text.get(start..start + 3).unwrap_or_default();
            let is_segment = bytes.get(start + 3) == Some(&b'|');
            for &(segment, number, components, label) in FIELDS {
                if is_segment && segment == name {
                    let value = part(text, (start, end), number, b'|')
                        .and_then(|value| part(text, value, 0, b'~'))
                        .and_then(|value| match components {
                            Some((first, last)) => components_of(text, value, first, last),
                            None => Some(value),
                        });
                    if let Some(value) = value {
                        let labelled = Labelled {
                            label: (start, start + 3),
                            value,
                            is_quoted: true,
                        };
                        self.ask_under(text, label, labelled, field);
                    }
                }
            }
            start = end + 1;
        }
    }
}

/// Returns the part with this number, from zero, of a part of the text.
fn part(
    text: &str,
    (start, end): (usize, usize),
    number: usize,
    separator: u8,
) -> Option<(usize, usize)> {
    let mut from = start;
    for _ in 0..number {
        from += memchr::memchr(separator, text.as_bytes().get(from..end)?)? + 1;
    }
    let rest = text.as_bytes().get(from..end)?;
    Some((
        from,
        from + memchr::memchr(separator, rest).unwrap_or(rest.len()),
    ))
}

/// Returns the components from the `first` to the `last`, from one, or as many as there are.
fn components_of(
    text: &str,
    value: (usize, usize),
    first: usize,
    last: usize,
) -> Option<(usize, usize)> {
    let (start, mut end) = part(text, value, first - 1, b'^')?;
    for number in first..last {
        end = part(text, value, number, b'^').map_or(end, |(_, end)| end);
    }
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use crate::Engine;

    const ADMISSION: &str = "MSH|^~\\&|A|B|C|D|202601010000||ADT^A01|1|P|2.5\r\
        PID|1||MR88213^^^HOSP^MR||SOUZA^ANA^M||19840706|F|||RUA DAS FLORES 10^^PORTO^^4000-001||+351912345678\r\
        PV1|1|I|W^5||||1234^HOLM^IDA\r\
        DG1|1||E11.9^Type 2 diabetes^I10\r";

    #[test]
    fn the_segments_of_a_patient_are_read() {
        for end in ["\r", "\n", "\r\n"] {
            let text = ADMISSION.replace('\r', end);
            let document = serde_json::json!({ "message": text }).to_string();
            let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
            let mut classes: Vec<_> = scan
                .findings
                .iter()
                .map(|found| found.class.name())
                .collect();
            classes.sort_unstable();
            let expected = [
                "DATE_OF_BIRTH",
                "GENDER",
                "HEALTH_CONDITION",
                "HEALTH_CONDITION",
                "MEDICAL_RECORD_NUMBER",
                "PERSON_NAME",
                "PERSON_NAME",
                "PHONE_NUMBER",
                "POSTAL_CODE",
                "STREET_ADDRESS",
            ];
            assert_eq!(classes, expected);
        }
    }

    #[test]
    fn bars_without_a_segment_are_none() {
        let document = r#"{"x": "the PID|of the process 12||SOUZA^ANA||19840706"}"#;
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        assert!(scan.findings.is_empty());
    }
}
