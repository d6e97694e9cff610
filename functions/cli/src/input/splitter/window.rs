//! The part of a file that is looked at: what was read of it and may be needed again, and the place
//! that reading has come to.

use std::io::{self, BufRead};

use crate::input::DOCUMENT_MAX;

/// Bytes that are kept behind a document before the buffer is moved up.
pub(super) const SLACK: usize = 1 << 16;

/// A place in the file.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) offset: u64,
    pub(super) line: u64,
    /// How many blanks the line begins with.
    pub(super) indent: usize,
    margin: Margin,
}

/// What has been seen of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Margin {
    /// Blanks only.
    Blank,
    /// Blanks and a comma: some write it before the next element.
    Comma,
    /// The line has begun.
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

    /// Whether nothing but blanks and a comma stands before it on its line.
    pub(super) fn is_in_margin(&self) -> bool {
        self.margin != Margin::Passed
    }
}

/// Space between documents. Files that were given their length in advance end in zeros.
pub(super) fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0
}

/// The bytes of a file around the cursor.
pub(super) struct Window<R> {
    reader: R,
    /// Bytes that were read and may be needed (again).
    pub(super) buffer: Vec<u8>,
    /// Where in the file the buffer begins.
    buffer_offset: u64,
    /// From where on the buffer is needed.
    pub(super) needed_from: u64,
    pub(super) cursor: Cursor,
    is_over: bool,
    /// Why the reader gave no more.
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

    /// The end of the line that begins at `begin`, both counted in bytes from here. `None` if the file
    /// ends first, or if the line is longer than a document may be.
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

    /// What of the buffer lies ahead.
    pub(super) fn rest(&self) -> &[u8] {
        self.buffer.get(self.index()..).unwrap_or_default()
    }

    pub(super) fn peek(&mut self) -> Option<u8> {
        self.look_ahead(1).first().copied()
    }

    /// The next `count` bytes; fewer at the end of the file.
    pub(super) fn look_ahead(&mut self, count: usize) -> &[u8] {
        while self.buffer.len() < self.index() + count && self.fill() {}
        let rest = self.rest();
        rest.get(..count).unwrap_or(rest)
    }

    /// Reads on; whether there was anything.
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
