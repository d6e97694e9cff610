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
//! - In a list of records, `{"Records":[…]}`, each whole record (`records.rs`).
//!
//! Two parts of a damaged document look like whole documents and are taken for them: an object at the
//! beginning of a line that is indented no deeper than the documents, and an object with the same
//! first two keys (the same first key, if the first document is damaged before its second). If the
//! beginning of a file was cut off, the rest of the first document is skipped, except for elements of
//! a pretty-printed array if the file begins with them.
//!
//! The bytes in between are reported as damaged. No byte is followed more than twice: after reading
//! has gone back into a damaged document, every line in it that looks like a beginning is taken as
//! one.

use std::io::BufRead;

use super::window::{Cursor, is_blank};
use super::{Mode, Piece, Splitter, records};
use crate::input::DOCUMENT_MAX;
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
    ///
    /// Keeps the bytes of a list of records (`is_list`), up to the size of the largest document.
    pub(super) fn resynchronise(&mut self, damaged: Cursor, grammar: &Grammar, is_list: bool) {
        let is_past = |cursor: &Cursor| cursor.offset > damaged.offset;
        let first_key = self.opening.as_ref().map(|[first, _]| first.clone());
        // There is one bracket too many between two elements of an array, so the next object is the
        // next element, whatever its keys are.
        let takes_any = self.mode == Mode::Elements
            && grammar.is_untouched()
            && self.window.peek() == Some(b'}');
        let is_next = |previous: u8, is_in_records: bool| match previous {
            b',' => takes_any || is_in_records,
            // A comma may be missing, and the damage may be found at the bracket.
            0 | b'[' | b'}' => is_in_records,
            _ => false,
        };
        // There is one bracket too many before the first key of the file.
        if first_key.is_none() && self.window.peek() == Some(b'{') && is_past(&self.window.cursor) {
            return;
        }
        let mut previous = 0;
        while let Some(byte) = self.window.peek() {
            let length = self.window.cursor.offset - damaged.offset;
            if !is_list || length > DOCUMENT_MAX as u64 {
                self.window.needed_from = self.window.cursor.offset;
            }
            if is_past(&self.window.cursor) {
                if self.looks_like_a_beginning(byte, is_list) {
                    return;
                }
                let is_end_of_array = self.mode == Mode::Elements
                    && byte == b']'
                    && self.window.cursor.is_in_margin()
                    && self.window.cursor.indent < damaged.indent;
                if is_end_of_array || (byte == b'{' && is_next(previous, self.is_in_records)) {
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

    /// Returns true if a line that begins with this byte may be the first line of a document. In a
    /// list of records (`is_list`) an object may be a record, unless it begins such a list itself.
    pub(super) fn looks_like_a_beginning(&mut self, byte: u8, is_list: bool) -> bool {
        matches!(byte, b'{' | b'[')
            && self.window.cursor.is_in_margin()
            && self.is_not_deeper()
            && (!is_list || self.has_first_key(records::NAME))
    }

    /// Returns true if the value at the cursor begins a list of records. Its bytes are kept until
    /// its end, so that the records can be rescued.
    pub(super) fn begins_list_of_records(&mut self) -> bool {
        !self.is_in_records
            && records::begin_of_list(self.window.look_ahead(records::HEAD_MAX)).is_some()
    }

    /// Returns the first piece of a damaged list of records, and keeps the others for later. Returns
    /// nothing if no record in it is whole.
    pub(super) fn rescue(&mut self, document: &[u8], begin: Cursor) -> Option<Piece> {
        self.waiting = records::rescue(document, begin.line, begin.offset);
        self.waiting.pop_front()
    }

    /// Returns true if the first value of a file is a part of a document whose beginning was cut
    /// off: its last bracket is indented deeper than its first, or a key or a bracket of that
    /// document follows.
    pub(super) fn is_part_of_cut_document(&mut self, begin: Cursor, last: Cursor) -> bool {
        if self.mode != Mode::Values {
            return false;
        }
        let is_deeper = last.line > begin.line && last.is_in_margin() && last.indent > begin.indent;
        let mut has_comma = false;
        let mut distance = 0;
        is_deeper
            || loop {
                distance += 1;
                match self.window.look_ahead(distance).get(distance - 1) {
                    Some(b',') => has_comma = true,
                    Some(byte) if is_blank(*byte) => {}
                    Some(b'"') => break has_comma,
                    Some(b'}' | b']') => break true,
                    _ => break false,
                }
            }
    }

    /// Returns true if the object at the cursor has this first key.
    pub(super) fn has_first_key(&mut self, key: &[u8]) -> bool {
        let ahead = self.window.look_ahead(1 + KEY_DISTANCE_MAX + key.len() + 2);
        let after_bracket = ahead.get(1..).unwrap_or_default().trim_ascii_start();
        let in_quotes = after_bracket.strip_prefix(b"\"");
        in_quotes.is_some_and(|text| text.starts_with(key) && text.get(key.len()) == Some(&b'"'))
    }
}
