//! Values that a text names: `password=…` in prose, `'firstName': 'Olu'` where an object was printed,
//! `<Password>…</Password>`, and the parts of a form (RFC 7578).
//!
//! What is quoted, or stands between tags, is believed to be what its label says. A value without
//! quotes is one only of a credential, for in prose anything may follow a word and a colon.

use super::Candidate;
use crate::class::DataClass;
use crate::detectors::Value;
use crate::json::RawString;
use crate::shape::{self, Shape};
use crate::walk::{Field, Walk};

const LONGEST_LABEL: usize = 64;
const LONGEST_VALUE: usize = 512;
/// A value beside its label is less sure than one in a field of its own.
const MOST_CONFIDENCE: u8 = 80;

/// A value and what names it, in bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Labelled {
    label: (usize, usize),
    /// Where the label starts with the word before it (`client secret: …`).
    wider: usize,
    value: (usize, usize),
    is_quoted: bool,
}

/// Whether `text` may hold a value that it names.
pub(super) fn may_hold(text: &str, shape: Shape) -> bool {
    let bytes = text.as_bytes();
    let is_label = |at: usize| {
        let before = bytes[..at].last().copied().unwrap_or_default();
        let after = bytes.get(at + 1).copied().unwrap_or_default();
        (before.is_ascii_alphabetic()
            || matches!(before, b'"' | b'\'' | b' ')
            || !before.is_ascii())
            && matches!(after, b' ' | b'"' | b'\'' | b'\\' | b'=')
    };
    // A space or a quote stands beside the colon: there is none in times, addresses and ARNs.
    shape.has(shape::EQUALS)
        || shape.has(shape::COLON)
            && shape.has(shape::SPACE | shape::OTHER)
            && memchr::memchr_iter(b':', bytes).any(is_label)
        || shape.has_all(shape::OTHER | shape::SLASH)
            && memchr::memchr_iter(b'<', bytes).any(|at| bytes.get(at + 1) == Some(&b'/'))
}

impl Walk<'_> {
    /// Adds the values that the text names to the hits.
    #[inline(never)]
    pub(super) fn search_labels(&mut self, text: &str, field: &Field) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(offset) = bytes
            .get(at..)
            .and_then(|rest| memchr::memchr3(b'=', b':', b'>', rest))
        {
            at += offset;
            let labelled = if bytes[at] == b'>' {
                between_tags(text, at)
            } else {
                beside(text, at)
            };
            let next = labelled.and_then(|labelled| self.search_labelled(text, labelled, field));
            at = next.unwrap_or(at + 1).max(at + 1);
        }
    }

    /// Asks the detectors that a label enables. Returns where the value ends, if it is one.
    fn search_labelled(&mut self, text: &str, labelled: Labelled, field: &Field) -> Option<usize> {
        let (start, end) = labelled.label;
        let label = text.get(start..end)?;
        if !labelled.is_quoted && !may_be_credential(label) {
            return None;
        }
        if label == "name" && labelled.is_quoted {
            // A part of a form: the value of its name names what follows.
            if let Some(part) = part_of_form(text, labelled.value) {
                return self.ask_label(text, part, part.label.0, field);
            }
        }
        let found = self.ask_label(text, labelled, start, field);
        if found.is_some() || labelled.wider == start || labelled.is_quoted {
            return found;
        }
        self.ask_label(text, labelled, labelled.wider, field)
    }

    fn ask_label(
        &mut self,
        text: &str,
        labelled: Labelled,
        start: usize,
        field: &Field,
    ) -> Option<usize> {
        let label = text.get(start..labelled.label.1)?;
        let name = self.label_name(RawString::plain(label));
        let (value_start, value_end) = labelled.value;
        let written = text.get(value_start..value_end)?;
        let value_text = written.trim();
        if value_text.is_empty() || !name.has_meaning() {
            return None;
        }
        let value_start = value_start + (written.len() - written.trim_start().len());
        let value_shape = Shape::of(value_text);
        let is_named_twice = label.eq_ignore_ascii_case(value_text);
        if is_named_twice || !labelled.is_quoted && !is_secret(value_text, value_shape) {
            return None;
        }
        let mut is_found = false;
        for meaning in name.meanings() {
            let (id, names) = self.engine.lexicon().names(meaning);
            let is_satisfied = meaning.is_satisfied || names.roles.has(field.above);
            let class = self.engine.class(id);
            if !is_satisfied || meaning.is_doubtful || !labelled.is_quoted && !is_credential(class)
            {
                continue;
            }
            let Some(fits) = self.engine.detector(id).and_then(|detector| detector.field) else {
                continue;
            };
            let value = Value {
                text: value_text,
                shape: value_shape,
                is_number: false,
                tag: names.tag,
                roles: field.above.or(name.roles),
            };
            let Some(hit) = fits(&value) else {
                continue;
            };
            if self.engine.is_to_come(id, value_text) {
                continue;
            }
            is_found = true;
            self.scratch.hits.push(Candidate {
                id,
                start: value_start + hit.start,
                end: value_start + hit.end,
                confidence: hit.confidence_named.min(MOST_CONFIDENCE),
                with_keyword: 0,
                marks: hit.marks,
                is_common: false,
            });
        }
        is_found.then_some(value_end)
    }
}

/// What stands on both sides of the `=` or `:` at `at`.
fn beside(text: &str, at: usize) -> Option<Labelled> {
    let bytes = text.as_bytes();
    // `==` compares, `::` parts names, `://` starts an address; `=>` is written for `=`.
    let mut after = at + 1;
    match (bytes[at], bytes.get(after)) {
        (b'=', Some(b'=')) | (b':', Some(b':' | b'/')) => return None,
        (b'=', Some(b'>')) | (b':', Some(b'=')) => after += 1,
        _ => {}
    }
    let (label, wider, is_label_quoted) = label_before(text, at)?;
    while matches!(bytes.get(after), Some(b' ' | b'\t')) && after - at < 4 {
        after += 1;
    }
    let (value, is_value_quoted) = value_at(text, after)?;
    // `{"a": 1}` and `'a': 1` name what is not quoted, too.
    Some(Labelled {
        label,
        wider,
        value,
        is_quoted: is_value_quoted || is_label_quoted,
    })
}

/// The label that ends before `at`, the start of the same with the word before it, and whether it is
/// quoted.
fn label_before(text: &str, at: usize) -> Option<((usize, usize), usize, bool)> {
    let bytes = text.as_bytes();
    let mut end = at;
    while end > 0 && bytes[end - 1] == b' ' && at - end < 2 {
        end -= 1;
    }
    let quote = bytes[..end]
        .last()
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\''));
    if let Some(quote) = quote {
        end -= 1;
        // `\"a\": …`: an object in a string in a text.
        if bytes[..end].ends_with(b"\\") {
            end -= 1;
        }
        let from = end.saturating_sub(LONGEST_LABEL);
        let open = from + bytes[from..end].iter().rposition(|byte| *byte == quote)?;
        return (open + 1 < end).then_some(((open + 1, end), open + 1, true));
    }
    let word_before = |end: usize| {
        let is_of_label = |byte: &&u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
        };
        let length = bytes[..end]
            .iter()
            .rev()
            .take(LONGEST_LABEL + 1)
            .take_while(is_of_label)
            .count();
        end - length
    };
    let start = word_before(end);
    let has_letter = bytes[start..end]
        .iter()
        .any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    // What follows another colon is a part of a name with colons (`arn:aws:…:secret:…`).
    let is_part = matches!(bytes[..start], [.., name, b':'] if name.is_ascii_alphanumeric());
    if start == end || end - start > LONGEST_LABEL || !has_letter || is_part {
        return None;
    }
    let start = text.ceil_char_boundary(start);
    let wider = if bytes[..start].ends_with(b" ") {
        let wider = text.ceil_char_boundary(word_before(start - 1));
        if end - wider <= LONGEST_LABEL {
            wider
        } else {
            start
        }
    } else {
        start
    };
    Some(((start, end), wider, false))
}

/// The value that starts at `at`, and whether it is quoted.
fn value_at(text: &str, at: usize) -> Option<((usize, usize), bool)> {
    let bytes = text.as_bytes();
    let (open, quote, is_escaped) = match bytes.get(at..)? {
        [b'\\', quote @ (b'"' | b'\''), ..] => (at + 2, *quote, true),
        [quote @ (b'"' | b'\''), ..] => (at + 1, *quote, false),
        _ => {
            let ends = |byte: &u8| {
                byte.is_ascii_whitespace()
                    || matches!(
                        byte,
                        b',' | b';' | b'&' | b')' | b'}' | b']' | b'"' | b'\'' | b'<' | b'>' | b'|'
                    )
            };
            let rest = &bytes[at..];
            let length = rest.iter().take(LONGEST_VALUE).position(ends);
            let end = at + length.unwrap_or(rest.len().min(LONGEST_VALUE));
            return (end > at).then_some(((at, text.floor_char_boundary(end)), false));
        }
    };
    let rest = bytes.get(open..)?;
    let length = rest
        .iter()
        .take(LONGEST_VALUE)
        .position(|byte| *byte == quote)?;
    let end = open + length - usize::from(is_escaped && length > 0);
    Some(((open, end), true))
}

/// The text between the tag that ends at `at` and the next one, which closes it.
fn between_tags(text: &str, at: usize) -> Option<Labelled> {
    let bytes = text.as_bytes();
    let from = at.saturating_sub(2 * LONGEST_LABEL);
    let open = from
        + bytes[from..at]
            .iter()
            .rposition(|byte| matches!(byte, b'<' | b'>'))?;
    if bytes[open] != b'<' {
        return None;
    }
    let start = open + 1;
    let length = bytes[start..at]
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(at - start);
    // A prefix says whose vocabulary the name is of.
    let prefix = bytes[start..start + length]
        .iter()
        .position(|byte| *byte == b':');
    let label_start = start + prefix.map_or(0, |colon| colon + 1);
    let first = bytes.get(label_start)?;
    let rest = bytes.get(at + 1..)?;
    let value = rest
        .iter()
        .take(LONGEST_VALUE)
        .position(|byte| *byte == b'<')?;
    let closes = rest.get(value + 1) == Some(&b'/');
    (closes && first.is_ascii_alphabetic()).then_some(Labelled {
        label: (label_start, start + length),
        wider: label_start,
        value: (at + 1, at + 1 + value),
        is_quoted: true,
    })
}

/// Of a part of a form whose name stands at `name`, the name and what follows the empty line after
/// the part's headers.
fn part_of_form(text: &str, name: (usize, usize)) -> Option<Labelled> {
    const REACH: usize = 256;
    let bytes = text.as_bytes();
    let before = &bytes[name.0.saturating_sub(LONGEST_LABEL)..name.0];
    if !before.windows(9).any(|nine| nine == b"form-data") {
        return None;
    }
    let head = bytes.get(name.1..)?;
    let head = &head[..head.len().min(REACH)];
    let crlf = head
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4);
    let start = name.1
        + crlf.or_else(|| {
            head.windows(2)
                .position(|two| two == b"\n\n")
                .map(|at| at + 2)
        })?;
    let rest = bytes.get(start..)?;
    let length = rest
        .iter()
        .take(LONGEST_VALUE)
        .position(|byte| matches!(byte, b'\r' | b'\n'))?;
    Some(Labelled {
        label: name,
        wider: name.0,
        value: (start, start + length),
        is_quoted: true,
    })
}

/// Whether a label may be a credential's: most words before a colon are not.
fn may_be_credential(label: &str) -> bool {
    let bytes = label.as_bytes();
    let has = |at: usize, part: &str| {
        bytes
            .get(at..at + part.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(part.as_bytes()))
    };
    let starts = |at: usize| match bytes[at].to_ascii_lowercase() {
        b'p' => has(at, "pass") || has(at, "pwd"),
        b's' => ["secret", "senha", "sifre", "salasana"]
            .iter()
            .any(|part| has(at, part)),
        b't' => has(at, "token"),
        b'k' => has(at, "key") || has(at, "kennwort"),
        b'o' => has(at, "otp"),
        b'c' => has(at, "cred") || has(at, "contras"),
        b'w' => has(at, "wachtwoord"),
        b'h' => has(at, "haslo") || has(at, "heslo"),
        b'l' => has(at, "losenord"),
        _ => false,
    };
    !label.is_ascii() || (0..bytes.len()).any(starts)
}

const fn is_credential(class: DataClass) -> bool {
    matches!(
        class,
        DataClass::Password | DataClass::Secret | DataClass::AwsSecretKey | DataClass::PrivateKey
    )
}

/// Whether an unquoted word can be a secret, and is no word of a language, variable or call.
fn is_secret(text: &str, shape: Shape) -> bool {
    const FEWEST: usize = 4;
    let is_expression =
        text.contains(['(', '$', '{', '%', '[', '*']) && !text.contains(['!', '@', '#', '^']);
    let is_mixed = shape.digits > 0
        || shape.has(shape::OTHER)
        || shape.has_all(shape::UPPER | shape::LOWER) && !is_capitalised(text);
    text.len() >= FEWEST && is_mixed && !is_expression
}

/// `Required`: one capital, at the start.
fn is_capitalised(text: &str) -> bool {
    text.chars()
        .skip(1)
        .all(|character| !character.is_uppercase())
}

#[cfg(test)]
mod tests {
    use crate::Engine;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let document = serde_json::json!({ "x": text }).to_string();
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        let value = |start: u32, end: u32| {
            let characters = text.chars().skip(start as usize);
            characters.take((end - start) as usize).collect()
        };
        let findings = scan.findings.iter();
        findings
            .map(|f| (f.class.name(), value(f.start, f.end)))
            .collect()
    }

    #[test]
    fn a_credential_is_found_beside_its_label() {
        for (text, class, value) in [
            (
                "login failed for user marek password=Zx9kkq12aa",
                "PASSWORD",
                "Zx9kkq12aa",
            ),
            ("Password : Zx9!kkq12", "PASSWORD", "Zx9!kkq12"),
            (
                "GET /a?x=1 then passwd=Zx9kkq12&y=2",
                "PASSWORD",
                "Zx9kkq12",
            ),
            ("hash is {:password=>\"Zx9kkq12\"}", "PASSWORD", "Zx9kkq12"),
            (
                "the client secret: 9f8e7d6c5b4a3928",
                "SECRET",
                "9f8e7d6c5b4a3928",
            ),
            ("パスワード：は password: Zx9kkq12", "PASSWORD", "Zx9kkq12"),
            (
                "sent \\\"password\\\": \\\"Zx9kkq12\\\" on",
                "PASSWORD",
                "Zx9kkq12",
            ),
            (
                "<a:Password kind=\"x\">Zx9kkq12</a:Password>",
                "PASSWORD",
                "Zx9kkq12",
            ),
            (
                "--X\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nZx9!kkq12\r\n--X--",
                "PASSWORD",
                "Zx9!kkq12",
            ),
        ] {
            assert_eq!(found(text), [(class, value.to_owned())], "{text}");
        }
    }

    #[test]
    fn what_is_quoted_is_what_its_label_says() {
        assert_eq!(
            found("handler got {'firstName': 'Olu', 'dob': '1984-07-06', 'ok': True}"),
            [
                ("PERSON_NAME", "Olu".to_owned()),
                ("DATE_OF_BIRTH", "1984-07-06".to_owned())
            ]
        );
        assert_eq!(
            found("<b>FirstName</b>: Olu <FirstName>Olu</FirstName>")[0].1,
            "Olu"
        );
    }

    #[test]
    fn what_is_said_about_credentials_is_none() {
        for text in [
            "password: must be changed",
            "Password: Required",
            "password = os.getenv(\"X9\")",
            "password=${DB_PASS1}",
            "token: unexpected end 12",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-Ab12Cd",
            "first_name: Olu",
            "password == stored99",
            "key: value12",
            "password=password",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
