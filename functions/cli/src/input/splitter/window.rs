//! Buffers the part of a file that the splitter works on: the bytes that may be needed again, and
//! the position of the next byte.

use std::io::{self, BufRead};

use crate::input::DOCUMENT_MAX;

/// The number of bytes that may be left unused at the front of the buffer before they are removed.
pub(super) const SLACK: usize = 1 << 16;

/// A position in the file.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) offset: u64,
    pub(super) line: u64,
    /// The number of blanks at the beginning of the line.
    pub(super) indent: usize,
    margin: Margin,
}

/// The part of a line before the cursor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Margin {
    /// Blanks only.
    Blank,
    /// Blanks and a comma. Some programs write the comma before the next element.
    Comma,
    /// Other characters.
    Passed,
}

impl Cursor {
    pub(super) fn pass(&mut self, byte: u8) {
        self.offset += 1;
        if byte == b'\n' {
            self.line += 1;
            self.indent = 0;
            self.margin = Margin::Blank;
            return;
        }
        self.margin = match (self.margin, byte) {
            (Margin::Blank, _) if is_blank(byte) => {
                self.indent += 1;
                Margin::Blank
            }
            (Margin::Blank | Margin::Comma, b',') => Margin::Comma,
            (Margin::Comma, _) if is_blank(byte) => Margin::Comma,
            _ => Margin::Passed,
        };
    }

    /// Returns true if only blanks and a comma stand before the cursor on its line.
    pub(super) fn is_in_margin(&self) -> bool {
        self.margin != Margin::Passed
    }
}

/// Returns true for white space, and for zero, because files that were allocated in advance end in
/// zeros.
pub(super) fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0
}

/// Returns the bytes without the blanks around them.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let begin = bytes.iter().position(|byte| !is_blank(*byte));
    let end = bytes.iter().rposition(|byte| !is_blank(*byte));
    begin
        .zip(end)
        .and_then(|(begin, end)| bytes.get(begin..=end))
        .unwrap_or_default()
}

/// The bytes of a file around the cursor.
pub(super) struct Window<R> {
    reader: R,
    /// Bytes that were read and may be needed again.
    pub(super) buffer: Vec<u8>,
    /// The offset in the file at which the buffer begins.
    buffer_offset: u64,
    /// The offset in the file from which bytes may be needed again.
    pub(super) needed_from: u64,
    pub(super) cursor: Cursor,
    is_over: bool,
    /// The error that ended reading.
    pub(super) failed: Option<io::Error>,
}

impl<R: BufRead> Window<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            buffer_offset: 0,
            needed_from: 0,
            cursor: Cursor {
                offset: 0,
                line: 1,
                indent: 0,
                margin: Margin::Blank,
            },
            is_over: false,
            failed: None,
        }
    }

    /// Returns the end of the line that begins at `begin`, both in bytes from the cursor. Returns
    /// `None` if the file ends first, or if the line is longer than the largest document.
    pub(super) fn find_line_end(&mut self, begin: usize) -> Option<usize> {
        let mut seen = begin;
        loop {
            let length = self.rest().len();
            let unseen = self.rest().get(seen..).unwrap_or_default();
            if let Some(end) = unseen.iter().position(|byte| *byte == b'\n') {
                return Some(seen + end);
            }
            seen = length.max(begin);
            if seen - begin > DOCUMENT_MAX || !self.fill() {
                return None;
            }
        }
    }

    pub(super) fn skip_line(&mut self) {
        while let Some(byte) = self.peek() {
            self.needed_from = self.cursor.offset;
            self.cursor.offset += 1;
            if byte == b'\n' {
                self.cursor.line += 1;
                return;
            }
        }
    }

    pub(super) fn index(&self) -> usize {
        usize::try_from(self.cursor.offset - self.buffer_offset).unwrap_or(usize::MAX)
    }

    /// Returns the buffered bytes from the cursor on.
    pub(super) fn rest(&self) -> &[u8] {
        self.buffer.get(self.index()..).unwrap_or_default()
    }

    pub(super) fn peek(&mut self) -> Option<u8> {
        self.look_ahead(1).first().copied()
    }

    /// Returns the next `count` bytes, or fewer at the end of the file.
    pub(super) fn look_ahead(&mut self, count: usize) -> &[u8] {
        while self.buffer.len() < self.index() + count && self.fill() {}
        let rest = self.rest();
        rest.get(..count).unwrap_or(rest)
    }

    /// Reads more bytes. Returns false if there are none.
    fn fill(&mut self) -> bool {
        let unneeded = usize::try_from(self.needed_from - self.buffer_offset).unwrap_or(0);
        if unneeded >= SLACK && unneeded >= self.buffer.len() / 2 {
            self.buffer.drain(..unneeded);
            self.buffer_offset = self.needed_from;
        }
        while !self.is_over {
            match self.reader.fill_buf() {
                Ok([]) => self.is_over = true,
                Ok(chunk) => {
                    self.buffer.extend_from_slice(chunk);
                    let count = chunk.len();
                    self.reader.consume(count);
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error);
                    self.is_over = true;
                }
            }
        }
        false
    }
}
