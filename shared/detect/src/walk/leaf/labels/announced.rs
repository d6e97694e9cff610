//! Finds credentials that a word announces without a sign between them: `password is …`,
//! `IDENTIFIED BY '…'`, `--token …`, `define('DB_PASSWORD', '…')`.
//!
//! Each way begins with bytes that are rare in texts: the `w` of `password`, two dashes, or a quote
//! after a bracket or a space.

use super::cut::{is_link, value_at, word_before};
use super::{Labelled, may_be_credential};
use crate::shape::{self, Shape};
use crate::walk::{Field, Walk};

const LONGEST_LABEL: usize = 64;
/// The shortest text with a label and a value.
const SHORTEST: usize = 12;

/// Returns true if `text` may contain a value that a word announces.
#[inline]
pub(in crate::walk::leaf) fn may_announce(text: &str, shape: Shape) -> bool {
    text.len() >= SHORTEST
        && shape.has(shape::SPACE | shape::QUOTE)
        && (shape.digits > 0 || shape.has(shape::QUOTE))
        && has_announcement(text, shape)
}

#[inline(never)]
fn has_announcement(text: &str, shape: Shape) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'w', b'W', bytes).any(|at| is_in_password(bytes, at))
        || shape.has(shape::DASH) && options(bytes).next().is_some()
        || shape.has(shape::QUOTE)
            && memchr::memchr2_iter(b'\'', b'"', bytes).any(|at| begins_argument(bytes, at))
}

/// Returns the offsets of the second dash of each option (` --token`).
fn options(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'-', bytes).filter(|&at| bytes[..at].ends_with(b" -"))
}

/// Returns true if the `w` at `at` is the one of `password`, `passwd` or `Kennwort`.
fn is_in_password(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(4).and_then(|from| bytes.get(from..at));
    before.is_some_and(|word| {
        word.eq_ignore_ascii_case(b"pass") || word.eq_ignore_ascii_case(b"kenn")
    })
}

/// Returns true if the quote at `at` begins the first argument of a call, or follows `BY`.
fn begins_argument(bytes: &[u8], at: usize) -> bool {
    match bytes[..at] {
        [.., name, b'('] => name.is_ascii_alphanumeric(),
        [.., b'(', b' '] | [.., b'B' | b'b', b'Y' | b'y', b' '] => true,
        _ => false,
    }
}

impl Walk<'_> {
    /// Adds the credentials that a word announces to the hits.
    #[inline(never)]
    pub(in crate::walk::leaf) fn search_announced(&mut self, text: &str, field: &Field) {
        let bytes = text.as_bytes();
        let mut from = 0;
        for at in memchr::memchr2_iter(b'w', b'W', bytes) {
            if at >= from
                && is_in_password(bytes, at)
                && let Some(labelled) = after_password(text, at)
            {
                from = self
                    .ask_label(text, labelled, labelled.label.0, field)
                    .unwrap_or(at);
            }
        }
        for at in options(bytes) {
            if let Some(labelled) = of_option(text, at + 1) {
                self.ask_label(text, labelled, labelled.label.0, field);
            }
        }
        for at in memchr::memchr2_iter(b'\'', b'"', bytes) {
            if !begins_argument(bytes, at) {
                continue;
            }
            if bytes[..at].ends_with(b" ") && !bytes[..at].ends_with(b"( ") {
                self.search_identified(text, at);
            } else if let Some(labelled) = of_call(text, at) {
                self.ask_label(text, labelled, labelled.label.0, field);
            }
        }
    }

    /// Adds the password in `IDENTIFIED BY '…'` (SQL), whose quote is at `at`.
    fn search_identified(&mut self, text: &str, at: usize) {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let is_announced = before.len().checked_sub(13).is_some_and(|from| {
            let words = before.as_bytes().get(from..).unwrap_or_default();
            words.eq_ignore_ascii_case(b"identified by")
        });
        if let Some(value) = value_at(text, at).filter(|_| is_announced) {
            self.ask_as(text, "password", value);
        }
    }
}

/// Returns the word with the `w` at `at` and the value after it: `PASSWORD 'x'`, `password is x`,
/// `--password x`.
fn after_password(text: &str, at: usize) -> Option<Labelled> {
    let bytes = text.as_bytes();
    let goes_on = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let end = at
        + bytes[at..]
            .iter()
            .take(LONGEST_LABEL)
            .take_while(goes_on)
            .count();
    let start = text.ceil_char_boundary(word_before(bytes, end));
    let is_option = bytes[start..].starts_with(b"--");
    let label_start = start + if is_option { 2 } else { 0 };
    let value_start = match bytes.get(end..)? {
        [b' ' | b'(', b'\'' | b'"', ..] => end + 1,
        [b' ', ..] if is_option => end + 1,
        [b' ', ..] => after_link(text, end + 1)?,
        _ => return None,
    };
    let value = value_at(text, value_start)?;
    let is_quoted = matches!(bytes[value_start], b'\'' | b'"');
    let written = text.get(value.0..value.1)?;
    (is_quoted || is_likely(written)).then_some(Labelled {
        label: (label_start, end),
        value: (
            value.0,
            value.0 + written.trim_end_matches(['.', '?', ':']).len(),
        ),
        is_quoted: false,
    })
}

/// Returns the start of the value after a word that links it to its label.
fn after_link(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let (word, after) = rest.split_once(' ')?;
    let word_end = at + word.len();
    let is_value_next = is_link(word) && !after.starts_with(' ');
    is_value_next.then_some(word_end + 1)
}

/// Returns true for a word of small letters and digits, as in sentences only a secret is.
fn is_likely(word: &str) -> bool {
    const FEWEST: usize = 6;
    word.len() >= FEWEST
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Returns the name of an option, which starts at `at`, and its value.
fn of_option(text: &str, at: usize) -> Option<Labelled> {
    let bytes = text.as_bytes();
    let is_of_name =
        |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let length = bytes
        .get(at..)?
        .iter()
        .take(LONGEST_LABEL)
        .take_while(is_of_name)
        .count();
    let end = at + length;
    let label = text.get(at..end)?;
    if bytes.get(end) != Some(&b' ') || !may_be_credential(label) {
        return None;
    }
    let value = value_at(text, end + 1)?;
    is_likely(text.get(value.0..value.1)?).then_some(Labelled {
        label: (at, end),
        value,
        is_quoted: false,
    })
}

/// Returns true if the call whose first argument starts at `at` sets a value: `define(`, `setenv(`,
/// `headers.put(`.
fn sets_a_value(text: &str, at: usize) -> bool {
    const CALLS: [&str; 9] = [
        "define", "set", "putenv", "setenv", "put", "add", "append", "header", "env",
    ];
    let before = text.get(..at).unwrap_or_default();
    let name_end = before.trim_end_matches([' ', '(']).len();
    let start = text.ceil_char_boundary(word_before(text.as_bytes(), name_end));
    let call = text.get(start..name_end).unwrap_or_default();
    let name = call.rsplit(['.', '>', '-']).next().unwrap_or(call);
    CALLS.iter().any(|known| {
        let head = name.get(..known.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(known))
    })
}

/// Returns the first argument of a call, whose quote is at `at`, and the second.
fn of_call(text: &str, at: usize) -> Option<Labelled> {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let rest = bytes.get(at + 1..)?;
    let length = rest
        .iter()
        .take(LONGEST_LABEL)
        .position(|byte| *byte == quote)?;
    let end = at + 1 + length;
    if !sets_a_value(text, at) || !may_be_credential(text.get(at + 1..end)?) {
        return None;
    }
    if bytes.get(end + 1) != Some(&b',') {
        return None;
    }
    let spaces = bytes[end + 2..]
        .iter()
        .take(4)
        .take_while(|byte| **byte == b' ')
        .count();
    let value_start = end + 2 + spaces;
    matches!(bytes.get(value_start), Some(b'\'' | b'"')).then_some(())?;
    Some(Labelled {
        label: (at + 1, end),
        value: value_at(text, value_start)?,
        is_quoted: false,
    })
}
