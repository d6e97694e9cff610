//! Continues behind damage.
//!
//! A document that breaks the grammar of JSON must not hide the documents after it. Reading
//! continues at the next position that looks like the beginning of a document:
//!
//! - A line that begins with a bracket and is indented no deeper than the file's documents. If the
//!   damaged document contains such lines, reading continues at the first of them, because a
//!   missing bracket is often noticed only in the next document.
//! - Within a line, an object whose first two keys are those of the file's other documents.
//! - In an array, the end of an element whose first bracket is missing. Such an element begins with
//!   a key, so it is followed to its last bracket.
//!
//! Three parts of a damaged document look like whole documents and are taken for them: an object at
//! the beginning of a line that is indented no deeper than the documents; an object with the same
//! first two keys (the same first key, if the first document is damaged before its second); and the
//! value with which a file begins whose beginning was cut off.
//!
//! The bytes in between are reported as damaged. No byte is followed more than twice: after reading
//! has gone back into a damaged document, every line in it that looks like a beginning is taken as
//! one.

use std::io::BufRead;

use super::window::{Cursor, is_blank};
use super::{Mode, Splitter};
use crate::input::grammar::Grammar;

/// The maximum distance between the bracket of an object and its first key, in bytes, at which the
/// key is recognised.
const KEY_DISTANCE_MAX: usize = 64;

impl<R: BufRead> Splitter<R> {
    /// Returns the string from `begin` to the cursor, without its quotes, if a colon follows on the
    /// same line: it is the first key of an object whose first bracket is missing.
    pub(super) fn key_from(&mut self, begin: Cursor, last: u8) -> Option<Vec<u8>> {
        if last != b'"' {
            return None;
        }
        let mut distance = 0;
        let next = loop {
            distance += 1;
            let byte = *self.window.look_ahead(distance).get(distance - 1)?;
            if byte == b'\n' || !is_blank(byte) {
                break byte;
            }
        };
        let quoted = self.bytes_from(begin).filter(|_| next == b':')?;
        Some(quoted.strip_prefix(b"\"")?.strip_suffix(b"\"")?.to_vec())
    }

    /// Remembers the keys of the first document. A damaged document has at least some of its keys.
    pub(super) fn know_opening(&mut self, grammar: &Grammar) {
        if self.opening.is_none() && !grammar.keys()[0].is_empty() {
            self.opening = Some(grammar.keys().clone());
        }
    }

    /// Returns true unless a document that was found by its first key lacks the second key of the
    /// others. Such a document is taken for a part of the damaged one.
    pub(super) fn is_expected(&self, grammar: &Grammar) -> bool {
        match &self.opening {
            Some([_, second]) if !second.is_empty() => grammar.keys()[1] == *second,
            _ => true,
        }
    }

    /// Skips to the next position that looks like the beginning of a document.
    pub(super) fn resynchronise(&mut self, damaged: Cursor, grammar: &Grammar) {
        let is_past = |cursor: &Cursor| cursor.offset > damaged.offset;
        let first_key = self.opening.as_ref().map(|[first, _]| first.clone());
        // There is one bracket too many between two elements of an array, so the next object is the
        // next element, whatever its keys are.
        let takes_any = self.mode == Mode::Elements
            && grammar.is_untouched()
            && self.window.peek() == Some(b'}');
        // There is one bracket too many before the first key of the file.
        if first_key.is_none() && self.window.peek() == Some(b'{') && is_past(&self.window.cursor) {
            return;
        }
        let mut previous = 0;
        while let Some(byte) = self.window.peek() {
            self.window.needed_from = self.window.cursor.offset;
            if is_past(&self.window.cursor) {
                if self.looks_like_a_beginning(byte) {
                    return;
                }
                let is_end_of_array = self.mode == Mode::Elements
                    && byte == b']'
                    && self.window.cursor.is_in_margin()
                    && self.window.cursor.indent < damaged.indent;
                if is_end_of_array || (takes_any && byte == b'{' && previous == b',') {
                    return;
                }
                if byte == b'{'
                    && let Some(key) = &first_key
                    && self.has_first_key(key)
                {
                    self.is_found_by_key = true;
                    return;
                }
            }
            self.window.cursor.pass(byte);
            if !is_blank(byte) {
                previous = byte;
            }
        }
    }

    /// Returns true if the object at the cursor has this first key.
    fn has_first_key(&mut self, key: &[u8]) -> bool {
        let ahead = self.window.look_ahead(1 + KEY_DISTANCE_MAX + key.len() + 2);
        let after_bracket = ahead.get(1..).unwrap_or_default().trim_ascii_start();
        let in_quotes = after_bracket.strip_prefix(b"\"");
        in_quotes.is_some_and(|text| text.starts_with(key) && text.get(key.len()) == Some(&b'"'))
    }
}
