//! Finds values that a text labels: `password=…` in prose, `'firstName': 'Olu'` in a printed
//! object, `<Password>…</Password>`, and the parts of a form (RFC 7578).
//!
//! The label of a quoted value, or of one between tags, is believed. A value without quotes counts
//! only if it is a credential, because in prose anything may follow a word and a colon. The cuts are
//! in files of their own, and half of this one is tests of them.

mod announced;
mod cut;
mod segments;
mod tables;

use super::Candidate;
use crate::class::DataClass;
use crate::detectors::Value;
use crate::field_name::Roles;
use crate::json::RawString;
use crate::shape::{self, Shape};
use crate::walk::{Field, Walk};
use cut::{beside, between_tags, part_of_form, with_word_before};

const LONGEST_LABEL: usize = 64;
const LONGEST_VALUE: usize = 512;
/// The most words of a label in prose (`mot de passe`).
const MOST_WORDS: usize = 3;
/// The highest confidence. A value beside its label is less sure than one in its own field.
const MOST_CONFIDENCE: u8 = 80;

/// A value and its label, in bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Labelled {
    label: (usize, usize),
    value: (usize, usize),
    is_quoted: bool,
}

pub(super) use announced::may_announce;
pub(super) use segments::has_segments;
pub(super) use tables::may_hold_table;

/// Returns true if `text` may contain a labelled value.
#[inline]
pub(super) fn may_hold(text: &str, shape: Shape) -> bool {
    // A space or a quote stands beside the colon of a label, but not in times, addresses and ARNs.
    let may_have_label =
        shape.has(shape::COLON) && shape.has(shape::SPACE | shape::QUOTE | shape::NON_ASCII);
    let may_have_tag = shape.has_all(shape::LESS_THAN | shape::SLASH);
    shape.has(shape::EQUALS)
        || if may_have_tag || shape.has(shape::QUOTE) {
            (may_have_label || may_have_tag) && has_label_or_tag(text)
        } else {
            may_have_label && has_label_or_tag(text) && has_plain_label(text)
        }
}

/// Returns true if a text without quotes has a label, which can then only be a credential's.
#[inline(never)]
fn has_plain_label(text: &str) -> bool {
    memchr::memchr_iter(b':', text.as_bytes()).any(|at| beside(text, at).is_some())
}

#[inline(never)]
fn has_label_or_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b':', b'<', bytes).any(|at| {
        let before = bytes[..at].last().copied().unwrap_or_default();
        let after = bytes.get(at + 1).copied().unwrap_or_default();
        let ends_label = before.is_ascii_alphabetic()
            || matches!(before, b'"' | b'\'' | b' ')
            || !before.is_ascii();
        match bytes[at] {
            b'<' => after == b'/',
            _ => {
                ends_label
                    && (matches!(after, b' ' | b'"' | b'\'' | b'\\' | b'=')
                        || after.is_ascii_alphanumeric()
                            && before != b' '
                            && ends_credential(text, at))
            }
        }
    })
}

impl Walk<'_> {
    /// Adds the labelled values of the text to the hits.
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

    /// Asks the detectors that a label enables. Returns the end of the value, if it is one.
    fn search_labelled(&mut self, text: &str, labelled: Labelled, field: &Field) -> Option<usize> {
        let (start, end) = labelled.label;
        let label = text.get(start..end)?;
        if label == "name" && labelled.is_quoted {
            // In a part of a form, the value of `name` is the label of the following content.
            if let Some(part) = part_of_form(text, labelled.value) {
                return self.ask_label(text, part, part.label.0, field);
            }
        }
        let mut wider = start;
        for _ in 0..MOST_WORDS {
            let found = self.ask_label(text, labelled, wider, field);
            let next = with_word_before(text, (wider, end));
            if found.is_some() || next == wider || labelled.is_quoted {
                return found;
            }
            wider = next;
        }
        None
    }

    fn ask_label(
        &mut self,
        text: &str,
        labelled: Labelled,
        start: usize,
        field: &Field,
    ) -> Option<usize> {
        let label = text.get(start..labelled.label.1)?;
        self.ask_under(text, label, labelled, field)
    }

    /// Asks for a password that no label in the text names.
    fn ask_as(&mut self, text: &str, label: &str, value: (usize, usize)) {
        let labelled = Labelled {
            label: (0, 0),
            value,
            is_quoted: false,
        };
        self.ask_under(text, label, labelled, &Field::default());
    }

    fn ask_under(
        &mut self,
        text: &str,
        label: &str,
        labelled: Labelled,
        field: &Field,
    ) -> Option<usize> {
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
            let above = field.above.or(Roles::QUERY);
            let is_satisfied = meaning.is_satisfied || names.roles.has(above);
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
                roles: above.or(name.roles),
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

/// The beginnings of the words for credentials, in small letters.
const CREDENTIALS: [&str; 22] = [
    "pass",
    "pw",
    "secret",
    "senha",
    "sifre",
    "salasana",
    "token",
    "key",
    "kennwort",
    "otp",
    "cred",
    "contras",
    "wachtwoord",
    "haslo",
    "heslo",
    "losenord",
    "parol",
    "lozink",
    "geslo",
    "jelszo",
    "clave",
    "mdp",
];

/// By a letter, one bit for each letter that follows it at the start of one of [`CREDENTIALS`].
const FOLLOWERS: [u32; 32] = {
    let mut followers = [0; 32];
    let mut word = 0;
    while word < CREDENTIALS.len() {
        let letters = CREDENTIALS[word].as_bytes();
        followers[letters[0] as usize & 0x1f] |= 1 << (letters[1] & 0x1f);
        word += 1;
    }
    followers
};

/// Returns true if a label may be a credential's. Most words before a colon are not.
fn may_be_credential(label: &str) -> bool {
    let bytes = label.as_bytes();
    let starts = |at: usize| {
        CREDENTIALS.iter().any(|word| {
            let part = bytes.get(at..at + word.len());
            part.is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        })
    };
    let mut pairs = bytes.windows(2).enumerate();
    !label.is_ascii()
        || pairs.any(|(at, pair)| {
            let followers = FOLLOWERS[usize::from(pair[0] & 0x1f)];
            followers >> (pair[1] & 0x1f) & 1 == 1 && starts(at)
        })
}

/// Returns true if the word that ends at `end` may be a credential's label.
fn ends_credential(text: &str, end: usize) -> bool {
    const REACH: usize = 24;
    let from = text.ceil_char_boundary(end.saturating_sub(REACH));
    let near = text.get(from..end).unwrap_or_default();
    may_be_credential(near.rsplit(' ').next().unwrap_or(near))
}

const fn is_credential(class: DataClass) -> bool {
    matches!(
        class,
        DataClass::Password | DataClass::Secret | DataClass::AwsSecretKey | DataClass::PrivateKey
    )
}

/// Returns true if an unquoted word can be a secret, and is not a word of a language, a variable or
/// a call.
fn is_secret(text: &str, shape: Shape) -> bool {
    const FEWEST: usize = 4;
    let is_expression =
        text.contains(['(', '$', '{', '%', '[', '*']) && !text.contains(['!', '@', '#', '^']);
    let is_mixed = shape.digits > 0
        || shape.has(shape::OTHER)
        || shape.has(shape::UPPER) && shape.has(shape::LOWER) && !is_capitalised(text);
    text.len() >= FEWEST && is_mixed && !is_expression
}

/// Recognises `Required`: one capital, at the start.
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
            ("mot de passe : Kirsche77x", "PASSWORD", "Kirsche77x"),
            ("Nueva contraseña: Kirsche77x", "PASSWORD", "Kirsche77x"),
            ("новый пароль: Kirsche77x", "PASSWORD", "Kirsche77x"),
            ("密码：Kirsche77x", "PASSWORD", "Kirsche77x"),
            ("login with password:Kirsche77x", "PASSWORD", "Kirsche77x"),
            ("Ihr Passwort lautet: Kirsche77x", "PASSWORD", "Kirsche77x"),
            ("hasło to: Kirsche77x", "PASSWORD", "Kirsche77x"),
            (
                "os.environ['SECRET_KEY'] = 'k9f8e7d6c5b4'",
                "SECRET",
                "k9f8e7d6c5b4",
            ),
            (
                "$config[\"db_password\"] = \"Kirsche77x\";",
                "PASSWORD",
                "Kirsche77x",
            ),
            (
                "Array ( [password] => Kirsche77x )",
                "PASSWORD",
                "Kirsche77x",
            ),
            ("PGPASSWORD=Kirsche77x psql -h db", "PASSWORD", "Kirsche77x"),
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
    fn a_credential_is_found_after_a_word_that_announces_it() {
        for (text, class, value) in [
            (
                "CREATE USER 'app'@'%' IDENTIFIED BY 'Kirsche77x'",
                "PASSWORD",
                "Kirsche77x",
            ),
            (
                "alter user app identified by \"Kirsche77x\"",
                "PASSWORD",
                "Kirsche77x",
            ),
            (
                "ALTER ROLE shop WITH LOGIN PASSWORD 'Kirsche77x' VALID",
                "PASSWORD",
                "Kirsche77x",
            ),
            (
                "define( 'DB_PASSWORD', 'Kirsche77x' );",
                "PASSWORD",
                "Kirsche77x",
            ),
            (
                "setenv(\"API_KEY\", \"9f8e7d6c5b4a3928\");",
                "SECRET",
                "9f8e7d6c5b4a3928",
            ),
            ("Your password is Kirsche77x.", "PASSWORD", "Kirsche77x"),
            (
                "Ihr Kennwort lautet Kirsche77x und",
                "PASSWORD",
                "Kirsche77x",
            ),
            (
                "mysqldump --password Kirsche77x shop",
                "PASSWORD",
                "Kirsche77x",
            ),
            (
                "deploy --api-key 9f8e7d6c5b4a3928 now",
                "SECRET",
                "9f8e7d6c5b4a3928",
            ),
        ] {
            assert_eq!(found(text), [(class, value.to_owned())], "{text}");
        }
        for text in [
            "Your password is too weak, use 8 characters",
            "the password is SHA256 hashed",
            "password was changed 14 days ago",
            "CREATE INDEX x ORDER BY 'created9at'",
            "assertEquals('password', 'username1')",
            "run with --token-file /etc/token99 or --key path1",
            "INSERT INTO t SELECT 1 -- password policy v2abc",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
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
