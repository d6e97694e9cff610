//! Splits the bytes of one file into documents.
//!
//! A file is JSON Lines if its first line is a complete document. Otherwise it contains JSON values
//! one after the other, pretty-printed or not. An array at the top of a file is split into its
//! elements, because event archives are exported as arrays.
//!
//! `damage.rs` says what happens to a document that breaks the grammar of JSON. Memory is bounded by the
//! largest document.

use std::io::{self, BufRead};

use super::grammar::{Effect, Grammar, breaks, is_inside_a_document, is_json};
use super::{DOCUMENT_MAX, Input};
use window::{Cursor, Window, is_blank};

mod damage;
mod window;

/// One piece of a file.
pub(super) struct Piece {
    /// The line on which the piece begins, from 1.
    pub(super) line: u64,
    /// The offset at which the piece begins, in bytes of the decompressed file.
    pub(super) offset: u64,
    pub(super) input: Input,
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
            second_time_until: 0,
            opening: None,
            is_found_by_key: false,
            indent: 0,
        }
    }

    /// Returns the next piece of the file. An error of the reader is returned after everything that
    /// was read before it.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        if self.mode == Mode::Unknown {
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

    /// Returns JSON Lines if the first line that is not blank is a complete document.
    fn find_mode(&mut self) -> Mode {
        if self.window.look_ahead(3).starts_with(b"\xef\xbb\xbf") {
            self.window.cursor.offset = 3;
        }
        while let Some(byte) = self.window.peek().filter(|byte| is_blank(*byte)) {
            self.window.cursor.pass(byte);
        }
        self.window.needed_from = self.window.cursor.offset;
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

    fn next_line(&mut self) -> Option<Piece> {
        loop {
            let (line, offset) = (self.window.cursor.line, self.window.cursor.offset);
            self.window.needed_from = offset;
            let end = self.window.find_line_end(0);
            let content = self.window.rest();
            let content = content.get(..end.unwrap_or(content.len()))?;
            let length = content.len() as u64 + u64::from(end.is_some());
            if length == 0 {
                return None;
            }
            let trimmed = content.trim_ascii();
            let input = if end.is_none() && content.len() > DOCUMENT_MAX {
                self.window.cursor.offset += length;
                self.window.skip_line();
                Some(Input::TooLarge)
            } else if end.is_none() && self.window.failed.is_some() {
                // The reader failed in the middle of a line.
                self.window.cursor.offset += length;
                Some(Input::Damaged { bytes: length })
            } else {
                let document = (!trimmed.is_empty()).then(|| trimmed.to_vec());
                self.window.cursor.offset += length;
                self.window.cursor.line += 1;
                document.map(Input::Document)
            };
            if let Some(input) = input {
                return Some(Piece {
                    line,
                    offset,
                    input,
                });
            }
        }
    }

    fn next_value(&mut self) -> Option<Piece> {
        self.skip_separators();
        let begin = self.window.cursor;
        let is_found_by_key = std::mem::take(&mut self.is_found_by_key);
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
            if self.window.cursor.line > begin.line && self.looks_like_a_beginning(byte) {
                if self.window.cursor.offset < self.second_time_until {
                    beginning = Some(self.window.cursor);
                    break false;
                }
                beginning.get_or_insert(self.window.cursor);
            }
            match grammar.take(byte) {
                Effect::GoesOn => self.window.cursor.pass(byte),
                Effect::Ends => {
                    self.window.cursor.pass(byte);
                    match self.key_from(begin, byte) {
                        Some(key) => grammar.continue_headless(&key),
                        None => break self.is_left_alone(),
                    }
                }
                Effect::EndedBefore => break self.is_left_alone(),
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
                if document.starts_with(b"{") {
                    self.know_opening(&grammar);
                }
                Input::Document(document)
            }
            None if is_whole && is_too_large => Input::TooLarge,
            None => {
                // What has no first bracket may be a part of a document, except in an array.
                if !grammar.is_headless() || self.mode == Mode::Elements {
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
                    None => self.resynchronise(begin, &grammar),
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

    /// Returns true if a line that begins with this byte may be the first line of a document.
    fn looks_like_a_beginning(&self, byte: u8) -> bool {
        matches!(byte, b'{' | b'[') && self.window.cursor.is_in_margin() && self.is_not_deeper()
    }

    fn is_not_deeper(&self) -> bool {
        self.window.cursor.indent <= self.indent
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
                b'\n' | b'{' | b'[' => return true,
                b',' => has_comma = true,
                b']' | b'}' => return is_element,
                b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => return is_element && has_comma,
                _ if is_blank(byte) => {}
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests;
