//! Splits the bytes of one file into documents.
//!
//! A file is JSON Lines if its first line is a complete document. Otherwise it contains JSON values
//! one after the other, pretty-printed or not. An array at the top of a file is split into its
//! elements, because event archives are exported as arrays.
//!
//! `line.rs` takes lines apart, `damage.rs` says what happens to a document that breaks the grammar of
//! JSON, and `records.rs` rescues the records of a damaged payload. Memory is bounded by the largest
//! document.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::grammar::{Effect, Grammar, breaks, is_inside_a_document, is_json};
use super::{DOCUMENT_MAX, Input};
use window::{Cursor, Window, is_blank};

mod damage;
mod line;
mod records;
mod window;

/// One piece of a file.
pub(super) struct Piece {
    /// The line on which the piece begins, from 1.
    pub(super) line: u64,
    /// The offset at which the piece begins, in bytes of the decompressed file.
    pub(super) offset: u64,
    pub(super) input: Input,
    /// True if the document is one record of a damaged list, without the envelope around it.
    pub(super) is_record: bool,
}

/// The arrangement of documents in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Unknown until the first line has been read.
    Unknown,
    /// One document on each line.
    Lines,
    /// One document after the other, each over any number of lines.
    Values,
    /// Documents are the elements of one array.
    Elements,
}

/// Splits a file into documents.
pub(super) struct Splitter<R> {
    window: Window<R>,
    mode: Mode,
    /// Pieces that were found together with one that was returned.
    waiting: VecDeque<Piece>,
    /// True if the file is the damaged list of [`records`].
    is_in_records: bool,
    /// True once a value was read.
    has_begun: bool,
    /// The end of the bytes that are being followed for the second time.
    second_time_until: u64,
    /// The first two keys of the file's first object, by which other documents are recognised.
    opening: Option<[Vec<u8>; 2]>,
    /// True if the next document was found by its first key.
    is_found_by_key: bool,
    /// The deepest indentation at which a document began.
    indent: usize,
}

impl<R: BufRead> Splitter<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            window: Window::new(reader),
            mode: Mode::Unknown,
            waiting: VecDeque::new(),
            is_in_records: false,
            has_begun: false,
            second_time_until: 0,
            opening: None,
            is_found_by_key: false,
            indent: 0,
        }
    }

    /// Returns the next piece of the file. An error of the reader is returned after everything that
    /// was read before it.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        if let Some(piece) = self.waiting.pop_front() {
            return Ok(Some(piece));
        }
        if self.mode == Mode::Unknown {
            self.skip_mark_and_blanks();
            if let Some(piece) = self.rest_of_a_cut_line() {
                return Ok(Some(piece));
            }
            self.mode = self.find_mode();
        }
        let piece = match self.mode {
            Mode::Lines => self.next_line(),
            _ => self.next_value(),
        };
        match (piece, self.window.failed.take()) {
            (Some(piece), failed) => {
                self.window.failed = failed;
                Ok(Some(piece))
            }
            (None, Some(error)) => Err(error),
            (None, None) => Ok(None),
        }
    }

    fn skip_mark_and_blanks(&mut self) {
        if self.window.cursor.offset == 0 && self.window.look_ahead(3).starts_with(b"\xef\xbb\xbf")
        {
            self.window.cursor.offset = 3;
        }
        while let Some(byte) = self.window.peek().filter(|byte| is_blank(*byte)) {
            self.window.cursor.pass(byte);
        }
        self.window.needed_from = self.window.cursor.offset;
    }

    /// Returns JSON Lines if the first line is a complete document.
    fn find_mode(&mut self) -> Mode {
        let Some(first) = self.window.peek() else {
            return Mode::Lines;
        };
        let line_end = self.window.find_line_end(0);
        if !matches!(first, b'{' | b'[') {
            // This may be the rest of a pretty-printed document whose beginning was cut off.
            let is_inside = line_end.is_some_and(|end| {
                let next_end = self.window.find_line_end(end + 1);
                let rest = self.window.rest();
                let second = rest.get(end + 1..next_end.unwrap_or(rest.len()));
                let lines = [rest.get(..end), second].into_iter().flatten();
                lines.into_iter().any(is_inside_a_document)
            });
            return if is_inside { Mode::Values } else { Mode::Lines };
        }
        let is_only_line = match line_end {
            Some(end) => self.window.look_ahead(end + 2).len() == end + 1,
            None => true,
        };
        let rest = self.window.rest();
        let line = rest.get(..line_end.unwrap_or(rest.len())).unwrap_or(rest);
        let is_whole = is_json(line);
        if first == b'{' {
            return if is_whole { Mode::Lines } else { Mode::Values };
        }
        let inside = line.get(1..).unwrap_or_default().trim_ascii_start();
        let holds_objects = inside.starts_with(b"{");
        let is_taken_apart = if is_whole {
            // The array is the whole file and stands on one line.
            is_only_line && holds_objects
        } else {
            // If the first bracket of the first element is missing, the element begins with a key.
            holds_objects || inside.starts_with(b"\"") || !breaks(line)
        };
        if !is_taken_apart {
            return Mode::Lines;
        }
        self.window.cursor.pass(first);
        Mode::Elements
    }

    fn next_value(&mut self) -> Option<Piece> {
        self.skip_separators();
        let begin = self.window.cursor;
        let is_found_by_key = std::mem::take(&mut self.is_found_by_key);
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let is_list = self.begins_list_of_records();
        let mut grammar = Grammar::new();
        // The first line inside the document that looks like the beginning of another document.
        let mut beginning: Option<Cursor> = None;
        let mut is_too_large = false;
        let is_whole = loop {
            let Some(byte) = self.window.peek() else {
                if grammar.is_untouched() {
                    return None;
                }
                break grammar.may_end() && self.window.failed.is_none();
            };
            if self.window.cursor.line > begin.line && self.looks_like_a_beginning(byte, is_list) {
                if self.window.cursor.offset < self.second_time_until {
                    beginning = Some(self.window.cursor);
                    break false;
                }
                beginning.get_or_insert(self.window.cursor);
            }
            match grammar.take(byte) {
                Effect::GoesOn => self.window.cursor.pass(byte),
                Effect::Ends => {
                    let last = self.window.cursor;
                    self.window.cursor.pass(byte);
                    let Some(key) = self.key_from(begin, byte) else {
                        break self.stands_alone(begin, last, is_first);
                    };
                    grammar.continue_headless(&key);
                }
                Effect::EndedBefore => {
                    break self.stands_alone(begin, self.window.cursor, is_first);
                }
                Effect::Breaks => break false,
            }
            if self.window.cursor.offset - begin.offset > DOCUMENT_MAX as u64 {
                is_too_large = true;
                self.window.needed_from = self.window.cursor.offset;
            }
        };
        let is_expected = !is_found_by_key || self.is_expected(&grammar);
        let is_whole = is_whole && !grammar.is_headless() && is_expected;
        let is_end_known = grammar.is_headless() && grammar.has_ended();
        let document = if is_whole && !is_too_large {
            self.document_from(begin)
        } else {
            None
        };
        let input = match document {
            Some(document) => {
                self.indent = self.indent.max(begin.indent);
                // The grammar does not see every damage: a number or an escape may be wrong.
                if is_list
                    && !is_json(&document)
                    && let Some(piece) = self.rescue(&document, begin)
                {
                    return Some(piece);
                }
                if document.starts_with(b"{") && !self.is_in_records {
                    self.know_opening(&grammar);
                }
                Input::Document(document)
            }
            None if is_whole && is_too_large => Input::TooLarge,
            None => {
                // What has no first bracket may be a part of a document, except in an array.
                // The records of a list are known by what they contain.
                let is_part = grammar.is_headless() && self.mode != Mode::Elements;
                if !is_part && !self.is_in_records {
                    self.know_opening(&grammar);
                }
                let kept = beginning.filter(|beginning| {
                    !is_end_known && beginning.offset >= self.window.needed_from
                });
                match kept {
                    Some(beginning) => {
                        self.second_time_until =
                            self.second_time_until.max(self.window.cursor.offset);
                        self.window.cursor = beginning;
                    }
                    None if is_end_known && self.mode == Mode::Elements => {}
                    None => self.resynchronise(begin, &grammar, is_list),
                }
                if is_list
                    && let Some(document) = self.bytes_from(begin).map(<[u8]>::to_vec)
                    && let Some(piece) = self.rescue(&document, begin)
                {
                    return Some(piece);
                }
                Input::Damaged {
                    bytes: self.window.cursor.offset - begin.offset,
                }
            }
        };
        Some(Piece {
            line: begin.line,
            offset: begin.offset,
            input,
            is_record: false,
        })
    }

    /// Returns the bytes from `begin` to the cursor.
    fn bytes_from(&self, begin: Cursor) -> Option<&[u8]> {
        let length = usize::try_from(self.window.cursor.offset - begin.offset).ok()?;
        let end = self.window.index();
        self.window.buffer.get(end.checked_sub(length)?..end)
    }

    /// Returns the bytes from `begin` to the cursor if they are a document. A single word may not
    /// be one.
    fn document_from(&self, begin: Cursor) -> Option<Vec<u8>> {
        let bytes = self.bytes_from(begin)?;
        let is_container = matches!(bytes.first(), Some(b'{' | b'['));
        if !is_container && !is_json(bytes) {
            return None;
        }
        Some(bytes.to_vec())
    }

    fn skip_separators(&mut self) {
        loop {
            self.window.needed_from = self.window.cursor.offset;
            match self.window.peek() {
                Some(byte) if is_blank(byte) || byte == b',' => self.window.cursor.pass(byte),
                Some(byte @ b']') if self.mode == Mode::Elements => {
                    self.mode = Mode::Values;
                    self.window.cursor.pass(byte);
                }
                _ => return,
            }
        }
    }

    fn is_not_deeper(&self) -> bool {
        self.window.cursor.indent <= self.indent
    }

    /// Returns true if a value from `begin` to `last` may be a document. `is_first` is true for the
    /// first value of the file.
    fn stands_alone(&mut self, begin: Cursor, last: Cursor, is_first: bool) -> bool {
        let is_part = is_first && self.is_part_of_cut_document(begin, last);
        !is_part && self.is_left_alone()
    }

    /// Returns true if the rest of the line may follow a complete document.
    fn is_left_alone(&mut self) -> bool {
        let is_element = self.mode == Mode::Elements;
        let mut has_comma = false;
        let mut distance = 0;
        loop {
            distance += 1;
            let Some(byte) = self.window.look_ahead(distance).get(distance - 1).copied() else {
                return true;
            };
            match byte {
                // A file may be followed by zeros and by bytes of another file.
                b'\n' | b'{' | b'[' | 0 => return true,
                b',' => has_comma = true,
                b']' | b'}' => return is_element,
                b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => return is_element && has_comma,
                _ if is_blank(byte) => {}
                _ => return byte.is_ascii_control() || !byte.is_ascii(),
            }
        }
    }
}

#[cfg(test)]
mod tests;
