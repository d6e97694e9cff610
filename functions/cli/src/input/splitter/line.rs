//! Takes one line of JSON Lines apart. Almost every line is one document. Three kinds are not: the
//! damaged list of [`records`], a document with foreign bytes behind it, and the rest of a document
//! whose beginning was cut off.

use std::collections::VecDeque;
use std::io::BufRead;

use super::window::{is_blank, trim};
use super::{Piece, Splitter, records};
use crate::input::grammar::{Effect, Grammar, is_json};
use crate::input::{DOCUMENT_MAX, Input};

impl<R: BufRead> Splitter<R> {
    pub(super) fn next_line(&mut self) -> Option<Piece> {
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
            if end.is_none() && content.len() > DOCUMENT_MAX {
                self.window.cursor.offset += length;
                self.window.skip_line();
                return Some(Piece {
                    line,
                    offset,
                    input: Input::TooLarge,
                    is_record: false,
                });
            }
            let is_cut = end.is_none() && self.window.failed.is_some();
            self.waiting = pieces(content, is_cut, line, offset);
            self.window.cursor.offset += length;
            self.window.cursor.line += 1;
            if let Some(piece) = self.waiting.pop_front() {
                return Some(piece);
            }
        }
    }

    /// Skips the first line if it is the rest of a document and the next line begins another one.
    pub(super) fn rest_of_a_cut_line(&mut self) -> Option<Piece> {
        let (line, offset) = (self.window.cursor.line, self.window.cursor.offset);
        let end = self.window.find_line_end(0)?;
        let first = self.window.rest().get(..end)?;
        if records::begin_of_list(first).is_some() || !is_rest_of_a_document(first) {
            return None;
        }
        let next_end = self.window.find_line_end(end + 1);
        let rest = self.window.rest();
        let next = rest.get(end + 1..next_end.unwrap_or(rest.len()))?;
        if !matches!(next.trim_ascii_start().first(), Some(b'{' | b'[')) {
            return None;
        }
        self.window.cursor.offset += end as u64;
        self.window.cursor.pass(b'\n');
        Some(Piece {
            line,
            offset,
            input: Input::Damaged {
                bytes: end as u64 + 1,
            },
            is_record: false,
        })
    }
}

/// Returns the pieces of a line. `number` and `offset` are those of the line, and `is_cut` is true
/// if the reader failed before the end of the line.
fn pieces(content: &[u8], is_cut: bool, number: u64, offset: u64) -> VecDeque<Piece> {
    let document = trim(content);
    if document.is_empty() {
        return VecDeque::new();
    }
    let piece = |offset, input| Piece {
        line: number,
        offset,
        input,
        is_record: false,
    };
    if records::begin_of_list(document).is_some() && !is_json(document) {
        let rescued = records::rescue(content, number, offset);
        if !rescued.is_empty() {
            return rescued;
        }
    }
    // A file may be cut, or followed by foreign bytes, behind its last document.
    if is_cut && !(document.starts_with(b"{") && is_json(document)) {
        let bytes = content.len() as u64;
        return [piece(offset, Input::Damaged { bytes })].into();
    }
    let Some(object) = object_before_foreign_bytes(document) else {
        return [piece(offset, Input::Document(document.to_vec()))].into();
    };
    let before = content.iter().take_while(|byte| is_blank(**byte)).count();
    let end = before + object.len();
    let bytes = (content.len() - end) as u64;
    [
        piece(offset, Input::Document(object.to_vec())),
        piece(offset + end as u64, Input::Damaged { bytes }),
    ]
    .into()
}

/// Returns the whole object with which a line begins, if the bytes behind it cannot belong to the
/// same document.
fn object_before_foreign_bytes(line: &[u8]) -> Option<&[u8]> {
    if !line.starts_with(b"{") || line.ends_with(b"}") || line.ends_with(b"]") {
        return None;
    }
    let mut grammar = Grammar::new();
    let last = line
        .iter()
        .map(|byte| grammar.take(*byte))
        .position(|effect| effect != Effect::GoesOn)?;
    let (object, behind) = line.split_at_checked(last + 1)?;
    let next = behind.iter().find(|byte| !is_blank(**byte))?;
    (!b",:}]\"".contains(next) && is_json(object)).then_some(object)
}

/// Returns true if a line is the end of a document whose beginning was cut off: its last bracket
/// closes what no bracket of the line opened.
fn is_rest_of_a_document(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let line = line.strip_suffix(b",").unwrap_or(line);
    // The cut may go through an escape.
    let behind_escape = line.strip_prefix(b"\\");
    closes_more_than_it_opens(line) || behind_escape.is_some_and(closes_more_than_it_opens)
}

fn closes_more_than_it_opens(line: &[u8]) -> bool {
    let mut is_in_string = false;
    if count_quotes(line) % 2 == 1 {
        // A document ends outside a string, so this one was cut inside of one.
        is_in_string = true;
    }
    let mut depth = 0_usize;
    let mut is_escaped = false;
    let mut closes_more = false;
    for byte in line {
        closes_more = false;
        if std::mem::take(&mut is_escaped) {
            continue;
        }
        match byte {
            b'\\' => is_escaped = is_in_string,
            b'"' => is_in_string = !is_in_string,
            b'{' | b'[' if !is_in_string => depth += 1,
            b'}' | b']' if !is_in_string => {
                closes_more = depth == 0;
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    closes_more
}

/// Counts the quotes that no backslash escapes.
fn count_quotes(line: &[u8]) -> usize {
    let mut is_escaped = false;
    let is_quote = |byte: &&u8| {
        let is_quote = **byte == b'"' && !is_escaped;
        is_escaped = **byte == b'\\' && !is_escaped;
        is_quote
    };
    line.iter().filter(is_quote).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_document_is_known_by_the_bracket_that_nothing_opened() {
        let document =
            r#"{"id":"e{\"[","detail":{"items":[{"id":1},{"id":2}]},"note":"a \"}\" \\"}"#;
        for cut in 1..document.len() {
            assert!(
                is_rest_of_a_document(&document.as_bytes()[cut..]),
                "{}",
                &document[cut..]
            );
        }
        for other in [
            document,
            "[1,2]",
            "call me",
            "2026-11-21 up {\"a\":1}",
            "\"a\": {",
            "{\"a\":[1}",
        ] {
            assert!(!is_rest_of_a_document(other.as_bytes()), "{other}");
        }
    }
}
