//! Reads the spelling of JSON's white space, strings, numbers and words.
//!
//! Each function reads from a position in a text and returns the position after what it read. None
//! knows the grammar around it.

use super::{JsonError, JsonFault, Literal};
use crate::names::{NameHash, NameHasher};

fn fault<T>(offset: usize, fault: JsonFault) -> Result<T, JsonError> {
    Err(JsonError { offset, fault })
}

/// Returns the error for a text that continues with an unexpected byte, or ends.
#[cold]
pub(crate) fn unexpected(bytes: &[u8], at: usize) -> JsonError {
    JsonError {
        offset: at,
        fault: match bytes.get(at) {
            Some(_) => JsonFault::Unexpected,
            None => JsonFault::End,
        },
    }
}

/// Passes a byte that is required here.
#[inline]
pub(crate) fn expect(bytes: &[u8], at: usize, byte: u8) -> Result<usize, JsonError> {
    if bytes.get(at) == Some(&byte) {
        return Ok(at + 1);
    }
    Err(unexpected(bytes, at))
}

#[inline]
pub(crate) fn whitespace(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

#[inline]
pub(crate) fn literal(bytes: &[u8], at: usize, literal: Literal) -> Result<usize, JsonError> {
    let word: &[u8] = match literal {
        Literal::True => b"true",
        Literal::False => b"false",
        Literal::Null => b"null",
    };
    if !bytes[at..].starts_with(word) {
        return fault(at, JsonFault::Unexpected);
    }
    Ok(at + word.len())
}

#[inline]
fn digits(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    let mut end = at;
    while let Some(b'0'..=b'9') = bytes.get(end) {
        end += 1;
    }
    if end == at {
        return fault(at, JsonFault::Number);
    }
    Ok(end)
}

#[inline]
pub(crate) fn number(bytes: &[u8], mut at: usize) -> Result<usize, JsonError> {
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match bytes.get(at) {
        Some(b'0') => at + 1,
        _ => digits(bytes, at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        at = digits(bytes, at)?;
    }
    if let Some(b'0'..=b'9' | b'.' | b'a'..=b'z' | b'A'..=b'Z' | b'_') = bytes.get(at) {
        return fault(at, JsonFault::Number);
    }
    Ok(at)
}

/// Reads a string without escapes from its opening quotation mark. Returns `None` if there is no
/// such string, and `undone_string` then finds the reason.
#[inline]
pub(crate) fn plain_string(bytes: &[u8], at: usize) -> Option<usize> {
    let end = plain_end(bytes, at + 1);
    (bytes.get(end) == Some(&b'"')).then_some(end + 1)
}

/// Reads any string from its opening quotation mark, and writes it unescaped, between quotation
/// marks.
#[cold]
pub(crate) fn undone_string(
    text: &str,
    at: usize,
    undone: &mut String,
) -> Result<usize, JsonError> {
    let bytes = text.as_bytes();
    if undone.capacity() == 0 {
        undone.reserve(256.min(bytes.len() - at));
    }
    undone.push('"');
    let mut at = at + 1;
    loop {
        let end = plain_end(bytes, at);
        undone.push_str(&text[at..end]);
        at = end;
        match bytes.get(at) {
            Some(b'"') => {
                undone.push('"');
                return Ok(at + 1);
            }
            Some(b'\\') => {
                let (character, after) = escape(bytes, at)?;
                undone.push(character);
                at = after;
            }
            Some(_) => return fault(at, JsonFault::Control),
            None => return fault(at, JsonFault::End),
        }
    }
}

/// Reads an escape from its backslash.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), JsonError> {
    let character = match bytes.get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes, at),
        Some(_) => return fault(at + 1, JsonFault::Escape),
        None => return fault(at + 1, JsonFault::End),
    };
    Ok((character, at + 2))
}

fn unicode_escape(bytes: &[u8], at: usize) -> Result<(char, usize), JsonError> {
    let first = hex4(bytes, at + 2)?;
    let after_first = at + 6;
    let is_high = (0xD800..0xDC00).contains(&first);
    if is_high && bytes[after_first..].starts_with(b"\\u") {
        let second = hex4(bytes, after_first + 2)?;
        if (0xDC00..0xE000).contains(&second) {
            let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            return Ok((character, after_first + 6));
        }
    }
    // Half of a surrogate pair is not a character. The engine turns it into a question mark when it
    // writes the value as UTF-8.
    Ok((char::from_u32(first).unwrap_or('?'), after_first))
}

fn hex4(bytes: &[u8], start: usize) -> Result<u32, JsonError> {
    let mut code = 0;
    for at in start..start + 4 {
        let Some(digit) = bytes
            .get(at)
            .and_then(|&byte| char::from(byte).to_digit(16))
        else {
            return fault(at, JsonFault::Escape);
        };
        code = code * 16 + digit;
    }
    Ok(code)
}

/// A key without escapes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainKey {
    /// The position after its closing quotation mark.
    pub(crate) end: usize,
    pub(crate) hash: NameHash,
    /// True if it contains a dot.
    pub(crate) dotted: bool,
}

/// Like `plain_string`, for a key.
#[inline]
pub(crate) fn plain_key(bytes: &[u8], at: usize) -> Option<PlainKey> {
    let mut hasher = NameHasher::default();
    let mut dots = 0;
    let (words, _) = bytes.get(at + 1..)?.as_chunks();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let special = specials(word);
        if special == 0 {
            hasher.add(word);
            dots |= equal(word, b'.');
            continue;
        }
        let length = special.trailing_zeros() / 8;
        if word >> (8 * length) & 0xff != u64::from(b'"') {
            return None;
        }
        let name = word & ((1 << (8 * length)) - 1);
        return Some(PlainKey {
            end: at + 1 + 8 * place + length as usize + 1,
            hash: hasher.finish(name, length as usize),
            dotted: dots | equal(name, b'.') != 0,
        });
    }
    // Too near the end of the text to be read by words.
    let end = plain_string(bytes, at)?;
    let name = &bytes[at + 1..end - 1];
    Some(PlainKey {
        end,
        hash: NameHash::of(name),
        dotted: name.contains(&b'.'),
    })
}

/// Returns the position at which a string stops being plain: at a quotation mark, a backslash, a
/// control character or the end. It reads eight bytes at a time, because most of an event is
/// strings.
#[inline]
fn plain_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let (words, rest) = bytes.get(start..).unwrap_or_default().as_chunks();
    for word in words {
        let special = specials(u64::from_le_bytes(*word));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < 0x20;
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

const EACH: u64 = u64::MAX / 0xff;
const HIGH: u64 = EACH << 7;

/// Marks the bytes that end a plain string by their high bit. Bytes after the first such byte may
/// be marked wrongly, but none before it.
#[inline]
fn specials(word: u64) -> u64 {
    let quotes = (word ^ (EACH * u64::from(b'"'))).wrapping_sub(EACH);
    let backslashes = (word ^ (EACH * u64::from(b'\\'))).wrapping_sub(EACH);
    let controls = word.wrapping_sub(EACH * 0x20);
    (quotes | backslashes | controls) & !word & HIGH
}

/// Marks the bytes that equal `byte`, in the same way.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let zeros = word ^ (EACH * u64::from(byte));
    zeros.wrapping_sub(EACH) & !zeros & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strings_end_is_found_wherever_it_stands() {
        for end in ['"', '\\', '\u{1f}', '\0'] {
            for length in 0..40 {
                let text = format!(
                    "{}{end}ÿ more",
                    "é ~".repeat(20).chars().take(length).collect::<String>()
                );
                let expected = text.find(end).unwrap();
                assert_eq!(plain_end(text.as_bytes(), 0), expected, "{end:?} {length}");
            }
        }
        let plain = "nothing \u{7f} special ÿ".as_bytes();
        assert_eq!(plain_end(plain, 0), plain.len());
    }

    #[test]
    fn a_plain_key_is_hashed_and_its_dots_are_seen() {
        for name in [
            "",
            "a",
            "é",
            "a.b",
            "eightlet",
            "eight.let.",
            "nine-lett.",
            "a longer name",
        ] {
            for after in ["", ":", ": 1, \"b.c\": 2, \"d\": 3"] {
                let text = format!("\"{name}\"{after}");
                let key = plain_key(text.as_bytes(), 0).unwrap();
                assert_eq!(key.end, name.len() + 2);
                assert_eq!(key.hash, NameHash::of(name.as_bytes()));
                assert_eq!(key.dotted, name.contains('.'), "{name}");
            }
        }
        for text in ["\"", "\"a", "\"a\\n\"", "\"a\n\"", "\"a\\nbcdefghijk\""] {
            assert!(plain_key(text.as_bytes(), 0).is_none(), "{text}");
        }
    }
}
