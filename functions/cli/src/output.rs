//! Prints everything that the command line writes to the terminal or a pipe.
//!
//! File names, paths in documents and names in a topology come from other people. Characters in
//! them that control a terminal, change the direction of writing or are invisible are escaped: as
//! `\u{202e}` in text, and as `\u202e` in JSON, which leaves the meaning of the JSON unchanged.
//!
//! A reader that stops early (`| head`) closes the pipe. Output after that is dropped and the
//! command continues, so that its exit code still says what became of the records.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, StderrLock, StdoutLock, Write};
use std::ops::Range;

use piitrail_detect::Tier;
use piitrail_flow::visible::is_hidden;

use crate::colour;

/// The kind of output, which decides how it is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Text for people.
    Text,
    /// JSON.
    Json,
    /// A file for another program, printed unchanged. On a terminal it is treated as text.
    Data,
}

/// Returns a printer to standard output.
pub(crate) fn stdout(style: Style) -> Printer<StdoutLock<'static>> {
    let style = match style {
        Style::Data if io::stdout().is_terminal() => Style::Text,
        style => style,
    };
    let mut printer = Printer::new(io::stdout().lock(), style);
    printer.is_coloured = style == Style::Text && colour::is_wanted();
    printer
}

/// Returns a printer to standard error.
pub(crate) fn stderr() -> Printer<StderrLock<'static>> {
    Printer::new(io::stderr().lock(), Style::Text)
}

/// A printer that writes whole lines. Dropping it writes the output that was not flushed.
pub(crate) struct Printer<W: Write> {
    out: W,
    style: Style,
    /// Output that has not been written yet.
    waiting: Vec<u8>,
    /// The length of the whole lines at the beginning of `waiting`. It is kept, because a search for
    /// the last line at each write would take quadratic time for a long line.
    whole_lines: usize,
    /// The ranges in `waiting` that are names of data classes, with the tier that decides the
    /// colour.
    painted: Vec<(Range<usize>, Tier)>,
    is_coloured: bool,
    is_closed: bool,
}

/// The number of bytes that are collected before they are written.
const WAITING: usize = 1 << 13;

impl<W: Write> Printer<W> {
    fn new(out: W, style: Style) -> Self {
        Self {
            out,
            style,
            waiting: Vec::new(),
            whole_lines: 0,
            painted: Vec::new(),
            is_coloured: false,
            is_closed: false,
        }
    }

    /// Prints the name of a data class, in the colour of its tier if colours are wanted.
    pub(crate) fn paint(&mut self, name: &str, tier: Tier) {
        let start = self.waiting.len();
        self.waiting.extend_from_slice(name.as_bytes());
        if self.is_coloured {
            self.painted.push((start..self.waiting.len(), tier));
        }
    }

    /// Returns the first bytes of `waiting` in their printed form: escaped and coloured.
    fn shown(&self, bytes: &[u8]) -> String {
        let mut shown = String::new();
        let mut from = 0;
        for (place, tier) in &self.painted {
            let (Some(before), Some(name)) =
                (bytes.get(from..place.start), bytes.get(place.clone()))
            else {
                break;
            };
            shown.push_str(&printable(before, self.style));
            shown.push_str(colour::begin(*tier));
            shown.push_str(&printable(name, self.style));
            shown.push_str(colour::END);
            from = place.end;
        }
        shown + &printable(bytes.get(from..).unwrap_or_default(), self.style)
    }

    /// Writes the first `length` bytes of `waiting`.
    fn pass_on(&mut self, length: usize) -> io::Result<()> {
        let bytes: Vec<u8> = self.waiting.drain(..length).collect();
        self.whole_lines = self.whole_lines.saturating_sub(length);
        let text = match self.style {
            Style::Data => String::new(),
            Style::Text | Style::Json => self.shown(&bytes),
        };
        self.painted.retain_mut(|(place, _)| {
            let is_waiting = place.start >= length;
            if is_waiting {
                *place = place.start - length..place.end - length;
            }
            is_waiting
        });
        if self.is_closed {
            return Ok(());
        }
        let written = match self.style {
            Style::Data => self.out.write_all(&bytes),
            Style::Text | Style::Json => self.out.write_all(text.as_bytes()),
        };
        match written.and_then(|()| self.out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(())
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Printer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') {
            self.whole_lines = self.waiting.len() + end + 1;
        }
        self.waiting.extend_from_slice(bytes);
        // Whole lines, so that no character and no name is split.
        if self.waiting.len() >= WAITING && self.whole_lines > 0 {
            self.pass_on(self.whole_lines)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on(self.waiting.len())
    }
}

impl<W: Write> Drop for Printer<W> {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

fn printable(bytes: &[u8], style: Style) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let ends_a_line = sign == '\n' || (sign == '\r' && signs.peek() == Some(&'\n'));
        if ends_a_line || sign == '\t' || !is_hidden(sign) {
            shown.push(sign);
        } else if style == Style::Json {
            for unit in sign.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.extend(sign.escape_unicode());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str, style: Style) -> String {
        let mut printer = Printer::new(Vec::new(), style);
        printer.write_all(text.as_bytes()).unwrap();
        printer.flush().unwrap();
        String::from_utf8(std::mem::take(&mut printer.out)).unwrap()
    }

    #[test]
    fn what_steers_a_terminal_or_cannot_be_seen_is_written_as_an_escape() {
        for hidden in [
            '\u{1b}',
            '\u{7}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{9d}',
            '\u{ad}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{180e}',
            '\u{200b}',
            '\u{200f}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{e0041}',
            '\u{fe0f}',
            '\u{34f}',
            '\u{fff9}',
        ] {
            let shown = print(&format!("a{hidden}b"), Style::Text);
            assert_eq!(shown, format!("a{}b", hidden.escape_unicode()));
            let json = print(&format!("\"a{hidden}b\""), Style::Json);
            assert!(!json.contains(hidden), "{json}");
            let read: String = serde_json::from_str(&json).unwrap();
            assert_eq!(read, format!("a{hidden}b"));
        }
    }

    #[test]
    fn the_names_of_classes_have_colours_and_nothing_else_has() {
        let mut printer = Printer::new(Vec::new(), Style::Text);
        printer.is_coloured = true;
        for number in 0..1_000 {
            write!(printer, "{number} EMAIL_ADDRESS \u{1b}[31m ").unwrap();
            printer.paint("EMAIL_ADDRESS", Tier::Confidential);
            writeln!(printer).unwrap();
        }
        printer.flush().unwrap();
        let text = String::from_utf8(std::mem::take(&mut printer.out)).unwrap();
        for (number, line) in text.lines().enumerate() {
            assert_eq!(
                line,
                format!("{number} EMAIL_ADDRESS \\u{{1b}}[31m \u{1b}[33mEMAIL_ADDRESS\u{1b}[0m")
            );
        }
    }

    #[test]
    fn what_is_seen_stays_as_it_is() {
        let text = "Zoë\tнет 注文 👍 e\u{301}\r\nשלום ـ ➜\n";
        assert_eq!(print(text, Style::Text), text);
        assert_eq!(print(text, Style::Json), text);
        assert_eq!(print("\u{202e}", Style::Data), "\u{202e}");
    }

    #[test]
    fn a_return_to_the_beginning_of_the_line_overwrites_nothing() {
        assert_eq!(print("good\rbad\n", Style::Text), "good\\u{d}bad\n");
    }

    #[test]
    fn a_long_line_takes_linear_time_and_lines_before_it_are_not_held_back() {
        // 32 MB in pieces of 8 bytes. A search of the whole line at each write would read 64 TB.
        let mut printer = Printer::new(Vec::new(), Style::Json);
        printer.write_all(b"before\n").unwrap();
        for _ in 0..1 << 22 {
            printer.write_all(b"1234567,").unwrap();
        }
        assert_eq!(printer.out, b"before\n");
        printer.write_all(b"\nafter").unwrap();
        assert_eq!(printer.out.len(), 7 + (1 << 25) + 1);
        printer.flush().unwrap();
        assert!(printer.out.ends_with(b",\nafter"));
    }

    /// A pipe without a reader.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_pipe_that_nobody_reads_is_no_error() {
        let mut printer = Printer::new(Closed, Style::Text);
        for _ in 0..10_000 {
            writeln!(printer, "a line").unwrap();
        }
        printer.flush().unwrap();
    }
}
